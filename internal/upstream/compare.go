// Package upstream shows that the port in spec/ is faithful: it runs random worlds on the port and on upstream's own
// Python, from the same actions and choices, and compares what happens line by line.
package upstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cabi/spec"
)

// Options say what to compare.
type Options struct {
	Dir     string // where definitions.py is
	Runs    int
	Seed    uint64
	Workers int // 0: one
	// Unpatched has one run in so many also go through the stack switching of definitions.py itself; 0: none.
	Unpatched int
	// Patience is how long a run may take on either side before it counts as one that does not end; 0: a minute.
	Patience time.Duration
	// Progress is told now and then how many runs are done; nil: nobody is.
	Progress func(done int)
}

func (o Options) patience() time.Duration {
	if o.Patience == 0 {
		return time.Minute
	}
	return o.Patience
}

// A Report is what a comparison found.
type Report struct {
	Options
	Hash       string // the SHA-256 of definitions.py
	Coverage   *Coverage
	Unpatched  int         // runs that also went through the stack switching of definitions.py itself
	Hung       int         // those of them that hung there, as they must
	Difference *Difference // the first; nil: there is none
}

// A Difference is the first run in which the port and definitions.py do not agree.
type Difference struct {
	Seed   uint64
	Run    int
	What   string // what is compared, if it is not the traces
	Case   Case
	Line   int      // the first line that differs
	Port   []string // the trace of the port
	Python []string // the trace of definitions.py
}

// String tells the run: what both did as far as they agree, then what each does. Of states it writes what differs.
func (d *Difference) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %d of seed %d differs at line %d%s (- the port, + definitions.py)\n", d.Run, d.Seed, d.Line+1, d.What)
	for i := range max(len(d.Port), len(d.Python)) {
		port, python := lineAt(d.Port, i), lineAt(d.Python, i)
		switch {
		case port != python:
			writeDifference(&b, port, python)
		case !strings.HasPrefix(port, "s "):
			fmt.Fprintf(&b, "  %s\n", port)
		}
		if d.Line >= 0 && i >= d.Line+shownBeyond {
			fmt.Fprintf(&b, "  …\n")
			break
		}
	}
	return b.String()
}

// shownBeyond is how many lines after the first that differs are told.
const shownBeyond = 6

// writeDifference writes two lines that differ, and of states the lines in them that do.
func writeDifference(b *strings.Builder, port, python string) {
	ls, rs := strings.Split(port, "\n"), strings.Split(python, "\n")
	for i := range max(len(ls), len(rs)) {
		if l, r := lineAt(ls, i), lineAt(rs, i); l != r {
			fmt.Fprintf(b, "- %s\n+ %s\n", l, r)
		}
	}
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(nothing)"
}

// firstDifference is the index of the first line in which two traces differ, or -1.
func firstDifference(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if lineAt(a, i) != lineAt(b, i) {
			return i
		}
	}
	return -1
}

// Compare makes random runs on the port and on definitions.py, and compares them. The error is about what keeps it from
// comparing: a *BadInput if it is the caller's fault.
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

// dispatch hands out the runs in order, so that all before the first difference are made.
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
	w.play = func(rec *recorder, i int) { rec.random(seedOf(c.Seed, i), w.pool) }
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

// finished books a run that was compared.
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

// A worker makes and compares runs, one after the other.
type worker struct {
	*comparison
	play      func(rec *recorder, i int) // makes a run on the port
	python    *driver
	bare      *driver // definitions.py with its own stack switching; nil: not started
	pool      *spec.Pool
	seen      *Coverage
	unpatched int
	hung      int
}

// compare makes a run on both sides and says how they differ, if they do.
func (w *worker) compare(i int) (*Difference, error) {
	rec := &recorder{seen: w.seen}
	if !inTime(w.patience(), func() { w.play(rec, i) }) {
		return w.endless(rec, i), nil
	}
	lines, err := w.python.run(rec.made)
	if errors.Is(err, errLate) {
		return w.unanswered(rec, i)
	}
	if err != nil {
		return nil, err
	}
	lines, unwound := cutUnwound(lines)
	if firstDifference(rec.lines, lines) >= 0 {
		return w.python.explain(rec.made, i)
	}
	if w.Options.Unpatched > 0 && i%w.Options.Unpatched == 0 {
		return w.compareUnpatched(rec, i, unwound)
	}
	return nil, nil
}

// inTime runs f, and reports whether it came back within a time. If not it is left to itself.
func inTime(limit time.Duration, f func()) bool {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	select {
	case <-done:
		return true
	case <-time.After(limit):
		return false
	}
}

// endless is the difference of a run that the port does not end. What it runs on is left to it.
func (w *worker) endless(rec *recorder, i int) *Difference {
	w.pool, w.seen = &spec.Pool{}, newCoverage()
	port, made := rec.soFar()
	port = append(port, fmt.Sprintf("(nothing more within %v)", w.patience()))
	return &Difference{Run: i, What: ", where the port does not come back", Case: made, Line: len(port) - 1, Port: port}
}

// unanswered is the difference of a run that definitions.py does not end. The driver is gone with it.
func (w *worker) unanswered(rec *recorder, i int) (*Difference, error) {
	python := []string{fmt.Sprintf("(nothing within %v)", w.patience())}
	difference := &Difference{Run: i, What: ", where definitions.py does not come back", Case: rec.made, Port: rec.lines, Python: python}
	d, err := startDriver(w.Dir, w.patience())
	if err == nil {
		w.python = d
	}
	return difference, err
}

// unwoundLine is what the driver ends a trace with if what stopped the run unwound a resumption.
const unwoundLine = "unwound a resumption"

func cutUnwound(lines []string) ([]string, bool) {
	if n := len(lines); n > 0 && lines[n-1] == unwoundLine {
		return lines[:n-1], true
	}
	return lines, false
}

// explain makes a run again on both sides and compares whole states.
func (d *driver) explain(c Case, run int) (*Difference, error) {
	c.States = statesFull
	lines, err := d.run(c)
	if err != nil {
		return nil, err
	}
	lines, _ = cutUnwound(lines)
	port := Trace(c)
	return &Difference{Run: run, Case: c, Line: firstDifference(port, lines), Port: port, Python: lines}, nil
}

// compareUnpatched makes a run on definitions.py with its own stack switching. It must go as before, and hang exactly
// if what stopped it unwound a resumption.
func (w *worker) compareUnpatched(rec *recorder, i int, unwound bool) (*Difference, error) {
	if w.bare == nil {
		d, err := startDriver(w.Dir, w.patience(), "--unpatched")
		if err != nil {
			return nil, err
		}
		w.bare = d
	}
	lines, err := w.bare.run(rec.made)
	if err != nil {
		return nil, err
	}
	w.unpatched++
	want := withoutStates(rec.lines)
	if unwound {
		want = append(want, "hung")
		w.hung++
	}
	at := firstDifference(want, lines)
	if at < 0 {
		return nil, nil
	}
	return &Difference{Run: i, What: ", without the replacements of cont_new, resume and block", Case: rec.made, Line: at, Port: want, Python: lines}, nil
}

func withoutStates(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.HasPrefix(l, "s ") })
}

func (w *worker) close() {
	w.python.close()
	if w.bare != nil {
		w.bare.close()
	}
}

// seedOf is the seed of one run.
func seedOf(seed uint64, run int) uint64 { return seed*0x9E3779B97F4A7C15 + uint64(run) }

// random makes a run on the port, which is a function of the seed.
func (r *recorder) random(seed uint64, pool *spec.Pool) {
	c := newChooser(seed)
	r.choices = biased{c}
	if c.one(5) {
		r.actor = newValuePlayer(c, r)
		r.run(randomValueWorld(c), c.one(10), pool)
		return
	}
	r.actor = newPlayer(c, r)
	r.run(randomWorld(c), c.one(10), pool)
}

// randomRun makes a run on the port.
func randomRun(seed uint64, pool *spec.Pool, seen *Coverage) *recorder {
	rec := &recorder{seen: seen}
	rec.random(seed, pool)
	return rec
}

// biased draws choices so that an error context is rarely kept, which always crashes.
type biased struct{ chooser }

func (b biased) Choose(site spec.Site, n int) int {
	if site == "canon_error_context_new/discard" && !b.one(40) {
		return 1
	}
	return b.IntN(n)
}

func (b biased) Bits(_ spec.Site, k int) uint64 { return b.Uint64() >> (64 - k) }
