package program

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"testing"

	"cabi/component"
	"cabi/spec"
)

// results are the results of a run, with commas between them.
func results(e *Ending) string {
	var texts []string
	for _, r := range e.Results {
		texts = append(texts, r.Text)
	}
	return strings.Join(texts, ", ")
}

func TestCalls(t *testing.T) {
	r := newRunner(t)
	for _, test := range []struct {
		component, calls string // the calls have semicolons between them
		want             string // the results
		kind, text       string // how the run ends, and what its text contains
	}{
		{"counter", "[constructor]counter(4);[method]counter.add(#1, 3)", "#1, 7", Returned, ""},
		{"counter", "[constructor]counter(4);[constructor]counter(5);total([#2, #1, #2])", "#1, #2, 14", Returned, ""},
		{"counter", "[constructor]counter(4);drop #1;[method]counter.add(#1, 3)", "#1, ", Refused, "the handle #1 was dropped or given away before"},
		{"counter", "[method]counter.add(#1, 3)", "", Refused, "there is no handle #1: the calls before returned 0"},
		{"counter", "total([1])", "", Refused, `expected "#"`},
		{"counter", "[constructor]count(4)", "", Refused, "did you mean [constructor]counter?"},
		{"counter", "[constructor]counter()", "", Refused, "the function is func(start: u32) -> own<counter>"},
		{"deadlock", "wait()", "", Deadlock, "call 1, wait(): deadlock detected: event loop cannot make further progress at step 2 (core code of A called waitable-set.wait last; a thread of A waits for an event of a set)"},
		{"endless", "fine();call()", "", Limit, "call 2, call(): core code has called 1000 built-ins and has not ended: no more are allowed at step 1001 (core code of A called backpressure.dec last)"},
		{"endless", "yield()", "", Limit, "call 1, yield(): threads have gone on 1000 times, and the call has not ended"},
		{"numbering", "stale();index()", "200, 2", Returned, ""},
		{"race", "race()", "2", Returned, ""},
		{"borrow", "make();look(#1);look(#1)", "#1, , ", Returned, ""},
		{"print", "wasi:cli/run#run()", "ok", Returned, ""},
		{"print", "wasi:cli/run@0.2.3#run(1)", "", Refused, "takes no arguments"},
		{"streams", "numbers(9);sum([1, 2, 3, 4, 5, 6, 7]);later(7);sum([]);numbers(0)", "[0, 1, 2, 3, 4, 5, 6, 7, 8], 28, 7, 0, []", Returned, ""},
		{"streams", "sum([4, 5]) & later(7);later(1)", "9 & 7, 1", Returned, ""},
		{"race", "race() & race()", "2 & 2", Returned, ""},
		{"counter", "[constructor]counter(4) & [constructor]counter(5);total([#1, #2])", "#1 & #2, 9", Returned, ""},
		{"streams", "stuck() & later(7)", "", Deadlock, "call 1, stuck() & later(7): deadlock"},
		{"streams", "numbers(2000)", "", Limit, "the stream has more than 1000 elements, and no more are read"},
		{"streams", "stuck()", "", Deadlock, "the host reads the stream<u32> that the call returned"},
		{"streams", "sum(7)", "", Refused, "expected \"[\"; the function is async func(xs: stream<u32>) -> u32"},
		{"leak", "open-once();open-once()", ", ", Trapped, "call 1, open-once(): trap host/error: the import open is not given"},
	} {
		e := r.Run(read(t, test.component, strings.Split(test.calls, ";")...), Options{Steps: 1000})
		if e.Kind != test.kind || !strings.Contains(e.Text(read(t, test.component, strings.Split(test.calls, ";")...)), test.text) {
			t.Errorf("%s %s: %s, %s", test.component, test.calls, e.Kind, e.Text(read(t, test.component, strings.Split(test.calls, ";")...)))
		}
		if got := results(e); e.Kind == Returned && got != test.want {
			t.Errorf("%s %s: got %s, want %s", test.component, test.calls, got, test.want)
		}
	}
}

// Core code that never calls out ends with the context, in every engine.
func TestInterrupted(t *testing.T) {
	for _, compiler := range []bool{false, true} {
		r := NewRunner(compiler)
		ctx, cancel := context.WithCancelCause(context.Background())
		p := read(t, "endless", "fine()", "spin()")
		e := r.Run(p, Options{Context: ctx, Returned: func(int, Result) { cancel(errors.New("enough")) }})
		if e.Kind != Limit || !strings.Contains(e.Text(p), "call 2, spin(): core code was interrupted: enough") {
			t.Errorf("compiler %v: %s: %s", compiler, e.Kind, e.Text(p))
		}
		r.Close()
	}
}

func TestVariants(t *testing.T) {
	r := newRunner(t)
	for variant, want := range map[string]string{"single-table": "2", "per-type": "1", "single-sequential": "2"} {
		if got := results(r.Run(read(t, "numbering", "index()"), Options{Variant: spec.VariantByName(variant)})); got != want {
			t.Errorf("index() under %s returns %s, want %s", variant, got, want)
		}
	}
}

func TestStubs(t *testing.T) {
	r := newRunner(t)
	for text, want := range map[string]string{
		"open=7":   "",
		"open=1|7": "",
		"open":     "the function returns u32: say what, as open=VALUE",
		"open=x":   `the stub of open: "x"`,
		"opne=7":   `no function is imported as "opne"; did you mean open?`,
	} {
		stub, err := ParseStub(text)
		if err != nil {
			t.Fatal(err)
		}
		p := read(t, "leak", "open-and-close()")
		p.Stubs = []Stub{stub}
		e := r.Run(p, Options{})
		if want == "" && e.Kind != Returned || !strings.Contains(e.Message, want) {
			t.Errorf("--stub %s: %s: %s", text, e.Kind, e.Message)
		}
	}
	if s, err := ParseStub(`f="a|b"|'|'|"\"|"`); err != nil || len(s.Answers) != 3 || s.Answers[2] != `"\"|"` {
		t.Errorf("answers with | in them: %q, %v", s.Answers, err)
	}
}

// A link is given for an import, the export of its name.
func TestLinks(t *testing.T) {
	r := newRunner(t)
	p := read(t, "leak", "open-and-close()")
	p.Links = []Link{{Import: "open", Component: read(t, "endless").Component}}
	if e := r.Run(p, Options{}); e.Kind != Refused || !strings.Contains(e.Message, `type mismatch for import "open"`) && !strings.Contains(e.Message, "expected func") {
		t.Errorf("a link without such an export: %s: %s", e.Kind, e.Message)
	}
	p = read(t, "leak", "ask()", "open-and-close()")
	p.Links = []Link{{Import: "open", Component: read(t, "opener").Component}}
	e := r.Run(p, Options{Trace: true})
	if results(e) != "7, " {
		t.Errorf("%s: %s: %s", e.Kind, e.Message, results(e))
	}
	if departs := replayed(t, e.Trace); departs != "" || !strings.Contains(e.Trace, "enter A.open") {
		t.Errorf("departs: %s\n%s", departs, e.Trace)
	}
	p.Links[0].Import = "opne"
	if e := r.Run(p, Options{}); e.Kind != Refused || !strings.Contains(e.Message, `no import "opne"; did you mean open?`) {
		t.Errorf("a link of no import: %s: %s", e.Kind, e.Message)
	}
}

// A program prints what it prints, and its arguments are what it is given.
func TestWASI(t *testing.T) {
	r := newRunner(t)
	for want, args := range map[string][]string{"ok": {"print"}, "err": {"print", "x"}} {
		var out, errs strings.Builder
		p := read(t, "print", CommandExport+"()")
		p.Args = args
		e := r.Run(p, Options{Out: &out, Err: &errs})
		if results(e) != want || out.String() != "one\n" || errs.String() != "two\n" {
			t.Errorf("with %q: %s %s, prints %q and %q", args, e.Kind, results(e), out.String(), errs.String())
		}
	}
}

// Names of WASI 0.2 are matched without their versions, and others are not.
func TestWASINames(t *testing.T) {
	for name, want := range map[string]string{"wasi:cli/exit@0.2.9#exit": "wasi:cli/exit#exit", "wasi:cli/exit#exit": "wasi:cli/exit#exit",
		"wasi:cli/exit@0.3.0#exit": "wasi:cli/exit@0.3.0#exit", "hello": "hello"} {
		if got := wasiName(name); got != want {
			t.Errorf("%s is matched as %s, want %s", name, got, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	d, e := newRunner(t).Describe(read(t, "leak"), Options{})
	if e.Kind != Returned || len(d.Exports) != 4 || d.Exports[0].Name != "open-and-forget" || len(d.Imports) != 1 ||
		component.Signature(d.Imports[0].Type, d.Imports[0].Params) != "func() -> u32" {
		t.Errorf("got %+v, %+v", d, e)
	}
}

// The clock of WASI goes on while a program sleeps, and not beyond.
func TestClock(t *testing.T) {
	w := newWASI(&Program{}, nil, nil, 1)
	early, late := w.subscribe(w.now()+5), w.subscribe(w.now()+500*tick)
	if ready, err := w.poll([]uint32{late, early}); err != nil || len(ready) != 1 || ready[0] != 1 {
		t.Errorf("ready are %v, %v, want the second", ready, err)
	}
	if ready, err := w.poll([]uint32{late}); err != nil || len(ready) != 1 || w.now() < 500*tick {
		t.Errorf("ready are %v, %v at %d", ready, err, w.clock)
	}
	if _, err := w.poll(nil); err == nil {
		t.Error("a poll of nothing returns")
	}
}

// A program's own host gives imports before stubs do, and only what it has.
func TestHost(t *testing.T) {
	p := read(t, "leak", "open-and-close()")
	asked := 0
	has := true
	p.Host = func(*component.Run) component.Supplier {
		return func(i component.Import) any {
			if !has {
				return nil
			}
			return func() uint32 { asked++; return 7 }
		}
	}
	if e := newRunner(t).Run(p, Options{}); e.Kind != Returned || asked != 1 {
		t.Errorf("%s; the host was called %d times", e.Text(p), asked)
	}
	has = false
	if e := newRunner(t).Run(p, Options{}); e.Kind != Trapped || asked != 1 {
		t.Errorf("%s; the host was called %d times", e.Kind, asked)
	}
}

// What stands with & are calls; a & in a string is none.
func TestParseCall(t *testing.T) {
	for text, want := range map[string]string{
		`f("a & b", 1)`: "", "f(1)&g(2) & h()": "f(1) & g(2) & h()", "f() & drop #1": "!", "drop #1 & f()": "!", "f() & ": "!",
	} {
		c, err := ParseCall(text)
		switch {
		case want == "!" && err == nil:
			t.Errorf("%s: it is read as %s", text, c)
		case want != "!" && (err != nil || c.String() != cmp.Or(want, text)):
			t.Errorf("%s: %v, %v", text, c, err)
		}
	}
}
