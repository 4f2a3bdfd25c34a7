package diff

import (
	_ "embed"
	"fmt"
	"io"

	"cabi/model"
)

//go:embed proposals.md
var proposalsIntro string

// A Proposal is a proposal of upstream with what was recorded of it.
type Proposal struct {
	Branch, Commit string
	Claims         []Claim
	Report         *Report
}

// A Claim is what a proposal says of itself, in its message, prose or tests, and what was found.
type Claim struct {
	Where, Says, Found string
	// Is reports whether a report shows what was found.
	Is func(*Report) bool
}

// A Commit is a commit of upstream's history that was compared with the one before it.
type Commit struct {
	Hash, Message string
	Report        *Report
}

// WriteProposals writes the page of proposals: the tutorial, what was found in upstream's history, and the report of each proposal.
func WriteProposals(w io.Writer, proposals []Proposal, commits []Commit) {
	fmt.Fprint(w, proposalsIntro)
	fmt.Fprint(w, "\n## Commits of upstream's history of 2026\n\nEach was compared with the one before it, with `--budget 0.0267`; 6c67aa1 with the default budget in the worlds `handovers` and `promotes` alone, and aeb5d21 in\n`alone` and `transfers`.\n\n")
	writeHistory(w, commits)
	for _, p := range proposals {
		r := *p.Report
		r.New = p.Branch
		r.Judged = nil
		fmt.Fprintf(w, "\n## `%s`, %s\n\n%s\n", p.Branch, p.Commit, r.Summary())
		at := &writer{w: w, markdown: true}
		r.writeLacks(at)
		writeClaims(w, p.Claims)
		r.writeTraces(at)
		r.writeFindings(at)
		r.writeDifferences(at)
		r.writeRoundTrips(at)
		r.writeBuiltins(at)
		r.writePromises(at)
		r.writeText(at)
	}
}

func writeClaims(w io.Writer, claims []Claim) {
	fmt.Fprint(w, "\n### What it says of itself, and what was found\n\n")
	for _, c := range claims {
		fmt.Fprintf(w, "- %s: %s Found: %s\n", c.Where, c.Says, c.Found)
	}
}

// writeHistory writes the table of commits, each against the one before it.
func writeHistory(w io.Writer, commits []Commit) {
	fmt.Fprint(w, "| commit | its message | differences | promises | the shortest difference |\n|---|---|---|---|---|\n")
	for _, c := range commits {
		r := c.Report
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s |\n", c.Hash, c.Message, kindsOf(r), promisesOf(r), shortestOf(r))
	}
}

func kindsOf(r *Report) string {
	switch {
	case len(r.Definitions) == 0:
		return "none: no definition differs"
	case !r.Observable():
		return "none within the bound"
	}
	text := model.Counted(len(r.Differences), "kind")
	if n := len(r.Builtins); n > 0 {
		text += ", " + model.Counted(n, "new built-in")
	}
	return text
}

func promisesOf(r *Report) string {
	n := map[Verdict]int{}
	for _, b := range r.Promises {
		n[b.Verdict]++
	}
	if len(r.Promises) == 0 {
		return "as before"
	}
	return fmt.Sprintf("%d broken now, %d hold now", n[New], n[Cured])
}

func shortestOf(r *Report) string {
	if len(r.Differences) == 0 {
		return ""
	}
	d := r.Differences[0]
	return fmt.Sprintf("%s, in %s after %s", d.Kind, d.World, model.Counted(d.Actions, "action"))
}
