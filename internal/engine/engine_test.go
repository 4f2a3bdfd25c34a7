package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cabi/internal/port"
	"cabi/internal/python"
	"cabi/spec"
)

// smallFile is a definitions.py of our own: one site that the pin has in a function of that name, by kind and condition, and some it has not.
const smallFile = `import random

class Trap(BaseException): pass
class CoreWebAssemblyException(Exception): pass

def trap():
  raise Trap()

def trap_if(cond):
  if cond:
    raise Trap()

class Table:
  def get(self, i):
    trap_if(i > 40)
    trap_if(i >= len(self.array))
    return self.array[i]

  def first(self):
    def inner():
      assert(self.array), "it is empty"
      return [x for x in self.array if helper(x)]
    return inner()

def helper(x):
  return x.serial

def always():
  trap()
`

// source is a Source of a text.
func source(t *testing.T, text string) *Source {
	t.Helper()
	s, err := newSource("somewhere/definitions.py", text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Sites with a condition that the pin has in the same function have the pin's name, others that of their place.
func TestSiteNames(t *testing.T) {
	s := source(t, smallFile)
	var names []string
	for _, at := range s.sites["Table.get"] {
		names = append(names, string(at.name))
	}
	if want := "Table.get#1 Table.get/bounds"; strings.Join(names, " ") != want {
		t.Errorf("the sites are %q, want %q", names, want)
	}
	for line, want := range map[int]string{14: "Table.get@14", 15: "Table.get#1", 16: "Table.get/bounds", 17: "Table.get/bounds"} {
		if got := s.siteAt("Table.get", line); string(got) != want {
			t.Errorf("the site at line %d is %s, want %s", line, got, want)
		}
	}
	if got := s.OrdinalAt("Table.get", 16); got != "Table.get#2" {
		t.Errorf("the second site is %s", got)
	}
}

// A site that the pin has twice in a function names two sites of a file, and no third.
func TestEqualSites(t *testing.T) {
	pin := &port.Definition{Sites: []port.Site{{Kind: "trap", Hash: "h", Name: "f/one"}, {Kind: "trap", Hash: "h", Name: "f/two"}}}
	here := &port.Definition{Name: "f", Sites: []port.Site{{Kind: "trap", Hash: "h", Line: 1}, {Kind: "assert", Hash: "h", Line: 2}, {Kind: "trap", Hash: "h", Line: 3}, {Kind: "trap", Hash: "h", Line: 4}}}
	var names []string
	for _, s := range sitesOf(here, pin) {
		names = append(names, string(s.name))
	}
	if want := "f/one f#2 f/two f#4"; strings.Join(names, " ") != want {
		t.Errorf("the sites are %q, want %q", names, want)
	}
}

// A function is covered if it and all that it names, directly or not, are as in the pin.
func TestCover(t *testing.T) {
	const text = "def top():\n  above()\n\ndef above(): leaf()\n\ndef leaf(): pass\n\ndef other(): pass\n"
	scanned := func(text string) []*port.Definition {
		u, err := port.ScanPython([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return u.Definitions
	}
	pin := map[string]*port.Definition{}
	for _, d := range scanned(text) {
		pin[d.Name] = d
	}
	for _, c := range []struct{ old, new, covered string }{
		{"", "", "top above leaf other"},
		{"def leaf(): pass", "def leaf(): return 1", "other"},
		{"  above()\n", "  above()\n  above()\n", "above leaf other"},
		{"def other(): pass", "def other(): top()", "top above leaf"},
		{"def other(): pass", "def another(): pass", "top above leaf"},
	} {
		changed := strings.Replace(text, c.old, c.new, 1)
		s := &Source{lines: strings.Split(changed, "\n")}
		var covered []string
		definitions := scanned(changed)
		of := s.cover(definitions, pin)
		for _, d := range definitions {
			if of[d.Name] {
				covered = append(covered, d.Name)
			}
		}
		if strings.Join(covered, " ") != c.covered {
			t.Errorf("with %q for %q, covered are %q, want %q", c.new, c.old, covered, c.covered)
		}
	}
}

func TestCoversAll(t *testing.T) {
	if s := source(t, smallFile); s.CoversAll() || s.Covered("Table.get") || s.Covered("nothing") {
		t.Error("a function that the pin does not have so is covered")
	}
	if dir := os.Getenv("CABI_UPSTREAM"); dir == "" {
		t.Log("set CABI_UPSTREAM to a checkout, to compare with the pin's file")
	} else if pin, err := Open(dir); err != nil || !pin.CoversAll() {
		t.Errorf("the pin's file is another (%v)", err)
	} else if changed, err := newSource("definitions.py", pin.text+"\nTable.MAX_LENGTH = 3\n"); err != nil || changed.CoversAll() || !changed.Covered("Table.get") {
		t.Errorf("a statement after the pin's changes nothing (%v)", err)
	}
	if s := (&Source{covered: map[string]bool{"f": true}}); !s.Covered("f.<lambda>") {
		t.Error("a lambda does not belong to its function")
	}
}

func TestPlain(t *testing.T) {
	for qualified, want := range map[string]string{
		"f":                                "f",
		"Table.first.<locals>.inner":       "Table.first.inner",
		"f.<locals>.g.<locals>.<listcomp>": "f.g",
		"f.<locals>.<genexpr>.<dictcomp>":  "f",
		"f.<locals>.<lambda>":              "f.<lambda>",
		"f.<locals>.<lambda>.<setcomp>":    "f.<lambda>",
	} {
		if got := Plain(qualified); got != want {
			t.Errorf("%s is %s, want %s", qualified, got, want)
		}
	}
}

func TestLine(t *testing.T) {
	s := source(t, smallFile)
	for n, want := range map[int]string{0: "", 1: "import random", 7: "  raise Trap()", 10_000: ""} {
		if got := s.Line(n); got != want {
			t.Errorf("line %d is %q, want %q", n, got, want)
		}
	}
}

// Open finds the file of a directory and of a checkout, or takes it itself.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	inside := filepath.Join(dir, filepath.FromSlash(definitionsFile))
	write(t, inside, smallFile)
	for _, name := range []string{dir, filepath.Dir(inside), inside} {
		if s, err := Open(name); err != nil || s.Name != inside {
			t.Errorf("Open(%s) gives %v, %v", name, s, err)
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "definitions.py")
	write(t, empty, "x = 1\n")
	for name, want := range map[string]string{
		filepath.Join(dir, "none"): "holds no definitions.py: name a checkout",
		empty:                      "no class and no function",
	} {
		if _, err := Open(name); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("Open(%s): %v, want %q and the name", name, err, want)
		}
	}
	for text, want := range map[string]string{
		"def f(): pass\n\nasync def g(): pass\n": "definitions.py:3",
		"def f(): pass\n\nimport socket\n":       "the module socket is outside of the subset",
		"def f(): pass\n\nraise ValueError(7)\n": "ValueError: 7",
	} {
		_, err := source(t, text).NewMachine(nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a machine for %q: %v, want %q", text, err, want)
		}
	}
}

func TestRevisions(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, filepath.FromSlash(definitionsFile)), smallFile)
	git := func(args ...string) {
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=e"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("git cannot be run: %v: %s", err, out)
		}
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "first")
	gitDir := filepath.Join(dir, ".git")
	s, err := OpenRevision(gitDir, "HEAD")
	if err != nil || s.Name != "HEAD:definitions.py" || s.text != smallFile {
		t.Errorf("HEAD gives %v, %v", s, err)
	}
	for revision, of := range map[string]string{"no-such-branch": gitDir, "HEAD": filepath.Join(dir, "none")} {
		if _, err := OpenRevision(of, revision); err == nil || !strings.Contains(err.Error(), "git show "+revision+":") || !strings.Contains(err.Error(), "fatal") {
			t.Errorf("revision %s of %s: %v, want what git says", revision, of, err)
		}
	}
}

// stopped calls a function of the smallFile file and returns how the specification says that it was stopped.
func stopped(t *testing.T, s *Source, call string) Stop {
	t.Helper()
	m := python.New(python.Options{Source: func(string) (string, string, error) { return "definitions.py", s.text, nil }})
	if _, err := m.Load("definitions"); err != nil {
		t.Fatal(err)
	}
	_, err := m.LoadSource("engine", File, "import definitions as D\nt = D.Table()\nt.array = []\n"+call+"\n")
	e, ok := err.(*python.Exception)
	if !ok {
		t.Fatalf("%s gives %v, want an exception", call, err)
	}
	return s.StopOf(e, "A.run")
}

// A stop has the site, the line in the specification, its text, and the sentence of the pin or else the line.
func TestStops(t *testing.T) {
	s := source(t, smallFile)
	for call, want := range map[string]string{
		"D.always()":                         "trap at always#1: definitions.py:29: trap()",
		"t.get(41)":                          "trap at Table.get#1: definitions.py:15: trap_if(i > 40)",
		"t.get(3)":                           "trap at Table.get/bounds: the index is beyond the table",
		"t.first()":                          "assertion failed at Table.first.inner#1: definitions.py:21: assert(self.array), \"it is empty\"",
		"t.array = [7]\nt.first()":           "AttributeError in helper: 'int' object has no attribute 'serial'",
		"raise D.CoreWebAssemblyException()": "A.run",
	} {
		stop := stopped(t, s, call)
		if !strings.Contains(stop.Err.Error(), want) {
			t.Errorf("%s is stopped by %q, want %q", call, stop.Err, want)
		}
	}
	if stop := stopped(t, s, "t.get(3)"); stop.Text != "trap_if(i >= len(self.array))" || stop.Place.Line != 16 {
		t.Errorf("the line is %q, %d", stop.Text, stop.Place.Line)
	}
	if _, ok := stopped(t, s, "raise D.CoreWebAssemblyException()").Err.(*spec.CoreException); !ok {
		t.Error("an exception of core code is something else")
	}
}

// A site whose condition has changed is the pin's in its place, unless the function has another number of sites, or the pin's site is elsewhere in it.
func TestSitesThatWere(t *testing.T) {
	s := source(t, smallFile+"\nclass Thread:\n  def resume(self):\n    assert(self.other)\n  def suspend(self):\n    assert(self.other)\n    assert(self.another)\n")
	for name, want := range map[spec.Site]spec.Site{
		"Thread.resume#1": "Thread.resume/resumable", "Thread.suspend#1": "Thread.suspend#1", "Table.get#1": "Table.get#1", "helper#1": "helper#1", "Table.get/bounds": "Table.get/bounds",
	} {
		if got := s.Was(name); got != want {
			t.Errorf("%s was %s, want %s", name, got, want)
		}
	}
}
