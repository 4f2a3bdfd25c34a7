package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"cabi/internal/layout"
	"cabi/model"
)

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
		{"chekc", `unknown command "chekc"; did you mean check?`},
		{"trace gne", `unknown command "gne"; did you mean gen?`},
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

// A word that is misspelt in a trace or a litmus file is an error that names the nearest one, whatever kind of word it is.
func TestDidYouMeanInFiles(t *testing.T) {
	const trace, litmus = "world handles\n", "world streams\nin A.run\n  $r $w = stream.new u8\n"
	for _, c := range []struct{ command, text, want string }{
		{"replay", "world handels\nA: resource.new R 1\n", `the world "handels" is not a named one, and is not defined: write its lines (instance …, func …) below this one, or the name of its file, which ends in .world; did you mean handles?`},
		{"replay", `{"kind":"trace","version":1,"world":"handels"}`, `the world "handels" is not a named one, and the header does not define it; did you mean handles?`},
		{"replay", "world handles varient per-type\n", `unknown word "varient"; did you mean variant?`},
		{"replay", "world handles variant per-tpye\n", `unknown variant "per-tpye"; did you mean per-type?`},
		{"replay", "world handles without Table.gt/bounds\n", `unknown site "Table.gt/bounds"; did you mean Table.get/bounds?`},
		{"replay", trace + "hots: tick\n", `unknown instance "hots"; did you mean host?`},
		{"replay", trace + "A: resource.nwe R 1\n", `unknown action "resource.nwe"; did you mean resource.new, `},
		{"replay", trace + "A: resource.new RR 1\n", `unknown resource "RR"; did you mean R?`},
		{"replay", trace + "A: call B.se-R 1\n", `unknown function "B.se-R"; did you mean B.see-R`},
		{"replay", "world tasks\nhost: invoke A.snyc\n", `unknown function "A.snyc"; did you mean A.sync?`},
		{"replay", trace + "A: stream.new u88\n", `unknown type "u88"; did you mean u8?`},
		{"replay", trace + "A: stream.new own<RR>\n", `unknown resource "RR"; did you mean R?`},
		{"replay", trace + "A: stream.read u8 asnyc 1 0 0\n", `unknown word "asnyc"; did you mean async?`},
		{"replay", `{"kind":"trace","version":1,"wrold":"handles"}`, `unknown key "wrold"; did you mean world?`},
		{"replay", `{"kind":"trace","version":1,"world":"handles"}` + "\n" + `{"kind":"acton"}`, `unknown kind of line "acton"; did you mean action?`},
		{"litmus", "world streams\nin A.rnu\n", "did you mean A.run?"},
		{"litmus", litmus + "  skpi\n", `unknown action "skpi"; did you mean skip?`},
		{"litmus", litmus + "alwyas returns\n", `unknown action "alwyas"; did you mean always?`},
		{"litmus", litmus + "always retruns\n", `got "retruns"; did you mean returns?`},
		{"litmus", litmus + "always violtes nonzero\n", `got "violtes nonzero"; did you mean violates?`},
		{"litmus", litmus + "always violates nonzreo\n", `unknown property "nonzreo"; did you mean nonzero?`},
		{"litmus", litmus + "always $read = 1\n", "nothing binds $read: a line must, as in \"$read = …\"; there are: $r, $w"},
		{"litmus", litmus + "BB: stream.drop-readable u8 $r\n", `unknown instance "BB"; did you mean B?`},
	} {
		root := newRootCommand()
		root.SetIn(strings.NewReader(c.text))
		if out, code, err := execute(root, c.command, "-"); code != 2 || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("cabi %s of %q: exit %d, %v; want 2, …%s…\n%s", c.command, c.text, code, err, c.want, out)
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
		{[]string{"check", "handl"}, []string{"handles"}},
		{[]string{"check", "handles", "handl"}, nil},
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
		{[]string{"bench", "worlds", "futures", "handl"}, []string{"handles"}},
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
			if layout.Columns(line) > layout.PlainWidth {
				t.Errorf("cabi list %s: %d columns: %s", name, layout.Columns(line), line)
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

// Without a name, cabi list says which lists there are: all of them.
func TestListOfLists(t *testing.T) {
	out, code, err := execute(newRootCommand(), "list")
	if code != 0 || err != nil {
		t.Errorf("exit %d, %v", code, err)
	}
	for _, name := range listNames {
		if !strings.Contains(out, "\n"+name+" ") {
			t.Errorf("no %s in\n%s", name, out)
		}
	}
}
