package component

import (
	"cabi/spec"
)

// Validate checks c by the rules of linking, as far as these can be checked without its imports: imports are made up, of the types that
// c declares for them, and nothing runs. Core modules are compiled. The error is a *LinkError.
func (e *Engine) Validate(c *Component) error { return e.validate(c, RunOptions{}) }

func (e *Engine) validate(c *Component, options RunOptions) error {
	r := e.NewRun(options)
	r.dry = true
	defer r.Close()
	_, _, err := r.link(c, nil)
	return err
}

// ValidateModule validates a core module.
func (e *Engine) ValidateModule(module []byte) error {
	c, err := Decode(OfModule(module, false))
	if err == nil {
		err = e.Validate(c)
	}
	return err
}

// validateModule compiles a core module that is defined. The imports get names that wazero accepts.
func (l *linker) validateModule(m *Module) {
	names := make([]importName, len(m.imports))
	for i, im := range m.imports {
		names[i] = importName{"p", im.name}
	}
	if _, err := l.run.engine.compile(m, names); err != nil {
		l.failWith(err)
	}
}

// validateComponent goes through a component where it is defined, with made-up imports. What is instantiated in a component is gone
// through again with its arguments, and the components defined in that are not.
func (l *linker) validateComponent(c *closure) {
	if l.args == nil {
		l.run.instantiate(c, l.inst, nil)
	}
}

// validateType goes through the declarations of the type of a component or instance.
func (l *linker) validateType(t any) {
	s := &scope{}
	var decls []definition
	switch t := t.(type) {
	case *instanceType:
		s.outer, decls = t.outer, t.decls
	case *componentType:
		s.outer, decls = t.outer, t.decls
	default:
		return
	}
	at := l.at
	l.makeUpFrom(s, decls, nil, newInstance(l.run))
	l.at = at
}

// makeUp makes an item of type t, which s has.
func (l *linker) makeUp(name string, t externType, s *scope) any {
	switch t.sort {
	case sortValue:
		l.failWith(&UnsupportedError{"values"})
	case sortCoreModule:
		want := pick(l, s.coreTypes, t.index, sortCoreType)
		if want.module == nil {
			l.fail("core type index %d is not a module type", t.index)
		}
		return madeUpModule(want.module)
	case sortType:
		if t.sub {
			return l.run.newResource(name, nil, nil)
		}
		return pick(l, s.types, t.index, sortType)
	}
	switch want := pick(l, s.types, t.index, sortType).(type) {
	case *funcType:
		if t.sort == sortFunc {
			return &Func{Type: want.spec, Params: want.params, run: l.run}
		}
	case *instanceType:
		if t.sort == sortInstance {
			inst := newInstance(l.run)
			l.makeUpFrom(&scope{outer: want.outer}, want.decls, nil, inst)
			return inst
		}
	case *componentType:
		if t.sort == sortComponent {
			return &closure{declared: want}
		}
	}
	l.fail("type index %d is not %s", t.index, map[sort]string{sortFunc: "a function type", sortInstance: "an instance type",
		sortComponent: "a component type"}[t.sort])
	return nil
}

// makeUpFrom makes up what declarations export. Imports are taken from args, or made up too if these are nil.
func (l *linker) makeUpFrom(s *scope, decls []definition, args Imports, out *Instance) {
	names := extern{what: "import name"}
	l.countInstance()
	for _, d := range decls {
		l.at = d.where()
		switch d := d.(type) {
		case *importDef:
			names.add(l, d.name)
			item := l.argument(d, args, s)
			names.define(l, d.name, item)
			l.addTo(s, d.t.sort, item)
		case *exportDecl:
			item := l.makeUp(d.name, d.t, s)
			l.addExport(out, d.name, item)
			out.unique.define(l, d.name, item)
			l.addTo(s, d.t.sort, item)
		default:
			l.declare(s, d)
		}
	}
}

func (l *linker) argument(d *importDef, args Imports, s *scope) any {
	item, ok := args[d.name]
	switch {
	case ok:
		if reason := l.matches(item, d.t, s); reason != "" {
			l.fail("type mismatch for import `%s`: %s", d.name, reason)
		}
		return item
	case args == nil:
		return l.makeUp(d.name, d.t, s)
	}
	l.fail("missing import named `%s`", d.name)
	return nil
}

// instantiateDeclared makes an instance of a component of which only the type is known.
func (l *linker) instantiateDeclared(t *componentType, args Imports) *Instance {
	at, out := l.at, newInstance(l.run)
	l.makeUpFrom(&scope{outer: t.outer}, t.decls, args, out)
	l.at = at
	return out
}

// madeUpModule is a module of the type, without code.
func madeUpModule(t *moduleType) *Module {
	m := &Module{imports: t.imports, exports: map[string]coreExport{}}
	for _, i := range t.imports {
		m.define(i.coreExtern)
	}
	for _, name := range sortedKeys(t.exports) {
		e := t.exports[name]
		m.exports[name] = coreExport{e.sort, m.count(e.sort)}
		m.define(e)
	}
	return m
}

// count is how many definitions of a sort the module has.
func (m *Module) count(s sort) uint32 {
	switch s {
	case sortCoreFunc:
		return uint32(len(m.funcs))
	case sortCoreTable:
		return uint32(len(m.tables))
	case sortCoreMemory:
		return uint32(len(m.memories))
	case sortCoreGlobal:
		return uint32(len(m.globals))
	default:
		return uint32(len(m.tags))
	}
}

// unreachableFunc stands for core code where nothing runs.
func unreachableFunc([]spec.CoreValue) []spec.CoreValue {
	panic("component: core code runs in a validation")
}
