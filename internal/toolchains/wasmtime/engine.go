package main

// #include "engine.h"
import "C"

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"cabi/component"
	"cabi/internal/program"
	"cabi/internal/toolchains"
	"cabi/spec"

	_ "github.com/bytecodealliance/wasmtime-go/v39" // has the archive that is linked
)

// An engine runs components under Wasmtime.
type engine struct{ engine *C.wasm_engine_t }

func newEngine() *engine { return &engine{C.wasm_engine_new()} }

// compiled is a component that Wasmtime has compiled, with the types that the specification's decoder knows.
type compiled struct {
	engine    *engine
	component *C.wasmtime_component_t
	types     *program.Description
	resources []string // of the host's, whose functions are in the description
}

func (e *engine) compile(binary []byte, types *program.Description, resources []string) (*compiled, error) {
	c := &compiled{engine: e, types: types, resources: resources}
	err := failure(C.wasmtime_component_new(e.engine, (*C.uint8_t)(unsafe.Pointer(&binary[0])), C.size_t(len(binary)), &c.component))
	return c, err
}

func (c *compiled) close() { C.wasmtime_component_delete(c.component) }

// A session is an instance in a store of its own, with its host.
type session struct {
	of        *compiled
	host      *toolchains.Host
	store     *C.wasmtime_store_t
	context   *C.wasmtime_context_t
	instance  C.wasmtime_component_instance_t
	functions []hostFunc
	resources []string                               // of the host's, by the number that Wasmtime has for them, from 1 on
	received  []*C.wasmtime_component_resource_any_t // by exports: #1, #2 and so on
	output    *os.File
}

type hostFunc struct {
	t *spec.FuncType
	f component.HostFunc
}

// running is the session that host functions are called by: one runs at a time.
var running *session

func (c *compiled) start() (*session, error) {
	output, err := os.CreateTemp("", "printed")
	if err != nil {
		return nil, err
	}
	s := &session{of: c, host: toolchains.NewHost(), output: output}
	running = s
	s.store = C.wasmtime_store_new(c.engine.engine, nil, nil)
	s.context = C.wasmtime_store_context(s.store)
	config := C.wasi_config_new()
	path := C.CString(output.Name())
	defer C.free(unsafe.Pointer(path))
	C.wasi_config_set_stdout_file(config, path)
	if err := failure(C.wasmtime_context_set_wasi(s.context, config)); err != nil {
		return s, err
	}
	linker := C.wasmtime_component_linker_new(c.engine.engine)
	defer C.wasmtime_component_linker_delete(linker)
	if err := failure(C.wasmtime_component_linker_add_wasip2(linker)); err != nil {
		return s, err
	}
	if err := s.link(linker); err != nil {
		return s, err
	}
	return s, failure(C.wasmtime_component_linker_instantiate(linker, s.context, c.component, &s.instance))
}

func (s *session) close() {
	C.wasmtime_store_delete(s.store)
	s.output.Close()
	os.Remove(s.output.Name())
}

// An item is something of the host's that is imported, by a name in an instance, or alone.
type item struct {
	name string
	add  func(to *C.wasmtime_component_linker_instance_t, name *C.char, length C.size_t) *C.wasmtime_error_t
}

// link defines what the host has of the component's imports. Wasmtime lends its list of names to one instance at a time.
func (s *session) link(linker *C.wasmtime_component_linker_t) error {
	items, order, err := s.items()
	if err != nil {
		return err
	}
	root := C.wasmtime_component_linker_root(linker)
	defer C.wasmtime_component_linker_instance_delete(root)
	for _, iface := range order {
		to := root
		if iface != "" {
			n := C.CString(iface)
			err := failure(C.wasmtime_component_linker_instance_add_instance(root, n, C.size_t(len(iface)), &to))
			C.free(unsafe.Pointer(n))
			if err != nil {
				return err
			}
		}
		for _, i := range items[iface] {
			n := C.CString(i.name)
			err = errors.Join(err, failure(i.add(to, n, C.size_t(len(i.name)))))
			C.free(unsafe.Pointer(n))
		}
		if iface != "" {
			C.wasmtime_component_linker_instance_delete(to)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// items are what the host has, by the instances that they are imported in.
func (s *session) items() (items map[string][]item, order []string, err error) {
	items = map[string][]item{}
	note := func(full string, add func(*C.wasmtime_component_linker_instance_t, *C.char, C.size_t) *C.wasmtime_error_t) {
		iface, name, ok := strings.Cut(full, "#")
		if !ok {
			iface, name = "", full
		}
		if items[iface] == nil {
			order = append(order, iface)
		}
		items[iface] = append(items[iface], item{name, add})
	}
	for _, r := range s.of.resources {
		s.resources = append(s.resources, r)
		number := len(s.resources)
		note(r, func(to *C.wasmtime_component_linker_instance_t, n *C.char, length C.size_t) *C.wasmtime_error_t {
			return C.add_resource(to, n, length, C.uint32_t(number), C.uintptr_t(number))
		})
	}
	for _, i := range s.of.types.Imports {
		f, err := s.host.Func(i)
		if err != nil {
			return nil, nil, err
		}
		if f == nil {
			continue // WASI's
		}
		s.functions = append(s.functions, hostFunc{i.Type, f})
		number := len(s.functions)
		note(i.Name, func(to *C.wasmtime_component_linker_instance_t, n *C.char, length C.size_t) *C.wasmtime_error_t {
			return C.add_func(to, n, length, C.uintptr_t(number))
		})
	}
	return items, order, nil
}

// find is an exported function with its type.
func (s *session) find(full string) (*program.Export, C.wasmtime_component_func_t, error) {
	var f C.wasmtime_component_func_t
	var export *program.Export
	for i, e := range s.of.types.Exports {
		if e.Name == full {
			export = &s.of.types.Exports[i]
		}
	}
	if export == nil {
		return nil, f, fmt.Errorf("no export %s", full)
	}
	var index *C.wasmtime_component_export_index_t
	for _, part := range strings.Split(full, "#") {
		n := C.CString(part)
		index = C.wasmtime_component_instance_get_export_index(&s.instance, s.context, index, n, C.size_t(len(part)))
		C.free(unsafe.Pointer(n))
		if index == nil {
			return nil, f, fmt.Errorf("Wasmtime has no export %s", full)
		}
	}
	if !C.wasmtime_component_instance_get_func(&s.instance, s.context, index, &f) {
		return nil, f, fmt.Errorf("%s is no function for Wasmtime", full)
	}
	return export, f, nil
}

// call makes a call and says what it gave. An error is a fault of the call, not of the callee.
func (s *session) call(c program.Call) (a toolchains.Answer, err error) {
	a.Call = c.String()
	if c.Drop != "" {
		var n int
		if _, err := fmt.Sscanf(c.Drop, "#%d", &n); err != nil {
			return a, err
		}
		if err := failure(C.wasmtime_component_resource_any_drop(s.context, s.received[n-1])); err != nil {
			a.Trap = cause(err)
		}
		return a, nil
	}
	export, f, err := s.find(c.Export)
	if err != nil {
		return a, err
	}
	ft := export.Func.Type
	v, err := component.ParseValue(&spec.TupleType{Ts: ft.Params}, "("+c.Args+")")
	if len(ft.Params) > 0 && err != nil {
		return a, err
	}
	args := make([]cValue, len(ft.Params))
	for i, t := range ft.Params {
		args[i] = toC(t, v.(spec.Dict)[i].Value, s)
	}
	results, err := s.invoke(f, args, len(ft.Result))
	if err != nil {
		a.Trap = cause(err)
		return a, nil
	}
	if len(results) > 0 {
		a.Result = component.FormatValue(ft.Result[0], fromC(ft.Result[0], &results[0], s))
	}
	return a, nil
}

func (s *session) invoke(f C.wasmtime_component_func_t, args []cValue, n int) ([]cValue, error) {
	running = s
	results := make([]cValue, n)
	err := failure(C.wasmtime_component_func_call(&f, s.context, first(args), C.size_t(len(args)), first(results), C.size_t(n)))
	if err == nil {
		err = failure(C.wasmtime_component_func_post_return(&f, s.context))
	}
	return results, err
}

// cause is the last line of an error: above it stands where in the code it was, and below perhaps where in Wasmtime.
func cause(err error) string {
	message, _, _ := strings.Cut(err.Error(), "Stack backtrace:")
	lines := strings.Split(strings.TrimSpace(message), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	number, rest, ok := strings.Cut(last, ": ")
	if _, err := strconv.Atoi(number); ok && err == nil {
		return rest
	}
	return last
}

// resource is the resource that an export returned before.
func (s *session) resource(_ spec.ValType, n spec.Int) *C.wasmtime_component_resource_any_t {
	i, _ := n.Uint64()
	return C.wasmtime_component_resource_any_clone(s.received[i-1])
}

func (s *session) number(_ spec.ValType, r *C.wasmtime_component_resource_any_t) spec.Int {
	s.received = append(s.received, C.wasmtime_component_resource_any_clone(r))
	return spec.IntOf(int64(len(s.received)))
}

// hostSide is a session as functions of the host's see it: a handle stands for a number of theirs.
type hostSide struct{ *session }

func (s hostSide) resource(t spec.ValType, n spec.Int) (any *C.wasmtime_component_resource_any_t) {
	own, ok := t.(*spec.OwnType)
	if !ok {
		panic("a function of the host's returns a borrowed handle")
	}
	rep, _ := n.Uint64()
	for i, name := range s.resources {
		if name == own.Rt.Name {
			made := C.wasmtime_component_resource_host_new(true, C.uint32_t(rep), C.uint32_t(i+1))
			defer C.wasmtime_component_resource_host_delete(made)
			if err := failure(C.wasmtime_component_resource_host_to_any(s.context, made, &any)); err != nil {
				panic(err)
			}
			return any
		}
	}
	panic("no resource " + own.Rt.Name)
}

func (s hostSide) number(_ spec.ValType, r *C.wasmtime_component_resource_any_t) spec.Int {
	var host *C.wasmtime_component_resource_host_t
	if err := failure(C.wasmtime_component_resource_any_to_host(s.context, r, &host)); err != nil {
		panic(err)
	}
	defer C.wasmtime_component_resource_host_delete(host)
	return spec.IntOf(int64(C.wasmtime_component_resource_host_rep(host)))
}

//export hostCall
func hostCall(number C.uintptr_t, context *C.wasmtime_context_t, args *cValue, nargs C.size_t, results *cValue, nresults C.size_t) *C.wasmtime_error_t {
	s := running
	f := s.functions[number-1]
	inside := hostSide{&session{of: s.of, host: s.host, context: context, resources: s.resources}}
	values := make([]spec.Value, nargs)
	for i := range values {
		values[i] = fromC(f.t.Params[i], &unsafe.Slice(args, nargs)[i], inside)
	}
	given, err := f.f(values)
	if err != nil {
		m := C.CString(err.Error())
		defer C.free(unsafe.Pointer(m))
		return C.wasmtime_error_new(m)
	}
	for i := range given {
		unsafe.Slice(results, nresults)[i] = toC(f.t.Result[i], given[i], inside)
	}
	return nil
}

//export hostDrop
func hostDrop(number C.uintptr_t, rep C.uint32_t) {
	running.host.Dropped(running.resources[number-1], uint32(rep))
}

// hold holds a session.
func (c *compiled) hold(calls []program.Call) (held toolchains.Held, err error) {
	s, err := c.start()
	if s != nil {
		defer s.close()
	}
	if err != nil {
		return held, err
	}
	for _, call := range calls {
		a, err := s.call(call)
		if err != nil {
			return held, fmt.Errorf("%s: %w", call, err)
		}
		held.Calls = append(held.Calls, a)
		if a.Trap != "" {
			break
		}
	}
	printed, err := os.ReadFile(s.output.Name())
	held.Host, held.Printed = s.host.Log, string(printed)
	return held, err
}
