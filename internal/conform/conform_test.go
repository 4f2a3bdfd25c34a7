//go:build unix

package conform

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cabi/adapter"
	"cabi/model"
	"cabi/spec"
)

// overSpec is the adapter over spec/, built.
var overSpec string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "conform")
	if err != nil {
		panic(err)
	}
	overSpec = filepath.Join(dir, "adapter")
	if out, err := exec.Command("go", "build", "-o", overSpec, "cabi/examples/conform/spec").CombinedOutput(); err != nil {
		panic(string(out))
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// options are those of a test of a command with all that there is.
func options(t *testing.T, runs int, command ...string) Options {
	t.Helper()
	scenes, err := Scenes()
	if err != nil {
		t.Fatal(err)
	}
	return Options{Command: command, Worlds: Worlds(), Scenes: scenes, Variants: []*spec.Variant{spec.SingleTable}, Seed: 1, Runs: runs, Timeout: time.Minute}
}

func test(t *testing.T, o Options) *Report {
	t.Helper()
	r, err := Test(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// An implementation that is right does not differ, whatever it chooses, and nearly every trap comes up.
func TestRight(t *testing.T) {
	r := test(t, options(t, 1000, overSpec))
	for _, d := range r.Differences {
		t.Errorf("%s: got %s, allowed %q\n%s", d, d.Got, d.Allowed, d.Trace)
	}
	if r.Runs != 1000 || r.Undecided > 0 || len(r.Unsupported)+len(r.NotMade) > 0 {
		t.Errorf("%d runs, %d undecided, unsupported %v, %v", r.Runs, r.Undecided, r.Unsupported, r.NotMade)
	}
	if len(r.Traps) < 135 || r.Actions < 5000 || r.Shapes < 1000 {
		t.Errorf("%d sites of traps, %d actions, %d shapes", len(r.Traps), r.Actions, r.Shapes)
	}
}

// faultsFound are the faults of an implementation that are found, with the kind of difference that shows each.
var faultsFound = []struct{ fault, kind string }{
	{"fifo", OtherResult},
	{"index-0", Traps},
	{"lends-off-by-one", NoTrap},
	{"event-stolen", OtherResult},
	{"cancel-lost", Traps},
	{"status-swapped", OtherResult},
	{"tick-lost", OtherEvents},
	{"other-call", OtherEvents},
	{"table-kept", OtherTables},
}

// Each fault of an implementation is found, and shown by at most seven actions, in a trace that the specification refuses.
func TestFaults(t *testing.T) {
	for _, f := range faultsFound {
		t.Run(f.fault, func(t *testing.T) {
			began := time.Now()
			r := test(t, options(t, 3000, overSpec, "-fault", f.fault))
			if len(r.Differences) != 1 {
				t.Fatalf("%d differences in %d runs", len(r.Differences), r.Runs)
			}
			d := r.Differences[0]
			t.Logf("%s, in run %d, by %d actions of %d, %d runs to shrink, %.1f s", d, d.Run, d.Actions, d.Before, r.ShrinkRuns, time.Since(began).Seconds())
			if d.Actions > 7 || d.Kind != f.kind {
				t.Errorf("%s: %d actions\n%s", d.Kind, d.Actions, d.Trace)
			}
			if f.kind != OtherTables && f.kind != OtherEvents { // of which a trace may say nothing
				refused(t, d.Trace)
			}
		})
	}
}

// refused wants that no run of the specification explains a trace.
func refused(t *testing.T, trace *model.Trace) {
	t.Helper()
	again, err := model.ReadTrace(strings.NewReader(trace.String()))
	if err != nil {
		t.Fatalf("%v\n%s", err, trace)
	}
	found, err := model.NewLog(again).Admit(model.AdmitOptions{})
	if err != nil || found.Verdict != model.Refused {
		t.Errorf("the trace is %v, %v:\n%s", found, err, trace)
	}
}

// An adapter that does not answer as it should is reported, with what it was asked and said last, and is ended with all that it started.
func TestFailures(t *testing.T) {
	for _, f := range []struct{ fault, kind, why, errs string }{
		{"hangs", Hangs, "no answer came within 3s", "child "},
		{"dies", Dies, "it ended: exit status 3", "out of luck"},
		{"floods", Floods, "a line is longer than 1048576 bytes", ""},
		{"rubbish", Rubbish, "it is no line of the protocol: invalid character 'S'", ""},
		{"twice", Floods, "it answers request 1 again", ""},
	} {
		t.Run(f.fault, func(t *testing.T) {
			o := options(t, 600, overSpec, "-fault", f.fault)
			if f.kind == Hangs {
				o.Timeout = 3 * time.Second
			}
			r := test(t, o)
			if len(r.Differences) != 1 {
				t.Fatalf("%d differences in %d runs", len(r.Differences), r.Runs)
			}
			d := r.Differences[0]
			if d.Kind != f.kind || d.Op != "return" || !strings.Contains(d.Failure.Why, f.why) || !strings.Contains(d.Failure.Err, f.errs) {
				t.Errorf("%s by %s: %+v", d.Kind, d.Op, d.Failure)
			}
			if !strings.Contains(d.Failure.Asked, `"op":"return"`) || d.Failure.Said == "" {
				t.Errorf("asked %s, said %s", d.Failure.Asked, d.Failure.Said)
			}
			if last := d.Trace.Lines[len(d.Trace.Lines)-1]; !strings.HasPrefix(last.Text, "return") || d.Actions > 4 {
				t.Errorf("%d actions:\n%s", d.Actions, d.Trace)
			}
			if _, child, has := strings.Cut(d.Failure.Err, "child "); has {
				gone(t, strings.Fields(child)[0])
			}
		})
	}
}

// gone wants that a process has ended, or does so at once.
func gone(t *testing.T, text string) {
	t.Helper()
	pid, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if err := syscall.Kill(pid, 0); err != nil || zombie(pid) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("process %d lives", pid)
}

// zombie reports whether a process has ended, and whoever inherited it has not asked how.
func zombie(pid int) bool {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && strings.Contains(string(status), ") Z ")
}

// What an adapter does not support is not asked for, or counted.
func TestUnsupported(t *testing.T) {
	r := test(t, options(t, 700, overSpec, "-fault", "unsupported"))
	if len(r.Differences) > 0 {
		t.Errorf("%s\n%s", r.Differences[0], r.Differences[0].Trace)
	}
	if r.Unsupported["waitable.join"] == 0 || r.NotMade["everything"] != "it is too big" || !slices.Contains(r.Declared, "thread.yield") {
		t.Errorf("refused %v, %v, declared %v", r.Unsupported, r.NotMade, r.Declared)
	}
	o := options(t, 10, overSpec, "-fault", "unsupported")
	o.Scenes, o.Worlds = nil, o.Worlds[:1]
	if _, err := Test(o); err == nil || err.Error() != "the adapter does not support the world everything: it is too big" {
		t.Error(err)
	}
	o = options(t, 10, overSpec, "-fault", "no-calls")
	o.Scenes, o.Worlds = nil, slices.DeleteFunc(o.Worlds, func(w *model.World) bool { return w.Name != "handles" }) // in which the host begins with a call
	if _, err := Test(o); err == nil || err.Error() != "the adapter does not support the world handles: it is not done yet" {
		t.Error(err)
	}
}

// Under any variant, those are left that number handles as the implementation does.
func TestVariants(t *testing.T) {
	for fault, left := range map[string]string{"": "single-table", "per-type": "per-type"} {
		o := options(t, 1200, overSpec, "-fault", fault)
		o.Variants = spec.Variants
		r := test(t, o)
		names := []string{}
		for _, v := range r.Variants {
			names = append(names, v.Name)
		}
		if len(r.Differences) > 0 || !slices.Equal(names, []string{left}) {
			t.Errorf("%s: %d differences, %v", fault, len(r.Differences), names)
		}
	}
	if r := test(t, options(t, 450, overSpec, "-fault", "per-type")); len(r.Differences) != 1 {
		t.Errorf("%d differences under single-table", len(r.Differences))
	}
}

// With more runs, all kinds of differences are collected, each once.
func TestKeepGoing(t *testing.T) {
	o := options(t, 300, overSpec, "-fault", "status-swapped")
	o.Scenes, o.KeepGoing = nil, true
	o.Worlds = slices.DeleteFunc(o.Worlds, func(w *model.World) bool { return w.Name != "streams" && w.Name != "host-streams" })
	r := test(t, o)
	keys := map[string]bool{}
	times := 0
	for _, d := range r.Differences {
		keys[d.Key()] = true
		times += d.Times
	}
	if len(r.Differences) < 2 || len(keys) != len(r.Differences) || times <= len(keys) || r.Runs != 300 {
		t.Errorf("%d differences with %v, %d times, in %d runs", len(r.Differences), keys, times, r.Runs)
	}
}

// The same seed makes the same runs.
func TestSeed(t *testing.T) {
	a, b := test(t, options(t, 500, overSpec)), test(t, options(t, 500, overSpec))
	if a.Actions != b.Actions || a.Shapes != b.Shapes {
		t.Errorf("%d and %d actions, %d and %d shapes", a.Actions, b.Actions, a.Shapes, b.Shapes)
	}
}

// Every line that is written and read satisfies the schema of the protocol.
func TestSchema(t *testing.T) {
	schema := protocolSchema(t)
	kinds := map[string]int{}
	observe = func(line string) {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%s\n%v", line, err)
		}
		kinds[value.(map[string]any)["kind"].(string)]++
	}
	defer func() { observe = nil }()
	test(t, options(t, 480, overSpec, "-fault", "unsupported"))
	for _, kind := range []string{"hello", "world", "action", "answer", "unsupported"} {
		if kinds[kind] == 0 {
			t.Errorf("there was no line of the kind %s", kind)
		}
	}
}

func protocolSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	trace, err := jsonschema.UnmarshalJSON(bytes.NewReader(read(t, "../../docs/trace.schema.json")))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddResource("urn:cabi:trace:1", trace); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("../../docs/conform.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// The session in docs/conform.md is one with the adapter over spec/, and its requests are read as requests.
func TestSession(t *testing.T) {
	asked, answered := session(t)
	cmd := exec.Command(overSpec)
	cmd.Stdin = strings.NewReader(strings.Join(asked, "\n") + "\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Split(strings.TrimSpace(string(out)), "\n"); !slices.Equal(got, answered) {
		t.Errorf("the adapter answers\n%s\nand the page has\n%s", strings.Join(got, "\n"), strings.Join(answered, "\n"))
	}
	schema := protocolSchema(t)
	for _, line := range append(asked, answered...) {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err == nil {
			err = schema.Validate(value)
		}
		if err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	for _, line := range asked {
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&adapter.Request{}); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// session is the session in docs/conform.md.
func session(t *testing.T) (asked, answered []string) {
	for line := range strings.Lines(string(read(t, "../../docs/conform.md"))) {
		line = strings.TrimSpace(line)
		if text, is := strings.CutPrefix(line, `> {`); is {
			asked = append(asked, "{"+text)
		} else if text, is := strings.CutPrefix(line, `< {`); is {
			answered = append(answered, "{"+text)
		}
	}
	if len(asked) < 5 || len(asked) != len(answered) {
		t.Fatalf("the page has %d requests and %d replies", len(asked), len(answered))
	}
	return asked, answered
}

// Upstream's own Python does what the specification allows.
func TestDefinitions(t *testing.T) {
	dir := os.Getenv("CABI_UPSTREAM")
	if dir == "" {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model to test its Python")
	}
	r := test(t, options(t, 600, "python3", "../../examples/conform/definitions.py", dir))
	for _, d := range r.Differences {
		t.Errorf("%s: got %s, allowed %q, %+v\n%s", d, d.Got, d.Allowed, d.Failure, d.Trace)
	}
	if r.Runs != 600 || len(r.Traps) < 120 {
		t.Errorf("%d runs, %d sites of traps", r.Runs, len(r.Traps))
	}
}
