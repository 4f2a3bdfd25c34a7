package suite

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/internal/upstream"
	"cabi/model"
)

var write = flag.Bool("write", false, "generate the suite in suite/traces anew")

const dir = "../../suite/traces"

func sites(t *testing.T) []Site {
	t.Helper()
	sites, err := TrapSites()
	if err != nil {
		t.Fatal(err)
	}
	return sites
}

// read reads the suite in suite/traces.
func read(t *testing.T) *Suite {
	t.Helper()
	s, err := Read(os.DirFS(dir), sites(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The suite in suite/traces is the one that is generated.
func TestGenerated(t *testing.T) {
	if !*write && os.Getenv("CABI_LONG") == "" {
		t.Skip("it takes a minute: set CABI_LONG=1 to generate the suite and compare, or -write to generate it anew")
	}
	o := Default
	o.Sites = sites(t)
	files := Generate(o).Files()
	if *write {
		rewrite(t, files)
	}
	have := filesIn(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if have[name] != files[name] {
			t.Errorf("%s is stale: go test ./internal/suite -run Generated -write", name)
		}
		delete(have, name)
	}
	for name := range have {
		t.Errorf("%s is not of the suite", name)
	}
}

func rewrite(t *testing.T, files map[string]string) {
	t.Helper()
	for name := range filesIn(t) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func filesIn(t *testing.T) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = string(text)
	}
	return files
}

// The claims of coverage.md about the traces are true when the traces are replayed. Each trace happens again, says in a comment what
// it shows, and covers a goal that no other trace covers, or detects that a trap is missing.
func TestCoverage(t *testing.T) {
	s := read(t)
	c := s.Coverage()
	if text, err := os.ReadFile(filepath.Join(dir, CoverageFile)); err != nil || string(text) != c.Markdown() {
		t.Errorf("%s is stale: go test ./internal/suite -run Generated -write", CoverageFile)
	}
	t.Log("\n" + c.Summary())
	for _, of := range s.Traces {
		if len(of.Trace.Comments) != 1 {
			t.Errorf("%s: it must say what it shows in one comment", of.Name)
		}
		if len(of.Covers) == 0 {
			t.Errorf("%s does not happen again", of.Name)
		}
		if len(of.CoversAlone) == 0 && len(of.Detects) == 0 {
			t.Errorf("%s shows nothing that the others do not", of.Name)
		}
	}
}

// The suite covers every trap but the one that no program takes, every action, and every step that can be taken; no trace takes a
// step that is said to be impossible.
func TestComplete(t *testing.T) {
	c := read(t).Coverage()
	if len(c.NotTaken) != 1 || c.NotTaken[0].Name != "canon_lift.thread_func/code" {
		t.Errorf("traps that no trace takes: %v", c.NotTaken)
	}
	if len(c.NotUsed) > 0 || len(c.StepsNotTaken) > 0 {
		t.Errorf("no trace shows actions %v, steps %v", c.NotUsed, c.StepsNotTaken)
	}
	for goal := range c.By {
		if rank(goal) == 3 && !slices.ContainsFunc(Steps, func(s Step) bool { return s.Not == "" && s.Goal() == goal }) {
			t.Errorf("%s is taken in %v, which is said to be impossible", goal, c.By[goal])
		}
	}
}

// A runtime that lacks one trap departs from the suite, and nearly always does so even if it reports traps without names.
func TestDetects(t *testing.T) {
	c := read(t).Coverage()
	n := len(c.Suite.Sites)
	if 100*len(c.Detected) < 99*n {
		t.Errorf("%s are detected", share(len(c.Detected), n))
	}
	if 100*len(c.DetectedUnnamed) < 95*n {
		t.Errorf("%s are detected by a runtime that reports traps without names", share(len(c.DetectedUnnamed), n))
	}
}

// A trace whose goals the others cover is left out, and the shorter of two that cover the same is kept.
func TestCover(t *testing.T) {
	long := &candidate{actions: 5, text: "long", covers: []Goal{"a", "b"}}
	short := &candidate{actions: 1, text: "short", covers: []Goal{"a"}}
	other := &candidate{actions: 2, text: "other", covers: []Goal{"b"}}
	kept := cover([]*candidate{long, short, other})
	if !slices.Equal(kept, []*candidate{other, short}) {
		t.Errorf("kept %v", kept)
	}
}

// Each seed ends with a trap of a built-in that may not be called, and happens otherwise without it.
func TestSeeds(t *testing.T) {
	for _, trace := range seeds() {
		if site := trapOf(trace); !strings.HasSuffix(string(site), "/may-leave") || !departs(unnamed(trace), site) {
			t.Errorf("without %q it is the same:\n%s", site, trace)
		}
	}
}

// Upstream's Python does the same as each trace.
func TestUpstreamAgrees(t *testing.T) {
	checkout := os.Getenv(upstream.DirVariable)
	if checkout == "" {
		t.Skip("set " + upstream.DirVariable + " to a checkout of WebAssembly/component-model, or to its directory design/mvp/canonical-abi")
	}
	python, err := upstream.NewReplayer(upstream.DirOf(checkout))
	if err != nil {
		t.Fatal(err)
	}
	defer python.Close()
	for _, of := range read(t).Traces {
		r, err := python.Replay(of.Trace, of.Trace.Variant)
		if err != nil {
			t.Fatalf("%s: %v", of.Name, err)
		}
		if r.Departs {
			t.Errorf("%s: definitions.py departs:\n%s", of.Name, r.Difference)
		}
	}
}

// The same options give the same files.
func TestDeterministic(t *testing.T) {
	o := Options{States: 10, Runs: 5, Tries: 5, Sites: sites(t)}
	first, second := Generate(o).Files(), Generate(o).Files()
	if !maps.Equal(first, second) {
		t.Error("the files differ")
	}
	if _, err := model.ParseTrace(strings.NewReader(first["trap-task.cancel-not-delivered.cabi"])); err != nil {
		t.Error(err)
	}
}
