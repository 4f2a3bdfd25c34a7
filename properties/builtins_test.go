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

// TestDroppedLeaveSets checks that a subtask that is dropped leaves the set that it was in: that can be dropped then.
func TestDroppedLeaveSets(t *testing.T) {
	s := spec.NewStore(spec.Options{})
	defer s.Close()
	inst := spec.NewComponentInstance(s, nil)
	var start spec.OnStart
	var resolve spec.OnResolve
	ft := &spec.FuncType{Async: true}
	callee := s.Lower(spec.HostFunc(func(onStart spec.OnStart, onResolve spec.OnResolve, _ *spec.ComponentInstance) spec.OnCancel {
		start, resolve = onStart, onResolve
		return spec.HostOnCancel(func(*spec.ComponentInstance) {})
	}), ft, &spec.CanonicalOptions{Async: true}, inst)
	f := s.Lift(func([]spec.CoreValue) []spec.CoreValue {
		subtask := callee(nil)[0].Uint64() >> 4
		set := spec.CanonWaitableSetNew(s)[0].Uint64()
		spec.CanonWaitableJoin(s, subtask, set)
		start.OnStart()
		resolve.OnResolve([]spec.Value{})
		if event := spec.CanonWaitableSetPoll(s, false, spec.NewMemInst(8), set, 0)[0].Uint64(); event != uint64(spec.EventSubtask) {
			t.Errorf("the event is %d", event)
		}
		spec.CanonSubtaskDrop(s, subtask)
		spec.CanonWaitableSetDrop(s, set)
		return nil
	}, &spec.FuncType{}, &spec.CanonicalOptions{}, inst)
	if _, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {})); err != nil {
		t.Error(err)
	}
}

// A hostRoom is where the host has elements put that it reads.
type hostRoom struct {
	t      spec.ValType
	room   uint64
	values []spec.Value
}

func (b *hostRoom) T() spec.ValType    { return b.t }
func (b *hostRoom) Remain() uint64     { return b.room - uint64(len(b.values)) }
func (b *hostRoom) IsZeroLength() bool { return b.room == 0 }
func (b *hostRoom) Write(vs []spec.Value) {
	b.values = append(b.values, vs...)
}

// TestHostToldOfCopies checks that the host is told when elements have come that it reads, and that what it reclaims then is used no more.
func TestHostToldOfCopies(t *testing.T) {
	s := spec.NewStore(spec.Options{})
	defer s.Close()
	inst := spec.NewComponentInstance(s, nil)
	stream := &spec.StreamType{T: spec.U8Type{}}
	opts := &spec.CanonicalOptions{Async: true}
	opts.Memory = spec.NewMemInst(8)
	copy(opts.Memory.Bytes.B, "abcdefgh")
	told, room := 0, &hostRoom{t: spec.U8Type{}, room: 4}
	f := s.Lift(func([]spec.CoreValue) []spec.CoreValue {
		ends := spec.CanonStreamNew(s, stream)[0].Uint64()
		read, write := ends&math.MaxUint32, ends>>32
		var shared spec.ReadableStream
		for slot := range inst.LiveHandles() {
			if slot.Index == read {
				shared = spec.SharedOf(slot.Element).(spec.ReadableStream)
			}
		}
		shared.Read(nil, room, spec.HostOnCopy(func(reclaim spec.ReclaimBuffer) {
			told++
			reclaim.ReclaimBuffer()
		}), spec.HostOnCopyDone(func(spec.CopyResult) { t.Error("the copy has ended") }))
		for _, want := range []uint64{2 << 4, 1<<32 - 1} { // once there is room
			if got := spec.CanonStreamWrite(s, stream, opts, write, 0, 2)[0].Uint64(); got != want {
				t.Errorf("a write returns %x, expected %x", got, want)
			}
		}
		return nil
	}, &spec.FuncType{}, &spec.CanonicalOptions{}, inst)
	if _, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {})); err != nil {
		t.Error(err)
	}
	if told != 1 || len(room.values) != 2 {
		t.Errorf("the host is told %d times, and has %d elements", told, len(room.values))
	}
	reclaimed := false
	spec.HostReclaimBuffer(func() { reclaimed = true }).ReclaimBuffer()
	if !reclaimed {
		t.Error("a buffer of the host's is not reclaimed")
	}
}

// TestHostThreadsRun checks that a thread of the host's does what it is made for.
func TestHostThreadsRun(t *testing.T) {
	s := spec.NewStore(spec.Options{})
	defer s.Close()
	ran := false
	task := spec.NewTask(&spec.FuncType{Async: true}, &spec.CanonicalOptions{Async: true}, spec.NewComponentInstance(s, nil), spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
	spec.NewThread(task, spec.HostThread(func() { ran = true })).Resume(false)
	if !ran {
		t.Error("it did not run")
	}
}

// TestLongestValues checks that a list and a string of 2^28 bytes trap, even if they lie in the memory; CanonicalABI.md, "Loading".
func TestLongestValues(t *testing.T) {
	mem := spec.NewMemInst(1<<28 + 8)
	for _, c := range []struct {
		typ  spec.ValType
		long uint32 // in elements
	}{{&spec.ListType{T: spec.U64Type{}}, 1 << 25}, {spec.StringType{}, 1 << 28}} {
		s := spec.NewStore(spec.Options{})
		opts := &spec.CanonicalOptions{}
		opts.Memory = mem
		binary.LittleEndian.PutUint32(mem.Bytes.B, 8) // where it is
		binary.LittleEndian.PutUint32(mem.Bytes.B[4:], c.long)
		f := s.Lift(func([]spec.CoreValue) []spec.CoreValue { return []spec.CoreValue{spec.CoreInt(0)} }, &spec.FuncType{Result: []spec.ValType{c.typ}}, opts, spec.NewComponentInstance(s, nil))
		_, err := s.Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) { t.Errorf("%T of 2^28 bytes is lifted", c.typ) }))
		mustTrapIf(t, errors.New("it has 2^28 bytes"), err)
		s.Close()
	}
}
