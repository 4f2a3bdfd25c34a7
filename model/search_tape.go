package model

import "cabi/spec"

// A Walk is runs of a world that a tape decides: each of its numbers is an action of the menu or a choice of the
// specification, modulo how many there are. A run ends with its tape.
type TapeRunner struct {
	World      *World
	Variant    *spec.Variant
	Properties []*Property
	Bounds     Bounds
}

// An Outcome is what came of one run.
type TapeResult struct {
	Violation *Violation // nil: none
	Stopped   error      // how the specification stopped the run; nil: the tape ended first
	Actions   int
}

// Run makes the run of a tape.
func (w TapeRunner) Run(tape []uint32) TapeResult {
	walker := &tapeActor{tape: tape, bounds: w.Bounds}
	search := Search{World: w.World, Variant: w.Variant, Bounds: w.Bounds}
	r := search.NewRun(walker, walker, newCheckers(w.Properties)...)
	defer r.Close()
	r.recorder = &recorder{}
	r.Main()
	r.recorder.flush()
	outcome := TapeResult{Stopped: r.Stopped, Actions: r.Actions}
	if property, what := r.Violation(); what != "" {
		trace := &Trace{World: w.World, Variant: w.Variant, Choices: walker.choices, Lines: r.recorder.lines, Violates: property + ": " + what}
		outcome.Violation = &Violation{Property: property, Message: what, Actions: r.Actions, Trace: trace}
	}
	return outcome
}

type tapeActor struct {
	tape    []uint32
	next    int
	bounds  Bounds
	choices []uint32 // the specification's, as they were made
}

func (w *tapeActor) draw(n int) int {
	if w.next == len(w.tape) {
		return 0
	}
	w.next++
	return int(w.tape[w.next-1] % uint32(n))
}

// Next takes the next action, unless something is violated already.
func (w *tapeActor) Next(r *Run, at *Activation) Action {
	if _, what := r.Violation(); what != "" || w.next == len(w.tape) {
		return Action{}
	}
	breadth := RightClassIndex
	if w.draw(8) == 7 { // a wrong index mostly ends the run: now and then is enough
		breadth = AnyIndex
	}
	menu := r.Menu(at, w.bounds, breadth)
	if len(menu) == 0 {
		return Action{} // also in core code that cannot even return
	}
	return menu[w.draw(len(menu))]
}

// Choose makes the next choice.
func (w *tapeActor) Choose(_ spec.Site, n int) int {
	w.choices = append(w.choices, uint32(w.draw(n)))
	return int(w.choices[len(w.choices)-1])
}
