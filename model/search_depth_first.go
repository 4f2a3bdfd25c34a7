package model

// depthFirst expands the state that was reached last first. A state that is reached again by fewer actions is expanded again, since
// the bound on steps then allows more actions after it.
func (e *explorer) depthFirst() {
	var stack [][]byte // records
	push := func(record []byte, from path, s *successor) {
		if e.addSuccessor(from, s) {
			stack = append(stack, e.appendRecord(nil, record, s))
		}
	}
	w := e.workers[0]
	w.start(path{}, func(s *successor) { push(nil, path{}, s) })
	for expanded := 0; len(stack) > 0 && !e.mustStop(); expanded++ {
		record, to, _ := readRecord(stack[len(stack)-1], e.actions, new([]Action), new([]uint32))
		stack = stack[:len(stack)-1]
		e.report.Depth = max(e.report.Depth, len(to.actions))
		if e.Bounds.Steps > 0 && len(to.actions) >= e.Bounds.Steps {
			continue
		}
		var all []*successor
		w.expand(to, func(s *successor) { all = append(all, s) })
		for k := len(all) - 1; k >= 0 && !e.mustStop(); k-- { // the successor by the first action is to be expanded first
			push(record, to, all[k])
		}
		if e.report.Frontier = len(stack); expanded%batchSize == 0 {
			e.reportProgress()
		}
	}
	e.countFrontier(len(stack))
}

// countFrontier counts the states that were not expanded: those left on the stack, and those at the bound on steps, which no path
// with fewer actions leads to.
func (e *explorer) countFrontier(left int) {
	for _, depth := range e.visited.depths {
		if e.Bounds.Steps > 0 && depth == e.Bounds.Steps {
			e.report.AtBound++
		}
	}
	e.report.Frontier = left + e.report.AtBound
}
