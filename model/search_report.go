package model

import (
	"cmp"
	"math"
	"slices"

	"cabi/spec"
)

// A Report is the result of a search.
type Report struct {
	States      int // distinct ones; of random walks, distinct shapes of states and of their parts
	Runs        int // random walks
	Transitions int // actions taken
	Depth       int // of the deepest state, in actions
	Frontier    int // states that were not expanded; 0: the search is exhaustive
	AtBound     int // those of them that are at the bound on steps
	Steps       int // the bound on steps that cuts them; 0: none does
	// Stops are how often each site stopped a run.
	Stops map[string]int
	// NeverTaken are the actions of the world's menus that were never taken, as "A: resource.new R".
	NeverTaken []string
	// Taken are how often each action of the menus was taken.
	Taken map[string]int
	Fired []spec.Site // the traps and asserts that fired
	// NeverFired are the traps and asserts that were evaluated and never fired.
	NeverFired []spec.Site
	// Exercised are the properties that could have been violated, because the situations that they are about came up. Others hold vacuously.
	Exercised  []string
	Violations []*Violation // the first of each kind, in the order in which they were found
	Stopped    bool         // the search was stopped early
	Err        error        // of the disk or a checkpoint, which stopped the search; nil: there was none
	Memory     int64        // bytes that visited states take in memory
	Disk       int64        // bytes that states take on disk
	// NotChecked are the properties that cannot be checked on the search's definitions.py, and why.
	NotChecked map[string]string
	LedTo      *Trace           // what led to where a definitions.py could not be run on, as Err says
	NotTaken   []string         // actions of the world's menus that the definitions.py does not have, and why
	OtherTypes []OtherCoreTypes // actions that have other core types on the definitions.py than at the pin: they are taken with other numbers
	Shapes     []uint64         // of a shard of random walks, what States counts, sorted
	Verified   int              // transitions that were made on coroutines too, and were the same
	Reduced    bool             // states that differ only in the numbers of indices were taken for one
}

// Violation is the first violation; nil: none.
func (r *Report) Violation() *Violation {
	if len(r.Violations) == 0 {
		return nil
	}
	return r.Violations[0]
}

// CollisionProbability is an upper bound of the probability that two different states had the same fingerprint.
func (r *Report) CollisionProbability() float64 {
	return float64(r.States) * float64(r.States) / math.Pow(2, 129)
}

// CompareViolations orders violations by how interesting they are: failing asserts come first, then crashes of the specification,
// then the others; among those of one property, and among the others, the shorter come first.
func CompareViolations(a, b *Violation) int {
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Actions, b.Actions), cmp.Compare(a.Key(), b.Key()))
}

func rank(v *Violation) int {
	return slices.Index([]string{"no-assertion-failure", "no-crash"}, v.Property) & 3 // others: -1, so 3
}
