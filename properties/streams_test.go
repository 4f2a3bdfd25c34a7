package properties

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cabi/spec"
)

// The elements that are read from a stream must be those that were written to it, in order, whatever the sizes of the buffers, and
// whether copies complete, go on in parts or are cancelled; and without payload, as many. Blocking, dropping and elements that are no numbers are left out:
// the worlds have them.
func TestStreamsCarry(t *testing.T) {
	t.Parallel()
	checkOften(t, func(t *rapid.T) {
		s := spec.NewStore(spec.Options{})
		defer s.Close()
		c := &streamRun{t: t, store: s, guestInstance: newGuestInstance(t, s, "A")}
		c.elem = rapid.SampledFrom([]spec.ValType{spec.U8Type{}, spec.U16Type{}, spec.U32Type{}, spec.U64Type{}, nil}).Draw(t, "elements")
		c.script = rapid.SliceOfN(rapid.Uint64Range(0, 23), 1, 30).Draw(t, "script")
		run := s.Lift(c.run, &spec.FuncType{}, &spec.CanonicalOptions{}, c.inst)
		_, err := s.Invoke(run, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
		if err != nil {
			t.Fatal(err)
		}
		read, written := c.copied[false], c.copied[true]
		if !slices.Equal(read, written) {
			t.Fatalf("%v was written, and %v was read", written, read)
		}
	})
}

// A streamRun is a run of one instance that has both ends of a stream, and copies from one to the other.
type streamRun struct {
	t      *rapid.T
	store  *spec.Store
	elem   spec.ValType
	script []uint64 // its copies
	*guestInstance
	set, results uint64
	index        map[bool]uint64   // the index of the writable end (true) and of the readable one
	copying      map[bool]uint64   // the address of the buffer of the end's copy; 0: it has none
	copied       map[bool][]uint64 // the elements that the end was notified of
	next         uint64            // the next element to write
}

// run copies as the script says. The lowest bit of a number selects an end. If that has no copy, one begins, with a buffer whose
// length the other bits say; otherwise the copy is cancelled, or an event is polled.
func (c *streamRun) run([]spec.CoreValue) []spec.CoreValue {
	c.index, c.copying, c.copied = map[bool]uint64{}, map[bool]uint64{}, map[bool][]uint64{}
	ends := spec.CanonStreamNew(c.store, &spec.StreamType{T: c.elem})[0].Uint64()
	c.index[false], c.index[true] = ends&(1<<32-1), ends>>32
	c.set, c.results = spec.CanonWaitableSetNew(c.store)[0].Uint64(), c.alloc(8, 8)
	for _, writes := range []bool{false, true} {
		spec.CanonWaitableJoin(c.store, c.index[writes], c.set)
	}
	for _, word := range c.script {
		if writes, busy := word%2 == 1, c.copying[word%2 == 1] != 0; !busy {
			c.begin(writes, word/2%6)
		} else if word > 15 {
			c.cancel(writes)
		} else {
			c.poll()
		}
	}
	for _, writes := range []bool{false, true} {
		if c.poll(); c.copying[writes] != 0 {
			c.cancel(writes)
		}
	}
	return nil
}

// begin begins a copy of n elements. Those that are written count up.
func (c *streamRun) begin(writes bool, n uint64) {
	size := scalars[c.elem]
	ptr := c.alloc(size*n, 8)
	for i := range n {
		if writes {
			c.putInt(ptr+size*i, size, c.next+i)
		}
	}
	opts := c.opts
	opts.Async = true
	c.copying[writes] = ptr
	copies := spec.CanonStreamRead
	if writes {
		copies = spec.CanonStreamWrite
	}
	c.recordCopy(writes, copies(c.store, &spec.StreamType{T: c.elem}, &opts, c.index[writes], ptr, n)[0].Uint64())
}

func (c *streamRun) cancel(writes bool) {
	cancels := spec.CanonStreamCancelRead
	if writes {
		cancels = spec.CanonStreamCancelWrite
	}
	c.recordCopy(writes, cancels(c.store, &spec.StreamType{T: c.elem}, true, c.index[writes])[0].Uint64())
}

// poll takes an event, if there is one.
func (c *streamRun) poll() {
	switch spec.EventCode(spec.CanonWaitableSetPoll(c.store, false, c.mem, c.set, c.results)[0].Uint64()) {
	case spec.EventStreamRead:
		c.recordCopy(false, c.getInt(c.results+4, 4))
	case spec.EventStreamWrite:
		c.recordCopy(true, c.getInt(c.results+4, 4))
	}
}

// recordCopy records the elements of a copy that is done.
func (c *streamRun) recordCopy(writes bool, packed uint64) {
	if packed == spec.Blocked {
		return
	}
	n, size := packed>>4, scalars[c.elem]
	for i := range n {
		c.copied[writes] = append(c.copied[writes], c.getInt(c.copying[writes]+size*i, size))
	}
	if writes {
		c.next += n
	}
	c.copying[writes] = 0
}
