package upstream

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

const handlesTrace = `world handles  variant single-table  pin 6c67aa1
A: resource.new R 100 -> 1
A: resource.drop R 1
A: resource.rep R 1
`

func parse(t *testing.T, text string) *model.Trace {
	t.Helper()
	trace, err := model.ParseTrace(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func TestReplayAgrees(t *testing.T) {
	replayed, err := Replay(upstreamDir(t), parse(t, handlesTrace), spec.SingleTable)
	if err != nil {
		t.Fatal(err)
	}
	if replayed.Departs {
		t.Fatalf("definitions.py departs:\n%s", replayed.Difference)
	}
	lines := replayed.Trace.Lines
	if last := lines[len(lines)-1]; replayed.Agree != len(lines) || last.Text != "trap Table.get/empty" {
		t.Errorf("definitions.py agrees with %d of %d lines, the last is %q", replayed.Agree, len(lines), last.Text)
	}
}

// The same literals are the same values in Python, in what the host passes and in memory.
func TestReplayOfLiterals(t *testing.T) {
	for _, text := range []string{literalsTrace, elementsTrace} {
		replayed, err := Replay(upstreamDir(t), parse(t, text), spec.SingleTable)
		if err != nil {
			t.Fatal(err)
		}
		if replayed.Departs || replayed.Departure() != "" {
			t.Errorf("definitions.py departs:\n%s%s", replayed.Difference, replayed.Departure())
		}
	}
}

const literalsTrace = `world w  variant single-table
define {"name":"w","instances":[{"name":"A","memory":1024,"encoding":"latin1+utf16"}],"funcs":[{"name":"A.all","params":["tuple<bool,s8,u64,f32,f64,char,string,list<u16>,option<u8>,result<u8,string>,flags{r,w},enum{red,blue},variant{a,b(u8)},record{x:s32,y:list<string>},result>"],"results":["tuple<f32,char,flags{r,w},option<u8>,result<u8,string>,enum{red,blue}>"],"async":true,"lift":"stackful"}]}
choices 0 0
host: invoke A.all (true,-5,18446744073709551615,1.5,nan,'π',"a\u{20}\"q\"\u{20}\\\u{20}\u{24}x\u{20}\u{7c}\u{20}\u{23}\u{20}\u{3b}\u{20}\u{3e}",[1,2],some(7),err("no"),{w},blue,b(3),{y:["p"],x:-1},ok)
A: enter A.all 0
A: memory.store 700 "é"
A: memory.store 710 "π" s16:-2 f64:1.5
A: memory.load 700 1 -> bytes:e9
A: memory.load 710 12 -> bytes:c003feff000000000000f83f
A: task.return (tuple<f32,char,flags{r,w},option<u8>,result<u8,string>,enum{red,blue}>) 2.5 960 1 1 9 0 5 0 1
A: return
host: done invoke A.all (true,-5,18446744073709551615,1.5,nan,'π',"a\u{20}\"q\"\u{20}\\\u{20}\u{24}x\u{20}\u{7c}\u{20}\u{23}\u{20}\u{3b}\u{20}\u{3e}",[1,2],some(7),err("no"),{w},blue,b(3),{y:["p"],x:-1},ok)
`

const elementsTrace = `world w
define {"name":"w","instances":[{"name":"A","memory":64}],"funcs":[{"name":"A.take","params":["stream<u8>"],"async":true,"lift":"stackful"}]}
host: invoke A.take 1
A: stream.read u8 async 1 16 4
host: shared.copy 0 3 [1,2,3]
host: shared.done 0 0
host: return
A: memory.load 16 4 -> bytes:01020300
A: i32.load 16 -> 197121
A: i64.load 16 -> 197121
A: task.return ()
A: return
host: invoke A.take 0
A: stream.read u8 async 2 16 4
A: task.return ()
A: return
host: shared.write 1 2 [9,8]
`

// TestWhereReplayDeparts changes each line of definitions.py's trace in turn: that line must be the one that departs.
func TestWhereReplayDeparts(t *testing.T) {
	trace := parse(t, nestedTrace)
	again, err := model.RunTrace(trace, trace.Variant)
	if err != nil {
		t.Fatal(err)
	}
	port, err := caseOf(trace)
	if err != nil {
		t.Fatal(err)
	}
	if n := port.linesUpTo(len(port.lines)); n != len(again.Trace.Lines) {
		t.Fatalf("%d lines are in the trace, counted %d:\n%s\n%s", len(again.Trace.Lines), n, again.Trace, strings.Join(port.lines, "\n"))
	}
	last := -1
	for i := range port.lines {
		python := slices.Clone(port.lines)
		python[i] += " otherwise"
		r := replayed(again, port, python)
		if !r.Departs || r.Agree < last || r.Agree > last+1 && last >= 0 || !strings.Contains(r.Difference, "+ ") {
			t.Errorf("with another %q, %d lines agree, with the one before %d; departs in %q", port.lines[i], r.Agree, last, r.Difference)
		}
		last = r.Agree
	}
	if last != len(again.Trace.Lines)-1 {
		t.Errorf("with another last line, %d of %d agree", last, len(again.Trace.Lines))
	}
}

const nestedTrace = `world nested
define {"name":"nested","instances":[{"name":"A","memory":64},{"name":"B","memory":64}],"resources":[{"name":"R","impl":"A"}],` +
	`"funcs":[{"name":"B.take","params":["own<R>"]},{"name":"A.run"}],"imports":[{"instance":"A","func":"B.take"}]}
host: invoke A.run
A: resource.new R 7 -> 1
A: call B.take 1
B: waitable-set.new -> 2
B: return
A: resource.rep R 1
`

func TestReplayOfAnotherVariant(t *testing.T) {
	trace := parse(t, strings.Replace(handlesTrace, "single-table", "per-type", 1))
	var bad *BadInput
	if _, err := Replay(t.TempDir(), trace, trace.Variant); !errors.As(err, &bad) || !strings.Contains(err.Error(), "per-type") {
		t.Errorf("got %v, want that definitions.py does not know the variant", err)
	}
}

func TestReplayOfAnImpossibleLine(t *testing.T) {
	var bad *BadInput
	_, err := Replay(upstreamDir(t), parse(t, "world handles\nB: resource.drop R 1\n"), spec.SingleTable)
	if !errors.As(err, &bad) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v, want that it is not B's turn in line 2", err)
	}
}

func TestDirectoryWithoutDefinitions(t *testing.T) {
	var bad *BadInput
	if _, err := Compare(Options{Dir: t.TempDir(), Runs: 1}); !errors.As(err, &bad) || !strings.Contains(err.Error(), "definitions.py") {
		t.Errorf("got %v, want that there is no definitions.py", err)
	}
}

func TestPlaces(t *testing.T) {
	for _, p := range places() {
		if p.site == "" || placeOf(p.site) != p.at {
			t.Errorf("site %q stands at %s, not %s", p.site, p.at, placeOf(p.site))
		}
	}
}

// TestRandomRuns checks that random runs are long, and that most do not trap: only such runs reach the built-ins' insides.
func TestRandomRuns(t *testing.T) {
	seen := newCoverage()
	for i := range 1500 {
		randomRun(seedOf(3, i), nil, seen)
	}
	if seen.Median() < 15 {
		t.Errorf("the median run has %d built-ins, want 15", seen.Median())
	}
	if 2*seen.Trapped > seen.Runs {
		t.Errorf("%d of %d runs trap, want half of them not to", seen.Trapped, seen.Runs)
	}
}

// Replay replays a trace in a Python process of its own.
func Replay(dir string, t *model.Trace, variant *spec.Variant) (*Replayed, error) {
	if err := CanReplay(t, variant); err != nil {
		return nil, err
	}
	r, err := NewReplayer(dir)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return r.Replay(t, variant)
}

// A run on a version that does something else than the port is compared with CPython on the same version, and agrees; on another, it departs.
func TestJudge(t *testing.T) {
	dir := edited(t, "  return [h.rep]", "  return [h.rep + 1]")
	source, err := model.OpenSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	trace := parse(t, "world handles\nA: resource.new R 100 -> 1\nA: resource.rep R 1 -> 100\nA: resource.drop R 1\n")
	onPin, err := model.RunTrace(trace, spec.SingleTable)
	if err != nil {
		t.Fatal(err)
	}
	trace.Source = source
	again, err := model.RunTrace(trace, spec.SingleTable)
	if err != nil || again.Departs == nil {
		t.Fatalf("%v, and %v departs", err, again.Departs)
	}
	for on, departs := range map[string]bool{dir: false, upstreamDir(t): true} {
		python, err := NewVersionRunner(on)
		if err != nil {
			t.Fatal(err)
		}
		defer python.Close()
		r, err := python.Judge(again)
		if err != nil || r.Departs != departs || departs && (r.Agree != 2 || r.Difference != "- -> 101\n+ -> 100\n") {
			t.Errorf("%v: %+v", err, r)
		}
	}
	{ // what a version keeps in its modules does not last from one run to the next
		counting := edited(t, "def canon_resource_rep(rt, i):", "reps = []\ndef canon_resource_rep(rt, i):\n  reps.append(i)\n  assert(len(reps) < 3)")
		python, err := NewVersionRunner(counting)
		if err != nil {
			t.Fatal(err)
		}
		defer python.Close()
		for range 3 {
			if r, err := python.Judge(onPin); err != nil || r.Departs {
				t.Errorf("%v: %+v", err, r)
			}
		}
	}
	if got := shownFloat("f64:0x41c6147d0b000000"); got != "7.40882966e+08" {
		t.Errorf("a float is %s", got)
	}
}

// What driver.py writes of memory.load is a number for each byte, also of none; the result of a call around it is none of these.
func TestHappensThere(t *testing.T) {
	got := happensThere([]string{"> A 0 memory.load 16 3", "= 1 2 255", "> A 0 memory.load 16 0", "=", "> A 0 return 7", "= 7"})
	want := []string{"A: memory.load 16 3", "-> bytes:0102ff", "A: memory.load 16 0", "-> bytes:", "A: return 7", "-> 7"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
