package shrink_test

import (
	"strings"
	"testing"

	"cabi/model"
	"cabi/shrink"
	"cabi/spec"
)

// A substitutedChecker is violated in two ways. The long one needs five times the rep of a handle; the short one needs that a handle is
// dropped, of two, whose rep nobody asked for.
type substitutedChecker struct {
	model.BaseChecker
	done string // what was done, a letter for each action
}

// Shape is empty: both ways are one violation.
func (c *substitutedChecker) Shape(*model.Run) string { return "" }

func (c *substitutedChecker) Done(_ *model.Run, at *model.Activation, _ []spec.CoreValue) {
	switch template := at.Pending.Op + " " + strings.Join(at.Pending.Imm, " "); {
	case template == "resource.new R" && at.Pending.Args[0].Uint64() == 7:
		c.done += "7"
	case template == "resource.new R":
		c.done += "n"
	case template == "resource.rep R":
		c.done += "r"
	case template == "resource.new S":
		c.done += "s"
	case template == "resource.drop R":
		c.done += "d"
	}
	if strings.HasSuffix(c.done, "7rrrrrnss") || c.done == "7nd" {
		c.Message = "planted"
	}
}

// A step whose references are to nothing may have taken another action of its kind. It is left out again when later steps are replaced and the
// violation does not need it any more: the trace then ends before the place that was replaced, and the shrinker goes on with what there is.
func TestReplacedWithFewerBefore(t *testing.T) {
	planted := &model.Property{Name: "planted", New: func() model.Checker {
		return &substitutedChecker{BaseChecker: model.BaseChecker{Name: "planted"}}
	}}
	trace, err := model.ParseTrace(strings.NewReader("world handles\nA: resource.new R 5\nA: resource.new R 7\n" + strings.Repeat("A: resource.rep R 1\n", 5) +
		"A: resource.new R 9\nA: resource.new S 9\nA: resource.new S 9\n"))
	if err != nil {
		t.Fatal(err)
	}
	s, found, err := shrink.Seeds(trace, []*model.Property{planted}, nil)
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %d violations", err, len(found))
	}
	s.World = model.WorldByName("handles")
	limits := shrink.Thorough
	limits.States = 0
	small := shrink.Minimize(s, found[0], limits)
	if small.Violation.Actions != 3 {
		t.Errorf("from %d to %d actions, want 3:\n%s\n%s", small.Before, small.Violation.Actions, strings.Join(small.Changes, "\n"), small.Violation.Trace)
	}
}
