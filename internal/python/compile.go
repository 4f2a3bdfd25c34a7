package python

import (
	"fmt"
	"slices"
	"sort"
)

const maxInstructions = 1 << 17 // of a function

// A compiler compiles a file for a machine.
type compiler struct {
	*analysis
	machine *Machine
	module  *Module
	// checking is how many statements around are for type checkers alone: what they import may be outside of the subset. If they run
	// nevertheless, the import is refused then.
	checking int
}

// compile compiles the source of a module.
func compile(m *Machine, module *Module, file, src string) (code *Code, err error) {
	body, err := parse(file, src)
	if err != nil {
		return nil, err
	}
	defer catchRefusal(&err)
	c := &compiler{analysis: analyze(file, body), machine: m, module: module}
	e := c.emitter(c.analysis.module, nil)
	e.statements(body)
	e.constant(nil)
	e.emit(opReturn, 0, 0)
	return e.finish(), nil
}

// An emitter emits the code of a function, a module or the body of a class.
type emitter struct {
	*compiler
	scope  *scope
	code   *Code
	blocks []block
	line   int
	temps  int              // slots in use
	spare  []int            // slots that were
	inner  []map[string]int // the variables of comprehensions that share the scope
	caught int              // 1 + the slot of the exception that is being handled
	consts map[any]int
	names  map[string]int
}

func (c *compiler) emitter(s *scope, ps *parameters) *emitter {
	e := &emitter{compiler: c, scope: s, line: s.line, temps: len(s.slots), consts: map[any]int{}, names: map[string]int{}}
	e.code = &Code{name: s.name, qualified: s.qualified, file: c.file, line: s.line, kind: s.kind, params: s.params, positional: len(s.params),
		star: -1, starStar: -1, module: c.module, generator: s.generator}
	e.code.id = len(c.machine.codes)
	c.machine.codes = append(c.machine.codes, e.code)
	if ps != nil {
		e.parameters(ps)
	}
	for name := range s.cells {
		e.code.cellSlots = append(e.code.cellSlots, s.slots[name])
	}
	sort.Ints(e.code.cellSlots)
	for _, name := range s.freeList {
		e.code.freeFrom = append(e.code.freeFrom, s.parent.slots[name])
		e.code.freeTo = append(e.code.freeTo, s.slots[name])
	}
	return e
}

func (e *emitter) parameters(ps *parameters) {
	c := e.code
	c.positional, c.posOnly = len(ps.positional), ps.posOnly
	c.params = e.scope.params[:len(ps.positional)+len(ps.keyword)]
	for _, q := range ps.positional {
		if q.fallback != nil {
			c.defaults++
		}
	}
	n := c.defaults
	for _, q := range ps.keyword {
		k := -1
		if q.fallback != nil {
			k = n
			n++
		}
		c.kwDefaults = append(c.kwDefaults, k)
	}
	if ps.star != nil {
		c.star = e.scope.slots[ps.star.name]
	}
	if ps.starStar != nil {
		c.starStar = e.scope.slots[ps.starStar.name]
	}
	c.needsBind = ps.star != nil || ps.starStar != nil || len(ps.keyword) > 0
}

// finish completes the code.
func (e *emitter) finish() *Code {
	c := e.code
	if len(c.instr) > maxInstructions {
		e.refuse(c.line, "%s is too long: it has more than %d instructions", c.qualified, maxInstructions)
	}
	c.locals = e.temps
	c.slotNames = make([]string, c.locals)
	for name, i := range e.scope.slots {
		c.slotNames[i] = name
	}
	c.measure()
	c.assigned()
	c.fuse()
	return c
}

func (e *emitter) emit(op opcode, a, b int) int {
	if len(e.code.instr) > maxInstructions {
		e.refuse(e.line, "%s is too long: it has more than %d instructions", e.code.qualified, maxInstructions)
	}
	e.code.instr = append(e.code.instr, instruction{op: op, a: int32(a), b: int32(b)})
	e.code.lines = append(e.code.lines, int32(e.line))
	return len(e.code.instr) - 1
}

// emitCached emits an instruction with a cache.
func (e *emitter) emitCached(op opcode, a, b int) {
	i := e.emit(op, a, b)
	e.code.instr[i].c = int32(len(e.code.caches))
	e.code.caches = append(e.code.caches, cache{})
}

func (e *emitter) here() int { return len(e.code.instr) }

// patch makes jumps go to the next instruction.
func (e *emitter) patch(jumps ...int) {
	for _, i := range jumps {
		e.code.instr[i].a = int32(e.here())
	}
}

// constIndex gives constants that CPython shares within a function one place.
func (e *emitter) constIndex(v Value) int {
	key, ok := constKey(v)
	if ok {
		if i, found := e.consts[key]; found {
			return i
		}
		e.consts[key] = len(e.code.consts)
	}
	e.code.consts = append(e.code.consts, v)
	return len(e.code.consts) - 1
}

func constKey(v Value) (any, bool) {
	switch v := v.(type) {
	case nil, bool, int, string, Bytes:
		return [2]any{fmt.Sprintf("%T", v), v}, true
	case *Tuple:
		return fmt.Sprintf("tuple %s", constRepr(v)), true
	}
	return nil, false
}

// constRepr writes a constant tuple so that equal texts mean the same types and values.
func constRepr(v Value) string {
	t, ok := v.(*Tuple)
	if !ok {
		return fmt.Sprintf("%T %q,", v, fmt.Sprint(v))
	}
	s := "("
	for _, x := range t.items {
		s += constRepr(x)
	}
	return s + ")"
}

func (e *emitter) constant(v Value) { e.emit(opConst, e.constIndex(v), 0) }

func (e *emitter) name(s string) int {
	i, ok := e.names[s]
	if !ok {
		i = len(e.code.names)
		e.names[s] = i
		e.code.names = append(e.code.names, s)
	}
	return i
}

// temp takes a slot for a while.
func (e *emitter) temp() int {
	if n := len(e.spare); n > 0 {
		t := e.spare[n-1]
		e.spare = e.spare[:n-1]
		return t
	}
	e.temps++
	return e.temps - 1
}

func (e *emitter) release(slots ...int) { e.spare = append(e.spare, slots...) }

// An access is the way to a variable.
type access struct {
	kind accessKind
	slot int
}

type accessKind uint8

const (
	fastAccess accessKind = iota
	cellAccess
	globalAccess
	nameAccess // of the body of a class
)

func (e *emitter) access(name string) access {
	for _, names := range slices.Backward(e.inner) {
		if slot, ok := names[name]; ok {
			return access{fastAccess, slot}
		}
	}
	s := e.scope
	switch {
	case s.kind == classScope && s.bound[name]:
		return access{nameAccess, e.module.slot(name)}
	case s.cells[name] || s.free[name]:
		return access{cellAccess, s.slots[name]}
	case s.kind == functionScope && s.bound[name]:
		return access{fastAccess, s.slots[name]}
	}
	return access{globalAccess, e.module.slot(name)}
}

var (
	loads   = [...]opcode{fastAccess: opFast, cellAccess: opCell, globalAccess: opGlobal, nameAccess: opName}
	stores  = [...]opcode{fastAccess: opStoreFast, cellAccess: opStoreCell, globalAccess: opStoreGlobal, nameAccess: opStoreName}
	deletes = [...]opcode{fastAccess: opDeleteFast, cellAccess: opDeleteCell, globalAccess: opDeleteGlobal, nameAccess: opDeleteName}
)

func (e *emitter) variable(ops *[4]opcode, name string) {
	v := e.access(name)
	if v.kind == nameAccess {
		e.emit(ops[v.kind], e.name(name), v.slot)
		return
	}
	e.emit(ops[v.kind], v.slot, 0)
}

func (e *emitter) load(name string) {
	if e.access(name).kind == globalAccess {
		e.unsupportedBuiltin(name)
	}
	e.variable(&loads, name)
}

// insteadOf says what to write in place of some built-ins that the subset has not.
var insteadOf = map[string]string{"setattr": "write x.name = value", "delattr": "write del x.name", "id": "compare objects with is", "dir": "use hasattr"}

func outsideBuiltin(name string) string {
	text := fmt.Sprintf("the built-in %s is outside of the subset", name)
	if instead := insteadOf[name]; instead != "" {
		text += ": " + instead
	}
	return text
}

// unsupportedBuiltin refuses a built-in that CPython has and the subset has not.
func (e *emitter) unsupportedBuiltin(name string) {
	if otherBuiltins[name] && !e.analysis.module.bound[name] && !e.machine.starImports(e.module) && !e.declaredGlobal(e.analysis.module, name) {
		e.refuse(e.line, "%s", outsideBuiltin(name))
	}
}

func (e *emitter) declaredGlobal(s *scope, name string) bool {
	return s.globals[name] || slices.ContainsFunc(s.children, func(k *scope) bool { return e.declaredGlobal(k, name) })
}

func (e *emitter) store(name string)  { e.variable(&stores, name) }
func (e *emitter) remove(name string) { e.variable(&deletes, name) }
