// Package traps asks why each trap of the specification exists: it finds the shortest trace that takes it, switches it off, and
// looks for what goes wrong then.
package traps

import (
	"errors"
	"runtime"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Trap is what was found out about one trap.
type Trap struct {
	Site    spec.Site
	World   *model.World // where it is taken
	Trace   *model.Trace // the shortest that takes it; nil: none was found
	Actions int          // of the trace, the calls that the world starts with among them
	// Breaks is the nearest violation of a promise of the catalogue, of guests' doing, once the trap is off; nil: none was found.
	Breaks *Break
	// Stops is the nearest assert that fails or crash once the trap is off; nil: none was found.
	Stops *Break
	// Next is the trap that takes the same program's last action instead, once this one is off; empty: none does.
	Next spec.Site

	// ByWitness says that a witness showed what goes wrong, a program that was written by hand.
	ByWitness bool

	exploration exploration // where it is taken
}

// A Break is what goes wrong without a trap.
type Break struct {
	Property string
	Kind     string // which violation of the property it is; may be empty
	Message  string
	Trace    *model.Trace
}

// Why says how a trap is shown to be needed.
type Why string

// A trap is needed for a property of the catalogue, or because an assert fails or the Python crashes without it; or nothing was
// found that needs it; or nothing takes it.
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

// An Assert is what was found out about one assert.
type Assert struct {
	Site   spec.Site
	Held   []string // the worlds and scenarios in which it was evaluated and never failed
	Fails  *model.Trace
	World  *model.World // where it fails; nil: nowhere
	length int          // of the trace
}

// A World is a named world as it was explored.
type World struct {
	Name   string
	Bounds model.Bounds
	States int
}

// A Result is what was found.
type Result struct {
	Traps   []*Trap
	Asserts []*Assert
	Worlds  []World
}

// Find finds the shortest traces that take the traps, in the scenarios and the named worlds, and what goes wrong without each; and
// which asserts are evaluated there, and fail. Progress hears what is done next; nil: nobody does.
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

// assert is what is known of an assert.
func (f *finder) assert(site spec.Site) *Assert {
	if f.asserts[site] == nil {
		f.asserts[site] = &Assert{Site: site}
	}
	return f.asserts[site]
}

// A finder keeps the shortest trace of each trap.
type finder struct {
	best     map[spec.Site]*Trap
	asserts  map[spec.Site]*Assert
	worlds   []World
	progress func(string)
}

// scenario explores a scenario, as far as it is to be explored.
func (f *finder) scenario(s *scenario) { f.explore(s.exploration, s.search(trapped)) }

// world explores a named world to its own bounds. Unlike the explorations of single traps, it merges all states that it may.
func (f *finder) world(w *model.World) {
	e := exploration{world: w}
	search := e.search(trapped, properties.ByName("no-assertion-failure"))
	search.Full = false
	f.worlds = append(f.worlds, World{w.Name, w.Bounds, f.explore(e, search).States})
}

// explore notes which traps and asserts a search comes to.
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

// trapped is violated by every trap, each being a kind of its own.
var trapped = &model.Property{Name: "trapped", New: func() model.Checker { return &trapChecker{model.BaseChecker{Name: "trapped"}} }}

type trapChecker struct{ model.BaseChecker }

// Stopped makes a trap that stops the run the violation.
func (c *trapChecker) Stopped(_ *model.Run, err error) {
	var trap *spec.Trap
	if errors.As(err, &trap) {
		c.Message, c.ViolationKind = trap.Error(), string(trap.Site)
	}
}

// How far the search goes on without a trap: from the program that takes the trap, and, if that shows nothing, from the start.
const (
	breakDepth       = 4
	breakTransitions = 1500

	elsewhereDepth       = 6
	elsewhereTransitions = 6000
)

// breakIt switches the trap off, and searches for what goes wrong, nearest first: after the program that took the trap, then after
// the witness, then in other programs.
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

// note keeps the first violation of each sort without the trap. What is violated with the trap on as well says nothing about it.
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
