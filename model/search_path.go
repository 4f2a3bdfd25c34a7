package model

import (
	"encoding/binary"
	"slices"

	"cabi/spec"
)

// A path is what leads from the start to a state.
type path struct {
	actions []Action
	choices []uint32
}

// A player follows a path, as the actor and as the specification's choices. At its end it ends the run, at a menu.
type pathActor struct {
	path
	everyOrder             bool
	toExpand               bool                           // the run goes on at the end of the path: what led there has happened before
	nextAction, nextChoice int                            // how many were played
	atEnd                  func(*Run, *Activation) Action // hears that the end is reached, and says what to do; nil: nobody does
	isFirst                bool                           // nothing of the path has happened before
	alternatives           [][]uint32                     // the choices with which the specification goes on otherwise
}

// Next plays the next action.
func (p *pathActor) Next(r *Run, at *Activation) Action {
	if p.nextAction == len(p.actions) {
		return p.end(r, at)
	}
	p.nextAction++
	r.repeating = !p.isNew()
	return p.actions[p.nextAction-1]
}

// end is at the menu at the end of the path, while the stacks still stand.
func (p *pathActor) end(r *Run, at *Activation) Action {
	if p.atEnd != nil {
		return p.atEnd(r, at)
	}
	return Action{}
}

// observing reports whether what happens now is not a repetition.
func (p *pathActor) isNew() bool { return (p.isFirst || p.nextAction == len(p.actions)) && !p.toExpand }

// Choose plays the next choice. Beyond the path it is 0, and the others are alternatives.
func (p *pathActor) Choose(_ spec.Site, n int) int {
	if p.nextChoice == len(p.choices) {
		for other := n - 1; other > 0; other-- {
			p.alternatives = append(p.alternatives, append(slices.Clip(p.choices), uint32(other)))
		}
		p.choices = append(slices.Clip(p.choices), 0)
	}
	p.nextChoice++
	return int(p.choices[p.nextChoice-1])
}

// Shuffle draws as CPython's random.shuffle does. The specification shuffles the elements of a set to take the first one
// that has an event, so it is enough to explore which one comes first.
func (p *pathActor) Shuffle(site spec.Site, n int, swap func(i, j int)) {
	if p.nextChoice == len(p.choices) && !p.everyOrder {
		for k := n - 1; k > 0; k-- {
			p.alternatives = append(p.alternatives, append(slices.Clip(p.choices), comesFirst(n, k)...))
		}
		p.choices = append(slices.Clip(p.choices), comesFirst(n, 0)...)
	}
	spec.ShuffleByChoice(p, site, n, swap)
}

// A record is a path as bytes, which is how the frontier keeps a state: the number of actions, the number of each of them
// (explorer.intern), the number of choices, and the choices.

// appendRecord appends the record of a successor of the state of another record; nil: of a state at the start.
func (e *explorer) appendRecord(b, from []byte, r *successor) []byte {
	actions, choices := uint64(0), uint64(0)
	var before, chosen []byte
	if from != nil {
		actions, before = uvarint(from)
		chosen = before
		for range actions {
			_, chosen = uvarint(chosen)
		}
		before = before[:len(before)-len(chosen)]
		choices, chosen = uvarint(chosen)
	}
	b = binary.AppendUvarint(b, actions+uint64(r.actions()))
	b = append(b, before...)
	if r.template != nil {
		b = binary.AppendUvarint(b, uint64(e.intern(r.action)))
	}
	b = binary.AppendUvarint(b, choices+uint64(len(r.choices)))
	b = append(b, chosen...)
	for _, c := range r.choices {
		b = binary.AppendUvarint(b, uint64(c))
	}
	return b
}

// readRecord reads the first of some records, and returns the others.
func readRecord(b []byte, actions []Action) (record []byte, to path, rest []byte) {
	n, rest := uvarint(b)
	to.actions = make([]Action, n)
	for i := range to.actions {
		n, rest = uvarint(rest)
		to.actions[i] = actions[n]
	}
	n, rest = uvarint(rest)
	to.choices = make([]uint32, n)
	for i := range to.choices {
		n, rest = uvarint(rest)
		to.choices[i] = uint32(n)
	}
	return b[:len(b)-len(rest)], to, rest
}

func uvarint(b []byte) (uint64, []byte) {
	n, size := binary.Uvarint(b)
	return n, b[size:]
}
