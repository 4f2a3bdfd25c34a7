package python

import (
	"math"
	"math/big"
	"slices"
	"strings"
)

// makeModules makes the modules of the standard library that the subset has.
func (m *Machine) makeModules() {
	for name, values := range map[string]map[string]Value{
		"dataclasses": m.dataclassModule(),
		"typing":      m.typingModule(),
		// the abstract classes of collections.abc are here for annotations, as those of typing
		"collections.abc": typeForms("collections.abc.", `Awaitable Callable Collection Container Generator Hashable Iterable Iterator Mapping MutableMapping
			MutableSequence MutableSet Reversible Sequence Set Sized`),
		"enum":       {"Enum": m.types.Enum, "IntEnum": m.types.IntEnum, "auto": native("auto", "", func(*Machine, []Value) (Value, error) { return enumAuto, nil })},
		"functools":  {"partial": &Native{name: "partial", raw: newPartial}},
		"math":       m.mathModule(),
		"struct":     m.structModule(),
		"random":     m.randomModule(),
		"threading":  m.threadingModule(),
		"time":       m.timeModule(),
		"__future__": {},
	} {
		mod := &Module{name: name, index: -1, slots: map[string]int{}}
		for _, k := range sortedKeys(values) {
			mod.set(k, values[k])
			if n, ok := values[k].(*Native); ok {
				m.register(name+"."+k, n)
			}
		}
		m.modules[name] = mod
	}
}

func sortedKeys(values map[string]Value) []string {
	var keys []string
	for k := range values {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func newPartial(m *Machine, args []Value, names []string) (Value, error) {
	if len(args) == len(names) {
		return nil, m.raise(m.errors.Type, "type 'partial' takes at least one argument")
	}
	if !m.callable(args[0]) {
		return nil, m.raise(m.errors.Type, "the first argument must be callable")
	}
	p := &Partial{fn: args[0], args: slices.Clone(args[1:]), names: names}
	if inner, ok := p.fn.(*Partial); ok {
		p.args, p.names = inner.apply(p.args, p.names)
		p.fn = inner.fn
	}
	return p, nil
}

// typeForms are values that stand for types, by their names in a package.
func typeForms(in, names string) map[string]Value {
	mod := map[string]Value{}
	for _, name := range strings.Fields(names) {
		mod[name] = &TypeForm{name: in + name}
	}
	return mod
}

func (m *Machine) typingModule() map[string]Value {
	mod := typeForms("", `Annotated Any AnyStr Callable ClassVar Collection Concatenate Container Dict Final FrozenSet Generator Generic Hashable
		Iterable Iterator List Literal LiteralString Mapping MutableMapping MutableSequence MutableSet Never NoReturn Optional Protocol Required
		NotRequired Reversible Self Sequence Set Sized Tuple Type TypeAlias TypeGuard Union Unpack`)
	for _, name := range []string{"TypeVar", "ParamSpec", "TypeVarTuple"} {
		mod[name] = &Native{name: name, raw: newTypeVariable}
	}
	for _, name := range []string{"overload", "final", "override", "runtime_checkable", "no_type_check"} {
		mod[name] = native(name, "f", func(_ *Machine, a []Value) (Value, error) { return a[0], nil })
	}
	mod["cast"] = native("cast", "typ val", func(m *Machine, a []Value) (Value, error) { return a[1], nil })
	mod["assert_type"] = native("assert_type", "val typ", func(m *Machine, a []Value) (Value, error) { return a[0], nil })
	mod["TYPE_CHECKING"] = false
	return mod
}

// newTypeVariable is TypeVar('T', bound = …): the bounds and variances are for type checkers.
func newTypeVariable(m *Machine, args []Value, names []string) (Value, error) {
	if len(args) == len(names) {
		return nil, m.raise(m.errors.Type, "a type variable is called by its name")
	}
	name, ok := args[0].(string)
	if !ok {
		return nil, m.raise(m.errors.Type, "the name of a type variable must be str")
	}
	return &TypeForm{name: "~" + name}, nil
}

func (m *Machine) mathModule() map[string]Value {
	mod := map[string]Value{"inf": math.Inf(1), "nan": nan, "pi": math.Pi, "e": math.E}
	float := func(name string, fn func(m *Machine, f float64) (Value, error)) {
		mod[name] = native(name, "x", func(m *Machine, a []Value) (Value, error) {
			f, err := m.real(a[0])
			if err != nil {
				return nil, err
			}
			return fn(m, f)
		})
	}
	float("isnan", func(m *Machine, f float64) (Value, error) { return math.IsNaN(f), nil })
	float("isinf", func(m *Machine, f float64) (Value, error) { return math.IsInf(f, 0), nil })
	float("isfinite", func(m *Machine, f float64) (Value, error) { return !math.IsInf(f, 0) && !math.IsNaN(f), nil })
	float("sqrt", func(m *Machine, f float64) (Value, error) {
		if f < 0 {
			return nil, m.raise(m.errors.Value, "math domain error")
		}
		return math.Sqrt(f), nil
	})
	for name, f := range map[string]func(float64) float64{"ceil": math.Ceil, "floor": math.Floor, "trunc": math.Trunc} {
		mod[name] = native(name, "x", func(m *Machine, a []Value) (Value, error) {
			if isInteger(a[0]) {
				return plainInt(a[0]), nil
			}
			x, err := m.real(a[0])
			if err != nil {
				return nil, err
			}
			return m.truncated(f(x))
		})
	}
	mod["log2"] = native("log2", "x", log2)
	mod["copysign"] = native("copysign", "x y", func(m *Machine, a []Value) (Value, error) {
		x, err := m.real(a[0])
		if err != nil {
			return nil, err
		}
		y, err := m.real(a[1])
		return math.Copysign(x, y), err
	})
	mod["gcd"] = native("gcd", "a b", func(m *Machine, a []Value) (Value, error) {
		x, y := toBig(a[0]), toBig(a[1])
		if x == nil || y == nil {
			return nil, m.raise(m.errors.Type, "'%s' object cannot be interpreted as an integer", typeName(a[0]))
		}
		return normal(new(big.Int).GCD(nil, nil, new(big.Int).Abs(x), new(big.Int).Abs(y))), nil
	})
	return mod
}

// real is an argument that has to be a number.
func (m *Machine) real(v Value) (float64, error) {
	if !isNumber(v) {
		return 0, m.raise(m.errors.Type, "must be real number, not %s", typeName(v))
	}
	return m.toFloat(v)
}

// log2 is exact for powers of two; for other numbers the last bit may differ from that of the C library. Whether the value is below
// or above a given integer is always right.
func log2(m *Machine, a []Value) (Value, error) {
	if isInteger(a[0]) {
		b := toBig(a[0])
		if b.Sign() <= 0 {
			return nil, m.raise(m.errors.Value, "math domain error")
		}
		if b.BitLen() > 1000 {
			return nil, m.refusal("log2 of an integer of more than 1000 bits is outside of the subset")
		}
	}
	f, err := m.real(a[0])
	if err != nil {
		return nil, err
	}
	if f <= 0 {
		return nil, m.raise(m.errors.Value, "math domain error")
	}
	return math.Log2(f), nil
}
