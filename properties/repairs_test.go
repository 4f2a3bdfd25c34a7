package properties

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/internal/findings"
	"cabi/model"
)

// A repair is a patch of spec/ in testdata/repairs that cures known defects. Its first lines are "repair WHAT IT DOES" and
// "cures PROPERTY/KIND in WORLD, WORLD; PROPERTY/KIND in WORLD", or "cures TRACE; TRACE" of those in internal/findings/traces; its changes are
// written as those of TestPatches.
type repair struct {
	file   string
	what   string
	cures  []Defect
	traces []string // that do not happen any more
}

// tracesOfFindings is where the traces are of findings that searches do not find.
const tracesOfFindings = "../internal/findings/traces/"

func repairs(t *testing.T) (all []repair) {
	t.Helper()
	files, err := filepath.Glob("testdata/repairs/*.repair")
	if err != nil || len(files) == 0 {
		t.Fatalf("no repairs, %v", err)
	}
	for _, file := range files {
		lines := strings.SplitN(read(t, file), "\n", 3)
		what, ok := strings.CutPrefix(lines[0], "repair ")
		cures, ok2 := strings.CutPrefix(lines[1], "cures ")
		if !ok || !ok2 {
			t.Fatalf("%s: it begins with no repair and what it cures", file)
		}
		r := repair{file: file, what: what}
		for part := range strings.SplitSeq(cures, "; ") {
			if strings.HasSuffix(part, ".cabi") {
				read(t, tracesOfFindings+part)
				r.traces = append(r.traces, part)
				continue
			}
			key, worlds, _ := strings.Cut(part, " in ")
			name, kind, _ := strings.Cut(key, "/")
			for world := range strings.SplitSeq(worlds, ", ") {
				before := len(r.cures)
				for _, d := range knownIn(world) {
					if d.Property.Name == name && d.Kind == kind {
						r.cures = append(r.cures, d)
					}
				}
				if len(r.cures) == before {
					t.Fatalf("%s: %s is no known defect in %s", file, key, world)
				}
			}
		}
		all = append(all, r)
	}
	return all
}

// notRepaired is why a known defect has no repair; empty: it has one.
func notRepaired(d Defect) string {
	for _, f := range findings.All {
		if f.Finding == d.Property.Name+"/"+d.Kind {
			return f.NoRepair
		}
	}
	return ""
}

// TestRepairsFit checks that every known defect has one repair, or is listed without one, that all apply together, and that frames can be made of
// them, without building.
func TestRepairsFit(t *testing.T) {
	t.Parallel()
	cured := map[Defect]string{}
	for _, r := range repairs(t) {
		for _, d := range r.cures {
			if cured[d] != "" {
				t.Errorf("%s and %s both cure %s/%s in %s", cured[d], r.file, d.Property.Name, d.Kind, d.World)
			}
			cured[d] = r.file
		}
	}
	for _, d := range KnownDefects {
		if not := notRepaired(d); (not != "") == (cured[d] != "") {
			t.Errorf("%s/%s in %s: repaired by %q, and there is no repair since %q", d.Property.Name, d.Kind, d.World, cured[d], not)
		}
	}
	overlay := allRepaired(t)
	addFrames(overlay)
	if made := read(t, filepath.Join(filepath.Dir(overlay), "frames_gen.go")); !strings.Contains(made, "DO NOT EDIT") {
		t.Errorf("no frames can be made of all repairs: %s", made)
	}
}

// allRepaired is an overlay in which all repairs are made.
func allRepaired(t *testing.T) string {
	t.Helper()
	var files []string
	for _, r := range repairs(t) {
		files = append(files, r.file)
	}
	return writeOverlay(t, patched(t, files...))
}

// A leftover is a violation that is there where the known defects are repaired.
type leftover struct {
	world, finding string
	actions        int
	why            string
}

// leftovers are all of them that searches of the worlds find.
var leftovers = []leftover{
	{"children", "cancel-delivered/thread.suspend", 8, "not repaired"},
	{"subtasks", "waits-as-asked/subtask.cancel", 3, asRepaired},
	{"cancel", "waits-as-asked/subtask.cancel", 3, asRepaired},
	{"backpressure", "waits-as-asked/subtask.cancel", 3, asRepaired},
	{"children", "waits-as-asked/subtask.cancel", 3, asRepaired},
	{"host-calls", "waits-as-asked/subtask.cancel", 4, asRepaired},
	{"children", "traps-justified/canon_subtask_cancel/delivered", 10, "`cancelled-subtask-is-waited-for` takes the site for another trap, of which the promise does not know"},
	{"donuts", "cancel-delivered/at once", 10, asHeldBack},
	{"streams", "drop-told", 8, "not repaired"},
	{"host-streams", "drop-told", 6, "not repaired"},
	{"host-reads", "drop-told", 8, "not repaired"},
	{"units", "drop-told", 10, "not repaired"},
	{"handovers", "traps-justified/canon_lift/blocked", 4, "the promise takes a thread for ready that `no-barging-in` holds back"},
}

// leftoversOfDiff are those that cabi diff finds besides, with a repair, in worlds of its own.
var leftoversOfDiff = []leftover{
	{"donut-cancels", "cancel-delivered/at once", 6, asHeldBack},
}

const (
	asRepaired = "the promise names the event that the built-in waits for at the pin, and not the resolution"
	asHeldBack = "the promise does not know that with `no-barging-in` a sync function that is under way is in the way of a cancellation"
)

// A hidden defect is one that a known one of the same kind hides from searches of the pin. It has a trace in testdata/repairs/hidden.
type hidden struct{ trace, what, found string }

var hiddenDefects = []hidden{
	{"cancellation-over-a-sync-function", "A child that a sync function calls cancels another call of its parent's, whose core code goes on and ends above the frame of the sync function.",
		"`stack-discipline/order`, in `donuts`, 11 actions: told apart from the known one by its cause"},
}

// TestHiddenDefects runs the traces of the hidden defects: they violate what they say.
func TestHiddenDefects(t *testing.T) {
	files, err := filepath.Glob("testdata/repairs/hidden/*.cabi")
	if err != nil || len(files) != len(hiddenDefects) {
		t.Fatalf("%d traces for %d defects, %v", len(files), len(hiddenDefects), err)
	}
	for _, h := range hiddenDefects {
		mustHappen(t, h.trace, read(t, "testdata/repairs/hidden/"+h.trace+".cabi"))
	}
}

// TestDocsRepairs checks docs/generated/repairs.md. Make it again with: go test ./properties -run TestDocsRepairs -write
func TestDocsRepairs(t *testing.T) {
	const page = "../docs/generated/repairs.md"
	var b strings.Builder
	b.WriteString(repairsIntro)
	for _, r := range repairs(t) {
		worlds := map[string][]string{}
		var keys []string
		for _, d := range r.cures {
			key := strings.TrimSuffix(d.Property.Name+"/"+d.Kind, "/")
			if worlds[key] == nil {
				keys = append(keys, key)
			}
			worlds[key] = append(worlds[key], "`"+d.World+"`")
		}
		var cures []string
		for _, name := range r.traces {
			cures = append(cures, fmt.Sprintf("[%s](../../internal/findings/traces/%s)", strings.TrimSuffix(name, ".cabi"), name))
		}
		for _, key := range keys {
			cures = append(cures, fmt.Sprintf("`%s` in %s", key, strings.Join(slices.Compact(worlds[key]), ", ")))
		}
		name := filepath.Base(r.file)
		fmt.Fprintf(&b, "| [%s](../../properties/testdata/repairs/%s): %s | %s |\n", strings.TrimSuffix(name, ".repair"), name, r.what, strings.Join(cures, "; "))
	}
	b.WriteString("\n## What is left\n\nWith all repairs at once, searches of the worlds at their bounds find this and nothing else:\n\n| world | finding | actions | why |\n|---|---|---|---|\n")
	for _, l := range leftovers {
		fmt.Fprintf(&b, "| `%s` | `%s` | %d | %s |\n", l.world, l.finding, l.actions, l.why)
	}
	b.WriteString("\nIn worlds of its own, `cabi diff` of a repair finds this besides:\n\n| world | finding | actions | why |\n|---|---|---|---|\n")
	for _, l := range leftoversOfDiff {
		fmt.Fprintf(&b, "| `%s` | `%s` | %d | %s |\n", l.world, l.finding, l.actions, l.why)
	}
	for _, f := range findings.All {
		if f.NoRepair != "" && f.Finding != "" {
			fmt.Fprintf(&b, "\n`%s` has no repair: %s.\n", f.Finding, f.NoRepair)
		}
	}
	b.WriteString("\n## What was hidden\n\n| defect | found as |\n|---|---|\n")
	for _, h := range hiddenDefects {
		fmt.Fprintf(&b, "| [%s](../../properties/testdata/repairs/hidden/%s.cabi) | %s |\n", h.what, h.trace, h.found)
	}
	if *writeDocs {
		if err := os.WriteFile(page, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, page) != b.String() {
		t.Error("docs/generated/repairs.md is stale: go test ./properties -run TestDocsRepairs -write")
	}
}

const repairsIntro = `<!-- Made by: go test ./properties -run TestDocsRepairs -write -->

# Repairs

A search tells violations apart by their kinds and causes, and a defect may still hide others that only come after it. Here each known defect of
` + "`definitions.py`" + ` ([findings.md](../findings.md)) has a repair of the port: a small patch of ` + "`spec/`" + `, which is no part of the specification and
no proposal, though some are what upstream's open proposals do. ` + "`CABI_LONG=1 go test ./properties -run TestRepairs`" + ` makes each and looks
that what it cures is gone from the worlds, and then all at once, and looks what is left.

| repair | cures |
|---|---|
`

// TestRepairs makes each repair, and checks that what it cures is gone; and all together, where what is left in the worlds is what is known.
func TestRepairs(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("builds the command once for each repair: set CABI_LONG=1 to run it")
	}
	for _, r := range repairs(t) {
		t.Run(filepath.Base(r.file), func(t *testing.T) {
			cabi := buildWith(t, writeOverlay(t, patched(t, r.file)), "build", "-ldflags", "-X 'cabi/internal/engine.edit=the port with "+r.label(t)+"'", "./cmd/cabi")
			if upstream := os.Getenv("CABI_UPSTREAM"); *writeDocs && upstream != "" {
				r.record(t, cabi, upstream)
			}
			for _, name := range r.traces {
				if out, err := exec.Command(cabi, "replay", tracesOfFindings+name).CombinedOutput(); exitCode(err) != 1 || !strings.Contains(string(out), "departs") {
					t.Errorf("%s still happens, %v:\n%s", name, err, out)
				}
			}
			for _, d := range r.cures {
				for _, f := range findingsOf(t, cabi, d.World) {
					if strings.TrimSuffix(f.Finding, "/") == strings.TrimSuffix(d.Property.Name+"/"+d.Kind, "/") {
						t.Errorf("%s is still found in %s after %d actions:\n%s", f.Finding, d.World, f.Actions, f.Trace)
					}
				}
			}
		})
	}
	t.Run("all", func(t *testing.T) {
		cabi := buildWith(t, allRepaired(t), "build", "./cmd/cabi")
		var left []leftover
		for _, w := range model.Worlds {
			if w.Random {
				continue
			}
			for _, f := range findingsOf(t, cabi, w.Name) {
				i := slices.IndexFunc(leftovers, func(l leftover) bool {
					return l.world == w.Name && l.finding == strings.TrimSuffix(f.Finding, "/") && l.actions <= f.Actions
				})
				switch {
				case i >= 0 && leftovers[i].actions == f.Actions:
					left = append(left, leftovers[i])
				case i < 0:
					t.Errorf("not known in %s: %s after %d actions:\n%s", w.Name, f.Finding, f.Actions, f.Trace)
				}
			}
		}
		for _, l := range leftovers {
			if !slices.Contains(left, l) {
				t.Errorf("not found: %v", l)
			}
		}
	})
}

// label is the name of a repair as it is now: with the first digits of the SHA-256 of its file.
func (r *repair) label(t *testing.T) string {
	t.Helper()
	sum := sha256.Sum256([]byte(read(t, r.file)))
	return r.name() + " " + hex.EncodeToString(sum[:])[:8]
}

func (r *repair) name() string { return strings.TrimSuffix(filepath.Base(r.file), ".repair") }

// reportsOfRepairs is where the reports of cabi diff are, of the repairs against the pin.
const reportsOfRepairs = "../internal/diff/testdata/repairs/"

// A repairReport is what is kept of a report of cabi diff.
type repairReport struct {
	New         string    `json:"new"`
	Findings    []verdict `json:"findings"`
	Promises    []verdict `json:"promises"`
	Differences []struct {
		Kind    string   `json:"kind"`
		World   string   `json:"world"`
		Actions int      `json:"actions"`
		Worlds  []string `json:"worlds"`
	} `json:"differences"`
}

// A verdict is what became of a violation.
type verdict struct {
	World    string `json:"world"`
	Property string `json:"property"`
	Kind     string `json:"kind"`
	Shape    string `json:"shape,omitempty"`
	Message  string `json:"message,omitempty"`
	Actions  int    `json:"actions"`
	Verdict  string `json:"verdict"`
}

// record has the command with a repair compare it with the definitions.py of the pin, and writes the report.
func (r *repair) record(t *testing.T, cabi, upstream string) {
	t.Helper()
	out, err := exec.Command(cabi, "diff", upstream, "port", "--budget", "0.0267", "--no-python", "--json").Output()
	if code := exitCode(err); code > 1 {
		t.Fatalf("%v: %s", err, out)
	}
	var report repairReport
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := json.MarshalIndent(report, "", " ")
	if err == nil {
		err = os.WriteFile(reportsOfRepairs+r.name()+".json", append(text, '\n'), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestRepairReports checks that there is a report of each repair as it is now, that in it all is cured that the repair cures, and that nothing
// is broken but what is among the leftovers.
func TestRepairReports(t *testing.T) {
	all := repairs(t)
	if files, err := filepath.Glob(reportsOfRepairs + "*.json"); err != nil || len(files) != len(all) {
		t.Errorf("%d reports of %d repairs, %v", len(files), len(all), err)
	}
	for _, r := range all {
		var report repairReport
		text, err := os.ReadFile(reportsOfRepairs + r.name() + ".json")
		if err == nil {
			err = json.Unmarshal(text, &report)
		}
		if want := "the port with " + r.label(t); err != nil || report.New != want {
			t.Errorf("%s: the report is of %q, want %q, %v: CABI_LONG=1 CABI_UPSTREAM=DIR go test ./properties -run TestRepairs/%s -write", r.name(), report.New, want, err, r.name())
			continue
		}
		for _, d := range r.cures {
			cured, other := 0, 0
			for _, f := range report.Findings {
				switch of := f.World == d.World && f.Property == d.Property.Name && f.Kind == d.Kind; {
				case of && f.Verdict == "cured":
					cured++
				case of:
					other++
				}
			}
			if cured == 0 || other > 0 {
				t.Errorf("%s: the report does not say that %s/%s in %s is cured", r.name(), d.Property.Name, d.Kind, d.World)
			}
		}
		for _, b := range report.Promises {
			if b.Verdict == "new" && !slices.ContainsFunc(slices.Concat(leftovers, leftoversOfDiff), func(l leftover) bool { return l.world == b.World && l.finding == b.Property+"/"+b.Kind }) {
				t.Errorf("%s breaks %s/%s in %s: %s", r.name(), b.Property, b.Kind, b.World, b.Message)
			}
		}
	}
}

// exitCode is the code with which a command has ended; -1: it has not run.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// buildWith has a go command with an overlay build a program.
func buildWith(t *testing.T, overlay, command string, args ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "program")
	build := withOverlay(overlay, command, append([]string{"-o", file}, args...)...)
	build.Env = append(build.Env, "GOGC=400") // a fifth of the compiler's time would be garbage collection
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return file
}

// buildCommand builds the command, in which some files are replaced.
func buildCommand(t *testing.T, texts map[string]string) string {
	t.Helper()
	return buildWith(t, writeOverlay(t, texts), "build", "./cmd/cabi")
}

// A printedFinding is a line of cabi check --json.
type printedFinding struct {
	Finding, Trace string
	Actions        int
}

// findingsOf are the findings of a built command in a world, at its bounds.
func findingsOf(t *testing.T, cabi, world string) (all []printedFinding) {
	t.Helper()
	out, err := exec.Command(cabi, "check", world, "--keep-going", "--json").Output()
	lines := json.NewDecoder(bytes.NewReader(out))
	for lines.More() {
		var f struct {
			printedFinding
			Verdict string
		}
		if err := lines.Decode(&f); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if f.Finding != "" {
			all = append(all, f.printedFinding)
		} else if f.Verdict == "" {
			t.Fatalf("%s: no verdict: %s", world, out)
		}
	}
	if len(out) == 0 {
		t.Fatal(fmt.Errorf("%s: nothing is printed: %w", world, err))
	}
	return all
}
