package export

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cabi/internal/wasmtools"
	"cabi/internal/wast"
	"cabi/model"
	"cabi/spec"
)

// Each reference trace that can be a .wast is run as one, as a component with core code: the same comes of it as of the trace. Threads go
// on as the trace says, which is by its choices, or the first where it has none.
func TestReferenceTracesRun(t *testing.T) {
	tools, err := wasmtools.Find()
	if errors.Is(err, wasmtools.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer tools.Close()
	files, err := filepath.Glob("../../suite/traces/*.cabi")
	if err != nil {
		t.Fatal(err)
	}
	runner := wast.NewRunner()
	defer runner.Close()
	ran := 0
	for _, file := range files {
		trace := load(t, file)
		text, err := WAST(trace)
		if err != nil {
			continue // it says why, which TestGolden and others look at
		}
		ran++
		runAsWAST(t, runner, tools, filepath.Base(file), text, trace)
	}
	if ran < 100 {
		t.Errorf("%d of %d traces were run, want 100 at least", ran, len(files))
	}
	t.Logf("%d of %d traces were run", ran, len(files))
}

var trapComment = regexp.MustCompile(`(?m)^;; (\S+): .*\n\(assert_trap`)

// trapOf is the site of the trap that a .wast ends with, as its comment says; empty: it ends otherwise.
func trapOf(text string) string {
	if m := trapComment.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

func runAsWAST(t *testing.T, runner *wast.Runner, tools wasmtools.Tools, name, text string, trace *model.Trace) {
	t.Helper()
	script, err := wast.Parse(text)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	program := wast.Prepare(script, tools)
	defer runner.Forget(program)
	choices := func() spec.Choices {
		tape := &spec.Tape{}
		for _, n := range trace.Choices {
			tape.Numbers = append(tape.Numbers, uint64(n))
		}
		return tape
	}
	site := trapOf(text)
	asserts := 0
	for i, o := range runner.Run(program, choices, trace.Variant) {
		d := script.Directives[i]
		if strings.HasPrefix(string(d.Kind), "assert") {
			asserts++
		}
		if o.Status != wast.Passed {
			t.Errorf("%s: %s at line %d: %s", name, d.Kind, d.Line, o)
		} else if i == len(script.Directives)-1 && site != "" && o.Site != site {
			t.Errorf("%s: trapped at %s, want %s", name, o.Site, site)
		}
	}
	if asserts == 0 {
		t.Errorf("%s: nothing is asserted", name)
	}
}
