package main

import (
	"bytes"
	"os"
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

// TestDocsTraps checks docs/generated/traps.md. Making the page takes a minute; unless it is written or CABI_LONG is set, the test checks
// only that every trap and assert is in the page, that every program takes its trap, and that with the trap switched off it violates
// the property that the page says.
func TestDocsTraps(t *testing.T) {
	const file = "../../docs/generated/traps.md"
	trapRows, assertRows, err := siteRowsByKind()
	if err != nil {
		t.Fatal(err)
	}
	if *write || os.Getenv("CABI_LONG") != "" {
		defer debug.SetGCPercent(debug.SetGCPercent(400))
		var page bytes.Buffer
		traps.Find(namesOfRows(trapRows), namesOfRows(assertRows), nil).WriteMarkdown(&page, trapRows, assertRows)
		compareDoc(t, file, page.Bytes())
	}
	page := string(must(os.ReadFile(file)))
	for _, row := range slices.Concat(trapRows, assertRows) {
		if !strings.Contains(page, "`"+string(row.Site)+"`") {
			t.Errorf("%s does not speak of %s", file, row.Site)
		}
	}
	if strings.Contains(page, "not explained") || strings.Contains(page, "Not explained") {
		t.Errorf("%s does not explain an exception: say why in internal/traps/exceptions.go", file)
	}
	checkTraps(t, page, len(trapRows))
}

// checkTraps runs every program of the page.
func checkTraps(t *testing.T, page string, all int) {
	sections := strings.Split(page, "\n#### `")[1:]
	if len(sections) != all {
		t.Errorf("there are %d traps, want %d", len(sections), all)
	}
	reached, needed := 0, 0
	for _, s := range sections {
		site := s[:strings.Index(s, "`")]
		for _, m := range regexp.MustCompile("(?s)```\n(.*?)```").FindAllStringSubmatch(s, -1) {
			trace, err := model.ParseTrace(strings.NewReader(m[1]))
			switch {
			case err != nil:
				t.Fatalf("%s: %v", site, err)
			case len(trace.Without) > 0:
				needed++
				checkBroken(t, site, trace)
			default:
				reached++
				checkTaken(t, site, trace)
			}
		}
	}
	if 100*reached < 95*all || 100*needed < 90*reached {
		t.Errorf("%d of %d traps are reached, %d of them needed: too few", reached, all, needed)
	}
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
	page := string(must(os.ReadFile("../../docs/generated/traps.md")))
	for _, m := range regexp.MustCompile("(?s)```\n(world .*?)```").FindAllStringSubmatch(page, -1) {
		trace, err := model.ParseTrace(strings.NewReader(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		if len(trace.Without) > 0 {
			continue
		}
		if out, code, err := replayText(t, m[1], "--upstream", dir); code != 0 {
			t.Errorf("exit %d, %v:\n%s", code, err, out)
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
