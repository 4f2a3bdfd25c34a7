package model

import (
	"reflect"
	"slices"
)

// An expansion makes the successors of a state: it takes each action of the state's menu, with each way in which the specification
// can choose.
//
// A run on frames, or on Python, is data. So the expansion puts it back after each action, and takes the next action in the same run. On
// coroutines (Replay) each action needs a run of its own that leads to the state again.
type expansion struct {
	*worker
	to        path
	actions   []Action // those of the path, and room for one more
	menuRead  bool
	menu      []menuAction
	todo      [][][]uint32   // for each action of the menu: the choices that it is still to be taken with, the last first
	results   [][]*successor // for each action of the menu: its successors that are not yielded yet
	before    []violatedBefore
	firstOpen int // the first action of the menu with choices left in todo; the successors of all before it are yielded
	yield     func(*successor)
	levels    levels

	// Of the run under way:

	actor       *pathActor
	current     int        // the action of the menu that is taken; -1: none is
	tape        []uint32   // that it is taken with
	again       *successor // by the action that is taken again, as it violated something and its shape was not noted; nil: none is
	forgetAgain bool       // what is violated at the menu was not forgotten yet when the menu was saved
}

// expand yields the successors of the state that a path leads to.
func (w *worker) expand(to path, yield func(*successor)) {
	x := &w.expansion
	x.worker, x.to, x.yield, x.menuRead, x.firstOpen = w, to, yield, false, 0
	x.actions = append(append(x.actions[:0], to.actions...), Action{})
	for x.makeRun() {
	}
}

// makeRun makes a run, and reports whether another is needed.
func (x *expansion) makeRun() bool {
	if !x.Replay {
		x.makeRunFromLevel()
		return false
	}
	x.beginActor()
	r := x.newRun(x.actor)
	defer r.Close()
	r.repeating = true
	x.listen(r)
	r.Main()
	if err := r.sourceError(); err != nil {
		x.yield(x.failed(err))
		return false
	}
	if x.current >= 0 {
		x.add(r, x.stopSuccessor(r.Stopped))
	}
	return x.firstOpen < len(x.menu)
}

// beginActor makes the actor of a run that comes to the state.
func (x *expansion) beginActor() {
	x.actor = x.to.follow()
	x.actor.toExpand, x.actor.atEnd, x.actor.everyOrder = true, x.atMenu, x.Full
	x.worker.actor, x.newSites = x.actor, nil
	x.current = -1
}

// atMenu is called when the run is at the state's menu, and when an action of the menu has led to another. It returns the action
// that is taken next.
func (x *expansion) atMenu(r *Run, at *Activation) Action {
	switch {
	case x.current >= 0:
		s := x.newSuccessor()
		x.noteState(r, s)
		x.hearing.acts(at)
		x.add(r, s)
		if x.Replay || x.chooseNext() < 0 {
			return Action{}
		}
		x.restore(r)
		if x.forgetAgain {
			x.noteBefore(r, false)
		}
	case !x.menuRead:
		x.readMenu(r, at)
		x.noteBefore(r, true)
		x.forgetAgain = x.Replay || !x.addLevel(r)
	case x.forgetAgain:
		x.noteBefore(r, false)
	}
	return x.takeNext(r)
}

// noteBefore notes what is violated at the menu, which is no violation of what is taken from it. That is so for all runs that come there.
func (x *expansion) noteBefore(r *Run, first bool) {
	if !r.shaping {
		return
	}
	if first {
		r.recheck()
	}
	if r.forgetViolations(); first {
		x.before = slices.Clone(r.before)
	}
	r.before = append(r.before[:0], x.before...)
}

func (x *expansion) readMenu(r *Run, at *Activation) {
	x.menuRead = true
	x.menu = x.appendMenu(x.menu[:0], r, at)
	x.todo, x.results = resized(x.todo, len(x.menu)), resized(x.results, len(x.menu))
	for i := range x.menu {
		x.todo[i], x.results[i] = append(x.todo[i][:0], x.to.choices), x.results[i][:0]
	}
}

// appendMenu appends the menu at an activation: Search.Menu's, or the world's.
func (w *worker) appendMenu(actions []menuAction, r *Run, at *Activation) []menuAction {
	switch {
	case w.offer != nil:
		return append(actions, w.offer(r, at, r.appendMenu(nil, at, w.Bounds, AnyIndex))...)
	case w.Menu == nil:
		return r.appendMenu(actions, at, w.Bounds, AnyIndex)
	}
	for _, a := range w.Menu(r, at) {
		actions = append(actions, menuAction{a, w.ofMenu})
	}
	return actions
}

func resized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// takeNext takes the next action of the menu; the zero Action: there is none.
func (x *expansion) takeNext(r *Run) Action {
	x.current = x.chooseNext()
	if x.current < 0 {
		return Action{}
	}
	todo, p := &x.todo[x.current], x.actor
	x.tape = (*todo)[len(*todo)-1]
	p.Branching = Branching{Tape: x.tape, next: len(x.to.choices)}
	*todo = (*todo)[:len(*todo)-1]
	p.actions = x.actions
	p.nextAction, p.toExpand = len(p.actions), false
	p.actions[p.nextAction-1] = x.menu[x.current].Action
	x.hearing.begin()
	x.newSites, r.repeating = nil, false
	r.shapeLater = r.shaping && x.again == nil && x.onFrames()
	return p.actions[p.nextAction-1]
}

// chooseNext returns the action of the menu that is taken next; -1: none is left.
func (x *expansion) chooseNext() int {
	for i := x.firstOpen; i < len(x.menu); i++ {
		if len(x.todo[i]) > 0 {
			return i
		}
	}
	return -1
}

// add adds the successor that the action has led to, and yields the successors that it can in the order of the menu.
func (x *expansion) add(r *Run, s *successor) {
	a := x.menu[x.current]
	s.action, s.template, s.choices = a.Action, a.template, x.actor.Tape[len(x.to.choices):]
	s.heard = x.hearing.end(s)
	x.noteChecks(r, s)
	if r.shapeLater && len(s.violated) > 0 {
		x.todo[x.current], x.again, x.current = append(x.todo[x.current], x.tape), s, -1
		return
	}
	if x.again != nil {
		s.sites, s.exercised, x.again = x.again.sites, x.again.exercised, nil // seen for the first time then
	}
	x.results[x.current] = append(x.results[x.current], s)
	x.todo[x.current] = append(x.todo[x.current], x.actor.Alternatives...)
	x.current = -1
	for ; x.firstOpen < len(x.menu); x.firstOpen++ {
		for _, s := range x.results[x.firstOpen] {
			x.yield(s)
		}
		x.results[x.firstOpen] = x.results[x.firstOpen][:0]
		if len(x.todo[x.firstOpen]) > 0 {
			return
		}
	}
}

// failed is the successor by the action that is being taken, or by none, with which the run could not go on.
func (x *expansion) failed(err error) *successor {
	s := &successor{failed: err}
	if x.current >= 0 {
		a := x.menu[x.current]
		s.action, s.template, s.choices = a.Action, a.template, slices.Clone(x.actor.Tape[len(x.to.choices):])
	}
	return s
}

// notSaved are the types of objects that no action changes, and of those that save adds by themselves (the checkers, in observers) or
// that belong to the search.
func notSaved() []reflect.Type {
	return append(runFixed(), reflect.TypeFor[pathActor](), reflect.TypeFor[randomActor](), reflect.TypeFor[expansion](), reflect.TypeFor[hearing]())
}

// restore puts everything back as it was at the menu.
func (x *expansion) restore(r *Run) { x.levels.restore(r, x.actor, x.actor) }

// stopped says, in a run on Python, that an action was stopped: it is taken back.
func (x *expansion) stopped(r *Run, err error) bool {
	if x.current < 0 {
		return false
	}
	for _, c := range r.observers.stopped.all {
		c.Stopped(r, err)
	}
	x.add(r, x.stopSuccessor(err))
	x.restore(r)
	return true
}
