package properties

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"cabi/spec"
)

// What built-ins return, at the edges of what they take.

// inGuest has the host call a function of a guest without parameters, and returns how the specification stopped it.
func inGuest(options spec.Options, body func(s *spec.Store, inst *spec.ComponentInstance)) error {
	s := spec.NewStore(options)
	defer s.Close()
	inst := spec.NewComponentInstance(s, nil)
	f := s.Lift(func([]spec.CoreValue) []spec.CoreValue { body(s, inst); return nil }, &spec.FuncType{}, &spec.CanonicalOptions{}, inst)
	_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
	return err
}

// TestStorageKept checks that a thread's storage keeps what is put into it: each of two slots, as an i32 and as an i64, up to the largest.
func TestStorageKept(t *testing.T) {
	for typ, largest := range map[spec.CoreType]uint64{spec.I32: math.MaxUint32, spec.I64: math.MaxUint64} {
		for _, v := range []uint64{0, 1, largest - 1, largest} {
			err := inGuest(spec.Options{}, func(s *spec.Store, _ *spec.ComponentInstance) {
				for i := range uint64(2) {
					spec.CanonContextSet(s, typ, i, v-min(i, v))
				}
				for i := range uint64(2) {
					if got := spec.CanonContextGet(s, typ, i)[0].Uint64(); got != v-min(i, v) {
						t.Errorf("slot %d, of %s: %d was put there, and it has %d", i, typ, v-min(i, v), got)
					}
				}
			})
			if err != nil {
				t.Errorf("%d of %s: %v", v, typ, err)
			}
		}
	}
}

// TestRepsKept checks that resource.rep returns what resource.new was given, of each of several resources and up to the largest rep.
func TestRepsKept(t *testing.T) {
	err := inGuest(spec.Options{}, func(s *spec.Store, inst *spec.ComponentInstance) {
		rt := spec.NewResourceType("R", inst, nil)
		reps := []uint64{0, 7, math.MaxUint32}
		var indices []uint64
		for _, rep := range reps {
			indices = append(indices, spec.CanonResourceNew(s, rt, rep)[0].Uint64())
		}
		for i, index := range indices {
			if got := spec.CanonResourceRep(s, rt, index)[0].Uint64(); got != reps[i] {
				t.Errorf("resource.rep returns %d of a resource that was made with %d", got, reps[i])
			}
		}
	})
	if err != nil {
		t.Error(err)
	}
}

// TestHandlesStored passes the host's handles, ends and error contexts to a guest, flat and in a list in its memory: what it is given as an index is one of
// what was passed, and of no other.
func TestHandlesStored(t *testing.T) {
	for name, of := range map[string]func(s *spec.Store, of *spec.ComponentInstance) (spec.ValType, []spec.Value, func(e spec.Element) spec.Value){
		"own": func(_ *spec.Store, of *spec.ComponentInstance) (spec.ValType, []spec.Value, func(spec.Element) spec.Value) {
			return &spec.OwnType{Rt: spec.NewResourceType("R", of, nil)}, []spec.Value{spec.IntOf(7), spec.IntOf(8)}, func(e spec.Element) spec.Value { return e.(*spec.ResourceHandle).Rep() }
		},
		"borrow": func(_ *spec.Store, of *spec.ComponentInstance) (spec.ValType, []spec.Value, func(spec.Element) spec.Value) {
			return &spec.BorrowType{Rt: spec.NewResourceType("R", of, nil)}, []spec.Value{spec.IntOf(7), spec.IntOf(8)}, func(e spec.Element) spec.Value { return e.(*spec.ResourceHandle).Rep() }
		},
		"stream": func(s *spec.Store, _ *spec.ComponentInstance) (spec.ValType, []spec.Value, func(spec.Element) spec.Value) {
			return &spec.StreamType{T: spec.U8Type{}}, []spec.Value{spec.NewSharedStreamImpl(s, spec.U8Type{}), spec.NewSharedStreamImpl(s, spec.U8Type{})}, func(e spec.Element) spec.Value { return spec.SharedOf(e) }
		},
		"future": func(s *spec.Store, _ *spec.ComponentInstance) (spec.ValType, []spec.Value, func(spec.Element) spec.Value) {
			return &spec.FutureType{T: spec.U8Type{}}, []spec.Value{spec.NewSharedFutureImpl(s, spec.U8Type{}), spec.NewSharedFutureImpl(s, spec.U8Type{})}, func(e spec.Element) spec.Value { return spec.SharedOf(e) }
		},
		"error context": func(*spec.Store, *spec.ComponentInstance) (spec.ValType, []spec.Value, func(spec.Element) spec.Value) {
			return &spec.ErrorContextType{}, []spec.Value{&spec.ErrorContext{}, &spec.ErrorContext{DebugMessage: spec.UTF8String("b")}}, func(e spec.Element) spec.Value { return e.(*spec.ErrorContext) }
		},
	} {
		for _, inMemory := range []bool{false, true} {
			s := spec.NewStore(spec.Options{})
			inst := spec.NewComponentInstance(s, nil)
			typ, values, was := of(s, spec.NewComponentInstance(s, nil))
			ft, args := &spec.FuncType{Params: []spec.ValType{typ, typ}}, values
			if inMemory {
				ft.Params, args = []spec.ValType{&spec.ListType{T: typ}}, []spec.Value{spec.List(values)}
			}
			opts := &spec.CanonicalOptions{}
			opts.Memory, opts.Realloc = spec.NewMemInst(64), func([]spec.CoreValue) []spec.CoreValue { return []spec.CoreValue{spec.CoreInt(16)} }
			seen := 0
			f := s.Lift(func(core []spec.CoreValue) []spec.CoreValue {
				for i, v := range values {
					index := core[i].Uint64()
					if inMemory {
						index = uint64(binary.LittleEndian.Uint32(opts.Memory.Bytes.B[16+4*i:]))
					}
					for slot := range inst.LiveHandles() {
						if slot.Index == index && was(slot.Element) == v {
							seen++
						}
					}
					if b, is := typ.(*spec.BorrowType); is {
						spec.CanonResourceDrop(s, b.Rt, index)
					}
				}
				return nil
			}, ft, opts, inst)
			_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return args }), spec.HostOnResolve(func([]spec.Value) {}))
			if s.Close(); err != nil || seen != len(values) {
				t.Errorf("%s, in memory: %v: %d of %d indices are of what was passed; %v", name, inMemory, seen, len(values), err)
			}
		}
	}
}

// TestSubtaskAtTheEnd checks that a subtask can have the last index that a table has.
func TestSubtaskAtTheEnd(t *testing.T) {
	for last, ok := range map[uint64]bool{1: false, 2: true} {
		s := spec.NewStore(spec.Options{Limits: spec.Limits{TableLength: last}})
		inst := spec.NewComponentInstance(s, nil)
		ft := &spec.FuncType{Async: true}
		callee := s.Lower(spec.HostFunc(func(spec.OnStart, spec.OnResolve, *spec.ComponentInstance) spec.OnCancel {
			return spec.HostOnCancel(func(*spec.ComponentInstance) {})
		}),
			ft, &spec.CanonicalOptions{Async: true}, inst)
		var got []spec.CoreValue
		f := s.Lift(func([]spec.CoreValue) []spec.CoreValue {
			spec.CanonWaitableSetNew(s)
			got = callee(nil)
			return nil
		}, &spec.FuncType{}, &spec.CanonicalOptions{}, inst)
		_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
		if s.Close(); ok != (err == nil) || ok && got[0].Uint64() != uint64(spec.SubtaskStarting)|2<<4 {
			t.Errorf("a table whose last index is %d: %v, %v", last, got, err)
		}
	}
}

// TestTickOfNone checks that a tick of the host's does nothing if no thread is ready.
func TestTickOfNone(t *testing.T) {
	s := spec.NewStore(spec.Options{})
	defer s.Close()
	if err := s.Tick(); err != nil {
		t.Error(err)
	}
}

// TestMessagesDiscarded checks that the deterministic profile discards the messages of error contexts and does not even look at them, and that otherwise
// one choice does and the other reads them: what is out of bounds traps.
func TestMessagesDiscarded(t *testing.T) {
	const beyond = 1 << 20
	discarded := func(o spec.Options, ptr uint64) (empty bool, err error) {
		err = inGuest(o, func(s *spec.Store, inst *spec.ComponentInstance) {
			opts := &spec.LiftLowerOptions{}
			opts.Memory, opts.Realloc = spec.NewMemInst(64), func([]spec.CoreValue) []spec.CoreValue { return []spec.CoreValue{spec.CoreInt(32)} }
			i := spec.CanonErrorContextNew(s, opts, ptr, 3)[0].Uint64()
			spec.CanonErrorContextDebugMessage(s, opts, i, 8)
			empty = binary.LittleEndian.Uint32(opts.Memory.Bytes.B[12:]) == 0
		})
		return empty, err
	}
	if empty, err := discarded(spec.Options{Deterministic: true}, beyond); err != nil || !empty {
		t.Errorf("under the deterministic profile: empty: %v, %v", empty, err)
	}
	traps := 0
	choices := &every{}
	for more := true; more; more = choices.next() {
		empty, err := discarded(spec.Options{Choices: choices}, beyond)
		switch {
		case err != nil:
			mustTrapIf(t, err, err)
			traps++
		case !empty:
			t.Error("a message that was not read is there")
		}
	}
	if traps != 1 {
		t.Errorf("%d of two choices read the message", traps)
	}
}

var errNoFunction = errors.New("there is no function of that index")

// TestFunctionsOfTables checks that thread.new-indirect finds the functions of a core runtime's table by the runtime's own indices, and traps where there is none.
func TestFunctionsOfTables(t *testing.T) {
	ft := &spec.CoreFuncType{Params: []spec.CoreType{spec.I32}}
	for index, is := range []bool{true, false, true} {
		var wrong error
		if !is {
			wrong = errNoFunction
		}
		err := inGuest(spec.Options{}, func(s *spec.Store, _ *spec.ComponentInstance) {
			table := spec.NewFuncTableOf(s, func(i uint64) *spec.CoreFuncRef {
				if i == 1 {
					return nil
				}
				return &spec.CoreFuncRef{T: ft, Callee: func([]spec.CoreValue) []spec.CoreValue { return nil }}
			})
			spec.CanonThreadResumeLater(s, spec.CanonThreadNewIndirect(s, ft, table, uint64(index), 0)[0].Uint64())
		})
		mustTrapIf(t, wrong, err)
	}
}
