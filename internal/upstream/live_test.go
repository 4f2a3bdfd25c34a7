package upstream

import (
	"os"
	"strconv"
	"testing"
)

// runsVariable is the environment variable that says how many runs TestLive and TestInterpreter compare; 300 if empty.
const runsVariable = "CABI_UPSTREAM_RUNS"

// upstreamDir is the directory of definitions.py. Where none is named it skips the test.
func upstreamDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv(DirVariable)
	if dir == "" {
		t.Skip("set " + DirVariable + " to a checkout of WebAssembly/component-model, or to its directory design/mvp/canonical-abi")
	}
	return DirOf(dir)
}

// runsOfTests is how many runs a test compares.
func runsOfTests() int {
	if runs, err := strconv.Atoi(os.Getenv(runsVariable)); err == nil {
		return runs
	}
	return 300
}

// TestLive compares the port with definitions.py, run by the interpreter and by CPython.
func TestLive(t *testing.T) {
	dir, runs := upstreamDir(t), runsOfTests()
	if err := checkInput(dir); err != nil {
		t.Skip(err)
	}
	report, err := Compare(Options{Dir: dir, Runs: runs, Seed: 1, Workers: 2, By: Both, Unpatched: max(1, min(100, runs/10))})
	if err != nil {
		t.Fatal(err)
	}
	if report.Difference != nil {
		t.Fatal(report.Difference)
	}
	if report.Hung == 0 || report.Hung == report.Unpatched {
		t.Errorf("%d of %d runs hung with the stack switching of definitions.py: both kinds must come", report.Hung, report.Unpatched)
	}
	if testing.Verbose() {
		report.Coverage.WriteTo(os.Stdout)
	}
}
