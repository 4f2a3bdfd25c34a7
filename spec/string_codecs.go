// Not upstream's: Python's string codecs.

package spec

import (
	"unicode/utf16"
	"unicode/utf8"
)

// decodeUTF16 decodes little-endian UTF-16, strictly as Python does. Lone surrogates and half code units are ill-formed.
func decodeUTF16(b []byte) (string, bool) {
	var s []byte
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(b[i]) | rune(b[i+1])<<8
		if utf16.IsSurrogate(r) {
			if i+3 >= len(b) {
				return "", false
			}
			i += 2
			if r = utf16.DecodeRune(r, rune(b[i])|rune(b[i+1])<<8); r == utf8.RuneError {
				return "", false
			}
		}
		s = utf8.AppendRune(s, r)
	}
	return string(s), len(b)%2 == 0
}

func decodeLatin1(b []byte) (string, bool) {
	s := make([]byte, 0, len(b))
	for _, c := range b {
		s = utf8.AppendRune(s, rune(c))
	}
	return string(s), true
}

// An encoder is s.encode(…) in the Python function named, which raises UnicodeEncodeError if s cannot be encoded.
type encoder func(s, function string) []byte

func encodeUTF8(s, function string) []byte {
	if !utf8.ValidString(s) {
		crash(function, "UnicodeEncodeError", "'utf-8' codec can't encode: surrogates not allowed")
	}
	return []byte(s)
}

func encodeUTF16(s, function string) []byte {
	var b []byte
	for _, r := range codePoints(s) {
		if utf16.IsSurrogate(r) {
			crash(function, "UnicodeEncodeError", "'utf-16-le' codec can't encode: surrogates not allowed")
		}
		for _, u := range utf16.AppendRune(nil, r) {
			b = append(b, byte(u), byte(u>>8))
		}
	}
	return b
}

func encodeLatin1(s, function string) []byte {
	var b []byte
	for _, r := range codePoints(s) {
		if r > 0xFF {
			crash(function, "UnicodeEncodeError", "'latin-1' codec can't encode: ordinal not in range(256)")
		}
		b = append(b, byte(r))
	}
	return b
}
