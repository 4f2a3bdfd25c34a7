package upstream

import (
	"cabi/internal/engine"
	"cabi/internal/python"
)

// This file writes the closures in a state, which are told apart by the names of their functions.

// qualifiedName is the name of the function of a closure or a bound method; "": it is neither.
func qualifiedName(v python.Value) string {
	switch v := v.(type) {
	case *python.Function:
		return v.Code().QualifiedName()
	case *python.Method:
		return qualifiedName(v.Func())
	}
	return ""
}

// fileOf is the file of the function of a closure or a bound method.
func fileOf(v python.Value) string {
	switch v := v.(type) {
	case *python.Function:
		return v.Code().File()
	case *python.Method:
		return fileOf(v.Func())
	}
	return ""
}

// selfOf is the object that a method is bound to.
func selfOf(v python.Value) python.Value {
	if m, ok := v.(*python.Method); ok {
		return m.Self()
	}
	return gone
}

func (w *stateWriter) readyFunc(f python.Value) {
	switch qualifiedName(f) {
	case "Thread.resume_later.<locals>.<lambda>", "Thread.yield_.<locals>.<lambda>", "Thread.yield_then_resume.<locals>.<lambda>",
		"WaitableSet.wait_for_event.<locals>.<lambda>":
		w.put("always")
	case "Task.enter_implicit_thread.<locals>.<lambda>":
		w.refs("no-backpressure(", captured(captured(f, "has_backpressure"), "self"))
		w.put(")")
	case "Waitable.has_pending_event":
		w.refs("has-pending-event(", selfOf(f))
		w.put(")")
	case "WaitableSet.wait_for_event_and.<locals>.ready_and_has_event":
		w.refs("has-event(", captured(f, "self"))
		w.put(", ")
		w.readyFunc(captured(f, "ready_func"))
		w.put(")")
	case "canon_lift.<locals>.thread_func.<locals>.<lambda>":
		w.refs("exclusive-free(", captured(f, "inst"))
		w.put(")")
	case "Subtask.resolved":
		w.refs("resolved(", selfOf(f))
		w.put(")")
	default:
		w.orHost(f)
	}
}

// orHost writes what is no function of definitions.py.
func (w *stateWriter) orHost(v python.Value) {
	switch v {
	case nil:
		w.put("-")
	case gone:
		w.notKnown("a closure captures something else")
		w.put("(gone)")
	default:
		if name := qualifiedName(v); name != "" && fileOf(v) != engine.File {
			w.notKnown("there is a function that the pin has not: " + engine.Plain(name))
		}
		w.put("host")
	}
}

// begins writes what a thread that has not run yet will run.
func (w *stateWriter) begins(v python.Value) {
	cont, ok := v.(*python.Instance)
	if !ok || nodeOf(cont).begins == nil {
		w.put("-")
		return
	}
	f := captured(nodeOf(cont).begins, "thread_func")
	switch qualifiedName(f) {
	case "canon_lift.<locals>.thread_func":
		w.put("lift")
	case "canon_thread_new_indirect.<locals>.thread_func":
		w.put("indirect(", captured(f, "c"), ")")
	default:
		w.orHost(f)
	}
}

func (w *stateWriter) onResolve(f python.Value) {
	switch qualifiedName(f) {
	case "canon_lower.<locals>.on_resolve":
		progress := qualifiedName(captured(f, "maybe_on_progress")) == "canon_lower.<locals>.on_progress"
		w.refs("lower(", captured(f, "subtask"))
		w.put(", progress=", progress, ", args=")
		w.rest(captured(f, "flat_args"))
		w.put(")")
	case "LiftLowerContext.reallocate.<locals>.on_resolve":
		w.put("realloc")
	default:
		w.orHost(f)
	}
}

// rest writes the values of a CoreValueIter that were not taken yet.
func (w *stateWriter) rest(v python.Value) {
	x, _ := v.(*python.Instance)
	values, _ := w.field(x, "values").(*python.List)
	i, ok := w.field(x, "i").(int)
	if values == nil || !ok {
		w.put("(gone)")
		return
	}
	w.numbers(values.Items()[min(i, len(values.Items())):])
}

func (w *stateWriter) onCancel(f python.Value) {
	if qualifiedName(f) == "Task.request_cancellation" {
		w.refs("", selfOf(f))
		return
	}
	w.orHost(f)
}

// copier writes which end a pending copy is of.
func (w *stateWriter) copier(f python.Value) {
	switch qualifiedName(f) {
	case "stream_copy.<locals>.on_copy_done":
		w.refs("", captured(captured(f, "stream_event"), "e"))
	case "future_copy.<locals>.on_copy_done":
		w.refs("", captured(captured(f, "future_event"), "e"))
	default:
		w.orHost(f)
	}
}

func (w *stateWriter) event(f python.Value) {
	switch f := f.(type) {
	case nil:
		w.put("-")
	case *python.Partial:
		w.copyEvent(f)
	default:
		w.put("subtask(", captured(f, "subtaski"), ")")
	}
}

// copyEvent writes the event of a stream or a future.
func (w *stateWriter) copyEvent(p *python.Partial) {
	g, of := p.Func(), "future("
	stream := qualifiedName(g) == "stream_copy.<locals>.stream_event"
	if stream {
		of = "stream("
	}
	w.put(of, p.Args()[0])
	if stream {
		w.put(", reclaim=", len(p.Args())-len(p.Names()) > 1)
	}
	w.put(", ", captured(g, "event_code"), ", ", captured(g, "i"))
	w.refs(", ", captured(g, "buffer"))
	w.put(")")
}
