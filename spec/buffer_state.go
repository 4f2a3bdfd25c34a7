// definitions.py, "Buffer State"

package spec

// bufferMaxLength is Buffer.MAX_LENGTH.
const bufferMaxLength = 1<<28 - 1

// A Buffer is where a stream or future copies from or to. A host may implement it.
//
//cabi:py Buffer 1e3b1d2a
type Buffer interface {
	T() ValType
	Remain() uint64
	IsZeroLength() bool
}

// A ReadableBuffer is a buffer to copy from.
//
//cabi:py ReadableBuffer 82a08ca3
type ReadableBuffer interface {
	Buffer
	Read(n uint64) []Value
}

// A WritableBuffer is a buffer to copy to.
//
//cabi:py WritableBuffer 3035e1d7
type WritableBuffer interface {
	Buffer
	Write(vs []Value)
}

// bufferGuestImpl is a buffer in a guest's memory.
//
//cabi:py BufferGuestImpl b312824a
type bufferGuestImpl struct {
	cx       *LiftLowerContext
	t        ValType
	ptr      uint64
	progress uint64
	length   uint64
}

//cabi:py BufferGuestImpl.__init__ a57a7587
func (b *bufferGuestImpl) init(t ValType, cx *LiftLowerContext, ptr, length uint64) {
	cx.trapIf(length > cx.limits().BufferLength, "BufferGuestImpl.__init__/length", "the buffer is too long")
	if t != nil && length > 0 {
		mem := cx.memory("BufferGuestImpl.__init__")
		cx.trapIf(!aligned(ptr, alignment(t, mem.ptrType())), "BufferGuestImpl.__init__/aligned", "the buffer is not aligned")
		cx.trapIf(add(ptr, mul(length, elemSize(t, mem.ptrType()))) > mem.length(), "BufferGuestImpl.__init__/bounds", "the buffer is out of the memory's bounds")
	}
	b.cx = cx
	b.t = t
	b.ptr = ptr
	b.progress = 0
	b.length = length
}

// T is the type of the elements.
func (b *bufferGuestImpl) T() ValType { return b.t }

// Remain is how many elements there is still room for.
//
//cabi:py BufferGuestImpl.remain 3562936b
func (b *bufferGuestImpl) Remain() uint64 { return b.length - b.progress }

// IsZeroLength is whether there never was room for any.
//
//cabi:py BufferGuestImpl.is_zero_length 88d3f6e6
func (b *bufferGuestImpl) IsZeroLength() bool { return b.length == 0 }

// readableBufferGuestImpl is a guest's buffer to copy from.
//
//cabi:py ReadableBufferGuestImpl d4561cc6
type readableBufferGuestImpl struct{ bufferGuestImpl }

// Read lifts the next n elements.
//
//cabi:py ReadableBufferGuestImpl.read 7225a42e
func (b *readableBufferGuestImpl) Read(n uint64) []Value {
	b.cx.assert(n <= b.Remain(), "ReadableBufferGuestImpl.read/remain", "no more is read than remains")
	var vs []Value
	if b.t != nil {
		vs = loadListFromValidRange(b.cx, b.ptr, n, b.t)
		b.ptr = add(b.ptr, mul(n, elemSize(b.t, b.cx.memory("ReadableBufferGuestImpl.read").ptrType())))
	} else {
		vs = units(n)
	}
	b.progress += n
	return vs
}

// units is n * [()].
func units(n uint64) []Value {
	vs := make([]Value, n)
	for i := range vs {
		vs[i] = Unit{}
	}
	return vs
}

// writableBufferGuestImpl is a guest's buffer to copy to.
//
//cabi:py WritableBufferGuestImpl 8ee664ce
type writableBufferGuestImpl struct{ bufferGuestImpl }

// Write lowers the next elements.
//
//cabi:py WritableBufferGuestImpl.write 74b1098b
func (b *writableBufferGuestImpl) Write(vs []Value) {
	n := uint64(len(vs))
	b.cx.assert(n <= b.Remain(), "WritableBufferGuestImpl.write/remain", "no more is written than there is room for")
	if b.t != nil {
		storeListIntoValidRange(b.cx, vs, b.ptr, b.t)
		b.ptr = add(b.ptr, mul(n, elemSize(b.t, b.cx.memory("WritableBufferGuestImpl.write").ptrType())))
	} else {
		b.cx.assert(allUnits(vs), "WritableBufferGuestImpl.write/units", "elements without a type are units")
	}
	b.progress += n
}

func allUnits(vs []Value) bool {
	for _, v := range vs {
		if v != (Unit{}) {
			return false
		}
	}
	return true
}
