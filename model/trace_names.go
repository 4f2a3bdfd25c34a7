package model

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cabi/spec"
)

// A trace may have names for the numbers of handles, threads, subtasks and calls, so that it does not depend on which numbers they get.
// A line binds a name, "$r = A: resource.new R 100", and later lines use it, "A: resource.drop R $r".

// bindings are the numbers, in decimal, that names stand for in a run.
type bindings map[string]string

var nameForm = regexp.MustCompile(`^\$[A-Za-z][A-Za-z0-9_-]*$`)

// bind notes the names that a line binds.
func (p *traceParser) bind(l Line) error {
	if len(l.Binds) > 0 && l.Kind == LineDone {
		return fmt.Errorf("names are bound where an action begins, not where it is done")
	}
	for _, name := range l.Binds {
		if !nameForm.MatchString(name) {
			return fmt.Errorf("%q is no name: it is a $, a letter, and letters, digits, - or _", shorten(name))
		}
		if before, known := p.bound[name]; known {
			return fmt.Errorf("%s is bound already, in line %d", shorten(name), before)
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

// codes are words for the codes that callbacks return, beside wait:INDEX.
var codes = map[string]string{"exit": "0", "yield": "1"}

// plainWords are words with a number in place of each name and code, so that they can be parsed, and whether there are any.
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

// resolve replaces names and codes among words by the numbers that they stand for.
func (b bindings) resolve(words []string) ([]string, error) {
	var plain []string
	for i, w := range words {
		value, err := b.wordNumber(w)
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

// wordNumber is the number that a word stands for; empty: the word is no name.
func (b bindings) wordNumber(w string) (string, error) {
	set, waits := strings.CutPrefix(w, "wait:")
	if strings.HasPrefix(set, "$") {
		value, known := b[set]
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
	index, err := parseInt(set, 60)
	if err != nil {
		return "", fmt.Errorf("%q is no waitable set", shorten(w))
	}
	return strconv.FormatUint(2|index<<4, 10), nil
}

// resultWords are the words that names stand for which a line binds: both ends of a stream or future, the subtask and the state of an
// async call, the code, the index and the payload of an event, the bytes of memory, or each result of any other action.
func resultWords(at *Activation, results []spec.CoreValue) []string {
	words := strings.Fields(formatCores(results))
	op := at.Pending.Op
	if op == opLoad {
		return []string{resultsText(*at.Pending, results)}
	}
	if len(results) != 1 || results[0].IsFloat() {
		return words
	}
	switch v := results[0].Uint64(); {
	case op == "stream.new" || op == "future.new":
		return []string{strconv.FormatUint(v&0xffffffff, 10), strconv.FormatUint(v>>32, 10)}
	case op == opCall && at.inst.lowersAsync[at.Pending.Imm[0]]:
		return []string{strconv.FormatUint(v>>4, 10), strconv.FormatUint(v&0xf, 10)}
	case op == "waitable-set.wait" || op == "waitable-set.poll":
		ptr := n(*at.Pending, 1)
		return append(words, fmt.Sprint(at.inst.load32(ptr)), fmt.Sprint(at.inst.load32(ptr+4)))
	}
	return words
}

// resultCounts are how many values come back from the actions of guests, but for calls; of others, none does.
var resultCounts = map[string]int{
	opLoad:              1,
	"waitable-set.wait": 3, "waitable-set.poll": 3,
	"stream.new":   2,
	"future.new":   2,
	"resource.new": 1, "resource.rep": 1,
	"context.get":      1,
	"waitable-set.new": 1,
	"subtask.cancel":   1,
	"stream.read":      1, "stream.write": 1, "stream.cancel-read": 1, "stream.cancel-write": 1,
	"future.read": 1, "future.write": 1, "future.cancel-read": 1, "future.cancel-write": 1,
	"thread.index": 1, "thread.new-indirect": 1, "thread.suspend": 1, "thread.yield": 1, "thread.suspend-then-resume": 1,
	"thread.yield-then-resume": 1, "thread.suspend-then-promote": 1, "thread.yield-then-promote": 1,
	"error-context.new": 1,
	"i32.load":          1,
	"i64.load":          1,
}

func tooManyNames(names []string, values int) error {
	return fmt.Errorf("%s for %s: nothing comes back for %s", Counted(len(names), "name"), Counted(values, "value"), names[values])
}

// namesOf is how many values of an action names may stand for, at most.
func (w *World) namesOf(actor string, a Action) int {
	switch b := w.builtin(a.Op); {
	case actor == Host && a.Op == opInvoke:
		return 1
	case b != nil:
		return len(b.Results)
	case actor == Host || a.Op != opCall:
		return resultCounts[a.Op]
	case slices.ContainsFunc(w.Imports, func(i Import) bool { return i.Instance == actor && i.Func == a.Imm[0] && i.Async }):
		return 2
	}
	return len(spec.FlatTypes(w.funcType(*w.Func(a.Imm[0])).Result))
}

// bindAll binds each name to the value at the same place. There may be fewer names than values, and not more.
func (b bindings) bindAll(names, values []string) error {
	if len(names) > len(values) {
		return tooManyNames(names, len(values))
	}
	for i, name := range names {
		b[name] = values[i]
	}
	return nil
}

// states are words for the low bits of the results of calls and copies; they stand before a colon.
var states = map[string]uint64{
	"starting": 0, "started": 1,
	"completed": uint64(spec.CopyCompleted), "dropped": uint64(spec.CopyDropped), "cancelled": uint64(spec.CopyCancelled),
}

// subtaskStates are words for the states of subtasks, by number.
var subtaskStates = []string{"starting", "started", "returned", "cancelled-before-started", "cancelled-before-returned"}

// eventWords are words for the codes of events, by code.
var eventWords = []string{"none", "subtask", "stream-read", "stream-write", "future-read", "future-write", "task-cancelled"}

// resumptions are words for what a thread that goes on is told, by number.
var resumptions = []string{"not-cancelled", "cancelled"}

// ValueWords are the words that stand for values of results. N is a number.
func ValueWords() []string {
	words := slices.Concat([]string{"blocked"}, subtaskStates, eventWords, resumptions)
	for _, state := range sortedKeys(states) {
		words = append(words, state+":N")
	}
	return words
}

// resultNumber is the number that a word of stated results stands for (blocked, returned, stream-read, started:$s, completed:1), or the word itself.
func (b bindings) resultNumber(w string) string {
	switch w {
	case "blocked":
		return "4294967295"
	case "starting", "started", "returned", "cancelled-before-started", "cancelled-before-returned":
		return strconv.Itoa(slices.Index(subtaskStates, w))
	}
	for _, words := range [][]string{eventWords, resumptions} {
		if code := slices.Index(words, w); code >= 0 {
			return strconv.Itoa(code)
		}
	}
	kind, rest, packed := strings.Cut(w, ":")
	if !packed {
		rest = w
	}
	if value, named := b[rest]; named {
		rest = value
	}
	state, known := states[kind]
	number, err := parseInt(rest, 60)
	switch {
	case !packed:
		if v, err := parseCore(rest); err == nil {
			return FormatCore(v)
		}
		return rest
	case !known || err != nil:
		return w
	}
	return strconv.FormatUint(number<<4|state, 10)
}

// isResult reports whether a word of stated results stands for a value. The names in it must be bound.
func isResult(w string) bool {
	if at := strings.IndexByte(w, '$'); at == 0 || w == "_" {
		return true
	} else if at > 0 {
		w = w[:at] + "0"
	}
	_, err := parseCore(bindings{}.resultNumber(w))
	if strings.HasPrefix(w, "bytes:") {
		_, err = memoryBytes(w, "")
	}
	return err == nil
}

// allows reports whether stated results, of which there may be several that are possible, are the results.
func (b bindings) allows(stated, got string) bool {
	if stated == "" || stated == got {
		return true
	}
	words := strings.Fields(got)
	for _, one := range strings.Split(stated, " | ") {
		if b.allowsOne(strings.Fields(one), words) {
			return true
		}
	}
	return false
}

func (b bindings) allowsOne(stated, got []string) bool {
	if len(stated) != len(got) {
		return false
	}
	for i, w := range stated {
		if w != "_" && b.resultNumber(w) != got[i] {
			return false
		}
	}
	return true
}

// plainResults are stated results with numbers in place of names and words.
func (b bindings) plainResults(stated string) string {
	words := strings.Fields(stated)
	for i, w := range words {
		if w != "|" && w != "_" {
			words[i] = b.resultNumber(w)
		}
	}
	return strings.Join(words, " ")
}
