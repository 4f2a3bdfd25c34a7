package main

import (
	"bytes"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"cabi/model"
)

func TestNearest(t *testing.T) {
	for _, c := range []struct {
		name string
		want string
	}{
		{"handels", "handles"}, {"HANDLES", "handles"}, {"handles", "handles"}, {"future", "futures"}, {"host", "host-calls host-reads host-streams"},
		{"xyz", ""}, {"", ""}, {"subtask", "subtasks"},
	} {
		if got := strings.Join(sorted(nearest(c.name, worldNames())), " "); got != c.want {
			t.Errorf("nearest to %q: %q, want %q", c.name, got, c.want)
		}
	}
	if got := nearest("no-stale-alias-wek", propertyNames()); len(got) < 2 || got[0] != "no-stale-alias-weak" {
		t.Errorf("the nearest is not first: %q", got)
	}
}

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 2}, {"kitten", "sitting", 3}} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// An unknown name ends the command with 2 wherever a name is taken, and the nearest names are suggested.
func TestDidYouMean(t *testing.T) {
	file := t.TempDir() + "/a.cabi"
	if err := os.WriteFile(file, []byte("world handles\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"chek", `unknown command "chek"; did you mean check?`},
		{"chek --version", `unknown command "chek"; did you mean check?`},
		{"trace nope", `unknown command "nope"; there are: convert, gen`},
		{"trace convrt", `unknown command "convrt"; did you mean convert?`},
		{"bench nope", `unknown command "nope"; there are: m, page, worlds`},
		{"completion nope", `unknown command "nope"; there are: bash, fish, powershell, zsh`},
		{"help chek", `unknown command "chek"; did you mean check?`},
		{"help trace convrt", `unknown command "convrt"; did you mean convert?`},
		{"check handels", `unknown world "handels"; did you mean handles?`},
		{"check handles --variant per-typ", `unknown variant "per-typ"; did you mean per-type, `},
		{"check handles --property nonzer", `unknown property "nonzer"; did you mean nonzero?`},
		{"check handles --varient x", "cabi check has no flag --varient; did you mean --variant?"},
		{"bench worlds handles futres", `unknown world "futres"; did you mean futures?`},
		{"list world", `unknown list "world"; did you mean worlds?`},
		{"explain Table.gt/bounds", `unknown name "Table.gt/bounds"; did you mean Table.get/bounds?`},
		{"explain a b", "explain one name, not 2"},
		{"matrix --variant store-wid", `unknown variant "store-wid"; did you mean store-wide?`},
		{"matrix --reference store-wid", `unknown variant "store-wid"; did you mean store-wide?`},
		{"matrix more", `cabi matrix takes no arguments, and "more" is one`},
		{"replay " + file + " --without Table.gt/bounds", `unknown site "Table.gt/bounds"; did you mean Table.get/bounds?`},
		{"replay " + file + " --variant store-wid", `unknown variant "store-wid"; did you mean store-wide?`},
		{"shrink " + file + " --property no-stpo", `unknown property "no-stpo"; did you mean no-stop`},
		{"trace convert " + file + " --to htm", `unknown form "htm"; did you mean html?`},
	} {
		_, code, err := execute(newRootCommand(), strings.Fields(c.args)...)
		if code != 2 || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("cabi %s: exit %d, %v; want 2, …%s…", c.args, code, err, c.want)
		}
	}
}

// Names are completed: cobra's hidden command __complete prints what a shell would offer.
func TestComplete(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"che"}, []string{"check"}},
		{[]string{"trace", "c"}, []string{"convert"}},
		{[]string{"check", "han"}, []string{"handles"}},
		{[]string{"check", "handles", "han"}, nil},
		{[]string{"check", "handles", "--variant", "store"}, []string{"store-wide"}},
		{[]string{"check", "handles", "--property", "nonz"}, []string{"nonzero"}},
		{[]string{"matrix", "--reference", "store"}, []string{"store-wide"}},
		{[]string{"matrix", "--variant", "store"}, []string{"store-wide"}},
		{[]string{"list", "w"}, []string{"worlds"}},
		{[]string{"explain", "Table."}, []string{"Table.add/free", "Table.add/full", "Table.get/bounds", "Table.get/empty"}},
		{[]string{"explain", "waitable.j"}, []string{"waitable.join"}},
		{[]string{"explain", "pi"}, []string{"pin", "pipes"}},
		{[]string{"replay", "x", "--without", "Table.get/b"}, []string{"Table.get/bounds"}},
		{[]string{"replay", "x", "--variant", "store"}, []string{"store-wide"}},
		{[]string{"shrink", "x", "--property", "no-st"}, []string{"no-stale-alias", "no-stale-alias-weak", "no-stolen-event", "no-stuck-thread", "no-stop"}},
		{[]string{"trace", "convert", "x", "--to", "m"}, []string{"mermaid"}},
		{[]string{"bench", "worlds", "futures", "han"}, []string{"handles"}},
		{[]string{"help", "che"}, []string{"check"}},
	} {
		out, code, err := execute(newRootCommand(), append([]string{"__complete"}, c.args...)...)
		var got []string
		for _, line := range strings.Split(out, "\n") {
			if name, _, _ := strings.Cut(line, "\t"); name != "" && name[0] != ':' {
				got = append(got, name)
			}
		}
		if code != 0 || !slices.Equal(got, c.want) {
			t.Errorf("%q: exit %d, %v, %q, want %q", c.args, code, err, got, c.want)
		}
	}
}

// The names of forms that are completed are exactly the forms that there are.
func TestFormNames(t *testing.T) {
	all := forms()
	for _, name := range formNames() {
		if all[name] == nil {
			t.Errorf("%s is no form", name)
		}
	}
	if len(all) != len(formNames()) {
		t.Errorf("there are %d forms and %d names", len(all), len(formNames()))
	}
}

// A trace or litmus file named - is read from standard input.
func TestStandardInput(t *testing.T) {
	const trace = "world handles\nA: resource.new R 100 -> 1\nA: resource.new S 200\nA: resource.rep S 1\n"
	for _, c := range []struct{ args, in, want string }{
		{"replay -", trace, "everything that the trace says happened again"},
		{"shrink -", trace, "# shrunk from 3 actions to "},
		{"trace convert -", trace, `{"kind":"trace"`},
		{"litmus -", "world handles\nin A.run\n  $r = resource.new R 7\nalways $r = 1\n", "holds: "},
	} {
		root := newRootCommand()
		root.SetIn(strings.NewReader(c.in))
		if out, code, err := execute(root, strings.Fields(c.args)...); code != 0 || !strings.Contains(out, c.want) {
			t.Errorf("cabi %s: exit %d, %v; no %q in\n%s", c.args, code, err, c.want, out)
		}
	}
}

func TestVersion(t *testing.T) {
	out, code, err := execute(newRootCommand(), "--version")
	if code != 0 || !strings.HasPrefix(out, "cabi ") || !strings.Contains(out, "\ndefinitions.py of "+model.Pin+", the same as at 6d28164") {
		t.Errorf("exit %d, %v: %s", code, err, out)
	}
}

// A list keeps within its width, and no word of it is lost.
func TestList(t *testing.T) {
	for _, name := range listNames {
		out, code, err := execute(newRootCommand(), "list", name)
		if code != 0 {
			t.Errorf("cabi list %s: exit %d, %v", name, code, err)
		}
		for _, line := range strings.Split(out, "\n") {
			if columns(line) > plainWidth {
				t.Errorf("cabi list %s: %d columns: %s", name, columns(line), line)
			}
		}
		for _, row := range lists[name]() {
			for _, word := range strings.Fields(strings.Join(row, " ")) {
				if !strings.Contains(out, word) {
					t.Errorf("cabi list %s: no %q", name, word)
				}
			}
		}
	}
}

func TestTable(t *testing.T) {
	rows := [][]string{{"A", "B"}, {"a", "one two three"}, {"longest", "four\nfive six seven"}}
	for _, c := range []struct {
		width int
		want  string
	}{
		{30, "A        B\na        one two three\nlongest  four\n         five six seven\n"},
		{18, "A        B\na        one two\n         three\nlongest  four\n         five six\n         seven\n"},
		{1, "A        B\na        one\n         two\n         three\nlongest  four\n         five\n         six\n         seven\n"},
	} {
		var b bytes.Buffer
		if err := writeTable(&b, rows, c.width); err != nil || b.String() != c.want {
			t.Errorf("%d columns, %v:\n%swant\n%s", c.width, err, b.String(), c.want)
		}
	}
	if widthOf(io.Discard) != plainWidth {
		t.Error("what is no terminal has another width")
	}
}

func TestReflow(t *testing.T) {
	const text = "one two\nthree\n\n  -x    what it is\n  short\nfour\n"
	const want = "one two three\n\n  -x    what\n        it is\n  short\nfour\n"
	if got := reflow(text, 13); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
