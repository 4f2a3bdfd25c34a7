package upstream

import (
	"cabi/model"
	"cabi/spec"
)

// host decides what the host does while nothing runs.
func (p *player) host() model.Action {
	o := &options{p: p}
	if p.left > 0 {
		p.invokeAny(o)
		for k, call := range p.run.Invocations() {
			weight := 2
			if p.crowd {
				weight = 6
			}
			if !call.Resolved && !call.CancelRequested {
				o.add(weight, "cancel", nil, uint64(k))
			}
		}
		for k := range p.run.HostCalls() {
			p.hostCall(o, k, true)
		}
		p.sharedAll(o)
	}
	if p.snap.waiting && p.left > -30 {
		o.add(10, "tick", nil)
	}
	if p.left <= 0 || p.one(40) {
		o.add(1, "stop", nil)
	}
	if a, ok := o.choose(); ok {
		return a
	}
	return action("stop", nil)
}

// invokeAny adds calls of what instances export that can be entered.
func (p *player) invokeAny(o *options) {
	for _, f := range p.run.World.Funcs {
		if f.Instance() != model.Host && (p.snap.mayEnter(f.Instance()) || p.one(200)) {
			o.lazy(3, "invoke", func() (model.Action, bool) { return p.invoke(f), true })
		}
	}
}

func (p *player) invoke(f model.Func) model.Action {
	a := action("invoke", []string{f.Name})
	for range f.Params {
		a.Args = append(a.Args, spec.CoreInt(p.seed()))
	}
	return a
}

// seed stands for a value of the host.
func (p *player) seed() uint64 {
	switch p.IntN(6) {
	case 0, 1:
		return p.Uint64()
	case 2:
		return 1<<pick(p.chooser, []int{7, 8, 15, 16, 31, 32, 63}) - p.Uint64N(2)
	}
	return p.Uint64N(200)
}

// hostCall adds how a call of a function of the host can go on. Returns reports whether it may be left as it is.
func (p *player) hostCall(o *options, k int, async bool) {
	call := p.run.HostCalls()[k]
	f := p.funcOf(call.Func)
	if async && !f.Async || call.Resolved {
		return
	}
	if !call.Started {
		o.add(8, "host.start", nil, uint64(k))
	} else {
		o.lazy(4, "host.resolve", func() (model.Action, bool) {
			args := []uint64{uint64(k)}
			for range f.Results {
				args = append(args, p.seed())
			}
			return action("host.resolve", nil, args...), true
		})
	}
	if call.CancelRequested {
		o.add(6, "host.resolve-cancelled", nil, uint64(k))
	}
}

// hostCalled decides what the host does while it is called. It obeys its callers' protocol: a call of a sync function is
// resolved when it returns.
func (p *player) hostCalled() model.Action {
	k := int(p.at.Args[0].Uint64())
	o := &options{p: p}
	switch p.at.Kind {
	case model.KindHostFunc:
		call := p.run.HostCalls()[k]
		if p.funcOf(call.Func).Async || call.Resolved {
			weight := 3
			if !call.Started && len(p.funcOf(call.Func).Params) > 0 {
				weight = 1 // its arguments may not last
			}
			if p.syncTask() && !call.Resolved && !p.one(12) {
				weight = 0 // its caller may not wait
			}
			o.add(weight, "return", nil)
		}
		p.hostCall(o, k, false)
		if p.one(3) {
			p.sharedAll(o)
		}
		if p.left > 0 && p.one(6) {
			p.invokeAny(o)
		}
	case model.KindHostCancel:
		o.add(3, "return", nil)
		p.hostCall(o, k, false)
	case model.KindHostShared:
		o.add(3, "return", nil)
		p.shared(o, k)
	}
	a, _ := o.choose()
	return a
}

func (p *player) sharedAll(o *options) {
	for k := range p.run.HostShared() {
		p.shared(o, k)
	}
}

// shared adds what the host can do with a stream or future that it knows.
func (p *player) shared(o *options, k int) {
	s := p.run.HostShared()[k]
	at := uint64(k)
	if s.Own {
		if s.Copying && s.Pending != nil {
			remain := s.Pending.Remain()
			if remain > 0 {
				n := uint64(1)
				if s.Stream {
					n = 1 + p.Uint64N(remain)
				}
				o.add(3, "shared.copy", nil, at, n, p.seed())
			}
			p.sharedDone(o, s, at, remain)
		}
		return
	}
	if s.CanReclaim {
		o.add(2, "shared.reclaim", nil, at)
	}
	if s.Copying {
		o.add(1, "shared.cancel", nil, at)
		return
	}
	if s.Closed {
		return
	}
	n := uint64(1)
	if s.Stream {
		n = p.Uint64N(4)
	}
	if s.Made {
		o.add(3, "shared.write", nil, at, n, p.seed())
	} else {
		o.add(3, "shared.read", nil, at, n)
	}
	if s.Stream || !s.Made {
		o.add(1, "shared.drop", nil, at)
	}
}

// sharedDone ends a guest's copy: of a future, it is completed exactly if the value was written.
func (p *player) sharedDone(o *options, s *model.HostShared, at, remain uint64) {
	cancelling := p.at.Kind == model.KindHostShared && p.at.Name == "shared.cancel" || s.CancelRequested
	switch {
	case s.Stream:
		o.add(2, "shared.done", nil, at, pick(p.chooser, []uint64{0, 0, 1}))
		if cancelling {
			o.add(6, "shared.done", nil, at, 2)
		}
	case remain == 0:
		o.add(4, "shared.done", nil, at, 0)
	case cancelling:
		o.add(6, "shared.done", nil, at, 2)
	}
}
