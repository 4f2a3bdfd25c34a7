// definitions.py, "Stream State"

package spec

// A CopyResult is how a copy ended, as core code gets it.
//
//cabi:py CopyResult bb3cf0e3
type CopyResult uint8

// The results of a copy.
const (
	CopyCompleted CopyResult = iota
	CopyDropped
	CopyCancelled
)

func (r CopyResult) String() string { return [...]string{"COMPLETED", "DROPPED", "CANCELLED"}[r] }

// A ReclaimBuffer takes a buffer back from a stream in which it is still pending.
//
//cabi:py ReclaimBuffer c5b732be
type ReclaimBuffer interface{ ReclaimBuffer() }

// An OnCopy is called when some elements were copied and the buffer is still pending.
//
//cabi:py OnCopy a0ce6d87
type OnCopy interface{ OnCopy(reclaim ReclaimBuffer) }

// An OnCopyDone is called when a copy has ended.
//
//cabi:py OnCopyDone 3e94e799
type OnCopyDone interface{ OnCopyDone(result CopyResult) }

// The host gives these three as plain functions. A printed state says no more of them than that they are the host's.
type (
	// HostReclaimBuffer is a ReclaimBuffer of the host's.
	HostReclaimBuffer func()
	// HostOnCopy is an OnCopy of the host's.
	HostOnCopy func(reclaim ReclaimBuffer)
	// HostOnCopyDone is an OnCopyDone of the host's.
	HostOnCopyDone func(result CopyResult)
)

// ReclaimBuffer calls f.
func (f HostReclaimBuffer) ReclaimBuffer() { f() }

// OnCopy calls f.
func (f HostOnCopy) OnCopy(reclaim ReclaimBuffer) { f(reclaim) }

// OnCopyDone calls f.
func (f HostOnCopyDone) OnCopyDone(result CopyResult) { f(result) }

// A SharedBase is what the two ends of a stream or future share. A host may implement it.
//
//cabi:py SharedBase 84eb7451
type SharedBase interface {
	T() ValType
	Cancel()
	Drop()
}

// A ReadableStream is a stream that can be read. Inst is nil for the host.
//
//cabi:py ReadableStream f5cf3a89
type ReadableStream interface {
	SharedBase
	Read(inst *ComponentInstance, dst WritableBuffer, onCopy OnCopy, onCopyDone OnCopyDone)
}

// A WritableStream is a stream that can be written to. Inst is nil for the host.
//
//cabi:py WritableStream 98a5e88d
type WritableStream interface {
	SharedBase
	Write(inst *ComponentInstance, src ReadableBuffer, onCopy OnCopy, onCopyDone OnCopyDone)
}

// A SharedStreamImpl is the stream that stream.new makes. At most one copy is pending in it, a read or a write.
//
//cabi:py SharedStreamImpl b7037df9
type SharedStreamImpl struct {
	store             *Store
	t                 ValType
	dropped           bool
	pendingInst       *ComponentInstance
	pendingBuffer     Buffer
	pendingOnCopy     OnCopy
	pendingOnCopyDone OnCopyDone
}

// NewSharedStreamImpl makes a stream of elements of type t. A host makes one to hand one of its ends to a guest.
//
//cabi:py SharedStreamImpl.__init__ be71ae8a
func NewSharedStreamImpl(s *Store, t ValType) *SharedStreamImpl {
	shared := &SharedStreamImpl{store: s}
	shared.t = t
	shared.dropped = false
	shared.resetPending()
	return shared
}

// T is the type of the elements.
func (shared *SharedStreamImpl) T() ValType { return shared.t }

//cabi:py SharedStreamImpl.reset_pending 34feb7bf
func (shared *SharedStreamImpl) resetPending() { shared.setPending(nil, nil, nil, nil) }

// ReclaimBuffer is the bound method reset_pending, the argument of on_copy.
func (shared *SharedStreamImpl) ReclaimBuffer() { shared.resetPending() }

//cabi:py SharedStreamImpl.set_pending f4c5d90f
func (shared *SharedStreamImpl) setPending(inst *ComponentInstance, buffer Buffer, onCopy OnCopy, onCopyDone OnCopyDone) {
	shared.pendingInst = inst
	shared.pendingBuffer = buffer
	shared.pendingOnCopy = onCopy
	shared.pendingOnCopyDone = onCopyDone
}

//cabi:py SharedStreamImpl.reset_and_notify_pending cc7dbc1d
func (shared *SharedStreamImpl) resetAndNotifyPending(result CopyResult) {
	pendingOnCopyDone := shared.pendingOnCopyDone
	shared.resetPending()
	if pendingOnCopyDone == nil {
		crash("SharedStreamImpl.reset_and_notify_pending", "TypeError", "'NoneType' object is not callable")
	}
	pendingOnCopyDone.OnCopyDone(result)
}

// Cancel ends the pending copy.
//
//cabi:py SharedStreamImpl.cancel 7dd64942
func (shared *SharedStreamImpl) Cancel() { shared.resetAndNotifyPending(CopyCancelled) }

// Drop ends the stream.
//
//cabi:py SharedStreamImpl.drop 2dea0591
func (shared *SharedStreamImpl) Drop() {
	if !shared.dropped {
		shared.dropped = true
		if shared.pendingBuffer != nil {
			shared.resetAndNotifyPending(CopyDropped)
		}
	}
}

// Read copies the elements of a pending write to dst. If no write is pending, the read becomes pending.
//
//cabi:py SharedStreamImpl.read c06a77e5
func (shared *SharedStreamImpl) Read(inst *ComponentInstance, dst WritableBuffer, onCopy OnCopy, onCopyDone OnCopyDone) {
	if shared.dropped {
		onCopyDone.OnCopyDone(CopyDropped)
	} else if shared.pendingBuffer == nil {
		shared.setPending(inst, dst, onCopy, onCopyDone)
	} else {
		shared.store.assert(typesEqual(shared.t, dst.T()) && typesEqual(dst.T(), shared.pendingBuffer.T()),
			"SharedStreamImpl.read/types", "both buffers are of the stream's type")
		shared.store.trapIf(inst == shared.pendingInst && !noneOrNumberType(shared.t),
			"SharedStreamImpl.read/same-instance", "both ends of the stream are in one instance and its elements are no numbers")
		if shared.pendingBuffer.Remain() > 0 {
			if dst.Remain() > 0 {
				n := min(dst.Remain(), shared.pendingBuffer.Remain())
				dst.Write(readable(shared.pendingBuffer, "SharedStreamImpl.read").Read(n))
				shared.notifyCopy("SharedStreamImpl.read")
			}
			onCopyDone.OnCopyDone(CopyCompleted)
		} else {
			shared.resetAndNotifyPending(CopyCompleted)
			shared.setPending(inst, dst, onCopy, onCopyDone)
		}
	}
}

// notifyCopy is self.pending_on_copy(self.reset_pending).
func (shared *SharedStreamImpl) notifyCopy(function string) {
	if shared.pendingOnCopy == nil {
		crash(function, "TypeError", "'NoneType' object is not callable")
	}
	shared.pendingOnCopy.OnCopy(shared)
}

// readable is buffer where the Python function named takes its read: a buffer that is written to has no such attribute.
func readable(buffer Buffer, function string) ReadableBuffer {
	src, ok := buffer.(ReadableBuffer)
	if !ok {
		crash(function, "AttributeError", "the buffer has no attribute 'read'")
	}
	return src
}

// writable is buffer where the Python function named takes its write: a buffer that is read from has no such attribute.
func writable(buffer Buffer, function string) WritableBuffer {
	dst, ok := buffer.(WritableBuffer)
	if !ok {
		crash(function, "AttributeError", "the buffer has no attribute 'write'")
	}
	return dst
}

// Write copies elements from src to a pending read. If no read is pending, the write becomes pending.
//
//cabi:py SharedStreamImpl.write 1588a046
func (shared *SharedStreamImpl) Write(inst *ComponentInstance, src ReadableBuffer, onCopy OnCopy, onCopyDone OnCopyDone) {
	if shared.dropped {
		onCopyDone.OnCopyDone(CopyDropped)
	} else if shared.pendingBuffer == nil {
		shared.setPending(inst, src, onCopy, onCopyDone)
	} else {
		shared.store.assert(typesEqual(shared.t, src.T()) && typesEqual(src.T(), shared.pendingBuffer.T()),
			"SharedStreamImpl.write/types", "both buffers are of the stream's type")
		shared.store.trapIf(inst == shared.pendingInst && !noneOrNumberType(shared.t),
			"SharedStreamImpl.write/same-instance", "both ends of the stream are in one instance and its elements are no numbers")
		if shared.pendingBuffer.Remain() > 0 {
			if src.Remain() > 0 {
				n := min(src.Remain(), shared.pendingBuffer.Remain())
				writable(shared.pendingBuffer, "SharedStreamImpl.write").Write(src.Read(n))
				shared.notifyCopy("SharedStreamImpl.write")
			}
			onCopyDone.OnCopyDone(CopyCompleted)
		} else if src.IsZeroLength() && shared.pendingBuffer.IsZeroLength() {
			onCopyDone.OnCopyDone(CopyCompleted)
		} else {
			shared.resetAndNotifyPending(CopyCompleted)
			shared.setPending(inst, src, onCopy, onCopyDone)
		}
	}
}

//cabi:py none_or_number_type 2fcccf8c
func noneOrNumberType(t ValType) bool {
	switch t.(type) {
	case nil, U8Type, U16Type, U32Type, U64Type,
		S8Type, S16Type, S32Type, S64Type,
		F32Type, F64Type:
		return true
	}
	return false
}

// A CopyState is what an end of a stream or future is doing.
//
//cabi:py CopyState f084fcf0
type CopyState uint8

// The states of an end, as Python numbers them.
const (
	CopyStateIdle CopyState = iota + 1
	CopyStateCopying
	CopyStateCancellingCopy
	CopyStateDone
)

func (s CopyState) String() string {
	return [...]string{"", "IDLE", "COPYING", "CANCELLING_COPY", "DONE"}[s]
}

// A CopyEnd is one end of a stream or future: what the four kinds of ends have in common.
//
//cabi:py CopyEnd 6ca12e05
type CopyEnd struct {
	Waitable
	state  CopyState
	shared SharedBase
}

// An end is a *ReadableStreamEnd, *WritableStreamEnd, *ReadableFutureEnd or *WritableFutureEnd.
type end interface {
	Element
	base() *CopyEnd
	drop()
}

//cabi:py CopyEnd.__init__ 026aa5d3
func (e *CopyEnd) init(s *Store, self Element, shared SharedBase) {
	e.Waitable.init(s, self)
	e.state = CopyStateIdle
	e.shared = shared
}

func (e *CopyEnd) base() *CopyEnd { return e }

//cabi:py CopyEnd.copying 42938e98
func (e *CopyEnd) copying() bool {
	switch e.state {
	case CopyStateIdle, CopyStateDone:
		return false
	case CopyStateCopying, CopyStateCancellingCopy:
		return true
	}
	e.store.assert(false, "CopyEnd.copying/state", "a copy state is one of the four")
	return false
}

//cabi:py CopyEnd.drop b9163321
func (e *CopyEnd) drop() {
	e.store.trapIf(e.copying(), "CopyEnd.drop/copying", "the end is still copying")
	e.shared.Drop()
	e.Waitable.drop()
}

// describe says what an end is, for people.
func (e *CopyEnd) describe() string {
	return e.self.class().String() + " of " + typeName(e.shared.T())
}

// A ReadableStreamEnd is the end of a stream that is read from.
//
//cabi:py ReadableStreamEnd 7b32c6bc
type ReadableStreamEnd struct{ CopyEnd }

func newReadableStreamEnd(s *Store, shared ReadableStream) *ReadableStreamEnd {
	e := &ReadableStreamEnd{}
	e.init(s, e, shared)
	return e
}

func (e *ReadableStreamEnd) class() Class { return ClassReadableStreamEnd }

//cabi:py ReadableStreamEnd.copy 427d8438
func (e *ReadableStreamEnd) copy(inst *ComponentInstance, dst Buffer, onCopy OnCopy, onCopyDone OnCopyDone) {
	e.shared.(ReadableStream).Read(inst, dst.(WritableBuffer), onCopy, onCopyDone)
}

// A WritableStreamEnd is the end of a stream that is written to.
//
//cabi:py WritableStreamEnd 2e6d529a
type WritableStreamEnd struct{ CopyEnd }

func newWritableStreamEnd(s *Store, shared WritableStream) *WritableStreamEnd {
	e := &WritableStreamEnd{}
	e.init(s, e, shared)
	return e
}

func (e *WritableStreamEnd) class() Class { return ClassWritableStreamEnd }

//cabi:py WritableStreamEnd.copy b3f67a15
func (e *WritableStreamEnd) copy(inst *ComponentInstance, src Buffer, onCopy OnCopy, onCopyDone OnCopyDone) {
	e.shared.(WritableStream).Write(inst, src.(ReadableBuffer), onCopy, onCopyDone)
}
