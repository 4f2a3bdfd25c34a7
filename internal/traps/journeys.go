package traps

import (
	"maps"
	"slices"

	"cabi/model"
)

// A Journey is a run of a scenario, or of a program given by hand that takes a trap.
type Journey struct {
	World   *model.World
	Actions int
	Given   bool                // the program was given by hand
	Broken  []model.Checker     // those that saw a violation
	Trace   func() *model.Trace // makes its trace
}

// Journeys explores the scenarios, nearest first, then goes through the programs given by hand, while properties are
// checked, and lets visit see each run.
func Journeys(properties []*model.Property, visit func(Journey)) {
	for _, s := range scenarios {
		t := &terrain{world: s.world, menus: s.menus, properties: properties}
		t.explore(start{}, s.steps, scenarioRuns, func(j *journey) bool {
			visit(t.journey(j, false))
			return false
		})
	}
	for _, site := range slices.Sorted(maps.Keys(hints)) {
		h := hints[site]
		t := &terrain{world: h.world, menus: h.menus, bounds: h.world.Bounds, properties: properties}
		visit(t.journey(t.travel(start{actions: h.actions}), true))
	}
}

func (t *terrain) journey(j *journey, given bool) Journey {
	return Journey{t.world, len(j.did), given, j.broken, func() *model.Trace { return t.record(j, nil) }}
}
