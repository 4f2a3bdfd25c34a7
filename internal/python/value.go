package python

import "math/big"

// A Value is a Python object: nil for None, bool, int, *big.Int for an integer that is no int, float64, string (see text.go), Bytes,
// or one of the pointer types of this package.
type Value = any

// Bytes is a bytes object.
type Bytes string

// A head is what encoding notes about an object.
type head struct {
	base  int32 // 1 + its number among the objects of the base, see Machine.Freeze
	num   int32
	epoch uint32
	// changed is when the object changed, see journal.
	changed Stamp
}

type (
	// A Bytearray is a bytearray object.
	Bytearray struct {
		head
		data []byte
	}
	// A List is a list object.
	List struct {
		head
		items []Value
	}
	// A Tuple is a tuple object.
	Tuple struct {
		head
		items []Value
	}
	// A cell is a variable that inner functions share.
	cell struct {
		head
		value Value
	}
	// A Function is a function that Python code defined.
	Function struct {
		head
		tagged
		code     *Code
		cells    []*cell
		defaults []Value
		owner    *Class // the class whose body defined it
	}
	// A Method is a function bound to an object.
	Method struct {
		head
		self Value
		fn   Value
	}
	// A Native is a callable that Go defines. See Machine.Callable.
	Native struct {
		name     string
		key      string // under which the machine has it
		least    int
		most     int // -1: any number
		params   []string
		fn       func(m *Machine, args []Value) (Value, error)
		raw      func(m *Machine, args []Value, names []string) (Value, error)
		onObject bool // the first argument is the object
	}
	// A Partial is what functools.partial makes.
	Partial struct {
		head
		tagged
		fn    Value
		args  []Value
		names []string // of the last of args
	}
	// An Instance is an object of a class that Python code defined, or an exception.
	Instance struct {
		head
		tagged
		class  *Class
		fields []Value // by the slots of the class; nil is None, unset is no value
		exc    *exceptionData
	}
	// An EnumMember is a member of an enumeration.
	EnumMember struct {
		class *Class
		name  string
		value Value
	}
	// A Module is a module: its names and values.
	Module struct {
		name  string
		index int // among all of the machine
		slots map[string]int
		names []string
		vals  []Value
		dirty []int // slots written since Machine.Freeze
		base  []Value
	}
	// A TypeForm is what typing has: Any, Optional[int], list[int], int | str.
	TypeForm struct {
		head
		name  string
		of    Value // of a subscript: what is subscripted
		args  []Value
		union bool
	}
	slice     struct{ lower, upper, step Value }
	rangeType struct {
		head
		start, stop, step int
	}
	property struct {
		head
		get, set Value
	}
	// A wrapped function: staticmethod or classmethod.
	wrapped struct {
		head
		fn    Value
		class bool
	}
	superObject struct {
		class *Class
		self  Value
	}
	generator struct {
		head
		frame   *frame
		done    bool
		running bool
		value   Value // what it returned
	}
	dictView struct {
		head
		dict *Dict
		kind byte // k, v, i
	}
	singleton struct{ name string }
)

var (
	unset      = &singleton{"unset"}
	noSelf     = &singleton{"no self"}
	emptyTuple = &Tuple{}

	// Ellipsis is what ... is.
	Ellipsis = &singleton{"Ellipsis"}
	// NotImplemented is the built-in of this name.
	NotImplemented = &singleton{"NotImplemented"}
)

func isUnset(v Value) bool {
	s, ok := v.(*singleton)
	return ok && s == unset
}

// NewList makes a list of these values.
func NewList(items ...Value) *List { return &List{items: items} }

// NewTuple makes a tuple of these values.
func NewTuple(items ...Value) *Tuple {
	if len(items) == 0 {
		return emptyTuple
	}
	return &Tuple{items: items}
}

// NewDict makes a dict of keys, of which no two are equal, and their values.
func NewDict(keys, values []Value) *Dict { return &Dict{keys: keys, vals: values} }

// Items are the elements of the list, which are not to be changed.
func (l *List) Items() []Value { return l.items }

// Items are the elements of the tuple, which are not to be changed.
func (t *Tuple) Items() []Value { return t.items }

// Data is the content of the bytearray, which is not to be changed.
func (b *Bytearray) Data() []byte { return b.data }

// Code is the code of the function, by whose name closures are told apart.
func (f *Function) Code() *Code { return f.code }

// Variable is the value of a variable of an outer function that the function uses.
func (f *Function) Variable(name string) (Value, bool) {
	for i, to := range f.code.freeTo {
		if f.code.slotNames[to] == name && !isUnset(f.cells[i].value) {
			return f.cells[i].value, true
		}
	}
	return nil, false
}

// Variables are the names of the variables of outer functions that the function uses.
func (f *Function) Variables() (names []string) {
	for _, to := range f.code.freeTo {
		names = append(names, f.code.slotNames[to])
	}
	return names
}

// Constant is what a function without parameters returns, if its body is only that: a constant, or a variable of an outer function.
func (f *Function) Constant() (Value, bool) {
	c := f.code
	var body []instruction
	for _, in := range c.instr {
		if in.op != opNop && in.op != opLine {
			body = append(body, in)
		}
	}
	if len(c.params) > 0 || c.star >= 0 || c.starStar >= 0 || c.generator || len(body) < 2 || body[1].op != opReturn {
		return nil, false
	}
	switch body[0].op {
	case opConst:
		return c.consts[body[0].a], true
	case opCell:
		return f.Variable(c.slotNames[body[0].a])
	}
	return nil, false
}

// Self is the object that the method is bound to.
func (m *Method) Self() Value { return m.self }

// Func is the function of the method.
func (m *Method) Func() Value { return m.fn }

// Func is the function that is partly applied.
func (p *Partial) Func() Value { return p.fn }

// Args are the arguments that are applied already; the last len(Names()) of them by name.
func (p *Partial) Args() []Value { return p.args }

// Names are the names of the last of Args.
func (p *Partial) Names() []string { return p.names }

// Name is the name of the member.
func (e *EnumMember) Name() string { return e.name }

// Value is the value of the member.
func (e *EnumMember) Value() Value { return e.value }

// Class is the enumeration.
func (e *EnumMember) Class() *Class { return e.class }

// Name is the name that the callable was given.
func (n *Native) Name() string { return n.name }

func (m *Module) slot(name string) int {
	i, ok := m.slots[name]
	if !ok {
		i = len(m.vals)
		m.slots[name] = i
		m.names = append(m.names, name)
		m.vals = append(m.vals, unset)
	}
	return i
}

func (m *Module) set(name string, v Value) { m.setSlot(m.slot(name), v) }

func (m *Module) setSlot(i int, v Value) {
	m.vals[i] = v
	if m.base != nil {
		m.markDirty(i)
	}
}

// Name is the name of the module.
func (m *Module) Name() string { return m.name }

// Get is the value of a name of the module.
func (m *Module) Get(name string) (Value, bool) {
	if i, ok := m.slots[name]; ok && !isUnset(m.vals[i]) {
		return m.vals[i], true
	}
	return nil, false
}

// Set gives a name of the module a value.
func (m *Module) Set(name string, v Value) { m.set(name, v) }

// Names are the names that have values, in no particular order.
func (m *Module) Names() (names []string) {
	for i, name := range m.names {
		if !isUnset(m.vals[i]) {
			names = append(names, name)
		}
	}
	return names
}

func toInt(v Value) (int, bool) {
	switch v := v.(type) {
	case int:
		return v, true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case *EnumMember:
		if v.class.intEnum {
			return toInt(v.value)
		}
	}
	return 0, false
}

func toBig(v Value) *big.Int {
	switch v := v.(type) {
	case *big.Int:
		return v
	case *EnumMember:
		if v.class.intEnum {
			return toBig(v.value)
		}
		return nil
	}
	if i, ok := toInt(v); ok {
		return big.NewInt(int64(i))
	}
	return nil
}

// isInteger tells whether a value is an int to Python.
func isInteger(v Value) bool {
	switch v := v.(type) {
	case int, bool, *big.Int:
		return true
	case *EnumMember:
		return v.class.intEnum
	}
	return false
}

// plainInt is an integer as an int or a *big.Int.
func plainInt(v Value) Value {
	if e, ok := v.(*EnumMember); ok {
		v = e.value
	}
	if i, ok := toInt(v); ok {
		return i
	}
	return v
}

// normal makes an int of a big.Int if it fits.
func normal(b *big.Int) Value {
	if b.IsInt64() {
		return int(b.Int64())
	}
	return b
}

func negateInt(i int) Value {
	if i == -i && i != 0 {
		return new(big.Int).Neg(big.NewInt(int64(i)))
	}
	return -i
}

func bytesOf(v Value) ([]byte, bool) {
	switch v := v.(type) {
	case Bytes:
		return []byte(v), true
	case *Bytearray:
		return v.data, true
	}
	return nil, false
}
