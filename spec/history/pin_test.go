package history_test

import (
	"errors"
	"slices"
	"strings"

	"cabi/spec"
	"cabi/spec/history"
)

// A pinRun runs a sequence on the pin's definitions: the same list of operations is what the host and every core function
// take the next one from, whenever they have control.
type pinRun struct {
	store     *spec.Store
	insts     map[string]*spec.ComponentInstance
	types     map[string]*spec.ResourceType
	memory    *spec.MemInst
	ops       []history.Op
	results   []string
	destroyed []string
	resolve   map[string]spec.OnResolve // of what a blocked task waits for
	subtasks  map[string][]uint64       // the indices of each task's subtasks
}

// errEnd ends a run in the middle of core code: there are no more operations, or none for the one who has control.
var errEnd = &spec.Trap{Site: "test/end"}

// runPin returns the results of the operations, as far as they can be done.
func runPin(variant *spec.Variant, tableLength uint64, ops []history.Op) []string {
	r := &pinRun{
		store: spec.NewStore(spec.Options{Variant: variant, Deterministic: true, Limits: spec.Limits{TableLength: tableLength}}),
		insts: map[string]*spec.ComponentInstance{}, types: map[string]*spec.ResourceType{},
		memory: spec.NewMemInst(64), ops: ops,
		resolve: map[string]spec.OnResolve{}, subtasks: map[string][]uint64{},
	}
	defer r.store.Close()
	for _, name := range history.Instances {
		r.insts[name] = spec.NewComponentInstance(r.store, nil)
	}
	for _, t := range history.Types {
		r.types[t.Name] = spec.NewResourceType(t.Name, r.insts[t.Impl], r.dtor(t))
	}
	if err := r.host(); err != nil && !errors.Is(err, errEnd) {
		r.results = append(r.results, history.Stop(err))
	}
	return r.results
}

func (r *pinRun) dtor(t history.Type) spec.CoreFunc {
	if !t.Dtor {
		return nil
	}
	return func(args []spec.CoreValue) []spec.CoreValue {
		r.destroyed = append(r.destroyed, "dtor "+t.Name+" "+args[0].String())
		return nil
	}
}

// next is the next operation, if it is the actor's.
func (r *pinRun) next(actor string) (op history.Op, ok bool) {
	if len(r.results) == len(r.ops) {
		return op, false
	}
	op = r.ops[len(r.results)]
	return op, op.Actor == actor
}

func (r *pinRun) done(result string) {
	r.results = append(r.results, strings.Join(append([]string{result}, r.destroyed...), ", "))
	r.destroyed = nil
}

// host runs the host's operations.
func (r *pinRun) host() error {
	for {
		op, ok := r.next(history.Host)
		if !ok {
			return nil
		}
		if err := r.hostDo(op); err != nil {
			return err
		}
		r.done(history.Back(history.Host, ""))
	}
}

func (r *pinRun) hostDo(op history.Op) error {
	if op.Verb == history.Resume {
		r.resolve[op.Callee].OnResolve([]spec.Value{})
		return r.store.Tick()
	}
	f, _, _ := r.lifted(op)
	onStart := spec.HostOnStart(func() []spec.Value {
		values := []spec.Value{}
		for _, rep := range op.Call.Args() {
			values = append(values, spec.UintOf(rep))
		}
		return values
	})
	_, err := r.store.Invoke(f, onStart, spec.HostOnResolve(func([]spec.Value) {}))
	return err
}

// lifted is the callee of a call.
func (r *pinRun) lifted(op history.Op) (spec.FuncInst, *spec.FuncType, *spec.CanonicalOptions) {
	c := op.Call
	ft := &spec.FuncType{Async: c.Async}
	switch c.Param {
	case history.Own:
		ft.Params = []spec.ValType{&spec.OwnType{Rt: r.types[c.ParamType]}}
	case history.Borrow:
		ft.Params = []spec.ValType{&spec.BorrowType{Rt: r.types[c.ParamType]}}
	}
	if c.ResultType != "" {
		ft.Result = []spec.ValType{&spec.OwnType{Rt: r.types[c.ResultType]}}
	}
	opts := &spec.CanonicalOptions{Async: c.Async}
	inst := r.insts[history.Instance(op.Callee)]
	core := func(args []spec.CoreValue) []spec.CoreValue { return r.core(op.Callee, args) }
	return r.store.Lift(core, ft, opts, inst), ft, opts
}

// core is the core code of every task.
func (r *pinRun) core(name string, args []spec.CoreValue) []spec.CoreValue {
	r.done(history.Started(name, numbers(args)))
	for {
		op, ok := r.next(name)
		if !ok {
			panic(errEnd)
		}
		switch op.Verb {
		case history.Exit:
			return nil
		case history.Return:
			if op.Type == "" {
				return nil
			}
			return []spec.CoreValue{spec.CoreInt(op.N)}
		default:
			result := r.do(name, op)
			r.done(result)
		}
	}
}

func (r *pinRun) do(name string, op history.Op) string {
	s, rt := r.store, r.types[op.Type]
	switch op.Verb {
	case history.Call, history.CallAsync:
		return history.Back(name, r.call(name, op))
	case history.New:
		return history.Numbers(numbers(spec.CanonResourceNew(s, rt, op.N)))
	case history.Rep:
		return history.Numbers(numbers(spec.CanonResourceRep(s, rt, op.N)))
	case history.Drop:
		return history.Numbers(numbers(spec.CanonResourceDrop(s, rt, op.N)))
	case history.DropAsync:
		r.results = append(r.results, "no such built-in")
		panic(errEnd)
	case history.SubtaskDrop:
		spec.CanonSubtaskDrop(s, op.N)
		r.forget(history.Instance(name), op.N)
		return history.Numbers(nil)
	case history.Poll:
		return history.Events(r.poll(name))
	case history.Block:
		r.block(name)
		return history.Started(name, nil)
	default: // TaskReturn
		return history.Numbers(numbers(spec.CanonTaskReturn(s, nil, &spec.LiftOptions{}, nil)))
	}
}

// call is a task's call of a task of another instance.
func (r *pinRun) call(name string, op history.Op) string {
	f, ft, opts := r.lifted(op)
	var args []spec.CoreValue
	for _, v := range op.Call.Args() {
		args = append(args, spec.CoreInt(v))
	}
	flat := numbers(r.store.Lower(f, ft, opts, r.insts[history.Instance(name)])(args))
	if !op.Call.Async {
		return history.Numbers(flat)
	}
	state, i := spec.SubtaskState(flat[0]&0xf), flat[0]>>4
	if i == 0 {
		return "done"
	}
	r.subtasks[name] = append(r.subtasks[name], i)
	return history.Event{Subtask: i, State: state.String()}.String()
}

// block waits for a host function that the host resolves when it resumes the task.
func (r *pinRun) block(name string) {
	ft := &spec.FuncType{Async: true}
	f := spec.HostFunc(func(onStart spec.OnStart, onResolve spec.OnResolve, _ *spec.ComponentInstance) spec.OnCancel {
		onStart.OnStart()
		r.resolve[name] = onResolve
		return spec.HostOnCancel(func(*spec.ComponentInstance) {})
	})
	r.store.Lower(f, ft, &spec.CanonicalOptions{}, r.insts[history.Instance(name)])(nil)
}

// poll takes the events of a task's subtasks, through a waitable set that is gone afterwards. The index that the set had
// meanwhile is the next one its table gives, as it was before.
func (r *pinRun) poll(name string) []history.Event {
	s := r.store
	set := spec.CanonWaitableSetNew(s)[0].Uint64()
	var events []history.Event
	for _, i := range r.subtasks[name] {
		spec.CanonWaitableJoin(s, i, set)
		code := spec.EventCode(spec.CanonWaitableSetPoll(s, false, r.memory, set, 0)[0].Uint64())
		if code == spec.EventSubtask {
			events = append(events, history.Event{Subtask: i, State: spec.SubtaskState(r.memory.Bytes.B[4]).String()})
		}
		spec.CanonWaitableJoin(s, i, 0)
	}
	spec.CanonWaitableSetDrop(s, set)
	return events
}

// forget is told that an instance's index names a subtask no more.
func (r *pinRun) forget(inst string, i uint64) {
	for name, subtasks := range r.subtasks {
		if history.Instance(name) == inst {
			r.subtasks[name] = slices.DeleteFunc(subtasks, func(s uint64) bool { return s == i })
		}
	}
}

func numbers(values []spec.CoreValue) []uint64 {
	flat := []uint64{}
	for _, v := range values {
		flat = append(flat, v.Uint64())
	}
	return flat
}
