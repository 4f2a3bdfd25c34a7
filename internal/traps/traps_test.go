package traps

import (
	"slices"
	"testing"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// knownDefects are the violations in the scenarios that are defects of the pin.
var knownDefects = []string{"no-crash/canon_error_context_new/NameError", "text-liftable/"}

// Each scenario is a world that there can be, all of whose actions are tried somewhere.
func TestScenarios(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.world.Name, func(t *testing.T) {
			if err := s.world.Validate(); err != nil {
				t.Fatal(err)
			}
			tried := map[string]bool{}
			search := s.search()
			menu := search.Menu
			search.Menu = func(r *model.Run, at *model.Activation) []model.Action {
				actions := menu(r, at)
				for _, a := range actions {
					tried[a.String()] = true
				}
				return actions
			}
			if report := search.Run(); report.Frontier != report.AtBound {
				t.Errorf("%d states were not explored, %d of them at the bound", report.Frontier, report.AtBound)
			}
			for where, menu := range s.menus {
				for _, line := range menu {
					if !tried[line] {
						t.Errorf("%s: %s is never tried", where, line)
					}
				}
			}
		})
	}
}

// Each witness takes the trap that it is for, and can be done to its end without the trap.
func TestWitnesses(t *testing.T) {
	for site, w := range witnesses {
		if got := trapOf(w.run(w.trace()).Stopped); got != site {
			t.Errorf("%s: got %q", site, got)
		}
		off := w.exploration
		off.without = site
		if without := off.run(w.trace()); len(without.Actions) != len(w.trace().Lines) {
			t.Errorf("without %s: %d of %d actions, %v", site, len(without.Actions), len(w.trace().Lines), without.Stopped)
		}
	}
}

// No promise is violated in a scenario where all traps are on, but by the defects that docs/findings.md has.
func TestPromisesHold(t *testing.T) {
	for _, search := range Scenarios(properties.Promises()...) {
		for _, v := range search.Run().Violations {
			if !slices.Contains(knownDefects, v.Key()) {
				t.Errorf("%s: %s: %s\n%s", search.World.Name, v.Property, v.Message, v.Trace)
			}
		}
	}
}

// Without a trap that keeps the tables in order, the port may fail, which stops the run. Or a state may be one that cannot be written:
// the search expands it all the same.
func TestFaults(t *testing.T) {
	without := func(trap spec.Site, e exploration, program string) int {
		e.without = trap
		s := e.search(properties.Promises()...)
		s.From, s.Bounds.Steps, s.MaxTransitions = e.run(witness{e, program}.trace()), breakDepth, breakTransitions
		return s.Run().Stops["fault"]
	}
	if without("lift_own/type", exploration{world: model.WorldByName("handles")}, "A: resource.new R 100\nA: call B.take-S 1") == 0 {
		t.Error("no fault without lift_own/type")
	}
	program := "host: invoke A.run\nA: waitable-set.new\nA: call B.error 1"
	if n := without("lift_error_context/class", classScenario.exploration, program); n > 0 {
		t.Errorf("%d faults without lift_error_context/class", n)
	}
}
