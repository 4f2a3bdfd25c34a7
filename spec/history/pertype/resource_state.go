package pertype

//cabi:pin per-type

// ResourceTables are an instance's tables of resource handles, one for each resource type, made when first asked for.
//
//cabi:py ResourceTables 31220477
type ResourceTables struct {
	rtToTable map[*ResourceType]*Table[*ResourceHandle]
	maxLength uint64
}

//cabi:py ResourceTables.__init__ 01a3fc46
func newResourceTables(maxLength uint64) *ResourceTables {
	ts := &ResourceTables{maxLength: maxLength}
	ts.rtToTable = map[*ResourceType]*Table[*ResourceHandle]{}
	return ts
}

//cabi:py ResourceTables.table cdf9cd1b
func (ts *ResourceTables) table(rt *ResourceType) *Table[*ResourceHandle] {
	if ts.rtToTable[rt] == nil {
		ts.rtToTable[rt] = newTable[*ResourceHandle](ts.maxLength)
	}
	return ts.rtToTable[rt]
}

//cabi:py ResourceTables.get 61078fd8
func (ts *ResourceTables) get(rt *ResourceType, i uint64) *ResourceHandle {
	return ts.table(rt).get(i)
}

//cabi:py ResourceTables.add 7ee81cf0
func (ts *ResourceTables) add(rt *ResourceType, h *ResourceHandle) uint64 {
	return ts.table(rt).add(h)
}

//cabi:py ResourceTables.remove d335e2c7
func (ts *ResourceTables) remove(rt *ResourceType, i uint64) *ResourceHandle {
	return ts.table(rt).remove(i)
}

// A ResourceHandle refers to a resource: it owns it or borrows it.
//
//cabi:py ResourceHandle a6c11871
type ResourceHandle struct {
	rep         uint64
	own         bool
	borrowScope *Task // nil for own handles
	lendCount   int
}

//cabi:py ResourceHandle.__init__ bcae6730
func newResourceHandle(rep uint64, own bool, borrowScope *Task) *ResourceHandle {
	h := &ResourceHandle{}
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
