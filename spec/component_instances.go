// definitions.py, "Component Instances"

package spec

import (
	"fmt"
	"slices"
)

// A ComponentInstance is one instance of a component: its tables and the flags that guard its entry and exit.
//
//cabi:py ComponentInstance dcca4b0c
type ComponentInstance struct {
	// Name is for people: traps and dumps call the instance by it. NewComponentInstance numbers instances if empty.
	Name string

	store             *Store
	parent            *ComponentInstance
	handles           *Tables
	threads           *Tables
	mayEnter          bool
	mayLeave          bool
	backpressure      int64
	numWaitingToEnter int
	exclusiveThread   *Thread
}

// NewComponentInstance makes an instance in s, inside parent if that is not nil.
//
//cabi:py ComponentInstance.__init__ c9a59bc6
func NewComponentInstance(s *Store, parent *ComponentInstance) *ComponentInstance {
	s.assert(parent == nil || parent.store == s, "ComponentInstance.__init__/same-store", "a parent is in the same store")
	inst := &ComponentInstance{Name: instanceName(len(s.instances)), store: s, parent: parent}
	inst.handles = newTables(inst)
	inst.threads = newThreadTables(inst)
	inst.mayEnter = true
	inst.mayLeave = true
	inst.backpressure = s.options.Limits.InitialBackpressure
	inst.numWaitingToEnter = 0
	inst.exclusiveThread = nil
	s.instances = append(s.instances, inst)
	return inst
}

// Store is the store that inst lives in.
func (inst *ComponentInstance) Store() *Store { return inst.store }

//cabi:py ComponentInstance.may_enter_from 81dfd382
func (inst *ComponentInstance) mayEnterFrom(caller *ComponentInstance) bool {
	for _, i := range inst.enteringSet(caller) {
		if !i.mayEnter {
			return false
		}
	}
	return true
}

//cabi:py ComponentInstance.enter_from 4a798934
func (inst *ComponentInstance) enterFrom(caller *ComponentInstance) {
	for _, i := range inst.enteringSet(caller) {
		inst.store.assert(i.mayEnter, "ComponentInstance.enter_from/may-enter", "an instance being entered may be entered")
		i.mayEnter = false
	}
}

//cabi:py ComponentInstance.leave_to d85a4204
func (inst *ComponentInstance) leaveTo(caller *ComponentInstance) {
	for _, i := range inst.enteringSet(caller) {
		inst.store.assert(!i.mayEnter, "ComponentInstance.leave_to/entered", "an instance being left has been entered")
		i.mayEnter = true
	}
}

// enteringSet is the instances that are entered on the way from caller to inst, inst first.
//
//cabi:py ComponentInstance.entering_set 80cbb472
func (inst *ComponentInstance) enteringSet(caller *ComponentInstance) []*ComponentInstance {
	if caller != nil {
		callers := caller.selfAndAncestors()
		return slices.DeleteFunc(inst.selfAndAncestors(), func(i *ComponentInstance) bool {
			return slices.Contains(callers, i)
		})
	}
	return inst.selfAndAncestors()
}

//cabi:py ComponentInstance.self_and_ancestors 33cc193e
func (inst *ComponentInstance) selfAndAncestors() []*ComponentInstance {
	s := []*ComponentInstance{inst}
	ancestor := inst.parent
	for ancestor != nil {
		s = append(s, ancestor)
		ancestor = ancestor.parent
	}
	return s
}

// instanceName names the nth instance of a store: A to Z, then I26 and on.
func instanceName(n int) string {
	if n < 26 {
		return string(rune('A' + n))
	}
	return fmt.Sprintf("I%d", n)
}
