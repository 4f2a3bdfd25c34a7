package matrix

import (
	"fmt"

	"cabi/model"
	"cabi/spec"
)

// opaque is a guest whose bindings a generator wrote. It knows each handle by an ordinal and a type, uses it from when it gets it until
// it gives it up, and never looks at the index.
var opaque = guest{}

// confused uses a live handle, once, where a handle of another type is expected.
var confused = guest{mayMisuse: func(h issuedHandle, want *spec.Expected) bool { return !h.gone && !want.Answers(h.element) }}

// stale uses a handle, once, after its element is gone.
var stale = guest{mayMisuse: func(h issuedHandle, _ *spec.Expected) bool { return h.gone }}

// comparing does as opaque does, and also asks whether two indices that it was given are equal.
var comparing = guest{compare: func(c *lockstep, ref *transcript) string {
	for i, a := range c.handles {
		for j, b := range c.handles[:i] {
			if a.inst == b.inst && (a.index == b.index) != (ref.handles[i].index == ref.handles[j].index) {
				return fmt.Sprintf("#%d and #%d of %s: %d and %d in %s, %d and %d in %s", j, i, a.inst.Name,
					b.index, a.index, c.variant(), ref.handles[j].index, ref.handles[i].index, c.reference.Name)
			}
		}
	}
	return ""
}}

// hardCoding does as opaque does, and also asks whether an index that it was given is a certain number.
var hardCoding = guest{compare: func(c *lockstep, ref *transcript) string {
	for i, a := range c.handles {
		if a.index != ref.handles[i].index {
			return fmt.Sprintf("#%d of %s: %d in %s, %d in %s", i, a.inst.Name, a.index, c.variant(), ref.handles[i].index, c.reference.Name)
		}
	}
	return ""
}}

// Guests are the kinds of guests that may tell a variant from a reference variant. Each is a property, which says that such guests
// cannot tell.
func Guests(reference *spec.Variant) []*model.Property {
	of := func(name, does, blind string, g guest) *model.Property {
		p := &model.Property{
			Name:       name,
			Statement:  fmt.Sprintf("A guest that %s cannot tell the variant from %s: the same program meets the same outcomes, up to names.", does, reference.Name),
			Kind:       "two runs",
			Origin:     `component-model#395: "probably won't break anyone"`,
			BlindSpots: blind,
			Indices:    true,
			Question:   true,
		}
		p.New = func() model.Checker { return newLockstep(name, g, reference) }
		return p
	}
	last := "What comes after the first such use, if that use itself has the same outcome."
	return []*model.Property{
		of("opaque-guests", "treats indices as opaque and uses each for what it was issued for, until it gives it up", "Tables that are full.", opaque),
		of("confused-guests", "uses an index where an element of another type is wanted", last, confused),
		of("stale-guests", "uses an index that it has given up", last, stale),
		of("comparing-guests", "compares the indices that it was handed with each other", "Tables that are full.", comparing),
		of("hard-coding-guests", "compares an index that it was handed with a number", "Tables that are full.", hardCoding),
	}
}

func newLockstep(name string, g guest, reference *spec.Variant) *lockstep {
	c := &lockstep{guest: g, reference: reference}
	c.Name = name
	return c
}
