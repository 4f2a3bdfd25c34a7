package pertype

import "cabi/spec/history"

// What canon_lower and canon_lift do around the definitions ported here, for core code that passes handles: the values
// of a call are at most one each way, so none goes through memory.

// A valType is own, borrow or, without a resource type, u32.
type valType struct {
	own bool
	rt  *ResourceType
}

// A funcType is the type of a component function.
type funcType struct{ params, results []*valType }

// liftFlatValues is lift_flat_values.
func liftFlatValues(cx *LiftLowerContext, flat []uint64, ts []*valType) []uint64 {
	return eachValue(flat, ts, func(v uint64, t *valType) uint64 {
		if t.own {
			return liftOwn(cx, v, t)
		}
		return liftBorrow(cx, v, t)
	})
}

// lowerFlatValues is lower_flat_values.
func lowerFlatValues(cx *LiftLowerContext, vs []uint64, ts []*valType) []uint64 {
	cx.inst.mayLeave = false
	flat := eachValue(vs, ts, func(v uint64, t *valType) uint64 {
		if t.own {
			return lowerOwn(cx, v, t)
		}
		return lowerBorrow(cx, v, t)
	})
	cx.inst.mayLeave = true
	return flat
}

// eachValue applies f to the values that are handles.
func eachValue(vs []uint64, ts []*valType, f func(v uint64, t *valType) uint64) []uint64 {
	mapped := []uint64{}
	for i, t := range ts {
		if t.rt == nil {
			mapped = append(mapped, vs[i])
			continue
		}
		mapped = append(mapped, f(vs[i], t))
	}
	return mapped
}

// callDestructor is canon_lower of canon_lift of rt's destructor. It returns before it blocks, so the call is the same
// for both kinds of caller but for what they get.
func callDestructor(rt *ResourceType, sync bool, task *Task, rep uint64) []uint64 {
	ft := &funcType{params: []*valType{{}}}
	subtask := newSubtask(CanonicalOptions{sync: sync}, ft, task, []uint64{rep})
	callee := newTask(CanonicalOptions{sync: rt.dtorSync}, rt.impl, ft, task, subtask.onReturn)
	args := callee.enter(subtask.onStart)
	callee.return_(rt.dtor(callee, args))
	callee.exit()
	flatResults := subtask.finish()
	if !sync {
		return []uint64{0}
	}
	return flatResults
}

// A World is the instances and resource types of history.Instances and history.Types, under this definition.
type World struct {
	insts map[string]*ComponentInstance
	types map[string]*ResourceType
}

// New makes a world. The destructor of each type that has one calls destroyed. Tables hold maxLength elements;
// 0 stands for TableMaxLength.
func New(maxLength uint64, destroyed func(rt string, rep uint64)) *World {
	if maxLength == 0 {
		maxLength = TableMaxLength
	}
	w := &World{map[string]*ComponentInstance{}, map[string]*ResourceType{}}
	for _, name := range history.Instances {
		w.insts[name] = newComponentInstance(maxLength)
	}
	for _, t := range history.Types {
		w.types[t.Name] = newResourceType(w.insts[t.Impl], destructor(t, destroyed), true)
	}
	return w
}

func destructor(t history.Type, destroyed func(rt string, rep uint64)) CoreFunc {
	if !t.Dtor {
		return nil
	}
	return func(_ *Task, args []uint64) []uint64 {
		destroyed(t.Name, args[0])
		return nil
	}
}

// ResourceNew is resource.new.
func (w *World) ResourceNew(t *Task, rt string, rep uint64) []uint64 {
	return canonResourceNew(w.types[rt], t, rep)
}

// ResourceRep is resource.rep.
func (w *World) ResourceRep(t *Task, rt string, i uint64) []uint64 {
	return canonResourceRep(w.types[rt], t, i)
}

// ResourceDrop is resource.drop.
func (w *World) ResourceDrop(t *Task, rt string, sync bool, i uint64) []uint64 {
	return canonResourceDrop(w.types[rt], sync, t, i)
}

// SubtaskDrop is subtask.drop.
func (w *World) SubtaskDrop(t *Task, i uint64) { canonSubtaskDrop(t, i) }

// Call begins a call up to where its core code runs, and returns the arguments that gets. The caller is nil for the
// host, which passes representations where core code passes indices; the subtask then is nil.
func (w *World) Call(caller *Task, inst string, c history.CallType) (task *Task, subtask *Subtask, flatArgs []uint64) {
	opts, ft := CanonicalOptions{sync: !c.Async}, w.funcType(c)
	args := c.Args()
	onStart, onReturn := func() []uint64 { return args }, func([]uint64) {}
	if caller != nil {
		subtask = newSubtask(opts, ft, caller, args)
		onStart, onReturn = subtask.onStart, subtask.onReturn
	}
	task = newTask(opts, w.insts[inst], ft, caller, onReturn)
	return task, subtask, task.enter(onStart)
}

func (w *World) funcType(c history.CallType) *funcType {
	ft := &funcType{}
	if c.Param != history.None {
		ft.params = []*valType{{c.Param == history.Own, w.types[c.ParamType]}}
	}
	if c.ResultType != "" {
		ft.results = []*valType{{true, w.types[c.ResultType]}}
	}
	return ft
}

// Blocked is what canon_lower does when the callee of an async call blocks before it is done.
func (w *World) Blocked(subtask *Subtask) history.Event {
	subtask.notifySupertask = true
	subtask.supertask.todo++
	i := subtask.inst.waitables.add(subtask)
	return history.Event{Subtask: i, State: subtask.state.String()}
}

// Return is task.return, or the return of a sync function.
func (w *World) Return(t *Task, flatResults []uint64) { t.return_(flatResults) }

// Exit ends a task, and the subtask that it is to its caller, and returns what that gets. The subtask is nil if the
// caller is the host.
func (w *World) Exit(t *Task, subtask *Subtask) (flatResults []uint64) {
	t.exit()
	if subtask == nil {
		return nil
	}
	return subtask.finish()
}

// Poll takes all events of a task.
func (w *World) Poll(t *Task) []history.Event {
	var events []history.Event
	for {
		e, ok := t.maybeNextEvent()
		if !ok {
			return events
		}
		events = append(events, history.Event{Subtask: e.i, State: e.code.String()})
	}
}
