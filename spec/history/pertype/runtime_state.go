package pertype

//cabi:pin per-type

// A ComponentInstance is one instance of a component. Its error contexts and the tasks that wait to enter it are left
// out.
//
//cabi:py ComponentInstance 6bdb57ab
type ComponentInstance struct {
	resources     *ResourceTables
	waitables     *Table[any]
	numTasks      int
	mayLeave      bool
	backpressure  bool
	interruptible bool
}

//cabi:py ComponentInstance.__init__ 244c6c49
func newComponentInstance(maxLength uint64) *ComponentInstance {
	inst := &ComponentInstance{}
	inst.resources = newResourceTables(maxLength)
	inst.waitables = newTable[any](maxLength)
	inst.numTasks = 0
	inst.mayLeave = true
	inst.backpressure = false
	inst.interruptible = true
	return inst
}
