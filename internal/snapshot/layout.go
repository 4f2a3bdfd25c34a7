package snapshot

import (
	"reflect"
	"unsafe"
)

// A plan is how values of a type are kept.
type layout struct {
	typ   reflect.Type
	size  uintptr
	refs  []ref  // the parts of a value that refer to others
	fixed bool   // nothing is kept
	words []bool // of a value, which are pointers; nil: none is
	// chunks are slices of values, which others are copied into: used of the one that is being filled.
	chunks      []reflect.Value
	chunk, used int
}

// A ref is a part of a value that refers to others.
type ref struct {
	offset uintptr
	kind   reflect.Kind
	typ    reflect.Type
	to     *layout // of what a pointer points to, of elements, and of a map's values
	key    *layout // of a map's keys
}

// planOf is the plan of a type.
func (k *Snapshot) layoutOf(t reflect.Type) *layout {
	if p, known := k.plans[t]; known {
		return p
	}
	p := &layout{typ: t, size: t.Size(), fixed: k.fixed[t]}
	k.plans[t] = p
	k.all = append(k.all, p)
	if !p.fixed {
		p.refs = k.refs(nil, t, 0)
		if words := make([]bool, t.Size()/wordSize); markPointers(words, t, 0) {
			p.words = words
		}
	}
	return p
}

// refs appends the parts of a value of type t that refer to others.
func (k *Snapshot) refs(refs []ref, t reflect.Type, offset uintptr) []ref {
	if k.fixed[t] {
		return refs
	}
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			refs = k.refs(refs, t.Field(i).Type, offset+t.Field(i).Offset)
		}
	case reflect.Array:
		for i := range t.Len() {
			refs = k.refs(refs, t.Elem(), offset+uintptr(i)*t.Elem().Size())
		}
	case reflect.Pointer, reflect.Slice:
		if to := k.layoutOf(t.Elem()); !to.fixed {
			refs = append(refs, ref{offset: offset, kind: t.Kind(), typ: t, to: to})
		}
	case reflect.Map:
		refs = append(refs, ref{offset: offset, kind: t.Kind(), typ: t, to: k.layoutOf(t.Elem()), key: k.layoutOf(t.Key())})
	case reflect.Interface:
		refs = append(refs, ref{offset: offset, kind: t.Kind(), typ: t})
	}
	return refs
}

// markPointers marks the words of a value of type t that are pointers, and reports whether there are any.
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

// move copies n values, as an assignment does: the garbage collector sees each pointer.
func (p *layout) move(to, from unsafe.Pointer, n int) {
	if p.words == nil {
		copy(unsafe.Slice((*byte)(to), uintptr(n)*p.size), unsafe.Slice((*byte)(from), uintptr(n)*p.size))
		return
	}
	offset := uintptr(0) // no pointer may point beyond what it belongs to
	for range n {
		for _, pointer := range p.words {
			if t, f := unsafe.Add(to, offset), unsafe.Add(from, offset); pointer {
				*(*unsafe.Pointer)(t) = *(*unsafe.Pointer)(f)
			} else {
				*(*uintptr)(t) = *(*uintptr)(f)
			}
			offset += wordSize
		}
	}
}

// spare is room for n values.
func (p *layout) spare(n int) unsafe.Pointer {
	for ; p.chunk < len(p.chunks); p.chunk, p.used = p.chunk+1, 0 {
		if c := p.chunks[p.chunk]; p.used+n <= c.Len() {
			p.used += n
			return unsafe.Add(c.UnsafePointer(), uintptr(p.used-n)*p.size)
		}
	}
	size := max(16, 2*n)
	p.chunks = append(p.chunks, reflect.MakeSlice(reflect.SliceOf(p.typ), size, size))
	p.used = n
	return p.chunks[p.chunk].UnsafePointer()
}

// seen is the blocks that were found.
type seen struct {
	places []place
	count  int
	round  uint32
}

type place struct {
	at    unsafe.Pointer
	plan  *layout
	n     int
	round uint32
}

func (s *seen) clear() { s.round, s.count = s.round+1, 0 }

// add reports whether a block was not found before, at least not so much of it.
func (s *seen) add(at unsafe.Pointer, p *layout, n int) bool {
	if 2*s.count >= len(s.places) {
		s.grow()
	}
	place := s.find(at, p)
	if place.round == s.round {
		more := n > place.n
		place.n = max(place.n, n)
		return more
	}
	s.count++
	place.at, place.plan, place.n, place.round = at, p, n, s.round
	return true
}

func (s *seen) find(at unsafe.Pointer, p *layout) *place {
	mask := uintptr(len(s.places) - 1)
	for i := (uintptr(at)>>3 ^ uintptr(unsafe.Pointer(p))>>5) * 0x9e3779b97f4a7c15 >> 20; ; i++ {
		place := &s.places[i&mask]
		if place.round != s.round || place.at == at && place.plan == p {
			return place
		}
	}
}

func (s *seen) grow() {
	old := s.places
	s.places = make([]place, 2*len(old))
	for _, o := range old {
		if o.round == s.round {
			*s.find(o.at, o.plan) = o
		}
	}
}
