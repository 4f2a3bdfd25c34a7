package resourcetable

//cabi:pin resource-table

// A ComponentInstance is one instance of a component. Its error contexts and the tasks that wait to enter it are left
// out.
//
//cabi:py ComponentInstance 41c4c9c4
type ComponentInstance struct {
	resources     *Table[*ResourceHandle]
	waitables     *Table[any]
	numTasks      int
	mayLeave      bool
	backpressure  bool
	interruptible bool
}

//cabi:py ComponentInstance.__init__ 04ac87d7
func newComponentInstance(maxLength uint64) *ComponentInstance {
	inst := &ComponentInstance{}
	inst.resources = newTable[*ResourceHandle](maxLength)
	inst.waitables = newTable[any](maxLength)
	inst.numTasks = 0
	inst.mayLeave = true
	inst.backpressure = false
	inst.interruptible = true
	return inst
}
