package upstream

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Runs about values: functions of random types, which the host calls with random values, guests call with random core values,
// and guests return random core values from. They reach everything that lifting and lowering do, flat and in memory.

// randomValueWorld makes a world of two instances with functions of random types. B calls those of A.
func randomValueWorld(c chooser) *model.World {
	w := &model.World{Name: randomValuesName}
	for _, name := range []string{"A", "B"} {
		d := model.Instance{Name: name, Memory: 4096, Encoding: pick(c, []string{"", "utf16", "latin1+utf16"}), Memory64: c.oneIn(3)}
		if c.oneIn(2) {
			d.Realloc = "guest"
		}
		w.Instances = append(w.Instances, d)
		w.Resources = append(w.Resources, model.Resource{Name: map[string]string{"A": "R", "B": "S"}[name], Impl: name})
	}
	for i := range 3 {
		f := model.Func{Name: fmt.Sprintf("A.f%d", i), Async: c.oneIn(3)}
		if f.Async {
			f.Lift = pick(c, []string{"sync", "stackful"})
		}
		for range pick(c, []int{0, 1, 1, 1, 2, 3}) {
			f.Params = append(f.Params, randomType(c, 4, true))
		}
		if !c.oneIn(3) {
			f.Results = []string{randomType(c, 4, false)}
		}
		w.Funcs = append(w.Funcs, f)
		w.Imports = append(w.Imports, model.Import{Instance: "B", Func: f.Name, Async: f.Async && c.oneIn(2)})
	}
	w.Funcs = append(w.Funcs, model.Func{Name: "B.run"})
	if c.oneIn(6) {
		w.Limits = randomLimits(c)
	}
	return w
}

// randomLayoutWorld makes a world of two instances whose functions take and return one list each. B calls those of A.
func randomLayoutWorld(c chooser) *model.World {
	w := &model.World{Name: randomValuesName}
	for _, name := range []string{"A", "B"} {
		d := model.Instance{Name: name, Memory: 4096, Memory64: c.oneIn(3)}
		if c.oneIn(2) {
			d.Realloc = "guest"
		}
		w.Instances = append(w.Instances, d)
	}
	for i := range 3 {
		f := model.Func{Name: fmt.Sprintf("A.f%d", i), Params: []string{randomLayout(c)}, Results: []string{randomLayout(c)}}
		w.Funcs = append(w.Funcs, f)
		w.Imports = append(w.Imports, model.Import{Instance: "B", Func: f.Name})
	}
	w.Funcs = append(w.Funcs, model.Func{Name: "B.run"})
	return w
}

// randomLayout makes a type of lists whose elements have parts of different sizes and alignments. The parts of fixed lists have sizes that are no multiples of
// other parts' alignments.
func randomLayout(c chooser) string {
	part := func() string {
		p := pick(c, []string{"u8", "u8", "u16", "u32", "u64", "f32", "f64", "string"})
		if c.oneIn(2) {
			return fmt.Sprintf("list<%s,%d>", p, 1+c.IntN(5))
		}
		return p
	}
	switch c.IntN(5) {
	case 0:
		return "list<tuple<" + labelled(c, "%[2]s", 2+c.IntN(3), part) + ">>"
	case 1:
		return "list<result<" + part() + "," + part() + ">>"
	case 2:
		return "list<option<tuple<" + part() + "," + part() + ">>>"
	}
	return "list<variant{" + labelled(c, "%s(%s)", 2+c.IntN(2), part) + ",none}>"
}

var primitiveNames = []string{"bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string", "string", "string"}

// keyNames are the types that the keys of maps may have.
var keyNames = []string{"bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "char", "string"}

// randomType makes a type nested at most so deep. Only parameters have borrows.
func randomType(c chooser, depth int, borrows bool) string {
	if depth <= 1 || c.oneIn(3) {
		return randomLeaf(c, borrows)
	}
	inner := func() string { return randomType(c, depth-1, borrows) }
	switch c.IntN(11) {
	case 0, 1:
		return "list<" + inner() + ">"
	case 2:
		return fmt.Sprintf("list<%s,%d>", inner(), 1+c.IntN(4))
	case 3:
		return "record{" + labelled(c, "%s:%s", 1+c.IntN(4), inner) + "}"
	case 4:
		return "tuple<" + labelled(c, "%[2]s", 1+c.IntN(4), inner) + ">"
	case 5, 6:
		return "variant{" + labelled(c, "%s(%s)", 1+c.IntN(4), inner) + ",none}"
	case 7:
		return "option<" + inner() + ">"
	case 8:
		return "result<" + pick(c, []string{"_", inner(), inner()}) + "," + pick(c, []string{"_", inner(), inner()}) + ">"
	case 9:
		return "map<" + pick(c, keyNames) + "," + inner() + ">"
	}
	return labels(c)
}

// randomLeaf makes a type that has no others in it.
func randomLeaf(c chooser, borrows bool) string {
	if !c.oneIn(6) {
		return pick(c, primitiveNames)
	}
	if borrows && c.oneIn(3) {
		return pick(c, []string{"borrow<R>", "borrow<S>"})
	}
	return pick(c, []string{"own<R>", "own<S>", "error-context", "stream<u8>", "future<string>", "stream", labels(c)})
}

// labelled makes n types, formatted with the labels a, b and so on.
func labelled(c chooser, format string, n int, inner func() string) string {
	var parts []string
	for i := range n {
		parts = append(parts, fmt.Sprintf(format, string(rune('a'+i)), inner()))
	}
	return strings.Join(parts, ",")
}

// labels makes an enum or flags, now and then with so many labels that they take more than one byte.
func labels(c chooser) string {
	kind, n := "flags", pick(c, []int{1, 3, 8, 9, 16, 17, 32})
	if c.oneIn(2) {
		kind, n = "enum", pick(c, []int{1, 2, 5, 5, 256, 257})
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("l%d", i)
	}
	return kind + "{" + strings.Join(names, ",") + "}"
}

// A valueGenerator is the actor of a run about values.
type valueGenerator struct {
	*generator
	calls  int  // of the host, that are still to be made
	within bool // the host passes no values: it calls B.run alone; and nothing in a memory is in the way of anything else
	next   map[string]uint64
}

func newValueGenerator(c chooser, rec *recorder) *valueGenerator {
	g := &generator{chooser: c, rec: rec, left: 1 << 20, favour: map[string]int{}}
	return &valueGenerator{generator: g, calls: 8 + c.IntN(12)}
}

// Next chooses the next action.
func (g *valueGenerator) Next(run *model.Run, at *model.Activation) model.Action {
	if a, ok := g.queued(); ok {
		return g.placed(a)
	}
	g.observe(run, at)
	switch at.Kind {
	case model.KindHost:
		return g.host()
	case model.KindHostFunc, model.KindHostCancel, model.KindHostShared:
		return g.hostInCall()
	case model.KindRealloc:
		if g.within {
			return g.block()
		}
		a, _ := g.reallocReturn()
		return a
	}
	if at.Name == "B.run" {
		return g.caller()
	}
	return g.callee()
}

// host chooses an action of the host while no core code runs.
func (g *valueGenerator) host() model.Action {
	if g.calls--; g.calls < 0 {
		return action("stop", nil)
	}
	f := pick(g.chooser, g.run.World.Funcs)
	if g.within {
		f = *g.run.World.Func("B.run")
	}
	if !g.state.mayEnter(f.Instance()) || f.Async && g.state.waiting && g.oneIn(3) {
		return action("tick", nil)
	}
	return g.invoke(f)
}

// caller chooses an action of B, which calls the functions of A with core values.
func (g *valueGenerator) caller() model.Action {
	if g.oneIn(3) {
		return action("return", nil)
	}
	a, ok := g.call(pick(g.chooser, g.run.World.Imports))
	if !ok {
		return action("return", nil)
	}
	return g.placed(g.corrupted(a))
}

// placed is an action, if it is a call that names the place for its result, with one that nothing else has.
func (g *valueGenerator) placed(a model.Action) model.Action {
	if g.within && a.Op == "call" && g.hasPlace(g.funcOf(a.Imm[0])) {
		a.Args[len(a.Args)-1] = spec.CoreInt(memoryOf(g.run.World, g.at.Actor) - 4096 + 8*g.Uint64N(256))
	}
	return a
}

// hasPlace reports whether a call of a function names the place for its result.
func (g *valueGenerator) hasPlace(f model.Func) bool {
	imported := slices.IndexFunc(g.run.World.Imports, func(i model.Import) bool { return i.Func == f.Name })
	results := parseTypes(g.run, f.Results)
	return len(results) > 0 && (g.run.World.Imports[imported].Async || len(flattenAll(results, ptrType(g.run.World, g.at.Actor))) > 1)
}

// block returns one block after another, from the beginning of the memory.
func (g *valueGenerator) block() model.Action {
	alignment, size := max(1, g.at.Args[2].Uint64()), g.at.Args[3].Uint64()
	at := (g.next[g.at.Actor] + alignment - 1) / alignment * alignment
	g.next[g.at.Actor] = at + size
	return action("return", nil, at)
}

// callee chooses an action of A, which drops the handles that it was lent and returns core values.
func (g *valueGenerator) callee() model.Action {
	task := g.state.runningTask()
	for _, h := range g.state.insts[g.at.Actor].handles {
		if g.state.field(h.ref, "own") == "0" && g.state.field(h.ref, "borrow_scope") == task && !g.oneIn(60) {
			return action("resource.drop", []string{g.state.field(h.ref, "rt")}, h.index)
		}
	}
	returns := g.syncReturn
	if g.funcOf(g.at.Name).Lift == "stackful" {
		if g.resolved() {
			return action("return", nil)
		}
		returns = g.taskReturn
	}
	a, ok := returns()
	if !ok {
		return g.anyReturn()
	}
	return g.corrupted(a)
}

// corrupted is an action of which, now and then, one or two numbers are replaced by others of their core types.
func (g *valueGenerator) corrupted(a model.Action) model.Action {
	if len(a.Args) == 0 || !g.oneIn(12) || isBuiltin(a.Op) && a.Op != "call" && a.Op != "task.return" {
		return a
	}
	if a.Op == "memory.store" {
		// The address stays, one of the words does not.
		a.Args[1+g.IntN(len(a.Args)-1)] = spec.CoreInt(pick(g.chooser, []uint64{g.text(), g.Uint64()}))
		return a
	}
	types := g.coreTypes(a)
	for range 1 + g.IntN(2) {
		i := g.IntN(len(a.Args))
		a.Args[i] = g.corruptNumber(types[i])
	}
	return a
}

// coreTypes are the types of an action's numbers.
func (g *valueGenerator) coreTypes(a model.Action) []spec.CoreType {
	ptr := ptrType(g.run.World, g.at.Actor)
	var ts []spec.ValType
	switch a.Op {
	case "call":
		ts = parseTypes(g.run, g.funcOf(a.Imm[0]).Params)
	case "task.return":
		ts = parseTypes(g.run, strings.Split(strings.Trim(a.Imm[0], "()"), "\x00"))
	default:
		ts = g.at.Results
	}
	flat := flattenAll(ts, ptr)
	if len(flat) > len(a.Args) {
		flat = nil
	}
	for len(flat) < len(a.Args) {
		flat = append(flat, ptr)
	}
	return flat
}

// corruptNumber is any number of a core type. Pointers and lengths near the ends of their ranges, discriminants that are too
// large, bad code points and NaNs come often.
func (g *valueGenerator) corruptNumber(t spec.CoreType) spec.CoreValue {
	m := g.coreValues()
	switch {
	case t == spec.F32 || t == spec.F64 || g.oneIn(2):
		return m.core(t)
	default:
		n := pick(g.chooser, []uint64{m.extreme(t), g.Uint64N(8), g.Uint64N(1100), 0xD800, 0x110000, 0x80000003, 1 << 31})
		return spec.CoreInt(n)
	}
}
