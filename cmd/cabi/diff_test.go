package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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
		{"../..", 2, "is an edit of the port"},
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
