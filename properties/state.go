package properties

import (
	"iter"
	"slices"
	"sort"

	"cabi/model"
	"cabi/spec"
)

// stateProperty completes p as a property of each instance in each state. Check says what is wrong, and sets met if what p
// speaks of is there.
func stateProperty(p *model.Property, check func(inst *spec.ComponentInstance, exercised *bool) string) *model.Property {
	p.New = func() model.Checker { return &stateChecker{model.BaseChecker{Name: p.Name}, check} }
	return p
}

type stateChecker struct {
	model.BaseChecker
	check func(inst *spec.ComponentInstance, exercised *bool) string
}

func (c *stateChecker) State(r *model.Run) {
	for _, inst := range r.Store.Instances() {
		if c.Message == "" {
			c.Message = c.check(inst, &c.NonVacuous)
		}
	}
}

// inOrder yields the entries of m by instance and table name.
func inOrder(m map[table]uint64) iter.Seq2[table, uint64] {
	tables := make([]table, 0, len(m))
	for t := range m {
		tables = append(tables, t)
	}
	sort.Slice(tables, func(i, j int) bool {
		a, b := tables[i], tables[j]
		return a.name() < b.name() || a.inst == b.inst && a.key.String() < b.key.String()
	})
	return func(yield func(table, uint64) bool) {
		for _, t := range tables {
			if !yield(t, m[t]) {
				return
			}
		}
	}
}

// runProperty completes p as a property of each state of a run: check says what is wrong with it, and of what kind that is,
// and sets met if what p speaks of is there.
func runProperty(p *model.Property, check func(r *model.Run, exercised *bool) (message, kind string)) *model.Property {
	p.New = func() model.Checker { return &runChecker{model.BaseChecker{Name: p.Name}, check} }
	return p
}

type runChecker struct {
	model.BaseChecker
	check func(r *model.Run, exercised *bool) (message, kind string)
}

func (c *runChecker) State(r *model.Run) { c.Message, c.ViolationKind = c.check(r, &c.NonVacuous) }

// quiescentProperty completes p as a property of each state in which nothing goes on unless the host does something.
func quiescentProperty(p *model.Property, check func(r *model.Run, exercised *bool) (message, kind string)) *model.Property {
	return runProperty(p, func(r *model.Run, exercised *bool) (message, kind string) {
		if quiescent(r) {
			return check(r, exercised)
		}
		return "", ""
	})
}

// A suspecter suspects what it sees in the middle of an action: it may be about to trap. If the run goes on, that is, core
// code is called, or told a result, or at a menu, the suspicion stands.
type suspecter struct {
	model.BaseChecker
	suspected string
}

func (c *suspecter) suspect(message string) {
	if c.suspected == "" {
		c.suspected = message
	}
}

func (c *suspecter) confirm() {
	if c.Message == "" {
		c.Message = c.suspected
	}
}

func (c *suspecter) Entered(*model.Run, *model.Activation)                { c.confirm() }
func (c *suspecter) Done(*model.Run, *model.Activation, []spec.CoreValue) { c.confirm() }
func (c *suspecter) Settled(*model.Run)                                   { c.confirm() }
func (c *suspecter) Stopped(*model.Run, error)                            { c.suspected = "" }

// atHost reports whether control is with the host, and no core code that it called has still to return.
func atHost(r *model.Run) bool { return r.Store.Running() == nil }

// quiescent reports whether control is with the host and no thread is ready.
func quiescent(r *model.Run) bool { return atHost(r) && !r.Store.SomeReady() }

// amid reports whether something that a run counts as one is half done: guest code runs while values are lowered, or the
// host while one of its own streams or futures is used.
func halfDone(r *model.Run) bool {
	for _, at := range r.Activations {
		if at.Kind == model.KindRealloc || at.Kind == model.KindHostShared {
			return true
		}
	}
	return false
}

// blockedIn is what a thread is blocked in: a built-in that its core code called last, or what the specification does
// before and between its calls of core code.
func blockedIn(r *model.Run, t *spec.Thread) string {
	for _, at := range slices.Backward(r.Activations) {
		if at.Thread() == t && at.Pending != nil {
			return at.Pending.Op
		}
	}
	switch t.WaitsFor().Kind {
	case spec.WaitsToEnter:
		return "entry"
	case spec.WaitsForLock:
		return "callback yield"
	case spec.WaitsForSet:
		return "callback wait"
	default:
		return "thread.new-indirect"
	}
}

// threadName says for people which thread is meant.
func threadName(t *spec.Thread) string {
	if t == t.Task().Implicit() || t.Task().Implicit() == nil {
		return "the implicit thread of " + t.Task().Func()
	}
	return "a thread of " + t.Task().Func()
}

// lockedOut reports whether the exclusive lock of t's instance is held by another thread, one that can still run.
func lockedOut(t *spec.Thread) bool {
	holder := t.Instance().Exclusive()
	return holder != nil && holder != t && holder.Suspended()
}
