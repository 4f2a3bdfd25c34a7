// Package findings is what is wrong with the specification at the pin. docs/findings.md is made of it, and of what commands print: a test of
// cmd/cabi runs every command that is named here, and looks up everything else.
package findings

// A Finding is what guests that keep all the rules of validation can bring definitions.py to.
type Finding struct {
	Title string
	What  string // what guests do, and what comes of it
	Taste string // why one may hold that nothing is wrong; empty: it is a defect

	// One of these shows it: a search, of which Finding is the name of what is found, as PROPERTY/KIND, Known what the search calls the defect
	// (properties.Causes), and Actions how many it takes; a trace, in traces; another command; or tests.
	Check   string // after "cabi check "
	Finding string
	Known   string
	Actions int
	Trace   string
	Command string   // after "cabi "
	Tests   []string // as DIRECTORY.TEST

	Lines []Line
	Prose []Prose
	// Repaired is the pull request by which upstream has repaired it since the pin; empty: it has not, as far as is known here.
	Repaired string
	Repair   string // a file of properties/testdata/repairs, without its extension; empty: NoRepair says why there is none
	NoRepair string
	Why      string // what happens, for those who want to mend it
}

// IsLive reports whether it is a defect that upstream has not repaired, as far as is known here.
func (f *Finding) IsLive() bool { return f.Taste == "" && f.Repaired == "" }

// A Line is a line of definitions.py: that of a trap or assert, by the name of its site, or another one.
type Line struct {
	Site string
	Line int
	In   string // the definition that the line is in
	Has  string // a part of the line, by which a test knows it
}

// Prose is what upstream's documents say of it.
type Prose struct {
	Document string
	Line     int
	Words    string // some words of the document, in that line and the next one
	So       string // what follows from them
}

const (
	canonicalABI = "CanonicalABI.md"
	concurrency  = "Concurrency.md"
	explainer    = "Explainer.md"
)

// All are the findings: first those that searches found, in the order of the page's gallery; then those that needed values or calls which the
// searches' worlds do not have; then matters of taste.
var All = []Finding{
	{
		Title:    "Dropping the readable end of a future while a write is pending",
		What:     "An assert fails: the readable end of a future is dropped while a write is pending.",
		Check:    "futures",
		Finding:  "no-assertion-failure/SharedFutureImpl.drop/pending-read",
		Known:    "a future is dropped while a write is pending",
		Actions:  3,
		Lines:    []Line{{Site: "SharedFutureImpl.drop/pending-read"}},
		Prose:    []Prose{{explainer, 2090, "to indicate a loss of interest", "a reader may drop its end early, also when the writer was first"}},
		Repaired: "component-model#708",
		Repair:   "future-reader-first",
		Why: "The assert wants the pending buffer to be that of a read. A write is pending as well, if the writer was first: `future.write` with nobody " +
			"reading blocks, and the reader may then drop its end instead. The writer should presumably be told that its copy ended as dropped, as with streams.",
	},
	{
		Title:   "A cancellation is lost because the lock was held",
		What:    "A cancellation is lost: the lock was held when it was asked for.",
		Check:   "cancel --property cancel-delivered",
		Finding: "cancel-delivered/callback wait",
		Known:   "a cancellation is lost because the lock was held",
		Actions: 8,
		Lines: []Line{
			{Line: 531, In: "Task.request_cancellation", Has: "discard(self.implicit_thread)"},
			{Line: 538, In: "Task.request_cancellation", Has: "PENDING_CANCEL"},
		},
		Prose:  []Prose{{concurrency, 815, "to be delivered immediately", "it is to be delivered at the next cancellable wait, and this one has begun already"}},
		Repair: "cancel-behind-lock",
		Why: "`B.react` waits in its callback, cancellably. `B.block` holds the exclusive lock, so `request_cancellation` leaves the waiting thread out, and the " +
			"task becomes PENDING_CANCEL. A pending cancellation is only looked at when a thread is about to block (`deliver_pending_cancel`): this one is " +
			"blocked already, and releasing the lock wakes nobody. If no other event comes, it never hears of it, and the caller's sync `subtask.cancel` " +
			"hangs with it. A callback that yields is not affected: it is resumed, and blocks again. One instance is enough: " +
			"`cabi check handovers --property cancel-delivered`.",
	},
	{
		Title:    "A cancellation is lost because the instance could not be entered",
		What:     "A cancellation is lost: the instance could not be entered when it was asked for.",
		Check:    "children --property cancel-delivered",
		Finding:  "cancel-delivered/thread.suspend",
		Known:    "a cancellation is lost because the instance could not be entered",
		Actions:  8,
		Lines:    []Line{{Line: 532, In: "Task.request_cancellation", Has: "may_enter_from(caller)"}},
		Prose:    []Prose{{concurrency, 815, "to be delivered immediately", "it is to be delivered at the next cancellable wait, and this one has begun already"}},
		NoRepair: "a thread that is suspended is in no list that anybody looks through when the instance is left",
		Why: "`may_enter_from` is false because the request comes from a call that the instance itself made into its parent; the task becomes PENDING_CANCEL, " +
			"and when the instance is left nobody tells the thread that was blocked cancellably all along.",
	},
	{
		Title:   "A call overtakes those that wait to enter",
		What:    "A call begins at once although another still waits to enter.",
		Check:   "tasks --property residual-backpressure",
		Finding: "residual-backpressure/",
		Known:   "a call overtakes those that wait to enter",
		Actions: 4,
		Lines:   []Line{{Line: 400, In: "Thread.wait_until", Has: "DETERMINISTIC_PROFILE"}},
		Prose:   []Prose{{canonicalABI, 828, "to start without getting starved", "no call is to begin while others wait to enter"}},
		Repair:  "waits-to-enter",
		Why: "`Task.enter_implicit_thread` does make the new call wait, but by `wait_until`, which may go on at once if its condition holds already: nothing holds " +
			"this call back but the others, so it goes on. Under the deterministic profile it does not, and the promise holds (`properties/profile_test.go`).",
	},
	{
		Title:   "Core code does not end last in, first out",
		What:    "Core code of two tasks does not end last in, first out, and neither has opted in.",
		Check:   "tasks --property stack-discipline",
		Finding: "stack-discipline/order",
		Known:   "core code that a sync function resumes goes on above it",
		Actions: 6,
		Lines:   []Line{{Line: 2219, In: "canon_lift.thread_func", Has: "t is not inst.exclusive_thread"}},
		Prose: []Prose{
			{explainer, 3025, "pushed and popped in LIFO order", "Component Invariant 3, which is broken"},
			{concurrency, 207, "does not break [Component Invariant] #3", "it says so of this barging in, and it does"},
		},
		Repair: "no-barging-in",
		Why: "The loop of `canon_lift` that keeps a sync function going leaves out the thread that holds the exclusive lock, but not one that takes it when it is " +
			"resumed: here a callback, which then blocks in core code above the frame of the sync function, which returns below it. No stackful function ran, so " +
			"the instance has not opted in to more than one stack. `cabi check donuts --property stack-discipline` shows the same without a callback: a sync " +
			"function calls a child, which calls back into a function that is lifted sync and blocks in core code; then the sync function returns below it.",
	},
	{
		Title:   "The start of a subtask is taken for its end",
		What:    "An assert fails: a sync `subtask.cancel` takes the event that the subtask has started, as if it were resolved.",
		Check:   "host-calls --property no-assertion-failure",
		Finding: "no-assertion-failure/canon_subtask_cancel/resolve-delivered",
		Known:   "subtask.cancel takes the event of a start for that of the end",
		Actions: 5,
		Lines:   []Line{{Site: "canon_subtask_cancel/resolve-delivered"}},
		Prose:   []Prose{{concurrency, 820, "blocks until the subtask reaches a resolved", "the start is no such event"}},
		Repair:  "sync-cancel-waits",
		Why: "The subtask was STARTING and has started since, which is its undelivered event when `subtask.cancel` is called. The built-in takes whichever event " +
			"comes first, and then asserts that this was the last one.",
	},
	{
		Title:   "A call is cancelled that runs",
		What:    "An assert fails: a child cancels a call of its parent's that is running.",
		Check:   "children --property no-assertion-failure --keep-going",
		Finding: "no-assertion-failure/Thread.resume/resumable",
		Known:   "a child cancels a call of its parent's that runs",
		Actions: 8,
		Lines:   []Line{{Site: "Thread.resume/resumable"}},
		Prose:   []Prose{{concurrency, 808, "it will attempt to immediately resume one of", "one in a cancellable state, which a thread that runs is not"}},
		Repair:  "blocked-threads-are-cancelled",
		Why:     "`cancellable` of a thread that runs is still what it was when the thread last blocked, so `request_cancellation` takes it for one that can be resumed.",
	},
	{
		Title:   "A subtask is put into a set while it is being cancelled",
		What:    "An assert fails: a child calls its parent during a sync `subtask.cancel`, and has that subtask put into a waitable set.",
		Check:   "children --property no-assertion-failure --keep-going",
		Finding: "no-assertion-failure/Waitable.wait_for_pending_event/alone",
		Known:   "a subtask is put into a set while it is being cancelled",
		Actions: 8,
		Lines:   []Line{{Site: "Waitable.wait_for_pending_event/alone"}},
		Prose:   []Prose{{canonicalABI, 1453, "guarded via traps", "no trap guards this: the built-in checks before it cancels, and waits after"}},
		Repair:  "cancelled-subtask-is-waited-for",
		Why: "`subtask.cancel` traps if the subtask is in a set, then asks for the cancellation, which lets the callee run, and only then waits. What the callee " +
			"calls back may join the subtask to a set in between.",
	},
	{
		Title:   "The event of a subtask is delivered while it is being cancelled",
		What:    "A TypeError is raised: a child has a subtask's event delivered while that is being cancelled, and there is none left to take.",
		Check:   "children --property no-crash",
		Finding: "no-crash/Waitable.get_pending_event/TypeError",
		Known:   "the event of a subtask is delivered while it is being cancelled",
		Actions: 10,
		Lines:   []Line{{Line: 799, In: "Waitable.get_pending_event", Has: "return pending_event()"}},
		Prose:   []Prose{{canonicalABI, 1453, "guarded via traps", "no trap guards this: the set takes the event before the built-in does"}},
		Repair:  "cancelled-subtask-is-waited-for",
		Why:     "As above, but the callee resolves the subtask first, and its parent's function then takes that event from a set.",
	},
	{
		Title:   "A realloc calls an import",
		What:    "An assert fails: `realloc`, called to store a result for an instance that is not entered, calls an import.",
		Check:   "reentrance --property no-assertion-failure",
		Finding: "no-assertion-failure/Store.lower.core_func_inst/entered",
		Known:   "realloc calls an import for an instance that is not entered",
		Actions: 7,
		Lines:   []Line{{Site: "Store.lower.core_func_inst/entered"}},
		Prose:   []Prose{{canonicalABI, 3861, "lowered imports may not", "that is to be a trap of `canon_lower`, and the assert is before it"}},
		Repair:  "realloc-may-not-call",
		Why: "`realloc` runs without the checks of reentrance, so that its instance is not marked as entered if its caller was left before the result is stored. " +
			"Where it is marked, the call traps.",
	},
	{
		Title:   "Text that shrinks to Latin-1 is not aligned",
		What:    "Text that shrinks to Latin-1 lies where its instance cannot lift it.",
		Check:   "encodings --property text-liftable",
		Finding: "text-liftable/",
		Known:   "text that shrinks to Latin-1 is not aligned",
		Actions: 4,
		Lines:   []Line{{Line: 1757, In: "store_probably_utf16_to_latin1_or_utf16", Has: "src_byte_length, 1, latin1_size"}},
		Prose:   []Prose{{canonicalABI, 2966, "if a group of components", "text is meant to be passed on, and the prose is silent on its alignment"}},
		Repair:  "shrunk-text-aligned",
		Why: "Both instances have `latin1+utf16`. The text comes tagged as UTF-16, and all of it is Latin-1, so `store_probably_utf16_to_latin1_or_utf16` asks for " +
			"less memory at its end, with an alignment of 1, and does not look whether the address is aligned. `load_string_from_range` wants 2 of any " +
			"string of that encoding: if D passes its text on as it stands, that traps. `store_string_to_latin1_or_utf16`, which shrinks likewise, asks for 2.",
	},
	{
		Title:   "A tag of UTF-16 from 32-bit addresses to 64-bit ones",
		What:    "An assert fails: text with the tag of UTF-16 goes from a memory with 32-bit addresses to one with 64-bit addresses.",
		Check:   "encodings --property no-assertion-failure",
		Finding: "no-assertion-failure/store_string_copy/realloc-max",
		Known:   "text is tagged for memories of one pointer width and looked at with the other",
		Actions: 2,
		Lines:   []Line{{Site: "store_string_copy/realloc-max"}},
		Prose:   []Prose{{canonicalABI, 2473, "indicated by the high bit", "it is silent on memories that differ in their addresses"}},
		Repair:  "tag-of-either-width",
		Why: "`store_string_into_range` looks for the tag where the memory of the destination has it; the source has put it where its own has it. The number of code " +
			"units then has the tag in it.",
	},
	{
		Title:   "A tag of UTF-16 from 64-bit addresses to 32-bit ones",
		What:    "An assert fails: text with the tag of UTF-16 goes from a memory with 64-bit addresses to one with 32-bit addresses.",
		Check:   "encodings --property no-assertion-failure --keep-going",
		Finding: "no-assertion-failure/store_string_to_utf8/realloc-max",
		Known:   "text is tagged for memories of one pointer width and looked at with the other",
		Actions: 2,
		Lines:   []Line{{Site: "store_string_to_utf8/realloc-max"}},
		Prose:   []Prose{{canonicalABI, 2473, "indicated by the high bit", "it is silent on memories that differ in their addresses"}},
		Repair:  "tag-of-either-width",
		Why:     "As above, the other way round.",
	},
	{
		Title:   "The place of a message is not checked",
		What:    "A memory grows: `error-context.debug-message` stores the message's place across its end.",
		Check:   "error-contexts --property memory-fixed",
		Finding: "memory-fixed/",
		Known:   "the message of an error context is stored beyond the memory",
		Actions: 2,
		Tests:   []string{"spec.TestDebugMessageGrowsMemory"},
		Lines:   []Line{{Line: 2802, In: "canon_error_context_debug_message", Has: "ptr)"}},
		Prose:   []Prose{{canonicalABI, 5207, "points to a region of memory", "it claims so, and nothing traps if it does not"}},
		Repair:  "message-in-memory",
		Why:     "Nothing checks the pointer. Beyond the end the Python's memory grows; further in it is overwritten, aligned or not.",
	},
	{
		Title:    "An event does not say that the other end was dropped",
		What:     "An event does not say that the other end of the stream was dropped.",
		Check:    "streams --property drop-told",
		Finding:  "drop-told/",
		Known:    "the event of a copy that was over does not say that the other end was dropped",
		Actions:  8,
		Lines:    []Line{{Line: 1051, In: "SharedStreamImpl.read", Has: "reset_and_notify_pending"}},
		Prose:    []Prose{{canonicalABI, 1801, "nor `CANCELLED` apply", "COMPLETED is to say that the other end was not dropped"}},
		Repaired: "component-model#719",
		NoRepair: "an end keeps no count of what its event is to say: upstream's repair writes the state of both ends anew",
		Why: "A write of no elements waits; a read takes its place and completes it, so that nothing of the writer's is pending when the reader goes: " +
			"`SharedStreamImpl.drop` notifies whoever has a pending buffer, and nobody else. The writer is told COMPLETED, and that the reader is gone only by its next " +
			"write. Of a read it is the same, from the host's side in `cabi check host-streams --property drop-told`. A writer some of whose elements were taken, and " +
			"which was not told yet, hears of it at once. Upstream calls it a bug.",
	},
	{
		Title:   "A cancellation resumes core code above a sync function",
		What:    "Core code of two tasks does not end last in, first out: a child that a sync function calls cancels another call of its parent's.",
		Check:   "donuts --property stack-discipline --keep-going",
		Finding: "stack-discipline/order",
		Known:   "core code that is cancelled goes on above a sync function",
		Actions: 11,
		Lines:   []Line{{Line: 535, In: "Task.request_cancellation", Has: "resume(Cancelled.TRUE)"}},
		Prose:   []Prose{{canonicalABI, 934, "cancellation must additionally avoid resuming", "such a thread is to be left alone, and only the one that holds the lock is"}},
		Repair:  "no-barging-in",
		Why: "The other call waits cancellably, in core code that is lifted sync, and `request_cancellation` resumes it above the frame of the sync function. Another " +
			"defect of the same kind hides it from a search that stops at the first, and the cause tells it apart.",
	},
	{
		Title:  "An event is stored beyond the memory",
		What:   "An assert fails: `waitable-set.poll` or `waitable-set.wait` with a pointer that is out of bounds.",
		Trace:  "event-beyond-the-memory.cabi",
		Known:  "an event is stored where nothing looked whether it may be",
		Tests:  []string{"spec.TestUpstreamDefects"},
		Lines:  []Line{{Site: "store/bounds"}},
		Prose:  []Prose{{canonicalABI, 4287, "writing the payload values into linear memory", "it is silent on a pointer that is not within it"}},
		Repair: "events-in-memory",
		Why:    "`unpack_event` stores the payload at whatever pointer core code gave. Nothing traps before `store` asserts.",
	},
	{
		Title:  "An event is stored where it is not aligned",
		What:   "An assert fails: `waitable-set.poll` or `waitable-set.wait` with a pointer that is not aligned.",
		Trace:  "event-not-aligned.cabi",
		Known:  "an event is stored where nothing looked whether it may be",
		Tests:  []string{"spec.TestUpstreamDefects"},
		Lines:  []Line{{Site: "store/aligned"}},
		Prose:  []Prose{{canonicalABI, 4287, "writing the payload values into linear memory", "it is silent on a pointer that is not aligned"}},
		Repair: "events-in-memory",
		Why:    "As above.",
	},
	{
		Title:  "A case without payload is padded with an int where a float is wanted",
		What:   "An assert fails: a case without payload is lowered where another case has a float, such as `none` of `option<f32>`.",
		Trace:  "float-case.cabi",
		Known:  "a case without payload is lowered where another has a float",
		Tests:  []string{"spec.TestUpstreamDefects"},
		Lines:  []Line{{Site: "canon_lift.thread_func/params"}},
		Prose:  []Prose{{canonicalABI, 3484, "must consume all flattened types", "it is silent on what the rest is filled with"}},
		Repair: "padding-of-its-type",
		Why:    "`lower_flat_variant` pads with the int 0, which is no float.",
	},
	{
		Title:  "A stream of flags is read",
		What:   "An assert fails: `stream.read` or `stream.write` of a `stream<flags>`.",
		Trace:  "stream-of-flags.cabi",
		Known:  "a stream has elements that contains does not know",
		Tests:  []string{"spec.TestUpstreamDefects"},
		Lines:  []Line{{Site: "contains/unknown-type"}},
		Prose:  []Prose{{canonicalABI, 2195, "predicates return whether the", "of any type, so of flags"}},
		Repair: "contains-every-type",
		Why:    "`contains` knows neither flags nor error contexts.",
	},
	{
		Title:    "A variant has more cases than its discriminant",
		What:     "A TypeError is raised in `alignment_variant`: a variant has more than 2^24 cases.",
		Tests:    []string{"spec.TestDiscriminantOfEveryCount"},
		Lines:    []Line{{Line: 1267, In: "discriminant_type", Has: "math.log2(n)/8"}},
		Prose:    []Prose{{canonicalABI, 2268, "covering the number of cases in the variant", "so up to the 2^32 - 1 that the assert allows"}},
		NoRepair: "a type of so many cases is in no world and in no trace that could show that it is gone",
		Why:      "The logarithm over 8, rounded up, is 4 for such a count, and `discriminant_type` has no case for 4: it returns None.",
	},
	{
		Title:   "A name that is defined nowhere",
		What:    "A NameError is raised: `error-context.new` keeps its message.",
		Taste:   "the prose says that the name stands for any function of the host's",
		Check:   "error-contexts",
		Finding: "no-crash/canon_error_context_new/NameError",
		Known:   "the message of an error context is kept",
		Actions: 1,
		Lines:   []Line{{Line: 2790, In: "canon_error_context_new", Has: "host_defined_transformation"}},
		Prose:   []Prose{{canonicalABI, 5174, "is not defined by the", "so that the file cannot be run as it stands"}},
		Repair:  "message-kept",
		Why:     "`host_defined_transformation` is defined nowhere. Whoever runs the file has to add it; the identity would do.",
	},
	{
		Title:    "Two types of error contexts are not equal",
		What:     "A trap in `canon_task_return`: it returns an error context whose type is another object than that of the function's type.",
		Taste:    "whoever makes the types can make one object",
		Tests:    []string{"properties.TestAlikeTypesAreOne"},
		Lines:    []Line{{Line: 120, In: "ErrorContextType", Has: "ErrorContextType(ValType)"}},
		NoRepair: "the port compares such types as equal; that is what the test shows",
		Why:      "`ErrorContextType` is no dataclass, as its neighbours are, so two of them, both written `error-context`, are not equal.",
	},
	{
		Title:   "Choices that the deterministic profile leaves open",
		What:    "Guests observe which thread is told of a cancellation, which one a sync function resumes, and in which order a set's events come, also under the deterministic profile.",
		Taste:   "one may answer that the host resolves these",
		Command: "choices",
		Lines: []Line{
			{Line: 535, In: "Task.request_cancellation", Has: "random.choice"},
			{Line: 2221, In: "canon_lift.thread_func", Has: "random.choice"},
			{Line: 827, In: "WaitableSet.get_pending_event", Has: "random.shuffle"},
		},
		Prose:    []Prose{{concurrency, 855, "each of these sources of nondeterminism can be removed", "these three are not"}},
		NoRepair: "which of them the profile should settle, and how, is upstream's to say",
		Why: "`DETERMINISTIC_PROFILE` does not guard these choices. `cabi choices` finds them by running, makes each in two ways, and shows for them, and for the thread " +
			"that a tick resumes, what guests observe differently ([generated/choices.md](generated/choices.md)); `cabi choices --spec DIR` does so on an edited file.",
	},
}
