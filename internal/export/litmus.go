package export

import (
	_ "embed"
	"html/template"
	"strings"

	"cabi/model"
)

//go:embed litmus.html
var litmusPage string

var litmusTemplate = template.Must(template.Must(parts.Clone()).New("litmus").Parse(litmusPage))

// A LitmusPage is what the page of a litmus file shows.
type LitmusPage struct {
	Name     string // of the file
	World    string
	Variant  string
	Comments []string // at the head of the file
	Summary  string   // how many outcomes, ways and states there are
	Doubts   []string // why the exploration shows less than the file asks
	Claims   []LitmusClaim
	Outcomes []*model.Outcome
	Lines    []string // of the file, with their numbers
}

// A LitmusClaim is a claim with its verdict.
type LitmusClaim struct {
	Verdict model.Verdict
	Number  int // of the line
	Text    string
	Why     string // how many ways are so, or why the claim says nothing
}

// Class is the class of the verdict on the page.
func (c LitmusClaim) Class() string { return strings.ReplaceAll(string(c.Verdict), " ", "-") }

// mostOutcomes is how many outcomes a page has at most, each with a trace.
const mostOutcomes = 200

// A shownOutcome is a row of the table of outcomes.
type shownOutcome struct {
	Number  int
	Ways    string
	How     string
	Details []string
}

// A shownWay is a trace to step through.
type shownWay struct {
	Trace  string  `json:"trace"`
	Frames []state `json:"frames"`
}

// Litmus writes all outcomes of a litmus file as one page, each with a trace of a way to it to step through. The page needs no other file.
func Litmus(p LitmusPage) (string, error) {
	shown := p.Outcomes[:min(mostOutcomes, len(p.Outcomes))]
	rows, ways := []shownOutcome{}, []shownWay{}
	for i, o := range shown {
		made, states, err := recordStates(o.Trace)
		if err != nil {
			return "", err
		}
		rows = append(rows, rowOf(i+1, o))
		ways = append(ways, shownWay{made.String(), states})
	}
	var b strings.Builder
	err := litmusTemplate.Execute(&b, map[string]any{
		"Name": p.Name, "World": p.World, "Variant": p.Variant, "Comments": p.Comments, "Summary": p.Summary, "Doubts": p.Doubts, "Claims": p.Claims,
		"Outcomes": rows, "LeftOut": len(p.Outcomes) - len(shown), "Lines": p.Lines, "Ways": ways,
	})
	return b.String(), err
}

// rowOf is an outcome as a row of the table.
func rowOf(number int, o *model.Outcome) shownOutcome {
	row := shownOutcome{Number: number, Ways: model.WaysText(o.Ways), How: o.How}
	if len(o.Blocked) > 0 {
		row.Details = append(row.Details, strings.Join(o.Blocked, ", "))
	}
	if len(o.Values) > 0 {
		row.Details = append(row.Details, strings.Join(o.Values, "; "))
	}
	for _, property := range o.Violates {
		row.Details = append(row.Details, "violates "+property)
	}
	row.Details = append(row.Details, o.Took...)
	return row
}
