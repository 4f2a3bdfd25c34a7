package matrix

import (
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// A guest is a kind of guest programs. All kinds use handles as they were issued.
type guest struct {
	// mayMisuse reports whether the last action of a program may use a handle that was not issued for this use, where the action
	// expects want; nil: it may not.
	mayMisuse func(h issuedHandle, want *spec.Expected) bool
	// compare says how the guest tells the variant from the reference although the outcomes are the same; nil: it cannot.
	compare func(c *lockstep, ref *transcript) string
}

// asIssued reports whether a handle is used as it was issued, where want is expected.
func asIssued(h issuedHandle, want *spec.Expected) bool { return !h.gone && want.Answers(h.element) }

// A move is an action of the program, with its operands as handles.
type move struct {
	actor    string
	action   model.Action
	operands []operand
	misuses  bool // it can be meant to use a handle that was not issued for this use
}

// An operand of an action is a number, or an index, which may be that of several handles: of live handles of several types, and of
// handles that are gone.
type operand struct {
	ordinals []int // of the handles that the index may be meant for; nil: the operand is a number
	asIssued int   // how many of the handles, the first of them, are used as they were issued
	reached  int   // the handle whose element the store reached, or the first
}

// A lockstep is the checker of a kind of guests. Beside each run of the search, it makes runs of the reference variant, in which the same
// actions are taken with the same handles, and compares the transcripts.
type lockstep struct {
	transcript
	guest      guest
	reference  *spec.Variant
	moves      []move
	begun      map[*model.Activation]*model.Action // the last action of each activation that is among the moves
	starts     int                                 // calls of the world's start that are not made yet
	ineligible bool                                // the program is none that this kind of guests would be
	ended      bool                                // the specification stopped the run; its last move cannot be taken back
	beside     *transcript                         // of the reference variant, at the last state; nil: there is none yet
}

// Begin begins the transcript.
func (c *lockstep) Begin(r *model.Run) {
	c.transcript.Begin(r)
	c.begun, c.starts = map[*model.Activation]*model.Action{}, len(r.World.Start)
}

// noticeActions adds a move for each action that has begun since.
func (c *lockstep) noticeActions() {
	for _, at := range c.run.Activations {
		if at.Pending == nil || c.begun[at] == at.Pending {
			continue
		}
		c.begun[at] = at.Pending
		if at.Kind == model.KindHost && c.starts > 0 {
			c.starts--
			continue
		}
		c.addMove(at, *at.Pending)
	}
}

// addMove adds an action, with the handles that its operands may be meant for.
func (c *lockstep) addMove(at *model.Activation, a model.Action) {
	c.ineligible = c.ineligible || len(c.moves) > 0 && c.moves[len(c.moves)-1].misuses
	m := move{actor: at.Actor, action: a}
	for i, want := range expected(c.run, at, a) {
		m.operands = append(m.operands, operand{})
		if want == nil {
			continue
		}
		o := c.operand(at, want, a.Args[i].Uint64())
		m.misuses = m.misuses || o.asIssued < len(o.ordinals)
		c.ineligible = c.ineligible || len(o.ordinals) == 0
		m.operands[i] = o
	}
	c.moves = append(c.moves, m)
}

// operand is the operand of an index, where want is expected.
func (c *lockstep) operand(at *model.Activation, want *spec.Expected, index uint64) operand {
	var fit, unfit []int
	for n, h := range c.handles {
		switch {
		case h.inst.Name != at.Actor || h.index != index:
		case asIssued(h, want):
			fit = append(fit, n)
		case c.guest.mayMisuse != nil && c.guest.mayMisuse(h, want):
			unfit = append(unfit, n)
		}
	}
	o := operand{ordinals: append(fit, unfit...), asIssued: len(fit)}
	if len(o.ordinals) > 0 {
		o.reached = o.ordinals[0]
	}
	return o
}

// Issued adds a line to the transcript.
func (c *lockstep) Issued(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	c.noticeActions()
	c.transcript.Issued(inst, key, index, e)
}

// Sought notices the action that looks an index up.
func (c *lockstep) Sought(*spec.ComponentInstance, spec.Expected, uint64) { c.noticeActions() }

// Found notes which of several handles the store reached.
func (c *lockstep) Found(inst *spec.ComponentInstance, want spec.Expected, index uint64, e spec.Element) {
	c.transcript.Found(inst, want, index, e)
	n, named := c.ordinals[e]
	if !named || len(c.moves) == 0 {
		return
	}
	last := &c.moves[len(c.moves)-1]
	for i := range last.operands {
		if slices.Contains(last.operands[i].ordinals, n) {
			last.operands[i].reached = n
		}
	}
}

// Entered adds a line to the transcript.
func (c *lockstep) Entered(r *model.Run, at *model.Activation) {
	c.noticeActions()
	c.transcript.Entered(r, at)
}

// Left notices an action that returns from core code.
func (c *lockstep) Left(*model.Run, *model.Activation) { c.noticeActions() }

// Done adds a line to the transcript.
func (c *lockstep) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	c.noticeActions()
	c.transcript.Done(r, at, results)
}

// State compares the run with the reference.
func (c *lockstep) State(*model.Run) { c.check() }

// Stopped adds a line to the transcript and compares the run with the reference. It compares no run that was stopped because it used up
// the few indices that a search lets a numbering draw from.
func (c *lockstep) Stopped(r *model.Run, err error) {
	c.noticeActions()
	c.ended = true
	c.transcript.Stopped(r, err)
	if model.SiteOf(err) != searchesRange {
		c.check()
	}
}

// searchesRange is the trap of a numbering that draws indices, when all indices that it may draw are taken. A search lets it draw from a
// few indices only, the variant itself from 2^28.
const searchesRange = "variant/no-index-left"

// check makes a run of the reference for each way in which the operands of the last action can be meant.
func (c *lockstep) check() {
	if c.ineligible || c.Message != "" {
		return
	}
	for _, meant := range c.meanings() {
		c.NonVacuous = c.NonVacuous || len(c.moves) > 0 && (c.guest.mayMisuse == nil || c.isMisuse(meant))
		c.beside = c.closestRun(meant)
		what := c.difference()
		if what != "" && c.guest.mayMisuse != nil && !c.isMisuse(meant) {
			c.ineligible = true // other kinds of guests can tell, without the misuse
		} else {
			c.Message = what
		}
		if what != "" {
			return
		}
	}
}

// difference says how the run differs from the reference; empty: it does not.
func (c *lockstep) difference() string {
	mine, others := c.differs(c.beside)
	switch {
	case mine != "":
		return fmt.Sprintf("%s: %s; %s: %s", c.variant(), mine, c.reference.Name, others)
	case c.guest.compare != nil:
		return c.guest.compare(c, c.beside)
	default:
		return ""
	}
}

// isMisuse reports whether the last action, as meant, uses a handle that was not issued for this use.
func (c *lockstep) isMisuse(meant []int) bool {
	for i, n := range meant {
		o := c.moves[len(c.moves)-1].operands[i]
		if slices.Contains(o.ordinals[o.asIssued:], n) {
			return true
		}
	}
	return false
}

func (c *lockstep) variant() string { return c.run.Store.Variant().Name }

// meanings are the ways in which the operands of the last action can be meant: for each operand, a handle, or -1 for a number.
func (c *lockstep) meanings() [][]int {
	all := [][]int{nil}
	if len(c.moves) == 0 {
		return all
	}
	for _, o := range c.moves[len(c.moves)-1].operands {
		var longer [][]int
		for _, m := range all {
			for _, n := range o.candidates() {
				longer = append(longer, append(slices.Clip(m), n))
			}
		}
		all = longer
	}
	return all
}

// candidates are the handles that an operand can be meant for, or -1 for a number.
func (o operand) candidates() []int {
	if o.ordinals == nil {
		return []int{-1}
	}
	return o.ordinals
}

// closestRun makes runs of the reference, with all choices that the specification has there, until one has the same transcript. It returns
// that transcript, or the last one.
func (c *lockstep) closestRun(meant []int) *transcript {
	var ref *transcript
	for tapes := [][]uint32{nil}; len(tapes) > 0; {
		f := &referenceRun{lockstep: c, meant: meant, Branching: model.Branching{Tape: tapes[len(tapes)-1]}}
		tapes = append(tapes[:len(tapes)-1], f.run()...)
		ref = &f.transcript
		if mine, _ := c.differs(ref); mine == "" {
			return ref
		}
	}
	return ref
}

// AppendGhost appends the index that each handle has in the reference, and the free lists of the reference's tables.
func (c *lockstep) AppendGhost(b []byte) []byte {
	if c.ended {
		return append(b, "ended\n"...)
	}
	if c.ineligible || c.beside == nil || c.Message != "" {
		return append(b, "apart\n"...)
	}
	var lines []string
	for n, h := range c.handles {
		lines = append(lines, fmt.Sprintf("%s %d is %d, %v %s\n", h.inst.Name, h.index, c.beside.handles[n].index, h.gone, spec.Describe(h.element)))
	}
	slices.Sort(lines)
	for _, l := range slices.Compact(lines) {
		b = append(b, l...)
	}
	for _, l := range c.beside.free {
		b = append(b, l...)
	}
	return b
}
