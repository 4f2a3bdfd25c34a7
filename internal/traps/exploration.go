package traps

import (
	"slices"
	"strings"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// An exploration is a world, and what guests and the host try in it.
type exploration struct {
	world   *model.World
	menus   map[string][]string // whole actions, by the name of an activation or its actor; nil: the world's own menus
	without spec.Site           // the trap that is switched off; empty: none
}

// search is the search for violations of some properties. It does without the reductions, because whether a program takes a trap
// often depends on the numbers of its indices.
func (e exploration) search(of ...*model.Property) model.Search {
	s := model.Search{World: e.world, Variant: spec.SingleTable, Properties: of, Bounds: e.world.Bounds, KeepGoing: true, Full: true}
	if e.menus != nil {
		s.Menu = e.menu
	}
	if e.without != "" {
		s.Without = map[spec.Site]bool{e.without: true}
	}
	return s
}

// menu is the actions of the exploration's menus that can be done in an activation.
func (e exploration) menu(r *model.Run, at *model.Activation) []model.Action {
	lines, named := e.menus[at.Name]
	if !named {
		lines = e.menus[at.Actor]
	}
	var menu []model.Action
	for _, l := range lines {
		if a, err := model.ParseAction(r, at, strings.Fields(l)); err == nil {
			menu = append(menu, a)
		}
	}
	return menu
}

// violations searches for violations of the promises of the catalogue. It starts from the end of a program that was run, or, if from is
// nil, from the start of the world, and takes no more than some number of actions in a row and transitions in all.
func (e exploration) violations(from *model.Replay, depth, transitions int) []*model.Violation {
	s := e.search(properties.Promises()...)
	s.From, s.Bounds.Steps, s.MaxTransitions = from, depth, transitions
	return s.Run().Violations
}

// run runs a program.
func (e exploration) run(program *model.Trace) *model.Replay {
	replay, err := model.ReplayOptions{Without: e.search().Without}.Run(program)
	if err != nil {
		panic(err) // the program was found by a search, or a test runs it
	}
	return replay
}

// butLast is a program without its last action.
func butLast(program *model.Trace) *model.Trace {
	shorter := *program
	last := len(program.Lines) - 1
	for program.Lines[last].Kind != model.LineAction {
		last--
	}
	shorter.Lines = slices.Clip(program.Lines[:last])
	return &shorter
}
