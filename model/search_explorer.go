package model

import (
	"cmp"
	"fmt"
	"slices"

	"cabi/spec"
)

// A successor is what a run has come to by one action, or at the start by none: a state or a stop, and what the checkers found.
type successor struct {
	action      Action
	template    *template // that the action is of; nil: the successor is of the start
	choices     []uint32  // made by the specification since the state before
	atMenu      bool      // the run is at a menu, so in a state; otherwise it was stopped, or nothing can act
	fingerprint fingerprint
	failed      error  // why a run on Python could not go on; nil: it could
	stop        string // the site that stopped the run; empty: none
	stopKind    string // trap, assertion-failure, crash …
	heard       string // what guests and the host could observe, if the worker hears it
	violated    []violation
	sites       []siteEvaluation // that the worker had not seen before
	exercised   []string         // properties that the worker had not seen exercised before
}

// newSuccessor returns a successor with nothing in it, which is used again when the batch of states that is expanded was added.
func (w *worker) newSuccessor() *successor {
	if w.batch == nil {
		return &successor{}
	}
	return w.batch.newSuccessor()
}

// stopSuccessor is the successor of a run that was stopped.
func (w *worker) stopSuccessor(err error) *successor {
	s := w.newSuccessor()
	s.stop, s.stopKind = SiteOf(err), stopKind(err)
	return s
}

func stopKind(err error) string {
	if err == nil {
		return ""
	}
	kind, _, _ := stopOf(err)
	return kind
}

// actions is how many actions lead to the successor from the state before.
func (s *successor) actions() int {
	if s.template == nil {
		return 0
	}
	return 1
}

// pathFrom is the path to the successor, given the path to the state before.
func (s *successor) pathFrom(from path) path {
	to := path{actions: slices.Clone(from.actions), choices: slices.Concat(from.choices, s.choices)}
	if s.template != nil {
		to.actions = append(to.actions, s.action)
	}
	return to
}

// A siteEvaluation is a trap or assert that was evaluated, and whether it fired.
type siteEvaluation struct {
	site  spec.Site
	fires bool
}

// bits are some that tell most evaluations apart. No site is empty.
func (e siteEvaluation) bits() uint8 {
	n := len(e.site)
	b := uint8(n)*31 ^ e.site[n-1] ^ e.site[n/2]<<3
	if e.fires {
		b = ^b
	}
	return b
}

// An explorer is a search under way: what it knows so far, and its workers. One goroutine changes it while the workers make runs.
type explorer struct {
	Search
	compiled       *compiledWorld
	reduce         bool              // states that differ only in the numbers of indices are one
	actions        []Action          // of records, by their numbers
	numbers        map[string]uint32 // the same numbers, by the actions' text
	visited        *visitedSet
	ofMenu         *template // stands for the templates of all actions that Search.Menu returns
	timesTaken     []int     // how often actions of each template were taken
	fired          map[spec.Site]bool
	exercised      map[string]bool // by property
	foundKinds     map[string]bool // the keys of the report's violations
	violationPaths []path          // to the report's violations; a random search has none
	report         Report
	workers        []*worker
	tracer         *worker // makes the traces of violations, while the others go on
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

// startPath is the path to the state that the search starts from.
func (s *Search) startPath() path {
	if s.From == nil {
		return path{}
	}
	return path{actions: s.From.Actions, choices: s.From.Choices}
}

// intern is the number of an action, which it is given when it is first asked for.
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

// addSuccessor adds a successor of a state to the report and the visited set, and reports whether it is a state that is to be expanded.
func (e *explorer) addSuccessor(from path, s *successor) bool {
	if e.MaxTransitions > 0 && e.report.Transitions >= e.MaxTransitions {
		e.report.Stopped = true
		return false
	}
	if s.failed != nil && e.report.Err == nil {
		e.report.Err, e.report.Stopped = s.failed, true
		e.report.LedTo = e.tracer.trace(s.pathFrom(from), &Violation{})
		e.report.LedTo.Violates = ""
	}
	if e.tweak.onSuccessor != nil && !e.report.Stopped && !e.tweak.onSuccessor(s.pathFrom(from)) {
		e.report.Stopped = true
	}
	e.countSuccessor(s)
	if e.toVerify(s) {
		e.verify(from, s)
	}
	for _, v := range s.violated {
		e.addViolation(from, s, v)
	}
	if !s.atMenu || len(s.violated) > 0 && !e.KeepGoing {
		return false
	}
	isNew, sooner := e.visited.add(s.fingerprint, len(from.actions)+s.actions())
	if e.tweak.onState != nil {
		e.tweak.onState(e, s.pathFrom(from), s, !isNew)
	}
	if isNew {
		e.report.States++
	}
	return isNew || sooner
}

// countSuccessor counts the action that led to a successor, and the evaluations and stops of it.
func (e *explorer) countSuccessor(s *successor) {
	if s.template != nil {
		e.report.Transitions++
		e.timesTaken[s.template.number]++
	}
	if s.stop != "" {
		e.report.Stops[s.stop]++
	}
	e.addChecks(s.sites, s.exercised)
}

// addChecks adds the sites that runs evaluated and the properties that they exercised.
func (e *explorer) addChecks(sites []siteEvaluation, exercised []string) {
	for _, evaluated := range sites {
		e.fired[evaluated.site] = e.fired[evaluated.site] || evaluated.fires
	}
	for _, property := range exercised {
		e.exercised[property] = true
	}
}

// addViolation adds a violation on the way to a successor, if it is the first of its kind.
func (e *explorer) addViolation(from path, s *successor, v violation) {
	if !e.foundKinds[v.key()] {
		e.addViolationAt(s.pathFrom(from), v)
	}
}

// addViolationAt adds a violation at the end of a path.
func (e *explorer) addViolationAt(to path, found violation) {
	if e.changed != nil && slices.ContainsFunc(e.Properties, func(p *Property) bool { return p.Name == found.property && e.changed.whyNot(p) != "" }) {
		return // the search is made again without the property
	}
	v := &Violation{Property: found.property, Kind: found.kind, Shape: found.shape, Message: found.message, Unsure: e.changed.first(), Actions: len(to.actions)}
	v.Trace = e.tracer.trace(to, v)
	e.violationPaths = append(e.violationPaths, to)
	e.reportViolation(v)
}

// reportViolation adds a violation to the report.
func (e *explorer) reportViolation(v *Violation) {
	e.foundKinds[v.Key()] = true
	e.report.Violations = append(e.report.Violations, v)
	if e.OnViolation != nil {
		e.OnViolation(v)
	}
}

// mustStop reports whether the search is to stop, and if that is early, notes it in the report.
func (e *explorer) mustStop() bool {
	if e.visited.err != nil {
		e.report.Err, e.report.Stopped = e.visited.err, true
	}
	if e.report.Err != nil {
		e.report.Stopped = true
	}
	if len(e.report.Violations) > 0 && !e.KeepGoing {
		return true
	}
	if e.MaxStates > 0 && e.report.States >= e.MaxStates {
		e.report.Stopped = true
	}
	return e.report.Stopped
}

// reportProgress calls Progress, which may stop the search.
func (e *explorer) reportProgress() {
	if e.Progress != nil && !e.Progress(&e.report) {
		e.report.Stopped = true
	}
}

// finish completes the report.
func (e *explorer) finish() *Report {
	e.report.Taken = map[string]int{}
	isReturn := map[string]bool{}
	for _, t := range e.compiled.templates {
		e.report.Taken[t.String()] += e.timesTaken[t.number]
		isReturn[t.String()] = t.action.Op == opReturn
	}
	for _, action := range sortedKeys(e.report.Taken) {
		if e.report.Taken[action] == 0 && !isReturn[action] {
			e.report.NeverTaken = append(e.report.NeverTaken, action)
		}
	}
	for _, site := range sortedKeys(e.fired) {
		if e.fired[site] {
			e.report.Fired = append(e.report.Fired, site)
		} else {
			e.report.NeverFired = append(e.report.NeverFired, site)
		}
	}
	e.report.Exercised = sortedKeys(e.exercised)
	e.report.Memory, e.report.Disk = e.visited.used()
	r := e.report // a copy, which keeps nothing else of the search
	return &r
}

// A worker makes runs.
type worker struct {
	*explorer
	pool        spec.Pool
	run         *Run        // made last, and used again; nil: none was made, or Replay makes all anew
	checkers    checkerPool // of the run
	writer      stateWriter
	buf         []byte
	seen        map[siteEvaluation]bool
	lastSeen    [256]siteEvaluation // some of them, by their bits: what is seen again mostly was seen just now
	newSites    []siteEvaluation    // seen for the first time since the last successor
	unexercised []int               // the checkers of the other properties, by their places
	actor       *pathActor          // of the run under way
	expansion   expansion
	batch       *batch // that is expanded; nil: none is

	hearing *hearing                                                    // hears what can be observed; nil: nobody does
	offer   func(r *Run, at *Activation, own []menuAction) []menuAction // the menu in place of the world's own; nil: that
}

func newWorker(e *explorer) *worker {
	w := &worker{explorer: e, seen: map[siteEvaluation]bool{}, checkers: checkerPool{properties: e.Properties}}
	w.forgetExercised()
	w.writer.reduce = e.reduce
	if !e.reduce && !e.Full && !e.apart {
		w.writer.swaps = e.compiled.swaps // the reduced text orders tables by type, so types in it cannot be swapped
	}
	w.writer.rewrite = e.tweak.rewrite
	w.expansion.levels.check = e.tweak.checkSaved
	return w
}

// start yields the states that a path leads to: the specification's choices may lead to several.
func (w *worker) start(from path, yield func(*successor)) {
	for pending := [][]uint32{from.choices}; len(pending) > 0; {
		s := &successor{}
		p := path{actions: from.actions, choices: pending[len(pending)-1]}.follow()
		p.isFirst, p.everyOrder, p.atEnd = true, w.Full, func(r *Run, _ *Activation) Action {
			w.noteState(r, s)
			return Action{}
		}
		pending = pending[:len(pending)-1]
		w.runToStart(p, s)
		s.choices = p.Tape[len(from.choices):]
		yield(s)
		pending = append(pending, p.Alternatives...)
	}
}

// runToStart makes a run to the menu that the search starts at.
func (w *worker) runToStart(p *pathActor, s *successor) {
	w.actor, w.newSites = p, nil
	r := w.newRun(p)
	defer r.Close()
	w.listen(r)
	r.Main()
	if w.noteChecks(r, s); r.Stopped != nil {
		s.stop, s.stopKind = SiteOf(r.Stopped), stopKind(r.Stopped)
	}
}

// noteState notes the state of a run that is at a menu.
func (w *worker) noteState(r *Run, s *successor) {
	s.atMenu = true
	s.fingerprint = w.fingerprint(r)
}

// noteChecks notes the sites that a run evaluated, the properties that it exercised, and the violations.
func (w *worker) noteChecks(r *Run, s *successor) {
	s.failed = cmp.Or(s.failed, r.sourceError())
	s.sites, s.exercised = w.newSites, w.newlyExercised(r)
	s.violated = r.violations()
}

func (w *worker) newRun(p *pathActor) *Run { return w.newRunOf(p, p) }

// newRunOf makes a run. The worker's run before it must be closed, and is used again.
func (w *worker) newRunOf(actor Actor, choices spec.Choices) *Run {
	w.expansion.levels.clear()
	if w.run != nil {
		if w.checkers.next() {
			w.run.assign(w.checkers.checkers)
		}
		w.run.reuse(actor, choices)
		return w.run
	}
	options := w.options(choices)
	options.Pool, options.Observe, options.Frames = &w.pool, w.observe, w.onFrames()
	if w.Replay {
		return w.onSource(newRun(w.compiled, w.World, options, actor, newCheckers(w.Properties)))
	}
	w.run = w.onSource(newRun(w.compiled, w.World, options, actor, w.checkers.first()))
	return w.run
}

// onFrames reports whether the worker's runs are on frames, so that it can put them back.
func (w *worker) onFrames() bool {
	return w.Source == nil && !w.Replay && w != w.tracer
}

// onSource has a new run be made on the search's definitions.py, if it has one.
func (w *worker) onSource(r *Run) *Run {
	r.shaping = w.ByShape
	if w.Source != nil {
		must(0, r.onSource(w.Source, w.options(nil))) // Search.Run has tried it
		r.noteUnknown(w.changed)
		r.keepOrigin(notSaved())
	}
	return r
}

// observe notes each trap and assert that is evaluated for the first time.
func (w *worker) observe(site spec.Site, fires bool) {
	evaluated := siteEvaluation{site, fires}
	last := &w.lastSeen[evaluated.bits()]
	if *last == evaluated || !w.actor.isNew() {
		return
	}
	if *last = evaluated; !w.seen[evaluated] {
		w.seen[evaluated] = true
		w.newSites = append(w.newSites, evaluated)
	}
}

// newlyExercised are the properties that a run exercised, and none of the worker's runs before it.
func (w *worker) newlyExercised(r *Run) []string {
	var properties []string
	for places, n := w.unexercised, 0; n < len(places); {
		if i := places[n]; r.results[i].NonVacuous {
			properties = append(properties, r.checkers[i].Property())
			places = slices.Delete(places, n, n+1)
			w.unexercised = places
		} else {
			n++
		}
	}
	return properties
}

// forgetExercised has all properties count as not exercised.
func (w *worker) forgetExercised() {
	w.unexercised = w.unexercised[:0]
	for i := range w.checkers.results {
		w.checkers.results[i].NonVacuous = false
	}
	for i := range w.Properties {
		w.unexercised = append(w.unexercised, i)
	}
}

// trace runs the path to a violation again, and records it.
func (w *worker) trace(to path, v *Violation) *Trace {
	p := to.follow()
	w.actor = p
	r := w.newRun(p)
	defer r.Close()
	r.recorder = &recorder{}
	r.Main()
	r.recorder.flush()
	return &Trace{World: w.World, Variant: w.Variant, Source: w.Source, Without: sortedKeys(w.Without), Choices: to.choices, Lines: r.recorder.lines,
		Violates: fmt.Sprintf("%s: %s", v.Property, v.Message), Comments: w.Source.comments()}
}
