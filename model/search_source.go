package model

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"cabi/internal/mirror"
	"cabi/internal/python"
	"cabi/spec"
)

// This file finds the properties that a search on a definitions.py cannot check, because what they look at is not there, or is
// something else than the port has. They are reported as not checked, and never as holding.

// A changedSet is the fields of definitions.py that are gone, or that hold what the port has nothing for.
type changedSet struct {
	mutex  sync.Mutex
	reason map[string]string // by "Thread.storage"
}

func (c *changedSet) add(field, reason string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if _, known := c.reason[field]; !known {
		c.reason[field] = reason
	}
}

func (c *changedSet) size() int {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return len(c.reason)
}

// whyNot says why a property cannot be checked; "": it can.
func (c *changedSet) whyNot(p *Property) string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	needs := append(slices.Clone(p.Needs), eventNeeds(p.New())...)
	for _, field := range sortedKeys(c.reason) {
		if slices.Contains(needs, field) || slices.Contains(needs, NeedsAll) {
			return c.reason[field]
		}
	}
	return ""
}

// NeedsAll, among what a property needs, says that it may look at everything.
const NeedsAll = "*"

// eventNeeds are the functions of definitions.py whose calls a checker is told of.
func eventNeeds(c Checker) (needs []string) {
	_, issued := c.(issuedObserver)
	_, retired := c.(retiredObserver)
	_, found := c.(foundObserver)
	_, sought := c.(soughtObserver)
	_, delivered := c.(deliveredObserver)
	if issued {
		needs = append(needs, "Table.add")
	}
	if retired {
		needs = append(needs, "Table.remove")
	}
	if found || sought {
		needs = append(needs, "Table.get", "Table.remove")
	}
	if delivered {
		needs = append(needs, "WaitableSet.get_pending_event")
	}
	return needs
}

// missing notes the fields and functions that a machine's definitions.py does not have.
func (r *Run) missing(changed *changedSet) {
	s := r.source
	for _, name := range sortedKeys(spec.MirrorClasses) {
		fields := spec.MirrorClasses[name].Has
		if len(fields) == 0 {
			continue
		}
		v, _ := s.machine.Definitions.Get(name)
		class, ok := v.(*python.Class)
		for _, field := range fields {
			if !ok || !slices.Contains(class.SlotNames(), field) {
				changed.add(name+"."+field, fmt.Sprintf("%s.%s is gone", name, field))
			}
		}
	}
	for _, function := range []string{"Table.add", "Table.get", "Table.remove", "WaitableSet.get_pending_event"} {
		if !s.machine.Has(function) {
			changed.add(function, function+" is gone")
		}
	}
}

// essential are the functions without which nothing can be followed.
var essential = []string{"resume", "cont_new", "Thread.__init__"}

// missingEssential says which of them a definitions.py lacks; "": none.
func (r *Run) missingEssential() string {
	var gone []string
	for _, function := range essential {
		if !r.source.machine.Has(function) {
			gone = append(gone, function)
		}
	}
	return strings.Join(gone, ", ")
}

// noteUnknown notes each field that holds what the port has nothing for.
func noteUnknown(m *mirror.Mirror, changed *changedSet) {
	m.OnUnknown = func(class, field string) {
		changed.add(class+"."+field, fmt.Sprintf("%s.%s is not what it was", class, field))
	}
}

// scoutStates is how many states are looked at before a search on a definitions.py, to see which properties can be checked.
const scoutStates = 2000

// onSource makes a search on a definitions.py. It is made again without the properties that turn out not to be checkable.
func (s Search) onSource() *Report {
	s.changed = &changedSet{reason: map[string]string{}}
	all := s.Properties
	if err := s.trySource(); err != nil {
		return &Report{Err: err, Stopped: true}
	}
	scout := Search{World: s.World, Variant: s.Variant, Source: s.Source, Bounds: s.Bounds, MaxStates: scoutStates, KeepGoing: true, Full: s.Full,
		Deterministic: s.Deterministic, Progress: s.Progress, changed: s.changed}
	scout.runOnce()
	for {
		known, not := s.changed.size(), map[string]string{}
		s.Properties = slices.DeleteFunc(slices.Clone(all), func(p *Property) bool {
			why := s.changed.whyNot(p)
			if why != "" {
				not[p.Name] = why
			}
			return why != ""
		})
		report := s.runOnce()
		if s.changed.size() == known || report.Err != nil {
			report.NotChecked = not
			return report
		}
	}
}
