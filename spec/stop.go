// definitions.py, "Boilerplate"

package spec

import (
	"fmt"
	"strings"
)

// A Site names one trap or assert of the specification: the Python function it is in, a slash, and what it
// guards. Sites are written at the traps and asserts themselves; `cabi sites` lists them by reading the source.
type Site string

// function is the Python function that the trap or assert is in.
func (s Site) function() string {
	function, _, _ := strings.Cut(string(s), "/")
	return function
}

// A Trap is the guest's fault: definitions.py raises Trap, and the store must not run again.
//
//cabi:py Trap 9e72191f
type Trap struct {
	Site   Site
	Detail string // what a person debugging needs: the index, what was wanted, what is there, in which instance
	// OnIndex says that the trap is about the element that an index names. Found is that element; nil: the index names none.
	OnIndex bool
	Found   Element
}

func (t *Trap) Error() string { return fmt.Sprintf("trap at %s: %s", t.Site, t.Detail) }

// CoreTrapSite is the site of traps that core code runs into by itself, such as unreachable. definitions.py has none: there, core
// code is Python.
const CoreTrapSite Site = "core/trap"

// CoreTrap is the trap that core code ran into by itself. A core runtime panics with it.
func CoreTrap(detail string) *Trap { return &Trap{Site: CoreTrapSite, Detail: detail} }

// A CoreException is an exception thrown by core WebAssembly code: guests panic with it.
//
//cabi:py CoreWebAssemblyException 50e45a8e
type CoreException struct{ Payload any }

func (e *CoreException) Error() string { return fmt.Sprintf("core exception: %v", e.Payload) }

// An AssertionFailure is the specification's fault: an assert of definitions.py fails.
type AssertionFailure struct {
	Site   Site
	Detail string
}

func (a *AssertionFailure) Error() string {
	return fmt.Sprintf("assertion failed at %s: %s", a.Site, a.Detail)
}

// A Crash is the specification's fault in another way: definitions.py would raise something else than Trap or
// AssertionError.
type Crash struct {
	Function  string // the Python function that raises
	Exception string // Python's name for it: TypeError, IndexError, AttributeError …
	Detail    string
}

func (c *Crash) Error() string {
	return fmt.Sprintf("%s in %s: %s", c.Exception, c.Function, c.Detail)
}

// A Fault is a Go runtime error in the specification: a bug of the port, never an outcome of the ABI.
type Fault struct {
	Value any
	Stack string // where it happened, perhaps on another stack than the one that panics with the Fault
}

func (f *Fault) Error() string { return fmt.Sprintf("fault of the port: %v\n%s", f.Value, f.Stack) }

// trap stops with a trap, unless the site is switched off.
//
//cabi:py trap 1bb68cf5
func (s *Store) trap(site Site, sentence string) {
	s.trapIf(true, site, sentence)
}

//cabi:py trap_if d61a7514
func (s *Store) trapIf(cond bool, site Site, sentence string) {
	if cond || s.options.Observe != nil {
		s.reached(cond, site, sentence, newTrap)
	}
}

// assert is Python's assert statement.
func (s *Store) assert(cond bool, site Site, sentence string) {
	if !cond || s.options.Observe != nil {
		s.reached(!cond, site, sentence, newAssertionFailure)
	}
}

// assertByType ports an assert that is always true of Go's types: a number that Python checks to be non-negative is unsigned
// here, for one. The site is observed like any other.
func (s *Store) assertByType(site Site, sentence string) { s.assert(true, site, sentence) }

// reached reports a site to the observer and stops there if it fires and is not switched off.
func (s *Store) reached(fires bool, site Site, sentence string, stop func(Site, string) error) {
	if s.options.Observe != nil {
		s.options.Observe(site, fires)
	}
	if fires && !s.options.Without[site] {
		panic(stop(site, sentence))
	}
}

func newTrap(site Site, detail string) error { return &Trap{Site: site, Detail: detail} }

func newAssertionFailure(site Site, detail string) error { return &AssertionFailure{site, detail} }

// assertStatic is assert in functions of types alone (predicates, alignment, sizes), which have no store. Types are validated
// before anything runs, so these asserts hold; they are not observed and cannot be switched off.
func assertStatic(cond bool, site Site, sentence string) {
	if !cond {
		panic(newAssertionFailure(site, sentence))
	}
}

// crash stops as Python does when it raises exception in function.
func crash(function, exception, detail string, args ...any) {
	panic(&Crash{function, exception, fmt.Sprintf(detail, args...)})
}

// stopped turns the value that recover returned into an error. A panic that is not one of the specification's
// own ways to stop goes on.
func stopped(r any) error {
	err := stopOf(r)
	if err == nil && r != nil {
		panic(r)
	}
	return err
}

// stopOf is a panic as the way in which the specification stopped; nil: it is none of those.
func stopOf(r any) error {
	switch r := r.(type) {
	case *Trap:
		return r
	case *AssertionFailure:
		return r
	case *Crash:
		return r
	case *CoreException:
		return r
	}
	return nil
}

// recoverStop is deferred where the host calls into s: it turns the panic that stopped the specification into an error.
func (s *Store) recoverStop(err *error) {
	if !s.aborted {
		*err = stopped(recover())
	}
}

// Try runs f and returns how the specification stopped it: nil, *Trap, *AssertionFailure, *Crash or *CoreException.
// Any other panic is a fault of this program or its caller and goes on.
func Try(f func()) (err error) {
	defer func() { err = stopped(recover()) }()
	f()
	return nil
}

// Try is the function Try for code that runs in s. While s is being aborted or closed it recovers nothing.
func (s *Store) Try(f func()) (err error) {
	defer s.recoverStop(&err)
	f()
	return nil
}
