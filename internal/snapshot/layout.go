package snapshot

import (
	"reflect"
	"unsafe"
)

// A layout says where the references are in the values of a type, and has room for copies of such values.
type layout struct {
	typ      reflect.Type
	size     uintptr
	refs     []ref  // the references in a value
	fixed    bool   // values are not saved
	pointers []bool // for each word of a value, whether it is a pointer; nil: none is

	// The room is in chunks, each a slice of values, of which one is being filled.
	chunks []reflect.Value
	chunk  int // the one that is being filled
	used   int // how many values of it are in use
}

// A ref is a part of a value that refers to other objects: a pointer, slice, map or interface.
type ref struct {
	offset uintptr
	kind   reflect.Kind
	typ    reflect.Type
	to     *layout // of the object that a pointer points to, of a slice's elements, of a map's values
	key    *layout // of a map's keys

	// Of an interface: the first word that it had last, and what dynamicOf says of it. Most interfaces in one place hold one type.
	lastWord unsafe.Pointer
	last     dynamic
}

// layoutOf is the layout of a type.
func (s *Snapshot) layoutOf(t reflect.Type) *layout {
	if l, known := s.layouts[t]; known {
		return l
	}
	l := &layout{typ: t, size: t.Size(), fixed: s.fixed[t]}
	s.layouts[t] = l // before its parts, which may refer to values of the same type
	s.inOrder = append(s.inOrder, l)
	if !l.fixed {
		l.refs = s.refsOf(nil, t, 0)
		if words := make([]bool, t.Size()/wordSize); markPointers(words, t, 0) {
			l.pointers = words
		}
	}
	return l
}

// refsOf appends the references in a value of type t, which is at an offset in a larger one.
func (s *Snapshot) refsOf(refs []ref, t reflect.Type, offset uintptr) []ref {
	if s.fixed[t] {
		return refs
	}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			refs = s.refsOf(refs, t.Field(i).Type, offset+t.Field(i).Offset)
		}
	case reflect.Array:
		for i := range t.Len() {
			refs = s.refsOf(refs, t.Elem(), offset+uintptr(i)*t.Elem().Size())
		}
	case reflect.Pointer, reflect.Slice:
		if to := s.layoutOf(t.Elem()); !to.fixed {
			refs = append(refs, ref{offset: offset, kind: t.Kind(), typ: t, to: to})
		}
	case reflect.Map:
		refs = append(refs, ref{offset: offset, kind: t.Kind(), typ: t, to: s.layoutOf(t.Elem()), key: s.layoutOf(t.Key())})
	case reflect.Interface:
		refs = append(refs, ref{offset: offset, kind: t.Kind(), typ: t})
	}
	return refs
}

// markPointers marks the words of a value of type t that are pointers, and reports whether there are any. The value is at an offset
// in a larger one.
func markPointers(words []bool, t reflect.Type, offset uintptr) (any bool) {
	word := offset / wordSize
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			any = markPointers(words, t.Field(i).Type, offset+t.Field(i).Offset) || any
		}
	case reflect.Array:
		for i := range t.Len() {
			any = markPointers(words, t.Elem(), offset+uintptr(i)*t.Elem().Size()) || any
		}
	case reflect.Pointer, reflect.Slice, reflect.String, reflect.Map, reflect.Func, reflect.Chan, reflect.UnsafePointer:
		words[word], any = true, true
	case reflect.Interface:
		words[word], words[word+1], any = true, true, true
	}
	return any
}

const wordSize = unsafe.Sizeof(uintptr(0))

// move copies n values. Pointers are assigned one by one, so that the garbage collector sees each.
func (l *layout) move(to, from unsafe.Pointer, n int) {
	if l.pointers == nil {
		copy(unsafe.Slice((*byte)(to), uintptr(n)*l.size), unsafe.Slice((*byte)(from), uintptr(n)*l.size))
		return
	}
	offset := uintptr(0) // instead of pointers that move on: beyond the last value they would be invalid
	for range n {
		for _, pointer := range l.pointers {
			if t, f := unsafe.Add(to, offset), unsafe.Add(from, offset); pointer {
				*(*unsafe.Pointer)(t) = *(*unsafe.Pointer)(f)
			} else {
				*(*uintptr)(t) = *(*uintptr)(f)
			}
			offset += wordSize
		}
	}
}

// room returns the address of room for n values.
func (l *layout) room(n int) unsafe.Pointer {
	for ; l.chunk < len(l.chunks); l.chunk, l.used = l.chunk+1, 0 {
		if c := l.chunks[l.chunk]; l.used+n <= c.Len() {
			l.used += n
			return unsafe.Add(c.UnsafePointer(), uintptr(l.used-n)*l.size)
		}
	}
	size := max(16, 2*n)
	l.chunks = append(l.chunks, reflect.MakeSlice(reflect.SliceOf(l.typ), size, size))
	l.used = n
	return l.chunks[l.chunk].UnsafePointer()
}

// A seenSet is the set of blocks that were found: a hash table with open addressing, which is emptied by beginning another round.
type seenSet struct {
	slots []seenBlock
	count int
	round uint32
}

// A seenBlock is a slot of the table. One of another round is empty.
type seenBlock struct {
	at     unsafe.Pointer
	layout *layout
	n      int
	round  uint32
}

// clear empties the set.
func (s *seenSet) clear() { s.round, s.count = s.round+1, 0 }

// add adds a block of n values, and reports whether it is new, or longer than the one that was found at the same address.
func (s *seenSet) add(at unsafe.Pointer, l *layout, n int) bool {
	if 2*s.count >= len(s.slots) {
		s.grow()
	}
	slot := s.find(at, l)
	if slot.round == s.round {
		more := n > slot.n
		slot.n = max(slot.n, n)
		return more
	}
	s.count++
	slot.at, slot.layout, slot.n, slot.round = at, l, n, s.round
	return true
}

// find is the slot of a block, or the one where it belongs.
func (s *seenSet) find(at unsafe.Pointer, l *layout) *seenBlock {
	mask := uintptr(len(s.slots) - 1)
	for i := (uintptr(at)>>3 ^ uintptr(unsafe.Pointer(l))>>5) * 0x9e3779b97f4a7c15 >> 20; ; i++ {
		slot := &s.slots[i&mask]
		if slot.round != s.round || slot.at == at && slot.layout == l {
			return slot
		}
	}
}

// grow doubles the table.
func (s *seenSet) grow() {
	old := s.slots
	s.slots = make([]seenBlock, 2*len(old))
	for _, o := range old {
		if o.round == s.round {
			*s.find(o.at, o.layout) = o
		}
	}
}
