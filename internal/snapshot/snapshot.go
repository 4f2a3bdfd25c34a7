// Package memento keeps what objects hold, and puts it back in place: whoever points to them finds them as they were.
package snapshot

import (
	"bytes"
	"reflect"
	"unsafe"
)

// A Keeper keeps everything that can be reached from some objects through pointers, slices, maps and interfaces: not what
// functions have captured, nor channels. It is used again and again, for objects of the same types.
type Snapshot struct {
	fixed   map[reflect.Type]bool
	plans   map[reflect.Type]*layout
	all     []*layout
	dynamic map[unsafe.Pointer]dynamic // by the first word of an interface
	seen    seen
	todo    []block
	kept    []saved
	maps    []savedMap
}

// New makes a Keeper that does not look into values of fixed types: neither they nor what they lead to change.
func New(fixed ...reflect.Type) *Snapshot {
	k := &Snapshot{fixed: map[reflect.Type]bool{}, plans: map[reflect.Type]*layout{}, dynamic: map[unsafe.Pointer]dynamic{}, seen: seen{places: make([]place, 1024), round: 1}}
	for _, t := range fixed {
		k.fixed[t] = true
	}
	return k
}

// A block is n values of one type, one after the other.
type block struct {
	plan *layout
	at   unsafe.Pointer
	n    int
}

// kept is a block and a copy of it.
type saved struct {
	block
	copy unsafe.Pointer
}

// keptMap is a map and what was in it.
type savedMap struct {
	of, entries reflect.Value
}

// Forget forgets what was kept.
func (k *Snapshot) Clear() {
	k.seen.clear()
	for _, p := range k.all {
		p.chunk, p.used = 0, 0
	}
	k.kept, k.maps = k.kept[:0], k.maps[:0]
}

// Keep keeps what can be reached from root, which is a pointer, beside what was kept since Forget.
func (k *Snapshot) Add(root any) {
	k.found(k.layoutOf(reflect.TypeOf(root).Elem()), reflect.ValueOf(root).UnsafePointer(), 1)
	for len(k.todo) > 0 {
		b := k.todo[len(k.todo)-1]
		k.todo = k.todo[:len(k.todo)-1]
		k.add(b)
	}
}

// found notes a block that is to be kept, unless it was.
func (k *Snapshot) found(p *layout, at unsafe.Pointer, n int) {
	if at != nil && n > 0 && p.size > 0 && !p.fixed && k.seen.add(at, p, n) {
		k.todo = append(k.todo, block{p, at, n})
	}
}

// keep copies a block, and looks for more in it.
func (k *Snapshot) add(b block) {
	c := saved{b, b.plan.spare(b.n)}
	b.plan.move(c.copy, b.at, b.n)
	k.kept = append(k.kept, c)
	if len(b.plan.refs) == 0 {
		return
	}
	for i := range b.n {
		k.look(b.plan, unsafe.Add(b.at, uintptr(i)*b.plan.size))
	}
}

// look looks for more in a value.
func (k *Snapshot) look(p *layout, at unsafe.Pointer) {
	for i := range p.refs {
		k.follow(&p.refs[i], unsafe.Add(at, p.refs[i].offset))
	}
}

// follow looks at what a part of a value refers to.
func (k *Snapshot) follow(r *ref, at unsafe.Pointer) {
	switch r.kind {
	case reflect.Pointer:
		k.found(r.to, *(*unsafe.Pointer)(at), 1)
	case reflect.Slice:
		s := *(*[]struct{})(at)
		k.found(r.to, unsafe.Pointer(unsafe.SliceData(s)), len(s))
	case reflect.Interface:
		words := (*[2]unsafe.Pointer)(at)
		if words[0] == nil {
			return
		}
		if d := k.dynamicOf(words[0], r.typ, at); d.inline {
			k.look(d.plan, unsafe.Add(at, wordSize))
		} else {
			k.found(d.plan, words[1], 1)
		}
	case reflect.Map:
		if m := reflect.NewAt(r.typ, at).Elem(); !m.IsNil() && k.seen.add(m.UnsafePointer(), nil, 1) {
			k.addMap(r, m)
		}
	}
}

// dynamic is what the second word of an interface is.
type dynamic struct {
	plan   *layout // of what it points to
	inline bool    // it is the value itself
}

func (k *Snapshot) dynamicOf(word unsafe.Pointer, typ reflect.Type, at unsafe.Pointer) dynamic {
	d, known := k.dynamic[word]
	if !known {
		t := reflect.NewAt(typ, at).Elem().Elem().Type()
		switch {
		case t.Kind() == reflect.Pointer && !k.fixed[t]:
			d.plan = k.layoutOf(t.Elem())
		case t.Kind() == reflect.Map && !k.fixed[t]:
			panic("memento: a map in an interface: " + t.String())
		default:
			d = dynamic{k.layoutOf(t), pointerShaped(t)}
		}
		k.dynamic[word] = d
	}
	return d
}

// pointerShaped reports whether a value of type t is one pointer, which an interface holds without another.
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

// keepMap copies a map, and looks for more in its keys and values.
func (k *Snapshot) addMap(r *ref, m reflect.Value) {
	entries := reflect.Value{}
	if m.Len() > 0 {
		entries = reflect.MakeMapWithSize(r.typ, m.Len())
		for it := m.MapRange(); it.Next(); {
			entries.SetMapIndex(it.Key(), it.Value())
			k.visit(r.key, it.Key())
			k.visit(r.to, it.Value())
		}
	}
	k.maps = append(k.maps, savedMap{m, entries})
}

// visit looks for more in a value that cannot be changed in place.
func (k *Snapshot) visit(p *layout, v reflect.Value) {
	if len(p.refs) == 0 {
		return
	}
	box := reflect.New(p.typ)
	box.Elem().Set(v)
	k.look(p, box.UnsafePointer())
}

// Restore puts everything back that was kept. It can be done again.
func (k *Snapshot) Restore() {
	for i := range k.kept {
		if b := &k.kept[i]; !b.unchanged() {
			b.plan.move(b.at, b.copy, b.n)
		}
	}
	for _, m := range k.maps {
		m.restore()
	}
}

func (b *saved) unchanged() bool {
	size := int(b.plan.size) * b.n
	return bytes.Equal(unsafe.Slice((*byte)(b.at), size), unsafe.Slice((*byte)(b.copy), size))
}

func (m savedMap) restore() {
	if !m.entries.IsValid() && m.of.Len() == 0 {
		return
	}
	m.of.Clear()
	if m.entries.IsValid() {
		for it := m.entries.MapRange(); it.Next(); {
			m.of.SetMapIndex(it.Key(), it.Value())
		}
	}
}
