package main

// #include "engine.h"
import "C"

import (
	"fmt"
	"strconv"
	"unsafe"

	"cabi/spec"
)

type cValue = C.wasmtime_component_val_t

// as is the part of a value's union that has type T.
func as[T any](v *cValue) *T { return (*T)(unsafe.Pointer(&v.of)) }

// handles turns handles into resources of Wasmtime's and back.
type handles interface {
	resource(t spec.ValType, n spec.Int) *C.wasmtime_component_resource_any_t
	number(t spec.ValType, r *C.wasmtime_component_resource_any_t) spec.Int
}

func name(s string) (n C.wasm_name_t) {
	p := C.CString(s)
	defer C.free(unsafe.Pointer(p))
	C.wasm_byte_vec_new(&n, C.size_t(len(s)), (*C.wasm_byte_t)(p))
	return n
}

func text(n C.wasm_name_t) string { return C.GoStringN((*C.char)(n.data), C.int(n.size)) }

// kindOf are the kinds of the types that integers have.
func kindOf(t spec.ValType) C.wasmtime_component_valkind_t {
	switch spec.TypeName(t) {
	case "s8":
		return C.WASMTIME_COMPONENT_S8
	case "u8":
		return C.WASMTIME_COMPONENT_U8
	case "s16":
		return C.WASMTIME_COMPONENT_S16
	case "u16":
		return C.WASMTIME_COMPONENT_U16
	case "s32":
		return C.WASMTIME_COMPONENT_S32
	case "u32":
		return C.WASMTIME_COMPONENT_U32
	case "s64":
		return C.WASMTIME_COMPONENT_S64
	case "u64":
		return C.WASMTIME_COMPONENT_U64
	}
	panic("no kind for " + spec.TypeName(t))
}

// toC is v, a value of type t, as Wasmtime's.
func toC(t spec.ValType, v spec.Value, h handles) (c cValue) {
	switch t := t.(type) {
	case spec.BoolType:
		c.kind, *as[C.bool](&c) = C.WASMTIME_COMPONENT_BOOL, C.bool(v.(bool))
	case spec.F32Type:
		c.kind, *as[float32](&c) = C.WASMTIME_COMPONENT_F32, float32(v.(spec.Float).Float64())
	case spec.F64Type:
		c.kind, *as[float64](&c) = C.WASMTIME_COMPONENT_F64, v.(spec.Float).Float64()
	case spec.CharType:
		c.kind, *as[uint32](&c) = C.WASMTIME_COMPONENT_CHAR, uint32(v.(spec.Char))
	case spec.StringType:
		c.kind, *as[C.wasm_name_t](&c) = C.WASMTIME_COMPONENT_STRING, name(v.(spec.String).S)
	case *spec.OwnType, *spec.BorrowType:
		c.kind, *as[*C.wasmtime_component_resource_any_t](&c) = C.WASMTIME_COMPONENT_RESOURCE, h.resource(t, v.(spec.Int))
	case *spec.ListType:
		var all []cValue
		for _, e := range v.(spec.List) {
			all = append(all, toC(t.T, e, h))
		}
		c.kind = C.WASMTIME_COMPONENT_LIST
		C.wasmtime_component_vallist_new(as[C.wasmtime_component_vallist_t](&c), C.size_t(len(all)), first(all))
	case *spec.TupleType:
		var all []cValue
		for i, part := range t.Ts {
			all = append(all, toC(part, v.(spec.Dict)[i].Value, h))
		}
		c.kind = C.WASMTIME_COMPONENT_TUPLE
		C.wasmtime_component_valtuple_new(as[C.wasmtime_component_valtuple_t](&c), C.size_t(len(all)), first(all))
	case *spec.RecordType:
		var all []C.wasmtime_component_valrecord_entry_t
		for _, f := range t.Fields {
			x, _ := v.(spec.Dict).Get(f.Label)
			all = append(all, C.wasmtime_component_valrecord_entry_t{name: name(f.Label), val: toC(f.T, x, h)})
		}
		c.kind = C.WASMTIME_COMPONENT_RECORD
		C.wasmtime_component_valrecord_new(as[C.wasmtime_component_valrecord_t](&c), C.size_t(len(all)), first(all))
	case *spec.FlagsType:
		var all []C.wasm_name_t
		for _, e := range v.(spec.Dict) {
			if e.Value == true {
				all = append(all, name(e.Label))
			}
		}
		c.kind = C.WASMTIME_COMPONENT_FLAGS
		C.wasmtime_component_valflags_new(as[C.wasmtime_component_valflags_t](&c), C.size_t(len(all)), first(all))
	case *spec.EnumType:
		c.kind, *as[C.wasm_name_t](&c) = C.WASMTIME_COMPONENT_ENUM, name(v.(spec.Dict)[0].Label)
	case *spec.VariantType:
		c.kind, *as[C.wasmtime_component_valvariant_t](&c) = C.WASMTIME_COMPONENT_VARIANT,
			C.wasmtime_component_valvariant_t{discriminant: name(v.(spec.Dict)[0].Label), val: payload(caseType(t, v), v, h)}
	case *spec.OptionType:
		c.kind = C.WASMTIME_COMPONENT_OPTION
		if v.(spec.Dict)[0].Label == "some" {
			*as[*cValue](&c) = payload(t.T, v, h)
		}
	case *spec.ResultType:
		ok := v.(spec.Dict)[0].Label == "ok"
		of := t.Error
		if ok {
			of = t.Ok
		}
		c.kind, *as[C.wasmtime_component_valresult_t](&c) = C.WASMTIME_COMPONENT_RESULT,
			C.wasmtime_component_valresult_t{is_ok: C.bool(ok), val: payload(of, v, h)}
	default:
		c.kind = kindOf(t)
		i := v.(spec.Int)
		if n, ok := i.Int64(); ok {
			*as[int64](&c) = n
		} else {
			n, _ := i.Uint64()
			*as[uint64](&c) = n
		}
	}
	return c
}

func first[T any](all []T) *T {
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

func caseType(t *spec.VariantType, v spec.Value) spec.ValType {
	for _, c := range t.Cases {
		if c.Label == v.(spec.Dict)[0].Label {
			return c.T
		}
	}
	panic("no case " + v.(spec.Dict)[0].Label)
}

// payload is what a case of type t holds; nil: nothing.
func payload(t spec.ValType, v spec.Value, h handles) *cValue {
	if t == nil {
		return nil
	}
	c := toC(t, v.(spec.Dict)[0].Value, h)
	return C.wasmtime_component_val_new(&c)
}

// fromC is a value of Wasmtime's as a value of type t.
func fromC(t spec.ValType, c *cValue, h handles) spec.Value {
	switch t := t.(type) {
	case spec.BoolType:
		return bool(*as[C.bool](c))
	case spec.F32Type:
		return spec.FloatOf(float64(*as[float32](c)))
	case spec.F64Type:
		return spec.FloatOf(*as[float64](c))
	case spec.CharType:
		return spec.Char(*as[uint32](c))
	case spec.StringType:
		return spec.UTF8String(text(*as[C.wasm_name_t](c)))
	case *spec.OwnType, *spec.BorrowType:
		return h.number(t, *as[*C.wasmtime_component_resource_any_t](c))
	case *spec.ListType:
		l := *as[C.wasmtime_component_vallist_t](c)
		list := spec.List{}
		for i := range int(l.size) {
			list = append(list, fromC(t.T, &unsafe.Slice(l.data, l.size)[i], h))
		}
		return list
	case *spec.TupleType:
		l := *as[C.wasmtime_component_valtuple_t](c)
		d := spec.Dict{}
		for i, part := range t.Ts {
			d = append(d, spec.Entry{Label: strconv.Itoa(i), Value: fromC(part, &unsafe.Slice(l.data, l.size)[i], h)})
		}
		return d
	case *spec.RecordType:
		l := *as[C.wasmtime_component_valrecord_t](c)
		d := spec.Dict{}
		for i, f := range t.Fields {
			d = append(d, spec.Entry{Label: f.Label, Value: fromC(f.T, &unsafe.Slice(l.data, l.size)[i].val, h)})
		}
		return d
	case *spec.FlagsType:
		l := *as[C.wasmtime_component_valflags_t](c)
		set := map[string]bool{}
		for i := range int(l.size) {
			set[text(unsafe.Slice(l.data, l.size)[i])] = true
		}
		d := spec.Dict{}
		for _, label := range t.Labels {
			d = append(d, spec.Entry{Label: label, Value: set[label]})
		}
		return d
	case *spec.EnumType:
		return spec.Dict{{Label: text(*as[C.wasm_name_t](c))}}
	case *spec.VariantType:
		variant := *as[C.wasmtime_component_valvariant_t](c)
		v := spec.Dict{{Label: text(variant.discriminant)}}
		return held(v, caseType(t, v), variant.val, h)
	case *spec.OptionType:
		if p := *as[*cValue](c); p != nil {
			return held(spec.Dict{{Label: "some"}}, t.T, p, h)
		}
		return spec.Dict{{Label: "none"}}
	case *spec.ResultType:
		r := *as[C.wasmtime_component_valresult_t](c)
		if r.is_ok {
			return held(spec.Dict{{Label: "ok"}}, t.Ok, r.val, h)
		}
		return held(spec.Dict{{Label: "error"}}, t.Error, r.val, h)
	}
	return integerOf(t, c)
}

func held(v spec.Dict, t spec.ValType, c *cValue, h handles) spec.Value {
	if t != nil {
		v[0].Value = fromC(t, c, h)
	}
	return v
}

func integerOf(t spec.ValType, c *cValue) spec.Value {
	switch kindOf(t) {
	case C.WASMTIME_COMPONENT_S8:
		return spec.IntOf(int64(*as[int8](c)))
	case C.WASMTIME_COMPONENT_S16:
		return spec.IntOf(int64(*as[int16](c)))
	case C.WASMTIME_COMPONENT_S32:
		return spec.IntOf(int64(*as[int32](c)))
	case C.WASMTIME_COMPONENT_S64:
		return spec.IntOf(*as[int64](c))
	case C.WASMTIME_COMPONENT_U8:
		return spec.IntOf(int64(*as[uint8](c)))
	case C.WASMTIME_COMPONENT_U16:
		return spec.IntOf(int64(*as[uint16](c)))
	case C.WASMTIME_COMPONENT_U32:
		return spec.IntOf(int64(*as[uint32](c)))
	}
	return spec.UintOf(*as[uint64](c))
}

// failure is an error of Wasmtime's; nil: there was none.
func failure(e *C.wasmtime_error_t) error {
	if e == nil {
		return nil
	}
	var m C.wasm_byte_vec_t
	C.wasmtime_error_message(e, &m)
	defer C.wasm_byte_vec_delete(&m)
	C.wasmtime_error_delete(e)
	return fmt.Errorf("%s", text(m))
}
