package upstream

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A RoundTrip has the host pass values of random types to core code, which returns the same numbers, as values of the same types: the host must be given
// what it passed, however values are flattened and laid out in memory.
type RoundTrip struct {
	World   *model.World
	numbers []spec.CoreValue // that the host makes the values from
}

// RoundTrips are some such, which are a function of the seed and of their numbers, which begin with first.
func RoundTrips(seed uint64, first, n int) []RoundTrip {
	trips := make([]RoundTrip, n)
	for i := range trips {
		c := newChooser(seedOf(seed, first+i))
		var types []string
		for range pick(c, []int{1, 1, 2, 3}) {
			types = append(types, plainType(c))
		}
		f := model.Func{Name: "A.f0", Async: true, Lift: "stackful", Params: types, Results: types}
		if len(types) > 1 {
			f.Results = []string{"tuple<" + strings.Join(types, ",") + ">"}
		}
		trips[i].World = &model.World{
			Name:      randomValuesName,
			Instances: []model.Instance{{Name: "A", Memory: 1 << 13, Encoding: pick(c, []string{"", "utf16", "latin1+utf16"}), Memory64: c.oneIn(3)}},
			Funcs:     []model.Func{f},
			Menus:     map[string][]string{"A": {"task.return " + resultsWord(f.Results)[0]}, model.Host: {"invoke A.f0"}},
		}
		for range types {
			trips[i].numbers = append(trips[i].numbers, spec.CoreInt(c.Uint64()>>c.IntN(64)))
		}
	}
	return trips
}

// plainType makes a type without handles, streams, futures and error contexts.
func plainType(c chooser) string {
	for {
		t := randomType(c, 4, false)
		if !slices.ContainsFunc([]string{"own<", "stream", "future<", "error-context"}, func(word string) bool { return strings.Contains(t, word) }) {
			return t
		}
	}
}

// Search is a search of the two actions, with the property that what comes back is what was passed.
func (t RoundTrip) Search(s model.Search) model.Search {
	s.World, s.Workers, s.Deterministic, s.Properties = t.World, 1, true, []*model.Property{roundTrip}
	s.Bounds = model.Bounds{Steps: 2}
	f := t.World.Funcs[0]
	s.Menu = func(r *model.Run, at *model.Activation) []model.Action {
		switch {
		case r.Actions == 0:
			return []model.Action{{Op: "invoke", Imm: []string{f.Name}, Args: t.numbers}}
		case r.Actions == 1 && at.Kind == model.KindFunc:
			a := model.Action{Op: "task.return", Imm: resultsWord(f.Results), Args: at.Args}
			if a.IsTyped(r, at) { // otherwise parameters and results have other core types
				return []model.Action{a}
			}
		}
		return nil
	}
	return s
}

var roundTrip = &model.Property{Name: "round-trip", New: func() model.Checker { return &roundTripChecker{BaseChecker: model.BaseChecker{Name: "round-trip"}} }}

// A roundTripChecker compares what the host is given with what it passed. Its run has one path, so what it remembers tells no states apart.
type roundTripChecker struct {
	model.BaseChecker
	passed []spec.Value // nil: there is a NaN among them, for which others may come back
}

// Passed is told of the values that the host passes, and of those that it is given.
func (c *roundTripChecker) Passed(_ *model.Run, how model.HostPass, _ int, _ []spec.ValType, vs []spec.Value) {
	switch how {
	case model.HostStarts:
		if c.passed = vs; slices.ContainsFunc(vs, hasNaN) {
			c.passed = nil
		}
	case model.HostResolved:
		if c.NonVacuous = true; c.passed == nil {
			return
		}
		given := vs
		if len(c.passed) > 1 { // the parts of a tuple
			tuple, _ := vs[0].(spec.Dict)
			given = nil
			for _, e := range tuple {
				given = append(given, e.Value)
			}
		}
		if !slices.EqualFunc(c.passed, given, sameValue) {
			c.Message = fmt.Sprintf("the host passes %s and is given %s", formatValues(c.passed), formatValues(given))
		}
	}
}

// Stopped is told that the specification does not lower what the host passes, or refuses what it has lowered itself.
func (c *roundTripChecker) Stopped(_ *model.Run, err error) {
	if c.passed != nil {
		c.Message = fmt.Sprintf("the host passes %s, and that is refused: %s", formatValues(c.passed), err)
		c.ViolationKind = model.SiteOf(err)
	}
}

func formatValues(vs []spec.Value) string {
	texts := make([]string, len(vs))
	for i, v := range vs {
		texts[i] = model.FormatValue(v)
	}
	return strings.Join(texts, " ")
}

// hasNaN reports whether there is a NaN in a value.
func hasNaN(v spec.Value) bool {
	switch v := v.(type) {
	case spec.Float:
		return math.IsNaN(v.Float64())
	case spec.List:
		return slices.ContainsFunc(v, hasNaN)
	case spec.Dict:
		return slices.ContainsFunc(v, func(e spec.Entry) bool { return hasNaN(e.Value) })
	}
	return false
}

// sameValue reports whether a value that was passed comes back as another. Strings are the same if their text is, whatever their encoding. The host passes
// numbers as f32 that are not, and are rounded.
func sameValue(a, b spec.Value) bool {
	switch a := a.(type) {
	case spec.String:
		b, is := b.(spec.String)
		return is && a.S == b.S
	case spec.Float:
		b, is := b.(spec.Float)
		return is && (a == b || float64(float32(a.Float64())) == b.Float64())
	case spec.List:
		b, is := b.(spec.List)
		return is && slices.EqualFunc(a, b, sameValue)
	case spec.Dict:
		b, is := b.(spec.Dict)
		if !is || len(a) != len(b) {
			return false
		}
		for i := range a {
			if a[i].Label != b[i].Label || !sameValue(a[i].Value, b[i].Value) {
				return false
			}
		}
		return true
	}
	return a == b
}
