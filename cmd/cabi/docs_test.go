package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"testing"
)

var write = flag.Bool("write", false, "write the generated pages of docs/ instead of comparing them")

// TestDocsSites keeps docs/generated/sites.md true: what cabi sites prints.
func TestDocsSites(t *testing.T) {
	out, code, err := execute(newSitesCommand(), "--json=false")
	if code != 0 {
		t.Fatal(err)
	}
	page := "# Sites\n\nEvery trap and assert of `definitions.py`, with the Python function, its place among the sites there, its\n" +
		"line, its kind and what it says. Made by `make docs` from `cabi sites`; a test keeps it true.\n\n```\n" + out + "```\n"
	compareDoc(t, "../../docs/generated/sites.md", []byte(page))
}

func compareDoc(t *testing.T, file string, page []byte) {
	t.Helper()
	if *write {
		if err := os.WriteFile(file, page, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, page) {
		t.Errorf("%s is stale: run `make docs`", file)
	}
}

// cabiCommand is the command as a process of its own.
func cabiCommand(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "CABI_TEST_MAIN=1")
	return cmd
}

// TestMain is the command itself when a test runs it.
func TestMain(m *testing.M) {
	if os.Getenv("CABI_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}
