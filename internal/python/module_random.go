package python

import "math/big"

// A Seeder is a Random that random.seed and random.random work with.
type Seeder interface {
	Random
	Seed(seed *big.Int)
	Float() float64
}

func (m *Machine) randomModule() map[string]Value {
	mod := map[string]Value{
		"choice":      native("choice", "seq", choice),
		"randint":     native("randint", "a b", randint),
		"randrange":   native("randrange", "start ? stop", randrange),
		"getrandbits": native("getrandbits", "k", getrandbits),
		"shuffle":     native("shuffle", "x", shuffle),
	}
	mod["seed"] = native("seed", "a", func(m *Machine, a []Value) (Value, error) {
		s, ok := m.options.Random.(Seeder)
		if !ok || !isInteger(a[0]) {
			return nil, m.refusal("random.seed needs an integer, and draws as CPython has them")
		}
		s.Seed(toBig(a[0]))
		return nil, nil
	})
	mod["random"] = native("random", "", func(m *Machine, a []Value) (Value, error) {
		s, ok := m.options.Random.(Seeder)
		if !ok {
			return nil, m.refusal("random.random needs draws as CPython has them")
		}
		return s.Float(), nil
	})
	return mod
}

// below draws from 0 to n-1.
func (m *Machine) below(draw string, n int) (int, error) {
	if m.options.Random == nil {
		return 0, m.refusal("random.%s: the machine has nothing to draw from", draw)
	}
	i, err := m.options.Random.Below(draw, n)
	if err == nil && (i < 0 || i >= n) {
		err = m.refusal("random.%s: drew %d of %d", draw, i, n)
	}
	return i, err
}

func choice(m *Machine, a []Value) (Value, error) {
	n, err := m.length(a[0])
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, m.raise(m.errors.Index, "Cannot choose from an empty sequence")
	}
	i, err := m.below("choice", n)
	if err != nil {
		return nil, err
	}
	return m.getItem(a[0], i)
}

func randint(m *Machine, a []Value) (Value, error) {
	low, err := m.index(a[0])
	if err != nil {
		return nil, err
	}
	high, err := m.index(a[1])
	if err != nil {
		return nil, err
	}
	if high < low {
		return nil, m.raise(m.errors.Value, "empty range for randrange() (%d, %d, %d)", low, high+1, high+1-low)
	}
	i, err := m.below("randint", high-low+1)
	return low + i, err
}

func randrange(m *Machine, a []Value) (Value, error) {
	low, high := Value(0), a[0]
	if len(a) > 1 {
		low, high = a[0], a[1]
	}
	l, err := m.index(low)
	if err != nil {
		return nil, err
	}
	h, err := m.index(high)
	if err != nil {
		return nil, err
	}
	if h <= l {
		if len(a) == 1 {
			return nil, m.raise(m.errors.Value, "empty range for randrange()")
		}
		return nil, m.raise(m.errors.Value, "empty range for randrange() (%d, %d, %d)", l, h, h-l)
	}
	i, err := m.below("randrange", h-l)
	return l + i, err
}

func getrandbits(m *Machine, a []Value) (Value, error) {
	k, err := m.index(a[0])
	if err != nil {
		return nil, err
	}
	if k < 0 {
		return nil, m.raise(m.errors.Value, "number of bits must be non-negative")
	}
	if k == 0 {
		return 0, nil
	}
	if m.options.Random == nil || k > 1<<16 {
		return nil, m.refusal("random.getrandbits: the machine has nothing to draw %d bits from", k)
	}
	b, err := m.options.Random.Bits(k)
	if err != nil {
		return nil, err
	}
	return normal(b), nil
}

func shuffle(m *Machine, a []Value) (Value, error) {
	l, ok := a[0].(*List)
	if !ok {
		return nil, m.refusal("random.shuffle of a %s is outside of the subset", typeName(a[0]))
	}
	m.changeList(l)
	for i := len(l.items) - 1; i > 0; i-- {
		j, err := m.below("shuffle", i+1)
		if err != nil {
			return nil, err
		}
		l.items[i], l.items[j] = l.items[j], l.items[i]
	}
	return nil, nil
}
