package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"cabi/internal/messages"
	"cabi/internal/wast"
)

// judged is what came of a step.
type judged struct {
	verdict   Verdict
	want, got string
	skipped   bool
}

// Judge is what came of a plan, from the answers of a driver. A driver that ended early has fewer answers than there are steps, and says how.
func Judge(p *wast.Plan, answers []Answer, ended string) Result {
	r := Result{Verdict: Pass}
	for i, s := range p.Steps {
		var j judged
		if i < len(answers) {
			j = judge(p, s, answers[i])
		} else {
			j = judged{verdict: Ends, got: ended}
		}
		if j.skipped {
			continue
		}
		r.Steps++
		switch j.verdict {
		case Pass, OtherWords:
			r.Passed++
		case Differs: // of what ends the process no more is said than which file it was
			r.Differences = append(r.Differences, Difference{s.Line, j.want, j.got})
		}
		if worse(j.verdict, r.Verdict) {
			r.Verdict, r.Line, r.Want, r.Got = j.verdict, s.Line, j.want, j.got
			if j.verdict == Ends {
				r.Line = 0 // the page says no more than which file it was
			}
		}
	}
	return r
}

var (
	// tells is a command of an exported file whose result is the line of the first difference.
	tells     = regexp.MustCompile(`\(invoke "(run|[^"]*-differs-at)"`)
	differsAt = regexp.MustCompile(`^returned \(u32\.const ([1-9]\d*)\)$`)
)

// At is a result with the line of the trace that an exported file tells, in place of its number.
func (r Result) At(text string) Result {
	lines := strings.Split(text, "\n")
	m := differsAt.FindStringSubmatch(r.Got)
	if m == nil || r.Verdict != Differs || !tells.MatchString(lines[r.Line-1]) {
		return r
	}
	if n, err := strconv.Atoi(m[1]); err == nil && n <= len(lines) && strings.HasPrefix(lines[n-1], ";;") {
		action, _, _ := strings.Cut(strings.TrimLeft(lines[n-1], ";|+ "), " ; ")
		r.Got, r.Want = "differs at line "+m[1]+", "+action, ""
	}
	return r
}

// worse reports whether a step's verdict replaces that of the steps before: the first that is not as it is to be counts, other words least.
func worse(a, before Verdict) bool {
	return a != Pass && (before == Pass || before == OtherWords && a != OtherWords)
}

// judge judges the answer to a step.
func judge(p *wast.Plan, s *wast.Step, a Answer) judged {
	got := a.Error
	if got != "" && a.Class != "" {
		got = a.Class + ": " + a.Error
	}
	refuses := s.Kind == wast.AssertMalformed || s.Kind == wast.AssertInvalid || s.Kind == wast.AssertUnlink
	switch {
	case a.Skipped != "" || s.Refused != "": // what the tools refuse, no runtime has seen
		return judged{skipped: true}
	case refuses && s.Message != "" && strings.Contains(a.Error, s.Message):
		return judged{verdict: Pass}
	case a.Error != "" && a.Stage != "call" && a.Stage != "instantiate" && lacks(a.Error) != "": // also where any refusal would do
		return judged{verdict: Unsupported, got: lacks(a.Error)}
	case a.Error != "" && refuses:
		return judged{verdict: Pass}
	case s.Kind == wast.AssertTrap:
		return judgeTrap(s, a, got)
	case refuses:
		return judged{verdict: Differs, want: fmt.Sprintf("%s %q", s.Kind, s.Message), got: "it is accepted"}
	case a.Error != "":
		return judged{verdict: Differs, want: wanted(s), got: got}
	case s.Kind == wast.AssertReturn && texts(a.Returned) != texts(s.Want):
		return judged{verdict: Differs, want: wanted(s), got: "returned" + texts(a.Returned)}
	}
	return judged{verdict: Pass}
}

// wanted is what a step wants, in words.
func wanted(s *wast.Step) string {
	switch {
	case s.Kind == wast.AssertReturn:
		return "returned" + texts(s.Want)
	case s.Export != "":
		return "returned"
	}
	return "an instance"
}

// internal are the classes of errors by which JavaScript says that a program is wrong, and not that a component trapped.
var internal = []string{"TypeError", "ReferenceError", "RangeError", "SyntaxError", "LinkError", "CompileError", "SuspendError"}

// stackful is what jco throws where a function without a callback has returned as it is to: no trap of the component's.
const stackful = "is already resolved (did you forget to wait for an import?)"

func judgeTrap(s *wast.Step, a Answer, got string) judged {
	want := fmt.Sprintf("trap %q", s.Message)
	switch {
	case a.Error == "":
		return judged{verdict: Differs, want: want, got: "returned" + texts(a.Returned)}
	case a.Class == "Pending" && s.Message != "deadlock detected":
		return judged{verdict: Differs, want: want, got: got}
	case s.Message != "" && strings.Contains(a.Error, s.Message): // as upstream's own runner compares
		return judged{verdict: Pass}
	case slices.Contains(internal, a.Class) || strings.Contains(a.Error, stackful):
		return judged{verdict: Differs, want: want, got: got}
	case s.Message == "": // any trap will do
		return judged{verdict: Pass}
	case slices.ContainsFunc(messages.Others(s.Message), func(known string) bool { return strings.Contains(a.Error, known) }): // it is another trap
		return judged{verdict: Differs, want: want, got: got}
	}
	return judged{verdict: OtherWords, want: want, got: got}
}

func texts(values []wast.PlanValue) string {
	var b strings.Builder
	for _, v := range values {
		b.WriteString(" " + v.String())
	}
	return b.String()
}

// features are what a runtime says that it lacks, by its words when it refuses a component, and the name that the page has for it.
var features = []struct {
	said *regexp.Regexp
	name string
}{
	{regexp.MustCompile("requires the component model (?:async|more async builtins|async stackful|async builtins) feature"), "async, which its C API does not switch on"},
	{regexp.MustCompile("requires the component model error-context feature"), "error contexts, which its C API does not switch on"},
	{regexp.MustCompile("historically accepted as `cancellable`"), "built-ins that are cancellable, as the pin encodes them"},
	{regexp.MustCompile("requires the component model threading feature"), "the built-ins of threads"},
	{regexp.MustCompile("exceptions proposal not enabled"), "exceptions of core code"},
	{regexp.MustCompile("gc proposal must be enabled"), "the gc proposal of core code"},
	{regexp.MustCompile("require the component model fixed size list feature"), "lists of a fixed length, which its C API does not switch on"},
	{regexp.MustCompile("was not a function or instance|is not a type or function"), "exports that WIT has no word for, as of a type at the top"},
	{regexp.MustCompile("multiple memories|multi-memory"), "several memories of a core module"},
	{regexp.MustCompile("the C API links no instances"), "instances as imports, which its C API does not link"},
	{regexp.MustCompile("invalid leading byte|^unexpected end-of-file"), "an encoding that is newer than it"},
	{regexp.MustCompile("^wasm trap: wasm `unreachable` instruction executed"), "an assertion of its transpiler's own fails"},
}

// lacks is the name of the feature that a runtime refuses a component for; empty: it does not say one.
func lacks(message string) string {
	for _, f := range features {
		if f.said.MatchString(message) {
			return f.name
		}
	}
	return ""
}
