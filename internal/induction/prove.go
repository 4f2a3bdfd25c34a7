package induction

import "slices"

// A Proof is what was shown of a system.
type Proof struct {
	Size       int // of the largest states
	States     int // that satisfy the invariant
	Cases      int // operations that were run on them
	Failure    *Failure
	Reductions Reductions
	Always     bool // it was shown of states of every size
}

// Prove shows that the clauses of a system are inductive and imply its promises, for all states up to a size. If the size suffices for
// larger states, it checks the argument for those, up to the sizes that Reductions says. It stops at the first failure, which is one of the
// smallest. progress is told of each size that is done; it may be nil.
func (s *System[S]) Prove(size int, progress func(size, states, cases int)) *Proof {
	p := &Proof{Size: size}
	if p.Failure = s.firstBroken(s.Start, s.Clauses); p.Failure != nil {
		p.Failure.State = "the first state: " + p.Failure.State
		return p
	}
	for n := range size + 1 {
		for state := range s.States(n, s.Clauses) {
			p.States++
			if p.Failure = s.firstBroken(state, s.Promises); p.Failure == nil {
				p.Failure = s.proveAt(state, p)
			}
			if p.Failure != nil {
				return p
			}
		}
		if progress != nil {
			progress(n, p.States, p.Cases)
		}
	}
	if size >= s.Enough() {
		p.Reductions, p.Failure = s.reduce()
		p.Always = p.Failure == nil
	}
	return p
}

// proveAt runs every operation on a state.
func (s *System[S]) proveAt(state S, p *Proof) *Failure {
	for _, o := range s.Operations(state) {
		p.Cases++
		step := s.Apply(state, o)
		if step.Wrong != "" {
			return &Failure{State: s.Print(state), Operation: o.String(), After: s.Print(step.After), Clause: o.Function, Message: step.Wrong}
		}
		if step.Stop != "" { // whoever traps is stopped: there is no state after that
			continue
		}
		if f := s.firstBroken(step.After, s.Clauses); f != nil {
			f.State, f.Operation, f.After = s.Print(state), o.String(), f.State
			return f
		}
	}
	return nil
}

// firstBroken is the first of some clauses that a state breaks; nil: it breaks none.
func (s *System[S]) firstBroken(state S, clauses []Clause[S]) *Failure {
	for _, c := range clauses {
		if message := c.Broken(state); message != "" {
			return &Failure{State: s.Print(state), Clause: c.Name, Message: message}
		}
	}
	return nil
}

func anyBroken[S any](state S, clauses []Clause[S]) bool {
	return slices.ContainsFunc(clauses, func(c Clause[S]) bool { return c.Broken(state) != "" })
}
