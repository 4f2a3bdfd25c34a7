package python

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A mutant is definitions.py with one line changed.
type mutant struct {
	line   int
	what   string
	source string
}

var changes = []struct {
	what string
	of   *regexp.Regexp
	with string
}{
	{"== becomes !=", regexp.MustCompile(` == `), " != "},
	{"!= becomes ==", regexp.MustCompile(` != `), " == "},
	{"< becomes <=", regexp.MustCompile(` < `), " <= "},
	{"<= becomes <", regexp.MustCompile(` <= `), " < "},
	{"> becomes <", regexp.MustCompile(` > `), " < "},
	{">= becomes >", regexp.MustCompile(` >= `), " > "},
	{"is not becomes is", regexp.MustCompile(` is not `), " is "},
	{"not is dropped", regexp.MustCompile(`\bnot `), ""},
	{"and becomes or", regexp.MustCompile(` and `), " or "},
	{"or becomes and", regexp.MustCompile(` or `), " and "},
	{"+ becomes -", regexp.MustCompile(` \+ `), " - "},
	{"a constant grows", regexp.MustCompile(`\b1\b`), "2"},
	{"0 becomes 1", regexp.MustCompile(`\b0\b`), "1"},
	{"True becomes False", regexp.MustCompile(`\bTrue\b`), "False"},
	{"False becomes True", regexp.MustCompile(`\bFalse\b`), "True"},
	{"self becomes None", regexp.MustCompile(`\bself\.`), "None."},
}

var dropped = regexp.MustCompile(`^( +)([a-z_][\w.\[\]]* [-+|]?= .*|[a-z_][\w.]*\(.*\)|return .*)$`)

// mutants are all changes of one line, in the order of lines.
func mutants(source string) (ms []mutant) {
	lines := strings.Split(source, "\n")
	add := func(i int, what, line string) {
		changed := append(append(append([]string{}, lines[:i]...), line), lines[i+1:]...)
		ms = append(ms, mutant{i + 1, what, strings.Join(changed, "\n")})
	}
	for i, line := range lines {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		if g := dropped.FindStringSubmatch(line); g != nil {
			add(i, "the statement is dropped", g[1]+"pass")
		}
		for _, c := range changes {
			if at := c.of.FindStringIndex(line); at != nil {
				add(i, c.what, line[:at[0]]+c.with+line[at[1]:])
			}
		}
	}
	return ms
}

// mutantDriver runs run_tests.py and says how it ends: the kind of the exception and its line, in whatever thread.
const mutantDriver = `
import os, sys, threading, traceback, random
def report(kind, tb):
  places = [(os.path.basename(f.filename), f.lineno) for f in traceback.extract_tb(tb) if os.path.basename(f.filename) in ('definitions.py', 'run_tests.py')]
  file, line = places[-1] if places else ('', 0)
  real.write('%s at %s:%d' % (kind.__name__, file, line))
  real.flush()
  os._exit(0)
threading.excepthook = lambda a: report(a.exc_type, a.exc_traceback)
random.seed(1)
sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
real, sys.stdout = sys.stdout, open(os.devnull, 'w')
try:
  import run_tests
except BaseException as e:
  report(type(e), e.__traceback__)
real.write('passes')
real.flush()
os._exit(0)
`

// onCPython tells how a mutant ends on CPython.
func onCPython(t *testing.T, python, dir string, m mutant) string {
	work := t.TempDir()
	tests, err := os.ReadFile(filepath.Join(dir, "run_tests.py"))
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]string{"run_tests.py": string(tests), "definitions.py": m.source, "driver.py": mutantDriver} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(source), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	out, err := exec.CommandContext(ctx, python, filepath.Join(work, "driver.py"), work).Output()
	if ctx.Err() != nil {
		return "hangs"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// onMachine tells how a mutant ends here.
func onMachine(dir string, m mutant) string {
	source := inDir(dir)
	machine := New(Options{Random: NewTwister(1), Steps: 3_000_000, Source: func(module string) (string, string, error) {
		if module == "definitions" {
			return "definitions.py", m.source, nil
		}
		return source(module)
	}})
	_, err := machine.Load("run_tests")
	var e *Exception
	var exhausted *Exhausted
	var deadlock *Deadlock
	switch {
	case err == nil:
		return "passes"
	case errors.As(err, &e):
		return fmt.Sprintf("%s at %s", e.Class().Name(), innermost(e))
	case errors.As(err, &exhausted), errors.As(err, &deadlock):
		return "hangs"
	}
	return err.Error()
}

func innermost(e *Exception) string {
	for _, p := range e.Trace {
		if p.File == "definitions.py" || p.File == "run_tests.py" {
			return fmt.Sprintf("%s:%d", p.File, p.Line)
		}
	}
	return ":0"
}

const mutantsFile = "testdata/mutants.txt"

// everyMutant is which of the mutants are recorded.
const everyMutant = 19

// TestMutants runs mutants of definitions.py under upstream's tests. Each ends as it ended on CPython, with the same kind of exception at
// the same line. The results are recorded for the definitions.py of one commit; -write records them again.
func TestMutants(t *testing.T) {
	dir := checkout(t)
	source, err := os.ReadFile(filepath.Join(dir, "definitions.py"))
	if err != nil {
		t.Fatal(err)
	}
	hash := fmt.Sprintf("%x", sha256.Sum256(source))
	if *write {
		recordMutants(t, dir, hash, string(source))
	}
	record, err := os.ReadFile(mutantsFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(record)), "\n")
	if lines[0] != hash {
		t.Skipf("%s is of another definitions.py; set %s to a checkout at the pin", mutantsFile, dirVariable)
	}
	ms := mutants(string(source))
	for i, line := range lines[1:] {
		m := ms[i*everyMutant]
		if got := fmt.Sprintf("%d: %s: %s", m.line, m.what, onMachine(dir, m)); got != line {
			t.Errorf("on CPython: %s\nhere: %s", line, got)
		}
	}
}

func recordMutants(t *testing.T, dir, hash, source string) {
	python, there := cpython()
	if !there {
		t.Fatalf("python3 is not there, or not %s", pythonVersion)
	}
	text := hash + "\n"
	for i, m := range mutants(source) {
		if i%everyMutant == 0 {
			text += fmt.Sprintf("%d: %s: %s\n", m.line, m.what, onCPython(t, python, dir, m))
		}
	}
	if err := os.WriteFile(mutantsFile, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
