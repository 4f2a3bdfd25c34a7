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

// WriteTo writes what the runs reached: each action with its outcomes; each choice with its branches; the outcomes and branches
// that no run had; each trap that no run ended at, and each assert that a run did.
func (c *Coverage) WriteTo(out io.Writer) (int64, error) {
	n := &counter{out: out}
	fmt.Fprintf(n, "%d runs, %d actions; the median run has %d built-ins\n", c.Runs, c.Steps, c.Median())
	fmt.Fprintf(n, "%d runs ended without a stop, %d in a trap, %d in an assert that failed, a crash or an exception\n\n",
		c.Ended, c.Trapped, c.Runs-c.Ended-c.Trapped)
	c.writeOps(n)
	c.writeChoices(n)
	c.writeUnreached(n)
	c.writeCrashes(n)
	c.writeSites(n)
	return n.n, n.err
}

// writeOps writes each action with its outcomes: how often it returned which, how often it did so only after other actions were
// taken, and how often it stopped the run, with each kind of stop and in how many places.
func (c *Coverage) writeOps(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ACTION\tTIMES\tRETURNED\tLATER\tTRAPPED\tASSERT FAILED\tCRASHED\tEXCEPTION")
	for _, op := range slices.Sorted(maps.Keys(c.Ops)) {
		total := 0
		var returned []string
		stops := map[string]*stops{"trap": {}, "assertion-failure": {}, "crash": {}, "exception": {}}
		for _, outcome := range slices.Sorted(maps.Keys(c.Ops[op])) {
			n := c.Ops[op][outcome]
			total += n
			if kind := stops[firstWord(outcome)]; kind != nil {
				kind.times, kind.places = kind.times+n, kind.places+1
			} else {
				returned = append(returned, fmt.Sprintf("%s %d", outcome, n))
			}
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%d\t%s\t%s\t%s\t%s\n", op, total, strings.Join(returned, ", "), c.Later[op],
			stops["trap"], stops["assertion-failure"], stops["crash"], stops["exception"])
	}
	w.Flush()
}

func firstWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// stops are how often stops of one kind came, and in how many places.
type stops struct{ times, places int }

func (s *stops) String() string {
	if s.times == 0 {
		return "-"
	}
	return fmt.Sprintf("%d (%d)", s.times, s.places)
}

// writeUnreached writes the outcomes and branches of choices that no run had, with the reasons that are known.
func (c *Coverage) writeUnreached(out io.Writer) {
	fmt.Fprintln(out)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NEVER\tWHY")
	for _, what := range slices.Concat(c.missingOutcomes(), c.missingBranches()) {
		fmt.Fprintf(w, "%s\t%s\n", what, unreachedOutcomes[what])
	}
	w.Flush()
}

// missingOutcomes are the outcomes that built-ins may have and no run had: "stream.read blocked".
func (c *Coverage) missingOutcomes() []string {
	var missing []string
	for _, op := range builtins() {
		for _, outcome := range outcomesOf(op) {
			if !c.has(op, outcome) {
				missing = append(missing, op+" "+outcome)
			}
		}
	}
	return missing
}

// has reports whether a run had an outcome of a built-in.
func (c *Coverage) has(op, outcome string) bool {
	switch outcome {
	case outcomeLater:
		return c.Later[op] > 0
	case outcomeTrap:
		for o := range c.Ops[op] {
			if firstWord(o) == "trap" {
				return true
			}
		}
		return false
	}
	return c.Ops[op][outcome] > 0
}

// branches are how many candidates each choice should have been seen to take: all, or the first three.
var branches = map[spec.Site]int{
	"Store.tick/thread": 3, "Task.request_cancellation/thread": 3, "Thread.wait_until/go-on": 2, "WaitableSet.get_pending_event/order": 3,
	"canon_error_context_new/discard": 2, "canon_lift/thread": 3, "random_nan_bits/fraction": 3,
}

// missingBranches are the choices that no run made: "Store.tick/thread 2".
func (c *Coverage) missingBranches() []string {
	var missing []string
	for _, site := range slices.Sorted(maps.Keys(branches)) {
		for got := range branches[site] {
			if c.Choices[site][got] == 0 {
				missing = append(missing, fmt.Sprintf("%s %d", site, got))
			}
		}
	}
	return missing
}

// writeChoices writes how often each candidate of each choice was chosen.
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

// writeCrashes writes how often definitions.py crashed, and how.
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

// writeSites writes the traps that no run ended at, the asserts that failed, and the sites that were never evaluated, with the
// reasons that are known.
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

// A counter counts the bytes that are written through it, and keeps the first error.
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
