package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cabi/spec"
)

// largestValue bounds the bytes of a value, so that a hostile world cannot exhaust the memory of this machine. Validation lets larger
// ones through.
const largestValue = 1 << 16

// validateType says which rule a type breaks, or that it is too large for this program; nil: neither.
func validateType(t spec.ValType) error {
	if bad := validateParts(t); bad != nil {
		return bad
	}
	if size := largestPart(t); size > largestValue {
		return fmt.Errorf("a value of type %s takes %d bytes: validation lets it through, but here at most %d are possible",
			shorten(spec.TypeName(t)), size, largestValue)
	}
	return nil
}

// validateParts says which rule a type breaks; nil: none.
func validateParts(t spec.ValType) *Invalid {
	if bad := validateShape(t); bad != nil {
		return bad
	}
	for _, part := range partsOf(t) {
		if part == nil {
			return ruleType.breaks("%s has a part without a type", shorten(spec.TypeName(t)))
		}
		if bad := validateParts(part); bad != nil {
			return bad
		}
	}
	if size := spec.ElementSize(t, spec.I64); size >= 1<<28 {
		return ruleSize.breaks("a value of type %s takes %d bytes", shorten(spec.TypeName(t)), size)
	}
	return nil
}

// largestPart is how many bytes a value of a type takes, or of a type in it, whichever is more.
func largestPart(t spec.ValType) uint64 {
	size := spec.ElementSize(t, spec.I64)
	for _, part := range partsOf(t) {
		size = max(size, largestPart(part))
	}
	return size
}

// validateShape says which rule a type breaks by itself.
func validateShape(t spec.ValType) *Invalid {
	name := func() string { return shorten(spec.TypeName(t)) }
	switch t := t.(type) {
	case *spec.FlagsType:
		if n := len(t.Labels); n < 1 || n > 32 {
			return ruleFlags.breaks("%s has %d labels", name(), n)
		}
		return validateLabels(t.Labels)
	case *spec.EnumType:
		return validateLabels(t.Labels)
	case *spec.RecordType:
		return validateLabels(labelsOf(t.Fields, func(f spec.FieldType) string { return f.Label }))
	case *spec.VariantType:
		return validateLabels(labelsOf(t.Cases, func(c spec.CaseType) string { return c.Label }))
	case *spec.MapType:
		if !isKey(t.K) {
			return ruleKey.breaks("%s has keys of another type", name())
		}
	case *spec.ListType:
		if t.L != nil && *t.L == 0 {
			return ruleFixedLength.breaks("%s has no element", name())
		}
	case *spec.StreamType:
		if _, chars := t.T.(spec.CharType); chars {
			return ruleStreamChar.breaks("%s carries chars", name())
		}
		return validateElement(t, t.T)
	case *spec.FutureType:
		return validateElement(t, t.T)
	}
	return nil
}

// validateElement says whether a stream or future may not carry elements of a type.
func validateElement(of, element spec.ValType) *Invalid {
	if element != nil && hasBorrow(element) {
		return ruleElementBorrow.breaks("%s carries a borrow", shorten(spec.TypeName(of)))
	}
	return nil
}

// validateResult says which rule a type breaks as the result of a function.
func validateResult(t spec.ValType) error {
	if err := validateType(t); err != nil {
		return err
	}
	if hasBorrow(t) {
		return ruleResultBorrow.breaks("its result has type %s", shorten(spec.TypeName(t)))
	}
	return nil
}

// partsOf are the types that a value of t is made of, or a stream or future carries. One that is nil is missing.
func partsOf(t spec.ValType) []spec.ValType {
	switch t := t.(type) {
	case *spec.ListType:
		return []spec.ValType{t.T}
	case *spec.OptionType:
		return []spec.ValType{t.T}
	case *spec.MapType:
		return []spec.ValType{t.K, t.V}
	case *spec.TupleType:
		return t.Ts
	case *spec.ResultType:
		return present(t.Ok, t.Error)
	case *spec.StreamType:
		return present(t.T)
	case *spec.FutureType:
		return present(t.T)
	case *spec.RecordType:
		var parts []spec.ValType
		for _, f := range t.Fields {
			parts = append(parts, f.T)
		}
		return parts
	case *spec.VariantType:
		var parts []spec.ValType
		for _, c := range t.Cases {
			parts = append(parts, present(c.T)...)
		}
		return parts
	}
	return nil
}

// present are those of some optional types that are there.
func present(ts ...spec.ValType) []spec.ValType {
	return slices.DeleteFunc(ts, func(t spec.ValType) bool { return t == nil })
}

// contains reports whether t, or a type in it, is such.
func contains(t spec.ValType, such func(spec.ValType) bool) bool {
	return such(t) || slices.ContainsFunc(partsOf(t), func(part spec.ValType) bool { return contains(part, such) })
}

func hasBorrow(t spec.ValType) bool {
	return contains(t, func(t spec.ValType) bool { _, is := t.(*spec.BorrowType); return is })
}

// inMemory reports whether values of t are passed in memory, whatever their number: lists and strings are. Streams and futures of them are
// passed as indices.
func inMemory(t spec.ValType) bool {
	switch t := t.(type) {
	case spec.StringType, *spec.MapType:
		return true
	case *spec.ListType:
		return t.L == nil || inMemory(t.T)
	case *spec.StreamType, *spec.FutureType:
		return false
	}
	return slices.ContainsFunc(partsOf(t), inMemory)
}

func isKey(t spec.ValType) bool {
	switch t.(type) {
	case spec.BoolType, spec.CharType, spec.StringType, spec.U8Type, spec.U16Type, spec.U32Type, spec.U64Type,
		spec.S8Type, spec.S16Type, spec.S32Type, spec.S64Type:
		return true
	}
	return false
}

// labelForm is a label in kebab case: words of lower case or acronyms of upper case, the first beginning with a letter.
var labelForm = regexp.MustCompile(`^([a-z][0-9a-z]*|[A-Z][0-9A-Z]*)(-([0-9a-z]+|[0-9A-Z]+))*$`)

func validateLabels(labels []string) *Invalid {
	seen := map[string]bool{}
	for _, l := range labels {
		lower := strings.ToLower(l)
		switch {
		case !labelForm.MatchString(l):
			return ruleLabels.breaks("the label %q is not in kebab case", shorten(l))
		case seen[lower]:
			return ruleLabels.breaks("the label %q is there twice", shorten(l))
		}
		seen[lower] = true
	}
	return nil
}

func labelsOf[T any](parts []T, label func(T) string) []string {
	var labels []string
	for _, p := range parts {
		labels = append(labels, label(p))
	}
	return labels
}
