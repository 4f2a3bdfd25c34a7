package induction

import (
	"fmt"
	"slices"
)

// This file checks the argument that states larger than those that were made have no counterexample either. It is an induction over the
// size. Let a large state satisfy the invariant, and let an operation lead from it to a state that breaks a clause. Then a smaller one does
// so too, because there is a part of the state that can be taken out:
//
//   - closed: a state that satisfies the invariant still does so without the part;
//   - alike: an operation that does not touch the part does the same without it, and leads to the same state without it;
//   - local: of a state that breaks a clause, all parts but Witness can be taken out, each by itself, and the clause is still broken.
//     Therefore among more parts than these and the one that the operation touches, there is one to take out.
//
// Each of the three is a statement about what functions look at, which can be read off them: a table's look at the place of an index, at
// the length, and at the end of the free list. Here all three are checked for states up to some size.

// Reductions is what was checked of the argument.
type Reductions struct {
	Size   int // of the largest states that parts were taken out of
	Closed int // states and parts
	Alike  int // states, operations and parts
	// LocalSize is the size of the largest states of which it was checked that few parts are enough to break a clause.
	LocalSize int
	Local     int // states and clauses that they break
}

// Enough is the size from which on a state has a part to take out: if there is a counterexample, then there is one of at most this size.
func (s *System[S]) Enough() int { return s.Witness + s.Touched }

// reduce checks the argument, on states one larger than suffices: a part has to be taken out of something.
func (s *System[S]) reduce() (r Reductions, failure *Failure) {
	r.Size, r.LocalSize = s.Enough()+1, s.Witness+2
	for n := range r.Size + 1 {
		for state := range s.States(n, s.Clauses) {
			if failure = s.closed(state, &r); failure == nil {
				failure = s.alike(state, &r)
			}
			if failure != nil {
				return r, failure
			}
		}
	}
	for n := s.Witness + 1; n <= r.LocalSize; n++ {
		for state := range s.States(n, nil) {
			if failure = s.local(state, &r); failure != nil {
				return r, failure
			}
		}
	}
	return r, nil
}

// closed checks that a state satisfies the clauses without each of its parts.
func (s *System[S]) closed(state S, r *Reductions) *Failure {
	for _, part := range s.Parts(state, nil) {
		r.Closed++
		if f := s.firstBroken(s.Delete(state, part), s.Clauses); f != nil {
			f.Message = fmt.Sprintf("the argument for larger states is wrong: without part %d of %s, %s", part, s.Print(state), f.Message)
			return f
		}
	}
	return nil
}

// alike checks that operations do the same without a part that they do not touch.
func (s *System[S]) alike(state S, r *Reductions) *Failure {
	for _, o := range s.Operations(state) {
		step := s.Apply(state, o)
		for _, part := range s.Parts(state, &o) {
			r.Alike++
			without := s.Apply(s.Delete(state, part), s.Rename(state, o, part))
			if without.Stop != step.Stop || step.Stop == "" &&
				(!s.Equal(without.After, s.Delete(step.After, part)) || without.Result != s.Result(o, step.Result, part)) {
				return &Failure{State: s.Print(state), Operation: o.String(), After: s.Print(step.After), Clause: o.Function,
					Message: fmt.Sprintf("the argument for larger states is wrong: without part %d it does something else", part)}
			}
		}
	}
	return nil
}

// local checks that a state that breaks a clause or a promise still does without each of its parts, but for a few.
func (s *System[S]) local(state S, r *Reductions) *Failure {
	for _, c := range slices.Concat(s.Clauses, s.Promises) {
		message := c.Broken(state)
		if message == "" {
			continue
		}
		r.Local++
		var needed []int
		for _, part := range s.Parts(state, nil) {
			if c.Broken(s.Delete(state, part)) == "" {
				needed = append(needed, part)
			}
		}
		if len(needed) > s.Witness {
			return &Failure{State: s.Print(state), Clause: c.Name, Message: fmt.Sprintf(
				"the argument for larger states is wrong: the parts %v are all needed to break the clause: %s", needed, message)}
		}
	}
	return nil
}
