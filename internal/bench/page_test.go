package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
)

// The page has a row for every world that can be exhausted, and rows with the right number of states for each size of M. Its
// times are not checked. With CABI_LONG the states and transitions of the worlds are counted again.
func TestPerformancePage(t *testing.T) {
	text, err := os.ReadFile("../../docs/generated/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range DefaultPage().Sizes {
		if rows := strings.Count(string(text), fmt.Sprintf("\n| %s | %d |", m, m.States())); rows < 3 {
			t.Errorf("M(%s) has %d rows with %d states", m, rows, m.States())
		}
	}
	for _, w := range model.Worlds {
		if w.Random {
			continue
		}
		want := fmt.Sprintf("\n| %s | ", w.Name)
		if os.Getenv("CABI_LONG") != "" {
			m := MeasureWorld(w, w.Bounds, properties.For(w))
			want = fmt.Sprintf("\n| %s | %d | %d | %.0f %% | %d |", w.Name, m.States, m.Transitions, 100*float64(m.Stopped)/float64(m.Transitions), m.Depth)
		}
		if !strings.Contains(string(text), want) {
			t.Errorf("the page has no row that begins %q: run go run ./cmd/cabi bench page >docs/generated/performance.md", want)
		}
	}
}

// The parts of a profile add up to all of the time.
func TestProfile(t *testing.T) {
	shares, err := Profile(func() { search := (M{2, 3, 2}).Search(); search.Run() })
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, s := range shares {
		sum += s.Part
	}
	if len(shares) != len(parts)+1 || sum > 0 && (sum < 0.99 || sum > 1.01) {
		t.Errorf("%d parts, %.2f in all: %v", len(shares), sum, shares)
	}
}

// The prose of the page is that of the program, so that it can be rewritten without measuring again.
func TestPerformanceProse(t *testing.T) {
	text, err := os.ReadFile("../../docs/generated/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, prose := range []string{introProse, comparisonProse, worldsProse, replayedProse, growthProse, earlierPeersProse, earlierProse, floorProse,
		fmt.Sprintf(profileProse, DefaultPage().Profiled), costsProse} {
		if !strings.Contains(string(text), "\n\n"+wrap(prose)+"\n") {
			t.Errorf("the page does not contain, between empty lines:\n%s", wrap(prose))
		}
	}
	for _, table := range []string{earlierPeers, earlierTable} {
		if !strings.Contains(string(text), "\n\n"+table) {
			t.Errorf("the page does not contain:\n%s", table)
		}
	}
	for _, part := range parts {
		if !strings.Contains(string(text), "\n| "+part.what+" | ") {
			t.Errorf("the profile on the page has no row %q", part.what)
		}
	}
}

// Each name of a function of this module by which samples are told apart begins the name of one that exists.
func TestProfiledFunctions(t *testing.T) {
	for _, part := range parts {
		for _, prefix := range part.functions {
			folder, name, found := strings.Cut(strings.TrimPrefix(prefix, "cabi/"), ".")
			if !strings.HasPrefix(prefix, "cabi/") || !found || name == "" {
				continue
			}
			if !declares(t, "../../"+folder, name) {
				t.Errorf("no function of this module has a name that begins with %s", prefix)
			}
		}
	}
}

// declares reports whether a package has a function whose name in a profile begins with a text: of a method, "(*T).name" or
// "T.name".
func declares(t *testing.T, folder, prefix string) bool {
	files, err := filepath.Glob(folder + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	function := regexp.MustCompile(`(?m)^func (?:\(\w* ?(\*?)(\w+)\) )?(\w+)`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range function.FindAllStringSubmatch(string(text), -1) {
			name := f[3]
			switch {
			case f[1] != "":
				name = "(*" + f[2] + ")." + name
			case f[2] != "":
				name = f[2] + "." + name
			}
			if strings.HasPrefix(name, prefix) {
				return true
			}
		}
	}
	return false
}
