package upstream

import (
	"slices"
	"strings"

	"cabi/model"
)

// addBuiltins adds the built-ins that the state allows.
func (g *generator) addBuiltins(o *options) {
	inst := g.state.insts[g.at.Actor]
	for _, r := range g.run.World.Resources {
		if r.Impl != g.at.Actor {
			continue // it is for the component that defines the type
		}
		o.add(2, "resource.new", []string{r.Name}, uint64(g.IntN(100)))
	}
	o.add(2, "waitable-set.new", nil)
	payload := payload(g.chooser)
	o.add(3, "stream.new", []string{payload})
	o.add(2, "future.new", []string{payload})
	g.addContext(o)
	if n := field(inst.line, "backpressure"); n == "0" || len(n) > 4 && g.oneIn(2) {
		o.add(1, "backpressure.inc", nil)
	} else {
		o.add(3, "backpressure.dec", nil)
	}
	o.add(1, "error-context.new", nil, g.pointer(2), g.Uint64N(6))
	o.add(1, "memory.store", nil, g.Uint64N(240), g.text(), g.text())
	g.addThreads(o, inst)
	for _, h := range inst.handles {
		g.addHandle(o, inst, h)
	}
	g.addCalls(o)
}

// addThreads adds the built-ins about threads. Those that suspend the running thread are rare in sync functions, where they
// are likely to trap.
func (g *generator) addThreads(o *options, inst *instanceView) {
	o.add(1, "thread.index", nil)
	o.add(1, "thread.yield", []string{cancellable(g.chooser)})
	weight, most := 2, 4
	if g.manyThreads {
		weight, most = 12, 7
	}
	if len(inst.threads) < most {
		g.addNewThread(o, weight)
	}
	if len(inst.threads) > 1 && (!g.syncTask() || g.oneIn(30)) {
		o.add(1, "thread.suspend", []string{cancellable(g.chooser)})
	}
	for _, t := range inst.threads {
		if g.oneIn(600) {
			o.add(1, "thread.resume-later", nil, t.index)
		}
		g.addThread(o, weight, t)
	}
}

// addNewThread adds a thread that begins with one of the two functions in the instance's table: the first takes an i32, the
// second an i64.
func (g *generator) addNewThread(o *options, weight int) {
	fi := uint64(1 + g.IntN(2))
	c := uint64(g.Uint32())
	if fi == 2 {
		c = g.Uint64()
	}
	imm := []string{[]string{"i32", "i64"}[fi-1]}
	if g.oneIn(500) {
		imm[0] = "i64"
	}
	o.add(weight, "thread.new-indirect", imm, fi, c)
}

// addThread adds the built-ins that name a thread.
func (g *generator) addThread(o *options, weight int, t slot) {
	line := g.state.lines[t.ref]
	imm := []string{cancellable(g.chooser)}
	switch {
	case strings.Contains(line, " suspended "):
		o.add(weight, "thread.resume-later", nil, t.index)
		if !g.syncTask() || g.oneIn(6) {
			o.add(1, "thread.suspend-then-resume", imm, t.index)
		}
		o.add(2, "thread.yield-then-resume", imm, t.index)
		o.add(1, "thread.yield-then-promote", imm, t.index)
	case strings.Contains(line, " waiting "):
		o.add(2, "thread.yield-then-promote", imm, t.index)
		if !g.syncTask() || g.oneIn(6) {
			o.add(1, "thread.suspend-then-promote", imm, t.index)
		}
	}
}

// addHandle adds the built-ins that take one handle.
func (g *generator) addHandle(o *options, inst *instanceView, h slot) {
	switch {
	case strings.HasPrefix(h.ref, "h"):
		g.addResourceHandle(o, h)
	case strings.HasPrefix(h.ref, "end"):
		g.addEnd(o, h)
		g.addJoin(o, inst, h)
	case strings.HasPrefix(h.ref, "subtask"):
		g.addSubtask(o, h)
		g.addJoin(o, inst, h)
	case strings.HasPrefix(h.ref, "set"):
		g.addSet(o, h)
	case strings.HasPrefix(h.ref, "error-context"):
		o.add(2, "error-context.debug-message", nil, h.index, g.pointer(8))
		o.add(1, "error-context.drop", nil, h.index)
	}
}

// addContext adds the uses of context storage.
func (g *generator) addContext(o *options) {
	t, value := g.contextType(), uint64(g.Uint32())
	if t == "i64" {
		value = g.Uint64() >> g.IntN(64)
	}
	o.add(1, "context.get", []string{t}, g.Uint64N(2))
	o.add(1, "context.set", []string{t}, g.Uint64N(2), value)
}

// contextType is the type that the instance uses context storage as. Validation lets a component name but one.
func (g *generator) contextType() string {
	if (g.at.Actor[0]+byte(len(g.run.World.Funcs)))%3 == 0 {
		return "i64"
	}
	return "i32"
}

// addResourceHandle adds the built-ins that take a resource handle. One that is lent is not dropped.
func (g *generator) addResourceHandle(o *options, h slot) {
	r := g.state.field(h.ref, "rt")
	if g.defines(r) {
		o.add(1, "resource.rep", []string{r}, h.index)
	}
	if g.state.field(h.ref, "own") == "0" {
		o.add(8, "resource.drop", []string{r}, h.index)
	} else if g.state.field(h.ref, "num_lends") == "0" && g.canDrop(r) {
		o.add(2, "resource.drop", []string{r}, h.index)
	}
}

// defines reports whether the instance that acts defines a resource type: resource.new and resource.rep are for it alone.
func (g *generator) defines(resource string) bool {
	return slices.ContainsFunc(g.run.World.Resources, func(r model.Resource) bool { return r.Name == resource && r.Impl == g.at.Actor })
}

// canDrop reports whether the resource's instance can be entered for its destructor.
func (g *generator) canDrop(resource string) bool {
	for _, r := range g.run.World.Resources {
		if r.Name == resource {
			return g.state.mayEnterFrom(r.Impl, g.at.Actor) || g.oneIn(40)
		}
	}
	return false
}

// endWords are the words that name an end of a stream or future in built-ins.
type endWords struct {
	of        string // stream or future
	direction string // readable or writable
	copy      string // read or write
	payload   string
}

// wordsOf reads the words out of a description: "readable stream end of u8".
func wordsOf(end slot) endWords {
	kind, payload, _ := strings.Cut(end.description, " end of ")
	direction, of, _ := strings.Cut(kind, " ")
	copies := map[string]string{"readable": "read", "writable": "write"}
	return endWords{of, direction, copies[direction], compact(payload)}
}

// addEnd adds the built-ins that take an end in its state.
func (g *generator) addEnd(o *options, h slot) {
	w := wordsOf(h)
	n := g.blockable(6)
	if g.state.field(h.ref, "wset") != "-" {
		n = 60
	}
	switch g.state.field(h.ref, "state") {
	case "IDLE":
		g.addCopy(o, h, w, n)
	case "COPYING":
		if waited := g.state.field(h.ref, "has_sync_waiter") == "1"; !waited || g.oneIn(25) {
			o.add(2, w.of+".cancel-"+w.copy, []string{w.payload, async(g.chooser, max(3, n/4))}, h.index)
		}
	case "DONE":
		o.add(3, w.of+".drop-"+w.direction, []string{w.payload}, h.index)
	}
}

// addCopy adds the copy of an idle end, sync once in n, and its drop. A future's writable end may not be dropped before it is
// written; the readable end of one that is being written is seldom dropped.
func (g *generator) addCopy(o *options, h slot, w endWords, n int) {
	length := pick(g.chooser, []uint64{0, 1, 2, 3, 3, 4})
	args := []uint64{h.index, g.buffer(w.payload, length)}
	if w.of == "stream" {
		args = append(args, length)
	}
	if !g.copiesToItself(h, w.payload) || g.oneIn(8) {
		o.add(4, w.of+"."+w.copy, []string{w.payload, async(g.chooser, n)}, args...)
	}
	shared := g.state.field(h.ref, "shared")
	if w.of == "stream" || w.copy == "read" && (g.state.field(shared, "pending_buffer") == "-" || g.oneIn(20)) {
		o.add(1, w.of+".drop-"+w.direction, []string{w.payload}, h.index)
	}
}

// copiesToItself reports whether a copy would be within one instance, of elements for which that is not allowed.
func (g *generator) copiesToItself(h slot, payload string) bool {
	return g.state.field(g.state.field(h.ref, "shared"), "pending_inst") == g.at.Actor && !slices.Contains(payloads, payload)
}

// buffer is the address at which a copy reads or writes n elements: now and then so that they end where memory does, seldom
// so that they end beyond it or are not aligned.
func (g *generator) buffer(payload string, n uint64) uint64 {
	if payload == "_" || !g.oneIn(12) {
		return g.pointer(8)
	}
	size := uint64(sizeOf(parseTypes(g.run, []string{payload})[0], ptrType(g.run.World, g.at.Actor)))
	end := memoryOf(g.run.World, g.at.Actor) - n*size
	if g.oneIn(25) {
		return end + pick(g.chooser, []uint64{1, size})
	}
	return end
}

// addJoin adds joining a waitable to each set of the instance, and to none. It weighs more if the waitable has an event, or
// will have one.
func (g *generator) addJoin(o *options, inst *instanceView, h slot) {
	if g.state.field(h.ref, "has_sync_waiter") == "1" {
		return
	}
	if g.state.field(h.ref, "wset") != "-" {
		o.add(1, "waitable.join", nil, h.index, 0)
	}
	weight := 1
	if g.state.field(h.ref, "wset") == "-" && (g.state.field(h.ref, "state") != "IDLE" || g.state.field(h.ref, "pending_event") != "-") {
		weight = 5
	}
	if g.state.field(h.ref, "cancellation_requested") == "1" {
		weight = 10
	}
	for _, set := range inst.handles {
		if strings.HasPrefix(set.ref, "set") {
			o.add(weight, "waitable.join", nil, h.index, set.index)
		}
	}
}

// addSubtask adds the drop of a subtask whose caller knows of its end, so that it has no lenders any more, or its cancellation.
func (g *generator) addSubtask(o *options, h slot) {
	switch {
	case g.state.field(h.ref, "lenders") == "-":
		o.add(4, "subtask.drop", nil, h.index)
	case g.state.field(h.ref, "cancellation_requested") == "0":
		n := g.blockable(3)
		if g.state.field(h.ref, "wset") != "-" {
			n = 25
		}
		o.add(3, "subtask.cancel", []string{async(g.chooser, n)}, h.index)
	}
	if g.oneIn(25) {
		o.add(3, "subtask.cancel", []string{async(g.chooser, 2)}, h.index)
	}
}

// addSet adds the built-ins that take a set. Waiting on one without a pending event is rare in sync functions, where it is likely
// to trap.
func (g *generator) addSet(o *options, h slot) {
	elems := strings.Fields(strings.Trim(g.state.field(h.ref, "elems"), "[]"))
	ready := slices.ContainsFunc(elems, func(e string) bool { return g.state.field(e, "pending_event") != "-" })
	if ready {
		o.add(6, "waitable-set.wait", []string{cancellable(g.chooser)}, h.index, g.pointer(4))
		o.add(6, "waitable-set.poll", []string{cancellable(g.chooser)}, h.index, g.pointer(4))
	} else if !g.syncTask() && len(elems) > 0 || g.oneIn(30) {
		o.add(2, "waitable-set.wait", []string{cancellable(g.chooser)}, h.index, g.pointer(4))
	}
	o.add(1, "waitable-set.poll", []string{cancellable(g.chooser)}, h.index, g.pointer(4))
	if len(elems) == 0 && (g.state.field(h.ref, "num_waiting") == "0" || g.oneIn(4)) {
		o.add(1, "waitable-set.drop", nil, h.index)
	}
}
