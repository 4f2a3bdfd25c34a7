package conformance

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write docs/conformance.md instead of comparing it")

func recording(t *testing.T) *Recording {
	t.Helper()
	r, err := ReadRecording("testdata/results.json")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The page is what the records say.
func TestDocsConformance(t *testing.T) {
	const page = "../../docs/conformance.md"
	want := recording(t).Page()
	if *write {
		if err := os.WriteFile(page, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(page); err != nil || string(got) != want {
		t.Errorf("docs/conformance.md is not what the records say (%v): go test ./internal/conformance -run Docs -write", err)
	}
}

// The recorded files are those that are exported today, each with the text that it was run with.
func TestRecordedFiles(t *testing.T) {
	files, err := Traces("../..")
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]string{}
	for _, row := range recording(t).Traces {
		recorded[row.Name] = row.Hash
	}
	for _, f := range files {
		switch hash, there := recorded[f.Name]; {
		case !there:
			t.Errorf("%s is not recorded: make conformance", f.Name)
		case hash != Hash(f.Text):
			t.Errorf("%s is another file now than that which was run: make conformance", f.Name)
		}
		delete(recorded, f.Name)
	}
	for name := range recorded {
		t.Errorf("%s is recorded, and is exported no more: make conformance", name)
	}
}

// What is recorded is of the versions that are pinned today.
func TestRecordedVersions(t *testing.T) {
	module, err := os.ReadFile("../toolchains/wasmtime/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	pinned := regexp.MustCompile(`wasmtime-go/v\d+ (v\S+)`).FindSubmatch(module)
	if pinned == nil {
		t.Fatal("internal/toolchains/wasmtime/go.mod has no wasmtime-go")
	}
	want, err := Versions(string(pinned[1]))
	if got := recording(t).Runtimes; err != nil || !slices.Equal(got, want) {
		t.Errorf("recorded of %v, pinned are %v (%v): make conformance", got, want, err)
	}
}

// The page says rightly how many files end with an error of JavaScript's own.
func TestOwnErrors(t *testing.T) {
	types, others := 0, 0
	for _, row := range recording(t).Traces {
		class, _, _ := strings.Cut(row.Results[JCO].Got, ":")
		switch {
		case row.Results[JCO].Verdict != Differs || !slices.Contains(internal, class):
		case class == "TypeError":
			types++
		default:
			others++
		}
	}
	if want := fmt.Sprintf("it is %d files here, and %d more", types, others); !strings.Contains(seenNote, want) {
		t.Errorf("the page does not say %q", want)
	}
}

// Every difference has a cause, every cause a file, and every runtime of the table a result for each file.
func TestCauses(t *testing.T) {
	r := recording(t)
	used := map[*cause]int{}
	for _, row := range r.Traces {
		if got := row.Results[Specification].Verdict; got != Pass {
			t.Errorf("%s: %s on the specification", row.Name, got)
		}
		for _, runtime := range r.Runtimes {
			result, ran := row.Results[runtime.Name]
			if !ran {
				t.Errorf("%s was not run on %s", row.Name, runtime.Name)
			}
			if c := causeOf(row, runtime.Name); c != nil {
				used[c]++
			} else if result.Verdict == Differs || result.Verdict == Ends {
				t.Errorf("%s differs on %s, and no cause is known: %s, want %s", row.Name, runtime.Name, result.Got, result.Want)
			}
		}
	}
	for i := range causes {
		if used[&causes[i]] == 0 {
			t.Errorf("%s: no file differs because of: %s", causes[i].runtime, causes[i].title)
		}
	}
}

// Every directive of upstream's scripts that differs on another runtime, and every script that ends one, has a cause, once, and every cause is of
// what differs or ends.
func TestScriptCauses(t *testing.T) {
	r := recording(t)
	why := map[string]string{} // by runtime and directive
	for _, c := range scriptCauses {
		for _, at := range c.at {
			if key := c.runtime + " " + at; why[key] != "" {
				t.Errorf("%s has two causes", key)
			} else {
				why[key] = c.title
			}
		}
	}
	for _, row := range r.Scripts {
		for _, runtime := range r.Runtimes[1:] {
			for _, d := range row.Results[runtime.Name].Differences {
				key := fmt.Sprintf("%s %s:%d", runtime.Name, row.Name, d.Line)
				if why[key] == "" {
					t.Errorf("%s differs, and no cause is known: %s, want %s", key, d.Got, d.Want)
				}
				delete(why, key)
			}
			if key := runtime.Name + " " + row.Name; row.Results[runtime.Name].Verdict == Ends {
				if why[key] == "" {
					t.Errorf("%s ends, and no cause is known", key)
				}
				delete(why, key)
			}
		}
	}
	for key, title := range why {
		t.Errorf("%s does not differ, and it is said why: %s", key, title)
	}
}
