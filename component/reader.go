package component

import (
	"fmt"
	"math"
	"unicode/utf8"
)

// A DecodeError says where a binary breaks which rule of the binary format.
type DecodeError struct {
	Section string // its name: "type", "canon", "core module" …; "preamble" before the first
	Offset  int    // in bytes, from the start of the whole binary
	Rule    string
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("%s, offset %#x: %s", e.Section, e.Offset, e.Rule)
}

// A place is where a definition stands in the binary.
type place struct {
	section string
	offset  int
}

// A reader reads a part of a binary. It panics with a *DecodeError where a rule is broken.
type reader struct {
	b       []byte
	i       int
	base    int // the offset of b in the whole binary
	section string
	depth   int // how many types, components and instances enclose it
}

// maxDepth bounds how deep types and components nest, so that decoding needs no deep stack.
const maxDepth = 200

func (r *reader) fail(rule string, args ...any) { r.failAt(r.i, rule, args...) }

func (r *reader) failAt(i int, rule string, args ...any) {
	panic(&DecodeError{r.section, r.base + i, fmt.Sprintf(rule, args...)})
}

func (r *reader) place() place { return place{r.section, r.base + r.i} }

func (r *reader) more() bool { return r.i < len(r.b) }

func (r *reader) byte() byte {
	if !r.more() {
		r.fail("the input ends here, a byte is missing")
	}
	r.i++
	return r.b[r.i-1]
}

func (r *reader) peek() byte {
	c := r.byte()
	r.i--
	return c
}

// expect reads one byte that must be want.
func (r *reader) expect(want byte, what string) {
	if c := r.byte(); c != want {
		r.failAt(r.i-1, "%s is %#02x, not %#02x", what, want, c)
	}
}

// unsigned reads an unsigned LEB128 number of so many bits.
func (r *reader) unsigned(bits int) uint64 {
	from, v := r.i, uint64(0)
	for shift := 0; ; shift += 7 {
		c := r.byte()
		if left := bits - shift; left < 7 && c>>max(left, 0) != 0 {
			r.failAt(from, "a number of more than %d bits", bits)
		}
		v |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return v
		}
	}
}

func (r *reader) u32() uint32 { return uint32(r.unsigned(32)) }

// s33 reads a signed LEB128 number of 33 bits.
func (r *reader) s33() int64 {
	from, v := r.i, int64(0)
	for shift := 0; shift < 35; shift += 7 {
		c := r.byte()
		v |= int64(c&0x7f) << shift
		if c >= 0x80 {
			continue
		}
		if c&0x40 != 0 {
			v |= -1 << (shift + 7)
		}
		if v < -1<<32 || v > math.MaxUint32 {
			break
		}
		return v
	}
	r.failAt(from, "a number of more than 33 bits")
	return 0
}

func (r *reader) bytes(n uint32) []byte {
	if uint64(n) > uint64(len(r.b)-r.i) {
		r.fail("%d bytes are announced, %d are left", n, len(r.b)-r.i)
	}
	r.i += int(n)
	return r.b[r.i-int(n) : r.i]
}

func (r *reader) name() string {
	from := r.i
	b := r.bytes(r.u32())
	if !utf8.Valid(b) {
		r.failAt(from, "a name is no UTF-8")
	}
	return string(b)
}

// sub is a reader of the next n bytes.
func (r *reader) sub(n uint32, section string) *reader {
	base := r.base + r.i
	return &reader{b: r.bytes(n), base: base, section: section, depth: r.depth}
}

// nested runs f one level deeper.
func (r *reader) nested(f func()) {
	if r.depth++; r.depth > maxDepth {
		r.fail("types or components nest more than %d deep", maxDepth)
	}
	f()
	r.depth--
}

// vec reads vec(T). What it allocates is bounded by what is left to read: an element takes at least a byte.
func vec[T any](r *reader, element func() T) []T {
	from := r.i
	n := r.u32()
	if uint64(n) > uint64(len(r.b)-r.i) {
		r.failAt(from, "%d elements are announced, %d bytes are left", n, len(r.b)-r.i)
	}
	var list []T
	for range n {
		list = append(list, element())
	}
	return list
}

// optional reads T?.
func optional[T any](r *reader, value func() T) *T {
	switch c := r.byte(); c {
	case 0:
		return nil
	case 1:
		v := value()
		return &v
	default:
		r.failAt(r.i-1, "an optional part begins with 0 or 1, not %#02x", c)
		return nil
	}
}

// flag reads a byte that is 0 or 1.
func (r *reader) flag(what string) bool {
	c := r.byte()
	if c > 1 {
		r.failAt(r.i-1, "%s is 0 or 1, not %#02x", what, c)
	}
	return c == 1
}
