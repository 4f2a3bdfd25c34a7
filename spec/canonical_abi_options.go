// definitions.py, "Canonical ABI Options"

package spec

// ptrSize is the size of a pointer in bytes. Python returns None for what is no pointer type; a CoreType that is none
// has size 0.
//
//cabi:py ptr_size 1249051a
func ptrSize(ptrType CoreType) uint64 {
	switch ptrType {
	case I32:
		return 4
	case I64:
		return 8
	}
	return 0
}

// A Bytearray is a growable array of bytes, as Python's: what several memories may share.
type Bytearray struct{ B []byte }

// NewBytearray makes n zero bytes.
func NewBytearray(n int) *Bytearray { return &Bytearray{make([]byte, n)} }

// A MemInst is a core memory.
//
//cabi:py MemInst 1689a8d7
type MemInst struct {
	Bytes    *Bytearray
	AddrType CoreType
}

// NewMemInst makes a memory of n zero bytes with 32-bit addresses.
func NewMemInst(n int) *MemInst { return &MemInst{NewBytearray(n), I32} }

// get is memory[i].
//
//cabi:py MemInst.__getitem__ 7b4f6ad8
func (m *MemInst) get(i uint64) byte {
	if i >= uint64(len(m.Bytes.B)) {
		crash("MemInst.__getitem__", "IndexError", "bytearray index out of range")
	}
	return m.Bytes.B[i]
}

// set is memory[i] = v.
//
//cabi:py MemInst.__setitem__ 375af5e4
func (m *MemInst) set(i uint64, v byte) {
	if i >= uint64(len(m.Bytes.B)) {
		crash("MemInst.__setitem__", "IndexError", "bytearray index out of range")
	}
	m.Bytes.B[i] = v
}

// slice is memory[from : to]: it reads what there is of it.
func (m *MemInst) slice(from, to uint64) []byte {
	from, to = m.clamp(from, to)
	return m.Bytes.B[from:to]
}

// setSlice is memory[from : to] = v: what there is of the range is replaced by v, and the memory grows or shrinks if
// v has another length.
//
// quirk: assigning to a slice of Python's bytearray can change its length, which no store to a core memory does. It does not
// where the range lies within the memory and is as long as v.
func (m *MemInst) setSlice(from, to uint64, v []byte) {
	from, to = m.clamp(from, to)
	if to-from == uint64(len(v)) {
		copy(m.Bytes.B[from:to], v)
		return
	}
	rest := append([]byte(nil), m.Bytes.B[to:]...)
	m.Bytes.B = append(append(m.Bytes.B[:from], v...), rest...)
}

func (m *MemInst) clamp(from, to uint64) (uint64, uint64) {
	from = min(from, uint64(len(m.Bytes.B)))
	return from, max(from, min(to, uint64(len(m.Bytes.B))))
}

// length is len(memory).
//
//cabi:py MemInst.__len__ 5a06d7b6
func (m *MemInst) length() uint64 { return uint64(len(m.Bytes.B)) }

//cabi:py MemInst.ptr_type 545d51fb
func (m *MemInst) ptrType() CoreType { return m.AddrType }

//cabi:py MemInst.ptr_size 133809c6
func (m *MemInst) ptrSize() uint64 { return ptrSize(m.ptrType()) }

// A StringEncoding is how core code represents strings.
type StringEncoding uint8

// The string encodings.
const (
	UTF8 StringEncoding = iota // the default
	UTF16
	Latin1UTF16 // Latin-1 or UTF-16, told apart by a tag bit
)

func (e StringEncoding) String() string {
	return [...]string{"utf8", "utf16", "latin1+utf16"}[e]
}

// LiftOptions are the canonical options that lifting needs.
//
//cabi:py LiftOptions 41788f9c
type LiftOptions struct {
	StringEncoding StringEncoding
	Memory         *MemInst // nil: none
}

// equal compares the memories by identity.
//
//cabi:py LiftOptions.equal 5e370c24
func (lhs *LiftOptions) equal(rhs *LiftOptions) bool {
	return lhs.StringEncoding == rhs.StringEncoding &&
		lhs.Memory == rhs.Memory
}

// LiftLowerOptions are the canonical options that lifting and lowering need.
//
//cabi:py LiftLowerOptions 55a5762b
type LiftLowerOptions struct {
	LiftOptions
	Realloc CoreFunc // nil: none
}

// CanonicalOptions are all canonical options.
//
//cabi:py CanonicalOptions dad4ab2a
type CanonicalOptions struct {
	LiftLowerOptions
	PostReturn CoreFunc // nil: none
	Async      bool
	Callback   CoreFunc // nil: none
}
