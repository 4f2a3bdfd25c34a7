package model

import (
	"math"
	"strconv"
	"unicode/utf16"

	"cabi/spec"
)

// nth is the number of the ith part of the host's nth value.
func nth(n, i uint64) uint64 {
	return (n*6364136223846793005 + i*1442695040888963407 + 1) >> 33
}

// hostValue is the host's nth value of a type. A type that has few values has all of them among these. The Python side of the
// comparison with upstream computes the same function.
func (r *Run) hostValue(t spec.ValType, n uint64) spec.Value {
	switch t := t.(type) {
	case nil:
		return spec.Unit{}
	case spec.BoolType:
		return n%2 == 1
	case spec.F32Type, spec.F64Type:
		return hostFloat(n)
	case spec.CharType:
		if n%11 == 10 {
			return spec.Char(hostChars[3])
		}
		return spec.Char('a' + n%26)
	case spec.StringType:
		return hostString(n)
	case spec.PrimValType:
		return hostInt(t, n)
	case *spec.OwnType, *spec.BorrowType:
		return spec.UintOf(n & math.MaxUint32)
	case *spec.ErrorContextType:
		return &spec.ErrorContext{DebugMessage: spec.UTF8String("")}
	case *spec.StreamType:
		return r.newShared(true, t.T, n)
	case *spec.FutureType:
		return r.newShared(false, t.T, n)
	default:
		return r.hostCompound(t, n)
	}
}

// hostCompound is the host's nth value of a type that has parts.
func (r *Run) hostCompound(t spec.ValType, n uint64) spec.Value {
	switch t := t.(type) {
	case *spec.ListType:
		length := n % 4
		if t.L != nil {
			length = *t.L
		}
		list := make(spec.List, length)
		for i := range list {
			list[i] = r.hostValue(t.T, nth(n, uint64(i)))
		}
		return list
	case *spec.MapType:
		return r.hostValue(&spec.ListType{T: &spec.TupleType{Ts: []spec.ValType{t.K, t.V}}}, n)
	case *spec.TupleType:
		d := spec.Dict{}
		for i, e := range t.Ts {
			d = append(d, spec.Entry{Label: strconv.Itoa(i), Value: r.hostValue(e, nth(n, uint64(i)))})
		}
		return d
	case *spec.RecordType:
		d := spec.Dict{}
		for i, f := range t.Fields {
			d = append(d, spec.Entry{Label: f.Label, Value: r.hostValue(f.T, nth(n, uint64(i)))})
		}
		return d
	case *spec.FlagsType:
		d := spec.Dict{}
		for i, l := range t.Labels {
			d = append(d, spec.Entry{Label: l, Value: n>>i&1 == 1})
		}
		return d
	}
	cases := casesOf(t)
	c := cases[n%uint64(len(cases))]
	if c.T == nil {
		return spec.Dict{{Label: c.Label}}
	}
	return spec.Dict{{Label: c.Label, Value: r.hostValue(c.T, nth(n, 0))}}
}

// casesOf are the cases of a variant, enum, option or result.
func casesOf(t spec.ValType) []spec.CaseType {
	switch t := t.(type) {
	case *spec.VariantType:
		return t.Cases
	case *spec.EnumType:
		var cases []spec.CaseType
		for _, l := range t.Labels {
			cases = append(cases, spec.CaseType{Label: l})
		}
		return cases
	case *spec.OptionType:
		return []spec.CaseType{{Label: "none"}, {Label: "some", T: t.T}}
	case *spec.ResultType:
		return []spec.CaseType{{Label: "ok", T: t.Ok}, {Label: "error", T: t.Error}}
	}
	return nil
}

// hostChars are characters of one to four bytes in UTF-8, of one or two code units in UTF-16, in Latin-1 or not; the last four are
// at the limits between those.
var hostChars = []rune{'x', 'é', 'π', '😀', 0x7F, 0x80, 0xFF, 0x100}

// hostString is the host's nth string.
func hostString(n uint64) spec.String {
	length, encoding, mix := n%8, spec.StringEncoding(n/8%3), n/24%5
	var runes []rune
	for i := uint64(0); i < length; i++ {
		runes = append(runes, hostChars[mixed(n, i, mix)])
	}
	if length > 0 && n/120%128 == 127 {
		return loneSurrogate(runes, encoding)
	}
	s := string(runes)
	if encoding == spec.UTF8 {
		return spec.UTF8String(s)
	}
	units := uint64(len(utf16.Encode(runes)))
	if encoding == spec.Latin1UTF16 && (n/120%8 == 5 || beyondLatin1(runes)) {
		units |= 1 << 31
	}
	return spec.String{S: s, Encoding: encoding, TaggedCodeUnits: units}
}

// loneSurrogate is a string whose last character is half of a surrogate pair, which Python's strings can have, but its codecs refuse.
func loneSurrogate(runes []rune, encoding spec.StringEncoding) spec.String {
	head := string(runes[:len(runes)-1])
	s := spec.String{S: head + "\xed\xa0\xbd", Encoding: encoding} // U+D83D
	if encoding == spec.UTF8 {
		s.TaggedCodeUnits = uint64(len(s.S))
		return s
	}
	s.TaggedCodeUnits = uint64(len(utf16.Encode([]rune(head)))) + 1
	if encoding == spec.Latin1UTF16 {
		s.TaggedCodeUnits |= 1 << 31
	}
	return s
}

// mixed is which of hostChars is the ith character of the nth string: all are the first, or they take turns, or they are mixed.
func mixed(n, i, mix uint64) uint64 {
	switch mix {
	case 0:
		return 0
	case 4:
		return nth(n, i) % 8
	default:
		return i % (mix + 1)
	}
}

func beyondLatin1(runes []rune) bool {
	for _, r := range runes {
		if r > 255 {
			return true
		}
	}
	return false
}

// hostFloat is the host's nth float, which may be a NaN.
func hostFloat(n uint64) spec.Float {
	if n%7 == 3 {
		return spec.Float(0x7ff8000000000000 | n%1024)
	}
	return spec.FloatOf(float64(n))
}

// hostInt is n cut to the width of an integer type.
func hostInt(t spec.PrimValType, n uint64) spec.Int {
	switch t.(type) {
	case spec.U8Type:
		return spec.UintOf(n & math.MaxUint8)
	case spec.U16Type:
		return spec.UintOf(n & math.MaxUint16)
	case spec.U32Type:
		return spec.UintOf(n & math.MaxUint32)
	case spec.S8Type:
		return spec.IntOf(int64(int8(n)))
	case spec.S16Type:
		return spec.IntOf(int64(int16(n)))
	case spec.S32Type:
		return spec.IntOf(int64(int32(n)))
	case spec.S64Type:
		return spec.IntOf(int64(n))
	default:
		return spec.UintOf(n)
	}
}

// appendValue appends a component-level value as text.
func (r *Run) appendValue(b []byte, v spec.Value) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, '-')
	case bool:
		return strconv.AppendBool(b, v)
	case spec.Int:
		return append(b, v.String()...)
	case spec.Float:
		return append(b, formatFloatBits(v)...)
	case spec.Char:
		return strconv.AppendInt(append(b, "char:"...), int64(v), 10)
	case spec.String:
		return appendString(b, v)
	case spec.Unit:
		return append(b, "unit"...)
	case spec.List:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ' ')
			}
			b = r.appendValue(b, e)
		}
		return append(b, ']')
	case spec.Dict:
		b = append(b, '{')
		for i, e := range v {
			if i > 0 {
				b = append(b, ' ')
			}
			b = r.appendValue(append(append(b, e.Label...), '='), e.Value)
		}
		return append(b, '}')
	case *spec.ErrorContext:
		return append(b, "error-context"...)
	case spec.SharedBase:
		return strconv.AppendInt(append(b, "shared#"...), int64(r.sharedIndex(v)), 10)
	}
	return append(b, "?"...)
}

// FormatValue is a component-level value as text. It must not have streams or futures in it.
func FormatValue(v spec.Value) string {
	return string((&Run{observers: &observers{}, listed: &listed{}}).appendValue(nil, v))
}

// appendString appends a string as its encoding, its tagged code units and its bytes.
func appendString(b []byte, s spec.String) []byte {
	b = append(b, s.Encoding.String()...)
	b = strconv.AppendUint(append(b, ':'), s.TaggedCodeUnits, 10)
	b = append(b, ':')
	const digits = "0123456789abcdef"
	for i := range len(s.S) {
		b = append(b, digits[s.S[i]>>4], digits[s.S[i]&15])
	}
	return b
}

// formatFloatBits is a float as its bits.
func formatFloatBits(f spec.Float) string {
	text := strconv.FormatUint(uint64(f), 16)
	return "f64:0x0000000000000000"[:22-len(text)] + text
}
