package diff

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"cabi/model"
)

// scoutPairs is how many pairs of a world are compared before it is left, if nothing that changed was run in it.
const scoutPairs = 600

// exploreOwn explores the worlds that are not the model's on both versions: the comparison's own, which are small, or those of files.
func (c *comparison) exploreOwn() error {
	c.exploreEach(slices.DeleteFunc(slices.Clone(c.Worlds), isModels))
	return nil
}

// isModels reports whether a world is one of the model's.
func isModels(w *model.World) bool { return model.WorldByName(w.Name) == w }

// explore explores the model's worlds on both versions.
func (c *comparison) explore() error {
	c.exploreEach(c.nearestFirst())
	place := map[string]int{}
	for i, w := range c.Worlds {
		place[w.Name] = i
	}
	slices.SortStableFunc(c.report.Worlds, func(a, b World) int { return cmp.Compare(place[a.Name], place[b.Name]) })
	c.compareNear()
	c.addRandom()
	c.settleFindings()
	c.sortDifferences() // also if the comparison was stopped early: what was found is shown
	return nil
}

// exploreEach explores worlds on both versions.
func (c *comparison) exploreEach(worlds []*model.World) {
	for _, w := range worlds {
		i := len(c.report.Worlds)
		if !c.step("worlds", i, len(c.Worlds)) {
			return
		}
		of := World{Name: w.Name}
		why, only := c.New.fits(w), c.Old.fits(w)
		switch {
		case why != "":
			of.Skipped = why
		case only != "":
			of.Skipped = "compared with nothing, since it is for the new version alone: " + only
			c.checkPromises(w, &of, c.New.noting(), false)
		default:
			c.exploreWorld(w, &of, i)
		}
		c.report.Worlds = append(c.report.Worlds, of)
	}
}

// nearestFirst are the model's worlds to explore, those first of which most reference traces run what changed: what is found comes sooner, and the
// report is the same but where two worlds show something equally well.
func (c *comparison) nearestFirst() []*model.World {
	ran := map[string]int{}
	for _, r := range c.ran {
		ran[r.trace.World.Name]++
	}
	worlds := slices.DeleteFunc(slices.Clone(c.Worlds), func(w *model.World) bool { return !isModels(w) })
	slices.SortStableFunc(worlds, func(a, b *model.World) int { return cmp.Compare(ran[b.Name], ran[a.Name]) })
	return worlds
}

// compareNear compares the versions along the reference traces that happen on one of them only, or that run what changed, in the worlds of
// those traces, and near them. Those of worlds that are explored are gone along there.
func (c *comparison) compareNear() {
	traces := append(slices.Clone(c.apart), nearTraces(c.ran)...)
	for i, t := range traces {
		if !c.step("near reference traces", i, len(traces)) {
			return
		}
		if model.WorldByName(t.World.Name) == t.World {
			continue
		}
		ways := c.along(t.World, []*model.Trace{t})
		w, _ := t.World.Complete() // it has no menus, being part of another
		r := model.Comparison{World: w, Old: c.Old.Version, New: c.New.Version, Bounds: w.Bounds, MostPairs: max(1, c.Behind/10), Workers: c.Workers, Along: ways, Near: ways}.Run()
		if r.Err != nil { // one of the versions cannot be followed there
			c.report.addNotCompared(fmt.Sprintf("near a reference trace, in a part of the world %s: %v", t.World.Name, r.Err))
		}
		for _, d := range r.Differences {
			c.addDifference(d)
		}
	}
}

// exploreWorld compares the versions in a world, and checks its promises.
func (c *comparison) exploreWorld(w *model.World, of *World, place int) {
	new := c.New.noting()
	comparing := model.Comparison{World: w, Old: c.Old.Version, New: new.Version, Bounds: w.Bounds, MostPairs: c.Pairs, Workers: c.Workers, Along: c.along(w, c.traces), Near: c.along(w, c.findings)}
	comparing.Progress = func(r *model.Compared) bool {
		if !c.step("worlds: "+w.Name, place, len(c.Worlds)) {
			return false
		}
		of.Unchanged = of.Unchanged || r.Pairs >= scoutPairs && len(r.Differences) == 0 && new.onPython() && len(c.text.ranTouched(new)) == 0
		return !of.Unchanged
	}
	r := comparing.Run()
	if r.Err != nil { // one of the versions cannot be followed there
		of.Skipped = r.Err.Error()
		return
	}
	c.addCoreTypes(differing(r.OtherTypes[0], r.OtherTypes[1]))
	of.Pairs, of.Along, of.Transitions, of.Depth, of.Whole = r.Pairs, r.Along, r.Transitions, r.Depth, r.Frontier == r.AtBound
	for _, d := range r.Differences {
		c.addDifference(d)
	}
	c.report.addNotTaken(c.Old.Name, r.NotTaken[0])
	c.report.addNotTaken(c.New.Name, r.NotTaken[1])
	if !of.Unchanged {
		c.checkPromises(w, of, new, true)
	}
	c.noteRan(new)
}

// along are the actions of the reference traces and findings of a world, which lead deeper than what is explored from the start.
func (c *comparison) along(w *model.World, traces []*model.Trace) (ways [][]model.Action) {
	for _, t := range traces {
		if t.World != w {
			continue
		}
		if again, err := model.RunTrace(t, t.Variant); err == nil {
			ways = append(ways, again.Actions)
		}
	}
	return ways
}

// noting is the version, with the lines noted that are run on it from now on.
func (v *Version) noting() *Version {
	if !v.onPython() {
		return v
	}
	again := *v
	again.Source = noting(v.Source)
	return &again
}

// counting is the version, with it counted from now on how often each line is run on it.
func (v *Version) counting() *Version {
	again := v.noting()
	again.Source.Ran().Count()
	return again
}

// noteRan notes what was run of what changed.
func (c *comparison) noteRan(v *Version) {
	if !v.onPython() {
		return
	}
	for _, l := range c.text.lines {
		if wasRun(v, l.Number) {
			c.text.reached[l.Number] = true
		}
	}
}

// addNotCompared notes where the versions were not compared, and why.
func (r *Report) addNotCompared(where string) {
	if !slices.Contains(r.NotCompared, where) {
		r.NotCompared = append(r.NotCompared, where)
	}
}

// addNotTaken notes the actions that a version has not, and why.
func (r *Report) addNotTaken(version string, actions []string) {
	for _, a := range actions {
		if text := fmt.Sprintf("on %s: %s", version, a); !slices.Contains(r.NotTaken, text) {
			r.NotTaken = append(r.NotTaken, text)
		}
	}
}

// differing are the core types that an action has on one version and not on the other, given those that are other than the pin's on the old version, and on
// the new one.
func differing(old, new []model.OtherCoreTypes) (differ []CoreTypes) {
	types := map[string]*CoreTypes{}
	of := func(o model.OtherCoreTypes) *CoreTypes {
		if types[o.Action] == nil {
			types[o.Action] = &CoreTypes{o.Action, o.Pin, o.Pin}
		}
		return types[o.Action]
	}
	for _, o := range old {
		of(o).Old = o.Here
	}
	for _, o := range new {
		of(o).New = o.Here
	}
	for _, action := range slices.Sorted(maps.Keys(types)) {
		if t := *types[action]; t.Old != t.New {
			differ = append(differ, t)
		}
	}
	return differ
}

// addCoreTypes adds core types to the report, those of the shortest actions first.
func (c *comparison) addCoreTypes(differ []CoreTypes) {
	r := c.report
	for _, t := range differ {
		if !slices.Contains(r.CoreTypes, t) {
			r.CoreTypes = append(r.CoreTypes, t)
		}
	}
	slices.SortStableFunc(r.CoreTypes, func(a, b CoreTypes) int {
		return cmp.Or(cmp.Compare(len(a.Action), len(b.Action)), cmp.Compare(a.Action, b.Action))
	})
}

// otherCoreTypes are the actions of a world that have other core types on a version than at the pin; nil, if it cannot run the world.
func (v *Version) otherCoreTypes(w *model.World) []model.OtherCoreTypes {
	if !v.onPython() {
		return nil
	}
	types, _ := v.Source.OtherCoreTypes(w)
	return types
}
