package upstream

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/internal/engine"
)

// TestInterpreter compares the port with definitions.py, run by the interpreter.
func TestInterpreter(t *testing.T) {
	report, err := Compare(Options{Dir: upstreamDir(t), Runs: runsOfTests(), First: 1000, Seed: 1, Workers: 2, By: Interpreter})
	if err != nil {
		t.Fatal(err)
	}
	if report.Difference != nil {
		t.Fatal(report.Difference)
	}
	if report.OnFrames != report.Runs/2 {
		t.Errorf("%d of %d runs were on frames", report.OnFrames, report.Runs)
	}
	if report.Unwound == 0 || report.Unwound == report.Coverage.Runs {
		t.Errorf("an exception left a thread that was resumed in %d of %d runs: both kinds must come", report.Unwound, report.Coverage.Runs)
	}
}

// TestInterpreterIsCPython compares the lines of the interpreter with those of CPython, whole states among them: on the recorded file and on
// files of which the port knows nothing. Where there is no python3, it is skipped.
func TestInterpreterIsCPython(t *testing.T) {
	dir := upstreamDir(t)
	if err := checkInput(dir); err != nil {
		t.Skip(err)
	}
	for _, change := range [][2]string{{}, {"    h.num_lends -= 1\n", "    pass\n"}, {"    self.may_leave = True\n", "    self.may_leave = False\n"},
		{"  def ready(self):\n", "  def ready(self):\n    x = undefined\n"}} {
		p, d := bothOf(t, changed(t, dir, change[0], change[1]))
		for i := range 40 {
			c := randomRun(seedOf(9, i), nil, nil).recorded
			c.States = statesFull
			want, err := d.run(c)
			if err != nil {
				t.Fatal(err)
			}
			want, unwound := cutUnwound(want)
			got, left := p.trace(c)
			if at := firstDifference(want, got); at >= 0 || unwound != left {
				t.Fatalf("%q, run %d, line %d, a thread left: %v, %v\nCPython:         %s\nthe interpreter: %s", change[1], i, at, unwound, left, lineAt(want, at), lineAt(got, at))
			}
		}
		d.close()
	}
}

// bothOf are an interpreter and a CPython with the definitions.py of a directory.
func bothOf(t *testing.T, dir string) (*interpreter, *driver) {
	t.Helper()
	source, err := engine.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := newInterpreter(source)
	if err != nil {
		t.Fatal(err)
	}
	d, err := startDriver(dir, Options{}.patience())
	if err != nil {
		t.Fatal(err)
	}
	return p, d
}

// changed is a directory with the definitions.py of another, with some text in the place of other.
func changed(t *testing.T, dir, from, to string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "definitions.py"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if !strings.Contains(text, from) {
		t.Fatalf("definitions.py has no %q", from)
	}
	there := t.TempDir()
	if from != "" {
		text = strings.ReplaceAll(text, from, to)
	}
	if err := os.WriteFile(filepath.Join(there, "definitions.py"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return there
}

// TestInterpreterFinds has definitions.py differ from the port: in a trap, a result, a choice, and in fields of the state of which nothing else
// tells in that run. The difference must be found, and be the first.
func TestInterpreterFinds(t *testing.T) {
	dir := upstreamDir(t)
	for _, c := range []struct{ from, to, shows string }{
		{"  trap_if(h.num_lends != 0)\n", "  trap()\n", "! trap canon_resource_drop#4"},
		{"    self.storage = [0,0]\n", "    self.storage = [0,1]\n", "storage=[0 1]"},
		{"    self.num_waiting = 0\n", "    self.num_waiting = -1\n", "num_waiting=-1"},
		{"    lending_handle.num_lends += 1\n", "    lending_handle.num_lends += 2\n", "+ h"},
		{"    self.free.append(i)\n", "    self.free.append(i + 0)\n    self.free.append(i)\n", "free=["},
		{"    self.cancellation_requested = False\n", "    self.cancellation_requested = True\n", "cancellation_requested=1"},
		{"    random.shuffle(self.elems)\n", "    pass\n", "c WaitableSet.get_pending_event"},
	} {
		report, err := Compare(Options{Dir: changed(t, dir, c.from, c.to), Runs: 400, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		d := report.Difference
		if d == nil || !strings.Contains(d.String(), c.shows) || !strings.Contains(d.String(), "run by the interpreter") {
			t.Errorf("%q: the difference is %v, want one with %q", c.to, d, c.shows)
			continue
		}
		if slices.Equal(d.Port, d.Python) || firstDifference(d.Port[:d.Line], d.Python[:d.Line]) >= 0 {
			t.Errorf("%q: line %d is not the first that differs", c.to, d.Line)
		}
	}
}

// TestInterpreterStops has definitions.py do what ends no run: it waits for ever, loops for ever, or fails in what is not its own.
func TestInterpreterStops(t *testing.T) {
	dir := upstreamDir(t)
	for _, c := range []struct{ from, to, want string }{
		{"def canon_thread_index():\n", "def canon_thread_index():\n  new_already_acquired_lock().acquire()\n", "! hung"},
		{"def canon_thread_index():\n", "def canon_thread_index():\n  while True:\n    pass\n", "steps, the limit"},
	} {
		source, err := engine.Open(changed(t, dir, c.from, c.to))
		if err != nil {
			t.Fatal(err)
		}
		p, err := newInterpreter(source)
		if err != nil {
			t.Fatal(err)
		}
		rec := firstRun(func(s Step) bool { return s.Op == "thread.index" }, true)
		lines, _ := p.trace(rec.recorded)
		if last := lines[len(lines)-1]; !strings.Contains(last, c.want) {
			t.Errorf("%q ends with %q, want %q", c.to, last, c.want)
		}
		rec = firstRun(func(s Step) bool { return s.Op == "thread.index" }, false)
		if same, _ := p.agrees(rec.recorded, rec.lines); !same {
			t.Errorf("after %q, another run differs", c.to)
		}
	}
}

// firstRun is the first random run that has such an action, or has none.
func firstRun(such func(Step) bool, has bool) *recorder {
	for i := 0; ; i++ {
		if rec := randomRun(seedOf(3, i), nil, nil); slices.ContainsFunc(rec.recorded.Actions, such) == has {
			return rec
		}
	}
}
