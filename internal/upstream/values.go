package upstream

import (
	"fmt"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Runs about values have functions of random types, which the host calls with random values and guests return core
// values from: everything that lifting and lowering do, from flat values and from memory.

// randomValueWorld makes a world of two instances with functions of random types. B calls those of A.
func randomValueWorld(c chooser) *model.World {
	w := &model.World{Name: "values"}
	for _, name := range []string{"A", "B"} {
		d := model.Instance{Name: name, Memory: 4096, Encoding: pick(c, []string{"", "utf16", "latin1+utf16"}), Memory64: c.one(3)}
		if c.one(2) {
			d.Realloc = "guest"
		}
		w.Instances = append(w.Instances, d)
		w.Resources = append(w.Resources, model.Resource{Name: map[string]string{"A": "R", "B": "S"}[name], Impl: name})
	}
	for i := range 3 {
		f := model.Func{Name: fmt.Sprintf("A.f%d", i), Async: c.one(3)}
		if f.Async {
			f.Lift = pick(c, []string{"sync", "stackful"})
		}
		for range pick(c, []int{0, 1, 1, 1, 2, 3}) {
			f.Params = append(f.Params, randomType(c, 4, true))
		}
		if !c.one(3) {
			f.Results = []string{randomType(c, 4, false)}
		}
		w.Funcs = append(w.Funcs, f)
		w.Imports = append(w.Imports, model.Import{Instance: "B", Func: f.Name, Async: f.Async && c.one(2)})
	}
	w.Funcs = append(w.Funcs, model.Func{Name: "B.run"})
	if c.one(6) {
		w.Limits = randomLimits(c)
	}
	return w
}

var primitiveNames = []string{"bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string", "string", "string"}

// randomType writes a type nested at most so deep. Borrows are only for parameters.
func randomType(c chooser, depth int, borrows bool) string {
	if depth <= 1 || c.one(3) {
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
		return "map<" + pick(c, primitiveNames[:13]) + "," + inner() + ">"
	}
	return labels(c)
}

func randomLeaf(c chooser, borrows bool) string {
	if !c.one(6) {
		return pick(c, primitiveNames)
	}
	if borrows && c.one(3) {
		return pick(c, []string{"borrow<R>", "borrow<S>"})
	}
	return pick(c, []string{"own<R>", "own<S>", "error-context", "stream<u8>", "future<string>", "stream", labels(c)})
}

func labelled(c chooser, format string, n int, inner func() string) string {
	var parts []string
	for i := range n {
		parts = append(parts, fmt.Sprintf(format, string(rune('a'+i)), inner()))
	}
	return strings.Join(parts, ",")
}

// labels is an enum or flags, now and then with so many labels that they take more bytes.
func labels(c chooser) string {
	kind, n := "flags", pick(c, []int{1, 3, 8, 9, 16, 17, 32})
	if c.one(2) {
		kind, n = "enum", pick(c, []int{1, 2, 5, 5, 256, 257})
	}
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("l%d", i)
	}
	return kind + "{" + strings.Join(names, ",") + "}"
}

// A valuePlayer is a player for such runs.
type valuePlayer struct {
	*player
	calls int
}

func newValuePlayer(c chooser, rec *recorder) *valuePlayer {
	p := &player{chooser: c, rec: rec, left: 1 << 20, favour: map[string]int{}}
	return &valuePlayer{player: p, calls: 8 + c.IntN(12)}
}

// Next decides.
func (p *valuePlayer) Next(run *model.Run, at *model.Activation) model.Action {
	if len(p.queue) > 0 {
		a := p.queue[0]
		p.queue = p.queue[1:]
		return a
	}
	p.run, p.at, p.snap = run, at, newSnapshot(run, p.rec.state)
	switch at.Kind {
	case model.KindHost:
		return p.host()
	case model.KindHostFunc, model.KindHostCancel, model.KindHostShared:
		return p.hostCalled()
	case model.KindRealloc:
		a, _ := p.reallocReturn()
		return a
	}
	if at.Name == "B.run" {
		return p.caller()
	}
	return p.callee()
}

func (p *valuePlayer) host() model.Action {
	if p.calls--; p.calls < 0 {
		return action("stop", nil)
	}
	f := pick(p.chooser, p.run.World.Funcs)
	if !p.snap.mayEnter(f.Instance()) || f.Async && p.snap.waiting && p.one(3) {
		return action("tick", nil)
	}
	return p.invoke(f)
}

// caller is B, which calls a function of A with core values, some of them wrong.
func (p *valuePlayer) caller() model.Action {
	if p.one(3) {
		return action("return", nil)
	}
	a, ok := p.call(pick(p.chooser, p.run.World.Imports))
	if !ok {
		return action("return", nil)
	}
	return p.spoiled(a)
}

// callee is A, which returns core values, some of them wrong.
func (p *valuePlayer) callee() model.Action {
	f := p.funcOf(p.at.Name)
	task := p.snap.task()
	for _, h := range p.snap.insts[p.at.Actor].handles {
		if p.snap.of(h.ref, "own") == "0" && p.snap.of(h.ref, "borrow_scope") == task && !p.one(60) {
			return action("resource.drop", []string{p.snap.of(h.ref, "rt")}, h.index)
		}
	}
	make := p.syncReturn
	if f.Lift == "stackful" {
		if p.snap.of(task, "state") == "RESOLVED" {
			return action("return", nil)
		}
		make = p.taskReturn
	}
	a, ok := make()
	if !ok {
		return p.anyReturn()
	}
	return p.spoiled(a)
}

// spoiled is an action whose numbers may be replaced by others: any of their type, of which pointers and lengths near
// the ends of their range, bad discriminants and code points, and NaNs come often.
func (p *valuePlayer) spoiled(a model.Action) model.Action {
	if len(a.Args) == 0 || !p.one(12) || isBuiltin(a.Op) && a.Op != "call" && a.Op != "task.return" {
		return a
	}
	if a.Op == "memory.store" {
		// What is written, not where.
		a.Args[1+p.IntN(len(a.Args)-1)] = spec.CoreInt(pick(p.chooser, []uint64{p.text(), p.Uint64()}))
		return a
	}
	types := p.coreTypes(a)
	for range 1 + p.IntN(2) {
		i := p.IntN(len(a.Args))
		a.Args[i] = p.wrongCore(types[i])
	}
	return a
}

// coreTypes are the types of an action's numbers.
func (p *valuePlayer) coreTypes(a model.Action) []spec.CoreType {
	ptr := ptrType(p.run.World, p.at.Actor)
	var ts []spec.ValType
	switch a.Op {
	case "call":
		ts = parseTypes(p.run, p.funcOf(a.Imm[0]).Params)
	case "task.return":
		ts = parseTypes(p.run, strings.Split(strings.Trim(a.Imm[0], "()"), "\x00"))
	default:
		ts = p.at.Results
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

func (p *valuePlayer) wrongCore(t spec.CoreType) spec.CoreValue {
	m := p.maker()
	switch {
	case t == spec.F32 || t == spec.F64 || p.one(2):
		return m.core(t)
	default:
		n := pick(p.chooser, []uint64{m.weird(t), p.Uint64N(8), p.Uint64N(1100), 0xD800, 0x110000, 0x80000003, 1 << 31})
		return spec.CoreInt(n)
	}
}
