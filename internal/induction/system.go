// Package induction proves that invariants always hold, and not only within the bound of a search.
//
// A search begins with the first state and takes a bounded number of actions. Here every state up to a size is made that satisfies the
// invariant, reachable or not, and every operation is run on it by the port's own code. If all states that come out satisfy the invariant
// again, and the first state does, then no sequence of operations leaves it: it is inductive. That larger states have no counterexample
// either is a second induction, over the size, whose steps are checked too (see reduce.go).
package induction

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"cabi/spec"
)

// A System is a part of the specification with the operations on it, an invariant, and what follows from that.
type System[S any] struct {
	Title    string // for people: "a handle table"
	Size     string // what the size of a state counts: "places after the first"
	Clauses  []Clause[S]
	Promises []Clause[S] // what is true of every state that satisfies the clauses
	Start    S
	// States yields the states of a size, reachable or not, that satisfy the clauses. Those of no clause are all states.
	States func(size int, clauses []Clause[S]) iter.Seq[S]
	// Operations are all operations on a state.
	Operations func(S) []Operation
	// Apply runs an operation on a state, with the functions of the port.
	Apply func(S, Operation) Step[S]
	// Parts are the parts of a state that an operation does not touch; without an operation, all parts.
	Parts func(S, *Operation) []int
	// Delete takes a part out of a state. Rename is an operation on the state without the part, and Result what it gives there.
	Delete func(s S, part int) S
	Rename func(s S, o Operation, part int) Operation
	Result func(o Operation, result, part int) int
	Print  func(S) string
	Equal  func(a, b S) bool
	// Witness is how many parts of a state are needed at most to break a clause, and Touched how many an operation touches at most.
	Witness, Touched int
	Usual            int // the size of the largest states that are made unless another is asked for
}

// A Clause is a part of an invariant, or what follows from one.
type Clause[S any] struct {
	Name   string
	Says   string
	Broken func(S) string // how a state breaks it; "": it does not
}

// An Operation is a call of a function of the port.
type Operation struct {
	Function string
	Args     []int
}

func (o Operation) String() string {
	args := make([]string, len(o.Args))
	for i, a := range o.Args {
		args[i] = strconv.Itoa(a)
	}
	return fmt.Sprintf("%s(%s)", o.Function, strings.Join(args, ", "))
}

// A Step is what an operation does to a state.
type Step[S any] struct {
	After  S
	Stop   spec.Site // the trap that it took; "": none
	Result int
	Wrong  string // what it did that it does not say: it failed an assert, crashed, or changed something else; "": nothing
}

// stopped notes how an operation was stopped, by one of the traps and asserts that it may come to or wrongly; no error: it was not.
func (s *Step[S]) stopped(err error, allowed []spec.Site) {
	if s.Stop = siteOf(err); err != nil && !slices.Contains(allowed, s.Stop) {
		s.Wrong = err.Error()
	}
}

// siteOf is the trap or assert that an error is of; "": none.
func siteOf(err error) spec.Site {
	var trap *spec.Trap
	var assert *spec.AssertionFailure
	switch {
	case errors.As(err, &trap):
		return trap.Site
	case errors.As(err, &assert):
		return assert.Site
	}
	return ""
}

// A Failure is why an invariant is not inductive, or does not say what it should.
type Failure struct {
	State     string
	Operation string // "": the state itself is at fault
	After     string // the state that came out; "": there is none
	Clause    string
	Message   string
}

func (f *Failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n", f.State)
	if f.Operation != "" {
		fmt.Fprintf(&b, "%s\n", f.Operation)
	}
	if f.After != "" {
		fmt.Fprintf(&b, "%s\n", f.After)
	}
	fmt.Fprintf(&b, "%s: %s\n", f.Clause, f.Message)
	return b.String()
}
