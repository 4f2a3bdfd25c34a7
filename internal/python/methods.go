package python

import (
	"bytes"
	"slices"
	"strings"
)

// otherMethods are attributes of built-in types that CPython has and the subset has not.
var otherMethods = map[string]map[string]bool{}

func init() {
	const text = `capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii
		isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans
		partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip
		swapcase title translate upper zfill decode fromhex hex append clear copy extend insert pop remove reverse`
	for name, methods := range map[string]string{
		"str": text, "bytes": text, "bytearray": text,
		"list":  "append clear copy count extend index insert pop remove reverse sort",
		"dict":  "clear copy fromkeys get items keys pop popitem setdefault update values",
		"set":   "add clear copy difference difference_update discard intersection intersection_update isdisjoint issubset issuperset pop remove symmetric_difference symmetric_difference_update union update",
		"tuple": "count index", "range": "count index",
		"int":          "as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag is_integer numerator real to_bytes",
		"float":        "as_integer_ratio conjugate fromhex hex imag is_integer real",
		"generator":    "close send throw gi_frame gi_running gi_code gi_yieldfrom",
		"property":     "deleter getter setter fget fset fdel",
		"Enum":         "_missing_ _generate_next_value_ _member_names_ _member_map_ _value2member_map_",
		"_thread.lock": "acquire_lock release_lock locked_lock", "Thread": "ident native_id daemon getName setName isDaemon setDaemon run",
		"function": "func_name", "dict_view": "isdisjoint mapping",
	} {
		otherMethods[name] = map[string]bool{}
		for _, f := range strings.Fields(methods) {
			otherMethods[name][f] = true
		}
	}
}

// method defines a method of a built-in type; its first argument is the object.
func (m *Machine) defineMethod(c *Class, name, sig string, fn func(m *Machine, a []Value) (Value, error)) *Native {
	n := native(name, "self "+sig, fn)
	n.onObject = true
	if m.methods[c] == nil {
		m.methods[c] = map[string]*Native{}
	}
	m.methods[c][name] = n
	n.name = c.name + "." + name
	m.register(n.name, n)
	return n
}

// methodsOf returns what defines methods of a built-in type whose objects are of the Go type T.
func methodsOf[T any](m *Machine, c *Class) func(name, sig string, fn func(m *Machine, self T, a []Value) (Value, error)) {
	return func(name, sig string, fn func(m *Machine, self T, a []Value) (Value, error)) {
		m.defineMethod(c, name, sig, func(m *Machine, a []Value) (Value, error) {
			self, ok := a[0].(T)
			if !ok {
				return nil, m.notOf(c, name, a[0])
			}
			return fn(m, self, a)
		})
	}
}

// notOf is the exception of a method that is called with an object of another type than its own.
func (m *Machine) notOf(c *Class, name string, v Value) error {
	return m.raise(m.errors.Type, "descriptor '%s' for '%s' objects doesn't apply to a '%s' object", name, c.name, typeName(v))
}

func (m *Machine) makeMethods() {
	m.listMethods()
	m.dictMethods()
	m.setMethods()
	m.textMethods()
	m.bytesMethods()
	m.numberMethods()
	m.register("property.setter", native("property.setter", "self fset", func(m *Machine, a []Value) (Value, error) {
		return &property{get: a[0].(*property).get, set: a[1]}, nil
	}))
	g := m.types.Generator
	m.defineMethod(g, "send", "value", func(m *Machine, a []Value) (Value, error) {
		v, ok, err := m.nextOf(a[0].(*generator), a[1])
		if err == nil && !ok {
			err = m.stopIteration(a[0])
		}
		return v, err
	})
	m.defineMethod(m.types.Tuple, "index", "value", func(m *Machine, a []Value) (Value, error) {
		return m.indexIn(a[0].(*Tuple).items, a[1], "tuple.index(x): x not in tuple")
	})
	m.defineMethod(m.types.Tuple, "count", "value", func(m *Machine, a []Value) (Value, error) {
		return m.countIn(a[0].(*Tuple).items, a[1])
	})
}

func (m *Machine) indexIn(items []Value, x Value, missing string) (Value, error) {
	for i, v := range items {
		if eq, err := m.equalElements(v, x); eq || err != nil {
			return i, err
		}
	}
	return nil, m.raise(m.errors.Value, "%s", missing)
}

func (m *Machine) countIn(items []Value, x Value) (Value, error) {
	n := 0
	for _, v := range items {
		eq, err := m.equalElements(v, x)
		if err != nil {
			return nil, err
		}
		if eq {
			n++
		}
	}
	return n, nil
}

func (m *Machine) listMethods() {
	def := methodsOf[*List](m, m.types.List)
	def("append", "object", func(m *Machine, l *List, a []Value) (Value, error) {
		m.changeList(l)
		l.items = append(l.items, a[1])
		return nil, nil
	})
	def("extend", "iterable", func(m *Machine, l *List, a []Value) (Value, error) {
		return nil, m.each(a[1], func(v Value) error {
			m.changeList(l)
			l.items = append(l.items, v)
			return nil
		})
	})
	def("pop", "? index", listPop)
	def("insert", "index object", func(m *Machine, l *List, a []Value) (Value, error) {
		i, err := m.index(a[1])
		if err != nil {
			return nil, err
		}
		if i < 0 {
			i += len(l.items)
		}
		m.changeList(l)
		l.items = slices.Insert(slices.Clone(l.items), min(max(i, 0), len(l.items)), a[2])
		return nil, nil
	})
	def("remove", "value", func(m *Machine, l *List, a []Value) (Value, error) {
		for i := 0; i < len(l.items); i++ {
			eq, err := m.equalElements(l.items[i], a[1])
			if err != nil {
				return nil, err
			}
			if eq && i < len(l.items) {
				m.changeList(l)
				l.items = slices.Concat(l.items[:i], l.items[i+1:])
				return nil, nil
			}
		}
		return nil, m.raise(m.errors.Value, "list.remove(x): x not in list")
	})
	def("clear", "", func(m *Machine, l *List, a []Value) (Value, error) {
		m.changeList(l)
		l.items = nil
		return nil, nil
	})
	def("copy", "", func(m *Machine, l *List, a []Value) (Value, error) { return &List{items: slices.Clone(l.items)}, nil })
	def("reverse", "", func(m *Machine, l *List, a []Value) (Value, error) {
		m.changeList(l)
		l.items = slices.Clone(l.items)
		slices.Reverse(l.items)
		return nil, nil
	})
	def("index", "value", func(m *Machine, l *List, a []Value) (Value, error) {
		return m.indexIn(l.items, a[1], m.reprOrType(a[1])+" is not in list")
	})
	def("count", "value", func(m *Machine, l *List, a []Value) (Value, error) { return m.countIn(l.items, a[1]) })
	def("sort", "? key reverse", func(m *Machine, l *List, a []Value) (Value, error) {
		s, err := m.sorted(slices.Clone(l.items), a)
		if err == nil {
			m.changeList(l)
			l.items = s.(*List).items
		}
		return nil, err
	})
}

func listPop(m *Machine, l *List, a []Value) (Value, error) {
	if len(l.items) == 0 {
		return nil, m.raise(m.errors.Index, "pop from empty list")
	}
	i := len(l.items) - 1
	if len(a) > 1 {
		k, err := m.index(a[1])
		if err != nil {
			return nil, err
		}
		if k < 0 {
			k += len(l.items)
		}
		if k < 0 || k >= len(l.items) {
			return nil, m.raise(m.errors.Index, "pop index out of range")
		}
		i = k
	}
	v := l.items[i]
	m.changeList(l)
	if i == len(l.items)-1 {
		l.items = l.items[:i]
	} else {
		l.items = slices.Concat(l.items[:i], l.items[i+1:])
	}
	return v, nil
}

func (m *Machine) dictMethods() {
	def := methodsOf[*Dict](m, m.types.Dict)
	for name, kind := range map[string]byte{"keys": 'k', "values": 'v', "items": 'i'} {
		def(name, "", func(m *Machine, d *Dict, a []Value) (Value, error) { return &dictView{dict: d, kind: kind}, nil })
	}
	def("get", "key ? default", func(m *Machine, d *Dict, a []Value) (Value, error) {
		i, err := m.find(d, a[1])
		if err != nil {
			return nil, err
		}
		if i >= 0 {
			return d.vals[i], nil
		}
		v, _ := arg(a, 2)
		return v, nil
	})
	def("pop", "key ? default", func(m *Machine, d *Dict, a []Value) (Value, error) {
		i, err := m.find(d, a[1])
		switch {
		case err != nil:
			return nil, err
		case i >= 0:
			v := d.vals[i]
			m.changeDict(d)
			d.removeAt(i)
			return v, nil
		case len(a) > 2:
			return a[2], nil
		}
		return nil, &Exception{Value: m.newException(m.errors.Key, a[1])}
	})
	def("setdefault", "key ? default", func(m *Machine, d *Dict, a []Value) (Value, error) {
		i, err := m.find(d, a[1])
		if err != nil {
			return nil, err
		}
		if i >= 0 {
			return d.vals[i], nil
		}
		v, _ := arg(a, 2)
		return v, m.put(d, a[1], v)
	})
	def("update", "other", func(m *Machine, d *Dict, a []Value) (Value, error) { return nil, m.updateDict(d, a[1]) })
	def("copy", "", func(m *Machine, d *Dict, a []Value) (Value, error) {
		return &Dict{keys: slices.Clone(d.keys), vals: slices.Clone(d.vals)}, nil
	})
	def("clear", "", func(m *Machine, d *Dict, a []Value) (Value, error) {
		m.changeDict(d)
		d.keys, d.vals, d.index = nil, nil, nil
		return nil, nil
	})
}

func (m *Machine) setMethods() {
	def := methodsOf[*Set](m, m.types.Set)
	def("add", "elem", func(m *Machine, s *Set, a []Value) (Value, error) { return nil, m.add(s, a[1]) })
	def("discard", "elem", func(m *Machine, s *Set, a []Value) (Value, error) {
		_, err := m.discard(s, a[1])
		return nil, err
	})
	def("remove", "elem", func(m *Machine, s *Set, a []Value) (Value, error) {
		there, err := m.discard(s, a[1])
		if !there && err == nil {
			err = &Exception{Value: m.newException(m.errors.Key, a[1])}
		}
		return nil, err
	})
	def("copy", "", func(m *Machine, s *Set, a []Value) (Value, error) { return wrap(m.copySet(s)) })
	def("clear", "", func(m *Machine, s *Set, a []Value) (Value, error) {
		m.replaceSet(s, m.newSet())
		return nil, nil
	})
	for name, op := range map[string]binaryOp{"union": opOr, "intersection": opAnd, "difference": opSub} {
		def(name, "other", func(m *Machine, s *Set, a []Value) (Value, error) {
			o, ok := a[1].(*Set)
			if !ok {
				return nil, m.refusal("set.%s with what is no set is outside of the subset", name)
			}
			return m.setBinary(op, s, o)
		})
	}
	def("update", "other", func(m *Machine, s *Set, a []Value) (Value, error) {
		if o, ok := a[1].(*Set); ok {
			return nil, m.update(s, o)
		}
		return nil, m.each(a[1], func(v Value) error { return m.add(s, v) })
	})
	for name, op := range map[string]compareOp{"issubset": compareLe, "issuperset": compareGe} {
		def(name, "other", func(m *Machine, s *Set, a []Value) (Value, error) {
			o, ok := a[1].(*Set)
			if !ok {
				return nil, m.refusal("set.%s with what is no set is outside of the subset", name)
			}
			return wrap(m.orderedSets(op, s, o))
		})
	}
}

func (m *Machine) bytesMethods() {
	for _, c := range []*Class{m.types.Bytes, m.types.Bytearray} {
		def := func(name, sig string, fn func(m *Machine, b []byte, a []Value) (Value, error)) {
			m.defineMethod(c, name, sig, func(m *Machine, a []Value) (Value, error) {
				b, ok := bytesOf(a[0])
				if !ok || m.typeOf(a[0]) != c {
					return nil, m.notOf(c, name, a[0])
				}
				return fn(m, b, a)
			})
		}
		def("decode", "? encoding errors", func(m *Machine, b []byte, a []Value) (Value, error) { return m.decode(b, a[1:]) })
		def("hex", "", func(m *Machine, b []byte, a []Value) (Value, error) {
			const digits = "0123456789abcdef"
			var s []byte
			for _, x := range b {
				s = append(s, digits[x>>4], digits[x&15])
			}
			return string(s), nil
		})
		def("startswith", "prefix", func(m *Machine, b []byte, a []Value) (Value, error) {
			p, ok := bytesOf(a[1])
			if !ok {
				return nil, m.raise(m.errors.Type, "startswith first arg must be bytes or a tuple of bytes, not %s", typeName(a[1]))
			}
			return bytes.HasPrefix(b, p), nil
		})
	}
	m.bytearrayMethods()
}

func (m *Machine) bytearrayMethods() {
	def := methodsOf[*Bytearray](m, m.types.Bytearray)
	def("append", "item", func(m *Machine, b *Bytearray, a []Value) (Value, error) {
		x, err := m.byteOf(a[1])
		if err == nil {
			m.changeBytes(b)
			b.data = append(b.data, x)
		}
		return nil, err
	})
	def("extend", "iterable", func(m *Machine, b *Bytearray, a []Value) (Value, error) {
		if isInteger(a[1]) {
			return nil, m.raise(m.errors.Type, "can't extend bytearray with %s", typeName(a[1]))
		}
		data, err := m.bytesFrom(a[1])
		m.changeBytes(b)
		b.data = append(b.data, data...)
		return nil, err
	})
	def("clear", "", func(m *Machine, b *Bytearray, a []Value) (Value, error) {
		m.changeBytes(b)
		b.data = nil
		return nil, nil
	})
	def("copy", "", func(m *Machine, b *Bytearray, a []Value) (Value, error) {
		return &Bytearray{data: slices.Clone(b.data)}, nil
	})
}
