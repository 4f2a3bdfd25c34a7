package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cabi/internal/export"
	"cabi/internal/findings"
	"cabi/internal/port"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
	"cabi/suite"
)

// A figure is a number that a page quotes: the phrase that has it, with %s in its place, and the number as the program has it now.
type figure struct {
	page, phrase string
	now          func(t *testing.T) string
}

// figures are all figures in the prose of the pages. Outputs that pages show are compared by the tests that follow the pages (TestReadme,
// TestTutorial, TestVariantsPage), generated pages by the tests that make them, and the counts of states that take minutes,
// those of docs/generated/performance.md, by TestPerformancePage where CABI_LONG is set.
var figures = []figure{
	{"README.md", "it compares %s ways to number handles", allVariants},
	{"docs/tutorial.md", "compares\nall %s variants", allVariants},
	{"CHANGELOG.md", "%s variants of how handles are numbered", allVariants},
	{"docs/variants.md", "## Adding a %sth", func(*testing.T) string { return strings.Replace(inWords(len(spec.Variants)+1), "twelve", "twelf", 1) }},
	{"README.md", "after %s actions an assert", ofFutures},
	{"README.md", "lists all %s findings", func(*testing.T) string { return fmt.Sprint(len(findings.All)) }},
	{"README.md", "a repair; %s are live defects", func(*testing.T) string {
		live := 0
		for _, f := range findings.All {
			if f.IsLive() {
				live++
			}
		}
		return fmt.Sprint(live)
	}},
	{"docs/tutorial.md", "`cabi check futures` takes %s actions", ofFutures},
	{"README.md", "is that design, and %s\nactions show",
		func(t *testing.T) string {
			return inWords(printed(t, `violated after (\d+) actions`, "check", "handles", "--variant", "per-type", "--property", "unique-in-instance"))
		}},
	{"docs/tutorial.md", "runs with more than %s actions", func(*testing.T) string { return inWords(model.WorldByName("handles").Bounds.Steps) }},
	{"docs/tutorial.md", "or with more than %s handles at once", func(*testing.T) string { return inWords(model.WorldByName("handles").Bounds.Handles) }},
	{"docs/tutorial.md", "the subject of %s of the", func(t *testing.T) string {
		return fmt.Sprint(printed(t, `(\d+) properties not exercised`, "check", "handles"))
	}},
	{"docs/tutorial.md", "of the %s properties, such as", func(*testing.T) string { return fmt.Sprint(len(properties.For(model.WorldByName("handles")))) }},
	{"README.md", "some %s questions that people asked", someExamples},
	{"docs/README.md", "some %s questions that people asked", someExamples},
	{"docs/tutorial.md", "some %s questions that people asked", someExamples},
	{"README.md", "some %s short traces", someTraces},
	{"CHANGELOG.md", "some %s short traces", someTraces},
	{"CHANGELOG.md", "first makes %s random runs", func(*testing.T) string { return fmt.Sprint(layoutRuns + valueRuns) }},
	{"docs/traces.md", "some %s traces, of", someTraces},
	{"docs/traces.md", "of %s actions on the average", func(t *testing.T) string { return inWords(int(math.Round(averageLength(t)))) }},
	{"docs/traces.md", "about %s in ten of the\nreference traces can be said", func(t *testing.T) string { return inWords(int(math.Round(10 * partAsWAST(t)))) }},
	{"docs/traces.md", "lacks one of the %s traps fails", allTraps},
	{"docs/traces.md", "departs from some trace: of %s, for", allTraps},
	{"docs/traces.md", ", for %s; the other can never", func(t *testing.T) string { return inCoverage(t, `a trace detects it: (\d+) of`) }},
	{"docs/traces.md", "trap from another, for %s;", func(t *testing.T) string { return inCoverage(t, `cannot tell one trap from another: (\d+) of`) }},
	{"docs/traces.md", "a trace at most %s lines", mostLines},
	{"docs/traces.md", "reads both, up to %s lines", mostLines},
	{"docs/traces.md", "A trace of more than %s lines", mostPictured},
	{"docs/traces.md", "gives up\nafter %s actions", mostLines},
	{"docs/admits.md", "of the last %s, that", func(t *testing.T) string {
		return fmt.Sprint(constant(t, "../../model/admits_repair.go", "mostRepairs"))
	}},
	{"docs/admits.md", "refusal took, and %s more", func(t *testing.T) string { return grouped(constant(t, "../../model/admits_repair.go", "leastSteps")) }},
	{"docs/admits.md", "which is %s if it is not given", func(t *testing.T) string { return newAdmitsCommand().Flag("gap").DefValue }},
	{"docs/litmus.md", "takes more than %s actions, beside", func(t *testing.T) string { return fmt.Sprint(constant(t, "../../model/litmus.go", "mostActions")) }},
	{"docs/faithfulness.md", "some %s runs that were recorded", func(t *testing.T) string { return grouped(100 * (recordedRuns(t) / 100)) }},
	{"docs/faithfulness.md", "of the %s traps.", allTraps},
	{"docs/faithfulness.md", "\n- %s of the", func(t *testing.T) string { return fmt.Sprint(countSites(t, "trap") - unreached(t, "trap")) }},
	{"docs/faithfulness.md", "All %s asserts that fail", func(t *testing.T) string { return fmt.Sprint(countSites(t, "assert") - unreached(t, "assert")) }},
	{"docs/faithfulness.md", "The others hold: %s whatever", unreachable},
	{"docs/faithfulness.md", "is one of the %s.", unreachable},
}

// notFigures are the other numbers of the pages: what no command prints, and why.
var notFigures = []struct{ page, pattern, why string }{
	{"*", "(?s)(^|\n)```.*?\n```", "code, and outputs that the tests of the pages compare"},
	{"*", "(?m)^(?:    |\t).*$", "the same"},
	{"*", "`[^`]*`", "code"},
	{"*", `\]\([^)]*\)`, "links"},
	{"*", `#\d+|\b[0-9a-f]{7}\b|\d{4}-\d\d-\d\d|December 20\d\d`, "issues, commits and dates"},
	{"*", `(?m)^\d+\. `, "lists"},
	{"*", `(?i)(exits?|ends) (code\s+)?(is |with )\d[^.;]*`, "exit codes, which have tests of their own"},
	{"*", `exit code \d|ends every command with \d`, "the same"},
	{"README.md", `Go 1\.26|Apache-2\.0`, "versions"},
	{"docs/README.md", `in 2024`, "a date"},
	{"CHANGELOG.md", `64 bits|i64s|32 bits`, "the width of a type"},
	{"CHANGELOG.md", `WASI 0\.2|jco 1\.35\.0|componentize-qjs 0\.4\.5 and componentize-js 0\.23\.0`, "versions"},
	{"docs/traces.md", `first 12 digits|SHA-256`, "how a file is named"},
	{"docs/page.md", `(?s)A link may be 400,000.*?together\.`, "limits, which internal/explorer, internal/step and the page have as constants"},
	{"docs/page.md", `4\.5 to 1|360 to 2,400`, "what the tests of internal/page/browser hold the page to"},
	{"docs/page.md", `(?s) prints what the page takes\..*`, "sizes and times, measured once; make page-figures measures them again"},
	{"docs/design.md", `64 bits|uint64|128 bits|256 bytes|16 bytes|\(8 if the|20 bytes|256th key|13 bits|100,000 pairs`, "how the search is built, measured once"},
	{"docs/design.md", `42,218 states|27,470|987 kB|and 11 a path|0\.2 s|1\.9 in 100`, "a checkpoint, and what comparing with coroutines takes, measured once"},
	{"docs/design.md", `36 unexported identifiers|another 30`, "the reason for a decision, counted when it was taken"},
	{"docs/litmus.md", `64 bits|2\^64`, "widths of numbers"},
	{"docs/glossary.md", `128 bits`, "how the search is built"},
	{"docs/faithfulness.md", `3\.11 or later|depth 4|2\^\d+|4096 bytes`, "versions, and what random runs are made of"},
	{"docs/faithfulness.md", `has 16 built-ins`, "random runs, of which cabi upstream prints more than the page says"},
	{"docs/faithfulness.md", `240,000 random runs|500,000 before|100,000, and|10,000\.|200,000`, "hours of random runs on upstream's Python"},
	{"docs/source.md", `(?m)^\| [a-z-]+ \| \d+ \| [\d,]+ \| [\d,]+ \|$`, "the table that TestLockstepTable of properties compares"},
	{"docs/source.md", `20,000 runs of seed 77 do, 200 of|2,000,000 runs of seed 2026, made 20,000`, "hours of runs on upstream's Python"},
	{"docs/source.md", `(?s)\n## How fast it is\n.*?\n## `, "times and memory, measured once; benchmarks measure them again"},
	{"docs/conform.md", `numbered from 1 in|at rest is 0|(?s)## The protocol, version 1.*## Writing an adapter`, "the protocol, which TestSession and TestSchema of internal/conform compare"},
	{"docs/conform.md", `(?s)\n## What it costs\n.*`, "times, measured once; TestFaults of internal/conform has the actions"},
	{"docs/scale.md", `128 bits|files of 16 bytes|fewer than 500 states|\(2,3,2\) and \(2,4,1\)`, "numbers in cmd/cabi-beam, and the sizes that its tests explore"},
	{"docs/scale.md", `(?s)\n### What it costs\n.*`, "times and bytes, measured once, and what they come to on paper"},
	{"docs/induction.md", `within 8 actions|numbers are 1 and 1:|sets they are 3 and 2, for lends 3 and 3\.`, "an example, and the numbers that the command checks"},
	{"docs/traces.md", `[Vv]ersion [01]|1 MiB|JSON Schema \(2020-12\)|64 bits|from [01]\b|: 0 is the first|2\^64|4294967295`, "the format, which tests compare with what is read"},
	{"docs/traces.md", `UTF-8|64 KiB|component-model#716`, "what things are called, and the size of a page of memory"},
	{"docs/traces.md", `400 MB`, "measured once, and depends on the machine"},
	{"docs/run.md", `version 0\.2|1 GiB|begin at 0|2 for bad input; 3 if|candidate 1 in choice 3, counted from 0|such as 0 and 1|is then 0\. It is 1 if anything was found, and 3`,
		"versions, examples, and exit codes"},
	{"docs/admits.md", `and line 14|before line 14|exit code 3`, "the output above it, which TestAdmitsPage compares, and an exit code"},
	{"docs/admits.md", `(?m)^\| \w+ \| [\d,]+ \|.*$`, "measured once, and depends on the machine"},
	{"docs/worlds.md", `(?m)^\| .* \|$`, "the meaning of each line, with what it is if it is missing"},
	{"docs/worlds.md", `(?s)\n## Deeper than the bounds\n.*`, "searches that were made once"},
	{"docs/worlds.md", `50,000`, "the output above it, which TestWorldsPage compares"},
	{"docs/worlds.md", `and otherwise 0|more than 16|is 0 until|address 0`, "values and addresses"},
	{"docs/tutorial.md", `index 1`, "an index"},
	{"docs/variants.md", `index is 2`, "an index"},
}

// notRead are pages that are about numbers of upstream's text, or were measured for hours.
var notRead = map[string]string{
	"docs/findings.md":    "TestDocsFindings makes it, and runs its commands",
	"docs/conformance.md": "TestDocsConformance of internal/conformance makes it of what is recorded",
	"docs/ask.md":         "TestDocsAsk makes it of the examples, and runs them",
	"docs/prose.md":       "lines of upstream's prose",
	"docs/mutants.md":     "mutants take hours",
	"docs/toolchains.md":  "TestDocsToolchains of internal/toolchains makes it of what is recorded",
	"docs/wast.md":        "TestDocsWast makes it of upstream's scripts, and compares; its times were measured once",
	"docs/proposals.md":   "TestProposalsPage makes it of recorded reports",
	"docs/porting.md":     "a port of a branch, made once by hand",
	"docs/history.md":     "traces and constants, which TestHistoryPage of spec/history and properties/history_test.go compare",
}

// Each entry of the lists is about a page that there is, and each of notFigures says something of it. Otherwise nothing would be compared.
func TestFiguresAreOnPages(t *testing.T) {
	pages := pagesWithFigures(t)
	for _, f := range figures {
		if pages[f.page] == "" {
			t.Errorf("figures has %q for %s, and there is no such page", f.phrase, f.page)
		}
	}
	for _, n := range notFigures {
		if n.page != "*" && !regexp.MustCompile(n.pattern).MatchString(pages[n.page]) {
			t.Errorf("notFigures has %q for %s, and nothing there is so", n.pattern, n.page)
		}
	}
	for page := range notRead {
		if _, err := os.Stat("../../" + page); err != nil {
			t.Errorf("notRead has %s, and there is no such page", page)
		}
	}
}

// TestFigures compares each figure in README and docs with what the program has now, and fails on a number that is neither compared nor
// listed with the reason why it is not.
func TestFigures(t *testing.T) {
	for page, text := range pagesWithFigures(t) {
		for _, f := range figures {
			if f.page != page {
				continue
			}
			phrase := fmt.Sprintf(f.phrase, f.now(t))
			if !strings.Contains(strings.ToLower(text), strings.ToLower(phrase)) {
				t.Errorf("%s does not say %q", page, phrase)
			}
			text = withoutPhrase(text, f.phrase)
		}
		for _, n := range notFigures {
			if n.page == "*" || n.page == page {
				text = regexp.MustCompile(n.pattern).ReplaceAllString(text, "")
			}
		}
		for line := range strings.Lines(text) {
			if regexp.MustCompile(`\d`).MatchString(line) {
				t.Errorf("%s has a number that no entry of figures or notFigures explains: %s", page, line)
			}
		}
	}
}

// withoutPhrase leaves the number of a phrase out of a text.
func withoutPhrase(text, phrase string) string {
	before, after, _ := strings.Cut(phrase, "%s")
	pattern := "(?i)(" + regexp.QuoteMeta(before) + `)[\d,]*\d(` + regexp.QuoteMeta(after) + ")"
	return regexp.MustCompile(pattern).ReplaceAllString(text, "$1$2")
}

// pagesWithFigures are the pages that people write, each with its text.
func pagesWithFigures(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, pattern := range []string{"README.md", "CHANGELOG.md", "docs/*.md"} {
		for _, file := range must(filepath.Glob("../../" + pattern)) {
			if page := strings.TrimPrefix(filepath.ToSlash(file), "../../"); notRead[page] == "" {
				pages[page] = string(must(os.ReadFile(file)))
			}
		}
	}
	return pages
}

func allVariants(*testing.T) string { return inWords(len(spec.Variants)) }

func allTraps(t *testing.T) string { return fmt.Sprint(countSites(t, "trap")) }

func unreachable(t *testing.T) string {
	return fmt.Sprint(len(listed(t, "../../spec/sites_unreachable_test.go", "unreachable")) - len(listed(t, "../../spec/sites_unreachable_test.go", "neverEvaluated")))
}

// ofFutures is how many actions the finding of the world futures takes.
func ofFutures(*testing.T) string {
	i := slices.IndexFunc(properties.KnownDefects, func(d properties.Defect) bool { return d.World == "futures" })
	return inWords(properties.KnownDefects[i].Actions)
}

func someExamples(*testing.T) string {
	files := slices.Concat(must(filepath.Glob("../../examples/*.litmus")), must(filepath.Glob("../../examples/*.cabi")))
	return inWords(10 * ((len(files) + 5) / 10))
}

func someTraces(t *testing.T) string { return fmt.Sprint(100 * ((len(referenceTraces(t)) + 50) / 100)) }

// referenceTraces are the traces of the suite.
func referenceTraces(t *testing.T) []*model.Trace {
	t.Helper()
	var traces []*model.Trace
	for _, file := range must(fs.Glob(suite.Traces, "traces/*.cabi")) {
		traces = append(traces, must(model.ParseTrace(strings.NewReader(string(must(suite.Traces.ReadFile(file)))))))
	}
	return traces
}

// averageLength is how many actions a trace of the suite has, as its coverage says.
func averageLength(t *testing.T) float64 {
	var traces, actions float64
	if _, err := fmt.Sscanf(inCoverage(t, `(\d+ traces of \d+) actions`), "%f traces of %f", &traces, &actions); err != nil {
		t.Fatal(err)
	}
	return actions / traces
}

// partAsWAST is the part of the suite that can be written as .wast.
func partAsWAST(t *testing.T) float64 {
	traces, said := referenceTraces(t), 0
	for _, trace := range traces {
		if _, err := export.WAST(trace); err == nil {
			said++
		}
	}
	return float64(said) / float64(len(traces))
}

// mostLines is how many lines a trace may have, as the one that has more is refused.
func mostLines(t *testing.T) string {
	t.Helper()
	_, err := model.ReadTrace(strings.NewReader("world handles\n" + strings.Repeat("\n", 1<<21)))
	if err == nil || !strings.Contains(err.Error(), fmt.Sprint(1<<21)) {
		t.Errorf("a trace of %d lines and one more is not refused with that number: %v", 1<<21, err)
	}
	return grouped(1 << 21)
}

// mostPictured is how many lines a picture may have, as the one that has more is refused.
func mostPictured(t *testing.T) string {
	t.Helper()
	lines := strings.Repeat("A: resource.new R 1\nA: resource.drop R 1\n", 60)
	_, err := export.SVG(must(model.ParseTrace(strings.NewReader("world handles\n" + lines))))
	if err == nil {
		t.Fatal("a long trace is drawn")
	}
	return regexp.MustCompile(`\d+`).FindString(err.Error())
}

func recordedRuns(t *testing.T) int {
	t.Helper()
	file := must(os.Open("../../internal/upstream/testdata/vectors.jsonl.gz"))
	defer file.Close()
	return bytes.Count(must(io.ReadAll(must(gzip.NewReader(file)))), []byte("\n"))
}

// countSites is how many traps or asserts definitions.py has.
func countSites(t *testing.T, kind string) int {
	t.Helper()
	n := 0
	for _, s := range must(port.Check(must(portRoots(""))[0])).Sites {
		if s.Kind == kind {
			n++
		}
	}
	return n
}

// unreached is how many of them neither runs of guests that keep the rules nor of hosts that do reach.
func unreached(t *testing.T, kind string) int {
	t.Helper()
	const never, runs = "../../spec/sites_unreachable_test.go", "../../internal/upstream/unreached.go"
	if kind == "trap" {
		return len(listed(t, never, "neverEvaluated"))
	}
	return len(listed(t, never, "unreachable")) - len(listed(t, never, "neverEvaluated")) + len(listed(t, runs, "onlyInvalid")) + len(listed(t, runs, "onlyWildHosts"))
}

// listed are the sites of a list or map in a source.
func listed(t *testing.T, file, name string) []string {
	t.Helper()
	source := must(parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution))
	var sites []string
	ast.Inspect(source, func(n ast.Node) bool {
		value, is := n.(*ast.ValueSpec)
		if !is || value.Names[0].Name != name {
			return true
		}
		for _, e := range value.Values[0].(*ast.CompositeLit).Elts {
			if pair, is := e.(*ast.KeyValueExpr); is {
				e = pair.Key
			}
			sites = append(sites, e.(*ast.BasicLit).Value)
		}
		return false
	})
	if len(sites) == 0 {
		t.Fatalf("%s has no list %s", file, name)
	}
	return sites
}

// constant is the value of a constant in a source.
func constant(t *testing.T, file, name string) int {
	t.Helper()
	m := regexp.MustCompile(`(?m)^\s*(?:const )?` + name + `\s+= (.*)$`).FindSubmatch(must(os.ReadFile(file)))
	if m == nil {
		t.Fatalf("%s has no constant %s", file, name)
	}
	value := must(types.Eval(token.NewFileSet(), nil, token.NoPos, string(m[1])))
	return must(strconv.Atoi(value.Value.ExactString()))
}

// inCoverage is what a pattern finds in the coverage of the suite, a generated page.
func inCoverage(t *testing.T, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(string(must(os.ReadFile("../../suite/traces/coverage.md"))))
	if m == nil {
		t.Fatalf("the coverage has no %s", pattern)
	}
	return m[1]
}

// printed is the number that a pattern finds in what a command prints.
func printed(t *testing.T, pattern string, args ...string) int {
	t.Helper()
	out, _, _ := execute(newRootCommand(), args...)
	m := regexp.MustCompile(pattern).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("cabi %s prints no %s:\n%s", strings.Join(args, " "), pattern, out)
	}
	return must(strconv.Atoi(m[1]))
}

// inWords writes a number as pages do.
func inWords(n int) string {
	words := strings.Fields("no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen")
	switch {
	case n < len(words):
		return words[n]
	case n < 100 && n%10 == 0:
		return strings.Fields("ten twenty thirty forty fifty sixty seventy eighty ninety")[n/10-1]
	}
	return fmt.Sprint(n)
}

// grouped writes a number with its digits in groups of three.
func grouped(n int) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
