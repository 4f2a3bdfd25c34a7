package suite

import (
	"strings"

	"cabi/model"
	"cabi/spec"
)

// departs reports whether a trace does not happen again with a trap switched off.
func departs(t *model.Trace, without spec.Site) bool {
	again, err := model.ReplayOptions{Without: map[spec.Site]bool{without: true}}.Run(t)
	return err != nil || again.Departs != nil
}

// unnamed is a trace for a runtime that reports traps without names: it says that there is a trap, and not which.
func unnamed(t *model.Trace) *model.Trace {
	other := *t
	other.Lines = nil
	for _, l := range t.Lines {
		if l.Kind == model.LineStop && strings.HasPrefix(l.Text, "trap ") {
			l.Text, l.Results = "trap", ""
		}
		other.Lines = append(other.Lines, l)
	}
	return &other
}

// trapOf is the trap that a trace ends with; empty: none.
func trapOf(t *model.Trace) spec.Site {
	if len(t.Lines) == 0 {
		return ""
	}
	last := t.Lines[len(t.Lines)-1]
	site, is := strings.CutPrefix(last.Text, "trap ")
	if last.Kind != model.LineStop || !is {
		return ""
	}
	return spec.Site(site)
}
