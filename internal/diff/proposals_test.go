package diff

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/suite"
)

var write = flag.Bool("write", false, "write docs/proposals.md")

// proposals are upstream's open proposals.
var proposals = []Proposal{
	{Branch: "fix-cancel-bug", Commit: "d834f63", Claims: []Claim{
		{"message", "\"always deliver cancellation as soon as possible\".", "a callback that waits behind the lock is told once that is free: `cancel-delivered/callback wait` is cured.",
			finding("cancel-delivered", "callback wait", Cured)},
		{"message", "the same.", "not to a thread that is suspended: `cancel-delivered/thread.suspend` is left. A task is cancelled while its instance is entered, and its thread, " +
			"suspended cancellably by thread.suspend, is never told. The proposal's tests have that a pending cancellation is delivered at the next call of a cancellable built-in, and none " +
			"has a thread that is in one already.", finding("cancel-delivered", "thread.suspend", Left)},
		{"run_tests.py, test_thread_cancel_callback", "a callback that has yielded is told TASK_CANCELLED, where the pin's test has NONE.", "the same, as a kind of difference.",
			kind("a callback is called with TASK_CANCELLED")},
	}},
	{Branch: "fix-donut-wrap", Commit: "903e48b", Claims: []Claim{
		{"run_tests.py, test_donut_sync_defers_async_enter", "a call into a parent that is in a sync call starts later.", "the same: call returns STARTING, where the function was called at once.",
			kind("call: call returns 16, where the old version has: a function is called")},
		{"run_tests.py, test_donut_sync_defers_cancellation", "a cancellation is deferred for as long.", "the same, and a callback that has yielded meanwhile is not called with it: subtask.cancel returns BLOCKED.",
			kind("subtask.cancel: subtask.cancel returns, where the old version has: a callback is called with TASK_CANCELLED")},
		{"prose", "callbacks and functions lifted sync do not run inside a sync call.", "the same: `stack-discipline/order` is cured.", finding("stack-discipline", "order", Cured)},
		{"prose", "the same.", "two promises say what the pin's text says, and are broken by this rule: a task is told of its cancellation later though nothing else is in the way (`cancel-delivered/at once`), " +
			"and a sync function that blocks traps although a thread is ready, which the rule holds back (`traps-justified/canon_lift/blocked`).", func(r *Report) bool {
			return promise("cancel-delivered", "at once", New)(r) && promise("traps-justified", "canon_lift/blocked", New)(r)
		}},
	}},
	{Branch: "fix-exclusive-bug", Commit: "a8d87b2", Claims: []Claim{
		{"message", "\"Fix CABI definition of thread promotability\".", "threads that hold the lock, or wait for it, are not promoted, and do not run inside a sync call: `stack-discipline/order` is cured in `tasks`.",
			finding("stack-discipline", "order", Cured)},
		{"Concurrency.md", "switching to a ready thread does \"not otherwise violate\" invariant 3, that stacks are used last in, first out.", "a sync task promotes the implicit thread of any sync task of its instance: " +
			"`stack-discipline/order` is left in `donuts`.", finding("stack-discipline", "order", Left)},
		{"CanonicalABI.md", "`canon_lift` traps if no thread is promotable.", "the same: a sync function that blocks traps although a thread is ready, which waits for the lock. " +
			"`traps-justified/canon_lift/blocked`, which says what the pin's text says, is broken by that.", promise("traps-justified", "canon_lift/blocked", New)},
	}},
	{Branch: "add-tests", Commit: "75592ec", Claims: []Claim{
		{"message", "\"Define and test the self-thread-index case thread.*-then-promote built-ins\".",
			"a thread that names itself traps, where thread.yield-then-promote returned at once and thread.suspend-then-promote waited for ever.", func(r *Report) bool {
				return kind("thread.yield-then-promote: trap, where the old version has: invoke returns")(r) && kind("thread.suspend-then-promote: trap, where the old version has: invoke returns")(r)
			}},
		{"definitions.py", "the same line is new in `thread.resume-later`, `thread.suspend-then-resume` and `thread.yield-then-resume`.",
			"nothing of it can be observed: they trapped before, since a thread that runs is not suspended. The line was run in all five.", func(r *Report) bool {
				return len(r.Differences) == 2 && len(r.Definitions) == 5 && len(r.NotReached) == 0
			}},
	}},
	{Branch: "pull/640", Commit: "1fb578e", Claims: []Claim{
		{"message", "\"Replace the expanded-element flat representation with a pointer-based one for direct fixed and bounded length lists\".",
			"such a list is stored behind a call of realloc, and its address is passed. Bounded lists, which are new, are no types here and are not passed.", func(r *Report) bool {
				return kind("invoke: a function is called, where the old version has: a function is called")(r) && slices.ContainsFunc(r.CoreTypes, func(c CoreTypes) bool {
					return c == CoreTypes{"call of B.fixed(list<u8, 2>) in A", "[i32 i32]", "[i32]"}
				})
			}},
		{"message", "helpers \"to detect when result types contain such lists, forcing memory-based returns\".",
			"`lift_flat_values` asks them of parameters, too, which `flatten_functype` passes one by one: where one of several is such a list, the first number is taken for the address of all. " +
				"Values of which one is such a list are refused or lifted as others, as round trips show, and no run reaches the lines with which `lift_flat_list` lifts such a list.", func(r *Report) bool {
				return len(r.RoundTrips.Apart) > 0 && slices.ContainsFunc(r.NotReached, func(l Line) bool { return l.In == "lift_flat_list" && strings.Contains(l.Text, "else maybe_length") })
			}},
	}},
	{Branch: "simplify", Commit: "c9504df", Claims: []Claim{
		{"test/async/reentrance.wast", "\"'subtask.cancel' delivers cancellation immediately even when the callee's component instance is on the stack\".",
			"an assert of Thread.resume fails if the callee's thread is what is on the stack: it was cancellable once, runs again, and calls its caller, which cancels it.",
			kind("subtask.cancel: assertion-failure, where the old version has: subtask.cancel returns")},
		{"message", "\"remove the may_enter flag/trap\".", "the same: a function, or a destructor, is called where the pin traps.", kind("call: a function is called, where the old version has: trap")},
	}},
	{Branch: "task-switch", Commit: "0c769d0", Claims: []Claim{
		{"message", "\"Add thread.set-task built-in\".", "nothing else can be observed; it returns, or traps on an implicit thread.", func(r *Report) bool {
			return len(r.Differences) == 0 && len(r.Builtins) == 1 && len(r.Builtins[0].Outcomes) >= 2
		}},
	}},
}

// finding wants a finding with a verdict.
func finding(property, kind string, verdict Verdict) func(*Report) bool {
	return func(r *Report) bool {
		return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Property == property && f.Kind == kind && f.Verdict == verdict })
	}
}

// promise wants a promise to be kept, or broken, otherwise than before.
func promise(property, kind string, verdict Verdict) func(*Report) bool {
	return func(r *Report) bool {
		return slices.ContainsFunc(r.Promises, func(f Broken) bool { return f.Property == property && f.Kind == kind && f.Verdict == verdict })
	}
}

// kind wants a kind of difference, by words in one of its variants.
func kind(words string) func(*Report) bool {
	return func(r *Report) bool {
		return slices.ContainsFunc(r.Differences, func(d Difference) bool {
			return slices.ContainsFunc(d.Variants, func(v Variant) bool { return strings.Contains(v.Kind, words) })
		})
	}
}

// What the page says of claims is in the reports.
func TestClaims(t *testing.T) {
	for _, p := range recorded(t) {
		for _, c := range p.Claims {
			if !c.Is(p.Report) {
				t.Errorf("%s: the report does not show: %s", p.Branch, c.Found)
			}
		}
	}
}

// commits are commits of upstream's history of 2026, each of which was compared with the one before it.
var commits = []Commit{
	{Hash: "6c67aa1", Message: "move call to deliver_pending_cancellation before stop_waiting_internal (fix spec bug)"},
	{Hash: "1c42aeb", Message: "Remove TODO from tests, remove stale backpressure.set definition"},
	{Hash: "7972c14", Message: "Define 'realloc' calls to execute on fresh thread"},
	{Hash: "706074c", Message: "reorder ABI options and LiftLowerContext sections (no change)"},
	{Hash: "4989fde", Message: "simplify how Task.request_cancellation finds the caller's instance (no change)"},
	{Hash: "22e082c", Message: "Simplify canon_lower presentation (no change)"},
	{Hash: "aeb5d21", Message: "Add missing trap if attempting to transfer stream/future that's in a waitable set"},
	{Hash: "d276ef5", Message: "Clarify and fix definition of \"reentrance\""},
	{Hash: "d1fc5a9", Message: "rearrange Thread internal functions for regularity and later commit (no change)"},
	{Hash: "c0731a3", Message: "Prevent waitable-set.{wait,poll} from stealing events from sync built-ins"},
}

func recorded(t *testing.T) []Proposal {
	t.Helper()
	all := slices.Clone(proposals)
	for i := range all {
		all[i].Report = readReport(t, "testdata/proposals/"+strings.ReplaceAll(all[i].Branch, "/", "-")+".json")
	}
	return all
}

func recordedCommits(t *testing.T) []Commit {
	t.Helper()
	all := slices.Clone(commits)
	for i := range all {
		all[i].Report = readReport(t, "testdata/history/"+all[i].Hash+".json")
	}
	return all
}

func readReport(t *testing.T, name string) *Report {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r := &Report{}
	if err := json.Unmarshal(text, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// docs/proposals.md is what the recorded reports say. -write writes it.
func TestProposalsPage(t *testing.T) {
	var page strings.Builder
	WriteProposals(&page, recorded(t), recordedCommits(t))
	const file = "../../docs/proposals.md"
	if *write {
		if err := os.WriteFile(file, []byte(page.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != page.String() {
		t.Errorf("%s is stale (%v): go test ./internal/diff -run TestProposalsPage -write", file, err)
	}
}

// With upstream's history at hand, the shortest difference of each proposal is there: its trace happens on the proposal, and not on the port.
func TestProposals(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("CABI_UPSTREAM_GIT is not set")
	}
	port := open(t, Port)
	for _, p := range recorded(t) {
		v, err := Open(p.Commit, git)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range p.Report.Differences {
			trace, err := model.ReadTrace(strings.NewReader(d.NewTrace))
			if err != nil {
				t.Fatal(err)
			}
			trace = observable(trace)
			if departs, err := v.departure(trace); err != nil || departs != nil {
				t.Errorf("%s: %+v, %v:\n%s", p.Branch, departs, err, d.NewTrace)
			}
			if departs, _ := port.departure(trace); len(d.Appeared) > 0 && departs == nil {
				t.Errorf("%s: the port does the same:\n%s", p.Branch, d.NewTrace)
			}
		}
	}
}

// What a reference trace shows of a promise says nothing if the version keeps what the promise looks at in another way: d276ef5 gives
// Task.on_resolve to tasks otherwise than the pin, and the trace seems to break subtask-told.
func TestNotCheckedOnTraces(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("CABI_UPSTREAM_GIT is not set")
	}
	v, err := Open("d276ef5", git)
	if err != nil {
		t.Fatal(err)
	}
	traces, _, err := tracesOf(suite.Traces, "traces")
	if err != nil {
		t.Fatal(err)
	}
	c := newComparison(Options{Old: open(t, Port), New: v})
	c.checkOn(traces["callback-task_cancelled"])
	if c.settleNotChecked(); len(c.report.Promises) > 0 {
		t.Errorf("%+v", c.report.Promises)
	}
	if !slices.ContainsFunc(c.report.NotChecked, func(n NotChecked) bool {
		return n.Property == "subtask-told"
	}) {
		t.Errorf("%+v", c.report.NotChecked)
	}
}
