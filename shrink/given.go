package shrink

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
)

// Stops is the property that the specification stops no run: for traces that are to show a trap. Its kind is the site.
var Stops = &model.Property{
	Name:      "no-stop",
	Statement: "The specification does not stop the run.",
	Kind:      "step",
	New:       func() model.Checker { return &stopChecker{BaseChecker: model.BaseChecker{Name: "no-stop"}} },
}

type stopChecker struct{ model.BaseChecker }

func (c *stopChecker) Stopped(_ *model.Run, err error) {
	c.Message, c.ViolationKind = err.Error(), model.SiteOf(err)
}

// Given runs a trace, and returns a search of its world, in which its actions are on the menus, and every violation of
// the properties that it shows, in order.
func Given(t *model.Trace, properties []*model.Property) (*model.Search, []*model.Violation, error) {
	if _, err := model.RunTrace(t, t.Variant); err != nil {
		return nil, nil, err
	}
	s := &model.Search{World: t.World, Variant: t.Variant, Properties: properties, Bounds: t.World.Bounds}
	g := &givenRun{attempt: attempt{shrinker: &shrinker{search: s, goal: "/", result: &Result{}}, follow: t, tape: t.Choices}}
	g.run()
	s.World = withActions(t.World, g.attempt.steps)
	return s, g.shown, nil
}

// A givenRun is an attempt that collects every violation.
type givenRun struct {
	attempt
	shown []*model.Violation
}

func (g *givenRun) run() {
	g.attempt.saw = func(v *model.Violation) {
		if !slices.ContainsFunc(g.shown, func(o *model.Violation) bool { return o.Key() == v.Key() }) {
			v.Trace, v.Actions = g.follow, len(g.attempt.steps)
			g.shown = append(g.shown, v)
		}
	}
	g.attempt.run()
}

// withActions is a world on whose menus the actions of these steps are.
func withActions(w *model.World, steps []step) *model.World {
	wider := *w
	wider.Menus = map[string][]string{}
	for at, menu := range w.Menus {
		wider.Menus[at] = slices.Clone(menu)
	}
	changed := false
	for _, s := range steps {
		at := s.at
		if _, named := wider.Menus[at]; !named {
			at = actorOf(at, w)
		}
		if text := template(s.action); s.action.Op != "return" && s.action.Op != "stop" && !slices.Contains(wider.Menus[at], text) {
			wider.Menus[at] = append(wider.Menus[at], text)
			changed = true
		}
	}
	if !changed {
		return w
	}
	return &wider
}

// Part is the violation of a result in a world that has only what its trace needs, and what was removed from the world,
// for people. If nothing can be removed, or the violation needs it, it is the violation as it is.
func Part(s *model.Search, r *Result) (*model.Violation, []string) {
	part := Trim(s.World, Menus(r.Steps))
	removed := missing(s.World, part)
	if len(removed) == 0 {
		return r.Violation, nil
	}
	part.Name = strings.TrimSuffix(s.World.Name, "-part") + "-part"
	smaller := *s
	smaller.World = part
	sh := &shrinker{search: &smaller, goal: r.Violation.Key(), result: &Result{}}
	a := &attempt{shrinker: sh, follow: r.Violation.Trace, tape: r.Violation.Trace.Choices}
	a.run()
	if a.found == nil || len(a.actions) != len(r.Steps) {
		return r.Violation, nil
	}
	sh.best = a
	return sh.violation(), removed
}

// missing names what a world has and its part has not.
func missing(w, part *model.World) []string {
	var names []string
	for _, kind := range []struct {
		what      string
		all, left []string
	}{
		{"instance", named(w.Instances, func(i model.Instance) string { return i.Name }), named(part.Instances, func(i model.Instance) string { return i.Name })},
		{"resource", named(w.Resources, func(r model.Resource) string { return r.Name }), named(part.Resources, func(r model.Resource) string { return r.Name })},
		{"function", named(w.Funcs, func(f model.Func) string { return f.Name }), named(part.Funcs, func(f model.Func) string { return f.Name })},
	} {
		gone := slices.DeleteFunc(kind.all, func(name string) bool { return slices.Contains(kind.left, name) })
		if len(gone) > 0 {
			names = append(names, fmt.Sprintf("%s (%s)", model.Counted(len(gone), kind.what), strings.Join(gone, ", ")))
		}
	}
	return names
}

func named[T any](list []T, name func(T) string) []string {
	var all []string
	for _, e := range list {
		all = append(all, name(e))
	}
	return all
}
