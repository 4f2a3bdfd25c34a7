package component

import (
	"bytes"
	"encoding/binary"
)

// A Component is a decoded component. It does not change: several runs, also of several engines at a time, may share it.
type Component struct {
	defs []definition
}

// Imports are the names of what c imports, in their order.
func (c *Component) Imports() []string {
	var names []string
	for _, d := range c.defs {
		if d, ok := d.(*importDef); ok {
			names = append(names, d.name)
		}
	}
	return names
}

// OfModule is the binary of a component that has a core module, and, if it is to have one, an instance of it without imports.
func OfModule(module []byte, instance bool) []byte {
	b := binary.AppendUvarint(append(bytes.Clone(preamble), 1), uint64(len(module)))
	b = append(b, module...)
	if instance {
		b = append(b, 2, 4, 1, 0, 0, 0)
	}
	return b
}

// Decode decodes a component. The error is a *DecodeError.
func Decode(binary []byte) (c *Component, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *DecodeError:
			err = r
		default:
			panic(r)
		}
	}()
	return (&reader{b: binary, section: "preamble"}).component(), nil
}

var (
	preamble     = []byte{0, 'a', 's', 'm', 0x0d, 0, 1, 0}
	corePreamble = []byte{0, 'a', 's', 'm', 1, 0, 0, 0}
)

func (r *reader) component() *Component {
	b := r.bytes(uint32(min(len(r.b)-r.i, 8)))
	switch {
	case bytes.Equal(b, corePreamble):
		r.failAt(0, "this is a core module, not a component")
	case !bytes.Equal(b, preamble):
		r.failAt(0, "a component begins with 00 61 73 6d 0d 00 01 00, not % x", b)
	}
	c := &Component{}
	r.nested(func() {
		for r.more() {
			r.section = "preamble"
			c.defs = append(c.defs, r.readSection()...)
		}
	})
	return c
}

var sectionNames = [...]string{"custom section", "core module section", "core instance section", "core type section",
	"component section", "instance section", "alias section", "type section", "canon section", "start section", "import section",
	"export section", "value section"}

func (r *reader) readSection() []definition {
	at := r.i
	id := r.byte()
	if int(id) >= len(sectionNames) {
		r.failAt(at, "no section has the id %d", id)
	}
	r.section = sectionNames[id]
	s := r.sub(r.u32(), sectionNames[id])
	defs := s.definitions(id)
	if s.more() {
		s.fail("the section goes on for %d bytes after its last definition", len(s.b)-s.i)
	}
	return defs
}

// definitions reads the definitions of a section.
func (r *reader) definitions(id byte) []definition {
	switch id {
	case 0:
		r.name()
		r.i = len(r.b)
		return nil
	case 1:
		p := r.place()
		return []definition{&coreModuleDef{p, r.module()}}
	case 2:
		return vec(r, r.coreInstance)
	case 3:
		return vec(r, r.coreTypeDef)
	case 4:
		p := r.place()
		return []definition{&componentDef{p, r.component()}}
	case 5:
		return vec(r, r.instance)
	case 6:
		return vec(r, func() definition { return r.alias() })
	case 7:
		return vec(r, r.typeDef)
	case 8:
		return vec(r, r.canon)
	case 9:
		p := r.place()
		i := r.u32()
		vec(r, r.u32)
		r.u32()
		return []definition{&startDef{p, i}}
	case 10:
		return vec(r, r.importDef)
	case 11:
		return vec(r, r.export)
	default:
		return vec(r, r.value)
	}
}

func (r *reader) value() definition {
	p := r.place()
	r.valType()
	r.bytes(r.u32())
	return &valueDef{p}
}

func (r *reader) sort() sort {
	at := r.i
	switch c := r.byte(); {
	case c == 0:
		return r.coreSort()
	case c > byte(sortInstance):
		r.failAt(at, "no sort has the opcode %#02x", c)
		return 0
	default:
		return sort(c)
	}
}

func (r *reader) coreSort() sort {
	s := coreSorts + sort(r.byte())
	if _, ok := sortNames[s]; !ok {
		r.failAt(r.i-1, "no core sort has the opcode %#02x", byte(s))
	}
	return s
}

func (r *reader) sortIndex() sortIndex {
	s := r.sort()
	return sortIndex{s, r.u32()}
}

func (r *reader) coreInstance() definition {
	d := &coreInstanceDef{place: r.place()}
	if r.flag("the kind of a core instance") {
		d.args = vec(r, func() named {
			name := r.name()
			s := r.coreSort()
			return named{name, sortIndex{s, r.u32()}}
		})
		return d
	}
	d.module = r.index()
	d.args = vec(r, func() named {
		name := r.name()
		r.expect(0x12, "the sort of an argument of a core module")
		return named{name, sortIndex{sortCoreInstance, r.u32()}}
	})
	return d
}

func (r *reader) instance() definition {
	d := &instanceDef{place: r.place()}
	if r.flag("the kind of an instance") {
		d.args = vec(r, func() named {
			name := r.externName()
			return named{name, r.sortIndex()}
		})
		return d
	}
	d.component = r.index()
	d.args = vec(r, func() named {
		name := r.name()
		return named{name, r.sortIndex()}
	})
	return d
}

func (r *reader) alias() *aliasDef {
	a := &aliasDef{place: r.place(), sort: r.sort()}
	at := r.i
	switch a.kind = aliasKind(r.byte()); a.kind {
	case aliasExport, aliasCoreExport:
		a.index, a.name = r.u32(), r.name()
	case aliasOuter:
		a.outer, a.index = r.u32(), r.u32()
	default:
		r.failAt(at, "no alias has the opcode %#02x", byte(a.kind))
	}
	r.checkAliasSort(a, at)
	return a
}

func (r *reader) checkAliasSort(a *aliasDef, at int) {
	core := a.sort >= coreSorts
	switch {
	case a.kind == aliasCoreExport && (!core || a.sort > sortCoreTag):
		r.failAt(at, "a core instance exports no %s", a.sort)
	case a.kind == aliasExport && core && a.sort != sortCoreModule:
		r.failAt(at, "an instance exports no %s", a.sort)
	case a.kind == aliasOuter && a.sort != sortType && a.sort != sortComponent && a.sort != sortCoreType && a.sort != sortCoreModule:
		r.failAt(at, "an outer alias names a component, a type, a core module or a core type, no %s", a.sort)
	}
}

func (r *reader) export() definition {
	d := &exportDef{place: r.place(), name: r.externName()}
	d.sortIndex = r.sortIndex()
	d.t = optional(r, r.externType)
	return d
}
