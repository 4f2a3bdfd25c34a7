package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/model"
)

// Diff ends with 0 if nothing can be observed, 1 if something can, and 2 for versions, worlds and budgets that there are none like.
func TestDiff(t *testing.T) {
	const few = " --world handles --budget 0.02"
	save := t.TempDir()
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"port" + few, 0, "no observable difference within the bound"},
		{"per-type" + few + " --save " + save + " --markdown " + filepath.Join(save, "m.md") + " --html " + filepath.Join(save, "p.html"), 1, "per-type only:"},
		{"per-tpye" + few, 2, "per-type"},
		{"per-type --world handels", 2, "handles"},
		{"per-type --budget 0", 2, "more than 0"},
		{"", 2, "name the new version"},
		{"../..", 2, "name a checkout that has it as the old version"},
		{"../.. port", 2, "can only be the new version"},
		{"per-type ../..", 2, "per-type is none"},
		{"../.. nowhere.patch --git nowhere", 2, "only that can be one"},
		{"per-type --source ../..", 2, "--source is for patches"},
		{"port --world siblings --budget 0.01", 0, "siblings: "},
		{"nowhere --git nowhere", 2, "git show"},
		{"per-type --world handles --html /nowhere/p.html", 2, "no directory"},
	} {
		out, code, err := execute(newRootCommand(), append([]string{"diff"}, strings.Fields(c.args)...)...)
		text := out
		if err != nil {
			text += err.Error()
		}
		if code != c.code || !strings.Contains(text, c.want) {
			t.Errorf("cabi diff %s: exit %d, want %d with %q:\n%s", c.args, code, c.code, c.want, text)
		}
	}
	traces, _ := filepath.Glob(filepath.Join(save, "*-new.cabi"))
	if len(traces) == 0 {
		t.Fatal("no trace was saved")
	}
	if _, code, err := execute(newRootCommand(), "replay", traces[0]); code != 0 {
		t.Errorf("a saved trace does not happen again: %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(save, "m.md")); err != nil || !strings.HasPrefix(string(text), "## What per-type changes") {
		t.Errorf("the Markdown is %.80q, %v", text, err)
	}
}

// What diff finds it says at once, on standard error: a line for each difference of the report, at least.
func TestDiffSaysWhatItFinds(t *testing.T) {
	var out, said bytes.Buffer
	cmd := newRootCommand()
	cmd.SetOut(&out)
	cmd.SetErr(&said)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs([]string{"diff", "per-type", "--world", "handles", "--budget", "0.02", "--json"})
	_ = cmd.Execute() // it says that there are differences
	var r struct{ Differences []struct{ World string } }
	if err := json.Unmarshal(out.Bytes(), &r); err != nil || len(r.Differences) == 0 {
		t.Fatalf("%v, %d differences", err, len(r.Differences))
	}
	found := 0
	for line := range strings.Lines(said.String()) {
		if strings.HasPrefix(line, "found: ") && strings.Contains(line, " after ") {
			found++
		}
	}
	if found < len(r.Differences) {
		t.Errorf("%d differences, of which it said:\n%s", len(r.Differences), said.String())
	}
}

// backpressurePatch is a patch of the port after which backpressure is a number, however often it is asked for.
func backpressurePatch(t *testing.T, number string) string {
	const file, change = "spec/canon_backpressure.go", "\tinst.backpressure++"
	text, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	at := slices.Index(lines, change)
	if at < 0 {
		t.Fatalf("%s has no line %q", file, change)
	}
	return fmt.Sprintf("--- a/%s\n+++ b/%s\n@@ -%d,3 +%d,3 @@\n %s\n-%s\n+\tinst.backpressure = %s\n %s\n", file, file, at, at, lines[at-1], change, number, lines[at+1])
}

// An edit of the port is compared with the definitions.py of the pin by the command that is built with it: its traces say which edit they are
// of, and do not pass for those of the pin.
func TestDiffEdit(t *testing.T) {
	upstream := os.Getenv("CABI_UPSTREAM")
	if upstream == "" || testing.Short() {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model, and leave out -short: the command is built with a patch")
	}
	patch := filepath.Join(t.TempDir(), "one.patch")
	if err := os.WriteFile(patch, []byte(backpressurePatch(t, "1")), 0o666); err != nil {
		t.Fatal(err)
	}
	out, code, err := execute(newRootCommand(), "diff", upstream, patch, "--world", "subtasks", "--budget", "0.01", "--no-python")
	if code != 1 {
		t.Fatalf("exit %d: %v", code, err)
	}
	for _, want := range []string{"the port with one.patch against " + upstream, "# on the port with one.patch, which is not as the pin",
		"world subtasks  variant single-table  spec ", "broken now: backpressure-count/count in subtasks after 3 actions"} {
		if !strings.Contains(out, want) {
			t.Errorf("there is no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "pin "+model.Pin) {
		t.Errorf("a trace passes for one of the pin:\n%s", out)
	}
}
