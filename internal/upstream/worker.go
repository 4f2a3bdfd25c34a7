package upstream

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cabi/spec"
)

// A worker makes and compares runs, one after the other.
type worker struct {
	*comparison
	makeRun                  func(rec *recorder, i int) // makes a run on the port
	interpreter              *interpreter               // nil: CPython alone runs definitions.py
	python                   *driver                    // nil: the interpreter alone does
	unpatchedPython          *driver                    // definitions.py with its own stack switching; nil: not started yet
	pool                     *spec.Pool
	seen                     *Coverage
	unwound, unpatched, hung int // as in a Report
	onFrames                 int
}

// start starts who runs definitions.py.
func (w *worker) start() (err error) {
	if w.interpreted() {
		if w.interpreter, err = newInterpreter(w.source); err != nil {
			return err
		}
		if w.interpreter.pin, err = isPin(w.Dir); err != nil {
			return err
		}
	}
	if w.onCPython() {
		w.python, err = startDriver(w.Dir, w.patience())
	}
	return err
}

// compare makes a run on the port and on definitions.py, and returns how they differ; nil: they do not.
func (w *worker) compare(i int) (*Difference, error) {
	rec := &recorder{seen: w.seen}
	if !inTime(w.patience(), func() { w.makeRun(rec, i) }) {
		return w.portHangs(rec, i), nil
	}
	w.onFrames += toInt(rec.frames)
	unwound := false
	if w.interpreter != nil {
		var same bool
		if same, unwound = w.interpreter.agrees(rec.recorded, rec.lines); !same {
			return w.explain(rec, i, ", run by the interpreter", func(c Case) ([]string, error) {
				lines, _ := w.interpreter.trace(c)
				return lines, nil
			})
		}
	}
	if w.python == nil {
		w.unwound += toInt(unwound)
		return nil, nil
	}
	return w.compareCPython(rec, i, unwound)
}

// compareCPython has CPython make the run. unwound is whether under the interpreter, if it has made the run, the exception that stopped
// it unwound a resumption.
func (w *worker) compareCPython(rec *recorder, i int, unwoundThere bool) (*Difference, error) {
	lines, err := w.python.run(rec.recorded)
	if errors.Is(err, errLate) {
		return w.pythonHangs(rec, i)
	}
	if err != nil {
		return nil, err
	}
	lines, unwound := cutUnwound(lines)
	if firstDifference(rec.lines, lines) >= 0 {
		return w.explain(rec, i, "", w.python.runCase)
	}
	if w.interpreter != nil && unwound != unwoundThere {
		what := fmt.Sprintf(", whose exception unwinds a resumption: %v under the interpreter, %v under CPython", unwoundThere, unwound)
		return &Difference{Run: i, What: what, Case: rec.recorded, Line: len(lines) - 1, Port: rec.lines, Python: lines}, nil
	}
	w.unwound += toInt(unwound)
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

// explain makes a run that differs smaller, and repeats it on both sides with whole states in the traces instead of their hashes. What says
// who runs definitions.py, python does.
func (w *worker) explain(rec *recorder, run int, what string, python func(Case) ([]string, error)) (*Difference, error) {
	small, err := smallerCase(python, rec.recorded)
	if errors.Is(err, errLate) {
		return w.pythonHangs(rec, run)
	}
	if err != nil {
		return nil, err
	}
	small.States = statesFull
	lines, err := python(small)
	if err != nil {
		return nil, err
	}
	port := Trace(small)
	if small.Frames {
		what += ", the port on frames"
		small.Frames = false
		if on := Trace(small); firstDifference(on, lines) < 0 {
			what += ", which is a fault of this program: on coroutines the two agree"
		}
	}
	return &Difference{Run: run, What: what, Case: small, Line: firstDifference(port, lines), Port: port, Python: lines,
		Before: len(rec.recorded.Actions), Trace: traceOf(small)}, nil
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

// unread are the reasons for which states of definitions.py were not compared, and how many were not.
func (w *worker) unread() map[string]int {
	all := map[string]int{}
	if w.interpreter != nil {
		maps.Copy(all, w.interpreter.unread)
	}
	if w.python != nil {
		for why, n := range w.python.unread {
			all[why] += n
		}
	}
	return all
}

func (w *worker) close() {
	if w.python != nil {
		w.python.close()
	}
	if w.unpatchedPython != nil {
		w.unpatchedPython.close()
	}
}
