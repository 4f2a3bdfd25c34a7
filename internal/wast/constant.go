package wast

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"cabi/spec"
)

// A constantReader makes values of the constants of a script. It panics with a *ScriptError.
type constantReader struct{}

// value is the value of type t that a constant of a script stands for.
func value(t spec.ValType, n *node) (v spec.Value, err error) {
	defer catch(&err)
	return constantReader{}.value(t, n), nil
}

func (constantReader) fail(n *node, format string, args ...any) {
	panic(errorAt(n.line, format, args...))
}

// integer says how many bits the integers of a type have, and whether they have a sign.
type integer struct {
	bits   uint
	signed bool
}

var integers = map[spec.ValType]integer{
	spec.U8Type{}: {8, false}, spec.U16Type{}: {16, false}, spec.U32Type{}: {32, false}, spec.U64Type{}: {64, false},
	spec.S8Type{}: {8, true}, spec.S16Type{}: {16, true}, spec.S32Type{}: {32, true}, spec.S64Type{}: {64, true},
}

// constantName is the word that constants of a type begin with.
func constantName(t spec.ValType) string {
	switch t.(type) {
	case spec.StringType:
		return "str.const"
	case *spec.ListType:
		return "list.const"
	case *spec.MapType:
		return "map.const"
	case *spec.RecordType:
		return "record.const"
	case *spec.TupleType:
		return "tuple.const"
	case *spec.FlagsType:
		return "flags.const"
	case *spec.EnumType:
		return "enum.const"
	case *spec.VariantType:
		return "variant.const"
	}
	return spec.TypeName(t) + ".const"
}

func (r constantReader) value(t spec.ValType, n *node) spec.Value {
	switch t := t.(type) {
	case *spec.OptionType:
		return r.option(t, n)
	case *spec.ResultType:
		return r.result(t, n)
	}
	if n.head() != constantName(t) {
		r.fail(n, "want a constant of type %s, (%s …), got (%s …)", spec.TypeName(t), constantName(t), n.head())
	}
	if number, ok := integers[primitive(t)]; ok {
		return r.integer(number, n)
	}
	parts := n.list[1:]
	switch t := t.(type) {
	case spec.BoolType:
		word := r.one(n, isWord)
		if word != "true" && word != "false" {
			r.fail(n, "a bool is true or false, not %s", word)
		}
		return word == "true"
	case spec.F32Type:
		return r.float(n, 32)
	case spec.F64Type:
		return r.float(n, 64)
	case spec.CharType:
		c, size := utf8.DecodeRuneInString(r.one(n, isString))
		if size == 0 || size != len(n.list[1].text) || c == utf8.RuneError && size == 1 {
			r.fail(n, "%q is no character", n.list[1].text)
		}
		return spec.Char(c)
	case spec.StringType:
		if text := r.one(n, isString); utf8.ValidString(text) {
			return spec.UTF8String(text)
		}
		r.fail(n, "%q is no UTF-8", n.list[1].text)
	case *spec.ListType:
		return r.listOf(t, n)
	case *spec.MapType:
		return r.mapOf(t, n)
	case *spec.RecordType:
		return r.record(t, n)
	case *spec.TupleType:
		if len(parts) != len(t.Ts) {
			r.fail(n, "want %d elements of %s, got %d", len(t.Ts), spec.TypeName(t), len(parts))
		}
		d := spec.Dict{}
		for i, part := range parts {
			d = append(d, spec.Entry{Label: strconv.Itoa(i), Value: r.value(t.Ts[i], part)})
		}
		return d
	case *spec.FlagsType:
		return r.flags(t, n)
	case *spec.EnumType:
		return spec.Dict{{Label: r.label(n, r.one(n, isString), t.Labels)}}
	case *spec.VariantType:
		return r.variant(t, n)
	}
	r.fail(n, "scripts have no constants of type %s", spec.TypeName(t))
	return nil
}

// primitive is t if it can be a key of a map; nil: it cannot.
func primitive(t spec.ValType) spec.ValType {
	if p, ok := t.(spec.PrimValType); ok {
		return p
	}
	return nil
}

// one is the text of the only part of a constant.
func (r constantReader) one(n *node, kind nodeKind) string {
	if len(n.list) != 2 || n.list[1].kind != kind {
		r.fail(n, "want (%s %s)", n.head(), map[nodeKind]string{isWord: "value", isString: `"text"`}[kind])
	}
	return n.list[1].text
}

// label is a label of a type; it must be one of all.
func (r constantReader) label(n *node, label string, all []string) string {
	for _, l := range all {
		if l == label {
			return label
		}
	}
	r.fail(n, "there is no %q among %s", label, strings.Join(all, ", "))
	return ""
}

func (r constantReader) integer(t integer, n *node) spec.Value {
	text := r.one(n, isWord)
	v, ok := new(big.Int).SetString(strings.ReplaceAll(strings.TrimPrefix(text, "+"), "_", ""), 0)
	if !ok {
		r.fail(n, "%s is no integer", text)
	}
	limit := new(big.Int).Lsh(big.NewInt(1), t.bits)
	if v.Cmp(new(big.Int).Neg(new(big.Int).Rsh(limit, 1))) < 0 || v.Cmp(limit) >= 0 {
		r.fail(n, "%s has more than %d bits", text, t.bits)
	}
	switch {
	case t.signed && v.Bit(int(t.bits-1)) == 1 && v.Sign() > 0:
		v.Sub(v, limit)
	case !t.signed && v.Sign() < 0:
		v.Add(v, limit)
	}
	if v.Sign() < 0 {
		return spec.IntOf(v.Int64())
	}
	return spec.UintOf(v.Uint64())
}

// float reads a float of the text format. Go's ParseFloat reads all of them but NaNs, hexadecimal ones once they have an exponent.
func (r constantReader) float(n *node, bits int) spec.Value {
	text := strings.ReplaceAll(r.one(n, isWord), "_", "")
	unsigned := strings.TrimLeft(text, "+-")
	if strings.HasPrefix(unsigned, "nan") {
		return spec.FloatOf(math.NaN())
	}
	if strings.HasPrefix(unsigned, "0x") && !strings.ContainsAny(unsigned, "pP") {
		text += "p0"
	}
	f, err := strconv.ParseFloat(text, bits)
	if err != nil {
		r.fail(n, "%s is no f%d", n.list[1].text, bits)
	}
	return spec.FloatOf(f)
}

func (r constantReader) listOf(t *spec.ListType, n *node) spec.Value {
	l := spec.List{}
	for _, part := range n.list[1:] {
		l = append(l, r.value(t.T, part))
	}
	if t.L != nil && uint64(len(l)) != *t.L {
		r.fail(n, "want %d elements of %s, got %d", *t.L, spec.TypeName(t), len(l))
	}
	return l
}

func (r constantReader) mapOf(t *spec.MapType, n *node) spec.Value {
	l, entry := spec.List{}, &spec.TupleType{Ts: []spec.ValType{t.K, t.V}}
	for _, part := range n.list[1:] {
		l = append(l, r.value(entry, part))
	}
	return l
}

// record reads fields, each (field "label" (constant)) or (field "label" constant).
func (r constantReader) record(t *spec.RecordType, n *node) spec.Value {
	given := map[string]*node{}
	var labels []string
	for _, f := range t.Fields {
		labels = append(labels, f.Label)
	}
	for _, part := range n.list[1:] {
		if part.head() != "field" || len(part.list) < 3 || part.list[1].kind != isString {
			r.fail(part, "want (field \"label\" constant)")
		}
		constant := part.list[2]
		if constant.kind != isList {
			constant = &node{list: part.list[2:], line: part.line}
		}
		given[r.label(part, part.list[1].text, labels)] = constant
	}
	d := spec.Dict{}
	for _, f := range t.Fields {
		if given[f.Label] == nil {
			r.fail(n, "the field %q is missing", f.Label)
		}
		d = append(d, spec.Entry{Label: f.Label, Value: r.value(f.T, given[f.Label])})
	}
	return d
}

func (r constantReader) flags(t *spec.FlagsType, n *node) spec.Value {
	on := map[string]bool{}
	for _, part := range n.list[1:] {
		on[r.label(part, part.text, t.Labels)] = true
	}
	d := spec.Dict{}
	for _, l := range t.Labels {
		d = append(d, spec.Entry{Label: l, Value: on[l]})
	}
	return d
}

// variant reads (variant.const "case" constant?).
func (r constantReader) variant(t *spec.VariantType, n *node) spec.Value {
	if len(n.list) < 2 || n.list[1].kind != isString {
		r.fail(n, "want (variant.const \"case\" constant?)")
	}
	var labels []string
	for _, c := range t.Cases {
		labels = append(labels, c.Label)
	}
	label := r.label(n, n.list[1].text, labels)
	for _, c := range t.Cases {
		if c.Label == label {
			return spec.Dict{{Label: label, Value: r.payload(c.T, n, 2)}}
		}
	}
	return nil
}

func (r constantReader) option(t *spec.OptionType, n *node) spec.Value {
	switch n.head() {
	case "option.none":
		return spec.Dict{{Label: "none", Value: r.payload(nil, n, 1)}}
	case "option.some":
		return spec.Dict{{Label: "some", Value: r.payload(t.T, n, 1)}}
	}
	r.fail(n, "want (option.none) or (option.some …), got (%s …)", n.head())
	return nil
}

func (r constantReader) result(t *spec.ResultType, n *node) spec.Value {
	switch n.head() {
	case "result.ok":
		return spec.Dict{{Label: "ok", Value: r.payload(t.Ok, n, 1)}}
	case "result.err":
		return spec.Dict{{Label: "error", Value: r.payload(t.Error, n, 1)}}
	}
	r.fail(n, "want (result.ok …) or (result.err …), got (%s …)", n.head())
	return nil
}

// payload is the constant that the parts of n from the given one on are, which is missing if and only if t is nil.
func (r constantReader) payload(t spec.ValType, n *node, from int) spec.Value {
	switch parts := n.list[from:]; {
	case t == nil && len(parts) == 0:
		return nil
	case t == nil:
		r.fail(n, "want no value in (%s …)", n.head())
	case len(parts) != 1:
		r.fail(n, "want a value of type %s in (%s …)", spec.TypeName(t), n.head())
	default:
		return r.value(t, parts[0])
	}
	return nil
}

// Constant is a value as scripts write it. Two values of a type are the same to an assertion if they are written the same: all NaNs
// are one.
func Constant(t spec.ValType, v spec.Value) string {
	list := func(name string, parts ...string) string {
		return "(" + strings.Join(append([]string{name}, parts...), " ") + ")"
	}
	payload := func(t spec.ValType, v spec.Value) []string {
		if t == nil {
			return nil
		}
		return []string{Constant(t, v)}
	}
	name := constantName(t)
	var parts []string
	switch t := t.(type) {
	case spec.F32Type, spec.F64Type:
		return list(name, floatText(v.(spec.Float)))
	case spec.CharType:
		return list(name, strconv.Quote(string(rune(v.(spec.Char)))))
	case spec.StringType:
		return list(name, strconv.Quote(v.(spec.String).S))
	case *spec.ListType:
		for _, x := range v.(spec.List) {
			parts = append(parts, Constant(t.T, x))
		}
	case *spec.MapType:
		for _, x := range v.(spec.List) {
			parts = append(parts, Constant(&spec.TupleType{Ts: []spec.ValType{t.K, t.V}}, x))
		}
	case *spec.RecordType:
		for _, f := range t.Fields {
			x, _ := v.(spec.Dict).Get(f.Label)
			parts = append(parts, list("field", strconv.Quote(f.Label), Constant(f.T, x)))
		}
	case *spec.TupleType:
		for i, part := range t.Ts {
			x, _ := v.(spec.Dict).Get(strconv.Itoa(i))
			parts = append(parts, Constant(part, x))
		}
	case *spec.FlagsType:
		for _, l := range t.Labels {
			if x, _ := v.(spec.Dict).Get(l); x == true {
				parts = append(parts, strconv.Quote(l))
			}
		}
	case *spec.EnumType:
		return list(name, strconv.Quote(v.(spec.Dict)[0].Label))
	case *spec.VariantType:
		entry := v.(spec.Dict)[0]
		parts = append(parts, strconv.Quote(entry.Label))
		for _, c := range t.Cases {
			if c.Label == entry.Label {
				parts = append(parts, payload(c.T, entry.Value)...)
			}
		}
	case *spec.OptionType:
		entry := v.(spec.Dict)[0]
		if entry.Label == "some" {
			return list("option.some", Constant(t.T, entry.Value))
		}
		return list("option.none")
	case *spec.ResultType:
		entry := v.(spec.Dict)[0]
		if entry.Label == "ok" {
			return list("result.ok", payload(t.Ok, entry.Value)...)
		}
		return list("result.err", payload(t.Error, entry.Value)...)
	default:
		return list(name, fmt.Sprint(v))
	}
	return list(name, parts...)
}

func floatText(f spec.Float) string {
	v := f.Float64()
	switch {
	case v != v:
		return "nan"
	case math.IsInf(v, 0):
		return strings.ToLower(strings.TrimPrefix(fmt.Sprint(v), "+"))
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
