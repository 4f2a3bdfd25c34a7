package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// admitsStream runs cabi admits on a log that comes in piece by piece. If it does not end, the command must end before it.
func admitsStream(t *testing.T, ends bool, pieces ...string) (out string, code int) {
	t.Helper()
	in, to := io.Pipe()
	done := make(chan int, 1)
	var printed, errs bytes.Buffer
	go func() { done <- run([]string{"admits", "-"}, in, &printed, &errs) }()
	go func() {
		for _, piece := range pieces {
			io.WriteString(to, piece)
		}
		if ends {
			to.Close()
		}
	}()
	select {
	case code := <-done:
		in.Close()
		return printed.String() + errs.String(), code
	case <-time.After(time.Minute):
		t.Fatalf("%q: no answer", pieces)
		return "", 0
	}
}

const streamed = "world handles\nA: resource.new R 7 -> 1\n"

// A log that comes in is refused as soon as no explanation is left, and admitted when it ends.
func TestAdmitsStream(t *testing.T) {
	for _, c := range []struct {
		pieces []string
		code   int
		ends   bool
		want   string
	}{
		{[]string{streamed, "A: resource.new R 8 -> 2\n"}, 0, true, "# admitted: 2 lines"},
		{[]string{streamed, "A: resource.new R 8 -> 3\nA: resource.new R 9\n", "A: resource.new R 10\n"}, 1, false, "refused: no run explains line 3, A: resource.new R 8 -> 3\n"},
		{[]string{streamed, "A: resource.nwe R 8\n", "A: resource.new R 10\n"}, 2, false, `-: line 3: unknown action "resource.nwe"`},
		{[]string{`{"kind":"trace","version":1,"world":"handles"}` + "\n", `{"kind":"action","actor":"A","op":"resource.drop","words":["R"],"numbers":["1"],"results":["5"]}` + "\n{}\n"}, 1, false, "trap Table.get/bounds"},
		{nil, 2, true, "no world"},
	} {
		if out, code := admitsStream(t, c.ends, c.pieces...); code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%q: exit %d, want %d:\n%s", c.pieces, code, c.code, out)
		}
	}
}

// An interrupted log has no answer.
func TestAdmitsInterrupted(t *testing.T) {
	signals := make(chan os.Signal, 1)
	signals <- os.Interrupt
	in, _ := io.Pipe()
	if _, err := newInterruptible(in, signals).Read(make([]byte, 8)); err != errInterrupted {
		t.Errorf("got %v", err)
	}
	if err := badLog("-", errInterrupted); err.(exitError).code != 3 {
		t.Errorf("got %v", err)
	}
}

// The run that is saved is a trace that can be replayed; with any variant there is none to be saved.
func TestAdmitsSave(t *testing.T) {
	to := t.TempDir() + "/run.cabi"
	out, code, err := execute(newRootCommand(), "admits", "../../examples/logs/callee-not-shown.log", "-o", to)
	if code != 0 || !strings.HasPrefix(out, "admitted: ") {
		t.Fatalf("exit %d, %v:\n%s", code, err, out)
	}
	if out, code, err := execute(newRootCommand(), "replay", to); code != 0 {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	for _, args := range [][]string{{"--variant", "any", "-o", to}, {"--variant", "ny"}, {"--gap", "0"}, {"--without", "Table.get/emty"}} {
		if _, code, err := execute(newRootCommand(), append([]string{"admits", "../../examples/logs/next-index.log"}, args...)...); code != 2 {
			t.Errorf("%v: exit %d, %v", args, code, err)
		}
	}
}

// The logs among the examples are refused if they say so, and otherwise admitted.
func TestExampleLogs(t *testing.T) {
	files := must(filepath.Glob("../../examples/logs/*.log"))
	if len(files) < 4 {
		t.Fatalf("there are %d logs", len(files))
	}
	for _, file := range files {
		want := 0
		if strings.Contains(string(must(os.ReadFile(file))), "\n# Refused: ") {
			want = 1
		}
		if out, code, err := execute(newRootCommand(), "admits", file); code != want {
			t.Errorf("cabi admits %s: exit %d, want %d, %v\n%s", file, code, want, err, out)
		}
	}
}

// The header of a log names the file of a world beside it, or its lines define the world; both also where it comes in.
func TestAdmitsOwnWorlds(t *testing.T) {
	const head, line = "world own.world", "\nA: resource.new R 7 -> 1\n"
	_, lines, _ := strings.Cut(ownWorld, "\n")
	dir := inDirectory(t, map[string]string{"own.world": ownWorld, "file.log": head + line, "lines.log": "world own\n" + strings.TrimSpace(lines) + line,
		"file.jsonl": `{"kind":"trace","version":1,"world":"own.world"}` + "\n" + `{"kind":"action","actor":"A","op":"resource.new","words":["R"],"numbers":["7"],"results":["1"]}` + "\n"})
	for _, name := range []string{"file.log", "lines.log", "file.jsonl"} {
		out, code, err := execute(newRootCommand(), "admits", filepath.Join(dir, name))
		if code != 0 || !strings.Contains(out, "# admitted: 1 line;") || !strings.Contains(out, "resource R of A") {
			t.Errorf("%s: exit %d, %v\n%s", name, code, err, out)
		}
	}
	t.Chdir(dir)
	if out, code := admitsStream(t, false, head, line+"A: resource.new R 8 -> 9\n", "A: resource.new R 9\n"); code != 1 || !strings.Contains(out, "refused: no run explains line 3") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}
