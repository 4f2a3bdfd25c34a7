package model_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

const namedTrace = `world streams  format 1
$r $w = A: stream.new u8
A: stream.write u8 async $w 0 1 -> blocked | completed:1
A: call B.take $r
$in = B: enter B.take
B: return
A: stream.drop-writable u8 $w
trap | exception
`

const definedTrace = `world mine
define {"name":"mine","instances":[{"name":"A","memory":64}],"funcs":[{"name":"A.run","async":true,"lift":"callback"}],"menus":{"A":["waitable-set.new"]},"start":["A.run"]}
$s = A: waitable-set.new
A: return wait:$s
`

// A trace with names happens under each variant, whichever numbers the names stand for.
func TestNames(t *testing.T) {
	for _, text := range []string{namedTrace, definedTrace} {
		trace, err := model.ReadTrace(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []*spec.Variant{spec.SingleTable, spec.VariantByName("per-type"), spec.VariantByName("single-sequential")} {
			replay, err := model.RunTrace(trace, v)
			if err != nil || replay.Departs != nil {
				t.Fatalf("%s: %v, departs at %v, got %s", v.Name, err, replay.Departs, replay.Got)
			}
			plain, err := model.RunTrace(replay.Plain, v)
			if err != nil || plain.Departs != nil || plain.Trace.String() != replay.Trace.String() {
				t.Errorf("%s: without names: %v, %v\n%s", v.Name, err, plain.Departs, replay.Plain)
			}
		}
		again, err := model.ReadTrace(strings.NewReader(trace.JSON()))
		if err != nil || again.JSON() != trace.JSON() {
			t.Errorf("%v: read back as\n%swas\n%s", err, again.JSON(), trace.JSON())
		}
	}
}

func TestNameErrors(t *testing.T) {
	const header = "world streams\n"
	for _, c := range []struct{ text, want string }{
		{header + "A: stream.drop-readable u8 $r", "line 2: nothing binds $r"},
		{header + "$r = A: stream.new u8\n$r = A: stream.new u8", "line 3: $r is bound already, in line 2"},
		{header + "$r! = A: stream.new u8", `line 2: "$r!" is no name`},
		{header + "$r A: stream.new u8", "line 2: expected an action"},
		{header + "$r = A: done stream.new u8", "line 2: names are bound where an action begins"},
		{"world subtasks\n$s = A: call B.work\nB: subtask.drop $s", "line 3: $s has no value yet"},
		{"world streams\n$r $w = A: stream.new u8\n$c = A: call B.take $r", "line 3: 1 name for 0 values: nothing comes back for $c"},
		{"world streams format 2", "line 1: the trace has format 2, this reads formats 0 to 1"},
		{"world streams format x", "line 1: the trace has format x"},
	} {
		trace, err := model.ReadTrace(strings.NewReader(c.text))
		if err == nil {
			_, err = model.RunTrace(trace, trace.Variant)
		}
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s…", c.text, err, c.want)
		}
	}
}

// A trace may state several results, of which one must come, with names and words in place of numbers.
func TestAllowedResults(t *testing.T) {
	for _, c := range []struct {
		results string
		departs bool
	}{
		{"blocked", false}, {"completed:1 | blocked", false}, {"_", false}, {"completed:1 | dropped:0", true}, {"$r", true}, {"4294967295", false},
	} {
		text := "world streams\n$r $w = A: stream.new u8\nA: stream.write u8 async $w 0 1 -> " + c.results
		trace, err := model.ReadTrace(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		replay, err := model.RunTrace(trace, trace.Variant)
		if err != nil || (replay.Departs != nil) != c.departs {
			t.Errorf("%s: %v, departs at %v", c.results, err, replay.Departs)
		}
	}
}

// Numbers at the limits of 32 and 64 bits, and beyond, are accepted or are errors with a line.
func TestHugeNumbers(t *testing.T) {
	for _, n := range []string{"4294967294", "4294967295", "4294967296", "18446744073709551615", "18446744073709551616", "0xffffffffffffffff", "-1", "1e400", "1e-400"} {
		for _, line := range []string{"A: resource.new R %s", "A: resource.drop R %s", "A: return %s", "A: call B.take-R %s", "choices %s\nA: resource.new R 1",
			"A: return\nhost: cancel %s", "A: return\nhost: invoke A.run %s"} {
			runDamaged(t, "world handles\n"+fmt.Sprintf(line, n))
		}
		for _, line := range []string{"A: memory.store %s 1", "A: stream.read u8 async 1 %s 1", "A: stream.read u8 async 1 0 %s", "A: error-context.new 0 %s",
			"A: waitable-set.wait cancellable 1 %s", "A: thread.new-indirect i32 %s 0"} {
			runDamaged(t, "world waits\nA: stream.new u8\nA: waitable-set.new\n"+fmt.Sprintf(line, n))
		}
	}
}

// A trace of a million lines can be read and replayed in little memory. One that is too long is an error.
func TestManySteps(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const n = 1000000
	trace, err := model.ReadTrace(strings.NewReader("world handles\n" + strings.Repeat("A: resource.rep R 0\n", n)))
	if err != nil || len(trace.Lines) != n {
		t.Fatal(err)
	}
	again, err := model.RunTrace(trace, trace.Variant)
	if err != nil || len(again.Trace.Lines) != 3 { // it traps
		t.Fatalf("%v, %d lines", err, len(again.Trace.Lines))
	}
	trace, err = model.ReadTrace(strings.NewReader("world handles\n" + strings.Repeat("A: resource.new R 1 -> 1\nA: resource.drop R 1\n", n/10)))
	if err != nil {
		t.Fatal(err)
	}
	again, err = model.RunTrace(trace, trace.Variant)
	if err != nil || again.Departs != nil {
		t.Fatal(err, again.Departs)
	}
	var after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&after)
	if after.HeapAlloc > 100<<20 {
		t.Errorf("%d bytes for %d steps", after.HeapAlloc, n/5)
	}
	runtime.KeepAlive(trace)
	_, err = model.ReadTrace(strings.NewReader("world handles\n" + strings.Repeat("\n", 1<<21)))
	if err == nil || !strings.HasPrefix(err.Error(), "line 2097153: too long") {
		t.Errorf("a trace that is too long: %v", err)
	}
	_, err = model.ReadTrace(strings.NewReader("world handles\n" + strings.Repeat("x", 1<<21)))
	if err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
		t.Errorf("a line that is too long: %v", err)
	}
}

// seeds adds traces to the corpus of a fuzz target, as text or as JSON.
func seeds(f *testing.F, form func(*model.Trace) string) {
	files, err := filepath.Glob("testdata/handle-table/*.cabi")
	if err != nil {
		f.Fatal(err)
	}
	texts := []string{namedTrace, definedTrace}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, string(text))
	}
	for _, text := range texts {
		trace, err := model.ReadTrace(strings.NewReader(text))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(form(trace))
	}
}

// Reading any text, and replaying the trace, ends in an error with a line or in a replay, never in a panic.
func FuzzText(f *testing.F) {
	seeds(f, (*model.Trace).String)
	f.Fuzz(fuzzed)
}

// Reading any JSON lines does too.
func FuzzJSON(f *testing.F) {
	seeds(f, (*model.Trace).JSON)
	f.Fuzz(fuzzed)
}

func fuzzed(t *testing.T, text string) {
	runDamaged(t, text)
	trace, err := model.ReadTrace(strings.NewReader(text))
	if err != nil {
		return
	}
	again, err := model.ReadTrace(strings.NewReader(trace.JSON()))
	if err != nil || again.ID() != trace.ID() {
		t.Errorf("%q: written as\n%sread back: %v", text, trace.JSON(), err)
	}
}
