package python

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var write = flag.Bool("write", false, "record what CPython prints")

// pythonVersion is the version whose results are recorded: texts of exceptions differ between versions.
const pythonVersion = "Python 3.11."

// cpython is the command for CPython, if it is there in that version.
func cpython() (string, bool) {
	path, err := exec.LookPath("python3")
	if err != nil {
		return "", false
	}
	out, err := exec.Command(path, "--version").Output()
	return path, err == nil && strings.HasPrefix(string(out), pythonVersion)
}

// TestPrograms runs our own programs, one for each part of the subset, and compares what they print with what CPython printed.
func TestPrograms(t *testing.T) {
	files, err := filepath.Glob("testdata/programs/*.py")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d programs: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := runProgram(string(source))
			if diff := cmp.Diff(strings.Split(recorded(t, file), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("CPython (-) prints other lines than the machine (+):\n%s", diff)
			}
		})
	}
}

// recorded is what CPython printed; if it is there, it is asked again.
func recorded(t *testing.T, file string) string {
	record := strings.TrimSuffix(file, ".py") + ".txt"
	python, there := cpython()
	if *write && there {
		var stderr bytes.Buffer
		cmd := exec.Command(python, "-W", "ignore", "-X", "utf8", file)
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, stderr.String())
		}
		if err := os.WriteFile(record, out, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func runProgram(source string) string {
	var out strings.Builder
	m := New(Options{Output: &out, Random: NewTwister(1), Steps: 20_000_000})
	_, err := m.LoadSource("__main__", "program.py", source)
	if err != nil {
		var e *Exception
		out.WriteString(err.Error() + "\n")
		if errors.As(err, &e) {
			out.WriteString(e.Stack())
		}
	}
	return out.String()
}
