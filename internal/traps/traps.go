// Package traps asks why each trap of the specification exists: it finds the shortest trace that takes it, switches it off, and
// looks for what goes wrong then.
package traps

import (
	"errors"
	"maps"
	"runtime"
	"slices"

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

	// Hinted says that what goes wrong was shown by a program given by hand.
	Hinted bool

	start   start
	terrain *terrain
}

// A Break is what goes wrong without a trap.
type Break struct {
	Property string
	Kind     string // what tells it from other violations of the property; may be empty
	What     string
	Trace    *model.Trace
	Later    int // how many actions after the one that trapped
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
	Name     string
	Bounds   model.Bounds
	States   int
	Complete bool // there is nothing beyond the bounds but what is beyond the bound on actions
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

// scenario explores a scenario to its end.
func (f *finder) scenario(s *scenario) {
	f.progress("exploring " + s.world.Name)
	evaluated := map[spec.Site]bool{} // and whether it fired
	t := &terrain{world: s.world, menus: s.menus, observe: func(site spec.Site, fires bool) { evaluated[site] = evaluated[site] || fires }}
	t.explore(start{}, s.steps, scenarioRuns, func(j *journey) bool {
		if site := j.trap(); site != "" {
			f.take(&Trap{Site: site, World: s.world, Trace: t.record(j, nil), Actions: len(j.did), start: j.start, terrain: t})
		}
		return false
	})
	for _, site := range slices.Sorted(maps.Keys(evaluated)) {
		if !evaluated[site] {
			f.held(site, s.world.Name)
		}
	}
}

func (f *finder) held(site spec.Site, world string) {
	a := f.assert(site)
	a.Held = append(a.Held, world)
}

// world explores a named world to its own bounds.
func (f *finder) world(w *model.World) {
	f.progress("exploring " + w.Name)
	search := model.Search{World: w, Variant: spec.SingleTable, Properties: []*model.Property{trapped, properties.ByName("no-assertion-failure")},
		Bounds: w.Bounds, KeepGoing: true, Workers: runtime.NumCPU()}
	report := search.Run()
	f.worlds = append(f.worlds, World{w.Name, w.Bounds, report.States, report.Frontier == report.AtBound})
	for _, v := range report.Violations {
		if v.Property != trapped.Name {
			f.failing(w, v)
			continue
		}
		v.Trace.Violates = ""
		t := &terrain{world: w, bounds: w.Bounds}
		f.take(&Trap{Site: spec.Site(v.Kind), World: w, Trace: v.Trace, Actions: v.Actions + len(w.Start), start: startOf(v.Trace), terrain: t})
	}
	for _, site := range report.NeverFired {
		f.held(site, w.Name)
	}
}

// failing books an assert that fails.
func (f *finder) failing(w *model.World, v *model.Violation) {
	if a := f.assert(spec.Site(v.Kind)); a.Fails == nil || v.Actions < a.length {
		a.Fails, a.World, a.length = v.Trace, w, v.Actions
	}
}

const scenarioRuns = 100000

func (f *finder) take(t *Trap) {
	if before := f.best[t.Site]; before == nil || t.Actions < before.Actions {
		f.best[t.Site] = t
	}
}

// startOf is the actions of a trace.
func startOf(t *model.Trace) start {
	s := start{choices: t.Choices}
	for _, l := range t.Lines {
		if l.Kind == model.LineAction {
			s.actions = append(s.actions, l.Text)
		}
	}
	return s
}

// trapped is violated by every trap, each being a kind of its own.
var trapped = &model.Property{Name: "trapped", New: func() model.Checker { return &trapChecker{model.BaseChecker{Name: "trapped"}} }}

type trapChecker struct{ model.BaseChecker }

func (c *trapChecker) Stopped(_ *model.Run, err error) {
	var trap *spec.Trap
	if errors.As(err, &trap) {
		c.Message, c.ViolationKind = trap.Error(), string(trap.Site)
	}
}

// record makes the trace of a journey.
func (t *terrain) record(j *journey, v *model.Violation) *model.Trace {
	if v == nil {
		v = &model.Violation{}
	}
	s := model.Search{World: t.world, Variant: spec.SingleTable, Without: t.without}
	trace := s.Record(j.did, j.choices, v)
	if v.Property == "" {
		trace.Violates = ""
	}
	return trace
}

const (
	breakDepth = 4
	breakRuns  = 1500

	elsewhereDepth = 6
	elsewhereRuns  = 6000
)

// breakIt switches the trap off, and goes on from where it was taken, nearest first.
func (t *Trap) breakIt() {
	off := *t.terrain
	off.without = map[spec.Site]bool{t.Site: true}
	off.properties = properties.Promises()
	t.Next = off.travel(t.start).trap()
	before := start{t.start.actions[:len(t.start.actions)-1], t.start.choices}
	t.search(&off, t.start, usual(&off, before, breakDepth, breakRuns), breakDepth, breakRuns)
	if h, hinted := hints[t.Site]; hinted && t.Why() == ByNothing {
		off.world, off.menus, off.bounds = h.world, h.menus, h.world.Bounds
		t.Hinted = true
		t.search(&off, start{actions: h.actions}, nil, 1, breakRuns)
		return
	}
	if t.Why() == ByNothing && exceptions[t.Site] == "" { // another program may need it
		t.search(&off, start{}, usual(&off, start{}, elsewhereDepth, elsewhereRuns), elsewhereDepth, elsewhereRuns)
	}
}

// search goes on from a start until a promise of the catalogue is violated.
func (t *Trap) search(off *terrain, from start, usual map[string]bool, depth, runs int) {
	off.explore(from, depth, runs, func(j *journey) bool {
		for _, c := range j.broken {
			t.book(off, j, c, usual)
		}
		return t.Breaks != nil
	})
}

// usual are the violations that come with the trap on: they say nothing about it.
func usual(off *terrain, from start, depth, runs int) map[string]bool {
	on := *off
	on.without = nil
	keys := map[string]bool{}
	on.explore(from, depth, runs, func(j *journey) bool {
		for _, c := range j.broken {
			keys[c.Property()+"/"+c.Kind()] = true
		}
		return false
	})
	return keys
}

// book keeps a violation, if it is the first of its sort.
func (t *Trap) book(off *terrain, j *journey, c model.Checker, usual map[string]bool) {
	slot := &t.Breaks
	if c.Property() == "no-assertion-failure" || c.Property() == "no-crash" {
		slot = &t.Stops
	}
	if *slot != nil || usual[c.Property()+"/"+c.Kind()] {
		return
	}
	v := &model.Violation{Property: c.Property(), Kind: c.Kind(), Message: c.Violation()}
	*slot = &Break{v.Property, v.Kind, v.Message, off.record(j, v), len(j.did) - len(t.start.actions)}
}

// Replay runs a trace again, without what it is without, and returns the properties that are violated.
func Replay(t *model.Trace) []string {
	off := terrain{world: t.World, without: map[spec.Site]bool{}, menus: map[string][]string{}, properties: properties.Promises()}
	for _, site := range t.Without {
		off.without[site] = true
	}
	var names []string
	for _, c := range off.travel(startOf(t)).broken {
		names = append(names, c.Property())
	}
	return names
}
