package spec

import "testing"

// TestSitesOfCall is the traps and asserts that a call evaluates, in Python's order: of an async function of A that is
// lifted sync and calls a sync function of B, which takes and returns a number.
func TestSitesOfCall(t *testing.T) {
	var sites []Site
	s := newTestStoreWith(t, Options{Deterministic: true, Observe: func(site Site, _ bool) { sites = append(sites, site) }})
	g := newScene(t, s)
	number := &FuncType{Params: []ValType{U8Type{}}, Result: []ValType{U8Type{}}}
	inB := s.Lift(func(args []CoreValue) []CoreValue { return args }, number, g.sync, g.b)
	f := g.lift(g.sync, asyncFt, func() { g.lower(inB, number, g.sync, 5) })
	sites = nil
	equal(t, g.call(f), nil)
	for i, site := range sites {
		if i >= len(sitesOfCall) || site != sitesOfCall[i] {
			t.Fatalf("site %d is %s; all are %q", i, site, sites)
		}
	}
	equal(t, len(sites), len(sitesOfCall))
}

var sitesOfCall = []Site{
	"Store.lift.func_inst/caller",
	"Store.lift.func_inst/reentrance",
	"ComponentInstance.enter_from/may-enter",
	"Thread.__init__/suspended",
	"Thread.resume/resumable",
	"Thread.__init__.cont_func/first-resume",
	"Task.enter_implicit_thread/initial",
	"Task.needs_exclusive/async-type",
	"Task.needs_exclusive/async-type",
	"Task.enter_implicit_thread/lock-free",
	"Task.register_thread/own-new-thread",
	"Task.register_thread/no-index",
	"Table.add/full",
	"Task.start/initial",
	"canon_lift.thread_func/params",

	"Store.lower.core_func_inst/current",
	"Store.lower.core_func_inst/entered",
	"canon_lower/may-leave",
	"canon_lower/params",
	"Store.lift.func_inst/caller",
	"Store.lift.func_inst/reentrance",
	"ComponentInstance.enter_from/may-enter",
	"Thread.__init__/suspended",
	"Thread.resume/resumable",
	"Thread.__init__.cont_func/first-resume",
	"Task.enter_implicit_thread/initial",
	"Task.register_thread/own-new-thread",
	"Task.register_thread/no-index",
	"Table.add/full",
	"Task.start/initial",
	"canon_lower.on_start/starting",
	"CoreValueIter.next/i32",
	"lift_flat_unsigned/range",
	"canon_lift.thread_func/params",
	"canon_lift.thread_func/results",
	"CoreValueIter.next/i32",
	"lift_flat_unsigned/range",
	"Task.return_/resolved",
	"Task.return_/borrows",
	"Task.return_/result",
	"canon_lower.on_resolve/started",
	"Subtask.resolve/no-results",
	"Subtask.resolve/once",
	"Subtask.resolve/resolved",
	"Task.exit_implicit_thread/implicit",
	"Task.unregister_thread/own-thread",
	"Task.unregister_thread/unresolved",
	"Task.unregister_thread/borrows",
	"Task.unregister_thread/index",
	"Table.get/bounds",
	"Table.get/empty",
	"ComponentInstance.leave_to/entered",
	"canon_lower/sync-returned",
	"Subtask.resolve_delivered/resolved",
	"Subtask.deliver_resolve/once",
	"canon_lower/results",
	"Store.lower.core_func_inst/still-entered",

	"canon_lift.thread_func/results",
	"Task.return_/resolved",
	"Task.return_/borrows",
	"Task.return_/result",
	"Task.exit_implicit_thread/implicit",
	"Task.unregister_thread/own-thread",
	"Task.unregister_thread/unresolved",
	"Task.unregister_thread/borrows",
	"Task.unregister_thread/index",
	"Table.get/bounds",
	"Table.get/empty",
	"Task.needs_exclusive/async-type",
	"Task.exit_implicit_thread/holds-lock",
	"ComponentInstance.leave_to/entered",
}
