package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// shrinkText runs cabi shrink on a trace.
func shrinkText(t *testing.T, text string, args ...string) (out string, code int, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "long.cabi")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return execute(newRootCommand(), append([]string{"shrink", file}, args...)...)
}

// longTrace drops the readable end of a future too early, after other actions that have nothing to do with it.
const longTrace = `world everything
host: invoke A.run
A: waitable-set.new
A: stream.new u8
A: future.new u8
A: call B.sync
B: resource.new R 5
B: return 1
B: return
A: future.write u8 async 5 8
A: future.drop-readable u8 4
`

// A shrunk trace is small, says what was removed, replays, and does not shrink further.
func TestShrink(t *testing.T) {
	small, code, err := shrinkText(t, longTrace)
	if code != 0 {
		t.Fatalf("exit %d, %v:\n%s", code, err, small)
	}
	for _, want := range []string{
		"# shrunk from 10 actions to 4, of no-assertion-failure/SharedFutureImpl.drop/pending-read\n",
		"# removed from the world: ", " instances (B, ", " functions (A.react, ",
		"A: future.write u8 async 2 0 -> 4294967295\n", "violates no-assertion-failure: ",
	} {
		if !strings.Contains(small, want) {
			t.Errorf("no %q in\n%s", want, small)
		}
	}
	if out, code, err := replayText(t, small); code != 0 {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	again, _, _ := shrinkText(t, small)
	if body(again) != body(small) {
		t.Errorf("shrunk again, it is\n%swas\n%s", again, small)
	}
}

// A trace does not shrink into another finding of the same kind, though that takes fewer of its actions.
func TestShrinkKeepsTheCause(t *testing.T) {
	text, err := os.ReadFile("../../properties/testdata/repairs/hidden/cancellation-over-a-sync-function.cabi")
	if err != nil {
		t.Fatal(err)
	}
	small, code, err := shrinkText(t, string(text))
	if code != 0 {
		t.Fatalf("exit %d, %v:\n%s", code, err, small)
	}
	for _, want := range []string{"# shrunk from 11 actions to 11, of stack-discipline/order\n", ", by a cancellation\n", "# known: core code that is cancelled goes on above a sync function\n"} {
		if !strings.Contains(small, want) {
			t.Errorf("no %q in\n%s", want, small)
		}
	}
}

// body returns a trace without its comments.
func body(text string) string { return text[strings.Index(text, "world "):] }

// A trace that violates nothing shrinks to one that the same trap stops, if one does.
func TestShrinkTrap(t *testing.T) {
	const text = "world handles\nA: resource.new R 100\nA: resource.new S 200\nA: resource.rep S 2\nA: resource.drop R 2\n"
	out, code, err := shrinkText(t, text, "--keep-world")
	if code != 0 || !strings.Contains(out, "shrunk from 4 actions to 2, of canon_resource_drop/type\n") || strings.Contains(out, "no-stop") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	if !strings.Contains(out, "world handles  variant") {
		t.Errorf("--keep-world keeps no world:\n%s", out)
	}
}

func TestShrinkBadInput(t *testing.T) {
	for _, c := range []struct {
		text string
		args []string
		want string
	}{
		{"world handles\nA: resource.new R 100\n", nil, "the trace violates nothing that shrinking could keep"},
		{"world handles\nA: resource.new R 100\n", []string{"--property", "x"}, `unknown property "x"`},
		{"world handles\nA: resource.now R 100\n", nil, "line 2: unknown action"},
		{"world handles\nB: resource.drop R 100\n", nil, "line 2: it is A's turn"},
		{longTrace, []string{"--property", "no-crash"}, "the trace violates nothing that shrinking could keep (looked at: no-crash)"},
	} {
		if _, code, err := shrinkText(t, c.text, c.args...); code != 2 || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: exit %d, %v; want 2, …%s…", c.text, code, err, c.want)
		}
	}
}

// Text becomes JSON lines and the same text again; every command reads both.
func TestConvert(t *testing.T) {
	dir := t.TempDir()
	text, json := filepath.Join(dir, "a.cabi"), filepath.Join(dir, "a.jsonl")
	if err := os.WriteFile(text, []byte(longTrace), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, code, err := execute(newRootCommand(), "trace", "convert", text, "-o", json); code != 0 {
		t.Fatalf("exit %d, %v:\n%s", code, err, out)
	}
	back, code, err := execute(newRootCommand(), "trace", "convert", json)
	if code != 0 || !strings.HasSuffix(back, longTrace[strings.Index(longTrace, "host:"):]) {
		t.Errorf("exit %d, %v:\n%s", code, err, back)
	}
	fromText, _, _ := execute(newRootCommand(), "replay", text)
	fromJSON, _, _ := execute(newRootCommand(), "replay", json)
	if fromText != fromJSON || !strings.Contains(fromText, "happened again") {
		t.Errorf("replayed from JSON:\n%sfrom text:\n%s", fromJSON, fromText)
	}
	if _, code, err := execute(newRootCommand(), "trace", "convert", json, "--to", "xml"); code != 2 || !strings.Contains(err.Error(), `unknown form "xml"; there are: text, jsonl`) {
		t.Errorf("exit %d, %v", code, err)
	}
}

// A trace with names shrinks as one with numbers does.
func TestShrinkNames(t *testing.T) {
	const text = `world everything
host: invoke A.run
A: waitable-set.new
$r $w = A: future.new u8
A: future.write u8 async $w 8
A: future.drop-readable u8 $r
`
	out, code, err := shrinkText(t, text)
	if code != 0 || !strings.Contains(out, "# shrunk from 5 actions to 4, of no-assertion-failure/SharedFutureImpl.drop/pending-read\n") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	if again, code, err := replayText(t, out); code != 0 {
		t.Errorf("exit %d, %v:\n%s", code, err, again)
	}
}

// A trace that does not happen is not shrunk to another that does.
func TestShrinkWhatDoesNotHappen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "other.cabi")
	const text = "world handles\nA: resource.new R 1 -> 7\nA: resource.rep S 1\ntrap canon_resource_rep/type\n"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	out, code, err := execute(newRootCommand(), "shrink", file)
	if code != 1 || out != "" || !strings.Contains(err.Error(), "departs at line 2") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
}

// A trace that switches a site off is shrunk with the site off.
func TestShrinkWithout(t *testing.T) {
	out, code, err := execute(newRootCommand(), "shrink", "../../docs/generated/traps/canon_resource_rep-type-without.cabi")
	if code != 0 || err != nil || !strings.Contains(out, "without canon_resource_rep/type") || !strings.Contains(out, "violates typed-use") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
}
