// Not upstream's: the package's documentation.

// Package spec is the Canonical ABI of the WebAssembly Component Model as Go: a port, function by function and in the
// same order, of upstream's design/mvp/canonical-abi/definitions.py. It is meant to be read beside that file and run.
//
// # Using it
//
// A [Store] holds component instances ([NewComponentInstance]) and runs them. [Store.Lift] makes a component function of
// core code, which is a Go function here; [Store.Lower] makes a core function, for an instance to import, of a
// component function. The host calls component functions with [Store.Invoke] and lets threads go on with [Store.Tick].
// Core code calls the canonical built-ins, which are the functions named Canon…, and panics with a [*CoreException] to
// throw. The examples show each of these.
//
// # How it relates to definitions.py
//
// Each Go declaration that ports a Python definition says so in a directive, such as
//
//	//cabi:py lift_own ffee4a03
//
// with the Python name and a hash of its source; `cabi port` checks them. There is one file for each heading of
// definitions.py, with the definitions in the same order; the first line of a file names its heading, or says that the
// file is not upstream's, and README.md lists them all. A comment "quirk:" marks an oddity of upstream that is ported as
// it is. Python's closures are small structs with the variables they capture, so that a state can be printed and
// compared ([Store.State]).
//
// # Four ways to stop
//
// A [*Trap] is the guest's fault, an [*AssertionFailure] an assert of definitions.py that fails, a [*Crash] an exception
// that definitions.py does not mean to raise, a [*CoreException] one of core code. They travel as panics; [Store.Invoke],
// [Store.Tick], [Store.Cancel] and [Try] return them as errors. A store that was stopped must not run again. Each trap and
// assert has a [Site], its name; `cabi sites` lists them.
//
// # What can be varied
//
// [Options] say who makes the choices that definitions.py leaves to random ([Choices]), how handles are numbered
// ([Variant]), what the limits are ([Limits]), and which traps and asserts are switched off.
package spec
