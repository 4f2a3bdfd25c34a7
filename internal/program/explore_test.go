package program

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"cabi/spec"
)

func explore(t *testing.T, b Bounds, name string, calls ...string) *Exploration {
	t.Helper()
	p := read(t, name, calls...)
	p.Small = true
	return newRunner(t).Explore(context.Background(), p, spec.SingleTable, b, func(*Exploration) bool { return true })
}

var bounds = Bounds{Departures: 1, Runs: 1000, Random: 5, Seed: 1, Steps: 1000}

func TestExplore(t *testing.T) {
	for _, test := range []struct {
		component, calls string
		want             []string // kinds, and what their text and command contain
		code             int
	}{
		{"counter", "[constructor]counter(1);[method]counter.add(#1, 2)", nil, 0},
		{"race", "race()", []string{"depends-on-choice call 1, race(), returns 1, and under the policy 2 'race()' --depart 1=1"}, 1},
		{"deadlock", "wait()", []string{"deadlock call 1, wait() 'wait()'"}, 1},
		{"leak", "open-once();open-and-forget();open-and-close()", []string{"leak own handle of file: 1 left in A at the end, made in call 1, open-and-forget(), step 2, by resource.new file; after a second round of the calls, 2 are 'open-and-forget()' --small-answers --settle"}, 1},
		{"leak", "open-once();open-and-close()", nil, 0},
		{"whole", "make();make();drop #1", nil, 0},
		{"whole", "make();hollow()", []string{"trapped after the last call: trap Table.get/bounds: unknown handle index 99 'hollow()' --settle"}, 1},
		{"numbering", "index()", []string{
			"depends-on-numbering call 1, index(), returns 1, and under single-table 2 --variant per-type",
			"depends-on-numbering returns 3 --variant single-table-threads",
			"depends-on-numbering --variant per-type-random",
			"depends-on-numbering --variant instance-random",
			"depends-on-numbering --variant per-type-disjoint"}, 1},
		{"numbering", "stale()", []string{"use-after-drop was an own handle of ticket, made in call 1, stale(), step 1, by resource.new ticket, and gone in call 1, stale(), step 2, by resource.drop ticket; under single-table, the index is 1 there, and names an own handle of ticket, made in call 1, stale(), step 3, by resource.new ticket"}, 1},
		{"twice", "twice()", []string{"use-after-drop was an own handle of thing, made in call 1, twice(), step 1, by resource.new thing, and gone in call 1, twice(), step 2, by resource.drop thing; under single-table, the index is 1 there, and names an own handle of thing, made in call 1, twice(), step 3, by resource.new thing"}, 1},
		{"bump", "bump();bump()", nil, 0},
		{"bump", "bump() & bump()", []string{"depends-on-choice call 1, bump() & bump(), returns 1 & 2, and under the policy 1 & 1 'bump() & bump()' --depart 0=1"}, 1},
		{"borrow", "make();look(#1)", nil, 0},
		{"borrow", "make();look(#1);keep(#1)", []string{"trapped call 2, keep(#1): trap Task.return_/borrows: the task still has borrow handles at step 1: a borrow handle of thing is in C, made in call 2, keep(#1), step 1, by its arguments 'make()' 'keep(#1)'"}, 1},
		{"endless", "fine();call()", []string{"limit 'call()'"}, 3},
		{"print", "wasi:cli/run#run()", nil, 0},
	} {
		e := explore(t, bounds, test.component, strings.Split(test.calls, ";")...)
		if e.Code() != test.code || len(e.Findings) != len(test.want) {
			t.Errorf("%s %s: code %d\n%s", test.component, test.calls, e.Code(), e.Text("C"))
			continue
		}
		for i, f := range e.Findings {
			kind, want, _ := strings.Cut(test.want[i], " ")
			if got := f.Text + " " + f.Command("C", e); f.Kind != kind || !containsParts(got, want) {
				t.Errorf("%s %s: finding %d is %s: %s", test.component, test.calls, i+1, f.Kind, got)
			}
		}
	}
}

// containsParts reports whether a text contains the words of another in their order.
func containsParts(text, words string) bool {
	for _, w := range strings.Fields(words) {
		i := strings.Index(text, w)
		if i < 0 {
			return false
		}
		text = text[i+len(w):]
	}
	return true
}

// A finding needs none of the calls before it that only make it longer, and none after it.
func TestShorten(t *testing.T) {
	e := explore(t, bounds, "numbering", "stale()", "index()", "index()")
	for _, f := range e.Findings {
		if len(f.Calls) != 1 {
			t.Errorf("%s needs %v", f.Kind, f.Calls)
		}
	}
}

// Every command that is printed shows its finding again.
func TestAgain(t *testing.T) {
	for _, call := range []string{"race()"} {
		e := explore(t, bounds, "race", call)
		p := read(t, "race", call)
		again := newRunner(t).Run(p, Options{Choices: NewChoices(nil, e.Findings[0].Departures)})
		if results(again) == results(e.Policy) {
			t.Errorf("%s returns %s as under the policy", call, results(again))
		}
	}
}

// What depends on the host's answers alone is no finding, and what does not is found beside them.
func TestAnswers(t *testing.T) {
	p := read(t, "leak", "open-once()", "ask()")
	p.Stubs, p.Args, p.Env = []Stub{{"open", []string{"1", "7"}}}, []string{"C", "x y"}, []string{"A=b"}
	e := newRunner(t).Explore(context.Background(), p, spec.SingleTable, bounds, func(*Exploration) bool { return true })
	if len(e.Findings) != 0 || e.Choices != 2 {
		t.Errorf("%d choices, %s", e.Choices, e.Text("C"))
	}
	p.Calls = append(p.Calls, Call{Export: "open-and-forget"})
	e = newRunner(t).Explore(context.Background(), p, spec.SingleTable, bounds, func(*Exploration) bool { return true })
	want := "cabi run C 'open-and-forget()' --stub 'open=1|7' --arg 'x y' --env 'A=b' --settle"
	if len(e.Findings) != 1 || e.Findings[0].Command("C", e) != want {
		t.Errorf("want one finding, with %s\n%s", want, e.Text("C"))
	}
}

// What is explored is the same each time, and bounds are kept and said.
func TestBounds(t *testing.T) {
	e := explore(t, Bounds{Departures: 2, Runs: 30, Random: 1, Seed: 1, Steps: 1000}, "race", "race()")
	if e.CutOff != "--runs 30" || e.Runs < 30 || e.Runs > 40 || !strings.Contains(e.Text("C"), "cut off: --runs 30") {
		t.Errorf("runs %d, cut off by %q", e.Runs, e.CutOff)
	}
	deep := explore(t, Bounds{Departures: 2, Runs: 5000, Random: 0, Steps: 1000}, "race", "race()")
	flat := explore(t, Bounds{Departures: 1, Runs: 5000, Random: 0, Steps: 1000}, "race", "race()")
	if deep.CutOff != "" || flat.CutOff != "" || deep.Runs <= flat.Runs {
		t.Errorf("runs %d with one departure, %d with two", flat.Runs, deep.Runs)
	}
	if a, b := fmt.Sprint(deep.Object("C")), fmt.Sprint(explore(t, deep.Bounds, "race", "race()").Object("C")); a != b {
		t.Errorf("first %s, then %s", a, b)
	}
}

// An import that nothing gives returns each value of a small set.
func TestSmallSet(t *testing.T) {
	for _, test := range []struct {
		t    spec.ValType
		want int
	}{
		{spec.BoolType{}, 2}, {spec.U8Type{}, 2}, {spec.StringType{}, 2}, {&spec.ListType{T: spec.U8Type{}}, 2},
		{&spec.OptionType{T: spec.U8Type{}}, 2}, {&spec.ResultType{}, 2}, {&spec.EnumType{Labels: []string{"a", "b", "c", "d", "e"}}, 4},
		{&spec.TupleType{Ts: []spec.ValType{spec.BoolType{}, spec.U8Type{}}}, 2}, {&spec.StreamType{}, 0}, {&spec.ListType{T: &spec.StreamType{}}, 1},
	} {
		if got := small(test.t); len(got) != test.want {
			t.Errorf("%d values of %s, want %d", len(got), spec.TypeName(test.t), test.want)
		}
	}
}
