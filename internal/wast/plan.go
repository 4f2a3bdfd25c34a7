package wast

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"cabi/internal/wasmtools"
	"cabi/spec"
)

// A Plan is a script as a driver of another runtime reads it: its components are binaries, its names are resolved, and its constants say
// what they are, so that it can be run without a reader of text.
type Plan struct {
	Name  string  `json:"name"`
	Steps []*Step `json:"steps"`
}

// A Step is a directive of a script that a driver runs.
type Step struct {
	Line int  `json:"line"`
	Kind Kind `json:"kind"`
	// Core: it is about a core module that is no part of a component.
	Core bool `json:"core,omitempty"`
	// Store is a number for the store: steps of different stores have nothing in common. 0: none is needed.
	Store int `json:"store,omitempty"`
	// Of is the step, counted from 0, that has the component, or for a call that makes the instance; -1: none.
	Of int `json:"of"`
	// Binary is the component. It is missing where the text of a component is refused.
	Binary []byte `json:"binary,omitempty"`
	// As is the name under which an instance is registered.
	As string `json:"as,omitempty"`
	// Export is the function that is called.
	Export string      `json:"export,omitempty"`
	Args   []PlanValue `json:"args,omitempty"`
	// Want are the results of an assert_return, Message the text of another assertion.
	Want    []PlanValue `json:"want,omitempty"`
	Message string      `json:"message,omitempty"`
	// Imports are the names that the component imports, of instances that were registered.
	Imports map[string]int `json:"imports,omitempty"`
	// Refused is why there is no binary.
	Refused string `json:"refused,omitempty"`
}

// A PlanValue is a constant of a script: its kind is the word before .const, or option or result. What Of has depends on the kind:
//
//	u8 … s64, f32, f64, char, str, enum    text; floats are as JavaScript writes them, NaN and Infinity included
//	bool                                   a bool
//	flags                                  the labels that are set
//	list, tuple, map                       values
//	record, variant, option, result        fields, each a label with its value; all but a record have one
type PlanValue struct {
	Kind   string      `json:"kind"`
	Text   string      `json:"text,omitempty"`
	Bool   bool        `json:"bool,omitempty"`
	Labels []string    `json:"labels,omitempty"`
	Values []PlanValue `json:"values,omitempty"`
	Fields []PlanField `json:"fields,omitempty"`
}

// A PlanField is a label with its value; nil: it has none.
type PlanField struct {
	Label string     `json:"label"`
	Value *PlanValue `json:"value,omitempty"`
}

// String is the value as the scripts have it.
func (v PlanValue) String() string {
	parts := []string{v.Kind + ".const"}
	switch v.Kind {
	case "bool":
		parts = append(parts, strconv.FormatBool(v.Bool))
	case "str", "char", "enum":
		parts = append(parts, strconv.Quote(v.Text))
	case "option", "result":
		parts[0] = v.Kind + "." + v.Fields[0].Label
		if p := v.Fields[0].Value; p != nil {
			parts = append(parts, p.String())
		}
	default:
		if v.Text != "" {
			parts = append(parts, v.Text)
		}
		for _, l := range v.Labels {
			parts = append(parts, strconv.Quote(l))
		}
		for _, e := range v.Values {
			parts = append(parts, e.String())
		}
		for _, f := range v.Fields {
			parts = append(parts, strconv.Quote(f.Label))
			if f.Value != nil {
				parts = append(parts, f.Value.String())
			}
		}
	}
	return "(" + strings.Join(parts, " ") + ")"
}

// Plan is the program as a plan. A component whose text the tools refuse has no binary. It is an error if the tools are missing, or a
// constant cannot be read.
func (p *Program) Plan(name string) (*Plan, error) {
	plan := &Plan{Name: name}
	registered := map[string]int{}
	for i, d := range p.Script.Directives {
		s := &Step{Line: d.Line, Kind: d.Kind, Core: d.Core, Of: p.of[i], As: d.As, Export: d.Export, Message: d.Message}
		plan.Steps = append(plan.Steps, s)
		if c := p.inCase[i]; c != nil {
			s.Store = slices.Index(p.cases, c) + 1
		}
		if made := p.made[i]; made != nil {
			if errors.Is(made.err, wasmtools.ErrMissing) {
				return nil, made.err
			}
			if s.Binary = made.binary; made.binary == nil {
				s.Refused = made.err.Error()
			}
		}
		if d.makes() && p.of[i] >= 0 && p.made[p.of[i]].component != nil {
			for _, n := range p.made[p.of[i]].component.Imports() {
				if other, ok := registered[n]; ok {
					if s.Imports == nil {
						s.Imports = map[string]int{}
					}
					s.Imports[n] = other
				}
			}
		}
		if d.Kind == Register && p.of[i] >= 0 {
			registered[d.As] = p.of[i]
		}
		var err error
		if s.Args, err = planValues(d.Args); err == nil {
			s.Want, err = planValues(d.Results)
		}
		if err != nil {
			return nil, err
		}
	}
	return plan, nil
}

func planValues(nodes []*node) (all []PlanValue, err error) {
	defer catch(&err)
	for _, n := range nodes {
		all = append(all, planReader{}.value(n))
	}
	return all, nil
}

// A planReader reads constants by the words that they begin with. It panics with a *ScriptError.
type planReader struct{ constantReader }

// planIntegers are the integers of scripts by the words of their constants.
var planIntegers = map[string]integer{
	"u8": {8, false}, "u16": {16, false}, "u32": {32, false}, "u64": {64, false}, "s8": {8, true}, "s16": {16, true}, "s32": {32, true}, "s64": {64, true},
	"i32": {32, true}, "i64": {64, true},
}

func (r planReader) value(n *node) PlanValue {
	kind, what, _ := strings.Cut(n.head(), ".")
	v := PlanValue{Kind: kind}
	if kind == "option" || kind == "result" {
		v.Fields = []PlanField{{Label: what, Value: r.payload(n, 1)}}
		return v
	}
	if what != "const" {
		r.fail(n, "(%s …) is no constant", n.head())
	}
	if t, ok := planIntegers[kind]; ok {
		v.Text = fmt.Sprint(r.integer(t, n))
		return v
	}
	switch kind {
	case "bool":
		switch word := r.one(n, isWord); word {
		case "true", "false":
			v.Bool = word == "true"
		default:
			r.fail(n, "%s is no bool", word)
		}
	case "f32", "f64":
		bits, _ := strconv.Atoi(kind[1:])
		v.Text = FloatText(r.float(n, bits).(spec.Float).Float64(), bits)
	case "str", "char", "enum":
		v.Text = r.one(n, isString)
	case "flags":
		for _, part := range n.list[1:] {
			if part.kind != isString {
				r.fail(n, "want (flags.const \"label\"…)")
			}
			v.Labels = append(v.Labels, part.text)
		}
	case "list", "tuple", "map":
		for _, part := range n.list[1:] {
			v.Values = append(v.Values, r.value(part))
		}
	case "record":
		for _, part := range n.list[1:] {
			if part.head() != "field" || len(part.list) < 3 || part.list[1].kind != isString {
				r.fail(part, "want (field \"label\" constant)")
			}
			constant := part.list[2]
			if constant.kind != isList {
				constant = &node{list: part.list[2:], line: part.line}
			}
			of := r.value(constant)
			v.Fields = append(v.Fields, PlanField{part.list[1].text, &of})
		}
	case "variant":
		if len(n.list) < 2 || n.list[1].kind != isString {
			r.fail(n, "want (variant.const \"case\" constant?)")
		}
		v.Fields = []PlanField{{Label: n.list[1].text, Value: r.payload(n, 2)}}
	default:
		r.fail(n, "there are no constants %s", n.head())
	}
	return v
}

func (r planReader) payload(n *node, from int) *PlanValue {
	if len(n.list) <= from {
		return nil
	}
	v := r.value(n.list[from])
	return &v
}

// FloatText is a float as JavaScript reads it. All NaNs are one.
func FloatText(f float64, bits int) string {
	switch {
	case f != f:
		return "NaN"
	case math.IsInf(f, 0):
		return strings.TrimSuffix(strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, bits), "+"), "Inf") + "Infinity"
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}
