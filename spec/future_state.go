// definitions.py, "Future State"

package spec

// A ReadableFuture is a future that can be read. Inst is nil for the host.
//
//cabi:py ReadableFuture 3dd859af
type ReadableFuture interface {
	SharedBase
	ReadFuture(inst *ComponentInstance, dst WritableBuffer, onCopyDone OnCopyDone)
}

// A WritableFuture is a future that can be written. Inst is nil for the host.
//
//cabi:py WritableFuture 555a1d06
type WritableFuture interface {
	SharedBase
	WriteFuture(inst *ComponentInstance, src ReadableBuffer, onCopyDone OnCopyDone)
}

// A SharedFutureImpl is the future that future.new makes. At most one copy is pending in it, the read or the write.
//
//cabi:py SharedFutureImpl 1c418cde
type SharedFutureImpl struct {
	store             *Store
	t                 ValType
	dropped           bool
	pendingInst       *ComponentInstance
	pendingBuffer     Buffer
	pendingOnCopyDone OnCopyDone
}

// NewSharedFutureImpl makes a future of type t. A host makes one to hand one of its ends to a guest.
//
//cabi:py SharedFutureImpl.__init__ be71ae8a
func NewSharedFutureImpl(s *Store, t ValType) *SharedFutureImpl {
	shared := &SharedFutureImpl{store: s}
	shared.t = t
	shared.dropped = false
	shared.resetPending()
	return shared
}

// T is the type of the value.
func (shared *SharedFutureImpl) T() ValType { return shared.t }

//cabi:py SharedFutureImpl.reset_pending 60e69bf1
func (shared *SharedFutureImpl) resetPending() { shared.setPending(nil, nil, nil) }

//cabi:py SharedFutureImpl.set_pending b763097a
func (shared *SharedFutureImpl) setPending(inst *ComponentInstance, buffer Buffer, onCopyDone OnCopyDone) {
	shared.pendingInst = inst
	shared.pendingBuffer = buffer
	shared.pendingOnCopyDone = onCopyDone
}

//cabi:py SharedFutureImpl.reset_and_notify_pending cc7dbc1d
func (shared *SharedFutureImpl) resetAndNotifyPending(result CopyResult) {
	pendingOnCopyDone := shared.pendingOnCopyDone
	shared.resetPending()
	if pendingOnCopyDone == nil {
		crash("SharedFutureImpl.reset_and_notify_pending", "TypeError", "'NoneType' object is not callable")
	}
	pendingOnCopyDone.OnCopyDone(result)
}

// Cancel ends the pending copy.
//
//cabi:py SharedFutureImpl.cancel 7dd64942
func (shared *SharedFutureImpl) Cancel() { shared.resetAndNotifyPending(CopyCancelled) }

// Drop ends the future: only its readable end is dropped before the value was copied.
//
//cabi:py SharedFutureImpl.drop e9ab5b59
func (shared *SharedFutureImpl) Drop() {
	if !shared.dropped {
		shared.dropped = true
		if shared.pendingBuffer != nil {
			_, isWritable := shared.pendingBuffer.(WritableBuffer)
			shared.store.assert(isWritable, "SharedFutureImpl.drop/pending-read", "what is pending in a dropped future is a read")
			shared.resetAndNotifyPending(CopyDropped)
		}
	}
}

// ReadFuture copies the value of a pending write to dst. If no write is pending, the read becomes pending.
//
//cabi:py SharedFutureImpl.read 76eb1891
func (shared *SharedFutureImpl) ReadFuture(inst *ComponentInstance, dst WritableBuffer, onCopyDone OnCopyDone) {
	shared.store.assert(!shared.dropped && dst.Remain() == 1, "SharedFutureImpl.read/one", "a future is read once, into room for one value")
	if shared.pendingBuffer == nil {
		shared.setPending(inst, dst, onCopyDone)
	} else {
		shared.store.trapIf(inst == shared.pendingInst && !noneOrNumberType(shared.t),
			"SharedFutureImpl.read/same-instance", "both ends of the future are in one instance and its value is no number")
		dst.Write(readable(shared.pendingBuffer, "SharedFutureImpl.read").Read(1))
		shared.resetAndNotifyPending(CopyCompleted)
		onCopyDone.OnCopyDone(CopyCompleted)
	}
}

// WriteFuture copies the value from src to a pending read. If no read is pending, the write becomes pending.
//
//cabi:py SharedFutureImpl.write 57f5f5e9
func (shared *SharedFutureImpl) WriteFuture(inst *ComponentInstance, src ReadableBuffer, onCopyDone OnCopyDone) {
	shared.store.assert(src.Remain() == 1, "SharedFutureImpl.write/one", "a future is written with one value")
	if shared.dropped {
		onCopyDone.OnCopyDone(CopyDropped)
	} else if shared.pendingBuffer == nil {
		shared.setPending(inst, src, onCopyDone)
	} else {
		shared.store.trapIf(inst == shared.pendingInst && !noneOrNumberType(shared.t),
			"SharedFutureImpl.write/same-instance", "both ends of the future are in one instance and its value is no number")
		writable(shared.pendingBuffer, "SharedFutureImpl.write").Write(src.Read(1))
		shared.resetAndNotifyPending(CopyCompleted)
		onCopyDone.OnCopyDone(CopyCompleted)
	}
}

// A ReadableFutureEnd is the end of a future that is read from.
//
//cabi:py ReadableFutureEnd 0a3abf6d
type ReadableFutureEnd struct{ CopyEnd }

func newReadableFutureEnd(s *Store, shared ReadableFuture) *ReadableFutureEnd {
	e := &ReadableFutureEnd{}
	e.init(s, e, shared)
	return e
}

func (e *ReadableFutureEnd) class() Class { return ClassReadableFutureEnd }

//cabi:py ReadableFutureEnd.copy c2996e01
func (e *ReadableFutureEnd) copy(inst *ComponentInstance, dst Buffer, onCopyDone OnCopyDone) {
	e.shared.(ReadableFuture).ReadFuture(inst, dst.(WritableBuffer), onCopyDone)
}

// A WritableFutureEnd is the end of a future that is written to.
//
//cabi:py WritableFutureEnd dcae9bd4
type WritableFutureEnd struct{ CopyEnd }

func newWritableFutureEnd(s *Store, shared WritableFuture) *WritableFutureEnd {
	e := &WritableFutureEnd{}
	e.init(s, e, shared)
	return e
}

func (e *WritableFutureEnd) class() Class { return ClassWritableFutureEnd }

//cabi:py WritableFutureEnd.copy d3a6373e
func (e *WritableFutureEnd) copy(inst *ComponentInstance, src Buffer, onCopyDone OnCopyDone) {
	e.shared.(WritableFuture).WriteFuture(inst, src.(ReadableBuffer), onCopyDone)
}

//cabi:py WritableFutureEnd.drop a540c093
func (e *WritableFutureEnd) drop() {
	e.store.trapIf(e.state != CopyStateDone, "WritableFutureEnd.drop/unwritten", "the future was not written")
	e.CopyEnd.drop()
}
