package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// mostNear is how many names Nearest returns at most.
const mostNear = 3

// Nearest are the known names that a name may be a slip of, the nearest first: those with few letters changed, and those that
// begin or end with it.
func Nearest(name string, known []string) []string {
	if len(name) > mostLetters {
		return nil
	}
	type candidate struct {
		name     string
		distance int
	}
	var near []candidate
	for _, k := range known {
		d := Distance(strings.ToLower(name), strings.ToLower(k))
		if d <= max(1, len(name)/3) || len(name) > 2 && (strings.HasPrefix(k, name) || strings.HasSuffix(k, name)) {
			near = append(near, candidate{k, d})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, c := range near[:min(len(near), mostNear)] {
		names = append(names, c.name)
	}
	return names
}

// mostLetters bounds the work that a hostile name makes.
const mostLetters = 200

// Distance is how many letters must be inserted, removed or replaced to make b of a.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}

// DidYouMean asks whether one of the names was meant.
func DidYouMean(near []string) string {
	last := len(near) - 1
	if last == 0 {
		return fmt.Sprintf("did you mean %s?", near[0])
	}
	return fmt.Sprintf("did you mean %s or %s?", strings.Join(near[:last], ", "), near[last])
}

// hint is what an error says of a name that is none of the known ones: the nearest, or if none is near and there are few, all.
func hint(name string, known []string) string {
	const few = 12
	near := Nearest(name, known)
	switch {
	case len(near) > 0:
		return "; " + DidYouMean(near)
	case len(known) == 0:
		return "; there is none"
	case len(known) <= few:
		return "; there are: " + strings.Join(known, ", ")
	}
	return ""
}
