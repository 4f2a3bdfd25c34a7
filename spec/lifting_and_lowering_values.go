// definitions.py, "Lifting and Lowering Values"

package spec

import "strconv"

// liftFlatValues lifts values of types ts from core values, or from memory where they take more than maxFlat.
//
//cabi:py lift_flat_values 68d69e36
func liftFlatValues(cx *LiftLowerContext, maxFlat int, vi valueIter, ts []ValType) []Value {
	flatTypes := flattenTypes(ts, &cx.opts.LiftOptions)
	if len(flatTypes) > maxFlat {
		mem := cx.memory("lift_flat_values")
		ptr := vi.next(mem.ptrType()).bits
		tupleType := &TupleType{Ts: ts}
		cx.trapIf(!aligned(ptr, alignment(tupleType, mem.ptrType())), "lift_flat_values/aligned", "the values in memory are not aligned")
		cx.trapIf(add(ptr, elemSize(tupleType, mem.ptrType())) > mem.length(), "lift_flat_values/bounds", "the values are out of the memory's bounds")
		return dictValues(load(cx, ptr, tupleType).(Dict))
	}
	vs := make([]Value, 0, len(ts))
	for _, t := range ts {
		vs = append(vs, liftFlat(cx, vi, t))
	}
	return vs
}

// dictValues is list(d.values()).
func dictValues(d Dict) []Value {
	vs := make([]Value, len(d))
	for i := range d {
		vs[i] = d[i].Value
	}
	return vs
}

// lowerFlatValues lowers values of types ts to core values, or to memory where they take more than maxFlat: to what
// outParam points at, or to new memory if it is nil.
//
//cabi:py lower_flat_values eab40206
func lowerFlatValues(cx *LiftLowerContext, maxFlat int, vs []Value, ts []ValType, outParam *coreValueIter) []CoreValue {
	flatTypes := flattenTypes(ts, &cx.opts.LiftOptions)
	var flatVals []CoreValue
	if len(flatTypes) > maxFlat {
		mem := cx.memory("lower_flat_values")
		tupleType := &TupleType{Ts: ts}
		tupleValue := make(Dict, len(vs))
		for i, v := range vs {
			tupleValue[i] = Entry{strconv.Itoa(i), v}
		}
		var ptr uint64
		if outParam == nil {
			ptrType := mem.ptrType()
			ptr = cx.allocate(alignment(tupleType, ptrType), elemSize(tupleType, ptrType))
			flatVals = ints(ptr)
		} else {
			ptr = outParam.next(mem.ptrType()).bits
			flatVals = []CoreValue{}
		}
		cx.trapIf(!aligned(ptr, alignment(tupleType, mem.ptrType())), "lower_flat_values/aligned", "the place for the values is not aligned")
		cx.trapIf(add(ptr, elemSize(tupleType, mem.ptrType())) > mem.length(), "lower_flat_values/bounds", "the place for the values is out of the memory's bounds")
		store(cx, tupleValue, tupleType, ptr)
	} else {
		flatVals = []CoreValue{}
		for i := range vs {
			if i >= len(ts) {
				crash("lower_flat_values", "IndexError", "list index out of range")
			}
			flatVals = append(flatVals, lowerFlat(cx, vs[i], ts[i])...)
		}
	}
	return flatVals
}
