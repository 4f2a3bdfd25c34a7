package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// conformDir is the directory of the adapter, which TestMain removes; empty: it was not built.
var conformDir string

// conformAdapter is the adapter over spec/, built once.
var conformAdapter = sync.OnceValue(func() string {
	conformDir = must(os.MkdirTemp("", "adapter"))
	file := filepath.Join(conformDir, "adapter")
	if out, err := exec.Command("go", "build", "-o", file, "cabi/examples/conform/spec").CombinedOutput(); err != nil {
		panic(string(out))
	}
	return file
})

// The commands in docs/conform.md that the page shows the output of print it.
func TestConformPage(t *testing.T) {
	dir := t.TempDir()
	command, ran := "", 0
	for _, b := range pageBlocks(string(must(os.ReadFile("../../docs/conform.md")))) {
		if !strings.HasSuffix(b.before, "prints") {
			command = strings.TrimSpace(b.text)
			continue
		}
		args := strings.ReplaceAll(command, "go run ./examples/conform/spec", conformAdapter())
		args = strings.ReplaceAll(args, "swapped.cabi", filepath.Join(dir, "swapped.cabi"))
		out, code, err := execute(newRootCommand(), strings.Fields(strings.TrimPrefix(args, "cabi "))...)
		out = strings.ReplaceAll(out, dir+string(filepath.Separator), "")
		shown := strings.ReplaceAll(b.text, ": …\n", ": …\n…\n") // the first line is shown in part
		if code == 2 || !shownInPart(shown, out) {
			t.Errorf("%s: exit %d, %v, prints\n%s\nthe page says\n%s", command, code, err, out, b.text)
		}
		ran++
	}
	if ran != 2 {
		t.Errorf("the page shows %d outputs", ran)
	}
	for args, want := range map[string]int{"replay": 1, "admits": 1} {
		if _, code, _ := execute(newRootCommand(), args, filepath.Join(dir, "swapped.cabi")); code != want {
			t.Errorf("cabi %s swapped.cabi: exit %d", args, code)
		}
	}
}

// shownInPart reports whether an output has the lines that a page shows, up to "…" in the first that has it.
func shownInPart(shown, out string) bool {
	got := strings.Split(out, "\n")
	for i, line := range strings.Split(strings.TrimRight(shown, "\n"), "\n") {
		begin, _, cut := strings.Cut(line, "…")
		switch {
		case cut:
			return begin == "" || i < len(got) && strings.HasPrefix(got[i], begin)
		case i >= len(got) || got[i] != line:
			return false
		}
	}
	return true
}

// What cabi conform exits with, and says where a command cannot be tested.
func TestConformExits(t *testing.T) {
	file := filepath.Join(t.TempDir(), "found.cabi")
	for _, c := range []struct {
		args, want string
		code       int
	}{
		{"--world handles --runs 50 -- ^", "no difference in 50 runs of spec with seed 1: ", 0},
		{"--world handles --duration 1s -- ^", "stopped by --duration 1s", 0},
		{"--world handles --runs 1000000 --duration 1ns -- ^", "stopped by --duration 1ns", 3},
		{"--world handles --variant any --runs 100 -- ^", "it numbers handles as in: single-table", 0},
		{"--world handles -- ^ -fault dies", "the adapter dies at return: it ended: exit status 3", 1},
		{`--world handles --save ` + file + ` -- ^ -fault index-0`, "its trace is in " + file, 1},
		{"", "name the command that starts the adapter: cabi conform -- COMMAND", 2},
		{"true", "the command that starts the adapter stands behind --, with all its arguments: cabi conform -- true", 2},
		{"-- ./no-such-command", "cannot start the adapter: ", 2},
		{"-- true", "true does not speak the protocol, which docs/conform.md states: asked", 2},
		{"-- cat", `cat does not speak the protocol, which docs/conform.md states: asked {"id":1,"kind":"hello","version":1}, it answers rubbish: a hello is due`, 2},
		{"-- echo hello", `it said "hello"`, 2},
		{`--world everything -- ^ -fault unsupported`, "the adapter does not support the world everything: it is too big", 2},
		{"--world no-such -- ^", `unknown world "no-such"`, 2},
		{"--variant single-tabel -- ^", "did you mean single-table", 2},
		{"--timeout 0s -- ^", "--timeout 0s: it is more than 0", 2},
		{"--duration -1s -- ^", "--duration -1s: it is not negative", 2},
	} {
		out, code, err := execute(newRootCommand(), append([]string{"conform"}, strings.Fields(strings.ReplaceAll(c.args, "^", conformAdapter()))...)...)
		text := out
		if err != nil {
			text += err.Error()
		}
		if code != c.code || !strings.Contains(text, c.want) {
			t.Errorf("cabi conform %s: exit %d, want %d with %q:\n%s", c.args, code, c.code, c.want, text)
		}
	}
	if _, code, _ := execute(newRootCommand(), "admits", file); code != 1 {
		t.Errorf("cabi admits of a saved trace: exit %d", code)
	}
}

// With --keep-going, each difference has a file of its own.
func TestConformSave(t *testing.T) {
	file := filepath.Join(t.TempDir(), "found.cabi")
	args := strings.Fields("conform --world streams --runs 200 --keep-going --json --save " + file + ` -- ` + conformAdapter() + ` -fault status-swapped`)
	out, code, err := execute(newRootCommand(), args...)
	var report struct {
		Differences []struct{ File, Trace string }
	}
	if code != 1 || json.Unmarshal([]byte(out), &report) != nil || len(report.Differences) == 0 {
		t.Fatalf("exit %d, %v\n%s", code, err, out)
	}
	for _, d := range report.Differences {
		if string(must(os.ReadFile(d.File))) != d.Trace {
			t.Errorf("%s does not have the trace", d.File)
		}
	}
}
