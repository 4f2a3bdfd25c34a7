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
- Seven TypeErrors where a trap belongs: it is 13 files here, and 6 more with other errors of JavaScript's own.
`

// A cause is why files differ under a runtime.
type cause struct {
	runtime, title, fault, sentence string
	// files matches their names, got what the runtime said.
	files, got *regexp.Regexp
}

// A scriptCause is why directives of upstream's scripts differ under a runtime.
type scriptCause struct {
	runtime, title, fault, sentence string
	// at are the directives, by folder, file and line; the file alone, of one that ends the process.
	at []string
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
	{JCO, `a result that is not aligned, names no handle or one of another type, or is a string that is no UTF-8, is taken`, `jco's`, `*Loading* and *Flat Lifting*: ` + "`" + `lift_flat_values/aligned` + "`" + `, ` + "`" + `lift_own/type` + "`" + `, ` + "`" + `lift_own/class` + "`" + `, ` + "`" + `Table.get/bounds` + "`" + `, ` + "`" + `load_string_from_range/encoding` + "`" + ``, re(`(lift_flat_values-aligned|return-trap-table.get-bounds|return-trap-lift_own-(type|class)|encoding)`), re(`^returned`)},
	{JCO, `an end that another thread waits for synchronously joins a set`, `jco's`, `*canon waitable.join*: ` + "`" + `canon_waitable_join/sync-waiter` + "`" + ``, re(`sync-waiter`), re(`^returned`)},
	{Wasmtime, `where a string is transcoded, ` + "`" + `realloc` + "`" + ` is called with other sizes, or not called again to shrink`, `Wasmtime's by the letter of ` + "`" + `definitions.py` + "`" + ``, `*Storing*: ` + "`" + `store_string_to_utf8` + "`" + `, ` + "`" + `store_probably_utf16_to_latin1_or_utf16` + "`" + ` and their like say which calls of ` + "`" + `realloc` + "`" + ` there are`, re(`trap-store_`), re(`^(differs at line|returned)`)},
	{Wasmtime, `a child that its parent called may not call it back: the parent counts as entered`, `an older rule: upstream's scripts expect a trap wherever the two call each other, for now ([wast.md](wast.md))`, `` + "`" + `may_enter_from` + "`" + `: a parent and its child may call each other`, re(`(child-enters|through-the-parent)`), re(`unreachable`)},
	{JCO, `a call between a parent and its child is never settled`, `jco's`, `` + "`" + `may_enter_from` + "`" + `: a parent and its child may call each other; what may not be entered traps`, re(`(child-enters|through-the-parent)`), re(`never settled`)},
	{JCO, `where a string is transcoded, ` + "`" + `realloc` + "`" + ` is not called to shrink it, or what that returns is not looked at`, `jco's`, `*Storing*: ` + "`" + `store_utf8_to_utf16` + "`" + ``, re(`trap-store_`), re(`^returned`)},
	{JCO, `a set is dropped that a thread waits for`, `jco's`, `*canon waitable-set.drop*: ` + "`" + `WaitableSet.drop/waiting` + "`" + ``, re(`drop-waiting`), re(`^returned`)},
}

// scriptCauses are all causes of what differs in upstream's scripts.
var scriptCauses = []scriptCause{
	{Wasmtime, "the process of the host ends: Wasmtime panics where a host that does not know the types of a component beforehand, as all do that use the C API, lifts a result", "Wasmtime's",
		"*Flat Lifting*: whatever core code returns is lifted or traps", []string{"values/numerics.wast"}},
	{Wasmtime, "an enum passes between components with a number that is one too many", "Wasmtime's, repaired since ([wasmtime#12354](https://github.com/bytecodealliance/wasmtime/issues/12354))",
		"*Flat Lifting*, `lift_flat_variant`: the index of a case is less than their number, and an enum is a variant", []string{"values/variants.wast:77", "values/variants.wast:79"}},
	{Wasmtime, "`resource.rep` traps in a post-return function, and then the instance may not be entered", "an older rule",
		"*canon resource.rep*: the instance need not be one that may leave", []string{"values/post-return.wast:330", "values/post-return.wast:331"}},
	{Wasmtime, "a call between a parent and its child does not trap", "nobody's: `definitions.py` allows it, and the script expects a trap, for now ([wast.md](wast.md))",
		"`may_enter_from`: a parent and its child may call each other", []string{"async/trap-on-reenter.wast:86", "async/trap-on-reenter.wast:110"}},
	{Wasmtime, "a part of a name that has digits alone, as in `a-1`, is refused", "an older rule", "the Explainer, *Import and Export Definitions*: only the first part of a label begins with a letter",
		[]string{"linking/unit.wast:78", "linking/unit.wast:101", "linking/unit.wast:261", "linking/unit.wast:308", "linking/unit.wast:469", "linking/unit.wast:655", "linking/unit.wast:736", "linking/unit.wast:800", "linking/unit.wast:873",
			"linking/unit.wast:940", "linking/unit.wast:1003", "linking/unit.wast:1030", "linking/unit.wast:1103", "linking/unit.wast:1173", "linking/unit.wast:1192", "linking/unit.wast:1267", "linking/unit.wast:1318", "linking/unit.wast:1362",
			"linking/unit.wast:1535", "linking/unit.wast:1569", "linking/unit.wast:1869", "linking/unit.wast:2050", "linking/unit.wast:2076", "validation/kebab.wast:4"}},
	{Wasmtime, "an alias inside a type of a component or instance may be of a function, a component or a module", "an older rule", "Binary.md, on `alias` declarators: only types, core types and exported instances",
		[]string{"validation/outer-alias.wast:173", "validation/outer-alias.wast:182", "validation/outer-alias.wast:189", "validation/outer-alias.wast:196"}},
	{JCO, "an async call of a function whose instance is held by another task returns STARTING", "nobody's: `definitions.py` does the same, and the script expects STARTED ([wast.md](wast.md))",
		"*canon lower*, and `Task.enter`: what is held exclusively is entered later", []string{"async/sync-streams.wast:208"}},
	{JCO, "a call between a parent and its child does not trap", "nobody's, as for Wasmtime",
		"`may_enter_from`: a parent and its child may call each other", []string{"async/trap-on-reenter.wast:86", "async/trap-on-reenter.wast:110"}},
	{JCO, "the start function of a core module cannot call a function of another component ([findings/jco-start-calls.sh](../findings/jco-start-calls.sh))", "jco's", "the Explainer, *Instance Definitions*: core modules are instantiated, and so started, while the component is; *canon lower* asks for no task",
		[]string{"linking/unit.wast:616"}},
	{JCO, "`resource.drop` of an index that has nothing returns", "jco's", "*canon resource.drop*: `Table.get/bounds`, `Table.get/empty`",
		[]string{"resources/handle-table.wast:201", "resources/handle-table.wast:209", "resources/handle-table.wast:261", "resources/handle-table.wast:293"}},
	{JCO, "handles of each resource type are numbered by themselves ([findings/jco-handles-per-type.sh](../findings/jco-handles-per-type.sh))", "jco's",
		"*Table State*: one table for all of an instance's handles", []string{"resources/multiple-resources.wast:170"}},
	{JCO, "two names that differ by a hyphen alone, as `a1` and `a-1`, are taken for one", "jco's", "the Explainer, *Import and Export Definitions*: names are strongly-unique, which does not leave out hyphens",
		[]string{"validation/kebab.wast:4"}},
	{JCO, "a bool, u8 or u16 that core code returns to the host must have no other bits, or a TypeError is thrown ([findings/jco-lifts-bool.sh](../findings/jco-lifts-bool.sh))", "jco's",
		"*Flat Lifting*: `convert_int_to_bool`, and `lift_flat_unsigned` drops the other bits", []string{"values/numerics.wast:79", "values/numerics.wast:80", "values/numerics.wast:82"}},
	{JCO, "what the `realloc` of the component returns is not looked at, or JavaScript finds that it is outside of the memory", "jco's",
		"*Storing*, `store_list_into_range`: a trap where the range is not aligned or not in the memory, also of an empty list", []string{"values/realloc.wast:109", "values/realloc.wast:111", "values/realloc.wast:124"}},
	{JCO, "of a string that is not in the memory, JavaScript says so by a RangeError", "jco's", "*Loading*: `load_string_from_range/bounds`", []string{"values/strings.wast:69", "values/strings.wast:135"}},
	{JCO, "a string that is no UTF-8 is taken, with other characters for what cannot be decoded", "jco's", "*Loading*: `load_string_from_range/encoding`", []string{"values/strings.wast:85", "values/strings.wast:101"}},
	{JCO, "an async function that is lifted without a callback fails once it has returned, as above", "jco's", "*canon lift*", []string{"values/variants.wast:186"}},
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
