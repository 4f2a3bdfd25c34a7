package model

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"cabi/spec"
)

// A Replay is the result of replaying a trace.
type Replay struct {
	Trace      *Trace       // of the new run
	Plain      *Trace       // the given trace, with numbers in place of its names
	Stopped    error        // how the specification stopped the run; nil: it did not
	Departs    *Line        // the first line of the given trace that did not happen in the new run; nil: all did
	Got        string       // the line that came in its place
	Actions    []Action     // that were taken, but for those of the world's start
	Choices    []uint32     // of the specification, with those that the trace leaves out
	Violations []string     // "PROPERTY: how" of the checkers, in the order in which they were found
	Found      []*Violation // the same told apart by their shapes, without traces, if ReplayOptions.ByShape asks for it
	// NotChecked are the properties that cannot be checked on the trace's definitions.py, and why: nothing else is said of them.
	NotChecked map[string]string

	given   *Trace
	checked []string // the properties of the checkers
	names   bindings
	changed *changedSet
}

// CannotCheck are the properties among some that cannot be checked on the trace's definitions.py, and why.
func (r *Replay) CannotCheck(properties []*Property) map[string]string {
	_, not := r.changed.checkable(properties)
	return not
}

// RunTrace takes the actions of a trace in a new run, under a variant, and compares the lines. It does not compare what the trace leaves
// out: it may leave out results, changes of tables, and entries.
func RunTrace(t *Trace, variant *spec.Variant) (*Replay, error) {
	return ReplayOptions{Variant: variant}.Run(t)
}

// ReplayOptions say how traces are replayed.
type ReplayOptions struct {
	Variant    *spec.Variant      // nil: the trace's own
	Without    map[spec.Site]bool // traps and asserts that are switched off; nil: none
	Properties []*Property        // that are checked; the trace's claim is compared if its property is among them
	Checkers   []Checker          // further ones; they must be new
	ByShape    bool               // Replay.Found tells violations apart by their shapes; the checkers forget what they have found
	// Observe is called with each trap and assert that is evaluated, and whether it fires. It may be nil.
	Observe func(r *Run, site spec.Site, fires bool)
}

// Run replays a trace, as RunTrace does.
func (p ReplayOptions) Run(t *Trace) (*Replay, error) {
	if err := t.World.OnPort(); t.Source == nil && err != nil {
		return nil, err
	}
	variant := cmp.Or(p.Variant, t.Variant)
	f := &replayActor{lines: t.Lines, choices: t.Choices, names: bindings{}, awaited: map[*Activation]Line{}, recorder: &recorder{}}
	options := spec.Options{Choices: f, Variant: variant, Without: p.without(t)}
	options.Limits.RandomIndices = randomIndices(t.World.Handles)
	var r *Run
	if p.Observe != nil {
		options.Observe = func(site spec.Site, fires bool) { p.Observe(r, site, fires) }
	}
	r = NewRun(t.World, options, f, slices.Concat(newCheckers(p.Properties), p.Checkers)...)
	defer r.Close()
	changed := newChangedSet()
	if t.Source != nil {
		err := r.onSource(t.Source, options)
		if err == nil {
			err = r.noteMissing(changed)
		}
		if err != nil {
			return nil, err
		}
		r.noteUnknown(changed)
	}
	r.recorder, r.Observer, r.neverWritten, r.shaping = f.recorder, f, true, p.ByShape
	r.Main()
	if f.noteError(r.sourceError()); f.err != nil {
		return nil, f.err
	}
	f.recorder.flush()
	f.noteViolations(r)
	f.violations = changed.without(f.violations, p.Properties)
	again := &Trace{World: t.World, Variant: variant, Source: t.Source, Without: sortedKeys(options.Without), Choices: t.Choices, Lines: r.recorder.lines}
	replay := &Replay{Trace: again, Stopped: r.Stopped, Actions: f.taken, Choices: f.chosen, Violations: f.violations, Found: f.found, given: t, names: f.names, changed: changed}
	for _, c := range r.checkers {
		replay.checked = append(replay.checked, c.Property())
	}
	if not := replay.CannotCheck(p.Properties); len(not) > 0 {
		replay.NotChecked = not
	}
	again.Violates = replay.violated()
	given := t.Lines
	if variant != t.Variant {
		given = withoutNotes(given) // variants name tables in different ways
	}
	if t.Source != nil {
		given = withoutCrashWords(given) // they are Python's own
	}
	replay.Plain = f.names.plain(t)
	replay.compare(given, again.Lines)
	return replay, nil
}

// without are the traps and asserts that are switched off, by the trace or by the options.
func (p ReplayOptions) without(t *Trace) map[spec.Site]bool {
	off := map[spec.Site]bool{}
	for _, s := range t.Without {
		off[s] = true
	}
	maps.Copy(off, p.Without)
	return off
}

// plain is a trace with numbers in place of its names, as far as they are bound, and without the entries that bind arguments.
func (b bindings) plain(t *Trace) *Trace {
	plain := *t
	if !t.named() {
		return &plain
	}
	plain.Lines = nil
	for _, l := range t.Lines {
		if words, err := b.resolve(strings.Fields(l.Text)); err == nil {
			l.Text = strings.Join(words, " ")
		}
		if l.Kind == LineEnter && len(l.Binds) > 0 {
			continue
		}
		if l.Kind != LineStop {
			l.Results = b.plainResults(l.Results)
		}
		l.Binds = nil
		plain.Lines = append(plain.Lines, l)
	}
	return &plain
}

// named reports whether a trace has names, or words in place of numbers.
func (t *Trace) named() bool {
	return slices.ContainsFunc(t.Lines, func(l Line) bool {
		_, code := codes[strings.TrimPrefix(l.Text, opReturn+" ")]
		return code || len(l.Binds) > 0 || strings.ContainsAny(l.Text, "$:|") || l.Kind != LineStop && strings.ContainsFunc(l.Results, func(c rune) bool { return c == '_' || c == '|' || unicode.IsLetter(c) })
	})
}

// withoutNotes are the lines without the changes of tables.
func withoutNotes(lines []Line) []Line {
	plain := slices.Clone(lines)
	for i := range plain {
		plain[i].Notes = ""
	}
	return plain
}

// withoutCrashWords are the lines without what a crash says, beside its function and exception.
func withoutCrashWords(lines []Line) []Line {
	plain := slices.Clone(lines)
	for i, l := range plain {
		if l.Kind == LineStop && strings.HasPrefix(l.Text, "crash ") {
			plain[i].Results = ""
		}
	}
	return plain
}

// compare looks for each given line among the new ones, in order. The given trace may leave out entries and ends of actions, and a stop
// at its end.
func (r *Replay) compare(given, got []Line) {
	for i := range given {
		for len(got) > 0 && !r.names.matches(given[i], got[0]) && got[0].optional(given[i]) {
			got = got[1:]
		}
		if len(got) == 0 || !r.names.matches(given[i], got[0]) {
			r.Departs, r.Got = &given[i], "nothing"
			if len(got) > 0 {
				r.Got = got[0].String()
			}
			return
		}
		got = got[1:]
	}
}

// matches reports whether everything that a line states holds of a new one.
func (b bindings) matches(l, got Line) bool {
	if l.Kind != got.Kind || l.Actor != got.Actor || l.Notes != "" && l.Notes != got.Notes {
		return false
	}
	switch words, err := b.resolve(strings.Fields(l.Text)); {
	case l.Kind == LineStop:
		return l.matchesStop(got)
	case l.Kind == LineEnter && len(words) == 1: // the line does not state the arguments
		function, _, _ := strings.Cut(got.Text, " ")
		return l.Text == function
	case err != nil || strings.Join(words, " ") != got.Text && l.Text != got.Text:
		return false
	}
	return b.allows(l.Results, got.Results)
}

// matchesStop reports whether a stop is one of those that a line allows: "trap SITE", or "trap" for any.
func (l Line) matchesStop(got Line) bool {
	kind, _, _ := strings.Cut(got.Text, " ")
	for _, one := range strings.Split(l.Text, " | ") {
		if one == got.Text || one == kind {
			return l.Results == "" || l.Results == got.Results
		}
	}
	return false
}

// optional reports whether a trace whose next line is next may leave a line out.
func (l Line) optional(next Line) bool {
	return (l.Kind == LineEnter || l.Kind == LineDone) && (l.Kind != next.Kind || l.Text != next.Text)
}

// A replayActor is the actor, the choices and the observer of a replay: it takes the actions of a trace's lines.
type replayActor struct {
	lines      []Line
	line       int // the next one
	choices    []uint32
	names      bindings
	awaited    map[*Activation]Line // lines that bind names, and whose actions are under way
	taken      []Action             // but for those of the world's start
	chosen     []uint32             // by the specification
	recorder   *recorder
	violations []string
	found      []*Violation // the same, in a run that tells them apart by their shapes
	err        error        // a line whose action cannot be taken, or a choice that cannot be made
}

// A BadChoice is a choice of a trace among fewer candidates.
type BadChoice struct {
	Number     int // from 1
	Choice     uint32
	Site       spec.Site
	Candidates int
}

func (e *BadChoice) Error() string {
	return fmt.Sprintf("choice %d is %d, and there are %s at %s, from 0", e.Number, e.Choice, Counted(e.Candidates, "candidate"), e.Site)
}

// next is the next line that is an action, or an entry that binds arguments; nil: there is none.
func (f *replayActor) next() *Line {
	for ; f.line < len(f.lines); f.line++ {
		if l := &f.lines[f.line]; l.Kind == LineAction || l.Kind == LineEnter && len(l.Binds) > 0 {
			return l
		}
	}
	return nil
}

// Next takes the action of the next line, if that is possible. The run ends with the trace.
func (f *replayActor) Next(r *Run, at *Activation) Action {
	f.noteViolations(r)
	next := f.next()
	if next == nil || f.err != nil {
		return Action{}
	}
	l := *next
	f.line++
	if l.Actor != at.Actor {
		return f.fail(l, fmt.Errorf("it is %s's turn, in %s, not %s's", at.Actor, at.Name, l.Actor))
	}
	if l.Kind == LineEnter {
		return f.fail(l, fmt.Errorf("%s is not entered there", l.Text))
	}
	words, err := f.names.resolve(strings.Fields(l.Text))
	if err != nil {
		return f.fail(l, err)
	}
	a, err := ParseAction(r, at, words)
	if err != nil {
		return f.fail(l, err)
	}
	if err := f.begin(r, at, a, l); err != nil {
		return f.fail(l, err)
	}
	f.taken = append(f.taken, a)
	return a
}

func (f *replayActor) fail(l Line, err error) Action {
	f.noteError(fmt.Errorf("line %d: %w", l.Number, err))
	return Action{}
}

// noteError keeps the first error. The run ends before its next action.
func (f *replayActor) noteError(err error) {
	if f.err == nil && err != nil {
		f.err = err
	}
}

// noteViolations notes what the checkers have found so far, or if violations are told apart by their shapes, since it was asked last.
func (f *replayActor) noteViolations(r *Run) {
	if r.shaping {
		for _, v := range r.TakeViolations() {
			v.Actions = len(f.taken)
			f.found = append(f.found, v)
			f.noteViolation(v.Property, v.Message)
		}
		return
	}
	for _, c := range r.Violated() {
		f.noteViolation(c.Property(), c.Violation())
	}
}

func (f *replayActor) noteViolation(property, message string) {
	if text := property + ": " + message; !slices.Contains(f.violations, text) {
		f.violations = append(f.violations, text)
	}
}

// begin notes that a line's names are to be bound when its action is done. Names for the host's calls are bound at once: their numbers
// are known.
func (f *replayActor) begin(r *Run, at *Activation, a Action, l Line) error {
	switch {
	case len(l.Binds) == 0:
		delete(f.awaited, at)
	case a.Op == opInvoke:
		return f.names.bindAll(l.Binds, []string{fmt.Sprint(len(r.invocations))})
	case at.Actor == Host:
		return f.names.bindAll(l.Binds, nil)
	default:
		f.awaited[at] = l
	}
	return nil
}

// Entered binds the names of the arguments, if the next line has any.
func (f *replayActor) Entered(at *Activation) {
	if l := f.next(); l != nil && l.Kind == LineEnter && l.Actor == at.Actor && strings.HasPrefix(l.Text+" ", at.Name+" ") {
		if err := f.names.bindAll(l.Binds, strings.Fields(formatCores(at.Args))); err != nil {
			f.fail(*l, err)
		}
		f.line++
	}
}

// Done binds the names of the results.
func (f *replayActor) Done(at *Activation, results []spec.CoreValue) {
	if l, ok := f.awaited[at]; ok {
		if err := f.bindResults(at, results); err != nil {
			f.fail(l, err)
		}
	}
}

// bindResults binds the names that a line has for the results of the pending action, if there are any.
func (f *replayActor) bindResults(at *Activation, results []spec.CoreValue) error {
	l, ok := f.awaited[at]
	if !ok {
		return nil
	}
	delete(f.awaited, at)
	return f.names.bindAll(l.Binds, resultWords(at, results))
}

// HostReceived does nothing: names are not for values of the host.
func (f *replayActor) HostReceived(string) {}

// Choose takes the next choice of the trace, or the first candidate.
func (f *replayActor) Choose(site spec.Site, n int) int {
	next := uint32(0)
	if k := len(f.chosen); k < len(f.choices) {
		if next = f.choices[k]; next >= uint32(n) {
			f.noteError(&BadChoice{k + 1, next, site, n})
			next = 0
		}
	}
	f.chosen = append(f.chosen, next)
	return int(next)
}
