package python

import "slices"

type (
	// A lock is a threading.Lock.
	lock struct {
		head
		held    bool
		waiters []*Fiber
	}
	// A threadObject is a threading.Thread.
	threadObject struct {
		head
		target Value
		args   Value
		fiber  *Fiber // once it is started
	}
	// A localObject is a threading.local; each fiber has its fields.
	localObject struct{ head }
)

// threadingSource is the part of threading that is Python.
const threadingSource = `
class Event:
  def __init__(self):
    self.flag = False
    self.waiters = []
  def is_set(self):
    return self.flag
  def set(self):
    self.flag = True
    for w in self.waiters:
      w.release()
    self.waiters = []
  def clear(self):
    self.flag = False
  def wait(self):
    if not self.flag:
      w = Lock()
      w.acquire()
      self.waiters.append(w)
      w.acquire()
    return True

class Condition:
  def __init__(self, lock = None):
    self.lock = Lock() if lock is None else lock
    self.waiters = []
  def acquire(self):
    return self.lock.acquire()
  def release(self):
    self.lock.release()
  def __enter__(self):
    return self.lock.acquire()
  def __exit__(self, kind, value, traceback):
    self.lock.release()
  def wait(self):
    if not self.lock.locked():
      raise RuntimeError("cannot wait on un-acquired lock")
    w = Lock()
    w.acquire()
    self.waiters.append(w)
    self.lock.release()
    w.acquire()
    self.lock.acquire()
    return True
  def wait_for(self, predicate):
    result = predicate()
    while not result:
      self.wait()
      result = predicate()
    return result
  def notify(self, n = 1):
    if not self.lock.locked():
      raise RuntimeError("cannot notify on un-acquired lock")
    for w in self.waiters[:n]:
      w.release()
    self.waiters = self.waiters[n:]
  def notify_all(self):
    self.notify(len(self.waiters))

class Semaphore:
  def __init__(self, value = 1):
    if value < 0:
      raise ValueError("semaphore initial value must be >= 0")
    self.value = value
    self.waiters = []
  def acquire(self):
    while self.value == 0:
      w = Lock()
      w.acquire()
      self.waiters.append(w)
      w.acquire()
    self.value -= 1
    return True
  def release(self, n = 1):
    if n < 1:
      raise ValueError("n must be one or more")
    self.value += n
    for w in self.waiters[:n]:
      w.release()
    self.waiters = self.waiters[n:]
  def __enter__(self):
    return self.acquire()
  def __exit__(self, kind, value, traceback):
    self.release()
`

func (m *Machine) threadingModule() map[string]Value {
	m.lockMethods()
	m.threadMethods()
	m.types.Thread.construct = native("Thread", "? group target name args kwargs daemon", newThread)
	return map[string]Value{
		"Lock":   native("Lock", "", func(m *Machine, a []Value) (Value, error) { return &lock{}, nil }),
		"local":  native("local", "", func(m *Machine, a []Value) (Value, error) { return &localObject{}, nil }),
		"Thread": m.types.Thread,
		"get_ident": native("get_ident", "", func(m *Machine, a []Value) (Value, error) {
			return nil, m.refusal("threading.get_ident is outside of the subset")
		}),
	}
}

// loadThreading adds to threading what is written in Python.
func (m *Machine) loadThreading() error {
	mod := m.modules["threading"]
	code, err := compile(m, mod, "threading.py", threadingSource)
	if err != nil {
		return err
	}
	_, err = m.Call(&Function{code: code})
	return err
}

func newThread(m *Machine, a []Value) (Value, error) {
	t := &threadObject{args: emptyTuple}
	if g, ok := arg(a, 0); ok && g != nil {
		return nil, m.raise(m.errors.Assertion, "group argument must be None for now")
	}
	if _, ok := arg(a, 4); ok {
		return nil, m.refusal("threads with kwargs are outside of the subset")
	}
	t.target, _ = arg(a, 1)
	if args, ok := arg(a, 3); ok {
		items, err := m.list(args)
		if err != nil {
			return nil, err
		}
		t.args = NewTuple(items...)
	}
	return t, nil
}

func (m *Machine) lockMethods() {
	t := m.types.Lock
	m.defineMethod(t, "acquire", "? blocking timeout", acquire)
	m.defineMethod(t, "release", "", release)
	m.defineMethod(t, "locked", "", func(m *Machine, a []Value) (Value, error) { return a[0].(*lock).held, nil })
	m.defineMethod(t, "__enter__", "", acquire)
	m.defineMethod(t, "__exit__", "kind value traceback", func(m *Machine, a []Value) (Value, error) { return release(m, a[:1]) })
}

func acquire(m *Machine, a []Value) (Value, error) {
	l := a[0].(*lock)
	blocking := true
	if b, ok := arg(a, 1); ok {
		var err error
		if blocking, err = m.truth(b); err != nil {
			return nil, err
		}
	}
	if _, ok := arg(a, 2); ok {
		return nil, m.refusal("a time-out is outside of the subset")
	}
	switch {
	case !l.held:
		changeWhole(m, l, &l.changed)
		l.held = true
		return true, nil
	case !blocking:
		return false, nil
	case m.nested > 0:
		return nil, m.refusal("a thread waits inside of a built-in that calls Python code")
	}
	changeWhole(m, l, &l.changed)
	l.waiters = append(slices.Clone(l.waiters), m.fiber)
	return true, errBlocked
}

// release hands the lock to the thread that waits longest.
func release(m *Machine, a []Value) (Value, error) {
	l := a[0].(*lock)
	if !l.held {
		return nil, m.raise(m.errors.Runtime, "release unlocked lock")
	}
	changeWhole(m, l, &l.changed)
	if len(l.waiters) == 0 {
		l.held = false
		return nil, nil
	}
	m.ready = append(m.ready, l.waiters[0])
	l.waiters = l.waiters[1:]
	return nil, nil
}

func (m *Machine) threadMethods() {
	t := m.types.Thread
	m.defineMethod(t, "start", "", func(m *Machine, a []Value) (Value, error) {
		th := a[0].(*threadObject)
		if th.fiber != nil {
			return nil, m.raise(m.errors.Runtime, "threads can only be started once")
		}
		if th.target == nil {
			return nil, m.refusal("a thread without a target is outside of the subset")
		}
		f, err := m.newFiber(th.target, th.args.(*Tuple).items)
		changeWhole(m, th, &th.changed)
		th.fiber = f
		return nil, err
	})
	m.defineMethod(t, "is_alive", "", func(m *Machine, a []Value) (Value, error) {
		th := a[0].(*threadObject)
		return th.fiber != nil && !th.fiber.done, nil
	})
	m.defineMethod(t, "join", "", func(m *Machine, a []Value) (Value, error) {
		th := a[0].(*threadObject)
		switch {
		case th.fiber == nil:
			return nil, m.raise(m.errors.Runtime, "cannot join thread before it is started")
		case th.fiber == m.fiber:
			return nil, m.raise(m.errors.Runtime, "cannot join current thread")
		case th.fiber.done:
			return nil, nil
		case m.nested > 0:
			return nil, m.refusal("a thread waits inside of a built-in that calls Python code")
		}
		m.changeFiber(th.fiber)
		th.fiber.joining = append(th.fiber.joining, m.fiber)
		return nil, errBlocked
	})
}

// timeModule has sleep, which lets other threads run.
func (m *Machine) timeModule() map[string]Value {
	return map[string]Value{"sleep": native("sleep", "secs", func(m *Machine, a []Value) (Value, error) {
		if !isNumber(a[0]) {
			return nil, m.raise(m.errors.Type, "'%s' object cannot be interpreted as an integer", typeName(a[0]))
		}
		if m.nested > 0 || len(m.ready) == 0 {
			return nil, nil
		}
		m.ready = append(m.ready, m.fiber)
		return nil, errBlocked
	})}
}
