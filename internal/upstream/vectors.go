package upstream

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"

	"cabi/spec"
)

// Vectors are runs recorded from definitions.py, for whoever has neither Python nor a checkout.
type Vectors struct {
	SHA256 string // of the definitions.py
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

// Record makes random runs on the definitions.py in o.Dir and writes those that reach something that the ones before
// did not: an outcome of a built-in, a trap or assert, a branch of a choice. A few have their whole states, the others
// the hashes of them. What is written are the traces of definitions.py; the port only says what to do.
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
	keptTimes   = 3  // how many vectors reach the same thing, at most
)

func record(o Options, d *driver, e *json.Encoder) error {
	var pool spec.Pool
	defer pool.Close()
	reached := map[string]int{}
	kept := 0
	for i := range o.Runs {
		seen := newCoverage()
		c := randomRun(seedOf(o.Seed, i), &pool, seen).made
		if !seen.isNews(reached) {
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

// isNews reports whether a run reached something that too few before it did, and books it.
func (c *Coverage) isNews(reached map[string]int) bool {
	news := false
	book := func(what string) {
		reached[what]++
		news = news || reached[what] <= keptTimes
	}
	for op, outcomes := range c.Ops {
		for outcome := range outcomes {
			book(op + " " + outcome)
		}
	}
	for op := range c.Later {
		book(op + " later")
	}
	for site := range c.Fired {
		book(string(site))
	}
	for site := range c.Held {
		book("not " + string(site))
	}
	for site, branches := range c.Choices {
		for got := range branches {
			if got < 8 {
				book(fmt.Sprintf("%s %d", site, got))
			}
		}
	}
	return news
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

// Compare runs a vector on the port and says how it differs; nil: it does not.
func (v Vector) Compare() *Difference {
	port := Trace(v.Case)
	at := firstDifference(port, v.Lines)
	if at < 0 {
		return nil
	}
	return &Difference{Case: v.Case, Line: at, Port: port, Python: v.Lines}
}
