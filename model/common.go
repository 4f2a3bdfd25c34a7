package model

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// must is for what was checked before.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// Counted is a number of things in words: "1 action", "2 actions".
func Counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// comesFirst are the draws of a shuffle of n that swap the kth with the first, and nothing else.
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

func shorten(text string) string {
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "…"
	}
	return text
}
