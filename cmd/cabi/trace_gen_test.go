package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Gen writes traces that replay, begin with a comment that says what they show, and end with the trap that they are named after; and
// it writes what it prints to coverage.md. The tests of internal/suite test the rest.
func TestGen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reference")
	out, code, err := execute(newRootCommand(), "trace", "gen", "-o", dir, "--states", "10", "--runs", "1", "--tries", "1")
	if code != 0 {
		t.Fatalf("exit %d, %v:\n%s", code, err, out)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.cabi"))
	if err != nil || len(names) < 100 {
		t.Fatalf("%v, %d traces:\n%s", err, len(names), out)
	}
	coverage, err := os.ReadFile(filepath.Join(dir, "coverage.md"))
	if line, _, _ := strings.Cut(out[strings.Index(out, "traps taken"):], "\n"); err != nil || !strings.Contains(string(coverage), line) {
		t.Errorf("%v: coverage.md lacks %q", err, line)
	}
	for _, name := range names[len(names)-20:] {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if out, code, err := replayText(t, string(text)); code != 0 {
			t.Errorf("%s: exit %d, %v:\n%s", name, code, err, out)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		if !strings.HasPrefix(lines[0], "# ") || strings.HasPrefix(filepath.Base(name), "trap-") && !strings.HasPrefix(lines[len(lines)-1], "trap ") {
			t.Errorf("%s begins with %q and ends with %q", name, lines[0], lines[len(lines)-1])
		}
	}
}

func TestGenBadInput(t *testing.T) {
	if _, code, err := execute(newRootCommand(), "trace", "gen"); code != 2 || !strings.Contains(err.Error(), "-o DIR") {
		t.Errorf("exit %d, %v", code, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, code, _ := execute(newRootCommand(), "trace", "gen", "-o", filepath.Join(file, "x")); code != 2 {
		t.Errorf("exit %d, want 2", code)
	}
}
