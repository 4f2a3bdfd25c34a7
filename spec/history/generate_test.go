package history_test

import (
	"errors"
	"math/rand/v2"
	"slices"

	"cabi/spec/history"
)

// A generator makes sequences for a definition. Operations that stop the definition, or differ from the pin, are kept
// only now and then, so that sequences get long.
type generator struct {
	definition
	rng         *rand.Rand
	tableLength uint64
	maxTasks    int // of an instance
}

// sequence makes a sequence of at most length operations, and what they give. Every other one begins as a sequence that
// shows a difference does.
func (g *generator) sequence(length int) (ops []history.Op, results []string) {
	if g.rng.IntN(2) == 0 {
		ops = g.opening()
		results, _ = g.machine(g.tableLength).Run(ops)
	}
	for tries := 0; len(ops) < length && tries < 2000; tries++ {
		op, result, stopped, ok := g.step(ops)
		if !ok {
			continue
		}
		if ops, results = append(ops, op), append(results, result); stopped {
			break
		}
	}
	return ops, results
}

// opening is the first operations of a sequence of the list, if they can be done here without stopping anything.
func (g *generator) opening() []history.Op {
	diff := differences[g.rng.IntN(len(differences))]
	ops, err := history.Parse(diff.sequence)
	if err != nil {
		panic(err)
	}
	ops = ops[:max(1, len(ops)-1-g.rng.IntN(3))]
	m := g.machine(g.tableLength)
	if _, err := m.Run(ops); err != nil || m.HasStopped() {
		return nil
	}
	return ops
}

// step draws an operation to extend a sequence by, and says whether it is possible and to be kept.
func (g *generator) step(ops []history.Op) (op history.Op, result string, stopped, ok bool) {
	m := g.machine(g.tableLength)
	if _, err := m.Run(ops); err != nil {
		panic(err)
	}
	op = g.op(m.Actor(), ops)
	result, err := m.Step(op)
	if errors.Is(err, history.ErrImpossible) {
		return op, result, false, false
	} else if err != nil {
		panic(err)
	}
	stopped = m.HasStopped()
	return op, result, stopped, g.keep(append(slices.Clip(ops), op), result, stopped)
}

// keep draws whether a sequence goes on with its last operation.
func (g *generator) keep(ops []history.Op, result string, stopped bool) bool {
	here, last := runPin(g.pinVariant(), g.tableLength, ops), len(ops)-1
	if len(here) < len(ops) {
		return true // the two parted before
	}
	agree := same(result, here[last])
	if !agree {
		reason := reasonFor(ops[last], result, here[last])
		return reason == nil || !reason.common || g.rng.IntN(8) == 0
	}
	return !stopped || g.rng.IntN(200) == 0
}

// op draws an operation for whoever runs. It may be impossible.
func (g *generator) op(actor string, ops []history.Op) history.Op {
	if actor == history.Host {
		if g.rng.IntN(2) == 0 {
			return history.Op{Actor: actor, Verb: history.Resume, Callee: g.anyTask(ops)}
		}
		return g.call(actor, history.Call, g.newTask(ops))
	}
	switch verb := g.pick(taskVerbs); verb {
	case history.Call, history.CallAsync:
		return g.call(actor, verb, g.newTask(ops))
	case history.New:
		return history.Op{Actor: actor, Verb: verb, Type: g.ownType(actor), N: uint64(100 + len(ops))}
	case history.Rep:
		return history.Op{Actor: actor, Verb: verb, Type: g.ownType(actor), N: g.index()}
	case history.Drop:
		if g.rng.IntN(40) == 0 {
			verb = history.DropAsync
		}
		return history.Op{Actor: actor, Verb: verb, Type: g.anyType(), N: g.index()}
	case history.SubtaskDrop:
		return history.Op{Actor: actor, Verb: verb, N: g.index()}
	case history.Return:
		op := history.Op{Actor: actor, Verb: verb}
		if g.rng.IntN(2) == 0 {
			op.Type, op.N = g.anyType(), g.index()
		}
		return op
	default:
		return history.Op{Actor: actor, Verb: verb}
	}
}

var taskVerbs = []string{
	history.Call, history.Call, history.CallAsync, history.CallAsync, history.CallAsync, history.CallAsync,
	history.New, history.New, history.New, history.Rep, history.Rep, history.Drop, history.Drop, history.Drop,
	history.SubtaskDrop, history.SubtaskDrop, history.Poll, history.Poll, history.Block, history.Block, history.Block, history.TaskReturn, history.Exit, history.Return, history.Return,
}

func (g *generator) call(actor, verb, callee string) history.Op {
	op := history.Op{Actor: actor, Verb: verb, Callee: callee}
	op.Call.Async = verb == history.CallAsync || actor == history.Host
	if kind := g.rng.IntN(5); kind > 0 {
		op.Call.Param, op.Call.ParamType, op.Call.Arg = history.Own, g.anyType(), g.index()
		if kind > 2 {
			op.Call.Param = history.Borrow
		}
	}
	if !op.Call.Async && g.rng.IntN(2) == 0 {
		op.Call.ResultType = g.anyType()
	}
	return op
}

// newTask names the next task of an instance, of those that are called.
func (g *generator) newTask(ops []history.Op) string {
	inst, n := g.pick([]string{"A", "B"}), 1
	for _, op := range ops {
		if op.Verb != history.Resume && op.Callee != "" && history.Instance(op.Callee) == inst {
			n++
		}
	}
	n = min(n, g.maxTasks) // one that was called already: impossible
	return inst + string(rune('0'+n))
}

// anyTask names a task that was called.
func (g *generator) anyTask(ops []history.Op) string {
	tasks := []string{"A1"}
	for _, op := range ops {
		if op.Callee != "" {
			tasks = append(tasks, op.Callee)
		}
	}
	return g.pick(tasks)
}

// ownType is a type that the task's instance implements: resource.new and .rep are for those alone.
func (g *generator) ownType(task string) string {
	for {
		if t := history.Types[g.rng.IntN(len(history.Types))]; t.Impl == history.Instance(task) {
			return t.Name
		}
	}
}

// anyType is most often R or U, so that operations meet on the same handles.
func (g *generator) anyType() string {
	if g.rng.IntN(2) == 0 {
		return g.pick([]string{"R", "U"})
	}
	return history.Types[g.rng.IntN(len(history.Types))].Name
}

func (g *generator) index() uint64 {
	if g.rng.IntN(8) == 0 {
		return uint64(g.rng.IntN(6))
	}
	return uint64(1 + g.rng.IntN(2))
}

func (g *generator) pick(from []string) string { return from[g.rng.IntN(len(from))] }
