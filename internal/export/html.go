package export

import (
	_ "embed"
	"html/template"
	"strings"

	"cabi/model"
)

//go:embed page.html
var page string

var pageTemplate = template.Must(template.New("page").Parse(page))

// HTML writes a trace as one page that steps through it, with the tables of each instance. It needs nothing else, and has
// the trace as text in it. html/template escapes all that comes from the trace, in the data of the script too.
func HTML(t *model.Trace) (string, error) {
	made, frames, err := recordStates(t)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = pageTemplate.Execute(&b, map[string]any{
		"World": made.World.Name, "Variant": made.Variant.Name, "ID": t.ID(), "Comments": made.Comments, "Violates": made.Violates,
		"Trace": made.String(), "Frames": frames,
	})
	return b.String(), err
}
