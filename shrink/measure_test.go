package shrink_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
	"cabi/shrink"
	"cabi/spec"
)

var write = flag.Bool("write", false, "measure shrinking, and write docs/generated/shrinking.md")

const page = "../docs/generated/shrinking.md"

// A measurement is of a violation that a random run found and that was shrunk.
type measurement struct {
	world     string
	seed      uint64
	key       string
	before    int // actions of the run that found it
	shrunk    int
	runs      int
	exhausted bool
	shortest  int  // that is known; 0: none
	searched  bool // breadth-first search found it; false: it is the shortest of all that were shrunk
}

// A source of measurements is a world, how many seeds of random runs, how many runs for each seed, and how many actions a violation
// must have to be measured.
type source struct {
	world string
	seeds uint64
	walks int
	least int
}

// Most of the first violations of each kind are short. So there are sources of long ones alone, with more seeds and fewer runs.
var sources = []source{
	{"children", 6, 2000, 0}, {"host-streams", 5, 2000, 0}, {"transfers", 5, 2000, 0}, {"tasks", 5, 2000, 0}, {"reentrance", 5, 2000, 0},
	{"cancel", 6, 2000, 0}, {"everything", 5, 2000, 0},
	{"children", 80, 256, 60}, {"host-streams", 80, 256, 60}, {"transfers", 80, 256, 60}, {"tasks", 40, 256, 60}, {"reentrance", 80, 256, 60},
	{"cancel", 80, 512, 60}, {"everything", 40, 256, 60},
}

// shrinkAll makes the random runs of a seed and shrinks the violations in them.
func (of source) shrinkAll(seed uint64) []measurement {
	var all []measurement
	w := model.WorldByName(of.world)
	s := model.Search{World: w, Variant: spec.SingleTable, Properties: properties.For(w), Bounds: w.Bounds, KeepGoing: true}
	s.Random = &model.Random{Seed: seed, Runs: of.walks, Shrink: func(s *model.Search, v *model.Violation) *model.Violation {
		if v.Actions < of.least {
			return v
		}
		r := shrink.Minimize(s, v, shrink.Quick)
		all = append(all, measurement{of.world, seed, v.Key(), r.Before, r.Violation.Actions, r.Runs, r.Shortest, 0, false})
		return v
	}}
	s.Run()
	return all
}

// mostStates is how many states of a world breadth-first search explores for the shortest traces. The menus of the world of
// everything have some hundred actions each.
func mostStates(w *model.World) int {
	if w.Random {
		return 2000
	}
	return 150000
}

// shortest are the lengths of the shortest violations of a world that breadth-first search finds.
func shortest(world string) map[string]int {
	w := model.WorldByName(world)
	s := model.Search{World: w, Variant: spec.SingleTable, Properties: properties.For(w), Bounds: w.Bounds, KeepGoing: true, MaxStates: mostStates(w)}
	lengths := map[string]int{}
	s.OnViolation = func(v *model.Violation) { lengths[v.Key()] = v.Actions }
	s.Run()
	return lengths
}

// TestShrinkingPage checks that traces shrink to at most two actions more than the shortest that docs/generated/shrinking.md knows. The
// random runs change whenever a world does, until the page is made again: then others than those of the page are compared.
func TestShrinkingPage(t *testing.T) {
	if *write {
		writePage(t)
		return
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	known := knownBy(string(text))
	compared := 0
	for _, m := range slices.Concat(sources[3].shrinkAll(1), sources[1].shrinkAll(2)) {
		shortest, ok := known[m.world+" "+m.key]
		if !ok {
			continue // it was found since
		}
		if compared++; m.shrunk > shortest+2 {
			t.Errorf("%s in %s is shrunk to %d actions, the shortest known has %d", m.key, m.world, m.shrunk, shortest)
		}
	}
	if compared == 0 {
		t.Error("docs/generated/shrinking.md is stale: run `go test ./shrink -run ShrinkingPage -timeout 1h -write`")
	}
}

// knownBy are the lengths of the shortest violations that a page knows, by world and violation.
func knownBy(text string) map[string]int {
	known := map[string]int{}
	for _, line := range strings.Split(text, "\n") {
		cells := strings.Split(line, " | ")
		if len(cells) < 8 {
			continue
		}
		if n, err := strconv.Atoi(strings.Trim(cells[5], "()")); err == nil {
			known[strings.TrimPrefix(cells[0], "| ")+" "+cells[2]] = n
		}
	}
	return known
}

// row is a row of the table, without what breadth-first search knows.
func (m measurement) row() string {
	return fmt.Sprintf("| %s | %d | %s | %d | %d |", m.world, m.seed, m.key, m.before, m.shrunk)
}

// writePage measures all sources and writes the page.
func writePage(t *testing.T) {
	var all []measurement
	knownOf := map[string]map[string]int{}
	for _, s := range sources {
		known := knownOf[s.world]
		if known == nil {
			known = shortest(s.world)
			knownOf[s.world] = known
		}
		for seed := range s.seeds {
			for _, m := range s.shrinkAll(seed + 1) {
				m.shortest, m.searched = known[m.key], known[m.key] > 0
				t.Log(m)
				all = append(all, m)
			}
		}
	}
	for i := range all {
		for _, m := range all {
			if a := &all[i]; !a.searched && m.world == a.world && m.key == a.key && (a.shortest == 0 || m.shrunk < a.shortest) {
				a.shortest = m.shrunk
			}
		}
	}
	if err := os.WriteFile(page, []byte(format(all)), 0o666); err != nil {
		t.Fatal(err)
	}
}

// format writes the page.
func format(all []measurement) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Shrinking\n\nHow short `shrink/` makes what random walks find, compared with the shortest that breadth-first search finds in the\n"+
		"same world in 150,000 states (2,000 of `everything`). Where it finds none in so many, the shortest of all rows with that\n"+
		"violation stands, in brackets. Measured by\n\n    go test ./shrink -run ShrinkingPage -timeout 1h -write\n\n"+
		"Each row is the first violation of its kind in 2,000 walks from a seed, and then, of more seeds and 256 or 512 walks from each,\n"+
		"those of 60 actions or more. They are shrunk as `cabi check --random` does it. Runs are\n"+
		"those of the shrinker, its own searches aside. Shorter than the shortest is possible: a search keeps to its bounds on tasks\n"+
		"and handles, shrinking does not.\n\n")
	long := slices.DeleteFunc(slices.Clone(all), func(m measurement) bool { return m.before < 60 })
	fmt.Fprintf(&b, "All: %s\nOf 60 actions and more: %s", summary(all), summary(long))
	b.WriteString("\n| world | seed | violation | walk | shrunk | shortest known | more | runs |\n|---|---|---|---|---|---|---|---|\n")
	for _, m := range all {
		known := fmt.Sprint(m.shortest)
		if !m.searched {
			known = "(" + known + ")"
		}
		fmt.Fprintf(&b, "%s %s | %d | %d |\n", m.row(), known, m.shrunk-m.shortest, m.runs)
	}
	return b.String()
}

// summary says how short the traces became.
func summary(all []measurement) string {
	known, within, equal, before, after := 0, 0, 0, 0, 0
	most := measurement{}
	for _, m := range all {
		before, after = before+m.before, after+m.shrunk
		if !m.searched {
			continue
		}
		known++
		if m.shrunk <= m.shortest+2 {
			within++
		}
		if m.shrunk <= m.shortest {
			equal++
		}
		most = slices.MaxFunc([]measurement{most, m}, func(a, b measurement) int { return cmp.Compare(a.shrunk-a.shortest, b.shrunk-b.shortest) })
	}
	return fmt.Sprintf("%d cases, %d actions before and %d after. Of the %d whose shortest breadth-first search finds, %d are within two actions of\n"+
		"it and %d as short; the worst has %d more.\n", len(all), before, after, known, within, equal, most.shrunk-most.shortest)
}
