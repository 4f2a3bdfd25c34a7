package upstream

import (
	"math"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A player decides what guests and the host do in a random run: as a rule what the state allows, now and then anything.
type player struct {
	chooser
	rec    *recorder
	left   int            // actions until the run winds down
	wrong  int            // one action in so many is any at all; 0: none
	crowd  bool           // tasks have many threads, which mostly wait to be cancelled
	favour map[string]int // how much more often actions of a group come, by the group's prefix
	queue  []model.Action // what comes next, whatever happens
	need   *model.Action  // makes a handle that was wanted and is not there
	snap   *snapshot
	run    *model.Run
	at     *model.Activation
}

func newPlayer(c chooser, rec *recorder) *player {
	p := &player{chooser: c, rec: rec, left: 20 + c.IntN(40), favour: map[string]int{}}
	p.wrong = pick(c, []int{0, 0, 0, 0, 0, 0, 120, 25})
	p.crowd = c.one(12)
	groups := []string{"resource", "stream", "future", "thread", "subtask", "waitable", "call", "task", "error", "context", "backpressure",
		"return", "return", "invoke", "cancel", "tick", "host", "shared"}
	for range 1 + c.IntN(3) {
		p.favour[pick(c, groups)] = 2 + c.IntN(6)
	}
	return p
}

// An option is an action that could come next. Its make may find that it cannot.
type option struct {
	weight int
	make   func() (model.Action, bool)
}

// options collects what could come next.
type options struct {
	p    *player
	list []option
}

// add adds an action with its words and numbers.
func (o *options) add(weight int, op string, imm []string, args ...uint64) {
	o.lazy(weight, op, func() (model.Action, bool) { return action(op, imm, args...), true })
}

func (o *options) lazy(weight int, op string, make func() (model.Action, bool)) {
	group, _, _ := strings.Cut(op, ".")
	group, _, _ = strings.Cut(group, "-")
	if f := o.p.favour[group]; f > 0 {
		weight *= f
	}
	if weight > 0 {
		o.list = append(o.list, option{weight, make})
	}
}

func action(op string, imm []string, args ...uint64) model.Action {
	a := model.Action{Op: op, Imm: imm}
	for _, v := range args {
		a.Args = append(a.Args, spec.CoreInt(v))
	}
	return a
}

// choose takes one of the options.
func (o *options) choose() (model.Action, bool) {
	for len(o.list) > 0 {
		total := 0
		for _, x := range o.list {
			total += x.weight
		}
		at, i := o.p.IntN(total), 0
		for at >= o.list[i].weight {
			at -= o.list[i].weight
			i++
		}
		if a, ok := o.list[i].make(); ok {
			return a, true
		}
		o.list = slices.Delete(o.list, i, i+1)
	}
	return model.Action{}, false
}

// Next decides.
func (p *player) Next(run *model.Run, at *model.Activation) model.Action {
	if len(p.queue) > 0 {
		a := p.queue[0]
		p.queue = p.queue[1:]
		return a
	}
	p.left--
	p.run, p.at, p.snap = run, at, newSnapshot(run, p.rec.state)
	switch at.Kind {
	case model.KindHost:
		return p.host()
	case model.KindHostFunc, model.KindHostCancel, model.KindHostShared:
		return p.hostCalled()
	default:
		return p.guest()
	}
}

// guest decides what core code does.
func (p *player) guest() model.Action {
	if p.wrong > 0 && p.one(p.wrong) {
		if a, ok := p.nearMiss(); ok && !p.one(3) {
			return a
		}
		return p.anything()
	}
	if a, ok := p.special(); ok {
		return a
	}
	o := &options{p: p}
	mayLeave := p.snap.is(p.at.Actor, "may_leave")
	if !mayLeave && (p.wrong > 0 && p.one(5) || p.one(60)) {
		return p.anything()
	}
	if p.left > 0 && mayLeave {
		p.builtins(o)
	}
	if p.left > -40 {
		p.finishing(o)
	}
	p.returning(o)
	a, ok := o.choose()
	if !ok {
		return p.anyReturn()
	}
	return a
}

// special is what guests seldom do by chance.
func (p *player) special() (model.Action, bool) {
	switch {
	case p.crowd && p.at.Kind == model.KindThread && p.left > 0 && p.one(2):
		return action(pick(p.chooser, []string{"thread.suspend", "thread.yield"}), []string{"cancellable"}), true
	case p.at.Kind == model.KindRealloc && p.snap.is(p.at.Actor, "may_enter") && p.one(40):
		return p.anyCall()
	case p.one(900):
		return p.mistake()
	case p.snap.of(p.snap.task(), "state") == "CANCEL_DELIVERED" && p.snap.is(p.at.Actor, "may_leave") && p.one(4):
		return p.callParent()
	}
	return model.Action{}, false
}

// callParent calls back whom the instance is in, which can be entered at any time.
func (p *player) callParent() (model.Action, bool) {
	for _, imp := range p.run.World.Imports {
		owner, _, _ := strings.Cut(imp.Func, ".")
		if imp.Instance == p.at.Actor && owner != p.at.Actor && slices.Contains(p.snap.ancestors(p.at.Actor), owner) {
			return p.call(imp)
		}
	}
	return model.Action{}, false
}

// anyCall calls an import, whether or not that may be done.
func (p *player) anyCall() (model.Action, bool) {
	for _, imp := range p.run.World.Imports {
		if imp.Instance == p.at.Actor {
			return p.call(imp)
		}
	}
	return model.Action{}, false
}

func async(c chooser, most int) string {
	if c.one(most) {
		return "sync"
	}
	return "async"
}

func cancellable(c chooser) string {
	if c.one(3) {
		return "uncancellable"
	}
	return "cancellable"
}

// builtins are the built-ins that the state allows.
func (p *player) builtins(o *options) {
	view := p.snap.insts[p.at.Actor]
	for _, r := range p.run.World.Resources {
		o.add(2, "resource.new", []string{r.Name}, uint64(p.IntN(100)))
	}
	o.add(2, "waitable-set.new", nil)
	payload := payload(p.chooser)
	o.add(3, "stream.new", []string{payload})
	o.add(2, "future.new", []string{payload})
	o.add(1, "context.get", []string{"i32"}, p.Uint64N(2))
	o.add(1, "context.set", []string{"i32"}, p.Uint64N(2), uint64(p.Uint32()))
	if p.one(4) {
		o.add(1, "context.set", []string{"i64"}, p.Uint64N(2), p.Uint64()>>p.IntN(64))
		o.add(1, "context.get", []string{"i64"}, p.Uint64N(2))
	}
	if n := field(view.line, "backpressure"); n == "0" || len(n) > 4 && p.one(2) {
		o.add(1, "backpressure.inc", nil)
	} else {
		o.add(3, "backpressure.dec", nil)
	}
	o.add(1, "error-context.new", nil, p.pointer(2), p.Uint64N(6))
	o.add(1, "memory.store", nil, p.Uint64N(240), p.text(), p.text())
	p.threads(o, view)
	for _, h := range view.handles {
		p.handle(o, view, h)
	}
	p.calls(o)
}

func (p *player) pointer(alignment uint64) uint64 {
	if p.one(30) {
		return memoryOf(p.run.World, p.at.Actor) - 8
	}
	if p.one(300) {
		return pick(p.chooser, []uint64{1, 2, 252, 255, 256, 1 << 31})
	}
	return p.Uint64N(120) / alignment * alignment
}

// text is eight bytes that are likely to be text in some encoding, or small numbers.
func (p *player) text() uint64 {
	return pick(p.chooser, []uint64{0x0000000100000004, 0x6867666564636261, 0x00620061c3a9c3a9, 0x80cf81cf41414141,
		0xde00d83d00e90061, 0x0000000200000001, 0xd83d, 0xff, 0x9f98f09f9880f061, p.Uint64()})
}

// handle adds what can be done with one handle.
func (p *player) handle(o *options, view *instanceView, h slot) {
	switch {
	case strings.HasPrefix(h.ref, "h"):
		p.resourceHandle(o, h)
	case strings.HasPrefix(h.ref, "end"):
		p.end(o, h)
		p.join(o, view, h)
	case strings.HasPrefix(h.ref, "subtask"):
		p.subtask(o, h)
		p.join(o, view, h)
	case strings.HasPrefix(h.ref, "set"):
		p.set(o, h)
	case strings.HasPrefix(h.ref, "error-context"):
		o.add(2, "error-context.debug-message", nil, h.index, p.pointer(8))
		o.add(1, "error-context.drop", nil, h.index)
	}
}

func (p *player) resourceHandle(o *options, h slot) {
	r := p.snap.of(h.ref, "rt")
	o.add(1, "resource.rep", []string{r}, h.index)
	if p.snap.of(h.ref, "own") == "0" {
		o.add(8, "resource.drop", []string{r}, h.index)
	} else if p.snap.of(h.ref, "num_lends") == "0" && p.canDrop(r) {
		o.add(2, "resource.drop", []string{r}, h.index)
	}
}

// canDrop reports whether the resource's instance can be entered for its destructor.
func (p *player) canDrop(resource string) bool {
	for _, r := range p.run.World.Resources {
		if r.Name == resource {
			return p.snap.mayEnterFrom(r.Impl, p.at.Actor) || p.one(40)
		}
	}
	return false
}

// blockable is how seldom something that may block is done: in a sync function, where it is likely to trap, seldom.
func (p *player) blockable(most int) int {
	if p.syncTask() {
		return 40 * most
	}
	return most
}

// syncTask reports whether the running task is a call of a sync function.
func (p *player) syncTask() bool {
	line := p.snap.lines[p.snap.task()]
	return !strings.Contains(line, ":async-func(")
}

func (p *player) end(o *options, h slot) {
	kind, payload, _ := strings.Cut(h.what, " end of ")
	verb, what, _ := strings.Cut(kind, " ")
	op, drop := "read", "drop-readable"
	if verb == "writable" {
		op, drop = "write", "drop-writable"
	}
	payload = strings.ReplaceAll(payload, ", ", ",")
	imm := []string{payload}
	inSet := p.snap.of(h.ref, "wset") != "-"
	waited := p.snap.of(h.ref, "has_sync_waiter") == "1"
	most := p.blockable(6)
	if inSet {
		most = 60
	}
	switch p.snap.of(h.ref, "state") {
	case "IDLE":
		n := pick(p.chooser, []uint64{0, 1, 2, 3, 3, 4})
		args := []uint64{h.index, p.buffer(payload, n)}
		if what == "stream" {
			args = append(args, n)
		}
		if !p.copiesToItself(h, payload) || p.one(8) {
			o.add(4, what+"."+op, []string{payload, async(p.chooser, most)}, args...)
		}
		shared := p.snap.of(h.ref, "shared")
		if what == "stream" || op == "read" && (p.snap.of(shared, "pending_buffer") == "-" || p.one(20)) {
			o.add(1, what+"."+drop, imm, h.index)
		}
	case "COPYING":
		if !waited || p.one(25) {
			o.add(2, what+".cancel-"+op, []string{payload, async(p.chooser, max(3, most/4))}, h.index)
		}
	case "DONE":
		o.add(3, what+"."+drop, imm, h.index)
	}
}

// copiesToItself reports whether a copy would be within one instance, of elements for which that is not allowed.
func (p *player) copiesToItself(h slot, payload string) bool {
	return p.snap.of(p.snap.of(h.ref, "shared"), "pending_inst") == p.at.Actor && !slices.Contains(payloads, payload)
}

// buffer is where a copy reads or writes n elements: now and then at the very end of memory, seldom beyond or askew.
func (p *player) buffer(payload string, n uint64) uint64 {
	if payload == "_" || !p.one(12) {
		return p.pointer(8)
	}
	size := uint64(sizeOf(parseTypes(p.run, []string{payload})[0], ptrType(p.run.World, p.at.Actor)))
	end := memoryOf(p.run.World, p.at.Actor) - n*size
	if p.one(25) {
		return end + pick(p.chooser, []uint64{1, size})
	}
	return end
}

func (p *player) join(o *options, view *instanceView, h slot) {
	if p.snap.of(h.ref, "has_sync_waiter") == "1" {
		return
	}
	if p.snap.of(h.ref, "wset") != "-" {
		o.add(1, "waitable.join", nil, h.index, 0)
	}
	weight := 1
	if p.snap.of(h.ref, "wset") == "-" && (p.snap.of(h.ref, "state") != "IDLE" || p.snap.of(h.ref, "pending_event") != "-") {
		weight = 5 // it has an event, or will have
	}
	if p.snap.of(h.ref, "cancellation_requested") == "1" {
		weight = 10
	}
	for _, set := range view.handles {
		if strings.HasPrefix(set.ref, "set") {
			o.add(weight, "waitable.join", nil, h.index, set.index)
		}
	}
}

func (p *player) subtask(o *options, h slot) {
	switch {
	case p.snap.of(h.ref, "lenders") == "-":
		o.add(4, "subtask.drop", nil, h.index)
	case p.snap.of(h.ref, "cancellation_requested") == "0":
		most := p.blockable(3)
		if p.snap.of(h.ref, "wset") != "-" {
			most = 25
		}
		o.add(3, "subtask.cancel", []string{async(p.chooser, most)}, h.index)
	}
	if p.one(25) {
		o.add(3, "subtask.cancel", []string{async(p.chooser, 2)}, h.index)
	}
}

func (p *player) set(o *options, h slot) {
	elems := strings.Fields(strings.Trim(p.snap.of(h.ref, "elems"), "[]"))
	ready := slices.ContainsFunc(elems, func(e string) bool { return p.snap.of(e, "pending_event") != "-" })
	if ready {
		o.add(6, "waitable-set.wait", []string{cancellable(p.chooser)}, h.index, p.pointer(4))
		o.add(6, "waitable-set.poll", []string{cancellable(p.chooser)}, h.index, p.pointer(4))
	} else if !p.syncTask() && len(elems) > 0 || p.one(30) {
		o.add(2, "waitable-set.wait", []string{cancellable(p.chooser)}, h.index, p.pointer(4))
	}
	o.add(1, "waitable-set.poll", []string{cancellable(p.chooser)}, h.index, p.pointer(4))
	if len(elems) == 0 && (p.snap.of(h.ref, "num_waiting") == "0" || p.one(4)) {
		o.add(1, "waitable-set.drop", nil, h.index)
	}
}

func (p *player) threads(o *options, view *instanceView) {
	o.add(1, "thread.index", nil)
	o.add(1, "thread.yield", []string{cancellable(p.chooser)})
	weight, most := 2, 4
	if p.crowd {
		weight, most = 12, 7
	}
	if len(view.threads) < most {
		fi := uint64(1 + p.IntN(2))
		c := uint64(p.Uint32())
		if fi == 2 {
			c = p.Uint64()
		}
		imm := []string{[]string{"i32", "i64"}[fi-1]}
		if p.one(500) {
			imm[0] = "i64"
		}
		o.add(weight, "thread.new-indirect", imm, fi, c)
	}
	if len(view.threads) > 1 && (!p.syncTask() || p.one(30)) {
		o.add(1, "thread.suspend", []string{cancellable(p.chooser)})
	}
	for _, t := range view.threads {
		if p.one(600) {
			o.add(1, "thread.resume-later", nil, t.index)
		}
		line := p.snap.lines[t.ref]
		imm := []string{cancellable(p.chooser)}
		switch {
		case strings.Contains(line, " suspended "):
			o.add(weight, "thread.resume-later", nil, t.index)
			if !p.syncTask() || p.one(6) {
				o.add(1, "thread.suspend-then-resume", imm, t.index)
			}
			o.add(2, "thread.yield-then-resume", imm, t.index)
			o.add(1, "thread.yield-then-promote", imm, t.index)
		case strings.Contains(line, " waiting "):
			o.add(2, "thread.yield-then-promote", imm, t.index)
			if !p.syncTask() || p.one(6) {
				o.add(1, "thread.suspend-then-promote", imm, t.index)
			}
		}
	}
}

// maker makes core values that refer to handles of the running instance.
func (p *player) maker() *flatMaker {
	m := &flatMaker{chooser: p.chooser, memory: memoryOf(p.run.World, p.at.Actor), ptr: ptrType(p.run.World, p.at.Actor), encoding: encodingOf(p.run.World, p.at.Actor)}
	view := p.snap.insts[p.at.Actor]
	var used []uint64
	m.needs = func(t spec.ValType) { p.need = p.making(t) }
	p.need = nil
	m.handle = func(t spec.ValType) (uint64, bool) {
		if p.one(120) && len(view.handles) > 0 {
			return pick(p.chooser, view.handles).index, true
		}
		var fits []uint64
		for _, h := range view.handles {
			if p.fits(h, t) && !slices.Contains(used, h.index) {
				fits = append(fits, h.index)
			}
		}
		if len(fits) == 0 {
			return 0, false
		}
		i := pick(p.chooser, fits)
		if _, borrow := t.(*spec.BorrowType); !borrow {
			used = append(used, i)
		}
		return i, true
	}
	return m
}

// making is the action that makes a handle for a type.
func (p *player) making(t spec.ValType) *model.Action {
	var a model.Action
	switch t := t.(type) {
	case *spec.OwnType:
		a = action("resource.new", []string{t.Rt.Name}, p.Uint64N(100))
	case *spec.BorrowType:
		a = action("resource.new", []string{t.Rt.Name}, p.Uint64N(100))
	case *spec.StreamType:
		a = action("stream.new", []string{compact(spec.TypeName(t.T))})
	case *spec.FutureType:
		a = action("future.new", []string{compact(spec.TypeName(t.T))})
	default:
		a = action("error-context.new", nil, 0, 0)
	}
	return &a
}

// compact is a type as one word.
func compact(name string) string { return strings.ReplaceAll(name, ", ", ",") }

// prepared is a, unless something that it needs has to be made first or written to memory.
func (p *player) prepared(m *flatMaker, a model.Action) (model.Action, bool) {
	if m.failed && !p.one(60) {
		if p.need == nil || !p.snap.is(p.at.Actor, "may_leave") {
			return a, false
		}
		return *p.need, true
	}
	if len(m.writes) == 0 {
		return a, true
	}
	p.queue = append(append(p.queue, m.writes[1:]...), a)
	return m.writes[0], true
}

// fits reports whether a handle can be passed as a value of a type.
func (p *player) fits(h slot, t spec.ValType) bool {
	switch t := t.(type) {
	case *spec.OwnType:
		fits := p.snap.of(h.ref, "own") == "1" && p.snap.of(h.ref, "num_lends") == "0"
		return p.snap.of(h.ref, "rt") == t.Rt.Name && (fits || p.one(15))
	case *spec.BorrowType:
		return p.snap.of(h.ref, "rt") == t.Rt.Name
	case *spec.ErrorContextType:
		return strings.HasPrefix(h.ref, "error-context")
	case *spec.StreamType:
		return p.fitsEnd(h, "readable stream end of ", t.T)
	case *spec.FutureType:
		return p.fitsEnd(h, "readable future end of ", t.T)
	}
	return false
}

func (p *player) fitsEnd(h slot, prefix string, t spec.ValType) bool {
	return h.what == prefix+spec.TypeName(t) && (p.snap.of(h.ref, "state") == "IDLE" && p.snap.of(h.ref, "wset") == "-" || p.one(25))
}

// calls adds the imports of the instance.
func (p *player) calls(o *options) {
	for _, imp := range p.run.World.Imports {
		if imp.Instance != p.at.Actor {
			continue
		}
		owner, _, _ := strings.Cut(imp.Func, ".")
		if owner != model.Host && !p.snap.mayEnterFrom(owner, p.at.Actor) && !p.one(100) {
			continue
		}
		if owner != model.Host && p.syncTask() && !imp.Async && p.funcOf(imp.Func).Async && !p.one(12) {
			continue // it may block
		}
		o.lazy(6, "call", func() (model.Action, bool) { return p.call(imp) })
	}
}

func (p *player) call(imp model.Import) (model.Action, bool) {
	f := p.funcOf(imp.Func)
	m := p.maker()
	params, results := parseTypes(p.run, f.Params), parseTypes(p.run, f.Results)
	most, l := 16, p.run.World.Limits
	if l.FlatParams > 0 {
		most = l.FlatParams
	}
	retptr := len(flattenAll(results, m.ptr)) > 1
	if imp.Async {
		if most = 4; l.FlatAsyncParams > 0 {
			most = l.FlatAsyncParams
		}
		retptr = len(results) > 0
	}
	args := m.values(params, most)
	if retptr {
		args = append(args, spec.CoreInt(m.pointer(8)))
	}
	return p.prepared(m, model.Action{Op: "call", Imm: []string{imp.Func}, Args: args})
}

func (p *player) funcOf(name string) model.Func {
	name, _, _ = strings.Cut(name, ".callback")
	name, _, _ = strings.Cut(name, ".post-return")
	for _, f := range p.run.World.Funcs {
		if f.Name == name {
			return f
		}
	}
	return model.Func{}
}

// finishing adds what brings a task nearer to its end.
func (p *player) finishing(o *options) {
	task := p.snap.task()
	line := p.snap.lines[task]
	if !strings.Contains(line, " stackful ") && !strings.Contains(line, " callback ") {
		return
	}
	weight := 3
	if p.left <= 0 {
		weight = 30
	}
	state := p.snap.of(task, "state")
	if p.snap.of(task, "num_borrows") != "0" && !p.one(100) && (state != "CANCEL_DELIVERED" || !p.one(3)) {
		return
	}
	if state == "CANCEL_DELIVERED" {
		o.add(4*weight, "task.cancel", nil)
	}
	if state != "RESOLVED" || p.one(200) {
		o.lazy(weight, "task.return", p.taskReturn)
	}
	if state != "RESOLVED" && p.one(300) {
		o.lazy(weight, "task.return", p.taskReturnOther)
	}
}

func (p *player) taskReturn() (model.Action, bool) {
	line := p.snap.lines[p.snap.task()]
	f := p.funcOf(taskFunc(line))
	m := p.maker()
	most := 16
	if l := p.run.World.Limits.FlatParams; l > 0 {
		most = l
	}
	results := f.Results
	if p.one(150) {
		results = pick(p.chooser, resultLists)
	}
	args := m.values(parseTypes(p.run, results), most)
	return p.prepared(m, model.Action{Op: "task.return", Imm: []string{"(" + strings.Join(results, ",") + ")"}, Args: args})
}

// taskReturnOther returns with other options than the function's, and no values.
func (p *player) taskReturnOther() (model.Action, bool) {
	results := p.funcOf(taskFunc(p.snap.lines[p.snap.task()])).Results
	return action("task.return-other", []string{"(" + strings.Join(results, ",") + ")"}), true
}

// taskFunc is the name of the function that a task is a call of: "A.f0" in "task1 inst=A A.f0:async-func()->() …".
func taskFunc(line string) string {
	words := strings.SplitN(line, " ", 4)
	if len(words) < 3 {
		return ""
	}
	name, _, _ := strings.Cut(words[2], ":")
	return name
}

// returning adds the ways in which the activation can end.
func (p *player) returning(o *options) {
	weight := 3
	if p.left <= 0 {
		weight = 20
	}
	if p.one(300) {
		o.add(1, "throw", nil)
	}
	task := p.snap.task()
	resolved := p.snap.of(task, "state") == "RESOLVED"
	switch p.at.Kind {
	case model.KindFunc, model.KindCallback:
		f := p.funcOf(p.at.Name)
		switch {
		case f.Lift == "callback":
			p.packed(o, weight, resolved)
		case f.Lift == "stackful":
			if resolved || len(strings.Fields(p.snap.of(task, "threads"))) > 1 {
				o.add(weight, "return", nil)
			}
		case p.snap.of(task, "num_borrows") == "0" || p.one(60):
			o.lazy(weight, "return", p.syncReturn)
		}
	case model.KindRealloc:
		o.lazy(20, "return", p.reallocReturn)
	case model.KindThread:
		if resolved || len(strings.Fields(p.snap.of(task, "threads"))) > 1 || p.one(60) {
			o.add(weight, "return", nil)
		}
	default:
		o.add(weight, "return", nil)
	}
}

// packed adds what a callback returns.
func (p *player) packed(o *options, weight int, resolved bool) {
	if resolved || len(strings.Fields(p.snap.of(p.snap.task(), "threads"))) > 1 && p.one(3) {
		o.add(2*weight, "return", nil, 0)
	}
	if p.left < -10 {
		return
	}
	o.add(2, "return", nil, 1)
	if p.one(30) {
		o.add(2, "return", nil, pick(p.chooser, []uint64{3, 4, 15, 2, 18, 34, 50, 0xffffffff}))
	}
	for _, h := range p.snap.insts[p.at.Actor].handles {
		if strings.HasPrefix(h.ref, "set") {
			o.add(4, "return", nil, 2|h.index<<4)
		}
	}
}

func (p *player) syncReturn() (model.Action, bool) {
	m := p.maker()
	args := m.values(p.at.Results, max(1, p.run.World.Limits.FlatResults))
	return p.prepared(m, model.Action{Op: "return", Args: args})
}

// reallocReturn returns a block as a rule: aligned, and within memory.
func (p *player) reallocReturn() (model.Action, bool) {
	alignment, size := p.at.Args[2].Uint64(), p.at.Args[3].Uint64()
	memory := memoryOf(p.run.World, p.at.Actor)
	first, more := 18, 6
	if encodingOf(p.run.World, p.at.Actor) == spec.Latin1UTF16 {
		first, more = 10, 3 // it has the most ways to lower a string
	}
	if again := p.at.Args[1].Uint64() > 0; again && p.one(more) || p.one(first) || size > memory/2 {
		m := p.maker()
		return action("return", nil, pick(p.chooser, []uint64{m.weird(m.ptr), memory - size + 1, memory - size + 2, memory, 1, memory - size})&mask(m.ptr)), true
	}
	if old := p.at.Args[0].Uint64(); p.at.Args[1].Uint64() > 0 && old%alignment == 0 && p.one(2) {
		return action("return", nil, old), true // it shrinks or grows where it is
	}
	return action("return", nil, p.Uint64N(memory/2)/alignment*alignment), true
}

func mask(t spec.CoreType) uint64 {
	if t == spec.I32 {
		return math.MaxUint32
	}
	return math.MaxUint64
}

// anyReturn is for where nothing else can be done: it is likely to trap.
func (p *player) anyReturn() model.Action {
	switch {
	case p.at.Kind == model.KindFunc && p.funcOf(p.at.Name).Lift == "callback", p.at.Kind == model.KindCallback:
		return action("return", nil, pick(p.chooser, []uint64{0, 0, 1}))
	case p.at.Kind == model.KindFunc && p.funcOf(p.at.Name).Lift == "stackful":
		return action("return", nil)
	case p.at.Kind == model.KindFunc:
		m := p.maker()
		return model.Action{Op: "return", Args: m.values(p.at.Results, max(1, p.run.World.Limits.FlatResults))}
	case p.at.Kind == model.KindRealloc:
		a, _ := p.reallocReturn()
		return a
	}
	return action("return", nil)
}

// anything is a built-in with numbers that may mean nothing.
func (p *player) anything() model.Action {
	index := func() uint64 {
		return pick(p.chooser, []uint64{0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 1 << 28, math.MaxUint32})
	}
	m := p.maker()
	payload := payload(p.chooser)
	a := pick(p.chooser, []string{"async", "sync"})
	c := cancellable(p.chooser)
	r := pick(p.chooser, []string{"R", "S"})
	ptr := func() uint64 {
		if p.one(2) {
			return m.weird(m.ptr)
		}
		return p.Uint64N(128)
	}
	var buf []uint64
	if p.one(2) {
		buf = []uint64{index(), ptr(), pick(p.chooser, []uint64{0, 1, 2, 1 << 28, 1<<28 - 1, math.MaxUint32, 255, 300})}
	} else {
		buf = []uint64{index(), ptr(), 1}
	}
	switch p.IntN(46) {
	case 44:
		if a, ok := p.anyCall(); ok {
			return a
		}
		return action("task.cancel", nil)
	case 45:
		return action("task.cancel", nil)
	case 34:
		return action("resource.new", []string{r}, 1)
	case 35:
		return action("waitable-set.new", nil)
	case 36:
		return action("stream.new", []string{payload})
	case 37:
		return action("future.new", []string{payload})
	case 38:
		return action("thread.index", nil)
	case 39:
		return action("thread.yield", []string{c})
	case 40, 41:
		if a, ok := p.taskReturn(); ok && !p.one(3) {
			return a
		}
		a, _ := p.taskReturnOther()
		return a
	case 42:
		return action("context.get", []string{"i32"}, 0)
	case 43:
		return action("backpressure.inc", nil)
	case 0:
		return action("resource.drop", []string{r}, index())
	case 1:
		return action("resource.rep", []string{r}, index())
	case 2:
		return action("waitable-set.wait", []string{c}, index(), ptr())
	case 3:
		return action("waitable-set.poll", []string{c}, index(), ptr())
	case 4:
		return action("waitable-set.drop", nil, index())
	case 5, 6:
		return action("waitable.join", nil, index(), index())
	case 7:
		return action("subtask.cancel", []string{a}, index())
	case 8:
		return action("subtask.drop", nil, index())
	case 9:
		return action("stream.read", []string{payload, a}, buf...)
	case 10:
		return action("stream.write", []string{payload, a}, buf...)
	case 11:
		return action("stream.cancel-read", []string{payload, a}, index())
	case 12:
		return action("stream.cancel-write", []string{payload, a}, index())
	case 13:
		return action("stream.drop-readable", []string{payload}, index())
	case 14:
		return action("stream.drop-writable", []string{payload}, index())
	case 15:
		return action("future.read", []string{payload, a}, buf[:2]...)
	case 16:
		return action("future.write", []string{payload, a}, buf[:2]...)
	case 17:
		return action("future.cancel-read", []string{payload, a}, index())
	case 18:
		return action("future.cancel-write", []string{payload, a}, index())
	case 19:
		return action("future.drop-readable", []string{payload}, index())
	case 20:
		return action("future.drop-writable", []string{payload}, index())
	case 21:
		return action("thread.new-indirect", []string{pick(p.chooser, []string{"i32", "i64"})}, p.Uint64N(4), 7)
	case 22:
		return action("thread.resume-later", nil, index())
	case 23:
		return action("thread.suspend", []string{c})
	case 24:
		return action("thread.suspend-then-resume", []string{c}, index())
	case 25:
		return action("thread.yield-then-resume", []string{c}, index())
	case 26:
		return action("thread.suspend-then-promote", []string{c}, index())
	case 27:
		return action("thread.yield-then-promote", []string{c}, index())
	case 28:
		return action("error-context.new", nil, ptr(), p.Uint64N(300))
	case 29:
		return action("error-context.debug-message", nil, index(), ptr())
	case 30:
		return action("error-context.drop", nil, index())
	case 31:
		return action("task.cancel", nil)
	case 32:
		if p.one(2) {
			return action("backpressure.dec", nil)
		}
		return action("task.return", []string{"()"})
	default:
		return p.wrongReturn()
	}
}

// wrongReturn ends the activation in a way that may not be right.
func (p *player) wrongReturn() model.Action {
	if p.one(3) {
		return action("throw", nil)
	}
	switch p.at.Kind {
	case model.KindFunc, model.KindCallback:
		if p.funcOf(p.at.Name).Lift == "callback" {
			return action("return", nil, pick(p.chooser, []uint64{0, 1, 2, 3, 18, 34, 50, 15, math.MaxUint32}))
		}
	}
	return p.anyReturn()
}

// nearMiss does something with a handle that is there, whatever its state, and now and then with another type.
func (p *player) nearMiss() (model.Action, bool) {
	view := p.snap.insts[p.at.Actor]
	if len(view.threads) > 0 && p.one(5) {
		op := pick(p.chooser, []string{"thread.suspend-then-resume", "thread.yield-then-resume"})
		return action(op, []string{cancellable(p.chooser)}, pick(p.chooser, view.threads).index), true
	}
	if len(view.handles) == 0 {
		return model.Action{}, false
	}
	h := pick(p.chooser, view.handles)
	for _, other := range view.handles {
		if p.snap.of(other.ref, "has_sync_waiter") == "1" && p.one(2) {
			if p.one(2) {
				return action("waitable.join", nil, other.index, 0), true
			}
			h = other
		}
	}
	a, c := pick(p.chooser, []string{"async", "sync"}), cancellable(p.chooser)
	switch {
	case strings.HasPrefix(h.ref, "h"):
		r := p.snap.of(h.ref, "rt")
		if p.one(3) {
			r = pick(p.chooser, []string{"R", "S"})
		}
		return action(pick(p.chooser, []string{"resource.drop", "resource.rep"}), []string{r}, h.index), true
	case strings.HasPrefix(h.ref, "subtask"):
		if p.one(2) {
			return action("subtask.drop", nil, h.index), true
		}
		return action("subtask.cancel", []string{a}, h.index), true
	case strings.HasPrefix(h.ref, "set"):
		if p.one(2) {
			return action("waitable-set.drop", nil, h.index), true
		}
		return action(pick(p.chooser, []string{"waitable-set.wait", "waitable-set.poll"}), []string{c}, h.index, p.pointer(4)), true
	case strings.HasPrefix(h.ref, "end"):
		return p.missEnd(h, a), true
	case p.one(2):
		return action("error-context.drop", nil, h.index), true
	}
	return action("waitable.join", nil, h.index, pick(p.chooser, view.handles).index), true
}

// mistake does something with a handle that is there: half of the time what is for such a handle, whatever its state,
// else anything that takes an index.
func (p *player) mistake() (model.Action, bool) {
	handles := p.snap.insts[p.at.Actor].handles
	if len(handles) == 0 || p.one(2) {
		return p.nearMiss()
	}
	h := pick(p.chooser, handles)
	payload := payload(p.chooser)
	if _, t, ok := strings.Cut(h.what, " end of "); ok {
		payload = compact(t)
	}
	a := action(pick(p.chooser, indexed), nil, h.index)
	what, verb, _ := strings.Cut(a.Op, ".")
	switch {
	case what == "resource":
		a.Imm = []string{pick(p.chooser, []string{"R", "S"})}
	case what == "waitable-set" && verb != "drop":
		a.Imm = []string{cancellable(p.chooser)}
	case a.Op == "subtask.cancel":
		a.Imm = []string{async(p.chooser, 2)}
	case (what == "stream" || what == "future") && strings.HasPrefix(verb, "drop"):
		a.Imm = []string{payload}
	case what == "stream" || what == "future":
		a.Imm = []string{payload, async(p.chooser, 2)}
	}
	for len(a.Args) < operands(a.Op) {
		a.Args = append(a.Args, spec.CoreInt(p.Uint64N(4)*4))
	}
	if a.Op == "waitable.join" {
		a.Args[1] = spec.CoreInt(pick(p.chooser, handles).index)
	}
	return a, true
}

// indexed are the built-ins that take a handle's index first.
var indexed = []string{"resource.drop", "resource.rep", "waitable-set.wait", "waitable-set.poll", "waitable-set.drop", "waitable.join",
	"subtask.cancel", "subtask.drop", "stream.read", "stream.write", "stream.cancel-read", "stream.cancel-write", "stream.drop-readable",
	"stream.drop-writable", "future.read", "future.write", "future.cancel-read", "future.cancel-write", "future.drop-readable",
	"future.drop-writable", "error-context.debug-message", "error-context.drop"}

// operands are how many numbers a built-in takes, the index among them.
func operands(op string) int {
	switch op {
	case "stream.read", "stream.write":
		return 3
	case "future.read", "future.write", "waitable-set.wait", "waitable-set.poll", "waitable.join", "error-context.debug-message":
		return 2
	}
	return 1
}

func (p *player) missEnd(h slot, async string) model.Action {
	kind, payload, _ := strings.Cut(h.what, " end of ")
	verb, what, _ := strings.Cut(kind, " ")
	payload = compact(payload)
	if p.one(4) {
		payload = pick(p.chooser, payloads)
	}
	op := map[string]string{"readable": "read", "writable": "write"}[verb]
	switch p.IntN(4) {
	case 0:
		return action(what+".drop-"+verb, []string{payload}, h.index)
	case 1:
		return action(what+".cancel-"+op, []string{payload, async}, h.index)
	case 2:
		sets := p.snap.insts[p.at.Actor].handles
		return action("waitable.join", nil, h.index, pick(p.chooser, sets).index)
	}
	args := []uint64{h.index, p.pointer(8)}
	if what == "stream" {
		args = append(args, p.Uint64N(4))
	}
	return action(what+"."+op, []string{payload, async}, args...)
}
