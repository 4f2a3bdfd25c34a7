package resourcetable

//cabi:pin resource-table

import "cabi/spec"

// trapIf stops with a trap: definitions.py raises Trap.
//
//cabi:py trap_if d61a7514
func trapIf(cond bool, site spec.Site, sentence string) {
	if cond {
		panic(&spec.Trap{Site: site, Detail: sentence})
	}
}

// assert is Python's assert statement.
func assert(cond bool, site spec.Site, sentence string) {
	if !cond {
		panic(&spec.AssertionFailure{Site: site, Detail: sentence})
	}
}

// assertLocked stands for the asserts on current_task, the lock of whoever runs: here nothing runs beside another.
func assertLocked(site spec.Site, sentence string) { assert(true, site, sentence) }

//cabi:notported trap 1bb68cf5 no definition ported here calls it
