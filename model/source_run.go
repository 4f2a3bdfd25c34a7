package model

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"cabi/internal/engine"
	"cabi/internal/mirror"
	"cabi/internal/python"
	"cabi/internal/snapshot"
	"cabi/spec"
)

// This file is the loop of a run that is made on a definitions.py, by an interpreter, in place of the port. Stacks of Python are data
// there, so nothing nests: whoever acts next has suspended its stack, and the loop has it go on with an action.
//
// The run's store is a mirror: it is filled from the objects of Python whenever somebody may look at it, so that checkers, menus,
// the recorder and the text of a state need not know which of the two runs.

// A Source is a definitions.py, on which runs are made in place of the port.
type Source struct{ *engine.Source }

// OpenSource reads the definitions.py of a directory or a checkout.
func OpenSource(dir string) (*Source, error) {
	s, err := engine.Open(dir)
	if err != nil {
		return nil, err
	}
	return checkSource(s)
}

// OpenSourceRevision reads the definitions.py of a revision in a git directory.
func OpenSourceRevision(gitDir, revision string) (*Source, error) {
	s, err := engine.OpenRevision(gitDir, revision)
	if err != nil {
		return nil, err
	}
	return checkSource(s)
}

// checkSource returns an error unless the interpreter can load a definitions.py.
func checkSource(s *engine.Source) (*Source, error) {
	_, err := s.NewMachine(nil)
	return &Source{s}, err
}

// sourceRun is the part of a run that is made on Python.
type sourceRun struct {
	*sourceShared
	host      *Activation
	run       *python.Instance // of engine.py
	main      *python.Fiber
	startLeft int                // of the calls of the world's start
	resumers  []*python.Fiber    // of each of them: the stack that has resumed it
	made      []*python.Instance // threads, in the order in which they were made
	thrown    string             // the function that threw last
	last      sought             // the last index that was looked up
	asPorted  bool               // the state is written without what the port does not know
	failed    error              // why the run could not go on; nil: it could
	encoded   []byte             // the state of the machine, for as long as its digest is made
	stop      engine.Stop        // how the Python stopped, and where
	probing   bool               // a function is called whose effects are undone, and which nobody hears of

	onCancel  []python.Value // of the host's calls, by number
	onResolve []python.Value // of the calls of the host's functions
	shared    []python.Value // the streams and futures that the host knows
	pending   []pendingCopy  // of guests, in those that the host implements
}

// sourceShared does not change during a run.
type sourceShared struct {
	machine *engine.Machine
	mirror  *mirror.Mirror
	origin  *snapshot.Snapshot // of the run before anything happened
	// originMark is the machine then.
	originMark python.Mark
	ops        map[string]python.Value
	hostOps    map[string]python.Value
	changed    *changedSet                // to which what is not known is added; nil: to none
	gone       map[string]string          // actions that cannot be taken, and why
	flat       map[string][]spec.CoreType // of the numbers of actions; nil: those of the port
	otherTypes []OtherCoreTypes           // those that are not the port's
	held       *python.Held               // of definitions.py, if its states do not have the content of that; nil: they do
}

// A sought is an index that was looked up.
type sought struct {
	inst  *spec.ComponentInstance
	want  spec.Expected
	index uint64
	found spec.Element
}

// A pendingCopy is a copy of a guest's that pends with the host.
type pendingCopy struct{ buffer, onCopy, onCopyDone python.Value }

// sourceFixed are the types of what does not change during a run.
func sourceFixed() []reflect.Type {
	return slices.Concat(python.Fixed(), mirror.Fixed(), []reflect.Type{reflect.TypeFor[sourceShared](), typeFor[hostReadable](), typeFor[hostWritable](),
		typeFor[hostStream](), typeFor[hostFuture]()})
}

// runFixed are the types of what does not change during a run, on the port or on Python.
func runFixed() []reflect.Type {
	return append(spec.ImmutableTypes(), typeFor[World](), typeFor[vocabulary](), typeFor[compiledWorld](), typeFor[observers](), typeFor[CheckerResult](), typeFor[listed](), typeFor[resourceTypes](),
		typeFor[map[string]*instance](), typeFor[map[string]*function](), typeFor[map[string]spec.CoreFunc](), typeFor[map[string]bool](), typeFor[Action]())
}

// mainOnSource is Main on Python.
func (r *Run) mainOnSource() {
	s := r.source
	s.host = r.addHost()
	r.starting, s.startLeft = true, len(r.World.Start)
	r.goOnOnSource()
}

// goOnOnSource has the run go on until the actor ends it or the specification is stopped.
func (r *Run) goOnOnSource() {
	r.guarded(func() {
		for r.source.failed == nil && r.stepOnSource() {
		}
	})
}

// stepOnSource has the Python run to the next menu, and begins the next action. It reports whether the run goes on.
func (r *Run) stepOnSource() bool {
	s := r.source
	if !r.atSameMenu {
		if err := r.advance(); err != nil {
			if s.failed != nil {
				return false
			}
			if r.undoer == nil || !r.undoer.stopped(r, err) {
				r.stop(err)
				return false
			}
			r.atSameMenu = true
		}
	}
	if s.startLeft > 0 {
		name := r.World.Start[len(r.World.Start)-s.startLeft]
		s.startLeft--
		a := Action{Op: opInvoke, Imm: []string{name}}
		s.host.Pending = &a
		r.beginOnSource(s.host, a)
		return true
	}
	r.starting = false
	if !r.atSameMenu {
		r.notifyMenu()
	}
	r.atSameMenu = false
	a := r.actor.Next(r, r.acting())
	if a.Op == "" || a.Op == opStop {
		return false
	}
	if s.failed = r.refusesOnSource(a); s.failed != nil {
		return false
	}
	at := r.acting() // an action may have been taken back: it is at another menu then
	at.Pending = &a
	if r.shaping && !r.repeating {
		r.beginTransition(at, a)
	}
	r.Taken++
	r.Actions++
	r.recorder.step(at, a)
	r.beginOnSource(at, a)
	return true
}

// refusesOnSource says why an action cannot be taken on a definitions.py; nil: it can.
func (r *Run) refusesOnSource(a Action) error {
	if why := r.source.gone[a.Op]; why != "" {
		return fmt.Errorf("%s cannot be taken on this version: %s", a.Op, why)
	}
	_, guest := r.source.ops[a.Op]
	_, host := r.source.hostOps[a.Op]
	if !guest && !host && a.Op != opReturn && a.Op != opThrow {
		return fmt.Errorf("%s is for runs on the port, not on a definitions.py", a.Op)
	}
	return nil
}

// mostSteps is how many instructions of Python an action may take, large objects counted as more. So a search can be stopped soon, and
// takes little memory, even if the file has a loop that does not end.
const mostSteps = 1_000_000

// Endless says that an action did not end within mostSteps.
type Endless struct{ python.Place }

func (e *Endless) Error() string {
	return fmt.Sprintf("%s: an action is not over after %d instructions; if a loop here ends, it is too long for a search", e.Place, mostSteps)
}

// acting is the activation that acts next.
func (r *Run) acting() *Activation {
	stack := r.stackOf(r.Store.Running())
	return stack.activations[len(stack.activations)-1]
}

// advance runs the Python until somebody acts. It ends the pending action if that is done, and returns how the specification stopped.
func (r *Run) advance() error {
	s := r.source
	s.machine.Limit(mostSteps)
	if err := s.machine.Run(); err != nil {
		return r.stopOnSource(err)
	}
	asking := s.machine.Suspended()
	if len(asking) != 1 {
		return r.hung(asking)
	}
	r.sync()
	results := asking[0].Suspension().Args()[0]
	if results == nil {
		return nil
	}
	at := r.acting()
	list, _ := results.(*python.List)
	values, err := coresOf(list.Items())
	if err != nil {
		return err
	}
	if at.Actor == Host {
		values = nil
	}
	if s.failed = r.checkResults(at, values); s.failed != nil {
		return s.failed
	}
	r.done(at, values)
	return nil
}

// checkResults wants as many results of a built-in as the world declares.
func (r *Run) checkResults(at *Activation, values []spec.CoreValue) error {
	if at.Pending == nil {
		return nil
	}
	if b := r.World.builtin(at.Pending.Op); b != nil && len(values) != len(b.Results) {
		return fmt.Errorf("%s returns %s, and world %s declares %s", b.Function, Counted(len(values), "value"), r.World.Name, b.String())
	}
	return nil
}

// coresOf are core values of Python.
func coresOf(vs []python.Value) ([]spec.CoreValue, error) {
	values := make([]spec.CoreValue, len(vs))
	for i, v := range vs {
		var ok bool
		if values[i], ok = mirror.Core(v); !ok {
			return nil, &spec.Crash{Function: "engine", Exception: "TypeError", Detail: fmt.Sprintf("%v is no core value", v)}
		}
	}
	return values, nil
}

// stopOnSource is how an exception stopped the specification.
func (r *Run) stopOnSource(err error) error {
	s := r.source
	var e *python.Exception
	if !errors.As(err, &e) {
		var exhausted *python.Exhausted
		if s.failed = err; errors.As(err, &exhausted) {
			s.failed = &Endless{exhausted.Place}
		}
		return s.failed
	}
	if m := s.machine.MismatchOf(e); m != nil {
		s.failed = m
		return m
	}
	s.stop = s.machine.Source.StopOf(e, s.thrown)
	if trap, ok := s.stop.Err.(*spec.Trap); ok && spec.OnIndex(trap.Site) && s.last.inst != nil {
		s.stop.Err = spec.IndexTrap(trap.Site, s.last.inst, s.last.want, s.last.index, s.last.found)
	}
	r.sync()
	return s.stop.Err
}

// sourceError says why the run could not go on on Python: it came to what the interpreter does not have; nil: it could.
func (r *Run) sourceError() error {
	if r.source == nil {
		return nil
	}
	return cmp.Or(r.source.failed, r.source.heldError())
}

// heldError says that an object which a module or a class holds has changed in place, where states do not say how: at the pin, where none
// does; nil: none has.
func (s *sourceShared) heldError() error {
	if s.held == nil || s.held.Changed() == "" {
		return nil
	}
	return &Unexplorable{s.machine.Source.Name, s.held.Changed() + " is changed in place, and no state says so"}
}

// StoppedAt is the line of definitions.py at which the run was stopped, and its text; "": the run is the port's, or was not stopped.
func (r *Run) StoppedAt() string {
	if r.source == nil || r.source.stop.Place.Line == 0 {
		return ""
	}
	return fmt.Sprintf("%s: %s", r.source.stop.Place, r.source.stop.Text)
}

// hung is the stop of a run in which nobody can act: every stack of Python waits for another.
func (r *Run) hung(asking []*python.Fiber) error {
	r.source.stop = engine.Stop{}
	r.sync()
	return &spec.Crash{Function: "resume", Exception: "Deadlock", Detail: fmt.Sprintf("every thread waits, and %s act", Counted(len(asking), "stack"))}
}

// beginOnSource begins an action of the activation that acts: it has the stack that waits go on.
func (r *Run) beginOnSource(at *Activation, a Action) {
	s := r.source
	asking := s.machine.Suspended()[0]
	must(0, s.machine.Resume(asking, r.answer(at, a)))
}

// answer is what ask returns for an action: the function to call and its operands.
func (r *Run) answer(at *Activation, a Action) python.Value {
	switch a.Op {
	case opReturn:
		r.leave(at, a)
		return python.NewTuple("return", pythonCores(a.Args))
	case opThrow:
		r.leave(at, a)
		r.source.thrown = at.Name
		return python.NewTuple("throw", nil)
	case "context.get", "context.set":
		at.inst.contextType = coreType(a)
	}
	do, isHost := r.source.hostOps[a.Op]
	if isHost {
		r.noteHostAction(a)
	} else {
		do = r.source.ops[a.Op]
	}
	var operands []python.Value
	for _, word := range a.Imm {
		operands = append(operands, word)
	}
	if r.World.builtin(a.Op) != nil {
		return python.NewTuple(do, python.NewList(python.NewList(operands...), a.pythonOperands()))
	}
	switch a.Op {
	case opCall, "task.return", "task.return-other", opInvoke, "host.resolve": // any number of operands
		operands = append(operands, a.pythonOperands())
	case opStore:
		operands = append(operands, python.Integer(n(a, 0)), pythonBytes(a.Stored(at.inst.encoding)))
	default:
		operands = append(operands, a.pythonOperands().Items()...)
	}
	return python.NewTuple(do, python.NewList(operands...))
}

// pythonOperands are the numbers of an action, with the words that stand in their places.
func (a Action) pythonOperands() *python.List {
	list := pythonCores(a.Args).Items()
	for i := range list {
		if word := a.literal(i); word != "" {
			list[i] = word
		}
	}
	return python.NewList(list...)
}

func pythonCores(vs []spec.CoreValue) *python.List {
	list := make([]python.Value, len(vs))
	for i, v := range vs {
		if v.IsFloat() {
			list[i] = v.Float64()
		} else {
			list[i] = python.Integer(v.Uint64())
		}
	}
	return python.NewList(list...)
}

// noteHostAction notes what an action changes of what the host knows of itself.
func (r *Run) noteHostAction(a Action) {
	switch a.Op {
	case opInvoke:
		r.invocations = append(r.invocations, &Invocation{Func: a.Imm[0], args: a.Args, literals: a.Literals})
		r.source.onCancel = append(r.source.onCancel, nil)
	case opCancel:
		r.invocations[n(a, 0)].CancelRequested = true
	case "host.start":
		r.hostCall(a).Started = true
	case "host.resolve", "host.resolve-cancelled":
		r.hostCall(a).Resolved = true
	case "shared.reclaim":
		r.sharedAt(a).CanReclaim, r.sharedAt(a).Copying = false, false
	case "shared.done":
		s := r.sharedAt(a)
		s.Copying, s.Pending, s.onCopy, s.onCopyDone = false, nil, nil, nil
		r.source.pending[n(a, 0)] = pendingCopy{}
	case "shared.drop":
		r.sharedAt(a).Closed = true
	}
}

// sync fills the run's store, and what the host knows of the specification's objects, from the objects of Python.
func (r *Run) sync() {
	s := r.source
	m := s.mirror
	m.Sync()
	if m.Refused != "" && !s.machine.Source.CoversAll() {
		s.failed = cmp.Or(s.failed, error(&Unexplorable{s.machine.Source.Name, m.Refused + ", without which actions would be left out"}))
		panic(s.failed) // see guarded
	}
	for i, call := range r.invocations {
		if !call.Resolved && s.onCancel[i] != nil {
			call.onCancel = mirror.As[spec.OnCancel](m, s.onCancel[i])
		}
	}
	for i, call := range r.host.calls {
		if !call.Resolved {
			call.onResolve = mirror.As[spec.OnResolve](m, s.onResolve[i])
		}
	}
	for _, at := range r.Activations { // the state of the call is of use to the host for as long as it acts in it
		if at.Kind == KindHostFunc || at.Kind == KindHostCancel {
			m.Value(s.onResolve[at.Args[0].Uint64()])
		}
	}
	for i, known := range r.host.shared {
		known.shared = mirror.As[spec.SharedBase](m, s.shared[i])
		if p := s.pending[i]; p.buffer != nil {
			known.Pending = mirror.As[spec.Buffer](m, p.buffer)
			known.onCopy, known.onCopyDone = mirror.As[spec.OnCopy](m, p.onCopy), mirror.As[spec.OnCopyDone](m, p.onCopyDone)
		}
	}
	m.Flush()
}
