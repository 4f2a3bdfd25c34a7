package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"cabi/internal/bench"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Subject is what is explored, as workers are told it.
type Subject struct {
	World      string // its name, or the text of one of one's own
	Variant    string
	Properties []string
	Bounds     model.Bounds
	KeepGoing  bool
	Full       bool
	M          string // the size of the model M, in place of a world
	Shards     int    // of the fingerprints
}

// A system is a subject that is explored: states are bytes.
type system interface {
	start(reached func(model.ReachedState))
	expand(state []byte, reached func(model.ReachedState)) error
	tally() *model.Tally // since it was asked for last
	close()
}

// system makes the system of a subject.
func (s *Subject) system() (system, error) {
	if s.M != "" {
		m, err := bench.ParseM(s.M)
		if err != nil {
			return nil, err
		}
		return &direct{system: m.Search().New()}, nil
	}
	search, err := s.search()
	if err != nil {
		return nil, err
	}
	x, err := search.Expander()
	if err != nil {
		return nil, err
	}
	return worldSystem{x}, nil
}

// search is the search of a world.
func (s *Subject) search() (*model.Search, error) {
	w, err := s.world()
	if err != nil {
		return nil, err
	}
	w, _ = w.Complete()
	search := &model.Search{World: w, Variant: spec.VariantByName(s.Variant), Bounds: s.Bounds, KeepGoing: s.KeepGoing, ByShape: s.KeepGoing, Full: s.Full}
	if search.Variant == nil {
		return nil, fmt.Errorf("there is no variant %s", s.Variant)
	}
	for _, name := range s.Properties {
		p := properties.ByName(name)
		if p == nil {
			return nil, fmt.Errorf("there is no property %s", name)
		}
		search.Properties = append(search.Properties, p)
	}
	return search, nil
}

// world is the world before anything is chosen for it.
func (s *Subject) world() (*model.World, error) {
	if w := model.WorldByName(s.World); w != nil {
		return w, nil
	}
	return model.ReadWorld(strings.NewReader(s.World))
}

// parseSubject reads the JSON of a subject.
func parseSubject(text []byte) (*Subject, error) {
	s := &Subject{}
	return s, json.Unmarshal(text, s)
}

// A worldSystem is a world.
type worldSystem struct{ *model.Expander }

func (s worldSystem) start(reached func(model.ReachedState)) { s.Start(reached) }
func (s worldSystem) expand(state []byte, reached func(model.ReachedState)) error {
	return s.Expand(state, reached)
}
func (s worldSystem) tally() *model.Tally { return s.Tally() }
func (s worldSystem) close()              { s.Close() }

// A direct system is the model M, whose states are bytes as they stand.
type direct struct {
	system      model.DirectSystem
	transitions int
}

func (d *direct) start(reached func(model.ReachedState)) { reach(d.system.Start(nil), reached) }

func (d *direct) expand(state []byte, reached func(model.ReachedState)) error {
	for next := range slices.Chunk(d.system.Expand(state, nil), len(state)) {
		d.transitions++
		reach(next, reached)
	}
	return nil
}

func reach(state []byte, reached func(model.ReachedState)) {
	reached(model.ReachedState{Fingerprint: xxh3.Hash128(state).Bytes(), Path: state})
}

func (d *direct) tally() *model.Tally {
	t := &model.Tally{Transitions: d.transitions}
	d.transitions = 0
	return t
}

func (d *direct) close() {}
