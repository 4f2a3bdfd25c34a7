package properties

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"cabi/spec"
)

// Values that guests pass each other and the host, in memory and in numbers, compared with the second codec (codec_test.go).
// Handles, ends and error contexts are left out: the worlds pass those on.

// A guestInstance is a component instance with a memory. Its realloc returns good blocks, unless placeBlock returns others.
type guestInstance struct {
	*codec
	inst       *spec.ComponentInstance
	opts       spec.CanonicalOptions
	blocks     []block                              // the blocks that realloc returned
	placeBlock func(ptr, align, size uint64) uint64 // returns the address that realloc returns instead of ptr; optional
	problems   []string                             // what was wrong with the arguments of realloc
}

var encodings = []spec.StringEncoding{spec.UTF8, spec.UTF16, spec.Latin1UTF16}

func newGuestInstance(t *rapid.T, s *spec.Store, name string) *guestInstance {
	memory := spec.NewMemInst(1 << 16)
	memory.AddrType = rapid.SampledFrom([]spec.CoreType{spec.I32, spec.I64}).Draw(t, name+"'s addresses")
	for i := range memory.Bytes.B {
		memory.Bytes.B[i] = guard
	}
	p := &guestInstance{codec: &codec{decoder: decoder{mem: memory}, next: 64}, inst: spec.NewComponentInstance(s, nil)}
	p.encoding = rapid.SampledFrom(encodings).Draw(t, name+"'s encoding")
	p.nan = rapid.Uint64().Draw(t, name+"'s NaN bits")
	p.opts = spec.CanonicalOptions{}
	p.opts.Memory, p.opts.Realloc, p.opts.StringEncoding = memory, p.reallocate, p.encoding
	return p
}

// reallocate leaves room between any two blocks, and aligns them to no more than it is asked to.
func (p *guestInstance) reallocate(args []spec.CoreValue) []spec.CoreValue {
	old, oldSize, align, size := args[0].Uint64(), args[1].Uint64(), args[2].Uint64(), args[3].Uint64()
	if align == 0 || align&(align-1) != 0 || align > 8 {
		p.problems = append(p.problems, fmt.Sprintf("realloc is asked for an alignment of %d", align))
	}
	if oldSize > 0 && !p.has(block{old, oldSize}) {
		p.problems = append(p.problems, fmt.Sprintf("realloc is given %d bytes at %d, which it never returned", oldSize, old))
	}
	ptr := roundUp(p.next, 2*align) + align
	p.next = ptr + size + 13
	copy(p.mem.Bytes.B[ptr:ptr+size], p.mem.Bytes.B[old:old+min(oldSize, size)])
	if p.placeBlock != nil {
		ptr = p.placeBlock(ptr, align, size)
	}
	p.blocks = append(p.blocks, block{ptr, size})
	return []spec.CoreValue{spec.CoreInt(ptr)}
}

func (p *guestInstance) has(b block) bool {
	for _, c := range p.blocks {
		if b == c {
			return true
		}
	}
	return false
}

// mustStayInBounds checks that the specification stored nothing outside of the blocks of realloc and those of the guest itself.
func (p *guestInstance) mustStayInBounds(t *rapid.T) {
	mine := append(append([]block{}, p.blocks...), p.touched...)
	for i, b := range p.mem.Bytes.B {
		if b != guard && !insideBlock(mine, uint64(i)) {
			t.Fatalf("in-bounds: the byte at %d was stored, which is in none of %v", i, mine)
		}
	}
	for _, what := range p.problems {
		t.Fatal(what)
	}
}

func insideBlock(blocks []block, i uint64) bool {
	for _, b := range blocks {
		if b.ptr <= i && i < b.ptr+b.size {
			return true
		}
	}
	return false
}

// pass makes the numbers that values are passed as. If there are more than most, it stores the values, and passes their address.
func (p *guestInstance) pass(ts []spec.ValType, vs []spec.Value, most int) []spec.CoreValue {
	tuple := &spec.TupleType{Ts: ts}
	types := p.coreTypes(tuple)
	if len(types) > most {
		size, align := p.shape(tuple)
		ptr := p.alloc(size, align)
		p.put(ptr, tuple, tupleOf(vs))
		return []spec.CoreValue{spec.CoreInt(ptr)}
	}
	core := []spec.CoreValue{}
	for i, b := range p.lower(nil, tuple, tupleOf(vs)) {
		core = append(core, coreOfBits(b, types[i]))
	}
	return core
}

func tupleOf(vs []spec.Value) spec.Dict {
	var d spec.Dict
	for i, v := range vs {
		d = append(d, spec.Entry{Label: fmt.Sprint(i), Value: v})
	}
	return d
}

// A passedCall is a call that the host makes of a function with random parameters and a random result, which a guest may pass on to
// another guest.
type passedCall struct {
	t        *rapid.T
	store    *spec.Store
	ts       []spec.ValType
	vs       []spec.Value
	result   spec.ValType
	value    spec.Value
	problems []string
	mustTrap error        // the misplaced block for which the call must trap; nil: there is none
	results  []spec.Value // those that the host receives
}

func newPassedCall(t *rapid.T, most int) *passedCall {
	s := &passedCall{t: t, store: spec.NewStore(spec.Options{})}
	for range rapid.IntRange(0, most).Draw(t, "parameters") {
		s.ts = append(s.ts, passedTypes.Draw(t, "parameter").t)
		s.vs = append(s.vs, valueOf(t, s.ts[len(s.ts)-1]))
	}
	s.result = passedTypes.Draw(t, "result").t
	s.value = valueOf(t, s.result)
	return s
}

// passedTypes are random types: some in a list, so that their values are in memory, some as the cases of a variant.
var passedTypes = rapid.Custom(func(t *rapid.T) typed {
	inner := valTypes(2, true).Draw(t, "type").t
	switch rapid.IntRange(0, 5).Draw(t, "where") {
	case 0:
		return typed{&spec.ListType{T: inner}}
	case 1:
		v := &spec.VariantType{} // cases of one number each: they share it
		for i := range rapid.IntRange(1, 4).Draw(t, "cases") {
			v.Cases = append(v.Cases, spec.CaseType{Label: fmt.Sprint("c", i), T: scalarTypes[rapid.IntRange(0, len(scalarTypes)-1).Draw(t, "case")]})
		}
		return typed{v}
	case 2:
		return typed{scalarTypes[rapid.IntRange(0, len(scalarTypes)-1).Draw(t, "scalar")]}
	}
	return typed{inner}
})

var scalarTypes = []spec.ValType{spec.F32Type{}, spec.F64Type{}, spec.U8Type{}, spec.S32Type{}, spec.U64Type{}, spec.CharType{}, spec.CharType{}}

func (s *passedCall) addProblem(format string, args ...any) {
	s.problems = append(s.problems, fmt.Sprintf(format, args...))
}

// checkReceived checks that a guest is passed the values.
func (s *passedCall) checkReceived(p *guestInstance, core []spec.CoreValue, ts []spec.ValType, vs []spec.Value, most int) {
	got, err := p.receive(ts, core, most)
	if err != nil {
		s.addProblem("%v is passed as %v: %v", vs, core, err)
	} else if want := tupleOf(vs); !reflect.DeepEqual(plain(got), plain(want)) {
		s.addProblem("%v is passed as %v, which is %v", vs, core, got)
	}
}

// echo is a function of p that is passed the parameters and returns the result.
func (s *passedCall) echo(p *guestInstance, async bool) (spec.FuncInst, *spec.FuncType) {
	ft := &spec.FuncType{Params: s.ts, Result: []spec.ValType{s.result}, Async: async}
	opts := p.opts
	opts.Async = async
	return s.store.Lift(func(args []spec.CoreValue) []spec.CoreValue {
		s.checkReceived(p, args, s.ts, s.vs, 16)
		if !async {
			return p.pass(ft.Result, []spec.Value{s.value}, 1)
		}
		spec.CanonTaskReturn(s.store, ft.Result, &opts.LiftOptions, p.pass(ft.Result, []spec.Value{s.value}, 16))
		return nil
	}, ft, &opts, p.inst), ft
}

// invoke has the host call a function.
func (s *passedCall) invoke(f spec.FuncInst, args []spec.Value) error {
	_, err := s.store.Invoke(f, spec.HostOnStart(func() []spec.Value { return args }),
		spec.HostOnResolve(func(vs []spec.Value) { s.results = vs }))
	return err
}

func (s *passedCall) mustSucceed(err error) {
	if err != nil {
		s.t.Fatal(err)
	}
	for _, fault := range s.problems {
		s.t.Fatal(fault)
	}
}

// checkOften is rapid.Check with thirty cases at a time, for tests that take microseconds.
func checkOften(t rapid.TB, prop func(*rapid.T)) {
	rapid.Check(t, func(t *rapid.T) {
		for range 30 {
			prop(t)
		}
	})
}

// TestLayout checks that the parameters that the host passes to a guest, and the result that the guest returns, are laid out in
// memory and in numbers as the prose says.
func TestLayout(t *testing.T) {
	t.Parallel()
	checkOften(t, func(t *rapid.T) {
		s := newPassedCall(t, 5)
		defer s.store.Close()
		p := newGuestInstance(t, s.store, "A")
		f, _ := s.echo(p, rapid.Bool().Draw(t, "async"))
		s.mustSucceed(s.invoke(f, s.vs))
		if !reflect.DeepEqual(plain(s.results[0]), plain(s.value)) {
			t.Fatalf("%v of type %s came to the host as %v", s.value, spec.TypeName(s.result), s.results[0])
		}
		p.mustStayInBounds(t)
	})
}

// TestGuestsPass checks that values arrive unchanged that one guest passes to another, and that this returns, whatever the memories
// and encodings of the two, and however the call is lowered and lifted.
func TestGuestsPass(t *testing.T) {
	t.Parallel()
	checkOften(t, func(t *rapid.T) {
		s := newPassedCall(t, 5)
		defer s.store.Close()
		a, b := newGuestInstance(t, s.store, "A"), newGuestInstance(t, s.store, "B")
		if a.encoding == spec.Latin1UTF16 || b.encoding == spec.Latin1UTF16 {
			b.mem.AddrType = a.mem.AddrType // docs/findings.md says what happens otherwise
		}
		s.mustSucceed(s.run(a, b))
		a.mustStayInBounds(t)
		b.mustStayInBounds(t)
	})
}

// run has the host call a, which calls b.
func (s *passedCall) run(a, b *guestInstance) error {
	async := rapid.Bool().Draw(s.t, "async")
	f, ft := s.echo(b, async && rapid.Bool().Draw(s.t, "lifted async"))
	ft.Async = async
	opts := a.opts
	opts.Async = async && rapid.Bool().Draw(s.t, "lowered async")
	callee := s.store.Lower(f, ft, &opts, a.inst)
	run := s.store.Lift(func([]spec.CoreValue) []spec.CoreValue {
		s.call(a, callee, opts.Async)
		return nil
	}, &spec.FuncType{}, &spec.CanonicalOptions{}, a.inst)
	return s.invoke(run, nil)
}

// call has a call a function of another guest and check the result.
func (s *passedCall) call(a *guestInstance, callee func([]spec.CoreValue) []spec.CoreValue, async bool) {
	mostParams, mostResults := 16, 1
	if async {
		mostParams, mostResults = 4, 0
	}
	result := []spec.ValType{s.result}
	tuple := &spec.TupleType{Ts: result}
	args, out := a.pass(s.ts, s.vs, mostParams), uint64(0)
	if len(a.coreTypes(tuple)) > mostResults {
		size, align := a.shape(tuple)
		if out = a.alloc(size, align); a.placeBlock != nil {
			out = a.placeBlock(out, align, size)
		}
		args = append(args, spec.CoreInt(out))
	}
	got := callee(args)
	if s.mustTrap != nil {
		return // the call should have trapped: invoke returns no error, which mustTrapIf reports
	}
	if out == 0 {
		s.checkReceived(a, got, result, []spec.Value{s.value}, mostResults)
		return
	}
	if async && (len(got) != 1 || got[0].Uint64() != uint64(spec.SubtaskReturned)) {
		s.addProblem("a call that has returned says %v", got)
	}
	s.checkReceived(a, []spec.CoreValue{spec.CoreInt(out)}, result, []spec.Value{s.value}, 0)
}

// TestBadValuesTrap changes some bits of a value that a guest returns. If the second codec cannot read a value of the type any more,
// the specification must trap, and otherwise it must read the same value.
func TestBadValuesTrap(t *testing.T) {
	t.Parallel()
	checkOften(t, func(t *rapid.T) {
		s := newPassedCall(t, 0)
		defer s.store.Close()
		p := newGuestInstance(t, s.store, "A")
		async, ft := rapid.Bool().Draw(t, "async"), &spec.FuncType{Result: []spec.ValType{s.result}}
		ft.Async = async
		opts := p.opts
		opts.Async = async
		most := map[bool]int{false: 1, true: 16}[async]
		core := p.pass(ft.Result, []spec.Value{s.value}, most)
		p.corrupt(t, core, p.coreTypes(&spec.TupleType{Ts: ft.Result}), most)
		want, bad := p.receive(ft.Result, core, most)
		f := s.store.Lift(func([]spec.CoreValue) []spec.CoreValue {
			if !async {
				return core
			}
			spec.CanonTaskReturn(s.store, ft.Result, &opts.LiftOptions, core)
			return nil
		}, ft, &opts, p.inst)
		err := s.invoke(f, nil)
		mustTrapIf(t, bad, err)
		if err == nil && !reflect.DeepEqual(plain(spec.Value(tupleOf(s.results))), plain(want)) {
			t.Fatalf("%v of type %s is taken for %v, is %v", core, spec.TypeName(s.result), s.results, want)
		}
	})
}

// TestDiscriminants checks the size of a discriminant where the number of cases makes it grow: a list of pairs of the last case
// and a byte, in memory.
func TestDiscriminants(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 255, 256, 257, 1<<16 - 1, 1 << 16, 1<<16 + 1} {
		cases, names := make([]spec.CaseType, n), make([]string, n)
		for i := range n {
			names[i] = fmt.Sprint("c", i)
			cases[i].Label = names[i]
		}
		last := spec.Dict{{Label: names[n-1]}}
		for _, typ := range []spec.ValType{&spec.VariantType{Cases: cases}, &spec.EnumType{Labels: names}} {
			pair := tupleOf([]spec.Value{last, spec.IntOf(7)})
			list, v := &spec.ListType{T: &spec.TupleType{Ts: []spec.ValType{typ, spec.U8Type{}}}}, spec.List{pair, pair}
			if got := echoOnce(t, list, v); !reflect.DeepEqual(plain(got), plain(v)) {
				t.Errorf("%T of %d cases: the host is given another value back", typ, n)
			}
		}
	}
}

// TestVariantsPadded checks the size of a variant whose longest case is not the one that is aligned most: a list of two, in memory.
func TestVariantsPadded(t *testing.T) {
	var six []spec.ValType
	var sixValues []spec.Value
	for i := range 6 {
		six, sixValues = append(six, spec.U8Type{}), append(sixValues, spec.IntOf(int64(i)))
	}
	typ := &spec.VariantType{Cases: []spec.CaseType{{Label: "aligned", T: spec.U32Type{}}, {Label: "long", T: &spec.TupleType{Ts: six}}}}
	v := spec.List{spec.Dict{{Label: "long", Value: tupleOf(sixValues)}}, spec.Dict{{Label: "long", Value: tupleOf(sixValues)}}}
	if got := echoOnce(t, &spec.ListType{T: typ}, v); !reflect.DeepEqual(plain(got), plain(v)) {
		t.Errorf("the host is given %v back for %v", plain(got), plain(v))
	}
}

// TestFloats checks that floats at the ends of their ranges, and infinities, stay what they are in memory.
func TestFloats(t *testing.T) {
	inf := math.Inf(1)
	for typ, numbers := range map[spec.ValType][]float64{
		spec.F32Type{}: {0, math.Copysign(0, -1), 1, inf, -inf, math.MaxFloat32, -math.MaxFloat32, math.SmallestNonzeroFloat32},
		spec.F64Type{}: {0, math.Copysign(0, -1), 1, inf, -inf, math.MaxFloat64, -math.MaxFloat64, math.SmallestNonzeroFloat64},
	} {
		var v spec.List
		for _, n := range numbers {
			v = append(v, spec.FloatOf(n))
		}
		if got := echoOnce(t, &spec.ListType{T: typ}, v); !reflect.DeepEqual(plain(got), plain(v)) {
			t.Errorf("%s: the host is given %v back for %v", spec.TypeName(typ), plain(got), plain(v))
		}
	}
}

// TestFlattens checks which core types a variant of two cases is passed as, flat. CanonicalABI.md, flatten_variant: "i32" where both are of 32 bits,
// and "i64" where they differ otherwise.
func TestFlattens(t *testing.T) {
	cores := map[spec.ValType]spec.CoreType{spec.U32Type{}: spec.I32, spec.U64Type{}: spec.I64, spec.F32Type{}: spec.F32, spec.F64Type{}: spec.F64}
	for a, coreA := range cores {
		for b, coreB := range cores {
			want := spec.I64
			switch {
			case coreA == coreB:
				want = coreA
			case coreA != spec.I64 && coreA != spec.F64 && coreB != spec.I64 && coreB != spec.F64:
				want = spec.I32
			}
			got := spec.FlatTypes([]spec.ValType{&spec.VariantType{Cases: []spec.CaseType{{Label: "a", T: a}, {Label: "b", T: b}}}})
			if !slices.Equal(got, []spec.CoreType{spec.I32, want}) {
				t.Errorf("a variant of %s and %s is passed as %v, want i32 and %s", spec.TypeName(a), spec.TypeName(b), got, want)
			}
		}
	}
}

// TestAsyncFlatResults checks what async functions return to core code: a callback's code, or the state of a subtask.
func TestAsyncFlatResults(t *testing.T) {
	ft := &spec.FuncType{Result: []spec.ValType{spec.F64Type{}}, Async: true}
	opts := &spec.CanonicalOptions{Async: true, Callback: func([]spec.CoreValue) []spec.CoreValue { return nil }}
	opts.Memory = spec.NewMemInst(8)
	for what, got := range map[string]*spec.CoreFuncType{
		"lifted with a callback": spec.LiftedType(opts, ft, spec.Limits{}), "lowered async": spec.LoweredType(opts, ft, spec.Limits{}),
	} {
		if !slices.Equal(got.Results, []spec.CoreType{spec.I32}) {
			t.Errorf("a function that is %s returns %v, want an i32", what, got.Results)
		}
	}
}

// TestResultsFit checks that results in memory are taken from where the memory ends, and not from beyond.
func TestResultsFit(t *testing.T) {
	for _, ret := range []uint64{112, 120, 124, 128} {
		var wrong error
		if ret+8 > 128 {
			wrong = fmt.Errorf("eight bytes at %d of 128", ret)
		}
		s := spec.NewStore(spec.Options{})
		opts := &spec.CanonicalOptions{}
		opts.Memory = spec.NewMemInst(128)
		ft := &spec.FuncType{Result: []spec.ValType{&spec.TupleType{Ts: []spec.ValType{spec.U32Type{}, spec.U32Type{}}}}}
		f := s.Lift(func([]spec.CoreValue) []spec.CoreValue { return []spec.CoreValue{spec.CoreInt(ret)} }, ft, opts, spec.NewComponentInstance(s, nil))
		_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
		mustTrapIf(t, wrong, err)
		s.Close()
	}
}

// echoOnce passes a value from the host to a guest, checks that the second codec reads it there, and returns what the host is
// given for what the second codec stores.
func echoOnce(t *testing.T, typ spec.ValType, v spec.Value) spec.Value {
	t.Helper()
	s := spec.NewStore(spec.Options{})
	defer s.Close()
	p := &guestInstance{codec: &codec{decoder: decoder{mem: spec.NewMemInst(1 << 16)}, next: 64}, inst: spec.NewComponentInstance(s, nil)}
	p.opts.Memory, p.opts.Realloc = p.mem, p.reallocate
	call := &passedCall{store: s, ts: []spec.ValType{typ}, vs: []spec.Value{v}, result: typ, value: v}
	f, _ := call.echo(p, false)
	if err := call.invoke(f, call.vs); err != nil || len(call.problems) > 0 {
		t.Fatalf("%v %.1000v", err, call.problems)
	}
	return call.results[0]
}

// TestStringsAligned checks that a string traps exactly if it is taken from where its code units are not aligned, empty or not.
func TestStringsAligned(t *testing.T) {
	for _, encoding := range encodings {
		for ptr := uint64(64); ptr < 68; ptr++ {
			for units := range uint64(2) {
				var wrong error
				if encoding != spec.UTF8 && ptr%2 != 0 {
					wrong = fmt.Errorf("%s at %d", encoding, ptr)
				}
				s := spec.NewStore(spec.Options{})
				inst := spec.NewComponentInstance(s, nil)
				opts := &spec.CanonicalOptions{}
				opts.Memory, opts.StringEncoding = spec.NewMemInst(128), encoding
				ft := &spec.FuncType{Result: []spec.ValType{spec.StringType{}}}
				ret := uint64(8)
				opts.Memory.Bytes.B[ret], opts.Memory.Bytes.B[ret+4] = byte(ptr), byte(units)
				f := s.Lift(func([]spec.CoreValue) []spec.CoreValue { return []spec.CoreValue{spec.CoreInt(ret)} }, ft, opts, inst)
				_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
				mustTrapIf(t, wrong, err)
				s.Close()
			}
		}
	}
}

// corrupt changes some bits of a value that is passed, in memory or in the numbers.
func (p *guestInstance) corrupt(t *rapid.T, core []spec.CoreValue, types []spec.CoreType, most int) {
	for range rapid.IntRange(0, 2).Draw(t, "spoilt") {
		if len(p.touched) > 0 && rapid.Bool().Draw(t, "in memory") {
			b := p.touched[rapid.IntRange(0, len(p.touched)-1).Draw(t, "block")]
			if b.size > 0 {
				p.mem.Bytes.B[b.ptr+rapid.Uint64Range(0, b.size-1).Draw(t, "byte")] = rapid.Byte().Draw(t, "value")
			}
			continue
		}
		i := rapid.IntRange(0, len(core)-1).Draw(t, "number")
		at := p.mem.AddrType
		if len(types) <= most {
			at = types[i]
		}
		if !core[i].IsFloat() {
			spoilt := core[i].Uint64() ^ 1<<rapid.IntRange(0, 63).Draw(t, "bit")
			if rapid.Bool().Draw(t, "at an edge") {
				spoilt = rapid.SampledFrom(edges).Draw(t, "edge")
			}
			core[i] = spec.CoreInt(spoilt & mask(at))
		}
	}
}

// edges are the numbers at which the ranges of valid values begin or end.
var edges = []uint64{0x80, 0x100, 0xd7ff, 0xd800, 0xdfff, 0xe000, 0x10ffff, 0x110000, 1 << 31}

// mustTrapIf checks that a call trapped exactly if something was wrong with it.
func mustTrapIf(t rapid.TB, wrong, err error) {
	t.Helper()
	var trap *spec.Trap
	switch {
	case err != nil && !errors.As(err, &trap):
		t.Fatal(err)
	case wrong == nil && err != nil:
		t.Fatalf("nothing is wrong, and yet: %v", err)
	case wrong != nil && err == nil:
		t.Fatalf("must trap: %v", wrong)
	}
}

// TestPlacesObeyed checks that a call traps exactly if an address at which a guest has values stored, by its realloc or as the
// address for a result, is not aligned or not in its memory.
func TestPlacesObeyed(t *testing.T) {
	t.Parallel()
	checkOften(t, func(t *rapid.T) {
		s := newPassedCall(t, 3)
		defer s.store.Close()
		a, b := newGuestInstance(t, s.store, "A"), newGuestInstance(t, s.store, "B")
		b.mem.AddrType = a.mem.AddrType
		a.placeBlock, b.placeBlock = s.misplaceBlocks(a), s.misplaceBlocks(b)
		mustTrapIf(t, s.mustTrap, s.run(a, b))
		if len(a.mem.Bytes.B) != 1<<16 || len(b.mem.Bytes.B) != 1<<16 {
			t.Fatalf("the memories have %d and %d bytes now", len(a.mem.Bytes.B), len(b.mem.Bytes.B))
		}
	})
}

// TestStringsPlaced passes each kind of string to a guest of each encoding, whose realloc misplaces one of the blocks that it is asked
// for: the call traps exactly if that block is not aligned or not in memory.
func TestStringsPlaced(t *testing.T) {
	for _, text := range []string{"aaaa", "aé", "éé", "aéπ", "ππ", "a😀"} {
		for _, v := range stringsOf(text) {
			for _, to := range encodings {
				for nth := range 3 {
					for _, place := range []func(ptr, size uint64) uint64{
						func(ptr, _ uint64) uint64 { return ptr + 1 },
						func(_, size uint64) uint64 { return 1<<16 - size },
						func(_, size uint64) uint64 { return 1<<16 - size + 1 },
						func(_, size uint64) uint64 { return 1<<16 - size + 2 },
					} {
						misplaceOnce(t, v, to, nth, place)
					}
				}
			}
		}
	}
}

// stringsOf is a text in each encoding of the component that it comes from.
func stringsOf(text string) []spec.String {
	units := uint64(len(utf16.Encode([]rune(text))))
	inUTF16 := units | 1<<31 // the tag of latin1+utf16
	if isLatin1(text) {
		return []spec.String{spec.UTF8String(text), {S: text, Encoding: spec.UTF16, TaggedCodeUnits: units},
			{S: text, Encoding: spec.Latin1UTF16, TaggedCodeUnits: units}, {S: text, Encoding: spec.Latin1UTF16, TaggedCodeUnits: inUTF16}}
	}
	return []spec.String{spec.UTF8String(text), {S: text, Encoding: spec.UTF16, TaggedCodeUnits: units}, {S: text, Encoding: spec.Latin1UTF16, TaggedCodeUnits: inUTF16}}
}

// misplaceOnce passes a string to a guest whose realloc puts the nth block elsewhere.
func misplaceOnce(t *testing.T, v spec.String, to spec.StringEncoding, nth int, place func(ptr, size uint64) uint64) {
	t.Helper()
	s := spec.NewStore(spec.Options{})
	defer s.Close()
	p := &guestInstance{codec: &codec{decoder: decoder{mem: spec.NewMemInst(1 << 16), encoding: to}, next: 64}, inst: spec.NewComponentInstance(s, nil)}
	p.opts.Memory, p.opts.Realloc, p.opts.StringEncoding = p.mem, p.reallocate, to
	var wrong error
	asked := 0
	p.placeBlock = func(ptr, align, size uint64) uint64 {
		if asked == nth {
			ptr = place(ptr, size)
			if ptr%align != 0 || ptr+size > 1<<16 {
				wrong = fmt.Errorf("%d bytes aligned to %d are put at %d", size, align, ptr)
			}
		}
		asked++
		return ptr
	}
	ft := &spec.FuncType{Params: []spec.ValType{spec.StringType{}}}
	f := s.Lift(func([]spec.CoreValue) []spec.CoreValue { return nil }, ft, &p.opts, p.inst)
	_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return []spec.Value{v} }), spec.HostOnResolve(func([]spec.Value) {}))
	if (wrong == nil) != (err == nil) {
		t.Fatalf("%+v to %s, block %d: %v, and the call: %v", v, to, nth, wrong, err)
	}
	mustTrapIf(t, wrong, err)
}

// misplaceBlocks returns a function that now and then moves a block to where it is not aligned or not in memory. Everything random is
// drawn here, before the call: rapid cannot shrink draws on another stack.
func (s *passedCall) misplaceBlocks(p *guestInstance) func(ptr, align, size uint64) uint64 {
	places := rapid.SliceOfN(rapid.Uint64Range(0, 40), 0, 12).Draw(s.t, "places")
	return func(ptr, align, size uint64) uint64 {
		length := uint64(len(p.mem.Bytes.B))
		if len(places) == 0 {
			return ptr
		}
		place := places[0]
		places = places[1:]
		switch {
		case place == 40:
			ptr++
		case place > 30:
			ptr = length - size + place - 31
		}
		if ptr%align != 0 || ptr+size > length {
			s.mustTrap = fmt.Errorf("%d bytes aligned to %d are put at %d", size, align, ptr)
		}
		return ptr
	}
}
