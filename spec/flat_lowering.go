// definitions.py, "Flat Lowering"

package spec

// lowerFlat lowers v, a value of type t, to core values.
//
//cabi:py lower_flat 9bb215f5
func lowerFlat(cx *LiftLowerContext, v Value, t ValType) []CoreValue {
	switch t := despecialize(t).(type) {
	case BoolType:
		return []CoreValue{intOfBool(as[bool](v, "lower_flat")).core()}
	case U8Type:
		return []CoreValue{as[Int](v, "lower_flat").core()}
	case U16Type:
		return []CoreValue{as[Int](v, "lower_flat").core()}
	case U32Type:
		return []CoreValue{as[Int](v, "lower_flat").core()}
	case U64Type:
		return []CoreValue{as[Int](v, "lower_flat").core()}
	case S8Type:
		return lowerFlatSigned(as[Int](v, "lower_flat_signed"), 32)
	case S16Type:
		return lowerFlatSigned(as[Int](v, "lower_flat_signed"), 32)
	case S32Type:
		return lowerFlatSigned(as[Int](v, "lower_flat_signed"), 32)
	case S64Type:
		return lowerFlatSigned(as[Int](v, "lower_flat_signed"), 64)
	case F32Type:
		return []CoreValue{maybeScrambleNaN32(cx, as[Float](v, "maybe_scramble_nan32")).core()}
	case F64Type:
		return []CoreValue{maybeScrambleNaN64(cx, as[Float](v, "maybe_scramble_nan64")).core()}
	case CharType:
		return ints(charToI32(cx, as[Char](v, "char_to_i32")))
	case StringType:
		return lowerFlatString(cx, as[String](v, "store_string_into_range"))
	case *ErrorContextType:
		return ints(lowerErrorContext(cx, as[*ErrorContext](v, "lower_error_context")))
	case *ListType:
		return lowerFlatList(cx, as[List](v, "lower_flat_list"), t.T, t.L)
	case *RecordType:
		return lowerFlatRecord(cx, as[Dict](v, "lower_flat_record"), t.Fields)
	case *VariantType:
		return lowerFlatVariant(cx, as[Dict](v, "match_case"), t.Cases)
	case *FlagsType:
		return lowerFlatFlags(cx, as[Dict](v, "pack_flags_into_int"), t.Labels)
	case *OwnType:
		return ints(lowerOwn(cx, as[Int](v, "lower_own"), t))
	case *BorrowType:
		return []CoreValue{lowerBorrow(cx, as[Int](v, "lower_borrow"), t).core()}
	case *StreamType:
		return ints(lowerStream(cx, v, t.T))
	case *FutureType:
		return ints(lowerFuture(cx, v, t.T))
	}
	return nil
}

//cabi:py lower_flat_signed 13375987
func lowerFlatSigned(i Int, coreBits int) []CoreValue {
	if i.negative {
		i = i.plusPowerOfTwo(coreBits)
	}
	return []CoreValue{i.core()}
}

// plusPowerOfTwo is i + (1 << bits) for a negative i, bits 32 or 64.
func (i Int) plusPowerOfTwo(bits int) Int {
	if bits == 64 {
		return UintOf(-i.magnitude)
	}
	if i.magnitude <= 1<<32 {
		return UintOf(1<<32 - i.magnitude)
	}
	return Int{true, i.magnitude - 1<<32}
}

//cabi:py lower_flat_string 2238c5ff
func lowerFlatString(cx *LiftLowerContext, v String) []CoreValue {
	ptr, packedLength := storeStringIntoRange(cx, v)
	return ints(ptr, packedLength)
}

//cabi:py lower_flat_list a8073912
func lowerFlatList(cx *LiftLowerContext, v List, elemType ValType, maybeLength *uint64) []CoreValue {
	if maybeLength != nil {
		cx.assert(*maybeLength == uint64(len(v)), "lower_flat_list/length", "a list of a fixed length has it")
		flat := []CoreValue{}
		for _, e := range v {
			flat = append(flat, lowerFlat(cx, e, elemType)...)
		}
		return flat
	}
	ptr, length := storeListIntoRange(cx, v, elemType)
	return ints(ptr, length)
}

//cabi:py lower_flat_record f80af2ee
func lowerFlatRecord(cx *LiftLowerContext, v Dict, fields []FieldType) []CoreValue {
	flat := []CoreValue{}
	for _, f := range fields {
		flat = append(flat, lowerFlat(cx, v.at(f.Label, "lower_flat_record"), f.T)...)
	}
	return flat
}

//cabi:py lower_flat_variant edc58f2e
func lowerFlatVariant(cx *LiftLowerContext, v Dict, cases []CaseType) []CoreValue {
	caseIndex, caseValue := matchCase(v, cases)
	flatTypes := flattenVariant(cases, &cx.opts.LiftOptions)
	cx.assert(pop(&flatTypes) == I32, "lower_flat_variant/discriminant", "a discriminant is an i32")
	c := cases[caseIndex]
	var payload []CoreValue
	if c.T == nil {
		payload = []CoreValue{}
	} else {
		payload = lowerFlat(cx, caseValue, c.T)
		haves := flattenType(c.T, &cx.opts.LiftOptions)
		for i := range min(len(payload), len(haves)) {
			fv, have := payload[i], haves[i]
			want := pop(&flatTypes)
			switch {
			case have == F32 && want == I32:
				payload[i] = CoreInt(encodeFloatAsI32(cx, fv.float()))
			case have == I32 && want == I64:
				payload[i] = fv
			case have == F32 && want == I64:
				payload[i] = CoreInt(encodeFloatAsI32(cx, fv.float()))
			case have == F64 && want == I64:
				payload[i] = CoreInt(encodeFloatAsI64(cx, fv.float()))
			default:
				cx.assert(have == want, "lower_flat_variant/same-type", "what is not coerced is of the type wanted")
			}
		}
	}
	for range flatTypes {
		// quirk: also where a float is wanted: the padding is the int 0.
		payload = append(payload, CoreInt(0))
	}
	return append(ints(caseIndex), payload...)
}

//cabi:py lower_flat_flags c6ab4704
func lowerFlatFlags(cx *LiftLowerContext, v Dict, labels []string) []CoreValue {
	cx.assert(0 < len(labels) && len(labels) <= 32, "lower_flat_flags/labels", "flags have between one and 32 labels")
	return ints(packFlagsIntoInt(v, labels))
}
