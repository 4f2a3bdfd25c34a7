// Package upstream compares the port in spec/ with definitions.py: it makes runs of random worlds on the port, repeats them on
// the Python with the same actions and choices, and compares the two traces line by line.
//
// The files, in the order to read them: compare.go, worker.go and difference.go make and compare runs, smaller.go makes one that differs smaller; case.go has the Case,
// which is a run as both sides can repeat it; recorder.go writes the port's trace of a run. The files interpreter*.go write that of
// definitions.py, run by the interpreter of cabi/internal/python with engine.py of cabi/internal/engine; driver.go and driver.py have
// CPython write it. The two have cabi/internal/pyworld in common.
// random.go, worlds.go and the files generator*.go make a random run from a seed; flat.go, layout.go and core_values.go the
// numbers in it. coverage.go, outcomes.go, places.go, unreached.go and table.go count what the runs have reached. vectors.go
// records runs for comparisons without a Python, and replay.go compares traces from elsewhere.
package upstream
