package model

import (
	"reflect"
	"slices"

	"cabi/internal/python"
	"cabi/internal/snapshot"
	"cabi/spec"
)

// A run on frames, or on a definitions.py, is data, and can be put back to any state that it was in. So a search keeps its run between states:
// it goes back to the last state that is on the way to the next one, too, and on from there. States that are expanded one after the other have
// most of their way in common.

// levels are the states that a run can be put back to: those on the way to the state that it was to come to last.
type levels struct {
	of   path
	open []level
	run  *snapshot.Snapshot // of the part of the run that is Go's, and of the checkers, at each level
	// changes tells the snapshot of frames, and stacks of them, that change.
	changes func(any)
	check   bool // the snapshot checks what is said of types, in tests
}

// A level is a state on the way.
type level struct {
	actions, choices int // on the way to it
	frames           int // that were made on it
	python           python.Mark
	results          []placedResult // of the checkers that had found something
}

// A placedResult is the result of the checker at a place.
type placedResult struct {
	place  int
	result CheckerResult
}

// add adds the state that a run with some checkers is in, on the way to another.
func (l *levels) add(r *Run, checkers *checkerPool, to path, actions, choices int) {
	if l.run == nil {
		l.run = snapshot.New(savedTypes(r, l.check))
		if r.source == nil {
			l.changes = l.run.Changed
		}
	}
	if r.source == nil {
		r.Store.Machine().Mark(l.changes)
	}
	if len(l.open) > 0 {
		l.run.Push()
	}
	if len(l.open) == 0 {
		l.run.Add(r)
		checkers.saveTo(l.run)
	}
	l.comeTo(to)
	at := level{actions: actions, choices: choices}
	for i, c := range r.results {
		if c.says() {
			at.results = append(at.results, placedResult{i, *c})
		}
	}
	if r.source != nil {
		at.python = r.source.machine.Mark()
	} else {
		at.frames = r.Store.Machine().Made()
	}
	l.open = append(l.open, at)
}

// keepTo forgets the states that are not on the way to another, and reports whether one is left.
func (l *levels) keepTo(to path) bool {
	actions := commonLen(l.of.actions, to.actions, sameAction)
	choices := commonLen(l.of.choices, to.choices, func(a, b uint32) bool { return a == b })
	for n := len(l.open); n > 0 && (l.open[n-1].actions > actions || l.open[n-1].choices > choices); n-- {
		l.run.Pop()
		l.open = l.open[:n-1]
	}
	l.comeTo(to)
	return len(l.open) > 0
}

// comeTo notes the path to the state that the run is to come to, which is used again when that state was expanded.
func (l *levels) comeTo(to path) {
	l.of = path{append(l.of.actions[:0], to.actions...), append(l.of.choices[:0], to.choices...)}
}

// savedTypes are the types of a run of which a snapshot need not look whether they have changed. In a run on Python all may, where objects of
// Python do.
func savedTypes(r *Run, check bool) snapshot.Types {
	if r.source != nil {
		return snapshot.Types{Fixed: append(notSaved(), sourceFixed()...)}
	}
	return snapshot.Types{Fixed: notSaved(), Constant: append(spec.ConstantTypes(), reflect.TypeFor[function]()), Told: spec.ChangesAreTold, Check: check}
}

// clear forgets all states: another run begins.
func (l *levels) clear() {
	if l.run != nil {
		l.run.Clear()
	}
	l.open = l.open[:0]
}

// last is the state that was added last.
func (l *levels) last() *level { return &l.open[len(l.open)-1] }

// restore puts a run back to the last state, where another actor and choices go on.
func (l *levels) restore(r *Run, actor Actor, choices spec.Choices) {
	if r.source != nil {
		r.source.machine.Rollback(l.last().python)
	} else {
		r.Store.Machine().Unmake(l.last().frames)
	}
	l.run.Restore()
	for _, c := range r.results {
		if c.says() {
			c.Forget()
		}
	}
	for _, saved := range l.last().results {
		*r.results[saved.place] = saved.result
	}
	r.actor = actor
	r.Store.MirrorChoices(choices)
	if r.source != nil {
		r.guarded(r.sync)
	}
}

// commonLen is how many elements two lists have in common at their beginnings.
func commonLen[T any](a, b []T, same func(a, b T) bool) int {
	n := min(len(a), len(b))
	for i := range n {
		if !same(a[i], b[i]) {
			return i
		}
	}
	return n
}

func sameAction(a, b Action) bool {
	return a.Op == b.Op && slices.Equal(a.Imm, b.Imm) && slices.Equal(a.Args, b.Args) && slices.Equal(a.Literals, b.Literals)
}

// makeRunFromLevel has the worker's run come to the state that is to be expanded, and expands it.
func (x *expansion) makeRunFromLevel() {
	x.beginActor()
	x.actor.onWay = func(r *Run) { x.addLevel(r) }
	r := x.run
	if r != nil && r.source != nil && r.source.machine.IsWorn() {
		r, x.run = nil, nil
	}
	if r == nil || !x.levels.keepTo(x.to) {
		r = x.newRun(x.actor)
		r.undoer, r.repeating = x, true
		x.listen(r)
		r.Main()
	} else {
		last := x.levels.last()
		x.actor.nextAction, x.actor.next = last.actions, last.choices
		x.levels.restore(r, x.actor, x.actor)
		r.undoer, r.repeating = x, true
		x.goOn(r)
	}
	for r.source == nil && x.current >= 0 {
		x.add(r, x.stopSuccessor(r.Stopped))
		if x.chooseNext() < 0 {
			break
		}
		x.restore(r)
		x.goOn(r)
	}
	if err := r.sourceError(); err != nil {
		x.yield(x.failed(err))
		x.firstOpen = len(x.menu)
		x.levels.clear()
	}
}

// goOn has a run go on from the menu that it was put back to.
func (x *expansion) goOn(r *Run) {
	if r.source == nil {
		r.goOnOnFrames()
		return
	}
	r.atSameMenu = true
	r.goOnOnSource()
}

// addLevel adds the menu that a run is at, on its way, to the states that it can be put back to, and reports whether it was not among them.
func (x *expansion) addLevel(r *Run) (isNew bool) {
	n := x.actor.nextAction
	if isNew = len(x.levels.open) == 0 || x.levels.last().actions < n; isNew {
		x.levels.add(r, &x.checkers, x.to, n, x.actor.next)
	}
	return isNew
}
