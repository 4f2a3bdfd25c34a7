package program

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"cabi/component"
	"cabi/spec"
)

// Binaries that are cut off, repeated, deep or full of huge counts are refused, or run and are explored to an ending of some kind within
// their steps.
func TestHostileComponents(t *testing.T) {
	r, ran, refused := newRunner(t), 0, 0
	for name, calls := range map[string][]string{"counter": {"[constructor]counter(4)", "total([#1, #1])"}, "race": {"race()"},
		"streams": {"numbers(3)", "sum([1, 2])"}} {
		p := read(t, name, calls...)
		p.Small = true
		binary, err := os.ReadFile(components + name + ".wasm")
		if err != nil {
			t.Fatal(err)
		}
		for what, hostile := range hostiles(binary) {
			if p.Component, err = component.Decode(hostile); err != nil {
				refused++
				continue
			}
			e := r.Run(p, Options{Steps: 200, Settle: true})
			if !slices.Contains([]string{Returned, Exited, Trapped, Deadlock, Assertion, Crashed, Limit, Refused}, e.Kind) || e.Text(p) == "" {
				t.Errorf("%s, %s: it ends as %q", name, what, e.Text(p))
			}
			x := r.Explore(context.Background(), p, spec.SingleTable, Bounds{Departures: 1, Runs: 20, Random: 2, Steps: 200}, func(*Exploration) bool { return true })
			if x.Policy == nil || x.Policy.Kind != e.Kind {
				t.Errorf("%s, %s: it runs to %s, and is explored from %v", name, what, e.Kind, x.Policy)
			}
			r.engine.Forget(p.Component)
			ran++
		}
	}
	if ran < 200 || refused < 200 {
		t.Errorf("%d ran and were explored, and %d were refused", ran, refused)
	}
}

// hostiles are binaries made of one, by what was done to it.
func hostiles(whole []byte) map[string][]byte {
	all := map[string][]byte{}
	for n := 0; n < len(whole); n += 64 {
		all[fmt.Sprint("cut off at ", n)] = whole[:n]
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		at, bit := rng.IntN(len(whole)), rng.IntN(8)
		flipped := bytes.Clone(whole)
		flipped[at] ^= 1 << bit
		all[fmt.Sprintf("bit %d of byte %d", bit, at)] = flipped
	}
	// each section twice, and with a count of four thousand million
	for at := 8; at < len(whole); {
		length, n := binary.Uvarint(whole[at+1:])
		body := at + 1 + n
		end := body + int(length)
		all[fmt.Sprint("the section at ", at, " twice")] = slices.Concat(whole[:end], whole[at:])
		_, count := binary.Uvarint(whole[body:])
		if huge := []byte{0xff, 0xff, 0xff, 0xff, 0x0f}; count > 0 {
			changed := slices.Concat(huge, whole[body+count:end])
			all[fmt.Sprint("a huge count in the section at ", at)] = slices.Concat(whole[:at+1], binary.AppendUvarint(nil, uint64(len(changed))), changed, whole[end:])
		}
		all[fmt.Sprint("a huge length of the section at ", at)] = slices.Concat(whole[:at+1], []byte{0xff, 0xff, 0xff, 0xff, 0x07}, whole[body:])
		at = end
	}
	// components in components, and types in types
	deep, typ := bytes.Clone(whole), []byte{0x7b}
	for i := range 2000 {
		if i < 200 {
			deep = slices.Concat(whole[:8], []byte{4}, binary.AppendUvarint(nil, uint64(len(deep))), deep)
		}
		typ = append(typ, 0x70, byte(0x80|i&0x7f), byte(i>>7))
	}
	all["200 components in each other"] = deep
	section := binary.AppendUvarint(nil, 2001)
	section = append(section, typ...)
	all["2000 lists in each other"] = slices.Concat(whole[:8], []byte{7}, binary.AppendUvarint(nil, uint64(len(section))), section, whole[8:])
	return all
}
