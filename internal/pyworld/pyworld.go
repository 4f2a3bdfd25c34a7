// Package pyworld has the Python that worlds on a definitions.py have in common, whoever runs them: the driver of cabi/internal/upstream
// under CPython, and the engine of cabi/internal/engine under the interpreter.
package pyworld

import _ "embed"

// Source is world.py. It stands before the driver, or the engine, in one file.
//
//go:embed world.py
var Source string
