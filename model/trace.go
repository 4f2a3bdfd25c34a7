package model

import (
	"fmt"
	"io"
	"strings"
)

// Pin is the commit that last changed the definitions.py that spec/ ports.
const Pin = "6c67aa1"

// A Trace is what happened in a run, for people to read and to be run again.
type Trace struct {
	World    string
	Variant  string
	Choices  []uint32 // what the specification chose
	Lines    []string
	Violates string // the property and how; empty: nothing
}

// WriteTo writes the trace as text.
func (t *Trace) WriteTo(w io.Writer) (int64, error) {
	n, err := io.WriteString(w, t.String())
	return int64(n), err
}

func (t *Trace) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "world %s  variant %s  pin %s\n", t.World, t.Variant, Pin)
	for _, l := range t.Lines {
		fmt.Fprintln(&b, l)
	}
	if t.Violates != "" {
		fmt.Fprintf(&b, "violates %s\n", t.Violates)
	}
	return b.String()
}
