// definitions.py, "Resource State"

package spec

import "fmt"

// A ResourceHandle is an element that refers to a resource: it owns it or borrows it.
//
//cabi:py ResourceHandle a14b798e
type ResourceHandle struct {
	rt          *ResourceType
	rep         Int
	own         bool
	borrowScope *Task // nil for own handles
	numLends    int
}

//cabi:py ResourceHandle.__init__ 4a111933
func newResourceHandle(rt *ResourceType, rep Int, own bool, borrowScope *Task) *ResourceHandle {
	h := &ResourceHandle{}
	h.rt = rt
	h.rep = rep
	h.own = own
	h.borrowScope = borrowScope
	h.numLends = 0
	return h
}

func (h *ResourceHandle) class() Class { return ClassResourceHandle }

func (h *ResourceHandle) describe() string {
	if h.own {
		return fmt.Sprintf("own handle of %s", h.rt.Name)
	}
	return fmt.Sprintf("borrow handle of %s", h.rt.Name)
}

// A ResourceType is a type of resources. It is equal only to itself.
//
//cabi:py ResourceType c1d9759c
type ResourceType struct {
	// Name is for people: traps and dumps call the type by it.
	Name string

	impl   *ComponentInstance
	dtor   CoreFunc
	serial uint64 // the order of creation in the store
}

// NewResourceType makes a resource type that impl implements. The destructor may be nil.
//
//cabi:py ResourceType.__init__ da9c420b
func NewResourceType(name string, impl *ComponentInstance, dtor CoreFunc) *ResourceType {
	rt := &ResourceType{Name: name}
	rt.impl = impl
	rt.dtor = dtor
	if impl != nil {
		impl.store.types++
		rt.serial = uint64(impl.store.types)
	}
	return rt
}
