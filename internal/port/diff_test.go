package port

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiff(t *testing.T) {
	old := scan(t, "## One\nclass A: pass\ndef f(): trap()\ndef gone(): pass\n## Two\nB = 1\n")
	new := scan(t, "## One\nclass A: pass\ndef f(): trap_if(True)\n## Two\nB = 1\ndef come(): pass\n")
	if d := Diff(old, old); !d.None() {
		t.Errorf("%+v", d)
	}
	if diff := cmp.Diff([]string{"+come", "-gone", "*f"}, names(Diff(old, new))); diff != "" {
		t.Error(diff)
	}
	moved := scan(t, "## Two\nclass A: pass\nB = 1\n## One\ndef f(): trap()\ndef gone(): pass\n")
	if diff := cmp.Diff([]string{">A"}, names(Diff(old, moved))); diff != "" {
		t.Error(diff)
	}
}

func names(d *Drift) (all []string) {
	for _, n := range d.Added {
		all = append(all, "+"+n.Name)
	}
	for _, o := range d.Removed {
		all = append(all, "-"+o.Name)
	}
	for _, c := range d.Changed {
		all = append(all, "*"+c.New.Name)
	}
	for _, c := range d.Moved {
		all = append(all, ">"+c.New.Name)
	}
	return all
}

func TestManifestRoundTrip(t *testing.T) {
	u := scan(t, tricky)
	u.Commit = "0123456789abcdef"
	text, err := u.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(u, back); diff != "" {
		t.Error(diff)
	}
	for i, d := range u.Definitions {
		if line := strings.Split(string(text), "\n")[manifestLine(i)-1]; !strings.Contains(line, `"`+d.Name+`"`) {
			t.Errorf("line %d of the manifest is %s, want %s", manifestLine(i), line, d.Name)
		}
	}
	if _, err := Decode([]byte("no JSON")); err == nil {
		t.Error("a file that is no manifest was read")
	}
}

// Recording anew keeps the names of the sites that are still there.
func TestKeepSiteNames(t *testing.T) {
	old := scan(t, "def f():\n  trap_if(a)\n  assert(b)\n")
	old.Definitions[0].Sites[0].Name, old.Definitions[0].Sites[1].Name = "f/a", "f/b"
	new := scan(t, "def f():\n  assert(b)\n  trap_if(c)\ndef g(): trap()\n")
	new.KeepSiteNames(old)
	if s := new.Definitions[0].Sites; s[0].Name != "f/b" || s[1].Name != "" {
		t.Errorf("%+v", s)
	}
}

func TestReadCheckout(t *testing.T) {
	root := t.TempDir()
	if _, err := ReadCheckout(root); err == nil || !strings.Contains(err.Error(), filepath.FromSlash(DefinitionsPath)) {
		t.Errorf("an empty directory: %v", err)
	}
	if _, err := ReadCheckout(filepath.Join(root, "none")); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("no directory: %v", err)
	}
	file := filepath.Join(root, filepath.FromSlash(DefinitionsPath))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("def f(): pass\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{root, filepath.Dir(file), file} {
		if u, err := ReadCheckout(path); err != nil || len(u.Definitions) != 1 {
			t.Errorf("%s: %v, %v", path, u, err)
		}
	}
}
