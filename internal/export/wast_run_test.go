package export

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"cabi/internal/wasmtools"
	"cabi/internal/wast"
	"cabi/model"
	"cabi/spec"
)

// An exported is a trace of the suite or an example, as a .wast.
type exported struct {
	name    string
	trace   *model.Trace // nil: the file was written as a .wast by hand
	text    string
	site    string // of the trap that it ends with; empty: it ends otherwise
	refused error  // why there is no text; nil: there is
}

// exports are all of them, made once: the reference traces, those written by hand, and the examples.
var exports = sync.OnceValues(func() ([]exported, error) {
	var all []exported
	for _, pattern := range []string{"../../suite/traces/*.cabi", "../../suite/written/*.cabi", "../../examples/*.cabi"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			return nil, errors.Join(err, errors.New(pattern+" matches nothing"))
		}
		for _, file := range files {
			trace, err := readFile(file)
			if err != nil {
				return nil, err
			}
			e := exported{name: strings.TrimSuffix(filepath.Base(file), ".cabi"), trace: trace}
			e.text, e.refused = WAST(trace)
			e.site = trapIn(e.text)
			all = append(all, e)
		}
	}
	files, err := filepath.Glob("../../suite/written/*.wast")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		e := exported{name: strings.TrimSuffix(filepath.Base(file), ".wast"), text: string(text)}
		e.site, _, _ = strings.Cut(strings.TrimPrefix(e.text, ";; "), ":")
		all = append(all, e)
	}
	return all, err
})

// written are those that are exported.
func written(t *testing.T) (files []exported) {
	t.Helper()
	all, err := exports()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.refused == nil {
			files = append(files, e)
		}
	}
	return files
}

// A wastRun runs exported files.
type wastRun struct {
	tools    wasmtools.Tools
	runner   *wast.Runner
	programs map[string]*wast.Program // by text
}

// newWastRun makes one, or skips the test if wasm-tools is missing.
func newWastRun(t *testing.T) *wastRun {
	t.Helper()
	tools, err := wasmtools.Find()
	if errors.Is(err, wasmtools.ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := &wastRun{tools, wast.NewRunner(t.Context()), map[string]*wast.Program{}}
	t.Cleanup(func() { r.runner.Close(); tools.Close() })
	return r
}

// run runs a text, and returns the directives with their outcomes. Threads go on by the runner's policy, as under cabi wast; where that makes
// other choices than the trace, which the file says is for one choice, by those of the trace.
func (r *wastRun) run(t *testing.T, e exported, text string, variant *spec.Variant) ([]*wast.Directive, []wast.Outcome) {
	t.Helper()
	p := r.programs[text]
	if p == nil {
		script, err := wast.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		p = wast.Prepare(script, r.tools)
		r.programs[text] = p
	}
	choices := wast.Policy
	if otherChoices[e.name] {
		choices = func() spec.Choices {
			tape := &spec.Tape{}
			for _, n := range e.trace.Choices {
				tape.Numbers = append(tape.Numbers, uint64(n))
			}
			return tape
		}
	}
	return p.Script.Directives, r.runner.Run(p, choices, variant)
}

// otherChoices are the traces that happen by other choices than the policy's. Of these, definitions.py leaves one to a name that it does not
// define: how the text of an error context may be changed.
var otherChoices = map[string]bool{
	"callback-none-inside-a-sync-call": true, "entry-sync-inside-a-sync-call": true,
	"error-context.debug-message-done-after-others-acted": true, "error-context.debug-message-done": true, "error-context.drop-done": true,
	"trap-canon_error_context_debug_message-may-leave": true, "trap-canon_error_context_drop-may-leave": true,
	"waitable-set.wait-uncancellable-stream_write-dropped-with-something": true,
}

// failure is the first directive that did not pass, and why; nil: all passed.
func (r *wastRun) failure(t *testing.T, e exported, text string, variant *spec.Variant) (*wast.Directive, wast.Outcome) {
	t.Helper()
	directives, outcomes := r.run(t, e, text, variant)
	for i, o := range outcomes {
		if o.Status != wast.Passed {
			return directives[i], o
		}
	}
	return nil, outcomes[len(outcomes)-1]
}

// Each exported file is run as one, as components with core code: the same comes of it as of the trace.
func TestExportedFilesRun(t *testing.T) {
	r := newWastRun(t)
	files := written(t)
	for _, e := range files {
		switch d, o := r.failure(t, e, e.text, spec.SingleTable); {
		case d != nil:
			t.Errorf("%s: %s at line %d: %s", e.name, d.Kind, d.Line, o)
		case e.site != "" && o.Site != e.site:
			t.Errorf("%s: trapped at %s, want %s", e.name, o.Site, e.site)
		case strings.Count(e.text, "\n(assert_") == 0:
			t.Errorf("%s: nothing is asserted", e.name)
		case otherChoices[e.name] && !ForOneChoice(e.text):
			t.Errorf("%s does not say that it is for one choice", e.name)
		}
	}
	t.Logf("%d files were run", len(files))
}

var trapComment = regexp.MustCompile(`(?m)^;; (\S+/\S+): .*\n(;; No .*\n)?\(assert_trap`)

// trapIn is the site of the trap that a .wast ends with, as its comment says; empty: it ends otherwise.
func trapIn(text string) string {
	if m := trapComment.FindStringSubmatch(text); m != nil {
		return m[1]
	}
	return ""
}

var comparison = regexp.MustCompile(`\(call \$differs-i(?:32|64) \(i32.const (\d+)\) \(i(?:32|64).const (\d+)\)`)

// Of each file every comparison in turn is made to fail. The test then fails, with few exceptions, and where it does it has returned instead of
// trapping, and told the line, but for those whose code cannot return.
func TestDifferencesAreTold(t *testing.T) {
	r := newWastRun(t)
	told, trapped, passed := 0, 0, map[string]int{}
	for _, e := range written(t) {
		for _, m := range comparison.FindAllStringSubmatchIndex(e.text, -1) {
			text := e.text[:m[4]] + "77777" + e.text[m[5]:]
			d, o := r.failure(t, e, text, spec.SingleTable)
			switch {
			case d == nil:
				passed[e.name]++
			case !strings.HasPrefix(o.Got, "returned"):
				trapped++
			default:
				told++
				driven := strings.Contains(e.text, "(component $host") // it may see first what comes of a difference
				if line := e.text[m[2]:m[3]]; !driven && d.Kind == wast.AssertReturn && !r.tells(t, e, text, line) {
					t.Errorf("%s: line %s differs, and what is told is %s", e.name, line, o)
				}
			}
			r.forget(text)
		}
	}
	t.Logf("%d comparisons: %d told, %d trap otherwise, not noticed: %v", told+trapped+len(passed), told, trapped, passed)
	if told < 1000 || trapped > told/25 {
		t.Errorf("%d differences are told, %d end in another trap", told, trapped)
	}
	for name := range passed {
		if !unnoticed[name] {
			t.Errorf("%s: a comparison fails and the test passes", name)
		}
	}
}

// tells reports whether some directive returns a line.
func (r *wastRun) tells(t *testing.T, e exported, text, line string) bool {
	_, outcomes := r.run(t, e, text, spec.SingleTable)
	return slices.ContainsFunc(outcomes, func(o wast.Outcome) bool { return strings.Contains(o.Got, "returned (u32.const "+line+")") })
}

// unnoticed are the files in which some difference is not noticed: a trap comes from what another instance does before anybody could tell, or
// the comparison is behind the call that traps.
var unnoticed = map[string]bool{
	"resource.drop-done-after-others-acted": true, "trap-waitableset.drop-waiting": true, "trap-canon_waitable_join-sync-waiter": true,
	"trap-canon_subtask_cancel-delivered": true, "thread.yield-trap-canon_lift-blocked": true, "thread.resume-later-trap-table.get-empty": true,
	"stream.drop-readable-trap-copyend.drop-copying": true, "stream.cancel-read-trap-cancel_copy-in-set": true, "return-trap-canon_lift-blocked": true,
	"waitable-set.wait-uncancellable-stream_write-dropped-with-something": true,
}

func (r *wastRun) forget(text string) {
	if p := r.programs[text]; p != nil {
		r.runner.Forget(p)
		delete(r.programs, text)
	}
}

// The old syntax says the same: a trace with a callback and realloc is run in it too.
func TestOldSyntaxRuns(t *testing.T) {
	r := newWastRun(t)
	ran := 0
	for _, e := range written(t) {
		if !strings.Contains(e.text, "(callback ") || e.refused != nil {
			continue
		}
		text, err := OldWAST(e.trace)
		if err != nil || strings.Contains(text, "(memory (core") || strings.Contains(text, "(callback (core") || text == e.text {
			t.Fatalf("%s: %v", e.name, err)
		}
		if d, o := r.failure(t, e, text, spec.SingleTable); d != nil {
			t.Errorf("%s: line %d: %s", e.name, d.Line, o)
		}
		ran++
	}
	if ran < 5 {
		t.Errorf("%d were run", ran)
	}
}

// What the driver cannot do is an error that says what.
func TestDriverRefuses(t *testing.T) {
	const head = "world mine\ninstance A  memory 64\nfunc A.give() -> stream<u8>\nfunc A.say(string)\n"
	for lines, want := range map[string]string{
		"host: invoke A.give\nA: stream.new u8\nA: return 1\nhost: shared.read 0 33\n": "the host copies 33 elements: 32 are the most",
		"without": "is switched off",
		"host: invoke A.say 1\nA: return\nhost: invoke A.say 9\nA: return\n":           "strings in several encodings",
		"host: invoke A.give\nA: stream.new u8\nA: return 1\nhost: shared.read 0 32\n": "",
	} {
		trace := read(t, head+strings.TrimPrefix(lines, "without"))
		if lines == "without" {
			trace.Without = []spec.Site{"drop/type"}
		}
		_, err := WAST(trace)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s%v, want …%s…", lines, err, want)
		}
	}
}
