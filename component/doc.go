// Package component runs component binaries on cabi/spec: it decodes a component, links and instantiates it in a store of the
// specification, and calls what it exports. Core code runs under wazero.
//
// The package knows the binary format and linking, and no rule of the Canonical ABI: every canonical built-in, and all lifting and
// lowering, is the specification's.
//
// It is a specification that runs, not a fast runtime.
//
// # Using it
//
// [Decode] reads a binary. An [Engine] runs core code; [Engine.NewRun] makes a [Run], which is a store with the instances in it.
// [Run.Instantiate] makes an instance, given its [Imports]: functions of the host are Go functions. [Func.Call] calls a function that the
// instance exports with Go values, [Run.Call] with values of the specification, and [Run.Close] frees it all.
// Streams and futures that an export returns are read with [Run.ReadStream] and [Run.ReadFuture].
// A call of an async function that is to go on beside others is begun with [Run.Start]; [Run.Tick] lets one thread go on.
//
// Whatever the specification leaves open is decided by the [spec.Choices] of [RunOptions], and so are the limits, the numbering of
// handles and the traps that are switched off. [Departing] is choices for exploring.
//
// An [Observer] sees what core code calls and what calls it; package cabi/component/trace has one that writes traces.
//
// # Errors
//
// A [*DecodeError] or [*LinkError] names the section, the offset in the binary and the rule that is broken; an
// [*UnsupportedError] the feature that is missing. What stops the specification is returned as it is: a [*spec.Trap], with
// [spec.CoreTrapSite] as its site if core code trapped by itself, a [*spec.AssertionFailure] or a [*spec.Crash]. A run that was
// stopped must not go on: whatever is asked of it then returns a [*StoppedError].
package component
