package step

// An ActionText says what an action is.
type ActionText struct {
	Operands string // as they are written after its name
	Means    string
	Python   string // what it is in the Python, if that is not canon_ and its name
}

// Operands that several actions have.
const (
	flagAsync       = "async|sync "
	flagCancellable = "cancellable|uncancellable"
	copyOperands    = "TYPE " + flagAsync + "END PTR"
	isAsync         = " With sync the thread blocks until it is done; with async it says BLOCKED, and an event comes."
	isCancellable   = " A cancellable one is resumed too when the task is asked to cancel."
)

// ActionTexts are all actions, by name.
var ActionTexts = map[string]ActionText{
	"call":   {"FUNC NUMBER…", "A guest calls an import, with core values.", "canon_lower"},
	"return": {"NUMBER…", "The core function that runs returns, with core values.", "canon_lift"},
	"throw":  {"", "The core function that runs throws an exception, which traps.", "call_and_trap_on_throw"},

	"resource.new":  {"RESOURCE REP", "Makes an own handle of a resource with this representation, and gives its index.", ""},
	"resource.drop": {"RESOURCE INDEX", "Drops a handle; an own handle's resource is destroyed.", ""},
	"resource.rep":  {"RESOURCE INDEX", "Gives the representation of a handle's resource.", ""},

	"context.get": {"i32|i64 SLOT", "Gives a value of the thread's storage.", ""},
	"context.set": {"i32|i64 SLOT VALUE", "Sets a value of the thread's storage.", ""},

	"backpressure.inc": {"", "Adds one to the instance's backpressure: while there is any, calls wait to enter.", ""},
	"backpressure.dec": {"", "Takes one from the instance's backpressure.", ""},

	"task.return":       {"(TYPES) NUMBER…", "Resolves the task with results of these types, given as core values.", ""},
	"task.return-other": {"(TYPES) NUMBER…", "The same with other canonical options than the function was lifted with.", "canon_task_return"},
	"task.cancel":       {"", "Resolves the task as cancelled, after it was asked to cancel.", ""},

	"waitable-set.new":  {"", "Makes a waitable set, and gives its index.", ""},
	"waitable-set.wait": {flagCancellable + " SET PTR", "Waits until a waitable of the set has an event. Gives its code, and stores its index and payload at PTR." + isCancellable, ""},
	"waitable-set.poll": {flagCancellable + " SET PTR", "Takes an event of the set if there is one. Gives its code, or 0, and stores its index and payload at PTR." + isCancellable, ""},
	"waitable-set.drop": {"SET", "Drops a waitable set.", ""},
	"waitable.join":     {"WAITABLE SET", "Puts a waitable into a set; with set 0, takes it out of its set.", ""},

	"subtask.cancel": {flagAsync + "SUBTASK", "Asks the task of a subtask to cancel." + isAsync, ""},
	"subtask.drop":   {"SUBTASK", "Drops a subtask whose resolution was delivered.", ""},

	"stream.new":           {"TYPE", "Makes a stream, and gives the indices of its readable end and, times 2^32, its writable end.", ""},
	"stream.read":          {copyOperands + " LENGTH", "Reads elements of a stream into memory." + isAsync, ""},
	"stream.write":         {copyOperands + " LENGTH", "Writes elements from memory to a stream." + isAsync, ""},
	"stream.cancel-read":   {"TYPE " + flagAsync + "END", "Cancels a read that has not ended." + isAsync, ""},
	"stream.cancel-write":  {"TYPE " + flagAsync + "END", "Cancels a write that has not ended." + isAsync, ""},
	"stream.drop-readable": {"TYPE END", "Drops the readable end of a stream.", ""},
	"stream.drop-writable": {"TYPE END", "Drops the writable end of a stream.", ""},

	"future.new":           {"TYPE", "Makes a future, and gives the indices of its readable end and, times 2^32, its writable end.", ""},
	"future.read":          {copyOperands, "Reads the value of a future into memory." + isAsync, ""},
	"future.write":         {copyOperands, "Writes the value of a future from memory." + isAsync, ""},
	"future.cancel-read":   {"TYPE " + flagAsync + "END", "Cancels a read that has not ended." + isAsync, ""},
	"future.cancel-write":  {"TYPE " + flagAsync + "END", "Cancels a write that has not ended." + isAsync, ""},
	"future.drop-readable": {"TYPE END", "Drops the readable end of a future.", ""},
	"future.drop-writable": {"TYPE END", "Drops the writable end of a future, which must have been written.", ""},

	"thread.index":                {"", "Gives the index of the thread that runs.", ""},
	"thread.new-indirect":         {"i32|i64 FUNCTION VALUE", "Makes a suspended thread for a function of the instance's table (1 takes an i32, 2 an i64), which is passed the value, and gives its index.", ""},
	"thread.resume-later":         {"THREAD", "Makes a suspended thread ready; it runs when the host resumes it.", ""},
	"thread.suspend":              {flagCancellable, "Suspends the thread until another resumes it." + isCancellable, ""},
	"thread.yield":                {flagCancellable, "Lets others run, and goes on later." + isCancellable, ""},
	"thread.suspend-then-resume":  {flagCancellable + " THREAD", "Suspends the thread, and switches to a suspended one." + isCancellable, ""},
	"thread.yield-then-resume":    {flagCancellable + " THREAD", "Switches to a suspended thread, and goes on later." + isCancellable, ""},
	"thread.suspend-then-promote": {flagCancellable + " THREAD", "Suspends the thread, and switches to a ready one, if it is ready." + isCancellable, ""},
	"thread.yield-then-promote":   {flagCancellable + " THREAD", "Switches to a ready thread, if it is ready, and goes on later." + isCancellable, ""},

	"error-context.new":           {"PTR LENGTH", "Makes an error context with a message in memory, and gives its index.", ""},
	"error-context.debug-message": {"INDEX PTR", "Stores the address and the length of an error context's message.", ""},
	"error-context.drop":          {"INDEX", "Drops an error context.", ""},

	"memory.store": {"PTR VALUE…", "A guest stores values in its memory, one after the other: numbers of 64 bits, bytes:0a0b, \"text\", numbers with a type such as u32:5.", "-"},
	"memory.load":  {"PTR LENGTH", "A guest loads bytes from its memory.", "-"},
	"i32.load":     {"PTR", "A guest loads a number of 32 bits from its memory.", "-"},
	"i64.load":     {"PTR", "A guest loads a number of 64 bits from its memory.", "-"},

	"invoke": {"FUNC VALUE…", "The host calls an export.", "Store.invoke"},
	"tick":   {"", "The host resumes a thread that is ready.", "Store.tick"},
	"cancel": {"CALL", "The host asks a call that it made to cancel.", "Task.request_cancellation"},
	"stop":   {"", "The host does nothing more.", "-"},

	"host.start":             {"CALL", "A function of the host takes its arguments: it calls on_start.", "-"},
	"host.resolve":           {"CALL VALUE…", "A function of the host gives its results: it calls on_resolve.", "-"},
	"host.resolve-cancelled": {"CALL", "A function of the host that was asked to cancel resolves with nothing.", "-"},

	"shared.read":    {"SHARED LENGTH", "The host reads so many elements from a stream or future that a guest passed to it.", "-"},
	"shared.write":   {"SHARED LENGTH NUMBER | SHARED [VALUE…]", "The host writes elements to a stream or future that it passed to a guest: so many, made from the number, or those of the list.", "-"},
	"shared.cancel":  {"SHARED", "The host cancels its copy that has not ended.", "-"},
	"shared.drop":    {"SHARED", "The host drops its end of a stream or future.", "-"},
	"shared.reclaim": {"SHARED", "The host takes back the buffer of a copy that has made progress.", "-"},
	"shared.copy":    {"SHARED LENGTH NUMBER | SHARED [VALUE…]", "The host, which implements a stream or future, gives elements to a guest that reads it: so many, made from the number, or those of the list.", "-"},
	"shared.done":    {"SHARED completed|dropped|cancelled", "The host, which implements a stream or future, ends a guest's copy. A trace has the words as 0, 1, 2.", "-"},
}
