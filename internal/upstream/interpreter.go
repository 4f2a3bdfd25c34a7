package upstream

import (
	"errors"
	"fmt"
	"strings"

	"cabi/internal/engine"
	"cabi/internal/mirror"
	"cabi/internal/python"
	"cabi/model"
	"cabi/spec"
)

// An interpreter runs cases on a definitions.py by the interpreter of cabi/internal/python, one after the other on one machine. It writes
// the lines that driver.py writes, of what engine.py tells it.
type interpreter struct {
	machine      *engine.Machine
	ops, hostOps map[string]python.Value
	state        *stateWriter
	main         *python.Fiber  // of the run
	pin          bool           // the definitions.py is that of the pin, whose states can all be written
	unread       map[string]int // why states could not be written, and how many

	// Of the run:
	Case
	taken, drawn int            // how many of its actions and choices
	starting     []string       // the functions of the world's start that are still to be called
	places       []string       // the names of the world's instances, in its order
	heaps        []uint64       // how far each one's realloc has come
	shared       []python.Value // the streams and futures that the host knows
	threads      int            // how many were made
	line         []byte
	tell         func(line []byte) error
}

// errTold ends a run whose lines are not asked for any more.
var errTold = errors.New("told enough")

// newInterpreter makes a machine for a definitions.py.
func newInterpreter(source *engine.Source) (*interpreter, error) {
	p := &interpreter{unread: map[string]int{}}
	var err error
	if p.machine, err = source.NewMachine(p.natives()); err != nil {
		return nil, &BadInput{err.Error()}
	}
	p.ops, p.hostOps = p.operations("OPS"), p.operations("HOST_OPS")
	p.state = newStateWriter(p.machine)
	p.observe()
	return p, nil
}

// operations are functions of engine.py by the names of actions.
func (p *interpreter) operations(table string) map[string]python.Value {
	v, _ := p.machine.Module.Get(table)
	d := v.(*python.Dict)
	ops := map[string]python.Value{}
	for i, k := range d.Keys() {
		ops[k.(string)] = d.Values()[i]
	}
	return ops
}

// observe has the state's writer hear in which order threads are made, and which continuations have not begun.
func (p *interpreter) observe() {
	p.machine.Observe("Thread.__init__", &python.Observer{Enter: func(_ *python.Machine, c *python.Call) error {
		p.threads++
		v, _ := c.Arg("self")
		nodeOf(v.(*python.Instance)).serial = p.threads
		return nil
	}})
	p.machine.Observe("cont_new", &python.Observer{Leave: func(_ *python.Machine, c *python.Call, result python.Value, e *python.Exception) error {
		if e == nil {
			nodeOf(result.(*python.Instance)).begins, _ = c.Arg("f")
		}
		return nil
	}})
	p.machine.Observe("resume", &python.Observer{Enter: func(_ *python.Machine, c *python.Call) error {
		v, _ := c.Arg("cont")
		nodeOf(v.(*python.Instance)).begins = nil
		return nil
	}})
}

// trace makes the run of a case and returns its lines, and whether the exception that stopped it left a thread that was resumed.
func (p *interpreter) trace(c Case) (lines []string, unwound bool) {
	unwound, err := p.run(c, func(line []byte) error {
		lines = append(lines, string(line))
		return nil
	})
	if err != nil {
		lines = append(lines, "! "+err.Error())
	}
	return lines, unwound
}

// agrees makes the run of a case and reports whether its lines are these, and whether the exception that stopped it left a thread that
// was resumed. It ends the run at the first line that is not.
func (p *interpreter) agrees(c Case, want []string) (same, unwound bool) {
	n := 0
	unwound, err := p.run(c, func(line []byte) error {
		if n == len(want) || string(line) != want[n] && differ(want[n], string(line)) {
			return errTold
		}
		n++
		return nil
	})
	return err == nil && n == len(want), unwound
}

// maxSteps is how many instructions of Python a run may take, far more than any that ends.
const maxSteps = 50_000_000

// run makes the run of a case. The error says why it could not go on.
func (p *interpreter) run(c Case, tell func(line []byte) error) (unwound bool, err error) {
	p.Case, p.tell, p.taken, p.drawn, p.threads, p.shared = c, tell, 0, 0, 0, nil
	p.starting = c.World.Start
	p.places, p.heaps = p.places[:0], p.heaps[:0]
	for _, i := range c.World.Instances {
		p.places, p.heaps = append(p.places, i.Name), append(p.heaps, 0)
	}
	defer p.machine.Abandon()
	p.machine.Limit(maxSteps)
	run, err := p.machine.Begin(c.World, c.Deterministic)
	if err != nil {
		return false, err
	}
	if err := p.state.begin(run); err != nil {
		return false, err
	}
	main, err := p.machine.Attr(run, "main")
	if err != nil {
		return false, err
	}
	if p.main, err = p.machine.Start(main); err != nil {
		return false, err
	}
	return p.end(p.machine.Run())
}

// end writes how the run ended.
func (p *interpreter) end(err error) (unwound bool, _ error) {
	_, done := p.main.Done()
	var e *python.Exception
	switch {
	case err == errEnd:
		return false, p.add("! the actions end")
	case errors.As(err, &e):
		if err := p.add("! " + p.stopText(e)); err != nil {
			return !done, err
		}
		return !done, p.addState(nil)
	case err == nil && !done:
		return false, p.add("! hung")
	}
	return false, err
}

// stopText is what stopped a run, and where in definitions.py, as the recorder writes it.
func (p *interpreter) stopText(e *python.Exception) string {
	source := p.machine.Source
	stop := source.StopOf(e, "")
	function := engine.Plain(stop.Place.Function)
	switch stop.Err.(type) {
	case *spec.Trap:
		return "trap " + source.OrdinalAt(function, stop.Place.Line)
	case *spec.AssertionFailure:
		return "assertion-failure " + source.OrdinalAt(function, stop.Place.Line)
	case *spec.CoreException:
		return "exception"
	}
	if len(e.Trace) > 0 && e.Trace[0].File == engine.File {
		return fmt.Sprintf("failure of engine.py: %v", e)
	}
	return fmt.Sprintf("crash %s %s", function, e.Class().Name())
}

// add adds a line.
func (p *interpreter) add(parts ...string) error {
	p.line = p.line[:0]
	for _, s := range parts {
		p.line = append(p.line, s...)
	}
	return p.tell(p.line)
}

// addCores adds a line that ends in numbers.
func (p *interpreter) addCores(start string, vs []python.Value) error {
	p.line = append(p.line[:0], start...)
	for _, v := range vs {
		p.line = appendCore(append(p.line, ' '), v)
	}
	return p.tell(p.line)
}

// addState adds the state while a thread runs; nil: none does.
func (p *interpreter) addState(running python.Value) error {
	if p.States == statesMemories {
		return p.add("s ", string(p.state.onlyMemories()))
	}
	text := p.state.write(running)
	if why := p.state.unknown; why != "" {
		if p.pin {
			return fmt.Errorf("the interpreter cannot write a state of the pin: %s", why)
		}
		p.unread[why]++
		return p.add(unreadState, why)
	}
	if p.States == statesFull {
		return p.add("s ", string(text))
	}
	p.line = append(append(p.line[:0], "s "...), crcText(text)...)
	return p.tell(p.line)
}

// next is the next action, which is an actor's to take.
func (p *interpreter) next(actor, name string) (model.Action, error) {
	if err := p.addState(p.state.runningOn(p.machine.Fiber(), p.main)); err != nil {
		return model.Action{}, err
	}
	if p.taken == len(p.Actions) {
		return model.Action{}, errEnd
	}
	a := model.Action(p.Actions[p.taken])
	p.taken++
	p.line = append(append(append(append(append(p.line[:0], "> "...), actor...), ' '), name...), ": "...)
	p.line = append(p.line, actionText(a)...)
	return a, p.tell(p.line)
}

// ask is what the engine calls for the next action: the results of the last one, the place of the actor, the name of its activation.
func (p *interpreter) ask(_ *python.Machine, args []python.Value) (python.Value, error) {
	if last, ok := args[0].(*python.List); ok {
		if err := p.addCores("=", last.Items()); err != nil {
			return nil, err
		}
	}
	actor := p.actorAt(args[1])
	if len(p.starting) > 0 && p.machine.Fiber() == p.main && args[2] == "host" {
		f := p.starting[0]
		p.starting = p.starting[1:]
		return p.answer(model.Action{Op: "invoke", Imm: []string{f}})
	}
	a, err := p.next(actor, args[2].(string))
	if err != nil {
		return nil, err
	}
	return p.answer(a)
}

func (p *interpreter) actorAt(place python.Value) string {
	if i := place.(int); i >= 0 {
		return p.places[i]
	}
	return model.Host
}

// answer is what to do for an action: the function to call and its operands.
func (p *interpreter) answer(a model.Action) (python.Value, error) {
	for _, l := range a.Literals {
		if l != "" {
			return nil, fmt.Errorf("%s: a value in words is not for the interpreter", a)
		}
	}
	var numbers []python.Value
	for _, v := range a.Args {
		numbers = append(numbers, numberOf(v))
	}
	switch a.Op {
	case "return", "stop":
		return python.NewTuple("return", python.NewList(numbers...)), nil
	case "throw":
		return python.NewTuple("throw", nil), nil
	}
	do, ok := p.ops[a.Op]
	if !ok {
		if do, ok = p.hostOps[a.Op]; !ok {
			return nil, fmt.Errorf("there is no action %s", a.Op)
		}
	}
	operands := make([]python.Value, 0, len(a.Imm)+len(numbers))
	for _, word := range a.Imm {
		operands = append(operands, word)
	}
	switch a.Op {
	case "call", "task.return", "task.return-other", "invoke", "host.resolve": // any number of operands
		operands = append(operands, python.NewList(numbers...))
	case "memory.store":
		operands = append(operands, numbers[0], python.Bytes(a.Stored(""))) // it has no text
	default:
		operands = append(operands, numbers...)
	}
	return python.NewTuple(do, python.NewList(operands...)), nil
}

// numberOf is a core value in Python.
func numberOf(v spec.CoreValue) python.Value {
	if v.IsFloat() {
		return v.Float64()
	}
	return python.Integer(v.Uint64())
}

// appendCore appends a core value as the recorder writes it.
func appendCore(b []byte, v python.Value) []byte {
	c, ok := mirror.Core(v)
	if !ok {
		return fmt.Appendf(b, "%T", v)
	}
	return append(b, numberText(c)...)
}

// play is the next number of the case.
func (p *interpreter) play() uint64 {
	p.drawn++
	if p.drawn <= len(p.Choices) {
		return p.Choices[p.drawn-1]
	}
	return 0
}

// choose chooses one of n.
func (p *interpreter) choose(n int) (int, error) {
	if n == 1 {
		return 0, nil
	}
	got := int(p.play() % uint64(n))
	return got, p.add(fmt.Sprintf("c %s %d %d", p.asker(), n, got))
}

// asker is the function of definitions.py that asks for a choice.
func (p *interpreter) asker() string {
	for c := p.machine.Caller(); c != nil; c = c.Caller() {
		if c.Code().File() != engine.File {
			return engine.Plain(c.Code().QualifiedName())
		}
	}
	return "engine.py"
}

// heard are the words of lines about what the host hears, by those of engine.py. What the host gives has no line.
var heard = map[python.Value]string{"starts": "start", "resolved": "resolve", "started": "started", "got": "got"}

// passed writes what the host hears: of what, the number of the call, the values.
func (p *interpreter) passed(args []python.Value) error {
	word, hears := heard[args[0]]
	if !hears {
		return nil
	}
	text, err := p.machine.Call(p.state.valueText, p.state.run, args[2])
	if err != nil {
		return err
	}
	if word == "got" { // in a copy, whichever it is
		return p.add("h got ", text.(string))
	}
	return p.add("h ", word, " ", fmt.Sprint(args[1]), " ", text.(string))
}

// sharedIndex is the number of a stream or future among those that the host knows. It knows it from now on.
func (p *interpreter) sharedIndex(v python.Value) int {
	for i, known := range p.shared {
		if known == v {
			return i
		}
	}
	p.shared = append(p.shared, v)
	return len(p.shared) - 1
}

// actionText is an action as a line has it.
func actionText(a model.Action) string {
	words := append([]string{a.Op}, a.Imm...)
	for i, v := range a.Args {
		if i < len(a.Literals) && a.Literals[i] != "" {
			words = append(words, a.Literals[i])
		} else {
			words = append(words, numberText(v))
		}
	}
	return strings.Join(words, " ")
}
