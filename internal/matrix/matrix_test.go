package matrix

import (
	"os"
	"runtime/debug"
	"testing"

	"cabi/model"
	"cabi/spec"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // runs leave much garbage behind
	os.Exit(m.Run())
}

// noticed says which guests can tell a variant from the pin's, and after how many actions. The numbers were derived by hand. Opaque guests
// can tell only where waitables of several types have the same index; confused guests where an index can be that of two elements; stale
// guests where a freed index is used again at another time than in a single table, or never; the others by the indices themselves. The
// properties of guests that are not named hold.
var noticed = map[string]map[string]int{
	"single-table":         {},
	"per-type":             {"confused-guests": 3, "stale-guests": 4, "comparing-guests": 2, "hard-coding-guests": 2},
	"resource-table":       {"confused-guests": 3, "stale-guests": 4, "comparing-guests": 2, "hard-coding-guests": 2},
	"single-table-threads": {"stale-guests": 6, "comparing-guests": 5, "hard-coding-guests": 1},
	"per-type-random":      {"confused-guests": 3, "stale-guests": 4, "comparing-guests": 2, "hard-coding-guests": 1},
	"instance-random":      {"stale-guests": 4, "comparing-guests": 3, "hard-coding-guests": 1},
	"single-sequential":    {"stale-guests": 4, "comparing-guests": 3, "hard-coding-guests": 3},
	"per-type-disjoint":    {"stale-guests": 4, "comparing-guests": 3, "hard-coding-guests": 1},
	"per-payload-type":     {"opaque-guests": 3, "confused-guests": 3, "stale-guests": 4, "comparing-guests": 2, "hard-coding-guests": 2},
	"store-wide":           {"stale-guests": 5, "comparing-guests": 4, "hard-coding-guests": 2},
	"single-generational":  {"stale-guests": 4, "comparing-guests": 3, "hard-coding-guests": 3},
}

func TestGuests(t *testing.T) {
	if testing.Short() {
		t.Skip("compares every variant with the pin's in wide searches: run without -short")
	}
	for _, v := range spec.Variants {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			scopes := guestScopes
			if draws(v) {
				scopes = guestScopesDrawn
			}
			for _, c := range cells(v, Guests(spec.SingleTable), scopes, 1) {
				got := 0
				if !c.Holds() {
					got = c.Fails.Actions
				}
				if want := noticed[v.Name][c.Property.Name]; got != want {
					t.Errorf("%s: violated after %d actions, want %d (0: it holds)", c.Property.Name, got, want)
				}
				if len(c.NeverTaken) > 0 || !c.Exercised {
					t.Errorf("%s: vacuous: exercised: %v, never happened: %v", c.Property.Name, c.Exercised, c.NeverTaken)
				}
			}
		})
	}
}

// Guests of every kind but one notice a numbering that gives the same index twice.
func TestGuestsCanTell(t *testing.T) {
	broken := &spec.Variant{Name: "broken", Layout: spec.SingleTable.Layout,
		Numbering: func(*spec.Tables, spec.TableKey) spec.Numbering { return sevens{} }}
	for _, c := range cells(broken, Guests(spec.SingleTable), []scope{in("handles", 4, 2)}, 1) {
		if c.Holds() && c.Property.Name != "stale-guests" {
			t.Errorf("%s holds", c.Property.Name)
		}
	}
}

// sevens gives every element the index 7, and finds the first element.
type sevens struct{ spec.LIFO }

func (sevens) Issue(uint64) uint64 { return 7 }
func (sevens) Index(uint64) uint64 { return 7 }
func (sevens) Place(uint64) uint64 { return 1 }

// The results of churn, derived by hand: the arrays have 64 places in one table, or in each of four, or 512 places, one for each handle.
func TestChurn(t *testing.T) {
	for name, want := range map[string]float64{"single-table": 1, "per-type": 4, "resource-table": 1, "single-sequential": 8, "single-generational": 1, "store-wide": 1} {
		if got := churn(spec.VariantByName(name)); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// The results of worstPlaces, derived by hand: the worst case is two handles that live one after the other in two tables.
func TestWorstPlaces(t *testing.T) {
	small := scope{world: "handles", bounds: model.Bounds{Steps: 4, Handles: 1}}
	for name, want := range map[string]float64{"single-table": 1, "per-type": 2, "single-sequential": 2} {
		if got := worstPlaces(spec.VariantByName(name), small, 1); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
