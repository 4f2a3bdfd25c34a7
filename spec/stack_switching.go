// definitions.py, "Stack Switching"

package spec

// Cancelled says whether a thread was resumed because its task is being cancelled.
//
//cabi:py Cancelled 45f005d6
type Cancelled bool

func (c Cancelled) core() CoreValue {
	if c {
		return CoreInt(1)
	}
	return CoreInt(0)
}

// A Continuation is a suspended stack: one that has not begun (f), or one that is blocked (co).
//
//cabi:py Continuation d3a97166
type Continuation struct {
	co          *coroutine // Python: the OS thread that waits for the continuation's lock
	f           contFunc   // what to run, until it has begun
	handler     *Handler
	blockResult Cancelled
}

// A contFunc is the body of a continuation. It returns the thread to switch to when it ends.
type contFunc interface{ run(Cancelled) *Thread }

// A Handler is what a running stack blocks to.
//
//cabi:py Handler 434c4739
type Handler struct {
	co            *coroutine
	currentThread *Thread
	cont          *Continuation
	blockArg      *Thread
	resumer       *Handler // what ran when it was resumed; nil: the host (Python: the OS thread that waits for the lock)
}

//cabi:notported thread_local_handler 3fdcea20 is Store.handler: what runs is always known
//cabi:notported new_already_acquired_lock a4c0b03f coroutines hand over control, no lock is needed

//cabi:py cont_new 453ff2f5
func contNew(f contFunc) *Continuation {
	return &Continuation{f: f}
}

// threadBase runs on the coroutine that begins cont.
//
//cabi:py cont_new.thread_base b99052e1
func (cont *Continuation) threadBase(s *Store) {
	blockArg := cont.f.run(cont.blockResult)
	handler := s.handler
	handler.cont = nil
	handler.blockArg = blockArg
}

// resume runs cont until it blocks or ends, and returns what is left of it and the thread to switch to.
//
//cabi:py resume 3a39020b
func resume(s *Store, cont *Continuation, blockResult Cancelled, currentThread *Thread) (*Continuation, *Thread) {
	handler := &Handler{}
	handler.currentThread = currentThread
	if cont == nil {
		crash("resume", "AttributeError", "the thread has no continuation")
	}
	cont.handler = handler
	cont.blockResult = blockResult
	s.switchTo(cont)
	left := handler.cont
	handler.cont = nil // a stack keeps its first handler: it must not keep all that came after
	return left, handler.blockArg
}

// block suspends the running stack until it is resumed.
//
//cabi:py block dce43513
func block(s *Store, switchTo *Thread) Cancelled {
	cont := &Continuation{}
	handler := s.handler
	if handler == nil {
		crash("block", "AttributeError", "no thread is running")
	}
	cont.co = handler.co
	handler.cont = cont
	handler.blockArg = switchTo
	cont.co.suspend()
	return cont.blockResult
}

// currentThread is the thread that is running.
//
//cabi:py current_thread 2cbdb48f
func currentThread(s *Store) *Thread {
	if s.handler == nil {
		crash("current_thread", "AttributeError", "no thread is running")
	}
	return s.handler.currentThread
}

//cabi:py current_task bd44834b
func currentTask(s *Store) *Task { return currentThread(s).task }

//cabi:py current_instance ac1b1c2f
func currentInstance(s *Store) *ComponentInstance { return currentTask(s).inst }
