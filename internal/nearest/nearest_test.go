package nearest

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	known := []string{"R", "check", "handles", "host-calls", "host-reads", "subtasks", "stream.new", "stream.read", "stream.write", "stream.drop-writable"}
	for _, c := range []struct{ name, want string }{
		{"handles", "handles"}, {"HANDLES", "handles"}, {"handels", "handles"}, {"chekc", "check"}, {"hcekc", ""}, {"host", "host-calls host-reads"},
		{"calls", "host-calls"}, {"xyz", ""}, {"", ""}, {"T", ""}, {"subtask", "subtasks"}, {"stream.raed", "stream.read stream.new"},
		{"stream", "stream.new stream.read stream.write"}, {strings.Repeat("x", 1<<20), ""},
	} {
		if got := strings.Join(Names(c.name, known), " "); got != c.want {
			t.Errorf("nearest to %.20q: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestHint(t *testing.T) {
	many := strings.Fields("a1 b2 c3 d4 e5 f6 g7 h8 i9 j10 k11 l12 m13")
	for _, c := range []struct {
		name  string
		known []string
		want  string
	}{
		{"asnyc", []string{"async", "sync"}, "; did you mean async?"}, {"no", []string{"async", "sync"}, "; there are: async, sync"},
		{"xyz", many, ""}, {"xyz", nil, ""}, {"m1", many, "; did you mean a1 or m13?"}, {"T", []string{"R", "S"}, "; there are: R, S"},
	} {
		if got := Hint(c.name, c.known); got != c.want {
			t.Errorf("hint for %q: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "", 3}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"chekc", "check", 1}, {"ca", "abc", 3}, {"kitten", "sitting", 3}} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
