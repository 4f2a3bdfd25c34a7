package model

import (
	"fmt"
	"strings"
)

// A world has a text form, for people: a line for each part, each of which begins with a word that says what it is. Text prints it, and
// ReadWorld reads it. docs/worlds.md has the grammar.

// Text is the world in the text form, as a file.
func (w *World) Text() string { return "world " + w.Name + "\n" + w.textLines() }

// textLines is the world in the text form, without the line that names it, which a trace's header is.
func (w *World) textLines() string {
	p := &worldPrinter{}
	p.words("doc", strings.Fields(w.Doc))
	for _, i := range w.Instances {
		p.line("instance", instanceLine(i))
	}
	for _, r := range w.Resources {
		p.line("resource", r.Name+" of "+r.Impl+given(r.Dtor, "  dtor"))
	}
	for _, f := range w.Funcs {
		p.line("func", funcLine(f))
	}
	p.imports(w.Imports)
	for _, b := range w.Builtins {
		p.line("builtin", b.String())
	}
	p.line("limits", w.Limits.text())
	p.line("start", strings.Join(w.Start, ", "))
	p.menus(w.Menus)
	p.numbers("pointers", w.Pointers)
	p.numbers("addresses", w.Addresses)
	p.numbers("lengths", w.Lengths)
	p.numbers("contents", w.Contents)
	p.numbers("integers", w.Integers)
	p.line("bound", w.Bounds.text())
	if w.RightClass {
		p.b.WriteString("right-class\n")
	}
	if w.Random {
		p.b.WriteString("random\n")
	}
	return p.b.String()
}

// given is a text if it is to be there.
func given(there bool, text string) string {
	if there {
		return text
	}
	return ""
}

func instanceLine(i Instance) string {
	text := i.Name
	if i.Memory != 0 {
		text += fmt.Sprintf("  memory %d", i.Memory)
	}
	text += given(i.Memory64, "  memory64") + given(i.Encoding != "", "  "+i.Encoding)
	return text + given(i.Parent != "", "  parent "+i.Parent) + given(i.Realloc != "", "  realloc "+i.Realloc)
}

func funcLine(f Func) string {
	return signature(f) + given(f.Lift != "", "  "+f.Lift) + given(f.PostReturn, "  post-return")
}

// signature is the name and the type of a function.
func signature(f Func) string {
	text := given(f.Async, "async ") + f.Name + "(" + spacedTypes(f.Params) + ")"
	switch len(f.Results) {
	case 0:
	case 1:
		text += " -> " + spacedType(f.Results[0])
	default:
		text += " -> (" + spacedTypes(f.Results) + ")"
	}
	return text
}

// spacedTypes is a list of types.
func spacedTypes(types []string) string {
	var texts []string
	for _, t := range types {
		texts = append(texts, spacedType(t))
	}
	return strings.Join(texts, ", ")
}

// spacedType is a type, spaced as in WIT.
func spacedType(t string) string { return strings.NewReplacer(",", ", ", ":", ": ").Replace(t) }

// limitWords are the limits and their words, in the order in which they are printed.
func (l *Limits) words() []limitWord {
	return []limitWord{
		{"table-length", &l.TableLength}, {"buffer-length", &l.BufferLength}, {"backpressure", &l.Backpressure},
		{"initial-backpressure", &l.InitialBackpressure}, {"string-byte-length", &l.StringByteLength}, {"list-byte-length", &l.ListByteLength},
		{"realloc-i32", &l.ReallocI32}, {"flat-params", &l.FlatParams}, {"flat-async-params", &l.FlatAsyncParams}, {"flat-results", &l.FlatResults},
	}
}

// A limitWord is a limit, a *uint64, *int64 or *int, and its word.
type limitWord struct {
	word  string
	limit any
}

func (l Limits) text() string {
	var parts []string
	for _, w := range l.words() {
		if text := numberText(w.limit); text != "0" {
			parts = append(parts, w.word+" "+text)
		}
	}
	return strings.Join(parts, "  ")
}

func numberText(n any) string { return fmt.Sprint(numberOf(n)) }

// numberOf is what a limit or bound is, which is not negative.
func numberOf(n any) uint64 {
	switch n := n.(type) {
	case *uint64:
		return *n
	case *int64:
		return uint64(*n)
	default:
		return uint64(*n.(*int))
	}
}

// words are the bounds and the nouns of what they count, in the order in which they are printed.
func (b *Bounds) words() []boundWord {
	return []boundWord{{"action", &b.Steps}, {"handle", &b.Handles}, {"thread", &b.Threads}, {"task", &b.Tasks}}
}

// A boundWord is a bound, and the noun of what it counts.
type boundWord struct {
	noun  string
	bound *int
}

// text is the bounds as a line of a world; empty: there are none.
func (b Bounds) text() string {
	var parts []string
	for _, w := range b.words() {
		if *w.bound > 0 {
			parts = append(parts, Counted(*w.bound, w.noun))
		}
	}
	return strings.Join(parts, "  ")
}

// A worldPrinter prints the lines of a world.
type worldPrinter struct{ b strings.Builder }

// line prints a line, unless there is nothing to say in it.
func (p *worldPrinter) line(word, text string) {
	if text != "" {
		fmt.Fprintf(&p.b, "%s %s\n", word, text)
	}
}

func (p *worldPrinter) numbers(word string, numbers []uint64) {
	p.line(word, strings.Trim(fmt.Sprint(numbers), "[]"))
}

// imports prints a line for the imports of an instance that follow each other.
func (p *worldPrinter) imports(imports []Import) {
	for i, at := range imports {
		if i > 0 && imports[i-1].Instance == at.Instance {
			p.b.WriteString(", ")
		} else {
			p.b.WriteString(given(i > 0, "\n") + "import " + at.Instance + "  ")
		}
		p.b.WriteString(at.Func + given(at.Async, " async"))
	}
	p.b.WriteString(given(len(imports) > 0, "\n"))
}

// menus prints the menus, those that are alike together.
func (p *worldPrinter) menus(menus map[string][]string) {
	done := map[string]bool{}
	for _, name := range sortedKeys(menus) {
		if done[name] {
			continue
		}
		lines, names := strings.Join(menus[name], "|"), []string{}
		for _, other := range sortedKeys(menus) {
			if strings.Join(menus[other], "|") == lines {
				done[other], names = true, append(names, other)
			}
		}
		p.menu(strings.Join(names, ", "), menus[name])
	}
}

func (p *worldPrinter) menu(names string, lines []string) {
	var words []string
	for i, l := range lines {
		words = append(words, given(i > 0, "| ")+menuLineText(l))
	}
	p.words("menu "+names+":", words)
}

// menuLineText is a line of a menu, with its types spaced as in WIT.
func menuLineText(line string) string {
	words := strings.Fields(line)
	for i := range words {
		words[i] = spacedType(words[i])
	}
	return strings.Join(words, " ")
}

// textWidth is how long a printed line gets before it is broken.
const textWidth = 120

// words prints words behind a beginning, on several lines if they are many. What is broken goes on indented. A menu is printed even
// if it is empty.
func (p *worldPrinter) words(begin string, words []string) {
	if len(words) == 0 {
		if strings.HasSuffix(begin, ":") {
			p.b.WriteString(begin + "\n")
		}
		return
	}
	p.b.WriteString(begin)
	column := len(begin)
	for i, word := range words {
		if i > 0 && column+1+len(word) > textWidth && !strings.HasPrefix(word, "#") { // a line that begins with # is a comment
			p.b.WriteString("\n ")
			column = 1
		}
		p.b.WriteString(" " + word)
		column += 1 + len(word)
	}
	p.b.WriteString("\n")
}
