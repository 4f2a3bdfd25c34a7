package model

import (
	"fmt"
	"slices"

	"cabi/spec"
)

// A reached is what one run came to: a state, or a stop, with what was violated on the way.
type successor struct {
	action      Action
	template    *template // nil: at the start
	choices     []uint32  // beyond those of the path to the state it came from
	fingerprint fingerprint
	atMenu      bool
	stop        string // the site; empty: none
	violated    []violation
	sites       []siteEvaluation // evaluated for the first time
	exercised   []string         // properties that were exercised for the first time
}

// actions is how many actions the run took beyond the state that it came from.
func (r *successor) actions() int {
	if r.template == nil {
		return 0
	}
	return 1
}

// after is the path to what was reached from the end of another.
func (r *successor) after(from path) path {
	to := path{actions: slices.Clip(from.actions), choices: append(slices.Clip(from.choices), r.choices...)}
	if r.template != nil {
		to.actions = append(to.actions, r.action)
	}
	return to
}

// violated is what a checker says.
type violation struct{ property, kind, what string }

// passed is a trap or assert that was evaluated, and whether it fired.
type siteEvaluation struct {
	site  spec.Site
	fires bool
}

type explorer struct {
	Search
	compiled       *compiledWorld
	reduce         bool
	actions        []Action
	numbers        map[string]uint32 // of actions
	visited        *visitedSet
	ofMenu         *template // stands for the template of all actions that Search.Menu returns
	timesTaken     []int     // by template
	fired          map[spec.Site]bool
	exercised      map[string]bool // the properties that were exercised
	foundKinds     map[string]bool // keys of violations
	violationPaths []path          // what leads to those of the report, unless they were found at random
	report         Report
	workers        []*worker
	tracer         *worker // makes the traces of violations, while the workers go on
}

func newExplorer(s Search) *explorer {
	e := &explorer{Search: s, compiled: compileWorld(s.World), visited: newVisitedSet(s)}
	e.reduce = s.mayReduce()
	e.numbers, e.fired, e.exercised, e.foundKinds = map[string]uint32{}, map[spec.Site]bool{}, map[string]bool{}, map[string]bool{}
	e.ofMenu = &template{number: len(e.compiled.templates)}
	e.timesTaken = make([]int, len(e.compiled.templates)+1)
	e.report.Stops, e.report.Reduced = map[string]int{}, e.reduce
	for range max(1, s.Workers) {
		e.workers = append(e.workers, newWorker(e))
	}
	e.tracer = newWorker(e)
	return e
}

func (e *explorer) close() {
	for _, w := range append(e.workers, e.tracer) {
		w.pool.Close()
	}
	e.visited.close()
}

// intern numbers an action.
func (e *explorer) intern(a Action) uint32 {
	key := a.String()
	n, known := e.numbers[key]
	if !known {
		n = uint32(len(e.actions))
		e.numbers[key] = n
		e.actions = append(e.actions, a)
	}
	return n
}

// take books what a run from a state came to, and reports whether it is a state that is to be explored.
func (e *explorer) addSuccessor(from path, r *successor) bool {
	if e.MaxTransitions > 0 && e.report.Transitions >= e.MaxTransitions {
		e.report.Stopped = true
		return false
	}
	e.countSuccessor(r)
	for _, v := range r.violated {
		e.addViolation(from, r, v)
	}
	if !r.atMenu || len(r.violated) > 0 && !e.KeepGoing {
		return false
	}
	isNew, again := e.visited.add(r.fingerprint, len(from.actions)+r.actions())
	if e.tweak.onState != nil {
		e.tweak.onState(e, r.after(from), r, !isNew)
	}
	if isNew {
		e.report.States++
	}
	return isNew || again
}

// count books what a run did last.
func (e *explorer) countSuccessor(r *successor) {
	if r.template != nil {
		e.report.Transitions++
		e.timesTaken[r.template.number]++
	}
	if r.stop != "" {
		e.report.Stops[r.stop]++
	}
	for _, p := range r.sites {
		e.fired[p.site] = e.fired[p.site] || p.fires
	}
	for _, name := range r.exercised {
		e.exercised[name] = true
	}
}

// violate books a violation, if it is the first of its kind.
func (e *explorer) addViolation(from path, r *successor, what violation) {
	if e.foundKinds[(&Violation{Property: what.property, Kind: what.kind}).Key()] {
		return
	}
	e.addViolationAt(r.after(from), what)
}

// bookAt books a violation at the end of a path.
func (e *explorer) addViolationAt(to path, what violation) {
	v := &Violation{Property: what.property, Kind: what.kind, Message: what.what, Actions: len(to.actions)}
	v.Trace = e.tracer.trace(to, v)
	e.violationPaths = append(e.violationPaths, to)
	e.reportViolation(v)
}

// book books a violation that is the first of its kind.
func (e *explorer) reportViolation(v *Violation) {
	e.foundKinds[v.Key()] = true
	e.report.Violations = append(e.report.Violations, v)
	if e.OnViolation != nil {
		e.OnViolation(v)
	}
}

// over reports whether the search is to stop, and tells how it goes on.
func (e *explorer) mustStop() bool {
	if e.visited.err != nil {
		e.report.Err, e.report.Stopped = e.visited.err, true
	}
	if len(e.report.Violations) > 0 && !e.KeepGoing {
		return true
	}
	if e.MaxStates > 0 && e.report.States >= e.MaxStates {
		e.report.Stopped = true
	}
	return e.report.Stopped
}

// tell reports progress, and hears whether to go on.
func (e *explorer) reportProgress() {
	if e.Progress != nil && !e.Progress(&e.report) {
		e.report.Stopped = true
	}
}

// finish completes the report.
func (e *explorer) finish() *Report {
	e.report.Taken = map[string]int{}
	returned := map[string]bool{}
	for _, t := range e.compiled.templates {
		e.report.Taken[t.String()] += e.timesTaken[t.number]
		returned[t.String()] = t.action.Op == opReturn
	}
	for _, what := range sortedKeys(e.report.Taken) {
		if e.report.Taken[what] == 0 && !returned[what] {
			e.report.NeverTaken = append(e.report.NeverTaken, what)
		}
	}
	for _, site := range sortedKeys(e.fired) {
		if !e.fired[site] {
			e.report.NeverFired = append(e.report.NeverFired, site)
		}
	}
	e.report.Exercised = sortedKeys(e.exercised)
	e.report.Memory, e.report.Disk = e.visited.used()
	return &e.report
}

// A worker makes runs.
type worker struct {
	*explorer
	pool      spec.Pool
	run       *Run        // the run that was made last; nil: none was
	checkers  checkerPool // its checkers
	writer    stateWriter
	buf       []byte
	seen      map[siteEvaluation]bool
	newSites  []siteEvaluation
	exercised []bool     // by checker: the property was exercised
	actor     *pathActor // of the run under way

	expansion expansion
}

func newWorker(e *explorer) *worker {
	w := &worker{explorer: e, seen: map[siteEvaluation]bool{}, exercised: make([]bool, len(e.Properties)), checkers: checkerPool{properties: e.Properties}}
	w.writer.reduce = e.reduce
	if !e.reduce && !e.Full {
		w.writer.swaps = e.compiled.swaps // tables that are written by type cannot be swapped
	}
	w.writer.rewrite = e.tweak.rewrite
	return w
}

// start makes the runs to the first menu.
func (w *worker) start(yield func(*successor)) {
	from := w.startPath()
	for pending := [][]uint32{from.choices}; len(pending) > 0; {
		got := &successor{}
		p := &pathActor{path: path{actions: from.actions, choices: pending[len(pending)-1]}, isFirst: true, everyOrder: w.Full, atEnd: func(r *Run, _ *Activation) Action {
			w.noteState(r, got)
			return Action{}
		}}
		pending = pending[:len(pending)-1]
		w.startRun(p, got)
		got.choices = p.choices[len(from.choices):]
		yield(got)
		pending = append(pending, p.alternatives...)
	}
}

// startRun makes a run to the first menu.
func (w *worker) startRun(p *pathActor, got *successor) {
	w.actor, w.newSites = p, nil
	r := w.newRun(p)
	defer r.Close()
	r.Main()
	if w.noteOutcome(got, r); r.Stopped != nil {
		got.stop = SiteOf(r.Stopped)
	}
}

// arrived notes the state of a run that is at a menu.
func (w *worker) noteState(r *Run, got *successor) {
	got.atMenu = true
	got.fingerprint = w.fingerprint(r)
}

// saw notes what was seen in a run.
func (w *worker) noteOutcome(got *successor, r *Run) {
	got.sites, got.exercised = w.newSites, w.newlyExercised(r)
	for _, c := range r.checkers {
		if what := c.Violation(); what != "" {
			got.violated = append(got.violated, violation{c.Property(), c.Kind(), what})
		}
	}
}

func (w *worker) newRun(p *pathActor) *Run { return w.newRunOf(p, p) }

// newRunOf makes a run; the one that the worker made before is closed, and becomes it.
func (w *worker) newRunOf(actor Actor, choices spec.Choices) *Run {
	if w.run != nil {
		if w.checkers.next() {
			w.run.assign(w.checkers.checkers)
		}
		w.run.reuse(actor, choices)
		return w.run
	}
	options := w.options(choices)
	options.Pool, options.Observe = &w.pool, w.observe
	if w.Replay {
		return newRun(w.compiled, w.World, options, actor, newCheckers(w.Properties))
	}
	w.run = newRun(w.compiled, w.World, options, actor, w.checkers.first())
	return w.run
}

// observe notes each trap and assert that is evaluated for the first time.
func (w *worker) observe(site spec.Site, fires bool) {
	if what := (siteEvaluation{site, fires}); w.actor.isNew() && !w.seen[what] {
		w.seen[what] = true
		w.newSites = append(w.newSites, what)
	}
}

// exercised are the properties that a run exercised and none of the worker's before it.
func (w *worker) newlyExercised(r *Run) []string {
	var met []string
	for i, c := range r.checkers {
		if !w.exercised[i] && c.Exercised() {
			w.exercised[i] = true
			met = append(met, c.Property())
		}
	}
	return met
}

// trace runs a path again and records it.
func (w *worker) trace(to path, v *Violation) *Trace {
	p := &pathActor{path: to}
	w.actor = p
	r := w.newRun(p)
	defer r.Close()
	r.recorder = &recorder{}
	r.Main()
	r.recorder.flush()
	return &Trace{World: w.World, Variant: w.Variant, Without: sortedKeys(w.Without), Choices: to.choices, Lines: r.recorder.lines,
		Violates: fmt.Sprintf("%s: %s", v.Property, v.Message)}
}
