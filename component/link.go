package component

import (
	"fmt"

	"cabi/spec"
)

// A LinkError says where a component cannot be linked, and which rule it breaks.
type LinkError struct {
	Section string
	Offset  int
	Rule    string
	Cause   error // nil: the rule says all
}

func (e *LinkError) Error() string {
	if e.Section == "" {
		return e.Rule
	}
	return fmt.Sprintf("%s, offset %#x: %s", e.Section, e.Offset, e.Rule)
}

func (e *LinkError) Unwrap() error { return e.Cause }

// A linker makes one component instance: its index spaces grow definition by definition.
type linker struct {
	run      *Run
	enclosed *scope
	inst     *spec.ComponentInstance
	at       place
	args     Imports // nil: in a validation, made-up ones
	imports  extern
	out      *Instance
}

// A scope is the index spaces of a component, or of a type of components or instances.
type scope struct {
	outer      *scope
	inst       *spec.ComponentInstance // nil: a type's scope
	funcs      []*Func
	types      []any // a spec.ValType, *funcType, *Resource, *componentType or *instanceType
	components []*closure
	instances  []*Instance

	coreFuncs     []*coreItem
	coreTables    []*coreItem
	coreMemories  []*coreItem
	coreGlobals   []*coreItem
	coreTags      []*coreItem
	coreTypes     []coreType
	coreModules   []*Module
	coreInstances []*coreInstance
}

// A closure is a component with the scope that its outer aliases look into.
type closure struct {
	component *Component
	outer     *scope
	declared  *componentType // where only the type is known, in a validation; nil: it is all known
}

// fail stops linking at the definition at hand.
func (l *linker) fail(rule string, args ...any) {
	panic(&LinkError{l.at.section, l.at.offset, fmt.Sprintf(rule, args...), nil})
}

func (l *linker) failWith(err error) {
	panic(&LinkError{l.at.section, l.at.offset, err.Error(), err})
}

// A stop ends linking because core code that it ran was stopped.
type stop struct{ err error }

// Instantiate makes an instance of c in r. Imports are what c imports, by name. The error is a *LinkError, or what stopped core
// code that instantiation ran; after the latter, nothing may run in r.
func (r *Run) Instantiate(c *Component, imports Imports) (inst *Instance, err error) {
	stopped := r.enter(func() (stopped error) {
		inst, stopped, err = r.link(c, imports)
		return stopped
	})
	if stopped != nil {
		return nil, stopped
	}
	return inst, err
}

// link separates what stopped core code from errors of linking, which do not stop the run.
func (r *Run) link(c *Component, imports Imports) (inst *Instance, stopped, err error) {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *LinkError:
			err = x
		case *stop:
			stopped = x.err
		default:
			panic(x)
		}
	}()
	return r.instantiate(&closure{component: c}, nil, imports), nil, nil
}

func (r *Run) instantiate(c *closure, parent *spec.ComponentInstance, args Imports) *Instance {
	l := &linker{run: r, args: args, imports: extern{what: "import name"}, out: newInstance(r)}
	l.countInstance()
	l.inst = spec.NewComponentInstance(r.store, parent)
	l.enclosed = &scope{outer: c.outer, inst: l.inst}
	for _, d := range c.component.defs {
		l.at = d.where()
		l.define(d)
	}
	return l.out
}

func (l *linker) countInstance() {
	if l.run.instances++; l.run.instances > l.run.options.MaxInstances {
		l.fail("more than %d instances are made", l.run.options.MaxInstances)
	}
}

func (l *linker) define(d definition) {
	s := l.enclosed
	switch d := d.(type) {
	case *coreModuleDef:
		if l.run.dry && l.args == nil {
			l.validateModule(d.module)
		}
		s.coreModules = append(s.coreModules, d.module)
	case *coreInstanceDef:
		s.coreInstances = append(s.coreInstances, l.coreInstance(d))
	case *coreTypeDef:
		s.coreTypes = append(s.coreTypes, d.types...)
	case *componentDef:
		c := &closure{component: d.component, outer: s}
		if l.run.dry {
			l.validateComponent(c)
		}
		s.components = append(s.components, c)
	case *instanceDef:
		s.instances = append(s.instances, l.instance(d))
	case *aliasDef:
		l.add(d.sort, l.alias(d))
	case *typeDef:
		t := l.defType(d.t)
		if l.run.dry {
			l.validateType(t)
		}
		s.types = append(s.types, t)
	case *canonDef:
		l.canon(d)
	case *importDef:
		l.importDef(d)
	case *exportDef:
		l.export(d)
	default: // startDef, valueDef
		l.failWith(&UnsupportedError{"value definitions and start functions of components: definitions.py has none"})
	}
}

func (l *linker) instance(d *instanceDef) *Instance {
	if d.component == nil {
		inst := newInstance(l.run)
		for _, a := range d.args {
			l.addExport(inst, a.name, l.item(a.sortIndex))
		}
		return inst
	}
	c := pick(l, l.enclosed.components, *d.component, sortComponent)
	args := Imports{}
	for _, a := range d.args {
		if _, ok := args[a.name]; ok {
			l.fail("instantiation argument `%s` conflicts with previous argument `%s`", a.name, a.name)
		}
		args[a.name] = l.item(a.sortIndex)
	}
	if c.declared != nil {
		return l.instantiateDeclared(c.declared, args)
	}
	return l.run.instantiate(c, l.inst, args)
}

func (l *linker) export(d *exportDef) {
	item := l.item(d.sortIndex)
	if d.sort >= coreSorts && d.sort != sortCoreModule {
		l.fail("a component exports no %s", d.sort)
	}
	if d.t != nil {
		item = l.ascribe(d, item)
	}
	l.addExport(l.out, d.name, item)
	l.out.unique.define(l, d.name, item)
	l.add(d.sort, item)
}

// ascribe checks an export against the type that is written beside it. An instance keeps the exports that this type has.
func (l *linker) ascribe(d *exportDef, item any) any {
	if d.t.sort != d.sort {
		l.fail("the export %q is a %s, ascribed as a %s", d.name, d.sort, d.t.sort)
	}
	if err := l.matches(item, *d.t, l.enclosed); err != "" {
		l.fail("ascribed type of export is not compatible: the export %q: %s", d.name, err)
	}
	inst, ok := item.(*Instance)
	if !ok {
		return item
	}
	narrow := newInstance(l.run)
	for _, decl := range l.enclosed.types[d.t.index].(*instanceType).decls {
		if e, ok := decl.(*exportDecl); ok {
			narrow.add(e.name, inst.exports[e.name])
		}
	}
	return narrow
}

func (l *linker) addExport(inst *Instance, name string, item any) {
	inst.unique.add(l, name)
	inst.add(name, item)
	if f, ok := item.(*Func); ok && f.run == l.run {
		f.Name = name
	}
}

// pick is the definition at an index of an index space.
func pick[T any](l *linker, space []T, i uint32, s sort) T {
	if uint64(i) >= uint64(len(space)) {
		l.fail("unknown %s %d: index out of bounds, there are %d", s, i, len(space))
	}
	return space[i]
}

func (l *linker) item(x sortIndex) any { return l.itemOf(l.enclosed, x) }

func (l *linker) itemOf(s *scope, x sortIndex) any {
	switch x.sort {
	case sortFunc:
		return pick(l, s.funcs, x.index, x.sort)
	case sortType:
		return pick(l, s.types, x.index, x.sort)
	case sortComponent:
		return pick(l, s.components, x.index, x.sort)
	case sortInstance:
		return pick(l, s.instances, x.index, x.sort)
	case sortCoreFunc:
		return pick(l, s.coreFuncs, x.index, x.sort)
	case sortCoreTable:
		return pick(l, s.coreTables, x.index, x.sort)
	case sortCoreMemory:
		return pick(l, s.coreMemories, x.index, x.sort)
	case sortCoreGlobal:
		return pick(l, s.coreGlobals, x.index, x.sort)
	case sortCoreTag:
		return pick(l, s.coreTags, x.index, x.sort)
	case sortCoreType:
		return pick(l, s.coreTypes, x.index, x.sort)
	case sortCoreModule:
		return pick(l, s.coreModules, x.index, x.sort)
	case sortCoreInstance:
		return pick(l, s.coreInstances, x.index, x.sort)
	}
	l.failWith(&UnsupportedError{"values"})
	return nil
}

// add adds an item to the index space of its sort.
func (l *linker) add(s sort, item any) { l.addTo(l.enclosed, s, item) }

func (l *linker) addTo(to *scope, s sort, item any) {
	if sortOf(item) != s {
		l.fail("expected a %s, found a %s", s, sortOf(item))
	}
	switch item := item.(type) {
	case *Func:
		to.funcs = append(to.funcs, item)
	case *closure:
		to.components = append(to.components, item)
	case *Instance:
		to.instances = append(to.instances, item)
	case *coreItem:
		space := map[sort]*[]*coreItem{sortCoreFunc: &to.coreFuncs, sortCoreTable: &to.coreTables, sortCoreMemory: &to.coreMemories,
			sortCoreGlobal: &to.coreGlobals, sortCoreTag: &to.coreTags}[s]
		*space = append(*space, item)
	case coreType:
		to.coreTypes = append(to.coreTypes, item)
	case *Module:
		to.coreModules = append(to.coreModules, item)
	case *coreInstance:
		to.coreInstances = append(to.coreInstances, item)
	default:
		to.types = append(to.types, item)
	}
}

func sortOf(item any) sort {
	switch item := item.(type) {
	case *Func:
		return sortFunc
	case *closure:
		return sortComponent
	case *Instance:
		return sortInstance
	case *coreItem:
		return item.sort
	case coreType:
		return sortCoreType
	case *Module:
		return sortCoreModule
	case *coreInstance:
		return sortCoreInstance
	default:
		return sortType
	}
}

func (l *linker) alias(d *aliasDef) any {
	switch d.kind {
	case aliasExport:
		inst := pick(l, l.enclosed.instances, d.index, sortInstance)
		item, ok := inst.exports[d.name]
		if !ok || sortOf(item) != d.sort {
			l.fail("instance %d has no export of sort %s named %q", d.index, d.sort, d.name)
		}
		return item
	case aliasCoreExport:
		return l.coreExport(pick(l, l.enclosed.coreInstances, d.index, sortCoreInstance), d.sort, d.name)
	default:
		s, crosses := l.outerScope(d.outer)
		item := l.itemOf(s, sortIndex{d.sort, d.index})
		if crosses && l.refersToResources(item) {
			l.fail("an outer alias of a type that transitively refers to resources, which are another type for each instance")
		}
		return item
	}
}

// outerScope also reports whether a component ends on the way there.
func (l *linker) outerScope(n uint32) (*scope, bool) {
	s, crosses := l.enclosed, false
	for range n {
		crosses = crosses || s.inst != nil
		if s = s.outer; s == nil {
			l.fail("invalid outer alias count of %d: fewer scopes are around", n)
		}
	}
	return s, crosses
}

func (l *linker) refersToResources(item any) bool {
	switch item := item.(type) {
	case *spec.ResourceType:
		return true
	case spec.ValType:
		return l.anyPart([]spec.ValType{item}, isHandle)
	case *funcType:
		return l.anyPart(item.spec.Params, isHandle) || l.anyPart(item.spec.Result, isHandle)
	}
	return false
}
