package shrink

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// NoStop is the property that the specification does not stop the run. To shrink a trace that shows a trap, it is the property that
// the trace violates. The kind of a violation is the site of the trap or assert.
var NoStop = &model.Property{
	Name:      "no-stop",
	Statement: "The specification does not stop the run.",
	Kind:      "step",
	New:       func() model.Checker { return &stopChecker{BaseChecker: model.BaseChecker{Name: "no-stop"}} },
}

// A stopChecker checks that the specification does not stop the run. It remembers nothing.
type stopChecker struct{ model.BaseChecker }

// Shape is empty: the site is all that is kept.
func (c *stopChecker) Shape(*model.Run) string { return "" }

func (c *stopChecker) Stopped(_ *model.Run, err error) {
	c.Message, c.ViolationKind = err.Error(), model.SiteOf(err)
}

// Seeds runs a trace, and returns the violations of the properties in it: each can be the seed of a Minimize, which keeps its shape. They are in
// order, but that which the trace claims comes first. The search is one of the trace's world, in which its actions are on the menus. Progress is
// optional.
func Seeds(t *model.Trace, properties []*model.Property, progress func(Progress)) (*model.Search, []*model.Violation, error) {
	replay, err := model.RunTrace(t, t.Variant)
	if err != nil {
		return nil, nil, err
	}
	t = replay.Plain // attempts read numbers, no names
	s := &model.Search{World: t.World, Variant: t.Variant, Source: t.Source, Without: map[spec.Site]bool{}, Properties: properties, Bounds: t.World.Bounds, ByShape: true}
	for _, site := range t.Without {
		s.Without[site] = true
	}
	r := &seedRun{attempt: attempt{shrinker: &shrinker{search: s, goal: "/", limits: Limits{Progress: progress}, result: &Result{}}, trace: t, tape: t.Choices}}
	r.run()
	not := r.attempt.runs.NotChecked(properties)
	r.violations = slices.DeleteFunc(r.violations, func(v *model.Violation) bool { return not[v.Property] != "" })
	if len(r.violations) == 0 && len(properties) == 1 && len(not) == 1 {
		return nil, nil, fmt.Errorf("%s is not checked on this version: %s", properties[0].Name, not[properties[0].Name])
	}
	slices.SortStableFunc(r.violations, func(a, b *model.Violation) int { return claimedFirst(t, a) - claimedFirst(t, b) })
	s.World = withActions(t.World, r.attempt.steps)
	return s, r.violations, nil
}

func claimedFirst(t *model.Trace, v *model.Violation) int {
	if t.Violates == v.Property+": "+v.Message {
		return 0
	}
	return 1
}

// A seedRun is an attempt that runs a trace and collects every violation.
type seedRun struct {
	attempt
	violations []*model.Violation
}

func (r *seedRun) run() {
	r.attempt.onViolation = func(v *model.Violation) {
		if !slices.ContainsFunc(r.violations, func(o *model.Violation) bool { return o.Key() == v.Key() }) {
			v.Trace, v.Actions = r.trace, len(r.attempt.steps)
			r.violations = append(r.violations, v)
		}
	}
	r.attempt.run()
}

// withActions is a world with the actions of these steps on its menus.
func withActions(w *model.World, steps []Step) *model.World {
	wider := *w
	wider.Menus = map[string][]string{}
	for at, menu := range w.Menus {
		wider.Menus[at] = slices.Clone(menu)
	}
	changed := false
	for _, s := range steps {
		at := s.At
		if _, named := wider.Menus[at]; !named {
			at = actorOf(at, w)
		}
		if text := template(s.Action); s.Action.Op != "return" && s.Action.Op != "stop" && !slices.Contains(wider.Menus[at], text) {
			wider.Menus[at] = append(wider.Menus[at], text)
			changed = true
		}
	}
	if !changed {
		return w
	}
	return &wider
}

// TrimWorld returns the violation of a result in a smaller world, which has only what the trace needs, and for people, what was
// removed from the world. If nothing can be removed, or the violation is gone without it, it returns the violation as it is.
func TrimWorld(s *model.Search, r *Result) (*model.Violation, []string) {
	part := Trim(s.World, Menus(r.Steps))
	removed := missing(s.World, part)
	if len(removed) == 0 {
		return r.Violation, nil
	}
	part.Name = strings.TrimSuffix(s.World.Name, "-part") + "-part"
	smaller := *s
	smaller.World = part
	sh := &shrinker{search: &smaller, goal: r.Violation.Key(), result: &Result{}}
	a := &attempt{shrinker: sh, trace: r.Violation.Trace, tape: r.Violation.Trace.Choices}
	a.run()
	if a.found == nil || len(a.actions) != len(r.Steps) {
		return r.Violation, nil
	}
	sh.best = a
	return sh.violation(), removed
}

// missing describes what a world has and a part of it has not.
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
