package model

import "cabi/spec"

// A TapeRunner makes runs of a world that follow tapes, for libraries that generate and shrink random data. Each number of a tape picks
// an action of the menu, or a choice of the specification, modulo how many there are. A run ends with its tape.
type TapeRunner struct {
	World      *World
	Variant    *spec.Variant
	Properties []*Property
	Bounds     Bounds
}

// A TapeResult is the result of the run of a tape.
type TapeResult struct {
	Violation *Violation // nil: none
	Stopped   error      // how the specification stopped the run; nil: the tape ended first
	Actions   int        // how many were taken
}

// Run makes the run of a tape.
func (t TapeRunner) Run(tape []uint32) TapeResult {
	actor := &tapeActor{tape: tape, bounds: t.Bounds}
	search := Search{World: t.World, Variant: t.Variant, Bounds: t.Bounds}
	r := search.Runs().New(actor, actor, newCheckers(t.Properties)...)
	defer r.Close()
	r.recorder = &recorder{}
	r.Main()
	r.recorder.flush()
	result := TapeResult{Stopped: r.Stopped, Actions: r.Actions}
	if property, message := r.Violation(); message != "" {
		trace := &Trace{World: t.World, Variant: t.Variant, Choices: actor.choices, Lines: r.recorder.lines, Violates: property + ": " + message}
		result.Violation = &Violation{Property: property, Message: message, Actions: r.Actions, Trace: trace}
	}
	return result
}

// A tapeActor is the actor and the choices of a run that follows a tape.
type tapeActor struct {
	tape    []uint32
	next    int // in the tape
	bounds  Bounds
	choices []uint32 // the specification's, as they were made
}

// pick takes the next number of the tape modulo n; 0: the tape has ended.
func (t *tapeActor) pick(n int) int {
	if t.next == len(t.tape) {
		return 0
	}
	t.next++
	return int(t.tape[t.next-1] % uint32(n))
}

// Next takes the action that the tape picks. The run ends with the tape, or with the first violation.
func (t *tapeActor) Next(r *Run, at *Activation) Action {
	if _, message := r.Violation(); message != "" || t.next == len(t.tape) {
		return Action{}
	}
	allowed := RightClassIndex
	if t.pick(8) == 7 { // rarely, since a wrong index usually ends the run
		allowed = AnyIndex
	}
	menu := r.Menu(at, t.bounds, allowed)
	if len(menu) == 0 {
		return Action{} // there is code that cannot even return, since it lacks an index to return
	}
	return menu[t.pick(len(menu))]
}

// Choose makes the choice that the tape picks.
func (t *tapeActor) Choose(_ spec.Site, n int) int {
	t.choices = append(t.choices, uint32(t.pick(n)))
	return int(t.choices[len(t.choices)-1])
}
