package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Bad input is told in one line that names it and what there is, and ends with 2.
func TestBadInput(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty.cabi")
	if err := os.WriteFile(empty, []byte("world handles\nA: resource.new R"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"check", "name one world to check: handles"},
		{"check handles waitables", "name one world to check: handles"},
		{"check nowhere", `unknown world "nowhere"; there are: handles`},
		{"check handles --variant x", `unknown variant "x"; there are: single-table, per-type`},
		{"check handles --property y", `unknown property "y"; there are: deterministic`},
		{"check handles --steps 0", "a bound is a number from 1 to 1000"},
		{"check handles --steps 18446744073709551616", "a bound is a number from 1 to 1000"},
		{"check handles --handles -1", "a bound is a number from 1 to 1000"},
		{"check handles --steps many", "a bound is a number from 1 to 1000"},
		{"check handles --colour", "unknown flag: --colour"},
		{"check handles --variant per-type --save /nowhere/x", "/nowhere/x"},
		{"replay", "accepts 1 arg(s), received 0"},
		{"replay /nowhere/x", "/nowhere/x: no such file"},
		{"replay " + empty, "line 2: resource.new takes 1 numbers, got 0"},
		{"list", "list one of: worlds, properties, variants"},
		{"list traps", "list one of: worlds, properties, variants"},
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
	} {
		out, code, _ := execute(newRootCommand(), append(strings.Fields(c.args), "--json")...)
		var got result
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("cabi %s: %v in %s", c.args, err, out)
		}
		if code != c.code || got.Verdict != c.verdict {
			t.Errorf("cabi %s: exit %d, %s; want %d, %s", c.args, code, got.Verdict, c.code, c.verdict)
		}
	}
}

// A counterexample that is saved is replayed: the same under its variant, departing under another.
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
