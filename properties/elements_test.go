package properties

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cabi/spec"
)

// Elements of streams and values of futures, of any type whose values the second codec knows: how they arrive, and what traps.

// holdsFlags reports whether a type has flags in it: definitions.py fails on streams of those (docs/findings.md).
func holdsFlags(t spec.ValType) bool {
	if _, ok := t.(*spec.FlagsType); ok {
		return true
	}
	if list, ok := t.(*spec.ListType); ok && holdsFlags(list.T) {
		return true
	}
	_, ts, _ := parts(t)
	for _, c := range casesOf(t) {
		ts = append(ts, c.T)
	}
	for _, t := range ts {
		if t != nil && holdsFlags(t) {
			return true
		}
	}
	return false
}

// TestElementsCross has one guest write to a stream and another one read from it, in parts. Some bytes of what is written are changed
// before. What is read must be what the second codec reads of it; and a read must trap exactly if one of the elements that it takes is no
// value of the type, such as a char that is a surrogate, and not for those that it leaves.
func TestElementsCross(t *testing.T) {
	t.Parallel()
	checkOften(t, func(t *rapid.T) {
		typ := passedTypes.Filter(func(typ typed) bool { return !holdsFlags(typ.t) }).Draw(t, "elements").t
		s := spec.NewStore(spec.Options{})
		defer s.Close()
		a, b := newGuestInstance(t, s, "A"), newGuestInstance(t, s, "B")
		if a.encoding == spec.Latin1UTF16 || b.encoding == spec.Latin1UTF16 {
			b.mem.AddrType = a.mem.AddrType // docs/findings.md says what happens otherwise
		}
		size, align := a.shape(typ)
		n := rapid.Uint64Range(0, 4).Draw(t, "written")
		ptr := a.alloc(n*size, align)
		for i := range n {
			a.put(ptr+i*size, typ, valueOf(t, typ))
		}
		a.corrupt(t, []spec.CoreValue{spec.CoreInt(0)}, []spec.CoreType{spec.I32}, 1)
		wants, bad := make([]spec.Value, n), make([]error, n)
		for i := range n {
			wants[i], bad[i] = a.get(ptr+i*size, typ)
		}
		lengths := rapid.SliceOfN(rapid.Uint64Range(0, 3), 1, 4).Draw(t, "read")

		stream := &spec.StreamType{T: typ}
		ft := &spec.FuncType{Params: []spec.ValType{stream}}
		var problem, wrong error
		take := s.Lift(func(args []spec.CoreValue) []spec.CoreValue {
			done := uint64(0)
			for _, length := range lengths {
				if done == n {
					break // the next read would wait
				}
				take := min(length, n-done)
				for _, err := range bad[done : done+take] {
					if wrong == nil {
						wrong = err
					}
				}
				size, align := b.shape(typ)
				to := b.alloc(length*size, align)
				opts := b.opts
				opts.Async = true
				got := spec.CanonStreamRead(s, stream, &opts, args[0].Uint64(), to, length)[0].Uint64()
				if problem == nil && got != take<<4 {
					problem = fmt.Errorf("a read of %d returns %#x, there are %d", length, got, n-done)
				}
				for i := range take {
					v, err := b.get(to+i*size, typ)
					if problem == nil && (err != nil || !reflect.DeepEqual(plain(v), plain(wants[done+i]))) {
						problem = fmt.Errorf("%v of type %s is read as %v: %v", wants[done+i], spec.TypeName(typ), v, err)
					}
				}
				done += take
			}
			return nil
		}, ft, &b.opts, b.inst)
		lowered := s.Lower(take, ft, &a.opts, a.inst)
		run := s.Lift(func([]spec.CoreValue) []spec.CoreValue {
			ends := spec.CanonStreamNew(s, stream)[0].Uint64()
			opts := a.opts
			opts.Async = true
			spec.CanonStreamWrite(s, stream, &opts, ends>>32, ptr, n)
			return lowered([]spec.CoreValue{spec.CoreInt(ends & (1<<32 - 1))})
		}, &spec.FuncType{}, &spec.CanonicalOptions{}, a.inst)
		_, err := s.Invoke(run, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
		mustTrapIf(t, wrong, err)
		if err == nil && problem != nil {
			t.Fatal(problem)
		}
		if err == nil {
			b.mustStayInBounds(t)
		}
	})
}

// TestSelfCopies checks of each type whether an instance may copy its values from itself to itself, through a stream or a future, whoever
// comes first: CanonicalABI.md allows it for no payload and for numbers, which bools and chars are not.
func TestSelfCopies(t *testing.T) {
	two := uint64(2)
	types := map[spec.ValType]bool{nil: true, spec.U8Type{}: true, spec.S8Type{}: true, spec.U16Type{}: true, spec.S16Type{}: true, spec.U32Type{}: true,
		spec.S32Type{}: true, spec.U64Type{}: true, spec.S64Type{}: true, spec.F32Type{}: true, spec.F64Type{}: true,
		spec.BoolType{}: false, spec.CharType{}: false, spec.StringType{}: false, &spec.ListType{T: spec.U8Type{}}: false,
		&spec.ListType{T: spec.U8Type{}, L: &two}: false, &spec.TupleType{Ts: []spec.ValType{spec.U8Type{}}}: false,
		&spec.RecordType{Fields: []spec.FieldType{{Label: "a", T: spec.U8Type{}}}}: false, &spec.EnumType{Labels: []string{"a"}}: false,
		&spec.OptionType{T: spec.U8Type{}}: false, &spec.StreamType{T: spec.U8Type{}}: false, &spec.FutureType{T: spec.U8Type{}}: false}
	for typ, may := range types {
		for _, kind := range []string{"stream", "future"} {
			for _, writesFirst := range []bool{false, true} {
				var wrong error
				if !may {
					wrong = fmt.Errorf("a component copies %s from itself to itself", spec.TypeName(typ))
				}
				t.Run(fmt.Sprint(kind, " of ", spec.TypeName(typ), ", writes first: ", writesFirst), func(t *testing.T) {
					mustTrapIf(t, wrong, selfCopy(typ, kind, writesFirst))
				})
			}
		}
	}
}

// selfCopy copies one zero value of a type from an instance to itself.
func selfCopy(typ spec.ValType, kind string, writesFirst bool) error {
	s := spec.NewStore(spec.Options{})
	defer s.Close()
	inst := spec.NewComponentInstance(s, nil)
	opts := &spec.CanonicalOptions{Async: true}
	opts.Memory = spec.NewMemInst(64)
	opts.Realloc = func([]spec.CoreValue) []spec.CoreValue { return []spec.CoreValue{spec.CoreInt(48)} }
	run := func([]spec.CoreValue) []spec.CoreValue {
		copies := func(end uint64, writes bool) {
			switch st, ft := (&spec.StreamType{T: typ}), (&spec.FutureType{T: typ}); {
			case kind == "stream" && writes:
				spec.CanonStreamWrite(s, st, opts, end, 0, 1)
			case kind == "stream":
				spec.CanonStreamRead(s, st, opts, end, 32, 1)
			case writes:
				spec.CanonFutureWrite(s, ft, opts, end, 0)
			default:
				spec.CanonFutureRead(s, ft, opts, end, 32)
			}
		}
		var ends uint64
		if kind == "stream" {
			ends = spec.CanonStreamNew(s, &spec.StreamType{T: typ})[0].Uint64()
		} else {
			ends = spec.CanonFutureNew(s, &spec.FutureType{T: typ})[0].Uint64()
		}
		index := map[bool]uint64{false: ends & (1<<32 - 1), true: ends >> 32}
		copies(index[writesFirst], writesFirst)
		copies(index[!writesFirst], !writesFirst)
		return nil
	}
	_, err := s.Invoke(s.Lift(run, &spec.FuncType{}, &spec.CanonicalOptions{}, inst), spec.HostOnStart(func() []spec.Value { return nil }),
		spec.HostOnResolve(func([]spec.Value) {}))
	return err
}

// TestAlikeTypesAreOne checks of each type that two that are written alike are one: what is lifted as a result of the one is a result of the
// other. Resource types are told apart, and in definitions.py error contexts are (docs/findings.md).
func TestAlikeTypesAreOne(t *testing.T) {
	two, s := uint64(2), spec.NewStore(spec.Options{})
	defer s.Close()
	inst := spec.NewComponentInstance(s, nil)
	resource := spec.NewResourceType("R", inst, nil)
	u8 := spec.ValType(spec.U8Type{})
	for name, make := range map[string]func() spec.ValType{
		"string":     func() spec.ValType { return spec.StringType{} },
		"list":       func() spec.ValType { return &spec.ListType{T: u8} },
		"fixed list": func() spec.ValType { n := two; return &spec.ListType{T: u8, L: &n} },
		"tuple":      func() spec.ValType { return &spec.TupleType{Ts: []spec.ValType{u8}} },
		"record":     func() spec.ValType { return &spec.RecordType{Fields: []spec.FieldType{{Label: "a", T: u8}}} },
		"variant": func() spec.ValType {
			return &spec.VariantType{Cases: []spec.CaseType{{Label: "a", T: u8}, {Label: "b"}}}
		},
		"enum":          func() spec.ValType { return &spec.EnumType{Labels: []string{"a"}} },
		"option":        func() spec.ValType { return &spec.OptionType{T: u8} },
		"result":        func() spec.ValType { return &spec.ResultType{Ok: u8} },
		"map":           func() spec.ValType { return &spec.MapType{K: u8, V: u8} },
		"flags":         func() spec.ValType { return &spec.FlagsType{Labels: []string{"a"}} },
		"own":           func() spec.ValType { return &spec.OwnType{Rt: resource} },
		"borrow":        func() spec.ValType { return &spec.BorrowType{Rt: resource} },
		"stream":        func() spec.ValType { return &spec.StreamType{T: u8} },
		"future":        func() spec.ValType { return &spec.FutureType{T: u8} },
		"error-context": func() spec.ValType { return &spec.ErrorContextType{} },
	} {
		one, other := make(), make()
		for _, in := range []func(spec.ValType) spec.ValType{
			func(t spec.ValType) spec.ValType { return t },
			func(t spec.ValType) spec.ValType { return &spec.ListType{T: t} },
			func(t spec.ValType) spec.ValType { return &spec.FutureType{T: t} },
			func(t spec.ValType) spec.ValType { return &spec.ResultType{Error: t} },
		} {
			if is := spec.SameType(in(one), in(other)); is != (name != "error-context") {
				t.Errorf("two types that are both written %s are one: %v", spec.TypeName(in(one)), is)
			}
		}
		if !spec.SameType(one, one) {
			t.Errorf("%s is not itself", spec.TypeName(one))
		}
	}
}

// TestErrorContextsKeepTheirMessage has the host pass an error context to a guest, which passes it to another one, itself and back. Whoever has
// it gets the same message, in whatever encoding and however often; each index that it was passed as is one of its own, and dropping one
// leaves the others.
func TestErrorContextsKeepTheirMessage(t *testing.T) {
	t.Parallel()
	checkOften(t, func(t *rapid.T) {
		s := spec.NewStore(spec.Options{})
		defer s.Close()
		a, b := newGuestInstance(t, s, "A"), newGuestInstance(t, s, "B")
		text, passes := rapid.StringN(0, 8, -1).Draw(t, "message"), rapid.IntRange(0, 3).Draw(t, "passed on")
		typ := &spec.ErrorContextType{}
		var problem error
		ask := func(p *guestInstance, index uint64) {
			ptr := p.alloc(2*p.word(), p.word())
			spec.CanonErrorContextDebugMessage(s, &p.opts.LiftLowerOptions, index, ptr)
			if got, err := p.get(ptr, spec.StringType{}); problem == nil && (err != nil || got.(spec.String).S != text) {
				problem = fmt.Errorf("the message %q is told as %v: %v", text, got, err)
			}
		}
		pass := s.Lift(func(args []spec.CoreValue) []spec.CoreValue {
			ask(b, args[0].Uint64())
			return args
		}, &spec.FuncType{Params: []spec.ValType{typ}, Result: []spec.ValType{typ}}, &b.opts, b.inst)
		lowered := s.Lower(pass, &spec.FuncType{Params: []spec.ValType{typ}, Result: []spec.ValType{typ}}, &a.opts, a.inst)
		run := s.Lift(func(args []spec.CoreValue) []spec.CoreValue {
			mine := []uint64{args[0].Uint64(), args[1].Uint64()}
			for range passes {
				mine = append(mine, lowered([]spec.CoreValue{spec.CoreInt(mine[0])})[0].Uint64())
			}
			for n, index := range mine {
				if slices.Contains(mine[:n], index) {
					problem = fmt.Errorf("the indices are %v", mine)
				}
			}
			for len(mine) > 0 && problem == nil {
				for _, index := range mine {
					ask(a, index)
				}
				spec.CanonErrorContextDrop(s, mine[0])
				mine = mine[1:]
			}
			return nil
		}, &spec.FuncType{Params: []spec.ValType{typ, typ}}, &a.opts, a.inst)
		context := &spec.ErrorContext{DebugMessage: spec.UTF8String(text)}
		_, err := s.Invoke(run, spec.HostOnStart(func() []spec.Value { return []spec.Value{context, context} }), spec.HostOnResolve(func([]spec.Value) {}))
		if err != nil {
			t.Fatal(err)
		}
		if problem != nil {
			t.Fatal(problem)
		}
	})
}
