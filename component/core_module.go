package component

import (
	"bytes"
	"strconv"
	"strings"
)

// A Module is a core module: its bytes, and what linking must know of it.
type Module struct {
	raw      []byte
	offset   int // of raw in the whole binary
	imports  []coreImport
	exports  map[string]coreExport
	funcs    []*coreFunc // the types of all functions, the imported ones first; nil: no plain function type
	tables   []coreExtern
	memories []coreExtern
	globals  []coreExtern
	tags     []coreExtern
	start    bool
}

// A coreExport is an export of a core module.
type coreExport struct {
	sort  sort
	index uint32
}

// module reads a core module to the end of r. Only what linking must know is read: the rest is checked when it is compiled.
func (r *reader) module() *Module {
	m := &Module{raw: r.b, offset: r.base, exports: map[string]coreExport{}}
	at := r.i
	if b := r.bytes(uint32(min(len(r.b), 8))); !bytes.Equal(b, corePreamble) {
		r.failAt(at, "a core module begins with 00 61 73 6d 01 00 00 00, not % x", b)
	}
	var types []coreType
	for r.more() {
		id := r.byte()
		m.section(r.sub(r.u32(), "core module section"), id, &types)
	}
	return m
}

func (m *Module) section(r *reader, id byte, types *[]coreType) {
	switch id {
	case 1:
		for _, group := range vec(r, r.recType) {
			*types = append(*types, group...)
		}
	case 2:
		m.imports = vec(r, func() coreImport { return r.coreImport(*types) })
		r.checkImports(m.imports)
		for _, i := range m.imports {
			m.define(i.coreExtern)
		}
	case 3:
		m.funcs = append(m.funcs, vec(r, func() *coreFunc { return r.coreFuncAt(*types) })...)
	case 4:
		m.tables = append(m.tables, m.tableSection(r)...)
	case 5:
		m.memories = append(m.memories, vec(r, func() coreExtern { return coreExtern{sort: sortCoreMemory, limits: r.limits()} })...)
	case 7:
		vec(r, func() struct{} { m.export(r); return struct{}{} })
	case 8:
		m.start = true
	case 13:
		m.tags = append(m.tags, vec(r, func() coreExtern {
			r.byte()
			return coreExtern{sort: sortCoreTag, fn: r.coreFuncAt(*types)}
		})...)
	}
}

// tableSection reads the tables up to the first that has an initial value, whose end only a reader of expressions could find.
func (m *Module) tableSection(r *reader) (tables []coreExtern) {
	for range r.u32() {
		if r.peek() == 0x40 {
			return tables
		}
		t := r.coreVal()
		tables = append(tables, coreExtern{sort: sortCoreTable, t: t, limits: r.limits()})
	}
	return tables
}

// define adds an import to the index space of its sort.
func (m *Module) define(e coreExtern) {
	switch e.sort {
	case sortCoreFunc:
		m.funcs = append(m.funcs, e.fn)
	case sortCoreTable:
		m.tables = append(m.tables, e)
	case sortCoreMemory:
		m.memories = append(m.memories, e)
	case sortCoreGlobal:
		m.globals = append(m.globals, e)
	case sortCoreTag:
		m.tags = append(m.tags, e)
	}
}

// checkImports refuses two imports of one name: a component could not tell them apart.
func (r *reader) checkImports(imports []coreImport) {
	seen := map[importName]bool{}
	for _, i := range imports {
		name := importName{i.module, i.name}
		if seen[name] {
			r.fail("duplicate import name `%s:%s`", i.module, i.name)
		}
		seen[name] = true
	}
}

func (m *Module) export(r *reader) {
	at := r.i
	name := r.name()
	if _, ok := m.exports[name]; ok {
		r.failAt(at, "export name `%s` already defined", name)
	}
	s := r.coreSort()
	if s > sortCoreTag {
		r.failAt(at, "a core module exports no %s", s)
	}
	m.exports[name] = coreExport{s, r.u32()}
}

// An importName is the name that an import gets when its module is instantiated: that of what provides it, and its name there.
type importName struct{ provider, name string }

// withImports is the module with other names for its imports, and without custom sections. Providers are found by name, and core
// modules import from names, such as the empty one, that no provider can have.
func (m *Module) withImports(names []importName) []byte {
	r := &reader{b: m.raw, i: len(corePreamble)}
	out := append([]byte(nil), corePreamble...)
	for r.more() {
		id := r.byte()
		body := r.bytes(r.u32())
		switch id {
		case 0:
			continue
		case 2:
			body = m.importSection(names)
		}
		out = append(appendUnsigned(append(out, id), uint64(len(body))), body...)
	}
	return out
}

func (m *Module) importSection(names []importName) []byte {
	section := appendUnsigned(nil, uint64(len(names)))
	for i, n := range names {
		section = appendName(appendName(section, n.provider), n.name)
		section = append(section, m.imports[i].raw...)
	}
	return section
}

func namesKey(names []importName) string {
	var b strings.Builder
	for _, n := range names {
		b.WriteString(n.provider + " " + strconv.Quote(n.name) + "\n")
	}
	return b.String()
}

func appendUnsigned(b []byte, v uint64) []byte {
	for ; v >= 0x80; v >>= 7 {
		b = append(b, byte(v)|0x80)
	}
	return append(b, byte(v))
}

func appendName(b []byte, name string) []byte {
	return append(appendUnsigned(b, uint64(len(name))), name...)
}
