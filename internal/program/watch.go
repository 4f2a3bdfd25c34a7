package program

import (
	"fmt"
	"strings"

	"cabi/component"
	"cabi/spec"
)

// An Origin says where a handle was made.
type Origin struct {
	Call int    // -1: during instantiation
	Step int    // how many built-ins core code had called
	By   string // the built-in, or that it was an argument
}

// text says where, for people.
func (o Origin) text(p *Program) string {
	at := "instantiation"
	if o.Call >= 0 {
		at = fmt.Sprintf("call %d, %s", o.Call+1, p.Calls[o.Call%len(p.Calls)])
	}
	return fmt.Sprintf("%s, step %d, by %s", at, o.Step, o.By)
}

// A Left is a handle that is live at the end of a run, or a thread that waits then.
type Left struct {
	Instance string
	What     string // "own handle of file"
	Origin
}

// key tells kinds of what is left apart: where in the calls of a round it was made.
func (l Left) key(p *Program) string {
	return fmt.Sprint(l.Instance, "\n", l.What, "\n", l.By, "\n", l.Call%max(len(p.Calls), 1))
}

// A watch knows where each handle was made, which indices were freed, and what was last found under which.
type watch struct {
	run     *component.Run
	call    int
	began   int // the steps at the beginning of the call
	made    map[spec.Element]Origin
	retired map[place]retired
	found   map[int][]found // by step, in order; nil: it is not kept
	at, nth int             // the step that something was last found in, and how many were found in it
	sought  place           // the last
}

type place struct {
	inst  *spec.ComponentInstance
	index uint64
}

type retired struct {
	what       string
	made, gone Origin
}

// A found is an element that an index named.
type found struct {
	index uint64
	what  string
	made  Origin
}

func newWatch(keepFound bool) *watch {
	w := &watch{call: -1, made: map[spec.Element]Origin{}, retired: map[place]retired{}}
	if keepFound {
		w.found = map[int][]found{}
	}
	return w
}

// here is where the run is.
func (w *watch) here() Origin {
	o := Origin{Call: w.call, Step: w.run.Calls(), By: "its arguments"}
	if last := w.run.LastCall(); last != nil && o.Step > w.began {
		o.By = last.String()
	}
	return o
}

// Issued notes where a handle is made.
func (w *watch) Issued(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	w.made[e] = w.here()
	delete(w.retired, place{inst, index})
}

// Retired notes where a handle goes.
func (w *watch) Retired(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	w.retired[place{inst, index}] = retired{spec.Describe(e), w.made[e], w.here()}
	delete(w.made, e)
}

// Sought notes which index is looked up.
func (w *watch) Sought(inst *spec.ComponentInstance, _ spec.Expected, index uint64) {
	w.sought = place{inst, index}
}

// Found notes what an index names.
func (w *watch) Found(_ *spec.ComponentInstance, _ spec.Expected, index uint64, e spec.Element) {
	if step := w.run.Calls(); step != w.at {
		w.at, w.nth = step, 0
	}
	w.nth++
	if w.found != nil {
		w.found[w.at] = append(w.found[w.at], found{index, spec.Describe(e), w.made[e]})
	}
}

// Delivered is not looked at.
func (w *watch) Delivered(*spec.ComponentInstance, spec.EventCode, uint64, spec.Element) {}

// left is what is left at the end.
func (w *watch) left() []Left {
	all := w.handles()
	for _, t := range w.run.Store().AllThreads() {
		all = append(all, Left{t.Instance().Name, fmt.Sprintf("thread that waits for %s", t.WaitsFor().Kind), w.made[t]})
	}
	return all
}

// handles are the handles that are live.
func (w *watch) handles() (all []Left) {
	for _, inst := range w.run.Store().Instances() {
		for slot := range inst.LiveHandles() {
			if slot.Owner == inst && spec.ClassOf(slot.Element) != spec.ClassThread {
				all = append(all, Left{inst.Name, spec.Describe(slot.Element), w.made[slot.Element]})
			}
		}
	}
	return all
}

// borrows are the borrow handles that are live.
func (w *watch) borrows() (all []Left) {
	for _, l := range w.handles() {
		if strings.HasPrefix(l.What, "borrow handle") {
			all = append(all, l)
		}
	}
	return all
}

// A stale is a use of a handle that was dropped or given away before.
type stale struct {
	index uint64
	nth   int // how many indices were found in the step before
	retired
}

// stale is the handle that an index named before, where a trap says that it names nothing; nil: the trap says something else.
func (w *watch) stale(trap *spec.Trap) *stale {
	if trap == nil || !trap.OnIndex || trap.Found != nil {
		return nil
	}
	if r, ok := w.retired[w.sought]; ok {
		s := &stale{index: w.sought.index, retired: r}
		if w.at == w.run.Calls() {
			s.nth = w.nth
		}
		return s
	}
	return nil
}
