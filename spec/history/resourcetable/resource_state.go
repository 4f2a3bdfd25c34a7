package resourcetable

//cabi:pin resource-table

// A ResourceHandle refers to a resource: it owns it or borrows it.
//
//cabi:py ResourceHandle cdc60b5c
type ResourceHandle struct {
	rt          *ResourceType
	rep         uint64
	own         bool
	borrowScope *Task // nil for own handles
	lendCount   int
}

//cabi:py ResourceHandle.__init__ 4d445536
func newResourceHandle(rt *ResourceType, rep uint64, own bool, borrowScope *Task) *ResourceHandle {
	h := &ResourceHandle{}
	h.rt = rt
	h.rep = rep
	h.own = own
	h.borrowScope = borrowScope
	h.lendCount = 0
	return h
}

// A ResourceType is a type of resources. It is equal only to itself. A destructor's callback is left out: none has one.
//
//cabi:py ResourceType f6022f9d
type ResourceType struct {
	impl     *ComponentInstance
	dtor     CoreFunc // nil: none
	dtorSync bool
}

// A CoreFunc is core code: it gets the task it runs in, beside its arguments.
type CoreFunc func(task *Task, args []uint64) []uint64

//cabi:py ResourceType.__init__ 1f674611
func newResourceType(impl *ComponentInstance, dtor CoreFunc, dtorSync bool) *ResourceType {
	rt := &ResourceType{}
	rt.impl = impl
	rt.dtor = dtor
	rt.dtorSync = dtorSync
	return rt
}
