package diff

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"cabi/internal/upstream"
	"cabi/model"
	"cabi/spec"
)

// This file has core code return what it was called with, on both versions. That says whether values are lifted as they are lowered also where the versions give
// functions other core types, so that nothing can be compared.

// RoundTrips are values of random types that the host passed, and that core code returned as it got them.
type RoundTrips struct {
	Types int         `json:"types"` // lists of types, of whose values one was passed on each version
	Apart []RoundTrip `json:"apart"` // that come back on one version only as what was passed
}

// A RoundTrip is one that does not come back as what was passed.
type RoundTrip struct {
	Function string `json:"function"` // the world's line of it; those come first whose line is shortest
	What     string `json:"what"`
	Trace    string `json:"trace"`
	Old      bool   `json:"old,omitempty"` // on the old version; on the new one it does
}

// roundTrips is how many there are.
const (
	roundTrips     = 100
	roundTripsSeed = 1
)

// compareRoundTrips makes round trips on both versions, if one lifts or lowers otherwise than the other.
func (c *comparison) compareRoundTrips() error {
	if c.Runs == 0 || !slices.ContainsFunc(c.text.definitions, func(d Definition) bool { return aboutValues.MatchString(d.Name) }) {
		return nil
	}
	trips := upstream.RoundTrips(roundTripsSeed, 0, roundTrips)
	found := make([][2]*model.Violation, len(trips))
	types := make([][]CoreTypes, len(trips))
	c.each("round trips", len(trips), func(i int) {
		found[i] = [2]*model.Violation{c.Old.roundTrip(trips[i]), c.New.roundTrip(trips[i])}
		types[i] = c.coreTypesIn(trips[i].World)
	})
	c.addCoreTypes(slices.Concat(types...))
	r := &RoundTrips{Types: len(trips), Apart: []RoundTrip{}}
	for i, v := range found {
		switch old, new := v[0], v[1]; {
		case new != nil && old == nil:
			r.Apart = append(r.Apart, roundTripOf(trips[i], new, false))
		case old != nil && new == nil:
			r.Apart = append(r.Apart, roundTripOf(trips[i], old, true))
		}
	}
	slices.SortStableFunc(r.Apart, func(a, b RoundTrip) int { return cmp.Compare(len(a.Function), len(b.Function)) })
	if !c.stopped {
		c.report.RoundTrips = r
	}
	return nil
}

// aboutValues are the names of the definitions that lift, lower and lay out values.
var aboutValues = regexp.MustCompile(`^((lift|lower)_flat|flatten|join|load|store|alignment|elem_size|max_case|discriminant|align_to|despecialize|CoreValueIter|ListType|MAX_FLAT|(un)?pack_flags|(wrap|decode|encode|convert|char)_)`)

// roundTrip is how a round trip on the version does not come back as what was passed; nil: it does.
func (v *Version) roundTrip(t upstream.RoundTrip) *model.Violation {
	r := t.Search(model.Search{Variant: cmp.Or(v.Variant, spec.SingleTable), Source: v.Source}).Run()
	if len(r.Violations) == 0 {
		return nil
	}
	return r.Violations[0]
}

func roundTripOf(t upstream.RoundTrip, v *model.Violation, old bool) RoundTrip {
	trace := *v.Trace
	trace.Violates = ""
	function, _, _ := strings.Cut(strings.TrimPrefix(t.World.Text()[strings.Index(t.World.Text(), "func "):], "func "), "\n")
	return RoundTrip{function, v.Message, trace.String(), old}
}
