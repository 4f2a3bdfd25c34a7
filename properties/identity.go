package properties

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Properties of indices: which element a use of an index reaches, and which it was issued for.

var diagnosable = &model.Property{
	Name: "diagnosable",
	Statement: "A trap on an index that names a live element of another class or type says what is there, " +
		"from that one lookup.",
	Kind:    "step",
	Indices: true,
	Origin:  `component-model#395: "unknown handle index" is all that a runtime can say, and not which type the index is of`,
	New:     func() model.Checker { return &diagnosableChecker{BaseChecker: model.BaseChecker{Name: "diagnosable"}} },
}

// A diagnosableChecker checks that a trap on an index describes a live element that the index names. It remembers the last lookup,
// until the next menu.
type diagnosableChecker struct {
	model.BaseChecker
	inst  *spec.ComponentInstance
	index uint64
	want  spec.Expected
	named []spec.Element // the live elements that the index named
}

func (c *diagnosableChecker) Sought(inst *spec.ComponentInstance, want spec.Expected, index uint64) {
	c.inst, c.want, c.index, c.named = inst, want, index, nil
	for slot := range live(inst) {
		if slot.Index == index && want.Class != spec.ClassThread {
			c.named = append(c.named, slot.Element)
		}
	}
}

func (c *diagnosableChecker) Settled(*model.Run) { c.named = nil }

func (c *diagnosableChecker) Stopped(_ *model.Run, err error) {
	trap, is := errors.AsType[*spec.Trap](err)
	if !is || len(c.named) == 0 || !trap.OnIndex {
		return
	}
	if c.NonVacuous = true; !slices.Contains(c.named, trap.Found) {
		c.Message = fmt.Sprintf("index %d of %s names %s and was used where a %s is wanted, but the trap says %q",
			c.index, c.inst.Name, describe(c.named[0]), c.want, trap.Detail)
	}
}

// live yields the live elements of inst's handle tables.
func live(inst *spec.ComponentInstance) func(yield func(spec.Slot) bool) {
	return func(yield func(spec.Slot) bool) {
		for slot := range inst.LiveHandles() {
			if slot.Owner == inst && !yield(slot) {
				return
			}
		}
	}
}

var typedUse = &model.Property{
	Name:      "typed-use",
	Statement: "A built-in goes on only with an element of the class and type that it wants.",
	Kind:      "step",
	Origin:    "CanonicalABI.md, the built-ins: each takes from a table with trap_if(not isinstance(…)), and compares types with its own immediate",
	New:       func() model.Checker { return &useChecker{suspecter{BaseChecker: model.BaseChecker{Name: "typed-use"}}} },
}

// A useChecker suspects a lookup that finds an element of another class or type than the built-in expects. It remembers nothing.
type useChecker struct{ suspecter }

func (c *useChecker) Found(_ *spec.ComponentInstance, want spec.Expected, _ uint64, e spec.Element) {
	if c.NonVacuous = true; !want.Answers(e) {
		c.suspect(fmt.Sprintf("a %s is wanted, and %s was taken", want, describe(e)))
	}
}

// Done checks the type of a new thread's function, too: in the table that the model fills, only the first takes an i32.
func (c *useChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	a := at.Pending
	if a != nil && a.Op == "thread.new-indirect" && (a.Imm[0] == "i32") != (a.Args[0].Uint64() == 1) {
		c.suspect(fmt.Sprintf("function %s is of another type than %s", a.Args[0], a.Imm[0]))
	}
	c.suspecter.Done(r, at, results)
}

var noStaleAlias = &model.Property{
	Name:      "no-stale-alias",
	Statement: "Once the element of an index is gone, any use of the index traps.",
	Kind:      "step",
	Indices:   true,
	Origin:    "component-model#395: use after drop should be noticed; upstream reuses indices on purpose",
	Question:  true,
	New: func() model.Checker {
		return &staleChecker{suspecter: suspecter{BaseChecker: model.BaseChecker{Name: "no-stale-alias"}}}
	},
}

var noStaleConfusion = &model.Property{
	Name:      "no-stale-alias-weak",
	Statement: "Once the element of an index is gone, no use of the index reaches an element of another class or type.",
	Kind:      "step",
	Indices:   true,
	Origin:    "component-model#395, the weak form of no-stale-alias",
	Question:  true,
	New: func() model.Checker {
		return &staleChecker{suspecter: suspecter{BaseChecker: model.BaseChecker{Name: "no-stale-alias-weak"}}, weak: true}
	},
}

// A staleIndex is an index of an instance whose element is gone.
type staleIndex struct {
	inst        *spec.ComponentInstance
	index       uint64
	description string // of that element
}

// A staleChecker suspects a lookup that finds an element by a stale index: the guest may mean the element that is gone. It remembers
// all stale indices, also those that were issued again since.
type staleChecker struct {
	suspecter
	weak  bool // an element of the same class and type is no violation
	stale []staleIndex
}

func (c *staleChecker) Retired(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	s := staleIndex{inst, index, spec.Describe(e)}
	if spec.ClassOf(e) != spec.ClassThread && !slices.Contains(c.stale, s) {
		c.stale = append(c.stale, s)
	}
}

func (c *staleChecker) Sought(inst *spec.ComponentInstance, want spec.Expected, index uint64) {
	isStale := func(s staleIndex) bool { return s.inst == inst && s.index == index }
	c.NonVacuous = c.NonVacuous || want.Class != spec.ClassThread && slices.ContainsFunc(c.stale, isStale)
}

func (c *staleChecker) Found(inst *spec.ComponentInstance, want spec.Expected, index uint64, e spec.Element) {
	if want.Class == spec.ClassThread {
		return
	}
	for _, s := range c.stale {
		if s.inst == inst && s.index == index && !(c.weak && s.description == spec.Describe(e)) {
			c.suspect(fmt.Sprintf("index %d of %s, issued for %s that is gone, reached %s", index, inst.Name, s.description, describe(e)))
		}
	}
}

// AppendGhost appends the stale indices: whether a later lookup is a violation depends on them.
func (c *staleChecker) AppendGhost(b []byte) []byte {
	lines := make([]string, len(c.stale))
	for i, s := range c.stale {
		lines[i] = fmt.Sprintf("stale %s %d %s\n", s.inst.Name, s.index, s.description)
	}
	slices.Sort(lines)
	for _, l := range lines {
		b = append(b, l...)
	}
	return b
}

var isolation = &model.Property{
	Name: "isolation",
	Statement: "Each index that an instance is handed is the one that a table fed only that instance's own operations would " +
		"hand out, or may be drawn from the same set.",
	Kind:    "step",
	Indices: true,
	Origin:  "tables per instance: what one instance does must not show in another's indices",
	New:     func() model.Checker { return &isolationChecker{BaseChecker: model.BaseChecker{Name: "isolation"}} },
}

// An isolationChecker checks that each new index is the one that the instance's own operations give. It remembers these as a shadow
// of each instance's tables, which sees the additions and removals of that instance alone.
type isolationChecker struct {
	model.BaseChecker
	shadows map[table]*spec.ShadowTable
	indices map[table]map[uint64]uint64 // the index in the shadow for each index in the table
}

func (c *isolationChecker) Begin(*model.Run) {
	c.shadows, c.indices = map[table]*spec.ShadowTable{}, map[table]map[uint64]uint64{}
}

func (c *isolationChecker) Issued(inst *spec.ComponentInstance, key spec.TableKey, index uint64, e spec.Element) {
	t := table{inst, key}
	if c.shadows[t] == nil {
		c.shadows[t], c.indices[t] = spec.NewShadowTable(inst, key), map[uint64]uint64{}
	}
	c.NonVacuous = true
	shadow := c.shadows[t].Add()
	c.indices[t][index] = shadow
	if shadow != index && !c.shadows[t].Draws() && c.Message == "" {
		c.Message = fmt.Sprintf("%s got index %d in %s.handles%s, whose own operations alone give %d",
			spec.Describe(e), index, inst.Name, key, shadow)
	}
}

func (c *isolationChecker) Retired(inst *spec.ComponentInstance, key spec.TableKey, index uint64, _ spec.Element) {
	t := table{inst, key}
	c.shadows[t].Remove(c.indices[t][index])
	delete(c.indices[t], index)
}

var unforgeable = &model.Property{
	Name:      "unforgeable",
	Statement: "An instance reaches only elements that it was given an index for.",
	Kind:      "step",
	Indices:   true,
	Origin:    "the component model's isolation: a handle cannot be made up",
	New: func() model.Checker {
		return &forgeryChecker{suspecter: suspecter{BaseChecker: model.BaseChecker{Name: "unforgeable"}}}
	},
}

// A forgeryChecker suspects a lookup that finds an element for which the instance was never issued an index. It remembers which
// elements each instance was issued one for. Whether that index is the one that was used is for other properties.
type forgeryChecker struct {
	suspecter
	granted map[grant]bool
}

// A grant is an element for which an instance was issued an index.
type grant struct {
	inst *spec.ComponentInstance
	e    spec.Element
}

func (c *forgeryChecker) Begin(*model.Run) { c.granted = map[grant]bool{} }

func (c *forgeryChecker) Issued(inst *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	c.granted[grant{inst, e}] = true
}

func (c *forgeryChecker) Found(inst *spec.ComponentInstance, _ spec.Expected, index uint64, e spec.Element) {
	c.NonVacuous = true
	if !c.granted[grant{inst, e}] {
		c.suspect(fmt.Sprintf("%s reached %s by index %d, which it was never given", inst.Name, describe(e), index))
	}
}

var handlesAsAsked = &model.Property{
	Name: "handles-as-asked",
	Statement: "A built-in that makes elements makes what it is for and returns the index, of the two ends of a stream or future that of the readable one " +
		"below that of the writable one; resource.rep returns what resource.new was given; and a built-in that drops an element takes it from its table, which error contexts leave by error-context.drop alone. Of two ends the readable one is made first, and a " +
		"function is passed handles that are new.",
	Kind: "step",
	Origin: `CanonicalABI.md: "The first element (in the low 32 bits) is the readable end (of the new {stream, future}) and the second element (in the high 32 ` +
		`bits) is"; error-context.drop: "drops the error context value at the given index from the current component instance's handles table"`,
	BlindSpots: "Own handles whose destructor is core code: destroyed-once and single-owner see those.",
	CoreTypes:  true,
	New: func() model.Checker {
		return &askedForChecker{BaseChecker: model.BaseChecker{Name: "handles-as-asked"}}
	},
}

// An askedForChecker checks what built-ins do to tables. It remembers what was made and looked up since the last menu.
type askedForChecker struct {
	model.BaseChecker
	run   *model.Run
	made  []madeElement
	found []spec.Element
	left  spec.Element // an error context that has left its table otherwise than by error-context.drop
}

func (c *askedForChecker) Begin(r *model.Run) { c.run = r }

func (c *askedForChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if spec.ClassOf(e) == spec.ClassErrorContext && !doing(c.run, func(op string) bool { return op == "error-context.drop" }) {
		c.left = e
	}
}

// A madeElement is an element that an instance was given an index for.
type madeElement struct {
	inst  *spec.ComponentInstance
	index uint64
	e     spec.Element
}

func (c *askedForChecker) Settled(*model.Run) {
	if c.left != nil && c.Message == "" { // no trap followed
		c.Message, c.ViolationKind = describe(c.left)+" has left its table, and was not dropped", "left"
	}
	c.made, c.found = c.made[:0], c.found[:0]
}

func (c *askedForChecker) Issued(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	c.made = append(c.made, madeElement{inst, index, e})
}

func (c *askedForChecker) Found(_ *spec.ComponentInstance, _ spec.Expected, _ uint64, e spec.Element) {
	c.found = append(c.found, e)
}

// makes are the classes of what built-ins make.
var makes = map[string][]spec.Class{
	"resource.new": {spec.ClassResourceHandle}, "waitable-set.new": {spec.ClassWaitableSet}, "error-context.new": {spec.ClassErrorContext},
	"stream.new": {spec.ClassReadableStreamEnd, spec.ClassWritableStreamEnd}, "future.new": {spec.ClassReadableFutureEnd, spec.ClassWritableFutureEnd},
	"thread.new-indirect": {spec.ClassThread},
}

// isNewHandle reports whether a parameter of a type is the index of an element that is new. Of a borrow it may be the rep.
func isNewHandle(t string) bool {
	return t == "error-context" || strings.HasPrefix(t, "own<") || strings.HasPrefix(t, "stream") || strings.HasPrefix(t, "future")
}

// Entered looks whether the handles that a function is given are new, where each of its parameters is one core value.
func (c *askedForChecker) Entered(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc || at.Actor == model.Host || c.Message != "" {
		return
	}
	params := r.World.Func(at.Name).Params
	if len(params) != len(at.Args) || slices.ContainsFunc(params, func(t string) bool { return !isNewHandle(t) && !slices.Contains(numbers, t) }) {
		return
	}
	for i, t := range params {
		if isNewHandle(t) && !slices.ContainsFunc(c.made, func(m madeElement) bool {
			return m.inst.Name == at.Actor && m.index == at.Args[i].Uint64() && spec.ClassOf(m.e) != spec.ClassThread // the call has one, too
		}) {
			c.Message, c.ViolationKind = fmt.Sprintf("%s is passed %s, and nothing of that index was made for it", at.Name, at.Args[i]), "passed"
		}
	}
}

func (c *askedForChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Pending == nil || at.Actor == model.Host || c.Message != "" {
		return
	}
	a := at.Pending
	for i, class := range makes[a.Op] {
		c.NonVacuous = true
		index := results[0].Uint64()
		if len(makes[a.Op]) == 2 { // one index in each half
			index = index >> (32 * i) & math.MaxUint32
		}
		if !slices.ContainsFunc(c.made, func(m madeElement) bool {
			return m.inst.Name == at.Actor && m.index == index && isAskedFor(a, class, m.e)
		}) {
			c.Message, c.ViolationKind = fmt.Sprintf("%s returns %s to %s, and made no %s with the index %d", a, results[0], at.Name, class, index), a.Op
		}
	}
	if ends := makes[a.Op]; len(ends) == 2 && c.Message == "" && spec.ClassOf(c.made[0].e) != ends[0] {
		c.Message, c.ViolationKind = fmt.Sprintf("%s makes the %s first", a, ends[1]), "order"
	}
	switch {
	case a.Op == "resource.rep":
		if h, ok := last(c.found).(*spec.ResourceHandle); ok && h.Rep() != spec.UintOf(results[0].Uint64()) {
			c.Message, c.ViolationKind = fmt.Sprintf("%s returns %s to %s, of %s", a, results[0], at.Name, describe(h)), a.Op
		}
	case strings.Contains(a.Op, ".drop"):
		for _, slot := range r.Elements() {
			if slot.Owner.Name == at.Actor && slot.Index == a.Args[0].Uint64() && slices.Contains(c.found, slot.Element) {
				c.Message, c.ViolationKind = fmt.Sprintf("%s did %s, and %s is still in its table", at.Name, a, describe(slot.Element)), a.Op
			}
		}
	}
}

// isAskedFor reports whether an element is what a built-in is to make.
func isAskedFor(a *model.Action, class spec.Class, e spec.Element) bool {
	h, is := e.(*spec.ResourceHandle)
	return spec.ClassOf(e) == class && (!is || h.Own() && h.Type().Name == a.Imm[0] && h.Rep() == spec.UintOf(a.Args[0].Uint64()))
}

// last is the last element of a list; nil: it has none.
func last(list []spec.Element) spec.Element {
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}
