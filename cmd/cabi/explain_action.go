package main

import (
	"fmt"
	"slices"
	"strings"

	"cabi/internal/step"
	"cabi/model"
)

// explainAction tells about an action.
func explainAction(name string) (*explanation, error) {
	if !slices.Contains(model.Ops(), name) {
		return nil, nil
	}
	text := step.ActionTexts[name]
	e := &explanation{title: "action " + name}
	e.add("written", strings.TrimSpace(name+" "+text.Operands))
	e.add("taken by", model.TakenBy(name))
	e.add("means", text.Means)
	e.add("gives", model.Gives(name))
	builtin, err := builtinOf(name, text)
	if err != nil {
		return nil, err
	}
	e.add("Python", builtin)
	e.add("in the menus of", menusWith(name))
	taken := func(e example) bool { return e.atPin() && e.has(name) }
	if done := shortestExample(func(e example) bool { return taken(e) && !e.stopped() }); done != nil {
		e.shown = shownBy(done, "The shortest reference trace with it")
	} else if stopped := shortestExample(taken); stopped != nil {
		e.shown = shownBy(stopped, "The shortest reference trace with it, which it ends")
	}
	e.none = "a trace ends where nothing more is done, and does not say so"
	return e, nil
}

// has reports whether an action is taken in the trace.
func (e example) has(action string) bool {
	return slices.ContainsFunc(e.acts(), func(line string) bool { return actionLine.FindStringSubmatch(line)[2] == action })
}

// builtinOf is where the Python defines what an action does, and where the Go does.
func builtinOf(name string, text step.ActionText) (string, error) {
	definition := text.Python
	if definition == "-" {
		return "", nil
	}
	if definition == "" {
		definition = "canon_" + strings.NewReplacer(".", "_", "-", "_").Replace(name)
	}
	report, err := pinReport()
	if err != nil {
		return "", err
	}
	p := ported(report, definition)
	if p == nil {
		return "", fmt.Errorf("definitions.py has no %s, which %s is to be", definition, name)
	}
	return fmt.Sprintf("%s, definitions.py:%d; in Go %s, %s:%d", definition, p.Definition.Line, p.Go, p.File, p.Line), nil
}

// menusWith are the worlds whose menus have an action.
func menusWith(name string) string {
	var in []string
	for _, w := range model.Worlds {
		if slices.ContainsFunc(slices.Collect(menuActions(w)), func(action string) bool { return action == name }) {
			in = append(in, w.Name)
		}
	}
	switch {
	case len(in) > 0:
		return strings.Join(in, ", ")
	case name == "return":
		return "all worlds: core code may always return"
	}
	return "no world; it is for traces and litmus files"
}

// menuActions are the actions in the menus of a world, without immediates.
func menuActions(w *model.World) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, menu := range w.Menus {
			for _, action := range menu {
				name, _, _ := strings.Cut(action, " ")
				if !yield(name) {
					return
				}
			}
		}
	}
}
