package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/internal/port"
	"cabi/internal/step"
	"cabi/model"
	"cabi/spec"
)

// Every name of every kind is explained. A trace that is shown replays, and shows what it is said to show.
func TestExplain(t *testing.T) {
	for _, of := range explainers() {
		without := 0
		for _, name := range of.kind.names() {
			e, err := of.explain(name)
			if err != nil || e == nil {
				t.Fatalf("%s %s: %v, %v", of.kind.name, name, e, err)
			}
			if e.shown == nil {
				without++
				if e.none == "" {
					t.Errorf("%s shows no trace, and does not say why", e.title)
				}
				continue
			}
			checkShown(t, of.kind, name, e)
		}
		t.Logf("%d %s, %d without a trace", len(of.kind.names()), of.kind.plural, without)
	}
}

// checkShown replays a trace that an explanation shows.
func checkShown(t *testing.T, k kind, name string, e *explanation) {
	t.Helper()
	trace, err := model.ParseTrace(strings.NewReader(e.shown.trace))
	if err != nil {
		t.Errorf("%s: %v in\n%s", e.title, err, e.shown.trace)
		return
	}
	if trace.Variant != spec.SingleTable && e.shown.trace != "" && k.name == kindSite.name {
		t.Errorf("%s is shown under %s", e.title, trace.Variant.Name)
	}
	checkers := []model.Checker(nil)
	if property := propertyByName(name); k.name == kindProperty.name {
		checkers = append(checkers, property.New())
	}
	again, err := model.ReplayOptions{Checkers: checkers}.Run(trace)
	switch {
	case err != nil:
		t.Errorf("%s: %v in\n%s", e.title, err, e.shown.trace)
	case again.Departs != nil:
		t.Errorf("%s: departs at %s, got %s", e.title, again.Departs, again.Got)
	case k.name == kindSite.name && model.SiteOf(again.Stopped) != name:
		t.Errorf("%s is shown by a run that stops so: %v", e.title, again.Stopped)
	case k.name == kindAction.name && !slices.ContainsFunc(trace.Lines, func(l model.Line) bool { return strings.HasPrefix(l.Text+" ", name+" ") }):
		t.Errorf("%s is not in\n%s", e.title, e.shown.trace)
	case k.name == kindProperty.name && checkers[0].Violation() == "":
		t.Errorf("%s is not violated by\n%s", e.title, e.shown.trace)
	case k.name == kindVariant.name && trace.Variant.Name != name:
		t.Errorf("%s is not shown by\n%s", e.title, e.shown.trace)
	}
}

// Only what no trace can show has none: one trap that nothing takes, the asserts that hold, the action stop, and promises that
// everything keeps, for which there is the patch that the explanation names.
func TestExplainWithoutTrace(t *testing.T) {
	for _, name := range siteNames() {
		e := must(explainSite(name))
		s := must(pinReport()).Sites[slices.Index(siteNamesInOrder(t), name)]
		if e.shown == nil && s.Kind == port.KindTrap && name != "canon_lift.thread_func/code" {
			t.Errorf("nothing shows trap %s", name)
		}
		if fails := strings.HasPrefix(readPage("traps.md").row(name)["found"], "fails "); fails != (e.shown != nil) && s.Kind == port.KindAssert {
			t.Errorf("assert %s: fails %t, shown %t", name, fails, e.shown != nil)
		}
	}
	for _, name := range propertyNames() {
		if must(explainProperty(name)).shown != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join("../../properties/testdata/patches", name+".patch")); err != nil {
			t.Error(err)
		}
	}
	for _, name := range worldNames() {
		if must(explainWorld(name)).shown == nil {
			t.Errorf("nothing shows world %s", name)
		}
	}
	for _, name := range model.Ops() {
		if e := must(explainAction(name)); e.shown == nil && name != "stop" && !model.IsLoad(name) {
			t.Errorf("nothing shows action %s", name)
		}
		if step.ActionTexts[name].Means == "" {
			t.Errorf("action %s is not described", name)
		}
	}
}

func siteNamesInOrder(t *testing.T) []string {
	t.Helper()
	return names(must(pinReport()).Sites, func(s port.GoSite) string { return s.Name })
}

// The command prints what is known of each kind of names.
func TestExplainCommand(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"borrows", "leaves out  wrong indices, destructors\n"},
		{"borrows", "A imports B.keep, lowered async\n"},
		{"children", "known defects  no-assertion-failure/Thread.resume/resumable after 8 actions\n"},
		{"unique-in-instance", "fails under  per-type after 2 actions, resource-table after 2 actions"},
		{"cancel-delivered", "in world cancel after 8 actions: callback wait\n"},
		{"Task.return_/resolved", "Task.return_, definitions.py:552\n"},
		{"Task.return_/resolved", "\nA: task.return ()\nA: task.return ()\ntrap Task.return_/resolved: "},
		{"canon_lift.thread_func/code", "No trace: nothing that was explored takes it."},
		{"per-type", "unique-in-instance after 2 actions\n"},
		{"waitable.join", "canon_waitable_join, definitions.py:"},
		{"pin", "pin       " + model.Pin + ": the commit"},
	} {
		out, code, err := execute(newRootCommand(), "explain", c.name)
		if code != 0 || !strings.Contains(out, c.want) {
			t.Errorf("cabi explain %s: exit %d, %v; no %q in\n%s", c.name, code, err, c.want, out)
		}
	}
	out, code, _ := execute(newRootCommand(), "explain")
	for _, want := range []string{"worlds (", "properties (", "sites (304):", "variants (11):", "actions (", "  pin\n"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("cabi explain: exit %d, no %q in\n%s", code, want, out)
		}
	}
}
