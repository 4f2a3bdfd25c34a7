package model

import "cabi/spec"

// This file is where guests and the host of a run are called, and goes on on frames (spec.Options.Frames). The closures begin one frame each and
// return: whatever is done after a call is done by the frames, which are made from run_loop.go, run_operations.go and the host's files.

// callable is core code that takes the actions that the actor chooses, in activations of its own.
func (in *instance) callable(at func(args []spec.CoreValue) *Activation) spec.CoreFunc {
	m := in.run.Store.Machine()
	return func(args []spec.CoreValue) []spec.CoreValue {
		if m == nil {
			return in.act(at(args))
		}
		m.Push(&frameinstance_act{v_in: in, v_at: at(args)})
		return nil
	}
}

// hostFunc is a function of the host. The actor decides what the host does when it is called, and when it is asked to cancel a call.
func (r *Run) hostFunc(name string, ft *spec.FuncType) spec.FuncInst {
	m := r.Store.Machine()
	return spec.HostFunc(func(onStart spec.OnStart, onResolve spec.OnResolve, _ *spec.ComponentInstance) spec.OnCancel {
		call := &HostCall{Func: name, ft: ft, onStart: onStart, onResolve: onResolve}
		if m == nil {
			return r.callHost(call)
		}
		m.Push(&frameRun_callHost{v_r: r, v_call: call})
		return nil
	})
}

// hostOnCancel is how a guest asks to cancel a call of a function of the host.
func (r *Run) hostOnCancel(call *HostCall) spec.OnCancel {
	return spec.HostOnCancel(func(*spec.ComponentInstance) {
		if m := r.Store.Machine(); m != nil {
			m.Push(&frameRun_askToCancel{v_r: r, v_call: call})
			return
		}
		r.askToCancel(call)
	})
}

// mainOnFrames is Main on frames.
func (r *Run) mainOnFrames() {
	r.Store.Machine().Push(&frameRun_rest{v_r: r, v_host: r.addHost()})
	r.runFrames()
}

// goOnOnFrames has a run that was put back to a menu go on until the actor ends it or the specification is stopped.
func (r *Run) goOnOnFrames() {
	if r.chooseAgain() {
		r.runFrames()
	}
}

// chooseAgain asks the actor for the next action at the menu that the run was put back to. It reports whether there is one.
func (r *Run) chooseAgain() (chosen bool) {
	defer func() {
		if !chosen {
			r.end(recover())
		}
	}()
	r.atSameMenu = true
	r.choose(r.acting())
	return true
}

func (r *Run) runFrames() {
	panicked, stop := r.Store.Machine().Run(r.undoer != nil)
	if stop != nil {
		r.stop(stop)
	} else {
		r.end(panicked)
	}
}
