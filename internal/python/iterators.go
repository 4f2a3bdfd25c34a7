package python

import "slices"

type (
	listIterator struct {
		head
		list *List
		at   int // -1: at the end
	}
	itemsIterator struct { // of a tuple, or of values that were taken before
		head
		items []Value
		at    int
	}
	dictIterator struct {
		head
		dict *Dict
		kind byte // k, v, i
		at   int
		size int
	}
	setIterator struct {
		head
		set   *Set
		items []Value
		at    int
	}
	rangeIterator struct {
		head
		next, stop, step int
	}
	textIterator struct {
		head
		text string
	}
	bytesIterator struct {
		head
		of Value
		at int
	}
	enumerateIterator struct {
		head
		of Value
		n  int
	}
	zipIterator struct {
		head
		of     []Value
		strict bool
	}
	mapIterator struct {
		head
		fn     Value
		of     []Value
		filter bool
	}
	getitemIterator struct { // of an object with __getitem__ only
		head
		of Value
		at int
	}
)

func (it *listIterator) next() (Value, bool) {
	if it.at >= 0 && it.at < len(it.list.items) {
		it.at++
		return it.list.items[it.at-1], true
	}
	it.at = -1
	return nil, false
}

func (r *rangeType) len() int {
	switch {
	case r.step > 0 && r.start < r.stop:
		return int((uint64(r.stop)-uint64(r.start)-1)/uint64(r.step)) + 1
	case r.step < 0 && r.start > r.stop:
		return int((uint64(r.start)-uint64(r.stop)-1)/(-uint64(r.step))) + 1
	}
	return 0
}

// iter is what the built-in iter gives.
func (m *Machine) iter(v Value) (Value, error) {
	switch v := v.(type) {
	case *List:
		return &listIterator{head: m.made(), list: v}, nil
	case *Tuple:
		return &itemsIterator{head: m.made(), items: v.items}, nil
	case *Dict:
		return &dictIterator{head: m.made(), dict: v, kind: 'k', size: len(v.keys)}, nil
	case *dictView:
		return &dictIterator{head: m.made(), dict: v.dict, kind: v.kind, size: len(v.dict.keys)}, nil
	case *Set:
		return &setIterator{head: m.made(), set: v, items: v.ordered()}, nil
	case *rangeType:
		return &rangeIterator{head: m.made(), next: v.start, stop: v.stop, step: v.step}, nil
	case string:
		return &textIterator{text: v}, nil
	case Bytes, *Bytearray:
		return &bytesIterator{of: v}, nil
	case *Instance:
		return m.iterInstance(v)
	case *Class:
		if v.enum {
			return &itemsIterator{head: m.made(), items: memberValues(v)}, nil
		}
	}
	if isIterator(v) {
		return v, nil
	}
	return nil, m.raise(m.errors.Type, "'%s' object is not iterable", typeName(v))
}

func memberValues(c *Class) []Value {
	items := make([]Value, len(c.members))
	for i, e := range c.members {
		items[i] = e
	}
	return items
}

func isIterator(v Value) bool {
	switch v.(type) {
	case *generator, *listIterator, *itemsIterator, *dictIterator, *setIterator, *rangeIterator, *textIterator, *bytesIterator,
		*enumerateIterator, *zipIterator, *mapIterator, *getitemIterator:
		return true
	}
	return false
}

func (m *Machine) iterInstance(x *Instance) (Value, error) {
	if method, ok := m.lookup(x.class, "__iter__"); ok {
		it, err := m.callNow(method, x)
		if err != nil || isIterator(it) {
			return it, err
		}
		if y, ok := it.(*Instance); ok {
			if _, ok := m.lookup(y.class, "__next__"); ok {
				return it, nil
			}
		}
		return nil, m.raise(m.errors.Type, "iter() returned non-iterator of type '%s'", typeName(it))
	}
	if m.specials(x.class).getitem != nil {
		return &getitemIterator{of: x}, nil
	}
	return nil, m.raise(m.errors.Type, "'%s' object is not iterable", x.class.name)
}

// forIter runs a step of a for statement: it pushes the next value, or takes the iterator away and jumps, or gives the frame of a
// generator to run.
func (m *Machine) forIter(f *frame, in *instruction) (*frame, error) {
	it := *f.top()
	if g, ok := it.(*generator); ok && !g.done {
		if g.running {
			return nil, m.raise(m.errors.Value, "generator already executing")
		}
		changeWhole(m, g, &g.changed)
		m.own(g.frame)
		g.running = true
		g.frame.flags |= generatorLoop
		return g.frame, nil
	}
	v, ok, err := m.next(it)
	if err != nil {
		return nil, err
	}
	if ok {
		f.push(v)
		return nil, nil
	}
	f.sp--
	f.ip = int(in.a)
	return nil, nil
}

// next is the next value of an iterator, if there is one.
func (m *Machine) next(it Value) (Value, bool, error) {
	switch it := it.(type) {
	case *listIterator:
		changeWhole(m, it, &it.changed)
		v, ok := it.next()
		return v, ok, nil
	case *itemsIterator:
		changeWhole(m, it, &it.changed)
		if it.at < len(it.items) {
			it.at++
			return it.items[it.at-1], true, nil
		}
		return nil, false, nil
	case *rangeIterator:
		changeWhole(m, it, &it.changed)
		return it.advance()
	case *textIterator:
		changeWhole(m, it, &it.changed)
		if it.text == "" {
			return nil, false, nil
		}
		_, n := decodeRune(it.text)
		c := it.text[:n]
		it.text = it.text[n:]
		return c, true, nil
	case *bytesIterator:
		changeWhole(m, it, &it.changed)
		if b, _ := bytesOf(it.of); it.at < len(b) {
			it.at++
			return int(b[it.at-1]), true, nil
		}
		return nil, false, nil
	case *generator:
		return m.nextOf(it, nil)
	}
	return m.nextDerived(it)
}

func (it *rangeIterator) advance() (Value, bool, error) {
	if it.step > 0 && it.next >= it.stop || it.step < 0 && it.next <= it.stop {
		return nil, false, nil
	}
	v := it.next
	it.next += it.step
	if (it.next > v) != (it.step > 0) { // it ran over
		it.next = it.stop
	}
	return v, true, nil
}

// nextDerived is next of iterators that have others, and of those that notice a change.
func (m *Machine) nextDerived(it Value) (Value, bool, error) {
	switch it := it.(type) {
	case *dictIterator:
		changeWhole(m, it, &it.changed)
		return m.nextEntry(it)
	case *setIterator:
		changeWhole(m, it, &it.changed)
		if len(it.set.keys) != len(it.items) && it.at < len(it.items) {
			return nil, false, m.raise(m.errors.Runtime, "Set changed size during iteration")
		}
		if it.at >= len(it.items) {
			return nil, false, nil
		}
		it.at++
		return it.items[it.at-1], true, nil
	case *enumerateIterator:
		v, ok, err := m.next(it.of)
		if !ok || err != nil {
			return nil, false, err
		}
		changeWhole(m, it, &it.changed)
		it.n++
		return NewTuple(it.n-1, v), true, nil
	case *zipIterator:
		return m.nextZip(it)
	case *mapIterator:
		return m.nextMap(it)
	case *getitemIterator:
		return m.nextItem(it)
	case *Instance:
		return m.nextInstance(it)
	}
	return nil, false, m.raise(m.errors.Type, "'%s' object is not an iterator", typeName(it))
}

func (m *Machine) nextEntry(it *dictIterator) (Value, bool, error) {
	d := it.dict
	if it.at < 0 {
		return nil, false, nil
	}
	if len(d.keys) != it.size {
		it.size = -1
		return nil, false, m.raise(m.errors.Runtime, "dictionary changed size during iteration")
	}
	if it.at >= len(d.keys) {
		it.at = -1
		return nil, false, nil
	}
	it.at++
	switch i := it.at - 1; it.kind {
	case 'k':
		return d.keys[i], true, nil
	case 'v':
		return d.vals[i], true, nil
	default:
		return NewTuple(d.keys[i], d.vals[i]), true, nil
	}
}

func (m *Machine) nextZip(it *zipIterator) (Value, bool, error) {
	vs := make([]Value, len(it.of))
	for i, x := range it.of {
		v, ok, err := m.next(x)
		if err != nil {
			return nil, false, err
		}
		if !ok {
			return nil, false, m.zipEnds(it, i)
		}
		vs[i] = v
	}
	return NewTuple(vs...), len(vs) > 0, nil
}

// zipEnds checks that a strict zip ends everywhere at once; argument i ended.
func (m *Machine) zipEnds(it *zipIterator, i int) error {
	if !it.strict {
		return nil
	}
	plural := func(n int) string {
		if n == 1 {
			return " 1"
		}
		return "s 1-" + plainRepr(n)
	}
	if i > 0 {
		return m.raise(m.errors.Value, "zip() argument %d is shorter than argument%s", i+1, plural(i))
	}
	for j, x := range it.of[1:] {
		_, more, err := m.next(x)
		if err != nil {
			return err
		}
		if more {
			return m.raise(m.errors.Value, "zip() argument %d is longer than argument%s", j+2, plural(j+1))
		}
	}
	return nil
}

func (m *Machine) nextMap(it *mapIterator) (Value, bool, error) {
	for {
		args := make([]Value, len(it.of))
		for i, x := range it.of {
			v, ok, err := m.next(x)
			if !ok || err != nil {
				return nil, false, err
			}
			args[i] = v
		}
		if !it.filter {
			v, err := m.callNow(it.fn, args...)
			return v, err == nil, err
		}
		keep := args[0]
		var err error
		if it.fn != nil {
			if keep, err = m.callNow(it.fn, args[0]); err != nil {
				return nil, false, err
			}
		}
		if yes, err := m.truth(keep); yes || err != nil {
			return args[0], err == nil, err
		}
		if m.steps++; m.limit() != nil {
			return nil, false, m.limit()
		}
	}
}

func (m *Machine) nextItem(it *getitemIterator) (Value, bool, error) {
	v, err := m.getItem(it.of, it.at)
	if e, ok := err.(*Exception); ok && (e.Value.class.IsSubclass(m.errors.Index) || e.Value.class.IsSubclass(m.errors.StopIteration)) {
		return nil, false, nil
	}
	changeWhole(m, it, &it.changed)
	it.at++
	return v, err == nil, err
}

func (m *Machine) nextInstance(x *Instance) (Value, bool, error) {
	method, ok := m.lookup(x.class, "__next__")
	if !ok {
		return nil, false, m.raise(m.errors.Type, "'%s' object is not an iterator", x.class.name)
	}
	v, err := m.callNow(method, x)
	if e, ok := err.(*Exception); ok && e.Value.class.IsSubclass(m.errors.StopIteration) {
		return nil, false, nil
	}
	return v, err == nil, err
}

// nextOf runs a generator to its next yield, where sent is the value of the last one.
func (m *Machine) nextOf(g *generator, sent Value) (Value, bool, error) {
	switch {
	case g.done:
		return nil, false, nil
	case g.running:
		return nil, false, m.raise(m.errors.Value, "generator already executing")
	}
	changeWhole(m, g, &g.changed)
	m.own(g.frame)
	if f := g.frame; f.ip > 0 {
		*f.top() = sent
	} else if sent != nil {
		return nil, false, m.raise(m.errors.Type, "can't send non-None value to a just-started generator")
	}
	g.running = true
	m.nested++
	v, err := m.runNested(g.frame)
	m.nested--
	if err != nil || g.done {
		return nil, false, err
	}
	return v, true, nil
}

// each calls f with each element.
func (m *Machine) each(v Value, f func(Value) error) error {
	if l, ok := v.(*List); ok {
		for _, x := range slices.Clone(l.items) {
			if err := f(x); err != nil {
				return err
			}
		}
		return nil
	}
	it, err := m.iter(v)
	if err != nil {
		return err
	}
	for {
		x, ok, err := m.next(it)
		if !ok || err != nil {
			return err
		}
		if err := f(x); err != nil {
			return err
		}
		if m.steps++; m.options.Steps > 0 && m.steps > m.options.Steps {
			return m.limit()
		}
	}
}

// list are the elements of anything that can be iterated over, in a slice of their own.
func (m *Machine) list(v Value) (items []Value, err error) {
	switch v := v.(type) {
	case *List:
		return slices.Clone(v.items), m.room(len(v.items))
	case *Tuple:
		return slices.Clone(v.items), m.room(len(v.items))
	case *rangeType:
		if err := m.room(v.len()); err != nil {
			return nil, err
		}
	}
	err = m.each(v, func(x Value) error {
		items = append(items, x)
		return nil
	})
	return items, err
}

// Progress is what an iterator still has to go through, as values; false: the value is no iterator whose progress is known.
func Progress(v Value) ([]Value, bool) {
	switch it := v.(type) {
	case *listIterator:
		return []Value{it.list, it.at}, true
	case *itemsIterator:
		return it.items[it.at:], true
	case *dictIterator:
		return []Value{it.dict, it.at}, true
	case *setIterator:
		return it.items[it.at:], true
	case *rangeIterator:
		return []Value{it.next, it.stop, it.step}, true
	case *textIterator:
		return []Value{it.text}, true
	case *bytesIterator:
		return []Value{it.of, it.at}, true
	case *enumerateIterator:
		return []Value{it.of, it.n}, true
	case *zipIterator:
		return it.of, true
	case *mapIterator:
		return it.of, true
	case *getitemIterator:
		return []Value{it.of, it.at}, true
	}
	return nil, false
}
