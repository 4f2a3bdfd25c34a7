package model

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cabi/internal/nearest"
)

// must is v. It panics if there is an error, which a check before has excluded.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// sortedKeys are the keys of a map, sorted.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// Counted is a number with a noun: "1 action", "2 actions".
func Counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// comesFirst are the draws of a shuffle of n elements that swap the kth with the first, and leave the others where they are.
func comesFirst(n, k int) []uint32 {
	draws := make([]uint32, 0, n-1)
	for i := n - 1; i > 0; i-- {
		if i == k {
			draws = append(draws, 0)
		} else {
			draws = append(draws, uint32(i))
		}
	}
	return draws
}

// unknownName is the error about a name that is none of those that are known, with those that may be meant.
func unknownName(kind, name string, known []string) error {
	if len(known) == 0 {
		return fmt.Errorf("unknown %s %q: there is none", kind, shorten(name))
	}
	return fmt.Errorf("unknown %s %q%s", kind, shorten(name), namesNear(name, known))
}

// namesNear is what an error says behind an unknown name: those that may be meant; empty: nothing.
func namesNear(name string, known []string) string { return nearest.Hint(name, known) }

// shorten is the beginning of a text, for an error.
func shorten(text string) string { return shortenTo(text, 60) }

// shortenTo is the beginning of a text, of so many bytes.
func shortenTo(text string, bytes int) string {
	if len(text) > bytes {
		return strings.ToValidUTF8(text[:bytes], "") + "…"
	}
	return text
}
