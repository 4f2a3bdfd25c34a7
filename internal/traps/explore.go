package traps

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"cabi/model"
	"cabi/spec"
)

// A start is where an exploration begins: after some actions and choices.
type start struct {
	actions []string
	choices []uint32
}

// A journey is what one run came to: a menu, a stop, or a violation.
type journey struct {
	start
	did     []model.Action // the actions, as far as they were taken
	menu    []string       // at the end; nil: there is none
	state   xxh3.Uint128   // there
	other   [][]uint32     // the choices with which the specification goes on otherwise
	stopped error          // how the specification stopped the run; nil: it did not
	broken  []model.Checker
	bad     error // an action that cannot be done
}

// trap is the trap that stopped the run; empty: none did.
func (j *journey) trap() spec.Site {
	var t *spec.Trap
	if errors.As(j.stopped, &t) {
		return t.Site
	}
	return ""
}

// A terrain is what is explored: a world, what may be done in it, and what is switched off and checked.
type terrain struct {
	world      *model.World
	menus      map[string][]string // whole actions, by the name of an activation or its actor; nil: the world's own
	bounds     model.Bounds
	without    map[spec.Site]bool
	observe    func(site spec.Site, fires bool) // hears of each trap and assert that is evaluated; nil: nobody does
	properties []*model.Property
}

// travel makes one run.
func (t *terrain) travel(s start) *journey {
	d := &driver{t: t, j: &journey{start: s}}
	checkers := make([]model.Checker, len(t.properties))
	for i, p := range t.properties {
		checkers[i] = p.New()
	}
	options := spec.Options{Choices: d, Variant: spec.SingleTable, Without: t.without, Observe: t.observe}
	r := model.NewRun(t.world, options, d, checkers...)
	defer r.Close()
	main(r)
	d.j.stopped, d.j.broken, d.j.choices = r.Stopped, r.Violated(), d.tape
	return d.j
}

// main makes a run. Where a trap is off that keeps the tables in order, the port, not the Python, may have no answer; such a run ends.
func main(r *model.Run) {
	defer func() {
		if got := recover(); got != nil {
			if _, fault := got.(*spec.Fault); !fault {
				panic(got)
			}
		}
	}()
	r.Main()
}

// explore goes on from a start, nearest first, until visit says that it is enough or so many runs were made, and returns how far
// everything was explored.
func (t *terrain) explore(from start, depth, runs int, visit func(*journey) bool) (complete int) {
	seen := map[xxh3.Uint128]bool{}
	level := []start{from}
	for ; depth >= 0 && len(level) > 0; depth-- {
		var next []start
		for len(level) > 0 {
			j := t.travel(level[0])
			level = level[1:]
			if runs--; runs < 0 {
				return complete
			}
			for _, choices := range j.other {
				level = append(level, start{j.actions, choices})
			}
			if visit(j) {
				return complete
			}
			if j.menu == nil || seen[j.state] {
				continue
			}
			seen[j.state] = true
			for _, a := range j.menu {
				next = append(next, start{append(slices.Clip(j.actions), a), j.choices})
			}
		}
		complete = len(from.actions) + depth
		level = next
	}
	return complete
}

// A driver takes the actions of a start, and looks at the menu at its end.
type driver struct {
	t    *terrain
	j    *journey
	tape []uint32
	draw int
}

// Next takes the next action.
func (d *driver) Next(r *model.Run, at *model.Activation) model.Action {
	if len(d.j.did) == len(d.j.actions) {
		d.j.menu = d.t.menu(r, at)
		d.j.state = stateOf(r, d.j)
		return model.Action{}
	}
	a, err := model.ParseAction(r, at, strings.Fields(d.j.actions[len(d.j.did)]))
	if err != nil {
		d.j.bad = err
		return model.Action{}
	}
	d.j.did = append(d.j.did, a)
	return a
}

// stateOf is the hash of a run's state. Where a trap is off that keeps the tables in order, there may be none to be written; such a
// state is told apart from all others.
func stateOf(r *model.Run, j *journey) (hash xxh3.Uint128) {
	defer func() {
		if recover() != nil {
			hash = xxh3.Hash128(fmt.Append(nil, j.actions, j.choices))
		}
	}()
	return xxh3.Hash128(r.AppendState(nil))
}

// menu is what may be done in an activation: what the terrain says, as far as it can be done.
func (t *terrain) menu(r *model.Run, at *model.Activation) []string {
	var menu []string
	if t.menus == nil {
		for _, a := range r.Menu(at, t.bounds, model.AnyIndex) {
			menu = append(menu, a.String())
		}
		return menu
	}
	lines, named := t.menus[at.Name]
	if !named {
		lines = t.menus[at.Actor]
	}
	for _, l := range lines {
		if _, err := model.ParseAction(r, at, strings.Fields(l)); err == nil {
			menu = append(menu, l)
		}
	}
	return menu
}

// Choose takes the next choice, or the first candidate.
func (d *driver) Choose(_ spec.Site, n int) int {
	if d.draw < len(d.j.choices) {
		d.tape = append(d.tape, d.j.choices[d.draw])
	} else {
		for other := n - 1; other > 0; other-- {
			d.j.other = append(d.j.other, append(slices.Clip(d.tape), uint32(other)))
		}
		d.tape = append(slices.Clip(d.tape), 0)
	}
	d.draw++
	return int(d.tape[d.draw-1]) % n
}
