package program

import (
	"strings"
	"testing"

	"cabi/component"
	"cabi/model"
	"cabi/spec"
)

// traced is the trace of a run.
func traced(t *testing.T, o Options, name string, calls ...string) string {
	t.Helper()
	p := read(t, name, calls...)
	p.Stubs, p.Args = nil, []string{"print"}
	if name == "leak" {
		p.Stubs = []Stub{{"open", []string{"7"}}}
	}
	o.Trace = true
	return newRunner(t).Run(p, o).Trace
}

// replayed is how a trace departs when it is replayed on the model of core code; empty: it does not.
func replayed(t *testing.T, text string) string {
	t.Helper()
	trace, err := model.ParseTrace(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	r, err := model.RunTrace(trace, trace.Variant)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return r.Departure()
}

// Traces of components happen again, to the last result, where the checker plays the core code.
func TestTracesReplay(t *testing.T) {
	for _, test := range []struct {
		component, calls string
		o                Options
	}{
		{"counter", "[constructor]counter(4);[constructor]counter(5);[method]counter.add(#1, 3);total([#2, #1, #2])", Options{}},
		{"race", "race()", Options{}},
		{"race", "race()", Options{Choices: NewChoices(nil, []component.Departure{{At: 1, Taken: 1}})}},
		{"race", "race()", Options{Choices: NewChoices(spec.NewRandom(3), nil)}},
		{"deadlock", "wait()", Options{}},
		{"numbering", "stale();index()", Options{}},
		{"numbering", "stale()", Options{Variant: spec.VariantByName("single-sequential")}},
		{"leak", "open-once();open-and-close()", Options{}},
		{"endless", "fine();yield()", Options{Steps: 10}},
		{"endless", "call()", Options{Steps: 10}},
		{"print", "wasi:cli/run#run()", Options{}},
	} {
		text := traced(t, test.o, test.component, strings.Split(test.calls, ";")...)
		if strings.Contains(text, "cannot be replayed") {
			t.Errorf("%s %s:\n%s", test.component, test.calls, text)
		} else if departs := replayed(t, text); departs != "" {
			t.Errorf("%s %s departs: %s\n%s", test.component, test.calls, departs, text)
		}
	}
}

// A trace with another result than came does not happen.
func TestTracesDepart(t *testing.T) {
	for _, test := range []struct{ component, call, line, instead string }{
		{"counter", "[constructor]counter(4)", "resource.new counter 512 -> 1", "resource.new counter 512 -> 7"},
		{"race", "race()", "done call B.write 2 -> 49", "done call B.write 2 -> 7"},
		{"print", "wasi:cli/run#run()", "host.resolve 0 1", "host.resolve 0 2"},
	} {
		text := traced(t, Options{}, test.component, test.call)
		changed := strings.Replace(text, test.line, test.instead, 1)
		if changed == text {
			t.Fatalf("no line %q in\n%s", test.line, text)
		}
		if departs := replayed(t, changed) != ""; departs != (test.component != "print") { // which stream it is, is the host's to say
			t.Errorf("with %s instead of %s, the trace departs: %v", test.instead, test.line, departs)
		}
	}
}

// What core code passes in memory is stored before it is passed.
func TestTraceStores(t *testing.T) {
	for want, text := range map[string]string{
		"A: memory.store 0 bytes:6f6e650a\nA: call host.output-stream-blocking-write-and-flush 1 0 4 64\n": traced(t, Options{}, "print", "wasi:cli/run#run()"),
		"host: host.resolve 4 [\"print\"]\nA: enter A.realloc 0 0 4 8\n":                                   traced(t, Options{}, "print", "wasi:cli/run#run()"),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want\n%s in\n%s", want, text)
		}
	}
}

// What a trace cannot say is said above it.
func TestTraceRefusals(t *testing.T) {
	unstubbed := newRunner(t).Run(read(t, "leak", "open-once()"), Options{Trace: true}).Trace
	for want, text := range map[string]string{
		"the host drops a resource":                           traced(t, Options{}, "counter", "[constructor]counter(4)", "drop #1"),
		"the variant draws indices":                           traced(t, Options{Variant: spec.VariantByName("per-type-random")}, "numbering", "index()"),
		"it ends where core code or the host traps by itself": unstubbed,
	} {
		if !strings.HasPrefix(text, "# cannot be replayed: "+want) {
			t.Errorf("want %q above\n%s", want, text)
		}
	}
}
