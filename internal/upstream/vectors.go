package upstream

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"

	"cabi/spec"
)

// Vectors are runs that were recorded on definitions.py, for comparisons without a Python or a checkout.
type Vectors struct {
	SHA256 string // the hash of the definitions.py
	List   []Vector
}

// A Vector is a case, and its trace on definitions.py.
type Vector struct {
	Case  Case     `json:"case"`
	Lines []string `json:"lines"`
}

// header is the first line of a file of vectors.
type header struct {
	SHA256 string `json:"definitions_sha256"`
}

// Record makes random runs and writes those that reach something that too few runs before did: an outcome of a built-in, a
// trap or assert, a branch of a choice. It writes the traces of the definitions.py in o.Dir, a few with whole states, the others
// with hashes of them; on the port, the runs are only made up.
func Record(o Options, out io.Writer) error {
	if err := checkInput(o.Dir); err != nil {
		return err
	}
	hash, err := Hash(o.Dir)
	if err != nil {
		return err
	}
	d, err := startDriver(o.Dir, o.patience())
	if err != nil {
		return err
	}
	defer d.close()
	z := gzip.NewWriter(out)
	e := json.NewEncoder(z)
	if err := e.Encode(header{hash}); err != nil {
		return err
	}
	if err := record(o, d, e); err != nil {
		return err
	}
	return z.Close()
}

const (
	fullVectors = 12 // how many vectors have their whole states
	keptTimes   = 3  // how many runs reach the same and still are recorded for it
)

// record writes the vectors.
func record(o Options, d *driver, e *json.Encoder) error {
	var pool spec.Pool
	defer pool.Close()
	reached := map[string]int{}
	kept := 0
	for i := range o.Runs {
		seen := newCoverage()
		c := randomRun(seedOf(o.Seed, i), &pool, seen).recorded
		if !seen.reachesMore(reached) {
			continue
		}
		if kept%50 == 0 && kept < 50*fullVectors {
			c.States = statesFull
		}
		lines, err := d.run(c)
		if err != nil {
			return fmt.Errorf("run %d: %w", i, err)
		}
		lines, _ = cutUnwound(lines)
		if err := e.Encode(Vector{c, lines}); err != nil {
			return err
		}
		kept++
	}
	return nil
}

// reachesMore counts in reached what a run reached, and reports whether too few runs before it reached some of it.
func (c *Coverage) reachesMore(reached map[string]int) bool {
	more := false
	count := func(what string) {
		reached[what]++
		more = more || reached[what] <= keptTimes
	}
	for op, outcomes := range c.Ops {
		for outcome := range outcomes {
			count(op + " " + outcome)
		}
	}
	for op := range c.Later {
		count(op + " later")
	}
	for site := range c.Fired {
		count(string(site))
	}
	for site := range c.Held {
		count("not " + string(site))
	}
	for site, branches := range c.Choices {
		for got := range branches {
			if got < 8 {
				count(fmt.Sprintf("%s %d", site, got))
			}
		}
	}
	return more
}

// ReadVectors reads what Record writes.
func ReadVectors(in io.Reader) (*Vectors, error) {
	z, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	d := json.NewDecoder(bufio.NewReader(z))
	var h header
	if err := d.Decode(&h); err != nil {
		return nil, fmt.Errorf("the header: %w", err)
	}
	vs := &Vectors{SHA256: h.SHA256}
	for d.More() {
		var v Vector
		if err := d.Decode(&v); err != nil {
			return nil, fmt.Errorf("vector %d: %w", len(vs.List)+1, err)
		}
		vs.List = append(vs.List, v)
	}
	return vs, nil
}

// Compare repeats a vector's run on the port, on coroutines or on frames, and returns how its trace differs from the recorded one; nil: it
// does not.
func (v Vector) Compare(on Stacks) *Difference {
	v.Case.Frames = on == Frames
	port := Trace(v.Case)
	at := firstDifference(port, v.Lines)
	if at < 0 {
		return nil
	}
	return &Difference{Case: v.Case, Line: at, Port: port, Python: v.Lines}
}
