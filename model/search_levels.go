package model

import (
	"slices"

	"cabi/internal/python"
	"cabi/internal/snapshot"
)

// A run on a definitions.py is data, and can be put back to any state that it was in. So a search keeps its run between states: it goes back
// to the last state that is on the way to the next one, too, and on from there. States that are expanded one after the other have most of
// their way in common.

// levels are the states that a run can be put back to: those on the way to the state that it was to come to last.
type levels struct {
	of    path
	open  []level
	spare []*snapshot.Snapshot
}

// A level is a state on the way.
type level struct {
	actions, choices int // on the way to it
	python           python.Mark
	run              *snapshot.Snapshot // of the part of the run that is Go's, and of the checkers
}

// add adds the state that a run is in, on the way to another.
func (l *levels) add(r *Run, to path, actions, choices int) {
	s := l.room()
	s.Add(r)
	for _, c := range r.checkers {
		s.Add(c)
	}
	l.of = to
	l.open = append(l.open, level{actions, choices, r.source.machine.Mark(), s})
}

// room is a snapshot to be used, or used again.
func (l *levels) room() *snapshot.Snapshot {
	n := len(l.spare)
	if n == 0 {
		return snapshot.New(append(notSaved(), sourceFixed()...)...)
	}
	s := l.spare[n-1]
	l.spare = l.spare[:n-1]
	s.Clear()
	return s
}

// keepTo forgets the states that are not on the way to another, and reports whether one is left.
func (l *levels) keepTo(to path) bool {
	actions := commonLen(l.of.actions, to.actions, sameAction)
	choices := commonLen(l.of.choices, to.choices, func(a, b uint32) bool { return a == b })
	for n := len(l.open); n > 0 && (l.open[n-1].actions > actions || l.open[n-1].choices > choices); n-- {
		l.spare = append(l.spare, l.open[n-1].run)
		l.open = l.open[:n-1]
	}
	l.of = to
	return len(l.open) > 0
}

// clear forgets all states: another run begins.
func (l *levels) clear() {
	for _, at := range l.open {
		l.spare = append(l.spare, at.run)
	}
	l.open = l.open[:0]
}

// last is the state that was added last.
func (l *levels) last() *level { return &l.open[len(l.open)-1] }

// restore puts a run back to the last state.
func (l *levels) restore(r *Run, p *pathActor) {
	r.source.machine.Rollback(l.last().python)
	l.last().run.Restore()
	r.actor = p
	r.Store.MirrorChoices(p)
	r.guarded(r.sync)
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

// makeRunOnSource has the worker's run come to the state that is to be expanded, and expands it.
func (x *expansion) makeRunOnSource() {
	x.beginActor()
	x.actor.onWay = x.addLevel
	r := x.run
	if r != nil && r.source.machine.IsWorn() {
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
		x.levels.restore(r, x.actor)
		r.undoer, r.repeating, r.atSameMenu = x, true, true
		r.goOnOnSource()
	}
	if err := r.sourceError(); err != nil {
		x.yield(x.failed(err))
		x.firstOpen = len(x.menu)
		x.levels.clear()
	}
}

// addLevel adds the menu that a run is at, on its way, to the states that it can be put back to.
func (x *expansion) addLevel(r *Run) {
	if n := x.actor.nextAction; len(x.levels.open) == 0 || x.levels.last().actions < n {
		x.levels.add(r, x.to, n, x.actor.next)
	}
}
