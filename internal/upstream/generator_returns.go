package upstream

import (
	"strings"

	"cabi/model"
	"cabi/spec"
)

// addTaskEnds adds the built-ins that resolve the running task.
func (g *generator) addTaskEnds(o *options) {
	task := g.state.runningTask()
	line := g.state.lines[task]
	if !strings.Contains(line, " stackful ") && !strings.Contains(line, " callback ") {
		return
	}
	weight := 3
	if g.left <= 0 {
		weight = 30
	}
	state := g.state.field(task, "state")
	if g.state.field(task, "num_borrows") != "0" && !g.oneIn(100) && (state != "CANCEL_DELIVERED" || !g.oneIn(3)) {
		return
	}
	if state == "CANCEL_DELIVERED" {
		o.add(4*weight, "task.cancel", nil)
	}
	if state != "RESOLVED" || g.oneIn(200) {
		o.addLazy(weight, "task.return", g.taskReturn)
	}
	if state != "RESOLVED" && g.oneIn(300) {
		o.addLazy(weight, "task.return", g.taskReturnOther)
	}
}

// taskReturn returns from the running task, seldom with the results of another function.
func (g *generator) taskReturn() (model.Action, bool) {
	m := g.coreValues()
	results, most := g.declaredResults(), maxFlatParams(g.run.World.Limits, false)
	if g.oneIn(150) {
		results = pick(g.chooser, resultLists)
	}
	args := m.values(parseTypes(g.run, results), most)
	return g.prepare(m, model.Action{Op: "task.return", Imm: resultsWord(results), Args: args})
}

// taskReturnOther returns with other options than the function's: that traps before the values, which are zeros, are lifted.
func (g *generator) taskReturnOther() (model.Action, bool) {
	results := g.declaredResults()
	flat := len(spec.FlatTypes(parseTypes(g.run, results)))
	if flat > maxFlatParams(g.run.World.Limits, false) {
		flat = 1
	}
	return action("task.return-other", resultsWord(results), make([]uint64, flat)...), true
}

// declaredResults are the result types of the function that the running task is a call of.
func (g *generator) declaredResults() []string {
	return g.funcOf(taskFunc(g.state.lines[g.state.runningTask()])).Results
}

// resultsWord is the word of an action for result types.
func resultsWord(results []string) []string { return []string{"(" + strings.Join(results, ",") + ")"} }

// addReturns adds the ways in which the activation can end.
func (g *generator) addReturns(o *options) {
	weight := 3
	if g.left <= 0 {
		weight = 20
	}
	if g.oneIn(300) {
		o.add(1, "throw", nil)
	}
	switch g.at.Kind {
	case model.KindFunc, model.KindCallback:
		g.addFuncReturns(o, weight)
	case model.KindRealloc:
		o.addLazy(20, "return", g.reallocReturn)
	case model.KindThread:
		if g.resolved() || g.otherThreads() || g.oneIn(60) {
			o.add(weight, "return", nil)
		}
	default:
		o.add(weight, "return", nil)
	}
}

// addFuncReturns adds the ways in which a function or callback returns that do not trap, as a rule.
func (g *generator) addFuncReturns(o *options, weight int) {
	switch f := g.funcOf(g.at.Name); {
	case f.Lift == "callback":
		g.addCallbackReturns(o, weight)
	case f.Lift == "stackful":
		if g.resolved() || g.otherThreads() {
			o.add(weight, "return", nil)
		}
	case g.state.field(g.state.runningTask(), "num_borrows") == "0" || g.oneIn(60):
		o.addLazy(weight, "return", g.syncReturn)
	}
}

// resolved reports whether the running task has returned, or was cancelled.
func (g *generator) resolved() bool {
	return g.state.field(g.state.runningTask(), "state") == "RESOLVED"
}

// otherThreads reports whether the running task has threads beside the one that runs.
func (g *generator) otherThreads() bool {
	return len(strings.Fields(g.state.field(g.state.runningTask(), "threads"))) > 1
}

// addCallbackReturns adds the packed codes that a function with a callback, or the callback, returns: that it is done (0),
// yields (1), or waits on a set (2, with the set's index above the low four bits).
func (g *generator) addCallbackReturns(o *options, weight int) {
	if g.resolved() || g.otherThreads() && g.oneIn(3) {
		o.add(2*weight, "return", nil, 0)
	}
	if g.left < -10 {
		return
	}
	o.add(2, "return", nil, 1)
	if g.oneIn(30) {
		o.add(2, "return", nil, pick(g.chooser, []uint64{3, 4, 15, 2, 18, 34, 50, 0xffffffff}))
	}
	for _, h := range g.state.insts[g.at.Actor].handles {
		if strings.HasPrefix(h.ref, "set") {
			o.add(4, "return", nil, 2|h.index<<4)
		}
	}
}

// syncReturn returns core values for the results of a function that is lifted sync.
func (g *generator) syncReturn() (model.Action, bool) {
	m := g.coreValues()
	args := m.values(g.at.Results, max(1, g.run.World.Limits.FlatResults))
	return g.prepare(m, model.Action{Op: "return", Args: args})
}

// reallocReturn returns from realloc: as a rule the address of a block that is aligned and within memory.
func (g *generator) reallocReturn() (model.Action, bool) {
	alignment, size := g.at.Args[2].Uint64(), g.at.Args[3].Uint64()
	memory := memoryOf(g.run.World, g.at.Actor)
	first, more := 18, 6
	if encodingOf(g.run.World, g.at.Actor) == spec.Latin1UTF16 {
		first, more = 10, 3 // it has the most ways to lower a string
	}
	if again := g.at.Args[1].Uint64() > 0; again && g.oneIn(more) || g.oneIn(first) || size > memory/2 {
		m := g.coreValues()
		return action("return", nil, pick(g.chooser, []uint64{m.extreme(m.ptr), memory - size + 1, memory - size + 2, memory, 1, memory - size})&mask(m.ptr)), true
	}
	if old := g.at.Args[0].Uint64(); g.at.Args[1].Uint64() > 0 && old%alignment == 0 && g.oneIn(2) {
		return action("return", nil, old), true // it shrinks or grows where it is
	}
	return action("return", nil, g.Uint64N(memory/2)/alignment*alignment), true
}

// anyReturn returns where there is no other option: it is likely to trap.
func (g *generator) anyReturn() model.Action {
	switch {
	case g.at.Kind == model.KindFunc && g.funcOf(g.at.Name).Lift == "callback", g.at.Kind == model.KindCallback:
		return action("return", nil, pick(g.chooser, []uint64{0, 0, 1}))
	case g.at.Kind == model.KindFunc && g.funcOf(g.at.Name).Lift == "stackful":
		return action("return", nil)
	case g.at.Kind == model.KindFunc:
		m := g.coreValues()
		return model.Action{Op: "return", Args: m.values(g.at.Results, max(1, g.run.World.Limits.FlatResults))}
	case g.at.Kind == model.KindRealloc:
		a, _ := g.reallocReturn()
		return a
	}
	return action("return", nil)
}
