package properties

import (
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// Who owns a resource, and who may use it until when. Lends and borrows are counted here, in the subtasks and tables that
// they are in, and not taken from the counters that the specification keeps.

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

// hostCalled reports whether the host is being called: such a call is only on the stack.
func hostCalled(r *model.Run) bool {
	return slices.ContainsFunc(r.Activations, func(at *model.Activation) bool { return at.Kind == model.KindHostFunc })
}

// callsUnderway are the subtasks that handles may be lent to: those in tables, those of the tasks that are not at their
// end, and those whose end a thread waits for.
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
	for _, t := range r.Store.AllTasks() {
		add(t.Caller())
	}
	for _, t := range r.Store.WaitingThreads() {
		called, _ := t.WaitsFor().Waitable.(*spec.Subtask)
		add(called)
	}
	return calls
}

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
	for _, task := range r.Store.AllTasks() {
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

// lentChecker suspects a handle that leaves its table while it is lent.
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

// A resource is what a handle refers to: guests that give several resources of a type the same rep tell them apart no
// more than this does, which counts them.
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

// ownerChecker follows each resource from handle to handle, whatever its rep. A resource goes by the handle that it was made
// with. Where nothing is wrong, each own handle is of a resource of its own, and the state says which.
type ownerChecker struct {
	model.BaseChecker
	run           *model.Run
	hostTakesPart bool                                          // the host deals in own handles: nothing is checked
	resourceOf    map[*spec.ResourceHandle]*spec.ResourceHandle // what each own handle in a table is of
	inTransit     []*spec.ResourceHandle                        // the resources whose handle was taken to be passed on, the oldest first
}

func (c *ownerChecker) Begin(r *model.Run) {
	c.run, c.hostTakesPart = r, len(r.World.Resources) > 0 && hostPasses(r.World, "own<")
}

func (c *ownerChecker) Issued(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	h, ok := e.(*spec.ResourceHandle)
	switch {
	case !ok || !h.Own() || c.hostTakesPart:
	case doing(c.run, func(op string) bool { return op == "resource.new" }):
		c.record(h, h)
	default:
		c.arrive(h)
	}
}

// arrive gives the own handle that is made to pass a resource on the first that is on its way: values are stored in the order in
// which they are loaded.
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

func (c *ownerChecker) record(h, of *spec.ResourceHandle) {
	if c.resourceOf == nil {
		c.resourceOf = map[*spec.ResourceHandle]*spec.ResourceHandle{}
	}
	c.resourceOf[h] = of
}

func (c *ownerChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	h, ok := e.(*spec.ResourceHandle)
	if !ok || !h.Own() || c.hostTakesPart {
		return
	}
	if dropping(c.run) == nil {
		c.inTransit = append(c.inTransit, c.resourceOf[h])
	}
	delete(c.resourceOf, h)
}

// dropping is the activation that runs and does resource.drop; nil: none.
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

// State checks that every resource that was not dropped has its handle in a table, and nothing else has.
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
			if c.resourceOf[h] == nil {
				c.violate("too many", "%s is there, and was never made", describe(h))
			}
		}
	}
	if live < len(c.resourceOf) {
		c.violate("lost", "there are %d own handles, there must be %d", live, len(c.resourceOf))
	}
}

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

// destroyedChecker keeps the drops that have still to run a destructor; they are on the stack.
type destroyedChecker struct {
	model.BaseChecker
	run  *model.Run
	owed []owed
}

type owed struct {
	at       *model.Activation
	resource resource
}

func (c *destroyedChecker) Begin(r *model.Run) { c.run = r }

func (c *destroyedChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if h, ok := e.(*spec.ResourceHandle); ok && h.Own() && h.Type().HasDtor() {
		if at := dropping(c.run); at != nil {
			c.owed = append(c.owed, owed{at, resourceOf(h)})
		}
	}
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
