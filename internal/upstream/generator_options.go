package upstream

import (
	"slices"
	"strings"

	"cabi/model"
)

// An option is an action that the generator may take next. It is made only when it is chosen: make draws its numbers, and
// reports whether the action can be taken after all.
type option struct {
	weight int
	make   func() (model.Action, bool)
}

// options are the actions that the generator may take next. One that weighs more is chosen more often.
type options struct {
	g    *generator
	list []option
}

// add adds an action whose numbers are drawn already.
func (o *options) add(weight int, op string, imm []string, args ...uint64) {
	o.addLazy(weight, op, func() (model.Action, bool) { return action(op, imm, args...), true })
}

// addLazy adds an action whose numbers are drawn when it is chosen.
func (o *options) addLazy(weight int, op string, make func() (model.Action, bool)) {
	group, _, _ := strings.Cut(op, ".")
	group, _, _ = strings.Cut(group, "-")
	if f := o.g.favour[group]; f > 0 {
		weight *= f
	}
	if weight > 0 {
		o.list = append(o.list, option{weight, make})
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
		if a, ok := o.list[i].make(); ok {
			return a, true
		}
		o.list = slices.Delete(o.list, i, i+1)
	}
	return model.Action{}, false
}
