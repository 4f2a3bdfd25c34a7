package python

// typeClasses are the built-in types.
type typeClasses struct {
	Object, Type, None, Int, Bool, Float, Str, Bytes, Bytearray, List, Tuple, Set, Dict, Range, Function, Method, Builtin, Module,
	Generator, Slice, Enum, IntEnum, Property, Lock, Thread, View, Other *Class
}

func (m *Machine) makeTypes() {
	t := &m.types
	t.Object = m.mustClass("object")
	define := func(name string, bases ...*Class) *Class { return m.mustClass(name, bases...) }
	t.Type = define("type")
	t.None = define("NoneType")
	t.Int = define("int")
	t.Bool = define("bool", t.Int)
	t.Float = define("float")
	t.Str = define("str")
	t.Bytes = define("bytes")
	t.Bytearray = define("bytearray")
	t.List = define("list")
	t.Tuple = define("tuple")
	t.Set = define("set")
	t.Dict = define("dict")
	t.Range = define("range")
	t.Function = define("function")
	t.Method = define("method")
	t.Builtin = define("builtin_function_or_method")
	t.Module = define("module")
	t.Generator = define("generator")
	t.Slice = define("slice")
	t.Property = define("property")
	t.Enum = define("Enum")
	t.Enum.enum = true
	t.IntEnum = define("IntEnum", t.Int, t.Enum)
	t.IntEnum.intEnum = true
	t.Lock = define("_thread.lock")
	t.Thread = define("Thread")
	t.View = define("dict_view")
	t.Other = define("other")
	for _, c := range []*Class{t.Int, t.Bool, t.Float, t.Str, t.Bytes, t.Bytearray, t.List, t.Tuple, t.Set, t.Dict} {
		c.matchSelf = true
		m.builtins[c.name] = c
	}
	m.builtins["object"], m.builtins["range"], m.builtins["type"] = t.Object, t.Range, t.Type
	m.builtins["property"] = t.Property
}

// typeOf is the type of a value.
func (m *Machine) typeOf(v Value) *Class {
	t := &m.types
	switch v := v.(type) {
	case nil:
		return t.None
	case *Instance:
		return v.class
	case *EnumMember:
		return v.class
	case *Class:
		return t.Type
	case *Function:
		return t.Function
	case *Method:
		return t.Method
	case *Native:
		return t.Builtin
	case *Module:
		return t.Module
	case *generator:
		return t.Generator
	case *slice:
		return t.Slice
	case *property:
		return t.Property
	}
	return m.dataType(v)
}

func (m *Machine) dataType(v Value) *Class {
	t := &m.types
	switch v.(type) {
	case bool:
		return t.Bool
	case string:
		return t.Str
	case float64:
		return t.Float
	case Bytes:
		return t.Bytes
	case *Bytearray:
		return t.Bytearray
	case *List:
		return t.List
	case *Tuple:
		return t.Tuple
	case *Set:
		return t.Set
	case *Dict:
		return t.Dict
	case *rangeType:
		return t.Range
	case *lock:
		return t.Lock
	case *threadObject:
		return t.Thread
	case *dictView:
		return t.View
	}
	if isInteger(v) {
		return t.Int
	}
	return t.Other
}

// typeName is the name of the type of a value.
func typeName(v Value) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case string:
		return "str"
	case float64:
		return "float"
	case Bytes:
		return "bytes"
	case *Bytearray:
		return "bytearray"
	case *List:
		return "list"
	case *Tuple:
		return "tuple"
	case *Set:
		return "set"
	case *Dict:
		return "dict"
	case *rangeType:
		return "range"
	case *Instance:
		return v.class.name
	case *EnumMember:
		return v.class.name
	case *Class:
		if v.enum {
			return "EnumType"
		}
		return "type"
	}
	if isInteger(v) {
		return "int"
	}
	return rareTypeName(v)
}

func rareTypeName(v Value) string {
	switch v := v.(type) {
	case *Function:
		return "function"
	case *Method:
		if _, ok := v.fn.(*Native); ok {
			return "builtin_function_or_method"
		}
		return "method"
	case *Native:
		return "builtin_function_or_method"
	case *Module:
		return "module"
	case *generator:
		return "generator"
	case *slice:
		return "slice"
	case *property:
		return "property"
	case *superObject:
		return "super"
	case *Partial:
		return "functools.partial"
	case *dictView:
		return map[byte]string{'k': "dict_keys", 'v': "dict_values", 'i': "dict_items"}[v.kind]
	case *lock:
		return "_thread.lock"
	case *listIterator:
		return "list_iterator"
	case *localObject:
		return "_thread._local"
	case *singleton:
		return map[*singleton]string{Ellipsis: "ellipsis", NotImplemented: "NotImplementedType", traceback: "traceback"}[v]
	case *TypeForm:
		return "types.GenericAlias"
	}
	return "object"
}

// isInstance is isinstance(v, kind).
func (m *Machine) isInstance(v, kind Value) (bool, error) {
	switch k := kind.(type) {
	case *Class:
		if k == m.types.Other || k == m.types.Builtin {
			return false, m.refusal("a test for the type %s is outside of the subset", k.name)
		}
		return m.typeOf(v).IsSubclass(k), nil
	case *Tuple:
		return m.isAnyOf(v, k.items)
	case *TypeForm:
		if k.union {
			return m.isAnyOf(v, k.args)
		}
		if k.of != nil {
			return false, m.raise(m.errors.Type, "isinstance() argument 2 cannot be a parameterized generic")
		}
		return false, m.refusal("a test for %s, which is for annotations here, is outside of the subset", k.name)
	case nil:
		return false, m.raise(m.errors.Type, "isinstance() arg 2 must be a type, a tuple of types, or a union")
	}
	return false, m.raise(m.errors.Type, "isinstance() arg 2 must be a type, a tuple of types, or a union")
}

func (m *Machine) isAnyOf(v Value, kinds []Value) (bool, error) {
	for _, k := range kinds {
		if k == nil {
			if v == nil {
				return true, nil
			}
			continue
		}
		if yes, err := m.isInstance(v, k); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}

// isType tells whether | of it makes a union.
func isType(v Value) bool {
	switch v.(type) {
	case nil, *Class, *TypeForm:
		return true
	}
	return false
}

func unionOf(a, b Value) Value {
	if a == nil && b == nil {
		return NotImplemented
	}
	u := &TypeForm{name: "Union", union: true}
	for _, v := range []Value{a, b} {
		if f, ok := v.(*TypeForm); ok && f.union {
			u.args = append(u.args, f.args...)
		} else {
			u.args = append(u.args, v)
		}
	}
	return u
}

// subscriptType is list[int] and the like.
func (m *Machine) subscriptType(of, index Value) (Value, error) {
	if c, ok := of.(*Class); ok {
		if c.code == nil && !genericTypes[c.name] || c.code != nil && !c.generic {
			return nil, m.raise(m.errors.Type, "type '%s' is not subscriptable", c.name)
		}
	}
	args := []Value{index}
	if t, ok := index.(*Tuple); ok {
		args = t.items
	}
	if f, ok := of.(*TypeForm); ok {
		switch f.name {
		case "Optional":
			return unionOf(index, nil), nil
		case "Union":
			if f.union {
				return nil, m.refusal("a subscript of a union is outside of the subset")
			}
			return &TypeForm{name: "Union", union: true, args: args}, nil
		}
	}
	return &TypeForm{name: "alias", of: of, args: args}, nil
}

var genericTypes = map[string]bool{"list": true, "tuple": true, "set": true, "dict": true, "type": true}
