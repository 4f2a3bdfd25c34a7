package spec

import (
	"slices"
	"testing"
)

// A lone surrogate is one code point, as in a Python str, and so is a byte that is no UTF-8.
func TestCodePoints(t *testing.T) {
	for text, want := range map[string][]rune{
		"":                         {},
		"aé€😀":                     {'a', 'é', '€', '😀'},
		"a\xED\xA0\x80b":           {'a', 0xD800, 'b'},
		"\xED\xBF\xBF":             {0xDFFF},
		"\xED\xA0\x80\xED\xB0\x80": {0xD800, 0xDC00},
		"\xED\x9F\xBF":             {0xD7FF},
		"\xFF\xED\xA0":             {0xDCFF, 0xDCED, 0xDCA0},
		"\xED\xA0a":                {0xDCED, 0xDCA0, 'a'},
	} {
		if got := codePoints(text); !slices.Equal(got, want) {
			t.Errorf("%q: %x, want %x", text, got, want)
		}
	}
}
