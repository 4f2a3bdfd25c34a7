package model

// depthFirst explores depth first. A state that is met again after fewer actions is explored again: more can follow.
func (e *explorer) depthFirst() {
	var stack [][]byte // records
	push := func(record []byte, from path, r *successor) {
		if e.addSuccessor(from, r) {
			stack = append(stack, e.appendRecord(nil, record, r))
		}
	}
	w := e.workers[0]
	from := e.startPath()
	record := e.recordOf(from)
	w.start(func(r *successor) { push(record, from, r) })
	for explored := 0; len(stack) > 0 && !e.mustStop(); explored++ {
		record, to, _ := readRecord(stack[len(stack)-1], e.actions)
		stack = stack[:len(stack)-1]
		e.report.Depth = max(e.report.Depth, len(to.actions))
		if e.Bounds.Steps > 0 && len(to.actions) >= e.Bounds.Steps {
			continue
		}
		var all []*successor
		w.expand(to, func(r *successor) { all = append(all, r) })
		for k := len(all) - 1; k >= 0 && !e.mustStop(); k-- { // the first action is explored first
			push(record, to, all[k])
		}
		if e.report.Frontier = len(stack); explored%batchSize == 0 {
			e.reportProgress()
		}
	}
	e.countAtBound(len(stack))
}

// cut counts the states at the bound on steps: those that no shorter way leads to.
func (e *explorer) countAtBound(left int) {
	for _, depth := range e.visited.depths {
		if e.Bounds.Steps > 0 && depth == e.Bounds.Steps {
			e.report.AtBound++
		}
	}
	e.report.Frontier = left + e.report.AtBound
}
