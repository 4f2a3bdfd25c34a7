package model

import (
	"slices"

	"cabi/spec"
)

// A Branching makes the choices of a run that is made in every way: those of a tape, and beyond it the first candidate. The alternatives
// are the tapes with another candidate in place of a first one. Runs with the alternatives, with theirs, and so on, are all ways.
type Branching struct {
	Tape         []uint32
	Alternatives [][]uint32
	next         int // in the tape
}

// Choose makes the next choice.
func (b *Branching) Choose(_ spec.Site, n int) int {
	if b.next == len(b.Tape) {
		for other := n - 1; other > 0; other-- {
			b.branch(uint32(other))
		}
		b.extend(0)
	}
	b.next++
	return int(b.Tape[b.next-1])
}

// branch adds the alternative that goes on with some choices.
func (b *Branching) branch(choices ...uint32) {
	b.Alternatives = append(b.Alternatives, append(slices.Clip(b.Tape), choices...))
}

// extend makes the tape longer.
func (b *Branching) extend(choices ...uint32) { b.Tape = append(slices.Clip(b.Tape), choices...) }

// pickFirst shuffles as CPython's random.shuffle does. The specification shuffles the elements of a set only to take the first one that has
// an event, so it is enough to branch by which one comes first.
func (b *Branching) pickFirst(c spec.Choices, site spec.Site, n int, swap func(i, j int)) {
	if b.next == len(b.Tape) {
		for k := n - 1; k > 0; k-- {
			b.branch(comesFirst(n, k)...)
		}
		b.extend(comesFirst(n, 0)...)
	}
	spec.ShuffleByChoice(c, site, n, swap)
}
