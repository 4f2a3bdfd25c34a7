// Package profile finds the choices that the specification makes, which of them the deterministic profile leaves open, and what guests and the
// host can observe of those: it makes random walks with each choice made in another way.
package profile

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Choice is one that the specification makes.
type Choice struct {
	Site     spec.Site
	Open     bool         // under the deterministic profile
	Observed *Observation // of a choice that is open; nil: no walk has seen what can be observed of it
}

// An Observation is a short run under the profile in which guests or the host observe how a choice is made.
type Observation struct {
	World     string
	Actions   []string // each with who takes it
	One, Two  string   // what is observed after them, as the choice is made
	steps     []step
	afterOnes int // how many actions come before what is observed
}

// String is the observation on one line.
func (o *Observation) String() string {
	return fmt.Sprintf("in %s after %s: %s, or %s", o.World, model.Counted(len(o.Actions), "action"), o.One, o.Two)
}

// Longest is how many actions a walk takes at most.
const Longest = 40

// begun are actions that one more walk of a world begins with, since random ones seldom come there: two threads of a task are blocked cancellably;
// a set has two events.
var begun = map[string][]string{
	"threads": {"invoke A.run", "thread.new-indirect i32 1 0", "thread.resume-later 2", "thread.suspend cancellable", "tick", "thread.suspend cancellable", "cancel 0"},
	"events": {"stream.new u8", "stream.new u16", "waitable-set.new", "stream.write u8 async 2 0 1", "stream.read u8 async 1 0 1", "stream.write u16 async 4 0 1",
		"stream.read u16 async 3 0 1", "waitable.join 2 5", "waitable.join 4 5", "waitable-set.poll uncancellable 5 0"},
}

// tried is how many states of a world are looked at before walks are made on a definitions.py, to see whether it can be run.
const tried = 100

// Find finds the choices of a definitions.py, or if it is nil, of the port, by so many walks in each world. Worlds that do not fit it are left
// out. The error says that it cannot be run.
func Find(source *model.Source, walks int) ([]Choice, error) {
	return findIn(model.Worlds, source, walks)
}

func findIn(worlds []*model.World, source *model.Source, walks int) ([]Choice, error) {
	found := map[spec.Site]*Choice{}
	for _, w := range worlds {
		if source != nil && source.Fits(w, nil) != nil {
			continue
		}
		f := &finder{world: w, found: found}
		if source != nil {
			if err := f.search(source, true).Run().Err; err != nil {
				return nil, err
			}
		}
		f.free, f.runs = f.runsOf(source, false), f.runsOf(source, true)
		for number := range uint64(walks) {
			f.walk(number, nil)
		}
		if first := begun[w.Name]; first != nil {
			f.walk(0, first)
		}
	}
	var all []Choice
	for _, site := range slices.Sorted(maps.Keys(found)) {
		all = append(all, *found[site])
	}
	return all, nil
}

// A finder makes the walks of a world.
type finder struct {
	world      *model.World
	free, runs *model.Runs // without the profile, and under it
	found      map[spec.Site]*Choice
}

func (f *finder) search(source *model.Source, deterministic bool) *model.Search {
	return &model.Search{World: f.world, Variant: spec.SingleTable, Source: source, Bounds: f.world.Bounds, MaxStates: tried, Deterministic: deterministic}
}

func (f *finder) runsOf(source *model.Source, deterministic bool) *model.Runs {
	return f.search(source, deterministic).Runs()
}

func (f *finder) choice(site spec.Site) *Choice {
	if f.found[site] == nil {
		f.found[site] = &Choice{Site: site}
	}
	return f.found[site]
}

// walk makes a walk without the profile and one under it, and looks for what can be observed of the choices of that.
func (f *finder) walk(number uint64, first []string) {
	for _, site := range f.take(f.free, &walker{first: first, drawer: model.NewDrawer(1, number), bounds: f.world.Bounds}).sites {
		f.choice(site)
	}
	base := f.take(f.runs, &walker{first: first, drawer: model.NewDrawer(1, number), bounds: f.world.Bounds})
	for i, site := range base.sites {
		c := f.choice(site)
		c.Open = true
		if c.Observed != nil && len(c.Observed.Actions) <= 3 {
			continue
		}
		if o := f.observe(base, i); o != nil && (c.Observed == nil || o.afterOnes < c.Observed.afterOnes) {
			if o = f.shorter(site, o); c.Observed == nil || len(o.Actions) < len(c.Observed.Actions) {
				c.Observed = o
			}
		}
	}
}

// take makes a run.
func (f *finder) take(runs *model.Runs, w *walker) *walker {
	r := runs.New(w, w)
	defer r.Close()
	r.Observer, w.run = w, r
	if r.Main(); r.Stopped != nil {
		w.add("the run is stopped at %s", model.SiteOf(r.Stopped))
	}
	return w
}

// observe makes a choice of a walk in another way, and returns what is observed first that differs; nil: nothing is.
func (f *finder) observe(base *walker, choice int) *Observation {
	other := f.take(f.runs, &walker{given: base.taken, flips: choice + 1})
	for k := range min(len(base.log), len(other.log)) {
		if base.log[k] == other.log[k] {
			continue
		}
		n := base.actionsAt[k]
		o := &Observation{World: f.world.Name, One: base.log[k], Two: other.log[k], afterOnes: n, steps: base.taken[:n]}
		for _, s := range o.steps {
			o.Actions = append(o.Actions, s.String())
		}
		return o
	}
	return nil
}

// shorter leaves actions out of an observation for as long as one of the same choice is left.
func (f *finder) shorter(site spec.Site, o *Observation) *Observation {
	for again := true; again; {
		again = false
		for i := len(o.steps) - 1; i >= 0 && !again; i-- {
			base := f.take(f.runs, &walker{given: slices.Delete(slices.Clone(o.steps), i, i+1)})
			for k, s := range base.sites {
				if s != site {
					continue
				}
				if less := f.observe(base, k); less != nil && less.afterOnes < o.afterOnes {
					o, again = less, true
					break
				}
			}
		}
	}
	return o
}

// A step is an action of a walk.
type step struct{ at, actor, action string }

func (s step) String() string { return s.actor + ": " + s.action }

// A walker takes actions, makes choices, and notes what guests and the host observe.
type walker struct {
	first  []string // the actions that it takes first
	drawer *model.Drawer
	bounds model.Bounds
	given  []step // without a drawer: the actions that it takes, as long as it can
	flips  int    // the number of the choice that it makes in another way, from 1; 0: none

	run       *model.Run
	taken     []step
	sites     []spec.Site // of the choices that were made
	log       []string
	actionsAt []int // how many actions were taken when each line of the log was written
}

// Next takes the next action.
func (w *walker) Next(r *model.Run, at *model.Activation) model.Action {
	if len(w.log) > 0 {
		w.add("%s goes on", at.Name)
	}
	s := step{at: at.Name, actor: at.Actor}
	switch {
	case w.drawer == nil:
		if len(w.taken) == len(w.given) || w.given[len(w.taken)].at != at.Name {
			return model.Action{}
		}
		s = w.given[len(w.taken)]
	case len(w.taken) < len(w.first):
		s.action = w.first[len(w.taken)]
	case len(w.taken) == Longest:
		return model.Action{}
	default:
		a, ok := w.drawer.Draw(r, at, w.bounds)
		if !ok {
			return model.Action{}
		}
		w.taken = append(w.taken, step{at.Name, at.Actor, a.String()})
		return a
	}
	a, err := model.ParseAction(r, at, strings.Fields(s.action))
	if err != nil {
		return model.Action{}
	}
	w.taken = append(w.taken, s)
	return a
}

// Choose takes the first candidate, or of the choice that it makes in another way the second.
func (w *walker) Choose(site spec.Site, _ int) int {
	if w.sites = append(w.sites, site); len(w.sites) == w.flips {
		return 1
	}
	return 0
}

func (w *walker) add(format string, args ...any) {
	w.log, w.actionsAt = append(w.log, fmt.Sprintf(format, args...)), append(w.actionsAt, len(w.taken))
}

// Entered notes that core code or the host is called.
func (w *walker) Entered(at *model.Activation) {
	w.add("%s", strings.Join(append([]string{at.Name, "is called with"}, cores(at.Args)...), " "))
}

// Done notes what an action returns, and of an event what is stored of it.
func (w *walker) Done(at *model.Activation, results []spec.CoreValue) {
	words := append([]string{at.Name + ":", at.Pending.Op, "returns"}, cores(results)...)
	if at.Pending.Op == "waitable-set.wait" || at.Pending.Op == "waitable-set.poll" {
		memory, ptr := w.run.Memory(at.Actor).Bytes.B, at.Pending.Args[1].Uint64()
		if ptr+8 <= uint64(len(memory)) {
			words = append(words, fmt.Sprintf("for %d", binary.LittleEndian.Uint32(memory[ptr:])))
		}
	}
	w.add("%s", strings.Join(words, " "))
}

// HostReceived notes what the host receives.
func (w *walker) HostReceived(text string) { w.add("the host receives %s", text) }

// cores are core values in words.
func cores(vs []spec.CoreValue) []string {
	words := []string{}
	for _, v := range vs {
		words = append(words, fmt.Sprint(v))
	}
	if len(words) == 0 {
		return []string{"nothing"}
	}
	return words
}
