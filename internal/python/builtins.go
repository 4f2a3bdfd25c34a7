package python

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// otherBuiltins are those that CPython has and the subset has not.
var otherBuiltins = map[string]bool{}

func init() {
	for _, name := range strings.Fields(`BaseExceptionGroup BlockingIOError BrokenPipeError BufferError BytesWarning ChildProcessError
		ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError EncodingWarning
		EnvironmentError ExceptionGroup FileExistsError FileNotFoundError FloatingPointError FutureWarning IOError ImportWarning
		IndentationError InterruptedError IsADirectoryError ModuleNotFoundError NotADirectoryError OSError PendingDeprecationWarning
		PermissionError ProcessLookupError ReferenceError ResourceWarning RuntimeWarning StopAsyncIteration SyntaxError SyntaxWarning
		SystemError TabError TimeoutError UnicodeTranslateError UnicodeWarning UserWarning Warning aiter anext ascii breakpoint
		compile complex copyright credits delattr dir eval exec exit format frozenset globals hash help id input license
		locals memoryview open quit setattr slice vars __import__ __build_class__ __debug__ __doc__ __file__ __spec__ __loader__`) {
		otherBuiltins[name] = true
	}
}

// define makes a built-in function. sig lists its parameters: those after a ? may be left out, and * at the end allows any number.
func (m *Machine) define(into map[string]Value, name, sig string, fn func(m *Machine, a []Value) (Value, error)) *Native {
	n := native(name, sig, fn)
	into[name] = n
	m.register(name, n)
	return n
}

// register gives a built-in the name under which states have it.
func (m *Machine) register(key string, n *Native) {
	n.key = key
	m.natives[key] = n
}

func native(name, sig string, fn func(m *Machine, a []Value) (Value, error)) *Native {
	n := &Native{name: name, fn: fn, least: -1}
	for _, p := range strings.Fields(sig) {
		switch {
		case p == "?":
			n.least = len(n.params)
		case p == "*":
			n.most = -1
		default:
			n.params = append(n.params, p)
		}
	}
	if n.least < 0 {
		n.least = len(n.params)
	}
	if n.most == 0 {
		n.most = len(n.params)
	}
	return n
}

func (m *Machine) makeBuiltins() {
	b := m.builtins
	b["NotImplemented"], b["Ellipsis"] = NotImplemented, Ellipsis
	m.makeConstructors()
	m.makeFunctions(b)
	m.makeIterators(b)
	m.makeMethods()
}

func (m *Machine) makeConstructors() {
	t := &m.types
	construct := func(c *Class, sig string, fn func(m *Machine, a []Value) (Value, error)) {
		c.construct = native(c.name, sig, fn)
	}
	construct(t.Int, "? x base", newInt)
	construct(t.Bool, "? x", func(m *Machine, a []Value) (Value, error) {
		if len(a) == 0 {
			return false, nil
		}
		return m.truth(a[0])
	})
	construct(t.Float, "? x", newFloat)
	construct(t.Str, "? object encoding errors", newStr)
	construct(t.Bytes, "? source encoding errors", func(m *Machine, a []Value) (Value, error) {
		b, err := m.newBytes(a)
		if e, ok := err.(*Exception); ok && e.Text() == "byte must be in range(0, 256)" {
			err = m.raise(m.errors.Value, "bytes must be in range(0, 256)") // CPython says so of bytes only
		}
		return Bytes(b), err
	})
	construct(t.Bytearray, "? source encoding errors", func(m *Machine, a []Value) (Value, error) {
		b, err := m.newBytes(a)
		return &Bytearray{data: b}, err
	})
	construct(t.List, "? iterable", func(m *Machine, a []Value) (Value, error) {
		if len(a) == 0 {
			return &List{}, nil
		}
		items, err := m.list(a[0])
		return &List{items: items}, err
	})
	construct(t.Tuple, "? iterable", newTupleOf)
	construct(t.Set, "? iterable", newSetOf)
	t.Dict.construct = &Native{name: "dict", raw: newDictOf}
	construct(t.Range, "start ? stop step", newRange)
	construct(t.Object, "", func(m *Machine, a []Value) (Value, error) { return &Instance{class: m.types.Object}, nil })
	construct(t.Type, "object", func(m *Machine, a []Value) (Value, error) { return m.typeValue(a[0]) })
	construct(t.Property, "fget ? fset", func(m *Machine, a []Value) (Value, error) {
		p := &property{get: a[0]}
		if len(a) > 1 {
			p.set = a[1]
		}
		return p, nil
	})
}

// typeValue is type(v), for the types of the subset.
func (m *Machine) typeValue(v Value) (Value, error) {
	t := m.typeOf(v)
	if t == m.types.Other || t == m.types.Lock || t == m.types.View || t == m.types.Type && v.(*Class).enum {
		return nil, m.refusal("the type of a %s is outside of the subset", typeName(v))
	}
	return t, nil
}

func newInt(m *Machine, a []Value) (Value, error) {
	v, ok := arg(a, 0)
	if !ok {
		return 0, nil
	}
	base := 10
	if b, ok := arg(a, 1); ok {
		n, isInt := toInt(b)
		if _, text := v.(string); !text || !isInt || n != 0 && (n < 2 || n > 36) {
			return nil, m.raise(m.errors.Type, "int() can't convert non-string with explicit base")
		}
		base = n
	}
	switch x := v.(type) {
	case string:
		return m.parseInt(x, base)
	case float64:
		return m.truncated(x)
	case Bytes, *Bytearray:
		return nil, m.refusal("int of bytes is outside of the subset")
	case *Instance:
		if f, ok := m.lookup(x.class, "__int__"); ok {
			return m.callNow(f, x)
		}
	}
	if isInteger(v) {
		return plainInt(v), nil
	}
	return nil, m.raise(m.errors.Type, "int() argument must be a string, a bytes-like object or a real number, not '%s'", typeName(v))
}

func (m *Machine) truncated(f float64) (Value, error) {
	if math.IsNaN(f) {
		return nil, m.raise(m.errors.Value, "cannot convert float NaN to integer")
	}
	if math.IsInf(f, 0) {
		return nil, m.raise(m.errors.Overflow, "cannot convert float infinity to integer")
	}
	if math.Abs(f) < 1<<62 {
		return int(f), nil
	}
	b, _ := big.NewFloat(math.Trunc(f)).Int(nil)
	return normal(b), nil
}

func (m *Machine) parseInt(s string, base int) (Value, error) {
	t := trimSpace(s)
	bad := func() (Value, error) {
		return nil, m.raise(m.errors.Value, "invalid literal for int() with base %d: %s", base, quote(s))
	}
	digits := strings.TrimLeft(t, "+-")
	if len(t)-len(digits) > 1 || !isASCII(t) {
		if !isASCII(t) {
			return nil, m.refusal("int of a text that is not ASCII is outside of the subset")
		}
		return bad()
	}
	if base != 10 {
		digits = strings.ToLower(digits)
		for prefix, b := range map[string]int{"0x": 16, "0o": 8, "0b": 2} {
			if rest, ok := strings.CutPrefix(digits, prefix); ok && (base == b || base == 0) {
				digits, base = strings.TrimPrefix(rest, "_"), b
			}
		}
		if base == 0 {
			base = 10
		}
	}
	plain := strings.ReplaceAll(digits, "_", "")
	if plain == "" || strings.HasPrefix(digits, "_") || strings.HasSuffix(digits, "_") || strings.Contains(digits, "__") {
		return bad()
	}
	if base == 10 && len(plain) > maxDigits {
		return nil, m.raise(m.errors.Value, "Exceeds the limit (%d digits) for integer string conversion: value has %d digits; use sys.set_int_max_str_digits() to increase the limit", maxDigits, len(plain))
	}
	b, ok := new(big.Int).SetString(plain, base)
	if !ok {
		return bad()
	}
	if t[0] == '-' {
		b.Neg(b)
	}
	return normal(b), nil
}

func newFloat(m *Machine, a []Value) (Value, error) {
	if len(a) == 0 {
		return 0.0, nil
	}
	if isNumber(a[0]) {
		return m.toFloat(a[0])
	}
	s, ok := a[0].(string)
	if !ok {
		return nil, m.raise(m.errors.Type, "float() argument must be a string or a real number, not '%s'", typeName(a[0]))
	}
	t := strings.ToLower(trimSpace(s))
	if f, ok := namedFloat(t); ok {
		return f, nil
	}
	if strings.Trim(t, "0123456789+-.e_") != "" || strings.Contains(t, "_") && !floatUnderscores(t) {
		return nil, m.raise(m.errors.Value, "could not convert string to float: %s", quote(s))
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(t, "_", ""), 64)
	if err != nil && !math.IsInf(f, 0) {
		return nil, m.raise(m.errors.Value, "could not convert string to float: %s", quote(s))
	}
	return f, nil
}

// nan is NaN as C has it; that of Go has another bit.
var nan = math.Float64frombits(0x7ff8000000000000)

func namedFloat(s string) (float64, bool) {
	f := 0.0
	switch strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-") {
	case "nan":
		f = nan
	case "inf", "infinity":
		f = math.Inf(1)
	default:
		return 0, false
	}
	if s[0] == '-' {
		f = math.Copysign(f, -1)
	}
	return f, s[0] == '-' || !strings.Contains(s, "-")
}

// floatUnderscores tells whether each underscore stands between digits.
func floatUnderscores(s string) bool {
	for i := range len(s) {
		if s[i] == '_' && (i == 0 || i == len(s)-1 || !isDigit(s[i-1]) || !isDigit(s[i+1])) {
			return false
		}
	}
	return true
}

func newStr(m *Machine, a []Value) (Value, error) {
	if len(a) == 0 {
		return "", nil
	}
	if len(a) > 1 {
		b, ok := bytesOf(a[0])
		if !ok {
			return nil, m.raise(m.errors.Type, "decoding to str: need a bytes-like object, %s found", typeName(a[0]))
		}
		return m.decode(b, a[1:])
	}
	return m.str(a[0])
}

func (m *Machine) newBytes(a []Value) ([]byte, error) {
	if len(a) == 0 {
		return nil, nil
	}
	if s, ok := a[0].(string); ok {
		if len(a) < 2 {
			return nil, m.raise(m.errors.Type, "string argument without an encoding")
		}
		b, err := m.encode(s, a[1:])
		if err != nil {
			return nil, err
		}
		return []byte(b.(Bytes)), nil
	}
	return m.bytesFrom(a[0])
}

// bytesFrom is the content of bytes made of an int, of bytes, or of an iterable of ints.
func (m *Machine) bytesFrom(v Value) ([]byte, error) {
	if isInteger(v) {
		n, ok := plainInt(v).(int)
		switch {
		case !ok:
			return nil, m.raise(m.errors.Overflow, "cannot fit 'int' into an index-sized integer")
		case n < 0:
			return nil, m.raise(m.errors.Value, "negative count")
		}
		if err := m.room(n); err != nil {
			return nil, err
		}
		return make([]byte, n), nil
	}
	if b, ok := bytesOf(v); ok {
		return slices.Clone(b), m.charge(len(b))
	}
	if _, ok := v.(*Instance); ok {
		if m.specials(v.(*Instance).class).getitem == nil {
			if _, iter := m.lookup(v.(*Instance).class, "__iter__"); !iter {
				return nil, m.raise(m.errors.Type, "cannot convert '%s' object to bytes", typeName(v))
			}
		}
	}
	var b []byte
	err := m.each(v, func(x Value) error {
		c, err := m.byteOf(x)
		b = append(b, c)
		return err
	})
	return b, err
}

func newTupleOf(m *Machine, a []Value) (Value, error) {
	if len(a) == 0 {
		return emptyTuple, nil
	}
	if t, ok := a[0].(*Tuple); ok {
		return t, nil
	}
	items, err := m.list(a[0])
	return NewTuple(items...), err
}

func newSetOf(m *Machine, a []Value) (Value, error) {
	s := m.newSet()
	if len(a) == 0 {
		return s, nil
	}
	if o, ok := a[0].(*Set); ok {
		return s, m.update(s, o)
	}
	if d, ok := a[0].(*Dict); ok && len(d.keys) > 1 {
		if _, numbers := numberHash(d.keys[0]); numbers {
			return nil, m.refusal("a set of the keys of a dict of numbers is outside of the subset")
		}
	}
	return s, m.each(a[0], func(v Value) error { return m.add(s, v) })
}

func newDictOf(m *Machine, args []Value, names []string) (Value, error) {
	d := &Dict{}
	positional := len(args) - len(names)
	if positional > 1 {
		return nil, m.raise(m.errors.Type, "dict expected at most 1 argument, got %d", positional)
	}
	if positional == 1 {
		if err := m.updateDict(d, args[0]); err != nil {
			return nil, err
		}
	}
	for i, name := range names {
		if err := m.put(d, name, args[positional+i]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// updateDict puts the entries of a dict, or pairs, into a dict.
func (m *Machine) updateDict(d *Dict, from Value) error {
	if o, ok := from.(*Dict); ok {
		for i, k := range o.keys {
			if err := m.put(d, k, o.vals[i]); err != nil {
				return err
			}
		}
		return nil
	}
	n := 0
	return m.each(from, func(pair Value) error {
		kv, err := m.list(pair)
		if err != nil {
			return err
		}
		if len(kv) != 2 {
			return m.raise(m.errors.Value, "dictionary update sequence element #%d has length %d; 2 is required", n, len(kv))
		}
		n++
		return m.put(d, kv[0], kv[1])
	})
}

func newRange(m *Machine, a []Value) (Value, error) {
	r := &rangeType{step: 1}
	var n [3]int
	for i, v := range a {
		k, err := m.index(v)
		if err != nil {
			return nil, err
		}
		n[i] = k
	}
	switch len(a) {
	case 1:
		r.stop = n[0]
	case 2:
		r.start, r.stop = n[0], n[1]
	case 3:
		r.start, r.stop, r.step = n[0], n[1], n[2]
		if r.step == 0 {
			return nil, m.raise(m.errors.Value, "range() arg 3 must not be zero")
		}
	}
	return r, nil
}

// index is an argument that has to be an integer, and small.
func (m *Machine) index(v Value) (int, error) {
	if x, ok := v.(*Instance); ok {
		if f, ok := m.lookup(x.class, "__index__"); ok {
			var err error
			if v, err = m.callNow(f, x); err != nil {
				return 0, err
			}
		}
	}
	if !isInteger(v) {
		return 0, m.raise(m.errors.Type, "'%s' object cannot be interpreted as an integer", typeName(v))
	}
	k, ok := plainInt(v).(int)
	if !ok || k > math.MaxInt64/2 || k < math.MinInt64/2 {
		return 0, m.refusal("an integer of more than 63 bits is outside of the subset here")
	}
	return k, nil
}
