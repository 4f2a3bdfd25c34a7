package python

import (
	"fmt"
	"strings"
)

// A Place is a line of a Python file, in a function.
type Place struct {
	File     string
	Line     int
	Function string // its qualified name; <module> for the body of a module
}

func (p Place) String() string {
	if p.Function == "" {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d (%s)", p.File, p.Line, p.Function)
}

// A Refusal says that a file is not Python, or uses what is outside of the subset. No Python code can catch it. Most refusals come
// when a file is loaded; those that depend on a value come when the line runs.
type Refusal struct {
	Place
	What string
}

func (r *Refusal) Error() string { return r.Place.String() + ": " + r.What }

// Exhausted says that a run took more than Options.Steps.
type Exhausted struct {
	Place
	Steps int64
}

func (e *Exhausted) Error() string {
	return fmt.Sprintf("%s: stopped after %d steps, the limit", e.Place, e.Steps)
}

// A Deadlock says that a call cannot return, because every thread waits.
type Deadlock struct{ Waiting []Place }

func (d *Deadlock) Error() string {
	var b strings.Builder
	b.WriteString("every thread waits:")
	for _, p := range d.Waiting {
		b.WriteString(" " + p.String() + ";")
	}
	return strings.TrimSuffix(b.String(), ";")
}

// An Exception is a Python exception that nothing caught.
type Exception struct {
	Value *Instance
	Trace []Place // innermost first
}

func (e *Exception) Error() string {
	s := e.Class().Name()
	if msg := exceptionText(e.Value); msg != "" {
		s += ": " + msg
	}
	if len(e.Trace) > 0 {
		s = e.Trace[0].String() + ": " + s
	}
	return s
}

// Class is the class of the exception.
func (e *Exception) Class() *Class { return e.Value.class }

// Text is what str gives for the exception.
func (e *Exception) Text() string { return exceptionText(e.Value) }

// IsA tells whether the exception is of a class of this name, or of one derived from such a class.
func (e *Exception) IsA(class string) bool {
	for _, c := range e.Value.class.mro {
		if c.name == class {
			return true
		}
	}
	return false
}

// Stack is the traceback as text, innermost first, a line each.
func (e *Exception) Stack() string {
	var b strings.Builder
	for _, p := range e.Trace {
		fmt.Fprintf(&b, "  %s\n", p)
	}
	return b.String()
}
