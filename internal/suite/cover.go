package suite

import (
	"cmp"
	"slices"
)

// goals are all that a candidate is wanted for: the goals that its trace covers, and that it detects that a trap is missing, for runtimes that
// run .wast too.
func (c *candidate) goals() []Goal {
	goals := slices.Clone(c.covers)
	for _, site := range c.detects {
		goals = append(goals, Goal("without trap "+site))
		if c.exported {
			goals = append(goals, Goal("without trap "+site+" in a .wast"))
		}
	}
	return goals
}

// cover chooses candidates that together cover all goals of all candidates. First it takes, again and again, the candidate with
// the most new goals for each of its actions; then it leaves out candidates whose goals the others cover, the longest first.
func cover(all []*candidate) []*candidate {
	have := map[Goal]int{}
	var kept []*candidate
	for {
		best, news := (*candidate)(nil), 0
		for _, c := range all {
			n := 0
			for _, g := range c.goals() {
				if have[g] == 0 {
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
		for _, g := range best.goals() {
			have[g]++
		}
	}
}

// better reports whether the candidate a, with n new goals, goes before b, with m.
func better(a *candidate, n int, b *candidate, m int) bool {
	return cmp.Or(cmp.Compare(m*(a.actions+1), n*(b.actions+1)), cmp.Compare(a.actions, b.actions), cmp.Compare(a.text, b.text)) < 0
}

// irredundant leaves out candidates whose goals the others cover, given how many candidates have each goal.
func irredundant(kept []*candidate, have map[Goal]int) []*candidate {
	slices.SortFunc(kept, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.actions, a.actions), cmp.Compare(a.text, b.text))
	})
	return slices.DeleteFunc(kept, func(c *candidate) bool {
		if slices.ContainsFunc(c.goals(), func(g Goal) bool { return have[g] == 1 }) {
			return false
		}
		for _, g := range c.goals() {
			have[g]--
		}
		return true
	})
}
