package matrix

import (
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// A guest is a kind of guest program: which names its actions may use.
type guest struct {
	// may reports whether an action may use a name where want is wanted; the names that it may not use as they were meant to
	// be are for the last action alone.
	may func(h handle, want *spec.Expected) bool
	// compare says what tells the variant from the reference, beside what is said; nil: nothing does.
	compare func(c *lockstep, ref *transcript) string
}

func proper(h handle, want *spec.Expected) bool { return !h.gone && want.Answers(h.element) }

// A move is an action, its operands as names.
type move struct {
	actor    string
	action   model.Action
	operands []operand
	improper bool // it uses a name that it should not
}

// An operand is a number, or any of some names.
type operand struct {
	names  []int // nil: the number
	proper int   // how many of them, the first, are used as they were meant to be
	took   int   // the name whose element was reached, or the first
}

// lockstep makes the runs of a reference variant beside those of a search, taking the same actions on the same names.
type lockstep struct {
	transcript
	guest     guest
	variantOfReference *spec.Variant
	moves     []move
	begun     map[*model.Activation]*model.Action
	starts    int  // actions of the start still to come
	ineligible     bool // the program is none of the guest's
	ended     bool // the specification stopped the run: what it did last is among the moves, and cannot be taken back
	reference       *transcript
}

func (c *lockstep) Begin(r *model.Run) {
	c.transcript.Begin(r)
	c.begun, c.starts = map[*model.Activation]*model.Action{}, len(r.World.Start)
}

// notice looks for an action that has begun.
func (c *lockstep) notice() {
	for _, at := range c.run.Activations {
		if at.Pending == nil || c.begun[at] == at.Pending {
			continue
		}
		c.begun[at] = at.Pending
		if at.Kind == model.KindHost && c.starts > 0 {
			c.starts--
			continue
		}
		c.begin(at, *at.Pending)
	}
}

// begin notes an action and what its operands may stand for.
func (c *lockstep) begin(at *model.Activation, a model.Action) {
	c.ineligible = c.ineligible || len(c.moves) > 0 && c.moves[len(c.moves)-1].improper
	m := move{actor: at.Actor, action: a}
	for i, want := range wants(c.run, at, a) {
		m.operands = append(m.operands, operand{})
		if want == nil {
			continue
		}
		o := c.operand(at, want, a.Args[i].Uint64())
		m.improper = m.improper || o.proper < len(o.names)
		c.ineligible = c.ineligible || len(o.names) == 0
		m.operands[i] = o
	}
	c.moves = append(c.moves, m)
}

// operand is what an index may stand for.
func (c *lockstep) operand(at *model.Activation, want *spec.Expected, index uint64) operand {
	var fit, unfit []int
	for n, h := range c.handles {
		switch {
		case h.inst.Name != at.Actor || h.index != index:
		case proper(h, want):
			fit = append(fit, n)
		case c.guest.may != nil && c.guest.may(h, want):
			unfit = append(unfit, n)
		}
	}
	o := operand{names: append(fit, unfit...), proper: len(fit)}
	if len(o.names) > 0 {
		o.took = o.names[0]
	}
	return o
}

func (c *lockstep) Issued(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	c.notice()
	c.transcript.Issued(inst, key, index, e)
}

func (c *lockstep) Sought(*spec.ComponentInstance, spec.Expected, uint64) { c.notice() }

// Found notes which of several names was meant by the store.
func (c *lockstep) Found(inst *spec.ComponentInstance, want spec.Expected, index uint64, e spec.Element) {
	c.transcript.Found(inst, want, index, e)
	n, named := c.names[e]
	if !named || len(c.moves) == 0 {
		return
	}
	last := &c.moves[len(c.moves)-1]
	for i := range last.operands {
		if slices.Contains(last.operands[i].names, n) {
			last.operands[i].took = n
		}
	}
}

func (c *lockstep) Entered(r *model.Run, at *model.Activation) {
	c.notice()
	c.transcript.Entered(r, at)
}

func (c *lockstep) Left(*model.Run, *model.Activation) { c.notice() }

func (c *lockstep) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	c.notice()
	c.transcript.Done(r, at, results)
}

func (c *lockstep) State(*model.Run) { c.check() }

func (c *lockstep) Stopped(r *model.Run, err error) {
	c.notice()
	c.ended = true
	c.transcript.Stopped(r, err)
	if model.SiteOf(err) != searchesRange {
		c.check()
	}
}

// searchesRange is the trap of a numbering that draws when all the indices are taken that a search lets it draw from: a few,
// where the variant has 2^28.
const searchesRange = "variant/no-index-left"

// check makes the run of the reference for each way in which the last action's operands can be meant.
func (c *lockstep) check() {
	if c.ineligible || c.Message != "" {
		return
	}
	for _, meant := range c.meanings() {
		c.NonVacuous = c.NonVacuous || len(c.moves) > 0 && (c.guest.may == nil || c.improper(meant))
		c.reference = c.agreeing(meant)
		what := c.parts()
		if what != "" && c.guest.may != nil && !c.improper(meant) {
			c.ineligible = true // other guests can tell, without what this one does
		} else {
			c.Message = what
		}
		if what != "" {
			return
		}
	}
}

// parts says how the two runs part, if they do.
func (c *lockstep) parts() string {
	mine, others := c.differs(c.reference)
	switch {
	case mine != "":
		return fmt.Sprintf("%s: %s; %s: %s", c.variant(), mine, c.variantOfReference.Name, others)
	case c.guest.compare != nil:
		return c.guest.compare(c, c.reference)
	default:
		return ""
	}
}

// improper reports whether a meaning of the last action uses a name as it was not meant to be.
func (c *lockstep) improper(meant []int) bool {
	for i, n := range meant {
		o := c.moves[len(c.moves)-1].operands[i]
		if slices.Contains(o.names[o.proper:], n) {
			return true
		}
	}
	return false
}

func (c *lockstep) variant() string { return c.run.Store.Variant().Name }

// meanings are the ways in which the last action's operands can be meant.
func (c *lockstep) meanings() [][]int {
	all := [][]int{nil}
	if len(c.moves) == 0 {
		return all
	}
	for _, o := range c.moves[len(c.moves)-1].operands {
		var longer [][]int
		for _, m := range all {
			for _, n := range o.orNumber() {
				longer = append(longer, append(slices.Clip(m), n))
			}
		}
		all = longer
	}
	return all
}

// orNumber are the operand's names, or -1 for a number.
func (o operand) orNumber() []int {
	if o.names == nil {
		return []int{-1}
	}
	return o.names
}

// agreeing makes the reference's runs with every choice of its own, until one says the same; the last one if none does.
func (c *lockstep) agreeing(meant []int) *transcript {
	var ref *transcript
	for tapes := [][]uint32{nil}; len(tapes) > 0; {
		f := &referenceRun{lockstep: c, meant: meant, tape: tapes[len(tapes)-1]}
		tapes = append(tapes[:len(tapes)-1], f.run()...)
		ref = &f.transcript
		if mine, _ := c.differs(ref); mine == "" {
			return ref
		}
	}
	return ref
}

// AppendGhost appends which index of the reference each name has, and what its tables look like.
func (c *lockstep) AppendGhost(b []byte) []byte {
	if c.ended {
		return append(b, "ended\n"...)
	}
	if c.ineligible || c.reference == nil || c.Message != "" {
		return append(b, "apart\n"...)
	}
	var lines []string
	for n, h := range c.handles {
		lines = append(lines, fmt.Sprintf("%s %d is %d, %v %s\n", h.inst.Name, h.index, c.reference.handles[n].index, h.gone, spec.Describe(h.element)))
	}
	slices.Sort(lines)
	for _, l := range slices.Compact(lines) {
		b = append(b, l...)
	}
	for _, l := range c.reference.free {
		b = append(b, l...)
	}
	return b
}
