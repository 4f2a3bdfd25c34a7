package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// generate generates few reference traces, and returns the files and what was printed.
func generate(t *testing.T) (files map[string]string, out string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "reference")
	out, code, err := execute(newRootCommand(), "trace", "gen", "-o", dir, "--states", "300", "--world", "handles,tasks,futures,dtors")
	if code != 0 {
		t.Fatalf("exit %d, %v:\n%s", code, err, out)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(text)
	}
	return files, out
}

// The reference traces are the same every time, say what they show, are replayed, and end with the trap they are named after.
func TestGen(t *testing.T) {
	files, out := generate(t)
	again, _ := generate(t)
	if len(files) < 20 || files["coverage.txt"] != out {
		t.Fatalf("%d files:\n%s", len(files), out)
	}
	for name, text := range files {
		if again[name] != text {
			t.Errorf("%s differs the second time:\n%s\n%s", name, text, again[name])
		}
		if name == "coverage.txt" {
			continue
		}
		if out, code, err := replayText(t, text); code != 0 {
			t.Errorf("%s: exit %d, %v:\n%s", name, code, err, out)
		}
		if !strings.HasPrefix(text, "# ") {
			t.Errorf("%s says not what it shows", name)
		}
		if lines := strings.Split(strings.TrimSpace(text), "\n"); strings.HasPrefix(name, "trap-") && !strings.HasPrefix(lines[len(lines)-1], "trap ") {
			t.Errorf("%s ends with %s", name, lines[len(lines)-1])
		}
	}
}

func TestGenBadInput(t *testing.T) {
	if _, code, err := execute(newRootCommand(), "trace", "gen"); code != 2 || !strings.Contains(err.Error(), "-o DIR") {
		t.Errorf("exit %d, %v", code, err)
	}
	if _, code, err := execute(newRootCommand(), "trace", "gen", "-o", t.TempDir(), "--world", "x"); code != 2 || !strings.Contains(err.Error(), `unknown world "x"`) {
		t.Errorf("exit %d, %v", code, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, code, _ := execute(newRootCommand(), "trace", "gen", "-o", filepath.Join(file, "x"), "--world", "tasks", "--states", "1"); code != 2 {
		t.Errorf("exit %d, want 2", code)
	}
}
