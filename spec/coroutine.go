// Not upstream's: stacks that can be suspended, where Python has an OS thread for each.

package spec

import (
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
)

// A coroutine runs one continuation after another, and is suspended between and inside them.
type coroutine struct {
	next  func() (struct{}, bool)
	close func()
	yield func(struct{}) bool

	store   *Store
	cont    *Continuation // that it runs
	place   int           // its position in store.coroutines
	done    bool          // the continuation has ended
	unwound bool          // the stack is to be unwound as soon as the coroutine is resumed
	stopped any           // what the continuation panicked with; the stack that resumed it panics with the same

	frames  []Frame    // the stack, if it is one of frames; it has no coroutine then
	resumer *coroutine // of such a stack: the one that goes on when it blocks or ends

	mark      int // the last that the stack has run after (Machine.Mark)
	unchanged int // how many of its frames, from the first on, have not changed since
}

// unwinding is the panic that unwinds a stack, to free its coroutine. It is none of the specification's own ways to stop, so
// neither the specification nor a guest that uses Try recovers it.
type unwinding struct{}

// A Pool keeps coroutines, and room for frames, for reuse: making one costs several times as much as a switch. Stores that are used one
// after the other may share one; it is not safe for concurrent use. The zero Pool is empty and ready.
type Pool struct {
	idle  []*coroutine
	rooms []any  // a frameRoom for each type of frames
	made  []*int // for each frame that was made, how many its room has
}

// Close ends the idle coroutines.
func (p *Pool) Close() {
	for _, co := range p.idle {
		co.close()
	}
	p.idle = nil
}

func (p *Pool) take() *coroutine {
	if n := len(p.idle); n > 0 {
		co := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return co
	}
	return newCoroutine()
}

func newCoroutine() *coroutine {
	co := &coroutine{}
	co.next, co.close = iter.Pull(func(yield func(struct{}) bool) {
		co.yield = yield
		for {
			co.run()
			if !yield(struct{}{}) {
				return
			}
		}
	})
	return co
}

// run runs one continuation to its end, however it ends.
func (co *coroutine) run() {
	defer func() {
		co.done = true
		co.stopped = recover()
		if err, ok := co.stopped.(runtime.Error); ok {
			co.stopped = &Fault{err, string(debug.Stack())}
		}
	}()
	co.cont.threadBase(co.store)
}

// suspend gives control back to the stack that resumed co.
func (co *coroutine) suspend() {
	if co.yield == nil {
		panic("spec: code that is no frame blocks, on a stack of frames")
	}
	co.yield(struct{}{})
	if co.unwound {
		panic(unwinding{})
	}
}

// switchTo runs cont until it blocks or ends. A panic that was not recovered on cont's stack goes on on this one. In
// definitions.py the exception would end cont's OS thread, and the one that resumed it would wait forever.
func (s *Store) switchTo(cont *Continuation) {
	if cont.co == nil {
		cont.co = s.begin(cont)
	}
	co := cont.co
	cont.handler.co = co
	running := s.handler
	// Python keeps the handler in a thread-local, so that this stack has its own again when cont blocks, ends or panics.
	handler := cont.handler
	defer func() { s.handler, handler.resumer = running, nil }()
	s.handler, handler.resumer = handler, running
	co.next()
	if co.done {
		s.finish(co)
		if co.stopped != nil {
			panic(co.stopped)
		}
	}
}

func (s *Store) begin(cont *Continuation) *coroutine {
	if s.machine != nil {
		panic("spec: code that is no frame switches stacks, in a store whose stacks are frames")
	}
	co := s.pool.take()
	co.store, co.cont, co.place = s, cont, len(s.coroutines)
	co.done, co.unwound, co.stopped = false, false, nil
	s.coroutines = append(s.coroutines, co)
	return co
}

// finish puts a coroutine whose continuation has ended back into the pool.
func (s *Store) finish(co *coroutine) {
	last := len(s.coroutines) - 1
	s.coroutines[co.place] = s.coroutines[last]
	s.coroutines[co.place].place = co.place
	s.coroutines = s.coroutines[:last]
	co.store, co.cont = nil, nil
	s.pool.idle = append(s.pool.idle, co)
}

// Aborted is the panic of Abort.
type Aborted struct{}

// Abort ends everything that runs in s, from inside. It panics with Aborted, which neither the specification nor the methods
// of s recover: it reaches the Go code that called into s. Afterwards s can only be closed.
func (s *Store) Abort() {
	s.aborted = true
	panic(Aborted{})
}

// Close unwinds every stack that is still suspended in s and gives their coroutines back to the pool. A store that is
// dropped without it leaks them. It must be called by the host, not by a guest.
func (s *Store) Close() {
	s.aborted = true
	for len(s.coroutines) > 0 {
		co := s.coroutines[len(s.coroutines)-1]
		co.unwound = true
		co.next()
		if !co.done {
			panic(fmt.Sprintf("spec: a stack that was given up went on: %v", co.cont.f))
		}
		s.finish(co)
	}
	if s.options.Pool == nil {
		s.pool.Close()
	}
}
