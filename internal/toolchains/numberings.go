package toolchains

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cabi/component"
	"cabi/internal/program"
	"cabi/spec"
)

// A Dependence is how much of what a component does changes with the numbering of handles.
type Dependence struct {
	Component string         `json:"component"`
	Sessions  int            `json:"sessions"`
	Differ    map[string]int `json:"differ"`             // by variant: how many sessions give something else than under the pin's
	Shortest  []Example      `json:"shortest,omitempty"` // for each variant under which some do
	Right     *Rightness     `json:"right,omitempty"`    // nil: it is not known what the source says
}

// Rightness is in how many sessions a component does what its source says.
type Rightness struct {
	Sessions  int            `json:"sessions"`
	Pin       int            `json:"pin"`        // right under the pin's numbering
	Right     map[string]int `json:"right"`      // by variant
	OnlyPin   map[string]int `json:"only_pin"`   // right under the pin's numbering and wrong under the variant
	OnlyOther map[string]int `json:"only_other"` // the other way round
}

// An Example is the shortest calls found that give something else under a variant than under the pin's numbering.
type Example struct {
	Variant string   `json:"variant"`
	Pin     []Answer `json:"pin"`
	Other   []Answer `json:"other"`
}

// Others are the variants that are compared with the pin's numbering.
func Others() (all []*spec.Variant) {
	for _, v := range spec.Variants {
		if v != spec.SingleTable {
			all = append(all, v)
		}
	}
	return all
}

// Depends holds the recorded sessions under every numbering.
func (r *Runner) Depends(c *component.Component, recording *Recording) (*Dependence, error) {
	d := &Dependence{Component: recording.Component, Sessions: len(recording.Sessions), Differ: map[string]int{}}
	for _, v := range Others() {
		differ, example := 0, []program.Call(nil)
		for _, s := range recording.Sessions {
			calls, err := s.Parsed()
			if err != nil {
				return nil, err
			}
			if at, difference := Same(s, r.Hold(c, calls, v)); difference != nil {
				differ++
				if upTo := min(at+1, len(calls)); example == nil || upTo < len(example) {
					example = calls[:upTo]
				}
			}
		}
		if differ > 0 {
			d.Differ[v.Name] = differ
			d.Shortest = append(d.Shortest, r.shorten(c, example, v))
		}
	}
	return d, nil
}

// Says are what the source of a program says that sessions give. Both JavaScript toolchains take indices of handles for what the handles
// stand for; StarlingMonkey's only where it forgets an object, and so does no harm where no object has the number of an index: with ranges
// of indices far from 0.
func (r *Runner) Says(starlingmonkey *component.Component, recordings ...*Recording) ([]Held, error) {
	var said []Held
	for i, s := range recordings[0].Sessions {
		for _, other := range recordings[1:] {
			if len(other.Sessions[i].Calls) > len(s.Calls) {
				s = other.Sessions[i]
			}
		}
		calls, err := s.Parsed()
		if err != nil {
			return nil, err
		}
		held := r.Hold(starlingmonkey, calls, spec.VariantByName("per-type-disjoint"))
		held.Name = s.Name
		said = append(said, held)
	}
	return said, nil
}

// Rightness compares a component with what its source says, under every numbering.
func (r *Runner) Rightness(c *component.Component, said []Held) (*Rightness, error) {
	right := &Rightness{len(said), 0, map[string]int{}, map[string]int{}, map[string]int{}}
	for _, s := range said {
		calls, err := s.Parsed()
		if err != nil {
			return nil, err
		}
		is := func(v *spec.Variant) bool {
			_, difference := Same(s, r.Hold(c, calls, v))
			return difference == nil
		}
		pin := is(spec.SingleTable)
		right.Pin += number(pin)
		for _, v := range Others() {
			other := is(v)
			right.Right[v.Name] += number(other)
			right.OnlyPin[v.Name] += number(pin && !other)
			right.OnlyOther[v.Name] += number(other && !pin)
		}
	}
	return right, nil
}

func number(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// shorten leaves out calls as long as what is left still gives something else than under the pin's numbering.
func (r *Runner) shorten(c *component.Component, calls []program.Call, v *spec.Variant) Example {
	pin, other, _ := r.compare(c, calls, v)
	for i := 0; i < len(calls); {
		shorter := without(calls, pin.Calls, i)
		p, o, differ := r.compare(c, shorter, v)
		if !differ {
			i++
			continue
		}
		calls, pin, other = shorter[:min(len(shorter), max(len(p.Calls), len(o.Calls)))], p, o
		i = 0
	}
	return Example{v.Name, pin.Calls, other.Calls}
}

func (r *Runner) compare(c *component.Component, calls []program.Call, v *spec.Variant) (pin, other Held, differ bool) {
	if len(calls) == 0 {
		return pin, other, false
	}
	pin, other = r.Hold(c, calls, spec.SingleTable), r.Hold(c, calls, v)
	_, difference := Same(pin, other)
	return pin, other, difference != nil && pin.valid() && other.valid()
}

// valid reports whether every call could be made.
func (h Held) valid() bool {
	return len(h.Calls) == 0 || !strings.HasPrefix(h.Calls[len(h.Calls)-1].Trap, program.Refused)
}

var handle = regexp.MustCompile(`#[0-9]+`)

// without are the calls but for the one at i, and but for those that take a handle that is then missing. Handles keep no gaps in their
// numbers. answers are what the calls gave; calls after these give no handles.
func without(calls []program.Call, answers []Answer, i int) (left []program.Call) {
	missing, names, seen, next := map[string]bool{}, map[string]string{}, 0, 0
	for at, c := range calls {
		takes := handle.FindAllString(c.Drop+" "+c.Args, -1)
		out := at == i
		for _, h := range takes {
			out = out || missing[h]
		}
		if !out {
			rename := func(h string) string { return names[h] }
			left = append(left, program.Call{Export: c.Export, Args: handle.ReplaceAllStringFunc(c.Args, rename), Drop: handle.ReplaceAllStringFunc(c.Drop, rename)})
		}
		if at >= len(answers) {
			continue
		}
		for range handle.FindAllString(answers[at].Result, -1) {
			seen++
			h := "#" + strconv.Itoa(seen)
			if missing[h] = out; !out {
				next++
				names[h] = fmt.Sprint("#", next)
			}
		}
	}
	return left
}
