package model

// depthFirst explores depth first. A state that is met again after fewer actions is explored again: more can follow.
func (e *explorer) depthFirst() {
	var stack []int32
	push := func(from int32, r *reached, depth int32) {
		if n := e.take(from, r, depth); n >= 0 {
			stack = append(stack, n)
		}
	}
	w := e.workers[0]
	w.start(func(r *reached) { push(-1, r, 0) })
	for explored := 0; len(stack) > 0 && !e.over(); explored++ {
		i := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		to := e.path(i)
		e.report.Depth = max(e.report.Depth, len(to.actions))
		if e.Bounds.Steps > 0 && len(to.actions) >= e.Bounds.Steps {
			continue
		}
		var all []*reached
		w.expand(to, func(r *reached) { all = append(all, r) })
		for k := len(all) - 1; k >= 0 && !e.over(); k-- { // the first action is explored first
			push(i, all[k], int32(len(to.actions)+1))
		}
		if e.report.Frontier = len(stack); explored%batchSize == 0 {
			e.tell()
		}
	}
	e.cut(len(stack))
}

// cut counts the states at the bound on steps: those that no shorter way leads to.
func (e *explorer) cut(left int) {
	for _, depth := range e.visited {
		if e.Bounds.Steps > 0 && int(depth) == e.Bounds.Steps {
			e.report.Cut++
		}
	}
	e.report.Frontier = left + e.report.Cut
}
