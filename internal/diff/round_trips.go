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

const (
	roundTrips     = 100 // how many there are
	roundTripsSeed = 1
	mostRoundTrips = 3 // that are shown
)

// apart are those that come back on one version only as what was passed; of nil, none.
func (r *RoundTrips) apart() []RoundTrip {
	if r == nil {
		return nil
	}
	return r.Apart
}

// shown are the first of these.
func (r *RoundTrips) shown() []RoundTrip {
	apart := r.apart()
	return apart[:min(len(apart), mostRoundTrips)]
}

// compareRoundTrips makes round trips on both versions, if one lifts or lowers otherwise than the other.
func (c *comparison) compareRoundTrips() error {
	if c.Runs == 0 || !slices.ContainsFunc(c.text.definitions, func(d Definition) bool { return aboutValues.MatchString(d.Name) }) {
		return nil
	}
	trips := upstream.RoundTrips(roundTripsSeed, 0, roundTrips)
	made := make([][2]*model.Report, len(trips))
	c.each("round trips", len(trips), func(i int) { made[i] = [2]*model.Report{c.Old.roundTrip(trips[i]), c.New.roundTrip(trips[i])} })
	if c.stopped {
		return nil
	}
	r := &RoundTrips{Types: len(trips), Apart: []RoundTrip{}}
	for i, m := range made {
		c.addCoreTypes(differing(m[0].OtherTypes, m[1].OtherTypes))
		switch old, new := m[0].Violation(), m[1].Violation(); {
		case new != nil && old == nil:
			r.Apart = append(r.Apart, roundTripOf(trips[i], new, false))
		case old != nil && new == nil:
			r.Apart = append(r.Apart, roundTripOf(trips[i], old, true))
		}
	}
	slices.SortStableFunc(r.Apart, func(a, b RoundTrip) int { return cmp.Compare(len(a.Function), len(b.Function)) })
	c.report.RoundTrips = r
	return nil
}

// aboutValues are the names of the definitions that lift, lower and lay out values.
var aboutValues = regexp.MustCompile(`^((lift|lower)_flat|flatten|join|load|store|alignment|elem_size|max_case|discriminant|align_to|despecialize|CoreValueIter|ListType|MAX_FLAT|(un)?pack_flags|(wrap|decode|encode|convert|char)_)`)

// roundTrip makes a round trip on the version. What is violated is how it does not come back as what was passed.
func (v *Version) roundTrip(t upstream.RoundTrip) *model.Report {
	return t.Search(model.Search{Variant: cmp.Or(v.Variant, spec.SingleTable), Source: v.Source}).Run()
}

func roundTripOf(t upstream.RoundTrip, v *model.Violation, old bool) RoundTrip {
	_, function, _ := strings.Cut(t.World.Text(), "\nfunc ")
	function, _, _ = strings.Cut(function, "\n")
	return RoundTrip{function, v.Message, traceOf(v), old}
}
