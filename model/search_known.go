package model

// This file has the checkers of states skip states that they are known to find nothing in.

// knownStates are states that a worker's checkers have looked at, and in which nothing was violated, by their fingerprints: the last ones,
// since states that are reached again mostly are so soon. Checkers that look at nothing but the state (StateAlone) need not look at one
// of these again. States in which something is violated are not among them: it is told of each transition that leads there.
type knownStates struct {
	last []fingerprint // each at the place that its bits say

	// Of the state that the run under way has come to:
	state fingerprint
	noted bool // state is its fingerprint
	is    bool // it is one of them
}

// knownSize is how many there are at most.
const knownSize = 1 << 15

// place is where a state is, if it is one of them.
func (k *knownStates) place(f fingerprint) *fingerprint { return &k.last[f.Lo%knownSize] }

// begin forgets the state of the run before.
func (k *knownStates) begin() { k.noted, k.is = false, false }

// forget forgets all.
func (k *knownStates) forget() { k.last = nil }

// lookAt notes the fingerprint of the state that a run has come to, and reports whether it is known. Where the checkers were told on the way
// of something that is a violation, it is as if it were not.
func (w *worker) lookAt(r *Run) bool {
	k := &w.known
	if k.last == nil {
		k.last = make([]fingerprint, knownSize)
	}
	k.state, k.noted = w.fingerprint(r), true
	k.is = *k.place(k.state) == k.state && len(r.Violated()) == 0
	return k.is
}

// add adds the state that the run under way has come to.
func (k *knownStates) add() {
	if k.noted {
		*k.place(k.state) = k.state
	}
}
