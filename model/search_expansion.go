package model

import (
	"reflect"
	"slices"

	"cabi/internal/snapshot"
	"cabi/spec"
)

// An expansion makes the runs from a state: each action of its menu, and for each every way in which the specification chooses.
//
// Each run leads to the state anew, because a stack that stands cannot be copied. But many actions leave every stack that
// stands as it was, but for what they put on top: a built-in that returns at once, or traps, or a call. What such an action put
// there is unwound, what it changed is put back in place, and another is taken in the same run. Those go first; the last in a
// run may be any.
type expansion struct {
	*worker
	to          path
	actions     []Action // those of the path, and room for one more
	menuRead    bool     // the menu was
	menu        []menuAction
	todo        [][][]uint32   // by offer: the choices that it is still to be taken with, the last first
	results     [][]*successor // by offer: what is not yielded yet
	firstOpen   int            // the first offer that has something left to be done; all before it are yielded
	yield       func(*successor)
	saved       *snapshot.Snapshot
	keepsStacks []int8 // by template: whether it left the stacks as they were, as a rule: at least 0

	// of the run under way
	actor     *pathActor
	current   int // which is taken; -1: none is
	isSaved   bool
	at        *Activation // whose menu it is
	unwinding bool        // the run is on its way back to the menu
}

// expand makes the runs from a state.
func (w *worker) expand(to path, yield func(*successor)) {
	x := &w.expansion
	x.worker, x.to, x.yield, x.menuRead, x.firstOpen = w, to, yield, false, 0
	x.actions = append(append(x.actions[:0], to.actions...), Action{})
	for x.run() {
	}
}

// run makes a run, and reports whether there is another to be made.
func (x *expansion) run() bool {
	x.actor = &pathActor{path: x.to, toExpand: true, atEnd: x.atMenu, everyOrder: x.Full}
	x.worker.actor, x.newSites = x.actor, nil
	x.current, x.isSaved, x.unwinding = -1, false, false
	r := x.newRun(x.actor)
	defer r.Close()
	r.undoer, r.repeating = x, true
	r.Main()
	if x.current >= 0 {
		x.add(r, &successor{stop: SiteOf(r.Stopped)})
	}
	return x.firstOpen < len(x.menu)
}

// reached hears that the run is at the menu, or has come from there to another, and says what to do.
func (x *expansion) atMenu(r *Run, at *Activation) Action {
	switch {
	case x.current >= 0:
		got := &successor{}
		x.noteState(r, got)
		stays := r.Store.Undisturbed() && slices.Contains(r.Activations, x.at)
		x.learn(stays)
		x.add(r, got)
		if !stays || !x.isSaved {
			return Action{}
		}
		if at != x.at {
			x.unwinding = true
			return Action{}
		}
		x.restore(r)
	case !x.menuRead:
		x.readMenu(r, at)
	}
	return x.takeNext(r, at)
}

// open reads the menu.
func (x *expansion) readMenu(r *Run, at *Activation) {
	x.menuRead = true
	x.menu = x.appendMenu(x.menu[:0], r, at)
	x.todo, x.results = resized(x.todo, len(x.menu)), resized(x.results, len(x.menu))
	for i := range x.menu {
		x.todo[i], x.results[i] = append(x.todo[i][:0], x.to.choices), x.results[i][:0]
	}
}

func resized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// next takes the next offer, at the menu.
func (x *expansion) takeNext(r *Run, at *Activation) Action {
	x.current = x.chooseNext()
	if x.current < 0 {
		return Action{}
	}
	if !x.isSaved && !x.Replay && x.expectsStacksKept(x.current) && x.moreThanOne() {
		x.save(r)
	}
	todo, p := &x.todo[x.current], x.actor
	r.Store.Mark()
	x.at = at
	p.choices, p.nextChoice, p.alternatives = (*todo)[len(*todo)-1], len(x.to.choices), nil
	*todo = (*todo)[:len(*todo)-1]
	p.actions = x.actions
	p.nextAction, p.toExpand = len(p.actions), false
	p.actions[p.nextAction-1] = x.menu[x.current].Action
	x.newSites, r.repeating = nil, false
	return p.actions[p.nextAction-1]
}

// choose returns the offer that is to be taken next: the first that is expected to leave the stacks as they are, or else the
// first; -1: none.
func (x *expansion) chooseNext() int {
	left := func(stays bool) int {
		for i := x.firstOpen; i < len(x.menu); i++ {
			if len(x.todo[i]) > 0 && (!stays || x.expectsStacksKept(i)) {
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

// more reports whether there is more to be done than one thing.
func (x *expansion) moreThanOne() bool {
	n := 0
	for _, choices := range x.todo[x.firstOpen:] {
		n += len(choices)
	}
	return n > 1
}

func (x *expansion) expectsStacksKept(offer int) bool {
	n := x.menu[offer].template.number
	return n >= len(x.keepsStacks) || x.keepsStacks[n] >= 0
}

// learn notes whether the action left the stacks as they were.
func (x *expansion) learn(stayed bool) {
	n := x.menu[x.current].template.number
	for len(x.keepsStacks) <= n {
		x.keepsStacks = append(x.keepsStacks, 0)
	}
	if stayed {
		x.keepsStacks[n] = min(x.keepsStacks[n]+1, 4)
	} else {
		x.keepsStacks[n] = max(x.keepsStacks[n]-1, -4)
	}
}

// book books what the action came to.
func (x *expansion) add(r *Run, got *successor) {
	o := x.menu[x.current]
	got.action, got.template, got.choices = o.Action, o.template, x.actor.choices[len(x.to.choices):]
	x.noteOutcome(got, r)
	x.results[x.current] = append(x.results[x.current], got)
	x.todo[x.current] = append(x.todo[x.current], x.actor.alternatives...)
	x.current = -1
	for ; x.firstOpen < len(x.menu); x.firstOpen++ {
		for _, got := range x.results[x.firstOpen] {
			x.yield(got)
		}
		x.results[x.firstOpen] = x.results[x.firstOpen][:0]
		if len(x.todo[x.firstOpen]) > 0 {
			return
		}
	}
}

// keep keeps what can change, at the menu.
func (x *expansion) save(r *Run) {
	if x.saved == nil {
		x.saved = snapshot.New(notSaved()...)
	}
	x.saved.Clear()
	x.saved.Add(r)
	for _, c := range r.checkers {
		x.saved.Add(c)
	}
	x.isSaved = true
}

// fixed are the types of what no action changes, and of checkers in rows: they are kept one by one.
func notSaved() []reflect.Type {
	return append(spec.ImmutableTypes(), reflect.TypeFor[World](), reflect.TypeFor[compiledWorld](), reflect.TypeFor[observers](), reflect.TypeFor[pathActor](),
		reflect.TypeFor[expansion](), reflect.TypeFor[resourceTypes](), reflect.TypeFor[map[string]*instance](), reflect.TypeFor[map[string]*function](),
		reflect.TypeFor[map[string]spec.CoreFunc](), reflect.TypeFor[map[string]bool](), reflect.TypeFor[Action]())
}

// taking reports whether an action is under way that may be taken back.
func (x *expansion) mayUndo() bool { return x.current >= 0 && x.isSaved }

// rewind puts everything back as it was at the menu.
func (x *expansion) restore(r *Run) {
	r.Store.CloseSince()
	x.saved.Restore()
	x.unwinding = false
}

// try does an action of an activation. It returns how that was stopped, or reports that the run is at the menu again.
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
	x.add(r, &successor{stop: SiteOf(err)})
	x.restore(r)
	r.atSameMenu = true
	return nil, true
}
