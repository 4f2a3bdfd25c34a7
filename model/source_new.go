package model

import (
	"fmt"
	"reflect"

	"cabi/internal/engine"
	"cabi/internal/mirror"
	"cabi/internal/nearest"
	"cabi/internal/python"
	"cabi/internal/snapshot"
	"cabi/spec"
)

// This file makes the part of a run that is Python: the machine, the world in it, and which of its objects are which of the run's.

// hostClasses are the classes of engine.py that the host's buffers, streams and futures are of.
var hostClasses = map[string]spec.MirrorType{
	"HostReadable": {Type: typeFor[hostReadable](), Fields: map[string]string{"run": ""}, Without: []string{"run"}},
	"HostWritable": {Type: typeFor[hostWritable](), Fields: map[string]string{"run": ""}, Without: []string{"run"}},
	"HostStream":   {Type: typeFor[hostStream](), Fields: map[string]string{"run": ""}, Without: []string{"run"}, Static: true},
	"HostFuture":   {Type: typeFor[hostFuture](), Fields: map[string]string{"run": ""}, Without: []string{"run"}, Static: true},
}

// onSource has a new run be made on Python, with sites that are switched off. The error says that the definitions.py cannot be run.
func (r *Run) onSource(source *Source, options spec.Options) error {
	source, err := source.edited(r.World, options.Without)
	if err != nil {
		return err
	}
	shared := &sourceShared{flat: map[string][]spec.CoreType{}}
	r.source = &sourceRun{sourceShared: shared}
	if shared.machine, err = source.NewMachine(r.natives()); err != nil {
		return err
	}
	plans := mirror.NewPlans(engine.File)
	plans.Classes, plans.Strict = hostClasses, !source.CoversAll()
	plans.Hashes = source.Hashes()
	shared.mirror = &mirror.Mirror{Plans: plans, Machine: shared.machine.Machine, Store: r.Store}
	r.observe()
	if r.source.run, err = shared.machine.Begin(r.World, options.Deterministic); err != nil {
		return err
	}
	shared.gone = shared.machine.Gone()
	shared.ops, shared.hostOps = shared.operations("OPS"), shared.operations("HOST_OPS")
	r.pairWorld()
	if !source.CoversAll() { // see stateWriter.machine
		if err := shared.machine.Freeze(r.source.run); err != nil {
			return err
		}
	} else {
		shared.held = shared.machine.Held(shared.machine.Definitions)
	}
	main, err := shared.machine.Attr(r.source.run, "main")
	if err != nil {
		return err
	}
	if r.source.main, err = shared.machine.Start(main); err != nil {
		return err
	}
	r.guarded(r.sync)
	return r.source.failed
}

// Fits returns an error unless a world, with sites that are switched off, can be run on the source.
func (s *Source) Fits(w *World, off []spec.Site) error {
	sites := map[spec.Site]bool{}
	for _, site := range off {
		sites[site] = true
	}
	_, err := s.edited(w, sites)
	if err == nil && len(w.Builtins) > 0 {
		err = s.fitBuiltins(w)
	}
	return err
}

// fitBuiltins returns an error unless the source has the functions of the built-ins that a world declares.
func (s *Source) fitBuiltins(w *World) error {
	m, err := s.NewMachine(nil)
	if err != nil {
		return err
	}
	for _, b := range w.Builtins {
		v, _ := m.Definitions.Get(b.Function)
		f, is := v.(*python.Function)
		switch {
		case !is:
			return fmt.Errorf("%s: %s has no function %s%s", b.Name, s.Name, b.Function, nearest.Hint(b.Function, m.Functions()))
		case python.Arity(f) != len(b.Params):
			return fmt.Errorf("%s: %s takes %s in %s, and world %s declares %d: %s", b.Name, b.Function, Counted(python.Arity(f), "argument"), s.Name,
				w.Name, len(b.Params), b.String())
		}
	}
	return nil
}

// edited is the source with what a world lowers and a file cannot have from outside, and with sites that are switched off.
func (s *Source) edited(w *World, off map[spec.Site]bool) (*Source, error) {
	edited, err := s.Source.Without(sortedKeys(off))
	if err == nil && w.Limits.Backpressure > 0 {
		edited, err = edited.WithBackpressure(w.Limits.Backpressure)
	}
	return &Source{edited}, err
}

// keepOrigin has the run be made a new one by putting back what it is now. Objects of fixed types never change.
func (r *Run) keepOrigin(fixed []reflect.Type) {
	actor := r.actor
	r.actor = nil // an actor belongs to the search
	r.source.origin = snapshot.New(snapshot.Types{Fixed: append(fixed, sourceFixed()...)})
	r.source.origin.Add(r)
	r.source.originMark = r.source.machine.Mark()
	r.actor = actor
}

// operations are functions of engine.py by the names of actions.
func (s *sourceShared) operations(table string) map[string]python.Value {
	v, _ := s.machine.Module.Get(table)
	d := v.(*python.Dict)
	ops := map[string]python.Value{}
	for i, k := range d.Keys() {
		ops[k.(string)] = d.Values()[i]
	}
	return ops
}

// pairWorld says which objects of Python are which of the run's.
func (r *Run) pairWorld() {
	s := r.source
	pair := func(v python.Value, value any) {
		x := v.(*python.Instance)
		s.mirror.Pair(x, value)
		s.mirror.Roots = append(s.mirror.Roots, x)
	}
	pair(attribute(s.run, "store"), r.Store)
	eachEntry(attribute(s.run, "instances"), func(name string, v python.Value) {
		in, g := r.instances[name], v.(*python.Instance)
		pair(attribute(g, "inst"), in.spec)
		if in.memory != nil {
			pair(attribute(g, "memory"), in.memory)
		}
	})
	eachEntry(attribute(s.run, "resources"), func(name string, v python.Value) { s.mirror.Pair(v.(*python.Instance), r.resources[name]) })
	eachEntry(attribute(s.run, "funcs"), func(name string, v python.Value) {
		s.mirror.Pair(v.(*python.Tuple).Items()[1].(*python.Instance), r.funcs[name].ft)
	})
	s.mirror.Sync()
}

// attribute is a field of an object of engine.py.
func attribute(x *python.Instance, name string) python.Value {
	v, _ := x.Get(name)
	return v
}

// eachEntry calls f with each entry of a dict.
func eachEntry(dict python.Value, f func(name string, v python.Value)) {
	d := dict.(*python.Dict)
	for i, k := range d.Keys() {
		f(k.(string), d.Values()[i])
	}
}

// reuseOnSource makes a closed run a new one, as reuse does.
func (r *Run) reuseOnSource(actor Actor, choices spec.Choices) {
	observers := r.observers
	r.source.machine.Rollback(r.source.originMark)
	r.source.origin.Restore()
	r.actor, r.observers = actor, observers
	r.Store.MirrorChoices(choices)
	r.guarded(r.sync)
	for _, c := range r.checkers {
		c.Begin(r)
	}
}
