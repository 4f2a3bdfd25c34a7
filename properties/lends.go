package properties

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Properties of borrow handles that are passed to calls, and of dropping own handles.

var lendersRecorded = &model.Property{
	Name: "lenders-recorded",
	Statement: "A call has as many lenders, from when its callee begins until its caller is told how it ended, as it was passed borrow handles, whether " +
		"they were lent by who owns or by who borrows; and each is passed as the index of a borrow handle of the call's, or to who implements the type as " +
		"the representation, which nobody else sees.",
	Kind:       "step",
	Origin:     `CanonicalABI.md: "increments the num_lends counter on the handle being lifted, which is guarded to be zero by canon_resource_drop"`,
	BlindSpots: "Calls that the host makes; borrow handles inside of other values.",
	CoreTypes:  true,
	New:        func() model.Checker { return &lendersChecker{BaseChecker: model.BaseChecker{Name: "lenders-recorded"}} },
}

// A lendersChecker checks that a call has as many lenders as its function has parameters that are borrow handles. It remembers
// nothing. It cannot see the calls that the host makes, nor borrow handles inside of other values.
type lendersChecker struct{ model.BaseChecker }

// borrowed is how many parameters of a function are borrow handles; false: there are some inside of other values.
func borrowed(w *model.World, name string) (n int, known bool) {
	f := w.Func(name)
	if f == nil {
		return 0, true // a destructor
	}
	all := 0
	for _, t := range f.Params {
		all += strings.Count(t, "borrow<")
		if strings.HasPrefix(t, "borrow<") {
			n++
		}
	}
	return n, n == all
}

func (c *lendersChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc || at.Thread().Task().Caller() == nil {
		return
	}
	n, known := borrowed(r.World, at.Name)
	if n == 0 || !known {
		return
	}
	c.NonVacuous = true
	if got := len(at.Thread().Task().Caller().Lenders()); got != n {
		c.Message = fmt.Sprintf("%s begins with %d borrow handles, and %d handles count as lent to it", at.Name, n, got)
	}
	for i, t := range r.World.Func(at.Name).Params {
		name, borrows := strings.CutPrefix(t, "borrow<")
		name = strings.TrimSuffix(name, ">")
		if borrows && len(at.Args) >= len(r.World.Func(at.Name).Params) && oneNumberEach(r.World.Func(at.Name).Params[:i]) && implementer(r.World, name) != at.Actor && !borrowHandleAt(r, at, at.Args[i].Uint64(), name) {
			c.Message, c.ViolationKind = fmt.Sprintf("%s is passed %s as a borrowed %s, which is no borrow handle of its own", at.Name, at.Args[i], name), "passed"
		}
	}
}

// oneNumberEach reports whether values of types are passed as one number each.
func oneNumberEach(types []string) bool {
	return !slices.ContainsFunc(types, func(t string) bool {
		return !strings.HasPrefix(t, "borrow<") && !strings.HasPrefix(t, "own<") && !slices.Contains([]string{"u8", "u16", "u32", "u64"}, t)
	})
}

// implementer is the instance that implements a resource type.
func implementer(w *model.World, resource string) string {
	for _, of := range w.Resources {
		if of.Name == resource {
			return of.Impl
		}
	}
	return ""
}

// borrowHandleAt reports whether core code has a borrow handle of a type at an index, of the call that it is part of.
func borrowHandleAt(r *model.Run, at *model.Activation, index uint64, resource string) bool {
	return slices.ContainsFunc(r.Elements(), func(slot spec.Slot) bool {
		h, ok := slot.Element.(*spec.ResourceHandle)
		return ok && slot.Owner.Name == at.Actor && slot.Index == index && !h.Own() && h.Type().Name == resource && h.Scope() == at.Thread().Task()
	})
}

// State checks the calls that have begun and whose end their caller does not know yet.
func (c *lendersChecker) State(r *model.Run) {
	if halfDone(r) {
		return
	}
	for _, slot := range r.Elements() {
		t, ok := slot.Element.(*spec.Subtask)
		if !ok || t.Callee() == nil || t.State() == spec.SubtaskStarting || t.State() == spec.SubtaskCancelledBeforeStarted {
			continue
		}
		_, untold := spec.PendingEvent(t)
		if n, known := borrowed(r.World, t.Callee().Func()); known && (untold || !t.Resolved()) && len(t.Lenders()) != n {
			c.Message = fmt.Sprintf("%s was passed %d borrow handles, and %d handles count as lent to it", t.Callee().Func(), n, len(t.Lenders()))
		}
	}
}

var dropEnters = &model.Property{
	Name: "drop-enters",
	Statement: "Dropping an own handle enters the instance that implements the resource's type, whether or not that has a destructor: it goes on only " +
		"where a call into that instance would.",
	Kind: "step",
	Origin: `CanonicalABI.md: "The call works like a normal non-async cross-component call, using the same canon_lift and canon_lower rules to, for ` +
		`example, catch reentrance"`,
	New: func() model.Checker {
		return &dropEntersChecker{suspecter: suspecter{BaseChecker: model.BaseChecker{Name: "drop-enters"}}}
	},
}

// A dropEntersChecker suspects a drop of an own handle while the instance that implements the resource may not be entered. It
// remembers nothing. It also checks the instances that this one is inside of, up to those that the caller is inside of as well.
type dropEntersChecker struct {
	suspecter
	run *model.Run
}

func (c *dropEntersChecker) Begin(r *model.Run) { c.run = r }

func (c *dropEntersChecker) Retired(caller *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	h, ok := e.(*spec.ResourceHandle)
	if !ok || !h.Own() || dropping(c.run) == nil {
		return
	}
	c.NonVacuous = true
	for inst := c.implements(h.Type()); inst != nil && inst != caller && !inside(caller, inst); inst = inst.Parent() {
		if !inst.MayEnter() {
			c.suspect(fmt.Sprintf("%s dropped %s, and %s may not be entered", caller.Name, describe(h), inst.Name))
		}
	}
}

// implements is the instance that implements a resource type.
func (c *dropEntersChecker) implements(rt *spec.ResourceType) *spec.ComponentInstance {
	resources, instances := c.run.World.Resources, c.run.Store.Instances()
	impl := resources[slices.IndexFunc(resources, func(d model.Resource) bool { return d.Name == rt.Name })].Impl
	return instances[slices.IndexFunc(instances, func(inst *spec.ComponentInstance) bool { return inst.Name == impl })]
}
