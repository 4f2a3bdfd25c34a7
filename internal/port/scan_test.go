package port

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Python that is tricky to read line by line. None of it is upstream's.
const tricky = `# not a heading: one sign only
### Boilerplate

import math  # comments go, assert(too)

class Empty(Exception): pass
def stop(): raise Empty() ; trap()

LIMIT = 2**4 - 1   # a constant
Alias: type = dict[str,
                   int]
LIMIT == 3

## Table State

@decorated(x = '#')
class Table:
  """A string with assert(False) in it,
  trap_if(too), over
two lines."""
  field: int

  def get(self, i, default = lambda: 0) -> \
          tuple[int,
                int]:
    trap_if(i >= len(
      self.array))          # trap_if(False)
    s = 'it\'s # no comment; trap_if(False)' + r"\" + """ " """

    # a comment with ( an open bracket
    def inner(
        a, b,
    ):
      assert(a); assert b, "both"; return trap_if (a)
    self.trap_if(i)
    assert(inner)

  class State(Enum):
    NEW = 1
    def next(self): return self

### 🔀 ` + "`canon table.{get,set}`" + `

if LIMIT:
  assert(LIMIT > 1)
async def canon_get(x):
  match x:
    case {'a': 1}: assert(x); return trap()
    case _       : trap_if(x == [1, 2][0])
  if x:
    def pick(): return 1
  else:
    def pick(): return 2
  return (pick(),
# a comment at the start of a line inside brackets
          x)
`

func scan(t *testing.T, src string) *Upstream {
	t.Helper()
	u, err := ScanPython([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// listing prints what Python's own parser can confirm, in the form of testdata/listing.py.
func listing(u *Upstream) string {
	var b strings.Builder
	for _, d := range u.Definitions {
		if d.Kind == KindConst {
			continue
		}
		var sites []string
		for _, s := range d.Sites {
			sites = append(sites, fmt.Sprintf("%s:%d", s.Kind, s.Line))
		}
		fmt.Fprintf(&b, "%s\t%s\t%d\t%s\n", d.Name, d.Kind, d.Line, strings.Join(sites, " "))
	}
	return b.String()
}

func TestScanTricky(t *testing.T) {
	u := scan(t, tricky)
	var got []string
	for _, d := range u.Definitions {
		row := fmt.Sprintf("%s %s %d %s", d.Name, d.Kind, d.Line, d.Heading)
		for _, s := range d.Sites {
			row += fmt.Sprintf(" %s:%d", s.Kind, s.Line)
		}
		got = append(got, row)
	}
	want := []string{
		"Empty class 6 Boilerplate",
		"stop func 7 Boilerplate trap:7",
		"LIMIT const 9 Boilerplate",
		"Alias const 10 Boilerplate",
		"Table class 17 Table State",
		"Table.get func 23 Table State trap:26 assert:36",
		"Table.get.inner func 31 Table State assert:34 assert:34 trap:34",
		"Table.State class 38 Table State",
		"Table.State.next func 40 Table State",
		"<module> module 45 canon table.{get,set} assert:45",
		"canon_get func 46 canon table.{get,set} assert:48 trap:48 trap:49",
		"canon_get.pick func 51 canon table.{get,set}",
		"canon_get.pick#2 func 53 canon table.{get,set}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestScanErrors(t *testing.T) {
	for src, want := range map[string]string{
		"def f(:\n  pass":       "ends inside brackets",
		"x = ']' ]\n":           `unmatched "]"`,
		"x = 'open\ny = 1\n":    "does not end",
		"x = \"\"\"open\n":      "does not end",
		"# nothing but words\n": "no class and no function",
		"x = 1\n":               "no class and no function",
		"x = 1\ndef":            "line 2: a class or function without a name",
		"class :\n  pass":       "line 1: a class or function without a name",
		"async def (x): pass":   "line 1: a class or function without a name",
	} {
		if _, err := ScanPython([]byte(src)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", src, err, want)
		}
	}
}

// hashes returns the hash of each definition.
func hashes(t *testing.T, src string) map[string]string {
	t.Helper()
	m := map[string]string{}
	for _, d := range scan(t, src).Definitions {
		m[d.Name] = d.Hash
	}
	return m
}

const nested = "class A:\n  x = 1\n\n  def f(self, y):\n    if y:\n      trap_if(y)\n    y = 0\n    def g(): return y\n    return [y,\n            g]\nB = 2\n"

func TestHashChanges(t *testing.T) {
	for _, test := range []struct {
		name, old, new string
		want           string // the definitions whose hash changes
	}{
		{"comment", "x = 1", "x = 1 # one", ""},
		{"blank lines", "x = 1\n", "x = 1\n\n\n", ""},
		{"white space", "if y:", "if   y:  ", ""},
		{"joined lines", "[y,\n            g]", "[y, g]", ""},
		{"white space in a string is source", "x = 1", "x = 'a  b'", "A"},
		{"class body", "x = 1", "x = 2", "A"},
		{"method body", "trap_if(y)", "trap_if(not y)", "A.f"},
		{"method header", "self, y", "self, y = 1", "A A.f"},
		{"inner body", "return y", "return not y", "A.f.g"},
		{"inner header", "g():", "g(z):", "A.f A.f.g"},
		{"dedent", "    y = 0", "      y = 0", "A.f"},
		{"decorator", "  def f", "  @once\n  def f", "A.f"},
		{"constant", "B = 2", "B = 3", "B"},
		{"inner definition moved", "    def g(): return y\n    return [y,\n            g]\n", "    return [y,\n            g]\n    def g(): return y\n", "A.f"},
	} {
		if strings.Count(nested, test.old) != 1 {
			t.Fatalf("%s: %q does not stand once in the fixture", test.name, test.old)
		}
		before, after := hashes(t, nested), hashes(t, strings.Replace(nested, test.old, test.new, 1))
		var changed []string
		for _, name := range []string{"A", "A.f", "A.f.g", "B"} {
			if before[name] != after[name] {
				changed = append(changed, name)
			}
		}
		if got := strings.Join(changed, " "); got != test.want {
			t.Errorf("%s: changed %q, want %q", test.name, got, test.want)
		}
	}
}

func TestHashIgnoresIndentationWidth(t *testing.T) {
	wide := strings.ReplaceAll(nested, "  ", "    ")
	if diff := cmp.Diff(hashes(t, nested), hashes(t, wide)); diff != "" {
		t.Error(diff)
	}
}

// requirePython skips the test unless a checkout is named and python3 is there.
func requirePython(t *testing.T) (file string) {
	dir := os.Getenv("CABI_UPSTREAM")
	if dir == "" {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model to compare with Python's own parser")
	}
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("there is no python3")
	}
	file, err := definitionsIn(dir)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestScanAgainstPython compares names, kinds, lines and the lines of all sites with Python's own parser.
func TestScanAgainstPython(t *testing.T) {
	upstream := requirePython(t)
	ours := filepath.Join(t.TempDir(), "tricky.py")
	if err := os.WriteFile(ours, []byte(tricky), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{ours, upstream} {
		compareWithPython(t, file)
	}
}

func compareWithPython(t *testing.T, file string) {
	t.Helper()
	out, err := exec.Command("python3", "testdata/listing.py", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(out), listing(scan(t, string(src)))); diff != "" {
		t.Errorf("%s: -Python +ScanPython\n%s", file, diff)
	}
}

// TestManifestIsOfCheckout compares the recorded manifest with the checkout it was recorded from.
func TestManifestIsOfCheckout(t *testing.T) {
	dir := os.Getenv("CABI_UPSTREAM")
	if dir == "" {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model at the pin")
	}
	there, err := ReadCheckout(dir)
	if err != nil {
		t.Fatal(err)
	}
	if drift := Diff(recorded(t), there); !drift.None() || there.SHA256 != recorded(t).SHA256 {
		t.Errorf("the manifest is not that of %s: %+v", dir, drift)
	}
}

// The headings are recorded with the lines of their statements, and those that have none are not.
func TestScanHeadings(t *testing.T) {
	u := scan(t, "import x\n## Runtime State\n### Table State\nclass Table:\n  pass\n\n## Loading\ndef load():\n  return [1,\n    2]\n# a comment\n")
	want := []Heading{{"Table State", 3, 5}, {"Loading", 7, 10}}
	if diff := cmp.Diff(want, u.Headings); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	manifest, err := u.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Decode(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(u, again); diff != "" {
		t.Errorf("encoded and decoded: -want +got\n%s", diff)
	}
}
