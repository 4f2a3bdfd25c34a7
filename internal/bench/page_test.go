package bench

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
)

// The page has a row for every world that can be exhausted, and rows with the right number of states for each size of M. Its
// times are not checked. With CABI_LONG the states of the worlds are counted again.
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
			want = fmt.Sprintf("\n| %s | %d | ", w.Name, MeasureWorld(w, w.Bounds, properties.For(w)).States)
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
