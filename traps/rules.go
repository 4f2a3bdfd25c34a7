package traps

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// ownProperties are what traps keep that no property of the catalogue says. Each is a rule of the prose that speaks of guests,
// memories and types, and not of a trap.
var ownProperties = []*model.Property{
	rule("quiet-realloc", "While realloc or post-return runs, its instance calls no built-in and no import.",
		"LiftLowerContext.reallocate and canon_lift's thread_func clear may_leave for the duration of both", &rules{done: notQuiet, state: notQuietYet}),
	rule("typed-use", "A built-in goes on only with an element of the class and type that it wants.",
		"each canon built-in names the class and type of its operand", &rules{found: wrongElement, done: wrongFunction}),
	rule("realloc-obeyed", "Values are stored only where realloc said, aligned as it was asked for and within the memory.",
		"the trap_ifs after each realloc under Storing", &rules{left: badRealloc}),
	rule("memory-fixed", "No built-in changes the size of a memory.", "a core memory only grows by memory.grow", &rules{state: memorySize}),
	rule("pointers-sound", "A string or list is taken from memory only where all of it is, aligned, and no longer than may be. Seen of strings and lists of u16 as only parameters.",
		"load_string_from_range, load_list_from_range", &rules{entered: badPointer}),
	rule("buffers-sound", "A buffer is taken only where all of it is, aligned, and no longer than may be. Seen of streams of u16.", "BufferGuestImpl", &rules{done: badBuffer}),
	rule("tables-bounded", "No table has more places than it may.", "Table.MAX_LENGTH", &rules{state: tablesBounded}),
	rule("sets-alive", "A waitable is in a set of its own instance that is in its table, and threads wait only on such sets.",
		"WaitableSet.drop, lift_async_value", &rules{state: setsAlive}),
	rule("calls-resolved", "A call that has nothing left to run has been resolved.", "Task.unregister_thread", &rules{state: unresolved}),
	rule("subtasks-resolved", "A subtask leaves its table only when it is resolved.", "Subtask.drop", &rules{retired: unresolvedSubtask}),
	rule("results-declared", "task.return returns what its function's type says, lifted with its function's options.", "canon_task_return", &rules{done: undeclared}),
}

// rules are the moments at which a rule looks.
type rules struct {
	done    func(c *ruleChecker, at *model.Activation) string
	entered func(c *ruleChecker, at *model.Activation) string
	left    func(c *ruleChecker, at *model.Activation) string
	state   func(r *model.Run) string
	found   func(want spec.Want, e spec.Element) string
	retired func(e spec.Element) string
}

func rule(name, says, origin string, r *rules) *model.Property {
	p := &model.Property{Name: name, Statement: says, Kind: "step", Origin: origin, Indices: true}
	p.New = func() model.Checker { return &ruleChecker{NoChecks: model.NoChecks{Name: name}, rules: r} }
	return p
}

// A ruleChecker suspects what it sees, until the run goes on.
type ruleChecker struct {
	model.NoChecks
	*rules
	run       *model.Run
	suspected string
}

func (c *ruleChecker) Begin(r *model.Run) { c.run = r }

func (c *ruleChecker) suspect(what string) {
	if c.suspected == "" {
		c.suspected = what
	}
}

// stands takes a suspicion for true: the run goes on.
func (c *ruleChecker) stands() {
	if c.What == "" {
		c.What = c.suspected
	}
}

func (c *ruleChecker) Entered(_ *model.Run, at *model.Activation) {
	c.stands()
	if c.entered != nil {
		c.suspect(c.entered(c, at))
		c.stands()
	}
}

func (c *ruleChecker) Done(_ *model.Run, at *model.Activation, _ []spec.CoreValue) {
	c.stands()
	if c.done != nil {
		c.suspect(c.done(c, at))
		c.stands()
	}
}

func (c *ruleChecker) Left(_ *model.Run, at *model.Activation) {
	if c.left != nil {
		c.suspect(c.left(c, at))
	}
}

func (c *ruleChecker) Settled(*model.Run) { c.stands() }

func (c *ruleChecker) State(r *model.Run) {
	if c.state != nil {
		c.suspect(c.state(r))
		c.stands()
	}
}

func (c *ruleChecker) Found(_ *spec.ComponentInstance, want spec.Want, _ uint64, e spec.Element) {
	if c.found != nil {
		c.suspect(c.found(want, e))
	}
}

func (c *ruleChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if c.retired != nil && e != nil {
		c.suspect(c.retired(e))
	}
}

func (c *ruleChecker) Stopped(*model.Run, error) { c.suspected = "" }

func quietKind(at *model.Activation) bool {
	return at.Kind == model.KindRealloc || at.Kind == model.KindPostReturn
}

// local are the actions that are no built-ins.
var local = []string{"memory.store", "return", "throw"}

func notQuiet(_ *ruleChecker, at *model.Activation) string {
	if quietKind(at) && !slices.Contains(local, at.Pending.Op) {
		return fmt.Sprintf("%s did %s", at.Name, at.Pending)
	}
	return ""
}

// notQuietYet is for what has not come back.
func notQuietYet(r *model.Run) string {
	for _, at := range r.Activations {
		if quietKind(at) && at.Pending != nil && !slices.Contains(local, at.Pending.Op) {
			return fmt.Sprintf("%s does %s", at.Name, at.Pending)
		}
	}
	return ""
}

func wrongElement(want spec.Want, e spec.Element) string {
	switch {
	case e == nil:
		return fmt.Sprintf("a %s is wanted, and nothing is there", want)
	case !want.Answers(e):
		return fmt.Sprintf("a %s is wanted, and %s was taken", want, spec.Describe(e))
	}
	return ""
}

// wrongFunction is for the tables of functions, which the model fills: the first of each is for an i32.
func wrongFunction(_ *ruleChecker, at *model.Activation) string {
	if at.Pending.Op == "thread.new-indirect" && (at.Pending.Imm[0] == "i32") != (at.Pending.Args[0].Uint64() == 1) {
		return "a function was taken that is of another type"
	}
	return ""
}

func badRealloc(c *ruleChecker, at *model.Activation) string {
	if at.Kind != model.KindRealloc || at.Pending.Op != "return" {
		return ""
	}
	ptr, alignment, size := at.Pending.Args[0].Uint64(), at.Args[2].Uint64(), at.Args[3].Uint64()
	memory := uint64(len(c.run.Memory(at.Actor).Bytes.B))
	switch {
	case ptr%alignment != 0:
		return fmt.Sprintf("realloc returned %d, which is not aligned to %d, and lowering went on", ptr, alignment)
	case ptr+size > memory:
		return fmt.Sprintf("realloc returned %d for %d bytes, memory has %d, and lowering went on", ptr, size, memory)
	}
	return ""
}

func memorySize(r *model.Run) string {
	for _, i := range r.World.Instances {
		if m := r.Memory(i.Name); m != nil && len(m.Bytes.B) != i.Memory {
			return fmt.Sprintf("the memory of %s has %d bytes, and had %d", i.Name, len(m.Bytes.B), i.Memory)
		}
	}
	return ""
}

// badPointer looks at the caller's operands when a function that takes one string or list is entered.
func badPointer(c *ruleChecker, at *model.Activation) string {
	i := slices.IndexFunc(c.run.World.Funcs, func(f model.Func) bool { return f.Name == at.Name })
	if i < 0 || len(c.run.World.Funcs[i].Params) != 1 {
		return ""
	}
	for _, caller := range c.run.Activations {
		if caller.Pending != nil && caller.Pending.Op == "call" && caller.Pending.Imm[0] == at.Name && len(caller.Pending.Args) == 2 {
			return c.taken(caller, c.run.World.Funcs[i].Params[0])
		}
	}
	return ""
}

func (c *ruleChecker) taken(caller *model.Activation, param string) string {
	unit, most := uint64(0), uint64(math.MaxUint64)
	limits := c.run.World.Limits
	switch param {
	case "list<u16>":
		unit, most = 2, limits.ListByteLength
	case "string":
		unit, most = 1, limits.StringByteLength
		for _, i := range c.run.World.Instances {
			if i.Name == caller.Actor && i.Encoding == "utf16" {
				unit = 2
			}
		}
	default:
		return ""
	}
	ptr, size := caller.Pending.Args[0].Uint64(), caller.Pending.Args[1].Uint64()*unit
	return unsound(ptr, size, unit, uint64(len(c.run.Memory(caller.Actor).Bytes.B)), most)
}

// unsound says what is wrong with a range of a memory. A limit of 0 is none that the world lowers.
func unsound(ptr, size, alignment, memory, most uint64) string {
	switch {
	case ptr%alignment != 0:
		return fmt.Sprintf("%d is not aligned to %d, and was taken", ptr, alignment)
	case ptr+size > memory:
		return fmt.Sprintf("%d bytes from %d of a memory of %d were taken", size, ptr, memory)
	case most > 0 && size > most:
		return fmt.Sprintf("%d bytes were taken, %d are the most", size, most)
	}
	return ""
}

// badBuffer looks at the copies of u16.
func badBuffer(c *ruleChecker, at *model.Activation) string {
	a := at.Pending
	if a.Op != "stream.read" && a.Op != "stream.write" || a.Imm[0] != "u16" {
		return ""
	}
	n := a.Args[2].Uint64()
	if what := unsound(a.Args[1].Uint64(), 2*n, 2, uint64(len(c.run.Memory(at.Actor).Bytes.B)), 0); what != "" {
		return what
	}
	if most := c.run.World.Limits.BufferLength; most > 0 && n > most {
		return fmt.Sprintf("a buffer of %d elements was taken, %d are the most", n, most)
	}
	return ""
}

func tablesBounded(r *model.Run) string {
	most := r.World.Limits.TableLength
	for _, inst := range r.Store.Instances() {
		for _, t := range inst.Handles() {
			if most > 0 && t.Length-1 > most {
				return fmt.Sprintf("a table of %s has %d places, %d are the most", inst.Name, t.Length-1, most)
			}
		}
	}
	return ""
}

func setsAlive(r *model.Run) string {
	alive := map[spec.Element]*spec.ComponentInstance{}
	for _, inst := range r.Store.Instances() {
		for slot := range inst.Live() {
			alive[slot.Element] = inst
		}
	}
	for e, inst := range alive {
		if s, isSet := e.(*spec.WaitableSet); isSet {
			for _, w := range s.Elements() {
				if alive[w] != inst {
					return "a set has an element that is not in the tables of its instance"
				}
			}
		} else if s := setOf(e); s != nil && alive[s] != inst {
			return fmt.Sprintf("%s of %s is in a set that is not in its table", spec.Describe(e), inst.Name)
		}
	}
	for _, t := range r.Store.WaitingThreads() {
		if s := t.WaitsFor().Set; s != nil && alive[s] == nil {
			return "a thread waits on a set that is in no table"
		}
	}
	return ""
}

func unresolved(r *model.Run) string {
	if r.Store.Running() != nil || r.Store.Tasks() > 0 {
		return ""
	}
	for k, call := range r.Calls() {
		if !call.Resolved {
			return fmt.Sprintf("the host's call %d of %s is over and was never resolved", k, call.Func)
		}
	}
	return ""
}

func unresolvedSubtask(e spec.Element) string {
	if t, ok := e.(*spec.Subtask); ok && !t.Resolved() {
		return "a subtask was dropped that is not resolved"
	}
	return ""
}

// setOf is the set that a waitable is in; nil: none.
func setOf(e spec.Element) *spec.WaitableSet {
	if e == nil {
		return nil
	}
	return spec.Set(e)
}

// undeclared looks at the results of async functions.
func undeclared(c *ruleChecker, at *model.Activation) string {
	if at.Pending.Op == "task.return-other" {
		return "a result was taken that was lifted with other options than the function's"
	}
	if at.Pending.Op != "task.return" || at.Thread() == nil {
		return ""
	}
	name := at.Thread().Task().Func()
	for _, f := range c.run.World.Funcs {
		if want := "(" + strings.Join(f.Results, ",") + ")"; f.Name == name && want != at.Pending.Imm[0] {
			return fmt.Sprintf("%s returned %s, its type says %s", name, at.Pending.Imm[0], want)
		}
	}
	return ""
}
