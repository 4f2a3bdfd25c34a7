package upstream

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cabi/internal/engine"
	"cabi/spec"
)

// Options say which runs to compare, and how.
type Options struct {
	Dir     string // the directory of definitions.py
	Runs    int    // how many runs to make
	First   uint64 // the number of the first of them
	Seed    uint64 // the runs are a function of it
	Workers int    // how many runs to make at once; 0: one
	By      Runner // who runs definitions.py; "": the interpreter
	Stacks  Stacks // what the stacks of the port are; "": BothStacks
	// Unpatched has CPython repeat one run in so many with the stack switching of definitions.py itself, too; 0: none. The interpreter
	// always runs that.
	Unpatched int
	// Patience is how long a run may take on either side before it counts as one that does not end; 0: a minute.
	Patience time.Duration
	// Progress is called after each run with how many are compared; optional.
	Progress func(done int)
}

// A Runner says who runs definitions.py.
type Runner string

// The interpreter of cabi/internal/python runs definitions.py in the same process, CPython in one of its own for each worker. Where both
// do, each must agree with the port, and thereby with the other.
const (
	Interpreter Runner = "interpreter"
	CPython     Runner = "cpython"
	Both        Runner = "both"
)

// Runners are all of them.
var Runners = []string{string(Interpreter), string(CPython), string(Both)}

// Stacks says what the stacks of the port are in runs.
type Stacks string

// Under Coroutines the functions of the port run as they are written; under Frames what is made of them does, as in searches
// (cabi/internal/frames). Under BothStacks every second run is on frames: those with odd numbers.
const (
	Coroutines Stacks = "coroutines"
	Frames     Stacks = "frames"
	BothStacks Stacks = "both"
)

// StacksOf are all of them.
var StacksOf = []string{string(BothStacks), string(Coroutines), string(Frames)}

// onFrames reports whether the run of a number is on frames.
func (s Stacks) onFrames(run uint64) bool {
	return s == Frames || s != Coroutines && run%2 == 1
}

func (o Options) interpreted() bool { return o.By != CPython }

func (o Options) onCPython() bool { return o.By == CPython || o.By == Both }

func (o Options) patience() time.Duration {
	if o.Patience == 0 {
		return time.Minute
	}
	return o.Patience
}

// A Report is the result of a comparison.
type Report struct {
	Options
	Hash       string      // the SHA-256 of definitions.py
	Coverage   *Coverage   // what the runs reached
	Unwound    int         // how many were stopped by an exception that left a thread that was resumed
	Unpatched  int         // how many runs were repeated with the stack switching of definitions.py itself
	Hung       int         // how many of them hung there, as they must
	OnFrames   int         // how many runs were on frames
	Difference *Difference // the first; nil: there is none
	// Unread are the reasons for which whole states of definitions.py were not compared, and how many were not.
	Unread map[string]int
}

// Compare makes random runs on the port and on definitions.py, and compares them. An error says why it cannot: a *BadInput if
// the caller is to blame.
func Compare(o Options) (*Report, error) {
	check := checkDir
	if o.onCPython() {
		check = checkInput
	}
	if err := check(o.Dir); err != nil {
		return nil, err
	}
	hash, err := Hash(o.Dir)
	if err != nil {
		return nil, err
	}
	source, err := engine.Open(o.Dir)
	if err != nil {
		return nil, &BadInput{err.Error()}
	}
	c := &comparison{Options: o, source: source, next: make(chan int), report: Report{Options: o, Hash: hash, Coverage: newCoverage(), Unread: map[string]int{}}}
	workers, failed := errgroup.WithContext(context.Background())
	for range max(1, o.Workers) {
		workers.Go(c.work)
	}
	c.dispatch(failed)
	return &c.report, workers.Wait()
}

// A comparison is a Compare under way.
type comparison struct {
	Options
	source *engine.Source
	next   chan int // the runs to make

	mu     sync.Mutex
	done   int
	report Report
}

// dispatch hands out the runs in order, so that all runs before the first difference are made.
func (c *comparison) dispatch(failed context.Context) {
	defer close(c.next)
	for i := range c.Runs {
		if c.differs() {
			return
		}
		select {
		case c.next <- i:
		case <-failed.Done():
			return
		}
	}
}

func (c *comparison) differs() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.report.Difference != nil
}

// work makes runs until there are no more.
func (c *comparison) work() error {
	w := &worker{comparison: c, seen: newCoverage(), pool: &spec.Pool{}}
	if err := w.start(); err != nil {
		return err
	}
	w.makeRun = func(rec *recorder, i int) {
		run := c.First + uint64(i)
		rec.frames = c.Stacks.onFrames(run)
		rec.random(seedOf(c.Seed, int(run)), w.pool)
	}
	defer func() { w.pool.Close() }()
	defer w.close()
	for i := range c.next {
		difference, err := w.compare(i)
		if err != nil {
			return fmt.Errorf("run %d: %w", i, err)
		}
		c.finished(difference)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for why, n := range w.unread() {
		c.report.Unread[why] += n
	}
	c.report.Coverage.add(w.seen)
	c.report.Unwound += w.unwound
	c.report.OnFrames += w.onFrames
	c.report.Unpatched += w.unpatched
	c.report.Hung += w.hung
	return nil
}

// finished counts a run that was compared, and keeps the difference of the first run that has one.
func (c *comparison) finished(difference *Difference) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.done++
	if difference != nil {
		difference.Seed, difference.Run = c.Seed, int(c.First)+difference.Run
	}
	if c.Progress != nil {
		c.Progress(c.done)
	}
	if first := c.report.Difference; difference != nil && (first == nil || difference.Run < first.Run) {
		c.report.Difference = difference
	}
}
