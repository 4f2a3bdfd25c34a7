package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cabi/internal/report"
	"cabi/model"
	"cabi/properties"
)

// cabi check all finds what cabi check finds in each world, and says it world by world as JSON.
func TestCheckAll(t *testing.T) {
	const steps = 3
	all, code, err := execute(newRootCommand(), "check", "all", "--steps", fmt.Sprint(steps), "--json")
	if code != 1 {
		t.Fatalf("exit %d, %v", code, err)
	}
	var each strings.Builder
	for _, w := range slices.Concat(model.Worlds, properties.Corners()) {
		if !w.Random {
			out, _, _ := execute(newRootCommand(), "check", w.Name, "--keep-going", "--json", "--steps", fmt.Sprint(min(steps, w.Bounds.Steps)))
			each.WriteString(out)
		}
	}
	if got, want := withoutMemory(t, all), withoutMemory(t, each.String()); got != want {
		t.Errorf("all worlds at once:\n%s\none by one:\n%s", got, want)
	}
}

// withoutMemory is what was printed as JSON, without how much memory it took.
func withoutMemory(t *testing.T, out string) string {
	t.Helper()
	var b strings.Builder
	for line := range strings.Lines(out) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		delete(v, "bytes_per_state")
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(text, '\n'))
	}
	return b.String()
}

// For people, cabi check all says each violation once, by its cause, and shows those that no known defects are.
func TestCheckAllSays(t *testing.T) {
	const known = "violated in 4 ways, each a known defect (docs/findings.md)"
	out, code, _ := execute(newRootCommand(), "check", "all", "--steps", "2")
	for _, want := range []string{"in all: 62 worlds of 62 exhausted, ", "no-crash/canon_error_context_new/NameError is violated after 1 action, in error-contexts, helpers, errors-in-realloc, passed-twice, wrong-classes:\n", known} {
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("exit %d, without %q:\n%s", code, want, out)
		}
	}
	if strings.Contains(out, "\nA: ") {
		t.Errorf("it shows the traces of known defects:\n%s", out)
	}
	dir := filepath.Join(t.TempDir(), "found")
	out, code, _ = execute(newRootCommand(), "check", "all", "--steps", "3", "--variant", "store-wide", "--property", "isolation", "--save", dir)
	for _, want := range []string{"isolation is violated after 2 actions, in handles, ", "isolation is violated by 7 causes more (--verbose shows them)\n", "of which no known defect is\n", "violates isolation: "} {
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("exit %d, without %q:\n%s", code, want, out)
		}
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) < 3 {
		t.Errorf("saved: %v, %v", files, err)
	}
	out, code, _ = execute(newRootCommand(), "check", "all", "--steps", "1", "--property", "no-stolen-event")
	if code != 3 || !strings.Contains(out, "nothing was shown about: no-stolen-event") {
		t.Errorf("exit %d, and nothing was shown:\n%s", code, out)
	}
	if out, code, _ = execute(newRootCommand(), "check", "all", "--steps", "5", "--property", "nonzero"); code != 0 || !strings.HasSuffix(out, "\nholds: 1 property\n") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	out, code, _ = execute(newRootCommand(), "check", "all", "--duration", "1ns", "--property", "nonzero", "--json")
	var last report.Result
	if err := json.Unmarshal([]byte(out), &last); code != 3 || err != nil || last.Stopped != "--duration 1ns" {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}
}

// A definitions.py that has not what some worlds need is checked in the others.
func TestCheckAllLeavesOut(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "definitions.py"), []byte(ownDefinitions), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, code, err := execute(newRootCommand(), "check", "all", "--spec", dir, "--steps", "1"); code != 2 || !strings.Contains(err.Error(), "no world can be run on this version") {
		t.Errorf("exit %d, %v", code, err)
	}
}

// What is violated and is no known defect is told as soon as it is found, once for each name, whatever comes later.
func TestCheckAllTells(t *testing.T) {
	tell := func(args ...string) string {
		t.Helper()
		var told strings.Builder
		cmd := newRootCommand()
		cmd.SetOut(io.Discard)
		cmd.SetErr(&told)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(append([]string{"check", "all"}, args...))
		_ = cmd.Execute()
		return told.String()
	}
	told := tell("--steps", "3", "--variant", "store-wide", "--property", "isolation")
	if n := strings.Count(told, "new: isolation is violated after 2 actions in handles: "); n != 1 {
		t.Errorf("what handles shows is told %d times:\n%s", n, told)
	}
	lines := strings.Split(strings.TrimSpace(told), "\n")
	for i, line := range lines {
		if slices.Contains(lines[:i], line) {
			t.Errorf("told twice: %s", line)
		}
	}
	if told := tell("--steps", "2"); strings.Contains(told, "new: ") {
		t.Errorf("known defects are told:\n%s", told)
	}
}

// The beginning of each world is looked at first, and then the worlds are searched in the order of what they are thought to take.
func TestCheckAllGlances(t *testing.T) {
	var told strings.Builder
	c := &checkCommand{variant: "store-wide", properties: []string{"isolation"}, keepGoing: true, every: time.Minute}
	a := &checkAll{checkCommand: c, news: news{newProgress(&told, 0), map[string]bool{}}}
	worlds := []*model.World{model.WorldByName("cancel"), model.WorldByName("threads"), model.WorldByName("handles"), model.WorldByName("pipes")}
	order, err := a.glances(newCheckCommand(), worlds, glance)
	if err != nil || len(order) != 4 || order[0].Name != "pipes" || order[1].Name != "handles" {
		t.Errorf("in the order %v, %v: pipes and handles come first, which take the fewest states", order, err)
	}
	if strings.Count(told.String(), "new: isolation is violated after 3 actions in cancel: ") != 1 || strings.Count(told.String(), "\n") != 1 {
		t.Errorf("told:\n%s", told.String())
	}
}
