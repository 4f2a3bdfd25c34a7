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
// and which that lack a trap fail none. Every variant fails one at least, and so do 95 % of the runtimes that lack a trap, and of those that give another code, order free indices otherwise or have
// a fault that was seen; why the others do not is known.
func TestDocsExports(t *testing.T) {
	r := newWastRun(t)
	var b strings.Builder
	b.WriteString("# Exported tests, judged\n\nMade by `go test ./internal/export -run Docs -write`. [traces.md](../traces.md#exports) says how traces become `.wast`.\n\n")
	r.writeRefused(t, &b)
	r.writeNumbering(t, &b)
	r.writeTraps(t, &b)
	r.writeFaults(t, &b, "Runtimes that give another code", "A code for another, in each place where core code meets it: what a built-in returns, the event of a waitable set or of a callback, and what a callback returns.", statusFaults())
	r.writeFaults(t, &b, "Runtimes that take free indices in another order", "All indices of an instance are of one table, as the specification has it.", orderFaults())
	r.writeFaults(t, &b, "Faults that were seen", "[conformance.md](../conformance.md) says where.", seenFaults())
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
	byHand := slices.DeleteFunc(slices.Clone(files), func(e exported) bool { return e.trace != nil })
	fmt.Fprintf(b, "## Traces\n\nOf %d traces, %d are exported, in %d of which `assert_trap` wants the message that upstream's tests state. Besides, %d files of `suite/written` are `.wast` that no trace can be. The other traces are refused:\n\n",
		len(all)-len(byHand), len(files)-len(byHand), withMessage(files), len(byHand))
	b.WriteString("| reason | traces | |\n|---|---|---|\n")
	for _, reason := range reasons {
		fmt.Fprintf(b, "| %s | %d | %s |\n", reason, len(names[reason]), some(names[reason]))
	}
	if 100*len(files) < 80*len(all) {
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
			if e.trace != nil && e.trace.World.Name == "numbering" {
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
	if 20*len(missed) > len(sites) {
		t.Errorf("%d of %d traps are not missed", len(missed), len(sites))
	}
}

// writeFaults writes how many of some faults make an exported file fail, and which do not, with why.
func (r *wastRun) writeFaults(t *testing.T, b *strings.Builder, title, what string, faults []fault) {
	var found, missed []string
	for _, f := range faults {
		name, ok := r.finds(t, f)
		switch why := unfound[f.name]; {
		case ok && why != "":
			t.Errorf("%s: %s fails, and it is said that none does", f.name, name)
		case ok:
			found = append(found, fmt.Sprintf("| %s | %s |", f.name, name))
		case why == "":
			t.Errorf("%s: no file fails", f.name)
		default:
			missed = append(missed, fmt.Sprintf("| %s | none: %s |", f.name, why))
		}
	}
	fmt.Fprintf(b, "\n## %s\n\n%s Of %d, %d make a file fail:\n\n| fault | a file that fails |\n|---|---|\n%s\n", title, what, len(faults), len(found),
		strings.Join(append(found, missed...), "\n"))
	if 20*len(missed) > len(faults) {
		t.Errorf("%s: %d of %d are not found", title, len(missed), len(faults))
	}
}

// unfound are the faults that no file finds, and why.
var unfound = map[string]string{
	"events of copies say COMPLETED for CANCELLED": cancelledLater, "events of copies say DROPPED for CANCELLED": cancelledLater,
}

const cancelledLater = "a copy between components is cancelled at once; only the host's may be cancelled later, and a `.wast` has no host that does"

// finds is the first file that fails with a fault.
func (r *wastRun) finds(t *testing.T, f fault) (string, bool) {
	r.runner.Without, r.runner.Observer = f.without, f.observer
	defer func() { r.runner.Without, r.runner.Observer = nil, nil }()
	variant := f.variant
	if variant == nil {
		variant = spec.SingleTable
	}
	for _, e := range written(t) {
		if d, _ := r.failure(t, e, e.text, variant); d != nil {
			return e.name, true
		}
	}
	return "", false
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
		if e.refused == nil {
			continue
		}
		if last := e.trace.Lines[len(e.trace.Lines)-1]; last.Kind == model.LineStop && last.Text == "trap "+site {
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
