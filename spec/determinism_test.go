package spec

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// A run is a function of its choices: the same tape gives the same trace byte for byte, from the seed, from the record
// and again. The trace is every trap and assert that is evaluated, with the whole state at that moment.
func TestSameTapeSameTrace(t *testing.T) {
	for seed := range uint64(6) {
		recorded := &Recorded{From: NewRandom(seed)}
		first := chancy(t, recorded)
		if len(recorded.Tape.Asked) < 5 {
			t.Fatalf("only %d choices: the scenario shows nothing", len(recorded.Tape.Asked))
		}
		tape := &Tape{Numbers: recorded.Tape.Numbers}
		for name, again := range map[string]string{
			"the same seed":  chancy(t, NewRandom(seed)),
			"its tape":       chancy(t, tape),
			"its tape twice": chancy(t, &Tape{Numbers: recorded.Tape.Numbers}),
		} {
			if again != first {
				t.Errorf("seed %d: %s gives another trace", seed, name)
			}
		}
		if fmt.Sprint(tape.Asked) != fmt.Sprint(recorded.Tape.Asked) {
			t.Errorf("seed %d: the tape was asked\n%v\nbut recorded\n%v", seed, tape.Asked, recorded.Tape.Asked)
		}
	}
}

// Different choices give different traces: the test above is not vacuous.
func TestOtherTapeOtherTrace(t *testing.T) {
	if chancy(t, NewRandom(1)) == chancy(t, NewRandom(2)) {
		t.Error("two seeds give one trace")
	}
}

// chancy runs a scenario in which every kind of choice is made, and returns its trace.
func chancy(t *testing.T, choices Choices) string {
	var trace strings.Builder
	var s *Store
	s = NewStore(Options{Choices: choices, Observe: func(site Site, fires bool) {
		fmt.Fprintln(&trace, site, fires)
		if s != nil {
			trace.WriteString(s.State())
		}
	}})
	defer s.Close()
	inst := NewComponentInstance(s, nil)
	mem := NewMemInst(64)
	ft := &FuncType{Params: []ValType{F64Type{}}, Async: true}
	opts := mkOpts(optsWith{memory: mem, async: true})
	f := s.Lift(func(args []CoreValue) []CoreValue { chancyGuest(t, s, mem, opts); return nil }, ft, opts, inst)
	for range 2 {
		onStart := HostOnStart(func() []Value { return []Value{FloatOf(math.NaN())} })
		if _, err := s.Invoke(f, onStart, HostOnResolve(func([]Value) {})); err != nil {
			t.Fatal(err)
		}
	}
	for s.Waiting() > 0 {
		if err := s.Tick(); err != nil {
			t.Fatal(err)
		}
	}
	return trace.String()
}

// chancyGuest lets two writes of its own become ready and takes their events in the order in which they come.
func chancyGuest(t *testing.T, s *Store, mem *MemInst, opts *CanonicalOptions) {
	seti := one(t, CanonWaitableSetNew(s))
	var readable []uint64
	for range 3 {
		ri, wi := unpackNewEnds(t, CanonStreamNew(s, &StreamType{}))
		equal(t, one(t, CanonStreamWrite(s, &StreamType{}, opts, wi, 0, 1)), Blocked)
		none(t, CanonWaitableJoin(s, wi, seti))
		readable = append(readable, ri)
	}
	CanonThreadYield(s, false)
	for _, ri := range readable {
		CanonStreamRead(s, &StreamType{}, opts, ri, 0, 1)
	}
	for range 3 {
		equal(t, EventCode(one(t, CanonWaitableSetWait(s, false, mem, seti, 0))), EventStreamWrite)
		CanonThreadYield(s, false)
	}
	none(t, CanonTaskReturn(s, nil, &opts.LiftOptions, nil))
}
