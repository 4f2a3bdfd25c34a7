package conform

import (
	"maps"

	"cabi/model"
	"cabi/shrink"
)

const (
	mostShrinkRuns = 3000 // that are made to shrink a difference
	mostSlowRuns   = 4    // of an adapter that hangs, since each takes a while
	mostTries      = 8    // of the same steps: an implementation may choose otherwise each time
)

// A shrinking makes the run of a difference as short as it can, by other runs.
type shrinking struct {
	*tester
	ground *ground
	best   *Difference
	tries  int // of the same steps, until they differ
	failed error
}

// shrink makes a difference as small as it can.
func (t *tester) shrink(d *Difference, c *conversation) (*Difference, error) {
	variants, before := t.variants, *t.report
	before.Traps, before.Unsupported = maps.Clone(before.Traps), maps.Clone(before.Unsupported)
	s := &shrinking{tester: t, ground: c.ground, best: d, tries: mostTries}
	runs := mostShrinkRuns
	if d.Kind == Hangs {
		runs, s.tries = mostSlowRuns, 1
	}
	shrink.Shorten(c.steps, runs, s.take)
	if d.Failure == nil {
		s.elsewhere()
	}
	before.ShrinkRuns, before.Stopped = t.report.ShrinkRuns, t.report.Stopped // the rest is of the runs that the test is to make
	t.variants, *t.report = variants, before
	return s.best, s.failed
}

const (
	fewActions    = 3   // a difference by so few is not looked for elsewhere
	mostOtherRuns = 150 // to shrink one that is found there
	mostOthers    = 800 // runs by which a shorter one is looked for elsewhere
)

// elsewhere looks for a shorter run that differs in the same way: in the scenes, and in all worlds.
func (s *shrinking) elsewhere() {
	for _, other := range s.scenes {
		if len(other.steps) < s.best.Actions && s.mayGoOn() {
			s.ground = other.ground
			s.take(other.steps)
		}
	}
	for n := 0; n < mostOthers && s.mayGoOn(); n++ {
		s.ground = s.grounds[n%len(s.Worlds)]
		c := &conversation{ground: s.ground, drawer: model.NewDrawer(s.Seed+1, uint64(n)), length: s.best.Actions - 1}
		if s.ground.refused || !s.differs(c) {
			continue
		}
		shrink.Shorten(c.steps, mostOtherRuns, s.take)
	}
}

func (s *shrinking) mayGoOn() bool {
	return s.best.Actions > fewActions && s.failed == nil && !s.mustStop()
}

// differs leads a conversation, and reports whether it differs in the same way.
func (s *shrinking) differs(c *conversation) bool {
	variants := s.variants
	defer func() { s.variants = variants }()
	s.report.ShrinkRuns++
	d, err := s.converse(c)
	s.failed = err
	if d == nil || d.Key() != s.best.Key() {
		return false
	}
	s.keep(d)
	return true
}

// take has the implementation take steps, several times if it does not differ, and reports whether it differs in the same way.
func (s *shrinking) take(plan []shrink.Step) (taken []shrink.Step, same bool) {
	for try := range s.tries {
		if s.failed != nil || s.mustStop() {
			break
		}
		c := &conversation{ground: s.ground, plan: plan, length: len(plan)}
		same = s.differs(c)
		if taken = c.steps; same {
			s.tries = min(s.tries, 2*(try+1))
			break
		}
	}
	return taken, same
}

// keep keeps a difference that is shorter.
func (s *shrinking) keep(d *Difference) {
	if d.Actions <= s.best.Actions {
		d.Run, d.Before, d.Times = s.best.Run, s.best.Before, s.best.Times
		s.best = d
	}
}
