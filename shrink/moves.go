package shrink

import (
	"slices"

	"cabi/model"
	"cabi/spec"
)

// removeRuns removes runs of steps, of half as many as there are, then of a quarter, down to one.
func (sh *shrinker) removeRuns() {
	for size := max(1, len(sh.best.steps)/2); size > 0; size /= 2 {
		for at := len(sh.best.steps) - size; at >= 0 && !sh.spent(); at -= size {
			if at+size <= len(sh.best.steps) {
				sh.try(slices.Delete(sh.steps(), at, at+size))
			}
		}
	}
}

// removePairs removes any two steps, such as a call and what returns from it.
func (sh *shrinker) removePairs() {
	for second := len(sh.best.steps) - 1; second > 0; second-- {
		for first := second - 1; first >= 0 && !sh.spent(); first-- {
			if second < len(sh.best.steps) {
				sh.try(slices.Delete(slices.Delete(sh.steps(), second, second+1), first, first+1))
			}
		}
	}
}

// hoistAll removes each call or invocation, and has the caller, or another that the host has called, do what was done in it.
func (sh *shrinker) hoistAll() {
	for i := len(sh.best.steps) - 1; i >= 0 && !sh.spent(); i-- {
		if i >= len(sh.best.steps) {
			continue
		}
		inner := sh.best.steps[i].entered
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

// functions are the names of what acts, in order of their first steps.
func (sh *shrinker) functions() []string {
	var names []string
	for _, s := range sh.best.steps {
		if !slices.Contains(names, s.at) {
			names = append(names, s.at)
		}
	}
	return names
}

// hoisted are the steps without the ith, and with what was done in the function that it entered done in another.
func (sh *shrinker) hoisted(i int, inner, outer string) []step {
	steps := sh.steps()[:i]
	for _, s := range sh.best.steps[i+1:] {
		if s.at == inner {
			if s.action.Op == "return" {
				continue
			}
			s.at = outer
		}
		steps = append(steps, s)
	}
	return steps
}

// widest is how many steps are replaced by one at most.
const widest = 6

// replaceWindows replaces two steps or more by one that its menu offers.
func (sh *shrinker) replaceWindows() {
	for at := 0; at < len(sh.best.steps)-1 && !sh.spent(); at++ {
		for sh.replaceAt(at) {
		}
	}
}

// replaceAt replaces steps from at on by one other.
func (sh *shrinker) replaceAt(at int) bool {
	for _, other := range sh.offers(at) {
		for width := 2; width <= widest && at+width <= len(sh.best.steps); width++ {
			steps := sh.steps()
			other.number = steps[at].number // what comes later refers to what it makes
			if sh.shorter(slices.Replace(steps, at, at+width, other)) {
				return true
			}
		}
	}
	return false
}

// offers are the steps that the menu offers after the first n.
func (sh *shrinker) offers(n int) []step {
	a := &attempt{shrinker: sh, todo: sh.best.steps[:n], offering: true}
	a.run()
	sh.result.Runs++
	return a.offered
}

// simplify makes choices the first candidates, and numbers small.
func (sh *shrinker) simplify() {
	zeroed, smaller := 0, 0
	for i := range sh.best.steps {
		if !sh.spent() && i < len(sh.best.steps) && slices.ContainsFunc(sh.best.steps[i].choices, func(c uint32) bool { return c > 0 }) {
			steps := sh.steps()
			steps[i].choices = nil
			if sh.try(steps) {
				zeroed++
			}
		}
	}
	for i := 0; i < len(sh.best.steps) && !sh.spent(); i++ {
		smaller += sh.smallerNumbers(i)
	}
	sh.says(zeroed, "made the specification's choices the first candidates in", "action")
	sh.says(smaller, "made smaller", "number")
}

func (sh *shrinker) says(n int, what, of string) {
	if n > 0 {
		sh.result.Did = append(sh.result.Did, what+" "+model.Counted(n, of))
	}
}

// smallerNumbers makes those numbers of a step small that stand for themselves, and returns how many.
func (sh *shrinker) smallerNumbers(i int) int {
	done := 0
	for k := range sh.numbersOf(i) {
		for _, small := range []uint64{0, 1} {
			if k >= len(sh.numbersOf(i)) || sh.numbersOf(i)[k].IsFloat() || sh.numbersOf(i)[k].Uint64() <= small || !sh.itself(i, k) {
				continue
			}
			steps := sh.steps()
			steps[i].action.Args = slices.Clone(steps[i].action.Args)
			steps[i].action.Args[k] = spec.CoreInt(small)
			if sh.try(steps) {
				done++
			}
		}
	}
	return done
}

func (sh *shrinker) numbersOf(i int) []spec.CoreValue {
	if i >= len(sh.best.steps) {
		return nil
	}
	return sh.best.steps[i].action.Args
}

// itself reports whether the kth number of a step stands for nothing else.
func (sh *shrinker) itself(i, k int) bool {
	names := sh.best.steps[i].names
	return k >= len(names) || names[k].kind == ""
}

// explore searches for a shorter trace in which every function does what any does in this one, or if those are too many,
// what it does itself.
func (sh *shrinker) explore() {
	if sh.limits.States == 0 || len(sh.best.steps) < 2 || sh.spent() {
		return
	}
	sh.result.Shortest = false
	for _, menus := range []map[string][]string{sh.sharedMenus(), sh.ownMenus()} {
		found, exhausted := sh.within(menus)
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

// within searches breadth first for the violation with fewer actions, and reports whether it searched everything.
func (sh *shrinker) within(menus map[string][]string) (found *model.Violation, exhausted bool) {
	s := *sh.search
	s.World, s.Random, s.KeepGoing = sh.restricted(menus), nil, true
	s.Bounds.Steps, s.MaxStates, s.Workers, s.DepthFirst = len(sh.best.steps)-1, sh.limits.States, 1, false
	s.OnViolation = func(v *model.Violation) {
		if v.Key() == sh.goal && found == nil {
			found = v
		}
	}
	s.Progress = func(*model.Report) bool { return found == nil }
	report := s.Run()
	return found, !report.Stopped
}

// renumber gives steps that were read numbers of their own.
func (sh *shrinker) renumber(steps []step) {
	for i := range steps {
		steps[i].number += sh.next
		for k := range steps[i].names {
			if n := &steps[i].names[k]; n.kind != "" && n.step >= 0 {
				n.step += sh.next
			}
		}
	}
	sh.next += len(steps)
}
