package upstream

import (
	"slices"
	"strings"

	"cabi/model"
)

// An option is an action that the generator may take next. It is made only when it is chosen.
type option struct {
	weight int
	op     string
	imm    []string
	args   []uint64
	make   func() (model.Action, bool) // draws the numbers, and reports whether the action can be taken after all; nil: they are args
}

func (o *option) action() (model.Action, bool) {
	if o.make != nil {
		return o.make()
	}
	return action(o.op, o.imm, o.args...), true
}

// options are the actions that the generator may take next. One that weighs more is chosen more often.
type options struct {
	g    *generator
	list []option
}

// newOptions are none as yet. There is one menu at a time, and they share their room.
func (g *generator) newOptions() *options {
	clear(g.options.list)
	g.options.g, g.options.list = g, g.options.list[:0]
	return &g.options
}

// add adds an action whose numbers are drawn already.
func (o *options) add(weight int, op string, imm []string, args ...uint64) {
	o.addOption(option{weight: weight, op: op, imm: imm, args: args})
}

// addLazy adds an action whose numbers are drawn when it is chosen.
func (o *options) addLazy(weight int, op string, make func() (model.Action, bool)) {
	o.addOption(option{weight: weight, op: op, make: make})
}

func (o *options) addOption(x option) {
	group, _, _ := strings.Cut(x.op, ".")
	group, _, _ = strings.Cut(group, "-")
	if f := o.g.favour[group]; f > 0 {
		x.weight *= f
	}
	if x.weight > 0 {
		o.list = append(o.list, x)
	}
}

// choose chooses one of the options that can be taken; false: there is none.
func (o *options) choose() (model.Action, bool) {
	for len(o.list) > 0 {
		total := 0
		for _, x := range o.list {
			total += x.weight
		}
		at, i := o.g.IntN(total), 0
		for at >= o.list[i].weight {
			at -= o.list[i].weight
			i++
		}
		if a, ok := o.list[i].action(); ok {
			return a, true
		}
		o.list = slices.Delete(o.list, i, i+1)
	}
	return model.Action{}, false
}
