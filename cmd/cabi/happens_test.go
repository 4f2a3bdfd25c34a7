package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever shrinks a trace, or writes it in a form that runs it, refuses one that does not happen again, as replay does: with 1 where it
// departs, and with the line of choices to write where others would do.
func TestWhatDoesNotHappen(t *testing.T) {
	commands := [][]string{{"shrink"}}
	for _, form := range formNames() {
		if form != "text" && form != "json" && form != "jsonl" {
			commands = append(commands, []string{"trace", "convert", "--to", form})
		}
	}
	for _, c := range []struct {
		file string
		code int
		want string
	}{
		{"claim-of-nothing", 1, "departs in its claim"},
		{"claim-with-another-text", 1, "departs in its claim"},
		{"choices-that-nobody-made", 1, "departs: the trace states 3 choices"},
		{"choices-found", 1, `add the line "choices 1" below the header`},
		{"choices-wrong", 1, `make that line "choices 1"`},
		{"choices-found-for-none", 2, "line 7: it is A's turn"},
		{"choice-of-too-few", 2, "choice 1 is 9"},
		{"claim-of-no-property", 2, "claim-of-no-property.cabi: line 5: violates: unknown property"},
	} {
		for _, command := range commands {
			to := filepath.Join(t.TempDir(), "out")
			args := append(append([]string(nil), command...), "testdata/answers/"+c.file+".cabi", "-o", to)
			out, code, err := execute(newRootCommand(), args...)
			if code != c.code || out != "" || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("cabi %q: exit %d, %v, want %d, …%s…:\n%s", args, code, err, c.code, c.want, out)
			}
			if _, err := os.Stat(to); err == nil {
				t.Errorf("cabi %q leaves a file", args)
			}
		}
	}
}
