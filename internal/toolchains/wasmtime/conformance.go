package main

// #include "engine.h"
import "C"

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"unsafe"

	"cabi/internal/conformance"
	"cabi/internal/wast"
)

// conform runs the plan on standard input, and writes an answer a step to standard output, a line of JSON each, as it goes.
func conform() error {
	data, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	r := &planRun{engine: newEngine().engine, plan: &wast.Plan{}, components: map[int]made{}, instances: map[int]*planInstance{}, stores: map[int]*C.wasmtime_store_t{}}
	if err := json.Unmarshal(data, r.plan); err != nil {
		return err
	}
	for i, s := range r.plan.Steps {
		line, err := json.Marshal(r.step(i, s))
		if err != nil {
			return err
		}
		os.Stdout.Write(append(line, '\n'))
	}
	return nil
}

// A planRun is one run of a plan.
type planRun struct {
	engine     *C.wasm_engine_t
	plan       *wast.Plan
	components map[int]made // by the steps that define them
	instances  map[int]*planInstance
	stores     map[int]*C.wasmtime_store_t
}

// made is a component that was compiled, or why it was not.
type made struct {
	component *C.wasmtime_component_t
	err       error
}

type planInstance struct {
	instance C.wasmtime_component_instance_t
	context  *C.wasmtime_context_t
}

func (r *planRun) step(i int, s *wast.Step) conformance.Answer {
	if s.Core || s.Refused != "" {
		return conformance.Answer{Skipped: "a core module, or text that is refused"}
	}
	switch {
	case s.Kind == wast.Definition || s.Kind == wast.AssertMalformed || s.Kind == wast.AssertInvalid:
		return answer("compile", r.define(i).err)
	case s.Kind == wast.Component || s.Kind == wast.Instance || s.Kind == wast.AssertUnlink || s.Kind == wast.AssertTrap && s.Export == "":
		return r.instantiate(i, s)
	case s.Kind == wast.Register:
		return conformance.Answer{}
	case s.Export != "":
		return r.call(s)
	}
	return conformance.Answer{Skipped: string(s.Kind)}
}

func answer(stage string, err error) (a conformance.Answer) {
	if err != nil {
		a.Stage, a.Error = stage, cause(err)
	}
	return a
}

// define compiles the component of a step.
func (r *planRun) define(i int) made {
	if m, there := r.components[i]; there {
		return m
	}
	var m made
	if binary := r.plan.Steps[i].Binary; len(binary) > 0 {
		m.err = failure(C.wasmtime_component_new(r.engine, (*C.uint8_t)(unsafe.Pointer(&binary[0])), C.size_t(len(binary)), &m.component))
	} else {
		m.err = errors.New("an empty binary")
	}
	r.components[i] = m
	return m
}

func (r *planRun) instantiate(i int, s *wast.Step) conformance.Answer {
	if s.Of < 0 {
		return conformance.Answer{Skipped: "no definition"}
	}
	m := r.define(s.Of)
	if m.err != nil {
		return answer("compile", m.err)
	}
	if len(s.Imports) > 0 {
		return conformance.Answer{Stage: "link", Error: "the C API links no instances"}
	}
	if r.stores[s.Store] == nil {
		r.stores[s.Store] = C.wasmtime_store_new(r.engine, nil, nil)
	}
	made := &planInstance{context: C.wasmtime_store_context(r.stores[s.Store])}
	linker := C.wasmtime_component_linker_new(r.engine)
	defer C.wasmtime_component_linker_delete(linker)
	err := failure(C.wasmtime_component_linker_instantiate(linker, made.context, m.component, &made.instance))
	if err == nil {
		r.instances[i] = made
	}
	return answer("instantiate", err)
}

func (r *planRun) call(s *wast.Step) conformance.Answer {
	in := r.instances[s.Of]
	if in == nil {
		return conformance.Answer{Skipped: "no instance"}
	}
	name := C.CString(s.Export)
	defer C.free(unsafe.Pointer(name))
	index := C.wasmtime_component_instance_get_export_index(&in.instance, in.context, nil, name, C.size_t(len(s.Export)))
	var f C.wasmtime_component_func_t
	if index == nil || !C.wasmtime_component_instance_get_func(&in.instance, in.context, index, &f) {
		return answer("call", fmt.Errorf("no function %s", s.Export))
	}
	args := make([]cValue, len(s.Args))
	for i, v := range s.Args {
		args[i] = planToC(v)
	}
	t := C.wasmtime_component_func_type(&f, in.context)
	defer C.wasmtime_component_func_type_delete(t)
	var result C.wasmtime_component_valtype_t
	n := 0
	if bool(C.wasmtime_component_func_type_result(t, &result)) {
		C.wasmtime_component_valtype_delete(&result)
		n = 1
	}
	results := make([]cValue, n)
	err := failure(C.wasmtime_component_func_call(&f, in.context, first(args), C.size_t(len(args)), first(results), C.size_t(n)))
	if err == nil {
		err = failure(C.wasmtime_component_func_post_return(&f, in.context))
	}
	if err != nil {
		return answer("call", err)
	}
	a := conformance.Answer{}
	for i := range results {
		a.Returned = append(a.Returned, planFromC(&results[i]))
	}
	return a
}

// planKinds are the kinds of Wasmtime's integers by those of plans.
var planKinds = map[string]C.wasmtime_component_valkind_t{
	"s8": C.WASMTIME_COMPONENT_S8, "u8": C.WASMTIME_COMPONENT_U8, "s16": C.WASMTIME_COMPONENT_S16, "u16": C.WASMTIME_COMPONENT_U16,
	"s32": C.WASMTIME_COMPONENT_S32, "u32": C.WASMTIME_COMPONENT_U32, "s64": C.WASMTIME_COMPONENT_S64, "u64": C.WASMTIME_COMPONENT_U64,
}

// planToC is a value of a plan as Wasmtime's.
func planToC(v wast.PlanValue) (c cValue) {
	var all []cValue
	for _, e := range v.Values {
		all = append(all, planToC(e))
	}
	switch v.Kind {
	case "bool":
		c.kind, *as[C.bool](&c) = C.WASMTIME_COMPONENT_BOOL, C.bool(v.Bool)
	case "f32", "f64":
		f, _ := strconv.ParseFloat(v.Text, 64)
		if v.Kind == "f32" {
			c.kind, *as[float32](&c) = C.WASMTIME_COMPONENT_F32, float32(f)
		} else {
			c.kind, *as[float64](&c) = C.WASMTIME_COMPONENT_F64, f
		}
	case "char":
		c.kind, *as[uint32](&c) = C.WASMTIME_COMPONENT_CHAR, uint32([]rune(v.Text)[0])
	case "str":
		c.kind, *as[C.wasm_name_t](&c) = C.WASMTIME_COMPONENT_STRING, name(v.Text)
	case "enum":
		c.kind, *as[C.wasm_name_t](&c) = C.WASMTIME_COMPONENT_ENUM, name(v.Text)
	case "list":
		c.kind = C.WASMTIME_COMPONENT_LIST
		C.wasmtime_component_vallist_new(as[C.wasmtime_component_vallist_t](&c), C.size_t(len(all)), first(all))
	case "tuple":
		c.kind = C.WASMTIME_COMPONENT_TUPLE
		C.wasmtime_component_valtuple_new(as[C.wasmtime_component_valtuple_t](&c), C.size_t(len(all)), first(all))
	case "flags":
		var names []C.wasm_name_t
		for _, l := range v.Labels {
			names = append(names, name(l))
		}
		c.kind = C.WASMTIME_COMPONENT_FLAGS
		C.wasmtime_component_valflags_new(as[C.wasmtime_component_valflags_t](&c), C.size_t(len(names)), first(names))
	case "record":
		var fields []C.wasmtime_component_valrecord_entry_t
		for _, f := range v.Fields {
			fields = append(fields, C.wasmtime_component_valrecord_entry_t{name: name(f.Label), val: planToC(*f.Value)})
		}
		c.kind = C.WASMTIME_COMPONENT_RECORD
		C.wasmtime_component_valrecord_new(as[C.wasmtime_component_valrecord_t](&c), C.size_t(len(fields)), first(fields))
	case "variant":
		c.kind, *as[C.wasmtime_component_valvariant_t](&c) = C.WASMTIME_COMPONENT_VARIANT,
			C.wasmtime_component_valvariant_t{discriminant: name(v.Fields[0].Label), val: planPayload(v.Fields[0].Value)}
	case "option":
		c.kind = C.WASMTIME_COMPONENT_OPTION
		*as[*cValue](&c) = planPayload(v.Fields[0].Value)
	case "result":
		c.kind, *as[C.wasmtime_component_valresult_t](&c) = C.WASMTIME_COMPONENT_RESULT,
			C.wasmtime_component_valresult_t{is_ok: C.bool(v.Fields[0].Label == "ok"), val: planPayload(v.Fields[0].Value)}
	default:
		c.kind = planKinds[v.Kind]
		if n, err := strconv.ParseInt(v.Text, 10, 64); err == nil {
			*as[int64](&c) = n
		} else {
			n, _ := strconv.ParseUint(v.Text, 10, 64)
			*as[uint64](&c) = n
		}
	}
	return c
}

// planPayload is what a case holds; nil: nothing.
func planPayload(v *wast.PlanValue) *cValue {
	if v == nil {
		return nil
	}
	c := planToC(*v)
	return C.wasmtime_component_val_new(&c)
}

// planFromC is a value of Wasmtime's as a plan has it.
func planFromC(c *cValue) (v wast.PlanValue) {
	payload := func(label string, p *cValue) []wast.PlanField {
		f := wast.PlanField{Label: label}
		if p != nil {
			of := planFromC(p)
			f.Value = &of
		}
		return []wast.PlanField{f}
	}
	switch c.kind {
	case C.WASMTIME_COMPONENT_BOOL:
		v.Kind, v.Bool = "bool", bool(*as[C.bool](c))
	case C.WASMTIME_COMPONENT_F32:
		v.Kind, v.Text = "f32", wast.FloatText(float64(*as[float32](c)), 32)
	case C.WASMTIME_COMPONENT_F64:
		v.Kind, v.Text = "f64", wast.FloatText(*as[float64](c), 64)
	case C.WASMTIME_COMPONENT_CHAR:
		v.Kind, v.Text = "char", string(rune(*as[uint32](c)))
	case C.WASMTIME_COMPONENT_STRING:
		v.Kind, v.Text = "str", text(*as[C.wasm_name_t](c))
	case C.WASMTIME_COMPONENT_ENUM:
		v.Kind, v.Text = "enum", text(*as[C.wasm_name_t](c))
	case C.WASMTIME_COMPONENT_LIST, C.WASMTIME_COMPONENT_TUPLE:
		v.Kind = map[bool]string{true: "list", false: "tuple"}[c.kind == C.WASMTIME_COMPONENT_LIST]
		l := *as[C.wasmtime_component_vallist_t](c) // a tuple has the same form
		for i := range int(l.size) {
			v.Values = append(v.Values, planFromC(&unsafe.Slice(l.data, l.size)[i]))
		}
	case C.WASMTIME_COMPONENT_FLAGS:
		v.Kind = "flags"
		l := *as[C.wasmtime_component_valflags_t](c)
		for i := range int(l.size) {
			v.Labels = append(v.Labels, text(unsafe.Slice(l.data, l.size)[i]))
		}
	case C.WASMTIME_COMPONENT_RECORD:
		v.Kind = "record"
		l := *as[C.wasmtime_component_valrecord_t](c)
		for i := range int(l.size) {
			e := &unsafe.Slice(l.data, l.size)[i]
			v.Fields = append(v.Fields, payload(text(e.name), &e.val)...)
		}
	case C.WASMTIME_COMPONENT_VARIANT:
		variant := *as[C.wasmtime_component_valvariant_t](c)
		v.Kind, v.Fields = "variant", payload(text(variant.discriminant), variant.val)
	case C.WASMTIME_COMPONENT_OPTION:
		p := *as[*cValue](c)
		v.Kind, v.Fields = "option", payload(map[bool]string{true: "none", false: "some"}[p == nil], p)
	case C.WASMTIME_COMPONENT_RESULT:
		r := *as[C.wasmtime_component_valresult_t](c)
		v.Kind, v.Fields = "result", payload(map[bool]string{true: "ok", false: "err"}[bool(r.is_ok)], r.val)
	default:
		for kind, k := range planKinds {
			if k == c.kind {
				v.Kind, v.Text = kind, planInteger(kind, c)
			}
		}
	}
	return v
}

func planInteger(kind string, c *cValue) string {
	bits, _ := strconv.Atoi(kind[1:])
	if n := *as[uint64](c); kind[0] == 'u' {
		return strconv.FormatUint(n<<(64-bits)>>(64-bits), 10)
	}
	return strconv.FormatInt(*as[int64](c)<<(64-bits)>>(64-bits), 10)
}
