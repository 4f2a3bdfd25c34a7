package matrix

import (
	"fmt"
	"io"
	"math/big"
)

// Chances of per-type-random. Its tables draw among indices from 1 to a maximum, each among those that it does not use. So the indices of a
// table are each set of as many indices with the same chance, whatever the other tables have.

// allIndices are as many as the tables of per-type-random draw from, where no search limits them.
const allIndices = 1<<28 - 1

const chancesIntro = `## How rarely random indices meet

The searches let ` + "`per-type-random` and `instance-random`" + ` draw from as few indices as handles may live at once, so that they explore every
draw. The programs that fail under ` + "`per-type-random`" + ` because two types have the same index do so by chance if the index is drawn from 1 to
2<sup>28</sup> − 1. The chance, here rounded, is the part of all draws in which two types have an index in common, counted exactly.

| types | live handles of each | chance that two types have an index in common |
|---|---|---|
`

const chancesEnd = `
A guest that uses a handle where another type is wanted, of which one handle lives, reaches that one with the chance %s; where a thousand
live, with the chance %s. A new handle gets the index that a certain handle of its type had, which is gone, with a chance of one in all
indices that its table does not use.

`

// writeChances writes how likely two types have an index in common under per-type-random.
func writeChances(w io.Writer) {
	fmt.Fprint(w, chancesIntro)
	for _, c := range []struct {
		types int
		each  int64
	}{{2, 1}, {2, 10}, {2, 100}, {10, 10}, {10, 100}, {10, 1000}} {
		fmt.Fprintf(w, "| %d | %d | %s |\n", c.types, c.each, chanceText(sharedIndex(allIndices, evenly(c.types, c.each))))
	}
	fmt.Fprintf(w, chancesEnd, chanceText(big.NewRat(1, allIndices)), chanceText(big.NewRat(1000, allIndices)))
}

// sharedIndex is the chance that two tables have an index in common, where each has so many live handles, by counting: of the ways to
// draw all handles one after the other, in those without a common index each is drawn among the indices that no handle has.
func sharedIndex(indices int64, handles []int64) *big.Rat {
	apart, drawn := big.NewInt(1), int64(0)
	all := big.NewInt(1)
	for _, n := range handles {
		for own := range n {
			apart.Mul(apart, big.NewInt(max(0, indices-drawn)))
			all.Mul(all, big.NewInt(indices-own))
			drawn++
		}
	}
	one := big.NewRat(1, 1)
	return one.Sub(one, new(big.Rat).SetFrac(apart, all))
}

// evenly are so many handles of each of so many types.
func evenly(types int, each int64) []int64 {
	handles := make([]int64, types)
	for i := range handles {
		handles[i] = each
	}
	return handles
}

// chanceText writes a chance as one in so many, or in percent where that is under a hundred.
func chanceText(chance *big.Rat) string {
	f, _ := chance.Float64()
	if f > 0.01 {
		return fmt.Sprintf("%.0f%%", 100*f)
	}
	return "1 in " + grouped(fmt.Sprintf("%.0f", 1/f))
}

// grouped writes digits in groups of three.
func grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
