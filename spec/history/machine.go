package history

import (
	"errors"
	"fmt"
	"strings"
)

// A Definition is a historical definition of resources: one of the worlds of the packages below.
type Definition[Task, Subtask any] interface {
	ResourceNew(t Task, rt string, rep uint64) []uint64
	ResourceRep(t Task, rt string, i uint64) []uint64
	ResourceDrop(t Task, rt string, sync bool, i uint64) []uint64
	SubtaskDrop(t Task, i uint64)
	Call(caller Task, inst string, c CallType) (task Task, subtask Subtask, flatArgs []uint64)
	Blocked(subtask Subtask) Event
	Return(t Task, flatResults []uint64)
	Exit(t Task, subtask Subtask) (flatResults []uint64)
	Poll(t Task) []Event
}

// A Machine runs operations on a historical definition, one at a time. It keeps what is the embedding's: who runs, who
// called whom, and who is blocked.
type Machine[Task, Subtask any] struct {
	Definition Definition[Task, Subtask]
	stopped    bool
	destroyed  []string
	running    []*activation[Task, Subtask] // the last runs; none: the host
	tasks      map[string]*activation[Task, Subtask]
}

// An activation is a task of a machine.
type activation[Task, Subtask any] struct {
	name     string
	call     CallType
	task     Task
	subtask  Subtask
	attached bool // its caller still waits for the call to come back
	blocked  bool
}

// NewMachine makes a machine. The definition is set afterwards, as it notes its destructors with the machine.
func NewMachine[Task, Subtask any]() *Machine[Task, Subtask] {
	return &Machine[Task, Subtask]{tasks: map[string]*activation[Task, Subtask]{}}
}

// Destroyed is what a destructor calls.
func (m *Machine[Task, Subtask]) Destroyed(rt string, rep uint64) {
	m.destroyed = append(m.destroyed, fmt.Sprintf("dtor %s %d", rt, rep))
}

// top is the task that runs; nil: the host.
func (m *Machine[Task, Subtask]) top() *activation[Task, Subtask] {
	if len(m.running) == 0 {
		return nil
	}
	return m.running[len(m.running)-1]
}

// Actor is the name of who runs.
func (m *Machine[Task, Subtask]) Actor() string {
	if a := m.top(); a != nil {
		return a.name
	}
	return Host
}

// HasStopped says whether an operation stopped the run.
func (m *Machine[Task, Subtask]) HasStopped() bool { return m.stopped }

// ErrImpossible says that the one who is to do an operation cannot: no outcome of the ABI.
var ErrImpossible = errors.New("impossible")

// Step does an operation and returns its result. The error says that the sequence is none.
func (m *Machine[Task, Subtask]) Step(op Op) (result string, err error) {
	if !m.possible(op) {
		return "", fmt.Errorf("%w: %s while %s runs", ErrImpossible, op, m.Actor())
	}
	m.destroyed = nil
	if stop := try(func() { result = m.do(op) }); stop != nil {
		m.stopped = true
		return Stop(stop), nil
	}
	return strings.Join(append([]string{result}, m.destroyed...), ", "), nil
}

// possible says whether the one who runs is the actor, and of the kind to do that.
func (m *Machine[Task, Subtask]) possible(op Op) bool {
	a := m.top()
	switch {
	case m.stopped || op.Actor != m.Actor() || op.Callee != "" && !m.callable(op):
		return false
	case a == nil:
		return op.Verb == Call && op.Call.ResultType == "" || op.Verb == Resume
	}
	switch op.Verb {
	case Resume:
		return false
	case CallAsync:
		return a.call.Async && op.Call.ResultType == ""
	case Block, TaskReturn, Exit, Poll:
		return a.call.Async
	case Return:
		return !a.call.Async && op.Type == a.call.ResultType
	}
	return true
}

// callable says whether the callee is a new task of another instance or, to be resumed, a blocked one.
func (m *Machine[Task, Subtask]) callable(op Op) bool {
	a := m.tasks[op.Callee]
	if op.Verb == Resume {
		return a != nil && a.blocked
	}
	return a == nil && Instance(op.Callee) != Instance(op.Actor)
}

// do does a possible operation.
func (m *Machine[Task, Subtask]) do(op Op) string {
	a := m.top()
	switch op.Verb {
	case Call, CallAsync:
		return m.call(op, a)
	case Resume:
		return m.resume(m.tasks[op.Callee])
	case New:
		return Numbers(m.Definition.ResourceNew(a.task, op.Type, op.N))
	case Rep:
		return Numbers(m.Definition.ResourceRep(a.task, op.Type, op.N))
	case Drop, DropAsync:
		return Numbers(m.Definition.ResourceDrop(a.task, op.Type, op.Verb == Drop, op.N))
	case SubtaskDrop:
		m.Definition.SubtaskDrop(a.task, op.N)
		return Numbers(nil)
	case Poll:
		return Events(m.Definition.Poll(a.task))
	case Block:
		return m.block(a)
	case TaskReturn:
		m.Definition.Return(a.task, nil)
		return Numbers(nil)
	case Exit:
		return m.exit(a)
	default: // Return
		m.Definition.Return(a.task, a.results(op))
		return m.exit(a)
	}
}

// results are the flat results of a Return.
func (a *activation[Task, Subtask]) results(op Op) []uint64 {
	if op.Type == "" {
		return nil
	}
	return []uint64{op.N}
}

func (m *Machine[Task, Subtask]) call(op Op, caller *activation[Task, Subtask]) string {
	callee := &activation[Task, Subtask]{name: op.Callee, call: op.Call, attached: caller != nil}
	var by Task
	if caller != nil {
		by = caller.task
	}
	var flatArgs []uint64
	callee.task, callee.subtask, flatArgs = m.Definition.Call(by, Instance(op.Callee), op.Call)
	m.tasks[op.Callee] = callee
	m.running = append(m.running, callee)
	return Started(callee.name, flatArgs)
}

func (m *Machine[Task, Subtask]) resume(a *activation[Task, Subtask]) string {
	a.blocked = false
	m.running = append(m.running, a)
	return Started(a.name, nil)
}

// block gives control back to the caller or, once that has it back, to the host.
func (m *Machine[Task, Subtask]) block(a *activation[Task, Subtask]) string {
	a.blocked = true
	return m.back(a, func() string { return m.Definition.Blocked(a.subtask).String() })
}

func (m *Machine[Task, Subtask]) exit(a *activation[Task, Subtask]) string {
	flatResults := m.Definition.Exit(a.task, a.subtask)
	return m.back(a, func() string {
		if a.call.Async {
			return "done"
		}
		return Numbers(flatResults)
	})
}

// back takes a off the stack. What its caller gets, if it is still waiting for the call, is got.
func (m *Machine[Task, Subtask]) back(a *activation[Task, Subtask], got func() string) string {
	m.running = m.running[:len(m.running)-1]
	if !a.attached {
		return Back(m.Actor(), "")
	}
	a.attached = false
	return Back(m.Actor(), got())
}

// Run runs operations from the start until one stops the run, and returns the results.
func (m *Machine[Task, Subtask]) Run(ops []Op) (results []string, err error) {
	for _, op := range ops {
		if m.stopped {
			break
		}
		result, err := m.Step(op)
		if err != nil {
			return nil, err
		}
		results = append(results, result)
	}
	return results, nil
}
