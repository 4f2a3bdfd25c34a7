package main

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"cabi/internal/traps"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// generatedDir is the folder of the generated pages.
const generatedDir = "../../docs/generated"

// TestDocsTraps keeps docs/generated/traps.md and its programs true. Making them takes a minute; unless they are written or CABI_LONG is
// set, the test checks only that every trap and assert is in the page, that the page links to every program and to nothing else, that
// every program takes its trap, and that with the trap switched off it violates the property that the page says.
func TestDocsTraps(t *testing.T) {
	trapRows, assertRows, err := siteRowsByKind()
	if err != nil {
		t.Fatal(err)
	}
	if *write || os.Getenv("CABI_LONG") != "" {
		defer debug.SetGCPercent(debug.SetGCPercent(400))
		compareTraps(t, traps.Find(namesOfRows(trapRows), namesOfRows(assertRows), nil).Files(trapRows, assertRows))
	}
	page := string(must(os.ReadFile(filepath.Join(generatedDir, traps.Page))))
	for _, row := range slices.Concat(trapRows, assertRows) {
		if !strings.Contains(page, "`"+string(row.Site)+"`") {
			t.Errorf("%s does not speak of %s", traps.Page, row.Site)
		}
	}
	if strings.Contains(page, "not explained") || strings.Contains(page, "Not explained") {
		t.Errorf("%s does not explain an exception: say why in internal/traps/exceptions.go", traps.Page)
	}
	checkTraps(t, page, trapRows)
}

// compareTraps compares the page and its programs with new ones, or writes the new ones.
func compareTraps(t *testing.T, files map[string]string) {
	t.Helper()
	if *write {
		if err := traps.Write(generatedDir, files); err != nil {
			t.Fatal(err)
		}
		return
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		compareDoc(t, filepath.Join(generatedDir, name), []byte(files[name]))
	}
}

// checkTraps runs every program of the page.
func checkTraps(t *testing.T, page string, rows []traps.Row) {
	files := programsOfTraps(t)
	linked := map[string]bool{}
	for _, m := range regexp.MustCompile(`\((traps/[^)]+)\)`).FindAllStringSubmatch(page, -1) {
		if linked[m[1]] = true; files[m[1]] == "" {
			t.Errorf("%s links to %s, which is missing", traps.Page, m[1])
		}
	}
	taken, needed := 0, 0
	for name, text := range files {
		if !linked[name] {
			t.Errorf("%s does not link to %s", traps.Page, name)
		}
		trace, err := model.ParseTrace(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(trace.Without) > 0 {
			needed++
			checkBroken(t, siteOfProgram(t, name, rows), trace)
		} else {
			taken++
			checkTaken(t, siteOfProgram(t, name, rows), trace)
		}
	}
	if 100*taken < 95*len(rows) || 100*needed < 90*taken {
		t.Errorf("%d of %d traps are taken, %d of them needed: too few", taken, len(rows), needed)
	}
}

// programsOfTraps are the programs of the page, by name.
func programsOfTraps(t *testing.T) map[string]string {
	t.Helper()
	names := must(filepath.Glob(filepath.Join(generatedDir, "traps", "*")))
	files := map[string]string{}
	for _, name := range names {
		files["traps/"+filepath.Base(name)] = string(must(os.ReadFile(name)))
	}
	return files
}

// siteOfProgram is the trap that a program is named after.
func siteOfProgram(t *testing.T, name string, rows []traps.Row) string {
	t.Helper()
	for _, row := range rows {
		if slices.Contains(traps.ProgramNames(row.Site), name) {
			return string(row.Site)
		}
	}
	t.Errorf("%s is named after no trap", name)
	return ""
}

// checkTaken runs a program that takes a trap.
func checkTaken(t *testing.T, site string, trace *model.Trace) {
	again, err := model.RunTrace(trace, trace.Variant)
	switch {
	case err != nil:
		t.Errorf("%s: %v", site, err)
	case again.Departs != nil:
		t.Errorf("%s: departs at %s, got %s", site, again.Departs, again.Got)
	case model.SiteOf(again.Stopped) != site:
		t.Errorf("%s: got %v", site, again.Stopped)
	}
}

// checkBroken runs a program with a trap switched off, which is to violate a property.
func checkBroken(t *testing.T, site string, trace *model.Trace) {
	property, _, _ := strings.Cut(trace.Violates, ":")
	var checkers []model.Checker
	for _, p := range properties.Promises() {
		checkers = append(checkers, p.New())
	}
	again, err := model.ReplayOptions{Checkers: checkers}.Run(trace)
	if err != nil || again.Departs != nil {
		t.Errorf("without %s: it does not happen again: %v, %v", site, err, again)
	}
	if !slices.ContainsFunc(checkers, func(c model.Checker) bool { return c.Property() == property && c.Violation() != "" }) ||
		!slices.Equal(trace.Without, []spec.Site{spec.Site(site)}) {
		t.Errorf("without %s: %s is not violated", trace.Without, property)
	}
	trace.Without = nil
	if again, err := model.RunTrace(trace, trace.Variant); err != nil || model.SiteOf(again.Stopped) != site {
		t.Errorf("%s: the program does not take the trap that it shows to be needed: %v", site, err)
	}
}

// The programs of docs/generated/traps.md without a trap switched off do the same on definitions.py as on the port.
func TestDocsTrapsUpstream(t *testing.T) {
	dir := checkoutDir(t)
	for name, text := range programsOfTraps(t) {
		trace, err := model.ParseTrace(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if len(trace.Without) > 0 {
			continue
		}
		if out, code, err := replayText(t, text, "--upstream", dir); code != 0 {
			t.Errorf("%s: exit %d, %v:\n%s", name, code, err, out)
		}
	}
}

// A directory that cannot be made is bad input, and is found out before the work.
func TestTrapsOutput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"traps", "-o", filepath.Join(file, "x")}, {"traps", "--json", "-o", "x"}} {
		if _, code, err := execute(newRootCommand(), args...); code != 2 {
			t.Errorf("%v: exit %d, %v, want 2", args, code, err)
		}
	}
}

// A trap is switched off by a flag, or by the trace's header, in text and in JSON.
func TestReplayWithout(t *testing.T) {
	const text = "world handles\nA: resource.new R 100\nA: resource.rep S 1 -> 100\n"
	if out, code, _ := replayText(t, text, "--without", "canon_resource_rep/type"); code != 0 {
		t.Errorf("exit %d:\n%s", code, out)
	}
	trace := must(model.ParseTrace(strings.NewReader(strings.Replace(text, "\n", "  without canon_resource_rep/type\n", 1))))
	for _, text := range []string{trace.String(), trace.JSON()} {
		if out, code, _ := replayText(t, text); code != 0 {
			t.Errorf("exit %d:\n%s\n%s", code, text, out)
		}
	}
	if _, code, _ := replayText(t, text); code != 1 {
		t.Errorf("with the trap: exit %d, want 1", code)
	}
	if _, code, _ := replayText(t, text, "--without", "no/site"); code != 2 {
		t.Errorf("an unknown site: exit %d, want 2", code)
	}
}
