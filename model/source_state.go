package model

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"strconv"

	"cabi/internal/engine"
	"cabi/internal/python"
	"cabi/spec"
)

// This file writes what a state on Python has that one of the port has not: fields and closures that the port does not know, and the
// local variables of functions that are not as the port has them. Of all other functions, the observations say as much.

// A pythonWriter writes objects of Python, each with its content the first time.
type pythonWriter struct {
	*stateWriter
	r    *Run
	seen map[any]int
}

// source writes what the port does not know.
func (w *stateWriter) source(r *Run) {
	if r.source == nil || r.source.asPorted {
		return
	}
	w.machine(r)
	p := &pythonWriter{stateWriter: w, r: r}
	for _, u := range r.source.mirror.Unknown {
		w.Put("unknown ", u.Owner, ".", u.Name, "=")
		p.value(u.Value)
		w.Put("\n")
	}
	r.source.machine.Rebound(func(name string, v python.Value) {
		p.Put("bound ", name, "=")
		p.value(v)
		p.Put("\n")
	})
	for _, f := range r.source.resumers {
		p.calls(f)
	}
	for _, f := range r.source.machine.Suspended() {
		p.calls(f)
	}
	p.blocked()
}

// machine writes a digest of everything that the machine of a changed definitions.py holds: variables of modules, captured variables,
// defaults, attributes of classes, objects that the port knows and that hold more than it does, iterators. Whoever changes the file can
// keep a part of the state anywhere. A state that cannot be written so ends the search.
func (w *stateWriter) machine(r *Run) {
	s := r.source
	if s.machine.Source.CoversAll() {
		return
	}
	var err error
	s.encoded, err = s.machine.AppendState(s.encoded[:0], s.run, pythonList(s.onCancel), pythonList(s.onResolve), pythonList(s.shared))
	if err != nil {
		s.failed = cmp.Or(s.failed, error(&Unexplorable{s.machine.Source.Name, "a state cannot be told from others: " + err.Error()}))
	}
	w.Put("machine ", fmt.Sprintf("%x", sha256.Sum256(s.encoded)), "\n")
}

// pythonList is a list of values, of its own.
func pythonList(vs []python.Value) *python.List { return python.NewList(slices.Clone(vs)...) }

// blocked writes the stacks of the threads that are blocked.
func (p *pythonWriter) blocked() {
	if p.r.source.machine.Source.CoversAll() {
		return
	}
	for _, x := range p.r.source.made {
		cont, _ := attribute(x, "cont").(*python.Instance)
		if cont == nil {
			continue
		}
		if f := python.Waiting(attribute(cont, "lock")); f != nil {
			p.Put("of ", p.r.source.mirror.Value(x), " ")
			p.calls(f)
		}
	}
}

// calls writes the calls of functions that are not covered.
func (p *pythonWriter) calls(f *python.Fiber) {
	source := p.r.source.machine.Source
	if source.CoversAll() {
		return
	}
	for _, c := range f.Calls() {
		function := engine.Plain(c.Code().QualifiedName())
		if c.Code().File() == engine.File || source.Covered(function) {
			continue
		}
		p.Put("call ", function, ":", c.Place().Line)
		names, values := c.Variables()
		for i, name := range names {
			p.Put(" ", name, "=")
			p.value(values[i])
		}
		p.Put("\n")
	}
}

// value writes a value.
func (p *pythonWriter) value(v python.Value) {
	switch v := v.(type) {
	case nil:
		p.Put("None")
	case string:
		p.Put(strconv.Quote(v))
	case *python.EnumMember:
		p.Put(v.Name())
	case *python.Class:
		p.Put(v.QualifiedName())
	case *python.Native:
		p.Put(v.Name())
	case *python.List:
		p.list(v.Items())
	case *python.Tuple:
		p.list(v.Items())
	case *python.Set:
		p.list(v.Items())
	case *python.Bytearray:
		p.Put(string(v.Data()))
	case *python.Dict:
		p.list(v.Keys())
		p.list(v.Values())
	case *python.Instance, *python.Function, *python.Method, *python.Partial:
		p.object(v)
	case bool, int, float64, *big.Int:
		p.Put(fmt.Sprint(v))
	default: // an iterator, a lock, or part of an expression: the state of the stacks says the rest
		p.Put(fmt.Sprintf("%T", v))
		if left, ok := python.Progress(v); ok {
			p.list(left)
		}
	}
}

func (p *pythonWriter) list(vs []python.Value) {
	p.Put("[")
	for _, v := range vs {
		p.value(v)
		p.Put(" ")
	}
	p.Put("]")
}

// object writes an object: as the port does if it has a line for it there, else with its content.
func (p *pythonWriter) object(v python.Value) {
	switch o := p.r.source.mirror.Value(v).(type) {
	case *spec.ComponentInstance, *spec.Thread, *spec.Task, *spec.ResourceHandle, *spec.Subtask, *spec.WaitableSet, *spec.SharedStreamImpl,
		*spec.SharedFutureImpl, *spec.MemInst, *spec.ReadableStreamEnd, *spec.WritableStreamEnd, *spec.ReadableFutureEnd, *spec.WritableFutureEnd:
		p.Put(o)
		return
	case spec.ValType:
		p.Put(spec.TypeName(o))
		return
	}
	n, known := p.seen[v]
	if !known {
		if p.seen == nil {
			p.seen = map[any]int{}
		}
		n = len(p.seen)
		p.seen[v] = n
	}
	p.Put("object", n)
	if !known {
		p.content(v)
	}
}

func (p *pythonWriter) content(v python.Value) {
	switch v := v.(type) {
	case *python.Instance:
		p.Put(":", v.Class().QualifiedName(), "{")
		for _, name := range v.Fields() {
			p.Put(name, "=")
			p.value(attribute(v, name))
			p.Put(" ")
		}
		p.Put("}")
	case *python.Function:
		p.Put(":", v.Code().QualifiedName(), "{")
		if v.Code().File() != engine.File {
			for _, name := range v.Variables() {
				x, _ := v.Variable(name)
				p.Put(name, "=")
				p.value(x)
				p.Put(" ")
			}
		}
		p.Put("}")
	case *python.Method:
		p.value(v.Func())
		p.Put(" of ")
		p.value(v.Self())
	case *python.Partial:
		p.value(v.Func())
		p.list(v.Args())
	}
}
