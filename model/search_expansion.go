package model

import (
	"reflect"
	"slices"

	"cabi/internal/snapshot"
	"cabi/spec"
)

// An expansion makes the successors of a state: it takes each action of the state's menu, with each way in which the specification
// can choose.
//
// A stack cannot be copied, so in principle each action needs a run of its own that leads to the state again. But many actions leave
// the stacks that were there as they were: a built-in that returns at once or traps, or a call that only puts new stacks on top. The
// expansion takes such an action back, by unwinding the new stacks and restoring the objects in place, and takes the next action
// in the same run. It takes actions of this kind first, because a run ends with the first action of another kind.
type expansion struct {
	*worker
	to          path
	actions     []Action // those of the path, and room for one more
	menuRead    bool
	menu        []menuAction
	todo        [][][]uint32   // for each action of the menu: the choices that it is still to be taken with, the last first
	results     [][]*successor // for each action of the menu: its successors that are not yielded yet
	before      []violatedBefore
	firstOpen   int // the first action of the menu with choices left in todo; the successors of all before it are yielded
	yield       func(*successor)
	saved       *snapshot.Snapshot
	levels      levels // of a run on Python
	keepsStacks []int8 // for each template: at least 0 if its actions, as a rule, leave the stacks as they were

	// Of the run under way:

	actor     *pathActor
	current   int         // the action of the menu that is taken; -1: none is
	isSaved   bool        // the objects are saved, so that an action can be taken back
	at        *Activation // whose menu it is
	unwinding bool        // the run is on its way back to the menu
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
	if x.Source != nil && !x.Replay {
		x.makeRunOnSource()
		return false
	}
	x.beginActor()
	r := x.newRun(x.actor)
	defer r.Close()
	r.undoer, r.repeating = x, true
	x.listen(r)
	r.Main()
	if err := r.sourceError(); err != nil {
		x.yield(x.failed(err))
		return false
	}
	if x.current >= 0 {
		x.add(r, stopSuccessor(r.Stopped))
	}
	return x.firstOpen < len(x.menu)
}

// beginActor makes the actor of a run that comes to the state.
func (x *expansion) beginActor() {
	x.actor = x.to.follow()
	x.actor.toExpand, x.actor.atEnd, x.actor.everyOrder = true, x.atMenu, x.Full
	x.worker.actor, x.newSites = x.actor, nil
	x.current, x.isSaved, x.unwinding = -1, false, false
}

// atMenu is called when the run is at the state's menu, and when an action of the menu has led to another. It returns the action
// that is taken next.
func (x *expansion) atMenu(r *Run, at *Activation) Action {
	switch {
	case x.current >= 0:
		s := &successor{}
		x.noteState(r, s)
		x.hearing.acts(at)
		kept := r.source != nil || r.Store.Undisturbed() && slices.Contains(r.Activations, x.at)
		x.learn(kept)
		x.add(r, s)
		if !kept || !x.isSaved {
			return Action{}
		}
		if r.source != nil && x.chooseNext() < 0 {
			return Action{}
		}
		if at != x.at && r.source == nil {
			x.unwinding = true
			return Action{}
		}
		x.restore(r)
		at = x.at
	case !x.menuRead:
		x.readMenu(r, at)
		x.noteBefore(r, true)
	default:
		x.noteBefore(r, false)
	}
	return x.takeNext(r, at)
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
func (x *expansion) takeNext(r *Run, at *Activation) Action {
	x.current = x.chooseNext()
	if x.current < 0 {
		return Action{}
	}
	if !x.isSaved && !x.Replay && (r.source != nil || x.expectsStacksKept(x.current) && x.severalLeft()) {
		x.save(r)
	}
	todo, p := &x.todo[x.current], x.actor
	r.Store.Mark()
	x.at = at
	p.Branching = Branching{Tape: (*todo)[len(*todo)-1], next: len(x.to.choices)}
	*todo = (*todo)[:len(*todo)-1]
	p.actions = x.actions
	p.nextAction, p.toExpand = len(p.actions), false
	p.actions[p.nextAction-1] = x.menu[x.current].Action
	x.hearing.begin()
	x.newSites, r.repeating = nil, false
	return p.actions[p.nextAction-1]
}

// chooseNext returns the action of the menu that is taken next: the first that is expected to leave the stacks as they are, or else
// the first; -1: none is left.
func (x *expansion) chooseNext() int {
	left := func(keepsStacks bool) int {
		for i := x.firstOpen; i < len(x.menu); i++ {
			if len(x.todo[i]) > 0 && (!keepsStacks || x.expectsStacksKept(i)) {
				return i
			}
		}
		return -1
	}
	if i := left(true); i >= 0 && !x.Replay {
		return i
	}
	return left(false)
}

// severalLeft reports whether more than one action is still to be taken, counting an action once for each way to choose.
func (x *expansion) severalLeft() bool {
	n := 0
	for _, choices := range x.todo[x.firstOpen:] {
		n += len(choices)
	}
	return n > 1
}

// expectsStacksKept reports whether an action of the menu is expected to leave the stacks as they are.
func (x *expansion) expectsStacksKept(i int) bool {
	n := x.menu[i].template.number
	return n >= len(x.keepsStacks) || x.keepsStacks[n] >= 0
}

// learn notes whether the action left the stacks as they were.
func (x *expansion) learn(kept bool) {
	n := x.menu[x.current].template.number
	for len(x.keepsStacks) <= n {
		x.keepsStacks = append(x.keepsStacks, 0)
	}
	if kept {
		x.keepsStacks[n] = min(x.keepsStacks[n]+1, 4)
	} else {
		x.keepsStacks[n] = max(x.keepsStacks[n]-1, -4)
	}
}

// add adds the successor that the action has led to, and yields the successors that it can in the order of the menu.
func (x *expansion) add(r *Run, s *successor) {
	a := x.menu[x.current]
	s.action, s.template, s.choices = a.Action, a.template, x.actor.Tape[len(x.to.choices):]
	s.heard = x.hearing.end(s)
	x.noteChecks(r, s)
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

// save saves everything that an action can change.
func (x *expansion) save(r *Run) {
	if x.isSaved = true; r.source != nil {
		x.addLevel(r)
		return
	}
	if x.saved == nil {
		x.saved = snapshot.New(notSaved()...)
	}
	x.saved.Clear()
	x.saved.Add(r)
	for _, c := range r.checkers {
		x.saved.Add(c)
	}
}

// notSaved are the types of objects that no action changes, and of those that save adds by themselves (the checkers, in observers) or
// that belong to the search.
func notSaved() []reflect.Type {
	return append(runFixed(), reflect.TypeFor[pathActor](), reflect.TypeFor[expansion](), reflect.TypeFor[hearing]())
}

// restore puts everything back as it was at the menu.
func (x *expansion) restore(r *Run) {
	if r.source != nil {
		x.levels.restore(r, x.actor)
		return
	}
	r.Store.CloseSince()
	x.saved.Restore()
	x.unwinding = false
}

// mayUndo reports whether the action that is taken may be taken back.
func (x *expansion) mayUndo() bool { return x.current >= 0 && x.isSaved }

// try does an action of an activation. It returns how the specification stopped the action, or reports that the run is at the menu
// again, because the action was taken back.
func (x *expansion) try(r *Run, at *Activation, do func()) (err error, undone bool) {
	defer func() {
		if x.unwinding && at == x.at {
			if got := recover(); got != any(spec.Aborted{}) {
				panic(got)
			}
			x.restore(r)
			r.atSameMenu, undone = true, true
		}
	}()
	err = r.Store.Try(do)
	if err == nil || !x.isSaved || at != x.at || !r.Store.Undisturbed() {
		return err, false
	}
	for _, c := range r.observers.stopped.all {
		c.Stopped(r, err)
	}
	x.learn(true)
	x.add(r, stopSuccessor(err))
	x.restore(r)
	r.atSameMenu = true
	return nil, true
}

// stopped does for a run on Python what try does when an action is stopped: every action can be taken back there.
func (x *expansion) stopped(r *Run, err error) bool {
	if x.current < 0 || !x.isSaved {
		return false
	}
	for _, c := range r.observers.stopped.all {
		c.Stopped(r, err)
	}
	x.learn(true)
	x.add(r, stopSuccessor(err))
	x.restore(r)
	return true
}
