package properties

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Properties of the specification's reaction to what core code returns.

var postReturned = &model.Property{
	Name: "post-returned",
	Statement: "When a function that has a post-return returns, its post-return runs before any other core code goes on, unless that is realloc's; and not " +
		"before its results were lifted and its caller has them.",
	Kind:   "step",
	Origin: `CanonicalABI.md: "Once the core results are lifted […], the optional post-return function […] is called"`,
	New:    func() model.Checker { return &postReturnChecker{BaseChecker: model.BaseChecker{Name: "post-returned"}} },
}

// A postReturnChecker checks that post-return runs right after its function. It remembers the functions that have returned and whose
// post-return has not run. The stack has them, too: there is no ghost.
type postReturnChecker struct {
	model.BaseChecker
	owed []string // function names, the last to return at the end
}

func (c *postReturnChecker) Left(r *model.Run, at *model.Activation) {
	if at.Kind == model.KindFunc && at.Pending.Op == "return" && r.World.Func(at.Name).PostReturn {
		c.NonVacuous, c.owed = true, append(c.owed, at.Name)
	}
}

func (c *postReturnChecker) Entered(_ *model.Run, at *model.Activation) {
	if at.Kind == model.KindPostReturn && at.Thread().Task().State() != spec.TaskResolved {
		c.Message, c.ViolationKind = fmt.Sprintf("%s begins, and the call is not resolved", at.Name), "early"
	}
	if n := len(c.owed); at.Kind == model.KindPostReturn && n > 0 && c.owed[n-1]+".post-return" == at.Name {
		c.owed = c.owed[:n-1]
	}
}

func (c *postReturnChecker) Settled(r *model.Run) {
	if len(c.owed) > 0 && !halfDone(r) {
		c.Message = fmt.Sprintf("%s has returned, and its post-return did not run", c.owed[0])
	}
}

var waitsOnNamed = &model.Property{
	Name: "waits-on-named",
	Statement: "A function or callback that returns that it waits on a set waits on the set that it named, and one that yields waits on none; waitable.join " +
		"leaves a waitable in the set that it named, or in none.",
	Kind: "state",
	Origin: `Concurrency.md: "If the low 4 bits are 2, the callee wants to wait for an event to occur in the waitable set whose index is ` +
		`stored in the high 28 bits"`,
	BlindSpots: "Whether naming what is no set traps: typed-use says it.",
	New:        func() model.Checker { return &namedChecker{BaseChecker: model.BaseChecker{Name: "waits-on-named"}} },
}

// A namedChecker checks that an event loop waits on the set that its function or callback has named. It remembers the element that
// each loop named last; without a violation the loop's thread waits on that: there is no ghost. Whether an index of anything
// but a set traps it cannot see; typed-use does.
type namedChecker struct {
	model.BaseChecker
	named record[*spec.Thread, spec.Element] // nil: the loop yields
}

func (c *namedChecker) Left(r *model.Run, at *model.Activation) {
	if !at.Packed || at.Pending.Op != "return" {
		return
	}
	packed := at.Pending.Args[0].Uint64()
	c.named.put(at.Thread(), nil)
	for _, slot := range r.Elements() {
		if packed&0xf == uint64(spec.CallbackWait) && slot.Owner.Name == at.Actor && slot.Index == packed>>4 {
			c.named.put(at.Thread(), slot.Element)
		}
	}
}

func (c *namedChecker) Done(r *model.Run, at *model.Activation, _ []spec.CoreValue) {
	if at.Pending == nil || at.Pending.Op != "waitable.join" {
		return
	}
	var waitable spec.Element
	var named *spec.WaitableSet
	for _, slot := range r.Elements() {
		if slot.Owner.Name != at.Actor {
			continue
		}
		if set, ok := slot.Element.(*spec.WaitableSet); ok && slot.Index == at.Pending.Args[1].Uint64() {
			named = set
		}
		if slot.Index == at.Pending.Args[0].Uint64() && spec.ClassOf(slot.Element).Waitable() {
			if waitable != nil {
				return // a variant has two of that index
			}
			waitable = slot.Element
		}
	}
	if c.NonVacuous = true; waitable != nil && spec.SetOf(waitable) != named {
		c.Message, c.ViolationKind = fmt.Sprintf("%s is not where %s has put it", describe(waitable), at.Pending), "join"
	}
}

func (c *namedChecker) State(r *model.Run) {
	for _, t := range r.Store.WaitingThreads() {
		named, isLoop := c.named.get(t)
		if !isLoop || blockedIn(r, t) != "callback wait" {
			continue
		}
		if c.NonVacuous = true; named != spec.Element(t.WaitsFor().Set) {
			c.Message = fmt.Sprintf("%s waits on a set that it did not name", threadName(t))
		}
	}
}

var resultsFit = &model.Property{
	Name: "results-fit",
	Statement: "The result of a built-in, or of a call that is lowered async, is one that it may have: within its core type, and of what is packed " +
		"into it, each part within its own range.",
	Kind: "step",
	Origin: `CanonicalABI.md: BLOCKED is 0xffffffff; CopyResult is at most 2 and "buffer.progress <= Buffer.MAX_LENGTH < 2**28"; Explainer.md, the ` +
		`signatures of the built-ins`,
	BlindSpots: "context.get, stream.new and future.new, which may have any; calls that are lowered sync.",
	New:        func() model.Checker { return &resultsChecker{model.BaseChecker{Name: "results-fit"}} },
}

// A resultsChecker checks the results of built-ins. It remembers nothing. The numbers are those of upstream's text, and not of the code that is checked.
type resultsChecker struct{ model.BaseChecker }

func (c *resultsChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	a := at.Pending
	if a == nil || at.Actor == model.Host || len(results) != 1 || c.Message != "" {
		return
	}
	if fits := resultRange(r, at); fits != nil {
		if c.NonVacuous = true; !fits(results[0].Uint64()) {
			c.Message, c.ViolationKind = fmt.Sprintf("%s returns %s to %s", a, results[0], at.Name), a.Op
		}
	}
}

// resultRange says which results an action that is done may have; nil: any.
func resultRange(r *model.Run, at *model.Activation) func(uint64) bool {
	const parts = 1 << 28
	a := at.Pending
	async := slices.Contains(a.Imm, "async")
	switch op := a.Op; {
	case copyCodes[op] != spec.EventNone: // a result below a count of elements
		return func(n uint64) bool {
			return async && n == blocked || n&0xf <= 2 && n>>4 < parts && (n>>4 == 0 || !isFuture(copyCodes[op]))
		}
	case op == "subtask.cancel": // resolved in one of three ways
		return func(n uint64) bool { return async && n == blocked || 2 <= n && n <= 4 }
	case op == "call" && lowersAsync(r.World, at.Actor, a.Imm[0]): // starting or started below the index of a subtask, or returned
		return func(n uint64) bool { return n == 2 || n&0xf <= 1 && 0 < n>>4 && n>>4 < parts }
	case op == "waitable-set.wait":
		return func(n uint64) bool { return 1 <= n && n <= 6 }
	case op == "waitable-set.poll":
		return func(n uint64) bool { return n <= 6 }
	case strings.HasPrefix(op, "thread.suspend") || strings.HasPrefix(op, "thread.yield"):
		return func(n uint64) bool { return n <= 1 }
	case op == "resource.new" || op == "resource.rep" || op == "waitable-set.new" || op == "error-context.new" || op == "thread.new-indirect" ||
		op == "thread.index":
		return func(n uint64) bool { return n < 1<<32 }
	}
	return nil
}
