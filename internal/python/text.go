package python

import (
	"strings"
	"unicode/utf8"
)

// A str of Python is a sequence of code points, lone surrogates among them. Here it is a Go string in which each code point, surrogates
// too, is encoded as UTF-8 encodes code points. Equal strings are equal, and strings compare as their code points do.

// appendRune appends a code point, which may be a surrogate.
func appendRune(b []byte, r rune) []byte {
	if r >= 0xd800 && r < 0xe000 {
		return append(b, 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f|0x80, 0x80|byte(r)&0x3f)
	}
	return utf8.AppendRune(b, r)
}

// decodeRune decodes the first code point.
func decodeRune(s string) (rune, int) {
	if len(s) >= 3 && s[0] == 0xed && s[1] >= 0xa0 {
		return rune(s[0]&0xf)<<12 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f), 3
	}
	return utf8.DecodeRuneInString(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// runeCount is the length of a str.
func runeCount(s string) int {
	n := 0
	for i := range len(s) {
		if s[i]&0xc0 != 0x80 {
			n++
		}
	}
	return n
}

// runes are the code points of a str.
func runes(s string) []rune {
	rs := make([]rune, 0, len(s))
	for s != "" {
		r, n := decodeRune(s)
		rs = append(rs, r)
		s = s[n:]
	}
	return rs
}

// fromRunes makes a str of code points.
func fromRunes(rs []rune) string {
	b := make([]byte, 0, len(rs))
	for _, r := range rs {
		b = appendRune(b, r)
	}
	return string(b)
}

func isSurrogate(r rune) bool { return r >= 0xd800 && r < 0xe000 }

// charAt is the code point at index i, which is in range.
func charAt(s string, i int) string {
	if isASCII(s) {
		return s[i : i+1]
	}
	for ; i > 0; i-- {
		_, n := decodeRune(s)
		s = s[n:]
	}
	_, n := decodeRune(s)
	return s[:n]
}

const whitespace = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

func trimSpace(s string) string { return strings.Trim(s, whitespace) }
