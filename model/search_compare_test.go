package model

import (
	"fmt"
	"testing"

	"cabi/spec"
)

// What is compared with itself does not differ, and the result does not depend on the number of workers.
func TestComparisonOfOneVersion(t *testing.T) {
	for _, name := range []string{"tasks", "cancel", "streams", "host-reads"} {
		w := WorldByName(name)
		one := Comparison{World: w, Bounds: w.Bounds, MostPairs: 300}.Run()
		three := Comparison{World: w, Bounds: w.Bounds, MostPairs: 300, Workers: 3}.Run()
		if len(one.Differences) > 0 || one.Pairs < 300 {
			t.Errorf("%s: %d differences in %d pairs", name, len(one.Differences), one.Pairs)
		}
		if fmt.Sprint(*one) != fmt.Sprint(*three) {
			t.Errorf("%s: one worker has %+v, three have %+v", name, *one, *three)
		}
	}
}

// Under other numberings guests observe other indices. Each difference that is found is one: on the old version the new outcome cannot happen,
// whatever the specification chooses.
func TestComparisonOfVariants(t *testing.T) {
	w := WorldByName("handles")
	perType := Version{Variant: spec.VariantByName("per-type")}
	c := Comparison{World: w, New: perType, Bounds: w.Bounds, MostPairs: 200}
	r := c.Run()
	if len(r.Differences) == 0 {
		t.Fatal("no difference between one table and a table for each type")
	}
	for _, d := range r.Differences[:min(20, len(r.Differences))] {
		if len(d.Gone)+len(d.Appeared) == 0 {
			t.Fatalf("%v then %s differs in nothing", d.Path, d.Action)
		}
		for _, e := range d.Appeared {
			trace := d.Trace(perType, e)
			if again, err := RunTrace(trace, perType.Variant); err != nil || again.Departs != nil {
				t.Errorf("%s\ndoes not happen again: %v", trace, err)
			}
			there := *trace
			there.Variant = spec.SingleTable
			again, err := RunTrace(&there, spec.SingleTable)
			if others, _ := (ReplayOptions{}).OtherChoices(&there); err == nil && again.Departs == nil || others != nil {
				t.Errorf("%s\nhappens on the old version, too", trace)
			}
		}
	}
}

// The specification's choices are no difference: a yield that may or may not let others go on is the same on both, whatever each chooses.
func TestComparisonIsOfAllChoices(t *testing.T) {
	w := WorldByName("tasks")
	r := Comparison{World: w, Bounds: w.Bounds, MostPairs: 400}.Run()
	takes := Comparison{World: w}.Diverger()
	defer takes.Close()
	several := takes.Diverges([]Action{{Op: opInvoke, Imm: []string{"A.callback"}}})
	if len(r.Differences)+len(several) > 0 {
		t.Errorf("%d and %d differences of a version with itself", len(r.Differences), len(several))
	}
}

// A comparison goes along lists of actions that lead deeper than what is explored, and for those near them, goes on after another action.
func TestComparisonAlong(t *testing.T) {
	w := WorldByName("tasks")
	invoke := Action{Op: opInvoke, Imm: []string{"A.callback"}}
	yield := Action{Op: "thread.yield", Imm: []string{"cancellable"}}
	way := []Action{invoke, yield, invoke}
	bare := Comparison{World: w, Bounds: Bounds{Steps: 1}}.Run()
	along := Comparison{World: w, Bounds: Bounds{Steps: 1}, Along: [][]Action{way}}.Run()
	near := Comparison{World: w, Bounds: Bounds{Steps: 1}, Near: [][]Action{way}}.Run()
	if bare.Along != 0 || along.Along <= 3 || near.Along == 0 || along.Pairs != bare.Pairs {
		t.Errorf("%d pairs on no way, %d along one, %d near it; %d and %d from the start", bare.Along, along.Along, near.Along, bare.Pairs, along.Pairs)
	}
}
