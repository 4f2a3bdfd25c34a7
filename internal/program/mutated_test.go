package program

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"cabi/component"
	"cabi/model"
)

// Components some bytes of which are changed are refused, or run to an ending of some kind, within their steps; whatever they do, the trace
// of it happens again.
func TestMutatedComponents(t *testing.T) {
	r, ran, replayed := newRunner(t), 0, 0
	for name, calls := range map[string][]string{"print": {"wasi:cli/run#run()"}, "counter": {"[constructor]counter(4)", "total([#1, #1])"},
		"race": {"race()"}, "borrow": {"make()", "look(#1)"}} {
		p := read(t, name, calls...)
		p.Small = true
		binary, err := os.ReadFile(components + name + ".wasm")
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(250) {
			if p.Component, err = component.Decode(mutated(binary, seed)); err != nil {
				continue
			}
			e := r.Run(p, Options{Steps: 200, Trace: true, Settle: seed%2 == 0})
			r.engine.Forget(p.Component)
			if e.Kind == Refused {
				continue
			}
			ran++
			if strings.HasPrefix(e.Trace, "# cannot be replayed: ") {
				continue
			}
			trace, err := model.ParseTrace(strings.NewReader(e.Trace))
			if err != nil {
				t.Fatalf("%s, seed %d: %v in\n%s", name, seed, err, e.Trace)
			}
			if again, err := model.RunTrace(trace, trace.Variant); err != nil || again.Departure() != "" {
				t.Errorf("%s, seed %d: %v, %s\n%s", name, seed, err, again.Departure(), e.Trace)
			}
			replayed++
		}
	}
	if ran < 100 || replayed < 90 {
		t.Errorf("%d ran, and %d of their traces were replayed", ran, replayed)
	}
}

// mutated is a binary with one to three bytes changed.
func mutated(binary []byte, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 7))
	changed := append([]byte{}, binary...)
	for range 1 + rng.IntN(3) {
		changed[8+rng.IntN(len(changed)-8)] = byte(rng.IntN(256))
	}
	return changed
}
