package mirror

import (
	"testing"

	"cabi/internal/python"
	"cabi/spec"
)

// A member is found by its name, whatever its number; a number that the port does not have is refused.
func TestEnum(t *testing.T) {
	m := python.New(python.Options{})
	module, err := m.LoadSource("m", "m.py", "from enum import Enum\nclass State(Enum):\n  RESOLVED = 1\n  QUEUED = 5\na = State.RESOLVED\nb = State.QUEUED\n")
	if err != nil {
		t.Fatal(err)
	}
	a, _ := module.Get("a")
	b, _ := module.Get("b")
	for _, c := range []struct {
		v    python.Value
		want spec.TaskState
		ok   bool
	}{{a, spec.TaskResolved, true}, {b, 0, false}, {5, spec.TaskResolved, true}, {6, 0, false}, {0, 0, false}, {"RESOLVED", 0, false}} {
		if got, ok := Enum[spec.TaskState](c.v); got != c.want || ok != c.ok {
			t.Errorf("%v: %d, %v, want %d, %v", c.v, got, ok, c.want, c.ok)
		}
	}
}
