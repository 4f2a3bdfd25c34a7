package model

import (
	"encoding/binary"
	"slices"

	"cabi/spec"
)

// A path is the actions, and the choices of the specification, that lead from the start to a state.
type path struct {
	actions []Action
	choices []uint32
}

// A pathActor follows a path, as the actor of a run and as the specification's choices. At the end of the path the run is at a menu.
type pathActor struct {
	actions    []Action
	Branching                                 // the choices
	everyOrder bool                           // every order of a shuffle is explored
	toExpand   bool                           // the state at the end is to be expanded, so another run has come there before
	isFirst    bool                           // no run before this one has taken any of the path
	nextAction int                            // how many were taken
	onWay      func(*Run)                     // is called at each menu on the way; nil: it is not
	atEnd      func(*Run, *Activation) Action // is called at the end, and returns the action to be taken; nil: the run ends there
}

// follow is the actor of a path.
func (to path) follow() *pathActor {
	return &pathActor{actions: to.actions, Branching: Branching{Tape: to.choices}}
}

// Next takes the next action of the path.
func (p *pathActor) Next(r *Run, at *Activation) Action {
	if p.nextAction == len(p.actions) {
		if p.atEnd == nil {
			return Action{}
		}
		return p.atEnd(r, at)
	}
	if p.onWay != nil {
		p.onWay(r)
	}
	if p.nextAction++; r.shaping && p.nextAction == len(p.actions) {
		r.forgetViolations()
	}
	r.repeating = !p.isNew()
	return p.actions[p.nextAction-1]
}

// isNew reports whether no run before this one has done the same: the last action of the path was taken, or the path is new.
func (p *pathActor) isNew() bool { return (p.isFirst || p.nextAction == len(p.actions)) && !p.toExpand }

// Shuffle branches by which element comes first, unless every order is explored.
func (p *pathActor) Shuffle(site spec.Site, n int, swap func(i, j int)) {
	if p.everyOrder {
		spec.ShuffleByChoice(p, site, n, swap)
		return
	}
	p.pickFirst(p, site, n, swap)
}

// A record is a path as bytes, which is how the frontier keeps a state: the number of actions, the number of each of them
// (explorer.intern), the number of choices, and the choices.

// recordOf is the record of a path.
func (e *explorer) recordOf(to path) []byte {
	b := binary.AppendUvarint(nil, uint64(len(to.actions)))
	for _, a := range to.actions {
		b = binary.AppendUvarint(b, uint64(e.intern(a)))
	}
	b = binary.AppendUvarint(b, uint64(len(to.choices)))
	for _, c := range to.choices {
		b = binary.AppendUvarint(b, uint64(c))
	}
	return b
}

// appendRecord appends the record of a successor of the state of another record; nil: of a state at the start.
func (e *explorer) appendRecord(b, from []byte, s *successor) []byte {
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
	b = binary.AppendUvarint(b, actions+uint64(s.actions()))
	b = append(b, before...)
	if s.template != nil {
		b = binary.AppendUvarint(b, uint64(e.intern(s.action)))
	}
	b = binary.AppendUvarint(b, choices+uint64(len(s.choices)))
	b = append(b, chosen...)
	for _, c := range s.choices {
		b = binary.AppendUvarint(b, uint64(c))
	}
	return b
}

// readRecord reads the first of some records, and returns the others. What the path consists of is appended to two lists.
func readRecord(b []byte, numbered []Action, actions *[]Action, choices *[]uint32) (record []byte, to path, rest []byte) {
	count, rest := uvarint(b)
	from := len(*actions)
	for range count {
		var number uint64
		number, rest = uvarint(rest)
		*actions = append(*actions, numbered[number])
	}
	to.actions = slices.Clip((*actions)[from:])
	count, rest = uvarint(rest)
	from = len(*choices)
	for range count {
		var choice uint64
		choice, rest = uvarint(rest)
		*choices = append(*choices, uint32(choice))
	}
	to.choices = slices.Clip((*choices)[from:])
	return b[:len(b)-len(rest)], to, rest
}

func uvarint(b []byte) (uint64, []byte) {
	n, size := binary.Uvarint(b)
	return n, b[size:]
}
