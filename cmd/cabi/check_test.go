package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cabi/internal/report"
)

// Bad input ends with 2 and a line that names it.
func TestBadInput(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.cabi")
	if err := os.WriteFile(empty, []byte("world handles\nA: resource.new R"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"check", "name one world to check: handles"},
		{"check handles waitables", "name one world to check: handles"},
		{"check nowhere", "unknown world \"nowhere\"; `cabi list worlds` lists them"},
		{"check handles --variant x", `unknown variant "x"; there are: single-table, per-type`},
		{"check handles --property y", "unknown property \"y\"; `cabi list properties` lists them"},
		{"check handles --steps 0", "it is a whole number from 1 to 1000"},
		{"check handles --steps 18446744073709551616", "it is a whole number from 1 to 1000"},
		{"check handles --threads x", "it is a whole number from 1 to 1000"},
		{"check handles --tasks 0", "it is a whole number from 1 to 1000"},
		{"check handles --duration -1s", "it is not negative"},
		{"check handles --verify -1", "--verify -1: it is not negative"},
		{"check handles --seed x", `--seed "x": it is a whole number from 0 to 18446744073709551615`},
		{"check handles --random --depth-first", "--random and --depth-first exclude each other"},
		{"check handles --handles -1", "it is a whole number from 1 to 1000"},
		{"check handles --steps many", "it is a whole number from 1 to 1000"},
		{"check handles --colour", "cabi check has no flag --colour"},
		{"check handles --variant per-type --save /nowhere/x", "/nowhere/x"},
		{"replay", "cabi replay takes one file, or - for standard input, and got 0"},
		{"replay /nowhere/x", "/nowhere/x: no such file"},
		{"replay " + empty, "line 2: resource.new takes 1 numbers, got 0"},
		{"list traps", `unknown list "traps"; there are: worlds, properties, variants`},
		{"explode", `unknown command "explode"`},
		{"port --upstream /nowhere", "does not exist"},
	} {
		_, code, err := execute(newRootCommand(), strings.Fields(c.args)...)
		if code != 2 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("cabi %s: exit %d, %v; want 2, …%s…", c.args, code, err, c.want)
		}
	}
}

// The verdict is the exit code, and JSON says the same as the text.
func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		args    string
		code    int
		verdict string
	}{
		{"check handles --steps 5 --handles 2", 0, "holds"},
		{"check handles --variant per-type --property unique-in-instance", 1, "violated"},
		{"check handles --steps 1", 3, "holds vacuously"},
		{"check handles --property unique-in-instance,no-stuck-thread", 3, "holds"},
		{"check handles --property unique-in-instance", 0, "holds"},
	} {
		out, code, _ := execute(newRootCommand(), append(strings.Fields(c.args), "--json")...)
		_, got := jsonLines(t, out)
		if code != c.code || got.Verdict != c.verdict {
			t.Errorf("cabi %s: exit %d, %s; want %d, %s", c.args, code, got.Verdict, c.code, c.verdict)
		}
	}
}

// jsonLines reads what cabi check --json prints: a line for each finding, and one for the result.
func jsonLines(t *testing.T, out string) ([]report.Finding, report.Result) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(out), "\n")
	findings := make([]report.Finding, len(lines)-1)
	var last report.Result
	for i, line := range lines {
		to := any(&last)
		if i < len(findings) {
			to = &findings[i]
		}
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(to); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
	}
	return findings, last
}

// A search that keeps going prints and saves each kind of violation once, and each saved trace replays.
func TestKeepGoing(t *testing.T) {
	dir := t.TempDir()
	out, code, err := execute(newRootCommand(), "check", "children", "--steps", "8", "--keep-going", "--json", "--save", dir)
	findings, last := jsonLines(t, out)
	if code != 1 || last.Verdict != "violated" || len(findings) < 2 || len(findings) != len(last.Findings) {
		t.Fatalf("exit %d, %v, %d findings, %+v", code, err, len(findings), last)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.cabi"))
	if err != nil || len(files) != len(findings) {
		t.Fatalf("%d files, %v, want %d", len(files), err, len(findings))
	}
	for _, file := range files {
		if out, code, err := execute(newRootCommand(), "replay", file); code != 0 {
			t.Errorf("replay %s: exit %d, %v: %s", file, code, err, out)
		}
	}
}

// Random walks find the same from the same seed with any number of workers, and the traces that they save replay.
func TestRandomWalks(t *testing.T) {
	var first string
	for _, workers := range []string{"1", "2", "1"} {
		dir := t.TempDir()
		out, code, err := execute(newRootCommand(), "check", "everything", "--random", "--keep-going", "--runs", "300", "--seed", "5",
			"--workers", workers, "--json", "--save", dir)
		findings, last := jsonLines(t, out)
		if code != 1 || len(findings) == 0 || last.Runs != 300 {
			t.Fatalf("exit %d, %v: %s", code, err, out)
		}
		if first == "" {
			first = out
		}
		if out != first {
			t.Errorf("%s workers:\n%s\nbefore:\n%s", workers, out, first)
		}
		files, _ := filepath.Glob(filepath.Join(dir, "*.cabi"))
		for _, file := range files {
			if _, code, err := execute(newRootCommand(), "replay", file); code != 0 {
				t.Errorf("replay %s: exit %d, %v", file, code, err)
			}
		}
	}
}

// A search that runs out of time says what it has established, and exits with 3.
func TestDuration(t *testing.T) {
	out, code, _ := execute(newRootCommand(), "check", "subtasks", "--property", "resolved-once", "--steps", "30", "--duration", "1s")
	if code != 3 || !strings.Contains(out, "no violation found so far") || !strings.Contains(out, "not explored") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// A saved counterexample replays under its variant, and departs under another.
func TestSaveAndReplay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "two.cabi")
	execute(newRootCommand(), "check", "handles", "--variant", "per-type", "--property", "unique-in-instance", "--save", file)
	if out, code, err := execute(newRootCommand(), "replay", file); code != 0 {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}
	out, code, _ := execute(newRootCommand(), "replay", file, "--variant", "single-table")
	if code != 1 || !strings.Contains(out, "departs at line 4:") {
		t.Errorf("exit %d, want 1, departing at line 4: %s", code, out)
	}
}

// For people, the command prints the verdict with the bound, a line of figures and a line that counts what never came up; and the
// rest with --verbose.
func TestCheckOutput(t *testing.T) {
	const short = `world handles, variant single-table, bound: 1 action; no new handle is made while 3 handles live
holds, vacuously: 2 properties
explored, breadth first: 5 states, 20 transitions, depth 1; exhausted up to the bound, which cuts 4 states
compared with the port on coroutines: 1 transition, no difference
`
	args := strings.Fields("check handles --steps 1 --property nonzero,post-returned")
	out, code, _ := execute(newRootCommand(), args...)
	want := short + "nothing was shown about: 7 actions never taken, 1 property not exercised (--verbose names them)\n"
	if code != 3 || out != want {
		t.Errorf("exit %d:\n%swant\n%s", code, out, want)
	}
	out, code, _ = execute(newRootCommand(), append(args, "--verbose")...)
	if code != 3 || !strings.HasPrefix(out, short) {
		t.Errorf("exit %d:\n%swant\n%s", code, out, short)
	}
	for _, want := range []string{"properties:\n  nonzero, post-returned\n", "\n        8 Table.get/bounds\n", "never taken", "  B: call A.give-R, ",
		"were not exercised: what they speak of never came up, so nothing was shown about them:\n  post-returned\n", "visited states took", "below", "Table.add/full"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// A counterexample is printed between the line that says what was explored and the figures.
func TestCounterexampleOutput(t *testing.T) {
	out, code, _ := execute(newRootCommand(), "check", "handles", "--variant", "per-type", "--property", "unique-in-instance")
	const begin = "world handles, variant per-type, bound: 8 actions; no new handle is made while 3 handles live\n" +
		"unique-in-instance is violated after 2 actions:\n\nworld handles  variant per-type  pin "
	const end = "explored, breadth first: 11 states, 48 transitions, depth 1; 9 states not explored\n" +
		"compared with the port on coroutines: 1 transition, no difference\n" +
		"nothing was shown about: 7 actions never taken (--verbose names them)\n"
	if code != 1 || !strings.HasPrefix(out, begin) || !strings.HasSuffix(out, end) || strings.Count(out, "\n") != 13 {
		t.Errorf("exit %d:\n%s", code, out)
	}
}
