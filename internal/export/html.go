package export

import (
	_ "embed"
	"html/template"
	"strings"

	"cabi/model"
)

//go:embed page.html
var page string

//go:embed parts.html
var partsText string

// parts are the parts that pages share: how they look, and how they step through a trace.
var parts = template.Must(template.New("parts").Parse(partsText))

var pageTemplate = template.Must(template.Must(parts.Clone()).New("page").Parse(page))

// HTML writes a trace as one page that steps through its lines and shows the tables of each instance. The page needs no other
// file. html/template escapes everything that comes from the trace, in the data of the script too.
func HTML(t *model.Trace) (string, error) {
	made, states, err := recordStates(t)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = pageTemplate.Execute(&b, map[string]any{
		"World": made.World.Name, "Variant": made.Variant.Name, "ID": t.ID(), "Comments": made.Comments, "Violates": made.Violates,
		"Trace": made.String(), "Frames": states,
	})
	return b.String(), err
}
