package properties

import (
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// Properties of resources: which handle owns one, and how long one that is borrowed may be used. The lends and borrows are counted
// here, from the subtasks and tables, to compare them with the counters that the specification keeps.

var lendsBalanced = runProperty(&model.Property{
	Name:       "lends-balanced",
	Statement:  "A handle counts as many lends as there are calls under way, or whose end was not told yet, that it is lent to.",
	Kind:       "state",
	Origin:     `CanonicalABI.md: "The num_lends field maintains a conservative approximation of the number of live handles that were lent from this handle"`,
	BlindSpots: "Handles that are lent to the host while it is being called.",
}, func(r *model.Run, exercised *bool) (message, kind string) {
	if len(r.World.Resources) == 0 || hostCalled(r) {
		return "", ""
	}
	calls := callsUnderway(r)
	for _, slot := range r.Elements() {
		h, ok := slot.Element.(*spec.ResourceHandle)
		if !ok {
			continue
		}
		lends := lendsOf(calls, h)
		*exercised = *exercised || lends > 0
		if h.NumLends() != lends {
			return fmt.Sprintf("%s %d of %s counts %d lends, there are %d", describe(h), slot.Index, slot.Owner.Name, h.NumLends(), lends), ""
		}
	}
	return "", ""
})

// hostCalled reports whether the host is being called. The subtask of such a call may be on the stack alone, where no checker sees
// it.
func hostCalled(r *model.Run) bool {
	return slices.ContainsFunc(r.Activations, func(at *model.Activation) bool { return at.Kind == model.KindHostFunc })
}

// callsUnderway are the subtasks that handles may be lent to: those in tables, those whose tasks are not at their end, and those that
// a thread waits for.
func callsUnderway(r *model.Run) []*spec.Subtask {
	var calls []*spec.Subtask
	add := func(t *spec.Subtask) {
		if t != nil && !slices.Contains(calls, t) {
			calls = append(calls, t)
		}
	}
	for _, slot := range r.Elements() {
		t, _ := slot.Element.(*spec.Subtask)
		add(t)
	}
	for _, t := range r.Tasks() {
		add(t.Caller())
	}
	for _, t := range r.Store.WaitingThreads() {
		called, _ := t.WaitsFor().Waitable.(*spec.Subtask)
		add(called)
	}
	return calls
}

// lendsOf is how many times a handle is lent to calls.
func lendsOf(calls []*spec.Subtask, h *spec.ResourceHandle) int {
	n := 0
	for _, t := range calls {
		for _, lender := range t.Lenders() {
			if lender == h {
				n++
			}
		}
	}
	return n
}

var borrowsBalanced = runProperty(&model.Property{
	Name: "borrows-balanced",
	Statement: "A task counts as many borrows as there are borrow handles in its scope; and no borrow handle outlives the call that it was " +
		"passed in.",
	Kind:   "state",
	Origin: `CanonicalABI.md: "There is a dynamic error if the callee has not dropped all borrowed handles by the time task.return is called"`,
}, func(r *model.Run, exercised *bool) (message, kind string) {
	if len(r.World.Resources) == 0 || halfDone(r) {
		return "", ""
	}
	for _, task := range r.Tasks() {
		n := 0
		for _, slot := range r.Elements() {
			if h, ok := slot.Element.(*spec.ResourceHandle); ok && !h.Own() && h.Scope() == task {
				n++
			}
		}
		*exercised = *exercised || n > 0
		if n != task.NumBorrows() {
			return fmt.Sprintf("%s counts %d borrow handles, there are %d", task.Func(), task.NumBorrows(), n), "count"
		}
	}
	for _, slot := range r.Elements() {
		if h, ok := slot.Element.(*spec.ResourceHandle); ok && !h.Own() && (h.Scope() == nil || h.Scope().State() == spec.TaskResolved) {
			return fmt.Sprintf("%s %d of %s outlives the call that it was passed in", describe(h), slot.Index, slot.Owner.Name), "outlives"
		}
	}
	return "", ""
})

var noDropWhileLent = &model.Property{
	Name:      "no-drop-while-lent",
	Statement: "A handle that is lent is neither dropped nor passed on.",
	Kind:      "step",
	Origin: `CanonicalABI.md: "This count […] is ensured to be zero when an own handle is dropped"; "The lifting operation fails […] if the own handle is ` +
		`currently being lent out as borrows"`,
	BlindSpots: "Handles that are lent to the host while it is being called.",
	New: func() model.Checker {
		return &lentChecker{suspecter: suspecter{BaseChecker: model.BaseChecker{Name: "no-drop-while-lent"}}}
	},
}

// A lentChecker suspects that a handle leaves its table while it is lent. It remembers nothing. It cannot see the handles that are
// lent to the host while that is being called.
type lentChecker struct {
	suspecter
	run *model.Run
}

func (c *lentChecker) Begin(r *model.Run) { c.run = r }

func (c *lentChecker) Retired(inst *spec.ComponentInstance, _ spec.TableKey, index uint64, e spec.Element) {
	if h, ok := e.(*spec.ResourceHandle); ok && lendsOf(callsUnderway(c.run), h) > 0 {
		c.NonVacuous = true
		c.suspect(fmt.Sprintf("%s %d of %s left its table while it was lent", describe(h), index, inst.Name))
	}
}

// A resource is identified by its type and rep. A guest that gives several resources of a type the same rep cannot tell them apart
// either; so they are counted.
type resource struct {
	rt  *spec.ResourceType
	rep spec.Int
}

func resourceOf(h *spec.ResourceHandle) resource { return resource{h.Type(), h.Rep()} }

func (k resource) String() string { return fmt.Sprintf("%s rep %s", k.rt.Name, k.rep) }

var singleOwner = &model.Property{
	Name: "single-owner",
	Statement: "Every resource that was made and not dropped has one own handle, in one table: none is made by passing it on, and none is lost " +
		"on the way.",
	Kind: "step",
	Origin: `CanonicalABI.md: "own handles are lifted by removing the handle from the current component instance's handles table so that ownership is ` +
		`transferred"`,
	BlindSpots: "Worlds in which the host gets or gives own handles.",
	New:        func() model.Checker { return &ownerChecker{BaseChecker: model.BaseChecker{Name: "single-owner"}} },
}

// An ownerChecker checks that each resource has one own handle: it follows each from handle to handle. It remembers which resource
// each own handle is of, and which resources are being passed on. A resource goes by the first handle that it was made with.
// Once the host takes part in passing own handles, the checker cannot follow them and checks nothing.
//
// Without a violation each own handle is of a resource of its own, which the state has: there is no ghost.
type ownerChecker struct {
	model.BaseChecker
	run           *model.Run
	hostTakesPart bool
	calls         int                                                // that the host had made when hostTakesPart was looked at
	resourceOf    record[*spec.ResourceHandle, *spec.ResourceHandle] // the resource of each own handle in a table
	inTransit     []*spec.ResourceHandle                             // the resources that are being passed on, the oldest first
}

func (c *ownerChecker) Begin(r *model.Run) {
	c.run = r
	c.watchHost()
}

// watchHost keeps whether the host has passed an own handle, or will as the world says.
func (c *ownerChecker) watchHost() {
	c.hostTakesPart = len(c.run.World.Resources) > 0 && hostPasses(c.run, "own<")
}

func (c *ownerChecker) Issued(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	h, ok := e.(*spec.ResourceHandle)
	if calls := len(c.run.Invocations()); ok && calls != c.calls {
		c.calls = calls
		c.watchHost()
	}
	switch {
	case !ok || !h.Own() || c.hostTakesPart:
	case doing(c.run, func(op string) bool { return op == "resource.new" }):
		c.record(h, h)
	default:
		c.arrive(h)
	}
}

// arrive is for an own handle that is made to pass a resource on. It must be of the first that is in transit: values are stored in
// the order in which they are loaded.
func (c *ownerChecker) arrive(h *spec.ResourceHandle) {
	c.NonVacuous = true
	i := slices.IndexFunc(c.inTransit, func(of *spec.ResourceHandle) bool { return of.Type() == h.Type() })
	if i < 0 {
		c.violate("too many", "%s was made, and none was passed on", describe(h))
		return
	}
	if of := c.inTransit[i]; of.Rep() != h.Rep() {
		c.violate("another", "%s was passed on, and %s arrived", describe(of), describe(h))
	}
	c.record(h, c.inTransit[i])
	c.inTransit = slices.Delete(c.inTransit, i, i+1)
}

// record remembers which resource an own handle is of.
func (c *ownerChecker) record(h, of *spec.ResourceHandle) {
	c.resourceOf.put(h, of)
}

func (c *ownerChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	h, ok := e.(*spec.ResourceHandle)
	if !ok || !h.Own() || c.hostTakesPart {
		return
	}
	if dropping(c.run) == nil {
		c.inTransit = append(c.inTransit, c.resourceOf.of(h))
	}
	c.resourceOf.remove(h)
}

// dropping is the running activation if it is calling resource.drop, else nil.
func dropping(r *model.Run) *model.Activation {
	running := r.Store.Running()
	for _, at := range slices.Backward(r.Activations) {
		if at.Thread() == running {
			if at.Pending != nil && at.Pending.Op == "resource.drop" {
				return at
			}
			return nil
		}
	}
	return nil
}

// State checks that every resource that was not dropped has its handle in a table, and that each own handle there has a resource.
func (c *ownerChecker) State(r *model.Run) {
	if c.hostTakesPart || len(r.World.Resources) == 0 || halfDone(r) {
		return
	}
	for _, of := range c.inTransit {
		c.violate("lost", "%s was passed on, and did not arrive", describe(of))
	}
	live := 0
	for _, slot := range r.Elements() {
		if h, ok := slot.Element.(*spec.ResourceHandle); ok && h.Own() {
			live++
			if c.resourceOf.of(h) == nil {
				c.violate("too many", "%s is there, and was never made", describe(h))
			}
		}
	}
	if live < len(c.resourceOf) {
		c.violate("lost", "there are %d own handles, there must be %d", live, len(c.resourceOf))
	}
}

// violate sets the violation, unless there is one.
func (c *ownerChecker) violate(kind, format string, args ...any) {
	if c.Message == "" {
		c.Message, c.ViolationKind = fmt.Sprintf(format, args...), kind
	}
}

var destroyedOnce = &model.Property{
	Name: "destroyed-once",
	Statement: "The destructor of a resource runs exactly once, with its rep: while its own handle is being dropped. Dropping a borrow handle " +
		"runs none.",
	Kind: "step",
	Origin: `CanonicalABI.md, resource.drop: "removes the handle from the current component instance's handles table and, if the handle was owning, calls ` +
		`the resource's destructor"`,
	BlindSpots: "Resources whose type has no destructor, or a host's.",
	New:        func() model.Checker { return &destroyedChecker{BaseChecker: model.BaseChecker{Name: "destroyed-once"}} },
}

// A destroyedChecker checks that each drop of an own handle runs one destructor. It remembers the drops whose destructor has not run
// yet. They are on the stack: there is no ghost. It cannot see resources without a destructor, or with one of the host.
type destroyedChecker struct {
	model.BaseChecker
	run  *model.Run
	owed []owed
}

// An owed destructor is that of a resource whose drop, in an activation, has not run it yet.
type owed struct {
	at       *model.Activation
	resource resource
}

func (c *destroyedChecker) Begin(r *model.Run) { c.run = r }

func (c *destroyedChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if h, ok := e.(*spec.ResourceHandle); ok && h.Own() && c.hasDtor(h.Type()) {
		if at := dropping(c.run); at != nil {
			c.owed = append(c.owed, owed{at, resourceOf(h)})
		}
	}
}

// hasDtor reports whether core code is to run when a resource of a type is destroyed: the world says so.
func (c *destroyedChecker) hasDtor(rt *spec.ResourceType) bool {
	return slices.ContainsFunc(c.run.World.Resources, func(d model.Resource) bool { return d.Name == rt.Name && d.Dtor })
}

func (c *destroyedChecker) Entered(_ *model.Run, at *model.Activation) {
	if at.Kind != model.KindDtor {
		return
	}
	c.NonVacuous = true
	for i, o := range slices.Backward(c.owed) {
		if o.resource.rt.Name+".dtor" == at.Name && o.resource.rep == spec.UintOf(at.Args[0].Uint64()) {
			c.owed = slices.Delete(c.owed, i, i+1)
			return
		}
	}
	c.Message, c.ViolationKind = fmt.Sprintf("%s runs with rep %s, and no such own handle is being dropped", at.Name, at.Args[0]), "undue"
}

func (c *destroyedChecker) Done(_ *model.Run, at *model.Activation, _ []spec.CoreValue) {
	if i := slices.IndexFunc(c.owed, func(o owed) bool { return o.at == at }); i >= 0 {
		c.Message, c.ViolationKind = fmt.Sprintf("%s was dropped, and its destructor did not run", c.owed[i].resource), "not run"
	}
}
