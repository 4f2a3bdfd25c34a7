package properties_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
	"cabi/shrink"
	"cabi/spec"
)

// outcomesOf are the outcomes of a litmus, each with its ways, and how much was explored.
func outcomesOf(t *testing.T, l *model.Litmus, source *model.Source) string {
	t.Helper()
	report, err := l.Explore(model.LitmusOptions{Source: source, Properties: properties.Promises(), Tries: 2000})
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	fmt.Fprintln(&b, report.States, report.Tries, report.Ways, report.Impossible)
	for _, o := range report.Outcomes {
		fmt.Fprintln(&b, o, o.Ways, o.Trace)
	}
	return b.String()
}

// Litmus files have the same outcomes, ways and traces on the definitions.py of the pin as on the port.
func TestSourceLitmus(t *testing.T) {
	source := sourceOf(t, definitions(t))
	for _, file := range someFiles(t, "../examples/*.litmus", 6) {
		l, err := model.ParseLitmus(open(t, file))
		if err != nil {
			t.Fatal(err)
		}
		if port, python := outcomesOf(t, l, nil), outcomesOf(t, l, source); port != python {
			t.Errorf("%s: on the port\n%s\non definitions.py\n%s", file, port, python)
		}
	}
}

// someFiles are the files of a pattern, or without CABI_LONG each so manyeth of them.
func someFiles(t *testing.T, pattern string, each int) (some []string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) < each {
		t.Fatalf("%s: %d files, %v", pattern, len(files), err)
	}
	if os.Getenv("CABI_LONG") != "" {
		return files
	}
	for i := each - 1; i < len(files); i += each {
		some = append(some, files[i])
	}
	return some
}

func open(t *testing.T, file string) *os.File {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Values in words go to and from the host on definitions.py as on the port, and so do bytes of memory.
func TestSourceWords(t *testing.T) {
	source := sourceOf(t, definitions(t))
	l, err := model.ParseLitmus(strings.NewReader(inWords))
	if err != nil {
		t.Fatal(err)
	}
	port, python := outcomesOf(t, l, nil), outcomesOf(t, l, source)
	if port != python || !strings.Contains(python, `returns; $c = 0; $r = ["aé", "b"]`) || !strings.Contains(python, "$got = bytes:2c01ffff") || !strings.Contains(python, "$b = bytes:68c3a9") {
		t.Errorf("on the port\n%s\non definitions.py\n%s", port, python)
	}
}

const inWords = `world words
instance A  memory 128
func async A.echo(list<string>) -> list<string>  stackful
func async A.more(stream<u16>, record{a: s8, b: option<char>})  stackful
in host
  $c $r = invoke A.echo ["aé","b"]
  ticks
  invoke A.more own-stream:$s {a:-1,b:some('x')}
  ticks
  shared.copy $s [300,65535]
  shared.done $s 0
  ticks
in A.echo $ptr $n
  memory.store 96 "hé"
  $b = memory.load 96 3
  task.return (list<string>) $ptr $n
in A.more $in $a $tag $char
  $x = stream.read u16 sync $in 64 2
  $got = memory.load 64 4
  task.return ()
`

// Traces of the reference suite happen on the definitions.py of the pin, and so do those with sites that are switched off, but for where
// Python goes on with an object of another class than the port does.
func TestSourceTraces(t *testing.T) {
	source := sourceOf(t, definitions(t))
	ducks := []string{"call_and_trap_on_throw-throw", "canon_subtask_drop-class", "canon_waitable_join-set-class", "future_copy-class", "lift_error_context-class", "stream_copy-class"}
	for _, file := range append(someFiles(t, "../suite/traces/*.cabi", 30), someFiles(t, "../docs/generated/traps/*-without.cabi", 9)...) {
		trace, err := model.ReadTrace(open(t, file))
		if err != nil {
			t.Fatal(err)
		}
		trace.Source = source
		again, err := model.ReplayOptions{Properties: claimedBy(trace)}.Run(trace)
		departs := err != nil || again.Departure() != ""
		if is := slices.Contains(ducks, strings.TrimSuffix(filepath.Base(file), "-without.cabi")); departs != is {
			t.Errorf("%s: departs: %v, want %v (%v)", file, departs, is, err)
		}
	}
}

func claimedBy(trace *model.Trace) []*model.Property {
	if p := properties.ByName(trace.ClaimedProperty()); p != nil {
		return []*model.Property{p}
	}
	return nil
}

// A world that lowers the limit on backpressure is explored on definitions.py as on the port.
func TestSourceBackpressure(t *testing.T) {
	source := sourceOf(t, definitions(t))
	w, err := model.ReadWorld(strings.NewReader("world pressed\ninstance A\nfunc async A.run()  stackful\nlimits backpressure 2\n" +
		"menu host: invoke A.run | tick\nmenu A.run: backpressure.inc | backpressure.dec\nbound 6 actions  1 task\n"))
	if err != nil {
		t.Fatal(err)
	}
	result := model.Search{World: w, Variant: spec.SingleTable, Bounds: w.Bounds}.InLockstep(source)
	if result.Err != nil || result.Difference != nil || result.Stops["canon_backpressure_inc/overflow"] == 0 {
		t.Errorf("error %v, stops %v, %+v", result.Err, result.Stops, result.Difference)
	}
	other := sourceOf(t, definitions(t), "trap_if(inst.backpressure == 2**16)", "trap_if(inst.backpressure == 65536)")
	if err := other.Fits(w, nil); err == nil || !strings.Contains(err.Error(), "canon_backpressure_inc") {
		t.Errorf("with the limit in other words: %v", err)
	}
}

// Random walks shrink what they find, on the definitions.py that they walk on.
func TestSourceShrinks(t *testing.T) {
	search := searchOf("waits", 0)
	search.Source = sourceOf(t, definitions(t), "    self.num_waiting -= 1\n", "    pass\n")
	search.Properties = []*model.Property{properties.ByName("waiting-count")}
	search.Random = &model.Random{Seed: 1, Runs: 256}
	long := search.Run().Violation()
	search.Random.Shrink = shrink.Shrink
	short := search.Run().Violation()
	if long == nil || short == nil || short.Actions >= long.Actions {
		t.Fatalf("%+v, shrunk %+v", long, short)
	}
	again, err := model.ReplayOptions{Properties: search.Properties}.Run(short.Trace)
	if err != nil || again.Departure() != "" || short.Trace.Source != search.Source {
		t.Errorf("%v, %s", err, again.Departure())
	}
	if _, found, err := shrink.Seeds(long.Trace, search.Properties, nil); err != nil || len(found) != 1 {
		t.Errorf("the seeds of what was found: %v, %v", found, err)
	}
	long.Trace.Source = nil
	if _, found, err := shrink.Seeds(long.Trace, search.Properties, nil); err == nil && len(found) > 0 {
		t.Error("the port violates it too")
	}
}

// A log is admitted on the definitions.py that it is of, with the choices that explain it, and refused on another.
func TestSourceAdmits(t *testing.T) {
	text := definitions(t)
	trace, err := model.ReadTrace(open(t, "../suite/traces/trap-canon_resource_drop-num_lends.cabi"))
	if err != nil {
		t.Fatal(err)
	}
	for verdict, source := range map[model.LogVerdict]*model.Source{model.Admitted: sourceOf(t, text), model.Refused: sourceOf(t, text, "  trap_if(h.num_lends != 0)\n", "")} {
		trace.Source = source
		found, err := model.NewLog(trace).Admit(model.AdmitOptions{})
		if err != nil || found.Verdict != verdict {
			t.Errorf("%v, want %v: %v", found, verdict, err)
		}
	}
}

// A search that is stopped goes on from its checkpoint, and reports what one that is not stopped does. Another definitions.py does not go on.
func TestSourceResumes(t *testing.T) {
	text := definitions(t)
	for _, changed := range []bool{false, true} {
		search := searchOf("waits", 5)
		if search.Source = sourceOf(t, text); changed { // what a field holds is noticed while the search is under way
			search.Source = sourceOf(t, text, "    self.num_waiting += 1\n", "    self.num_waiting += 1.0\n")
		}
		want := search.Run()
		search.Checkpoint.File = filepath.Join(t.TempDir(), "checkpoint")
		search.Progress = func(r *model.Report) bool { return r.States < want.States/2 }
		if stopped := search.Run(); !stopped.Stopped || stopped.Err != nil {
			t.Fatalf("%d states, %v", stopped.States, stopped.Err)
		}
		search.Progress, search.Resume = nil, search.Checkpoint.File
		got := search.Run()
		if got.Err != nil || summary(got) != summary(want) || len(got.NotChecked) != len(want.NotChecked) || changed != (len(want.NotChecked) > 0) {
			t.Errorf("not stopped:\n%s%v\nresumed:\n%s%v %v", summary(want), want.NotChecked, summary(got), got.NotChecked, got.Err)
		}
		search.Source = sourceOf(t, text+"\n# changed\n")
		if other := search.Run(); other.Err == nil || !strings.Contains(other.Err.Error(), "another definitions.py") {
			t.Errorf("another definitions.py: %v", other.Err)
		}
	}
}

// A promise that cannot be checked on a definitions.py is neither kept nor broken in a litmus, a replay or a log.
func TestSourceClaims(t *testing.T) {
	source := sourceOf(t, definitions(t), "num_waiting ", "waiters ", "num_waiting:", "waiters:")
	l, err := model.ParseLitmus(strings.NewReader("world waits\nin A.run\n  task.return ()\nforbidden violates waiting-count\n"))
	if err != nil {
		t.Fatal(err)
	}
	report, err := l.Explore(model.LitmusOptions{Source: source, Properties: properties.Promises(), Tries: 10})
	if err != nil {
		t.Fatal(err)
	}
	if _, verdict := l.Claims[0].Judge(report); verdict != model.Undecided || l.Claims[0].NotChecked(report) != "waiting-count" {
		t.Errorf("the claim of the litmus: %v", verdict)
	}
	trace, err := model.ParseTrace(strings.NewReader("world waits\nA: enter A.run\nA: waitable-set.new -> 1\nviolates waiting-count\n"))
	if err != nil {
		t.Fatal(err)
	}
	trace.Source = source
	again, err := model.ReplayOptions{Properties: claimedBy(trace)}.Run(trace)
	if err != nil {
		t.Fatal(err)
	}
	if again.ClaimNotChecked() == "" || !strings.Contains(again.Departure(), "not checked on this version: WaitableSet.num_waiting is gone") {
		t.Errorf("%v, %s", err, again.Departure())
	}
	found, err := model.NewLog(trace).Admit(model.AdmitOptions{Properties: claimedBy(trace)})
	if err != nil || found.Verdict != model.Unsettled || found.NotChecked == "" {
		t.Errorf("the log: %+v, %v", found, err)
	}
	if _, _, err := shrink.Seeds(trace, claimedBy(trace), nil); err == nil || !strings.Contains(err.Error(), "not checked on this version") {
		t.Errorf("shrinking: %v", err)
	}
}

// poke is a built-in of our own, which no version has.
const poke = `
def canon_thread_poke(i, who, cancellable):
  inst = current_instance()
  trap_if(not inst.may_leave)
  trap_if(inst.threads.get(who) is current_thread() and cancellable)
  return [i + 1]
`

const pokes = `world pokes
instance A
func async A.run()  stackful
builtin thread.poke(i32, thread, cancellable) -> i32 = canon_thread_poke
menu host: invoke A.run
menu A.run: thread.poke cancellable | thread.poke uncancellable
bound 4 actions  1 thread
right-class
`

// A built-in that a world declares is on menus, in traces and in litmus files; it traps, returns, and is in the states.
func TestBuiltinOnSource(t *testing.T) {
	text := definitions(t)
	w, err := model.ReadWorld(strings.NewReader(pokes))
	if err != nil {
		t.Fatal(err)
	}
	source := sourceOf(t, text+poke)
	if err := source.Fits(w, nil); err != nil {
		t.Fatal(err)
	}
	report := model.Search{World: w, Variant: spec.SingleTable, Source: source, Properties: properties.For(w), Bounds: w.Bounds, KeepGoing: true}.Run()
	if report.Err != nil || report.Stops["canon_thread_poke#2"] == 0 || report.Stops["canon_thread_poke#1"] > 0 || len(report.NeverTaken) > 1 {
		t.Errorf("error %v, stops %v, never taken %v", report.Err, report.Stops, report.NeverTaken)
	}
	l, err := model.ParseLitmus(strings.NewReader(pokes[:strings.Index(pokes, "menu")] + "in host\n  invoke A.run\nin A.run\n  $me = thread.index\n  $x = thread.poke uncancellable 41 $me\n  task.return ()\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := outcomesOf(t, l, source); !strings.Contains(got, "returns; $me = 1; $x = 42 1 world") {
		t.Error(got)
	}
	w.Builtins[0].Results = nil
	if report := (model.Search{World: w, Variant: spec.SingleTable, Source: source, Bounds: w.Bounds}).Run(); report.Err == nil || !strings.Contains(report.Err.Error(), "canon_thread_poke returns 1 value, and world pokes declares") {
		t.Errorf("a result that is not declared: %v", report.Err)
	}
}
