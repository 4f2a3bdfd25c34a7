package properties

import (
	"fmt"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// steps is the bound on actions here: enough for every counterexample and for each action of the world to happen.
const steps = 5

// fails says which property fails under which variant, and after how many actions. Everything else holds.
var fails = map[string]int{
	"per-type unique-in-instance":         2, // two resources of different type both get index 1
	"per-type no-confusion":               3, // and one is used where the other is meant
	"per-payload-type unique-in-instance": 2,
	"per-payload-type no-confusion":       3,
	"per-type-random deterministic":       1, // the first index may be any
	"per-type-random dense":               1,
	"single-sequential dense":             3, // new, drop, new: index 2 with one element
	"single-generational dense":           3,
	"per-type-disjoint dense":             1, // the first index is the base of the table's range
}

// Every property has the verdict that it must have, under every variant.
func TestVerdicts(t *testing.T) {
	for _, v := range spec.Variants {
		for _, p := range All {
			t.Run(v.Name+"/"+p.Name, func(t *testing.T) {
				report := check(v, p)
				want, violated := fails[v.Name+" "+p.Name]
				switch {
				case violated && report.Violation == nil:
					t.Fatalf("holds within %d actions, must be violated after %d", steps, want)
				case violated && report.Violation.Actions != want:
					t.Fatalf("violated after %d actions, want %d:\n%s", report.Violation.Actions, want, report.Violation.Trace)
				case !violated && report.Violation != nil:
					t.Fatalf("must hold, but:\n%s", report.Violation.Trace)
				case !violated && len(report.Never(model.WorldByName("handles"))) > 0:
					t.Fatalf("holds vacuously: never happened: %v", report.Never(model.WorldByName("handles")))
				}
			})
		}
	}
}

func check(v *spec.Variant, p *model.Property) model.Report {
	return model.Search{World: model.WorldByName("handles"), Variant: v, Properties: []*model.Property{p}, Steps: steps, Handles: 2}.Run()
}

// A counterexample that is printed, read back and run again violates the same way.
func TestCounterexampleReplays(t *testing.T) {
	report := check(spec.PerType, uniqueInInstance)
	printed := report.Violation.Trace.String()
	trace, err := model.ParseTrace(strings.NewReader(printed))
	if err != nil {
		t.Fatal(err)
	}
	again, err := model.RunTrace(trace, trace.Variant)
	if err != nil {
		t.Fatal(err)
	}
	if again.Departs != nil {
		t.Fatalf("%s\ndeparts at %s, got %s", printed, again.Departs, again.Got)
	}
}

// Each table property can fail: a numbering that breaks exactly what it guards is noticed.
func TestPropertiesCanFail(t *testing.T) {
	for _, c := range []struct {
		property  *model.Property
		numbering spec.Numbering
		want      int
	}{
		{uniqueInTable, constant{}, 2},
		{uniqueInInstance, constant{}, 2},
		{nonzero, shifted(-1), 1},
		{bounded, shifted(1 << 28), 1},
		{dense, shifted(1), 1},
		{freeList, leaking{}, 3},
		{noConfusion, constant{}, 3},
	} {
		t.Run(c.property.Name, func(t *testing.T) {
			v := &spec.Variant{Name: "broken", Layout: spec.SingleTable.Layout, Numbering: func(*spec.Tables, spec.TableKey) spec.Numbering { return c.numbering }}
			report := check(v, c.property)
			if report.Violation == nil || report.Violation.Actions != c.want {
				t.Fatalf("got %+v, want a violation after %d actions", report.Violation, c.want)
			}
		})
	}
}

// deterministic fails where the index depends on what another table did.
func TestDeterministicCanFail(t *testing.T) {
	next := uint64(0)
	v := &spec.Variant{Name: "broken", Layout: spec.PerType.Layout, Numbering: func(*spec.Tables, spec.TableKey) spec.Numbering {
		next++
		return shifted(next)
	}}
	if report := check(v, deterministic); report.Violation == nil {
		t.Fatal("not noticed")
	}
}

// constant names every element 7.
type constant struct{ spec.LIFO }

func (constant) Issue(uint64) uint64       { return 7 }
func (constant) Index(uint64) uint64       { return 7 }
func (constant) Place(index uint64) uint64 { return 1 + index%7 }

// shifted adds to every index.
type shifted int64

func (n shifted) Next(free []uint64) int    { return len(free) - 1 }
func (n shifted) Issue(place uint64) uint64 { return place + uint64(n) }
func (n shifted) Index(place uint64) uint64 { return place + uint64(n) }
func (n shifted) Place(index uint64) uint64 { return index - uint64(n) }
func (n shifted) Retire(uint64)             {}
func (n shifted) String() string            { return fmt.Sprint(" shifted ", int64(n)) }

// leaking issues a new place although there is a free one, and forgets it.
type leaking struct{ spec.LIFO }

func (leaking) Next(free []uint64) int {
	if len(free) > 0 {
		free[0] = 0
	}
	return -1
}
