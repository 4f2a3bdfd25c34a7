package model

import (
	"cmp"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"

	"cabi/spec"
)

// An Action is one action of a guest or the host: a call of a built-in or an import, a return, a tick …
type Action struct {
	Op   string           // "resource.new", "call", "return" …: see Ops
	Imm  []string         // immediates: types, functions, flags
	Args []spec.CoreValue // numbers: operands, or the values that are returned
	// Literals are component-level values, or bytes, as words, in the places of numbers; empty: a number stands there. There may be fewer.
	Literals []string
}

// String is the action as a trace states it: "resource.new R 100".
func (a Action) String() string {
	words := append([]string{a.Op}, a.Imm...)
	for i, v := range a.Args {
		words = append(words, cmp.Or(a.literal(i), FormatCore(v)))
	}
	return strings.Join(words, " ")
}

// template is the action without its numbers, as a line of a world's menu.
func (a Action) template() string { return Action{Op: a.Op, Imm: a.Imm}.String() }

// FormatCore is a core value as traces have it: an int in decimal, or a float with a point, an exponent, or as its bits.
func FormatCore(v spec.CoreValue) string {
	if !v.IsFloat() {
		return v.String()
	}
	f := v.Float64()
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return fmt.Sprintf("f64:0x%016x", math.Float64bits(f))
	}
	text := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// parseCore reads a core value as FormatCore writes it.
func parseCore(text string) (spec.CoreValue, error) {
	if bits, ok := strings.CutPrefix(text, "f64:0x"); ok {
		n, err := strconv.ParseUint(bits, 16, 64)
		if err != nil {
			return spec.CoreValue{}, fmt.Errorf("%q is no float", shorten(text))
		}
		return spec.CoreFloat(math.Float64frombits(n)), nil
	}
	if n, err := parseInt(text, 64); err == nil {
		return spec.CoreInt(n), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !strings.ContainsAny(text, ".e") || strings.ContainsAny(text, "xX") {
		return spec.CoreValue{}, fmt.Errorf("%q is no number", shorten(text))
	}
	return spec.CoreFloat(f), nil
}

// parseInt reads an int of so many bits at most: decimal, or hexadecimal after 0x.
func parseInt(text string, bits int) (uint64, error) {
	if hex, is := strings.CutPrefix(text, "0x"); is {
		return strconv.ParseUint(hex, 16, bits)
	}
	return strconv.ParseUint(text, 10, bits)
}

// unknownAction is the error about an action that is none of those that are known.
func unknownAction(name string, known []string) error {
	hint := namesNear(name, known)
	if hint == "" {
		hint = "; `cabi explain` lists them"
	}
	return fmt.Errorf("unknown action %q%s", shorten(name), hint)
}

// parseAction reads an action of a world from its words. It does not need to be possible anywhere.
func (w *World) parseAction(words []string) (Action, error) {
	if len(words) == 0 {
		return Action{}, fmt.Errorf("an action is missing")
	}
	op, ok := w.op(words[0])
	if !ok {
		return Action{}, unknownAction(words[0], w.opNames())
	}
	a := Action{Op: words[0]}
	if len(words)-1 < len(op.imm) {
		return Action{}, fmt.Errorf("%s takes %s", a.Op, strings.Join(op.usage(), " "))
	}
	a.Imm = words[1 : 1+len(op.imm)]
	for i, w := range words[1+len(op.imm):] {
		if err := a.parseOperand(i, w); err != nil {
			return Action{}, err
		}
	}
	if err := a.addLength(); err != nil {
		return Action{}, err
	}
	if op.args >= 0 && len(a.Args) != op.args {
		return Action{}, fmt.Errorf("%s takes %d numbers, got %d", a.Op, op.args, len(a.Args))
	}
	return a, nil
}

// usage are words for the operands.
func (o op) usage() []string {
	words := make([]string, 0, len(o.imm)+1)
	for _, i := range o.imm {
		words = append(words, string(i))
	}
	if o.args != 0 {
		words = append(words, "numbers")
	}
	return words
}

// An immediate is a kind of immediate operand, as usage messages name it.
type immediate string

const (
	immResource    immediate = "resource"
	immType        immediate = "type"    // a payload or result type; _ is none
	immTypes       immediate = "(types)" // result types: (), (u32) …
	immFunc        immediate = "function"
	immAsync       immediate = "async|sync"
	immCancellable immediate = "cancellable|uncancellable"
	immCore        immediate = "i32|i64"
	immAnything    immediate = "word"
)

// An op is a kind of action.
type op struct {
	imm  []immediate
	args int // how many numbers; -1: any
}

// Ops are the names of all kinds of actions, sorted.
func Ops() []string {
	var names []string
	for name := range ops {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// IsLoad reports whether an action only loads from memory, which changes nothing: a search has no use for it, traces and litmus files have.
func IsLoad(op string) bool { return op == opLoad || op == "i32.load" || op == "i64.load" }

// The kinds of actions that are not built-ins, but for those of the host that begin with "host." or "shared.".
const (
	opCall   = "call"   // an import
	opReturn = "return" // from the core function that runs
	opThrow  = "throw"  // a core exception
	opInvoke = "invoke" // the host calls an export
	opTick   = "tick"   // the host resumes a thread
	opCancel = "cancel" // the host cancels a call
	opStop   = "stop"   // the host does nothing more
	opStore  = "memory.store"
	opLoad   = "memory.load"
)

// ops are all kinds of actions, by name. The tables of what they do fill it (guestOps, hostOps).
var ops map[string]op

// n is the ith number of an action, which must be an int.
func n(a Action, i int) uint64 { return a.Args[i].Uint64() }
