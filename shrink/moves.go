package shrink

import (
	"slices"

	"cabi/model"
	"cabi/spec"
)

// removeRuns removes several steps in a row: half of all, then a quarter, and so on down to one.
func (sh *shrinker) removeRuns() {
	for size := max(1, len(sh.best.steps)/2); size > 0; size /= 2 {
		for at := len(sh.best.steps) - size; at >= 0 && !sh.exhausted(); at -= size {
			if at+size <= len(sh.best.steps) {
				sh.try(slices.Delete(sh.steps(), at, at+size))
			}
		}
	}
}

// removePairs removes any two steps, such as a call and what returns from it.
func (sh *shrinker) removePairs() {
	for second := len(sh.best.steps) - 1; second > 0; second-- {
		for first := second - 1; first >= 0 && !sh.exhausted(); first-- {
			if second < len(sh.best.steps) {
				sh.try(slices.Delete(slices.Delete(sh.steps(), second, second+1), first, first+1))
			}
		}
	}
}

// hoistAll removes each call, and has another function, such as the caller, take the steps that were taken in the callee.
func (sh *shrinker) hoistAll() {
	for i := len(sh.best.steps) - 1; i >= 0 && !sh.exhausted(); i-- {
		if i >= len(sh.best.steps) {
			continue
		}
		inner := sh.best.steps[i].Entered
		if inner == "" {
			continue
		}
		for _, outer := range sh.functions() {
			if outer != inner && sh.shorter(sh.hoisted(i, inner, outer)) {
				break
			}
		}
	}
}

// functions are the names of the functions that take steps, in the order of their first ones.
func (sh *shrinker) functions() []string {
	var names []string
	for _, s := range sh.best.steps {
		if !slices.Contains(names, s.At) {
			names = append(names, s.At)
		}
	}
	return names
}

// hoisted are the steps without the ith, in which the function outer takes the later steps of the function inner.
func (sh *shrinker) hoisted(i int, inner, outer string) []Step {
	steps := sh.steps()[:i]
	for _, s := range sh.best.steps[i+1:] {
		if s.At == inner {
			if s.Action.Op == "return" {
				continue
			}
			s.At = outer
		}
		steps = append(steps, s)
	}
	return steps
}

// widest is the most steps that are replaced by one.
const widest = 6

// replaceWindows replaces two or more steps in a row by another one on the menu.
func (sh *shrinker) replaceWindows() {
	for at := 0; at < len(sh.best.steps)-1 && !sh.exhausted(); at++ {
		for at < len(sh.best.steps)-1 && sh.replaceAt(at) { // steps before it may be left out, too
		}
	}
}

// replaceAt replaces two or more steps from the one at a position by another one.
func (sh *shrinker) replaceAt(at int) bool {
	for _, other := range sh.menuAfter(at) {
		for width := 2; width <= widest && at+width <= len(sh.best.steps); width++ {
			steps := sh.steps()
			other.Number = steps[at].Number // later steps then refer to what it makes
			if sh.shorter(slices.Replace(steps, at, at+width, other)) {
				return true
			}
		}
	}
	return false
}

// menuAfter is the menu after the first n steps.
func (sh *shrinker) menuAfter(n int) []Step {
	a := &attempt{shrinker: sh, todo: sh.best.steps[:n], readsMenu: true}
	a.run()
	sh.result.Runs++
	return a.menu
}

// simplify makes the specification choose first candidates, and numbers small, without removing steps.
func (sh *shrinker) simplify() {
	zeroed, smaller := 0, 0
	for i := range sh.best.steps {
		if !sh.exhausted() && i < len(sh.best.steps) && slices.ContainsFunc(sh.best.steps[i].choices, func(c uint32) bool { return c > 0 }) {
			steps := sh.steps()
			steps[i].choices = nil
			if sh.try(steps) {
				zeroed++
			}
		}
	}
	for i := 0; i < len(sh.best.steps) && !sh.exhausted(); i++ {
		smaller += sh.smallerNumbers(i)
	}
	sh.summarize(zeroed, "made the specification's choices the first candidates in", "action")
	sh.summarize(smaller, "made smaller", "number")
}

// summarize adds a change to the result's.
func (sh *shrinker) summarize(n int, what, of string) {
	if n > 0 {
		sh.result.Changes = append(sh.result.Changes, what+" "+model.Counted(n, of))
	}
}

// smallerNumbers makes the numbers of a step small that stand for themselves, and returns how many it has.
func (sh *shrinker) smallerNumbers(i int) int {
	done := 0
	for k := range sh.numbersOf(i) {
		for _, small := range []uint64{0, 1} {
			if k >= len(sh.numbersOf(i)) || sh.numbersOf(i)[k].IsFloat() || sh.numbersOf(i)[k].Uint64() <= small || !sh.standsForItself(i, k) {
				continue
			}
			steps := sh.steps()
			steps[i].Action.Args = slices.Clone(steps[i].Action.Args)
			steps[i].Action.Args[k] = spec.CoreInt(small)
			if sh.try(steps) {
				done++
			}
		}
	}
	return done
}

// numbersOf are the numbers of the ith step, if there is one.
func (sh *shrinker) numbersOf(i int) []spec.CoreValue {
	if i >= len(sh.best.steps) {
		return nil
	}
	return sh.best.steps[i].Action.Args
}

// standsForItself reports whether the kth number of a step is no reference.
func (sh *shrinker) standsForItself(i, k int) bool {
	names := sh.best.steps[i].refs
	return k >= len(names) || names[k].kind == ""
}

// explore searches for a shorter trace. First it gives every function the actions of all functions in this trace; if those have too
// many states, each its own actions.
func (sh *shrinker) explore() {
	if sh.limits.States == 0 || len(sh.best.steps) < 2 || sh.exhausted() {
		return
	}
	sh.result.Shortest = false
	for _, menus := range []map[string][]string{sh.sharedMenus(), sh.ownMenus()} {
		found, exhausted := sh.searchShorter(menus)
		if found != nil {
			if steps := sh.read(found); steps != nil {
				sh.renumber(steps)
				sh.try(steps)
			}
			return
		}
		if exhausted {
			sh.result.Shortest = true
			return
		}
	}
}

// searchShorter searches breadth first, with these menus, for the violation with fewer actions, and reports whether it explored all
// states.
func (sh *shrinker) searchShorter(menus map[string][]string) (found *model.Violation, exhausted bool) {
	s := *sh.search
	s.World, s.Random, s.KeepGoing = sh.restricted(menus), nil, true
	s.Bounds.Steps, s.MaxStates, s.Workers, s.DepthFirst = len(sh.best.steps)-1, sh.limits.States, 1, false
	s.OnViolation = func(v *model.Violation) {
		if v.Key() == sh.goal && found == nil {
			found = v
		}
	}
	s.Progress = func(r *model.Report) bool {
		sh.progress(0, r.States)
		return found == nil
	}
	report := s.Run()
	return found, !report.Stopped
}

// renumber gives new steps numbers that no other step of the shrinker has.
func (sh *shrinker) renumber(steps []Step) {
	for i := range steps {
		steps[i].Number += sh.next
		for k := range steps[i].refs {
			if ref := &steps[i].refs[k]; ref.kind != "" && ref.step >= 0 {
				ref.step += sh.next
			}
		}
	}
	sh.next += len(steps)
}

// Renumber returns steps with numbers from 0 on, in their order.
func Renumber(steps []Step) []Step {
	to := map[int]int{}
	for i, s := range steps {
		to[s.Number] = i
	}
	steps = slices.Clone(steps)
	for i := range steps {
		steps[i].Number, steps[i].refs = i, slices.Clone(steps[i].refs)
		for k := range steps[i].refs {
			ref := &steps[i].refs[k]
			if number, known := to[ref.step]; known {
				ref.step = number
			}
		}
	}
	return steps
}
