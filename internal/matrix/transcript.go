package matrix

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A scribe writes down what guests can tell of a run if they know elements by names, the order in which they were handed
// out, and never look at an index.
type transcript struct {
	model.BaseChecker
	run   *model.Run
	names map[spec.Element]int
	handles  []handle // by name
	lines  []string
	issued []int    // the names handed out by the action that goes on
	pending  []string // what the action that goes on did in the tables, which is nothing to anyone if it traps
	free  []string // the free lists at the end of the run
}

// A holding is what a name stands for: an index of an instance, and the element that it was issued for.
type handle struct {
	inst    *spec.ComponentInstance
	element spec.Element
	index   uint64
	gone    bool
}

func (s *transcript) Begin(r *model.Run) { s.run, s.names = r, map[spec.Element]int{} }

func (s *transcript) Issued(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	if spec.ClassOf(e) == spec.ClassThread {
		return
	}
	n := len(s.handles)
	s.names[e] = n
	s.handles = append(s.handles, handle{inst, e, index, false})
	s.issued = append(s.issued, n)
	s.pending = append(s.pending, fmt.Sprintf("%s gets #%d, %s", inst.Name, n, spec.Describe(e)))
}

func (s *transcript) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if n, named := s.names[e]; named {
		s.handles[n].gone = true
		s.pending = append(s.pending, fmt.Sprintf("#%d is gone", n))
	}
}

func (s *transcript) Found(_ *spec.ComponentInstance, _ spec.Expected, _ uint64, e spec.Element) {
	if n, named := s.names[e]; named {
		s.pending = append(s.pending, fmt.Sprintf("#%d is used", n))
	}
}

// went writes down what was done in the tables, now that the run goes on.
func (s *transcript) commit() {
	s.lines = append(s.lines, s.pending...)
	s.pending = nil
}

func (s *transcript) Delivered(inst *spec.ComponentInstance, code spec.EventCode, _ uint64, e spec.Element) {
	s.say("%s hears %s of #%d", inst.Name, code, s.names[e])
}

func (s *transcript) Entered(_ *model.Run, at *model.Activation) {
	s.commit()
	s.say("%s is entered with %s", at.Name, s.values(at, at.Args))
}

// packs are the built-ins that return two indices in one number.
var packs = map[string]bool{"stream.new": true, "future.new": true}

func (s *transcript) Done(_ *model.Run, at *model.Activation, results []spec.CoreValue) {
	s.commit()
	if packs[at.Pending.Op] {
		results = nil
	}
	s.say("%s is done: %s", at.Pending.Op, s.values(at, results))
}

func (s *transcript) Settled(*model.Run) {
	s.commit()
	s.issued = nil
}

func (s *transcript) Stopped(_ *model.Run, err error) { s.say("%s", stopName(err)) }

// stopName says how the specification stopped a run. A guest cannot tell one trap from another.
func stopName(err error) string {
	var trap *spec.Trap
	var failure *spec.AssertionFailure
	switch {
	case errors.As(err, &trap):
		return "a trap"
	case errors.As(err, &failure):
		return "an assert fails"
	default:
		return "a crash"
	}
}

func (s *transcript) say(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// values writes numbers, those that are indices just handed out as names.
func (s *transcript) values(at *model.Activation, vs []spec.CoreValue) string {
	words := make([]string, len(vs))
	for i, v := range vs {
		words[i] = v.String()
		for _, n := range s.issued {
			if h := s.handles[n]; h.inst.Name == at.Actor && !v.IsFloat() && h.index == v.Uint64() {
				words[i] = fmt.Sprintf("#%d", n)
			}
		}
	}
	return "(" + strings.Join(words, " ") + ")"
}

// differs says where two scribes' accounts part, if they do: what each says next.
func (s *transcript) differs(other *transcript) (mine, others string) {
	if slices.Equal(s.lines, other.lines) {
		return "", ""
	}
	i := 0
	for i < len(s.lines) && i < len(other.lines) && s.lines[i] == other.lines[i] {
		i++
	}
	return line(s.lines, i), line(other.lines, i)
}

func line(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing more"
}
