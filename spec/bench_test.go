package spec

import "testing"

// The benchmarks that testdata/bench.py measures on definitions.py: `make bench` runs both.

func BenchmarkTableAddRemove(b *testing.B) {
	s := NewStore(Options{})
	defer s.Close()
	inst := NewComponentInstance(s, nil)
	rt := NewResourceType("R", inst, nil)
	want := wantResource(rt)
	for b.Loop() {
		i := inst.handles.add(newResourceHandle(rt, IntOf(42), true, nil))
		inst.handles.remove(i, want)
	}
}

// BenchmarkCall is a host call of a core function that calls another instance's: one lift, one lower, two threads.
func BenchmarkCall(b *testing.B) {
	s := NewStore(Options{})
	defer s.Close()
	caller, callee := NewComponentInstance(s, nil), NewComponentInstance(s, nil)
	ft := &FuncType{Params: []ValType{U32Type{}}, Result: []ValType{U32Type{}}}
	opts := &CanonicalOptions{}
	inner := s.Lift(func(args []CoreValue) []CoreValue { return args }, ft, opts, callee)
	lowered := s.Lower(inner, ft, opts, caller)
	outer := s.Lift(func(args []CoreValue) []CoreValue { return lowered(args) }, ft, opts, caller)
	onStart := HostOnStart(func() []Value { return []Value{IntOf(42)} })
	onResolve := HostOnResolve(func([]Value) {})
	for b.Loop() {
		if _, err := s.Invoke(outer, onStart, onResolve); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLowerRecords lowers a list of 10,000 records of a u32, a u8 and an f64.
func BenchmarkLowerRecords(b *testing.B) {
	h := newHeap(1 << 20)
	s := NewStore(Options{})
	defer s.Close()
	opts := mkOpts(optsWith{memory: h.mem(I32), realloc: h.realloc})
	cx := newLiftLowerContext(&opts.LiftLowerOptions, NewComponentInstance(s, nil), nil)
	t := &ListType{T: &RecordType{Fields: []FieldType{{"a", U32Type{}}, {"b", U8Type{}}, {"c", F64Type{}}}}}
	list := make(List, 10000)
	for i := range list {
		list[i] = Dict{{"a", IntOf(int64(i))}, {"b", IntOf(int64(i % 256))}, {"c", FloatOf(float64(i))}}
	}
	for b.Loop() {
		h.lastAlloc = 0
		lowerFlat(cx, list, t)
	}
}
