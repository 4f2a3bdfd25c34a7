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
	programs map[string]*wast.Program       // by text
	choices  map[string]func() spec.Choices // by name of the file
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
	r := &wastRun{tools, wast.NewRunner(t.Context()), map[string]*wast.Program{}, map[string]func() spec.Choices{}}
	t.Cleanup(func() { r.runner.Close(); tools.Close() })
	return r
}

// run runs a text, and returns the directives with their outcomes. Threads go on by the runner's policy, as under cabi wast, but in files that
// say that they are for one choice and do not pass so: these run under choices by which the exported file passes.
func (r *wastRun) run(t *testing.T, e exported, text string, variant *spec.Variant) ([]*wast.Directive, []wast.Outcome) {
	t.Helper()
	choices, known := r.choices[e.name]
	if !known {
		choices = wast.Policy
		if other := r.otherChoices(t, e); other != nil {
			choices = other
		}
		r.choices[e.name] = choices
	}
	p := r.program(t, e, text)
	return p.Script.Directives, r.runner.Run(p, choices, variant)
}

// otherChoices are choices by which an exported file passes, if the trace is by others than the first candidates; nil: it is not, or there are none.
func (r *wastRun) otherChoices(t *testing.T, e exported) func() spec.Choices {
	t.Helper()
	if e.trace == nil || !slices.ContainsFunc(e.trace.Choices, func(n uint32) bool { return n != 0 }) {
		return nil
	}
	if !ForOneChoice(e.text) {
		t.Errorf("%s does not say that it is for one choice", e.name)
	}
	runner := wast.NewRunner(t.Context()) // one without the faults of the other
	defer runner.Close()
	return runner.PassesUnder(r.program(t, e, e.text), spec.SingleTable, wast.Bounds{Departures: 3, Runs: 5000})
}

// program is a text, prepared once.
func (r *wastRun) program(t *testing.T, e exported, text string) *wast.Program {
	t.Helper()
	if p := r.programs[text]; p != nil {
		return p
	}
	script, err := wast.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", e.name, err)
	}
	r.programs[text] = wast.Prepare(script, r.tools)
	return r.programs[text]
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
		case e.site != "" && o.Site != e.site && siteUnder[e.name] != o.Site:
			t.Errorf("%s: trapped at %s, want %s", e.name, o.Site, e.site)
		case strings.Count(e.text, "\n(assert_") == 0:
			t.Errorf("%s: nothing is asserted", e.name)
		}
	}
	t.Logf("%d files were run", len(files))
}

// siteUnder are sites of traps that are told as another by component/: wazero does not tell where a core table ends.
var siteUnder = map[string]string{"thread.new-indirect-trap-table.get-bounds": "Table.get/empty"}

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
	for name := range unnoticed {
		if passed[name] == 0 {
			t.Errorf("%s: all comparisons that fail are noticed", name)
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
	"callback-stream_read-dropped-with-nothing": true, "return-trap-canon_lift-blocked": true, "stream.cancel-read-trap-cancel_copy-in-set": true,
	"stream.drop-readable-trap-copyend.drop-copying": true, "thread.resume-later-trap-table.get-empty": true,
	"thread.yield-trap-canon_lift-blocked": true, "trap-canon_waitable_join-sync-waiter": true, "trap-waitableset.drop-waiting": true,
	"waitable-set.poll-cancellable-stream_write-dropped-with-nothing": true, "waitable-set.poll-uncancellable-future_write-completed": true,
	"waitable-set.wait-cancellable-stream_write-dropped-with-nothing-after-others-acted": true,
	"waitable-set.wait-uncancellable-subtask-returned-after-others-acted":                true,
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
