package conformance

import "regexp"

// runtimesNote is what the page says below the table of runtimes.
const runtimesNote = `Wasmtime's C API does not switch async on in the archive that its Go package has, so most files are unsupported there. Calls between components
are compiled code in Wasmtime 39, which traps by ` + "`unreachable`" + ` whatever the reason: these are *other words*. jco's messages are mostly its own, so nearly all
of its traps are *other words* too: which site they are of is then not known. All functions that a file calls are listed for jco as functions that may wait, as its
option ` + "`--async-exports`" + ` asks for.
`

// seenNote is what the page says of differences of jco that were known before, one by one.
const seenNote = `
What was said of jco before, and what 1.35.0 does:

- No trap on ` + "`resource.drop`" + ` beyond the table, with another type or class: so it is.
- Polling what is no set: returns where the index has something else; where it has nothing, an error is thrown.
- ` + "`backpressure.dec`" + ` at 0: returns.
- Passing the end of a stream or future that is being read, or is done: it is passed.
- A cancel that overwrites a COMPLETED that is pending: a cancel with such an event gives another result.
- Sync use of an end that is in a set: cancelling returns; reading and writing wait, and a deadlock is reported, which is a trap, but another one.
- Callback code 3: throws ` + "`ret is not defined`" + `, a ReferenceError.
- Seven TypeErrors where a trap belongs: it is 13 files here, and 5 more with other errors of JavaScript's own.
`

// A cause is why files differ under a runtime.
type cause struct {
	runtime, title, fault, sentence string
	// files matches their names, got what the runtime said.
	files, got *regexp.Regexp
}

// causes are all causes, the more special ones first: a file has the first that matches.
var causes = []cause{
	{JCO, `an async function that is lifted without a callback fails once it has returned by ` + "`" + `task.return` + "`" + ` ([findings/jco-stackful.sh](../findings/jco-stackful.sh)); where the file wants a trap, this comes in its place`, `jco's`, `*canon lift*: without a callback core code returns nothing, and the task ends with its last thread; a runtime need not have the feature, but then refuses the component`, re(`.`), re(`is already resolved \(did you forget`)},
	{JCO, `a number of handles is another: streams, futures, sets and the handles of each resource type are numbered by themselves ([findings/jco-handles-per-type.sh](../findings/jco-handles-per-type.sh))`, `jco's`, `*Table State*: one table for all of an instance's handles`, re(`^(callback-event-index|freed-|index-of|passed-away|resource-beside|sets-freed|single-table|subtask-beside|threads-apart|two-|waitable-set-index)`), re(`.`)},
	{JCO, `` + "`" + `resource.drop` + "`" + ` of an index that has nothing, or something else, returns`, `jco's`, `*canon resource.drop*: ` + "`" + `Table.get/bounds` + "`" + `, ` + "`" + `canon_resource_drop/class` + "`" + `, ` + "`" + `canon_resource_drop/type` + "`" + ``, re(`^(resource.drop-trap|trap-canon_resource_drop)`), re(`^returned`)},
	{JCO, `` + "`" + `waitable-set.poll` + "`" + ` of what is no set returns`, `jco's`, `*canon waitable-set.poll*: ` + "`" + `canon_waitable_set_poll/class` + "`" + ``, re(`waitable.set.poll`), re(`^returned`)},
	{JCO, `` + "`" + `backpressure.dec` + "`" + ` at 0 returns`, `jco's`, `*canon backpressure.{inc,dec}*: ` + "`" + `canon_backpressure_dec/underflow` + "`" + ``, re(`backpressure`), re(`^returned`)},
	{JCO, `an end is passed that is being read, or is done`, `jco's`, `*Loading*, ` + "`" + `lift_async_value/idle` + "`" + `: only an end that is idle is passed`, re(`lift_async_value-idle`), re(`^returned`)},
	{JCO, `a copy is cancelled synchronously, or an end used, while the end is in a waitable set`, `jco's`, `*canon {stream,future}.cancel-{read,write}*: ` + "`" + `cancel_copy/in-set` + "`" + ``, re(`cancel_copy-in-set`), re(`^returned`)},
	{JCO, `a read or write of an end in a waitable set waits, and a deadlock is reported`, `jco's`, `*canon stream.{read,write}*, *canon future.{read,write}*: ` + "`" + `stream_copy/in-set` + "`" + `, ` + "`" + `future_copy/in-set` + "`" + ``, re(`copy-in-set`), re(`deadlock detected`)},
	{JCO, `an end is dropped while it is being copied`, `jco's`, `*canon {stream,future}.drop-{readable,writable}*: ` + "`" + `CopyEnd.drop/copying` + "`" + ``, re(`copyend.drop-copying`), re(`^returned`)},
	{JCO, `a sync function that blocks is suspended, as the driver lists it among the functions that may be, and a deadlock is reported where nothing can go on`, `jco's`, `*canon lift*: a task of a function that is not async traps where it blocks, ` + "`" + `canon_lift/blocked` + "`" + ``, re(`canon_lift-blocked`), re(`deadlock detected`)},
	{JCO, `cancelling a read or write does not return the COMPLETED that is pending, 16`, `jco's, and upstream's own script has it so too ([wast.md](wast.md)); ` + "`" + `definitions.py` + "`" + ` and the prose return the event that is pending`, `*canon {stream,future}.cancel-{read,write}*: ` + "`" + `cancel_copy` + "`" + ``, re(`^(stream|future).cancel-`), re(`^differs at line .*cancel-(read|write) .* -> 16`)},
	{JCO, `an async call returns another state`, `jco's`, `*canon lower*: the callee is started at once, and the call says how far it came`, re(`.`), re(`^differs at line .*(host: invoke|host: cancel|call P\.react)`)},
	{JCO, `cancelling a write gives another result than that which is pending, or nothing where it has completed with nothing`, `jco's`, `*canon {stream,future}.cancel-{read,write}*: ` + "`" + `cancel_copy` + "`" + ``, re(`cancel-`), re(`^differs at line .*cancel-write`)},
	{JCO, `an index of a handle of another type is unknown, as each resource type has a table of its own`, `jco's`, `*Table State*: one table for all of an instance's handles`, re(`(resource_rep|index-of)`), re(`unknown handle index`)},
	{JCO, `an error of JavaScript's own, such as a TypeError, where a trap belongs`, `jco's`, `each of these sites traps (the file names it); that the call throws at all is by luck`, re(`.`), re(`^(TypeError|RangeError|ReferenceError|SuspendError)`)},
	{JCO, `a result that is not aligned, or names no handle, or a string that is no UTF-8, is taken`, `jco's`, `*Loading* and *Flat Lifting*: ` + "`" + `lift_flat_values/aligned` + "`" + `, ` + "`" + `Table.get/bounds` + "`" + `, ` + "`" + `load_string_from_range/encoding` + "`" + ``, re(`(lift_flat_values-aligned|return-trap-table.get-bounds|encoding)`), re(`^returned`)},
	{JCO, `an end that another thread waits for synchronously joins a set`, `jco's`, `*canon waitable.join*: ` + "`" + `canon_waitable_join/sync-waiter` + "`" + ``, re(`sync-waiter`), re(`^returned`)},
	{JCO, `the file is refused: a type that the whole component's function names is not exported by it`, `this project's: the export is not valid there`, `the Explainer on exported types`, re(`return-trap-lift_own-type`), re(`ComponentError`)},
	{Wasmtime, `the file is refused: a type that the whole component's function names is not exported by it`, `this project's: the export is not valid there`, `the Explainer on exported types`, re(`return-trap-lift_own-type`), re(`not valid to be used as export`)},
	{Wasmtime, `where a string is transcoded, ` + "`" + `realloc` + "`" + ` is called with other sizes, or not called again to shrink`, `Wasmtime's by the letter of ` + "`" + `definitions.py` + "`" + ``, `*Storing*: ` + "`" + `store_string_to_utf8` + "`" + `, ` + "`" + `store_probably_utf16_to_latin1_or_utf16` + "`" + ` and their like say which calls of ` + "`" + `realloc` + "`" + ` there are`, re(`trap-store_`), re(`^(differs at line|returned)`)},
	{Wasmtime, `a call between a parent and its child traps`, `an older rule: upstream's scripts expect the trap, for now ([wast.md](wast.md))`, `` + "`" + `may_enter_from` + "`" + `: a parent and its child may call each other`, re(`(child-enters|through-the-parent)`), re(`unreachable`)},
	{JCO, `a call between a parent and its child is never settled`, `jco's`, `` + "`" + `may_enter_from` + "`" + `: a parent and its child may call each other; what may not be entered traps`, re(`(child-enters|through-the-parent)`), re(`never settled`)},
	{JCO, `where a string is transcoded, ` + "`" + `realloc` + "`" + ` is not called to shrink it, or what that returns is not looked at`, `jco's`, `*Storing*: ` + "`" + `store_utf8_to_utf16` + "`" + ``, re(`trap-store_`), re(`^returned`)},
	{JCO, `a set is dropped that a thread waits for`, `jco's`, `*canon waitable-set.drop*: ` + "`" + `WaitableSet.drop/waiting` + "`" + ``, re(`drop-waiting`), re(`^returned`)},
}

var re = regexp.MustCompile

// causeOf is why a file differs under a runtime; nil: it does not, or nobody knows.
func causeOf(row *Row, runtime string) *cause {
	result := row.Results[runtime]
	if result.Verdict != Differs && result.Verdict != Ends {
		return nil
	}
	for i, c := range causes {
		if c.runtime == runtime && c.files.MatchString(row.Name) && c.got.MatchString(result.Got) {
			return &causes[i]
		}
	}
	return nil
}
