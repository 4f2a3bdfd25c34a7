// definitions.py, "Boilerplate"

package spec

// A Type is any component-level type.
//
//cabi:py Type aa5ee6e4
type Type interface{ isType() }

// A ValType is the type of a value that can cross a component boundary. Nil stands for Python's None, the absent
// payload of a stream, future or case.
//
//cabi:py ValType de5405ea
type ValType interface {
	Type
	isValType()
}

// An ExternType is the type of an import or export of a component.
//
//cabi:py ExternType d5cffd1a
type ExternType interface {
	Type
	isExternType()
}

// A CoreExternType is the type of an import or export of a core module.
//
//cabi:py CoreExternType a3f8ca67
type CoreExternType interface {
	Type
	isCoreExternType()
}

// A CoreImportDecl is an import of a core module.
//
//cabi:py CoreImportDecl a32719da
type CoreImportDecl struct {
	Module string
	Field  string
	T      CoreExternType
}

// A CoreExportDecl is an export of a core module.
//
//cabi:py CoreExportDecl 605c358b
type CoreExportDecl struct {
	Name string
	T    CoreExternType
}

// A ModuleType is the type of a core module.
//
//cabi:py ModuleType 25ce8192
type ModuleType struct {
	externType
	Imports []CoreImportDecl
	Exports []CoreExportDecl
}

// A CoreFuncType is the type of a core function.
//
//cabi:py CoreFuncType 3b06593d
type CoreFuncType struct {
	coreExternType
	Params  []CoreType
	Results []CoreType
}

// Equal compares the structure of two types.
//
//cabi:py CoreFuncType.__eq__ 517f8608
func (t *CoreFuncType) Equal(other *CoreFuncType) bool {
	return sameCoreTypes(t.Params, other.Params) && sameCoreTypes(t.Results, other.Results)
}

//cabi:py types_match_values 8bf03bd2
func typesMatchValues(ts []CoreType, vs []CoreValue) bool {
	if len(ts) != len(vs) {
		return false
	}
	for i := range ts {
		if !typeMatchesValue(ts[i], vs[i]) {
			return false
		}
	}
	return true
}

//cabi:py type_matches_value 6bc94c72
func typeMatchesValue(t CoreType, v CoreValue) bool {
	switch t {
	case I32, I64:
		return !v.IsFloat()
	case F32, F64:
		return v.IsFloat()
	}
	assertStatic(false, "type_matches_value/unknown-type", "a core type is i32, i64, f32 or f64")
	return false
}

// A CoreMemoryType is the type of a core memory: its limits.
//
//cabi:py CoreMemoryType 7eeec5b6
type CoreMemoryType struct {
	coreExternType
	Initial []uint64
	Maximum *uint64 // nil: none
}

// An ExternDecl is an import or export of a component or instance, by name.
//
//cabi:py ExternDecl bdca3fec
type ExternDecl struct {
	Name string
	T    ExternType
}

// A ComponentType is the type of a component.
//
//cabi:py ComponentType cad4963a
type ComponentType struct {
	externType
	Imports []ExternDecl
	Exports []ExternDecl
}

// An InstanceType is the type of a component instance.
//
//cabi:py InstanceType 59427682
type InstanceType struct {
	externType
	Exports []ExternDecl
}

// A FuncType is the type of a component function.
//
//cabi:py FuncType da35fc58
type FuncType struct {
	externType
	// Name is for people: dumps call a task by its function's name. It plays no part in equality.
	Name string

	Params []ValType // Python also takes (name, type) pairs; names play no part in the ABI
	Result []ValType
	Async  bool
}

//cabi:py FuncType.param_types 0500cf26
func (t *FuncType) paramTypes() []ValType { return t.extractTypes(t.Params) }

//cabi:py FuncType.result_type 6856810b
func (t *FuncType) resultType() []ValType { return t.extractTypes(t.Result) }

//cabi:py FuncType.extract_types 0bcfcd48
func (t *FuncType) extractTypes(vec []ValType) []ValType {
	if len(vec) == 0 {
		return nil
	}
	return vec
}

// A PrimValType is a primitive type, of bool to string.
//
//cabi:py PrimValType c3438b70
type PrimValType interface {
	ValType
	isPrimValType()
}

// The primitive types have no fields: two of a kind are equal and identical.
type (
	// BoolType is bool.
	//
	//cabi:py BoolType 4ac2c097
	BoolType struct{ primValType }
	// S8Type is s8.
	//
	//cabi:py S8Type 57ac3a84
	S8Type struct{ primValType }
	// U8Type is u8.
	//
	//cabi:py U8Type edfb5f7e
	U8Type struct{ primValType }
	// S16Type is s16.
	//
	//cabi:py S16Type c09fe406
	S16Type struct{ primValType }
	// U16Type is u16.
	//
	//cabi:py U16Type e8f70df2
	U16Type struct{ primValType }
	// S32Type is s32.
	//
	//cabi:py S32Type d1e4013e
	S32Type struct{ primValType }
	// U32Type is u32.
	//
	//cabi:py U32Type 3a68edf5
	U32Type struct{ primValType }
	// S64Type is s64.
	//
	//cabi:py S64Type 995b8e4d
	S64Type struct{ primValType }
	// U64Type is u64.
	//
	//cabi:py U64Type be52835c
	U64Type struct{ primValType }
	// F32Type is f32.
	//
	//cabi:py F32Type 8f2865ed
	F32Type struct{ primValType }
	// F64Type is f64.
	//
	//cabi:py F64Type 4c544cfc
	F64Type struct{ primValType }
	// CharType is char.
	//
	//cabi:py CharType aac9c3df
	CharType struct{ primValType }
	// StringType is string.
	//
	//cabi:py StringType b67f268d
	StringType struct{ primValType }
)

// ErrorContextType is the type of error contexts. Use a pointer to it.
//
// quirk: unlike the primitive types it is no dataclass, so Python compares it by identity: two error context types
// are equal only if they are one object.
//
//cabi:py ErrorContextType 34eb662e
type ErrorContextType struct {
	valType
	_ byte // gives each its own address
}

// ListType is list<T>, or list<T, L>.
//
//cabi:py ListType 65f978e9
type ListType struct {
	valType
	T ValType
	L *uint64 // the fixed length; nil: the list's length is dynamic
}

// A FieldType is a field of a record.
//
//cabi:py FieldType c98ea0f8
type FieldType struct {
	Label string
	T     ValType
}

// RecordType is record.
//
//cabi:py RecordType 1e792c77
type RecordType struct {
	valType
	Fields []FieldType
}

// TupleType is tuple<…>: a record whose labels are 0, 1 and so on.
//
//cabi:py TupleType fd21740f
type TupleType struct {
	valType
	Ts []ValType
}

// A CaseType is a case of a variant.
//
//cabi:py CaseType 1d609e0c
type CaseType struct {
	Label string
	T     ValType // nil: no payload
}

// VariantType is variant.
//
//cabi:py VariantType 016d2f5e
type VariantType struct {
	valType
	Cases []CaseType
}

// EnumType is enum: a variant without payloads.
//
//cabi:py EnumType 08750691
type EnumType struct {
	valType
	Labels []string
}

// OptionType is option<T>: a variant of none and some.
//
//cabi:py OptionType 09d4a4c0
type OptionType struct {
	valType
	T ValType
}

// ResultType is result<Ok, Error>: a variant of ok and error.
//
//cabi:py ResultType 30092c47
type ResultType struct {
	valType
	Ok    ValType // nil: no payload
	Error ValType // nil: no payload
}

// MapType is map<K, V>: a list of pairs.
//
//cabi:py MapType 5c175783
type MapType struct {
	valType
	K ValType
	V ValType
}

// FlagsType is flags.
//
//cabi:py FlagsType 617e24e1
type FlagsType struct {
	valType
	Labels []string
}

// OwnType is own<Rt>.
//
//cabi:py OwnType e20435f2
type OwnType struct {
	valType
	Rt *ResourceType
}

// BorrowType is borrow<Rt>.
//
//cabi:py BorrowType fd73fd9d
type BorrowType struct {
	valType
	Rt *ResourceType
}

// StreamType is stream<T>.
//
//cabi:py StreamType b172ff56
type StreamType struct {
	valType
	T ValType // nil: elements carry nothing
}

// FutureType is future<T>.
//
//cabi:py FutureType 11ec73a5
type FutureType struct {
	valType
	T ValType // nil: it carries nothing
}

// Embedded, these make a struct one of the kinds of types above. All but the primitive types are types by pointer, so
// that Go's == is identity.
type (
	anyType        struct{}
	valType        struct{ anyType }
	primValType    struct{}
	externType     struct{ anyType }
	coreExternType struct{ anyType }
)

func (*anyType) isType()                  {}
func (*valType) isValType()               {}
func (*externType) isExternType()         {}
func (*coreExternType) isCoreExternType() {}
func (primValType) isType()               {}
func (primValType) isValType()            {}
func (primValType) isPrimValType()        {}
