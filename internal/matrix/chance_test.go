package matrix

import (
	"math/big"
	"slices"
	"testing"

	"cabi/spec"
)

// The chance that two tables have an index in common is the part of all draws in which they do, as the specification's tables draw. From a
// few indices, all draws are made, each of which has the same chance.
func TestSharedIndex(t *testing.T) {
	for _, c := range []struct {
		indices int64
		handles []int64
	}{{3, []int64{1, 1}}, {4, []int64{2, 2}}, {3, []int64{2, 2}}, {5, []int64{1, 2}}, {4, []int64{1, 1, 1}}, {4, []int64{3}}} {
		shared, draws := drawAll(t, "per-type-random", c.indices, c.handles)
		if got, want := sharedIndex(c.indices, c.handles), big.NewRat(shared, draws); got.Cmp(want) != 0 {
			t.Errorf("%v handles of %d indices: %s, but %d of %d draws have an index twice", c.handles, c.indices, got, shared, draws)
		}
	}
	if shared, draws := drawAll(t, "instance-random", 4, []int64{2, 1}); shared != 0 || draws != 4*3*2 {
		t.Errorf("instance-random: %d of %d draws have an index twice, want none of 24", shared, draws)
	}
}

// drawAll makes all draws of so many handles of each type, and counts those in which an index is that of two handles.
func drawAll(t *testing.T, variant string, indices int64, handles []int64) (shared, draws int64) {
	for d := (&odometer{}); ; draws++ {
		if drawn := draw(d, spec.VariantByName(variant), indices, handles); len(slices.Compact(slices.Sorted(slices.Values(drawn)))) < len(drawn) {
			shared++
		}
		if !d.next() {
			return shared, draws + 1
		}
	}
}

// draw makes handles, and returns their indices.
func draw(choices spec.Choices, v *spec.Variant, indices int64, handles []int64) (drawn []uint64) {
	w := &workload{store: spec.NewStore(spec.Options{Variant: v, Choices: choices, Limits: spec.Limits{RandomIndices: uint64(indices)}})}
	defer w.store.Close()
	w.inst = spec.NewComponentInstance(w.store, nil)
	w.call(func() {
		for _, n := range handles {
			rt := spec.NewResourceType("R", w.inst, nil)
			for range n {
				drawn = append(drawn, spec.CanonResourceNew(w.store, rt, 0)[0].Uint64())
			}
		}
	})
	return drawn
}

// An odometer makes the first choice everywhere, and after next the next combination.
type odometer struct {
	digits, of []int
	at         int
}

func (o *odometer) Choose(_ spec.Site, n int) int {
	if o.at == len(o.digits) {
		o.digits, o.of = append(o.digits, 0), append(o.of, n)
	}
	o.at++
	return o.digits[o.at-1]
}

// next reports whether there is another combination.
func (o *odometer) next() bool {
	o.at = 0
	for i := len(o.digits) - 1; i >= 0; i-- {
		if o.digits[i]++; o.digits[i] < o.of[i] {
			o.digits, o.of = o.digits[:i+1], o.of[:i+1]
			return true
		}
	}
	return false
}

func TestChanceText(t *testing.T) {
	for want, chance := range map[string]*big.Rat{
		"1 in 268,435,455": sharedIndex(1<<28-1, []int64{1, 1}),
		"1 in 2,684,355":   sharedIndex(1<<28-1, []int64{10, 10}),
		"50%":              big.NewRat(1, 2),
	} {
		if got := chanceText(chance); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
