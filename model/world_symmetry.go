package model

import (
	"slices"
	"strings"
)

// A swap is two types that a world treats alike: with the two exchanged, it is the same world. So everything that can happen in a state
// can happen, with the types exchanged, in the state with the types exchanged.
type swap struct{ a, b string }

// swapsOf are the swaps of types of streams and futures that leave a world as it is.
func swapsOf(w *World) []swap {
	var types []string
	for _, lines := range w.Menus {
		for _, line := range lines {
			words := strings.Fields(line)
			op, _ := w.op(words[0])
			for i, kind := range op.imm {
				if kind == immType && sizes[words[1+i]] > 0 && !slices.Contains(types, words[1+i]) {
					types = append(types, words[1+i])
				}
			}
		}
	}
	slices.Sort(types)
	var swaps []swap
	for i, a := range types {
		for _, b := range types[i+1:] {
			if s := (swap{a, b}); sizes[a] == sizes[b] && s.describe(w) == (swap{}).describe(w) {
				swaps = append(swaps, s)
			}
		}
	}
	return swaps
}

// sizes are the sizes of the types that can be swapped. Only types of the same size can: a buffer's pointer moves by the size.
var sizes = map[string]int{"u8": 1, "s8": 1, "u16": 2, "s16": 2, "u32": 4, "s32": 4, "u64": 8, "s64": 8}

// describe is everything about a world that can matter, with the types exchanged, in an order that does not depend on that.
func (s swap) describe(w *World) string {
	var lines []string
	for actor, menu := range w.Menus {
		for _, line := range menu {
			lines = append(lines, s.text(actor+": "+line))
		}
	}
	for _, f := range w.Funcs {
		lines = append(lines, s.text(strings.Join(slices.Concat([]string{f.Name}, f.Params, []string{"->"}, f.Results), " ")))
	}
	for _, i := range w.Imports {
		lines = append(lines, s.text(i.Instance+" imports "+i.Func))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// text is a text with the two types exchanged.
func (s swap) text(text string) string {
	if s.a == "" {
		return text
	}
	return string(s.append(nil, []byte(text)))
}

// append appends a text with the two types exchanged.
func (s swap) append(b, text []byte) []byte {
	for len(text) > 0 {
		n := 0
		for n < len(text) && isWord(text[n]) {
			n++
		}
		switch word := text[:n]; {
		case string(word) == s.a:
			b = append(b, s.b...)
		case string(word) == s.b:
			b = append(b, s.a...)
		default:
			b = append(b, word...)
		}
		rest := n
		for rest < len(text) && !isWord(text[rest]) {
			rest++
		}
		b = append(b, text[n:rest]...)
		text = text[rest:]
	}
	return b
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
