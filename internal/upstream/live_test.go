package upstream

import (
	"os"
	"strconv"
	"testing"
)

// runsVariable is the environment variable that says how many runs TestLive compares; 300 if empty.
const runsVariable = "CABI_UPSTREAM_RUNS"

// upstreamDir is the directory of definitions.py. Where none is named it skips the test.
func upstreamDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv(DirVariable)
	if dir == "" {
		t.Skip("set " + DirVariable + " to the directory design/mvp/canonical-abi of a checkout of WebAssembly/component-model")
	}
	return dir
}

func TestLive(t *testing.T) {
	runs, err := strconv.Atoi(os.Getenv(runsVariable))
	if err != nil {
		runs = 300
	}
	report, err := Compare(Options{Dir: upstreamDir(t), Runs: runs, Seed: 1, Workers: 2, Unpatched: max(1, min(100, runs/10))})
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
