package upstream

import (
	"cabi/model"
	"cabi/spec"
)

// host chooses an action of the host while no core code runs.
func (g *generator) host() model.Action {
	o := g.newOptions()
	if g.left > 0 {
		g.addInvocations(o)
		g.addCancels(o)
		for k := range g.run.HostCalls() {
			g.addHostCall(o, k, true)
		}
		g.addAllShared(o)
	}
	if g.state.waiting && g.left > -30 {
		o.add(10, "tick", nil)
	}
	if g.left <= 0 || g.oneIn(40) {
		o.add(1, "stop", nil)
	}
	if a, ok := o.choose(); ok {
		return a
	}
	return action("stop", nil)
}

// addCancels adds the cancellation of each call that the host has made and that is not over.
func (g *generator) addCancels(o *options) {
	weight := 2
	if g.manyThreads {
		weight = 6
	}
	for k, call := range g.run.Invocations() {
		if !call.Resolved && !call.CancelRequested {
			o.add(weight, "cancel", nil, uint64(k))
		}
	}
}

// addInvocations adds calls of the functions of instances that can be entered, and seldom of others.
func (g *generator) addInvocations(o *options) {
	for _, f := range g.run.World.Funcs {
		if f.Instance() != model.Host && (g.state.mayEnter(f.Instance()) || g.oneIn(200)) {
			o.addLazy(3, "invoke", func() (model.Action, bool) { return g.invoke(f), true })
		}
	}
}

// invoke calls a function with random values.
func (g *generator) invoke(f model.Func) model.Action {
	a := action("invoke", []string{f.Name})
	for range f.Params {
		a.Args = append(a.Args, spec.CoreInt(g.seed()))
	}
	return a
}

// seed is a number from which the host makes a value of any type.
func (g *generator) seed() uint64 {
	switch g.IntN(6) {
	case 0, 1:
		return g.Uint64()
	case 2:
		return 1<<pick(g.chooser, []int{7, 8, 15, 16, 31, 32, 63}) - g.Uint64N(2)
	}
	return g.Uint64N(200)
}

// addHostCall adds the next steps of a call of a function of the host: that it takes its arguments, resolves, or resolves as
// cancelled if it was asked to. While no core code runs (async), only calls of async functions have any left.
func (g *generator) addHostCall(o *options, k int, async bool) {
	call := g.run.HostCalls()[k]
	f := g.funcOf(call.Func)
	if async && !f.Async || call.Resolved {
		return
	}
	if !call.Started {
		o.add(8, "host.start", nil, uint64(k))
	} else {
		o.addLazy(4, "host.resolve", func() (model.Action, bool) {
			args := []uint64{uint64(k)}
			for range f.Results {
				args = append(args, g.seed())
			}
			return action("host.resolve", nil, args...), true
		})
	}
	if call.CancelRequested {
		o.add(6, "host.resolve-cancelled", nil, uint64(k))
	}
}

// hostInCall chooses an action of the host while core code calls it: a function, the cancellation of a call, or the host's
// side of a stream or future.
func (g *generator) hostInCall() model.Action {
	k := int(g.at.Args[0].Uint64())
	o := g.newOptions()
	switch g.at.Kind {
	case model.KindHostFunc:
		g.addHostFunc(o, k)
	case model.KindHostCancel:
		o.add(3, "return", nil)
		g.addHostCall(o, k, false)
	case model.KindHostShared:
		o.add(3, "return", nil)
		g.addShared(o, k)
	}
	a, _ := o.choose()
	return a
}

// addHostFunc adds the actions of the host while a function of its own is called. It keeps to the protocol: a call of a sync
// function is resolved when it returns.
func (g *generator) addHostFunc(o *options, k int) {
	call := g.run.HostCalls()[k]
	if f := g.funcOf(call.Func); f.Async || call.Resolved {
		weight := 3
		if !call.Started && len(f.Params) > 0 {
			weight = 1 // the caller may reuse the memory that its arguments are in
		}
		if g.syncTask() && !call.Resolved && !g.oneIn(12) {
			weight = 0 // its caller may not wait
		}
		o.add(weight, "return", nil)
	}
	g.addHostCall(o, k, false)
	if g.oneIn(3) {
		g.addAllShared(o)
	}
	if g.left > 0 && g.oneIn(6) {
		g.addInvocations(o)
	}
}

// addAllShared adds the actions on every stream and future that the host knows.
func (g *generator) addAllShared(o *options) {
	for k := range g.run.HostShared() {
		g.addShared(o, k)
	}
}

// addShared adds the host's actions on a stream or future that it knows: as its implementer, or as the holder of an end.
func (g *generator) addShared(o *options, k int) {
	s := g.run.HostShared()[k]
	at := uint64(k)
	if s.Own {
		g.addOwnShared(o, s, at)
		return
	}
	if s.CanReclaim {
		o.add(2, "shared.reclaim", nil, at)
	}
	switch {
	case s.Copying:
		o.add(1, "shared.cancel", nil, at)
	case !s.Closed:
		g.addHostCopy(o, s, at)
	}
}

// addOwnShared adds the host's answers to a guest that reads a stream or future that the host implements.
func (g *generator) addOwnShared(o *options, s *model.HostShared, at uint64) {
	if !s.Copying || s.Pending == nil {
		return
	}
	remain := s.Pending.Remain()
	if remain > 0 {
		n := uint64(1)
		if s.Stream {
			n = 1 + g.Uint64N(remain)
		}
		o.add(3, "shared.copy", nil, at, n, g.seed())
	}
	g.addSharedDone(o, s, at, remain)
}

// addHostCopy adds the copies of the host with an end that it holds, and dropping that.
func (g *generator) addHostCopy(o *options, s *model.HostShared, at uint64) {
	n := uint64(1)
	if s.Stream {
		n = g.Uint64N(4)
	}
	if s.Made {
		o.add(3, "shared.write", nil, at, n, g.seed())
	} else {
		o.add(3, "shared.read", nil, at, n)
	}
	if s.Stream || !s.Made {
		o.add(1, "shared.drop", nil, at)
	}
}

// addSharedDone adds the ends of a guest's copy: that of a future is complete exactly if the value was written.
func (g *generator) addSharedDone(o *options, s *model.HostShared, at, remain uint64) {
	cancelling := g.at.Kind == model.KindHostShared && g.at.Name == "shared.cancel" || s.CancelRequested
	switch {
	case s.Stream:
		o.add(2, "shared.done", nil, at, pick(g.chooser, []uint64{0, 0, 1}))
		if cancelling {
			o.add(6, "shared.done", nil, at, 2)
		}
	case remain == 0:
		o.add(4, "shared.done", nil, at, 0)
	case cancelling:
		o.add(6, "shared.done", nil, at, 2)
	}
}
