package model

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cabi/spec"
)

// badLiteral is the error for a literal that is no value of a type.
func badLiteral(text string, t spec.ValType, why string) error {
	return &badOperands{fmt.Errorf("%s is no %s: %s", shorten(text), typeText(t), why)}
}

// argument is the value of the ith number of an action of the host, or of the literal in its place.
func (r *Run) argument(t spec.ValType, a Action, i int) spec.Value {
	if word := a.literal(i); word != "" {
		return must(valueOfWord(t, word))
	}
	return r.hostValue(t, n(a, i))
}

// checkLiteral wants a literal of a type in the ith place of an action, if one stands there.
func (a Action) checkLiteral(i int, t spec.ValType) error {
	if a.literal(i) == "" {
		return nil
	}
	return a.checkWord(t, a.literal(i))
}

// checkHostInts wants ints that are of their types, where the host passes some. In traces any number makes a value, of an int its lowest
// bits; whoever writes a litmus file means the int itself.
func (a Action) checkHostInts(r *Run) error {
	var ts []spec.ValType
	from := 0
	switch a.Op {
	case opInvoke:
		ts = r.funcs[a.Imm[0]].ft.Params
	case "host.resolve":
		ts, from = r.hostCall(a).ft.Result, 1
	}
	for i, t := range ts {
		if a.literal(from+i) == "" && isInt(t) {
			if err := a.checkWord(t, FormatCore(a.Args[from+i])); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkWord wants a word that is a value of a type.
func (a Action) checkWord(t spec.ValType, word string) error {
	_, err := valueOfWord(t, word)
	if err != nil {
		return fmt.Errorf("%s: %w", a.Op, err)
	}
	return nil
}

// valueOfWord is the value of a type that a word says.
func valueOfWord(t spec.ValType, word string) (spec.Value, error) {
	l, err := parseLiteral(word)
	if err != nil {
		return nil, badLiteral(word, t, err.Error())
	}
	return valueOf(t, l)
}

// bad is the error for a literal that is no value of a type.
func (l literal) bad(t spec.ValType, format string, args ...any) error {
	return badLiteral(l.String(), t, fmt.Sprintf(format, args...))
}

// valueOf is the value of a type that a literal says.
func valueOf(t spec.ValType, l literal) (spec.Value, error) {
	switch t := t.(type) {
	case nil:
		if l.kind == litTuple && len(l.parts) == 0 {
			return spec.Unit{}, nil
		}
		return nil, l.bad(t, "an element without a type is ()")
	case spec.BoolType:
		if l.kind != litAtom || l.text != "true" && l.text != "false" {
			return nil, l.bad(t, "it is true or false")
		}
		return l.text == "true", nil
	case spec.CharType:
		if l.kind != litChar || utf8.RuneCountInString(l.text) != 1 {
			return nil, l.bad(t, "it is one character in quotes, such as 'c'")
		}
		c, _ := utf8.DecodeRuneInString(l.text)
		return spec.Char(c), nil
	case spec.StringType:
		if l.kind != litString {
			return nil, l.bad(t, `it is text in quotes, such as "text"`)
		}
		return spec.UTF8String(l.text), nil
	case spec.F32Type, spec.F64Type:
		return l.float(t)
	case spec.PrimValType, *spec.OwnType, *spec.BorrowType:
		return l.int(t)
	case *spec.StreamType, *spec.FutureType, *spec.ErrorContextType:
		return nil, l.bad(t, "a number says which of the host's it is")
	}
	return compoundOf(t, l)
}

// float is the value of a literal as a float.
func (l literal) float(t spec.ValType) (spec.Value, error) {
	f, err := strconv.ParseFloat(l.text, 64)
	if l.kind != litAtom || err != nil {
		return nil, l.bad(t, "it is a number such as 1.5, nan, inf or -inf")
	}
	if math.IsNaN(f) {
		return spec.Float(0x7ff8000000000000), nil // Python's
	}
	if _, narrow := t.(spec.F32Type); narrow {
		f = float64(float32(f))
	}
	return spec.FloatOf(f), nil
}

// intRange is the least and the greatest value of each type of ints.
func intRange(t spec.ValType) (least int64, most uint64) {
	switch t.(type) {
	case spec.U8Type:
		return 0, math.MaxUint8
	case spec.U16Type:
		return 0, math.MaxUint16
	case spec.U64Type:
		return 0, math.MaxUint64
	case spec.S8Type:
		return math.MinInt8, math.MaxInt8
	case spec.S16Type:
		return math.MinInt16, math.MaxInt16
	case spec.S32Type:
		return math.MinInt32, math.MaxInt32
	case spec.S64Type:
		return math.MinInt64, math.MaxInt64
	default: // representations are i32 too
		return 0, math.MaxUint32
	}
}

// isInt reports whether a type is one of ints.
func isInt(t spec.ValType) bool {
	switch t.(type) {
	case spec.U8Type, spec.U16Type, spec.U32Type, spec.U64Type, spec.S8Type, spec.S16Type, spec.S32Type, spec.S64Type:
		return true
	}
	return false
}

// int is the value of a literal as an int.
func (l literal) int(t spec.ValType) (spec.Value, error) {
	least, most := intRange(t)
	if n, err := strconv.ParseUint(l.text, 0, 64); l.kind == litAtom && err == nil && n <= most {
		return spec.UintOf(n), nil
	}
	if n, err := strconv.ParseInt(l.text, 0, 64); l.kind == litAtom && err == nil && n < 0 && n >= least {
		return spec.IntOf(n), nil
	}
	return nil, l.bad(t, "it is a number from %d to %d", least, most)
}

// compoundOf is the value of a type that has parts.
func compoundOf(t spec.ValType, l literal) (spec.Value, error) {
	switch t := t.(type) {
	case *spec.ListType:
		if l.kind != litList || t.L != nil && uint64(len(l.parts)) != *t.L {
			return nil, l.bad(t, "it is a list in brackets, such as [1, 2], of the type's length")
		}
		list := make(spec.List, len(l.parts))
		for i, part := range l.parts {
			v, err := valueOf(t.T, part)
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case *spec.MapType:
		return valueOf(&spec.ListType{T: &spec.TupleType{Ts: []spec.ValType{t.K, t.V}}}, l)
	case *spec.TupleType:
		if l.kind != litTuple || len(l.parts) != len(t.Ts) {
			return nil, l.bad(t, "it is %d values in parentheses", len(t.Ts))
		}
		d := spec.Dict{}
		for i, part := range l.parts {
			v, err := valueOf(t.Ts[i], part)
			if err != nil {
				return nil, err
			}
			d = append(d, spec.Entry{Label: strconv.Itoa(i), Value: v})
		}
		return d, nil
	case *spec.RecordType:
		return l.record(t)
	case *spec.FlagsType:
		return l.flags(t)
	}
	return l.ofCase(t)
}

// record is the value of a literal as a record.
func (l literal) record(t *spec.RecordType) (spec.Value, error) {
	if l.kind != litBraces || len(l.parts) != len(t.Fields) || len(l.labels) != len(t.Fields) {
		return nil, l.bad(t, "each field stands in braces, such as {%s: …}", t.Fields[0].Label)
	}
	d := spec.Dict{}
	for _, f := range t.Fields {
		at := slices.Index(l.labels, f.Label)
		if at < 0 {
			return nil, l.bad(t, "the field %s is missing", f.Label)
		}
		v, err := valueOf(f.T, l.parts[at])
		if err != nil {
			return nil, err
		}
		d = append(d, spec.Entry{Label: f.Label, Value: v})
	}
	return d, nil
}

// flags is the value of a literal as flags.
func (l literal) flags(t *spec.FlagsType) (spec.Value, error) {
	if l.kind != litBraces || len(l.parts) > 0 {
		return nil, l.bad(t, "the flags that are set stand in braces, such as {%s}", t.Labels[0])
	}
	for _, label := range l.labels {
		if !slices.Contains(t.Labels, label) {
			return nil, l.bad(t, "there is no flag %s", label)
		}
	}
	d := spec.Dict{}
	for _, label := range t.Labels {
		d = append(d, spec.Entry{Label: label, Value: slices.Contains(l.labels, label)})
	}
	return d, nil
}

// caseLabel is the label of a case in a literal: the error of a result is err, as in WAVE.
func caseLabel(t spec.ValType, label string) string {
	if _, is := t.(*spec.ResultType); is && label == "error" {
		return "err"
	}
	return label
}

// ofCase is the value of a literal as a variant, enum, option or result.
func (l literal) ofCase(t spec.ValType) (spec.Value, error) {
	var known []string
	for _, c := range casesOf(t) {
		known = append(known, caseLabel(t, c.Label))
		if (l.kind != litAtom && l.kind != litCase) || caseLabel(t, c.Label) != l.text {
			continue
		}
		switch {
		case c.T == nil && l.kind == litAtom:
			return spec.Dict{{Label: c.Label}}, nil
		case c.T == nil:
			return nil, l.bad(t, "%s has no value in parentheses", l.text)
		case l.kind == litAtom:
			return nil, l.bad(t, "%s has a value in parentheses, of type %s", l.text, typeText(c.T))
		}
		v, err := valueOf(c.T, l.parts[0])
		return spec.Dict{{Label: c.Label, Value: v}}, err
	}
	return nil, l.bad(t, "its cases are %v", known)
}

// literalOf is a value of a type as a literal.
func (r *Run) literalOf(t spec.ValType, v spec.Value) literal {
	switch v := v.(type) {
	case bool:
		return literal{text: strconv.FormatBool(v)}
	case spec.Float:
		return literal{text: floatText(t, v.Float64())}
	case spec.Char:
		return literal{kind: litChar, text: string(rune(v))}
	case spec.String:
		return literal{kind: litString, text: v.S}
	case spec.Unit:
		return literal{kind: litTuple}
	case *spec.ErrorContext:
		return literal{text: "error-context"}
	case spec.SharedBase:
		if _, is := t.(*spec.FutureType); is {
			return literal{text: fmt.Sprintf("future-%d", r.sharedIndex(v))}
		}
		return literal{text: fmt.Sprintf("stream-%d", r.sharedIndex(v))}
	case spec.List:
		return r.literalOfList(t, v)
	case spec.Dict:
		return r.literalOfDict(t, v)
	}
	return literal{text: string(r.appendValue(nil, v))}
}

func (r *Run) literalOfList(t spec.ValType, v spec.List) literal {
	l := literal{kind: litList}
	var of spec.ValType
	switch t := t.(type) {
	case *spec.ListType:
		of = t.T
	case *spec.MapType:
		of = &spec.TupleType{Ts: []spec.ValType{t.K, t.V}}
	}
	for _, e := range v {
		l.parts = append(l.parts, r.literalOf(of, e))
	}
	return l
}

func (r *Run) literalOfDict(t spec.ValType, v spec.Dict) literal {
	switch t := t.(type) {
	case *spec.TupleType:
		l := literal{kind: litTuple}
		for i, e := range v {
			l.parts = append(l.parts, r.literalOf(t.Ts[i], e.Value))
		}
		return l
	case *spec.RecordType:
		l := literal{kind: litBraces}
		for i, e := range v {
			l.labels, l.parts = append(l.labels, e.Label), append(l.parts, r.literalOf(t.Fields[i].T, e.Value))
		}
		return l
	case *spec.FlagsType:
		l := literal{kind: litBraces}
		for _, e := range v {
			if e.Value == true {
				l.labels = append(l.labels, e.Label)
			}
		}
		return l
	}
	for _, c := range casesOf(t) {
		if c.Label == v[0].Label && c.T != nil {
			return literal{kind: litCase, text: caseLabel(t, c.Label), parts: []literal{r.literalOf(c.T, v[0].Value)}}
		}
	}
	return literal{text: caseLabel(t, v[0].Label)}
}

// floatText is a float in the fewest digits that say it.
func floatText(t spec.ValType, f float64) string {
	bits := 64
	if _, narrow := t.(spec.F32Type); narrow {
		bits = 32
	}
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return map[bool]string{true: "inf", false: "-inf"}[f > 0]
	}
	return strconv.FormatFloat(f, 'g', -1, bits)
}

// typeText is a type as WIT writes it.
func typeText(t spec.ValType) string {
	switch t := t.(type) {
	case nil:
		return "_"
	case *spec.OwnType:
		return "own<" + t.Rt.Name + ">"
	case *spec.BorrowType:
		return "borrow<" + t.Rt.Name + ">"
	case *spec.ErrorContextType:
		return "error-context"
	case *spec.StreamType:
		return "stream<" + typeText(t.T) + ">"
	case *spec.FutureType:
		return "future<" + typeText(t.T) + ">"
	case *spec.ListType:
		if t.L != nil {
			return fmt.Sprintf("list<%s,%d>", typeText(t.T), *t.L)
		}
		return "list<" + typeText(t.T) + ">"
	case *spec.MapType:
		return "map<" + typeText(t.K) + "," + typeText(t.V) + ">"
	case *spec.TupleType:
		return "tuple<" + typesText(t.Ts) + ">"
	case *spec.OptionType:
		return "option<" + typeText(t.T) + ">"
	case *spec.ResultType:
		return "result<" + typesText([]spec.ValType{t.Ok, t.Error}) + ">"
	case *spec.RecordType:
		return "record{" + joined(t.Fields, func(f spec.FieldType) string { return f.Label + ":" + typeText(f.T) }) + "}"
	case *spec.FlagsType:
		return "flags{" + strings.Join(t.Labels, ",") + "}"
	case *spec.EnumType:
		return "enum{" + strings.Join(t.Labels, ",") + "}"
	case *spec.VariantType:
		return "variant{" + joined(t.Cases, func(c spec.CaseType) string {
			if c.T == nil {
				return c.Label
			}
			return c.Label + "(" + typeText(c.T) + ")"
		}) + "}"
	}
	for _, name := range sortedKeys(primTypes) {
		if primTypes[name] == t {
			return name
		}
	}
	return fmt.Sprintf("%T", t)
}

func typesText(ts []spec.ValType) string { return joined(ts, typeText) }

// joined are the texts of things, with commas between them.
func joined[T any](things []T, text func(T) string) string {
	texts := make([]string, len(things))
	for i, t := range things {
		texts[i] = text(t)
	}
	return strings.Join(texts, ",")
}
