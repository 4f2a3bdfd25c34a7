package export

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"cabi/model"
	"cabi/spec"
)

// The driver is a component whose function "run" does what the host does in the trace, where that is more than one call after another
// with plain values: calls that overlap, cancellation, streams and futures. It calls functions of async type async, and yields where the
// host lets a thread go on. It returns the line at which something differs.

// needsDriver reports whether the host does more than a script can say.
func (w *wastWriter) needsDriver() bool {
	for i, s := range w.host {
		last := w.callBefore(i)
		switch {
		case s.action.Op != "invoke" && s.action.Op != "tick":
			return true
		case i > 0 && last != nil && (s.action.Op == "tick") == (last.resolvedAt >= 0 && last.resolvedAt < i):
			return true // it ticks after the call has returned, or calls before
		}
	}
	for _, c := range w.calls {
		f := w.function(c.function)
		if holdsHandles(w.parse(f.Params)...) || holdsHandles(w.parse(f.Results)...) && c.resolvedAt >= 0 {
			return true
		}
	}
	return w.hostEncoding() != spec.UTF8
}

// hostEncoding is how strings are encoded that the host passes. A script has them in UTF-8.
func (w *wastWriter) hostEncoding() spec.StringEncoding {
	var found []spec.StringEncoding
	for _, c := range w.calls {
		for _, v := range c.args {
			for _, s := range stringsIn(v) {
				found = append(found, s.Encoding)
			}
		}
	}
	if found = slices.Compact(found); len(found) == 0 {
		return spec.UTF8
	}
	if len(found) > 1 {
		w.fail(unsupported("the host passes strings in several encodings"))
	}
	return found[0]
}

// stringsIn are the strings in a value.
func stringsIn(v spec.Value) (all []spec.String) {
	switch v := v.(type) {
	case spec.String:
		return []spec.String{v}
	case spec.List:
		for _, part := range v {
			all = append(all, stringsIn(part)...)
		}
	case spec.Dict:
		for _, part := range v {
			all = append(all, stringsIn(part.Value)...)
		}
	}
	return all
}

// encodingWords are the encodings of strings as options.
var encodingWords = map[spec.StringEncoding]string{spec.UTF8: "", spec.UTF16: "utf16", spec.Latin1UTF16: "latin1+utf16"}

// callBefore is the last call that the host made before a step of its own; nil: it made none.
func (w *wastWriter) callBefore(step int) (last *hostCall) {
	for _, c := range w.calls {
		if c.begun < step {
			last = c
		}
	}
	return last
}

// addDriver adds the driver to the components.
func (w *wastWriter) addDriver() {
	w.driver = w.component(model.Host)
	w.checkFits()
	for _, s := range w.host {
		for _, a := range w.driverActions(s.action) {
			w.driver.noteAction(a)
		}
	}
	for n := range len(w.ends) {
		if e := w.ends[n]; e.Made && e.call >= 0 {
			w.driver.noteAction(e.op("new"))
		}
	}
	if slices.ContainsFunc(w.calls, w.polls) {
		for _, a := range []model.Action{newSet, joins, polls} {
			w.driver.noteAction(a)
		}
	}
}

// Built-ins that the driver uses.
var (
	yields  = model.Action{Op: "thread.yield", Imm: []string{"uncancellable"}}
	cancels = model.Action{Op: "subtask.cancel", Imm: []string{"async"}}
	newSet  = model.Action{Op: "waitable-set.new"}
	joins   = model.Action{Op: "waitable.join"}
	polls   = model.Action{Op: "waitable-set.poll", Imm: []string{"uncancellable"}}
)

// op is a built-in on the host's end, or on both ends.
func (e *hostEnd) op(verb string, flags ...string) model.Action {
	kind := "future"
	if e.Stream {
		kind = "stream"
	}
	t := "_"
	if e.t != nil {
		t = spec.TypeName(e.t)
	}
	return model.Action{Op: kind + "." + verb, Imm: append([]string{t}, flags...)}
}

// side is the direction in which the host copies.
func (e *hostEnd) side() (copies, end string) {
	if e.Made {
		return "write", "writable"
	}
	return "read", "readable"
}

// driverActions are the actions with which the driver does an action of the host's.
func (w *wastWriter) driverActions(a model.Action) []model.Action {
	switch a.Op {
	case "invoke":
		return []model.Action{{Op: "call", Imm: a.Imm}}
	case "tick":
		return []model.Action{yields}
	case "cancel":
		return []model.Action{cancels}
	case "shared.read", "shared.write", "shared.cancel", "shared.drop":
		e := w.ends[int(a.Args[0].Uint64())]
		copies, end := e.side()
		switch a.Op {
		case "shared.cancel":
			return []model.Action{e.op("cancel-"+copies, "async")}
		case "shared.drop":
			return []model.Action{e.op("drop-" + end)}
		}
		return []model.Action{e.op(copies, "async")}
	}
	w.fail(unsupported("the host does %s", a))
	return nil
}

// driverBlocks reports whether the driver's function has async type.
func (c *component) driverBlocks() bool {
	return slices.ContainsFunc(c.used, func(a model.Action) bool {
		return a.Op != "call" || c.function(a.Imm[0]).Async
	})
}

// Addresses in the driver's memory.
const (
	eventAt   = 512
	resultsAt = 1024  // 64 bytes for each call
	writtenAt = 8192  // 256 bytes for each stream or future
	stringsAt = 16384 // 256 bytes for each of the first four arguments of each call
)

// Limits of what fits there.
const (
	mostCalls    = 48
	mostEnds     = 32
	mostElements = 32 // of a copy, of 8 bytes each at most
	mostBytes    = 256
	mostStrings  = 4
)

// checkFits refuses what does not fit into the driver's memory.
func (w *wastWriter) checkFits() {
	if len(w.calls) > mostCalls || len(w.ends) > mostEnds {
		w.fail(unsupported("the host makes %d calls and knows %d streams and futures: %d and %d are the most", len(w.calls), len(w.ends), mostCalls, mostEnds))
	}
}

// first is the first of two lines at which something differs; 0: nothing does.
const first = `    (func $first (param $a i32) (param $b i32) (result i32)
      (if (i32.or (i32.eqz (local.get $a)) (i32.eqz (local.get $b))) (then (return (i32.or (local.get $a) (local.get $b)))))
      (select (local.get $a) (local.get $b) (i32.lt_u (local.get $a) (local.get $b))))
`

// writeDriver writes the driver's function.
func (c *component) writeDriver(b *strings.Builder) {
	b.WriteString(first)
	for _, e := range c.ends {
		e.copies, e.passed = 0, false // the text may be written again
	}
	b.WriteString("    (func (export \"run\") (result i32)\n      (local $got i32) (local $set i32) (local $new i64)")
	for i := range c.calls {
		fmt.Fprintf(b, " (local $call%d i32)", i)
	}
	for k := range len(c.ends) {
		fmt.Fprintf(b, " (local $end%d i32)", k)
	}
	b.WriteString("\n      (block $leave\n")
	var code strings.Builder
	if slices.ContainsFunc(c.calls, c.polls) {
		fmt.Fprintf(&code, "(local.set $set (call %s))\n", c.id(newSet))
	}
	for i, s := range c.host {
		if i > 0 {
			c.writeAsks(&code)
		}
		c.writeHostStep(&code, i, s)
	}
	c.writeAsks(&code)
	if c.stopped != nil {
		fmt.Fprintf(&code, "(call $note (i32.const %d)) ;; the trap does not come\n", c.lastLine())
	}
	b.WriteString(indent(code.String(), "        "))
	b.WriteString("      )\n")
	b.WriteString("      (local.set $got (i32.const 0)) ;; what differs elsewhere is the cause of what differs here\n")
	for _, name := range c.asks() {
		fmt.Fprintf(b, "      (local.set $got (call $first (local.get $got) (call $asks-%s)))\n", c.kebab(name))
	}
	b.WriteString("      (select (local.get $got) (global.get $differs-at) (local.get $got))\n    )\n")
}

// writeAsks writes code that asks the other components whether something has differed, and leaves if so.
func (c *component) writeAsks(b *strings.Builder) {
	for _, name := range c.instances() {
		fmt.Fprintf(b, "(call $note (call $asks-%s))\n", c.kebab(name))
	}
	b.WriteString("(br_if $leave (global.get $differs-at))\n")
}

// mostYields is how often the driver yields where a trap is to come: which thread goes on first is not up to it.
const mostYields = 4

// writeHostStep writes the code of one step of the host's.
func (c *component) writeHostStep(b *strings.Builder, i int, s *hostStep) {
	at := s.line + c.headLines()
	switch a := s.action; a.Op {
	case "invoke":
		k := slices.IndexFunc(c.calls, func(h *hostCall) bool { return h.begun == i })
		c.writeHostCall(b, at, i, k)
	case "tick":
		times := 1
		if i == len(c.host)-1 && c.stopped != nil {
			times = mostYields
		}
		for range times {
			fmt.Fprintf(b, "(drop (call %s))\n", c.id(yields))
		}
	case "cancel":
		c.writeHostCancel(b, at, i, int(a.Args[0].Uint64()))
	default:
		c.writeHostCopy(b, a)
	}
	for k, h := range c.calls {
		if h.resolvedAt == i && c.polls(h) {
			c.writePoll(b, at, k)
		}
		if h.resolvedAt == i {
			c.writeHostResults(b, at, k)
		}
	}
}

// polls reports whether the driver learns by an event that a call is resolved: neither from the call, nor from its cancellation.
func (w *wastWriter) polls(h *hostCall) bool {
	return h.resolvedAt > h.begun && w.host[h.resolvedAt].action.Op != "cancel" ||
		h.resolvedAt > h.begun && w.calls[w.host[h.resolvedAt].action.Args[0].Uint64()] != h
}

// States of subtasks, and the code of an event of one.
const (
	starting, started, returned, cancelledBeforeStarted, cancelledBeforeReturned = 0, 1, 2, 3, 4

	subtaskEvent = 1
	blocked      = 0xffff_ffff
)

// ended is the state of the subtask of a call that is resolved.
func (h *hostCall) ended() uint64 {
	switch {
	case !h.cancelled:
		return returned
	case h.started:
		return cancelledBeforeReturned
	}
	return cancelledBeforeStarted
}

// writeHostCall writes a call of the host's.
func (c *component) writeHostCall(b *strings.Builder, at int, i, k int) {
	h := c.calls[k]
	call := model.Action{Op: "call", Imm: []string{h.function}}
	sig := c.signature(call)
	args := c.hostArguments(b, k)
	if len(args) < len(sig.params) {
		args = append(args, fmt.Sprintf("(i32.const %d)", resultsAt+64*k)) // where the results go
	}
	text := fmt.Sprintf("(call %s %s)", c.id(call), strings.Join(args, " "))
	switch {
	case len(args) != len(sig.params):
		c.fail(unsupported("the host passes values to %s in memory", h.function))
	case !c.lowersAsync(h.function) && len(sig.results) == 0:
		b.WriteString(text + "\n")
	case !c.lowersAsync(h.function):
		fmt.Fprintf(b, "(%s.store (i32.const %d) %s)\n", sig.results[0], resultsAt+64*k, text)
	case h.resolvedAt == i:
		writeCheck(b, "$leave", at, "i32", spec.CoreInt(h.ended()), text)
	default:
		state := uint64(starting)
		if h.started && h.startedAt <= i {
			state = started
		}
		fmt.Fprintf(b, "(local.set $got %s)\n(local.set $call%d (i32.shr_u (local.get $got) (i32.const 4)))\n", text, k)
		writeCheck(b, "$leave", at, "i32", spec.CoreInt(state), "(i32.and (local.get $got) (i32.const 15))")
	}
}

// hostArguments are the operands of a call of the host's.
func (c *component) hostArguments(b *strings.Builder, k int) []string {
	h := c.calls[k]
	var operands []string
	for i, t := range c.parse(c.function(h.function).Params) {
		switch t.(type) {
		case *spec.StreamType, *spec.FutureType:
			operands = append(operands, c.newEnd(b, k))
			continue
		}
		if i >= len(h.args) {
			c.fail(unsupported("%s never takes its arguments", h.function))
			return operands
		}
		if s, is := h.args[i].(spec.String); is {
			if i >= mostStrings {
				c.fail(unsupported("the host passes a string to %s behind %d arguments", h.function, i))
			}
			operands = append(operands, c.storeString(b, s, stringsAt+mostBytes*(mostStrings*k+i))...)
			continue
		}
		operand, ok := c.flat(t, h.args[i])
		if !ok {
			c.fail(unsupported("the host passes a %s to %s among other calls", spec.TypeName(t), h.function))
		}
		operands = append(operands, operand)
	}
	return operands
}

// storeString stores a string in the driver's memory. The operands are where it is, and its length.
func (c *component) storeString(b *strings.Builder, s spec.String, at int) []string {
	if !utf8.ValidString(s.S) || 2*len(s.S) > mostBytes {
		c.fail(unsupported("the host passes a string that is no Unicode text, or a long one"))
	}
	wide := s.Encoding == spec.UTF16 || s.Encoding == spec.Latin1UTF16 && s.TaggedCodeUnits>>31 == 1
	switch {
	case wide:
		for i, unit := range utf16.Encode([]rune(s.S)) {
			fmt.Fprintf(b, "(i32.store16 (i32.const %d) (i32.const %d))\n", at+2*i, unit)
		}
	case s.Encoding == spec.Latin1UTF16:
		for i, r := range []rune(s.S) {
			fmt.Fprintf(b, "(i32.store8 (i32.const %d) (i32.const %d))\n", at+i, r)
		}
	default:
		for i, x := range []byte(s.S) {
			fmt.Fprintf(b, "(i32.store8 (i32.const %d) (i32.const %d))\n", at+i, x)
		}
	}
	return []string{fmt.Sprintf("(i32.const %d)", at), fmt.Sprintf("(i32.const %d)", uint32(s.TaggedCodeUnits))}
}

// flat is a value of a type that is one core value, as an operand.
func (c *component) flat(t spec.ValType, v spec.Value) (string, bool) {
	switch t.(type) {
	case spec.BoolType:
		if v == true {
			return "(i32.const 1)", true
		}
		return "(i32.const 0)", true
	case spec.U8Type, spec.U16Type, spec.U32Type, spec.S8Type, spec.S16Type, spec.S32Type, spec.U64Type, spec.S64Type:
		return fmt.Sprintf("(%s.const %s)", cores([]spec.ValType{t})[0], model.FormatValue(v)), true
	}
	return "", false
}

// newEnd makes a stream or future, of which the driver keeps the writable end.
func (c *component) newEnd(b *strings.Builder, k int) string {
	for n := range len(c.ends) {
		e := c.ends[n]
		if e.call != k || !e.Made || e.passed {
			continue
		}
		e.passed = true
		fmt.Fprintf(b, "(local.set $new (call %s))\n(local.set $end%d (i32.wrap_i64 (i64.shr_u (local.get $new) (i64.const 32))))\n", c.id(e.op("new")), n)
		return "(i32.wrap_i64 (local.get $new))"
	}
	c.fail(unsupported("%s never takes the stream or future that the host passes", c.calls[k].function))
	return ""
}

// writeHostCancel cancels a call.
func (c *component) writeHostCancel(b *strings.Builder, at int, i, k int) {
	h := c.calls[k]
	want := uint64(blocked)
	if h.resolvedAt == i {
		want = h.ended()
	}
	writeCheck(b, "$leave", at, "i32", spec.CoreInt(want), fmt.Sprintf("(call %s (local.get $call%d))", c.id(cancels), k))
}

// writePoll wants the event that a call is resolved.
func (c *component) writePoll(b *strings.Builder, at int, k int) {
	fmt.Fprintf(b, "(call %s (local.get $call%d) (local.get $set))\n", c.id(joins), k)
	writeCheck(b, "$leave", at, "i32", spec.CoreInt(subtaskEvent), fmt.Sprintf("(call %s (local.get $set) (i32.const %d))", c.id(polls), eventAt))
	writeCheck(b, "$leave", at, "i32", spec.CoreInt(c.calls[k].ended()), fmt.Sprintf("(i32.load (i32.const %d))", eventAt+4))
}

// writeHostResults compares the result of a call, or keeps the end that it is.
func (c *component) writeHostResults(b *strings.Builder, at int, k int) {
	h := c.calls[k]
	ts := c.parse(c.function(h.function).Results)
	if h.cancelled || len(ts) == 0 {
		return
	}
	from := resultsAt + 64*k
	switch t := ts[0].(type) {
	case *spec.StreamType, *spec.FutureType:
		for n := range len(c.ends) {
			if e := c.ends[n]; e.call == k && !e.Made {
				fmt.Fprintf(b, "(local.set $end%d (i32.load (i32.const %d)))\n", n, from)
			}
		}
		return
	case *spec.OwnType:
		return // an own handle of the driver's, whose representation is not its to see
	default:
		load := map[string]string{"bool": "i32.load8_u", "u8": "i32.load8_u", "s8": "i32.load8_s", "u16": "i32.load16_u", "s16": "i32.load16_s",
			"u32": "i32.load", "s32": "i32.load", "u64": "i64.load", "s64": "i64.load"}[spec.TypeName(t)]
		if want, ok := c.flat(t, h.results[0]); ok && len(ts) == 1 {
			fmt.Fprintf(b, "(br_if $leave (call $differs-%s (i32.const %d) %s (%s (i32.const %d))))\n", load[:3], at, want, load, from)
			return
		}
	}
	c.fail(unsupported("%s returns a %s among other calls", h.function, spec.TypeName(ts[0])))
}

// writeHostCopy writes what the host does with a stream or future of its own. How its copy ends is up to what guests do, which is compared.
func (c *component) writeHostCopy(b *strings.Builder, a model.Action) {
	k := int(a.Args[0].Uint64())
	e := c.ends[k]
	if e.call < 0 {
		c.fail(unsupported("the host does %s with what no call has passed by itself", a))
		return
	}
	op := c.driverActions(a)[0]
	operands := fmt.Sprintf("(local.get $end%d)", k)
	if a.Op == "shared.read" || a.Op == "shared.write" {
		if e.copies++; e.copies > 1 {
			c.fail(unsupported("the host copies more than once"))
		}
		if e.Stream && a.Args[1].Uint64() > mostElements {
			c.fail(unsupported("the host copies %s elements: %d are the most", a.Args[1], mostElements))
		}
		at := writtenAt + mostBytes*k
		c.writeWritten(b, e, at)
		operands += fmt.Sprintf(" (i32.const %d)", at)
		if e.Stream {
			operands += fmt.Sprintf(" (i32.const %s)", a.Args[1])
		}
	}
	call := fmt.Sprintf("(call %s %s)", c.id(op), operands)
	if len(c.signature(op).results) > 0 {
		call = "(drop " + call + ")"
	}
	b.WriteString(call + "\n")
}

// writeWritten stores the elements that the host writes.
func (c *component) writeWritten(b *strings.Builder, e *hostEnd, at int) {
	for i, v := range e.written {
		switch e.t.(type) {
		case nil:
		case spec.U8Type:
			fmt.Fprintf(b, "(i32.store8 (i32.const %d) (i32.const %s))\n", at+i, model.FormatValue(v))
		default:
			c.fail(unsupported("the host writes elements of type %s", spec.TypeName(e.t)))
		}
	}
}
