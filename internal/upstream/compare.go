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

// A Difference is the first run in which the port and definitions.py do not agree.
type Difference struct {
	Seed   uint64
	Run    int
	What   string // how the run was compared, if not in the usual way
	Case   Case
	Line   int      // the first line that differs
	Port   []string // the trace of the port
	Python []string // the trace of definitions.py
}

// String writes the run: the lines in which the two traces agree, then those of each. Of states it writes the lines that differ.
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

// shownBeyond is how many lines after the first that differs are written.
const shownBeyond = 6

// writeDifference writes two lines of traces that differ. A state has many lines, of which it writes those that differ.
func writeDifference(b *strings.Builder, port, python string) {
	ls, rs := strings.Split(port, "\n"), strings.Split(python, "\n")
	for i := range max(len(ls), len(rs)) {
		if l, r := lineAt(ls, i), lineAt(rs, i); l != r {
			fmt.Fprintf(b, "- %s\n+ %s\n", l, r)
		}
	}
}

// lineAt is the ith line of a trace, in words if there is none.
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

// A worker makes and compares runs, one after the other.
type worker struct {
	*comparison
	makeRun         func(rec *recorder, i int) // makes a run on the port
	python          *driver
	unpatchedPython *driver // definitions.py with its own stack switching; nil: not started yet
	pool            *spec.Pool
	seen            *Coverage
	unpatched, hung int // as in a Report
}

// compare makes a run on both sides, and returns how they differ; nil: they do not.
func (w *worker) compare(i int) (*Difference, error) {
	rec := &recorder{seen: w.seen}
	if !inTime(w.patience(), func() { w.makeRun(rec, i) }) {
		return w.portHangs(rec, i), nil
	}
	lines, err := w.python.run(rec.recorded)
	if errors.Is(err, errLate) {
		return w.pythonHangs(rec, i)
	}
	if err != nil {
		return nil, err
	}
	lines, unwound := cutUnwound(lines)
	if firstDifference(rec.lines, lines) >= 0 {
		return w.python.explain(rec.recorded, i)
	}
	if w.Options.Unpatched > 0 && i%w.Options.Unpatched == 0 {
		return w.compareUnpatched(rec, i, unwound)
	}
	return nil, nil
}

// inTime runs f, and reports whether it ended within a time. If not, f goes on in its goroutine, and nobody waits for it.
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

// portHangs is the difference of a run that does not end on the port. The worker goes on with another pool and coverage, since
// the run may still be using these.
func (w *worker) portHangs(rec *recorder, i int) *Difference {
	w.pool, w.seen = &spec.Pool{}, newCoverage()
	port, made := rec.soFar()
	port = append(port, fmt.Sprintf("(nothing more within %v)", w.patience()))
	return &Difference{Run: i, What: ", where the port does not come back", Case: made, Line: len(port) - 1, Port: port}
}

// pythonHangs is the difference of a run that does not end on definitions.py. Its driver was stopped, and another is started.
func (w *worker) pythonHangs(rec *recorder, i int) (*Difference, error) {
	python := []string{fmt.Sprintf("(nothing within %v)", w.patience())}
	difference := &Difference{Run: i, What: ", where definitions.py does not come back", Case: rec.recorded, Port: rec.lines, Python: python}
	d, err := startDriver(w.Dir, w.patience())
	if err == nil {
		w.python = d
	}
	return difference, err
}

// unwoundLine is the line with which the driver ends a trace if the exception that stopped the run unwound a resumption: it
// passed from a stack that was resumed to the one that resumed it. With definitions.py's own stack switching such a run hangs.
const unwoundLine = "unwound a resumption"

// cutUnwound cuts that line off, and reports whether it was there.
func cutUnwound(lines []string) ([]string, bool) {
	if n := len(lines); n > 0 && lines[n-1] == unwoundLine {
		return lines[:n-1], true
	}
	return lines, false
}

// explain repeats a run on both sides with whole states in the traces instead of their hashes, and compares these.
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

// compareUnpatched repeats a run on definitions.py with its own stack switching. The trace must be the same, and hang at its end
// exactly if the exception that stopped the run unwound a resumption.
func (w *worker) compareUnpatched(rec *recorder, i int, unwound bool) (*Difference, error) {
	if w.unpatchedPython == nil {
		d, err := startDriver(w.Dir, w.patience(), "--unpatched")
		if err != nil {
			return nil, err
		}
		w.unpatchedPython = d
	}
	lines, err := w.unpatchedPython.run(rec.recorded)
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
	return &Difference{Run: i, What: ", without the replacements of cont_new, resume and block", Case: rec.recorded, Line: at, Port: want, Python: lines}, nil
}

// withoutStates are the lines of a trace that are not states.
func withoutStates(lines []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return strings.HasPrefix(l, "s ") })
}

func (w *worker) close() {
	w.python.close()
	if w.unpatchedPython != nil {
		w.unpatchedPython.close()
	}
}
