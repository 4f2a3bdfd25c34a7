package pertype

//cabi:pin per-type

import "cabi/spec"

// canonResourceDrop is resource.drop: it drops a handle, and with an own handle the resource.
//
// quirk: a destructor gets a task and a list of arguments where canon_lift calls it, but nothing except the
// representation where it is called here. Core code is of the first kind: here it cannot be called.
//
//cabi:py canon_resource_drop b666e5a7
func canonResourceDrop(rt *ResourceType, sync bool, task *Task, i uint64) []uint64 {
	trapIf(!task.inst.mayLeave, "canon_resource_drop/may-leave", "the instance may not be left")
	inst := task.inst
	h := inst.resources.remove(rt, i)
	flatResults := []uint64{}
	if !sync {
		flatResults = []uint64{0}
	}
	if h.own {
		assert(h.borrowScope == nil, "canon_resource_drop/own-scope", "an own handle is in no borrow scope")
		trapIf(h.lendCount != 0, "canon_resource_drop/lend_count", "the handle is lent")
		if inst == rt.impl {
			if rt.dtor != nil {
				panic(&spec.Crash{Function: "canon_resource_drop", Exception: "TypeError", Detail: "dtor() missing 1 required positional argument: 'args'"})
			}
		} else {
			if rt.dtor != nil {
				flatResults = callDestructor(rt, sync, task, h.rep)
			} else {
				task.trapIfOnTheStack(rt.impl)
			}
		}
	} else {
		h.borrowScope.todo--
	}
	return flatResults
}
