package python

import (
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// codecName normalizes the name of an encoding; those outside of the subset are refused.
func (m *Machine) codecName(v Value, ok bool) (string, error) {
	if !ok {
		return "utf-8", nil
	}
	s, isText := v.(string)
	if !isText {
		return "", m.raise(m.errors.Type, "encoding must be str, not %s", typeName(v))
	}
	switch strings.ReplaceAll(strings.ToLower(s), "_", "-") {
	case "utf-8", "utf8":
		return "utf-8", nil
	case "utf-16-le", "utf-16le":
		return "utf-16-le", nil
	case "latin-1", "latin1", "iso-8859-1":
		return "latin-1", nil
	case "ascii":
		return "ascii", nil
	}
	return "", m.refusal("the encoding %s is outside of the subset", quote(s))
}

func (m *Machine) codecArgs(a []Value) (string, error) {
	if e, ok := arg(a, 1); ok && e != "strict" {
		return "", m.refusal("other handling of errors than strict is outside of the subset")
	}
	v, ok := arg(a, 0)
	return m.codecName(v, ok)
}

// encode is str.encode.
func (m *Machine) encode(s string, a []Value) (Value, error) {
	if e, ok := arg(a, 1); ok && e == "surrogatepass" {
		v, given := arg(a, 0)
		if name, err := m.codecName(v, given); name == "utf-8" || err != nil {
			return Bytes(s), err // a str is held so
		}
	}
	name, err := m.codecArgs(a)
	if err != nil {
		return nil, err
	}
	if err := m.charge(len(s)); err != nil {
		return nil, err
	}
	switch name {
	case "utf-8":
		if utf8.ValidString(s) {
			return Bytes(s), nil
		}
		return nil, m.cannotEncode("utf-8", s, isSurrogate, "surrogates not allowed")
	case "utf-16-le":
		return m.encode16(s)
	case "ascii":
		return m.encodeNarrow("ascii", s, 128)
	}
	return m.encodeNarrow("latin-1", s, 256)
}

func (m *Machine) encode16(s string) (Value, error) {
	var b []byte
	for _, r := range runes(s) {
		if isSurrogate(r) {
			return nil, m.cannotEncode16(s)
		}
		if r >= 0x10000 {
			hi, lo := utf16.EncodeRune(r)
			b = append(b, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
			continue
		}
		b = append(b, byte(r), byte(r>>8))
	}
	return Bytes(b), nil
}

// cannotEncode16 reports the first surrogate only, as CPython's codec does.
func (m *Machine) cannotEncode16(s string) error {
	i := slices.IndexFunc(runes(s), isSurrogate)
	return m.unicodeError(m.errors.UnicodeEncode, "utf-16-le", s, i, i+1, "surrogates not allowed")
}

func (m *Machine) encodeNarrow(name, s string, limit rune) (Value, error) {
	var b []byte
	for _, r := range runes(s) {
		if r >= limit {
			reason := "ordinal not in range(" + plainRepr(int(limit)) + ")"
			return nil, m.cannotEncode(name, s, func(r rune) bool { return r >= limit }, reason)
		}
		b = append(b, byte(r))
	}
	return Bytes(b), nil
}

// cannotEncode makes the error for the first run of bad code points.
func (m *Machine) cannotEncode(encoding, s string, bad func(rune) bool, reason string) error {
	start, end := -1, 0
	for i, r := range runes(s) {
		if bad(r) {
			if start < 0 {
				start = i
			}
			end = i + 1
		} else if start >= 0 {
			break
		}
	}
	return m.unicodeError(m.errors.UnicodeEncode, encoding, s, start, end, reason)
}

// decode is bytes.decode.
func (m *Machine) decode(b []byte, a []Value) (Value, error) {
	name, err := m.codecArgs(a)
	if err != nil {
		return nil, err
	}
	if err := m.charge(len(b)); err != nil {
		return nil, err
	}
	switch name {
	case "utf-8":
		if utf8.Valid(b) {
			return string(b), nil
		}
		start, end, reason := badUTF8(b)
		return nil, m.unicodeError(m.errors.UnicodeDecode, name, Bytes(b), start, end, reason)
	case "utf-16-le":
		return m.decode16(b)
	case "ascii":
		for i, c := range b {
			if c >= utf8.RuneSelf {
				return nil, m.unicodeError(m.errors.UnicodeDecode, name, Bytes(b), i, i+1, "ordinal not in range(128)")
			}
		}
		return string(b), nil
	}
	var s []byte
	for _, c := range b {
		s = utf8.AppendRune(s, rune(c))
	}
	return string(s), nil
}

// badUTF8 finds the first error as CPython reports it.
func badUTF8(b []byte) (start, end int, reason string) {
	i := 0
	for i < len(b) {
		_, n := utf8.DecodeRune(b[i:])
		if n == 1 && b[i] >= utf8.RuneSelf {
			break
		}
		i += n
	}
	c := b[i]
	if c < 0xc2 || c > 0xf4 {
		return i, i + 1, "invalid start byte"
	}
	length := 2
	if c >= 0xe0 {
		length = 3
	}
	if c >= 0xf0 {
		length = 4
	}
	for k := 1; k < length; k++ {
		if i+k >= len(b) {
			return i, len(b), "unexpected end of data"
		}
		if !continues(c, b[i+k], k) {
			return i, i + k, "invalid continuation byte"
		}
	}
	return i, i + length, "invalid continuation byte"
}

// continues tells whether byte number k may follow the first byte.
func continues(first, c byte, k int) bool {
	low, high := byte(0x80), byte(0xbf)
	if k == 1 {
		switch first {
		case 0xe0:
			low = 0xa0
		case 0xed:
			high = 0x9f
		case 0xf0:
			low = 0x90
		case 0xf4:
			high = 0x8f
		}
	}
	return c >= low && c <= high
}

func (m *Machine) decode16(b []byte) (Value, error) {
	bad := func(start, end int, reason string) (Value, error) {
		return nil, m.unicodeError(m.errors.UnicodeDecode, "utf-16-le", Bytes(b), start, end, reason)
	}
	unit := func(i int) rune { return rune(b[i]) | rune(b[i+1])<<8 }
	var s []byte
	for i := 0; i < len(b); i += 2 {
		if i+1 == len(b) {
			return bad(i, i+1, "truncated data")
		}
		u := unit(i)
		switch {
		case !isSurrogate(u):
		case u >= 0xdc00:
			return bad(i, i+2, "illegal encoding")
		case i+3 >= len(b):
			return bad(i, len(b), "unexpected end of data")
		default:
			v := unit(i + 2)
			if v < 0xdc00 || v > 0xdfff {
				return bad(i, i+2, "illegal UTF-16 surrogate")
			}
			u = utf16.DecodeRune(u, v)
			i += 2
		}
		s = utf8.AppendRune(s, u)
	}
	return string(s), nil
}
