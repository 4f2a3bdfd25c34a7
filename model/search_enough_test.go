package model

import (
	"reflect"
	"testing"

	"cabi/spec"
)

// A search that is told how many actions are enough explores whole levels, and is the same search as one that is told how many levels
// that are, for any number of workers.
func TestEnough(t *testing.T) {
	s := Search{World: WorldByName("handles"), Variant: spec.SingleTable, Bounds: Bounds{Handles: 3}, Enough: 1000}
	enough := s.Run()
	if enough.Steps == 0 || enough.Depth != enough.Steps || enough.Stopped || enough.AtBound == 0 || enough.Transitions < 1000 {
		t.Fatalf("steps %d, depth %d, stopped %t, at the bound %d, %d transitions", enough.Steps, enough.Depth, enough.Stopped, enough.AtBound, enough.Transitions)
	}
	s.Workers = 3
	bounded := s
	bounded.Enough, bounded.Bounds.Steps = 0, enough.Steps
	for _, again := range []*Report{s.Run(), bounded.Run()} {
		again.Memory = enough.Memory
		if !reflect.DeepEqual(again, enough) {
			t.Errorf("%d states, %d transitions at %d steps, want %d, %d at %d", again.States, again.Transitions, again.Steps, enough.States, enough.Transitions, enough.Steps)
		}
	}
	s.Bounds.Steps = 2
	if r := s.Run(); r.Depth != 2 || r.Steps != 2 {
		t.Errorf("with a bound on actions, depth %d, steps %d", r.Depth, r.Steps)
	}
	finite := readWorld(t, "world w\ninstance A\nfunc A.run()\nmenu A:\nmenu host:\nstart A.run\n")
	if r := (Search{World: finite, Variant: spec.SingleTable, Enough: 1000}).Run(); r.Stopped || r.Frontier > 0 || r.Steps > 0 {
		t.Errorf("of a finite world, %d states are left, steps %d", r.Frontier, r.Steps)
	}
}

// Where handles are parts of other values, the numbers of indices matter, and states that differ in them are kept apart.
func TestNestedHandles(t *testing.T) {
	for of, nests := range map[string]bool{
		"own<R>": false, "borrow<R>": false, "stream<u8>": false, "list<string>": false, "option<u8>": false, "error-context": false,
		"list<own<R>>": true, "option<own<R>>": true, "record{a:u8,b:stream<u8>}": true, "stream<own<R>>": true, "future<error-context>": true, "list<borrow<R>,2>": true,
	} {
		w := readWorld(t, "world w\ninstance A memory 64\ninstance B memory 64\nresource R of A\nfunc B.take("+of+")\nfunc A.run()\nimport A B.take\nmenu A: call B.take\nright-class\n")
		s := Search{World: w, Variant: spec.SingleTable}
		if w.nestsHandles() != nests || s.mayReduce() == nests {
			t.Errorf("%s: nests %t, reduced %t", of, w.nestsHandles(), s.mayReduce())
		}
	}
	for lines, nests := range map[string]bool{
		"func B.take(own<R>, u8, u8, u8)": false, "func B.take(own<R>, u8, u8, u8, u8)": true, "func A.get() -> own<R>": false,
		"menu A: stream.new u8": false, "menu A: stream.new own<R>": true, "menu A: task.return (own<R>)": false, "menu A: task.return (option<own<R>>)": true,
	} {
		w := readWorld(t, "world w\ninstance A memory 64\ninstance B memory 64\nresource R of A\n"+lines+"\n")
		if w.nestsHandles() != nests {
			t.Errorf("%s: nests %t", lines, w.nestsHandles())
		}
	}
}
