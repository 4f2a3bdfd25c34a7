package model

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"cabi/spec"
)

// An Action is one thing that a guest or the host does: it calls a built-in or an import, returns, throws, ticks.
type Action struct {
	Op   string           // "resource.new", "call", "return" …: see Ops
	Imm  []string         // immediates: types, functions, flags
	Args []spec.CoreValue // operands, or what is returned
}

func (a Action) String() string {
	words := append([]string{a.Op}, a.Imm...)
	for _, v := range a.Args {
		words = append(words, formatCore(v))
	}
	return strings.Join(words, " ")
}

// template is the action without its numbers, as a world's menu has it.
func (a Action) template() string { return Action{Op: a.Op, Imm: a.Imm}.String() }

// formatCore writes ints in decimal and floats with a point or as their bits.
func formatCore(v spec.CoreValue) string {
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

// parseCore reads what formatCore writes.
func parseCore(text string) (spec.CoreValue, error) {
	if bits, ok := strings.CutPrefix(text, "f64:0x"); ok {
		n, err := strconv.ParseUint(bits, 16, 64)
		if err != nil {
			return spec.CoreValue{}, fmt.Errorf("%q is no float", text)
		}
		return spec.CoreFloat(math.Float64frombits(n)), nil
	}
	if n, err := strconv.ParseUint(text, 0, 64); err == nil {
		return spec.CoreInt(n), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !strings.ContainsAny(text, ".e") {
		return spec.CoreValue{}, fmt.Errorf("%q is no number", text)
	}
	return spec.CoreFloat(f), nil
}

// parseAction reads an action from its words.
func parseAction(words []string) (Action, error) {
	if len(words) == 0 {
		return Action{}, fmt.Errorf("an action is missing")
	}
	op, ok := ops[words[0]]
	if !ok {
		return Action{}, fmt.Errorf("unknown action %q", words[0])
	}
	a := Action{Op: words[0]}
	if len(words)-1 < len(op.imm) {
		return Action{}, fmt.Errorf("%s takes %s", a.Op, strings.Join(op.usage(), " "))
	}
	a.Imm = words[1 : 1+len(op.imm)]
	for _, w := range words[1+len(op.imm):] {
		v, err := parseCore(w)
		if err != nil {
			return Action{}, fmt.Errorf("%s: %w", a.Op, err)
		}
		a.Args = append(a.Args, v)
	}
	if op.args >= 0 && len(a.Args) != op.args {
		return Action{}, fmt.Errorf("%s takes %d numbers, got %d", a.Op, op.args, len(a.Args))
	}
	return a, nil
}

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
