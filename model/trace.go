package model

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"cabi/spec"
)

// Pin is the commit that last changed the definitions.py that spec/ ports.
const Pin = "6c67aa1"

// Format is the newest version of the format of traces. ReadTrace reads this version and all before it.
const Format = 1

// A Trace is a record of a run, which people can read and which can be replayed.
type Trace struct {
	Comments []string // lines above the header, for people
	Format   int      // the version that the header states; 0: it states none
	World    *World
	Variant  *spec.Variant
	Without  []spec.Site // the traps and asserts that are switched off, sorted; nil: none
	Source   *Source     // the definitions.py that it is run on; nil: the port
	Spec     string      // which other definitions.py than the pin's the header names, by the first digits of its SHA-256; empty: none
	Choices  []uint32    // of the specification; those that are missing are 0, the first candidate
	Lines    []Line
	Violates string // the property that the run violates, and how; empty: none
	FromJSON bool   // the trace was read from JSON lines

	HeaderAt, ViolatesAt int // the numbers of these lines in the file; 0: the trace was not read, or has none
}

// version is which other definitions.py than the pin's the trace is of; empty: it is of the pin.
func (t *Trace) version() string {
	if t.Source == nil {
		return cmp.Or(t.Spec, portVersion())
	}
	if t.Source.IsPin() {
		return ""
	}
	return t.Source.Version()
}

// checkClaim wants a claim that names a property.
func (t *Trace) checkClaim() error {
	if t.ClaimedProperty() == "" {
		return fmt.Errorf("violates what? Name a property")
	}
	return nil
}

// String is the trace as text.
func (t *Trace) String() string {
	var b strings.Builder
	t.write(&b, (*World).textLines)
	return b.String()
}

// WriteTo writes the trace as text.
func (t *Trace) WriteTo(w io.Writer) (int64, error) {
	b := bufio.NewWriter(w)
	counted := &counter{w: b}
	t.write(counted, (*World).textLines)
	return counted.n, b.Flush()
}

// A counter counts the bytes that it writes.
type counter struct {
	w io.Writer
	n int64
}

// Write writes and counts.
func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// write writes the trace; define is how a world that has no name here is written.
func (t *Trace) write(b io.Writer, define func(*World) string) {
	for _, c := range t.Comments {
		fmt.Fprintf(b, "# %s\n", c)
	}
	fmt.Fprintf(b, "world %s  variant %s", t.World.Name, t.Variant.Name)
	if of := t.version(); of != "" {
		fmt.Fprintf(b, "  spec %s", of)
	} else {
		fmt.Fprintf(b, "  pin %s", Pin)
	}
	if t.Format > 0 {
		fmt.Fprintf(b, "  format %d", t.Format)
	}
	if len(t.Without) > 0 {
		fmt.Fprintf(b, "  without %s", strings.Join(sitesText(t.Without), ","))
	}
	fmt.Fprintln(b)
	if t.World.needsDefinition() {
		fmt.Fprint(b, define(t.World))
	}
	if len(t.Choices) > 0 {
		fmt.Fprintf(b, "choices%s\n", strings.TrimSuffix(strings.ReplaceAll(fmt.Sprint(t.Choices), "[", " "), "]"))
	}
	for _, l := range t.Lines {
		fmt.Fprintln(b, l)
	}
	if t.Violates != "" {
		fmt.Fprintf(b, "violates %s\n", t.Violates)
	}
}

func sitesText(sites []spec.Site) []string {
	text := make([]string, len(sites))
	for i, s := range sites {
		text[i] = string(s)
	}
	return text
}

// needsDefinition reports whether a world has no name here, so that a trace must define it.
func (w *World) needsDefinition() bool { return WorldByName(w.Name) != w }
