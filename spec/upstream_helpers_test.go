package spec

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"testing"
)

// The helpers of upstream's run_tests.py, under their names in Go's case. The tests that use them stand in the other
// upstream_*_test.go files; docs/generated/upstream-tests.md lists which Python test each is.

// newTestStore is Store() under the deterministic profile, as run_tests.py has it.
func newTestStore(t *testing.T) *Store {
	return newTestStoreWith(t, Options{Deterministic: true})
}

func newTestStoreWith(t *testing.T, options Options) *Store {
	s := NewStore(reached.observing(options))
	t.Cleanup(s.Close)
	return s
}

// A heap is a bump allocator over a memory.
type heap struct {
	memory    *Bytearray
	lastAlloc uint64
}

func newHeap(n int) *heap { return &heap{memory: NewBytearray(n)} }

func heapOf(bytes ...byte) *heap { return &heap{memory: &Bytearray{bytes}} }

func (h *heap) realloc(args []CoreValue) []CoreValue {
	originalPtr, originalSize, alignment, newSize := args[0].Uint64(), args[1].Uint64(), args[2].Uint64(), args[3].Uint64()
	if originalPtr != 0 && newSize < originalSize {
		return ints(alignTo(originalPtr, alignment))
	}
	ret := alignTo(h.lastAlloc, alignment)
	h.lastAlloc = ret + newSize
	if h.lastAlloc > uint64(len(h.memory.B)) {
		panic(&Trap{Site: "test/heap", Detail: "the heap is full"})
	}
	copy(h.memory.B[ret:ret+originalSize], h.memory.B[originalPtr:originalPtr+originalSize])
	return ints(ret)
}

func (h *heap) mem(addrType CoreType) *MemInst { return &MemInst{h.memory, addrType} }

// sharedMemory is the default argument of mk_opts: one object for all calls: LiftOptions.equal compares memories by identity.
var sharedMemory = &MemInst{&Bytearray{}, I32}

// optsWith are the arguments of mk_opts; zero fields are its defaults.
type optsWith struct {
	memory     *MemInst
	encoding   StringEncoding
	realloc    CoreFunc
	postReturn CoreFunc
	async      bool
	callback   CoreFunc
}

func mkOpts(with optsWith) *CanonicalOptions {
	if with.memory == nil {
		with.memory = sharedMemory
	}
	opts := &CanonicalOptions{}
	opts.Memory = with.memory
	opts.StringEncoding = with.encoding
	opts.Realloc = with.realloc
	opts.PostReturn = with.postReturn
	opts.Async = with.async
	opts.Callback = with.callback
	return opts
}

func mkCx(t *testing.T, with optsWith) *LiftLowerContext {
	inst := NewComponentInstance(newTestStore(t), nil)
	return newLiftLowerContext(&mkOpts(with).LiftLowerOptions, inst, nil)
}

func liftAndRun(t *testing.T, opts *CanonicalOptions, inst *ComponentInstance, ft *FuncType, callee CoreFunc, onStart HostOnStart, onResolve HostOnResolve) {
	t.Helper()
	s := inst.store
	f := s.Lift(callee, ft, opts, inst)
	if _, err := s.Invoke(f, onStart, onResolve); err != nil {
		t.Fatal(err)
	}
	for s.Waiting() > 0 {
		if err := s.Tick(); err != nil {
			t.Fatal(err)
		}
	}
}

// mkHostFunc makes a host function that runs on a thread of its own and may wait.
func mkHostFunc(s *Store, hostFunc func(caller *ComponentInstance, onStart OnStart, onResolve OnResolve, waitUntil func(HostReady) Cancelled), ft *FuncType) FuncInst {
	return HostFunc(func(onStart OnStart, onResolve OnResolve, caller *ComponentInstance) OnCancel {
		inst := NewComponentInstance(s, nil)
		task := NewTask(ft, &CanonicalOptions{}, inst, onStart, onResolve)
		var hostThread *Thread
		hostThread = NewThread(task, HostThread(func() {
			hostFunc(caller, onStart, onResolve, func(rf HostReady) Cancelled { return hostThread.WaitUntil(rf, true) })
		}))
		hostThread.Resume(false)
		return HostOnCancel(func(*ComponentInstance) { hostThread.Resume(true) })
	})
}

func mkStr(s string) String { return UTF8String(s) }

// mkTup makes a tuple; a []Value among its elements becomes a tuple too.
func mkTup(a ...Value) Dict {
	d := Dict{}
	for i, v := range a {
		if nested, ok := v.([]Value); ok {
			v = mkTup(nested...)
		}
		d = append(d, Entry{strconv.Itoa(i), v})
	}
	return d
}

func unpackResult(t *testing.T, results []CoreValue) (SubtaskState, uint64) {
	t.Helper()
	ret := one(t, results)
	if ret == Blocked {
		t.Fatal("blocked")
	}
	return SubtaskState(ret & 0xf), ret >> 4
}

func unpackNewEnds(t *testing.T, results []CoreValue) (ri, wi uint64) {
	t.Helper()
	packed := one(t, results)
	return packed & 0xffff_ffff, packed >> 32
}

// one is [x] = results.
func one(t *testing.T, results []CoreValue) uint64 {
	t.Helper()
	if len(results) != 1 {
		t.Fatalf("%d results, want one", len(results))
	}
	return results[0].Uint64()
}

// none is [] = results.
func none(t *testing.T, results []CoreValue) {
	t.Helper()
	if len(results) != 0 {
		t.Fatalf("results %v, want none", results)
	}
}

// equal is assert(got == want).
func equal[T comparable](t *testing.T, got, want T) {
	t.Helper()
	if got != want {
		t.Fatalf("got %v, want %v", got, want)
	}
}

// streamOf and futureOf are StreamType(t) and FutureType(t): new at each call, so that it is their structure that is
// compared.
func streamOf(t ValType) *StreamType { return &StreamType{T: t} }

func futureOf(t ValType) *FutureType { return &FutureType{T: t} }

// isSet is RacyBool(b).is_set.
func isSet(b *bool) HostReady { return func() bool { return *b } }

// returns is [ret] = results; assert(ret == want).
func returns[T ~uint8 | ~int](t *testing.T, results []CoreValue, want T) {
	t.Helper()
	if ret := one(t, results); ret != uint64(want) {
		t.Fatalf("got %#x, want %v", ret, want)
	}
}

// subtaskIn is [ret] = results; state,subi = unpack_result(ret); assert(state == want), and gives subi.
func subtaskIn(t *testing.T, results []CoreValue, want SubtaskState) (subi uint64) {
	t.Helper()
	state, subi := unpackResult(t, results)
	equal(t, state, want)
	return subi
}

// copied is result,n = unpack_result(ret); assert(n == wantN and result == want).
func copied(t *testing.T, ret, wantN uint64, want CopyResult) {
	t.Helper()
	if ret == Blocked {
		t.Fatal("blocked")
	}
	if n, result := ret>>4, ret&0xf; n != wantN || result != uint64(want) {
		t.Fatalf("copied %d with result %d, want %d, %d", n, result, wantN, want)
	}
}

// waitEvent is [event] = canon_waitable_set_wait(True, mem, seti, retp); assert(event == want);
// assert(mem[retp+0] == index), and gives mem[retp+4], the event's payload. Both are read as the whole i32.
func waitEvent(t *testing.T, s *Store, mem *MemInst, seti, retp uint64, want EventCode, index uint64) (payload uint64) {
	t.Helper()
	returns(t, CanonWaitableSetWait(s, true, mem, seti, retp), want)
	equal(t, u32At(mem, retp+0), index)
	return u32At(mem, retp+4)
}

// u32At is the i32 at ptr.
func u32At(mem *MemInst, ptr uint64) uint64 {
	return uint64(binary.LittleEndian.Uint32(mem.Bytes.B[ptr:]))
}

// holds is assert(mem[ptr : ptr+len(want)] == want).
func holds(t *testing.T, mem *MemInst, ptr uint64, want ...byte) {
	t.Helper()
	if got := mem.slice(ptr, ptr+uint64(len(want))); !bytes.Equal(got, want) {
		t.Fatalf("memory at %d: %v, want %v", ptr, got, want)
	}
}

// traps is: try: f(); assert(False); except Trap: pass. It wants a certain trap, where Python takes any.
func traps(t *testing.T, site Site, f func()) {
	t.Helper()
	err := Try(f)
	if trap, ok := err.(*Trap); !ok || trap.Site != site {
		t.Fatalf("got %v, want the trap %s", err, site)
	}
}

// newRandomTestStore is newTestStore with choices that change, as run_tests.py's do: where a guest yields until another
// thread has gone on, always taking the first candidate would only ever resume the guest.
func newRandomTestStore(t *testing.T) *Store {
	return newTestStoreWith(t, Options{Deterministic: true, Choices: NewRandom(1)})
}
