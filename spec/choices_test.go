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
