package conform

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"cabi/model"
	"cabi/shrink"
	"cabi/spec"
)

// Options say how an implementation is tested.
type Options struct {
	Command   []string // that starts the adapter, with its arguments
	World     *model.World
	Variants  []*spec.Variant // under any of which the implementation may number handles: the same in all runs
	Seed      uint64
	Runs      int // how many to make; 0: until the test is stopped
	Timeout   time.Duration
	KeepGoing bool // after the first difference
	// Progress is told of the report so far. If it returns false, the test stops. It may be nil.
	Progress func(*Report) bool
}

// A Report is the result of a test.
type Report struct {
	Name        string // that the adapter gives
	Runs        int
	Actions     int
	Shapes      int            // of states, that were reached
	Traps       map[string]int // runs that ended with a trap which the implementation has too, by its site
	Unsupported map[string]int // actions that the adapter refused, by kind
	Declared    []string       // that the adapter does not support
	Undecided   int            // runs that cannot be judged: a search for an explanation reached a limit
	Undefined   int            // runs that ended where the specification fails an assert or crashes
	Differences []*Difference  // the first of each kind
	Variants    []*spec.Variant
	Stopped     bool // by Progress
	ShrinkRuns  int  // that were made to shrink differences
}

// A BadAdapter is that a command cannot be tested.
type BadAdapter struct{ Why string }

func (e *BadAdapter) Error() string { return e.Why }

// A tester makes runs.
type tester struct {
	Options
	worlds      *model.DialogueWorld
	report      *Report
	process     *process // nil: none runs
	unsupported []string
	variants    []*spec.Variant // that are left
	tried       map[string]bool // traps, by site and action
	seen        map[uint64]bool // shapes
	corpus      [][]shrink.Step // of runs that had a new shape
	known       map[string]*Difference
	shrinking   bool
}

// Test tests an implementation.
func Test(o Options) (*Report, error) {
	t := &tester{Options: o, worlds: model.NewDialogueWorld(o.World), variants: slices.Clone(o.Variants), tried: map[string]bool{}, seen: map[uint64]bool{},
		known: map[string]*Difference{}, report: &Report{Traps: map[string]int{}, Unsupported: map[string]int{}}}
	defer t.worlds.Close()
	defer t.end()
	if err := t.begin(); err != nil {
		return nil, err
	}
	for n := 0; (o.Runs == 0 || n < o.Runs) && !t.mustStop(); n++ {
		if err := t.one(n); err != nil {
			return nil, err
		}
		if len(t.report.Differences) > 0 && !o.KeepGoing {
			break
		}
	}
	t.report.Variants, t.report.Shapes = t.variants, len(t.seen)
	return t.report, nil
}

func (t *tester) mustStop() bool {
	if t.Progress != nil && !t.report.Stopped && !t.Progress(t.report) {
		t.report.Stopped = true
	}
	return t.report.Stopped
}

// begin starts the adapter for the first time. One that does not say hello cannot be tested.
func (t *tester) begin() error {
	err := t.start()
	var failure *Failure
	if !errors.As(err, &failure) {
		return err
	}
	text := fmt.Sprintf("%s does not speak the protocol, which docs/conform.md states: asked %s, it %s: %s", t.Command[0], failure.Asked, failure.Kind, failure.Why)
	if failure.Said != "" {
		text += fmt.Sprintf("; it said %q", failure.Said)
	}
	if failure.Err != "" {
		text += "; on standard error: " + failure.Err
	}
	return &BadAdapter{text}
}

// start starts the adapter, and says hello.
func (t *tester) start() error {
	p, err := start(t.Command, t.Timeout)
	if err != nil {
		return &BadAdapter{fmt.Sprintf("cannot start the adapter: %v", err)}
	}
	t.process = p
	r, err := p.ask(&request{Kind: "hello", Version: Version})
	switch {
	case err != nil:
		return err
	case r.Kind != "hello":
		return p.failure(Rubbish, fmt.Sprintf("its kind is %q, where hello is due", r.Kind), "hello", "")
	case r.Version != Version:
		return &BadAdapter{fmt.Sprintf("the adapter speaks version %d of the protocol, and this is version %d", r.Version, Version)}
	}
	for _, op := range r.Unsupported {
		if !slices.Contains(model.Ops(), op) {
			return &BadAdapter{fmt.Sprintf("the adapter says that it does not support %q, which is no action", op)}
		}
	}
	t.report.Name, t.report.Declared, t.unsupported = r.Name, r.Unsupported, r.Unsupported
	return nil
}

// end ends the adapter.
func (t *tester) end() {
	if t.process != nil {
		t.process.kill()
		t.process = nil
	}
}

// converse leads a conversation with an adapter that runs.
func (t *tester) converse(c *conversation) (*Difference, error) {
	if t.process == nil {
		if err := t.start(); err != nil {
			return nil, err
		}
	}
	c.tester, c.process = t, t.process
	d, err := c.run()
	if d != nil && d.Failure != nil {
		t.end()
	}
	return d, err
}

// one makes the run of a number.
func (t *tester) one(n int) error {
	c := &conversation{drawer: model.NewDrawer(t.Seed, uint64(n))}
	rng := c.drawer.Rand()
	c.length = 3 + rng.IntN(longest-3)
	if k := len(t.corpus); k > 0 && rng.IntN(4) > 0 {
		from := t.corpus[k-1-min(rng.IntN(k), rng.IntN(k))] // a late one, rather than an early one
		c.plan = from[:rng.IntN(len(from)+1)]
	}
	d, err := t.converse(c)
	if err != nil {
		return err
	}
	t.report.Runs++
	t.keep(c)
	if d != nil {
		return t.differ(d, c)
	}
	return nil
}

const (
	longest  = 60      // actions of a run
	mostKept = 1 << 12 // runs in the corpus
)

// keep keeps a run that reached a new shape.
func (t *tester) keep(c *conversation) {
	before := len(t.seen)
	for _, s := range c.shapes {
		t.seen[s] = true
	}
	if len(t.seen) > before && len(c.steps) > 0 {
		t.corpus = append(t.corpus, shrink.Renumber(c.steps))
		if len(t.corpus) > mostKept {
			t.corpus = t.corpus[1:]
		}
	}
}

// differ notes a difference, and shrinks it if it is the first of its kind.
func (t *tester) differ(d *Difference, c *conversation) error {
	if first := t.known[d.Key()]; first != nil {
		first.Times++
		return nil
	}
	d.Run, d.Before, d.Times = t.report.Runs, d.Actions, 1
	small, err := t.shrink(d, c.steps)
	if err != nil {
		return err
	}
	t.known[d.Key()] = small
	t.report.Differences = append(t.report.Differences, small)
	return nil
}

// mostShrinkRuns is how many runs are made to shrink a difference; of an adapter that hangs, fewer, since each takes a while.
const mostShrinkRuns, mostSlowRuns = 3000, 12

// shrink makes the run of a difference as short as it can, by other runs.
func (t *tester) shrink(d *Difference, steps []shrink.Step) (*Difference, error) {
	best, runs, actions := d, mostShrinkRuns, t.report.Actions
	if d.Kind == Hangs {
		runs = mostSlowRuns
	}
	variants, traps, undecided := t.variants, maps.Clone(t.report.Traps), t.report.Undecided
	var failed error
	take := func(plan []shrink.Step) ([]shrink.Step, bool) {
		if failed != nil || t.mustStop() {
			return nil, false
		}
		t.report.ShrinkRuns++
		t.variants = variants
		c := &conversation{plan: plan, length: len(plan)}
		other, err := t.converse(c)
		if err != nil {
			failed = err
			return nil, false
		}
		same := other != nil && other.Key() == d.Key()
		if same && other.Actions <= best.Actions {
			other.Run, other.Before, other.Times = d.Run, d.Before, 1
			best = other
		}
		return c.steps, same
	}
	shrink.Shorten(steps, runs, take)
	t.variants, t.report.Traps, t.report.Undecided, t.report.Actions = variants, traps, undecided, actions
	return best, failed
}
