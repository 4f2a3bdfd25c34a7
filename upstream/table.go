package upstream

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"cabi/spec"
)

// WriteTo writes what the runs reached: each built-in with its outcomes, each choice with its branches, and each trap
// and assert that no run ended at.
func (c *Coverage) WriteTo(out io.Writer) (int64, error) {
	n := &counter{out: out}
	fmt.Fprintf(n, "%d runs, %d actions; %d runs ended without a stop; the median run has %d built-ins\n\n", c.Runs, c.Steps, c.Ended, c.Median())
	c.writeOps(n)
	c.writeChoices(n)
	c.writeCrashes(n)
	c.writeSites(n)
	return n.n, n.err
}

func (c *Coverage) writeOps(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ACTION\tTIMES\tOUTCOMES\tSTOPS")
	for _, op := range slices.Sorted(maps.Keys(c.Ops)) {
		total, stops := 0, 0
		var outcomes []string
		for _, outcome := range slices.Sorted(maps.Keys(c.Ops[op])) {
			n := c.Ops[op][outcome]
			total += n
			if strings.Contains(outcome, " ") {
				stops++
			} else {
				outcomes = append(outcomes, fmt.Sprintf("%s %d", outcome, n))
			}
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%d kinds\n", op, total, strings.Join(outcomes, ", "), stops)
	}
	w.Flush()
}

func (c *Coverage) writeChoices(out io.Writer) {
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CHOICE\tBRANCHES")
	for _, site := range slices.Sorted(maps.Keys(c.Choices)) {
		branches := c.Choices[site]
		keys := slices.Sorted(maps.Keys(branches))
		var texts []string
		for _, k := range keys[:min(8, len(keys))] {
			texts = append(texts, fmt.Sprintf("%d: %d", k, branches[k]))
		}
		if len(keys) > 8 {
			texts = append(texts, fmt.Sprintf("and %d more", len(keys)-8))
		}
		fmt.Fprintf(w, "%s\t%s\n", site, strings.Join(texts, ", "))
	}
	w.Flush()
}

func (c *Coverage) writeCrashes(out io.Writer) {
	if len(c.Crashes) == 0 {
		return
	}
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CRASH\tTIMES")
	for _, crash := range slices.Sorted(maps.Keys(c.Crashes)) {
		fmt.Fprintf(w, "%s\t%d\n", crash, c.Crashes[crash])
	}
	w.Flush()
}

// writeSites writes the sites that no run ended at: traps that were evaluated, those that were not even that, and the
// reason why, where it is known; and the asserts that failed.
func (c *Coverage) writeSites(out io.Writer) {
	fired := map[string]int{}
	total := map[string]int{}
	evaluated := 0
	for _, p := range places() {
		total[p.kind]++
		if c.Fired[p.site] > 0 {
			fired[p.kind]++
		}
		if c.Fired[p.site]+c.Held[p.site] > 0 {
			evaluated++
		}
	}
	fmt.Fprintf(out, "\n%d of %d sites evaluated; runs ended at %d of %d traps and at %d of %d asserts\n",
		evaluated, len(places()), fired["trap"], total["trap"], fired["assert"], total["assert"])
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SITE\tPYTHON\tKIND\tFIRED\tHELD\tNOTE")
	for _, p := range places() {
		if (p.kind == "trap") == (c.Fired[p.site] > 0) && c.Fired[p.site]+c.Held[p.site] > 0 {
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%d\t%s\n", p.site, p.at, p.kind, c.Fired[p.site], c.Held[p.site], unreached[p.site])
	}
	w.Flush()
}

// Unreached are the traps that no run ended at and that nothing is known to keep them from.
func (c *Coverage) Unreached() []spec.Site {
	var sites []spec.Site
	for _, p := range places() {
		if p.kind == "trap" && c.Fired[p.site] == 0 && unreached[p.site] == "" {
			sites = append(sites, p.site)
		}
	}
	return sites
}

// unreached says why no run ends at a trap.
var unreached = map[spec.Site]string{
	"canon_lift.thread_func/code": "unpack_callback_result lets no other code through",
}

// A counter counts what is written through it, and keeps the first error.
type counter struct {
	out io.Writer
	n   int64
	err error
}

func (c *counter) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.out.Write(b)
	c.n += int64(n)
	c.err = err
	return n, err
}
