// Package snapshot saves the contents of objects, and restores them in place: pointers to the objects stay valid, and find them as
// they were.
//
// A search restores a run so, with the specification's store in it, to take another action from the same state. To save an object
// is to copy its memory, and that of all objects that it refers to; layout.go finds the references in a type.
package snapshot

import (
	"reflect"
	"slices"
	"unsafe"
)

// A Snapshot is the contents of all objects that can be reached from some through pointers, slices, maps and interfaces. It does not
// have what functions have captured, nor what is in channels. It is used again and again, for objects of the same types.
//
// A snapshot is a stack of levels: Push keeps the objects as they are now, too, until Pop. A level copies only what is not as it was at the level
// below, and finds objects only through that: nothing else refers to what is new.
type Snapshot struct {
	types   Types
	layouts map[reflect.Type]*layout
	dynamic map[unsafe.Pointer]dynamic // by the first word of an interface
	seen    seenSet
	todo    []copied // that are not scanned yet
	blocks  []block
	saved   [groups][]saved
	dirty   []place // what compare has found
	maps    []savedMap
	mapAt   map[unsafe.Pointer]bool // that are among maps
	levels  []level
	changed []changedValues
	grown   []grownBlock
	below   []changedMap
	rooms   []usedRoom
	told    []int // the places in the first group of what Changed told of, which is perhaps not as at the level on top
}

// A level is how much there was of each list before it.
type level struct {
	blocks, maps, changed, grown, below, rooms int
	saved                                      [groups]int
}

// A block is n values of one type, one after the other, that were found.
type block struct {
	at     unsafe.Pointer
	layout *layout
	n      int32
	told   int32 // the place in the first group of what is saved of it, if Changed tells of it
}

// saved are n values of one type, one after the other, which are a block or the end of one, and a copy of them.
type saved struct {
	at, copy unsafe.Pointer
	layout   *layout
	n        int32
	size     uint32 // in bytes
}

// What is saved is grouped by its size, since most of the time of a snapshot goes into finding out what has changed, and to compare many values
// of the same few words takes least. Whether the first group has changed is not looked for. Those from the second on have one word, two, and so on, and the
// last has all that is longer, or not words.
const (
	notCompared = 0
	longer      = 9
	groups      = longer + 1
)

// A place is where something is among what is saved.
type place struct{ group, i int32 }

// copied are values that were copied, and what the level below had of them; nil: nothing.
type copied struct {
	*layout
	at, before unsafe.Pointer
	n          int32
}

// changedValues are values that a level found changed, and the copy that the level below had.
type changedValues struct {
	place
	below unsafe.Pointer
}

// A grownBlock is a block that a level found longer, and what it was at the level below.
type grownBlock struct {
	number int
	below  block
}

// A changedMap is a map, and its entries at the level below.
type changedMap struct {
	number int
	mapEntries
}

// A usedRoom is where the room of a layout ended before a level.
type usedRoom struct {
	of          *layout
	chunk, used int
	level       int // the last at which it had given room
}

// Types are the types of whose values a snapshot need not look whether they have changed.
type Types struct {
	Fixed    []reflect.Type          // never change, nor does everything that only they refer to: they are not saved
	Constant []reflect.Type          // never change, but what they refer to may
	Told     func(reflect.Type) bool // of which Changed is told; nil: none
	Check    bool                    // a value that changes although that is said of its type is a panic: for tests
}

// New makes an empty snapshot.
func New(types Types) *Snapshot {
	return &Snapshot{types: types, layouts: map[reflect.Type]*layout{}, dynamic: map[unsafe.Pointer]dynamic{}, seen: seenSet{slots: make([]int32, 1024)}, mapAt: map[unsafe.Pointer]bool{}}
}

// A savedMap is a map and a copy of its entries.
type savedMap struct {
	from *ref
	of   reflect.Value
	mapEntries
}

// mapEntries are the entries of a map, of which there are n: slices of the keys and of the values.
type mapEntries struct {
	keys, values reflect.Value
	n            int
}

// Clear makes the snapshot empty.
func (s *Snapshot) Clear() {
	for len(s.levels) > 0 {
		s.Pop()
	}
}

// Add saves everything that can be reached from root, which is a pointer, at the level on top. What was added before stays in the snapshot.
func (s *Snapshot) Add(root any) {
	if len(s.levels) == 0 {
		s.levels = append(s.levels, level{})
	}
	s.addBlock(s.layoutOf(reflect.TypeOf(root).Elem()), reflect.ValueOf(root).UnsafePointer(), 1)
	s.scanAll()
}

// check panics if a value has changed of which the snapshot does not look whether it has.
func (s *Snapshot) check() {
	for i := range s.saved[notCompared] {
		v := &s.saved[notCompared][i]
		isLast := !v.layout.told || s.blocks[*s.find(v.at, v.layout)-1].told == int32(i)
		if isLast && !sameBytes(v.at, v.copy, uintptr(v.size)) && !slices.Contains(s.told, i) {
			panic("snapshot: a value has changed, which its type or Changed should have said: " + v.layout.typ.String())
		}
	}
}

// compare finds what is not as it was at the level on top. It is valid until the next call.
func (s *Snapshot) compare() []place {
	if s.types.Check {
		s.check()
	}
	s.dirty = s.dirty[:0]
	for words := 1; words < longer; words++ {
		size := uintptr(words) * wordSize
		for i := range s.saved[words] {
			if v := &s.saved[words][i]; !sameWords(v.at, v.copy, size) {
				s.dirty = append(s.dirty, place{int32(words), int32(i)})
			}
		}
	}
	for i := range s.saved[longer] {
		if v := &s.saved[longer][i]; !sameBytes(v.at, v.copy, uintptr(v.size)) {
			s.dirty = append(s.dirty, place{longer, int32(i)})
		}
	}
	for _, i := range s.told {
		if v := &s.saved[notCompared][i]; !sameBytes(v.at, v.copy, uintptr(v.size)) {
			s.dirty = append(s.dirty, place{notCompared, int32(i)})
		}
	}
	s.told = s.told[:0]
	return s.dirty
}

// Push saves everything again, as it is now, at a level of its own.
func (s *Snapshot) Push() {
	at := level{blocks: len(s.blocks), maps: len(s.maps), changed: len(s.changed), grown: len(s.grown), below: len(s.below), rooms: len(s.rooms)}
	for group := range s.saved {
		at.saved[group] = len(s.saved[group])
	}
	s.levels = append(s.levels, at)
	for _, p := range s.compare() {
		v := &s.saved[p.group][p.i]
		s.changed = append(s.changed, changedValues{p, v.copy})
		s.todo = append(s.todo, copied{v.layout, v.at, v.copy, v.n})
		s.copyValues(v)
	}
	for i := range at.maps {
		if m := s.maps[i]; !m.unchanged() {
			s.below = append(s.below, changedMap{i, m.mapEntries})
			entries := s.entriesOf(m.from, m.of)
			s.maps[i].mapEntries = entries
		}
	}
	s.scanAll()
}

// Changed tells that an object, of a type that Types.Told has, changes: x is a pointer to it, or to the first of a list. It may be one that was not
// saved, one that was told of already, and one of another type, for which it is looked anyway.
func (s *Snapshot) Changed(x any) {
	words := (*[2]unsafe.Pointer)(unsafe.Pointer(&x))
	l := s.dynamicOf(words[0], reflect.TypeFor[any](), unsafe.Pointer(&x)).layout
	if !l.told {
		return
	}
	if slot := *s.find(words[1], l); slot != 0 {
		s.told = append(s.told, int(s.blocks[slot-1].told))
	}
}

// Pop forgets the level on top.
func (s *Snapshot) Pop() {
	at := &s.levels[len(s.levels)-1]
	s.levels = s.levels[:len(s.levels)-1]
	for i := len(s.blocks) - 1; i >= at.blocks; i-- {
		s.forget(i)
	}
	s.blocks = s.blocks[:at.blocks]
	s.told = slices.DeleteFunc(s.told, func(i int) bool { return i >= at.saved[notCompared] })
	for i := len(s.grown) - 1; i >= at.grown; i-- {
		g := &s.grown[i]
		if g.number >= at.blocks {
			continue
		}
		if s.blocks[g.number] = g.below; g.below.layout.told {
			s.told = append(s.told, int(g.below.told)) // perhaps Changed told of the longer one
		}
	}
	s.grown = s.grown[:at.grown]
	for group := range s.saved {
		s.saved[group] = s.saved[group][:at.saved[group]]
	}
	for i := len(s.changed) - 1; i >= at.changed; i-- {
		c := &s.changed[i]
		if s.saved[c.group][c.i].copy = c.below; c.group == notCompared {
			s.told = append(s.told, int(c.i)) // it is not as it was at the level that is on top now
		}
	}
	s.changed = s.changed[:at.changed]
	for _, m := range s.maps[at.maps:] {
		delete(s.mapAt, m.of.UnsafePointer())
	}
	clear(s.maps[at.maps:])
	s.maps = s.maps[:at.maps]
	for _, m := range s.below[at.below:] {
		s.maps[m.number].mapEntries = m.mapEntries
	}
	clear(s.below[at.below:])
	s.below = s.below[:at.below]
	for i := len(s.rooms) - 1; i >= at.rooms; i-- {
		r := s.rooms[i]
		r.of.chunk, r.of.used, r.of.level = r.chunk, r.used, r.level
	}
	s.rooms = s.rooms[:at.rooms]
}

// addBlock saves a block, unless it was saved. A list that has grown in place is longer than what was saved of it.
func (s *Snapshot) addBlock(l *layout, at unsafe.Pointer, n int) {
	if at == nil || n == 0 || l.size == 0 || l.fixed {
		return
	}
	if l.parts != nil {
		for i := range n {
			for _, p := range l.parts {
				s.addBlock(p.layout, unsafe.Add(at, uintptr(i)*l.size+p.offset), 1)
			}
		}
		return
	}
	number, known := s.number(at, l)
	if !known {
		s.blocks = append(s.blocks, block{at: at, layout: l})
	}
	b := &s.blocks[number]
	if n <= int(b.n) {
		return
	}
	if known {
		s.grown = append(s.grown, grownBlock{number, *b})
	}
	from := b.n
	if l.told {
		from = 0 // what is told of is the whole
	}
	b.n = int32(n)
	v := saved{at: unsafe.Add(at, uintptr(from)*l.size), layout: l, n: b.n - from, size: uint32(uintptr(b.n-from) * l.size)}
	if !l.constant || s.types.Check {
		s.copyValues(&v)
		group := v.group()
		b.told = int32(len(s.saved[group]))
		s.saved[group] = append(s.saved[group], v)
	}
	if len(l.refs) > 0 {
		s.todo = append(s.todo, copied{layout: l, at: v.at, n: v.n})
	}
}

// group is that in which values are saved.
func (v *saved) group() int {
	switch {
	case v.layout.constant || v.layout.told:
		return notCompared
	case v.size%uint32(wordSize) == 0 && v.size < longer*uint32(wordSize):
		return int(v.size / uint32(wordSize))
	}
	return longer
}

// copyValues copies values as they are now.
func (s *Snapshot) copyValues(v *saved) {
	v.copy = s.room(v.layout, int(v.n))
	v.layout.move(v.copy, v.at, int(v.n))
}

// scanAll scans the values that were copied, and those that they refer to.
func (s *Snapshot) scanAll() {
	for len(s.todo) > 0 {
		c := s.todo[len(s.todo)-1]
		s.todo = s.todo[:len(s.todo)-1]
		for i := range uintptr(c.n) {
			before := c.before
			if before != nil {
				before = unsafe.Add(before, i*c.size)
			}
			s.scan(c.layout, unsafe.Add(c.at, i*c.size), before)
		}
	}
}

// scan notes the blocks that a value refers to. Those that it referred to at the level below, if it was saved there, are known.
func (s *Snapshot) scan(l *layout, at, before unsafe.Pointer) {
	for i := range l.refs {
		if r := &l.refs[i]; before == nil || r.across || !r.same(unsafe.Add(at, r.offset), unsafe.Add(before, r.offset)) {
			s.follow(r, unsafe.Add(at, r.offset))
		}
	}
}

// same reports whether two references are to the same.
func (r *ref) same(a, b unsafe.Pointer) bool {
	one := *(*uintptr)(a) == *(*uintptr)(b)
	if r.kind == reflect.Slice || r.kind == reflect.Interface {
		return one && *(*uintptr)(unsafe.Add(a, wordSize)) == *(*uintptr)(unsafe.Add(b, wordSize))
	}
	return one
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
			s.scan(r.last.layout, unsafe.Add(at, wordSize), nil)
		} else {
			s.addBlock(r.last.layout, words[1], 1)
		}
	case reflect.Map:
		if m := reflect.NewAt(r.typ, at).Elem(); !m.IsNil() && !s.mapAt[m.UnsafePointer()] {
			s.mapAt[m.UnsafePointer()] = true
			of := reflect.New(r.typ).Elem() // not the place at, which may have another map some time
			of.Set(m)
			number := len(s.maps)
			s.maps = append(s.maps, savedMap{from: r, of: of})
			entries := s.entriesOf(r, of)
			s.maps[number].mapEntries = entries
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
		case t.Kind() == reflect.Pointer && !s.fixed(t):
			d.layout = s.layoutOf(t.Elem())
		case t.Kind() == reflect.Map && !s.fixed(t):
			panic("snapshot: a map in an interface: " + t.String())
		default:
			d = dynamic{s.layoutOf(t), pointerShaped(t)}
			if !d.inline {
				d.layout = d.layout.constantly()
			}
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

// entriesOf copies the entries of a map, and scans its keys and values.
func (s *Snapshot) entriesOf(r *ref, m reflect.Value) mapEntries {
	saved := mapEntries{n: m.Len()}
	if saved.n == 0 {
		return saved
	}
	saved.keys, saved.values = reflect.MakeSlice(reflect.SliceOf(r.typ.Key()), saved.n, saved.n), reflect.MakeSlice(reflect.SliceOf(r.typ.Elem()), saved.n, saved.n)
	for i, it := 0, m.MapRange(); it.Next(); i++ {
		key, value := saved.keys.Index(i), saved.values.Index(i)
		key.SetIterKey(it)
		value.SetIterValue(it)
		s.scan(r.key, key.Addr().UnsafePointer(), nil)
		s.scan(r.to, value.Addr().UnsafePointer(), nil)
	}
	return saved
}

// Restore puts the contents of all objects back, as they were at the level on top. It can be done any number of times.
func (s *Snapshot) Restore() {
	for _, p := range s.compare() {
		v := &s.saved[p.group][p.i]
		v.layout.putBack(v.at, v.copy, int(v.n))
	}
	for i := range s.maps {
		s.maps[i].restore()
	}
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
