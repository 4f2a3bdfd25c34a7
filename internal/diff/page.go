package diff

import (
	_ "embed"
	"fmt"
	"io"
)

//go:embed proposals.md
var proposalsIntro string

// A Proposal is a proposal of upstream with what was recorded of it.
type Proposal struct {
	Branch, Commit string
	Report         *Report
}

// WriteProposals writes the page of proposals: the tutorial, and the report of each.
func WriteProposals(w io.Writer, proposals []Proposal) {
	fmt.Fprint(w, proposalsIntro)
	for _, p := range proposals {
		r := *p.Report
		r.New = p.Branch
		r.Judged = nil
		fmt.Fprintf(w, "\n## `%s`, %s\n\n%s\n", p.Branch, p.Commit, r.Summary())
		at := &writer{w: w, markdown: true}
		r.writeLacks(at)
		r.writeTraces(at)
		r.writeFindings(at)
		r.writeDifferences(at)
		r.writeBuiltins(at)
		r.writePromises(at)
		r.writeText(at)
	}
}
