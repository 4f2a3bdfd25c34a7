package properties

import (
	"fmt"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// A scope is a world and how far it is explored here: enough for every counterexample, and for each action of the world
// to happen.
type scope struct {
	world          string
	steps, handles int
}

var scopes = []scope{{"handles", 5, 2}, {"waitables", 4, 4}}

// fails has the properties that fail in a world under a variant, each with the actions of its shortest counterexample. All others
// hold. The table was derived by hand from the variants' rules; the traces agree.
var fails = map[string]map[string]map[string]int{
	"handles": {
		"single-table":         {"no-stale-alias": 4, "no-stale-alias-weak": 4},
		"per-type":             {"unique-in-instance": 2, "no-confusion": 3, "diagnosable": 2, "no-stale-alias": 4, "no-stale-alias-weak": 4},
		"resource-table":       {"no-stale-alias": 4, "no-stale-alias-weak": 4},
		"single-table-threads": {"no-stale-alias": 4, "no-stale-alias-weak": 4},
		"per-type-random":      {"deterministic": 1, "unique-in-instance": 2, "dense": 1, "no-confusion": 3, "diagnosable": 2, "no-stale-alias": 4, "no-stale-alias-weak": 4},
		"instance-random":      {"deterministic": 1, "dense": 1, "diagnosable": 2, "no-stale-alias": 4, "no-stale-alias-weak": 4},
		"single-sequential":    {"dense": 3},
		"per-type-disjoint":    {"dense": 1, "diagnosable": 2, "no-stale-alias": 4},
		"per-payload-type":     {"unique-in-instance": 2, "no-confusion": 3, "diagnosable": 2, "no-stale-alias": 4, "no-stale-alias-weak": 4},
		"store-wide":           {"isolation": 2, "no-stale-alias": 4, "no-stale-alias-weak": 4},
		"single-generational":  {"dense": 3},
	},
	"waitables": {
		"single-table":         {"no-stale-alias": 4, "no-stale-alias-weak": 4},
		"per-type":             {"unique-in-instance": 2, "no-confusion": 3, "diagnosable": 2, "no-stale-alias": 4, "no-stale-alias-weak": 4},
		"resource-table":       {"unique-in-instance": 2, "no-confusion": 3, "diagnosable": 2, "no-stale-alias": 4, "no-stale-alias-weak": 4},
		"single-table-threads": {"no-stale-alias": 4, "no-stale-alias-weak": 4},
		"single-sequential":    {"dense": 3},
		"per-type-disjoint":    {"dense": 1, "diagnosable": 2, "no-stale-alias": 4, "no-stale-alias-weak": 4},
		"per-payload-type":     {"unique-in-instance": 2, "no-confusion": 3, "diagnosable": 2, "no-stale-alias": 4, "no-stale-alias-weak": 4},
		"store-wide":           {"no-stale-alias": 4, "no-stale-alias-weak": 4},
		"single-generational":  {"dense": 3},
	},
}

// draws reports whether a variant draws its indices.
func draws(v *spec.Variant) bool { return v.Name == "per-type-random" || v.Name == "instance-random" }

// TestEventIdentifies checks that an event of a set names the element that raised it, unless there is a table for each type of
// streams: then two streams can have the same index.
func TestEventIdentifies(t *testing.T) {
	t.Parallel()
	perPayloadType := spec.VariantByName("per-payload-type")
	mustFail(t, events, perPayloadType, eventIdentifies, 7)
	if testing.Short() {
		t.Skip("that it holds in the single table takes a wide search: run without -short")
	}
	mustHold(t, events, spec.SingleTable, []*model.Property{eventIdentifies})
	mustFailAtRandom(t, events, perPayloadType, eventIdentifies, 7)
}

var events = scope{"events", 7, 5}

// TestVerdicts checks that every property holds or fails in every world and under every variant as the table says.
func TestVerdicts(t *testing.T) {
	for _, s := range scopes {
		for _, v := range spec.Variants {
			if s.world == "waitables" && draws(v) {
				continue // too many indices to exhaust; the world handles has its verdicts
			}
			t.Run(s.world+"/"+v.Name, func(t *testing.T) {
				t.Parallel()
				var holding []*model.Property
				for _, p := range All {
					if want, fail := fails[s.world][v.Name][p.Name]; fail {
						mustFail(t, s, v, p, want)
					} else {
						holding = append(holding, p)
					}
				}
				mustHold(t, s, v, holding)
			})
		}
	}
}

func mustFail(t *testing.T, s scope, v *spec.Variant, p *model.Property, want int) {
	t.Helper()
	switch report := s.check(v, p); {
	case report.Violation() == nil:
		t.Errorf("%s holds within %d actions, must be violated after %d", p.Name, s.steps, want)
	case report.Violation().Actions != want:
		t.Errorf("%s is violated after %d actions, want %d:\n%s", p.Name, report.Violation().Actions, want, report.Violation().Trace)
	}
}

func mustHold(t *testing.T, s scope, v *spec.Variant, properties []*model.Property) {
	t.Helper()
	report := s.check(v, properties...)
	if report.Violation() != nil {
		t.Errorf("%s must hold, but:\n%s", report.Violation().Property, report.Violation().Trace)
	} else if never := report.NeverTaken; len(never) > 0 {
		t.Errorf("holds vacuously: never happened: %v", never)
	}
}

func (s scope) check(v *spec.Variant, properties ...*model.Property) *model.Report {
	return s.search(v, properties...).Run()
}

func (s scope) search(v *spec.Variant, properties ...*model.Property) model.Search {
	return model.Search{World: model.WorldByName(s.world), Variant: v, Properties: properties, Bounds: model.Bounds{Steps: s.steps, Handles: s.handles}}
}

// check explores the handles.
func check(v *spec.Variant, p *model.Property) *model.Report { return scopes[0].check(v, p) }

// A counterexample that is printed, read back and run again violates the same way.
func TestCounterexampleReplays(t *testing.T) {
	report := check(spec.PerType, uniqueInInstance)
	printed := report.Violation().Trace.String()
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

// Each property of tables can fail: there is a numbering that breaks exactly the rule that the property is about.
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
			if report.Violation() == nil || report.Violation().Actions != c.want {
				t.Fatalf("got %+v, want a violation after %d actions", report.Violation(), c.want)
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
	if report := check(v, deterministic); report.Violation() == nil {
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
