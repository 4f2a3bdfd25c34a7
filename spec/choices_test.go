package spec

import (
	"slices"
	"testing"
)

// last is Choices that always take the last candidate, and nothing more.
type last struct{ asked []int }

func (l *last) Choose(_ Site, n int) int {
	l.asked = append(l.asked, n)
	return n - 1
}

// TestDerivedBits draws bits by a choice between none and all, and leaves those of a BitsChooser to it.
func TestDerivedBits(t *testing.T) {
	l := &last{}
	if got := DrawBits(l, "f/bits", 5); got != 31 || !slices.Equal(l.asked, []int{2}) {
		t.Errorf("5 bits of the last choice: %b, asked %v", got, l.asked)
	}
	if got := DrawBits(First{}, "f/bits", 64); got != 0 {
		t.Errorf("64 bits of the first choice: %b", got)
	}
	tape := &Tape{Numbers: []uint64{0b1011010}}
	if got := DrawBits(tape, "f/bits", 4); got != 0b1010 || tape.Asked[0] != (Asked{Site: "f/bits", Bits: 4, Got: got}) {
		t.Errorf("4 bits of a tape: %b, asked %v", got, tape.Asked)
	}
}

// TestDerivedShuffle shuffles by CPython's draws, and leaves the shuffles of a Shuffler to it.
func TestDerivedShuffle(t *testing.T) {
	l := &last{}
	if got := shuffled(l, 4); !slices.Equal(got, []int{0, 1, 2, 3}) || !slices.Equal(l.asked, []int{4, 3, 2}) {
		t.Errorf("the last choices: %v, asked %v", got, l.asked)
	}
	tape := &Tape{Numbers: []uint64{0, 2, 0}}
	if got := shuffled(tape, 4); !slices.Equal(got, []int{1, 3, 2, 0}) || len(tape.Asked) != 3 {
		t.Errorf("a tape: %v, asked %v", got, tape.Asked)
	}
	again := &Recorded{From: First{}}
	if got := shuffled(again, 3); !slices.Equal(got, []int{1, 2, 0}) || len(again.Tape.Asked) != 2 {
		t.Errorf("recorded: %v, asked %v", got, again.Tape.Asked)
	}
	if got := shuffled(First{}, 4); !slices.Equal(got, []int{0, 1, 2, 3}) {
		t.Errorf("First: %v", got)
	}
	if got := shuffled(l, 1); len(got) != 1 || len(l.asked) != 3 {
		t.Errorf("one element: %v, asked %v", got, l.asked)
	}
}

// shuffled is 0 to n-1 in the order that a store shuffles them into.
func shuffled(c Choices, n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	NewStore(Options{Choices: c}).shuffle("f/shuffle", n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

// youngest is Choices that see what they choose: the youngest thread, and to go on where the condition is a host's.
type youngest struct {
	First
	seen []Condition
}

func (y *youngest) ChooseThread(_ Site, candidates []*Thread) int { return len(candidates) - 1 }

func (y *youngest) GoOn(_ *Thread, c Condition) bool {
	y.seen = append(y.seen, c)
	return c.Kind == WaitsForHost
}

// TestChoicesThatSee lets choices see threads and conditions, directly and where they are recorded, and plays the recording again.
func TestChoicesThatSee(t *testing.T) {
	y := &youngest{}
	recorded := &Recorded{From: y}
	ready := HostReady(func() bool { return true })
	for _, c := range []Choices{y, recorded, &recorded.Tape} {
		s := NewStore(Options{Choices: c})
		task := NewTask(&FuncType{}, &CanonicalOptions{}, NewComponentInstance(s, nil), nil, nil)
		threads := []*Thread{NewThread(task, HostThread(nil)), NewThread(task, HostThread(nil)), NewThread(task, HostThread(nil))}
		if c == Choices(&recorded.Tape) {
			recorded.Tape.Asked = nil
		}
		if got := s.chooseThread("f/thread", slices.Clone(threads)); got != threads[2] {
			t.Errorf("%T chooses thread %d, not the youngest", c, got.serial)
		}
		if s.goesOn(threads[0], alwaysReady{}) != 0 || s.goesOn(threads[0], ready) != 1 {
			t.Errorf("%T: a thread that yields goes on, or one that waits for the host does not", c)
		}
		if got := s.chooseThread("f/thread", threads[:1]); got != threads[0] {
			t.Errorf("%T: another thread than the only one", c)
		}
	}
	want := []ConditionKind{WaitsNoMore, WaitsForHost, WaitsNoMore, WaitsForHost}
	if got := kindsOf(y.seen); !slices.Equal(got, want) {
		t.Errorf("conditions %v, want %v", got, want)
	}
	if got := recorded.Tape.Asked; len(got) != 3 || got[0] != (Asked{Site: "f/thread", N: 3, Got: 2}) || got[2] != (Asked{Site: goOnSite, N: 2, Got: 1}) {
		t.Errorf("recorded %v", got)
	}
}

func kindsOf(conditions []Condition) (kinds []ConditionKind) {
	for _, c := range conditions {
		kinds = append(kinds, c.Kind)
	}
	return kinds
}

// TestFuncTableOf looks functions up in a table that a core runtime keeps: 0 has one, 1 has none.
func TestFuncTableOf(t *testing.T) {
	s := NewStore(Options{})
	inst := NewComponentInstance(s, nil)
	f := &CoreFuncRef{T: &CoreFuncType{Params: []CoreType{I32}}}
	table := NewFuncTableOf(s, func(i uint64) *CoreFuncRef { return map[uint64]*CoreFuncRef{0: f}[i] })
	get := func(i uint64) *CoreFuncRef { return table.get(i, &lookup{inst: inst, index: i, want: wantCoreFuncRef}) }
	if get(0) != f {
		t.Error("0 has another function")
	}
	err := Try(func() { get(1) })
	if trap, ok := err.(*Trap); !ok || trap.Site != "Table.get/empty" || trap.Detail != "unknown function index 1 in instance A, expected a function" {
		t.Errorf("1: %v", err)
	}
	if off := NewStore(Options{Without: map[Site]bool{"Table.get/empty": true}}); NewFuncTable(off).get(0, &lookup{inst: NewComponentInstance(off, nil)}) != nil {
		t.Error("without the trap, 0 has a function")
	}
	if trap := CoreTrap("unreachable"); trap.Error() != "trap at core/trap: unreachable" {
		t.Error(trap)
	}
}
