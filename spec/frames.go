// Not upstream's: stacks as data. A store may run on frames in place of coroutines (Options.Frames); a search does, to go back to states.

package spec

import (
	"runtime"
	"runtime/debug"
)

// A Frame is one call of a function that can come to a stack switch: its variables, and where it goes on. The frames of this package
// (frames_gen.go) are made from its own functions. Guests and a host that can be suspended must be frames too.
type Frame interface{ Step(m *Machine) }

// A deferringFrame is of a function that defers calls.
type deferringFrame interface {
	Frame
	callDeferred(m *Machine) // makes the deferred calls that are left, each once
	setResults(m *Machine)   // hands the results over
}

// A Machine runs frames. All that it has is data: whoever keeps the objects of a store and its machine as they are now can put them back.
type Machine struct {
	Results   registers // of the call that returned last
	host      *coroutine
	running   *coroutine // whose last frame runs
	panicking any        // what the deferred calls that run may recover

	marks   int       // how many were set
	changes func(any) // is told of what changes; nil: nothing is
	pool    *Pool     // that frames are made in
}

// A frameRoom has frames of a type, which are made one after the other. Whoever puts a machine back to a mark puts back how many there are too
// (Machine.Unmake), so that frames which are made then are in the places of others that are no more.
type frameRoom[F any] struct {
	chunks [][]F
	used   int
}

// NewFrame makes a frame of a type, which has a number.
func NewFrame[F any](m *Machine, number int) *F {
	if m.marks == 0 {
		return new(F)
	}
	if number >= len(m.pool.rooms) {
		m.pool.rooms = append(m.pool.rooms, make([]any, number+1-len(m.pool.rooms))...)
	}
	room, _ := m.pool.rooms[number].(*frameRoom[F])
	if room == nil {
		room = &frameRoom[F]{}
		m.pool.rooms[number] = room
	}
	at := room.used
	room.used++
	m.pool.made = append(m.pool.made, &room.used)
	chunk := at / frameChunk
	if chunk == len(room.chunks) {
		room.chunks = append(room.chunks, make([]F, frameChunk))
	}
	return &room.chunks[chunk][at%frameChunk]
}

const frameChunk = 32

// Made is how many frames were made since the first mark, and have not been unmade.
func (m *Machine) Made() int { return len(m.pool.made) }

// Unmake has all frames be no more but the first so many that were made: no stack has them any more.
func (m *Machine) Unmake(made int) {
	for _, used := range m.pool.made[made:] {
		*used--
	}
	m.pool.made = m.pool.made[:made]
}

// The numbers of types of frames after those of frames_gen.go.
const (
	baseFrameType = frameTypes + iota
	switchFrameType
	FrameTypes // from this one on they are of packages above
)

// usualFrames is how many frames most stacks have at most.
const usualFrames = 16

// Machine is what runs the store's frames; nil: its threads are coroutines.
func (s *Store) Machine() *Machine { return s.machine }

// reset leaves no frame.
func (m *Machine) reset(pool *Pool) {
	m.pool = pool
	m.host = &coroutine{}
	m.running = m.host
	m.marks = 0
	m.Unmake(0)
}

// Mark has a function told of each frame that is on a stack now and changes, of each stack that does, and of the list of its frames, at the latest when
// it first has, until the next mark. Only a frame that goes on changes, and only a stack that runs.
func (m *Machine) Mark(changes func(any)) {
	m.marks++
	m.changes = changes
}

// noteRuns tells of a stack that it runs, if it has not run since the last mark.
func (m *Machine) noteRuns(co *coroutine) {
	if co.mark == m.marks {
		return
	}
	co.mark, co.unchanged = m.marks, len(co.frames)
	if m.changes != nil {
		m.changes(co)
		m.changes(&co.frames[:1][0])
	}
}

// noteChange tells of the last frame of the stack that runs if it was there at the last mark, and has not gone on since.
func (m *Machine) noteChange() {
	co := m.running
	m.noteRuns(co)
	if n := len(co.frames); n <= co.unchanged {
		co.unchanged = n - 1
		m.changes(co.frames[n-1])
	}
}

// Push begins a call. Code that a frame calls, and that is no frame, may push one if it returns right after that: the frame's results are then
// the call's.
func (m *Machine) Push(f Frame) { m.running.frames = append(m.running.frames, f) }

// Pop ends the call that runs.
func (m *Machine) Pop() {
	frames := m.running.frames
	frames[len(frames)-1] = nil
	m.running.frames = frames[:len(frames)-1]
}

// call has the frame that runs call code that is no frame.
func (m *Machine) call(f func()) {
	on, n := m.running, len(m.running.frames)
	f()
	if m.running != on || len(on.frames) > n+1 {
		panic("spec: code that is no frame has begun more than one")
	}
}

// recovered is recover in a deferred call.
func (m *Machine) recovered() any {
	r := m.panicking
	m.panicking = nil
	return r
}

// Run runs frames until the host's stack has none. It returns how the specification stopped it, as Try does, or any other panic. A stop is
// taken through the frames, as through the stacks of the port; if they are to be put back after it, only what core code throws is, which a
// frame may catch, and the frames are left as they were at any other. After another panic they are so too, and cannot go on.
func (m *Machine) Run(putBack bool) (panicked any, stop error) {
	for {
		r, ended := m.steps()
		if ended {
			return nil, nil
		}
		stop := stopOf(r)
		if _, thrown := r.(*CoreException); thrown || stop != nil && !putBack {
			if r = m.unwind(r); r == nil {
				continue
			}
			stop = stopOf(r)
		}
		if stop != nil {
			return nil, stop
		}
		return r, nil
	}
}

// steps runs frames until the host's stack has none, or a panic.
func (m *Machine) steps() (panicked any, ended bool) {
	defer func() {
		if !ended {
			panicked = recover()
			if err, is := panicked.(runtime.Error); is {
				panicked = &Fault{err, string(debug.Stack())}
			}
		}
	}()
	for {
		co := m.running
		switch n := len(co.frames); {
		case n > 0:
			if co.mark != m.marks || n <= co.unchanged {
				m.noteChange()
			}
			co.frames[n-1].Step(m)
		case co == m.host:
			return nil, true
		default:
			m.end(nil)
		}
	}
}

// unwind takes frames off for a panic until one recovers it or the stack has ended, of which the one that resumed it hears when it goes on. It
// returns a panic that no frame of the host's stack recovered.
func (m *Machine) unwind(r any) any {
	for {
		m.noteRuns(m.running)
		n := len(m.running.frames)
		if n == 0 {
			if m.running == m.host {
				return r
			}
			m.end(r)
			return nil
		}
		if f, defers := m.running.frames[n-1].(deferringFrame); defers {
			m.noteChange()
			m.panicking = r
			m.callDeferred(f)
			if r, m.panicking = m.panicking, nil; r == nil {
				f.setResults(m)
				m.Pop()
				return nil
			}
		}
		m.Pop()
	}
}

// callDeferred makes the deferred calls of a frame. One may panic anew.
func (m *Machine) callDeferred(f deferringFrame) {
	defer func() {
		if r := recover(); r != nil {
			m.panicking = r
		}
	}()
	f.callDeferred(m)
}

// end ends the stack that runs, with a panic or none.
func (m *Machine) end(r any) {
	co := m.running
	co.done, co.stopped = true, r
	m.running, co.resumer = co.resumer, nil
}

// suspend gives control back to the stack that resumed the one that runs.
func (m *Machine) suspend(co *coroutine) {
	if m.running != co {
		panic("spec: a stack blocks that does not run")
	}
	m.running, co.resumer = co.resumer, nil
}

// switchTo runs cont until it blocks or ends, as Store.switchTo does.
func (m *Machine) switchTo(s *Store, cont *Continuation) {
	if cont.co == nil {
		base := NewFrame[frameContinuation_threadBase](m, baseFrameType)
		*base = frameContinuation_threadBase{v_cont: cont, v_s: s}
		cont.co = &coroutine{store: s, cont: cont, mark: m.marks, frames: append(make([]Frame, 0, usualFrames), base)}
	}
	co := cont.co
	m.noteRuns(co)
	cont.handler.co = co
	f := NewFrame[switchFrame](m, switchFrameType)
	*f = switchFrame{s, co, s.handler, cont.handler}
	m.Push(f)
	s.handler, cont.handler.resumer = cont.handler, s.handler
	co.resumer, m.running = m.running, co
}

// A switchFrame waits for the stack that was switched to. Python keeps the handler in a thread-local, so that this stack has its own again
// when the other blocks, ends or panics.
type switchFrame struct {
	s                *Store
	co               *coroutine
	running, handler *Handler
}

// Step goes on when the other stack has given control back.
func (f *switchFrame) Step(m *Machine) {
	f.s.handler, f.handler.resumer = f.running, nil
	m.Pop()
	if f.co.done && f.co.stopped != nil {
		panic(f.co.stopped)
	}
}

// callable is a lowered function as core code calls it.
func (s *Store) callable(l *loweredFunc) CoreFunc {
	if s.machine == nil {
		return l.call
	}
	return func(args []CoreValue) []CoreValue {
		s.machine.Push(&frameloweredFunc_call{v_l: l, v_args: args})
		return nil
	}
}
