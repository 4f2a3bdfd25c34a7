package component

import (
	"bytes"
	"fmt"
	"strings"

	"cabi/spec"

	"github.com/tetratelabs/wazero/api"
)

// A coreVal is the type of a core value: its encoding, which is one byte for all but typed references.
type coreVal string

const (
	coreI32     coreVal = "\x7f"
	coreI64     coreVal = "\x7e"
	coreF32     coreVal = "\x7d"
	coreF64     coreVal = "\x7c"
	coreFuncref coreVal = "\x70"
)

var coreValNames = map[coreVal]string{coreI32: "i32", coreI64: "i64", coreF32: "f32", coreF64: "f64", "\x7b": "v128",
	"\x70": "funcref", "\x6f": "externref", "\x69": "exnref"}

func (t coreVal) String() string {
	if name, ok := coreValNames[t]; ok {
		return name
	}
	return fmt.Sprintf("reference % x", string(t))
}

// number is the type as spec has it; false: it is no number.
func (t coreVal) number() (spec.CoreType, bool) {
	switch t {
	case coreI32:
		return spec.I32, true
	case coreI64:
		return spec.I64, true
	case coreF32:
		return spec.F32, true
	case coreF64:
		return spec.F64, true
	}
	return 0, false
}

// A coreFunc is the type of a core function.
type coreFunc struct{ params, results []coreVal }

func (t *coreFunc) String() string {
	return fmt.Sprintf("[%s] -> [%s]", joinVals(t.params), joinVals(t.results))
}

func joinVals(vals []coreVal) string {
	names := make([]string, len(vals))
	for i, v := range vals {
		names[i] = v.String()
	}
	return strings.Join(names, " ")
}

// key is the same for equal types only.
func (t *coreFunc) key() string { return t.String() }

func (t *coreFunc) equal(u *coreFunc) bool { return t.key() == u.key() }

// numbers is the type as spec has it; false: it has a part that is no number.
func (t *coreFunc) numbers() (*spec.CoreFuncType, bool) {
	params, ok := numbers(t.params)
	results, also := numbers(t.results)
	return &spec.CoreFuncType{Params: params, Results: results}, ok && also
}

func numbers(vals []coreVal) ([]spec.CoreType, bool) {
	var types []spec.CoreType
	for _, v := range vals {
		t, ok := v.number()
		if !ok {
			return nil, false
		}
		types = append(types, t)
	}
	return types, true
}

func coreFuncOf(t *spec.CoreFuncType) *coreFunc {
	return &coreFunc{coreVals(t.Params), coreVals(t.Results)}
}

func coreVals(types []spec.CoreType) []coreVal {
	vals := make([]coreVal, len(types))
	for i, t := range types {
		vals[i] = [...]coreVal{spec.I32: coreI32, spec.I64: coreI64, spec.F32: coreF32, spec.F64: coreF64}[t]
	}
	return vals
}

// apiTypes is vals as wazero has them. All are numbers.
func apiTypes(vals []coreVal) []api.ValueType {
	types := make([]api.ValueType, len(vals))
	for i, v := range vals {
		types[i] = v[0]
	}
	return types
}

// A coreType is a core type that a component defines: a function's, a module's, or one that only core code looks into.
type coreType struct {
	fn     *coreFunc
	module *moduleType
}

// A moduleType is the type of a core module.
type moduleType struct {
	imports []coreImport
	exports map[string]coreExtern
}

// A coreExtern is the type of an import or export of a core module.
type coreExtern struct {
	sort sort
	fn   *coreFunc // of a function or tag; nil: its type is no plain function type
	t    coreVal   // of a global's value or a table's elements
	mut  bool
	limits
}

type limits struct {
	min      uint64
	max      *uint64
	shared   bool
	wide     bool // 64-bit indices
	pageSize *uint32
}

type coreImport struct {
	module, name string
	coreExtern
	raw []byte // the type as it is encoded
}

func (r *reader) coreVal() coreVal {
	from := r.i
	switch c := r.byte(); {
	case c == 0x63 || c == 0x64:
		r.s33()
	case c < 0x69 || c > 0x7f || c > 0x74 && c < 0x7b:
		r.failAt(from, "no core value type has the opcode %#02x", c)
	}
	return coreVal(r.b[from:r.i])
}

func (r *reader) coreFunc() *coreFunc {
	params := vec(r, r.coreVal)
	return &coreFunc{params, vec(r, r.coreVal)}
}

func (r *reader) coreTypeDef() definition {
	p := r.place()
	return &coreTypeDef{p, r.coreTypes()}
}

// coreTypes reads a core:deftype of a component.
func (r *reader) coreTypes() []coreType {
	switch {
	case bytes.HasPrefix(r.b[r.i:], []byte{0, 0x50}):
		r.i += 1
		return []coreType{r.subType()}
	case r.peek() == 0x50:
		r.byte()
		return []coreType{{module: r.moduleType()}}
	default:
		return r.recType()
	}
}

// recType reads a core:rectype.
func (r *reader) recType() []coreType {
	if r.peek() == 0x4e {
		r.byte()
		return vec(r, r.subType)
	}
	return []coreType{r.subType()}
}

func (r *reader) subType() coreType {
	if c := r.peek(); c == 0x4f || c == 0x50 {
		r.byte()
		vec(r, r.u32)
	}
	at := r.i
	switch c := r.byte(); c {
	case 0x60:
		return coreType{fn: r.coreFunc()}
	case 0x5f:
		vec(r, r.fieldType)
	case 0x5e:
		r.fieldType()
	default:
		r.failAt(at, "no core type has the opcode %#02x", c)
	}
	return coreType{}
}

func (r *reader) fieldType() struct{} {
	if c := r.peek(); c == 0x77 || c == 0x78 {
		r.byte()
	} else {
		r.coreVal()
	}
	r.flag("a field's mutability")
	return struct{}{}
}

func (r *reader) moduleType() *moduleType {
	m := &moduleType{exports: map[string]coreExtern{}}
	var types []coreType
	r.nested(func() {
		vec(r, func() struct{} {
			r.moduleDecl(m, &types)
			return struct{}{}
		})
	})
	r.checkImports(m.imports)
	return m
}

func (r *reader) moduleDecl(m *moduleType, types *[]coreType) {
	at := r.i
	switch c := r.byte(); c {
	case 0:
		m.imports = append(m.imports, r.coreImport(*types))
	case 1:
		*types = append(*types, r.coreTypes()...)
	case 2:
		r.expect(0x10, "the sort of an alias in a module type")
		r.expect(0x01, "the kind of an alias in a module type")
		r.u32()
		r.u32()
		*types = append(*types, coreType{}) // the scopes around a module type are not at hand: its exports are not compared
	case 3:
		name := r.name()
		if _, ok := m.exports[name]; ok {
			r.failAt(at, "export name `%s` already defined", name)
		}
		m.exports[name] = r.coreExtern(*types)
	default:
		r.failAt(at, "no declaration of a module type has the opcode %#02x", c)
	}
}

func (r *reader) coreImport(types []coreType) coreImport {
	module := r.name()
	name := r.name()
	from := r.i
	t := r.coreExtern(types)
	return coreImport{module, name, t, r.b[from:r.i]}
}

func (r *reader) coreExtern(types []coreType) coreExtern {
	at := r.i
	e := coreExtern{sort: coreSorts + sort(r.byte())}
	switch e.sort {
	case sortCoreFunc:
		e.fn = r.coreFuncAt(types)
	case sortCoreTable:
		e.t, e.limits = r.coreVal(), r.limits()
	case sortCoreMemory:
		if e.limits = r.limits(); e.pageSize == nil && !e.wide && e.min > 1<<16 {
			r.failAt(at, "memory size must be at most 65536 pages, not %d", e.min)
		}
	case sortCoreGlobal:
		e.t, e.mut = r.coreVal(), r.flag("a global's mutability")
	case sortCoreTag:
		r.expect(0, "the attribute of a tag")
		e.fn = r.coreFuncAt(types)
	default:
		r.failAt(at, "core modules import and export no sort %#02x", byte(e.sort))
	}
	return e
}

func (r *reader) coreFuncAt(types []coreType) *coreFunc {
	at := r.i
	i := r.u32()
	if uint64(i) >= uint64(len(types)) {
		r.failAt(at, "core type %d is not there: %d are", i, len(types))
	}
	return types[i].fn
}

func (r *reader) limits() limits {
	at := r.i
	var l limits
	flags := r.byte()
	if flags > 0x0f {
		r.failAt(at, "no limits have the flags %#02x", flags)
	}
	l.shared, l.wide = flags&2 != 0, flags&4 != 0
	l.min = r.unsigned(64)
	if flags&1 != 0 {
		n := r.unsigned(64)
		l.max = &n
	}
	if flags&8 != 0 {
		l.pageSize = r.index()
	}
	return l
}
