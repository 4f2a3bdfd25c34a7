// Not upstream's: a closed store, made new without making its instances again.

package spec

// Reset puts a closed store into the state that it had when its instances and resource types were made and nothing had run. Its
// lifted and lowered functions can be used again. It saves time: making a new store takes about as long as a short run in it.
func (s *Store) Reset(choices Choices) {
	s.options.Choices = choices
	s.waiting, s.shared = nil, nil
	s.nestingDepth, s.handler, s.aborted, s.threads, s.chosen = 0, nil, false, 0, 0
	if s.machine != nil {
		s.machine.reset(s.pool)
	}
	for _, inst := range s.instances {
		inst.handles.reset()
		inst.threads.reset()
		inst.mayEnter, inst.mayLeave = true, true
		inst.backpressure, inst.numWaitingToEnter = s.options.Limits.InitialBackpressure, 0
		inst.exclusiveThread = nil
	}
}

// reset leaves no table, as in new Tables.
func (ts *Tables) reset() { *ts.tables = nil }
