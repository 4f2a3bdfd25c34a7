package properties

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Properties of memories: the ranges that the specification reads and writes, and the core code that runs in between.

var quietRealloc = &model.Property{
	Name: "quiet-realloc",
	Statement: "While realloc or post-return runs, its instance calls no import, and no built-in but resource.rep, context.get and set, " +
		"and backpressure.inc and dec.",
	Kind: "step",
	Origin: `CanonicalABI.md: "all "interesting" threading built-ins that might observably require a proper thread are guarded by may_leave ` +
		`traps"; "By clearing may_leave for the duration of the post-return call, […] synchronously-lowered calls to synchronously-lifted ` +
		`functions can always be implemented by a plain synchronous function call"`,
	BlindSpots: "A realloc that is no guest code.",
	New:        func() model.Checker { return &quietChecker{model.BaseChecker{Name: "quiet-realloc"}} },
}

// A quietChecker checks that realloc and post-return take only those actions that need no may_leave. It remembers nothing.
type quietChecker struct{ model.BaseChecker }

// Done checks an action that is done.
func (c *quietChecker) Done(_ *model.Run, at *model.Activation, _ []spec.CoreValue) { c.check(at) }

// State checks the actions that are not done, such as calls.
func (c *quietChecker) State(r *model.Run) {
	for _, at := range r.Activations {
		c.check(at)
	}
}

// allowedInHelper are the actions that core code may take while its instance may not be left.
var allowedInHelper = []string{
	"memory.store", "return", "throw", "resource.rep", "context.get", "context.set", "backpressure.inc", "backpressure.dec",
}

func (c *quietChecker) check(at *model.Activation) {
	if at.Kind != model.KindRealloc && at.Kind != model.KindPostReturn {
		return
	}
	c.NonVacuous = true
	if at.Pending != nil && !slices.Contains(allowedInHelper, at.Pending.Op) && !model.IsLoad(at.Pending.Op) {
		c.Message, c.ViolationKind = fmt.Sprintf("%s does %s", at.Name, at.Pending), at.Pending.Op
	}
}

var reallocObeyed = &model.Property{
	Name: "realloc-obeyed",
	Statement: "realloc is asked for one of the alignments that values have; and lowering goes on after it only if what it returned is aligned as it was " +
		"asked for, and within the memory.",
	Kind: "step",
	Origin: "CanonicalABI.md, the trap_ifs after each realloc under Storing: what is stored is where the guest said, and where it can be loaded " +
		"from",
	BlindSpots: "A realloc that is no guest code; one that returns what is in use.",
	New: func() model.Checker {
		return &reallocChecker{suspecter{BaseChecker: model.BaseChecker{Name: "realloc-obeyed"}}}
	},
}

// A reallocChecker suspects that lowering goes on after realloc has returned a block that is not aligned or not in the memory. It
// remembers nothing. It cannot see whether the block is in use.
type reallocChecker struct{ suspecter }

func (c *reallocChecker) Entered(r *model.Run, at *model.Activation) {
	c.suspecter.Entered(r, at)
	if at.Kind != model.KindRealloc || c.Message != "" {
		return
	}
	if alignment := at.Args[2].Uint64(); !slices.Contains([]uint64{1, 2, 4, 8}, alignment) {
		c.Message, c.ViolationKind = fmt.Sprintf("%s is asked for what is aligned to %d", at.Name, alignment), "asked"
	}
}

func (c *reallocChecker) Left(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindRealloc || at.Pending.Op != "return" || c.Message != "" {
		return
	}
	c.NonVacuous = true
	alignment, size := at.Args[2].Uint64(), at.Args[3].Uint64()
	if message := rangeProblem(at.Pending.Args[0].Uint64(), size, alignment, r.Memory(at.Actor)); message != "" {
		c.suspect(fmt.Sprintf("%s returned what it must not, and lowering went on: %s", at.Name, message))
	}
}

// rangeProblem describes why a range of a memory may not be used; empty: it may be.
func rangeProblem(ptr, size, alignment uint64, memory *spec.MemInst) (message string) {
	length := uint64(len(memory.Bytes.B))
	switch {
	case ptr%alignment != 0:
		return fmt.Sprintf("%d is not aligned to %d", ptr, alignment)
	case size > length || ptr > length-size:
		return fmt.Sprintf("%d bytes from %d are not in a memory of %d", size, ptr, length)
	}
	return ""
}

var memoryFixed = runProperty(&model.Property{
	Name:      "memory-fixed",
	Statement: "Nothing that the specification does changes the size of a memory.",
	Kind:      "state",
	Origin: `CanonicalABI.md: "The MemInst class represents a core WebAssembly memory instance, with bytes corresponding to the memory's bytes"; ` +
		`they become more by memory.grow alone, which no guest here does`,
}, func(r *model.Run, exercised *bool) (message, kind string) {
	for _, i := range r.World.Instances {
		m := r.Memory(i.Name)
		if m == nil {
			continue
		}
		*exercised = *exercised || bytes.Count(m.Bytes.B, []byte{0}) < len(m.Bytes.B)
		if len(m.Bytes.B) != i.Memory {
			return fmt.Sprintf("the memory of %s has %d bytes, and had %d", i.Name, len(m.Bytes.B), i.Memory), ""
		}
	}
	return "", ""
})

var pointersSound = &model.Property{
	Name:       "pointers-sound",
	Statement:  "A string or list is taken from a memory only where all of it is, aligned, and no longer than may be.",
	Kind:       "step",
	Origin:     "CanonicalABI.md, load_string_from_range and load_list_from_range",
	BlindSpots: "All but the strings and lists of u16 that are the only parameter of a function. That nothing traps on what is sound values-kept says.",
	CoreTypes:  true,
	New:        func() model.Checker { return &pointerChecker{model.BaseChecker{Name: "pointers-sound"}} },
}

// A pointerChecker checks the string or list that a function is called with. When core code of the callee begins, the caller's
// operands have been accepted: they must be in its memory, aligned and not too long. It remembers nothing. It cannot see strings and lists
// among several parameters, or inside of others.
type pointerChecker struct{ model.BaseChecker }

func (c *pointerChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc || len(at.Args) != 2 {
		return
	}
	for _, caller := range r.Activations {
		if p := caller.Pending; p != nil && p.Op == "call" && p.Imm[0] == at.Name && len(p.Args) == 2 && c.Message == "" {
			c.checkOperands(r, caller)
		}
	}
}

// checkOperands checks the operands of a caller whose callee has begun.
func (c *pointerChecker) checkOperands(r *model.Run, caller *model.Activation) {
	if problem, known := operandsProblem(r, caller); known {
		if c.NonVacuous = true; problem != "" {
			c.Message = fmt.Sprintf("%s was called, and %s", caller.Pending.Imm[0], problem)
		}
	}
}

// operandsProblem describes why a string or list may not be taken from where a call says; empty: it may. Whether that is known depends on the parameters.
func operandsProblem(r *model.Run, caller *model.Activation) (problem string, known bool) {
	args := caller.Pending.Args
	text, known := onlyParameter(r.World, caller.Actor, caller.Pending.Imm[0], args[1].Uint64())
	switch {
	case !known:
		return "", false
	case text.length > math.MaxUint32 || text.length*text.unit > text.most:
		return fmt.Sprintf("%d bytes are the most, it has %d units", text.most, text.length), true
	}
	return rangeProblem(args[0].Uint64(), text.length*text.unit, text.alignment, r.Memory(caller.Actor)), true
}

var textLiftable = &model.Property{
	Name: "text-liftable",
	Statement: "A string or list that core code of a function begins with is where its instance could lift it from again: all in the memory, and " +
		"aligned for the encoding.",
	Kind: "step",
	Origin: "CanonicalABI.md: load_string_from_range traps on what is not aligned for its encoding, which is 2 for latin1+utf16; an instance that is given " +
		"text can pass it on",
	BlindSpots: "All but the strings and lists of u16 that are the only parameter of a function; results.",
	CoreTypes:  true,
	New:        func() model.Checker { return &liftableChecker{model.BaseChecker{Name: "text-liftable"}} },
}

// A liftableChecker checks the string or list that core code of a function begins with. It remembers nothing.
type liftableChecker struct{ model.BaseChecker }

func (c *liftableChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc || len(at.Args) != 2 || c.Message != "" {
		return
	}
	text, known := onlyParameter(r.World, at.Actor, at.Name, at.Args[1].Uint64())
	if !known {
		return
	}
	c.NonVacuous = true
	if message := rangeProblem(at.Args[0].Uint64(), text.length*text.unit, text.alignment, r.Memory(at.Actor)); message != "" {
		c.Message = fmt.Sprintf("%s begins with text that its instance cannot lift: %s", at.Name, message)
		c.Cause = textCause(r, at, text, message)
	}
}

// textCause says of text that its instance cannot lift how it is wrong, as what it came and as what it is stored.
func textCause(r *model.Run, at *model.Activation, stored text, problem string) string {
	cause := "it ends beyond the memory"
	if strings.Contains(problem, "not aligned") {
		cause = "it is not aligned"
	}
	for _, caller := range r.Activations {
		if p := caller.Pending; p != nil && p.Op == "call" && p.Imm[0] == at.Name && len(p.Args) >= 2 { // behind them may be the address for the result
			if came, known := onlyParameter(r.World, caller.Actor, at.Name, p.Args[1].Uint64()); known {
				cause += fmt.Sprintf(": of %s units of %d bytes aligned to %d", r.Encoding(caller.Actor), came.unit, came.alignment)
			}
		}
	}
	return fmt.Sprintf("%s, to %s units of %d bytes", cause, r.Encoding(at.Actor), stored.unit)
}

// text is a string, or a list of u16, as it lies in a memory: how long it is in code units, how long each is, in bytes, how all is
// aligned, and how many bytes it may have at most.
type text struct{ length, unit, alignment, most uint64 }

// onlyParameter is the only parameter of a function as it lies in the memory of an instance, which states its length; false: it is no
// string and no list of u16, or there are several.
func onlyParameter(w *model.World, instance, function string, length uint64) (text, bool) {
	params := w.Func(function).Params
	if len(params) != 1 {
		return text{}, false
	}
	most := limit(w.Limits.StringByteLength, spec.UpstreamLimits.StringByteLength)
	i := w.Instances[slices.IndexFunc(w.Instances, func(i model.Instance) bool { return i.Name == instance })]
	switch {
	case params[0] == "list<u16>":
		return text{length, 2, 2, limit(w.Limits.ListByteLength, spec.UpstreamLimits.ListByteLength)}, true
	case params[0] != "string":
		return text{}, false
	case i.Encoding == "utf16":
		return text{length, 2, 2, most}, true
	case i.Encoding != "latin1+utf16":
		return text{length, 1, 1, most}, true
	}
	tag := uint64(1) << 31
	if i.Memory64 {
		tag = 1 << 63
	}
	if length&tag != 0 {
		return text{length ^ tag, 2, 2, most}, true
	}
	return text{length, 1, 2, most}, true
}

// limit is a world's limit, or upstream's if the world lowers none.
func limit[N int | uint64](lowered, upstream N) N {
	if lowered > 0 {
		return lowered
	}
	return upstream
}

var buffersSound = &model.Property{
	Name:       "buffers-sound",
	Statement:  "A copy begins only with a buffer that is aligned, all in the memory, and no longer than may be.",
	Kind:       "step",
	Origin:     "CanonicalABI.md, BufferGuestImpl.__init__",
	BlindSpots: "Streams and futures of anything but unsigned ints. That nothing traps on a sound buffer values-kept says.",
	New:        func() model.Checker { return &bufferChecker{model.BaseChecker{Name: "buffers-sound"}} },
}

// A bufferChecker checks that a copy that begins has a buffer that is in the memory, aligned and not too long. It remembers nothing. It cannot see the
// buffers of other elements than unsigned ints.
type bufferChecker struct{ model.BaseChecker }

// elementSizes are the sizes of unsigned ints, which are their alignments, too.
var elementSizes = map[string]uint64{"u8": 1, "u16": 2, "u32": 4, "u64": 8}

func (c *bufferChecker) Done(r *model.Run, at *model.Activation, _ []spec.CoreValue) {
	problem, known := copyProblem(r, at)
	if c.NonVacuous = c.NonVacuous || known; problem != "" {
		c.Message = fmt.Sprintf("%s did %s, and %s", at.Name, at.Pending, problem)
	}
}

// copyProblem describes why a copy may not have the buffer that it is called with; empty: it may. That is known of unsigned ints.
func copyProblem(r *model.Run, at *model.Activation) (problem string, known bool) {
	a := at.Pending
	if a == nil || len(a.Imm) != 2 || len(a.Args) < 2 || !takesEvent(a.Op) || elementSizes[a.Imm[0]] == 0 {
		return "", false
	}
	n := uint64(1) // of a future
	if len(a.Args) == 3 {
		n = a.Args[2].Uint64()
	}
	return bufferProblem(r, at.Actor, a.Args[1].Uint64(), n, elementSizes[a.Imm[0]]), true
}

// bufferProblem describes why a copy may not have a buffer of n elements at ptr; empty: it may.
func bufferProblem(r *model.Run, instance string, ptr, n, size uint64) (message string) {
	most := limit(r.World.Limits.BufferLength, spec.UpstreamLimits.BufferLength)
	switch {
	case n > most:
		return fmt.Sprintf("%d elements are the most", most)
	case n == 0:
		return ""
	}
	return rangeProblem(ptr, n*size, size, r.Memory(instance))
}
