package toolchains

import (
	"cabi/component"
	"cabi/internal/program"
	"cabi/spec"
)

// A Beside is what a component gave under jco, beside what is recorded of it.
type Beside struct {
	Component   string   `json:"component"`
	Sessions    int      `json:"sessions"`
	Calls       int      `json:"calls"`
	Same        int      `json:"same"`                  // how many calls gave the same; a session is compared up to where it first differs
	Differences []Beyond `json:"differences,omitempty"` // where sessions differ
}

// A Beyond is where a session first differs under jco, and why.
type Beyond struct {
	Session string `json:"session"`
	Difference
	Why string `json:"why,omitempty"` // empty: it is not known
}

// Why a session gives something else under jco.
const (
	// It gives yet something else where only the indices that jco gives are others; or with indices far from 0, it gives the same under
	// jco as on the specification.
	ByNumbers    = "numbers"
	ByDisposing  = "dispose" // it gives what is recorded, where a resource of a list that is disposed of drops its own handle
	ByNoSuspends = "jspi"    // node has no WebAssembly.Suspending, which async components need
)

// Beside holds the recorded sessions under jco.
func (r *Runner) Beside(c Component, decoded *component.Component, recording *Recording) (*Beside, error) {
	b := &Beside{Component: recording.Component, Sessions: len(recording.Sessions)}
	d, _, err := r.Described(decoded)
	if err != nil {
		return nil, err
	}
	all, err := holdAll(c, d, AsItIs, recording.Sessions)
	if err != nil {
		return nil, err
	}
	var differing, gave []Held
	for i, s := range recording.Sessions {
		b.Calls += len(s.Calls)
		n, difference := Same(s, all[i])
		b.Same += n
		if difference != nil {
			b.Differences = append(b.Differences, Beyond{Session: s.Name, Difference: *difference})
			differing, gave = append(differing, s), append(gave, all[i])
		}
	}
	return b, b.explain(r, c, decoded, d, differing, gave)
}

// explain finds why sessions differ.
func (b *Beside) explain(r *Runner, c Component, decoded *component.Component, d *program.Description, differing, gave []Held) error {
	if len(differing) == 0 {
		return nil
	}
	disposing, err := holdAll(c, d, Disposing, differing)
	if err != nil {
		return err
	}
	shifted, err := holdAll(c, d, Shifted, differing)
	if err != nil {
		return err
	}
	for i := range b.Differences {
		_, unlike := Same(gave[i], shifted[i])
		_, unlikeRecorded := Same(differing[i], disposing[i])
		calls, err := differing[i].Parsed()
		if err != nil {
			return err
		}
		_, unlikeSpecified := Same(shifted[i], r.Hold(decoded, calls, spec.VariantByName("per-type-disjoint")))
		switch {
		case b.Differences[i].Got == noSuspending:
			b.Differences[i].Why = ByNoSuspends
		case unlikeRecorded == nil:
			b.Differences[i].Why = ByDisposing
		case unlike != nil || unlikeSpecified == nil:
			b.Differences[i].Why = ByNumbers
		}
	}
	return nil
}

const noSuspending = "trap: TypeError: WebAssembly.Suspending is not a constructor"

// holdAll holds sessions under jco, in one process.
func holdAll(c Component, d *program.Description, how string, sessions []Held) (all []Held, err error) {
	j, err := StartJCO(c, d, how)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		var calls []program.Call
		if calls, err = s.Parsed(); err != nil {
			break
		}
		var held Held
		if held, err = j.Hold(calls); err != nil {
			break
		}
		all = append(all, held)
	}
	printed, closing := j.Close()
	if err == nil {
		err = closing
	}
	if len(all) == 1 { // of several, it is not known which printed what
		all[0].Printed = printed
	}
	return all, err
}
