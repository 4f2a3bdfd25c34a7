package induction

import (
	"slices"

	"cabi/spec"
)

// A Provable is a system, whatever its states are.
type Provable interface {
	// Describe says what the system is.
	Describe() Description
	// Prove is System.Prove.
	Prove(size int, progress func(size, states, cases int)) *Proof
	// Without is the system with an invariant that lacks a clause.
	Without(clause string) Provable
}

// A Description says what a system is.
type Description struct {
	Title    string
	Size     string // what the size of a state counts
	Enough   int    // the size from which on a proof is one for all sizes
	Usual    int    // the size up to which states are made unless another is asked for
	Clauses  []Statement
	Promises []Statement
}

// A Statement is a clause, or a promise that follows from the clauses.
type Statement struct{ Name, Says string }

// Names are the names of the systems.
func Names() []string { return []string{"tables", "sets", "lends"} }

// ByName is the system of a name, which must be one of Names, with some traps and asserts switched off.
func ByName(name string, without map[spec.Site]bool) Provable {
	switch name {
	case "tables":
		return Tables(without)
	case "sets":
		return WaitableSets(without)
	}
	return LentHandles(without)
}

// Sites are the traps and asserts that the operations of a system may come to.
func Sites(name string) []spec.Site {
	switch name {
	case "tables":
		return []spec.Site{"Table.get/bounds", "Table.get/empty", "Table.add/free", "Table.add/full"}
	case "sets":
		return append([]spec.Site{"WaitableSet.get_pending_event/member"}, setTraps...)
	}
	return append([]spec.Site{"Subtask.resolve_delivered/resolved"}, lendStops...)
}

func (s *System[S]) Describe() Description {
	d := Description{Title: s.Title, Size: s.Size, Enough: s.Enough(), Usual: s.Usual}
	for _, c := range s.Clauses {
		d.Clauses = append(d.Clauses, Statement{c.Name, c.Says})
	}
	for _, p := range s.Promises {
		d.Promises = append(d.Promises, Statement{p.Name, p.Says})
	}
	return d
}

// Without is the system with an invariant that lacks a clause.
func (s *System[S]) Without(clause string) Provable {
	without := *s
	without.Clauses = slices.DeleteFunc(slices.Clone(s.Clauses), func(c Clause[S]) bool { return c.Name == clause })
	return &without
}
