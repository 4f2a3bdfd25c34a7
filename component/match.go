package component

import (
	"fmt"
	"strings"

	"cabi/spec"
)

// matches compares an item with the type that s has for it. The reason why it does not match is empty if it does.
func (l *linker) matches(item any, t externType, s *scope) string {
	if sortOf(item) != t.sort {
		return fmt.Sprintf("expected %s, found %s", t.sort, sortOf(item))
	}
	if t.sort == sortType {
		return l.matchesType(item, t, s)
	}
	if t.sort == sortCoreModule {
		want := pick(l, s.coreTypes, t.index, sortCoreType)
		if want.module == nil {
			l.fail("core type %d is no module type", t.index)
		}
		return item.(*Module).matches(want.module)
	}
	switch want := pick(l, s.types, t.index, sortType).(type) {
	case *funcType:
		if f, ok := item.(*Func); ok {
			return firstOf(sameFuncType(f.Type, want.spec), sameNames(f.Params, want.params))
		}
	case *instanceType:
		if inst, ok := item.(*Instance); ok {
			return l.matchesInstance(inst, want)
		}
	case *componentType:
		if _, ok := item.(*closure); ok {
			return "" // what a component imports and exports is compared when it is instantiated
		}
	}
	l.fail("type index %d is no type of a %s", t.index, t.sort)
	return ""
}

func (l *linker) matchesType(item any, t externType, s *scope) string {
	if t.sub {
		if _, ok := item.(*spec.ResourceType); !ok {
			return "expected resource, found another type"
		}
		return ""
	}
	want := pick(l, s.types, t.index, sortType)
	if !sameType(item, want) {
		return fmt.Sprintf("expected type %s, found %s", describeType(want), describeType(item))
	}
	return ""
}

func describeType(t any) string {
	switch t := t.(type) {
	case spec.ValType:
		return spec.TypeName(t)
	case *spec.ResourceType:
		return "resource " + t.Name
	case *funcType:
		return "func"
	case *instanceType:
		return "instance"
	default:
		return "component"
	}
}

func sameType(a, b any) bool {
	switch a := a.(type) {
	case spec.ValType:
		b, ok := b.(spec.ValType)
		return ok && spec.SameType(a, b)
	case *funcType:
		b, ok := b.(*funcType)
		return ok && sameFuncType(a.spec, b.spec) == ""
	case *instanceType:
		_, ok := b.(*instanceType) // not compared further: no value of it is at hand
		return ok
	case *componentType:
		_, ok := b.(*componentType)
		return ok
	default:
		return a == b
	}
}

func sameNames(got, want []string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			return fmt.Sprintf("expected parameter named `%s`, found `%s`", want[i], got[i])
		}
	}
	return ""
}

func sameFuncType(got, want *spec.FuncType) string {
	switch {
	case got.Async != want.Async:
		return "expected a function that is async, or not, found the other"
	case len(got.Params) != len(want.Params):
		return fmt.Sprintf("expected %d parameters, found %d", len(want.Params), len(got.Params))
	case len(got.Result) != len(want.Result):
		return fmt.Sprintf("expected %d results, found %d", len(want.Result), len(got.Result))
	}
	for i := range got.Params {
		if !spec.SameType(got.Params[i], want.Params[i]) {
			return fmt.Sprintf("parameter %d: expected %s, found %s", i, spec.TypeName(want.Params[i]), spec.TypeName(got.Params[i]))
		}
	}
	for i := range got.Result {
		if !spec.SameType(got.Result[i], want.Result[i]) {
			return fmt.Sprintf("result: expected %s, found %s", spec.TypeName(want.Result[i]), spec.TypeName(got.Result[i]))
		}
	}
	return ""
}

// matchesInstance goes through the declarations of an instance type, with the types that the instance has for those that it exports.
func (l *linker) matchesInstance(inst *Instance, t *instanceType) string {
	s := &scope{outer: t.outer}
	for _, d := range t.decls {
		e, ok := d.(*exportDecl)
		if !ok {
			l.declare(s, d)
			continue
		}
		item, ok := inst.exports[e.name]
		if !ok {
			return fmt.Sprintf("missing expected export %q", e.name)
		}
		if reason := l.matches(item, e.t, s); reason != "" {
			return fmt.Sprintf("type mismatch in instance export %q: %s", e.name, reason)
		}
		l.addTo(s, e.t.sort, item)
	}
	return ""
}

// declare adds to s what a declaration other than an export declares.
func (l *linker) declare(s *scope, d definition) {
	switch d := d.(type) {
	case *coreTypeDef:
		s.coreTypes = append(s.coreTypes, d.types...)
	case *typeDef:
		s.types = append(s.types, l.defTypeIn(s, d.t))
	case *aliasDef:
		if d.kind == aliasExport && d.sort != sortType && d.sort != sortInstance {
			l.fail("export aliases in types may only refer to types or instances")
		}
		from := *l
		from.enclosed = s
		l.addTo(s, d.sort, from.alias(d))
	}
}

// matches compares a core module with a module type: it may import less and export more.
func (m *Module) matches(t *moduleType) string {
	for name, want := range t.exports {
		e, ok := m.exports[name]
		if !ok {
			return fmt.Sprintf("missing expected export %q", name)
		}
		if reason := m.extern(e).matches(want); reason != "" {
			return fmt.Sprintf("type mismatch in core module export %q: %s", name, reason)
		}
	}
	for _, got := range m.imports {
		i := findImport(t.imports, got)
		if i < 0 {
			return fmt.Sprintf("missing expected import %q %q", got.module, got.name)
		}
		if reason := t.imports[i].matches(got.coreExtern); reason != "" {
			return fmt.Sprintf("type mismatch in core module import %q %q: %s", got.module, got.name, reason)
		}
	}
	return ""
}

func findImport(imports []coreImport, like coreImport) int {
	for i, c := range imports {
		if c.module == like.module && c.name == like.name {
			return i
		}
	}
	return -1
}

// extern is the type of an export; of a global that the module defines, the sort alone.
func (m *Module) extern(e coreExport) coreExtern {
	at := func(space []coreExtern) coreExtern {
		if uint64(e.index) < uint64(len(space)) {
			return space[e.index]
		}
		return coreExtern{sort: e.sort}
	}
	switch e.sort {
	case sortCoreFunc:
		if uint64(e.index) < uint64(len(m.funcs)) {
			return coreExtern{sort: e.sort, fn: m.funcs[e.index]}
		}
		return coreExtern{sort: e.sort}
	case sortCoreTable:
		return at(m.tables)
	case sortCoreMemory:
		return at(m.memories)
	case sortCoreTag:
		return at(m.tags)
	default:
		return at(m.globals)
	}
}

// matches compares what is given with what is wanted. A type that is not known matches: wazero compares it.
func (e coreExtern) matches(want coreExtern) string {
	switch {
	case e.sort != want.sort:
		return fmt.Sprintf("expected %s, found %s", want.sort, e.sort)
	case e.fn != nil && want.fn != nil && !e.fn.equal(want.fn):
		return fmt.Sprintf("expected %s, found %s", want.fn, e.fn)
	case e.t != "" && want.t != "" && e.t != want.t:
		return fmt.Sprintf("expected %s, found %s", want.t, e.t)
	case e.sort == sortCoreGlobal && e.t != "" && e.mut != want.mut:
		return "globals differ in mutability"
	case e.sort == sortCoreMemory && e.shared != want.shared:
		return "mismatch in the shared flag for memories"
	case e.sort == sortCoreMemory || e.sort == sortCoreTable:
		return e.limits.matches(want.limits, strings.TrimPrefix(e.sort.String(), "core "))
	}
	return ""
}

func (l limits) matches(want limits, what string) string {
	if l.min < want.min || want.max != nil && (l.max == nil || *l.max > *want.max) {
		return "mismatch in " + what + " limits"
	}
	return ""
}
