package model

import (
	"slices"

	"cabi/spec"
)

// This file is the loop of a run: it asks the actor for an action, takes it, and tells the checkers, the recorder and the
// observer. The specification calls guests (act) and the host (hostActs) back while an action is under way, so the loop nests:
// each activation has one of its own. What calls the specification is made into frames as well (internal/frames, run_frames_gen.go).

// Main has the host call the exports of the world's start, and then lets it act until the actor ends the run or the
// specification stops it.
func (r *Run) Main() {
	if r.source != nil {
		r.mainOnSource()
		return
	}
	if r.Store.Machine() != nil {
		r.mainOnFrames()
		return
	}
	defer func() { r.end(recover()) }()
	host := r.addHost()
	if err := r.Store.Try(func() { r.rest(host) }); err != nil {
		r.stop(err)
	}
}

// rest has the host call the exports of the world's start, and then act until the actor ends the run.
func (r *Run) rest(host *Activation) {
	r.starting = true
	for _, name := range r.World.Start {
		r.doHostAction(host.startBy(name))
		r.done(host, nil)
	}
	r.starting = false
	for {
		r.choose(host)
		a := r.begin(host)
		if a.Op == "" || a.Op == opStop {
			return
		}
		r.doHostAction(a)
		r.done(host, nil)
	}
}

// startBy begins the call of an export of the world's start.
func (at *Activation) startBy(name string) Action {
	at.Pending = &Action{Op: opInvoke, Imm: []string{name}}
	return *at.Pending
}

// addHost adds the activation of the host at rest.
func (r *Run) addHost() *Activation {
	host := &Activation{Actor: Host, Kind: KindHost, Name: Host, stack: r.stackOf(nil)}
	host.stack.activations = append(host.stack.activations, host)
	r.Activations = append(r.Activations, host)
	return host
}

// end ends the run, given the panic that reached Main. nil and Aborted are the ordinary ends. If traps are switched off that keep the
// tables in order, the port may fault where the Python goes on; the fault then stops the run.
func (r *Run) end(got any) {
	fault, isFault := got.(*spec.Fault)
	switch {
	case got == nil || got == any(spec.Aborted{}):
	case isFault && r.mayFault:
		r.Stopped = fault
	default:
		panic(got)
	}
}

// act takes the actions of an activation of core code until it returns or throws.
func (in *instance) act(at *Activation) []spec.CoreValue {
	r := in.run
	r.enter(at)
	for {
		r.choose(at)
		a := r.begin(at)
		switch a.Op {
		case opReturn:
			r.leave(at, a)
			return slices.Clip(a.Args)
		case opThrow:
			r.leave(at, a)
			panic(&spec.CoreException{Payload: at.Name})
		}
		results := in.call(a)
		r.done(at, results)
	}
}

// hostActs lets the host act until it returns to its caller: to a guest that called function k of the host's calls or cancels that
// call, or that uses stream or future k of those that the host knows.
func (r *Run) hostActs(kind ActivationKind, name string, k int) {
	at := &Activation{Actor: Host, Kind: kind, Name: name, Args: []spec.CoreValue{spec.CoreInt(uint64(k))}}
	r.enter(at)
	for {
		r.choose(at)
		a := r.begin(at)
		if a.Op == opReturn {
			r.leave(at, a)
			return
		}
		r.doHostAction(a)
		r.done(at, nil)
	}
}

// choose asks the actor for the next action of an activation. On frames the run may be at another menu afterwards: the actor has put it back.
func (r *Run) choose(at *Activation) {
	if !r.atSameMenu {
		r.notifyMenu()
	}
	r.atSameMenu = false
	a := r.actor.Next(r, at)
	if a.Op == "" && (at.Kind != KindHost || r.Store.Machine() != nil) {
		r.Store.Abort()
	}
	r.chosen = a
}

// begin begins the action that was chosen; the zero Action: none was, and the host is at rest.
func (r *Run) begin(at *Activation) Action {
	a := r.chosen
	if a.Op == "" {
		return a
	}
	at.Pending = &a
	if r.noting() && !r.repeating {
		r.beginTransition(at, a)
	}
	r.Taken++
	if !r.starting {
		r.Actions++
	}
	r.recorder.step(at, a)
	return a
}

// enter begins an activation.
func (r *Run) enter(at *Activation) {
	r.began++
	at.began = r.began
	r.Activations = append(r.Activations, at)
	at.stack = r.stackOf(r.Store.Running())
	at.stack.enter(at)
	r.recorder.enter(at)
	if r.noting() {
		r.noteResumed(at)
	}
	if r.Observer != nil {
		r.Observer.Entered(at)
	}
	for _, c := range r.entered.all {
		c.Entered(r, at)
	}
}

// leave ends an activation, which returns or throws.
func (r *Run) leave(at *Activation, a Action) {
	for _, c := range r.left.all {
		c.Left(r, at)
	}
	at.Pending = nil
	at.stack.leave(at, a)
	if at.Kind == KindRealloc {
		r.observeRealloc(at, a)
	}
	if r.neverWritten {
		r.dropStack(at.stack)
	}
	r.Activations = slices.DeleteFunc(r.Activations, func(a *Activation) bool { return a == at })
}

// done ends the pending action of an activation.
func (r *Run) done(at *Activation, results []spec.CoreValue) {
	r.recorder.done(at, results)
	if r.noting() && at.Pending != nil {
		r.noteResumed(at)
	}
	if r.Observer != nil {
		r.Observer.Done(at, results)
	}
	for _, c := range r.observers.done.all {
		c.Done(r, at, results)
	}
	at.Pending, at.observed = nil, at.observed[:0]
}

// stop ends the run: the specification stopped it.
func (r *Run) stop(err error) {
	r.Stopped = err
	r.recorder.stop(err)
	for _, c := range r.stopped.all {
		c.Stopped(r, err)
	}
}
