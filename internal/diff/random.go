package diff

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/internal/engine"
	"cabi/internal/upstream"
	"cabi/model"
	"cabi/spec"
)

// This file makes random runs on both versions: every second one passes values of random types, which the worlds that are explored have few
// of. A run on which the versions differ is taken on both again, whatever the specification chooses, and is a difference as any other then.

const (
	randomSeed  = 1
	runsAtOnce  = 50 // on machines of their own, so that the report does not depend on who makes them
	partsAtOnce = 4  // of so many runs, before what differs is looked at
	mostApart   = 40 // how many runs that differ are looked at
	alikeApart  = 2  // how many of those that end in the same action and differ in the same way
)

// compareRandom compares the versions on random runs.
func (c *comparison) compareRandom() error {
	if c.Runs == 0 || !c.Old.onPython() && !c.New.onPython() {
		return nil
	}
	parts, alike := (c.Runs+runsAtOnce-1)/runsAtOnce, map[string]int{}
	for first := 0; first < parts && !c.stopped && c.report.RunsApart < mostApart; first += partsAtOnce {
		n := min(partsAtOnce, parts-first)
		apart, failed := make([][]*upstream.ApartRun, n), make([]error, n)
		c.each("random runs", n, func(i int) {
			apart[i], failed[i] = upstream.Apart(c.Old.definitions(), c.New.definitions(), randomSeed, (first+i)*runsAtOnce, runsAtOnce)
		})
		if err := errors.Join(failed...); err != nil {
			c.report.addNotCompared(fmt.Sprintf("on random runs: %v", err))
			return nil
		}
		c.report.Runs += n * runsAtOnce
		for _, a := range slices.Concat(apart...) {
			if kind := a.Op + ": " + a.Kind; alike[kind] < alikeApart && c.report.RunsApart < mostApart && c.step("random runs", first, parts) {
				alike[kind]++
				c.report.RunsApart++
				if err := c.addApart(a); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// definitions is the definitions.py of a version; nil: it is the port.
func (v *Version) definitions() *engine.Source {
	if !v.onPython() {
		return nil
	}
	return v.Source.Source
}

// addApart looks at a run that differs, and keeps the differences that are not due to the choices that it made.
func (c *comparison) addApart(a *upstream.ApartRun) error {
	a, err := upstream.Smaller(c.Old.definitions(), c.New.definitions(), a)
	if err != nil {
		return err
	}
	c.addCoreTypes(differing(c.Old.otherCoreTypes(a.World), c.New.otherCoreTypes(a.World)))
	for _, d := range c.divergences(a) {
		key := keyOf(d)
		if !slices.ContainsFunc(c.random, func(known *model.Divergence) bool { return keyOf(known) == key }) {
			c.random = append(c.random, d)
			c.found("%s, in a random run after %s", kindOf(d), model.Counted(d.Actions(), "action"))
		}
	}
	return nil
}

// divergences are those that a run leads to, whatever the specification chooses.
func (c *comparison) divergences(a *upstream.ApartRun) []*model.Divergence {
	w := a.World
	takes := model.Comparison{World: w, Old: c.Old.Version, New: c.New.Version}.Diverger()
	defer takes.Close()
	if a.Memory == "" {
		return takes.Diverges(a.Actions)
	}
	i := slices.IndexFunc(w.Instances, func(i model.Instance) bool { return i.Name == a.Memory })
	load := func(from, n int) []*model.Divergence {
		l := model.Action{Op: "memory.load", Args: []spec.CoreValue{spec.CoreInt(uint64(from)), spec.CoreInt(uint64(n))}}
		return takes.Diverges(append(slices.Clip(a.Actions), l))
	}
	for _, d := range load(0, w.Instances[i].Memory) {
		if len(d.Gone) == 0 || len(d.Appeared) == 0 {
			continue
		}
		if from, n := differingBytes(firstOwn(d.Gone[0], d.New), firstOwn(d.Appeared[0], d.Old)); n > 0 {
			return load(from, n)
		}
	}
	return nil
}

// differingBytes is where what two lines say of bytes that were loaded differs first, and how many bytes there are from there to the last that
// differ.
func differingBytes(a, b string) (from, n int) {
	_, x, isBytes := strings.Cut(a, "bytes:")
	_, y, areBytes := strings.Cut(b, "bytes:")
	if !isBytes || !areBytes || len(x) != len(y) {
		return 0, 0
	}
	last := -1
	for i := 0; i+2 <= len(x); i += 2 {
		if x[i:i+2] != y[i:i+2] {
			if last < 0 {
				from = i / 2
			}
			last = i / 2
		}
	}
	return from, last - from + 1
}

// addRandom adds the differences of random runs whose kind no other run showed.
func (c *comparison) addRandom() {
	for _, d := range c.random {
		if key := keyOf(d); !slices.ContainsFunc(c.report.Differences, func(known Difference) bool { return known.key == key }) {
			c.addDifference(d)
		}
	}
}
