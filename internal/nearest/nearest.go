// Package nearest finds the names that somebody may have meant who wrote one that does not exist.
package nearest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

const (
	most = 3  // how many names Names returns
	few  = 12 // how many names Hint lists
)

// Longest is how long a name is at most that may be a slip of another. To compare a longer one with all names takes long.
const Longest = 200

// Names are the known names that a name may be a slip of, the nearest first: those with few letters changed, and those that
// begin or end with it. Names of one letter are not near each other.
func Names(name string, known []string) []string {
	if len(name) > Longest {
		return nil
	}
	var near []string
	for _, k := range known {
		part := len(name) > 2 && (strings.HasPrefix(k, name) || strings.HasSuffix(k, name))
		if part || fold(name, k) <= min(max(1, len(name)/3), max(len(name), len(k))-1) {
			near = append(near, k)
		}
	}
	slices.SortStableFunc(near, func(a, b string) int { return cmp.Compare(fold(name, a), fold(name, b)) })
	return near[:min(len(near), most)]
}

// Hint is what to say behind an error about an unknown name: the names that it may be a slip of, or all names if they are few. It begins
// with a semicolon, or is empty.
func Hint(name string, known []string) string {
	if near := Names(name, known); len(near) > 0 {
		return "; " + Ask(near)
	}
	if len(known) > 0 && len(known) <= few {
		return "; there are: " + strings.Join(known, ", ")
	}
	return ""
}

// Ask asks whether one of the names was meant.
func Ask(near []string) string {
	last := len(near) - 1
	if last == 0 {
		return fmt.Sprintf("did you mean %s?", near[0])
	}
	return fmt.Sprintf("did you mean %s or %s?", strings.Join(near[:last], ", "), near[last])
}

// fold is the distance of two names in lower case.
func fold(a, b string) int { return Distance(strings.ToLower(a), strings.ToLower(b)) }

// Distance is how many letters must be inserted, removed, replaced, or exchanged with the next, to make b of a.
func Distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			replaced := last[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
