package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Each command of the table in docs/findings.md finds what its row says, after so many actions, and where it stops at a site
// the line is that of the site.
func TestFindings(t *testing.T) {
	if testing.Short() {
		t.Skip("explores several worlds for some ten seconds")
	}
	rows := regexp.MustCompile("(?m)^\\| \\d+ \\| (.*) \\| (\\d+) \\| `cabi (check .*)` \\| (\\d+) \\|$").
		FindAllStringSubmatch(string(must(os.ReadFile("../../docs/findings.md"))), -1)
	if len(rows) < 10 {
		t.Fatalf("the table has %d rows, want at least ten", len(rows))
	}
	printed := map[string]string{}
	for _, row := range rows {
		finding, actions, command, line := row[1], row[2], row[3], row[4]
		if printed[command] == "" {
			printed[command], _, _ = execute(newRootCommand(), strings.Fields(command)...)
		}
		if !strings.Contains(printed[command], " is violated after "+actions+" action") {
			t.Errorf("%s: cabi %s does not find it after %s actions:\n%s", finding, command, actions, printed[command])
		}
		if strings.Contains(finding, "An assert fails") && !failsAt(printed[command], line) {
			t.Errorf("%s: cabi %s makes no assert of line %s fail", finding, command, line)
		}
	}
}

// failsAt reports whether an output has an assert that fails at a line of definitions.py.
func failsAt(printed, line string) bool {
	sites, _, _ := execute(newSitesCommand(), "--json=false")
	for _, m := range regexp.MustCompile(`(?m)^assertion-failure ([^:\n]+):`).FindAllStringSubmatch(printed, -1) {
		of := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(m[1]) + ` .* ` + line + ` +assert`)
		if of.MatchString(sites) {
			return true
		}
	}
	return false
}

// Each place that the second table of docs/findings.md names is an assert of that function, at that line.
func TestFindingsLines(t *testing.T) {
	sites, _, _ := execute(newSitesCommand(), "--json=false")
	rows := regexp.MustCompile("(?m)^\\| .* \\| asserts? in (`.*`) \\| ([\\d, ]+) \\|$").FindAllStringSubmatch(string(must(os.ReadFile("../../docs/findings.md"))), -1)
	if len(rows) < 8 {
		t.Fatalf("the table has %d rows with asserts, want at least eight", len(rows))
	}
	for _, row := range rows {
		functions := strings.ReplaceAll(strings.ReplaceAll(row[1], "`, `", "|"), "`", "")
		for line := range strings.SplitSeq(row[2], ", ") {
			if !regexp.MustCompile(`(?m)^\S+ +(` + functions + `)(\.\S+)? +\d+ +` + line + ` +assert`).MatchString(sites) {
				t.Errorf("%s has no assert in line %s", functions, line)
			}
		}
	}
}

// The traces that docs/findings.md shows after a command are what the command prints.
func TestFindingsTraces(t *testing.T) {
	if testing.Short() {
		t.Skip("explores several worlds")
	}
	shown := regexp.MustCompile(`(?m)^    \$ cabi (.*)\n((?:    .*\n)+)`).FindAllStringSubmatch(string(must(os.ReadFile("../../docs/findings.md"))), -1)
	if len(shown) < 4 {
		t.Fatalf("the page shows %d outputs, want four", len(shown))
	}
	for _, m := range shown {
		out, _, _ := execute(newRootCommand(), strings.Fields(m[1])...)
		for line := range strings.Lines(m[2]) {
			_, after, found := strings.Cut(out, strings.TrimPrefix(line, "    "))
			if !found {
				t.Errorf("cabi %s does not print, after what the page has before it: %s", m[1], line)
				break
			}
			out = after
		}
	}
}
