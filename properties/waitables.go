package properties

import (
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

var joinSymmetric = stateProperty(&model.Property{
	Name:      "join-symmetric",
	Statement: "A waitable is in a set exactly if it is one of the set's elements, and of no other's, once.",
	Kind:      "state",
	Origin:    "Waitable.join",
}, func(inst *spec.ComponentInstance, exercised *bool) string {
	for slot := range live(inst) {
		*exercised = *exercised || setOf(slot.Element) != nil
		if message := setDisagreement(inst, slot); message != "" {
			return message
		}
	}
	return ""
})

// setDisagreement describes how a waitable's set and the sets of its instance disagree about whether it is an element; empty: they
// agree.
func setDisagreement(inst *spec.ComponentInstance, slot spec.Slot) (message string) {
	if !spec.ClassOf(slot.Element).Waitable() {
		return ""
	}
	for other := range live(inst) {
		wset, isSet := other.Element.(*spec.WaitableSet)
		if !isSet {
			continue
		}
		n := 0
		for _, e := range wset.Elements() {
			if e == slot.Element {
				n++
			}
		}
		if in := spec.SetOf(slot.Element) == wset; n > 1 || in != (n == 1) {
			return fmt.Sprintf("%s %d of %s is %d times in the set %d, but says that it is in that set: %v",
				describe(slot.Element), slot.Index, inst.Name, n, other.Index, in)
		}
	}
	return ""
}

// setOf is the set that an element is in; nil: none.
func setOf(e spec.Element) *spec.WaitableSet {
	if !spec.ClassOf(e).Waitable() {
		return nil
	}
	return spec.SetOf(e)
}

var setsAlive = runProperty(&model.Property{
	Name:      "sets-alive",
	Statement: "A waitable is in a set of its own instance that is in its table, a set has only such waitables, and threads wait only on such sets.",
	Kind:      "state",
	Origin: `CanonicalABI.md: "The WaitableSet.drop method traps if dropped while it still contains elements (whose Waitable.wset field would ` +
		`become dangling) or if it is being waited-upon by another Task"; "trapping if the readable end is […] in a waitable set (in which case ` +
		`it must be removed first via waitable.join(0))"`,
}, func(r *model.Run, exercised *bool) (message, kind string) {
	if halfDone(r) {
		return "", ""
	}
	for _, slot := range r.Elements() {
		if message, kind := foreignMember(r, slot.Owner, slot.Element, exercised); message != "" {
			return message, kind
		}
	}
	for _, t := range r.Store.WaitingThreads() {
		if s := t.WaitsFor().Set; s != nil && ownerOf(r, s) == nil {
			return fmt.Sprintf("%s waits on a set that is in no table", threadName(t)), "waited on"
		}
	}
	return "", ""
})

// ownerOf is the instance in whose table an element is; nil: it is in none.
func ownerOf(r *model.Run, e spec.Element) *spec.ComponentInstance {
	for _, slot := range r.Elements() {
		if slot.Element == e {
			return slot.Owner
		}
	}
	return nil
}

// foreignMember describes how a set and an element of it are not in the tables of one instance, of which inst has e.
func foreignMember(r *model.Run, inst *spec.ComponentInstance, e spec.Element, exercised *bool) (message, kind string) {
	if s := setOf(e); s != nil {
		if *exercised = true; ownerOf(r, s) != inst {
			return fmt.Sprintf("%s of %s is in a set that is not in its table", describe(e), inst.Name), "set"
		}
	}
	if s, isSet := e.(*spec.WaitableSet); isSet {
		for _, w := range s.Elements() {
			if ownerOf(r, w) != inst {
				return fmt.Sprintf("a set of %s has %s, which is not in its table", inst.Name, describe(w)), "element"
			}
		}
	}
	return "", ""
}

var subtasksResolved = &model.Property{
	Name:      "subtasks-resolved",
	Statement: "A subtask leaves its table only when it is resolved.",
	Kind:      "step",
	Origin: `CanonicalABI.md, Subtask.drop: "checks that the callee has been allowed to resolve and explicitly relinquish any borrowed ` +
		`handles"`,
	New: func() model.Checker {
		return &droppedChecker{suspecter{BaseChecker: model.BaseChecker{Name: "subtasks-resolved"}}}
	},
}

// A droppedChecker suspects that a subtask leaves its table before it is resolved. It remembers nothing.
type droppedChecker struct{ suspecter }

func (c *droppedChecker) Retired(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	t, ok := e.(*spec.Subtask)
	if !ok {
		return
	}
	if c.NonVacuous = true; !t.Resolved() {
		c.suspect(fmt.Sprintf("subtask %d of %s was dropped, and is not resolved", index, inst.Name))
	}
}

var eventIdentifies = &model.Property{
	Name: "event-identifies",
	Statement: "The index of an event that a waitable set gives, in the tables that its code alone selects, names exactly one live element of the instance " +
		"that is handed it: the one that raised it.",
	Kind:    "step",
	Origin:  "component-model#395: what one table for all waitables is for",
	Indices: true,
	New:     func() model.Checker { return &eventChecker{model.BaseChecker{Name: "event-identifies"}} },
}

// An eventChecker checks, when an event is taken from a set, that its code and index name the element that raised it and no other. It
// remembers nothing.
type eventChecker struct{ model.BaseChecker }

// codeClass is the class of the elements that raise events of a code. Besides the index, an event says nothing else about its
// element.
var codeClass = map[spec.EventCode]spec.Class{
	spec.EventSubtask: spec.ClassSubtask, spec.EventStreamRead: spec.ClassReadableStreamEnd, spec.EventStreamWrite: spec.ClassWritableStreamEnd,
	spec.EventFutureRead: spec.ClassReadableFutureEnd, spec.EventFutureWrite: spec.ClassWritableFutureEnd,
}

func (c *eventChecker) Delivered(inst *spec.ComponentInstance, code spec.EventCode, index uint64, e spec.Element) {
	c.NonVacuous = true
	var named []spec.Element
	for slot := range live(inst) {
		if slot.Index == index && spec.ClassOf(slot.Element) == codeClass[code] {
			named = append(named, slot.Element)
		}
	}
	if !slices.Equal(named, []spec.Element{e}) && c.Message == "" {
		c.Message = fmt.Sprintf("the event %s %d of %s is of %s, but names %s", code, index, inst.Name, describe(e), describeAll(named))
	}
}

// describeAll describes elements for people.
func describeAll(elems []spec.Element) string {
	if len(elems) == 0 {
		return "nothing"
	}
	text := describe(elems[0])
	for _, e := range elems[1:] {
		text += " and " + describe(e)
	}
	return text
}

var waitingCount = &model.Property{
	Name:       "waiting-count",
	Statement:  "A set's count of waiting threads is the number of threads that wait on it.",
	Kind:       "quiescent",
	Origin:     "WaitableSet.wait_for_event_and",
	BlindSpots: "Sets that are in no table: the trap in WaitableSet.drop keeps a set that is waited on from being dropped.",
	New:        func() model.Checker { return &waitingChecker{model.BaseChecker{Name: "waiting-count"}} },
}

// A waitingChecker checks that each set counts the threads that wait on it. It remembers nothing. It cannot see sets that are in no
// table.
type waitingChecker struct{ model.BaseChecker }

func (c *waitingChecker) State(r *model.Run) {
	for _, inst := range r.Store.Instances() {
		for slot := range live(inst) {
			wset, isSet := slot.Element.(*spec.WaitableSet)
			if !isSet {
				continue
			}
			n := r.Store.ThreadsWaiting(wset)
			c.NonVacuous = c.NonVacuous || n > 0
			if wset.NumWaiting() != n && c.Message == "" {
				c.Message = fmt.Sprintf("set %d of %s counts %d waiting threads, there are %d", slot.Index, inst.Name, wset.NumWaiting(), n)
			}
		}
	}
}

var waitsAlone = runProperty(&model.Property{
	Name:      "waits-alone",
	Statement: "A waitable that a thread waits for by itself is in no set, and no other thread waits for it.",
	Kind:      "state",
	Origin:    `CanonicalABI.md: "a waitable cannot be waited on both asynchronously (via waitable set) and synchronously"`,
}, func(r *model.Run, exercised *bool) (message, kind string) {
	threads := r.Store.WaitingThreads()
	for i, t := range threads {
		c := t.WaitsFor()
		if c.Kind != spec.WaitsForEvent {
			continue
		}
		*exercised = true
		if spec.SetOf(c.Waitable) != nil {
			return fmt.Sprintf("%s waits for %s, which is in a set", threadName(t), describe(c.Waitable)), "set"
		}
		if slices.ContainsFunc(threads[:i], func(o *spec.Thread) bool { return o.WaitsFor() == c }) {
			return fmt.Sprintf("two threads wait for %s", describe(c.Waitable)), "two"
		}
	}
	return "", ""
})

var resolvedOnce = &model.Property{
	Name:       "resolved-once",
	Statement:  "A call that the host made is resolved at most once.",
	Kind:       "step",
	Origin:     "Task.return_, Task.cancel",
	BlindSpots: "Calls between guests: their subtasks assert it.",
	New:        func() model.Checker { return &resolvedChecker{model.BaseChecker{Name: "resolved-once"}} },
}

// A resolvedChecker checks that the host's calls are resolved at most once; the run counts how often. It remembers nothing. It cannot
// see calls between guests.
type resolvedChecker struct{ model.BaseChecker }

func (c *resolvedChecker) State(r *model.Run) {
	for k, call := range r.Invocations() {
		c.NonVacuous = c.NonVacuous || call.Resolved
		if call.TimesResolved > 1 && c.Message == "" {
			c.Message = fmt.Sprintf("the host's call %d of %s was resolved %d times", k, call.Func, call.TimesResolved)
		}
	}
}
