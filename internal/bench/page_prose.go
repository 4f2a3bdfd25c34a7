package bench

// The prose of the page, by sections. It does not depend on what is measured.
const (
	introProse = "This page is made by `cabi bench page`; `make bench` runs it. A test checks that its counts of states are right. " +
		"Nothing checks its times, which depend on the machine."

	comparisonProse = "M(T,H,L) is a model of two handle tables, in each of which at most H handles live. Own handles of T types are " +
		"made in the first table. A handle is lent up to L times and given back. One that is not lent is dropped, or moved to the other " +
		"table. This program, cabi, explores M over the specification's own table and handle code. The naive search explores it over the " +
		"same code with a map and a queue in Go, on one core. The other programs are model checkers that explore models of the same " +
		"tables: SPIN a model in Promela, which `internal/bench/spin.go` writes, on one core; TLC a model in TLA+, " +
		"`internal/bench/peers/M.tla`; Stateright a model in Rust, `internal/bench/peers/stateright.rs`. None of them uses symmetry or " +
		"another reduction. None checks a property, except that Stateright checks that at most H handles live in a table, because it " +
		"stops at once without a property. The models are compiled beforehand: a time is that of the process that explores, which for TLC " +
		"includes the start of Java and the reading of the model. The memory of TLC is what Java takes at its defaults. The number of " +
		"states is known in closed form, and no page is made if a program finds another number."

	worldsProse = "Every world that can be exhausted, at its default bound, on all cores, with all properties that `cabi check` checks by " +
		"default. A transition is stopped if it ends in a trap or another stop. The time of a transition is that of all cores " +
		"together. It includes what is taken again of the path to the state, which is little: states that are expanded one after the " +
		"other have most of their ways in common."

	replayedProse = "The search does not replay paths. Before is the search as it was first written, with a new run, store and checkers for every " +
		"transition, after is the search as it is, and the last column is the search as it is without properties. Each figure is " +
		"transitions a second, on all cores, at a bound of two actions less than the default."

	growthProse = "The searches of some worlds at smaller bounds: of actions, and of handles and of tasks at the default bound of actions."

	profileProse = "A profile of the processor while cabi explores %s with all properties, and while it explores M(2,4,1). A sample belongs to " +
		"the innermost function on its stack that is part of one of the rows."

	costsProse = "The stack of a suspended coroutine cannot be copied, so a search on coroutines would have to replay a path for every action " +
		"that resumes a thread, suspends one or returns. A search of worlds runs on frames instead, which are data: it puts back what " +
		"an action changed, and takes the next action from the same state. What limits it is to find what changed, to write and hash " +
		"the states, to check the properties, and to allocate what the specification's own objects and frames take. The visited set " +
		"does not: a lookup is one or two reads at random. M has no stacks: half of its time is the specification's own table code, " +
		"and most of the rest is reads of the visited set at random. These are made in batches, so that they do not wait for each " +
		"other."

	floorProse = "Nothing of a transition of cancel takes much by itself. These gain less than 3 %: building by a profile (PGO), newer instructions of " +
		"amd64, comparing without branches, moving whole values in place of words that differ, and collecting garbage less often. Without checks a " +
		"search is half as fast again. What is saved is compared to find what an action has changed, some 90 values of 7 kB in cancel, part of " +
		"which comes from beyond the first cache. Most of the third of the time that snapshots take would fall away if actions wrote down what they change, to be " +
		"undone; the specification would have to be generated with that in all functions, not only in those that suspend."
)
