package export

import (
	"fmt"
	"strings"

	"cabi/internal/page"
	steps "cabi/internal/step"
	"cabi/model"
)

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
	Text     string // of the file
}

// A LitmusClaim is a claim with its verdict.
type LitmusClaim struct {
	Verdict model.Verdict `json:"verdict"`
	Number  int           `json:"line"` // of the line
	Text    string        `json:"text"`
	Why     string        `json:"why"` // how many ways are so, or why the claim says nothing
}

// mostOutcomes is how many outcomes a page has at most, each with a trace.
const mostOutcomes = 200

// A shownOutcome is an outcome with a trace to step through.
type shownOutcome struct {
	How     string           `json:"how"`
	Ways    string           `json:"ways"`
	Details []string         `json:"details"`
	Play    *steps.Recording `json:"play"`
}

// Litmus writes all outcomes of a litmus file as one page, each with a trace of a way to it to step through. The page needs no other file.
func Litmus(p LitmusPage) (string, error) {
	shown := p.Outcomes[:min(mostOutcomes, len(p.Outcomes))]
	outcomes := []shownOutcome{}
	for _, o := range shown {
		made, _, err := replay(o.Trace)
		if err != nil {
			return "", err
		}
		play, err := played(made)
		if err != nil {
			return "", err
		}
		outcomes = append(outcomes, shownOutcome{o.How, model.WaysText(o.Ways), detailsOf(o), play})
	}
	claims := p.Claims
	if claims == nil {
		claims = []LitmusClaim{}
	}
	return page.Alone(map[string]any{"outcomes": map[string]any{
		"title": p.Name, "world": fmt.Sprintf("%s, %s", p.World, p.Variant), "comments": p.Comments, "summary": p.Summary, "doubts": p.Doubts, "claims": claims,
		"outcomes": outcomes, "leftOut": len(p.Outcomes) - len(shown), "file": p.Text,
	}}, p.Text)
}

// detailsOf are what there is to say of an outcome beside how it ends.
func detailsOf(o *model.Outcome) []string {
	details := []string{}
	if len(o.Blocked) > 0 {
		details = append(details, strings.Join(o.Blocked, ", "))
	}
	if len(o.Values) > 0 {
		details = append(details, strings.Join(o.Values, "; "))
	}
	for _, property := range o.Violates {
		details = append(details, "violates "+property)
	}
	return append(details, o.Took...)
}
