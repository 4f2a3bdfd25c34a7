package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/internal/engine"
	"cabi/internal/mirror"
	"cabi/internal/python"
	"cabi/spec"
)

// This file hears of the calls of functions of definitions.py that the port reports to a watcher: what happens to tables, and which
// threads run.

// observe has the run hear of calls.
func (r *Run) observe() {
	s := r.source
	on := func(function string, enter func(c *python.Call), leave func(c *python.Call, result python.Value)) {
		o := &python.Observer{}
		if enter != nil {
			o.Enter = func(_ *python.Machine, c *python.Call) error {
				if !s.probing {
					enter(c)
				}
				return nil
			}
		}
		if leave != nil {
			o.Leave = func(_ *python.Machine, c *python.Call, result python.Value, e *python.Exception) error {
				if e == nil && !s.probing {
					leave(c, result)
				}
				return nil
			}
		}
		s.machine.Observe(function, o)
	}
	on("resume", r.resumes, func(*python.Call, python.Value) {
		s.resumers = s.resumers[:len(s.resumers)-1]
		r.Store.MirrorReturns()
	})
	on("cont_new", nil, func(c *python.Call, result python.Value) {
		if x, ok := result.(*python.Instance); ok {
			f := argument(c, "f", 0)
			s.mirror.Begins(x, f)
		}
	})
	on("Thread.__init__", r.newThread, nil)
	on("Table.add", nil, r.added)
	on("Table.get", func(c *python.Call) { r.sought(c) }, func(c *python.Call, result python.Value) { r.found(c, result, false) })
	on("Table.remove", func(c *python.Call) { r.sought(c) }, func(c *python.Call, result python.Value) { r.found(c, result, true) })
	on("WaitableSet.get_pending_event", nil, r.delivered)
}

func (r *Run) resumes(c *python.Call) {
	v := argument(c, "current_thread", 2)
	t := mirror.As[*spec.Thread](r.source.mirror, v)
	if t == nil {
		r.source.failed = fmt.Errorf("%s cannot be explored: resume is not given the thread that it resumes", r.source.machine.Source.Name)
		panic(r.source.failed)
	}
	r.source.resumers = append(r.source.resumers, r.source.machine.Fiber())
	r.Store.MirrorResumes(t)
}

func (r *Run) newThread(c *python.Call) {
	v := argument(c, "self", 0)
	if t := mirror.As[*spec.Thread](r.source.mirror, v); t != nil {
		r.source.made = append(r.source.made, v.(*python.Instance))
		t.MirrorSerial(len(r.source.made))
	}
}

// argument is an argument of a call, by the name that the pin has for the parameter, or by its position.
func argument(c *python.Call, name string, position int) python.Value {
	if params := c.Code().Params(); !slices.Contains(params, name) && position < len(params) {
		name = params[position]
	}
	v, _ := c.Arg(name)
	return v
}

// tableOf says whose table the table is whose method is called; nil: it is none of an instance's.
func (r *Run) tableOf(c *python.Call) *mirror.TableOf {
	v := argument(c, "self", 0)
	x, ok := v.(*python.Instance)
	if !ok {
		return nil
	}
	of, _ := x.Tag().(*mirror.TableOf)
	return of
}

func (r *Run) added(c *python.Call, result python.Value) {
	of := r.tableOf(c)
	if of == nil {
		return
	}
	v := argument(c, "e", 1)
	r.sync()
	if e, ok := r.source.mirror.Value(v).(spec.Element); ok {
		r.source.mirror.Flush()
		(*watcher)(r).Issued(of.Inst, spec.MirrorKey(of.Threads), indexOn(result), e)
	}
}

func indexOn(v python.Value) uint64 {
	i, _ := v.(int)
	return uint64(i)
}

// within reports whether a call is one of a method of a table by another.
func within(c *python.Call) bool {
	caller := c.Caller()
	return caller != nil && strings.HasPrefix(caller.Code().QualifiedName(), "Table.")
}

// sought is told that an index is about to be looked up.
func (r *Run) sought(c *python.Call) {
	of := r.tableOf(c)
	v := argument(c, "i", 1)
	if t := r.Store.Running(); of == nil && t != nil { // a table of functions, which is no instance's
		r.source.last = sought{inst: t.Instance(), want: spec.Expected{Class: spec.ClassCoreFuncRef}, index: indexOn(v)}
	}
	if of == nil || within(c) {
		return
	}
	r.source.last = sought{inst: of.Inst, index: indexOn(v)}
	want, ok := r.wanted(c, of)
	if !ok {
		r.wantedIsNotKnown(c)
	}
	if r.source.last.want = want; ok && len(r.soughtObservers()) > 0 {
		r.sync()
		(*watcher)(r).Sought(of.Inst, want, indexOn(v))
	}
}

func (r *Run) soughtObservers() []soughtObserver { return r.observers.sought.all }

// found is told that an element was looked up, and perhaps removed.
func (r *Run) found(c *python.Call, result python.Value, removed bool) {
	of := r.tableOf(c)
	if of == nil || within(c) {
		return
	}
	v := argument(c, "i", 1)
	r.sync()
	e, _ := r.source.mirror.Value(result).(spec.Element)
	r.source.mirror.Flush()
	last := &r.source.last
	if last.found = e; last.want == (spec.Expected{}) {
		last.want = spec.WantOf(e)
	}
	want := last.want
	(*watcher)(r).Found(of.Inst, want, indexOn(v), e)
	if removed {
		(*watcher)(r).Retired(of.Inst, spec.MirrorKey(of.Threads), indexOn(v), e)
	}
}

// wantedBy are the elements that the functions of definitions.py look for, but for those that depend on their arguments.
var wantedBy = map[string]spec.Class{
	"lift_error_context": spec.ClassErrorContext, "canon_error_context_debug_message": spec.ClassErrorContext, "canon_error_context_drop": spec.ClassErrorContext,
	"canon_lift.thread_func": spec.ClassWaitableSet, "canon_waitable_set_wait": spec.ClassWaitableSet, "canon_waitable_set_poll": spec.ClassWaitableSet,
	"canon_waitable_set_drop": spec.ClassWaitableSet, "canon_subtask_cancel": spec.ClassSubtask, "canon_subtask_drop": spec.ClassSubtask,
}

// endClasses are the ends of streams and futures by their classes.
var endClasses = map[string]spec.Class{
	"ReadableStreamEnd": spec.ClassReadableStreamEnd, "WritableStreamEnd": spec.ClassWritableStreamEnd,
	"ReadableFutureEnd": spec.ClassReadableFutureEnd, "WritableFutureEnd": spec.ClassWritableFutureEnd,
}

// wanted is what the function that looks an index up expects there; false: that is not known of this function.
func (r *Run) wanted(c *python.Call, of *mirror.TableOf) (spec.Expected, bool) {
	caller := c.Caller()
	if of.Threads {
		return spec.Expected{Class: spec.ClassThread}, true
	}
	if caller == nil {
		return spec.Expected{}, false
	}
	function := engine.Plain(caller.Code().QualifiedName())
	if class, ok := wantedBy[function]; ok {
		return spec.Expected{Class: class}, true
	}
	if function == "canon_waitable_join" {
		return r.wantedToJoin(caller)
	}
	if want, ok := r.wantedEnd(caller); ok {
		return want, true
	}
	return r.wantedResource(caller)
}

// wantedToJoin is what canon_waitable_join wants at the index that it looks up: its first parameter or its second.
func (r *Run) wantedToJoin(caller *python.Call) (spec.Expected, bool) {
	line := r.source.machine.Source.Line(caller.Place().Line)
	for i, class := range []spec.Class{spec.ClassWaitable, spec.ClassWaitableSet} {
		if params := caller.Code().Params(); i < len(params) && strings.Contains(line, "("+params[i]+")") {
			return spec.Expected{Class: class}, true
		}
	}
	return spec.Expected{}, false
}

// wantedIsNotKnown notes that a function of the version, which is not as in the pin, looks up an index, and what it wants there is not known.
func (r *Run) wantedIsNotKnown(c *python.Call) {
	caller := c.Caller()
	if caller == nil || r.source.machine.Source.AsPinned(engine.Plain(caller.Code().QualifiedName())) {
		return
	}
	r.isNotKnown(needsWanted, fmt.Sprintf("%s looks up an index (%s:%d), and what it wants there is not known", engine.Plain(caller.Code().QualifiedName()),
		caller.Place().File, caller.Place().Line))
}

// wantedResource is the resource handle that a function with an argument for a resource type expects.
func (r *Run) wantedResource(caller *python.Call) (spec.Expected, bool) {
	m := r.source.mirror
	for _, name := range []string{"rt", "t"} {
		v, _ := caller.Arg(name)
		switch t := m.Value(v).(type) {
		case *spec.ResourceType:
			return spec.Expected{Class: spec.ClassResourceHandle, Resource: t}, true
		case *spec.OwnType:
			return spec.Expected{Class: spec.ClassResourceHandle, Resource: t.Rt}, true
		case *spec.BorrowType:
			return spec.Expected{Class: spec.ClassResourceHandle, Resource: t.Rt}, true
		}
	}
	return spec.Expected{}, false
}

// wantedEnd is the end that a function with an argument for the class of ends expects.
func (r *Run) wantedEnd(caller *python.Call) (spec.Expected, bool) {
	want, typed := spec.Expected{Typed: true}, false
	for _, name := range []string{"EndT", "ReadableEndT"} {
		if v, ok := caller.Arg(name); ok {
			if class, ok := v.(*python.Class); ok {
				want.Class = endClasses[class.Name()]
			}
		}
	}
	for _, name := range []string{"stream_t", "future_t", "stream_or_future_t"} {
		v, _ := caller.Arg(name)
		if x, ok := v.(*python.Instance); ok {
			t, _ := x.Get("t")
			want.Payload, typed = mirror.As[spec.ValType](r.source.mirror, t), true
		}
	}
	if v, ok := caller.Arg("t"); ok { // of lift_async_value: the type of the elements
		want.Payload, typed = mirror.As[spec.ValType](r.source.mirror, v), true
	}
	return want, typed && want.Class != spec.ClassNone
}

// delivered is told that a set delivers an event.
func (r *Run) delivered(c *python.Call, result python.Value) {
	event, ok := result.(*python.Tuple)
	if !ok || len(event.Items()) != 3 {
		return
	}
	r.sync()
	v, known := c.Arg("w")
	e, isElement := r.source.mirror.Value(v).(spec.Element)
	if hears := r.source.mirror.OnUnknown; (!known || !isElement) && hears != nil {
		hears("WaitableSet", "get_pending_event", nil)
	}
	code, known := mirror.Enum[spec.EventCode](event.Items()[0])
	if !known {
		r.isNotKnown(needsCodes, "an EventCode that is not known here is delivered")
		return
	}
	if t := r.Store.Running(); t != nil && e != nil {
		(*watcher)(r).Delivered(t.Instance(), code, indexOn(event.Items()[1]), e)
	}
}
