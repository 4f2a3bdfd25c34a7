package model

import (
	"fmt"
	"strconv"
	"strings"

	"cabi/spec"
)

// resourceTypes are the resource types of a world by name.
type resourceTypes map[string]*spec.ResourceType

// parseType reads a type as WIT writes it: "list<own<R>>". The empty type, "_", is nil.
func parseType(text string, resources resourceTypes) (spec.ValType, error) {
	p := &typeParser{text: text, resources: resources}
	t, err := p.parse()
	if err == nil && p.rest() != "" {
		err = fmt.Errorf("unexpected %q", shorten(p.rest()))
	}
	if err != nil {
		return nil, fmt.Errorf("type %q: %w", shorten(text), err)
	}
	return t, nil
}

// parseTypes reads a list of types, "(t,u)" or "()", by a function that reads one.
func parseTypes(text string, parse func(string) (spec.ValType, error)) ([]spec.ValType, error) {
	inner, ok := strings.CutPrefix(text, "(")
	inner, ok2 := strings.CutSuffix(inner, ")")
	if !ok || !ok2 {
		return nil, fmt.Errorf("types %q: they stand in parentheses", shorten(text))
	}
	if inner == "" {
		return nil, nil
	}
	t, err := parse("tuple<" + inner + ">")
	if err != nil {
		return nil, err
	}
	return t.(*spec.TupleType).Ts, nil
}

// A typeParser reads a type.
type typeParser struct {
	text      string
	at        int // how many bytes are read
	wordAt    int // where the last word begins, which errors are about
	depth     int
	resources resourceTypes
}

func (p *typeParser) rest() string { return p.text[p.at:] }

// word reads up to the next delimiter.
func (p *typeParser) word() string {
	p.space()
	p.wordAt = p.at
	end := strings.IndexAny(p.rest(), "<>{}(),: ")
	if end < 0 {
		end = len(p.rest())
	}
	w := p.rest()[:end]
	p.at += end
	return w
}

// space skips spaces.
func (p *typeParser) space() {
	for strings.HasPrefix(p.rest(), " ") {
		p.at++
	}
}

// take reads s if it comes next.
func (p *typeParser) take(s string) bool {
	p.space()
	if !strings.HasPrefix(p.rest(), s) {
		return false
	}
	p.at += len(s)
	return true
}

// expect reads s, which must come next.
func (p *typeParser) expect(s string) error {
	if !p.take(s) {
		p.wordAt = p.at
		return fmt.Errorf("expected %q before %s", s, p.restOrEnd())
	}
	return nil
}

// restOrEnd says what comes next.
func (p *typeParser) restOrEnd() string {
	if p.rest() == "" {
		return "the end of the line"
	}
	return strconv.Quote(shorten(p.rest()))
}

// primTypes are the types that are one word.
var primTypes = map[string]spec.ValType{
	"bool": spec.BoolType{}, "s8": spec.S8Type{}, "u8": spec.U8Type{}, "s16": spec.S16Type{}, "u16": spec.U16Type{},
	"s32": spec.S32Type{}, "u32": spec.U32Type{}, "s64": spec.S64Type{}, "u64": spec.U64Type{}, "f32": spec.F32Type{},
	"f64": spec.F64Type{}, "char": spec.CharType{}, "string": spec.StringType{},
}

// maxTypeDepth bounds how deep types nest, so that a hostile one cannot exhaust the stack.
const maxTypeDepth = 64

// parse reads the type that comes next.
func (p *typeParser) parse() (spec.ValType, error) {
	if p.depth++; p.depth > maxTypeDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxTypeDepth)
	}
	defer func() { p.depth-- }()
	word := p.word()
	if t, ok := primTypes[word]; ok {
		return t, nil
	}
	switch word {
	case "_":
		return nil, nil
	case "error-context":
		return errorContextType, nil
	case "own", "borrow":
		return p.handle(word)
	case "record", "variant", "enum", "flags":
		return p.braced(word)
	case "list":
		return p.list()
	case "tuple", "option", "result", "map", "stream", "future":
		ts, err := p.arguments()
		if err != nil {
			return nil, err
		}
		return generic(word, ts)
	}
	if word == "" {
		return nil, fmt.Errorf("a type is missing before %s", p.restOrEnd())
	}
	return nil, unknownName("type", word, typeWords())
}

// typeWords are the words that a type begins with.
func typeWords() []string { return append(append(sortedKeys(primTypes), "_"), constructors...) }

// constructors are the types that are made of others, and those with labels.
var constructors = []string{"error-context", "list", "tuple", "option", "result", "map", "stream", "future", "own", "borrow", "record", "variant", "enum", "flags"}

// errorContextType is the one error context type of all worlds: it is equal only to itself.
var errorContextType = &spec.ErrorContextType{}

// handle reads "<resource>".
func (p *typeParser) handle(kind string) (spec.ValType, error) {
	if err := p.expect("<"); err != nil {
		return nil, err
	}
	name := p.word()
	rt, ok := p.resources[name]
	if !ok {
		return nil, unknownName("resource", name, sortedKeys(p.resources))
	}
	if err := p.expect(">"); err != nil {
		return nil, err
	}
	if kind == "own" {
		return &spec.OwnType{Rt: rt}, nil
	}
	return &spec.BorrowType{Rt: rt}, nil
}

// list reads "<t>" or "<t, length>".
func (p *typeParser) list() (spec.ValType, error) {
	if err := p.expect("<"); err != nil {
		return nil, err
	}
	t, err := p.parse()
	if err != nil {
		return nil, err
	}
	list := &spec.ListType{T: t}
	if p.take(",") {
		n, err := strconv.ParseUint(p.word(), 10, 32)
		if err != nil {
			return nil, fmt.Errorf("a fixed length is a number from 1 to 4294967295")
		}
		list.L = &n
	}
	return list, p.expect(">")
}

// arguments reads "<t, …>", or nothing.
func (p *typeParser) arguments() ([]spec.ValType, error) {
	if !p.take("<") {
		return nil, nil
	}
	var ts []spec.ValType
	for {
		t, err := p.parse()
		if err != nil {
			return nil, err
		}
		ts = append(ts, t)
		if !p.take(",") {
			return ts, p.expect(">")
		}
	}
}

// generic is a type that has types for arguments.
func generic(word string, ts []spec.ValType) (spec.ValType, error) {
	want := map[string][2]int{"tuple": {1, 1 << 16}, "option": {1, 1}, "result": {0, 2}, "map": {2, 2}, "stream": {0, 1}, "future": {0, 1}}[word]
	if len(ts) < want[0] || len(ts) > want[1] {
		return nil, fmt.Errorf("%s takes %d to %d types, got %d", word, want[0], want[1], len(ts))
	}
	at := func(i int) spec.ValType {
		if i < len(ts) {
			return ts[i]
		}
		return nil
	}
	switch word {
	case "tuple":
		return &spec.TupleType{Ts: ts}, nil
	case "option":
		return &spec.OptionType{T: at(0)}, nil
	case "result":
		return &spec.ResultType{Ok: at(0), Error: at(1)}, nil
	case "map":
		return &spec.MapType{K: at(0), V: at(1)}, nil
	case "stream":
		return &spec.StreamType{T: at(0)}, nil
	default:
		return &spec.FutureType{T: at(0)}, nil
	}
}

// braced reads "{label: t, …}", "{label(t), …}" or "{label, …}".
func (p *typeParser) braced(word string) (spec.ValType, error) {
	if err := p.expect("{"); err != nil {
		return nil, err
	}
	var labels []string
	var ts []spec.ValType
	for {
		label, t, err := p.member(word)
		if err != nil {
			return nil, err
		}
		labels, ts = append(labels, label), append(ts, t)
		if !p.take(",") {
			break
		}
	}
	return bracedType(word, labels, ts), p.expect("}")
}

// member reads a label, and the type that it may have.
func (p *typeParser) member(word string) (label string, t spec.ValType, err error) {
	if label = p.word(); label == "" {
		return "", nil, fmt.Errorf("a label is missing before %q", shorten(p.rest()))
	}
	switch {
	case word == "record":
		if err = p.expect(":"); err == nil {
			t, err = p.parse()
		}
	case word == "variant" && p.take("("):
		if t, err = p.parse(); err == nil {
			err = p.expect(")")
		}
	}
	return label, t, err
}

// bracedType is a type of labels, which may have types.
func bracedType(word string, labels []string, ts []spec.ValType) spec.ValType {
	switch word {
	case "record":
		t := &spec.RecordType{}
		for i, l := range labels {
			t.Fields = append(t.Fields, spec.FieldType{Label: l, T: ts[i]})
		}
		return t
	case "variant":
		t := &spec.VariantType{}
		for i, l := range labels {
			t.Cases = append(t.Cases, spec.CaseType{Label: l, T: ts[i]})
		}
		return t
	case "enum":
		return &spec.EnumType{Labels: labels}
	default:
		return &spec.FlagsType{Labels: labels}
	}
}
