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
	todo    []int // blocks that are copied and not scanned yet
	blocks  []savedBlock
	maps    []savedMap
	mapAt   map[unsafe.Pointer]bool // that are among maps
	levels  []level
	changed []changedBlock
	below   []changedMap
	rooms   []usedRoom
	told    []int // the numbers of blocks that Changed told of, and that are perhaps not as at the level on top
}

// A level is how much there was of each list before it.
type level struct{ blocks, maps, changed, below, rooms int }

// A changedBlock is a block that a level found changed, or longer, and what the level below had of it.
type changedBlock struct {
	number int
	below  savedBlock
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

// A savedBlock is a block, which is n values of one type, one after the other, and a copy of it.
type savedBlock struct {
	at, copy unsafe.Pointer
	layout   *layout
	n        int32
	size     uint32 // in bytes; 0: whether it has changed is not looked for
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
	for i := range s.blocks {
		b := &s.blocks[i]
		if size := uintptr(b.n) * b.layout.size; b.size == 0 && !sameBytes(b.at, b.copy, size) && !slices.Contains(s.told, i) {
			panic("snapshot: a value has changed, which its type or Changed should have said: " + b.layout.typ.String())
		}
	}
}

// Push saves everything again, as it is now, at a level of its own.
func (s *Snapshot) Push() {
	if s.types.Check {
		s.check()
	}
	at := level{len(s.blocks), len(s.maps), len(s.changed), len(s.below), len(s.rooms)}
	s.levels = append(s.levels, at)
	for i := range at.blocks {
		if b := &s.blocks[i]; !b.unchanged() {
			s.pushBlock(i)
		}
	}
	for _, i := range s.told {
		s.pushBlock(i)
	}
	s.told = s.told[:0]
	for i := range at.maps {
		if m := s.maps[i]; !m.unchanged() {
			s.below = append(s.below, changedMap{i, m.mapEntries})
			entries := s.entriesOf(m.from, m.of)
			s.maps[i].mapEntries = entries
		}
	}
	s.scanAll()
}

// pushBlock saves a block again that has changed.
func (s *Snapshot) pushBlock(i int) {
	b := &s.blocks[i]
	s.changed = append(s.changed, changedBlock{i, *b})
	s.copyBlock(b)
	s.todo = append(s.todo, i)
}

// Changed tells that an object, of a type that Types.Told has, changes: x is a pointer to it. It may be one that was not saved.
func (s *Snapshot) Changed(x any) {
	words := (*[2]unsafe.Pointer)(unsafe.Pointer(&x))
	if slot := *s.find(words[1], s.dynamicOf(words[0], reflect.TypeFor[any](), unsafe.Pointer(&x)).layout); slot != 0 {
		s.told = append(s.told, int(slot)-1)
	}
}

// Pop forgets the level on top.
func (s *Snapshot) Pop() {
	at := s.levels[len(s.levels)-1]
	s.levels = s.levels[:len(s.levels)-1]
	for i := len(s.blocks) - 1; i >= at.blocks; i-- {
		s.forget(i)
	}
	s.blocks = s.blocks[:at.blocks]
	s.told = slices.DeleteFunc(s.told, func(i int) bool { return i >= at.blocks })
	for i := len(s.changed) - 1; i >= at.changed; i-- {
		c := &s.changed[i]
		if c.number >= at.blocks {
			continue
		}
		if s.blocks[c.number] = c.below; c.below.layout.told {
			s.told = append(s.told, c.number) // it is not as it was at the level that is on top now
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
	switch {
	case !known:
		s.blocks = append(s.blocks, savedBlock{at: at, layout: l})
	case n <= int(s.blocks[number].n):
		return
	default:
		s.changed = append(s.changed, changedBlock{number, s.blocks[number]})
	}
	b := &s.blocks[number]
	if b.n = int32(n); !l.constant && !l.told {
		b.size = uint32(uintptr(n) * l.size)
	}
	if !l.constant || s.types.Check {
		s.copyBlock(b)
	}
	if len(l.refs) > 0 {
		s.todo = append(s.todo, number)
	}
}

// copyBlock copies a block as it is now.
func (s *Snapshot) copyBlock(b *savedBlock) {
	b.copy = s.room(b.layout, int(b.n))
	b.layout.move(b.copy, b.at, int(b.n))
}

// scanAll scans the blocks that were copied, and those that they refer to.
func (s *Snapshot) scanAll() {
	for len(s.todo) > 0 {
		b := s.blocks[s.todo[len(s.todo)-1]]
		s.todo = s.todo[:len(s.todo)-1]
		for i := range b.n {
			s.scan(b.layout, unsafe.Add(b.at, uintptr(i)*b.layout.size))
		}
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
		s.scan(r.key, key.Addr().UnsafePointer())
		s.scan(r.to, value.Addr().UnsafePointer())
	}
	return saved
}

// Restore puts the contents of all objects back, as they were at the level on top. It can be done any number of times.
func (s *Snapshot) Restore() {
	if s.types.Check {
		s.check()
	}
	for i := range s.blocks {
		if b := &s.blocks[i]; !b.unchanged() {
			b.layout.move(b.at, b.copy, int(b.n))
		}
	}
	for _, i := range s.told {
		b := &s.blocks[i]
		b.layout.move(b.at, b.copy, int(b.n))
	}
	s.told = s.told[:0]
	for i := range s.maps {
		s.maps[i].restore()
	}
}

// unchanged reports whether a block has the same bytes as its copy, if that is to be looked for.
func (b *savedBlock) unchanged() bool {
	return b.size == 0 || sameBytes(b.at, b.copy, uintptr(b.size))
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
