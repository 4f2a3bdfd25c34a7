package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cabi/internal/port"

	"github.com/spf13/cobra"
)

// execute runs a command and returns what it printed and the status it asks for.
func execute(cmd *cobra.Command, args ...string) (out string, code int, err error) {
	var b bytes.Buffer
	cmd.SetOut(&b)
	cmd.SetErr(io.Discard) // progress, which depends on the time
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	err = cmd.Execute()
	var exit exitError
	switch {
	case errors.As(err, &exit):
		code = exit.code
	case err != nil:
		code = 2
	}
	return b.String(), code, err
}

// checkout writes a definitions.py of a few lines into a directory laid out like upstream's.
func checkout(t *testing.T, src string) string {
	t.Helper()
	root := t.TempDir()
	file := filepath.Join(root, filepath.FromSlash(port.DefinitionsPath))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestPortBadInput(t *testing.T) {
	empty := t.TempDir()
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"--upstream", filepath.Join(empty, "none")}, "does not exist"},
		{[]string{"--upstream", empty}, filepath.FromSlash(port.DefinitionsPath)},
		{[]string{"--upstream", ""}, "--upstream is given and empty"},
		{[]string{"--upstream", checkout(t, "# nothing\n")}, "no class and no function"},
		{[]string{"--source", empty}, "holds no upstream.json"},
		{[]string{"--record"}, "--record needs --upstream"},
		{[]string{"--record", "--fill"}, "exclude each other"},
		{[]string{"--only", "f"}, "--only has no effect without --record"},
		{[]string{"--fill", "--manifest", filepath.Join(empty, "upstream.json")}, "upstream.json"},
		{[]string{"--fill", "--manifest", "../../spec/upstream.json"}, "--fill needs --upstream DIR"},
		{[]string{"more"}, "more"},
	} {
		if _, code, err := execute(newPortCommand(), test.args...); code != 2 || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: status %d, %v; want 2, %q", test.args, code, err, test.want)
		}
	}
}

func TestPortDrift(t *testing.T) {
	out, code, err := execute(newPortCommand(), "--upstream", checkout(t, "def trap(): pass\ndef trap_into(): pass\n"))
	if code != 1 || !strings.Contains(err.Error(), "1 added") {
		t.Errorf("status %d, %v", code, err)
	}
	lines := strings.Join(strings.Fields(out), " ")
	for _, want := range []string{"added trap_into func - 2", "changed trap func 20 1", "removed Table.get func 712 -"} {
		if !strings.Contains(lines, want) {
			t.Errorf("%q is not in the output:\n%s", want, out)
		}
	}
}

// A checkout is recorded, the hashes of its port are filled in, and then the port is in order and nothing has drifted.
func TestPortRecordFillCheck(t *testing.T) {
	dir := t.TempDir()
	manifest := filepath.Join(dir, "upstream.json")
	up := checkout(t, "## One\ndef f():\n  trap()\ndef g(): pass\n")
	src := "// definitions.py, \"One\"\n\npackage one\n\n//cabi:py f 00000000\nfunc f() { trap(\"f/always\", \"always\") }\n\n//cabi:notported g 00000000 for fun\n"
	if err := os.WriteFile(filepath.Join(dir, "one.go"), []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"--upstream", up, "--record", "--commit", "0123456789", "--manifest", manifest},
		{"--fill", "--upstream", up, "--manifest", manifest},
		{"--source", dir, "--upstream", up},
	} {
		if out, code, err := execute(newPortCommand(), args...); code != 0 {
			t.Fatalf("%q: status %d, %v\n%s", args, code, err, out)
		}
	}
	if out, code, err := execute(newSitesCommand(), "--record", "--manifest", manifest); code != 0 {
		t.Fatalf("sites --record: %v\n%s", err, out)
	}
	out, code, err := execute(newPortCommand(), "--source", dir)
	want := "2 functions and 0 classes of definitions.py at 0123456: 1 ported, 1 not ported (reasons above); 0 constants; 1 sites\n"
	if code != 0 || !strings.HasSuffix(out, want) {
		t.Errorf("%v\n%s", err, out)
	}
	testSites(t, dir)
}

// The hashes of a manifest are not filled in if it records other definitions than those that were ported. A directory without git is
// recorded without a commit.
func TestPortFillRefusesStale(t *testing.T) {
	dir := t.TempDir()
	manifest := filepath.Join(dir, "upstream.json")
	src := "// definitions.py, \"One\"\n\npackage one\n\n//cabi:py f 00000000\nfunc f() {}\n"
	file := filepath.Join(dir, "one.go")
	if err := os.WriteFile(file, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	out, code, err := execute(newPortCommand(), "--upstream", checkout(t, "## One\ndef f(): pass\ndef g(): pass\n"), "--record", "--manifest", manifest)
	if code != 0 || !strings.Contains(out, "records 2 definitions of definitions.py at an unknown commit") {
		t.Fatalf("status %d, %v\n%s", code, err, out)
	}
	for _, test := range []struct{ definitions, want string }{
		{"## One\ndef f(): return 1\ndef g(): pass\n", "f is another: record them first"},
		{"## One\ndef f(): pass\ndef g(): pass\ndef h(): pass\n", "h is new: record"},
		{"## One\ndef f(): pass\n", "g is gone: record"},
	} {
		_, code, err := execute(newPortCommand(), "--fill", "--upstream", checkout(t, test.definitions), "--manifest", manifest)
		if code != 2 || !strings.Contains(err.Error(), test.want) {
			t.Errorf("status %d, %v, want 2, %q", code, err, test.want)
		}
	}
	if text, err := os.ReadFile(file); err != nil || string(text) != src {
		t.Errorf("%v: it was filled in:\n%s", err, text)
	}
}

func testSites(t *testing.T, dir string) {
	t.Helper()
	out, code, err := execute(newSitesCommand(), "--source", dir)
	if want := "1 sites: 1 traps, 0 asserts, all matched with definitions.py at 0123456\n"; code != 0 || !strings.HasSuffix(out, want) {
		t.Errorf("%v\n%s", err, out)
	}
	out, _, _ = execute(newSitesCommand(), "--source", dir, "--json")
	var rows []siteRow
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatal(err)
	}
	want := siteRow{"f/always", "f", 1, 3, "trap", "always", filepath.ToSlash(filepath.Join(dir, "one.go")), 6}
	if len(rows) != 1 || rows[0] != want {
		t.Errorf("got %+v, want %+v", rows, want)
	}
}
