package properties_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// editedSource is a definitions.py with some of its text replaced, or why it cannot be run.
func editedSource(t *testing.T, replacements ...string) (*model.Source, error) {
	t.Helper()
	text := definitions(t)
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(text, replacements[i]) {
			t.Fatalf("definitions.py has no %q", replacements[i])
		}
	}
	file := filepath.Join(t.TempDir(), "definitions.py")
	if err := os.WriteFile(file, []byte(strings.NewReplacer(replacements...).Replace(text)), 0o644); err != nil {
		t.Fatal(err)
	}
	return model.OpenSource(file)
}

// searchEdited searches a named world on an edited definitions.py.
func searchEdited(t *testing.T, world string, actions int, replacements ...string) *model.Report {
	t.Helper()
	source, err := editedSource(t, replacements...)
	if err != nil {
		t.Fatal(err)
	}
	w := model.WorldByName(world)
	bounds := w.Bounds
	bounds.Steps = actions
	return model.Search{World: w, Source: source, Bounds: bounds, Properties: properties.For(w), KeepGoing: true, Variant: spec.SingleTable}.Run()
}

// What the host calls is called as it was, or the file is refused, with its line: a difference is no finding.
func TestMethodsThatDoNotFit(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"def invoke(self, f: FuncInst, on_start: OnStart, on_resolve: OnResolve)", "def invoke(self, f, on_start, on_resolve, extra)",
			"Store.invoke(self, f, on_start, on_resolve, extra) cannot be called as the host does: invoke(f, on_start, on_resolve)"},
		{"def tick(self):", "def step(self):", "Store.tick is gone"},
		{"def tick(self):", "def tick(self, *, n):", "Store.tick(self, n) cannot be called"},
	} {
		if err := searchEdited(t, "handles", 2, c.old, c.new).Err; err == nil || !strings.Contains(err.Error(), c.want) || !model.IsRefusal(err) {
			t.Errorf("%s: %v", c.new, err)
		}
	}
	if err := searchEdited(t, "handles", 2, "def tick(self):", "def tick(self, n = 1):").Err; err != nil {
		t.Error(err)
	}
}

// A version may give functions other core types. Core code then passes the numbers that these want, which is said, and promises that read values by the
// pin's core types are left out: that they do not fit is no finding. Of results, too.
func TestOtherCoreTypes(t *testing.T) {
	const flatten = "return flatten_type(elem_type, opts) * maybe_length"
	report := searchEdited(t, "value-types", 2, flatten, "return [opts.memory.ptr_type()]")
	want := model.OtherCoreTypes{Action: "call of B.fixed(list<u8, 2>) in A", Here: "[i32]", Pin: "[i32 i32]"}
	if report.Err != nil || !slices.Equal(report.OtherTypes, []model.OtherCoreTypes{want}) {
		t.Fatalf("%v, %v, want %v", report.OtherTypes, report.Err, want)
	}
	for _, v := range report.Violations {
		if v.Kind != "CoreValueIter.next/IndexError" { // two numbers are still lifted
			t.Errorf("%s/%s: %s", v.Property, v.Kind, v.Message)
		}
	}
	for _, property := range []string{"values-kept", "handles-as-asked", "lenders-recorded", "pointers-sound", "text-liftable"} {
		if report.NotChecked[property] == "" {
			t.Errorf("%s is checked", property)
		}
	}
	if report.Taken["A: call B.fixed"] == 0 {
		t.Errorf("B.fixed is not called: %v", report.Taken)
	}
	report = searchEdited(t, "value-types", 1, "if len(flat_results) > MAX_FLAT_RESULTS:", "if len(flat_results) >= MAX_FLAT_RESULTS:")
	want = model.OtherCoreTypes{Action: "call of B.one() -> s16 in A", Here: "[i32]", Pin: "no values"}
	if report.Err != nil || !slices.Contains(report.OtherTypes, want) {
		t.Errorf("%v, %v, want %v", report.OtherTypes, report.Err, want)
	}
	if report := searchEdited(t, "value-types", 1, flatten, flatten+" # as it was"); len(report.OtherTypes) > 0 || report.NotChecked["values-kept"] != "" {
		t.Errorf("with nothing but a comment changed: %v, %v", report.OtherTypes, report.NotChecked)
	}
}

// A call of the host's that comes to nothing in a run ends the search, and is no finding.
func TestMismatchIsNoFinding(t *testing.T) {
	report := searchEdited(t, "handles", 2,
		"def canon_resource_new(rt, rep):", "canon_resource_new = 7\ndef canon_resource_new_(rt, rep):")
	if len(report.Violations) > 0 || !model.IsRefusal(report.Err) || !strings.Contains(report.Err.Error(), "is not as cabi calls it: `'resource.new'") {
		t.Errorf("%v, %v", report.Err, report.Violations)
	}
}

// A file that the host cannot use, or whose objects the program does not know, is bad input. It is said which class, field or variable
// it is, and in which line.
func TestWhatIsNotKnownIsNamed(t *testing.T) {
	for _, c := range []struct {
		world, want string
		edits       []string
	}{
		{"handles", "ComponentInstance.__init__(self, store, parent, name) cannot be called as the host does: ComponentInstance(store)",
			[]string{"def __init__(self, store, parent = None):", "def __init__(self, store, parent, name):"}},
		{"threads", "Table is gone, which the host uses: Table(); did you mean Tables?", []string{"class Table:", "class Tables:", "Table()", "Tables()"}},
		{"handles", "ResourceHandle.rt is gone (class ResourceHandle, definitions.py:736)", []string{"  rt: ResourceType\n  rep: int", "  rep: int",
			"self.rt = rt\n    self.rep", "self.res_t = rt\n    self.rep", "h.rt", "h.res_t"}},
		{"handles", "ResourceHandle.rt is None (class ResourceHandle, definitions.py:737)", []string{"    self.waiting = []\n",
			"    self.waiting = []\n    self.none = ResourceHandle(None, 0, True)\n"}},
		{"handles", "Table.array holds something else than elements and None (class Table, definitions.py:697)",
			[]string{"self.array = [None]", "self.array = [None, 5]"}},
	} {
		r := searchEdited(t, c.world, 3, c.edits...)
		if r.Err == nil || !model.IsRefusal(r.Err) || !strings.Contains(r.Err.Error(), c.want) || len(r.Violations) > 0 {
			t.Errorf("%q: %v, %v", c.edits[1], r.Err, violatedIn(r))
		}
	}
	r := searchEdited(t, "threads", 3, "return self.wait_until(lambda: True, cancellable)", "def always(): return bool(1)\n    return self.wait_until(always, cancellable)")
	if why := r.NotChecked["no-stuck-thread"]; !strings.Contains(why, "Thread.ready_func is not what it was: Thread.yield_.always (definitions.py:") {
		t.Errorf("%q", why)
	}
}

// A built-in that is gone, or takes other arguments, is left out of the menus, and named.
func TestBuiltinsThatAreGone(t *testing.T) {
	for edit, want := range map[string]string{
		"def canon_resource_rep_(rt, i):":   "resource.rep: canon_resource_rep is gone",
		"def canon_resource_rep(rt, i, x):": "resource.rep: canon_resource_rep does not take 2 arguments any more",
	} {
		report := searchEdited(t, "handles", 2, "def canon_resource_rep(rt, i):", edit)
		if len(report.Violations) > 0 || report.Err != nil || len(report.NotTaken) != 1 || !strings.HasPrefix(report.NotTaken[0], want) {
			t.Errorf("%s: %v, %v, %q", edit, report.Err, report.Violations, report.NotTaken)
		}
		if !slices.Contains(report.NeverTaken, "A: resource.rep R") {
			t.Errorf("never taken: %q", report.NeverTaken)
		}
	}
}

// violatedIn are the properties that a report says are violated.
func violatedIn(r *model.Report) (names []string) {
	for _, v := range r.Violations {
		names = append(names, v.Property)
	}
	return names
}

// A lookup whose type is no longer checked is found, or the promise about it is not checked: another name of a parameter, or a function
// of its own for the lookup, does not hide it, and is no violation itself.
func TestLookupsUnderOtherNames(t *testing.T) {
	const rep = "def canon_resource_rep(rt, i):\n  h = current_instance().handles.get(i)\n  trap_if(not isinstance(h, ResourceHandle))\n  trap_if(h.rt is not rt)\n"
	const untyped = "  h = current_instance().handles.get(i)\n  trap_if(not isinstance(h, ResourceHandle))\n"
	if r := searchEdited(t, "handles", 3, rep, "def canon_resource_rep(rt, i):\n"+untyped); !slices.Contains(violatedIn(r), "typed-use") {
		t.Errorf("%v", violatedIn(r))
	}
	for _, edit := range []string{
		"def canon_resource_rep(res_t, i):\n" + untyped,
		"def look(i):\n" + untyped + "  return h\n\ndef canon_resource_rep(rt, i):\n  h = look(i)\n",
	} {
		r := searchEdited(t, "handles", 3, rep, edit)
		if why := r.NotChecked["typed-use"]; !strings.Contains(why, " looks up an index (definitions.py:") || len(r.Violations) > 0 {
			t.Errorf("%q: %q, %v", edit, why, violatedIn(r))
		}
	}
	r := searchEdited(t, "waitables", 3, "def canon_waitable_join(wi, si):", "def canon_waitable_join(wi, set_index):", "if si == 0:", "if set_index == 0:",
		"handles.get(si)", "handles.get(set_index)", "def canon_waitable_set_wait(cancellable, mem, si, ptr)", "def canon_waitable_set_wait(cancellable, mem, set_index, ptr)",
		"def canon_waitable_set_poll(cancellable, mem, si, ptr)", "def canon_waitable_set_poll(cancellable, mem, set_index, ptr)",
		"code,si = unpack", "code,set_index = unpack")
	if len(r.Violations) > 0 || r.NotChecked["typed-use"] != "" {
		t.Errorf("%v, %v", violatedIn(r), r.NotChecked)
	}
}

// Members of enumerations are told apart by their names: another numbering changes nothing, and a new member is no violation.
func TestEnumerations(t *testing.T) {
	pin := searchEdited(t, "streams", 5)
	r := searchEdited(t, "streams", 5, "  IDLE = 1\n  COPYING = 2\n  CANCELLING_COPY = 3\n  DONE = 4\n", "  DONE = 1\n  IDLE = 2\n  COPYING = 3\n  CANCELLING_COPY = 4\n")
	if len(r.Violations) > 0 || len(r.NotChecked) > 0 || r.States < pin.States {
		t.Errorf("%v, %v, %d states, and not %d", violatedIn(r), r.NotChecked, r.States, pin.States)
	}
	r = searchEdited(t, "tasks", 3, "    INITIAL = 1\n    STARTED = 2\n", "    INITIAL = 1\n    QUEUED = 2\n    STARTED = 7\n", "self.state = Task.State.INITIAL", "self.state = Task.State.QUEUED",
		"self.state == Task.State.INITIAL", "self.state == Task.State.QUEUED")
	if why := r.NotChecked["calls-resolved"]; why != "Task.state is not what it was: State.QUEUED" || len(r.Violations) > 0 {
		t.Errorf("%q, %v", why, violatedIn(r))
	}
}

// A limit that a version does not have under its name is not lowered: a world that lowers it is refused.
func TestLimitsThatAreGone(t *testing.T) {
	r := searchEdited(t, "limits", 2, "MAX_LENGTH", "MAX_LEN")
	if r.Err == nil || !model.IsRefusal(r.Err) || r.Err.Error() != "definitions.py: there is no Table.MAX_LENGTH, which the world lowers" {
		t.Errorf("%v", r.Err)
	}
	source, err := editedSource(t, "DETERMINISTIC_PROFILE", "DETERMINISTIC")
	if err != nil {
		t.Fatal(err)
	}
	w := model.WorldByName("handles")
	search := model.Search{World: w, Source: source, Bounds: model.Bounds{Steps: 1}, Variant: spec.SingleTable, Deterministic: true}
	if r := search.Run(); r.Err == nil || !strings.Contains(r.Err.Error(), "there is no DETERMINISTIC_PROFILE") {
		t.Errorf("%v", r.Err)
	}
}

// A loop that does not end, and a list that is too long, stop the search soon, with the line and with what led there.
func TestEndlessRuns(t *testing.T) {
	const inc = "def canon_backpressure_inc():\n"
	for _, body := range []string{"  while True:\n    pass\n", "  x = [0] * (1 << 28)\n", "  l = []\n  while True:\n    l.append([1] * 1000)\n"} {
		r := searchEdited(t, "backpressure", 4, inc, inc+body)
		var endless *model.Endless
		if !errors.As(r.Err, &endless) || endless.Function != "canon_backpressure_inc" || len(r.Violations) > 0 {
			t.Errorf("%q: %v, %v", body, r.Err, violatedIn(r))
			continue
		}
		if text := r.LedTo.String(); !strings.HasPrefix(text, "# on ") || !strings.HasSuffix(strings.TrimSpace(text), "B: backpressure.inc") {
			t.Errorf("%q:\n%s", body, text)
		}
	}
}

// Of a built-in that is gone, nothing is compared, no gap of a log is filled with it, and both are said. A gap is filled on a file as on the
// port.
func TestWhatIsGoneIsNotTaken(t *testing.T) {
	pin, err := editedSource(t)
	gone, err2 := editedSource(t, "def canon_resource_drop(rt, i):", "def canon_resource_drop_(rt, i):")
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	r := model.Comparison{World: model.WorldByName("handles"), Old: model.Version{Source: pin}, New: model.Version{Source: gone}, Bounds: model.Bounds{Steps: 2},
		Along: [][]model.Action{{{Op: "resource.drop", Imm: []string{"R"}, Args: []spec.CoreValue{spec.CoreInt(1)}}}}}.Run()
	if r.Err != nil || len(r.Differences) > 0 || len(r.NotTaken[0]) > 0 || !slices.Equal(r.NotTaken[1], []string{"resource.drop: canon_resource_drop is gone"}) || r.Pairs < 10 {
		t.Errorf("%+v", r)
	}
	for _, c := range []struct {
		source   *model.Source
		verdict  model.LogVerdict
		notTaken int
	}{{nil, model.Admitted, 0}, {pin, model.Admitted, 0}, {gone, model.Unsettled, 1}} {
		log, err := model.ReadLog(strings.NewReader("world handles\nA: resource.new R 100 -> 1\n...\nA: resource.new S 7 -> 1\n"), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		log.Source = c.source
		a, err := log.Admit(model.AdmitOptions{Gap: 1, MaxStates: 1000})
		if err != nil || a.Verdict != c.verdict || len(a.NotTaken) != c.notTaken {
			t.Errorf("%v: %+v", err, a)
		}
	}
}
