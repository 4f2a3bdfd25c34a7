package properties

import (
	"fmt"
	"slices"

	"cabi/model"
)

// Properties of calls: what the type and the options of an import promise its caller.

var blocksAsDeclared = runProperty(&model.Property{
	Name: "blocks-as-declared",
	Statement: "No thread is blocked in a call that is lowered async, or in resource.drop; and a call of a function whose type is not async has returned a value when " +
		"its caller goes on.",
	Kind: "state",
	Origin: `Concurrency.md: "When a thread calls an import using the async ABI, the Component Model guarantees that if the callee task blocks, control ` +
		`flow is immediately returned back to the caller's thread"; "the absence of async means that a host or component caller never needs to ` +
		`handle the case where the callee blocks before returning a value"; CanonicalABI.md: resource.drop calls the destructor by a type with async_ = False`,
}, func(r *model.Run, exercised *bool) (message, kind string) {
	for _, at := range r.Activations {
		if at.Pending == nil || at.Pending.Op != "call" && at.Pending.Op != "resource.drop" || at.Thread() == nil {
			continue
		}
		if at.Pending.Op == "resource.drop" { // which may call a destructor
			if *exercised = true; !at.Thread().Running() {
				return fmt.Sprintf("%s is blocked in %s, and no destructor is async", at.Name, at.Pending), "drop"
			}
			continue
		}
		*exercised = true
		switch lowered, async := declared(r.World, at); {
		case at.Thread().Running():
		case lowered:
			return fmt.Sprintf("%s is blocked in its call of %s, which is lowered async", at.Name, at.Pending.Imm[0]), "lowered"
		case !async:
			return fmt.Sprintf("%s is blocked in its call of %s, whose type is not async", at.Name, at.Pending.Imm[0]), "sync"
		}
	}
	return callWithoutValue(r)
})

// declared reports whether the import that core code is calling is lowered async, and whether its type is async.
func declared(w *model.World, at *model.Activation) (lowered, async bool) {
	name := at.Pending.Imm[0]
	lowered = slices.ContainsFunc(w.Imports, func(i model.Import) bool { return i.Instance == at.Actor && i.Func == name && i.Async })
	return lowered, asyncType(w, name)
}

// asyncType reports whether the type of a function is async.
func asyncType(w *model.World, name string) bool {
	return slices.ContainsFunc(w.Funcs, func(f model.Func) bool { return f.Name == name && f.Async })
}

// callWithoutValue describes a call of the host that came back without a value although the type of its function is not async.
func callWithoutValue(r *model.Run) (message, kind string) {
	if !atHost(r) || hostCalled(r) {
		return "", ""
	}
	for k, call := range r.Invocations() {
		if !call.Resolved && !asyncType(r.World, call.Func) {
			return fmt.Sprintf("the host's call %d of %s, whose type is not async, came back without a value", k, call.Func), "host"
		}
	}
	return "", ""
}
