package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"cabi/internal/port"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// open opens a version.
func open(t *testing.T, name string) *Version {
	t.Helper()
	v, err := Open(name, "")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The findings that are replayed are the known defects, one trace for each cause of a kind that a world has.
func TestFindings(t *testing.T) {
	traces, names, err := tracesOf(findingFiles, "findings")
	if err != nil {
		t.Fatal(err)
	}
	c := newComparison(Options{Old: open(t, Port), New: open(t, Port)})
	var found, want []string
	for _, name := range names {
		f, err := c.replayFinding(traces[name])
		if err != nil || f == nil || f.Verdict != Left {
			t.Fatalf("%s: %+v, %v", name, f, err)
		}
		found = append(found, fmt.Sprintf("%s %s %s %d", f.World, f.Property, f.Kind, f.Actions))
	}
	for _, d := range properties.KnownDefects {
		want = append(want, fmt.Sprintf("%s %s %s %d", d.World, d.Property.Name, d.Kind, d.Actions))
	}
	slices.Sort(found)
	slices.Sort(want)
	if !slices.Equal(found, want) {
		t.Errorf("the traces are of %q, want %q", found, want)
	}
}

// A version compared with itself has no differences; with a variant there are some, and the traces of each happen on its own version.
func TestCompare(t *testing.T) {
	small := Options{Old: open(t, Port), New: open(t, Port), Worlds: []*model.World{model.WorldByName("handles")}, Pairs: 100, States: 100, Behind: 50, Workers: 2}
	same, err := Compare(small)
	if err != nil || same.Observable() || same.Worlds[0].Pairs < 100 || same.Traces.Replayed < 300 {
		t.Fatalf("%+v, %v", same, err)
	}
	small.New = open(t, "per-type")
	other, err := Compare(small)
	if err != nil || len(other.Differences) == 0 {
		t.Fatalf("%+v, %v", other, err)
	}
	if !slices.Contains(other.NotExercised, "text-liftable") || slices.Contains(other.NotExercised, "free-list") { // nobody passes text in handles
		t.Errorf("not exercised: %v", other.NotExercised)
	}
	for _, d := range other.Differences {
		for _, of := range []struct {
			v     *Version
			trace string
		}{{small.Old, d.OldTrace}, {small.New, d.NewTrace}} {
			trace, err := model.ReadTrace(strings.NewReader(of.trace))
			if err != nil {
				t.Fatal(err)
			}
			if departs, err := of.v.departure(trace); err != nil || departs != nil {
				t.Errorf("on %s: %+v, %v:\n%s", of.v.Name, departs, err, of.trace)
			}
		}
	}
}

// Lines are told apart without comments, and a line that is gone marks those beside it.
func TestCompareLines(t *testing.T) {
	d := &textDiff{touched: map[int]bool{}}
	d.compareLines([]string{"a", "b # why", "c", "d"}, []string{"a", "b", "x", "d", "e"})
	var got []int
	for line := range d.touched {
		got = append(got, line)
	}
	slices.Sort(got)
	if want := []int{-4, -3, 3, 5}; !slices.Equal(got, want) && !slices.Equal(got, []int{-3, -2, 3, 5}) {
		t.Errorf("touched %v, want %v", got, want)
	}
}

// A definition that changed goes on behind those inside it, to the next one beside it.
func TestTakeDefinitions(t *testing.T) {
	d := &textDiff{touched: map[int]bool{}, definitions: []Definition{{"a.f", "changed"}}}
	d.takeDefinitions([]*port.Definition{{Name: "a", Line: 1}, {Name: "a.f", Line: 2}, {Name: "a.f.inner", Line: 3}, {Name: "a.g", Line: 6}, {Name: "b", Line: 8}}, 9)
	if want := map[int]bool{2: true, 3: true, 4: true, 5: true}; !maps.Equal(d.touched, want) {
		t.Errorf("touched %v, want %v", d.touched, want)
	}
}

// Kinds say what is observed, without names and indices.
func TestPlain(t *testing.T) {
	for line, want := range map[string]string{
		"enter A.react.callback 6 0 0 as a callback": "a callback is called with TASK_CANCELLED",
		"enter B.work as a function":                 "a function is called",
		"done A.run#1 thread.yield cancellable -> 0": "thread.yield returns 0",
		"done A.run#1 call B.work -> 17":             "call returns 17",
		"host receives results of call 0 [u8 7]":     "the host receives results of call",
		"trap":                                       "trap",
		"next is host#0":                             "somebody else goes on",
	} {
		if got := plain(line); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
	}
}

// A sentence is found in prose whatever its markup and line breaks, and with parts left out.
func TestSentences(t *testing.T) {
	prose := "The `Task.state` is\n*remembered*, and is delivered at the next opportunity."
	if !has(prose, "Task.state is remembered […] at the next opportunity") || has(prose, "is forgotten") {
		t.Error("sentences are not found in prose")
	}
	n := 0
	for _, p := range properties.Promises() {
		n += len(sentencesOf(p))
	}
	if n < 30 {
		t.Errorf("the promises quote %d sentences", n)
	}
}

// Differences are of one kind if the same can be observed of them, whoever acts and whoever goes on; the site of a stop tells them apart.
func TestKinds(t *testing.T) {
	effect := func(stop string, lines ...string) []*model.Effect {
		return []*model.Effect{{Observed: lines, Stop: stop}}
	}
	divergence := func(op string, gone, appeared []*model.Effect) *model.Divergence {
		return &model.Divergence{World: model.WorldByName("tasks"), Action: model.Action{Op: op}, Gone: gone, Appeared: appeared, Old: gone, New: appeared}
	}
	ends, yields, told := effect("", "done host#0 tick ->"), effect("", "done A.run#1 thread.yield cancellable -> 0"), effect("", "enter A.f.callback 6 0 0 as a callback")
	none, trap, other := effect("", "enter A.f.callback 0 0 0 as a callback"), effect("canon_lift/blocked", "trap"), effect("Table.get/bounds", "trap")
	for _, c := range []struct {
		a, b *model.Divergence
		same bool
	}{
		{divergence("tick", ends, told), divergence("thread.yield", none, told), true},
		{divergence("thread.suspend-then-promote", none, ends), divergence("thread.yield-then-promote", yields, ends), true},
		{divergence("thread.suspend-then-promote", none, ends), divergence("tick", none, ends), false},
		{divergence("tick", trap, yields), divergence("tick", other, yields), false},
		{divergence("call", trap, yields), divergence("resource.drop", trap, none), true},
		{divergence("tick", yields, trap), divergence("tick", yields, other), false},
		{divergence("tick", yields, nil), divergence("tick", nil, yields), false},
	} {
		if a, b := keyOf(c.a), keyOf(c.b); (a == b) != c.same {
			t.Errorf("%q and %q: one kind: %v, want %v", a, b, a == b, c.same)
		}
	}
}

// What a function's text says of its parameters and results.
func TestNewBuiltins(t *testing.T) {
	const body = "def canon_x(i, cancellable, h, v):\n  t = thread.task.inst.threads.get(i)\n  e = inst.handles.get(h)\n  trap_if(not isinstance(e, Subtask))\n  return [1, 2]\n"
	for name, want := range map[string]string{"i": "thread", "cancellable": "cancellable", "h": "subtask", "v": "i32"} {
		if got := paramKind(name, body); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if n := len(resultsOf(body)); n != 2 || resultsOf("  return []\n") != nil {
		t.Errorf("%d results", n)
	}
	b := model.Builtin{Name: "thread.set-task", Params: []string{"thread"}, Function: "canon_thread_set_task"}
	if w := withBuiltin(model.WorldByName("switches"), b); w == nil || !slices.Contains(w.Menus["A"], "thread.set-task") {
		t.Errorf("%+v", w)
	}
	if w := withBuiltin(model.WorldByName("handles"), b); w != nil {
		t.Errorf("%s has no action of threads", w.Name)
	}
}

// The worlds are the model's, and some more, in which the pin breaks no promise in a way that is not known.
func TestWorlds(t *testing.T) {
	worlds, err := Worlds()
	if err != nil {
		t.Fatal(err)
	}
	own := 0
	for _, w := range worlds {
		if model.WorldByName(w.Name) != nil {
			continue
		}
		own++
		r := model.Search{World: w, Variant: spec.SingleTable, Properties: properties.For(w), Bounds: w.Bounds, KeepGoing: true, ByShape: true}.Run()
		unknown := slices.ContainsFunc(r.Violations, func(v *model.Violation) bool { return properties.CauseOf(v) == nil })
		if r.Stopped || unknown || r.States < 30 {
			t.Errorf("%s: %d states, %v", w.Name, r.States, r.Violations)
		}
	}
	if own != 8 {
		t.Errorf("%d worlds of its own", own)
	}
}

// A promise has one verdict: if it cannot be checked somewhere on one of the versions, nothing is said of it anywhere.
func TestSettleNotChecked(t *testing.T) {
	c := newComparison(Options{Old: open(t, Port), New: open(t, Port)})
	for _, property := range []string{"subtask-told", "no-crash", "stack-discipline"} {
		c.report.Promises = append(c.report.Promises, Broken{Property: property, Verdict: New})
		c.report.Findings = append(c.report.Findings, Finding{Property: property, Verdict: Left, happens: "the same happens"})
	}
	c.report.Differences = []Difference{{Behind: slices.Clone(c.report.Promises)}}
	c.left = []string{"subtask-told", "no-crash", "no-crash"}
	c.notNew.add(map[string]string{"subtask-told": "it is gone"})
	c.notOld.add(map[string]string{"stack-discipline": "it is to come"})
	c.settleNotChecked()
	r := c.report
	if len(r.Promises) != 1 || r.Promises[0].Property != "no-crash" || len(r.Differences[0].Behind) != 1 || r.Left != 2 {
		t.Errorf("%+v, %+v, %d", r.Promises, r.Differences[0].Behind, r.Left)
	}
	if len(r.Findings) != 2 || r.Findings[0].Verdict != Unknown || r.Findings[0].How != "the same happens; the promise cannot be checked: it is gone" || r.Findings[1].Verdict != Left {
		t.Errorf("%+v", r.Findings)
	}
	if want := []NotChecked{{"stack-discipline", "it is to come", true}, {"subtask-told", "it is gone", false}}; !slices.Equal(r.NotChecked, want) {
		t.Errorf("%+v", r.NotChecked)
	}
}
