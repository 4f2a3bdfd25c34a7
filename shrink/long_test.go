package shrink_test

import (
	"strings"
	"testing"

	"cabi/model"
	"cabi/shrink"
)

// A long trace of which a few steps at its end, or one at its beginning and some at its end, are needed is run once or twice as a whole,
// and not again and again. The progress counts the actions.
func TestLongTraces(t *testing.T) {
	const pairs = 5000
	for name, text := range map[string]string{
		"end":  "world handles\n" + strings.Repeat("A: resource.new R 5\nA: resource.drop R 1\n", pairs) + "A: resource.new R 5\nA: resource.drop S 1\n",
		"both": "world handles\nA: resource.new R 5\n" + strings.Repeat("A: resource.new S 5\nA: resource.drop S 2\n", pairs) + "A: resource.drop S 1\n",
	} {
		trace, err := model.ParseTrace(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		s, found, err := shrink.Seeds(trace, []*model.Property{shrink.NoStop}, nil)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v, %d violations", name, err, len(found))
		}
		taken, limits := 0, shrink.Thorough
		limits.Progress = func(p shrink.Progress) {
			if p.States == 0 {
				taken++
			}
		}
		small := shrink.Minimize(s, found[0], limits)
		if small.Violation.Actions != 2 || small.Before != 2*pairs+2 {
			t.Errorf("%s: from %d to %d actions, want 2", name, small.Before, small.Violation.Actions)
		}
		if taken < small.Before || taken > small.Before*3/2 {
			t.Errorf("%s: %d actions were taken to shrink a trace of %d", name, taken, small.Before)
		}
	}
}
