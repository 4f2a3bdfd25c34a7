package component

import (
	"context"
	"fmt"
	"strings"

	"cabi/spec"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// EngineOptions configure an engine. The zero EngineOptions is the interpreter with wazero's limit on memories.
type EngineOptions struct {
	Compiler      bool   // compile core code to machine code, where wazero can; false: interpret it
	MemoryPages   uint32 // how many pages of 64 KiB a core memory may have; 0: 65,535
	TableElements uint32 // how many elements a core table may begin with; 0: 10 million
	Interruptible bool   // the context of a run ends core code that never returns, at the price of speed
}

// An Engine runs the core code of components: it compiles core modules, once each, for any number of runs. It is not safe for
// concurrent use, but its runs may be used in turn.
type Engine struct {
	ctx     context.Context
	runtime wazero.Runtime
	options EngineOptions
	modules map[*Module]map[string]wazero.CompiledModule // by how the imports are named
	hosts   map[string][]*hostModule                     // those that no run uses, by their functions' types
}

// NewEngine makes an engine. Close it when done.
func NewEngine(options EngineOptions) *Engine {
	if options.MemoryPages == 0 {
		options.MemoryPages = 1<<16 - 1
	}
	if options.TableElements == 0 {
		options.TableElements = 10_000_000
	}
	config := wazero.NewRuntimeConfigInterpreter()
	if options.Compiler {
		config = wazero.NewRuntimeConfig()
	}
	config = config.WithCoreFeatures(coreFeatures).WithMemoryLimitPages(options.MemoryPages).WithDebugInfoEnabled(false).
		WithCloseOnContextDone(options.Interruptible)
	ctx := context.Background()
	return &Engine{
		ctx: ctx, runtime: wazero.NewRuntimeWithConfig(ctx, config), options: options,
		modules: map[*Module]map[string]wazero.CompiledModule{}, hosts: map[string][]*hostModule{},
	}
}

const coreFeatures = api.CoreFeaturesV2 | experimental.CoreFeaturesThreads | experimental.CoreFeaturesTailCall |
	experimental.CoreFeaturesExtendedConst | experimental.CoreFeaturesExceptionHandling | experimental.CoreFeaturesTypedFunctionReferences

// Close frees the engine. Its runs must be closed.
func (e *Engine) Close() { e.runtime.Close(e.ctx) }

// Forget frees the compiled core modules of c. No open run of the engine may have c.
func (e *Engine) Forget(c *Component) {
	for _, d := range c.defs {
		switch d := d.(type) {
		case *componentDef:
			e.Forget(d.component)
		case *coreModuleDef:
			for _, compiled := range e.modules[d.module] {
				compiled.Close(e.ctx)
			}
			delete(e.modules, d.module)
		}
	}
}

// compile compiles m with its imports so named.
func (e *Engine) compile(m *Module, names []importName) (wazero.CompiledModule, error) {
	key := namesKey(names)
	if c, ok := e.modules[m][key]; ok {
		return c, nil
	}
	if err := e.supports(m); err != nil {
		return nil, err
	}
	if err := m.checkSizes(); err != nil {
		return nil, err
	}
	c, err := e.compileBinary(m.withImports(names))
	if err != nil {
		return nil, err
	}
	if e.modules[m] == nil {
		e.modules[m] = map[string]wazero.CompiledModule{}
	}
	e.modules[m][key] = c
	return c, nil
}

// compileBinary returns wazero's error, also where it panics.
func (e *Engine) compileBinary(binary []byte) (c wazero.CompiledModule, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("wazero panics on the core module: %v", r)
		}
	}()
	c, err = e.runtime.CompileModule(e.ctx, binary)
	if err != nil {
		return nil, fmt.Errorf("invalid core module: %w", err)
	}
	return c, nil
}

// supports refuses, by name, the features of core code that wazero lacks.
func (e *Engine) supports(m *Module) error {
	if len(m.memories) > 1 {
		return &UnsupportedError{fmt.Sprintf("multiple memories (the core module has %d)", len(m.memories))}
	}
	for _, memory := range m.memories {
		switch {
		case memory.wide:
			return &UnsupportedError{"64-bit memories"}
		case memory.pageSize != nil:
			return &UnsupportedError{"custom page sizes"}
		}
	}
	for _, table := range m.tables {
		if table.wide {
			return &UnsupportedError{"64-bit tables"}
		}
		if table.min > uint64(e.options.TableElements) {
			return fmt.Errorf("a core table begins with %d elements, more than %d", table.min, e.options.TableElements)
		}
	}
	return nil
}

// An UnsupportedError names a feature that a component needs and that is not there.
type UnsupportedError struct{ Feature string }

func (e *UnsupportedError) Error() string { return "not supported: " + e.Feature }

// A hostModule is a module of wazero's that gives canonical built-ins and lowered functions to one core module at a time.
type hostModule struct {
	module api.Module
	key    string
	run    *Run // that uses it; nil: none
	funcs  []*hostSlot
}

// A hostSlot is one function of a host module: what it calls is set by the run that uses it.
type hostSlot struct {
	host            *hostModule
	t               *coreFunc
	params, results []spec.CoreType
	f               spec.CoreFunc
}

// takeHost returns a host module with functions of the types given, for run.
func (e *Engine) takeHost(run *Run, types []*coreFunc) *hostModule {
	keys := make([]string, len(types))
	for i, t := range types {
		keys[i] = t.key()
	}
	key := strings.Join(keys, "\n")
	idle := e.hosts[key]
	if len(idle) == 0 {
		h := e.newHost(types, key)
		h.run = run
		return h
	}
	h := idle[len(idle)-1]
	e.hosts[key] = idle[:len(idle)-1]
	h.run = run
	return h
}

// giveBack makes h free for another run.
func (e *Engine) giveBack(h *hostModule) {
	h.run = nil
	for _, f := range h.funcs {
		f.f = nil
	}
	e.hosts[h.key] = append(e.hosts[h.key], h)
}

func (e *Engine) newHost(types []*coreFunc, key string) *hostModule {
	h := &hostModule{key: key}
	builder := e.runtime.NewHostModuleBuilder(hostProvider)
	for i, t := range types {
		numbers, _ := t.numbers()
		slot := &hostSlot{host: h, t: t, params: numbers.Params, results: numbers.Results}
		h.funcs = append(h.funcs, slot)
		builder.NewFunctionBuilder().WithGoModuleFunction(slot, apiTypes(t.params), apiTypes(t.results)).Export(hostName(i))
	}
	compiled, err := builder.Compile(e.ctx)
	if err == nil {
		compiled.ExportedFunctions() // wazero makes what table.LookupFunction needs only if it is asked for this
		h.module, err = e.runtime.InstantiateModule(e.ctx, compiled, anonymous())
	}
	if err != nil {
		panic(fmt.Sprintf("component: wazero refuses a host module: %v", err))
	}
	return h
}

const hostProvider = "host"

func hostName(i int) string { return fmt.Sprint("f", i) }

// anonymous is the configuration of modules that wazero gives no name, and whose exports it does not call by name.
func anonymous() wazero.ModuleConfig {
	return wazero.NewModuleConfig().WithName("").WithStartFunctions()
}

// carried takes a panic through wazero, which turns every panic into an error that wraps it.
type carried struct{ value any }

func (c *carried) Error() string { return fmt.Sprint("carried: ", c.value) }
