package suite

import (
	"cmp"
	"slices"

	"cabi/spec"
)

// A wish is what the suite is to have: a thing that it shows, or that it tells a trap to be missing.
type wish struct {
	thing Goal
	tells spec.Site
}

func (c *candidate) wishes() []wish {
	var all []wish
	for _, t := range c.shows {
		all = append(all, wish{thing: t})
	}
	for _, site := range c.tells {
		all = append(all, wish{tells: site})
	}
	return all
}

// cover chooses candidates that together have all that the candidates have: first, again and again, the one with most that
// is new for each action; then it leaves out those that the others make needless, the longest first.
func cover(all []*candidate) []*candidate {
	have := map[wish]int{}
	var kept []*candidate
	for {
		best, news := (*candidate)(nil), 0
		for _, c := range all {
			n := 0
			for _, w := range c.wishes() {
				if have[w] == 0 {
					n++
				}
			}
			if n > 0 && (best == nil || better(c, n, best, news)) {
				best, news = c, n
			}
		}
		if best == nil {
			return irredundant(kept, have)
		}
		kept = append(kept, best)
		for _, w := range best.wishes() {
			have[w]++
		}
	}
}

// better reports whether a, with n new things, goes before b with m.
func better(a *candidate, n int, b *candidate, m int) bool {
	return cmp.Or(cmp.Compare(m*(a.actions+1), n*(b.actions+1)), cmp.Compare(a.actions, b.actions), cmp.Compare(a.text, b.text)) < 0
}

// irredundant leaves out what the others make needless, given how many have each wish.
func irredundant(kept []*candidate, have map[wish]int) []*candidate {
	slices.SortFunc(kept, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.actions, a.actions), cmp.Compare(a.text, b.text))
	})
	return slices.DeleteFunc(kept, func(c *candidate) bool {
		if slices.ContainsFunc(c.wishes(), func(w wish) bool { return have[w] == 1 }) {
			return false
		}
		for _, w := range c.wishes() {
			have[w]--
		}
		return true
	})
}
