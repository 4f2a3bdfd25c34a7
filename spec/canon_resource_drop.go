// definitions.py, "canon resource.drop"

package spec

// CanonResourceDrop is resource.drop: it drops a handle, and with an own handle the resource.
//
//cabi:py canon_resource_drop 22514ba7
func CanonResourceDrop(s *Store, rt *ResourceType, i uint64) []CoreValue {
	inst := currentInstance(s)
	s.trapIf(!inst.mayLeave, "canon_resource_drop/may-leave", "the instance may not be left")
	at := inst.handles.remove(i, wantResource(rt))
	h := isA[*ResourceHandle](at, "canon_resource_drop/class", "the handle is no resource handle")
	at.trapIf(h.rt != rt, "canon_resource_drop/type", "the handle is of another resource type")
	s.trapIf(h.numLends != 0, "canon_resource_drop/num_lends", "the handle is lent")
	if h.own {
		s.assert(h.borrowScope == nil, "canon_resource_drop/own-scope", "an own handle is in no borrow scope")
		opts := &CanonicalOptions{Async: false}
		ft := &FuncType{Params: []ValType{U32Type{}}, Result: nil, Async: false}
		dtor := rt.dtor
		if dtor == nil {
			dtor = noDtor
		}
		callee := inst.store.Lift(dtor, ft, opts, rt.impl)
		caller := inst.store.Lower(callee, ft, opts, inst)
		caller([]CoreValue{h.rep.core()})
	} else {
		h.borrowScope.numBorrows--
	}
	return []CoreValue{}
}

// noDtor is lambda rep: [].
func noDtor([]CoreValue) []CoreValue { return []CoreValue{} }
