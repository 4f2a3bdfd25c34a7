package component

import (
	"errors"

	"cabi/spec"
)

// ErrElements is returned by Run.ReadStream if a stream has more elements than may be read.
var ErrElements = errors.New("the stream has more elements than may be read")

// ReadStream reads a stream that an export returned until its other end is dropped, and ticks where it waits for elements. After most
// elements, it drops its end, and returns them with ErrElements. The elements of a stream without an element type are empty tuples. ToGo with
// s.T() makes Go values of the others.
func (r *Run) ReadStream(s spec.ReadableStream, most int) ([]spec.Value, error) {
	all := &hostBuffer{t: s.T()}
	for {
		all.room = uint64(most + 1 - len(all.values)) // one more tells whether there is more
		done, dropped := false, false
		err := r.copying(&done, func() {
			s.Read(nil, all, spec.HostOnCopy(func(reclaim spec.ReclaimBuffer) {
				reclaim.ReclaimBuffer()
				done = true
			}), spec.HostOnCopyDone(func(result spec.CopyResult) { done, dropped = true, result == spec.CopyDropped }))
		})
		switch {
		case err != nil || dropped:
			return all.values, err
		case len(all.values) > most:
			if err := r.enter(func() error { return spec.Try(s.Drop) }); err != nil {
				return nil, err
			}
			return all.values[:most], ErrElements
		}
	}
}

// ReadFuture reads a future that an export returned, and ticks until it is there. The value of a future without a type is an empty tuple.
func (r *Run) ReadFuture(f spec.ReadableFuture) (spec.Value, error) {
	one, done := &hostBuffer{t: f.T(), room: 1}, false
	err := r.copying(&done, func() {
		f.ReadFuture(nil, one, spec.HostOnCopyDone(func(spec.CopyResult) { done = true }))
	})
	if err != nil {
		return nil, err
	}
	return one.values[0], nil
}

// copying begins to copy, and ticks until it is done.
func (r *Run) copying(done *bool, begin func()) error {
	if err := r.enter(func() error { return spec.Try(begin) }); err != nil {
		return err
	}
	return r.wait(func() bool { return *done })
}

// A hostBuffer is where the host has elements put that it reads.
type hostBuffer struct {
	t      spec.ValType
	room   uint64
	values []spec.Value
}

func (b *hostBuffer) T() spec.ValType    { return b.t }
func (b *hostBuffer) Remain() uint64     { return b.room }
func (b *hostBuffer) IsZeroLength() bool { return b.room == 0 }

func (b *hostBuffer) Write(vs []spec.Value) {
	b.room -= uint64(len(vs))
	for _, v := range vs {
		if b.t == nil {
			v = spec.Dict{}
		}
		b.values = append(b.values, v)
	}
}

// NewStream makes a stream of elements of type t, nil for none, of which the host has all: those that are not read when its readable end
// is dropped are not taken. It is a value to pass to a function.
func (r *Run) NewStream(t spec.ValType, elements []spec.Value) spec.ReadableStream {
	s := spec.NewSharedStreamImpl(r.store, t)
	if len(elements) == 0 {
		s.Drop()
		return s
	}
	from := &hostBuffer{t: t, values: elements}
	s.Write(nil, hostSource{from}, spec.HostOnCopy(func(reclaim spec.ReclaimBuffer) {
		if len(from.values) == 0 {
			reclaim.ReclaimBuffer()
			s.Drop()
		}
	}), spec.HostOnCopyDone(func(spec.CopyResult) {}))
	return s
}

// NewFuture makes a future of type t, nil for none, the value of which the host has. It is a value to pass to a function.
func (r *Run) NewFuture(t spec.ValType, v spec.Value) spec.ReadableFuture {
	f := spec.NewSharedFutureImpl(r.store, t)
	f.WriteFuture(nil, hostSource{&hostBuffer{t: t, values: []spec.Value{v}}}, spec.HostOnCopyDone(func(spec.CopyResult) {}))
	return f
}

// A hostSource is a hostBuffer that elements are read from.
type hostSource struct{ *hostBuffer }

func (b hostSource) Remain() uint64 { return uint64(len(b.values)) }

func (b hostSource) Read(n uint64) []spec.Value {
	vs := b.values[:n]
	b.values = b.values[n:]
	return vs
}
