package python

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// linesDriver calls the functions of a module and says which exception each raises, and where.
const linesDriver = `
import sys, traceback
sys.path.insert(0, 'testdata')
sys.dont_write_bytecode = True
import lines
for name, f in vars(lines).items():
  if type(f).__name__ != 'function' or f.__module__ != 'lines': continue
  try:
    f()
    print(name, 'returns')
  except BaseException as e:
    places = [x.lineno for x in traceback.extract_tb(e.__traceback__) if x.filename.endswith('lines.py')]
    print(name, type(e).__name__, places[-1] if places else 0)
`

// TestLines calls functions that raise exceptions in the middle of statements of several lines: the lines are those of CPython.
func TestLines(t *testing.T) {
	const record = "testdata/lines.txt"
	if python, there := cpython(); *write && there {
		out, err := exec.Command(python, "-W", "ignore", "-c", linesDriver).Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(record, out, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	m := New(Options{Source: inDir("testdata")})
	mod, err := m.Load("lines")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range strings.Split(strings.TrimSpace(string(want)), "\n") {
		name, _, _ := strings.Cut(line, " ")
		f, _ := mod.Get(name)
		_, err := m.Call(f)
		var e *Exception
		switch {
		case err == nil:
			got = append(got, name+" returns")
		case errors.As(err, &e):
			places := 0
			if len(e.Trace) > 0 {
				places = e.Trace[0].Line
			}
			got = append(got, fmt.Sprint(name, " ", e.Class().Name(), " ", places))
		default:
			got = append(got, name+" "+err.Error())
		}
	}
	if diff := cmp.Diff(strings.Split(strings.TrimSpace(string(want)), "\n"), got); diff != "" {
		t.Errorf("the lines of CPython (-) are not those here (+):\n%s", diff)
	}
}
