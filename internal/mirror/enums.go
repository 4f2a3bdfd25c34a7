package mirror

import (
	"fmt"
	"reflect"
	"unsafe"

	"cabi/internal/python"
)

// namesOf are the numbers that the port has for the members of an enumeration, by their names; nil: the type is none.
func namesOf(t reflect.Type) map[string]uint8 {
	if t.Kind() != reflect.Uint8 || !t.Implements(reflect.TypeFor[fmt.Stringer]()) {
		return nil
	}
	names := map[string]uint8{}
	for n := range uint8(32) {
		if name := nameOf(t, n); name != "" {
			names[name] = n
		}
	}
	return names
}

// nameOf is the name of a number of an enumeration; "": it has none.
func nameOf(t reflect.Type, n uint8) (name string) {
	defer func() { _ = recover() }() // beyond the last
	v := reflect.New(t).Elem()
	v.SetUint(uint64(n))
	return v.Interface().(fmt.Stringer).String()
}

// enumSetter sets a member of an enumeration by its name, since versions number them in other ways. The port has nothing for a member of
// another name, nor for a number that is none of its own.
func enumSetter(t reflect.Type, names map[string]uint8) setter {
	return func(m *Mirror, at unsafe.Pointer, v python.Value) bool {
		if member, is := v.(*python.EnumMember); is {
			n, ok := names[member.Name()]
			switch {
			case ok:
				*(*uint8)(at) = n
			case m != nil && m.OnMember != nil:
				m.OnMember(member.Class().QualifiedName() + "." + member.Name())
			}
			return ok
		}
		n, ok := number(v)
		if ok = ok && n < 32 && nameOf(t, uint8(n)) != ""; ok {
			*(*uint8)(at) = uint8(n)
		}
		return ok
	}
}

// Enum is a member of an enumeration of the port by its name, or by its number if it is a plain one; false: the port has none such.
func Enum[T ~uint8](v python.Value) (e T, ok bool) {
	t := reflect.TypeFor[T]()
	ok = enumSetter(t, namesOf(t))(nil, unsafe.Pointer(&e), v)
	return e, ok
}
