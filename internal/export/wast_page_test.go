package export

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"cabi/internal/port"
	"cabi/model"
	"cabi/spec"
)

const exportsPage = "../../docs/generated/exports.md"

// docs/generated/exports.md is what comes of the exported files: which traces are refused, which runtimes that number otherwise fail which file,
// and which that lack a trap fail none. Every variant fails one at least, and so do 8 of 9 runtimes that lack a trap; why the others do not is known.
func TestDocsExports(t *testing.T) {
	r := newWastRun(t)
	var b strings.Builder
	b.WriteString("# Exported tests, judged\n\nMade by `go test ./internal/export -run Docs -write`. [traces.md](../traces.md#exports) says how traces become `.wast`.\n\n")
	r.writeRefused(t, &b)
	r.writeNumbering(t, &b)
	r.writeTraps(t, &b)
	if *write {
		if err := os.WriteFile(exportsPage, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(exportsPage); err != nil || string(want) != b.String() {
		t.Errorf("%s is stale (%v): go test ./internal/export -run Docs -write", exportsPage, err)
	}
}

func (r *wastRun) writeRefused(t *testing.T, b *strings.Builder) {
	all, err := exports()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string][]string{}
	var reasons []string
	for _, e := range all {
		if e.refused == nil {
			continue
		}
		_, reason, cannot := strings.Cut(e.refused.Error(), "a .wast cannot say it: ")
		if !cannot {
			t.Errorf("%s: %v", e.name, e.refused)
		}
		if names[reason] == nil {
			reasons = append(reasons, reason)
		}
		names[reason] = append(names[reason], e.name)
	}
	slices.SortStableFunc(reasons, func(x, y string) int { return len(names[y]) - len(names[x]) })
	files := written(t)
	fmt.Fprintf(b, "## Traces\n\nOf %d traces, %d are exported, in %d of which `assert_trap` wants the message that upstream's tests state. The others are refused:\n\n", len(all), len(files), withMessage(files))
	b.WriteString("| reason | traces | |\n|---|---|---|\n")
	for _, reason := range reasons {
		fmt.Fprintf(b, "| %s | %d | %s |\n", reason, len(names[reason]), some(names[reason]))
	}
	if 100*len(files) < 85*len(all) {
		t.Errorf("%d of %d are exported", len(files), len(all))
	}
}

// withMessage is how many files want a trap with a message.
func withMessage(files []exported) int {
	n := 0
	for _, e := range files {
		if strings.Contains(e.text, "\n(assert_trap") && !strings.Contains(e.text, `"")`) {
			n++
		}
	}
	return n
}

// some are the first of many names.
func some(names []string) string {
	if len(names) > 4 {
		return strings.Join(names[:4], ", ") + " …"
	}
	return strings.Join(names, ", ")
}

func (r *wastRun) writeNumbering(t *testing.T, b *strings.Builder) {
	b.WriteString("\n## Runtimes that number handles otherwise\n\nHow many files each variant fails, and which of those that are written for this.\n\n| variant | fails | of `suite/written` |\n|---|---|---|\n")
	for _, v := range spec.Variants {
		if v == spec.SingleTable {
			continue
		}
		fails := 0
		var own []string
		for _, e := range written(t) {
			if d, _ := r.failure(t, e, e.text, v); d == nil {
				continue
			}
			fails++
			if e.trace.World.Name == "numbering" {
				own = append(own, e.name)
			}
		}
		if len(own) == 0 {
			t.Errorf("no trace of suite/written fails under %s", v.Name)
		}
		fmt.Fprintf(b, "| `%s` | %d | %s |\n", v.Name, fails, strings.Join(own, ", "))
	}
}

func (r *wastRun) writeTraps(t *testing.T, b *strings.Builder) {
	sites := trapSites(t)
	var missed []string
	for _, site := range sites {
		r.runner.Without = map[spec.Site]bool{spec.Site(site): true}
		if why := r.escapes(t, site); why != "" {
			missed = append(missed, fmt.Sprintf("| `%s` | %s |", site, why))
		}
	}
	r.runner.Without = nil
	fmt.Fprintf(b, "\n## Runtimes that lack a trap\n\nOf %d traps, each switched off in turn, %d are missed by an exported file. Those that are not:\n\n| trap | why |\n|---|---|\n%s\n",
		len(sites), len(sites)-len(missed), strings.Join(missed, "\n"))
	if 9*len(missed) > len(sites) {
		t.Errorf("%d of %d traps are not missed", len(missed), len(sites))
	}
}

// escapes says why no file fails while a trap is switched off; empty: one does.
func (r *wastRun) escapes(t *testing.T, site string) string {
	files := written(t)
	slices.SortStableFunc(files, func(x, y exported) int { return b2i(y.site == site) - b2i(x.site == site) })
	instead := map[string]bool{}
	for _, e := range files {
		d, o := r.failure(t, e, e.text, spec.SingleTable)
		if d != nil {
			return ""
		}
		if e.site == site {
			instead[o.Site] = true
		}
	}
	var other []string
	for s := range instead {
		if s == "" {
			other = append(other, "a deadlock")
			continue
		}
		other = append(other, "`"+s+"`")
	}
	if slices.Sort(other); len(other) > 0 {
		return "another trap comes instead, and the messages do not tell: " + strings.Join(other, ", ")
	}
	return r.refusal(t, site)
}

// refusal says why no exported file takes a trap.
func (r *wastRun) refusal(t *testing.T, site string) string {
	all, _ := exports()
	for _, e := range all {
		if last := e.trace.Lines[len(e.trace.Lines)-1]; e.refused != nil && last.Kind == model.LineStop && last.Text == "trap "+site {
			_, reason, _ := strings.Cut(e.refused.Error(), "cannot say it: ")
			return "the trace is refused: " + reason
		}
	}
	if site != "canon_lift.thread_func/code" {
		t.Errorf("no trace takes %s", site)
	}
	return "it can never be taken"
}

func b2i(is bool) int {
	if is {
		return 1
	}
	return 0
}

// trapSites are the sites of all traps.
func trapSites(t *testing.T) (sites []string) {
	t.Helper()
	roots, err := port.Roots(spec.Source, "spec")
	if err != nil {
		t.Fatal(err)
	}
	report, err := port.Check(roots[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range report.Sites {
		if s.Kind == "trap" {
			sites = append(sites, s.Name)
		}
	}
	return sites
}
