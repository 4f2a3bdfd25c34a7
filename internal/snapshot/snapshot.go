// Package snapshot saves the contents of objects, and restores them in place: pointers to the objects stay valid, and find them as
// they were.
//
// A search restores a run so, with the specification's store in it, to take another action from the same state. To save an object
// is to copy its memory, and that of all objects that it refers to; layout.go finds the references in a type.
package snapshot

import (
	"bytes"
	"reflect"
	"unsafe"
)

// A Snapshot is the contents of all objects that can be reached from some through pointers, slices, maps and interfaces. It does not
// have what functions have captured, nor what is in channels. It is used again and again, for objects of the same types.
type Snapshot struct {
	fixed   map[reflect.Type]bool
	layouts map[reflect.Type]*layout
	inOrder []*layout                  // the same, in the order in which they were made
	dynamic map[unsafe.Pointer]dynamic // by the first word of an interface
	seen    seenSet
	todo    []block // found and not saved yet
	blocks  []savedBlock
	maps    []savedMap
}

// New makes an empty snapshot. Values of fixed types, and everything that only they refer to, never change: they are not saved.
func New(fixed ...reflect.Type) *Snapshot {
	s := &Snapshot{fixed: map[reflect.Type]bool{}, layouts: map[reflect.Type]*layout{}, dynamic: map[unsafe.Pointer]dynamic{}, seen: seenSet{slots: make([]seenBlock, 1024), round: 1}}
	for _, t := range fixed {
		s.fixed[t] = true
	}
	return s
}

// A block is n values of one type, one after the other.
type block struct {
	layout *layout
	at     unsafe.Pointer
	n      int
}

// A savedBlock is a block and a copy of it.
type savedBlock struct {
	block
	copy unsafe.Pointer
}

// A savedMap is a map and a copy of its entries, of which there are n: slices of the keys and of the values.
type savedMap struct {
	of, keys, values reflect.Value
	n                int
}

// Clear makes the snapshot empty.
func (s *Snapshot) Clear() {
	s.seen.clear()
	for _, l := range s.inOrder {
		l.chunk, l.used = 0, 0
	}
	s.blocks, s.maps = s.blocks[:0], s.maps[:0]
}

// Add saves everything that can be reached from root, which is a pointer. What was added before stays in the snapshot.
func (s *Snapshot) Add(root any) {
	s.addBlock(s.layoutOf(reflect.TypeOf(root).Elem()), reflect.ValueOf(root).UnsafePointer(), 1)
	for len(s.todo) > 0 {
		b := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		s.save(b)
	}
}

// addBlock notes a block that is to be saved, unless it was.
func (s *Snapshot) addBlock(l *layout, at unsafe.Pointer, n int) {
	if at != nil && n > 0 && l.size > 0 && !l.fixed && s.seen.add(at, l, n) {
		s.todo = append(s.todo, block{l, at, n})
	}
}

// save copies a block, and scans it.
func (s *Snapshot) save(b block) {
	c := savedBlock{b, b.layout.room(b.n)}
	b.layout.move(c.copy, b.at, b.n)
	s.blocks = append(s.blocks, c)
	if len(b.layout.refs) == 0 {
		return
	}
	for i := range b.n {
		s.scan(b.layout, unsafe.Add(b.at, uintptr(i)*b.layout.size))
	}
}

// scan notes the blocks that a value refers to.
func (s *Snapshot) scan(l *layout, at unsafe.Pointer) {
	for i := range l.refs {
		s.follow(&l.refs[i], unsafe.Add(at, l.refs[i].offset))
	}
}

// follow notes the block that a part of a value refers to.
func (s *Snapshot) follow(r *ref, at unsafe.Pointer) {
	switch r.kind {
	case reflect.Pointer:
		s.addBlock(r.to, *(*unsafe.Pointer)(at), 1)
	case reflect.Slice:
		slice := *(*[]struct{})(at)
		s.addBlock(r.to, unsafe.Pointer(unsafe.SliceData(slice)), len(slice))
	case reflect.Interface:
		words := (*[2]unsafe.Pointer)(at)
		if words[0] == nil {
			return
		}
		if r.lastWord != words[0] {
			r.lastWord, r.last = words[0], s.dynamicOf(words[0], r.typ, at)
		}
		if r.last.inline {
			s.scan(r.last.layout, unsafe.Add(at, wordSize))
		} else {
			s.addBlock(r.last.layout, words[1], 1)
		}
	case reflect.Map:
		if m := reflect.NewAt(r.typ, at).Elem(); !m.IsNil() && s.seen.add(m.UnsafePointer(), nil, 1) {
			s.saveMap(r, m)
		}
	}
}

// A dynamic says, for a type in an interface, what the interface's second word is.
type dynamic struct {
	layout *layout // of the value that the word points to, or is
	inline bool    // the word is the value itself
}

// dynamicOf is the dynamic for the interface at an address, of a type, whose first word is given.
func (s *Snapshot) dynamicOf(word unsafe.Pointer, typ reflect.Type, at unsafe.Pointer) dynamic {
	d, known := s.dynamic[word]
	if !known {
		t := reflect.NewAt(typ, at).Elem().Elem().Type()
		switch {
		case t.Kind() == reflect.Pointer && !s.fixed[t]:
			d.layout = s.layoutOf(t.Elem())
		case t.Kind() == reflect.Map && !s.fixed[t]:
			panic("snapshot: a map in an interface: " + t.String())
		default:
			d = dynamic{s.layoutOf(t), pointerShaped(t)}
		}
		s.dynamic[word] = d
	}
	return d
}

// pointerShaped reports whether a value of type t is one pointer: an interface has it as its second word.
func pointerShaped(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Func, reflect.Chan, reflect.Map, reflect.UnsafePointer:
		return true
	case reflect.Struct:
		return t.NumField() == 1 && pointerShaped(t.Field(0).Type)
	case reflect.Array:
		return t.Len() == 1 && pointerShaped(t.Elem())
	}
	return false
}

// saveMap copies the entries of a map, and scans its keys and values.
func (s *Snapshot) saveMap(r *ref, m reflect.Value) {
	saved := savedMap{of: m, n: m.Len()}
	if saved.n > 0 {
		saved.keys, saved.values = reflect.MakeSlice(reflect.SliceOf(r.typ.Key()), saved.n, saved.n), reflect.MakeSlice(reflect.SliceOf(r.typ.Elem()), saved.n, saved.n)
		for i, it := 0, m.MapRange(); it.Next(); i++ {
			key, value := saved.keys.Index(i), saved.values.Index(i)
			key.SetIterKey(it)
			value.SetIterValue(it)
			s.scan(r.key, key.Addr().UnsafePointer())
			s.scan(r.to, value.Addr().UnsafePointer())
		}
	}
	s.maps = append(s.maps, saved)
}

// Restore puts the contents of all objects back. It can be done any number of times.
func (s *Snapshot) Restore() {
	for i := range s.blocks {
		if b := &s.blocks[i]; !b.unchanged() {
			b.layout.move(b.at, b.copy, b.n)
		}
	}
	for i := range s.maps {
		s.maps[i].restore()
	}
}

// unchanged reports whether a block has the same bytes as its copy.
func (b *savedBlock) unchanged() bool {
	size := int(b.layout.size) * b.n
	return bytes.Equal(unsafe.Slice((*byte)(b.at), size), unsafe.Slice((*byte)(b.copy), size))
}

// restore puts the entries of a map back.
func (m *savedMap) restore() {
	if m.unchanged() {
		return
	}
	m.of.Clear()
	for i := range m.n {
		m.of.SetMapIndex(m.keys.Index(i), m.values.Index(i))
	}
}

// unchanged reports whether a map has the same entries as were saved. Values that Go cannot compare count as changed.
func (m *savedMap) unchanged() bool {
	if m.of.Len() != m.n {
		return false
	}
	for i := range m.n {
		is, was := m.of.MapIndex(m.keys.Index(i)), m.values.Index(i)
		switch {
		case !is.IsValid():
			return false
		case is.Kind() == reflect.Map:
			if is.UnsafePointer() != was.UnsafePointer() {
				return false
			}
		case !is.Comparable() || !is.Equal(was):
			return false
		}
	}
	return true
}
