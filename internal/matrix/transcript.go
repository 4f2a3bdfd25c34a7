package matrix

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A transcript is a checker that writes down what guests can observe of a run without looking at indices. They know each handle by its
// ordinal, such as #0 for the first handle that was issued in the run.
type transcript struct {
	model.BaseChecker
	run      *model.Run
	ordinals map[spec.Element]int
	handles  []issuedHandle // by ordinal
	lines    []string
	issued   []int    // the handles that were issued since the last menu, by ordinal
	pending  []string // lines about the tables since the action began; if the action traps, no guest is left to observe them
	free     []string // the free lists at the end of the run
}

// An issuedHandle is an index that an instance was given, and the element that it was given for.
type issuedHandle struct {
	inst    *spec.ComponentInstance
	element spec.Element
	index   uint64
	gone    bool // the element is not in the table any more
}

// Begin begins the transcript of a run.
func (s *transcript) Begin(r *model.Run) { s.run, s.ordinals = r, map[spec.Element]int{} }

// Issued gives the handle an ordinal.
func (s *transcript) Issued(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	if spec.ClassOf(e) == spec.ClassThread {
		return
	}
	n := len(s.handles)
	s.ordinals[e] = n
	s.handles = append(s.handles, issuedHandle{inst, e, index, false})
	s.issued = append(s.issued, n)
	s.pending = append(s.pending, fmt.Sprintf("%s gets #%d, %s", inst.Name, n, spec.Describe(e)))
}

// Retired notes that the handle is gone.
func (s *transcript) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if n, named := s.ordinals[e]; named {
		s.handles[n].gone = true
		s.pending = append(s.pending, fmt.Sprintf("#%d is gone", n))
	}
}

// Found notes that the handle is used.
func (s *transcript) Found(_ *spec.ComponentInstance, _ spec.Expected, _ uint64, e spec.Element) {
	if n, named := s.ordinals[e]; named {
		s.pending = append(s.pending, fmt.Sprintf("#%d is used", n))
	}
}

// commit writes the lines about the tables: the action did not trap.
func (s *transcript) commit() {
	s.lines = append(s.lines, s.pending...)
	s.pending = nil
}

// Delivered writes down an event.
func (s *transcript) Delivered(inst *spec.ComponentInstance, code spec.EventCode, _ uint64, e spec.Element) {
	s.say("%s hears %s of #%d", inst.Name, code, s.ordinals[e])
}

// Entered writes down that core code is called.
func (s *transcript) Entered(_ *model.Run, at *model.Activation) {
	s.commit()
	s.say("%s is entered with %s", at.Name, s.values(at, at.Args))
}

// packs are the built-ins that return two indices in one number.
var packs = map[string]bool{"stream.new": true, "future.new": true}

// Done writes down the outcome of an action.
func (s *transcript) Done(_ *model.Run, at *model.Activation, results []spec.CoreValue) {
	s.commit()
	if packs[at.Pending.Op] {
		results = nil
	}
	s.say("%s is done: %s", at.Pending.Op, s.values(at, results))
}

// Settled ends an action.
func (s *transcript) Settled(*model.Run) {
	s.commit()
	s.issued = nil
}

// Stopped writes down how the run was stopped.
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

// values writes numbers; a number that is an index that was just issued, as the ordinal.
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

// differs returns the first lines in which two transcripts differ; empty: they do not.
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
