package model

import (
	"fmt"
	"strings"
)

// litmusWords are the words of a line of a litmus, without a comment at its end. What stands in quotes or brackets is one word, in which a
// space is written as \u{20}, or left out between the parts of a value.
func litmusWords(text string) ([]string, error) {
	var words []string
	for {
		if text = strings.TrimLeft(text, " \t"); text == "" || startsComment(text, words) {
			return words, nil
		}
		word, rest, err := cutWord(text)
		if err != nil {
			return nil, err
		}
		words, text = append(words, word), rest
	}
}

// startsComment reports whether a comment begins, after the words of a line. Behind "in", the number of a call might be meant.
func startsComment(text string, before []string) bool {
	if len(before) > 0 && before[0] == "in" {
		return text == "#" || strings.HasPrefix(text, "# ")
	}
	return text[0] == '#'
}

// cutWord cuts the first word off a text.
func cutWord(text string) (word, rest string, err error) {
	var b strings.Builder
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\'' && (i == 0 || depth > 0):
			end := closingQuote(text, i)
			if end < 0 {
				return "", "", fmt.Errorf("the quote %c at the end of %s is missing", c, shorten(text[i:]))
			}
			quoted := strings.NewReplacer(" ", `\u{20}`, "\t", `\t`, "$", `\u{24}`, ">", `\u{3e}`, "|", `\u{7c}`, ";", `\u{3b}`, "#", `\u{23}`)
			b.WriteString(quoted.Replace(text[i : end+1]))
			i = end
		case (c == ' ' || c == '\t') && depth == 0:
			return b.String(), text[i:], nil
		case c == ' ' || c == '\t':
		default:
			depth += strings.Count("([{", string(c)) - strings.Count(")]}", string(c))
			b.WriteByte(c)
		}
	}
	if depth > 0 {
		return "", "", fmt.Errorf("a closing bracket is missing in %s", shorten(text))
	}
	return b.String(), "", nil
}

// closingQuote is the place of the quote that closes the one at a place; negative: there is none.
func closingQuote(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[at]:
			return i
		}
	}
	return -1
}

// split splits words at each one that is a separator.
func split(words []string, at string) [][]string {
	parts := [][]string{nil}
	for _, w := range words {
		if w == at {
			parts = append(parts, nil)
			continue
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], w)
	}
	return parts
}

// nameForms are words of an action of the host that bind a name to a stream or future that the host makes, and the number from which that is
// made: one of the specification, or one that the host implements.
var nameForms = map[string]string{"stream": "0", "future": "0", "own-stream": "1", "own-future": "1"}

// streamName is the name that a word binds to a stream or future that the host makes, what that is, and the number that stands for it; false: the
// word binds no name.
func streamName(word string) (name, what, number string, is bool) {
	what, name, is = strings.Cut(word, ":")
	number, known := nameForms[what]
	return name, strings.TrimPrefix(what, "own-"), number, is && known && strings.HasPrefix(name, "$")
}

// withoutMade are the words with a number in place of each that binds a name to a stream or future.
func withoutMade(words []string) []string {
	var plain []string
	for _, w := range words {
		if _, _, number, is := streamName(w); is {
			w = number
		}
		plain = append(plain, w)
	}
	return plain
}
