// definitions.py, "Flattening"

package spec

const (
	//cabi:py MAX_FLAT_PARAMS 3cfaabac
	maxFlatParams = 16
	//cabi:py MAX_FLAT_ASYNC_PARAMS b8830ac7
	maxFlatAsyncParams = 4
	//cabi:py MAX_FLAT_RESULTS 75fc6587
	maxFlatResults = 1
)

// A flattenContext is 'lift' or 'lower'.
type flattenContext uint8

const (
	contextLift flattenContext = iota
	contextLower
)

// flattenFunctype is the core function type of a component function type. The limits are module constants in Python.
//
//cabi:py flatten_functype 85d0ea3b
func flattenFunctype(opts *CanonicalOptions, ft *FuncType, context flattenContext, limits *Limits) *CoreFuncType {
	flatParams := flattenTypes(ft.paramTypes(), &opts.LiftOptions)
	flatResults := flattenTypes(ft.resultType(), &opts.LiftOptions)
	if !opts.Async {
		if len(flatParams) > limits.FlatParams {
			flatParams = []CoreType{opts.ptrType("flatten_functype")}
		}
		if len(flatResults) > limits.FlatResults {
			switch context {
			case contextLift:
				flatResults = []CoreType{opts.ptrType("flatten_functype")}
			case contextLower:
				flatParams = append(flatParams, opts.ptrType("flatten_functype"))
				flatResults = []CoreType{}
			}
		}
		return &CoreFuncType{Params: flatParams, Results: flatResults}
	}
	switch context {
	case contextLift:
		if len(flatParams) > limits.FlatParams {
			flatParams = []CoreType{opts.ptrType("flatten_functype")}
		}
		if opts.Callback != nil {
			flatResults = []CoreType{I32}
		} else {
			flatResults = []CoreType{}
		}
	case contextLower:
		if len(flatParams) > limits.FlatAsyncParams {
			flatParams = []CoreType{opts.ptrType("flatten_functype")}
		}
		if len(flatResults) > 0 {
			flatParams = append(flatParams, opts.ptrType("flatten_functype"))
		}
		flatResults = []CoreType{I32}
	}
	return &CoreFuncType{Params: flatParams, Results: flatResults}
}

// ptrType is opts.memory.ptr_type() in the Python function named.
func (opts *LiftOptions) ptrType(function string) CoreType {
	if opts.Memory == nil {
		crash(function, "AttributeError", "the memory option is missing")
	}
	return opts.Memory.ptrType()
}

//cabi:py flatten_types fd11553f
func flattenTypes(ts []ValType, opts *LiftOptions) []CoreType {
	flat := []CoreType{}
	for _, t := range ts {
		flat = append(flat, flattenType(t, opts)...)
	}
	return flat
}

//cabi:py flatten_type 24fc8716
func flattenType(t ValType, opts *LiftOptions) []CoreType {
	switch t := despecialize(t).(type) {
	case BoolType:
		return []CoreType{I32}
	case U8Type, U16Type, U32Type:
		return []CoreType{I32}
	case S8Type, S16Type, S32Type:
		return []CoreType{I32}
	case S64Type, U64Type:
		return []CoreType{I64}
	case F32Type:
		return []CoreType{F32}
	case F64Type:
		return []CoreType{F64}
	case CharType:
		return []CoreType{I32}
	case StringType:
		return []CoreType{opts.ptrType("flatten_type"), opts.ptrType("flatten_type")}
	case *ErrorContextType:
		return []CoreType{I32}
	case *ListType:
		return flattenList(t.T, t.L, opts)
	case *RecordType:
		return flattenRecord(t.Fields, opts)
	case *VariantType:
		return flattenVariant(t.Cases, opts)
	case *FlagsType:
		return []CoreType{I32}
	case *OwnType, *BorrowType:
		return []CoreType{I32}
	case *StreamType, *FutureType:
		return []CoreType{I32}
	}
	return nil // Python: None
}

//cabi:py flatten_list df135ab9
func flattenList(elemType ValType, maybeLength *uint64, opts *LiftOptions) []CoreType {
	if maybeLength != nil {
		return repeat(flattenType(elemType, opts), *maybeLength)
	}
	return []CoreType{opts.ptrType("flatten_list"), opts.ptrType("flatten_list")}
}

// repeat is list * n.
func repeat(list []CoreType, n uint64) []CoreType {
	repeated := []CoreType{}
	for range n {
		repeated = append(repeated, list...)
	}
	return repeated
}

//cabi:py flatten_record 8d649521
func flattenRecord(fields []FieldType, opts *LiftOptions) []CoreType {
	flat := []CoreType{}
	for _, f := range fields {
		flat = append(flat, flattenType(f.T, opts)...)
	}
	return flat
}

//cabi:py flatten_variant 208c241e
func flattenVariant(cases []CaseType, opts *LiftOptions) []CoreType {
	flat := []CoreType{}
	for _, c := range cases {
		if c.T != nil {
			for i, ft := range flattenType(c.T, opts) {
				if i < len(flat) {
					flat[i] = join(flat[i], ft)
				} else {
					flat = append(flat, ft)
				}
			}
		}
	}
	return append(flattenType(discriminant(cases, "flatten_variant"), opts), flat...)
}

//cabi:py join c450e9e0
func join(a, b CoreType) CoreType {
	if a == b {
		return a
	}
	if (a == I32 && b == F32) || (a == F32 && b == I32) {
		return I32
	}
	return I64
}
