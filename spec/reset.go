// Not upstream's: a closed store, made new without making its instances again.

package spec

// Reset makes a closed store what it was when its instances and resource types had been made and nothing had run. Its functions
// stay good. Making a store anew takes about as long as a short run in it.
func (s *Store) Reset(choices Choices) {
	s.options.Choices = choices
	s.waiting, s.shared = nil, nil
	s.nestingDepth, s.handler, s.givenUp, s.threads, s.marked, s.disturbed = 0, nil, false, 0, 0, false
	for _, inst := range s.instances {
		inst.handles.reset()
		inst.threads.reset()
		inst.mayEnter, inst.mayLeave = true, true
		inst.backpressure, inst.numWaitingToEnter = s.options.Limits.InitialBackpressure, 0
		inst.exclusiveThread = nil
	}
}

// reset is as newTables leaves it: no table has come to be.
func (ts *Tables) reset() { *ts.tables = nil }
