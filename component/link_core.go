package component

import (
	"errors"
	"fmt"
	"strings"

	"cabi/spec"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/experimental/table"
)

// A coreItem is a core function, table, memory, global or tag: the function of the specification's that it is, or the core
// instance that defines it. An item is the same for all that import and export it.
type coreItem struct {
	sort sort
	fn   *coreFunc     // the type of a function; nil: no plain function type
	host spec.CoreFunc // nil: a core instance defines it

	inst   *coreInstance
	name   string // one that inst exports it as
	index  uint32
	memory *spec.MemInst // of a memory, once it is used
	call   spec.CoreFunc // of a function, once it is used
}

// A coreInstance is an instance of a core module, or some items in place of one.
type coreInstance struct {
	module  *Module // nil: items
	api     api.Module
	imports map[sort][]*coreItem
	items   map[string]*coreItem // by name; of an instance of a module, those that were asked for
	defined map[coreExport]*coreItem
}

// coreExport is an export of a core instance.
func (l *linker) coreExport(inst *coreInstance, s sort, name string) *coreItem {
	item := inst.export(name)
	if item == nil || item.sort != s {
		l.fail("core instance has no export of sort %s named %q", s, name)
	}
	return item
}

func (inst *coreInstance) export(name string) *coreItem {
	if item, ok := inst.items[name]; ok || inst.module == nil {
		return item
	}
	e, ok := inst.module.exports[name]
	if !ok {
		return nil
	}
	item := inst.definedItem(e, name)
	inst.items[name] = item
	return item
}

// definedItem is the item that an export names, which is an import's if the module imports it.
func (inst *coreInstance) definedItem(e coreExport, name string) *coreItem {
	if imported := inst.imports[e.sort]; uint64(e.index) < uint64(len(imported)) {
		return imported[e.index]
	}
	if item, ok := inst.defined[e]; ok {
		return item
	}
	item := &coreItem{sort: e.sort, inst: inst, name: name, index: e.index, fn: inst.module.extern(e).fn}
	inst.defined[e] = item
	return item
}

func (l *linker) coreInstance(d *coreInstanceDef) *coreInstance {
	if d.module != nil {
		return l.instantiateCore(pick(l, l.enclosed.coreModules, *d.module, sortCoreModule), l.coreArgs(d))
	}
	inst := &coreInstance{items: map[string]*coreItem{}}
	for _, a := range d.args {
		item, ok := l.item(a.sortIndex).(*coreItem)
		if !ok {
			l.fail("a core instance exports no %s", a.sort)
		}
		if _, ok := inst.items[a.name]; ok {
			l.fail("export name %q conflicts with a previous name", a.name)
		}
		inst.items[a.name] = item
	}
	return inst
}

func (l *linker) coreArgs(d *coreInstanceDef) map[string]*coreInstance {
	args := map[string]*coreInstance{}
	for _, a := range d.args {
		if _, ok := args[a.name]; ok {
			l.fail("the argument %q is given twice", a.name)
		}
		args[a.name] = pick(l, l.enclosed.coreInstances, a.index, sortCoreInstance)
	}
	return args
}

// An importing is how the imports of a core module are named and provided while it is instantiated.
type importing struct {
	names     []importName
	providers map[string]api.Module
	byModule  map[api.Module]string
	types     []*coreFunc // of the functions that the host module gives
	funcs     []spec.CoreFunc
}

func (l *linker) instantiateCore(m *Module, args map[string]*coreInstance) *coreInstance {
	l.countInstance()
	inst := &coreInstance{module: m, imports: map[sort][]*coreItem{}, items: map[string]*coreItem{}, defined: map[coreExport]*coreItem{}}
	im := &importing{providers: map[string]api.Module{}, byModule: map[api.Module]string{}}
	for _, i := range m.imports {
		item := l.coreImport(i, args)
		inst.imports[i.sort] = append(inst.imports[i.sort], item)
		im.add(item)
	}
	if l.run.dry {
		return inst
	}
	compiled, err := l.run.engine.compile(m, im.names)
	if err != nil {
		l.failWith(err)
	}
	if len(im.funcs) > 0 {
		l.provideHost(im)
	}
	ctx := experimental.WithImportResolver(l.run.ctx, func(name string) api.Module { return im.providers[name] })
	l.start(m, func() {
		inst.api, err = l.run.engine.runtime.InstantiateModule(ctx, compiled, anonymous())
		if err != nil {
			l.instantiationFailed(err)
		}
		l.run.modules = append(l.run.modules, inst.api)
	})
	return inst
}

func (l *linker) coreImport(i coreImport, args map[string]*coreInstance) *coreItem {
	from, ok := args[i.module]
	if !ok {
		l.fail("missing module instantiation argument: the core module imports from %q", i.module)
	}
	item := from.export(i.name)
	switch {
	case item == nil:
		l.fail("module instantiation argument %q does not export an item named %q", i.module, i.name)
	case item.sort != i.sort:
		l.fail("expected %s, found %s: the core module imports %q %q", i.sort, item.sort, i.module, i.name)
	case item.sort == sortCoreFunc && item.fn != nil && i.fn != nil && !item.fn.equal(i.fn):
		l.fail("type mismatch: the core module imports %q %q as a function of type %s, and is given one of type %s", i.module, i.name, i.fn, item.fn)
	}
	if l.run.dry && item.inst != nil { // otherwise wazero compares: what is there may have grown
		if reason := item.inst.module.extern(coreExport{item.sort, item.index}).matches(i.coreExtern); reason != "" {
			l.fail("%s: the core module imports %q %q", reason, i.module, i.name)
		}
	}
	return item
}

// add names an import after what provides it.
func (im *importing) add(item *coreItem) {
	if item.host != nil {
		im.names = append(im.names, importName{hostProvider, hostName(len(im.funcs))})
		im.types, im.funcs = append(im.types, item.fn), append(im.funcs, item.host)
		return
	}
	m := item.inst.api
	name, ok := im.byModule[m]
	if !ok {
		name = fmt.Sprint("p", len(im.byModule))
		im.byModule[m], im.providers[name] = name, m
	}
	im.names = append(im.names, importName{name, item.name})
}

func (l *linker) provideHost(im *importing) {
	h := l.run.engine.takeHost(l.run, im.types)
	l.run.hosts = append(l.run.hosts, h)
	for i, f := range im.funcs {
		h.funcs[i].f = f
	}
	im.providers[hostProvider] = h.module
}

// start runs instantiate, as a task of the component instance if the module has a start function.
func (l *linker) start(m *Module, instantiate func()) {
	if !m.start {
		if err := l.run.store.Try(instantiate); err != nil {
			panic(&stop{err})
		}
		return
	}
	f := l.run.store.Lift(func([]spec.CoreValue) []spec.CoreValue { instantiate(); return nil },
		&spec.FuncType{Name: "start"}, &spec.CanonicalOptions{}, l.inst)
	_, err := l.run.store.Invoke(f, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
	if err != nil {
		panic(&stop{err})
	}
}

// instantiationFailed tells an import that does not fit from a trap.
func (l *linker) instantiationFailed(err error) {
	var c *carried
	if !errors.As(err, &c) && strings.HasPrefix(err.Error(), "import ") {
		l.fail("type mismatch: %v", err)
	}
	l.run.rethrow(err)
}

// checkCoreFunc fails unless f has the type wanted.
func (l *linker) checkCoreFunc(f *coreItem, want *coreFunc, what string) {
	if f.fn == nil || !f.fn.equal(want) {
		l.fail("%s is a core function of type %s, found type %s", what, want, f.fn)
	}
}

// coreCall is a core function as the specification calls it. Its type was checked: all its values are numbers.
func (l *linker) coreCall(item *coreItem) spec.CoreFunc {
	if item.host != nil {
		return item.host
	}
	if l.run.dry {
		return unreachableFunc
	}
	if item.call == nil {
		numbers, _ := item.fn.numbers()
		callee := &coreCallee{run: l.run, params: numbers.Params, results: numbers.Results,
			make: func() api.Function { return item.inst.api.ExportedFunction(item.name) }}
		item.call = callee.call
	}
	return item.call
}

// optFunc is the function of an option of a canonical definition.
func (l *linker) optFunc(i *uint32, want *coreFunc, what string) spec.CoreFunc {
	if i == nil {
		return nil
	}
	item := pick(l, l.enclosed.coreFuncs, *i, sortCoreFunc)
	l.checkCoreFunc(item, want, what)
	return l.coreCall(item)
}

// memory is a core memory as the specification has it. The specification compares memories by identity.
func (l *linker) memory(i uint32) *spec.MemInst {
	item := pick(l, l.enclosed.coreMemories, i, sortCoreMemory)
	if item.memory == nil {
		item.memory = spec.NewMemInst(0)
		if l.run.dry {
			return item.memory
		}
		l.run.memories = append(l.run.memories, &coreMemory{item.inst.api.ExportedMemory(item.name), item.memory})
		l.run.refresh()
	}
	return item.memory
}

// funcTable is a core table whose functions are threads' functions of type ft.
func (l *linker) funcTable(i uint32, ft *coreFunc) *spec.FuncTable {
	item := pick(l, l.enclosed.coreTables, i, sortCoreTable)
	if t := item.inst.module.extern(coreExport{sortCoreTable, item.index}).t; t != coreFuncref && t != "" {
		l.fail("expected table element type funcref, found %s", t)
	}
	numbers, _ := ft.numbers()
	params, results := apiTypes(ft.params), apiTypes(ft.results)
	return spec.NewFuncTableOf(l.run.store, func(fi uint64) *spec.CoreFuncRef {
		f, err := lookUp(item.inst.api, item.index, uint32(fi), params, results)
		switch {
		case err == errAnotherType:
			return &spec.CoreFuncRef{T: &spec.CoreFuncType{Results: []spec.CoreType{spec.F64, spec.F64}}} // any that is not ft
		case err != nil:
			l.run.giveUp(err)
		case f == nil:
			return nil
		}
		callee := &coreCallee{run: l.run, params: numbers.Params, results: numbers.Results, make: func() api.Function { return f }}
		return &spec.CoreFuncRef{T: numbers, Callee: l.entered(&Entry{Instance: l.inst, Role: "thread"}, callee.uncarried)}
	})
}

var errAnotherType = errors.New("the function is of another type")

// lookUp finds the function at an index of a table; nil: there is none.
func lookUp(m api.Module, table_, i uint32, params, results []api.ValueType) (f api.Function, err error) {
	defer func() {
		switch r := fmt.Sprint(recover()); r {
		case "<nil>", "invalid table access":
		case "indirect call type mismatch":
			err = errAnotherType
		default: // wazero's compiler does not find those of host modules
			err = &UnsupportedError{"threads that begin in a built-in: wazero does not find the function: " + r}
		}
	}()
	return table.LookupFunction(m, table_, i, params, results), nil
}
