package wast

// A cause is why directives of upstream's tests do not pass on the specification.
type cause struct {
	title string
	class string
	why   string
	// shown is the command that shows on upstream's Python what definitions.py does; empty: it plays no part.
	shown string
	// at are the directives, by folder, file and line.
	at []string
}

// The classes of causes.
const (
	classCore      = "core feature missing"
	classPart      = "script and definitions.py part"
	classElsewhere = "trapped elsewhere"
)

// causes are all causes for upstream's folders async, resources, values and linking at the checkout. A test compares them with what comes of
// the scripts. Directives that follow others are not listed.
var causes = []cause{
	{"multiple memories", classCore, "wazero has one memory a core module.", "", []string{"linking/unit.wast:261", "linking/unit.wast:308", "linking/unit.wast:355"}},
	{"`task.return` has other options than the function is lifted with", classPart,
		"The scripts lift with a memory and call a `task.return` without one, or the other way round. `definitions.py` compares the options at `canon_task_return/options`, and the prose says that they must match exactly: it supports `definitions.py`.",
		"cabi replay docs/generated/traps/canon_task_return-options.cabi --spec component-model",
		[]string{"async/big-interleaving-test.wast:863", "async/big-interleaving-test.wast:1417", "async/cross-abi-calls.wast:491", "async/cross-abi-calls.wast:495"}},
	{"a call that finds its event there may wait all the same", classPart,
		"The script expects an async call that waits for an event to return at once if the event is there. `definitions.py` and the prose leave that open (`Thread.wait_until`), and the policy waits: the script tests one of two behaviours that are allowed. Where a run goes on instead, it traps at `canon_task_return/options`, as above.",
		"cabi litmus examples/scripts/event-there-may-wait.litmus --spec component-model",
		[]string{"async/big-interleaving-test.wast:934", "async/big-interleaving-test.wast:1469"}},
	{"cancelling a copy that has made progress", classPart,
		"The script expects `stream.cancel-read` to return CANCELLED after another party has written. `definitions.py` returns the event that is pending, which is COMPLETED; the code of `cancel_copy` in the prose is the same.",
		"cabi replay suite/traces/stream.cancel-read-sync-completed-with-something.cabi --spec component-model",
		[]string{"async/cancel-stream.wast:202"}},
	{"the callee's instance is still held by another task", classPart,
		"The script expects an async call to be STARTED. The callee's instance is held exclusively by the task of an earlier call, which waits in a sync `stream.write` and has not gone on yet, so `definitions.py` leaves the call STARTING, under every choice. The prose supports it: the lock is held throughout each invocation of core code.",
		"cabi litmus examples/scripts/callee-still-held.litmus --spec component-model",
		[]string{"async/sync-streams.wast:208"}},
	{"a sync call that blocks lets other threads of its instance run", classPart,
		"The scripts expect that a sync call never resumes a thread that waits in a callback's event loop. In `definitions.py` that thread holds no lock, and may run; the prose leaves out the holder of the lock alone, and supports `definitions.py`. Upstream lists the script in `test/nyi.txt`, as its own runtime does not pass it either, and the open proposals `fix-exclusive-bug` and `fix-donut-wrap` change `definitions.py` to what it expects.",
		"cabi litmus examples/scripts/sync-call-resumes-a-callback.litmus --spec component-model",
		[]string{"async/during-sync-call-no-exclusive-resume.wast:119", "async/during-sync-call-no-exclusive-resume.wast:163"}},
	{"one trap has two messages", classPart,
		"The script expects the message of a deadlock. `definitions.py` and the prose have a single trap for a sync call that blocks, `canon_lift/blocked`, and other scripts give it another message. In both open proposals the script expects that other message, and passes here.",
		"cabi litmus examples/scripts/sibling-is-not-resumed.litmus --spec component-model",
		[]string{"async/during-sync-call-no-sibling-resume.wast:215"}},
	{"a parent and its child may call each other", classPart,
		"The scripts expect a trap, \"for now\". `definitions.py` allows these calls, and so does the prose, which draws such a call stack under `may_enter_from`.",
		"cabi replay examples/scripts/parent-and-child-call-each-other.cabi --spec component-model",
		[]string{"async/trap-on-reenter.wast:65", "async/trap-on-reenter.wast:86", "async/trap-on-reenter.wast:110"}},
	{"a case is padded with an int where a float is wanted", classPart,
		"`lower_flat_variant` pads with the int 0, and an assert of `canon_lift` fails where the core function takes a float. The script is right: this is a defect of `definitions.py`, listed in [findings.md](findings.md).",
		"cabi litmus examples/scripts/padding-of-a-float.litmus --spec component-model",
		[]string{"values/concat.wast:441"}},
	{"a sync function that blocks traps where it blocks", classElsewhere,
		"The scripts expect a sync function that calls an async one to trap at the call, before the callee runs. In `definitions.py` and the prose it traps once it blocks, and until then the callee runs, which traps by itself in these scripts. The open proposal `fix-exclusive-bug` has the callees block instead, and its versions of both scripts pass here.",
		"cabi litmus examples/scripts/sync-call-traps-when-it-blocks.litmus --spec component-model",
		[]string{"async/dont-block-start.wast:24", "async/trap-if-block-and-sync.wast:287", "async/trap-if-block-and-sync.wast:289"}},
	{"the index is looked up first", classElsewhere,
		"The scripts pass indices that name nothing, and expect the trap on blocking. `definitions.py` looks the index up first, as the prose does, and traps at `Table.get/bounds`. The open proposal `fix-exclusive-bug` makes streams and futures for these scripts to block on, and its version passes here.",
		"cabi litmus examples/scripts/index-looked-up-first.litmus --spec component-model",
		[]string{"async/trap-if-block-and-sync.wast:315", "async/trap-if-block-and-sync.wast:317", "async/trap-if-block-and-sync.wast:319", "async/trap-if-block-and-sync.wast:321",
			"async/trap-if-block-and-sync.wast:323", "async/trap-if-block-and-sync.wast:325", "async/trap-if-block-and-sync.wast:327", "async/trap-if-block-and-sync.wast:329", "async/trap-if-block-and-sync.wast:331"}},
}
