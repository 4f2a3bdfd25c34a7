package model

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"cabi/spec"
)

// Pin is the commit that last changed the definitions.py that spec/ ports.
const Pin = "6c67aa1"

// Format is the newest version of the format of traces. This reads it and all before it.
const Format = 1

// A Trace is what happened in a run, for people to read and to be run again.
type Trace struct {
	Comments []string // what stands above it, for people
	Format   int      // the version that its header states; 0: none, which is version 0
	World    *World
	Variant  *spec.Variant
	Without  []spec.Site // the traps and asserts that are switched off, sorted; nil: none
	Choices  []uint32    // what the specification chose; what is missing is the first candidate
	Lines    []Line
	Violates string // the property and how; empty: nothing
	FromJSON bool   // it was read from JSON lines
}

func (t *Trace) String() string {
	var b strings.Builder
	t.write(&b)
	return b.String()
}

// WriteTo writes the trace as text, a line at a time.
func (t *Trace) WriteTo(w io.Writer) (int64, error) {
	b := bufio.NewWriter(w)
	counted := &counter{w: b}
	t.write(counted)
	return counted.n, b.Flush()
}

// A counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

func (t *Trace) write(b io.Writer) {
	for _, c := range t.Comments {
		fmt.Fprintf(b, "# %s\n", c)
	}
	fmt.Fprintf(b, "world %s  variant %s  pin %s", t.World.Name, t.Variant.Name, Pin)
	if t.Format > 0 {
		fmt.Fprintf(b, "  format %d", t.Format)
	}
	if len(t.Without) > 0 {
		fmt.Fprintf(b, "  without %s", strings.Join(sitesText(t.Without), ","))
	}
	fmt.Fprintln(b)
	if t.World.needsDefinition() {
		fmt.Fprintf(b, "define %s\n", t.World.json())
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

// unnamed reports whether w is not one of the named worlds, so that a trace must define it.
func (w *World) needsDefinition() bool { return WorldByName(w.Name) != w }
