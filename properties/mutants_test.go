package properties

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// The tests of spec/ judge its mutants first, and the promises and the tests of values judge those that survive or that the tests do
// not cover: make mutants. docs/mutants.md has the score, and the reasons why the others survive.

// A mutant is a change of one token, as gremlins reports it.
type mutant struct {
	Type, Status string
	Line, Column int
}

// A mutatedFile is a file and its mutants.
type mutatedFile struct {
	File      string `json:"file_name"`
	Mutations []mutant
}

// mutations are the tokens with which gremlins replaces a token, by the type of the mutant.
var mutations = map[string]map[string]string{
	"ARITHMETIC_BASE":       {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*"},
	"CONDITIONALS_BOUNDARY": {">=": ">", ">": ">=", "<=": "<", "<": "<="},
	"CONDITIONALS_NEGATION": {"==": "!=", "!=": "==", ">=": "<", ">": "<=", "<=": ">", "<": ">="},
	"INCREMENT_DECREMENT":   {"++": "--", "--": "++"},
	"INVERT_NEGATIVES":      {"-": "+"},
}

// mutated is a text with a mutant in it; empty: the mutant is not of it.
func mutated(text string, m mutant) string {
	lines := strings.SplitAfter(text, "\n")
	if m.Line > len(lines) || m.Column > len(lines[m.Line-1]) {
		return ""
	}
	before, after := lines[m.Line-1][:m.Column-1], lines[m.Line-1][m.Column-1:]
	for _, n := range []int{2, 1} { // the longer token first
		if n > len(after) {
			continue
		}
		if other, known := mutations[m.Type][after[:n]]; known {
			lines[m.Line-1] = before + other + after[n:]
			return strings.Join(lines, "")
		}
	}
	return ""
}

// suites are tests that judge much in little time: first the promises, the variants and the values, then searches, which rely on
// states and tables being right.
var suites = []struct{ tests, run string }{
	{"./properties", "^(TestQuick|TestVerdicts|TestLayout|TestGuestsPass|TestBadValuesTrap|TestPlacesObeyed|TestValuesCross|TestStreamsCarry)$"},
	{"./internal/bench", "^TestM$"},
	{"./model", "."},
}

// TestMutants judges the mutants of a report of gremlins.
func TestMutants(t *testing.T) {
	file := os.Getenv("CABI_MUTANTS")
	if file == "" {
		t.Skip("judges the mutants of a report: make mutants")
	}
	var report struct{ Files []mutatedFile }
	if err := json.Unmarshal([]byte(read(t, file)), &report); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(report.Files, func(a, b mutatedFile) int { return strings.Compare(a.File, b.File) })
	var all tallies
	every, n := max(1, envNumber(t, "CABI_MUTANTS_EVERY")), 0
	part, parts := partOf(t)
	for _, f := range report.Files {
		for _, m := range f.Mutations {
			if n++; n%every == 0 && n/every%parts == part-1 && !strings.Contains(f.File, "history") {
				all.count(t, filepath.Base(f.File), m)
			}
		}
	}
	t.Log(all)
}

// envNumber is a number in the environment; 0: it is not there.
func envNumber(t *testing.T, name string) int {
	text := os.Getenv(name)
	if text == "" {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s=%q is no number", name, text)
	}
	return n
}

// tallies are how many mutants the tests of spec/ killed, how many of the others the suites, and how many survived.
type tallies struct{ byTests, bySuites, lived int }

func (all *tallies) count(t *testing.T, file string, m mutant) {
	switch m.Status {
	case "KILLED", "TIMED OUT":
		all.byTests++
	case "RUNNABLE", "LIVED", "NOT COVERED":
		if m.Status == "RUNNABLE" && judge(t, file, m, "./spec", ".") != "" { // the report is of a dry run, in which no test ran
			all.byTests++
		} else if slices.ContainsFunc(suites, func(s struct{ tests, run string }) bool { return judge(t, file, m, s.tests, s.run) != "" }) {
			all.bySuites++
		} else {
			all.lived++
			t.Logf("lives: %s:%d:%d %s", file, m.Line, m.Column, m.Type)
		}
	}
}

func (all tallies) String() string {
	n := all.byTests + all.bySuites + all.lived
	return fmt.Sprintf("%d mutants: %d killed by the tests of spec/, %d of the others by the suites, %d live: %.1f%% killed",
		n, all.byTests, all.bySuites, all.lived, 100*float64(n-all.lived)/float64(max(1, n)))
}

// judge returns which of a package's tests kills a mutant; empty: none.
func judge(t *testing.T, file string, m mutant, tests, run string) string {
	path, err := filepath.Abs(filepath.Join("../spec", file))
	if err != nil {
		t.Fatal(err)
	}
	text := mutated(read(t, path), m)
	if text == "" {
		t.Fatalf("%s:%d:%d has no %s", file, m.Line, m.Column, m.Type)
	}
	overlay := writeOverlay(t, map[string]string{path: text})
	cmd := withOverlay(overlay, "test", tests, "-run", run, "-short", "-failfast", "-timeout", "3m")
	cmd.Env = append(os.Environ(), "CABI_MUTANTS=", "CABI_QUICK=1")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	_, by, _ := strings.Cut(string(out), "--- FAIL: ")
	by, _, _ = strings.Cut(by, " ")
	return "killed " + by
}

// TestQuick is TestPromises with fewer actions.
func TestQuick(t *testing.T) {
	if os.Getenv("CABI_QUICK") == "" {
		t.Skip("TestPromises explores more")
	}
	for _, w := range model.Worlds {
		if w.Random {
			continue
		}
		bounds := w.Bounds
		bounds.Steps = max(4, bounds.Steps-6)
		report := model.Search{World: w, Variant: spec.SingleTable, Properties: For(w), Bounds: bounds, KeepGoing: true, ByShape: true}.Run()
		for _, v := range report.Violations {
			if CauseOf(v) == nil {
				t.Fatalf("%s: %s", w.Name, v.Trace)
			}
		}
	}
}
