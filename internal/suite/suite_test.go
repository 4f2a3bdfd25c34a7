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

var write = flag.Bool("write", false, "generate the suite in traces/ anew")

const dir = "../../suite/traces"

func sites(t *testing.T) []Site {
	t.Helper()
	sites, err := TrapSites()
	if err != nil {
		t.Fatal(err)
	}
	return sites
}

// read reads the suite in traces/.
func read(t *testing.T) *Suite {
	t.Helper()
	s, err := Read(os.DirFS(dir), sites(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The suite in traces/ is the one that is generated.
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

// What coverage.md claims of the traces is so, as they are replayed; each trace happens again, says what it shows, and
// shows what no other does, or tells a trap missing.
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
		if len(of.Shows) == 0 {
			t.Errorf("%s does not happen again", of.Name)
		}
		if len(of.Alone) == 0 && len(of.Tells) == 0 {
			t.Errorf("%s shows nothing that the others do not", of.Name)
		}
	}
}

// The suite shows every trap but the one that nothing takes, every action, and every step that can be taken; no trace
// takes one that cannot.
func TestComplete(t *testing.T) {
	c := read(t).Coverage()
	if len(c.Missing) != 1 || c.Missing[0].Name != "canon_lift.thread_func/code" {
		t.Errorf("traps that no trace takes: %v", c.Missing)
	}
	if len(c.Ops) > 0 || len(c.Steps) > 0 {
		t.Errorf("no trace shows actions %v, steps %v", c.Ops, c.Steps)
	}
	for thing := range c.By {
		if rank(thing) == 3 && !slices.ContainsFunc(Steps, func(s Step) bool { return s.Not == "" && s.Thing() == thing }) {
			t.Errorf("%s is taken in %v, which is said to be impossible", thing, c.By[thing])
		}
	}
}

// A runtime that lacks one trap departs from the suite, as a rule even if it cannot tell one trap from another.
func TestDetects(t *testing.T) {
	c := read(t).Coverage()
	n := len(c.Suite.Sites)
	if 100*len(c.Found) < 99*n {
		t.Errorf("%s are detected", share(len(c.Found), n))
	}
	if 100*len(c.Told) < 95*n {
		t.Errorf("%s are detected by who cannot tell traps apart", share(len(c.Told), n))
	}
}

// A trace that stands for nothing is left out, and the shorter of two that show the same stays.
func TestCover(t *testing.T) {
	long := &candidate{actions: 5, text: "long", shows: []Goal{"a", "b"}}
	short := &candidate{actions: 1, text: "short", shows: []Goal{"a"}}
	other := &candidate{actions: 2, text: "other", shows: []Goal{"b"}}
	kept := cover([]*candidate{long, short, other})
	if !slices.Equal(kept, []*candidate{other, short}) {
		t.Errorf("kept %v", kept)
	}
}

// The programs given by hand are taken to the traps that they are for.
func TestGiven(t *testing.T) {
	for _, trace := range given() {
		if site := trapOf(trace); !strings.HasSuffix(string(site), "/may-leave") || !departs(blind(trace), site) {
			t.Errorf("without %q it is the same:\n%s", site, trace)
		}
	}
}

// Upstream's Python does what each trace says.
func TestUpstreamAgrees(t *testing.T) {
	checkout := os.Getenv(upstream.DirVariable)
	if checkout == "" {
		t.Skip("set " + upstream.DirVariable + " to the directory design/mvp/canonical-abi of a checkout of WebAssembly/component-model")
	}
	python, err := upstream.NewReplayer(checkout)
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

// Of two runs with the same options, both make the same files.
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
