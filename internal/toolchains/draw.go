package toolchains

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"cabi/component"
	"cabi/internal/program"
	"cabi/spec"
)

// A drawer draws sessions of calls that a component's exports can take.
type drawer struct {
	r       *rand.Rand
	runner  *Runner
	c       *component.Component
	exports []program.Export
	calls   []program.Call
	live    map[string][]int // the handles that the host has, by the name of their resource type
	seen    int              // how many handles there were
}

// Drawn draws sessions with c: how many, of how many calls, from a seed. A call that would trap ends its session. Handles are passed as
// they come: in arguments stands what earlier calls returned.
func (r *Runner) Drawn(c *component.Component, sessions, calls int, seed uint64) ([]Session, error) {
	described, ending := r.runner.Describe(&program.Program{Component: c, Host: NewHost().given}, program.Options{})
	if ending.Failed() {
		return nil, fmt.Errorf("%s", ending.Message)
	}
	var all []Session
	for i := range sessions {
		d := &drawer{r: rand.New(rand.NewPCG(seed, uint64(i))), runner: r, c: c, live: map[string][]int{}}
		for _, e := range described.Exports {
			if e.Name != "init" { // what QuickJS's toolchain calls once, before the component is one
				d.exports = append(d.exports, e)
			}
		}
		s := Session{Name: fmt.Sprintf("drawn %d", i+1)}
		for range calls {
			if !d.step() {
				break
			}
		}
		for _, c := range d.calls {
			s.Calls = append(s.Calls, Step{Call: c})
		}
		all = append(all, s)
	}
	return all, nil
}

// longest is how long the text of a result may be in a drawn session.
const longest = 400

// step draws a call and makes it, with all before it, to know the handles that it returns. It reports whether the session goes on.
func (d *drawer) step() bool {
	for range 20 {
		before := d.copyLive()
		call, t, ok := d.call()
		if ok {
			calls := append(append([]program.Call{}, d.calls...), call)
			held := d.runner.Hold(d.c, calls, spec.SingleTable)
			answer := held.Calls[len(held.Calls)-1]
			if len(answer.Result) <= longest {
				d.calls = calls
				d.note(t, answer)
				return answer.Trap == ""
			}
		}
		d.live = before
	}
	return false
}

func (d *drawer) copyLive() map[string][]int {
	c := map[string][]int{}
	for name, handles := range d.live {
		c[name] = append([]int{}, handles...)
	}
	return c
}

// call draws a call; false: it needs a handle that there is none of.
func (d *drawer) call() (call program.Call, result []spec.ValType, ok bool) {
	if names := d.names(); len(names) > 0 && d.r.IntN(8) == 0 {
		return program.Call{Drop: "#" + fmt.Sprint(d.take(names[d.r.IntN(len(names))]))}, nil, true
	}
	e := d.exports[d.r.IntN(len(d.exports))]
	var args []string
	for _, t := range e.Func.Type.Params {
		v, ok := d.value(t)
		if !ok {
			return call, nil, false
		}
		args = append(args, component.FormatValue(t, v))
	}
	return program.Call{Export: e.Name, Args: strings.Join(args, ", ")}, e.Func.Type.Result, true
}

// names are the resource types that there are handles of, in the order in which exports take them.
func (d *drawer) names() (names []string) {
	for _, e := range d.exports {
		for _, t := range e.Func.Type.Params {
			if b, ok := t.(*spec.BorrowType); ok && len(d.live[b.Rt.Name]) > 0 {
				names = append(names, b.Rt.Name)
			}
		}
	}
	return names
}

// take takes a handle from those that there are.
func (d *drawer) take(name string) int {
	all := d.live[name]
	i := d.r.IntN(len(all))
	n := all[i]
	d.live[name] = append(append([]int{}, all[:i]...), all[i+1:]...)
	return n
}

// note notes the handles of a result.
func (d *drawer) note(result []spec.ValType, a Answer) {
	if len(result) == 0 || a.Trap != "" {
		return
	}
	v, err := component.ParseValue(result[0], a.Result)
	if err != nil {
		return // a value without a text has no handles of resources
	}
	component.MapHandles(result[0], v, func(t spec.ValType, n spec.Int) (spec.Int, error) {
		d.seen++
		if own, ok := t.(*spec.OwnType); ok {
			d.live[own.Rt.Name] = append(d.live[own.Rt.Name], d.seen)
		}
		return n, nil
	})
}

var drawnStrings = []string{"", "a", "abc", "a b", "é", "😀", "line\nline", "\x00", "number", "text", "none", "entries", "12", "-7", "x@y.org", "ß"}

// value draws a value of type t; false: it needs a handle that there is none of, or t has no text.
func (d *drawer) value(t spec.ValType) (spec.Value, bool) {
	switch t := t.(type) {
	case spec.BoolType:
		return d.r.IntN(2) == 1, true
	case spec.F32Type:
		return spec.FloatOf(float64(float32(d.float()))), true
	case spec.F64Type:
		return spec.FloatOf(d.float()), true
	case spec.CharType:
		return spec.Char([]rune("aZ0é😀\u00ff\uffff")[d.r.IntN(7)]), true
	case spec.StringType:
		return spec.UTF8String(drawnStrings[d.r.IntN(len(drawnStrings))]), true
	case *spec.OwnType:
		if len(d.live[t.Rt.Name]) == 0 {
			return nil, false
		}
		return spec.IntOf(int64(d.take(t.Rt.Name))), true
	case *spec.BorrowType:
		all := d.live[t.Rt.Name]
		if len(all) == 0 {
			return nil, false
		}
		return spec.IntOf(int64(all[d.r.IntN(len(all))])), true
	case *spec.ListType:
		return d.list(t)
	case *spec.RecordType:
		return d.fields(t.Fields)
	case *spec.TupleType:
		var fields []spec.FieldType
		for i, part := range t.Ts {
			fields = append(fields, spec.FieldType{Label: fmt.Sprint(i), T: part})
		}
		return d.fields(fields)
	case *spec.FlagsType:
		flags := spec.Dict{}
		for _, label := range t.Labels {
			flags = append(flags, spec.Entry{Label: label, Value: d.r.IntN(2) == 1})
		}
		return flags, true
	case *spec.EnumType:
		return spec.Dict{{Label: t.Labels[d.r.IntN(len(t.Labels))]}}, true
	case *spec.VariantType:
		return d.oneOf(t.Cases)
	case *spec.OptionType:
		return d.oneOf([]spec.CaseType{{Label: "none"}, {Label: "some", T: t.T}})
	case *spec.ResultType:
		return d.oneOf([]spec.CaseType{{Label: "ok", T: t.Ok}, {Label: "error", T: t.Error}})
	}
	return d.integer(t)
}

func (d *drawer) list(t *spec.ListType) (spec.Value, bool) {
	list := spec.List{}
	for range d.r.IntN(4) {
		if _, own := t.T.(*spec.OwnType); own && len(list) > 0 && d.r.IntN(2) == 0 {
			break
		}
		v, ok := d.value(t.T)
		if !ok {
			break
		}
		list = append(list, v)
	}
	return list, true
}

func (d *drawer) fields(fields []spec.FieldType) (spec.Value, bool) {
	dict := spec.Dict{}
	for _, f := range fields {
		v, ok := d.value(f.T)
		if !ok {
			return nil, false
		}
		dict = append(dict, spec.Entry{Label: f.Label, Value: v})
	}
	return dict, true
}

func (d *drawer) oneOf(cases []spec.CaseType) (spec.Value, bool) {
	c := cases[d.r.IntN(len(cases))]
	if c.T == nil {
		return spec.Dict{{Label: c.Label}}, true
	}
	v, ok := d.value(c.T)
	return spec.Dict{{Label: c.Label, Value: v}}, ok
}

func (d *drawer) float() float64 {
	if d.r.IntN(3) == 0 {
		return float64(d.r.IntN(2000)-1000) / 8
	}
	return []float64{0, 1, -1, 0.1, 1e10, -1e-10}[d.r.IntN(6)]
}

// integer draws small integers and the ends of the type's range.
func (d *drawer) integer(t spec.ValType) (spec.Value, bool) {
	small := spec.IntOf(int64(d.r.IntN(6)))
	ends := map[string][]spec.Int{
		"u8": {spec.IntOf(255)}, "u16": {spec.IntOf(65535)}, "u32": {spec.UintOf(4294967295)}, "u64": {spec.UintOf(1 << 53)},
		"s8": {spec.IntOf(-128), spec.IntOf(127)}, "s16": {spec.IntOf(-32768)}, "s32": {spec.IntOf(-2147483648), spec.IntOf(2147483647)},
		"s64": {spec.IntOf(-1 << 53), spec.IntOf(1<<53 - 1)},
	}[spec.TypeName(t)]
	if ends == nil {
		return nil, false
	}
	if d.r.IntN(4) == 0 {
		return ends[d.r.IntN(len(ends))], true
	}
	return small, true
}
