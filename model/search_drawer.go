package model

import (
	"math/rand/v2"
	"slices"
)

// A Drawer draws the actions of a random walk.
type Drawer struct {
	rng        *rand.Rand
	weights    []int // by template: each walk prefers some and leaves others out
	wrongOneIn int   // one action in so many is with any index at all; 0: none
	templates  []*template
	menu       []menuAction
}

// NewDrawer makes the drawer of the walk of a number, for a seed.
func NewDrawer(seed, number uint64) *Drawer {
	return &Drawer{rng: rand.New(rand.NewPCG(seed, number))}
}

// Rand is the source of what else is drawn for the walk.
func (d *Drawer) Rand() *rand.Rand { return d.rng }

// Draw draws an action for an activation; false: there is none.
func (d *Drawer) Draw(r *Run, at *Activation, bounds Bounds) (Action, bool) {
	if d.weights == nil {
		d.drawWeights(r.compiled)
	}
	a, ok := d.pick(r, at, bounds)
	return a.Action, ok
}

// drawWeights draws which templates the walk prefers. Walks that leave out many reach states that others do not.
func (d *Drawer) drawWeights(c *compiledWorld) {
	d.weights = make([]int, len(c.templates))
	preferred := []int{10, 15, 25, 50, 80}[d.rng.IntN(5)] // in a hundred
	for i, t := range c.templates {
		if t.action.Op == opReturn || d.rng.IntN(100) < preferred {
			d.weights[i] = 1 + d.rng.IntN(6)
		}
	}
	d.wrongOneIn = []int{0, 0, 0, 40}[d.rng.IntN(4)]
}

// pick draws a template by its weight, and then one of its actions; false: there is none.
func (d *Drawer) pick(r *Run, at *Activation, bounds Bounds) (menuAction, bool) {
	allowed := RightClassIndex
	if d.wrongOneIn > 0 && d.rng.IntN(d.wrongOneIn) == 0 {
		allowed = AnyIndex
	}
	d.templates = r.appendTemplates(d.templates[:0], at, bounds)
	for len(d.templates) > 0 {
		i := d.weighed(d.templates)
		d.menu = menu{r, at, allowed}.appendActions(d.menu[:0], d.templates[i])
		if n := len(d.menu); n > 0 {
			return d.menu[d.rng.IntN(n)], true
		}
		d.templates = slices.Delete(d.templates, i, i+1)
	}
	return menuAction{}, false
}

// weighed draws one of the templates by their weights; if none has any, any of them.
func (d *Drawer) weighed(templates []*template) int {
	total := 0
	for _, t := range templates {
		total += d.weights[t.number]
	}
	if total == 0 {
		return d.rng.IntN(len(templates))
	}
	at := d.rng.IntN(total)
	for i, t := range templates {
		if at -= d.weights[t.number]; at < 0 {
			return i
		}
	}
	panic("unreachable: the draw is below the sum")
}
