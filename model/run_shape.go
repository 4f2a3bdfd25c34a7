package model

import (
	"bytes"
	"cmp"
	"slices"
	"strings"

	"cabi/spec"
)

// The shape of a transition is what acted, on what and in which relation: words without names and numbers, so that one cause has the same
// shape in every world, whichever instances and indices it comes up with. Violations of one kind are told apart by it (Checker.Shape).

// Transition is the shape of the last action that began. It is known in searches that tell violations apart by their shapes.
func (r *Run) Transition() string {
	for _, at := range r.Activations {
		if at.Pending != nil && at.Pending != r.lastAction && at.Thread() != nil && at.Thread().Running() && slices.Contains(r.waited, at.Thread()) {
			return at.Pending.Op + ", resumed by " + r.lastAction.Op // it was stopped in what it resumed
		}
	}
	return string(r.transition)
}

// noting reports whether the shape of what is done is noted.
func (r *Run) noting() bool { return r.shaping && !r.shapeLater }

// noteResumed notes what the host has resumed, once.
func (r *Run) noteResumed(at *Activation) {
	if string(r.transition) != opTick {
		return
	}
	r.transition = append(r.transition, " of "...)
	if at.Pending != nil {
		r.transition = append(r.transition, at.Pending.Op...)
	} else {
		r.transition = append(r.transition, at.Kind.String()...)
	}
}

// beginTransition notes the shape of an action that begins: the state is the one that it is taken in.
func (r *Run) beginTransition(at *Activation, a Action) {
	r.lastAction, r.waited = at.Pending, append(r.waited[:0], r.Store.WaitingThreads()...)
	b := append(r.transition[:0], a.Op...)
	for _, word := range a.Imm {
		if word == "sync" || word == "async" {
			b = append(append(b, ' '), word...)
		}
	}
	switch {
	case a.Op == opCall:
		b = r.appendCallee(b, at, a.Imm[0])
	case a.Op == opInvoke:
		b = append(b, " of a function lifted "...)
		b = append(b, liftOf(r.World.Func(a.Imm[0]))...)
	case a.Op == opReturn:
		b = r.appendReturn(b, at, a)
	case strings.HasPrefix(a.Op, "shared."):
		b = appendShared(append(b, " of one "...), r.sharedAt(a).shared, nil)
	default:
		b = r.appendOperands(b, at, a)
	}
	if at.Kind == KindPostReturn || at.Kind == KindRealloc || at.Kind >= KindHostCancel {
		b = append(append(b, ", in "...), at.Kind.String()...)
	}
	r.transition = r.appendResumers(b, at)
}

// appendCallee describes the function that core code calls: whose it is, how it is lifted and lowered, and of text how it is encoded.
func (r *Run) appendCallee(b []byte, at *Activation, name string) []byte {
	if at.inst.lowersAsync[name] {
		b = append(b, " async"...)
	}
	f := r.World.Func(name)
	in := r.instances[f.Instance()]
	if in == nil {
		return append(b, " of a function of the host's"...)
	}
	b = append(append(append(b, " of "...), relation(at.inst.spec, in.spec)...), " function lifted "...)
	b = append(b, liftOf(f)...)
	for _, p := range f.Params {
		if strings.Contains(p, "string") {
			return appendText(append(appendText(append(b, ", with text of "...), at.inst), " for "...), in)
		}
	}
	return b
}

// liftOf is how a function is lifted.
func liftOf(f *Func) string { return cmp.Or(f.Lift, "sync") }

// appendText describes the text of an instance.
func appendText(b []byte, in *instance) []byte {
	b = append(b, cmp.Or(in.encoding, "utf8")...)
	if in.memory != nil && in.memory.AddrType == spec.I64 {
		b = append(b, " in 64 bits"...)
	}
	return b
}

// appendReturn describes from what core code returns, and of a callback code, which.
func (r *Run) appendReturn(b []byte, at *Activation, a Action) []byte {
	switch at.Kind {
	case KindFunc:
		b = append(append(b, " from a function lifted "...), liftOf(r.World.Func(at.Name))...)
	case KindCallback:
		b = append(b, " from a callback"...)
	}
	if at.Packed && len(a.Args) == 1 {
		b = append(append(b, ", "...), [...]string{"exit", "yield", "wait", "no code"}[a.Args[0].Uint64()&3]...)
	}
	return b
}

// appendOperands describes the elements that an action names.
func (r *Run) appendOperands(b []byte, at *Activation, a Action) []byte {
	class, ok := indexOf[a.Op]
	if !ok || at.inst == nil || len(a.Args) == 0 {
		return b
	}
	b = r.appendElement(append(b, " of "...), at, r.elementAt(at.inst, class, a.Args[0].Uint64()))
	if a.Op == "waitable.join" && len(a.Args) == 2 {
		into := "a set"
		if a.Args[1].Uint64() == 0 {
			into = "none"
		}
		b = append(append(b, ", into "...), into...)
	}
	return b
}

// elementAt is the live element of a class that an index of an instance names; nil: it names none.
func (r *Run) elementAt(in *instance, class spec.Class, index uint64) spec.Element {
	slots := in.spec.LiveHandles()
	if class == spec.ClassThread {
		slots = in.spec.LiveThreads()
	}
	for slot := range slots {
		of := spec.ClassOf(slot.Element)
		if slot.Index == index && slot.Owner == in.spec && (of == class || class == spec.ClassWaitable && of.Waitable()) {
			return slot.Element
		}
	}
	return nil
}

// appendElement describes an element by its class, its state, and that of who is at its other side.
func (r *Run) appendElement(b []byte, at *Activation, e spec.Element) []byte {
	switch e := e.(type) {
	case nil:
		return append(b, "nothing"...)
	case *spec.Subtask:
		b = append(append(b, "a call in state "...), e.State().String()...)
		if e.Callee() == nil {
			return append(b, " of a function of the host's"...)
		}
		b = append(append(b, " of "...), relation(at.inst.spec, e.Callee().Instance())...)
		b = append(append(b, " function lifted "...), e.Callee().Lift()...)
		if t := e.Callee().Implicit(); t != nil {
			b = appendThread(append(b, ", which "...), t)
		}
	case *spec.Thread:
		b = append(b, "a thread of "...)
		if at.Thread() != nil && e.Task() == at.Thread().Task() {
			b = append(b, "its task, which "...)
		} else {
			b = append(b, "another task, which "...)
		}
		b = appendThread(b, e)
	case *spec.WaitableSet:
		b = append(b, "a set"...)
	case *spec.ResourceHandle:
		kind := "a borrow handle"
		if e.Own() {
			kind = "an own handle"
		}
		if b = append(b, kind...); e.NumLends() > 0 {
			b = append(b, " that is lent"...)
		}
	default:
		b = append(b, strings.ToLower(spec.ClassOf(e).String())...)
		if state, isEnd := spec.CopyStateOf(e); isEnd {
			b = append(append(append(b, " in state "...), state.String()...), ", "...)
			b = appendShared(b, spec.SharedOf(e), e)
		}
	}
	return b
}

// appendThread describes what a thread does.
func appendThread(b []byte, t *spec.Thread) []byte {
	if t.Running() {
		return append(b, "runs"...)
	}
	b = append(append(b, "waits for "...), t.WaitsFor().Kind.String()...)
	if t.Cancellable() {
		b = append(b, ", cancellably"...)
	}
	return b
}

// appendShared describes what is pending in a stream or future, seen from one of its ends or from the host.
func appendShared(b []byte, s spec.SharedBase, self spec.Element) []byte {
	view, known := spec.ViewShared(s)
	switch {
	case !known:
		return append(b, "that the host implements"...)
	case view.Dropped:
		return append(b, "with the other end dropped"...)
	case view.Host:
		return append(b, "with a copy of the host's pending"...)
	case view.Pending == nil:
		return append(b, "with no copy pending"...)
	case view.Pending == self:
		return append(b, "with its own copy pending"...)
	}
	if b = append(b, "with a copy of the other end pending"...); !spec.Copying(view.Pending) {
		b = append(b, ", which is not copying"...)
	}
	return b
}

// appendResumers describes for what the host or realloc acts, and the cancellations under way that have resumed the thread that acts.
func (r *Run) appendResumers(b []byte, at *Activation) []byte {
	running := r.Store.RunningThreads(r.resumers[:0])
	r.resumers = running
	for i, t := range running {
		for _, o := range r.Activations {
			if o.Thread() != t || o.Pending == nil || o.inst == nil || o == at {
				continue
			}
			switch {
			case i == 0 && at.inst == nil: // the host acts for it
				b = append(append(b, ", for "...), o.Pending.Op...)
			case i == 1 && at.Kind == KindRealloc:
				b = append(append(b, ", for "...), o.Pending.Op...)
			case i > 0 && at.inst != nil && o.Pending.Op == "subtask.cancel" && !bytes.Contains(b, during):
				b = append(append(b, during...), instanceNames[relationOf(at.inst.spec, o.inst.spec)]...)
			}
		}
	}
	return b
}

var during = []byte(", during subtask.cancel of ")

// relations of another instance to one that acts.
const (
	itself = iota
	itsParent
	itsChild
	another
)

var instanceNames = [...]string{"the instance itself", "its parent", "its child", "another instance"}

func relationOf(from, to *spec.ComponentInstance) int {
	switch {
	case from == to:
		return itself
	case inside(from, to):
		return itsParent
	case inside(to, from):
		return itsChild
	}
	return another
}

// relation says whose something is that is of an instance, seen from one that acts.
func relation(from, to *spec.ComponentInstance) string {
	return [...]string{"its own", "its parent's", "its child's", "another instance's"}[relationOf(from, to)]
}

// inside reports whether an instance is inside another, at any depth.
func inside(in, outer *spec.ComponentInstance) bool {
	for in = in.Parent(); in != nil; in = in.Parent() {
		if in == outer {
			return true
		}
	}
	return false
}

// A violatedBefore is a violation that was there before an action.
type violatedBefore struct {
	checker       int
	kind, message string
}

// forgetViolations has the checkers forget what is violated, so that only what the next action violates is told. What goes on to be
// violated, in the same words, is not told again.
func (r *Run) forgetViolations() {
	r.before = r.before[:0]
	for i, found := range r.results {
		if message := found.Message; message != "" {
			c := r.checkers[i]
			r.before = append(r.before, violatedBefore{i, c.Kind(), message})
			if several, has := c.(severalViolations); has {
				for _, other := range several.Others() {
					r.before = append(r.before, violatedBefore{i, c.Kind(), other})
				}
			}
			c.Forget()
		}
	}
}

// recheck has the checkers of states look at the state of a menu that a run before has come to.
func (r *Run) recheck() {
	r.beginNotifying()
	r.notifyState()
	r.endNotifying()
}
