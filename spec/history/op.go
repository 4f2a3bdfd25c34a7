package history

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Instances are the component instances of every sequence. C only implements a resource type: nobody calls it.
var Instances = []string{"A", "B", "C"}

// A Type is a resource type.
type Type struct {
	Name string
	Impl string // the instance that implements it
	Dtor bool   // it has a destructor, which only notes that it was called
}

// Types are the resource types of every sequence.
var Types = []Type{
	{Name: "R", Impl: "A"},
	{Name: "S", Impl: "A", Dtor: true},
	{Name: "T", Impl: "B"},
	{Name: "U", Impl: "C"},
	{Name: "V", Impl: "C", Dtor: true},
}

// The verbs of operations. Each is done by the task that runs, or by the host if none does.
const (
	Call        = "call"                // the host, or a task: call another task's instance
	CallAsync   = "call-async"          // a task, of an async function
	Resume      = "resume"              // the host: let a blocked task go on
	New         = "resource.new"        // a type, a representation
	Rep         = "resource.rep"        // a type, an index
	Drop        = "resource.drop"       // a type, an index
	DropAsync   = "resource.drop-async" // a type, an index
	SubtaskDrop = "subtask.drop"        // an index
	Poll        = "poll"                // take all events
	Block       = "block"               // of an async function: wait until the host says to go on
	TaskReturn  = "task.return"         // of an async function
	Exit        = "exit"                // of an async function: end
	Return      = "return"              // of a sync function: return, and end
)

// Host is the name of the host, who runs first.
const Host = "host"

// A ParamKind is how a call passes its one argument.
type ParamKind string

const (
	None   ParamKind = ""
	Own    ParamKind = "own"
	Borrow ParamKind = "borrow"
)

// A CallType is what is called, with what: one handle each way at most.
type CallType struct {
	Async      bool // lifted and, unless the host calls, lowered async
	Param      ParamKind
	ParamType  string
	Arg        uint64 // an index, or where the host calls a representation
	ResultType string // of the own handle it returns; empty: nothing
}

// Args are the flat arguments.
func (c CallType) Args() []uint64 {
	if c.Param == None {
		return []uint64{}
	}
	return []uint64{c.Arg}
}

// An Op is one operation.
type Op struct {
	Actor  string // a task such as A1, the first of instance A; or Host
	Verb   string
	Callee string   // of calls and Resume: a task
	Call   CallType // of calls
	Type   string   // of resource operations; of Return, that of the own handle it returns, if any
	N      uint64   // the index or representation
}

// Instance is the instance of a task.
func Instance(task string) string { return task[:1] }

func (op Op) String() string {
	s := op.Actor + ": " + op.Verb
	switch op.Verb {
	case Call, CallAsync:
		s += " " + op.Callee
		if op.Call.Param != None {
			s += fmt.Sprintf(" %s %s %d", op.Call.Param, op.Call.ParamType, op.Call.Arg)
		}
		if op.Call.ResultType != "" {
			s += " returns " + op.Call.ResultType
		}
	case Resume:
		s += " " + op.Callee
	case New, Rep, Drop, DropAsync:
		s += fmt.Sprintf(" %s %d", op.Type, op.N)
	case SubtaskDrop:
		s += fmt.Sprintf(" %d", op.N)
	case Return:
		if op.Type != "" {
			s += fmt.Sprintf(" %s %d", op.Type, op.N)
		}
	}
	return s
}

// ParseOp reads what String wrote.
func ParseOp(line string) (Op, error) {
	actor, rest, found := strings.Cut(line, ": ")
	words := strings.Fields(rest)
	if !found || len(words) == 0 {
		return Op{}, fmt.Errorf("%q: write ACTOR: OPERATION", line)
	}
	op := Op{Actor: actor, Verb: words[0]}
	if err := op.parse(words[1:]); err != nil {
		return Op{}, fmt.Errorf("%q: %w", line, err)
	}
	if op.String() != strings.TrimSpace(line) {
		return Op{}, fmt.Errorf("%q: cannot be read; is it %q?", line, op)
	}
	return op, nil
}

// parse reads what follows the verb. What it ignores, ParseOp notices.
func (op *Op) parse(words []string) (err error) {
	switch op.Verb {
	case Call, CallAsync:
		err = op.parseCall(words)
	case Resume:
		if len(words) == 1 {
			op.Callee = words[0]
		}
	case New, Rep, Drop, DropAsync, Return:
		if len(words) == 2 {
			op.Type = words[0]
			op.N, err = strconv.ParseUint(words[1], 10, 64)
		}
	case SubtaskDrop:
		if len(words) == 1 {
			op.N, err = strconv.ParseUint(words[0], 10, 64)
		}
	}
	return err
}

func (op *Op) parseCall(words []string) (err error) {
	if len(words) > 0 {
		op.Callee, words = words[0], words[1:]
	}
	op.Call.Async = op.Verb == CallAsync || op.Actor == Host
	if len(words) >= 2 && words[len(words)-2] == "returns" {
		op.Call.ResultType, words = words[len(words)-1], words[:len(words)-2]
	}
	if len(words) == 3 {
		op.Call.Param, op.Call.ParamType = ParamKind(words[0]), words[1]
		op.Call.Arg, err = strconv.ParseUint(words[2], 10, 64)
	}
	return err
}

// Parse reads a sequence, one operation a line. What follows an arrow, and empty lines, it leaves out.
func Parse(text string) ([]Op, error) {
	var ops []Op
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, " -> ")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		op, err := ParseOp(line)
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// An Event is what a task gets to know of a subtask.
type Event struct {
	Subtask uint64
	State   string
}

func (e Event) String() string { return fmt.Sprintf("subtask %d %s", e.Subtask, e.State) }

// Events writes events in the order of their indices.
func Events(events []Event) string {
	var lines []string
	for _, e := range events {
		lines = append(lines, e.String())
	}
	slices.Sort(lines)
	if len(lines) == 0 {
		return "nothing"
	}
	return strings.Join(lines, ", ")
}

// Started is the result of a call: the callee runs.
func Started(task string, flatArgs []uint64) string {
	if len(flatArgs) == 0 {
		return task
	}
	return fmt.Sprintf("%s gets %d", task, flatArgs[0])
}

// Back is the result of an operation that gives control back to a task, or to the host, with what that gets.
func Back(task string, got string) string {
	if got == "" {
		return task
	}
	return task + ": " + got
}

// Numbers writes the flat results of an operation.
func Numbers(flat []uint64) string {
	var words []string
	for _, v := range flat {
		words = append(words, strconv.FormatUint(v, 10))
	}
	if len(words) == 0 {
		return "ok"
	}
	return strings.Join(words, " ")
}
