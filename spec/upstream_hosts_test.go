package spec

import (
	"math"
	"testing"
)

// The hosts of run_tests.py: the ends of streams and futures that the host holds. All their elements are u8, so that
// their contents are bytes here.
//
// In Python some functions of the host run on OS threads of their own and races with the thread that runs the guests.
// Here there is one thread. What such a thread does is a method or function that goes on as far as it can, and it is
// called wherever something happens that the thread waits for: it is as if the thread ran at once whenever it could.

func bytesOf(vs []Value) []byte {
	bs := make([]byte, len(vs))
	for i, v := range vs {
		bs[i] = byte(v.(Int).magnitude)
	}
	return bs
}

func valuesOf(bs []byte) []Value {
	vs := make([]Value, len(bs))
	for i, b := range bs {
		vs[i] = UintOf(uint64(b))
	}
	return vs
}

// take removes the first n elements.
func take(bs *[]byte, n int) []byte {
	taken := (*bs)[:n:n]
	*bs = (*bs)[n:]
	return taken
}

// A hostSource is a stream that the host writes to.
type hostSource struct {
	t                 *testing.T
	remaining         []byte
	destroyIfEmpty    bool
	chunk             int
	cancelBlocked     bool // cancel_lock and cancelled_lock exist and are held
	cancelWaits       bool // the thread async_cancel waits for cancel_lock
	pendingDst        WritableBuffer
	pendingOnCopy     OnCopy
	pendingOnCopyDone OnCopyDone
}

func newHostSource(t *testing.T, contents []byte, chunk int, destroyIfEmpty bool) *hostSource {
	return &hostSource{t: t, remaining: contents, chunk: chunk, destroyIfEmpty: destroyIfEmpty}
}

func (h *hostSource) T() ValType { return U8Type{} }

func (h *hostSource) resetPending() {
	h.pendingDst = nil
	h.pendingOnCopy = nil
	h.pendingOnCopyDone = nil
}

func (h *hostSource) closed() bool { return len(h.remaining) == 0 && h.destroyIfEmpty }

func (h *hostSource) Drop() {
	h.remaining = nil
	h.destroyIfEmpty = true
	if h.pendingDst != nil {
		h.pendingOnCopyDone.OnCopyDone(CopyDropped)
		h.resetPending()
	}
}

func (h *hostSource) destroyOnceEmpty() {
	h.destroyIfEmpty = true
	if len(h.remaining) == 0 {
		h.Drop()
	}
}

func (h *hostSource) Read(_ *ComponentInstance, dst WritableBuffer, onCopy OnCopy, onCopyDone OnCopyDone) {
	switch {
	case h.closed():
		onCopyDone.OnCopyDone(CopyDropped)
	case len(h.remaining) > 0:
		h.actuallyCopy(dst)
		if h.closed() {
			onCopyDone.OnCopyDone(CopyDropped)
		} else {
			onCopyDone.OnCopyDone(CopyCompleted)
		}
	default:
		h.pendingDst = dst
		h.pendingOnCopy = onCopy
		h.pendingOnCopyDone = onCopyDone
	}
}

func (h *hostSource) actuallyCopy(dst WritableBuffer) {
	n := min(int(dst.Remain()), len(h.remaining), h.chunk)
	dst.Write(valuesOf(take(&h.remaining, n)))
}

func (h *hostSource) blockCancel() { h.cancelBlocked = true }

// unblockCancel lets the thread async_cancel run to its end, which is when Python's unblock_cancel returns too.
func (h *hostSource) unblockCancel() {
	h.t.Helper()
	if !h.cancelBlocked || !h.cancelWaits {
		h.t.Fatal("no cancel is blocked: Python would wait forever")
	}
	h.actuallyCancel()
}

func (h *hostSource) Cancel() {
	if !h.cancelBlocked {
		h.actuallyCancel()
	} else {
		h.cancelWaits = true
	}
}

func (h *hostSource) actuallyCancel() {
	h.pendingOnCopyDone.OnCopyDone(CopyCancelled)
	h.resetPending()
}

func (h *hostSource) write(vs []byte) {
	h.t.Helper()
	if len(vs) == 0 || h.closed() {
		h.t.Fatal("nothing is written, or to a closed source")
	}
	h.remaining = append(h.remaining, vs...)
	if h.pendingDst != nil {
		h.actuallyCopy(h.pendingDst)
		if h.pendingDst.Remain() > 0 {
			h.pendingOnCopy.OnCopy(HostReclaimBuffer(h.resetPending))
		} else {
			h.pendingOnCopyDone.OnCopyDone(CopyCompleted)
			h.resetPending()
		}
	}
}

// unlimited is HostSink's default for remain, 2**64, as far as a uint64 reaches.
const unlimited = math.MaxUint64

// A hostSink reads all of a stream. HostSink's chunk is left out: Python does not use it.
type hostSink struct {
	t           *testing.T
	shared      ReadableStream
	received    []byte
	writeRemain uint64
	closed      bool
	reading     bool   // copy_event is not set
	inReadAll   bool   // readAll is on the stack
	onReady     func() // what to run where ready_to_consume is set; nil: nothing
}

func newHostSink(t *testing.T, shared ReadableStream, remain uint64) *hostSink {
	h := &hostSink{t: t, shared: shared, writeRemain: remain}
	h.readAll()
	return h
}

// readAll is the thread read_all: it goes on when there is room to write to and when its last read has ended.
func (h *hostSink) readAll() {
	if h.inReadAll {
		return
	}
	h.inReadAll = true
	for h.writeRemain > 0 && !h.reading && !h.closed {
		h.reading = true
		h.shared.Read(nil, h, HostOnCopy(h.onCopy), HostOnCopyDone(h.onCopyDone))
	}
	h.inReadAll = false
	if h.onReady != nil {
		h.onReady()
	}
}

func (h *hostSink) onCopy(reclaimBuffer ReclaimBuffer) {
	reclaimBuffer.ReclaimBuffer()
	h.reading = false
	h.readAll()
}

func (h *hostSink) onCopyDone(result CopyResult) {
	if result == CopyDropped {
		h.closed = true
	}
	h.reading = false
	h.readAll()
}

func (h *hostSink) setRemain(n uint64) {
	h.writeRemain = n
	h.readAll()
}

func (h *hostSink) T() ValType { return h.shared.T() }

func (h *hostSink) Remain() uint64 { return h.writeRemain }

// IsZeroLength is not in HostSink: no guest makes a zero-length write to one that is full.
func (h *hostSink) IsZeroLength() bool { panic("HostSink has no is_zero_length") }

func (h *hostSink) Write(vs []Value) {
	h.received = append(h.received, bytesOf(vs)...)
	h.writeRemain -= uint64(len(vs))
}

// canConsume is whether consume(n) returns; where Python waits for that, the test waits for canConsume.
func (h *hostSink) canConsume(n int) bool { return n <= len(h.received) || h.closed }

// consume returns nil where the stream has ended.
func (h *hostSink) consume(n int) []byte {
	h.t.Helper()
	if !h.canConsume(n) {
		h.t.Fatal("nothing more will come: Python would wait forever")
	}
	if n > len(h.received) {
		return nil
	}
	return take(&h.received, n)
}

// A hostFutureSink is where the host reads a future to.
type hostFutureSink struct {
	t    *testing.T
	v    Value
	hasV bool
}

func (h *hostFutureSink) T() ValType { return U8Type{} }

func (h *hostFutureSink) Remain() uint64 {
	if h.v == nil {
		return 1
	}
	return 0
}

// IsZeroLength is not in HostFutureSink: futures do not ask for it.
func (h *hostFutureSink) IsZeroLength() bool { panic("HostFutureSink has no is_zero_length") }

func (h *hostFutureSink) Write(v []Value) {
	h.t.Helper()
	equal(h.t, h.v, nil)
	equal(h.t, len(v), 1)
	h.v = v[0]
	h.hasV = true
}

// A hostFutureSource is a future that the host writes.
type hostFutureSource struct {
	v                 Value
	pendingBuffer     WritableBuffer
	pendingOnCopyDone OnCopyDone
}

func (h *hostFutureSource) T() ValType { return U8Type{} }

func (h *hostFutureSource) resetPending() {
	h.pendingBuffer = nil
	h.pendingOnCopyDone = nil
}

func (h *hostFutureSource) ReadFuture(_ *ComponentInstance, buffer WritableBuffer, onCopyDone OnCopyDone) {
	if h.v != nil {
		buffer.Write([]Value{h.v})
		onCopyDone.OnCopyDone(CopyCompleted)
	} else {
		h.pendingBuffer = buffer
		h.pendingOnCopyDone = onCopyDone
	}
}

func (h *hostFutureSource) Cancel() {
	h.pendingOnCopyDone.OnCopyDone(CopyCancelled)
	h.resetPending()
}

func (h *hostFutureSource) Drop() {}

func (h *hostFutureSource) setResult(v Value) {
	if h.pendingBuffer != nil {
		h.pendingBuffer.Write([]Value{v})
		h.pendingOnCopyDone.OnCopyDone(CopyCompleted)
		h.resetPending()
	} else {
		h.v = v
	}
}
