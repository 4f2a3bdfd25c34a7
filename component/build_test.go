package component

import "slices"

// What the tests' binaries are made of: enough of an encoder for components and core modules, written from the grammar.

func num(v uint64) []byte { return appendUnsigned(nil, v) }

func str(s string) []byte { return appendName(nil, s) }

func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

func list(items ...[]byte) []byte { return cat(num(uint64(len(items))), cat(items...)) }

func section(id byte, body ...[]byte) []byte {
	b := cat(body...)
	return cat([]byte{id}, num(uint64(len(b))), b)
}

func vals(letters string) []byte {
	b := num(uint64(len(letters)))
	for _, c := range letters {
		b = append(b, map[rune]byte{'i': 0x7f, 'l': 0x7e, 'f': 0x7d, 'd': 0x7c, 'r': 0x70}[c])
	}
	return b
}

func coreSig(params, results string) []byte { return cat([]byte{0x60}, vals(params), vals(results)) }

// A coreBuilder builds a core module. Imports come first, then functions.
type coreBuilder struct {
	types, imports, funcs, tables, memories, globals, tags, exports, elements, codes, data [][]byte
	imported                                                                               int
	start                                                                                  []byte
}

func (m *coreBuilder) typ(params, results string) uint64 {
	m.types = append(m.types, coreSig(params, results))
	return uint64(len(m.types) - 1)
}

// imp imports a function and returns its index.
func (m *coreBuilder) imp(module, name, params, results string) byte {
	m.imports = append(m.imports, cat(str(module), str(name), []byte{0}, num(m.typ(params, results))))
	m.imported++
	return byte(m.imported - 1)
}

func (m *coreBuilder) impMemory(module, name string) {
	m.imports = append(m.imports, cat(str(module), str(name), []byte{2, 0, 1}))
}

func (m *coreBuilder) impTable(module, name string, min byte) {
	m.imports = append(m.imports, cat(str(module), str(name), []byte{1, 0x70, 0, min}))
}

// fn defines a function with so many i32 locals, exports it unless the name is empty, and returns its index.
func (m *coreBuilder) fn(name, params, results string, locals byte, code ...byte) byte {
	m.funcs = append(m.funcs, num(m.typ(params, results)))
	l := []byte{0}
	if locals > 0 {
		l = []byte{1, locals, 0x7f}
	}
	body := cat(l, code, []byte{0x0b})
	m.codes = append(m.codes, cat(num(uint64(len(body))), body))
	index := byte(m.imported + len(m.funcs) - 1)
	if name != "" {
		m.export(name, 0, index)
	}
	return index
}

func (m *coreBuilder) export(name string, sort, index byte) {
	m.exports = append(m.exports, cat(str(name), []byte{sort, index}))
}

func (m *coreBuilder) memory(pages byte) {
	m.memories = append(m.memories, []byte{0, pages})
	m.export("memory", 2, 0)
}

// table defines and exports a table that begins with these functions.
func (m *coreBuilder) table(min byte, funcs ...byte) {
	m.tables = append(m.tables, []byte{0x70, 0, min})
	m.export("table", 1, 0)
	m.element(funcs...)
}

func (m *coreBuilder) element(funcs ...byte) {
	if len(funcs) > 0 {
		m.elements = append(m.elements, cat([]byte{0, 0x41, 0, 0x0b}, num(uint64(len(funcs))), funcs))
	}
}

func (m *coreBuilder) bytes() []byte {
	b := slices.Clone(corePreamble)
	add := func(id byte, items [][]byte) {
		if len(items) > 0 {
			b = append(b, section(id, list(items...))...)
		}
	}
	add(1, m.types)
	add(2, m.imports)
	add(3, m.funcs)
	add(4, m.tables)
	add(5, m.memories)
	add(13, m.tags)
	add(6, m.globals)
	add(7, m.exports)
	if m.start != nil {
		b = append(b, section(8, m.start)...)
	}
	add(9, m.elements)
	add(10, m.codes)
	add(11, m.data)
	return b
}

// Instructions.
func i32(v int) []byte {
	b := []byte{0x41}
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func call(f byte) []byte { return []byte{0x10, f} }

func get(local byte) []byte { return []byte{0x20, local} }

func set(local byte) []byte { return []byte{0x21, local} }

var (
	unreachable = []byte{0x00}
	drop        = []byte{0x1a}
	add32       = []byte{0x6a}
	eqz         = []byte{0x45}
)

func load(offset byte) []byte { return []byte{0x28, 2, offset} }

// A builder builds a component and counts what it defines.
type builder struct {
	b                                                   []byte
	modules, coreInstances, coreFuncs, memories, tables uint32
	types, funcs, instances, components, coreTypes      uint32
}

func newBuilder() *builder { return &builder{b: slices.Clone(preamble)} }

func (c *builder) section(id byte, items ...[]byte) {
	c.b = append(c.b, section(id, list(items...))...)
}

func next(n *uint32) uint32 {
	*n++
	return *n - 1
}

func idx(i uint32) []byte { return num(uint64(i)) }

func (c *builder) module(m *coreBuilder) uint32 {
	c.b = append(c.b, section(1, m.bytes())...)
	return next(&c.modules)
}

// An arg is an argument of a core module: a core instance by name.
type arg struct {
	name  string
	index uint32
}

func (c *builder) instantiate(module uint32, args ...arg) uint32 {
	items := make([][]byte, len(args))
	for i, a := range args {
		items[i] = cat(str(a.name), []byte{0x12}, idx(a.index))
	}
	c.section(2, cat([]byte{0}, idx(module), list(items...)))
	return next(&c.coreInstances)
}

// An item is a definition by sort and index, under a name.
type item struct {
	name  string
	sort  byte
	index uint32
}

// bag is a core instance of inline exports.
func (c *builder) bag(items ...item) uint32 {
	exports := make([][]byte, len(items))
	for i, e := range items {
		exports[i] = cat(str(e.name), []byte{e.sort}, idx(e.index))
	}
	c.section(2, cat([]byte{1}, list(exports...)))
	return next(&c.coreInstances)
}

func (c *builder) coreAlias(sort byte, instance uint32, name string) uint32 {
	c.section(6, cat([]byte{0, sort, 1}, idx(instance), str(name)))
	return next(map[byte]*uint32{0: &c.coreFuncs, 1: &c.tables, 2: &c.memories, 3: new(uint32), 4: new(uint32)}[sort])
}

func (c *builder) typ(t []byte) uint32 {
	c.section(7, t)
	return next(&c.types)
}

func (c *builder) coreType(t []byte) uint32 {
	c.section(3, t)
	return next(&c.coreTypes)
}

// Value types by their codes, for fn and typ.
var (
	vU8     = []byte{0x7d}
	vU32    = []byte{0x79}
	vString = []byte{0x73}
)

// fnType is a function type. Params are types in order; result is nil for none.
func fnType(async bool, result []byte, params ...[]byte) []byte {
	op := byte(0x40)
	if async {
		op = 0x43
	}
	items := make([][]byte, len(params))
	for i, p := range params {
		items[i] = cat(str(string(rune('a'+i))), p)
	}
	r := []byte{1, 0}
	if result != nil {
		r = cat([]byte{0}, result)
	}
	return cat([]byte{op}, list(items...), r)
}

// Canonical options.
func optMemory(i uint32) []byte   { return cat([]byte{3}, idx(i)) }
func optRealloc(i uint32) []byte  { return cat([]byte{4}, idx(i)) }
func optPost(i uint32) []byte     { return cat([]byte{5}, idx(i)) }
func optCallback(i uint32) []byte { return cat([]byte{7}, idx(i)) }

var optAsync = []byte{6}

func (c *builder) lift(coreFunc, t uint32, opts ...[]byte) uint32 {
	c.section(8, cat([]byte{0, 0}, idx(coreFunc), list(opts...), idx(t)))
	return next(&c.funcs)
}

func (c *builder) lower(f uint32, opts ...[]byte) uint32 {
	return c.builtin(cat([]byte{1, 0}, idx(f), list(opts...))...)
}

func (c *builder) builtin(def ...byte) uint32 {
	c.section(8, def)
	return next(&c.coreFuncs)
}

func (c *builder) importFunc(name string, t uint32) uint32 {
	c.section(10, cat([]byte{0}, str(name), []byte{1}, idx(t)))
	return next(&c.funcs)
}

func (c *builder) importResource(name string) uint32 {
	c.section(10, cat([]byte{0}, str(name), []byte{3, 1}))
	return next(&c.types)
}

func (c *builder) importInstance(name string, t uint32) uint32 {
	c.section(10, cat([]byte{0}, str(name), []byte{5}, idx(t)))
	return next(&c.instances)
}

func (c *builder) export(name string, sort byte, index uint32) {
	c.section(11, cat([]byte{0}, str(name), []byte{sort}, idx(index), []byte{0}))
	next(map[byte]*uint32{1: &c.funcs, 3: &c.types, 4: &c.components, 5: &c.instances}[sort])
}

func (c *builder) component(inner *builder) uint32 {
	c.b = append(c.b, section(4, inner.b)...)
	return next(&c.components)
}

func (c *builder) instance(component uint32, args ...item) uint32 {
	items := make([][]byte, len(args))
	for i, a := range args {
		items[i] = cat(str(a.name), []byte{a.sort}, idx(a.index))
	}
	c.section(5, cat([]byte{0}, idx(component), list(items...)))
	return next(&c.instances)
}

// alias is an export of an instance.
func (c *builder) alias(sort byte, instance uint32, name string) uint32 {
	c.section(6, cat([]byte{sort, 0}, idx(instance), str(name)))
	return next(map[byte]*uint32{1: &c.funcs, 3: &c.types, 4: &c.components, 5: &c.instances}[sort])
}

// outer is an outer alias.
func (c *builder) outer(sort byte, count, index uint32) uint32 {
	c.section(6, cat([]byte{sort, 2}, idx(count), idx(index)))
	return next(map[byte]*uint32{3: &c.types, 4: &c.components}[sort])
}
