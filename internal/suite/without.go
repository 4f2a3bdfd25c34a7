package suite

import (
	"strings"

	"cabi/model"
	"cabi/spec"
)

// departs reports whether a trace does not happen again with a trap switched off. Where that is a trap that keeps the
// tables in order, the port, not the Python, may have no answer: that is another end too.
func departs(t *model.Trace, without spec.Site) (departs bool) {
	defer func() {
		if got := recover(); got != nil {
			if _, fault := got.(*spec.Fault); !fault {
				panic(got)
			}
			departs = true
		}
	}()
	again, err := model.ReplayOptions{Without: map[spec.Site]bool{without: true}}.Run(t)
	return err != nil || again.Departs != nil
}

// blind is a trace as a runtime can follow it that cannot tell one trap from another: it says only that there is one.
func blind(t *model.Trace) *model.Trace {
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
