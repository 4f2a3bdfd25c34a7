package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// nameTraces names each trace after the first goal that it alone covers, or after the trap that it detects, and writes a comment above it that
// says what that is.
func (s *Suite) nameTraces() {
	s.noteAlone()
	sentences := map[spec.Site]string{}
	for _, site := range s.Sites {
		sentences[site.Name] = site.Sentence
	}
	taken := map[string]int{}
	for _, t := range s.Traces {
		name, sentence := t.describe(sentences)
		if taken[name]++; taken[name] > 1 {
			name = fmt.Sprintf("%s-%d", name, taken[name])
		}
		t.Name = name
		trace := *ownWorld(t.Trace)
		trace.Format, trace.Comments = 1, []string{sentence}
		t.Trace = &trace
	}
	s.sort()
}

// describe returns a name for a trace, and a sentence about it.
func (t *Trace) describe(sentences map[spec.Site]string) (name, sentence string) {
	if len(t.CoversAlone) == 0 {
		trap := Goal("trap " + t.Detects[0])
		return slug(string(trap)), trap.sentence(sentences)
	}
	main := slices.MinFunc(t.CoversAlone, func(a, b Goal) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return slug(string(main)), main.sentence(sentences)
}

// rank orders goals by how much they say about a trace: traps, then outcomes, then actions that trap, then steps.
func rank(t Goal) int {
	switch what, is, _ := strings.Cut(string(t), ": "); {
	case strings.HasPrefix(what, "trap "):
		return 0
	case strings.HasPrefix(is, "trap "):
		return 2
	case strings.Contains(is, " -> "):
		return 3
	default:
		return 1
	}
}

// slug turns a text into the name of a file.
func slug(text string) string {
	text = strings.NewReplacer(" -> ", "-to-", ": ", "-", ", ", "-", "/", "-", " ", "-").Replace(text)
	return strings.ToLower(text)
}

// liftNames are the kinds of lifted functions in words.
var liftNames = map[string]string{"sync": "one without a callback that is lifted sync", "stackful": "a stackful one", "callback": "one with a callback"}

// sentence says what a trace shows that covers the goal.
func (t Goal) sentence(sentences map[spec.Site]string) string {
	what, is, _ := strings.Cut(string(t), ": ")
	if site, traps := strings.CutPrefix(what, "trap "); traps {
		return fmt.Sprintf("Traps at %s: %s.", site, sentences[spec.Site(site)])
	}
	if site, traps := strings.CutPrefix(is, "trap "); traps {
		return fmt.Sprintf("%s traps at %s: %s.", what, site, sentences[spec.Site(site)])
	}
	switch from, to, steps := strings.Cut(is, " -> "); {
	case steps:
		return fmt.Sprintf("A %s goes from %s to %s.", what, from, to)
	case what == "callback":
		return fmt.Sprintf("A callback is called with the event %s.", is)
	case what == "entry":
		lift, situation, _ := strings.Cut(is, ", ")
		return fmt.Sprintf("A function is called %s: %s.", situation, liftNames[lift])
	case what == "return":
		return fmt.Sprintf("Core code that has a callback returns %s.", is)
	case strings.HasPrefix(is, "done"):
		return fmt.Sprintf("%s is %s.", what, is)
	}
	return fmt.Sprintf("%s comes back: %s.", what, is)
}
