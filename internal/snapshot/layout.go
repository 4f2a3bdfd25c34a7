package snapshot

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"unsafe"
)

// A layout says where the references are in the values of a type, and has room for copies of such values.
type layout struct {
	typ          reflect.Type
	size         uintptr
	refs         []ref   // the references in a value
	fixed        bool    // values are not saved
	constant     bool    // values do not change
	told         bool    // Changed is told of values that do
	boxed        *layout // of such values in interfaces, which do not change; nil: not needed yet
	pointers     []bool  // for each word of a value, whether it is a pointer; nil: none is
	fours        []uint8 // the same, of four words each
	onlyPointers bool
	parts        []part // that a large value is saved in; nil: values are saved as wholes

	// The room is in chunks, each a slice of values, of which one is being filled.
	chunks []reflect.Value
	chunk  int // the one that is being filled
	used   int // how many values of it are in use
	level  int // the last at which it gave room
}

// A ref is a part of a value that refers to other objects: a pointer, slice, map or interface.
type ref struct {
	offset uintptr
	kind   reflect.Kind
	typ    reflect.Type
	to     *layout // of the object that a pointer points to, of a slice's elements, of a map's values
	key    *layout // of a map's keys
	across bool    // it lies in two parts of a large value

	// Of an interface: the first word that it had last, and what dynamicOf says of it. Most interfaces in one place hold one type.
	lastWord unsafe.Pointer
	last     dynamic
}

// A part is some words of a large value, which are saved by themselves: of such a value, most is as it was.
type part struct {
	offset uintptr
	layout *layout
}

const partSize = 32 * wordSize

// partsOf are the parts of the values of a layout. A reference belongs to the part that has its first word; of a list, the part that has its
// length refers to it too.
func (l *layout) partsOf() (parts []part) {
	for offset := uintptr(0); offset < l.size; offset += partSize {
		size := min(partSize, l.size-offset)
		p := &layout{size: size}
		for _, r := range l.refs {
			if r.offset < offset+size && r.offset+r.typ.Size() > offset {
				r.across = r.offset < offset || r.offset+r.typ.Size() > offset+size
				r.offset -= offset // it may lie before the part
				p.refs = append(p.refs, r)
			}
		}
		var words []reflect.StructField
		if l.pointers != nil {
			p.setPointers(l.pointers[offset/wordSize : (offset+size)/wordSize])
		}
		for i := range size / wordSize {
			t := reflect.TypeFor[uintptr]()
			if l.pointers != nil && p.pointers[i] {
				t = reflect.TypeFor[unsafe.Pointer]()
			}
			words = append(words, reflect.StructField{Name: fmt.Sprint("W", i), Type: t})
		}
		p.typ = reflect.StructOf(words)
		parts = append(parts, part{offset, p})
	}
	return parts
}

// layoutOf is the layout of a type.
func (s *Snapshot) layoutOf(t reflect.Type) *layout {
	if l, known := s.layouts[t]; known {
		return l
	}
	l := &layout{typ: t, size: t.Size(), fixed: s.fixed(t), constant: slices.Contains(s.types.Constant, t), told: s.types.Told != nil && s.types.Told(t)}
	s.layouts[t] = l // before its parts, which may refer to values of the same type
	if !l.fixed {
		l.refs = s.refsOf(nil, t, 0)
		if words := make([]bool, t.Size()/wordSize); markPointers(words, t, 0) {
			l.setPointers(words)
		}
		if l.size > 2*partSize && !l.told {
			l.parts = l.partsOf()
		}
	}
	return l
}

// constantly is the layout of the same values where they are in interfaces: nothing can change them there.
func (l *layout) constantly() *layout {
	if l.constant || l.fixed || l.parts != nil {
		return l
	}
	if l.boxed == nil {
		l.boxed = &layout{typ: l.typ, size: l.size, refs: slices.Clone(l.refs), constant: true, pointers: l.pointers, fours: l.fours, onlyPointers: l.onlyPointers}
	}
	return l.boxed
}

func (s *Snapshot) fixed(t reflect.Type) bool { return slices.Contains(s.types.Fixed, t) }

// refsOf appends the references in a value of type t, which is at an offset in a larger one.
func (s *Snapshot) refsOf(refs []ref, t reflect.Type, offset uintptr) []ref {
	if s.fixed(t) {
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

// move copies n values.
func (l *layout) move(to, from unsafe.Pointer, n int) {
	switch words := n * int(l.size/wordSize); {
	case l.pointers == nil:
		copy(unsafe.Slice((*byte)(to), uintptr(n)*l.size), unsafe.Slice((*byte)(from), uintptr(n)*l.size))
	case l.onlyPointers:
		copy(unsafe.Slice((*unsafe.Pointer)(to), words), unsafe.Slice((*unsafe.Pointer)(from), words))
	default:
		offset := uintptr(0) // instead of pointers that move on: beyond the last value they would be invalid
		for range n {
			l.moveOne(unsafe.Add(to, offset), unsafe.Add(from, offset))
			offset += l.size
		}
	}
}

// moveOne copies a value, four words at a time. Pointers are assigned as such, so that the garbage collector sees each.
func (l *layout) moveOne(to, from unsafe.Pointer) {
	offset := uintptr(0)
	for _, pointers := range l.fours {
		moveFour[pointers](unsafe.Add(to, offset), unsafe.Add(from, offset))
		offset += 4 * wordSize
	}
	for _, pointer := range l.pointers[4*len(l.fours):] {
		if t, f := unsafe.Add(to, offset), unsafe.Add(from, offset); pointer {
			*(*unsafe.Pointer)(t) = *(*unsafe.Pointer)(f)
		} else {
			*(*uintptr)(t) = *(*uintptr)(f)
		}
		offset += wordSize
	}
}

// putBack makes n values the same as others, of which most words are the same already.
func (l *layout) putBack(to, from unsafe.Pointer, n int) {
	if l.pointers == nil {
		copy(unsafe.Slice((*byte)(to), uintptr(n)*l.size), unsafe.Slice((*byte)(from), uintptr(n)*l.size))
		return
	}
	offset := uintptr(0)
	for range n {
		for _, pointer := range l.pointers {
			if t, f := unsafe.Add(to, offset), unsafe.Add(from, offset); *(*uintptr)(t) != *(*uintptr)(f) {
				if pointer {
					*(*unsafe.Pointer)(t) = *(*unsafe.Pointer)(f)
				} else {
					*(*uintptr)(t) = *(*uintptr)(f)
				}
			}
			offset += wordSize
		}
	}
}

// setPointers says which words of a value are pointers. Of four words, a bit says it of each, the lowest of the first.
func (l *layout) setPointers(pointers []bool) {
	l.pointers, l.onlyPointers = pointers, !slices.Contains(pointers, false)
	for four := range slices.Chunk(pointers[:len(pointers)&^3], 4) {
		bits := uint8(0)
		for i, pointer := range four {
			if pointer {
				bits |= 1 << i
			}
		}
		l.fours = append(l.fours, bits)
	}
}

// Two words, each of which is a pointer (p) or not (w), and two of these.
type (
	ww = [2]uintptr
	pp = [2]unsafe.Pointer
	pw = struct {
		A unsafe.Pointer
		B uintptr
	}
	wp = struct {
		A uintptr
		B unsafe.Pointer
	}
	pair[A, B any] struct {
		First  A
		Second B
	}
)

// moveFour copies four words, by which of them are pointers.
var moveFour = [16]func(to, from unsafe.Pointer){
	move[pair[ww, ww]], move[pair[pw, ww]], move[pair[wp, ww]], move[pair[pp, ww]],
	move[pair[ww, pw]], move[pair[pw, pw]], move[pair[wp, pw]], move[pair[pp, pw]],
	move[pair[ww, wp]], move[pair[pw, wp]], move[pair[wp, wp]], move[pair[pp, wp]],
	move[pair[ww, pp]], move[pair[pw, pp]], move[pair[wp, pp]], move[pair[pp, pp]],
}

func move[T any](to, from unsafe.Pointer) { *(*T)(to) = *(*T)(from) }

// sameBytes reports whether some bytes are the same at two addresses.
func sameBytes(a, b unsafe.Pointer, size uintptr) bool {
	return bytes.Equal(unsafe.Slice((*byte)(a), size), unsafe.Slice((*byte)(b), size))
}

// sameWords reports the same of words, for few of which it takes less time.
func sameWords(a, b unsafe.Pointer, size uintptr) bool {
	differ := uintptr(0)
	for offset := uintptr(0); offset < size; offset += wordSize {
		differ |= *(*uintptr)(unsafe.Add(a, offset)) ^ *(*uintptr)(unsafe.Add(b, offset))
	}
	return differ == 0
}

// room returns the address of room for n values of a layout, until the level on top is popped.
func (s *Snapshot) room(l *layout, n int) unsafe.Pointer {
	if l.level != len(s.levels) {
		s.rooms = append(s.rooms, usedRoom{l, l.chunk, l.used, l.level})
		l.level = len(s.levels)
	}
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

// A seenSet is the set of the blocks of a snapshot: a hash table with open addressing, of their numbers and one, by address and layout. What was
// put into it last is taken out first, so nothing is ever looked up across a place that has become empty.
type seenSet struct {
	slots []int32
	count int
}

// find is the slot of a block, or the one where it belongs.
func (s *Snapshot) find(at unsafe.Pointer, l *layout) *int32 {
	mask := uintptr(len(s.seen.slots) - 1)
	for i := (uintptr(at)>>3 ^ uintptr(unsafe.Pointer(l))>>5) * 0x9e3779b97f4a7c15 >> 20; ; i++ {
		slot := &s.seen.slots[i&mask]
		if *slot == 0 {
			return slot
		}
		if b := &s.blocks[*slot-1]; b.at == at && b.layout == l {
			return slot
		}
	}
}

// number is that of a block, and whether it has been saved. Otherwise it is the next, which the set has then.
func (s *Snapshot) number(at unsafe.Pointer, l *layout) (number int, known bool) {
	if 2*s.seen.count >= len(s.seen.slots) {
		s.growSeen()
	}
	slot := s.find(at, l)
	if *slot == 0 {
		s.seen.count++
		*slot = int32(len(s.blocks)) + 1
		return len(s.blocks), false
	}
	return int(*slot) - 1, true
}

// forget takes the block that was put last out of the set.
func (s *Snapshot) forget(i int) {
	*s.find(s.blocks[i].at, s.blocks[i].layout) = 0
	s.seen.count--
}

// growSeen doubles the table. The blocks are put into it in their order.
func (s *Snapshot) growSeen() {
	s.seen.slots = make([]int32, 2*len(s.seen.slots))
	for i := range s.blocks {
		*s.find(s.blocks[i].at, s.blocks[i].layout) = int32(i) + 1
	}
}
