package mirror

import (
	"math/big"
	"reflect"
	"unsafe"

	"cabi/internal/python"
	"cabi/spec"
)

// A setter sets a field of the port to what a value of Python is; false: the port has nothing for the value.
type setter func(m *Mirror, at unsafe.Pointer, v python.Value) bool

// setter is the setter of fields of a type.
func (p *Plans) setter(t reflect.Type) setter {
	if s, ok := p.setters[t]; ok {
		return s
	}
	p.setters[t] = func(m *Mirror, at unsafe.Pointer, v python.Value) bool { return p.setters[t](m, at, v) } // for types that contain themselves
	s := p.makeSetter(t)
	p.setters[t] = s
	return s
}

func (p *Plans) makeSetter(t reflect.Type) setter {
	switch t {
	case reflect.TypeFor[spec.Int]():
		return func(_ *Mirror, at unsafe.Pointer, v python.Value) bool {
			i, ok := Int(v)
			*(*spec.Int)(at) = i
			return ok
		}
	case reflect.TypeFor[spec.CoreValue]():
		return func(_ *Mirror, at unsafe.Pointer, v python.Value) bool {
			c, ok := Core(v)
			*(*spec.CoreValue)(at) = c
			return ok
		}
	case reflect.TypeFor[spec.String]():
		return setString
	case reflect.TypeFor[*spec.Bytearray]():
		return setBytes
	case reflect.TypeFor[*uint64]():
		return setOptional
	}
	return p.setterOfKind(t)
}

func (p *Plans) setterOfKind(t reflect.Type) setter {
	switch t.Kind() {
	case reflect.Bool:
		return func(m *Mirror, at unsafe.Pointer, v python.Value) bool {
			i, ok := number(v)
			*(*bool)(at) = i != 0
			if f, isFunction := v.(*python.Function); isFunction {
				*(*bool)(at), ok = m.truth(f)
			}
			return ok
		}
	case reflect.String:
		return func(_ *Mirror, at unsafe.Pointer, v python.Value) bool {
			s, ok := v.(string)
			*(*string)(at) = s
			return ok
		}
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return func(_ *Mirror, at unsafe.Pointer, v python.Value) bool {
			i, ok := number(v)
			*(*uint64)(at) = i
			return ok
		}
	case reflect.Uint8:
		words := spec.MirrorWords[t]
		if names := namesOf(t); words == nil && names != nil {
			return enumSetter(t, names)
		}
		return func(_ *Mirror, at unsafe.Pointer, v python.Value) bool {
			i, ok := number(v)
			if s, is := v.(string); is {
				i, ok = words[s]
			}
			*(*uint8)(at) = uint8(i)
			return ok
		}
	case reflect.Pointer:
		return pointerSetter(t.Elem())
	case reflect.Slice:
		return p.sliceSetter(t)
	case reflect.Array:
		return p.arraySetter(t)
	case reflect.Struct:
		return structSetter(t)
	case reflect.Interface:
		return interfaceSetter(t)
	case reflect.Func:
		host := spec.MirrorHosts[t]
		return func(_ *Mirror, at unsafe.Pointer, v python.Value) bool {
			f := reflect.NewAt(t, at).Elem()
			if v == nil {
				f.SetZero()
			} else {
				f.Set(host)
			}
			return true
		}
	}
	panic("mirror: no field of the port is of type " + t.String())
}

// number is an integer, a bool or a member of an enumeration as an integer.
func number(v python.Value) (uint64, bool) {
	switch v := v.(type) {
	case int:
		return uint64(v), true
	case bool:
		if v {
			return 1, true
		}
		return 0, true
	case *big.Int:
		return v.Uint64(), v.IsUint64()
	case *python.EnumMember:
		return number(v.Value())
	}
	return 0, false
}

// Int is an integer of Python.
func Int(v python.Value) (spec.Int, bool) {
	if i, ok := v.(int); ok {
		return spec.IntOf(int64(i)), true
	}
	n, ok := number(v)
	return spec.UintOf(n), ok
}

// Core is a core value of Python.
func Core(v python.Value) (spec.CoreValue, bool) {
	if f, ok := v.(float64); ok {
		return spec.CoreFloat(f), true
	}
	n, ok := number(v)
	if i, isInt := v.(int); isInt && i < 0 {
		ok = false
	}
	return spec.CoreInt(n), ok
}

func setString(_ *Mirror, at unsafe.Pointer, v python.Value) bool {
	t, ok := v.(*python.Tuple)
	if !ok || len(t.Items()) != 3 {
		return false
	}
	s, isString := t.Items()[0].(string)
	encoding, isWord := t.Items()[1].(string)
	units, isNumber := number(t.Items()[2])
	*(*spec.String)(at) = spec.String{S: s, Encoding: spec.StringEncoding(spec.MirrorWords[reflect.TypeFor[spec.StringEncoding]()][encoding]), TaggedCodeUnits: units}
	return isString && isWord && isNumber
}

func setBytes(m *Mirror, at unsafe.Pointer, v python.Value) bool {
	b, ok := v.(*python.Bytearray)
	if !ok {
		return false
	}
	m.readsFrom(python.Changes(b))
	if p := (**spec.Bytearray)(at); *p == nil {
		*p = &spec.Bytearray{B: b.Data()}
	} else {
		(*p).B = b.Data()
	}
	return true
}

func setOptional(_ *Mirror, at unsafe.Pointer, v python.Value) bool {
	p := (**uint64)(at)
	if v == nil {
		*p = nil
		return true
	}
	n, ok := number(v)
	if *p == nil || **p != n {
		*p = &n
	}
	return ok
}

// pointerSetter sets a pointer to a struct: to an object of that type, or to the struct that is embedded at its beginning.
func pointerSetter(t reflect.Type) setter {
	return func(m *Mirror, at unsafe.Pointer, v python.Value) bool {
		to := (*unsafe.Pointer)(at)
		switch x := v.(type) {
		case nil:
			*to = nil
			return true
		case *python.Instance:
			if p := m.pairOf(x); p != nil && p.plan.goType != nil && beginsWith(p.plan.goType, t) {
				*to = p.at
				return true
			}
		case *python.Function:
			p := m.closurePair(x)
			if p != nil && p.plan.goType == t {
				*to = p.at
				return true
			}
			*to = nil
			return p != nil || m.ofHost(x)
		}
		*to = nil
		return false
	}
}

// beginsWith reports whether a struct is of type t, or has one embedded at its beginning.
func beginsWith(s, t reflect.Type) bool {
	for s != t {
		if s.Kind() != reflect.Struct || s.NumField() == 0 || !s.Field(0).Anonymous {
			return false
		}
		s = s.Field(0).Type
	}
	return true
}

// items are the elements of a list or a tuple.
func (m *Mirror) items(v python.Value) ([]python.Value, bool) {
	switch v := v.(type) {
	case *python.List:
		m.readsFrom(python.Changes(v))
		return v.Items(), true
	case *python.Tuple:
		return v.Items(), true
	case nil:
		return nil, true
	}
	return nil, false
}

func (p *Plans) sliceSetter(t reflect.Type) setter {
	element := p.setter(t.Elem())
	size := t.Elem().Size()
	return func(m *Mirror, at unsafe.Pointer, v python.Value) bool {
		list, ok := m.items(v)
		s := reflect.NewAt(t, at).Elem()
		if s.Cap() < len(list) {
			s.Set(reflect.MakeSlice(t, len(list), max(2*len(list), 4)))
		} else {
			s.SetLen(len(list))
		}
		first := s.UnsafePointer()
		for i, e := range list {
			ok = element(m, unsafe.Add(first, uintptr(i)*size), e) && ok
		}
		return ok
	}
}

func (p *Plans) arraySetter(t reflect.Type) setter {
	element := p.setter(t.Elem())
	return func(m *Mirror, at unsafe.Pointer, v python.Value) bool {
		list, ok := m.items(v)
		for i, e := range list[:min(len(list), t.Len())] {
			ok = element(m, unsafe.Add(at, uintptr(i)*t.Elem().Size()), e) && ok
		}
		return ok && len(list) == t.Len()
	}
}

// structSetter copies the struct of an object, which does not change.
func structSetter(t reflect.Type) setter {
	return func(m *Mirror, at unsafe.Pointer, v python.Value) bool {
		x, ok := v.(*python.Instance)
		if !ok {
			return false
		}
		p := m.pairOf(x)
		if p == nil || p.plan.goType != t {
			return false
		}
		reflect.NewAt(t, at).Elem().Set(reflect.NewAt(t, p.at).Elem())
		return true
	}
}

// interfaceSetter sets an interface. Whether a type implements it is asked of reflect once only, not for each field that is set.
func interfaceSetter(t reflect.Type) setter {
	host := spec.MirrorHosts[t]
	implements := map[reflect.Type]bool{}
	return func(m *Mirror, at unsafe.Pointer, v python.Value) bool {
		to := reflect.NewAt(t, at).Elem()
		if v == nil {
			to.SetZero()
			return true
		}
		if x := m.Value(v); x != nil {
			r := reflect.ValueOf(x)
			does, asked := implements[r.Type()]
			if !asked {
				does = r.Type().Implements(t)
				implements[r.Type()] = does
			}
			if does {
				to.Set(r)
				return true
			}
		}
		if !host.IsValid() {
			to.SetZero()
			return false
		}
		to.Set(host)
		return m.ofHost(v)
	}
}
