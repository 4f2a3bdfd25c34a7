package diff

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabi/model"
)

// A defect is a mistake that somebody who edits definitions.py might make: in a definition, one text in place of another.
type defect struct{ Name, In, Old, New string }

// defects are those that are kept. No promise speaks of most of them: a comparison must find them.
func defects(t *testing.T) (all []defect) {
	t.Helper()
	text, err := os.ReadFile("testdata/defects.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// write writes the definitions.py of the pin with the defect to a file.
func (d defect) write(t *testing.T) string {
	t.Helper()
	upstreamDir := os.Getenv("CABI_UPSTREAM")
	if upstreamDir == "" {
		t.Skip("CABI_UPSTREAM is not set to a checkout of WebAssembly/component-model")
	}
	data, err := os.ReadFile(filepath.Join(upstreamDir, proseDir, "canonical-abi", "definitions.py"))
	if err != nil {
		t.Fatal(err)
	}
	text, at := string(data), 0
	for depth, name := range strings.Split(d.In, ".") {
		begin := regexp.MustCompile(`(?m)^` + strings.Repeat("  ", depth) + `((class|def) ` + name + `\b|` + name + ` = )`).FindStringIndex(text[at:])
		if begin == nil {
			t.Fatalf("%s: definitions.py has no %s", d.Name, d.In)
		}
		at += begin[0]
	}
	i := strings.Index(text[at:], d.Old)
	if i < 0 {
		t.Fatalf("%s: %s has no %q", d.Name, d.In, d.Old)
	}
	file := filepath.Join(t.TempDir(), "definitions.py")
	if err := os.WriteFile(file, []byte(text[:at+i]+d.New+text[at+i+len(d.Old):]), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

// longTests is how many of the defects are looked for, one in so many.
func longTests(few int) int {
	if os.Getenv("CABI_LONG") != "" {
		return 1
	}
	return few
}

// A defect is found by random runs, in the worlds that are the comparison's own, or by the reference traces, before anything else is done. What is found is
// not due to choices: its traces happen each on its own version, and CPython, if there is one, does the same.
func TestDefects(t *testing.T) {
	every := longTests(19)
	for i, d := range defects(t) {
		if i%every != 0 {
			continue
		}
		t.Run(d.Name, func(t *testing.T) {
			file := d.write(t)
			o := Defaults
			o.Old, o.New, o.Judge = open(t, Port), open(t, file), true
			worlds, err := Worlds()
			if err != nil {
				t.Fatal(err)
			}
			o.Worlds = worlds
			found := ""
			o.Found = func(what string) { found = what }
			o.Progress = func(string, int, int) bool { return found == "" }
			c := newComparison(o)
			c.text = compareText(o.Old, o.New)
			for _, step := range []func() error{c.compareRandom, c.exploreOwn, c.replayTraces} {
				if err := step(); err != nil {
					t.Fatal(err)
				}
			}
			if found == "" {
				t.Fatal("nothing is found")
			}
			if strings.HasPrefix(found, "the reference trace ") {
				return // it happens on the port
			}
			c.addRandom()
			c.Progress, c.stopped = nil, false
			c.sortDifferences()
			if len(c.report.Differences) == 0 {
				t.Fatalf("found %q, and no difference", found)
			}
			for _, x := range c.report.Differences {
				checkApart(t, c, x)
			}
			if err := c.judge(); err != nil {
				t.Fatal(err)
			}
			if j := c.report.Judged; j.Cannot == "" && (j.Replayed == 0 || len(j.Disagrees) > 0) {
				t.Errorf("CPython: %+v", j)
			}
		})
	}
}

// checkApart checks that the traces of a difference happen each on its own version.
func checkApart(t *testing.T, c *comparison, d Difference) {
	t.Helper()
	for _, of := range []struct {
		v     *Version
		trace string
	}{{c.Old, d.OldTrace}, {c.New, d.NewTrace}} {
		trace, err := model.ReadTrace(strings.NewReader(of.trace))
		if err != nil {
			t.Fatal(err)
		}
		if departs, err := of.v.departure(trace); err != nil || departs != nil {
			t.Errorf("on %s: %+v, %v:\n%s", of.v.Name, departs, err, of.trace)
		}
	}
}

// A version that differs from the pin in nothing that can be observed has no differences on random runs, and the runs are counted.
func TestRandomRunsAlike(t *testing.T) {
	file := defect{Name: "harmless", In: "Table.remove", Old: "e = self.get(i)", New: "e = self.get(i + 0)"}.write(t)
	c := newComparison(Options{Old: open(t, Port), New: open(t, file), Runs: 200})
	if err := c.compareRandom(); err != nil || len(c.random) > 0 || c.report.Runs != 200 || c.report.RunsApart > 0 {
		t.Errorf("%v, %d differences, %d runs, %d of them apart", err, len(c.random), c.report.Runs, c.report.RunsApart)
	}
}

// The commits of upstream's history that docs/proposals.md has are run at random, each beside the one before it: where one calls core code otherwise than the pin,
// that is known, or told.
func TestRandomRunsOfHistory(t *testing.T) {
	git := os.Getenv("CABI_UPSTREAM_GIT")
	if git == "" {
		t.Skip("set CABI_UPSTREAM_GIT to a git directory of WebAssembly/component-model to run its history")
	}
	for _, commit := range commits {
		old, new := openRevisions(t, git, commit.Hash+"^", commit.Hash)
		c := newComparison(Options{Old: old, New: new, Runs: 50})
		if err := c.compareRandom(); err != nil || c.report.Runs != 50 || len(c.report.NotCompared) > 0 {
			t.Errorf("%s: %v, %d runs, not compared: %v", commit.Hash, err, c.report.Runs, c.report.NotCompared)
		}
	}
}

// openRevisions opens two revisions.
func openRevisions(t *testing.T, git, old, new string) (*Version, *Version) {
	t.Helper()
	var versions [2]*Version
	for i, revision := range []string{old, new} {
		v, err := Open(revision, git)
		if err != nil {
			t.Fatal(err)
		}
		versions[i] = v
	}
	return versions[0], versions[1]
}

// What random runs show does not depend on how many make them, and is shown with its world, of which nobody else knows.
func TestRandomRunsByMany(t *testing.T) {
	file := defect{Name: "two", In: "lift_flat", Old: "lift_flat_unsigned(vi, 32, 16)", New: "lift_flat_unsigned(vi, 32, 8)"}.write(t)
	var kinds [][]string
	for _, workers := range []int{1, 3} {
		c := newComparison(Options{Old: open(t, Port), New: open(t, file), Runs: 100, Workers: workers})
		c.text = compareText(c.Old, c.New)
		if err := c.compareRandom(); err != nil || len(c.random) == 0 {
			t.Fatalf("%v, %d differences", err, len(c.random))
		}
		var found []string
		for _, d := range c.random {
			found = append(found, fmt.Sprint(d.World.Text(), d, kindOf(d), d.Path))
		}
		kinds = append(kinds, found)
		if workers > 1 {
			continue
		}
		c.random = c.random[:1]
		c.addRandom()
		c.sortDifferences()
		c.report.Worlds = []World{{Name: "handles"}}
		var b strings.Builder
		c.report.WriteText(&b)
		for _, want := range []string{"\n      world random", "\n      instance A", "\n      func ", "100 random runs, of which "} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("there is no %q in\n%s", want, b.String())
			}
		}
	}
	if !slices.Equal(kinds[0], kinds[1]) {
		t.Errorf("one makes\n%q\nand three\n%q", kinds[0], kinds[1])
	}
}

func TestDifferingBytes(t *testing.T) {
	for _, c := range []struct {
		a, b    string
		from, n int
	}{
		{"done A.f memory.load 0 4 -> bytes:00112233", "done A.f memory.load 0 4 -> bytes:00992299", 1, 3},
		{"done A.f memory.load 0 2 -> bytes:0011", "done A.f memory.load 0 2 -> bytes:0012", 1, 1},
		{"done A.f memory.load 0 2 -> bytes:0011", "trap", 0, 0},
	} {
		if from, n := differingBytes(c.a, c.b); from != c.from || n != c.n {
			t.Errorf("%q and %q differ from %d in %d", c.a, c.b, from, n)
		}
	}
}
