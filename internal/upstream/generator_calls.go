package upstream

import (
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// addCalls adds calls of the instance's imports.
func (g *generator) addCalls(o *options) {
	for _, imp := range g.run.World.Imports {
		if imp.Instance != g.at.Actor {
			continue
		}
		owner, _, _ := strings.Cut(imp.Func, ".")
		if owner != model.Host && !g.state.mayEnterFrom(owner, g.at.Actor) && !g.oneIn(100) {
			continue
		}
		if owner != model.Host && g.syncTask() && !imp.Async && g.funcOf(imp.Func).Async && !g.oneIn(12) {
			continue // it may block
		}
		o.addLazy(6, "call", func() (model.Action, bool) { return g.call(imp) })
	}
}

// call calls an import, with a pointer for its results where they are returned in memory.
func (g *generator) call(imp model.Import) (model.Action, bool) {
	f := g.funcOf(imp.Func)
	m := g.coreValues()
	params, results := parseTypes(g.run, f.Params), parseTypes(g.run, f.Results)
	retptr := len(flattenAll(results, m.ptr)) > 1
	if imp.Async {
		retptr = len(results) > 0
	}
	args := m.values(params, maxFlatParams(g.run.World.Limits, imp.Async))
	if retptr {
		args = append(args, spec.CoreInt(m.pointer(8)))
	}
	return g.prepare(m, model.Action{Op: "call", Imm: []string{imp.Func}, Args: args})
}

// maxFlatParams is how many core values a call passes at most; more parameters go through memory.
func maxFlatParams(l model.Limits, async bool) int {
	switch {
	case async && l.FlatAsyncParams > 0:
		return l.FlatAsyncParams
	case async:
		return 4
	case l.FlatParams > 0:
		return l.FlatParams
	}
	return 16
}

// callParent calls a function of an instance that the running one is inside of, which can be entered at any time.
func (g *generator) callParent() (model.Action, bool) {
	for _, imp := range g.run.World.Imports {
		owner, _, _ := strings.Cut(imp.Func, ".")
		if imp.Instance == g.at.Actor && owner != g.at.Actor && slices.Contains(g.state.ancestors(g.at.Actor), owner) {
			return g.call(imp)
		}
	}
	return model.Action{}, false
}

// anyCall calls the first import of the instance, whatever the state.
func (g *generator) anyCall() (model.Action, bool) {
	for _, imp := range g.run.World.Imports {
		if imp.Instance == g.at.Actor {
			return g.call(imp)
		}
	}
	return model.Action{}, false
}

// prepare returns the next action on the way to a, whose core values m has made: one that makes a handle that they should
// have and that is not there; or one that writes to memory for them, with a in the queue; or a itself. False: a cannot be
// taken.
func (g *generator) prepare(m *coreValueMaker, a model.Action) (model.Action, bool) {
	if m.failed && !g.oneIn(60) {
		if g.missing == nil || !g.state.flag(g.at.Actor, "may_leave") {
			return a, false
		}
		return *g.missing, true
	}
	if len(m.writes) == 0 {
		return a, true
	}
	g.queue = append(append(g.queue, m.writes[1:]...), a)
	return m.writes[0], true
}

// coreValues returns a maker of core values that refer to handles of the running instance.
func (g *generator) coreValues() *coreValueMaker {
	w, name := g.run.World, g.at.Actor
	g.missing = nil
	return &coreValueMaker{
		chooser: g.chooser, memory: memoryOf(w, name), ptr: ptrType(w, name), encoding: encodingOf(w, name),
		handle:  g.handleChooser(),
		missing: func(t spec.ValType) { g.missing = g.makerOf(t) },
	}
}

// handleChooser returns a function that chooses a handle for a type, and passes no handle twice that is given away.
func (g *generator) handleChooser() func(t spec.ValType) (uint64, bool) {
	handles := g.state.insts[g.at.Actor].handles
	var used []uint64
	return func(t spec.ValType) (uint64, bool) {
		if g.oneIn(120) && len(handles) > 0 {
			return pick(g.chooser, handles).index, true
		}
		var fits []uint64
		for _, h := range handles {
			if g.canPass(h, t) && !slices.Contains(used, h.index) {
				fits = append(fits, h.index)
			}
		}
		if len(fits) == 0 {
			return 0, false
		}
		i := pick(g.chooser, fits)
		if _, borrow := t.(*spec.BorrowType); !borrow {
			used = append(used, i)
		}
		return i, true
	}
}

// canPass reports whether a handle can be passed as a value of a type. Seldom it says so of one that is lent or in use.
func (g *generator) canPass(h slot, t spec.ValType) bool {
	switch t := t.(type) {
	case *spec.OwnType:
		fits := g.state.field(h.ref, "own") == "1" && g.state.field(h.ref, "num_lends") == "0"
		return g.state.field(h.ref, "rt") == t.Rt.Name && (fits || g.oneIn(15))
	case *spec.BorrowType:
		return g.state.field(h.ref, "rt") == t.Rt.Name
	case *spec.ErrorContextType:
		return strings.HasPrefix(h.ref, "error-context")
	case *spec.StreamType:
		return g.canPassEnd(h, "readable stream end of ", t.T)
	case *spec.FutureType:
		return g.canPassEnd(h, "readable future end of ", t.T)
	}
	return false
}

// canPassEnd reports whether a handle is an end, as the prefix describes it, of a stream or future of t, which can be passed.
func (g *generator) canPassEnd(h slot, prefix string, t spec.ValType) bool {
	return h.description == prefix+spec.TypeName(t) && (g.state.field(h.ref, "state") == "IDLE" && g.state.field(h.ref, "wset") == "-" || g.oneIn(25))
}

// newResource is the action that makes a handle of a resource type; nil: the instance that acts does not define it.
func (g *generator) newResource(rt *spec.ResourceType) *model.Action {
	if !g.defines(rt.Name) {
		return nil
	}
	a := action("resource.new", []string{rt.Name}, g.Uint64N(100))
	return &a
}

// makerOf is the action that makes a handle for a type; nil: there is none.
func (g *generator) makerOf(t spec.ValType) *model.Action {
	a := action("error-context.new", nil, 0, 0)
	switch t := t.(type) {
	case *spec.OwnType:
		return g.newResource(t.Rt)
	case *spec.BorrowType:
		return g.newResource(t.Rt)
	case *spec.StreamType:
		a = action("stream.new", []string{compact(spec.TypeName(t.T))})
	case *spec.FutureType:
		a = action("future.new", []string{compact(spec.TypeName(t.T))})
	}
	return &a
}
