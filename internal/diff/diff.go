// Package diff says what a version of the specification changes against another: which reference traces and findings turn out otherwise, what
// guests and the host can observe of one and not of the other, and which promises hold no longer, or again.
//
// version.go finds versions; text.go compares their texts; random.go makes random runs on both; replay.go replays the reference suite and the findings; lockstep.go explores worlds on
// both; kinds.go tells differences apart; builtins.go runs built-ins that only
// the new version has; promises.go checks promises before and after, and behind differences, near.go near the text that changed; judge.go has CPython repeat
// what is shown; report_*.go write the report, and sides.go runs its traces on both versions for a page.
package diff

import (
	"fmt"
	"slices"
	"time"

	"cabi/model"
)

// Options say what to compare, and how far.
type Options struct {
	Old, New *Version
	Worlds   []*model.World
	Pairs    int  // how many pairs of states to compare in a world, at most
	States   int  // how many states to check promises in, in a world and on a version, at most
	Runs     int  // how many random runs to make on both
	Behind   int  // how many states to check promises in behind a difference, at most
	Workers  int  // 0: one. The report does not depend on it.
	Judge    bool // CPython repeats the traces of the report, where there is one
	// Progress is told of what is done: the stage, and how many parts of it are done. If it returns false, the comparison stops
	// early. It may be nil.
	Progress func(stage string, done, of int) bool
	// Found is told, in a line, of what is found, as it comes; the report may know a shorter trace in the end. It may be nil.
	Found func(what string)
}

// Defaults are how far a comparison goes unless it is told otherwise. They are numbers of states, and no time, so that the report
// depends on nothing else; with them, a comparison takes about five minutes on two cores.
var Defaults = Options{Pairs: 4500, States: 6000, Behind: 750, Runs: 2000}

// A Report is what a comparison found.
type Report struct {
	Old         string       `json:"old"`
	New         string       `json:"new"`
	Lacks       []string     `json:"lacks"`       // commits to definitions.py that the old version has and the new one has not
	Definitions []Definition `json:"definitions"` // that the versions do not have in common
	Traces      Traces       `json:"traces"`
	Findings    []Finding    `json:"findings"`
	Differences []Difference `json:"differences"`
	Builtins    []NewBuiltin `json:"builtins"` // that only the new version has
	Promises    []Broken     `json:"promises"` // violations that only one of the versions has
	Left        int          `json:"left"`     // violations that both have
	Sentences   []Sentence   `json:"sentences"`
	NotChecked  []NotChecked `json:"not_checked"`
	// NotExercised are promises that were checked on the new version, and what they speak of never came up there: nothing was shown about them.
	NotExercised []string    `json:"not_exercised,omitempty"`
	NotCompared  []string    `json:"not_compared,omitempty"` // where the versions were not compared, and why
	NotTaken     []string    `json:"not_taken,omitempty"`    // actions that a version has not, and why, so that nothing was compared of them
	CoreTypes    []CoreTypes `json:"core_types,omitempty"`   // of actions that have others on one version than on the other, so that nothing was compared of them
	RoundTrips   *RoundTrips `json:"round_trips,omitempty"`  // nil: no definition about that differs
	NotReached   []Line      `json:"not_reached"`            // lines of the new version that changed, and that no run reached
	Exact        bool        `json:"exact"`                  // NotReached has single lines; otherwise all of the definitions that changed
	Worlds       []World     `json:"worlds"`
	Runs         int         `json:"runs"`             // random ones, that were made on both
	RunsApart    int         `json:"runs_apart"`       // those that differed and were looked at
	Judged       *Judged     `json:"judged,omitempty"` // nil: CPython was not asked
	Stopped      bool        `json:"stopped"`
	Seconds      float64     `json:"seconds"`
}

// Observable reports whether guests or the host can observe a difference.
func (r *Report) Observable() bool {
	changed := slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Verdict == Cured || f.Verdict == Changed })
	return len(r.Differences) > 0 || len(r.Builtins) > 0 || len(r.CoreTypes) > 0 || len(r.RoundTrips.apart()) > 0 || len(r.Promises) > 0 || len(r.Traces.Departs)+len(r.Traces.Arrives) > 0 || changed
}

// NotChecked is a promise that cannot be checked on one of the versions, so that nothing is said of it.
type NotChecked struct {
	Property string `json:"property"`
	Why      string `json:"why"`
	Old      bool   `json:"old,omitempty"` // on the old version; it can on the new one
}

// CoreTypes are those of the numbers of an action of core code, such as "call of B.f(u32) in A", on both versions: "[i32 i32]".
type CoreTypes struct {
	Action string `json:"action"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// A World is how far a world was explored.
type World struct {
	Name        string `json:"name"`
	Pairs       int    `json:"pairs"`
	Along       int    `json:"along"` // pairs on the way along reference traces and findings, and one action further
	Transitions int    `json:"transitions"`
	Depth       int    `json:"depth"`
	Whole       bool   `json:"whole"`     // everything within the world's bounds was compared
	Unchanged   bool   `json:"unchanged"` // nothing that changed was run, so no more was explored
	States      int    `json:"states"`    // in which promises were checked on the new version
	Checked     int    `json:"checked"`   // actions up to which they were checked
	Skipped     string `json:"skipped,omitempty"`
}

// A comparison is a Compare under way.
type comparison struct {
	Options
	text             *textDiff
	report           *Report
	apart            []*model.Trace      // the reference traces that happen on one version only
	ran              []ranTrace          // the reference traces that run what changed
	traces, findings []*model.Trace      // of the reference suite, and of the findings
	before           map[string]promised // of the old version, by world
	after            map[string]promised // of the new one
	notOld, notNew   unchecked           // the promises that cannot be checked on either
	random           []*model.Divergence // of random runs
	left             []string            // the promises that are violated on both, by violation
	checked          bool                // promises were, on the new version
	exercised        map[string]bool     // by the runs on which they were
	stopped          bool
}

func newComparison(o Options) *comparison {
	return &comparison{Options: o, exercised: map[string]bool{}, before: map[string]promised{}, after: map[string]promised{}, notOld: unchecked{}, notNew: unchecked{}, report: &Report{Old: o.Old.Name, New: o.New.Name}}
}

// Compare compares two versions.
func Compare(o Options) (*Report, error) {
	begin := time.Now()
	c := newComparison(o)
	c.text = compareText(o.Old, o.New)
	c.report.Definitions, c.report.Exact = c.text.definitions, c.text.exact
	c.report.Lacks = lacks(o.Old, o.New)
	c.report.Sentences = changedSentences(o.Old, o.New)
	if o.New.onPython() && len(c.text.definitions) == 0 {
		c.report.Seconds = time.Since(begin).Seconds()
		return c.report.filled(), nil
	}
	steps := []func() error{c.findBuiltins, c.compareRandom, c.compareRoundTrips, c.exploreOwn, c.replayTraces, c.replayFindings, c.explore, c.checkNear, c.runBuiltins, c.checkBehind, c.settleNotChecked, c.judge}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	if o.New.onPython() {
		c.noteRan(o.New)
		c.report.NotReached = c.text.notRun()
	}
	c.report.Stopped, c.report.Seconds = c.stopped, time.Since(begin).Seconds()
	return c.report.filled(), nil
}

// filled is the report with lists that are empty in place of none, as JSON is to have them.
func (r *Report) filled() *Report {
	r.Definitions, r.Findings, r.Differences, r.Promises = list(r.Definitions), list(r.Findings), list(r.Differences), list(r.Promises)
	r.Sentences, r.NotChecked, r.NotReached, r.Worlds = list(r.Sentences), list(r.NotChecked), list(r.NotReached), list(r.Worlds)
	r.Builtins, r.Lacks = list(r.Builtins), list(r.Lacks)
	for i := range r.Builtins {
		r.Builtins[i].Worlds, r.Builtins[i].Outcomes = list(r.Builtins[i].Worlds), list(r.Builtins[i].Outcomes)
	}
	r.Traces.Departs, r.Traces.Arrives, r.Traces.Cannot = list(r.Traces.Departs), list(r.Traces.Arrives), list(r.Traces.Cannot)
	for i := range r.Differences {
		d := &r.Differences[i]
		d.Cause, d.Behind, d.Worlds, d.Variants = list(d.Cause), list(d.Behind), list(d.Worlds), list(d.Variants)
	}
	return r
}

func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// found tells of what was found.
func (c *comparison) found(format string, args ...any) {
	if c.Found != nil {
		c.Found(fmt.Sprintf(format, args...))
	}
}

// step tells of progress, and reports whether the comparison goes on.
func (c *comparison) step(stage string, done, of int) bool {
	if c.Progress != nil && !c.Progress(stage, done, of) {
		c.stopped = true
	}
	return !c.stopped
}
