// Package traps finds out why each trap of the specification exists: it finds the shortest program that takes the trap, switches the trap
// off, and searches for violations that follow.
package traps

import (
	"errors"
	"runtime"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Trap is the result for one trap.
type Trap struct {
	Site    spec.Site
	World   *model.World // in which the trap is taken
	Trace   *model.Trace // the shortest that takes it; nil: none was found
	Actions int          // how many the trace has, with the calls that the world starts with
	// Breaks is the nearest violation of a promise of the catalogue once the trap is off, other than Stops; nil: none was found.
	Breaks *Break
	// Stops is the nearest failing assert or crash of the Python once the trap is off; nil: none was found.
	Stops *Break
	// Next is the trap that the same program takes once this one is off; empty: none.
	Next spec.Site

	// ByWitness says that Breaks or Stops was found by running a witness, a program that was written by hand.
	ByWitness bool

	exploration exploration // in which the trap is taken
}

// A Break is a violation without a trap.
type Break struct {
	Property string
	Kind     string // which kind of violation of the property it is; may be empty
	Message  string
	Trace    *model.Trace
}

// Why says how a trap is shown to be needed.
type Why string

// Without the trap, a promise of the catalogue is violated; or only an assert fails or the Python crashes; or nothing was found to go
// wrong; or no program was found that takes the trap.
const (
	ByProperty Why = "property"
	ByAssert   Why = "assert"
	ByNothing  Why = "nothing"
	Unreached  Why = "unreached"
)

// Why says how the trap is shown to be needed.
func (t *Trap) Why() Why {
	switch {
	case t.Trace == nil:
		return Unreached
	case t.Breaks != nil:
		return ByProperty
	case t.Stops != nil:
		return ByAssert
	default:
		return ByNothing
	}
}

// An Assert is the result for one assert.
type Assert struct {
	Site   spec.Site
	Held   []string     // the worlds and scenarios in which it was evaluated and never failed
	Fails  *model.Trace // the shortest in which it fails; nil: none was found
	World  *model.World // in which it fails; nil: none
	length int          // of the trace
}

// A World says how far a named world was explored.
type World struct {
	Name   string
	Bounds model.Bounds
	States int
}

// A Result is the results for all traps and asserts.
type Result struct {
	Traps   []*Trap
	Asserts []*Assert
	Worlds  []World
}

// Find explores the scenarios and the named worlds. It finds the shortest traces that take the traps, a violation without each trap, and
// the asserts that are evaluated and that fail. It calls progress, which is optional, with what it does next.
func Find(traps, asserts []spec.Site, progress func(string)) *Result {
	if progress == nil {
		progress = func(string) {}
	}
	f := &finder{best: map[spec.Site]*Trap{}, asserts: map[spec.Site]*Assert{}, progress: progress}
	for _, s := range scenarios {
		f.scenario(s)
	}
	for _, w := range model.Worlds {
		if !w.Random {
			f.world(w)
		}
	}
	result := &Result{Worlds: f.worlds}
	for _, site := range traps {
		t := f.best[site]
		if t == nil {
			t = &Trap{Site: site}
		} else {
			progress("without " + string(site))
			t.breakIt()
		}
		result.Traps = append(result.Traps, t)
	}
	for _, site := range asserts {
		result.Asserts = append(result.Asserts, f.assert(site))
	}
	return result
}

// assert is the result for an assert so far.
func (f *finder) assert(site spec.Site) *Assert {
	if f.asserts[site] == nil {
		f.asserts[site] = &Assert{Site: site}
	}
	return f.asserts[site]
}

// A finder keeps the results so far.
type finder struct {
	best     map[spec.Site]*Trap // with the shortest traces
	asserts  map[spec.Site]*Assert
	worlds   []World
	progress func(string)
}

// scenario explores a scenario to its bound.
func (f *finder) scenario(s *scenario) { f.explore(s.exploration, s.search(trapped)) }

// world explores a named world to its own bounds, with all reductions, because it may be big.
func (f *finder) world(w *model.World) {
	e := exploration{world: w}
	search := e.search(trapped, properties.ByName("no-assertion-failure"))
	search.Full = false
	f.worlds = append(f.worlds, World{w.Name, w.Bounds, f.explore(e, search).States})
}

// explore runs a search, and notes the traps that are taken and the asserts that are evaluated and that fail.
func (f *finder) explore(e exploration, search model.Search) *model.Report {
	f.progress("exploring " + e.world.Name)
	search.Workers = runtime.NumCPU()
	report := search.Run()
	for _, v := range report.Violations {
		if v.Property == trapped.Name {
			f.trap(e, v)
		} else {
			f.failing(e.world, v)
		}
	}
	for _, site := range report.NeverFired {
		a := f.assert(site)
		a.Held = append(a.Held, e.world.Name)
	}
	return report
}

// trap notes that a trap is taken, if no shorter program is known.
func (f *finder) trap(e exploration, v *model.Violation) {
	site, actions := spec.Site(v.Kind), v.Actions+len(e.world.Start)
	if before := f.best[site]; before != nil && before.Actions <= actions {
		return
	}
	v.Trace.Violates = ""
	f.best[site] = &Trap{Site: site, World: e.world, Trace: v.Trace, Actions: actions, exploration: e}
}

// failing notes that an assert fails, if no shorter program is known.
func (f *finder) failing(w *model.World, v *model.Violation) {
	if a := f.assert(spec.Site(v.Kind)); a.Fails == nil || v.Actions < a.length {
		a.Fails, a.World, a.length = v.Trace, w, v.Actions
	}
}

// trapped is violated by every trap. Each trap is a kind of violation of its own.
var trapped = &model.Property{Name: "trapped", New: func() model.Checker { return &trapChecker{model.BaseChecker{Name: "trapped"}} }}

type trapChecker struct{ model.BaseChecker }

// Stopped reports the trap that stops a run as the violation.
func (c *trapChecker) Stopped(_ *model.Run, err error) {
	var trap *spec.Trap
	if errors.As(err, &trap) {
		c.Message, c.ViolationKind = trap.Error(), string(trap.Site)
	}
}

// The bounds of the searches without a trap: from the program that takes the trap, and, if nothing goes wrong there, from the start of the
// world.
const (
	breakDepth       = 4
	breakTransitions = 1500

	elsewhereDepth       = 6
	elsewhereTransitions = 6000
)

// breakIt switches the trap off and searches for the nearest violation: first after the program that took the trap; if there is none, after
// the witness; if there is no witness, in all programs.
func (t *Trap) breakIt() {
	on, off := t.exploration, t.exploration
	off.without = t.Site
	program := off.run(t.Trace)
	t.Next = trapOf(program.Stopped)
	t.note(on.violations(on.run(butLast(t.Trace)), breakDepth, breakTransitions), off.violations(program, breakDepth, breakTransitions))
	if t.Why() != ByNothing {
		return
	}
	if w, written := witnesses[t.Site]; written {
		off = w.exploration
		off.without = t.Site
		t.ByWitness = true
		t.note(nil, off.violations(off.run(w.trace()), 1, breakTransitions))
		return
	}
	if exceptions[t.Site] == "" {
		t.note(on.violations(nil, elsewhereDepth, elsewhereTransitions), off.violations(nil, elsewhereDepth, elsewhereTransitions))
	}
}

// trapOf is the trap that stopped a run; empty: none did.
func trapOf(stopped error) spec.Site {
	var trap *spec.Trap
	if errors.As(stopped, &trap) {
		return trap.Site
	}
	return ""
}

// note keeps the first violations without the trap, Breaks and Stops. Violations that also occur with the trap say nothing about it.
func (t *Trap) note(with, without []*model.Violation) {
	usual := map[string]bool{}
	for _, v := range with {
		usual[v.Key()] = true
	}
	for _, v := range without {
		slot := &t.Breaks
		if isStop(v.Property) {
			slot = &t.Stops
		}
		if *slot == nil && !usual[v.Key()] {
			*slot = &Break{v.Property, v.Kind, v.Message, v.Trace}
		}
	}
}

// isStop reports whether a violation of a property is that the Python stops: an assert fails in it, or it crashes.
func isStop(property string) bool {
	return property == "no-assertion-failure" || property == "no-crash"
}
