package mutants

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// versioned is a package of two files, as it is.
var versioned = Version{
	"p.go": `package p

import "fmt"

type counter struct{ n int }

func (c *counter) add(by int) { c.n += by }

func (c *counter) sum(all ...int) (sum int) {
	defer func() { c.n = -c.n }()
	for _, n := range all {
		sum += n
	}
	return sum
}

func Run() string {
	c := &counter{}
	c.add(3)
	return fmt.Sprint(c.sum(1, 2, 3), c.n, kind(c.n), kind(7))
}
`,
	"q.go": `package p

func kind(n int) string {
	switch {
	case n < 0:
		return "negative"
	}
	return "other"
}
`,
}

// otherVersions change it, each by texts that are replaced: a file, what is in it, and what is in its place.
var otherVersions = []struct {
	what    string
	changes [][3]string
	alone   bool
}{
	{"another body", [][3]string{{"p.go", "c.n += by", "c.n -= by"}}, false},
	{"the same body again", [][3]string{{"p.go", "c.n += by", "if by > 2 {\nreturn\n}\nc.n += by"}}, false},
	{"two files, and a defer that is gone", [][3]string{{"p.go", "defer func() { c.n = -c.n }()\n", ""}, {"q.go", `"other"`, `"another"`}}, false},
	{"an import", [][3]string{{"q.go", "package p", "package p\n\nimport \"strconv\""}, {"q.go", `"other"`, `strconv.Itoa(n)`}}, false},
	{"a function", [][3]string{{"q.go", "func kind", "func twice(n int) int { return 2 * n }\n\nfunc kind"}, {"p.go", "sum += n", "sum += twice(n)"}}, false},
	{"the function again, as it is", [][3]string{{"q.go", "func kind", "func twice(n int) int { return 2 * n }\n\nfunc kind"}, {"p.go", "kind(7)", "kind(twice(-7))"}}, false},
	{"the function again, otherwise", [][3]string{{"q.go", "func kind", "func twice(n int) int { return n + n + 1 }\n\nfunc kind"}, {"p.go", "kind(7)", "kind(twice(-7))"}}, true},
	{"a type", [][3]string{{"p.go", "n int }", "n int8 }"}, {"p.go", "c.n += by", "c.n += int8(by) + 126"}, {"p.go", "kind(c.n)", "kind(int(c.n))"}}, true},
	{"a signature", [][3]string{{"q.go", "kind(n int)", "kind(int)"}, {"q.go", "n < 0", "true"}}, true},
	{"a label", [][3]string{{"p.go", "for _, n := range all {", "all:\nfor _, n := range all {\nif n == 2 {\nbreak all\n}"}}, true},
}

// TestVersions checks that a package with all its versions does without any what it did, and with each what it does if the version is built by itself;
// and that those that cannot have a switch have none.
func TestVersions(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "programs"), 0o777); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "go.mod", "module m\n\ngo 1.26\n")
	imports, shows := "", ""
	addAlone := func(i int, v Version) {
		for name, text := range versioned {
			if v[name] != "" {
				text = v[name]
			}
			write(t, dir, fmt.Sprintf("alone/p%d/%s", i, name), text)
		}
		imports += fmt.Sprintf("\tp%d \"m/alone/p%d\"\n", i, i)
		shows += fmt.Sprintf("\tshow(\"%d\", p%d.Run)\n", i, i)
	}
	addAlone(0, nil)
	var versions []Version
	var wantAlone []int
	for i, o := range otherVersions {
		v := Version{}
		for _, c := range o.changes {
			text := v[c[0]]
			if text == "" {
				text = versioned[c[0]]
			}
			if v[c[0]] = strings.Replace(text, c[1], c[2], 1); v[c[0]] == text {
				t.Fatalf("%s: %q is not in %s", o.what, c[1], c[0])
			}
		}
		versions = append(versions, v)
		addAlone(i+1, v)
		if o.alone {
			wantAlone = append(wantAlone, i+1)
		}
	}
	files, alone, err := Versions(func(path string) string { return versioned[path] }, SwitchFile, versions)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(alone, wantAlone) {
		t.Errorf("%v have no switch, want %v", alone, wantAlone)
	}
	switched := maps.Clone(versioned)
	maps.Copy(switched, files)
	for name, text := range switched {
		write(t, dir, "s/"+name, text)
	}
	write(t, dir, "main.go", fmt.Sprintf(runner, imports, shows))
	write(t, dir, "switched/main.go", fmt.Sprintf(runner, "\tp \"m/s\"\n", "\tshow(\"0\", p.Run)\n"))
	if out, err := in(dir, "go", "build", "-o", "programs/", ".", "./switched").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out, err := in(dir, "programs/m").CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, line := range want {
		if i > 0 && strings.TrimPrefix(line, fmt.Sprint(i)) == strings.TrimPrefix(want[0], "0") {
			t.Errorf("%s makes no difference", otherVersions[i-1].what)
		}
		if slices.Contains(alone, i) {
			continue
		}
		cmd := in(dir, "programs/switched")
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", Variable, i))
		out, err := cmd.CombinedOutput()
		if got := strings.TrimPrefix(strings.TrimSpace(string(out)), "0: "); err != nil || fmt.Sprint(i, ": ", got) != line {
			t.Errorf("%d: got %s, %v; by itself %s", i, got, err, line)
		}
	}
}
