package properties

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"cabi/spec"
)

// Values that cross a boundary: the host calls a function whose core code returns its arguments, in every encoding, with
// addresses of both widths. The value must come back unchanged (round-trip). Everything that is stored must be in the blocks
// of realloc (in-bounds), and aligned. Core code must be passed numbers of the types that the value flattens to (flat-types).
// Handles, ends and error contexts are left out, which the worlds pass on, and so is a case without payload beside one with a
// float, which cannot be passed to core code (docs/findings.md).

// A roundTrip is one call of the function.
type roundTrip struct {
	t        spec.ValType
	memory   *spec.MemInst
	blocks   []block // the blocks that realloc returned
	next     uint64
	problems []string // what was wrong with the call
	args     int      // how many numbers core code was passed
}

// A block is a part of memory that realloc returned.
type block struct{ ptr, size uint64 }

const guard = 0xA5

func TestValuesCross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		typ := valTypes(3, true).Draw(t, "type").t
		v := valueOf(t, typ)
		c := newRoundTrip(typ, rapid.SampledFrom([]spec.CoreType{spec.I32, spec.I64}).Draw(t, "addresses"))
		encoding := rapid.SampledFrom([]spec.StringEncoding{spec.UTF8, spec.UTF16, spec.Latin1UTF16}).Draw(t, "encoding")
		got, err := c.call(v, encoding)
		if err != nil {
			t.Fatalf("%s of type %s: %v", fmt.Sprint(v), spec.TypeName(typ), err)
		}
		if !reflect.DeepEqual(plain(got), plain(v)) {
			t.Fatalf("round-trip: %v of type %s came back as %v", v, spec.TypeName(typ), got)
		}
		c.check(t)
	})
}

func newRoundTrip(t spec.ValType, addresses spec.CoreType) *roundTrip {
	c := &roundTrip{t: t, memory: spec.NewMemInst(1 << 16), next: 64}
	c.memory.AddrType = addresses
	for i := range c.memory.Bytes.B {
		c.memory.Bytes.B[i] = guard
	}
	return c
}

// call passes v to the function and returns what it returns.
func (c *roundTrip) call(v spec.Value, encoding spec.StringEncoding) (result spec.Value, err error) {
	s := spec.NewStore(spec.Options{})
	defer s.Close()
	inst := spec.NewComponentInstance(s, nil)
	opts := &spec.CanonicalOptions{Async: true}
	opts.Memory, opts.Realloc, opts.StringEncoding = c.memory, c.realloc, encoding
	ft := &spec.FuncType{Params: []spec.ValType{c.t}, Result: []spec.ValType{c.t}, Async: true}
	echo := func(args []spec.CoreValue) []spec.CoreValue {
		c.args = len(args)
		spec.CanonTaskReturn(s, ft.Result, &opts.LiftOptions, args)
		return nil
	}
	_, err = s.Invoke(s.Lift(echo, ft, opts, inst),
		spec.HostOnStart(func() []spec.Value { return []spec.Value{v} }),
		spec.HostOnResolve(func(vs []spec.Value) { result = vs[0] }))
	return result, err
}

// realloc leaves room between any two blocks, and copies the contents of the old one.
func (c *roundTrip) realloc(args []spec.CoreValue) []spec.CoreValue {
	old, oldSize, alignment, size := args[0].Uint64(), args[1].Uint64(), args[2].Uint64(), args[3].Uint64()
	ptr := (c.next+alignment-1)/alignment*alignment + alignment // aligned to no more than was asked for
	c.next = ptr + size + 13
	if alignment == 0 || alignment&(alignment-1) != 0 || alignment > 8 {
		c.problems = append(c.problems, fmt.Sprintf("aligned: realloc is asked for an alignment of %d", alignment))
	}
	copy(c.memory.Bytes.B[ptr:ptr+size], c.memory.Bytes.B[old:old+min(oldSize, size)])
	c.blocks = append(c.blocks, block{ptr, size})
	return []spec.CoreValue{spec.CoreInt(ptr)}
}

// check checks that nothing was stored outside of the blocks, and how many numbers were passed.
func (c *roundTrip) check(t *rapid.T) {
	for i, b := range c.memory.Bytes.B {
		if b != guard && !c.inBlock(uint64(i)) {
			t.Fatalf("in-bounds: %s: the byte at %d was stored, which is in no block of %v", spec.TypeName(c.t), i, c.blocks)
		}
	}
	if want := flatCount(c.t); c.args != min(want, 16) && !(want > 16 && c.args == 1) {
		t.Fatalf("flat-types: %s is passed as %d numbers, flattens to %d", spec.TypeName(c.t), c.args, want)
	}
	for _, what := range c.problems {
		t.Fatal(what)
	}
}

func (c *roundTrip) inBlock(i uint64) bool {
	for _, b := range c.blocks {
		if b.ptr <= i && i < b.ptr+b.size {
			return true
		}
	}
	return false
}

// flatCount is how many core values a value of type t is: one for a number, two for a string or list, those of the parts for a type
// that has parts, and for a type with cases one more than the case with the most.
func flatCount(t spec.ValType) int {
	switch t := t.(type) {
	case nil:
		return 0
	case spec.StringType:
		return 2
	case *spec.ListType:
		if t.L != nil {
			return int(*t.L) * flatCount(t.T)
		}
		return 2
	case *spec.RecordType:
		n := 0
		for _, f := range t.Fields {
			n += flatCount(f.T)
		}
		return n
	case *spec.TupleType:
		n := 0
		for _, e := range t.Ts {
			n += flatCount(e)
		}
		return n
	case *spec.VariantType:
		n := 0
		for _, c := range t.Cases {
			n = max(n, flatCount(c.T))
		}
		return 1 + n
	case *spec.OptionType:
		return 1 + flatCount(t.T)
	case *spec.ResultType:
		return 1 + max(flatCount(t.Ok), flatCount(t.Error))
	default:
		return 1
	}
}

// typed wraps a type, because rapid's generators are of comparable values or pointers.
type typed struct{ t spec.ValType }

// valTypes generates types of a depth; floats says whether they may be floats.
func valTypes(depth int, floats bool) *rapid.Generator[typed] {
	return rapid.Custom(func(t *rapid.T) typed {
		if depth == 0 || rapid.IntRange(0, 2).Draw(t, "leaf") == 0 {
			return typed{primitive(t, floats)}
		}
		part := func(label string, floats bool) spec.ValType { return valTypes(depth-1, floats).Draw(t, label).t }
		switch rapid.IntRange(0, 8).Draw(t, "kind") {
		case 0:
			return typed{&spec.ListType{T: part("element", floats)}}
		case 1:
			n := rapid.Uint64Range(1, 3).Draw(t, "length")
			return typed{&spec.ListType{T: part("element", floats), L: &n}}
		case 2:
			r := &spec.RecordType{}
			for i := range rapid.IntRange(1, 4).Draw(t, "fields") {
				r.Fields = append(r.Fields, spec.FieldType{Label: "f" + strconv.Itoa(i), T: part("field", floats)})
			}
			return typed{r}
		case 3:
			tuple := &spec.TupleType{}
			for range rapid.IntRange(1, 4).Draw(t, "fields") {
				tuple.Ts = append(tuple.Ts, part("field", floats))
			}
			return typed{tuple}
		case 4:
			v := &spec.VariantType{}
			for i := range rapid.IntRange(1, 4).Draw(t, "cases") {
				c := spec.CaseType{Label: "c" + strconv.Itoa(i)}
				if rapid.Bool().Draw(t, "payload") {
					c.T = part("case", false)
				}
				v.Cases = append(v.Cases, c)
			}
			return typed{v}
		case 5:
			return typed{&spec.OptionType{T: part("some", false)}}
		case 6:
			return typed{&spec.ResultType{Ok: part("ok", false), Error: part("error", false)}}
		case 7:
			return typed{&spec.EnumType{Labels: labels(t, 300)}}
		default:
			return typed{&spec.FlagsType{Labels: labels(t, 32)}}
		}
	})
}

func labels(t *rapid.T, most int) []string {
	var all []string
	for i := range rapid.IntRange(1, most).Draw(t, "labels") {
		all = append(all, "l"+strconv.Itoa(i))
	}
	return all
}

func primitive(t *rapid.T, floats bool) spec.ValType {
	all := []spec.ValType{spec.BoolType{}, spec.U8Type{}, spec.U16Type{}, spec.U32Type{}, spec.U64Type{}, spec.S8Type{}, spec.S16Type{},
		spec.S32Type{}, spec.S64Type{}, spec.CharType{}, spec.StringType{}, spec.F32Type{}, spec.F64Type{}}
	n := len(all)
	if !floats {
		n -= 2
	}
	return all[rapid.IntRange(0, n-1).Draw(t, "primitive")]
}

// valueOf generates a value of a type.
func valueOf(t *rapid.T, typ spec.ValType) spec.Value {
	switch typ := typ.(type) {
	case spec.BoolType:
		return rapid.Bool().Draw(t, "bool")
	case spec.F32Type:
		return floatOf(t, float64(rapid.Float32().Draw(t, "f32")))
	case spec.F64Type:
		return floatOf(t, rapid.Float64().Draw(t, "f64"))
	case spec.CharType:
		return spec.Char(rapid.Rune().Draw(t, "char"))
	case spec.StringType:
		return spec.UTF8String(rapid.StringN(0, 12, -1).Draw(t, "string"))
	case *spec.ListType:
		n := rapid.IntRange(0, 3).Draw(t, "length")
		if typ.L != nil {
			n = int(*typ.L)
		}
		list := make(spec.List, n)
		for i := range list {
			list[i] = valueOf(t, typ.T)
		}
		return list
	case *spec.RecordType:
		var d spec.Dict
		for _, f := range typ.Fields {
			d = append(d, spec.Entry{Label: f.Label, Value: valueOf(t, f.T)})
		}
		return d
	case *spec.TupleType:
		var d spec.Dict
		for i, e := range typ.Ts {
			d = append(d, spec.Entry{Label: strconv.Itoa(i), Value: valueOf(t, e)})
		}
		return d
	case *spec.FlagsType:
		var d spec.Dict
		for _, l := range typ.Labels {
			d = append(d, spec.Entry{Label: l, Value: rapid.Bool().Draw(t, "flag")})
		}
		return d
	}
	if bits := bitsOf[typ]; bits > 0 {
		return spec.UintOf(rapid.Uint64Range(0, 1<<(bits-1)<<1-1).Draw(t, "uint"))
	} else if bits < 0 {
		return spec.IntOf(rapid.Int64Range(-1<<(-bits-1), 1<<(-bits-1)-1).Draw(t, "int"))
	}
	return alternative(t, typ)
}

// floatOf is f, or now and then the canonical NaN. Other NaNs may change on the way.
func floatOf(t *rapid.T, f float64) spec.Value {
	if rapid.IntRange(0, 7).Draw(t, "NaN") == 7 {
		f = math.NaN()
	}
	return canonical(f)
}

// alternative generates a value of a type that has cases.
func alternative(t *rapid.T, typ spec.ValType) spec.Value {
	cases := casesOf(typ)
	c := cases[rapid.IntRange(0, len(cases)-1).Draw(t, "case")]
	if c.T == nil {
		return spec.Dict{{Label: c.Label}}
	}
	return spec.Dict{{Label: c.Label, Value: valueOf(t, c.T)}}
}

// plain is a value without the encodings that its strings came from, which may change on the way.
func plain(v spec.Value) any {
	switch v := v.(type) {
	case spec.String:
		return v.S
	case spec.List:
		list := []any{}
		for _, e := range v {
			list = append(list, plain(e))
		}
		return list
	case spec.Dict:
		entries := []any{}
		for _, e := range v {
			entries = append(entries, e.Label, plain(e.Value))
		}
		return entries
	}
	return v
}
