package port

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// A made-up upstream of two headings, and a port of it without a problem.
const (
	boilerplateTitle = "// definitions.py, \"Boilerplate\"\n\n"
	tableTitle       = "// definitions.py, \"Table State\"\n\n"
	waitableTitle    = "// definitions.py, \"Waitable State\"\n\n"
	otherTitle       = "// Not upstream's: more of it.\n\n"

	smallPython = `### Boilerplate
class Kind: pass
LIMIT = 4
## Table State
class Table:
  def get(self, i):
    trap_if(i >= LIMIT)
    trap_if(self.array[i] is None)
    assert(self.array)
  def __iter__(self):
    yield 1
  def add(self, e):
    def grow():
      assert(e)
    grow()
## Waitable State
class Set: pass
def join(w):
  trap()
assert(LIMIT > 1)
`
	smallKind = boilerplateTitle + `package spec

// Kind is a class, LIMIT a constant.
//
//cabi:py Kind HASH
type Kind int

const (
	//cabi:py LIMIT HASH
	limit = 4
)
`
	smallTable = tableTitle + `package spec

//cabi:notported Table.__iter__ HASH a range over the slice does it

//cabi:py Table HASH
type Table[E any] struct{ array []E }

//cabi:py Table.get HASH
func (t *Table[E]) get(s *Store, i int) E {
	s.trapIf(i >= len(t.array), "Table.get/bounds", "no index %d", i)
	isA[*Kind](lookup{}, "Table.get/empty", "nothing there")
	func() { assert(t.array != nil, "Table.get/array", "an array") }()
	return t.array[i]
}

//cabi:py Table.add HASH
func (t *Table[E]) add(s *Store, e E) {}

type grow struct{}

//cabi:py Table.add.grow HASH
func (g grow) call() { assert(g.e, "Table.add.grow/element", "an element") }

// trapIf is a wrapper: what it hands on is no site.
func (s *Store) trapIf(cond bool, site Site, sentence string) { s.trap(cond, site, "a/b c") }
`
	smallWaitable = waitableTitle + `package spec

//cabi:py Set HASH
type Set struct{}

//cabi:py join HASH
func join() { trap("join/never", "always") }

//cabi:py <module> HASH
func module() { assertStatic(limit > 1, "<module>/limit", "more than one") }
`
)

var directiveHash = regexp.MustCompile(`(//cabi:\w+ )(\S+) HASH`)

// small returns the port with the right hashes, changed by replacing old with new in one file.
func small(t *testing.T, file, old, new string) Root {
	t.Helper()
	u := scan(t, smallPython)
	index := u.lookup()
	texts := map[string]string{"kind.go": smallKind, "table.go": smallTable, "waitable.go": smallWaitable, "more.go": ""}
	if old != "" && strings.Count(texts[file], old) != 1 {
		t.Fatalf("%q does not stand once in %s", old, file)
	}
	texts[file] = strings.Replace(texts[file], old, new, 1)
	fsys := fstest.MapFS{"broken_test.go": {Data: []byte("not read")}}
	for name, text := range texts {
		if text == "" {
			text = otherTitle + "package spec\n"
		}
		text = directiveHash.ReplaceAllStringFunc(text, func(s string) string {
			m := directiveHash.FindStringSubmatch(s)
			hash := "ffffffff"
			if i, ok := index[m[2]]; ok {
				hash = u.Definitions[i].Hash
			}
			return m[1] + m[2] + " " + hash
		})
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Root{Upstream: u, FS: fsys, Dir: "spec"}
}

func check(t *testing.T, root Root) *Report {
	t.Helper()
	report, err := Check(root)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestCheckPasses(t *testing.T) {
	report := check(t, small(t, "", "", ""))
	if len(report.Problems) > 0 {
		t.Fatal(report.Problems)
	}
	if len(report.Ported) != 9 || len(report.NotPorted) != 1 {
		t.Errorf("%d ported and %d not, want 9 and 1", len(report.Ported), len(report.NotPorted))
	}
	if n := report.NotPorted[0]; n.Definition.Name != "Table.__iter__" || n.Reason != "a range over the slice does it" {
		t.Errorf("not ported: %+v", n)
	}
	var got []string
	for _, s := range report.Sites {
		got = append(got, fmt.Sprintf("%s %d %s %d %s", s.Name, s.Ordinal, s.Kind, s.Line, s.Sentence))
	}
	want := []string{
		"Table.get/bounds 1 trap 7 no index %d",
		"Table.get/empty 2 trap 8 nothing there",
		"Table.get/array 3 assert 9 an array",
		"Table.add.grow/element 1 assert 14 an element",
		"join/never 1 trap 19 always",
		"<module>/limit 1 assert 20 more than one",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

const (
	getBounds = "\ts.trapIf(i >= len(t.array), \"Table.get/bounds\", \"no index %d\", i)\n"
	getEmpty  = "\tisA[*Kind](lookup{}, \"Table.get/empty\", \"nothing there\")\n"
	getArray  = "\tfunc() { assert(t.array != nil, \"Table.get/array\", \"an array\") }()\n"
	addDecl   = "//cabi:py Table.add HASH\nfunc (t *Table[E]) add(s *Store, e E) {}\n\n"
)

// Each way in which a port can be wrong, once.
func TestCheckProblems(t *testing.T) {
	for _, test := range []struct {
		name, file, old, new string
		want                 string // one problem that has these words
	}{
		{"missing", "table.go", addDecl, "", `table.go:5: Table.add (definitions.py:12, "Table State") is missing`},
		{"reason missing", "table.go", " a range over the slice does it", "", `cannot read "//cabi:notported Table.__iter__`},
		{"unknown verb", "table.go", "//cabi:notported", "//cabi:not", `cannot read "//cabi:not `},
		{"unknown name", "kind.go", "type Kind int", "type Kind int\n\n//cabi:py Kinds HASH\ntype Kinds int", "definitions.py has no Kinds"},
		{"doubled", "kind.go", "type Kind int", "type Kind int\n\n//cabi:py Kind HASH\ntype Kind2 int", "kind.go:10: Kind stands a second time, first at spec/kind.go:7"},
		{"ported and not", "table.go", "type grow", "//cabi:notported Table.add HASH for fun\n\ntype grow", "Table.add stands a second time"},
		{"stale", "kind.go", "Kind HASH", "Kind 12345678", "Kind has the hash 12345678, recorded is"},
		{"unfilled", "kind.go", "Kind HASH", "Kind " + Unfilled, "Kind has no hash yet"},
		{"on nothing", "kind.go", "type Kind int", "\ntype Kind int", "//cabi:py Kind stands on nothing"},
		{"inside a function", "waitable.go", "func join() {", "func join() {\n//cabi:py Sets HASH\n", "//cabi:py Sets stands on nothing"},
		{"two on one", "waitable.go", "//cabi:py Set HASH", "//cabi:py Set HASH\n//cabi:py join HASH", "//cabi:py join is the second directive of one declaration"},
		{"class as func", "kind.go", "type Kind int", "func kind() {}", "Kind is a class of definitions.py, but stands on a Go func"},
		{"func as type", "waitable.go", "func join() { trap(\"join/never\", \"always\") }", "type join struct{}", "join is a func of definitions.py, but stands on a Go type"},
		{"order", "table.go", addDecl + "type grow struct{}\n", "type grow struct{}\n", "Table.add (definitions.py:12"},
		{"two headings in a file", "kind.go", "type Kind int", "type Kind int\n\n" + wholeJoin, `join stands under "Waitable State": move it to spec/waitable.go`},
		{"site dropped", "table.go", getEmpty, "", `here belongs the trap of definitions.py:8, site 2 of Table.get, but this is the assert "Table.get/array" (3 in Python, 2 here)`},
		{"last site dropped", "table.go", getArray, "", `table.go:10: the assert of definitions.py:9, site 3 of Table.get, is missing`},
		{"site doubled", "table.go", getBounds, getBounds + getBounds, `site "Table.get/bounds" stands a second time`},
		{"site too many", "waitable.go", `trap("join/never", "always")`, `trap("join/never", "always"); trap("join/more", "more")`, `"join/more" is one too many`},
		{"site moved", "table.go", getEmpty + getArray, getArray + getEmpty, `here belongs the trap of definitions.py:8, site 2 of Table.get, but this is the assert`},
		{"site of another", "table.go", `"Table.get/bounds"`, `"Table.add/bounds"`, `site "Table.add/bounds" stands in the port of Table.get`},
		{"site of nothing", "table.go", "type grow struct{}", "type grow struct{}\n\nfunc f() { trap(\"Table.add/x\", \"x\") }", "stands in a function that ports nothing"},
		{"no sentence", "waitable.go", `"join/never", "always"`, `"join/never"`, `site "join/never" has no sentence`},
		{"no title", "kind.go", boilerplateTitle, "", `kind.go:1: the first line does not say what of definitions.py the file ports: write // definitions.py, "Boilerplate" and a blank line`},
		{"no title of other", "more.go", "", "package spec\n", "more.go:1: the first line does not say what of definitions.py the file ports: write // Not upstream's: what the file is for"},
		{"title of no heading", "table.go", `"Table State"`, `"Tables"`, `table.go:1: definitions.py has no heading "Tables": write // definitions.py, "Table State"`},
		{"title of another heading", "table.go", `"Table State"`, `"Waitable State"`, `table.go:1: the first line is not true of the definitions in the file: write // definitions.py, "Table State"`},
		{"title that denies", "table.go", tableTitle, otherTitle, `table.go:1: the first line is not true of the definitions in the file: write // definitions.py, "Table State"`},
		{"title without definitions", "more.go", "", boilerplateTitle + "package spec\n", "more.go:1: the first line is not true of the definitions in the file: write // Not upstream's"},
		{"title as documentation", "waitable.go", waitableTitle, strings.TrimSuffix(waitableTitle, "\n"), "waitable.go:1: Go takes the first line for the documentation of the package"},
		{"other callee", "waitable.go", `trap("join/never"`, `stop("join/never"`, "the trap of definitions.py:19, site 1 of join, is missing"},
	} {
		report := check(t, small(t, test.file, test.old, test.new))
		found := false
		for _, p := range report.Problems {
			found = found || strings.Contains(p.String(), test.want)
		}
		if !found {
			t.Errorf("%s: got %q, want %q", test.name, report.Problems, test.want)
		}
	}
}

const wholeJoin = "//cabi:py join HASH\nfunc join() { trap(\"join/never\", \"always\") }\n"

// withFiles returns the small port with whole files replaced.
func withFiles(t *testing.T, files map[string]string) Root {
	t.Helper()
	root := small(t, "", "", "")
	fsys := fstest.MapFS{}
	for name, f := range root.FS.(fstest.MapFS) {
		fsys[name] = f
	}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	root.FS = fsys
	return root
}

func textOf(t *testing.T, root Root, name string) string {
	t.Helper()
	text, err := fs.ReadFile(root.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func wantProblems(t *testing.T, root Root, want ...string) {
	t.Helper()
	report := check(t, root)
	if len(report.Problems) != len(want) {
		t.Fatalf("got %q, want %q", report.Problems, want)
	}
	for i, p := range report.Problems {
		if !strings.Contains(p.String(), want[i]) {
			t.Errorf("got %q, want %q", p, want[i])
		}
	}
}

// A heading's definitions may not be split over files, but those of Boilerplate may.
func TestCheckSplitHeadings(t *testing.T) {
	root := small(t, "", "", "")
	waitable := textOf(t, root, "waitable.go")
	before, after, _ := strings.Cut(waitable, "//cabi:py join")
	wantProblems(t, withFiles(t, map[string]string{"waitable.go": before, "more.go": waitableTitle + "package spec\n\n//cabi:py join" + after}),
		`join stands under "Waitable State": move it to spec/waitable.go`,
		`<module> stands under "Waitable State": move it to spec/waitable.go`)

	kind := textOf(t, root, "kind.go")
	before, after, _ = strings.Cut(kind, "const (")
	wantProblems(t, withFiles(t, map[string]string{"kind.go": before, "more.go": boilerplateTitle + "package spec\n\nconst (" + after}))

	body := strings.TrimPrefix(waitable, waitableTitle+"package spec\n")
	wantProblems(t, withFiles(t, map[string]string{"waitable.go": otherTitle + "package spec\n", "table.go": textOf(t, root, "table.go") + body}),
		`Set stands under "Waitable State", but the file is that of "Table State": move it to a file of its own`,
		`join stands under "Waitable State"`, `<module> stands under "Waitable State"`)
}

// Of two definitions that changed places, one has to move: that is one problem, not two.
func TestCheckOrderNamesTheFewest(t *testing.T) {
	root := small(t, "", "", "")
	table := textOf(t, root, "table.go")
	begin, end := strings.Index(table, "//cabi:py Table.get"), strings.Index(table, "//cabi:py Table.add ")
	moved := table[:begin] + table[end:] + "\n" + table[begin:end]
	wantProblems(t, withFiles(t, map[string]string{"table.go": moved}),
		"Table.get (definitions.py:6) is out of order: move it below Table")
}

// Once the names are recorded, sites of one kind that change places are noticed, and so is a new name.
func TestRecordedSiteNames(t *testing.T) {
	root := small(t, "", "", "")
	report, err := RecordSiteNames(root)
	if err != nil || len(report.Problems) > 0 {
		t.Fatal(err, report.Problems)
	}
	recorded := root.Upstream
	wantProblems(t, root)

	root = small(t, "table.go", getBounds+getEmpty, getEmpty+getBounds)
	root.Upstream = recorded
	wantProblems(t, root, `recorded as "Table.get/bounds", but this is "Table.get/empty": put them back in order`)

	root = small(t, "table.go", "Table.get/bounds", "Table.get/range")
	root.Upstream = recorded
	wantProblems(t, root, `this is "Table.get/range": bring it back, or if it was renamed on purpose`)
}

// Files that name a pin are checked against its manifest, and the others do not see them.
func TestPins(t *testing.T) {
	old := scan(t, "## Table State\nclass Table:\n  def get(self): return 1\n  def put(self): return 2\n")
	old, err := old.Only([]string{"Table.get"})
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := old.Encode()
	if err != nil {
		t.Fatal(err)
	}
	file := "package spec\n\n//cabi:pin older\n\n//cabi:py Table.get " + old.Definitions[0].Hash + "\nfunc oldGet() {}\n"
	base := withFiles(t, map[string]string{"older_table.go": file, "older.json": string(manifest)})
	wantProblems(t, base)
	roots, err := Roots(base.FS, "spec/history")
	if err != nil || len(roots) != 1 || roots[0].Pin != "older" {
		t.Fatalf("roots %+v, %v", roots, err)
	}
	if report := check(t, roots[0]); len(report.Problems) > 0 || len(report.Ported) != 1 {
		t.Errorf("%+v", report)
	}
	if _, err := old.Only([]string{"Table.put"}); err == nil {
		t.Error("a definition that is not there was recorded")
	}
}

// Fill writes hashes where none are yet, and nowhere else.
func TestFill(t *testing.T) {
	stale := strings.Replace(smallKind, "LIMIT HASH", "LIMIT 12345678", 1)
	root := withFiles(t, map[string]string{"kind.go": strings.ReplaceAll(stale, "HASH", Unfilled)})
	files, err := Fill(root)
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	wantProblems(t, withFiles(t, map[string]string{"kind.go": string(files["kind.go"])}), "LIMIT has the hash 12345678")
}
