package model

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cabi/spec"
)

// Names stand in a trace for the numbers of handles, threads, subtasks and calls, whatever they are. A line binds them,
// "$r = A: resource.new R 100", and later lines use them, "A: resource.drop R $r".

// A naming is what names stand for in a run, in decimal.
type bindings map[string]string

var nameForm = regexp.MustCompile(`^\$[A-Za-z][A-Za-z0-9_-]*$`)

// bind notes what a line binds.
func (p *traceParser) bind(l Line) error {
	if len(l.Binds) > 0 && l.Kind == LineDone {
		return fmt.Errorf("names are bound where an action begins, not where it is done")
	}
	for _, name := range l.Binds {
		if !nameForm.MatchString(name) {
			return fmt.Errorf("%q is no name: it is a $, a letter, and letters, digits, - or _", shorten(name))
		}
		if before, known := p.bound[name]; known {
			return fmt.Errorf("%s is bound already, in line %d", name, before)
		}
		if p.bound == nil {
			p.bound = map[string]int{}
		}
		p.bound[name] = p.number
	}
	return nil
}

// used checks that the names among words are bound.
func (p *traceParser) used(words []string) error {
	for _, w := range words {
		if at := strings.IndexByte(w, '$'); at >= 0 {
			if _, known := p.bound[w[at:]]; !known {
				return fmt.Errorf("nothing binds %s: a line before this one must, as in \"%s = A: …\"", shorten(w[at:]), shorten(w[at:]))
			}
		}
	}
	return nil
}

// codes are what a callback returns, as words.
var codes = map[string]string{"exit": "0", "yield": "1"}

// plainWords are words with a number for each name, and whether there were any.
func plainWords(words []string) (plain []string, named bool) {
	for i, w := range words {
		_, code := codes[w]
		if i > 0 && (strings.HasPrefix(w, "$") || strings.HasPrefix(w, "wait:") || code && words[0] == opReturn) {
			w, named = "0", true
		}
		plain = append(plain, w)
	}
	return plain, named
}

// resolve is words with what names stand for.
func (n bindings) resolve(words []string) ([]string, error) {
	var plain []string
	for i, w := range words {
		value, err := n.wordNumber(w)
		if err != nil {
			return nil, err
		}
		if i == 0 || value == "" {
			value = w
		}
		if code, ok := codes[w]; ok && words[0] == opReturn {
			value = code
		}
		plain = append(plain, value)
	}
	return plain, nil
}

// number is the number that a word stands for; empty: it stands for itself.
func (n bindings) wordNumber(w string) (string, error) {
	set, waits := strings.CutPrefix(w, "wait:")
	if strings.HasPrefix(set, "$") {
		value, known := n[set]
		if !known {
			return "", fmt.Errorf("%s has no value yet: what it names has not come back", set)
		}
		set = value
	} else if !waits {
		return "", nil
	}
	if !waits {
		return set, nil
	}
	index, err := strconv.ParseUint(set, 0, 60)
	if err != nil {
		return "", fmt.Errorf("%q is no waitable set", shorten(w))
	}
	return strconv.FormatUint(2|index<<4, 10), nil
}

// made names what came back for a line's action: the two ends of a stream or future, the subtask and the state of an async
// call, the results of everything else.
func (n bindings) bindResults(l Line, async bool, results []spec.CoreValue) {
	values := strings.Fields(formatCores(results))
	if len(results) == 1 && !results[0].IsFloat() {
		v := results[0].Uint64()
		switch op, _, _ := strings.Cut(l.Text, " "); {
		case op == "stream.new" || op == "future.new":
			values = []string{strconv.FormatUint(v&0xffffffff, 10), strconv.FormatUint(v>>32, 10)}
		case op == opCall && async:
			values = []string{strconv.FormatUint(v>>4, 10), strconv.FormatUint(v&0xf, 10)}
		}
	}
	n.bindAll(l.Binds, values)
}

func (n bindings) bindAll(names, values []string) {
	for i, name := range names {
		if i < len(values) {
			n[name] = values[i]
		}
	}
}

// states are the low bits of what calls and copies return, as words before a colon.
var states = map[string]uint64{
	"starting": 0, "started": 1,
	"completed": uint64(spec.CopyCompleted), "dropped": uint64(spec.CopyDropped), "cancelled": uint64(spec.CopyCancelled),
}

var subtaskStates = []string{"starting", "started", "returned", "cancelled-before-started", "cancelled-before-returned"}

// means is the number that a word of stated results means, or the word itself: blocked, returned, started:$s, completed:1.
func (n bindings) resultNumber(w string) string {
	switch w {
	case "blocked":
		return "4294967295"
	case "starting", "started", "returned", "cancelled-before-started", "cancelled-before-returned":
		return strconv.Itoa(slices.Index(subtaskStates, w))
	}
	kind, rest, packed := strings.Cut(w, ":")
	if !packed {
		rest = w
	}
	if value, named := n[rest]; named {
		rest = value
	}
	state, known := states[kind]
	number, err := strconv.ParseUint(rest, 0, 60)
	switch {
	case !packed:
		return rest
	case !known || err != nil:
		return w
	}
	return strconv.FormatUint(number<<4|state, 10)
}

// allows reports whether stated results, which may be several that are possible, allow what came back.
func (n bindings) allows(stated, got string) bool {
	if stated == "" || stated == got {
		return true
	}
	words := strings.Fields(got)
	for _, one := range strings.Split(stated, " | ") {
		if n.allowsOne(strings.Fields(one), words) {
			return true
		}
	}
	return false
}

func (n bindings) allowsOne(stated, got []string) bool {
	if len(stated) != len(got) {
		return false
	}
	for i, w := range stated {
		if w != "_" && n.resultNumber(w) != got[i] {
			return false
		}
	}
	return true
}

// plainResults are stated results with numbers for names and words.
func (n bindings) plainResults(stated string) string {
	words := strings.Fields(stated)
	for i, w := range words {
		if w != "|" && w != "_" {
			words[i] = n.resultNumber(w)
		}
	}
	return strings.Join(words, " ")
}
