package properties

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cabi/spec"
)

// What is written to a stream is what is read from it, in order, however it is cut into buffers, and whether a copy is completed,
// goes on in parts or is cancelled. Left out: blocking, dropping, what is no number (the worlds have them).
func TestStreamsCarry(t *testing.T) {
	checkOften(t, func(t *rapid.T) {
		s := spec.NewStore(spec.Options{})
		defer s.Close()
		c := &carrying{t: t, store: s, party: newParty(t, s, "A")}
		c.elem = rapid.SampledFrom([]spec.ValType{spec.U8Type{}, spec.U16Type{}, spec.U32Type{}, spec.U64Type{}}).Draw(t, "elements")
		c.script = rapid.SliceOfN(rapid.Uint64Range(0, 23), 1, 30).Draw(t, "script")
		run := s.Lift(c.run, &spec.FuncType{}, &spec.CanonicalOptions{}, c.inst)
		_, err := s.Invoke(run, spec.HostOnStart(func() []spec.Value { return nil }), spec.HostOnResolve(func([]spec.Value) {}))
		if err != nil {
			t.Fatal(err)
		}
		read, written := c.moved[false], c.moved[true]
		if !slices.Equal(read, written) {
			t.Fatalf("%v was written, and %v was read", written, read)
		}
	})
}

// A carrying is one instance that has both ends of a stream.
type carrying struct {
	t      *rapid.T
	store  *spec.Store
	elem   spec.ValType
	script []uint64
	*party
	set, results uint64
	index        map[bool]uint64   // the ends: of the writable one, true
	copying      map[bool]uint64   // where the buffers of copies are that are under way
	moved        map[bool][]uint64 // the elements that were told to have been copied
	next         uint64            // that is written
}

// run copies as the script says: a number is an end and how long a buffer, or that the copy is to be cancelled.
func (c *carrying) run([]spec.CoreValue) []spec.CoreValue {
	c.index, c.copying, c.moved = map[bool]uint64{}, map[bool]uint64{}, map[bool][]uint64{}
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

// begin copies n elements: what is written are numbers that count up.
func (c *carrying) begin(writes bool, n uint64) {
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
	c.told(writes, copies(c.store, &spec.StreamType{T: c.elem}, &opts, c.index[writes], ptr, n)[0].Uint64())
}

func (c *carrying) cancel(writes bool) {
	cancels := spec.CanonStreamCancelRead
	if writes {
		cancels = spec.CanonStreamCancelWrite
	}
	c.told(writes, cancels(c.store, &spec.StreamType{T: c.elem}, true, c.index[writes])[0].Uint64())
}

// poll takes an event, if there is one.
func (c *carrying) poll() {
	switch spec.EventCode(spec.CanonWaitableSetPoll(c.store, false, c.mem, c.set, c.results)[0].Uint64()) {
	case spec.EventStreamRead:
		c.told(false, c.getInt(c.results+4, 4))
	case spec.EventStreamWrite:
		c.told(true, c.getInt(c.results+4, 4))
	}
}

// told takes note of what was copied.
func (c *carrying) told(writes bool, packed uint64) {
	if packed == spec.Blocked {
		return
	}
	n, size := packed>>4, scalars[c.elem]
	for i := range n {
		c.moved[writes] = append(c.moved[writes], c.getInt(c.copying[writes]+size*i, size))
	}
	if writes {
		c.next += n
	}
	c.copying[writes] = 0
}
