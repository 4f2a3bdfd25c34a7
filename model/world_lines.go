package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cabi/spec"
)

// onceWords begin lines of which a world has at most one.
var onceWords = []string{"doc", "limits", "start", "pointers", "addresses", "lengths", "contents", "integers", "bound", "right-class", "random"}

// lineParsers parse the lines of a world, by the word that they begin with.
var lineParsers = map[string]func(r *worldReader, c *worldCursor) error{
	"doc": (*worldReader).doc, "instance": (*worldReader).instance, "resource": (*worldReader).resource, "func": (*worldReader).function,
	"import": (*worldReader).imports, "builtin": (*worldReader).builtin, "limits": (*worldReader).limits, "start": (*worldReader).start, "menu": (*worldReader).menu,
	"pointers":    func(r *worldReader, c *worldCursor) (err error) { r.world.Pointers, err = c.numbers(); return err },
	"addresses":   func(r *worldReader, c *worldCursor) (err error) { r.world.Addresses, err = c.numbers(); return err },
	"lengths":     func(r *worldReader, c *worldCursor) (err error) { r.world.Lengths, err = c.numbers(); return err },
	"contents":    func(r *worldReader, c *worldCursor) (err error) { r.world.Contents, err = c.numbers(); return err },
	"integers":    func(r *worldReader, c *worldCursor) (err error) { r.world.Integers, err = c.numbers(); return err },
	"bound":       (*worldReader).bound,
	"right-class": func(r *worldReader, c *worldCursor) error { r.world.RightClass = true; return c.end() },
	"random":      func(r *worldReader, c *worldCursor) error { r.world.Random = true; return c.end() },
}

// worldWords are the words that lines of a world begin with.
func worldWords() []string { return sortedKeys(lineParsers) }

// A worldCursor is how far a line is read.
type worldCursor struct {
	*worldLine
	next int // the byte of the text that comes next
}

// errorf is an error at a place of the line.
func (c *worldCursor) errorf(at int, format string, args ...any) error {
	return c.at(at, fmt.Errorf(format, args...))
}

func (c *worldCursor) space() {
	for c.next < len(c.text) && c.text[c.next] == ' ' {
		c.next++
	}
}

func (c *worldCursor) rest() string { return c.text[c.next:] }

// atEnd reports whether nothing is left.
func (c *worldCursor) atEnd() bool { c.space(); return c.rest() == "" }

// end wants nothing more.
func (c *worldCursor) end() error {
	if !c.atEnd() {
		return c.errorf(c.next, "unexpected %q", shorten(c.rest()))
	}
	return nil
}

// word reads a word, which ends before a space or one of the delimiters; empty: there is none.
func (c *worldCursor) word(delimiters string) string {
	c.space()
	end := strings.IndexAny(c.rest(), " "+delimiters)
	if end < 0 {
		end = len(c.rest())
	}
	word := c.rest()[:end]
	c.next += end
	return word
}

// name reads a name, which must be there.
func (c *worldCursor) name(what, delimiters string) (string, error) {
	c.space()
	at := c.next
	if name := c.word(delimiters); name != "" {
		return name, nil
	}
	return "", c.errorf(at, "%s is missing", what)
}

// take reads s if it comes next.
func (c *worldCursor) take(s string) bool {
	c.space()
	if !strings.HasPrefix(c.rest(), s) {
		return false
	}
	c.next += len(s)
	return true
}

// number reads a number of at most so many bits.
func (c *worldCursor) number(what string, bits int) (uint64, error) {
	c.space()
	at := c.next
	word := c.word(",")
	n, err := strconv.ParseUint(word, 0, bits)
	if err != nil {
		return 0, c.errorf(at, "%s: a number is expected, from 0 to %d, not %q", what, uint64(1)<<bits-1, shorten(word))
	}
	return n, nil
}

// numbers reads numbers up to the end, of which there is at least one.
func (c *worldCursor) numbers() ([]uint64, error) {
	var numbers []uint64
	for {
		n, err := c.number(c.worldLine.word, 64)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
		c.take(",")
		if c.atEnd() {
			return numbers, nil
		}
	}
}

// onceOnly are the words that a line has so far, of those that it has once.
type onceOnly map[string]bool

// note notes a word, which stands at a place, and is not there yet.
func (o onceOnly) note(c *worldCursor, at int, word string) error {
	if o[word] {
		return c.errorf(at, "a second %s", shorten(word))
	}
	o[word] = true
	return nil
}

// note notes where a part begins.
func (r *worldReader) note(c *worldCursor, at int, p part) { r.parts[p] = c.place(at) }

func (r *worldReader) doc(c *worldCursor) error {
	r.world.Doc = strings.Join(strings.Fields(c.rest()), " ")
	return nil
}

// instance reads "NAME memory 64 memory64 utf16 parent NAME realloc guest".
func (r *worldReader) instance(c *worldCursor) error {
	c.space()
	r.note(c, c.next, part{kind: "instance", n: len(r.world.Instances)})
	name, err := c.name("the name of the instance", "")
	i := Instance{Name: name}
	once := onceOnly{}
	for err == nil && !c.atEnd() {
		at := c.next
		word := c.word("")
		if _, isEncoding := encodings[word]; isEncoding {
			err = once.note(c, at, "encoding of strings")
		} else {
			err = once.note(c, at, word)
		}
		if err != nil {
			break
		}
		switch word {
		case "memory":
			var n uint64
			n, err = c.number("memory", 31)
			i.Memory = int(n)
		case "memory64":
			i.Memory64 = true
		case "parent":
			i.Parent, err = c.name("the name of the parent", "")
		case "realloc":
			i.Realloc, err = c.name("guest", "")
		default:
			if i.Encoding = word; !slices.Contains(sortedKeys(encodings), word) {
				err = c.errorf(at, "unknown word %q of an instance%s", shorten(word), namesNear(word, instanceWords))
			}
		}
	}
	r.world.Instances = append(r.world.Instances, i)
	return err
}

var instanceWords = []string{"memory", "memory64", "utf8", "utf16", "latin1+utf16", "parent", "realloc"}

// resource reads "NAME of INSTANCE dtor".
func (r *worldReader) resource(c *worldCursor) error {
	c.space()
	r.note(c, c.next, part{kind: "resource", n: len(r.world.Resources)})
	name, err := c.name("the name of the resource", "")
	if err != nil {
		return err
	}
	if at := c.next; c.word("") != "of" {
		return c.errorf(at, "expected \"of\" and the instance that implements %s", shorten(name))
	}
	res := Resource{Name: name}
	if res.Impl, err = c.name("the instance that implements it", ""); err != nil {
		return err
	}
	if !c.atEnd() {
		at := c.next
		if word := c.word(""); word != "dtor" {
			return c.errorf(at, "unknown word %q of a resource; there is: dtor", shorten(word))
		}
		res.Dtor = true
	}
	r.world.Resources = append(r.world.Resources, res)
	return c.end()
}

// function reads "async NAME(types) -> type stackful post-return".
func (r *worldReader) function(c *worldCursor) error {
	c.space()
	at := c.next
	name, err := c.name("the name of the function", "(")
	f := Func{Name: name}
	if c.space(); err == nil && name == "async" && !strings.HasPrefix(c.rest(), "(") {
		f.Async = true
		at = c.next
		f.Name, err = c.name("the name of the function", "(")
	}
	r.note(c, at, part{kind: "func", n: len(r.world.Funcs)})
	if err != nil {
		return err
	}
	if !c.take("(") {
		return c.errorf(c.next, "expected \"(\" and the types of the parameters")
	}
	if f.Params, err = r.types(c); err != nil {
		return err
	}
	if c.take("->") {
		if f.Results, err = r.results(c); err != nil {
			return err
		}
	}
	once := onceOnly{}
	for !c.atEnd() {
		at := c.next
		switch word := c.word(""); {
		case word == "post-return":
			f.PostReturn, err = true, once.note(c, at, word)
		case slices.Contains(lifts, word):
			f.Lift, err = word, once.note(c, at, "way to lift it")
		default:
			return c.errorf(at, "unknown word %q of a function%s", shorten(word), namesNear(word, append([]string{"post-return"}, lifts...)))
		}
		if err != nil {
			return err
		}
	}
	r.world.Funcs = append(r.world.Funcs, f)
	return nil
}

var lifts = []string{"sync", "stackful", "callback"}

// types reads "type, type)", of which each may have a name and a colon before it.
func (r *worldReader) types(c *worldCursor) (types []string, err error) {
	names := map[string]bool{}
	for first := true; !c.take(")"); first = false {
		if !first && !c.take(",") {
			return nil, c.errorf(c.next, "expected \",\" or \")\" before %q", shorten(c.rest()))
		}
		c.space()
		before := c.next
		name := c.word("<>{}(),: ")
		if !c.take(":") {
			c.next = before
		} else if names[strings.ToLower(name)] {
			return nil, c.errorf(before, "two parameters are called %q: validation refuses them", shorten(name))
		} else {
			names[strings.ToLower(name)] = true
		}
		t, err := r.typeText(c)
		if err != nil {
			return nil, err
		}
		types = append(types, t)
	}
	return types, nil
}

// results reads "type" or "(type, type)".
func (r *worldReader) results(c *worldCursor) ([]string, error) {
	if c.take("(") {
		return r.types(c)
	}
	t, err := r.typeText(c)
	return []string{t}, err
}

// typeText reads a type, and is its text without spaces.
func (r *worldReader) typeText(c *worldCursor) (string, error) {
	c.space()
	p := &typeParser{text: c.text, at: c.next, resources: r.world.resourceNames()}
	t, err := p.parse()
	if err == nil && t == nil {
		err = fmt.Errorf("_ is no type of a value")
	}
	if err != nil {
		return "", c.at(p.wordAt, err)
	}
	text := c.text[c.next:p.at]
	c.next = p.at
	return strings.Join(strings.Fields(text), ""), nil
}

// imports reads "INSTANCE FUNCTION async, FUNCTION".
func (r *worldReader) imports(c *worldCursor) error {
	importer, err := c.name("the instance that imports", "")
	if err != nil {
		return err
	}
	for {
		c.space()
		r.note(c, c.next, part{kind: "import", n: len(r.world.Imports)})
		name, err := c.name("the function that it imports", ",")
		if err != nil {
			return err
		}
		i := Import{Instance: importer, Func: name}
		if c.space(); !c.atEnd() && !strings.HasPrefix(c.rest(), ",") {
			at := c.next
			if word := c.word(","); word != "async" {
				return c.errorf(at, "unknown word %q of an import; there is: async. A comma stands between two functions", shorten(word))
			}
			i.Async = true
		}
		r.world.Imports = append(r.world.Imports, i)
		if c.atEnd() {
			return nil
		}
		if !c.take(",") {
			return c.errorf(c.next, "expected \",\" before %q", shorten(c.rest()))
		}
	}
}

// limits reads "table-length 8 …".
func (r *worldReader) limits(c *worldCursor) error {
	known := r.world.Limits.words()
	once := onceOnly{}
	for !c.atEnd() {
		at := c.next
		word := c.word("")
		if err := once.note(c, at, word); err != nil {
			return err
		}
		i := slices.IndexFunc(known, func(w limitWord) bool { return w.word == word })
		if i < 0 {
			var words []string
			for _, w := range known {
				words = append(words, w.word)
			}
			return c.errorf(at, "unknown limit %q%s", shorten(word), namesNear(word, words))
		}
		n, err := c.limit(word, known[i].limit)
		if err != nil {
			return err
		}
		if n == 0 {
			return c.errorf(at, "%s: a limit is not 0", word)
		}
	}
	return nil
}

// limit reads a number into a limit.
func (c *worldCursor) limit(word string, to any) (uint64, error) {
	switch to := to.(type) {
	case *uint64:
		n, err := c.number(word, 64)
		*to = n
		return n, err
	case *int64:
		n, err := c.number(word, 63)
		*to = int64(n)
		return n, err
	default:
		n, err := c.number(word, 31)
		*to.(*int) = int(n)
		return n, err
	}
}

// start reads "FUNCTION, FUNCTION".
func (r *worldReader) start(c *worldCursor) error {
	for {
		c.space()
		r.note(c, c.next, part{kind: "start", n: len(r.world.Start)})
		name, err := c.name("a function to start with", ",")
		if err != nil {
			return err
		}
		r.world.Start = append(r.world.Start, name)
		if c.take(","); c.atEnd() {
			return nil
		}
	}
}

// bound reads "10 actions 2 handles".
func (r *worldReader) bound(c *worldCursor) error {
	known := r.world.Bounds.words()
	for {
		n, err := c.number("bound", 31)
		if err != nil {
			return err
		}
		c.space()
		at := c.next
		given := c.word(",")
		word := strings.TrimSuffix(given, "s")
		i := slices.IndexFunc(known, func(w boundWord) bool { return w.noun == word })
		switch {
		case i < 0:
			return c.errorf(at, "a bound is on actions, handles, threads or tasks, not on %q", shorten(given))
		case n == 0 || *known[i].bound != 0:
			return c.errorf(at, "a bound on %ss is there twice, or is 0", word)
		}
		*known[i].bound = int(n)
		if c.take(","); c.atEnd() {
			return nil
		}
	}
}

// menu reads "A, B.work: action | action". What stands in several lines for the same is added up.
func (r *worldReader) menu(c *worldCursor) error {
	names, err := r.menuNames(c)
	if err != nil {
		return err
	}
	if r.world.Menus == nil {
		r.world.Menus = map[string][]string{}
	}
	for _, name := range names {
		if r.world.Menus[name] == nil {
			r.world.Menus[name] = []string{}
		}
	}
	for !c.atEnd() {
		at := c.next
		line, err := c.menuLine()
		if err != nil {
			return err
		}
		for _, name := range names {
			r.note(c, at, part{"menu", name, len(r.world.Menus[name])})
			r.world.Menus[name] = append(r.world.Menus[name], line)
		}
		if !c.atEnd() && !c.take("|") {
			return c.errorf(c.next, "expected \"|\" before %q", shorten(c.rest()))
		}
	}
	return nil
}

// menuNames reads "A, B.work:".
func (r *worldReader) menuNames(c *worldCursor) (names []string, err error) {
	for {
		c.space()
		at := c.next
		name, err := c.name("the name of an instance, a function or host", ",:")
		if err != nil {
			return nil, err
		}
		r.note(c, at, part{"menu", name, -1})
		names = append(names, name)
		if c.take(":") {
			return names, nil
		}
		if !c.take(",") {
			return nil, c.errorf(c.next, "expected \":\" and actions")
		}
	}
}

// menuLine reads an action without numbers, up to "|" or the end.
func (c *worldCursor) menuLine() (string, error) {
	at := c.next
	var words []string
	for !c.atEnd() && c.rest()[0] != '|' {
		word, err := c.menuWord()
		if err != nil {
			return "", err
		}
		words = append(words, word)
	}
	if len(words) == 0 {
		return "", c.errorf(at, "an action is missing")
	}
	return strings.Join(words, " "), nil
}

// menuWord reads a word of an action, or a type or a list of types, in which there may be spaces.
func (c *worldCursor) menuWord() (string, error) {
	begin := c.next
	word := c.word("<>{}()|")
	if !slices.Contains(constructors, word) && (word != "" || !strings.HasPrefix(c.rest(), "(")) {
		c.next = begin
		word = c.word("|")
		return word, nil
	}
	if c.space(); word != "" && !strings.HasPrefix(c.rest(), "<") && !strings.HasPrefix(c.rest(), "{") {
		return word, nil // such as result
	}
	depth := 0
	for i, b := range []byte(c.rest()) {
		switch b {
		case '<', '{', '(':
			depth++
		case '>', '}', ')':
			depth--
		}
		if depth == 0 {
			c.next += i + 1
			return strings.Join(strings.Fields(c.text[begin:c.next]), ""), nil
		}
	}
	return "", c.errorf(begin, "a bracket is not closed")
}

// resourceNames are resource types of no instance, which is enough to read types that name them.
func (w *World) resourceNames() resourceTypes {
	types := resourceTypes{}
	for _, r := range w.Resources {
		types[r.Name] = &spec.ResourceType{Name: r.Name}
	}
	return types
}
