// Package model runs the specification in package spec, and searches what can happen. It knows no rule of the Canonical ABI itself: it
// decides who calls which built-in when, and spec decides the results.
//
// # Types, in the order in which one meets them
//
//   - A [World] is what a run starts from, as plain data: instances, resource types, functions, imports, and menus, which are the
//     actions that a search takes. [Worlds] are those that have names.
//   - A [Run] is one execution of a world: a store of the specification, and what guests and the host have done in it.
//   - An [Actor] decides what guests and the host do. Whenever core code, or the host, can act, the run asks the actor for an [Action].
//   - An [Activation] is a call of core code, or of the host, that has not returned. Each action is taken in an activation.
//   - A menu ([Run.Menu]) is the actions that can be taken in an activation.
//   - A [Property] holds in every run, or not. Each run has a [Checker] of its own for each property. A checker is told of the events for
//     which it has a method (run_observers.go). An [Observer] is told what happens too, and checks nothing.
//   - A [Trace] is the record of a run: for each action a [Line], with its results, and the choices of the specification. [ReadTrace]
//     reads one, [RunTrace] replays it, and a [Replay] says whether the same happened.
//   - A [Log] is a trace without choices, which a runtime wrote. [Log.Admit] says whether a run explains it.
//   - A [Litmus] is a litmus test: short programs, and claims about all their outcomes.
//   - A [Search] explores a world: breadth first, depth first, or by random walks. It returns a [Report] with a [Violation], which has a
//     trace, for each kind of counterexample. A state is a path, which is the actions and choices that lead to it; a search knows by
//     the fingerprint of the state's text whether it was reached before.
//   - A [DirectSearch] is the same search, breadth first, of a system that can be put into a state directly.
//
// # Groups of files
//
// A file belongs to the group that its name begins with. A group uses the declarations of the groups above it in this list, and a test
// checks that:
//
//   - common: helpers;
//   - world: worlds as data, their types, actions and bounds, the rules of validation, the data that runs share, and the worlds that
//     have names;
//   - run, host, property and source, which use each other: the store of a world, the loop that takes actions, menus, the text of a state, the
//     recorder; what the host does; properties and checkers; and runs that are made on a definitions.py in place of the port;
//   - trace: text and JSON of traces, names in them, replaying;
//   - litmus and search, which do not use each other: litmus tests; and explorers, the frontier, visited states, checkpoints, random walks;
//   - admits, which uses search and not litmus: logs, and the search for a run that explains one.
//
// The package imports spec. Only source uses cabi/internal/engine, cabi/internal/python and cabi/internal/mirror. Only search and source use cabi/internal/snapshot, to take actions back and set checkers back, and only search cabi/internal/storage, to keep states, and
// cabi/internal/output, to write checkpoints.
//
// docs/design.md says how the parts work, and why this is one package.
package model
