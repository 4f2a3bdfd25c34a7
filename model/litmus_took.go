package model

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// An alternative is one of several actions of a line.
type alternative struct {
	line  *ProgramLine
	place int
}

// text is the action.
func (a alternative) text() string { return a.line.Actions[a.place].Text }

// alternatives are all of a litmus, in the order of the file.
func (l *Litmus) alternatives() (all []alternative) {
	for _, name := range sortedKeys(l.Programs) {
		lines := l.Programs[name].Lines
		for i := range lines {
			for place := range lines[i].Actions {
				if len(lines[i].Actions) > 1 {
					all = append(all, alternative{&lines[i], place})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b alternative) int { return a.line.Number - b.line.Number })
	return all
}

// A litmusWays is the ways to an outcome that took the same alternatives, of those that a claim speaks of.
type litmusWays struct {
	*Outcome
	took []string // the alternatives
	ways uint64
}

// waysBy are the ways to each outcome, by which alternatives that a claim speaks of they took.
func (r *LitmusReport) waysBy(c Claim) (all []litmusWays) {
	var actions []string
	for _, t := range c.Terms {
		if action, is := t.took(); is && !slices.Contains(actions, action) {
			actions = append(actions, action)
		}
	}
	if len(actions) == 0 {
		for _, o := range r.Outcomes {
			all = append(all, litmusWays{Outcome: o, ways: o.Ways})
		}
		return all
	}
	counts := r.graph.countBy(actions)
	for _, end := range r.graph.ends {
		for _, mask := range sortedKeys(counts[end]) {
			w := litmusWays{Outcome: end.outcome, ways: counts[end][mask]}
			for rest := mask; rest != 0; rest &= rest - 1 {
				w.took = append(w.took, actions[bits.TrailingZeros64(rest)])
			}
			all = append(all, w)
		}
	}
	return all
}

// countBy counts the paths that lead to each node, by which of some alternatives are on them: a bit for each.
func (g *litmusGraph) countBy(actions []string) map[*litmusNode]map[uint64]uint64 {
	counts := map[*litmusNode]map[uint64]uint64{g.start: {0: 1}}
	for _, n := range g.order {
		for branch, next := range n.next {
			if next == nil {
				continue
			}
			taken := uint64(0)
			if n.line != nil {
				if at := slices.Index(actions, n.line.Actions[branch].Text); at >= 0 {
					taken = 1 << at
				}
			}
			if counts[next] == nil {
				counts[next] = map[uint64]uint64{}
			}
			for mask, ways := range counts[n] {
				counts[next][mask|taken] = saturating(counts[next][mask|taken], ways)
			}
		}
		if n.outcome == nil {
			delete(counts, n)
		}
	}
	return counts
}

// A bitset is a set of small numbers.
type bitset []uint64

func (b bitset) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i int) bool { return b[i/64]>>(i%64)&1 == 1 }

func (b bitset) addAll(other bitset) {
	for i := range other {
		b[i] |= other[i]
	}
}

// noteTook notes for each outcome which alternatives lead to it, of the lines of which not all that some way takes do.
func (g *litmusGraph) noteTook() {
	all := g.litmus.alternatives()
	if len(all) == 0 {
		return
	}
	taken, ever := g.taken(all)
	for _, end := range g.ends {
		for i := 0; i < len(all); {
			next := i
			var by []string
			every := true
			for ; next < len(all) && all[next].line == all[i].line; next++ {
				if taken[end].has(next) {
					by = append(by, forPeople(all[next].text()))
				} else if ever.has(next) {
					every = false
				}
			}
			if len(by) > 0 && !every {
				end.outcome.Took = append(end.outcome.Took, fmt.Sprintf("line %d took %s", all[i].line.Number, strings.Join(by, ", or ")))
			}
			i = next
		}
	}
}

// taken are, for each end, the alternatives that some way to it takes; and those that some way takes to any.
func (g *litmusGraph) taken(all []alternative) (taken map[*litmusNode]bitset, ever bitset) {
	places := map[*ProgramLine]int{} // of the first alternative of each line
	for i := len(all) - 1; i >= 0; i-- {
		places[all[i].line] = i
	}
	words := (len(all) + 63) / 64
	ever, taken = make(bitset, words), map[*litmusNode]bitset{g.start: make(bitset, words)}
	for _, n := range g.order {
		for branch, next := range n.next {
			if next == nil {
				continue
			}
			if taken[next] == nil {
				taken[next] = make(bitset, words)
			}
			taken[next].addAll(taken[n])
			if n.line != nil {
				taken[next].add(places[n.line] + branch)
			}
		}
		if n.outcome == nil {
			delete(taken, n)
		} else {
			ever.addAll(taken[n])
		}
	}
	return taken, ever
}
