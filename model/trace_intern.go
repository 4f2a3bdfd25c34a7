package model

import "strings"

// texts are what lines say, each kept once: long traces repeat themselves.
type interner map[string]string

// mostTexts bounds how many are kept.
const mostTexts = 1 << 16

// of is a line whose parts are kept once.
func (t *interner) line(l Line) Line {
	l.Actor, l.Text, l.Results, l.Notes = t.text(l.Actor), t.text(l.Text), t.text(l.Results), t.text(l.Notes)
	return l
}

func (t *interner) text(text string) string {
	if *t == nil {
		*t = interner{}
	}
	if same, known := (*t)[text]; known {
		return same
	}
	if len(*t) == mostTexts {
		return text
	}
	text = strings.Clone(text) // not the whole line that it is a part of
	(*t)[text] = text
	return text
}
