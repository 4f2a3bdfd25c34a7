package spec

import "testing"

// TestTrapOnCopies is the traps on built-ins that the state of an end forbids.
func TestTrapOnCopies(t *testing.T) {
	runScenarios(t, []scenario{
		{site: "stream_copy/idle", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			CanonStreamRead(g.s, u8Stream(), g.async, ri, 0, 1)
		})},
		{site: "stream_copy/in-set", run: guest(func(g *scene) {
			ri, _ := g.stream(nil)
			none(g.t, CanonWaitableJoin(g.s, ri, g.set()))
			CanonStreamRead(g.s, streamOf(nil), g.sync, ri, 0, 1)
		})},
		{site: "future_copy/idle", run: guest(func(g *scene) {
			ri, _ := g.blockedFutureRead()
			CanonFutureRead(g.s, futureOf(nil), g.async, ri, 0)
		})},
		{site: "future_copy/in-set", run: guest(func(g *scene) {
			ri, _ := g.future(nil)
			none(g.t, CanonWaitableJoin(g.s, ri, g.set()))
			CanonFutureRead(g.s, futureOf(nil), g.sync, ri, 0)
		})},
		{site: "cancel_copy/copying", run: guest(func(g *scene) {
			ri, _ := g.stream(nil)
			CanonStreamCancelRead(g.s, streamOf(nil), true, ri)
		})},
		{site: "cancel_copy/copying", run: guest(func(g *scene) { CanonStreamCancelRead(g.s, u8Stream(), true, g.waitedFor()) })},
		{site: "cancel_copy/in-set", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			none(g.t, CanonWaitableJoin(g.s, ri, g.set()))
			CanonStreamCancelRead(g.s, u8Stream(), false, ri)
		})},
		{site: "CopyEnd.drop/copying", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			CanonStreamDropReadable(g.s, u8Stream(), ri)
		})},
		{site: "WritableFutureEnd.drop/unwritten", run: guest(func(g *scene) {
			_, wi := g.future(nil)
			CanonFutureDropWritable(g.s, futureOf(nil), wi)
		})},
		{site: "lift_async_value/idle", run: guest(func(g *scene) {
			ri, _ := g.blockedRead()
			g.lower(HostFunc(taker), params(u8Stream()), g.sync, ri)
		})},
		{site: "lift_async_value/in-set", run: guest(func(g *scene) {
			ri, _ := g.stream(nil)
			none(g.t, CanonWaitableJoin(g.s, ri, g.set()))
			g.lower(HostFunc(taker), params(streamOf(nil)), g.sync, ri)
		})},
	}, newTrap)
}

func (g *scene) blockedFutureRead() (ri, wi uint64) {
	ri, wi = g.future(nil)
	returns(g.t, CanonFutureRead(g.s, futureOf(nil), g.async, ri, 0), Blocked)
	return ri, wi
}

// TestTrapOnBothEndsInOneInstance copies values that are no numbers within one instance, beginning at either end.
func TestTrapOnBothEndsInOneInstance(t *testing.T) {
	runScenarios(t, []scenario{
		{site: "SharedStreamImpl.read/same-instance", run: guest(func(g *scene) {
			ri, wi := g.stream(BoolType{})
			returns(g.t, CanonStreamWrite(g.s, streamOf(BoolType{}), g.async, wi, 0, 1), Blocked)
			CanonStreamRead(g.s, streamOf(BoolType{}), g.async, ri, 0, 1)
		})},
		{site: "SharedStreamImpl.write/same-instance", run: guest(func(g *scene) {
			ri, wi := g.stream(BoolType{})
			returns(g.t, CanonStreamRead(g.s, streamOf(BoolType{}), g.async, ri, 0, 1), Blocked)
			CanonStreamWrite(g.s, streamOf(BoolType{}), g.async, wi, 0, 1)
		})},
		{site: "SharedFutureImpl.read/same-instance", run: guest(func(g *scene) {
			ri, wi := g.future(BoolType{})
			returns(g.t, CanonFutureWrite(g.s, futureOf(BoolType{}), g.async, wi, 0), Blocked)
			CanonFutureRead(g.s, futureOf(BoolType{}), g.async, ri, 0)
		})},
		{site: "SharedFutureImpl.write/same-instance", run: guest(func(g *scene) {
			ri, wi := g.future(BoolType{})
			returns(g.t, CanonFutureRead(g.s, futureOf(BoolType{}), g.async, ri, 0), Blocked)
			CanonFutureWrite(g.s, futureOf(BoolType{}), g.async, wi, 0)
		})},
	}, newTrap)
}

// TestTrapOnBuffers is the traps on where a copy's buffer is.
func TestTrapOnBuffers(t *testing.T) {
	reading := func(ptr, n uint64) func(*scene) error {
		return guest(func(g *scene) {
			ri, _ := g.stream(U16Type{})
			CanonStreamRead(g.s, streamOf(U16Type{}), g.async, ri, ptr, n)
		})
	}
	runScenarios(t, []scenario{
		{site: "BufferGuestImpl.__init__/length", run: reading(0, bufferMaxLength+1)},
		{site: "BufferGuestImpl.__init__/aligned", run: reading(1, 1)},
		{site: "BufferGuestImpl.__init__/bounds", run: reading(256, 1)},
		{site: "BufferGuestImpl.__init__/bounds", run: reading(0, 129)},
	}, newTrap)
}
