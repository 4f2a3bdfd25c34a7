package model

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cabi/spec"
)

// The traces in testdata/handle-table do the same as the core modules of upstream's test/resources/handle-table.wast: the port gives the
// same indices and the same traps.
func TestHandleTable(t *testing.T) {
	for _, file := range traceFiles(t, "testdata/handle-table/*.cabi") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			trace := readTrace(t, file)
			replay, err := RunTrace(trace, trace.Variant)
			if err != nil {
				t.Fatal(err)
			}
			if replay.Departs != nil {
				t.Fatalf("line %d: want %s\ngot %s\nin\n%s", replay.Departs.Number, replay.Departs, replay.Got, replay.Trace)
			}
			if last := trace.Lines[len(trace.Lines)-1]; strings.HasPrefix(last.Text, "trap") != (replay.Stopped != nil) {
				t.Fatalf("the trace ends with %s, the run with %v", last, replay.Stopped)
			}
		})
	}
}

// A replay notices a wrong index, and in which line.
func TestReplayDeparts(t *testing.T) {
	text, err := os.ReadFile("testdata/handle-table/sequential.cabi")
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(text), "resource.new R 800 -> 4", "resource.new R 800 -> 5", 1)
	trace, err := ParseTrace(strings.NewReader(wrong))
	if err != nil {
		t.Fatal(err)
	}
	replay, err := RunTrace(trace, spec.SingleTable)
	if err != nil {
		t.Fatal(err)
	}
	if replay.Departs == nil || replay.Departs.Number != 24 {
		t.Fatalf("departs at %v, want line 24", replay.Departs)
	}
}

// A trace that is written as text is read back as the same trace.
func TestTraceRoundTrip(t *testing.T) {
	for _, file := range traceFiles(t, "testdata/handle-table/*.cabi") {
		replay, err := RunTrace(readTrace(t, file), spec.SingleTable)
		if err != nil {
			t.Fatal(err)
		}
		printed := replay.Trace.String()
		again, err := ParseTrace(strings.NewReader(printed))
		if err != nil {
			t.Fatalf("%v in\n%s", err, printed)
		}
		if again.String() != printed {
			t.Errorf("printed\n%sread back\n%s", printed, again)
		}
	}
}

func TestParseErrors(t *testing.T) {
	const header = "world handles variant single-table\n"
	for _, c := range []struct{ text, want string }{
		{"", "line 1: no world"},
		{"A: resource.new R 1", "line 1: expected a line such as"},
		{"world handles variant nowhere", `line 1: unknown variant "nowhere"`},
		{"world nowhere\nA: resource.new R 1", `line 2: the world "nowhere" is not a named one, and is not defined: write its lines`},
		{"\nworld nowhere\n\n", "line 2: the world \"nowhere\" is not a named one"},
		{"# nothing\n\n", "line 2: no world"},
		{"world handles variant per-type variant per-type", `line 1: "variant" stands in the header twice`},
		{"world handles world handles", `line 1: "world" stands in the header twice`},
		{header + "choices 1\nchoices 1", "line 3: a second line of choices: they stand in one, and line 2 is it"},
		{header + "violates", "line 2: violates what?"},
		{header + "violates : index 1", "line 2: violates what?"},
		{header + "A: resource.new R 1_0", `line 2: resource.new: "1_0" is no number`},
		{header + "A: resource.new R 0b1", `line 2: resource.new: "0b1" is no number`},
		{header + "A: resource.new R 0x1.8p1", `line 2: resource.new: "0x1.8p1" is no number`},
		{header + "A: stream.new " + strings.Repeat("x", 5000), `line 2: stream.new: type "` + strings.Repeat("x", 60) + `…": unknown type "` + strings.Repeat("x", 60) + `…"`},
		{header + "A: stream.new list<u8,99999999999>", `line 2: stream.new: type "list<u8,99999999999>": a fixed length is a number from 1`},
		{header + "A: stream.new tuple<" + strings.Repeat("u8,", 2000) + "_>", "line 2: stream.new tuple<" + strings.Repeat("u8,", 61) + "…: "},
		{definedWorld(`"funcs":[{"name":"A.f"}],"menus":{"A":["thread.yield often"]}`), `line 2: world w: the menu of A: thread.yield: unknown word "often"; there are: cancellable, uncancellable`},
		{definedWorld(`"funcs":[{"name":"A.f"}],"menus":{"A":["call N.f"]}`), `line 2: world w: the menu of A: call: unknown function "N.f"`},
		{header + "A: " + strings.Repeat("x", 5000), `line 2: unknown action "` + strings.Repeat("x", 60) + `…"; `},
		{definedWorld(`"funcs":[{"name":"A.f"}],"menus":{"Z":["waitable-set.new"]}`), `line 2: world w: a menu of "Z"`},
		{definedWorld(`"funcs":[{"name":"A.f"}],"menus":{"A.f.callback":["waitable-set.new"]}`), `line 2: world w: a menu of "A.f.callback"`},
		{definedWorld(`"funcs":[{"name":"A.f"}],"imports":[{"instance":"N","func":"A.f"},{"instance":"N","func":"A.f"}]`), "line 2: world w: N imports A.f twice"},
		{definedWorld(`"funcs":[{"name":"A.f"}],"limits":{"flat_params":-1}`), "line 2: world w: a limit or bound of it is negative"},
		{definedWorld(`"funcs":[{"name":"A.f"}],"steps":-1`), "line 2: world w: a limit or bound of it is negative"},
		{"world handles pin 1234567", "line 1: the trace is of definitions.py at 1234567"},
		{header + "C: resource.new R 1", `line 2: unknown instance "C"`},
		{header + "A: resource.now R 1", `line 2: unknown action "resource.now"`},
		{header + "A: resource.new R", "line 2: resource.new takes 1 numbers, got 0"},
		{header + "A: resource.new R x", `line 2: resource.new: "x" is no number`},
		{header + "A: resource.new T 1", `line 2: resource.new: unknown resource "T"; there are: R, S`},
		{header + "A: done resource.rep T 1", `line 2: resource.rep: unknown resource "T"`},
		{header + "A: call A.run", `line 2: call: instance A imports no function "A.run"`},
		{header + "A: call B.nope", `line 2: call: unknown function "B.nope"; there are: B.`},
		{header + "host: invoke A.nope", `line 2: invoke: unknown function "A.nope"`},
		{header + "A: stream.new own<T>", `line 2: stream.new: type "own<T>": unknown resource "T"`},
		{header + "A: stream.read u8 asink 1 0 0", `line 2: stream.read: unknown word "asink"; there are: async, sync`},
		{header + "A: thread.yield 1", "line 2: thread.yield: "},
		{header + "A: resource.rep S 1\nB: resource.rep S 1", "line 3: resource.rep S: S is defined by A"},
		{header + "A: tick", "line 2: tick is not for A"},
		{header + "host: resource.new R 1", "line 2: resource.new is not for host"},
		{header + "A: enter A.nope", `line 2: unknown function "A.nope"`},
		{header + "A: enter A.run.callback", `line 2: unknown function "A.run.callback"`},
		{header + "A: enter B.take-R 1", "line 2: B is entered, and not A"},
		{header + "B: enter B.take-R x", `line 2: enter B.take-R: "x" is no number`},
		{header + "B: enter B.take-R $x", "line 2: nothing binds $x"},
		{header + "$a $b = A: resource.new R 1", "line 2: 2 names for 1 value: nothing comes back for $b"},
		{header + "$a = A: resource.drop R 1", "line 2: 1 name for 0 values: nothing comes back for $a"},
		{header + "$a = host: tick", "line 2: 1 name for 0 values: nothing comes back for $a"},
		{header + "A: resource.rep R 1 ->", "line 2: no result stands after ->"},
		{header + "A: resource.rep R 1 -> _ | _ |", "line 2: nothing stands beside a |"},
		{header + "A: resource.rep R 1 -> | _", "line 2: nothing stands beside a |"},
		{header + "A: resource.rep R 1 -> 1 | | 2", "line 2: nothing stands beside a |"},
		{header + "A: resource.rep R 1 -> 1 |2", `line 2: "|2" is no result`},
		{header + "A: resource.rep R 1 -> blokced", `line 2: "blokced" is no result`},
		{header + "A: resource.rep R 1 -> started:$s", "line 2: nothing binds $s"},
		{header + "hello", "line 2: expected an action such as"},
		{header + "choices 1 x", `line 2: the choice "x" is no number`},
		{"world x\ndefine {\"name\":\"w\"}", "line 2: the header says world x"},
		{header + "define {}", "line 2: the world handles is already defined"},
		{"world x\ndefine {\"name\":\"x\",\"colour\":1}", "line 2: the world: unknown key \"colour\""},
		{"world x\ndefine {\"name\":\"x\",\"instances\":[{\"name\":\"A\",\"memory\":1099511627776}]}", "line 2: world x: instance A has 1099511627776 bytes"},
		{"world x\ndefine {\"name\":\"x\",\"instances\":[{\"name\":\"A\",\"parent\":\"A\"}]}", "line 2: world x: no instance before A is its parent A"},
		{definedWorld(`"funcs":[{"name":"A."}]`), `line 2: world w: function "A.": its name is`},
		{definedWorld(`"funcs":[{"name":"A"}]`), `line 2: world w: function "A": its name is`},
		{definedWorld(`"funcs":[{"name":"A.f.callback"}]`), `line 2: world w: function "A.f.callback": its name is`},
		{definedWorld(`"funcs":[{"name":"A.f"},{"name":"A.f"}]`), "line 2: world w: there are two of the name A.f"},
		{definedWorld(`"funcs":[{"name":"A.thread"}]`), "line 2: world w: function A.thread: its name may not be one of"},
		{definedWorld(`"funcs":[{"name":"A.realloc"}]`), "line 2: world w: function A.realloc: its name may not be one of"},
		{definedWorld(`"funcs":[{"name":"A.dtor"}],"resources":[{"name":"A","impl":"N"}]`), "line 2: world w: function A.dtor: its name may not be one of"},
		{definedWorld(`"resources":[{"name":"R->S","impl":"A"}]`), `line 2: world w: "R->S" is no name for a resource`},
		{"world x\ndefine {\"name\":\"x\",\"instances\":[{\"name\":\"#A\"}]}", `line 2: world x: "#A" is no name for an instance`},
		{"world x\ndefine {\"name\":\"x\",\"instances\":[{\"name\":\"A\"},{\"name\":\"A\"}]}", "line 2: world x: there are two instances A"},
		{"world x\ndefine {\"name\":\"x\",\"instances\":[{\"name\":\"A\"}],\"funcs\":[{\"name\":\"A.f\",\"params\":[\"list<\"]}]}", "line 2: world x: function A.f: type"},
	} {
		_, err := ParseTrace(strings.NewReader(c.text))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s…", c.text, err, c.want)
		}
	}
}

// An action that cannot be taken where a trace has it is an error of its line.
func TestReplayErrors(t *testing.T) {
	const header = "world handles variant single-table\n"
	for _, c := range []struct{ text, want string }{
		{"B: resource.drop R 1", "line 2: it is A's turn, in A.run, not B's"},
		{"A: return\nhost: return", "line 3: return is not for host"},
		{"A: return\nhost: invoke A.run 1", "line 3: invoke A.run takes 0 values, got 1"},
		{"A: return\nhost: cancel 7", "line 3: the host has made only 1 calls"},
	} {
		trace, err := ParseTrace(strings.NewReader(header + c.text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = RunTrace(trace, spec.SingleTable); err == nil || err.Error() != c.want {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

func traceFiles(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces in %s: %v", pattern, err)
	}
	return files
}

func readTrace(t *testing.T, file string) *Trace {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	trace, err := ParseTrace(f)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

// Parsing any text, and replaying the trace, ends in an error or a replay, never in a panic.
func FuzzTrace(f *testing.F) {
	for _, file := range []string{"sequential", "moved", "parent", "drop-R1-as-R2"} {
		text, err := os.ReadFile("testdata/handle-table/" + file + ".cabi")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	for _, w := range Worlds {
		f.Add("world " + w.Name + "  variant per-type\nA: return\nhost: invoke A.run\n")
	}
	f.Add("world waitables\nA: stream.new u8\nA: stream.read u8 async 1 0 1\nA: stream.write u8 async 2 0 1\nA: waitable-set.new\n")
	f.Add("world waits\nA: waitable-set.new\nA: waitable-set.wait uncancellable 1 0\nhost: tick\nhost: stop\n")
	f.Fuzz(func(t *testing.T, text string) {
		trace, err := ParseTrace(strings.NewReader(text))
		if err != nil {
			return
		}
		if _, err := RunTrace(trace, trace.Variant); err != nil {
			return
		}
	})
}
