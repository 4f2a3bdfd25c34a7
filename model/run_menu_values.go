package model

import (
	"math"
	"slices"

	"cabi/spec"
)

// operands are the relevant numbers for one operand of an action, or for several that belong together, such as a case and its payload:
// candidates of so many numbers each, one after the other.
type operands struct {
	width   int
	numbers []uint64
	types   []spec.CoreType // of the operands; nil: all are ints
}

// singly are operands of which each has its own numbers.
func singly(numbers ...[]uint64) []operands {
	all := make([]operands, len(numbers))
	for i, n := range numbers {
		all[i] = operands{width: 1, numbers: n}
	}
	return all
}

// appendCandidate appends the candidate that some of the numbers begin with.
func (o *operands) appendCandidate(args []spec.CoreValue, numbers []uint64) []spec.CoreValue {
	for i, n := range numbers[:o.width] {
		if o.types != nil && (o.types[i] == spec.F32 || o.types[i] == spec.F64) {
			args = append(args, spec.CoreFloat(float64(n)))
		} else {
			args = append(args, spec.CoreInt(n))
		}
	}
	return args
}

// width is how many operands there are.
func width(all []operands) int {
	n := 0
	for _, o := range all {
		n += o.width
	}
	return n
}

// flat are the relevant numbers for values of types: as core values, or if these are more than a limit, the address of a memory with them.
func (m menu) flat(ts []spec.ValType, limit int) []operands {
	if len(spec.FlatTypes(ts)) > limit {
		return singly(m.addresses(0))
	}
	return m.values(ts)
}

// values are the relevant numbers for values of types that are passed as core values.
func (m menu) values(ts []spec.ValType) []operands {
	var values []operands
	for _, t := range ts {
		values = append(values, m.valuesOf(t)...)
	}
	return values
}

// valuesOf are the relevant numbers for values of a type: all indices, the cases of a variant, and otherwise the world's integers.
func (m menu) valuesOf(t spec.ValType) []operands {
	switch t := t.(type) {
	case *spec.OwnType, *spec.BorrowType:
		return singly(m.indices(spec.ClassResourceHandle))
	case *spec.StreamType:
		return singly(m.indices(spec.ClassReadableStreamEnd))
	case *spec.FutureType:
		return singly(m.indices(spec.ClassReadableFutureEnd))
	case *spec.ErrorContextType:
		return singly(m.indices(spec.ClassErrorContext))
	case spec.StringType:
		return singly(m.addresses(0), m.stringLengths())
	case *spec.ListType:
		if t.L == nil {
			return singly(m.addresses(0), m.elements())
		}
		return m.together(slices.Repeat([]spec.ValType{t.T}, int(*t.L)))
	case spec.F32Type, spec.F64Type:
		return []operands{{1, m.integers(t), spec.FlatTypes([]spec.ValType{t})}}
	case *spec.MapType:
		return singly(m.addresses(0), m.elements())
	case *spec.TupleType, *spec.RecordType:
		return m.together(partsOf(t))
	case spec.CharType:
		return singly(m.or(m.integers(t), 0x110000)) // no char
	}
	if cases := casesOf(t); cases != nil {
		all := m.cases(cases)
		all.types = spec.FlatTypes([]spec.ValType{t})
		return []operands{all}
	}
	return singly(m.integers(t))
}

// integers are the world's numbers that the core type of a type has, or if there are none, 0.
func (m menu) integers(t spec.ValType) []uint64 {
	var numbers []uint64
	for _, n := range m.World.Integers {
		var has bool
		switch spec.FlatTypes([]spec.ValType{t})[0] {
		case spec.I32:
			has = n <= math.MaxUint32
		case spec.I64:
			has = true
		case spec.F32:
			has = n < 1<<24
		case spec.F64:
			has = n < 1<<53
		}
		if has {
			numbers = append(numbers, n)
		}
	}
	if numbers == nil {
		return []uint64{0}
	}
	return numbers
}

// elements are how many elements lists have: one, if the world does not say what memory contains.
func (m menu) elements() []uint64 {
	if len(m.World.Contents) > 0 {
		return m.lengths()
	}
	return []uint64{1}
}

// or are numbers and, if guests use what is wrong too, another.
func (m menu) or(numbers []uint64, wrong uint64) []uint64 {
	if m.allowed == AnyIndex {
		return append(numbers, wrong)
	}
	return numbers
}

// What has many values has these at most.
const (
	mostCases  = 8  // of a variant
	mostValues = 16 // of a record, tuple or list of fixed length, or of a payload
)

// together are the relevant numbers for the parts of a value. If there are many combinations, only one part at a time has another
// number than its first.
func (m menu) together(ts []spec.ValType) []operands {
	parts := m.values(ts)
	combinations := 1
	for _, p := range parts {
		combinations = min(combinations*len(p.numbers)/p.width, mostValues+1)
	}
	if combinations <= mostValues {
		return parts
	}
	all := operands{width: width(parts), types: spec.FlatTypes(ts)}
	var first []uint64
	for _, p := range parts {
		first = append(first, p.numbers[:p.width]...)
	}
	all.numbers = slices.Clone(first)
	at := 0
	for _, p := range parts {
		for rest := p.numbers[p.width:]; len(rest) > 0; rest = rest[p.width:] {
			all.numbers = append(all.numbers, first...)
			copy(all.numbers[len(all.numbers)-len(first)+at:], rest[:p.width])
		}
		at += p.width
	}
	return []operands{all}
}

// cases are the relevant numbers for a case and its payload, and if guests use what is wrong too, a case that there is not.
func (m menu) cases(cases []spec.CaseType) operands {
	var payloads [][]operands
	widest := 0
	for _, c := range cases {
		var payload []operands
		if c.T != nil {
			payload = m.together([]spec.ValType{c.T})
		}
		payloads, widest = append(payloads, payload), max(widest, width(payload))
	}
	all := operands{width: 1 + widest}
	add := func(label uint64, payload []uint64) {
		all.numbers = append(append(all.numbers, label), payload...)
		all.numbers = append(all.numbers, make([]uint64, widest-len(payload))...)
	}
	for i, payload := range payloads[:min(len(payloads), mostCases)] {
		for _, p := range combined(payload) {
			add(uint64(i), p)
		}
	}
	if m.allowed == AnyIndex {
		add(uint64(len(cases)), nil)
	}
	return all
}

// combined are all combinations of candidates.
func combined(all []operands) [][]uint64 {
	combinations := [][]uint64{nil}
	for _, o := range all {
		var longer [][]uint64
		for _, c := range combinations {
			for rest := o.numbers; len(rest) > 0; rest = rest[o.width:] {
				longer = append(longer, append(slices.Clip(c), rest[:o.width]...))
			}
		}
		combinations = longer
	}
	return combinations
}
