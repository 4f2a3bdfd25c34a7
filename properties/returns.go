package properties

import (
	"errors"
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
		"before its results were lifted and its caller has them; it is called with what the function returned.",
	Kind:   "step",
	Origin: `CanonicalABI.md: "Once the core results are lifted […], the optional post-return function […] is called"`,
	New:    func() model.Checker { return &postReturnChecker{BaseChecker: model.BaseChecker{Name: "post-returned"}} },
}

// A postReturnChecker checks that post-return runs right after its function. It remembers the functions that have returned and whose
// post-return has not run. The stack has them, too: there is no ghost.
type postReturnChecker struct {
	model.BaseChecker
	owed []owedPostReturn // the last to return at the end
}

// An owedPostReturn is a function whose post-return has not run, and what it has returned.
type owedPostReturn struct {
	function string
	results  []spec.CoreValue
}

func (c *postReturnChecker) Left(r *model.Run, at *model.Activation) {
	if at.Kind == model.KindFunc && at.Pending.Op == "return" && r.World.Func(at.Name).PostReturn {
		c.NonVacuous, c.owed = true, append(c.owed, owedPostReturn{at.Name, at.Pending.Args})
	}
}

func (c *postReturnChecker) Entered(_ *model.Run, at *model.Activation) {
	if at.Kind == model.KindPostReturn && at.Thread().Task().State() != spec.TaskResolved {
		c.Message, c.ViolationKind = fmt.Sprintf("%s begins, and the call is not resolved", at.Name), "early"
	}
	if n := len(c.owed); at.Kind == model.KindPostReturn && n > 0 && c.owed[n-1].function+".post-return" == at.Name {
		if results := c.owed[n-1].results; !slices.Equal(at.Args, results) && c.Message == "" {
			c.Message, c.ViolationKind = fmt.Sprintf("%s is called with %v, and its function returned %v", at.Name, at.Args, results), "arguments"
		}
		c.owed = c.owed[:n-1]
	}
}

func (c *postReturnChecker) Settled(r *model.Run) {
	if len(c.owed) > 0 && !halfDone(r) {
		c.Message = fmt.Sprintf("%s has returned, and its post-return did not run", c.owed[0].function)
	}
}

var waitsOnNamed = &model.Property{
	Name: "waits-on-named",
	Statement: "A function or callback that returns that it waits on a set waits on the set that it named, and gets an event; one that yields waits on none, " +
		"and gets no event; one that exits is not called again, and one that returns another code traps. waitable.join leaves a waitable in the set that it named, " +
		"or in none.",
	Kind: "state",
	Origin: `Concurrency.md: "If the low 4 bits are 2, the callee wants to wait for an event to occur in the waitable set whose index is ` +
		`stored in the high 28 bits"; "the runtime will repeatedly call the callback until a value of 0 is ` +
		`returned"; "the callee wants to yield, allowing other code to run, but resuming thereafter without waiting on anything else"`,
	BlindSpots: "Whether naming what is no set traps: typed-use says it.",
	New:        func() model.Checker { return &namedChecker{BaseChecker: model.BaseChecker{Name: "waits-on-named"}} },
}

// A namedChecker checks that an event loop waits on the set that its function or callback has named, and goes on as that has returned. It remembers
// what each loop returned last; without a violation the loop's thread waits for that, or has ended: there is no ghost. Whether an index of anything
// but a set traps it cannot see; typed-use does.
type namedChecker struct {
	model.BaseChecker
	named record[*spec.Thread, loopResult]
	last  loopResult // since the last menu
}

// A loopResult is what a function or callback has returned to its event loop.
type loopResult struct {
	code  uint64
	set   spec.Element // nil: none of that index
	known bool
}

// goesOn says how the event loop of a thread goes on otherwise than its function or callback has said, with the event that its callback is called with.
func (c *namedChecker) goesOn(at *model.Activation, code spec.EventCode) {
	result, known := c.named.get(at.Thread())
	if c.NonVacuous = true; !known || c.Message != "" {
		return
	}
	switch result.code {
	case uint64(spec.CallbackExit):
		c.Message, c.ViolationKind = fmt.Sprintf("%s is called, and was to be called no more", at.Name), "exit"
	case uint64(spec.CallbackYield):
		if code != spec.EventNone && code != spec.EventTaskCancelled {
			c.Message, c.ViolationKind = fmt.Sprintf("%s is called with event %d, and was to yield", at.Name, code), "yield"
		}
	case uint64(spec.CallbackWait):
		if code == spec.EventNone {
			c.Message, c.ViolationKind = fmt.Sprintf("%s is called without an event, and was to wait for one", at.Name), "wait"
		}
	}
}

func (c *namedChecker) Entered(_ *model.Run, at *model.Activation) {
	if at.Kind == model.KindCallback {
		c.goesOn(at, spec.EventCode(at.Args[0].Uint64()))
	}
}

// Settled notices a code that there is none of, which should have trapped.
func (c *namedChecker) Settled(*model.Run) {
	if c.last.known && c.last.code > uint64(spec.CallbackWait) && c.Message == "" {
		c.Message, c.ViolationKind = fmt.Sprintf("core code returned the callback code %d, which there is not, and the specification goes on", c.last.code), "code"
	}
	c.last = loopResult{}
}

// Stopped notices traps that contradict what the last function or callback returned.
func (c *namedChecker) Stopped(_ *model.Run, err error) {
	trap, is := errors.AsType[*spec.Trap](err)
	if !is || !c.last.known {
		return
	}
	wrong := false
	switch trap.Site {
	case "unpack_callback_result/code", "canon_lift.thread_func/code":
		wrong = c.last.code <= uint64(spec.CallbackWait)
	case "Table.get/bounds", "Table.get/empty":
		wrong = c.last.code != uint64(spec.CallbackWait) || c.last.set != nil
	case "Task.unregister_thread/unresolved":
		wrong = c.last.code != uint64(spec.CallbackExit)
	}
	if wrong {
		c.Message, c.ViolationKind = fmt.Sprintf("the trap %s contradicts the callback code %d that core code returned", trap.Site, c.last.code), string(trap.Site)
	}
}

func (c *namedChecker) Left(r *model.Run, at *model.Activation) {
	if !at.Packed || at.Pending.Op != "return" {
		return
	}
	packed := at.Pending.Args[0].Uint64()
	c.last = loopResult{code: packed & 0xf, known: true}
	for _, slot := range r.Elements() {
		if c.last.code != uint64(spec.CallbackWait) || slot.Owner.Name != at.Actor || slot.Index != packed>>4 {
			continue
		}
		if _, isSet := slot.Element.(*spec.WaitableSet); isSet || c.last.set == nil { // a variant may have others of that index
			c.last.set = slot.Element
		}
	}
	c.named.put(at.Thread(), c.last)
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
		if c.NonVacuous = true; named.set != spec.Element(t.WaitsFor().Set) {
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
	case copyCode(op) != spec.EventNone: // a result below a count of elements
		return func(n uint64) bool {
			return async && n == blocked || n&0xf <= 2 && n>>4 < parts && (n>>4 == 0 || !isFuture(copyCode(op)))
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
