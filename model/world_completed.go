package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// Completed are the parts of a world that it does not say and that were chosen for it.
type Completed struct {
	Menus      []string // whose: instances and the host
	RightClass bool
	Bounds     []string // "3 handles"
	Steps      bool     // the world does not say how many actions: the search decides that
	LeftOut    []string // from the menus that were chosen
}

// Complete is a world with menus for those that have none, and bounds if it does not say how many actions, and what of it was chosen.
// An instance whose functions have menus, or one of them, is left as it is. A world that says all is returned itself.
func (w *World) Complete() (*World, Completed) {
	full, chosen := *w, Completed{}
	full.Menus = map[string][]string{}
	for at, menu := range w.Menus {
		full.Menus[at] = menu
	}
	m := &menuMaker{World: &full, leftOut: map[string]bool{}}
	for _, i := range w.Instances {
		if !w.hasMenuOf(i.Name) {
			m.instance(i)
			chosen.Menus = append(chosen.Menus, i.Name)
		}
	}
	if chosen.RightClass = len(w.Menus) == 0 && !w.RightClass; chosen.RightClass {
		full.RightClass = true
		m.leaveOut("wrong indices and values")
	}
	if !w.hasMenuOf(Host) {
		m.host()
		chosen.Menus = append(chosen.Menus, Host)
	}
	chosen.LeftOut = sortedKeys(m.leftOut)
	if w.Steps == 0 && !w.Random {
		chosen.Steps = true
		chosen.Bounds = full.completeBounds()
	}
	if len(chosen.Menus) == 0 && !chosen.Steps {
		return w, chosen // a named world stays itself
	}
	return &full, chosen
}

// hasMenuOf reports whether an instance or the host has a menu, or a function of it.
func (w *World) hasMenuOf(actor string) bool {
	for at := range w.Menus {
		if w.actorOf(at) == actor {
			return true
		}
	}
	return false
}

// completeBounds sets the bounds on handles, threads and tasks that are not set, and returns them in words.
func (w *World) completeBounds() (words []string) {
	for _, b := range []struct {
		bound *int
		least int
		noun  string
	}{{&w.Handles, w.handlesNeeded(), "handle"}, {&w.Threads, 3, "thread"}, {&w.Tasks, min(4, 1+len(w.Instances)), "task"}} {
		if *b.bound == 0 {
			*b.bound = b.least
			words = append(words, Counted(b.least, b.noun))
		}
	}
	return words
}

// handlesNeeded is how many handles a world needs so that each kind of its objects can live beside the others, from 2 to 5.
func (w *World) handlesNeeded() int {
	kinds := map[string]int{}
	for _, lines := range w.Menus {
		for _, line := range lines {
			switch op, _, _ := strings.Cut(line, " "); op {
			case "stream.new", "future.new":
				kinds[line] = 2
			case "resource.new", "waitable-set.new", "error-context.new":
				kinds[line] = 1
			}
		}
	}
	n := 0
	for _, k := range kinds {
		n += k
	}
	return max(2, min(n, 5))
}

// A menuMaker makes menus for a world.
type menuMaker struct {
	*World
	leftOut map[string]bool
}

func (m *menuMaker) leaveOut(what string) { m.leftOut[what] = true }

// An access is the types whose values an instance or the host may come to have, and those whose values it passes on.
type access struct{ gets, gives []spec.ValType }

// accessOf is the access of an actor, by its exports, or those that the host calls, and its imports.
func (m *menuMaker) accessOf(actor string, calls []string) access {
	var a access
	for _, f := range m.Funcs {
		ft := m.funcType(f)
		if f.Instance() == actor {
			a.gets, a.gives = append(a.gets, ft.Params...), append(a.gives, ft.Result...)
		}
		if slices.Contains(calls, f.Name) {
			a.gets, a.gives = append(a.gets, ft.Result...), append(a.gives, ft.Params...)
		}
	}
	return a
}

// instance makes the menus of an instance.
func (m *menuMaker) instance(i Instance) {
	calls := m.callableBy(i.Name)
	a := m.accessOf(i.Name, calls)
	base := slices.Concat(m.resourceLines(i.Name, a), m.elementLines(a))
	m.leaveOut("context, backpressure, and threads beside the first of each call")
	isAsync := func(f Func) bool { return f.Instance() == i.Name && f.Async }
	waits := slices.ContainsFunc(m.Imports, func(d Import) bool { return d.Instance == i.Name && d.Async }) ||
		slices.ContainsFunc(slices.Concat(a.gets, a.gives), func(t spec.ValType) bool { return contains(t, isCopied) })
	if waits && slices.ContainsFunc(m.Funcs, isAsync) {
		base = append(base, "waitable-set.new", "waitable.join", "waitable-set.drop")
		m.leaveOut("polling")
	}
	for _, d := range m.Imports {
		if d.Instance == i.Name && d.Async && !slices.Contains(base, "subtask.drop") {
			base = append(base, "subtask.cancel async", "subtask.drop")
			m.leaveOut("cancelling that blocks")
		}
	}
	for _, name := range calls {
		base = append(base, "call "+name)
	}
	base = append(base, m.builtinLines()...)
	isSync := func(f Func) bool { return f.Instance() == i.Name && !f.Async }
	hasDtor := func(r Resource) bool { return r.Impl == i.Name && r.Dtor }
	if slices.ContainsFunc(m.Funcs, isSync) || slices.ContainsFunc(m.Resources, hasDtor) {
		m.put(i.Name, base)
	}
	m.functions(i.Name, base, waits)
}

// builtinLines are the built-ins that the world declares, but for those that take types.
func (m *menuMaker) builtinLines() (lines []string) {
	words := map[immediate]string{immAsync: " async", immCancellable: " cancellable", immCore: " i32"}
	for _, b := range m.Builtins {
		line := b.Name
		op, _ := m.op(b.Name)
		for _, kind := range op.imm {
			if words[kind] == "" {
				m.leaveOut("built-ins of the world's own that take types")
				line = ""
				break
			}
			line += words[kind]
		}
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// isCopied reports whether values of a type are streams or futures.
func isCopied(t spec.ValType) bool {
	switch t.(type) {
	case *spec.StreamType, *spec.FutureType:
		return true
	}
	return false
}

// functions makes the menus of those functions of an instance that do not have the instance's, which are given.
func (m *menuMaker) functions(name string, base []string, waits bool) {
	for _, f := range m.Funcs {
		if f.Instance() != name {
			continue
		}
		lines := slices.Clone(base)
		if f.Async && f.Lift != "callback" {
			lines = append(lines, "thread.yield cancellable")
			if waits {
				lines = append(lines, "waitable-set.wait cancellable")
			}
		}
		if f.Lift == "stackful" || f.Lift == "callback" {
			lines = append(lines, "task.return ("+strings.Join(f.Results, ",")+")", "task.cancel")
			m.put(f.Name, lines)
			continue
		}
		if f.Async {
			m.put(f.Name, lines)
		}
		if f.PostReturn {
			m.put(f.Name+".post-return", nil)
			m.leaveOut("everything in post-return and realloc")
		}
	}
	if m.World.instance(name).Realloc == "guest" {
		m.put(name+".realloc", nil)
		m.leaveOut("everything in post-return and realloc")
	}
}

// put makes a menu of those lines that validation lets through.
func (m *menuMaker) put(at string, lines []string) {
	valid, vocabulary := []string{}, newVocabulary(m.World)
	for _, line := range lines {
		words := strings.Fields(line)
		if m.validateTemplate(m.actorOf(at), line) == nil && vocabulary.check(m.actorOf(at), Action{Op: words[0], Imm: words[1:]}) == nil {
			valid = append(valid, line)
		}
	}
	m.Menus[at] = valid
}

// resourceLines are actions on the resources that an instance implements, gets or gives.
func (m *menuMaker) resourceLines(name string, a access) (lines []string) {
	for _, r := range m.Resources {
		has := func(t spec.ValType) bool {
			return contains(t, func(t spec.ValType) bool { return handleOf(t) == r.Name })
		}
		if r.Impl == name {
			lines = append(lines, "resource.new "+r.Name, "resource.rep "+r.Name)
		}
		if r.Impl == name || slices.ContainsFunc(slices.Concat(a.gets, a.gives), has) {
			lines = append(lines, "resource.drop "+r.Name)
		}
	}
	if slices.ContainsFunc(a.gives, isNested) {
		lines = append(lines, "memory.store")
	}
	return lines
}

// handleOf is the name of the resource of a handle type; empty: it is none.
func handleOf(t spec.ValType) string {
	switch t := t.(type) {
	case *spec.OwnType:
		return t.Rt.Name
	case *spec.BorrowType:
		return t.Rt.Name
	}
	return ""
}

// elementLines are actions on the streams, futures and error contexts that an instance gets or gives.
func (m *menuMaker) elementLines(a access) (lines []string) {
	add := func(more ...string) {
		for _, line := range more {
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	for _, kind := range []string{"stream", "future"} {
		for _, t := range m.elementsOf(kind, a.gives) {
			add(kind+".new "+t, kind+".write "+t+" async", kind+".cancel-write "+t+" async", kind+".drop-writable "+t, kind+".drop-readable "+t)
			m.leaveOut("reading streams and futures of one's own")
			m.leaveOut("copies that block")
		}
		for _, t := range m.elementsOf(kind, a.gets) {
			add(kind+".read "+t+" async", kind+".cancel-read "+t+" async", kind+".drop-readable "+t)
			m.leaveOut("copies that block")
		}
	}
	isErrorContext := func(t spec.ValType) bool { _, is := t.(*spec.ErrorContextType); return is }
	if slices.ContainsFunc(slices.Concat(a.gets, a.gives), func(t spec.ValType) bool { return contains(t, isErrorContext) }) {
		add("error-context.new", "error-context.debug-message", "error-context.drop")
	}
	return lines
}

// elementsOf are the types of elements of the streams, or of the futures, in some types.
func (m *menuMaker) elementsOf(kind string, ts []spec.ValType) (elements []string) {
	for _, t := range ts {
		contains(t, func(t spec.ValType) bool {
			var element spec.ValType
			switch t := t.(type) {
			case *spec.StreamType:
				element = t.T
			case *spec.FutureType:
				element = t.T
			}
			if is := isCopied(t); is && strings.HasPrefix(spec.TypeName(t), kind) {
				if name := wordOf(element); !slices.Contains(elements, name) {
					elements = append(elements, name)
				}
			}
			return false
		})
	}
	return elements
}

// wordOf is a type as a word of an action.
func wordOf(t spec.ValType) string {
	if t == nil {
		return "_"
	}
	return strings.ReplaceAll(spec.TypeName(t), " ", "")
}

// host makes the host's menu.
func (m *menuMaker) host() {
	var invoked, own, lines []string
	for _, f := range m.Funcs {
		imported := slices.ContainsFunc(m.Imports, func(i Import) bool { return i.Func == f.Name })
		switch {
		case f.Instance() == Host && imported:
			own = append(own, f.Name)
		case f.Instance() == Host || slices.Contains(m.Start, f.Name):
		case imported:
			m.leaveOut("calls by the host of functions that instances import")
		default:
			invoked = append(invoked, f.Name)
		}
	}
	if len(invoked)+len(m.Start) == 0 {
		invoked = m.callableBy(Host)
		delete(m.leftOut, "calls by the host of functions that instances import")
	}
	for _, name := range invoked {
		lines = append(lines, "invoke "+name)
	}
	if slices.ContainsFunc(slices.Concat(invoked, m.Start), func(name string) bool { return m.Func(name).Async }) {
		lines = append(lines, opCancel)
	}
	if slices.ContainsFunc(m.Funcs, func(f Func) bool { return f.Async }) {
		lines = append(lines, opTick)
	}
	if len(own) > 0 {
		lines = append(lines, "host.start", "host.resolve", "host.resolve-cancelled")
	}
	m.put(Host, append(lines, m.sharedLines(m.accessOf(Host, invoked))...))
}

// sharedLines are the host's actions on streams and futures that it gets or gives.
func (m *menuMaker) sharedLines(a access) (lines []string) {
	has := func(ts []spec.ValType) bool {
		return slices.ContainsFunc(ts, func(t spec.ValType) bool { return contains(t, isCopied) })
	}
	if has(a.gets) {
		lines = append(lines, "shared.read")
	}
	if has(a.gives) {
		lines = append(lines, "shared.write", "shared.copy", "shared.done")
	}
	if has(a.gets) || has(a.gives) {
		lines = append(lines, "shared.cancel", "shared.drop", "shared.reclaim")
	}
	return lines
}

// String says what was chosen; empty: nothing was.
func (c Completed) String() string {
	var parts []string
	if len(c.Menus) > 0 {
		parts = append(parts, "menus of "+strings.Join(c.Menus, ", "))
	}
	if c.RightClass {
		parts = append(parts, "indices of the right class")
	}
	if len(c.Bounds) > 0 {
		parts = append(parts, fmt.Sprintf("bounds of %s", strings.Join(c.Bounds, ", ")))
	}
	return strings.Join(parts, "; ")
}
