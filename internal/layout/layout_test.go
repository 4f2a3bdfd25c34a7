package layout

import (
	"bytes"
	"io"
	"testing"
)

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
		if err := WriteTable(&b, rows, c.width); err != nil || b.String() != c.want {
			t.Errorf("%d columns, %v:\n%swant\n%s", c.width, err, b.String(), c.want)
		}
	}
	if WidthOf(io.Discard) != PlainWidth {
		t.Error("what is no terminal has another width")
	}
}

// In too narrow a terminal each row is a table of its own, so that nothing is wider.
func TestNarrowTable(t *testing.T) {
	rows := [][]string{{"NAME", "KIND", "TEXT"}, {"a-long-name", "step", "one two three four"}, {"b", "state", "five"}}
	const want = "a-long-name\n  KIND  step\n  TEXT  one two\n        three\n        four\nb\n  KIND  state\n  TEXT  five\n"
	var b bytes.Buffer
	if err := WriteTable(&b, rows, 15); err != nil || b.String() != want {
		t.Errorf("%v:\n%swant\n%s", err, b.String(), want)
	}
}

func TestReflow(t *testing.T) {
	const text = "one two\nthree\n\n  -x    what it is\n  short\nfour\n"
	const want = "one two three\n\n  -x    what\n        it is\n  short\nfour\n"
	if got := Reflow(text, 13); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
