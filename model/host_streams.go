package model

import "cabi/spec"

// newShared is the host's nth stream or future: the odd ones it implements, the even ones are the specification's.
func (r *Run) newShared(stream bool, t spec.ValType, nth uint64) spec.SharedBase {
	var shared spec.SharedBase
	switch {
	case nth%2 == 1 && stream:
		shared = &hostStream{hostOwned{r, t}}
	case nth%2 == 1:
		shared = &hostFuture{hostOwned{r, t}}
	case stream:
		shared = spec.NewSharedStreamImpl(r.Store, t)
	default:
		shared = spec.NewSharedFutureImpl(r.Store, t)
	}
	r.host.shared[r.sharedIndex(shared)].Made = true
	return shared
}

// sharedIndex is the place of a stream or future among those that the host knows. One that it does not know is added.
func (r *Run) sharedIndex(shared spec.SharedBase) int {
	for i, known := range r.host.shared {
		if known.shared == shared {
			return i
		}
	}
	known := &HostShared{shared: shared}
	_, known.Stream = shared.(spec.ReadableStream)
	switch shared.(type) {
	case *hostStream, *hostFuture:
		known.Own = true
	}
	r.host.shared = append(r.host.shared, known)
	return len(r.host.shared) - 1
}

// sharedAt is the stream or future that the first number of an action names.
func (r *Run) sharedAt(a Action) *HostShared { return r.host.shared[n(a, 0)] }

// hostOwned is embedded in the streams and futures that the host implements.
type hostOwned struct {
	run *Run
	t   spec.ValType
}

// T is the type of the elements.
func (h *hostOwned) T() spec.ValType { return h.t }

// hostStream is a stream that the host implements. A guest's read is pending until the actor ends it.
type hostStream struct{ hostOwned }

// Cancel asks the host to cancel the guest's read.
func (h *hostStream) Cancel() { h.run.hostCancels(h.run.sharedIndex(h)) }

// Drop tells the host that the guest has dropped its end.
func (h *hostStream) Drop() { h.run.hostActs(KindHostShared, "shared.drop", h.run.sharedIndex(h)) }

// Read has a read of a guest pend, and lets the host act.
func (h *hostStream) Read(_ *spec.ComponentInstance, dst spec.WritableBuffer, onCopy spec.OnCopy, onCopyDone spec.OnCopyDone) {
	k := h.run.sharedIndex(h)
	h.run.host.shared[k].setPending(dst, onCopy, onCopyDone)
	h.run.hostActs(KindHostShared, "stream.read", k)
}

// hostFuture is a future that the host implements.
type hostFuture struct{ hostOwned }

// Cancel asks the host to cancel the guest's read.
func (h *hostFuture) Cancel() { h.run.hostCancels(h.run.sharedIndex(h)) }

// Drop tells the host that the guest has dropped its end.
func (h *hostFuture) Drop() { h.run.hostActs(KindHostShared, "shared.drop", h.run.sharedIndex(h)) }

// ReadFuture has a read of a guest pend, and lets the host act.
func (h *hostFuture) ReadFuture(_ *spec.ComponentInstance, dst spec.WritableBuffer, onCopyDone spec.OnCopyDone) {
	k := h.run.sharedIndex(h)
	h.run.host.shared[k].setPending(dst, nil, onCopyDone)
	h.run.hostActs(KindHostShared, "future.read", k)
}

// hostCancels asks the host to cancel a guest's copy.
func (r *Run) hostCancels(k int) {
	r.host.shared[k].CancelRequested = true
	r.hostActs(KindHostShared, "shared.cancel", k)
}

// setPending notes that a guest's copy is pending.
func (s *HostShared) setPending(dst spec.Buffer, onCopy spec.OnCopy, onCopyDone spec.OnCopyDone) {
	s.Copying, s.CancelRequested, s.Pending, s.onCopy, s.onCopyDone = true, false, dst, onCopy, onCopyDone
}

// hostBuffer is embedded in the host's buffers.
type hostBuffer struct {
	run         *Run
	t           spec.ValType
	n, progress uint64
	seed        uint64 // that the values are made from
	literal     string // the list of the values; empty: they are made from the seed
	k           int    // of the stream or future
}

// T is the type of the elements.
func (b *hostBuffer) T() spec.ValType { return b.t }

// Remain is how many elements are left.
func (b *hostBuffer) Remain() uint64 { return b.n - b.progress }

// IsZeroLength reports whether the buffer has no elements at all.
func (b *hostBuffer) IsZeroLength() bool { return b.n == 0 }

// hostReadable is a buffer of values that the host writes to a stream or future.
type hostReadable struct{ hostBuffer }

// Read takes the next elements from the buffer.
func (b *hostReadable) Read(count uint64) []spec.Value {
	vs := b.run.hostElements(b.t, b.literal, b.seed, b.progress, count)
	b.progress += count
	b.run.hostPassed(HostGave, b.k, nil, vs)
	return vs
}

// hostElements are some of the elements that the host copies, from one on: of a literal list, or made from a seed.
func (r *Run) hostElements(t spec.ValType, literal string, seed, from, count uint64) []spec.Value {
	if literal != "" {
		return must(valueOfWord(&spec.ListType{T: t}, literal)).(spec.List)[from : from+count]
	}
	vs := make([]spec.Value, count)
	for i := range vs {
		vs[i] = r.hostValue(t, nth(seed, from+uint64(i)))
	}
	return vs
}

// hostWritable is a buffer for values that the host reads from a stream or future.
type hostWritable struct{ hostBuffer }

// Write puts elements into the buffer.
func (b *hostWritable) Write(vs []spec.Value) {
	b.progress += uint64(len(vs))
	b.run.hostPassed(HostGot, b.k, []spec.ValType{&spec.ListType{T: b.t}}, []spec.Value{spec.List(vs)})
	b.run.hostReceives("got %s", spec.List(vs))
}

// sharedRead has the host read from one of the specification's streams or futures.
func (r *Run) sharedRead(a Action) {
	s := r.sharedAt(a)
	dst := &hostWritable{hostBuffer{run: r, t: s.Type(), n: n(a, 1), k: int(n(a, 0))}}
	s.Copying, s.Pending = true, dst
	switch shared := s.shared.(type) {
	case spec.ReadableStream:
		shared.Read(nil, dst, r.onCopy(s), r.onCopyDone(s))
	case spec.ReadableFuture:
		shared.ReadFuture(nil, dst, r.onCopyDone(s))
	}
}

// sharedWrite has the host write to one of the specification's streams or futures.
func (r *Run) sharedWrite(a Action) {
	s := r.sharedAt(a)
	src := &hostReadable{hostBuffer{run: r, t: s.Type(), n: n(a, 1), seed: n(a, 2), literal: a.literal(2), k: int(n(a, 0))}}
	s.Copying, s.Pending = true, src
	switch shared := s.shared.(type) {
	case spec.WritableStream:
		shared.Write(nil, src, r.onCopy(s), r.onCopyDone(s))
	case spec.WritableFuture:
		shared.WriteFuture(nil, src, r.onCopyDone(s))
	}
}

// onCopy is told that a copy of the host's has made progress.
func (r *Run) onCopy(s *HostShared) spec.OnCopy {
	return spec.HostOnCopy(func(reclaim spec.ReclaimBuffer) {
		s.reclaim, s.CanReclaim = reclaim, true
		r.hostReceives("copied %d", r.sharedIndex(s.shared))
	})
}

// onCopyDone is told that a copy of the host's has ended.
func (r *Run) onCopyDone(s *HostShared) spec.OnCopyDone {
	return spec.HostOnCopyDone(func(result spec.CopyResult) {
		s.endCopy(result)
		r.hostPassed(HostCopied, r.sharedIndex(s.shared), nil, []spec.Value{result})
		r.hostReceives("done %d %s", r.sharedIndex(s.shared), result)
	})
}

// endCopy notes that a copy of the host's has ended.
func (s *HostShared) endCopy(result spec.CopyResult) {
	s.Copying, s.CanReclaim = false, false
	s.Closed = result == spec.CopyDropped || !s.Stream && result == spec.CopyCompleted
}

// sharedReclaim has the host take back the buffer of a copy that has made progress.
func (r *Run) sharedReclaim(a Action) {
	s := r.sharedAt(a)
	s.CanReclaim, s.Copying = false, false
	s.reclaim.ReclaimBuffer()
}

// sharedCopy has the host write elements to the buffer of a guest's pending copy.
func (r *Run) sharedCopy(a Action) {
	s := r.sharedAt(a)
	vs := r.hostElements(s.Type(), a.literal(2), n(a, 2), 0, n(a, 1))
	s.Pending.(spec.WritableBuffer).Write(vs)
	if s.onCopy != nil {
		s.onCopy.OnCopy(r.onReclaim(s, n(a, 0)))
	}
}

// onReclaim is told that a guest takes the buffer of its copy back, which the host has written to.
func (r *Run) onReclaim(s *HostShared, k uint64) spec.ReclaimBuffer {
	return spec.HostReclaimBuffer(func() {
		s.Copying = false
		r.hostReceives("reclaimed %d", k)
	})
}

// sharedDone has the host end a guest's pending copy.
func (r *Run) sharedDone(a Action) {
	s := r.sharedAt(a)
	onCopyDone := s.onCopyDone
	s.Copying, s.Pending, s.onCopy, s.onCopyDone = false, nil, nil, nil
	onCopyDone.OnCopyDone(spec.CopyResult(n(a, 1)))
}

// sharedDrop has the host drop its end.
func (r *Run) sharedDrop(a Action) {
	s := r.sharedAt(a)
	s.Closed = true
	s.shared.Drop()
}
