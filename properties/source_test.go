package properties_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// definitions is the definitions.py of the checkout that CABI_UPSTREAM names, or the test is skipped.
func definitions(t *testing.T) string {
	dir := os.Getenv("CABI_UPSTREAM")
	if dir == "" {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model")
	}
	for _, file := range []string{filepath.Join(dir, "definitions.py"), filepath.Join(dir, "design/mvp/canonical-abi/definitions.py")} {
		if text, err := os.ReadFile(file); err == nil {
			return string(text)
		}
	}
	t.Fatalf("%s holds no definitions.py", dir)
	return ""
}

// sourceOf is a definitions.py with some of its text replaced.
func sourceOf(t *testing.T, text string, replacements ...string) *model.Source {
	t.Helper()
	for i := 0; i < len(replacements); i += 2 {
		if !strings.Contains(text, replacements[i]) {
			t.Fatalf("definitions.py has no %q", replacements[i])
		}
		text = strings.ReplaceAll(text, replacements[i], replacements[i+1])
	}
	file := filepath.Join(t.TempDir(), "definitions.py")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	source, err := model.OpenSource(file)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func searchOf(world string, steps int) model.Search {
	w := model.WorldByName(world)
	return model.Search{World: w, Variant: spec.SingleTable, Properties: properties.For(w), Bounds: model.Bounds{Steps: steps}.Or(w.Bounds), KeepGoing: true}
}

// smallBounds are bounds of worlds that take a second or so together.
var smallBounds = map[string]int{"handles": 4, "waitables": 3, "events": 4, "borrows": 5, "dtors": 5, "waits": 5, "subtasks": 5, "backpressure": 5, "children": 6,
	"streams": 6, "futures": 5, "host-streams": 6, "host-reads": 7, "host-calls": 6, "transfers": 5, "tasks": 4, "callbacks": 4, "threads": 4, "switches": 5,
	"reentrance": 6, "cancel": 5, "error-contexts": 3, "relends": 6, "pipes": 5, "alone": 4, "loops": 5, "promotes": 5, "donuts": 6, "handovers": 5,
	"helpers": 4, "helper-calls": 4, "limits": 3, "blocking": 5, "sharing": 4, "encodings": 3, "lends": 6, "params": 5, "units": 7, "targets": 5, "value-types": 2, "text-streams": 5,
	"everything": 2}

// summary is what of a report is to be the same on the port and on definitions.py.
func summary(r *model.Report) string {
	var b strings.Builder
	fmt.Fprintln(&b, r.States, r.Transitions, r.Depth, r.Frontier, r.Stops, r.Exercised, r.NeverTaken)
	for _, v := range r.Violations {
		fmt.Fprintln(&b, v.Key(), v.Actions, v.Message, v.Trace)
	}
	return b.String()
}

// A search on the definitions.py of the pin finds the same as one on the port: the same states, transitions, stops and violations.
func TestSourceIsThePort(t *testing.T) {
	source := sourceOf(t, definitions(t))
	for world, steps := range smallBounds {
		search := searchOf(world, steps)
		port := search.Run()
		search.Source, search.Workers = source, 2
		python := search.Run()
		if python.Err != nil || len(python.NotChecked) > 0 || summary(port) != summary(python) {
			t.Errorf("%s: error %v, not checked %v\nthe port:\n%s\ndefinitions.py:\n%s", world, python.Err, python.NotChecked, summary(port), summary(python))
		}
	}
}

// The port and the definitions.py of the pin agree at every transition, in every line and in the whole state.
func TestLockstep(t *testing.T) {
	source := sourceOf(t, definitions(t))
	for world, steps := range smallBounds {
		result := searchOf(world, steps).InLockstep(source)
		if result.Err != nil || result.Difference != nil || result.Compared <= result.Transitions {
			t.Errorf("%s: %d compared, error %v, %+v", world, result.Compared, result.Err, result.Difference)
		}
	}
}

// lockstepRow is a row of the table of docs/source.md: a world, actions, states, transitions.
var lockstepRow = regexp.MustCompile(`(?m)^\| ([a-z-]+) \| (\d+) \| ([\d,]+) \| ([\d,]+) \|$`)

// The table of docs/source.md has every world that can be exhausted, at two actions below its bound, with the counts of a search on the port.
// Of the worlds with many transitions it is compared where CABI_LONG is set. Where CABI_UPSTREAM is, the same transitions are made on
// definitions.py.
func TestLockstepTable(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "source.md"))
	if err != nil {
		t.Fatal(err)
	}
	var source *model.Source
	if os.Getenv("CABI_UPSTREAM") != "" {
		source = sourceOf(t, definitions(t))
	}
	rows := map[string][]string{}
	for _, row := range lockstepRow.FindAllStringSubmatch(string(page), -1) {
		rows[row[1]] = row
	}
	for _, w := range model.Worlds {
		row := rows[w.Name]
		if exhaustible := w.Bounds.Steps > 0; exhaustible != (row != nil) {
			t.Errorf("%s: in the table: %v, and that it has a bound on actions: %v", w.Name, row != nil, exhaustible)
		}
		if row != nil {
			compareRow(t, row, w.Bounds.Steps-2, source)
		}
	}
}

func compareRow(t *testing.T, row []string, steps int, source *model.Source) {
	number := func(i int) int {
		n, err := strconv.Atoi(strings.ReplaceAll(row[i], ",", ""))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if number(2) != steps {
		t.Errorf("%s: %d actions, want %d", row[1], number(2), steps)
	}
	if number(4) > 1000 && os.Getenv("CABI_LONG") == "" {
		return
	}
	search := searchOf(row[1], steps)
	search.Properties = nil
	report := search.Run()
	if report.States != number(3) || report.Transitions+1 != number(4) { // the start is compared as well
		t.Errorf("%s: %d states, %d transitions and the start; the table has %d, %d", row[1], report.States, report.Transitions, number(3), number(4))
	}
	if source == nil {
		return
	}
	if result := searchOf(row[1], steps).InLockstep(source); result.Difference != nil || result.Stopped || result.States != number(3) || result.Compared != number(4) {
		t.Errorf("%s: %d states, %d compared, %+v; the table has %d, %d", row[1], result.States, result.Compared, result.Difference, number(3), number(4))
	}
}

// A block that a guest's realloc resizes keeps its content on definitions.py as on the port: text that is stored in UTF-16 is passed on.
func TestSourceKeepsContent(t *testing.T) {
	source := sourceOf(t, definitions(t))
	trace, err := model.ParseTrace(strings.NewReader(passedOn))
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]*model.Source{"the port": nil, "definitions.py": source} {
		trace.Source = of
		again, err := model.ReplayOptions{}.Run(trace)
		if err != nil || again.Departure() != "" {
			t.Errorf("%s: %v, %s", name, err, again.Departure())
		}
	}
}

const passedOn = `world texts
instance A  memory 64  utf16
instance B  memory 64
func async A.take(string)  stackful
func async B.take(string)  stackful
import A  B.take
host: invoke A.take 26
A: enter A.take 6 2
A: call B.take 6 2
B: enter B.take 8 3
B: task.return ()
`

// A lockstep finds a trap that is missing.
func TestLockstepFinds(t *testing.T) {
	source := sourceOf(t, definitions(t), "  trap_if(h.num_lends != 0)\n", "")
	result := searchOf("borrows", 6).InLockstep(source)
	if result.Difference == nil || !strings.Contains(result.Difference.Port, "num_lends") {
		t.Errorf("%+v", result.Difference)
	}
}

// Mutants of definitions.py are noticed by promises, and the trace says so on definitions.py when it is replayed.
func TestSourceMutants(t *testing.T) {
	text := definitions(t)
	for _, mutant := range []struct{ world, property, from, to string }{
		{"borrows", "lends-balanced", "      h.num_lends -= 1\n", "      pass\n"},
		{"handles", "dense", "    self.free.append(i)\n", "    pass\n"},
		{"waits", "waiting-count", "    self.num_waiting -= 1\n", "    pass\n"},
		{"backpressure", "backpressure-count", "        self.inst.num_waiting_to_enter -= 1\n", "        pass\n"},
	} {
		source := sourceOf(t, text, mutant.from, mutant.to)
		search := searchOf(mutant.world, 8)
		search.Properties, search.Source, search.KeepGoing = []*model.Property{properties.ByName(mutant.property)}, source, false
		report := search.Run()
		v := report.Violation()
		if v == nil {
			t.Errorf("%s: %s does not notice %q: %d states, not checked %v, error %v", mutant.world, mutant.property, mutant.from, report.States, report.NotChecked, report.Err)
			continue
		}
		again, err := model.ReplayOptions{Properties: search.Properties}.Run(v.Trace)
		if err != nil || again.Departure() != "" {
			t.Errorf("%s: %v, %s", mutant.property, err, again.Departure())
		}
	}
}

// A promise about a field that is renamed is reported as not checked, and so is one about a field that holds something else. Others are
// checked.
func TestSourceNotChecked(t *testing.T) {
	text := definitions(t)
	for _, c := range []struct {
		name, why string
		edit      []string
	}{
		{"renamed", "WaitableSet.num_waiting is gone", []string{"num_waiting ", "waiters ", "num_waiting:", "waiters:"}},
		{"changed", "WaitableSet.num_waiting is not what it was", []string{"    self.num_waiting = 0\n", "    self.num_waiting = 0.0\n"}},
		{"renamed, which worlds can set", "ComponentInstance.backpressure is gone", []string{".backpressure", ".pressure", "  backpressure:", "  pressure:"}},
	} {
		search := searchOf("waits", 3)
		search.Source = sourceOf(t, text, c.edit...)
		report := search.Run()
		if n := len(report.NotChecked); report.Err != nil || n == 0 || n > 40 || report.NotChecked["no-crash"] != "" {
			t.Errorf("%s: error %v, not checked: %v", c.name, report.Err, report.NotChecked)
		}
		for name, why := range report.NotChecked {
			if !strings.Contains(why, c.why) {
				t.Errorf("%s: %s is not checked because %s", c.name, name, why)
			}
		}
	}
}

// What is no definitions.py, or is outside of what the interpreter has, is refused.
func TestSourceRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := model.OpenSource(dir); err == nil || !strings.Contains(err.Error(), "holds no definitions.py") {
		t.Errorf("an empty directory: %v", err)
	}
	for text, want := range map[string]string{"x = 1\n\nasync def f(): pass\n": "definitions.py:3", "class Table:\n  pass\n": "BoolType is gone", "def f(:\n": "1"} {
		if err := os.WriteFile(filepath.Join(dir, "definitions.py"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := model.OpenSource(dir); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The result is the same for any number of workers, and with every transition made in a run of its own.
func TestSourceWorkers(t *testing.T) {
	search := searchOf("cancel", 4)
	search.Source = sourceOf(t, strings.Replace(definitions(t), "    self.num_waiting -= 1\n", "    self.num_waiting -= 2\n", 1))
	one := search.Run()
	search.Workers = 3
	three := search.Run()
	if !reflect.DeepEqual(summary(one), summary(three)) {
		t.Errorf("one worker:\n%s\nthree:\n%s", summary(one), summary(three))
	}
	for world, steps := range map[string]int{"waits": 3, "host-streams": 3, "threads": 2} {
		small := searchOf(world, steps)
		small.Source = search.Source
		fast := small.Run()
		small.Replay = true
		if slow := small.Run(); summary(fast) != summary(slow) {
			t.Errorf("%s, with actions taken back:\n%s\nwithout:\n%s", world, summary(fast), summary(slow))
		}
	}
}

// What functions bind anew is a part of the state, and so is how far the loop of a function is that blocks in it.
func TestSourceState(t *testing.T) {
	text := definitions(t)
	const yield, newSet = "  cancelled = thread.yield_(cancellable)\n", "  i = inst.handles.add(WaitableSet())\n"
	states := func(world string, steps int, replacements ...string) int {
		search := searchOf(world, steps)
		search.Properties, search.Source = nil, sourceOf(t, text, replacements...)
		return search.Run().States
	}
	loop := func(times string) int {
		return states("loops", 6, yield, "  for _ in ["+times+"]:\n    cancelled = thread.yield_(cancellable)\n")
	}
	if two, three := loop("0, 0"), loop("0, 0, 0"); three <= two {
		t.Errorf("a yield that is made three times has %d states, one that is made twice %d", three, two)
	}
	class := func(by string) int {
		return states("waits", 4, newSet, newSet+"  WaitableSet.made = WaitableSet.made + "+by+"\n", "class WaitableSet:\n", "class WaitableSet:\n  made = 0\n")
	}
	if same, other := class("0"), class("1"); other <= same {
		t.Errorf("with an attribute of a class that changes there are %d states, with one that does not %d", other, same)
	}
	variable := func(by string) int {
		return states("waits", 4, newSet, "  global made\n"+newSet+"  made = made + "+by+"\n", "class WaitableSet:\n", "made = 0\nclass WaitableSet:\n")
	}
	if same, other := variable("0"), variable("1"); other <= same {
		t.Errorf("with a variable that changes there are %d states, with one that does not %d", other, same)
	}
}
