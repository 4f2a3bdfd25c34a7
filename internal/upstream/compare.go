package upstream

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cabi/spec"
)

// Options say which runs to compare, and how.
type Options struct {
	Dir     string // the directory of definitions.py
	Runs    int    // how many runs to make
	Seed    uint64 // the runs are a function of it
	Workers int    // how many Python processes to use; 0: one
	// Unpatched repeats one run in so many with the stack switching of definitions.py itself, too; 0: none.
	Unpatched int
	// Patience is how long a run may take on either side before it counts as one that does not end; 0: a minute.
	Patience time.Duration
	// Progress is called after each run with how many are compared; optional.
	Progress func(done int)
}

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
	Unpatched  int         // how many runs were repeated with the stack switching of definitions.py itself
	Hung       int         // how many of them hung there, as they must
	Difference *Difference // the first; nil: there is none
}

// Compare makes random runs on the port and on definitions.py, and compares them. An error says why it cannot: a *BadInput if
// the caller is to blame.
func Compare(o Options) (*Report, error) {
	if err := checkInput(o.Dir); err != nil {
		return nil, err
	}
	hash, err := Hash(o.Dir)
	if err != nil {
		return nil, err
	}
	c := &comparison{Options: o, next: make(chan int), report: Report{Options: o, Hash: hash, Coverage: newCoverage()}}
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
	next chan int // the runs to make

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
	d, err := startDriver(c.Dir, c.patience())
	if err != nil {
		return err
	}
	w := &worker{comparison: c, python: d, seen: newCoverage(), pool: &spec.Pool{}}
	w.makeRun = func(rec *recorder, i int) { rec.random(seedOf(c.Seed, i), w.pool) }
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
	c.report.Coverage.add(w.seen)
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
		difference.Seed = c.Seed
	}
	if c.Progress != nil {
		c.Progress(c.done)
	}
	if first := c.report.Difference; difference != nil && (first == nil || difference.Run < first.Run) {
		c.report.Difference = difference
	}
}
