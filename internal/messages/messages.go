// Package messages has the messages of traps as upstream's tests expect them of runtimes. definitions.py has none: the sites of spec/
// stand for them here.
package messages

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"cabi/component"
	"cabi/spec"
)

// texts are the messages of traps, by the end of the site's name. Some sites have several: upstream's tests expect one or another,
// by what the guest was about, which For looks at. A trap at any other site has no message that upstream states.
var texts = []struct {
	site  string
	texts []string
}{
	{"/may-leave", []string{"cannot leave component instance"}},
	{"lift_async_value/in-set", []string{"cannot lift stream while it's in a waitable set", "cannot lift future while it's in a waitable set"}},
	{"lift_async_value/idle", []string{"cannot lift stream after being notified that the writable end dropped", "cannot lift future after previous read succeeded"}},
	{"stream_copy/idle", []string{"cannot read from stream after being notified that the writable end dropped",
		"cannot write to stream after being notified that the readable end dropped", concurrent}},
	{"future_copy/idle", []string{"cannot read from future after previous read succeeded",
		"cannot write to future after previous write succeeded or readable end dropped", concurrent}},
	{"CopyEnd.drop/copying", []string{"cannot drop busy stream", "cannot remove busy stream"}},
	{"WritableFutureEnd.drop/unwritten", []string{"cannot drop future write end without first writing a value"}},
	{"SharedFutureImpl.read/same-instance", []string{"cannot read from and write to intra-component future"}},
	{"SharedFutureImpl.write/same-instance", []string{"cannot read from and write to intra-component future"}},
	{"canon_lift/blocked", []string{"cannot block a synchronous task before returning"}},
	{"canon_waitable_join/sync-waiter", []string{inSet}},
	{"/in-set", []string{inSet}},
	{"Store.lift.func_inst/reentrance", []string{"cannot enter component instance"}},
	{"unpack_callback_result/code", []string{"unsupported callback code"}},
	{"convert_i32_to_char/range", []string{"invalid `char` bit pattern"}},
	{"convert_i32_to_char/surrogate", []string{"invalid `char` bit pattern"}},
	{"load_variant/case", []string{"invalid variant discriminant"}},
	{"lift_flat_variant/case", []string{"invalid variant discriminant"}},
	{"/num_lends", []string{"cannot remove owned resource while borrowed"}},
	{"WaitableSet.drop/waiting", []string{"cannot drop waitable set with waiters"}},
	{"Subtask.drop/undelivered", []string{"cannot drop a subtask which has not yet resolved"}},
	{"load_string_from_range/bounds", []string{"string pointer/length out of bounds of memory", "string content out-of-bounds"}},
	{"load_string_from_range/encoding", []string{"invalid utf-8", "incomplete utf-8 byte sequence"}},
	{"store_list_into_range/bounds", []string{"realloc return: beyond end of memory", "list content out-of-bounds"}},
	{"store_list_into_range/aligned", []string{"realloc return: result not aligned", "unaligned pointer"}},
	{"/aligned", []string{"unaligned pointer"}},
	{"Task.return_/borrows", []string{"borrow handles still remain at the end of the call"}},
}

// Messages of several sites.
const (
	concurrent = "cannot have concurrent operations active on a future/stream"
	inSet      = "waitable cannot be used synchronously while added to a waitable set"
)

// Others are the messages of traps at sites that do not have a text, those of indices without the index: whoever reads one where the text is
// expected reads of another trap.
func Others(text string) (others []string) {
	groups := [][]string{{"unknown handle index"}, {"used with the wrong type"}, {component.ErrDeadlock.Error()}, {"integer divide by zero"}}
	for _, m := range texts {
		groups = append(groups, m.texts)
	}
	var own []string
	for _, group := range groups {
		if slices.ContainsFunc(group, func(t string) bool { return strings.Contains(text, t) || strings.Contains(t, text) }) {
			own = append(own, group...)
		} else {
			others = append(others, group...)
		}
	}
	return slices.DeleteFunc(others, func(t string) bool { return slices.Contains(own, t) })
}

// Texts are the messages of traps at a site.
func Texts(site spec.Site) []string {
	for _, m := range texts {
		if strings.HasSuffix(string(site), m.site) {
			return m.texts
		}
	}
	return nil
}

// trapPrefix begins the messages of traps that a runtime writes.
const trapPrefix = "wasm trap: "

var index = regexp.MustCompile(`index \d+`)

// Say reports whether an error that stopped the specification says a text, as upstream's tests compare: the message contains it. Every trap says
// the empty text, and nothing else does.
func Say(err error, text string) bool {
	var trap *spec.Trap
	switch {
	case errors.As(err, &trap) && text == "":
		return true
	case errors.As(err, &trap):
		for _, t := range ofTrap(trap) {
			if strings.Contains(trapPrefix+t, text) {
				return true
			}
		}
		return false
	case errors.Is(err, component.ErrDeadlock):
		return strings.Contains(trapPrefix+component.ErrDeadlock.Error(), text)
	}
	return text != "" && strings.Contains(err.Error(), text)
}

// ofTrap are the messages that a trap may have.
func ofTrap(t *spec.Trap) []string {
	at := index.FindString(t.Detail)
	switch {
	case t.Site == spec.CoreTrapSite && t.Detail == "unreachable":
		return []string{"wasm `unreachable` instruction executed"}
	case t.Site == spec.CoreTrapSite:
		return []string{t.Detail}
	case t.OnIndex && t.Found == nil:
		return []string{"unknown handle " + at}
	case t.OnIndex && !isResource(t):
		return []string{"handle " + at + " used with the wrong type"} // upstream's tests state it of resources of another type
	case t.OnIndex:
		return []string{"handle " + at + " used with the wrong type, expected guest-defined resource but found a different guest-defined resource"}
	}
	return Texts(t.Site)
}

// For is the message that a test may expect of a trap: of those of its site the one for what the action was about, which is told from its words
// and those of the types that it is about: a stream or a future, reading or writing. Empty: upstream states none.
func For(t *spec.Trap, action string) string {
	all := ofTrap(t)
	if len(all) == 1 {
		return all[0]
	}
	for _, text := range all {
		if said := mentions.FindAllString(text, -1); len(said) > 0 && !slices.ContainsFunc(said, func(word string) bool { return !strings.Contains(action, word) }) {
			return text
		}
	}
	return ""
}

// mentions are the words by which the messages of a site differ.
var mentions = regexp.MustCompile(`\b(stream|future|read|write)\b`)

// isResource reports whether a trap is about the type of a resource handle.
func isResource(t *spec.Trap) bool {
	_, is := t.Found.(*spec.ResourceHandle)
	return is && strings.HasSuffix(string(t.Site), "/type")
}
