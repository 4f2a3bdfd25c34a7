//go:build unix

package npm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// npm is run where nothing was fetched, where another package.json was, and where it failed; otherwise it is not.
func TestInstall(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	log := filepath.Join(bin, "log")
	script := "#!/bin/sh\necho \"$1 $(cat package.json)\" >>" + log + "\ngrep -q bad package.json && exit 1\nmkdir -p node_modules && echo >node_modules/.package-lock.json\n"
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	for i, c := range []struct {
		packages, program string
		fails             bool
		ran               string // how often, of which package.json
	}{
		{"one", "x", false, "install one"},
		{"one", "y", false, ""},
		{"two", "y", false, "install two"},
		{"bad", "y", true, "install bad"},
		{"bad", "y", true, "install bad"},
		{"two", "y", false, "install two"},
	} {
		os.Remove(log)
		err := Install(dir, fstest.MapFS{"package.json": {Data: []byte(c.packages)}}, fstest.MapFS{"programs/a/p.js": {Data: []byte(c.program)}})
		ran, _ := os.ReadFile(log)
		if got := strings.TrimSpace(string(ran)); (err != nil) != c.fails || got != c.ran {
			t.Errorf("%d: %v, npm was run with %q, want %q", i, err, got, c.ran)
		}
		if laid, err := os.ReadFile(filepath.Join(dir, "programs", "a", "p.js")); err != nil || string(laid) != c.program {
			t.Errorf("%d: laid %q, %v", i, laid, err)
		}
	}
}
