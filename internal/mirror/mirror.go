// Package mirror fills the port's structs from the objects of a definitions.py that an interpreter runs, so that everything that looks
// at a store of the port (properties, menus, the text of states) can look at one of the Python.
//
// What the port has for a class, a closure or a field is in cabi/spec (mirror.go). Everything else goes by name. Whatever the Python has
// and the port does not is kept apart (Unknown), so that the text of a state can have it too.
package mirror

import (
	"reflect"
	"strings"
	"unsafe"

	"cabi/internal/python"
	"cabi/spec"
)

// A Mirror is a store of the port that is filled from the objects of a machine. The objects of both are paired for as long as they live.
type Mirror struct {
	*Plans
	Machine  *python.Machine
	Store    *spec.Store
	Unknown  []Unknown // what the last Sync found that the port does not know, in the order in which it came to it
	Roots    []any     // *python.Instance and others from which everything can be reached
	epoch    uint32
	now      uint32 // when the last Sync began, by the time of the machine
	stale    uint32 // what was filled up to then is filled again
	filling  *pair  // that is being filled; nil: none is, or an object that does not change
	todo     []*pair
	elements []spec.Element
	free     []uint64
}

// An Unknown is something that the port has no field or type for.
type Unknown struct {
	Owner any    // the object of the port that has it
	Name  string // of the field
	Value python.Value
}

// Plans say how objects of classes and closures are filled. They belong to one machine.
type Plans struct {
	classes  map[*python.Class]*plan
	closures map[*python.Code]*plan
	setters  map[reflect.Type]setter
	// OwnFile is the file whose functions are the host's.
	OwnFile string
	// Classes are classes of that file that the program has structs for.
	Classes map[string]spec.MirrorType
	// Strict has closures that lack something be unknown: those of a file that differs from what the port ports.
	Strict bool
	// Hashes are those of the texts of functions, by their names. They may be nil: no closure is then known that a proposal has.
	Hashes map[string]string
	// Lost says which closures lack what.
	Lost []string
	// Refused says what is of no use to the program in any way, so that searches would leave out actions; "": nothing is.
	Refused string
	// OnUnknown is told of each field that holds what the port has nothing for. It may be nil.
	OnUnknown func(class, field string, v python.Value)
	// OnMember is told of each member of an enumeration that the port does not have, wherever it is. It may be nil.
	OnMember func(member string)
}

// NewPlans makes plans for the classes of a machine.
func NewPlans(ownFile string) *Plans {
	return &Plans{classes: map[*python.Class]*plan{}, closures: map[*python.Code]*plan{}, setters: map[reflect.Type]setter{}, OwnFile: ownFile}
}

// Fixed are the types of what need not be saved: a mirror is filled from the objects of the machine again.
func Fixed() []reflect.Type {
	types := []reflect.Type{reflect.TypeFor[Mirror](), reflect.TypeFor[spec.Bytearray]()}
	for _, known := range []map[string]spec.MirrorType{spec.MirrorClasses, spec.MirrorClosures} {
		for _, t := range known {
			if t.Type != nil && t.Type != reflect.TypeFor[spec.Store]() {
				types = append(types, structOf(t.Type))
			}
		}
	}
	return types
}

// structOf is a struct, or that which a pointer points to.
func structOf(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// A pair is an object of Python and the port's.
type pair struct {
	plan  *plan
	from  python.Value
	at    unsafe.Pointer // of the port's object
	value any            // the port's object, as an interface has it
	epoch uint32         // of the last Sync that came to it
	// Of when it was filled last, so that it need not be while nothing of it changes:
	filled   uint32          // when that was, by the time of the machine
	stamps   []*python.Stamp // of all that it is filled from
	children []*pair         // that it refers to
	unknown  []Unknown
	// begins is the function that a continuation begins with; nil: it has begun, or is none.
	begins python.Value
}

// A plan says how objects of a class, or closures of a function, are filled.
type plan struct {
	mirror  spec.MirrorType
	name    string
	line    string       // of the function
	goType  reflect.Type // the struct; nil: there is none
	byValue bool         // an interface has the struct, not a pointer to it
	known   bool
	slots   int     // of the class, when the plan was made
	inner   []field // of the struct: those that are pointers to structs that are embedded
	fields  []fieldPlan
	unknown []unknownField
	own     bool // the host's
	lost    bool // closures of the function lack something that the port knows of them
	table   bool // the class Table
}

type fieldPlan struct {
	slot   int
	path   []string // of a closure
	offset uintptr
	set    setter
	name   string
	// inner says that the field is in a struct that a pointer at offset points to, so much after its beginning; -1: it is at offset.
	inner int
}

// address is where the field is in an object.
func (f *fieldPlan) address(object unsafe.Pointer) unsafe.Pointer {
	at := unsafe.Add(object, f.offset)
	if f.inner >= 0 {
		return unsafe.Add(*(*unsafe.Pointer)(at), f.inner)
	}
	return at
}

type unknownField struct {
	slot int
	name string
}

func camel(s string) string { return strings.ToLower(strings.ReplaceAll(s, "_", "")) }

// planOf is the plan of a class.
func (p *Plans) planOf(c *python.Class) *plan {
	if pl, ok := p.classes[c]; ok && (pl.slots == len(c.SlotNames()) || !pl.known) {
		return pl
	}
	pl := &plan{name: c.QualifiedName(), slots: len(c.SlotNames())}
	p.classes[c] = pl
	if pl.table = c.QualifiedName() == "Table"; pl.table {
		return pl
	}
	if pl.mirror, pl.known = p.Classes[c.QualifiedName()]; !pl.known {
		pl.mirror, pl.known = spec.MirrorClasses[c.QualifiedName()]
	}
	if !pl.known {
		return pl
	}
	p.shape(pl)
	fields := fieldsOf(pl.goType)
	for slot, name := range c.SlotNames() {
		f, ok := fields[camel(name)]
		switch source, redirected := pl.mirror.Fields[f.name]; {
		case contains(pl.mirror.Without, name), ok && redirected && source == "":
		case ok:
			pl.fields = append(pl.fields, fieldPlan{slot: slot, offset: f.offset, inner: -1, set: p.setter(f.typ), name: f.name})
		default:
			pl.unknown = append(pl.unknown, unknownField{slot, name})
		}
	}
	return pl
}

// shape says which struct a plan fills.
func (p *Plans) shape(pl *plan) {
	t := pl.mirror.Type
	if t == nil {
		return
	}
	if t.Kind() != reflect.Pointer {
		pl.byValue = t.Implements(reflect.TypeFor[spec.ValType]()) || t.Implements(reflect.TypeFor[spec.ReadyFunc]())
	}
	pl.goType = structOf(t)
	for i := range pl.goType.NumField() {
		if f := pl.goType.Field(i); f.Anonymous && f.Type.Kind() == reflect.Pointer {
			pl.inner = append(pl.inner, field{f.Name, f.Type, f.Offset, true})
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

type field struct {
	name   string
	typ    reflect.Type
	offset uintptr
	// embedded says that it is a pointer to a struct that is embedded.
	embedded bool
}

// fieldsOf are the fields of a struct and of those embedded in it, by their names without case.
func fieldsOf(t reflect.Type) map[string]field {
	fields := map[string]field{}
	addFields(fields, t, 0)
	return fields
}

func addFields(fields map[string]field, t reflect.Type, offset uintptr) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			addFields(fields, f.Type, offset+f.Offset)
			continue
		}
		fields[strings.ToLower(f.Name)] = field{f.Name, f.Type, offset + f.Offset, f.Anonymous && f.Type.Kind() == reflect.Pointer}
	}
}

// Pair says which object of the port an object of Python is. The port's is given as an interface has it.
func (m *Mirror) Pair(x *python.Instance, value any) {
	pl := m.planOf(x.Class())
	p := &pair{plan: pl, from: x, value: value}
	if v := reflect.ValueOf(value); v.Kind() == reflect.Pointer {
		p.at = v.UnsafePointer()
	}
	x.SetTag(p)
}

// pairOf is the pair of an object of Python; nil: the port has nothing for it.
func (m *Mirror) pairOf(x *python.Instance) *pair {
	p, _ := x.Tag().(*pair)
	if p == nil {
		pl := m.planOf(x.Class())
		if !pl.known || pl.goType == nil {
			return nil
		}
		p = newPair(pl, x)
		x.SetTag(p)
		m.Store.MirrorElement(p.value)
		if pl.mirror.Static {
			m.fillOnce(p)
		}
	}
	m.visit(p)
	return p
}

func (m *Mirror) visit(p *pair) {
	if p.plan.mirror.Static || !p.plan.known {
		return
	}
	if m.filling != nil {
		m.filling.children = append(withRoom(m.filling.children), p)
	}
	m.reach(p)
}

// reach has a pair be filled in this Sync, unless it was.
func (m *Mirror) reach(p *pair) {
	if p.epoch != m.epoch {
		p.epoch = m.epoch
		m.todo = append(m.todo, p)
	}
}

// readsFrom notes that what is being filled depends on an object that can change.
func (m *Mirror) readsFrom(s *python.Stamp) {
	if m.filling != nil && s != nil {
		m.filling.stamps = append(withRoom(m.filling.stamps), s)
	}
}

// withRoom is a list that does not have to grow again and again from the beginning.
func withRoom[T any](list []T) []T {
	if list == nil {
		return make([]T, 0, 4)
	}
	return list
}

// noteUnknown notes what the port does not know.
func (m *Mirror) noteUnknown(u Unknown) {
	m.Unknown = append(m.Unknown, u)
	if m.filling != nil {
		m.filling.unknown = append(m.filling.unknown, u)
	}
}

// isFresh reports whether nothing has changed that a pair was filled from.
func (m *Mirror) isFresh(p *pair) bool {
	if p.filled <= m.stale {
		return false
	}
	for _, s := range p.stamps {
		if s.Time() > p.filled {
			return false
		}
	}
	return true
}

// refresh fills a pair if that is needed, and reaches all that it refers to.
func (m *Mirror) refresh(p *pair) {
	if m.isFresh(p) {
		m.Unknown = append(m.Unknown, p.unknown...)
		for _, child := range p.children {
			m.reach(child)
		}
		return
	}
	p.stamps, p.children, p.unknown = p.stamps[:0], p.children[:0], p.unknown[:0]
	m.filling = p
	m.fill(p)
	m.filling = nil
	p.filled = m.now
}

func newPair(pl *plan, from python.Value) *pair {
	v := reflect.New(pl.goType)
	for _, f := range pl.inner {
		reflect.NewAt(f.typ, unsafe.Add(v.UnsafePointer(), f.offset)).Elem().Set(reflect.New(f.typ.Elem()))
	}
	return &pair{plan: pl, from: from, at: v.UnsafePointer(), value: v.Interface()}
}

// seal has interfaces hold the struct itself.
func (p *pair) seal() {
	if p.plan.byValue {
		p.value = reflect.NewAt(p.plan.goType, p.at).Elem().Interface()
	}
}

// Sync fills everything that can be reached from the roots, as far as it has changed since it was filled.
func (m *Mirror) Sync() {
	m.epoch++
	m.now = m.Machine.Now()
	m.Unknown = m.Unknown[:0]
	for _, root := range m.Roots {
		m.Value(root)
	}
	m.Flush()
}

// Refill has the next Sync fill everything.
func (m *Mirror) Refill() { m.stale = m.now }

// fillOnce fills an object that does not change.
func (m *Mirror) fillOnce(p *pair) {
	outer := m.filling
	m.filling = nil
	m.fill(p)
	p.seal()
	m.filling = outer
}

// Flush fills the objects that were come upon since.
func (m *Mirror) Flush() {
	for len(m.todo) > 0 {
		p := m.todo[len(m.todo)-1]
		m.todo = m.todo[:len(m.todo)-1]
		m.refresh(p)
	}
}

// As is what the port has for an object of Python, as a T; the zero T: nothing.
func As[T any](m *Mirror, v python.Value) T {
	var x T
	if !m.setter(reflect.TypeFor[T]())(m, unsafe.Pointer(&x), v) {
		m.noteUnknown(Unknown{nil, reflect.TypeFor[T]().Name(), v})
	}
	return x
}

// Value is what the port has for an object of Python; nil: nothing.
func (m *Mirror) Value(v python.Value) any {
	switch v := v.(type) {
	case *python.Instance:
		if p := m.pairOf(v); p != nil {
			return p.value
		}
	case *python.Function, *python.Method, *python.Partial:
		return m.closure(v)
	}
	return nil
}

func (m *Mirror) fill(p *pair) {
	switch from := p.from.(type) {
	case *python.Instance:
		m.fillInstance(p, from)
	default:
		for i := range p.plan.fields {
			f := &p.plan.fields[i]
			if v, ok := m.follow(from, f.path); ok {
				f.set(m, f.address(p.at), v)
			}
		}
	}
}

func (m *Mirror) fillInstance(p *pair, x *python.Instance) {
	m.readsFrom(python.Changes(x))
	pl := p.plan
	if pl.slots != len(x.Class().SlotNames()) {
		pl = m.planOf(x.Class())
		p.plan = pl
	}
	for i := range pl.fields {
		f := &pl.fields[i]
		if v, ok := x.Slot(f.slot); ok {
			if !f.set(m, f.address(p.at), v) {
				m.noteUnknown(Unknown{p.value, f.name, v})
				if m.OnUnknown != nil {
					m.OnUnknown(pl.name, x.Class().SlotNames()[f.slot], v)
				}
			}
		}
	}
	for _, f := range pl.unknown {
		if v, ok := x.Slot(f.slot); ok {
			m.noteUnknown(Unknown{p.value, f.name, v})
		}
	}
	switch o := p.value.(type) {
	case *spec.ComponentInstance:
		m.fillTable(o, x, "handles", false)
		m.fillTable(o, x, "threads", true)
	case *spec.Subtask:
		v, ok := x.Get("lenders")
		o.MirrorLenders(ok && v == nil)
	case *spec.Continuation:
		o.MirrorContinuation(m.Value(p.begins))
	}
}

// A TableOf says whose table a table of Python is.
type TableOf struct {
	Inst    *spec.ComponentInstance
	Threads bool
}

// Begins says which function a new continuation begins with.
func (m *Mirror) Begins(continuation *python.Instance, f python.Value) {
	if p := m.pairOf(continuation); p != nil {
		p.begins, p.filled = f, 0
	}
}
