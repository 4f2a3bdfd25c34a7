package properties

import (
	"regexp"
	"slices"
	"strings"

	"cabi/model"
)

// A Cause is what brings a known defect about: all violations of its kind that have one of its shapes are that defect, in whichever world.
// A violation of the same kind and of another shape is something else.
type Cause struct {
	What     string // the defect, in a few words
	Property *model.Property
	Kind     string   // of the violation; "*": any
	Shapes   []string // in which * stands for any words
}

// Causes are the causes of the known defects: those that searches find (KnownDefects), and those of docs/findings.md that worlds to exhaust have not.
var Causes = []Cause{
	{"a call overtakes those that wait to enter", residualBackpressure, "", []string{"a call begins at once"}},
	{"core code that a sync function resumes goes on above it", stackDiscipline, "order", []string{
		"a function that is not async ends before a callback",
		"a function that is not async ends before a function that is not async",
		"a function that is not async ends before an async function lifted sync",
		"a function that is not async ends before an async function lifted callback",
	}},
	{"core code that is cancelled goes on above a sync function", stackDiscipline, "order", []string{"*, by a cancellation"}},
	{"a cancellation is lost because the lock was held", cancelDelivered, "*", []string{"*, another thread held the lock"}},
	{"a cancellation is lost because the instance could not be entered", cancelDelivered, "*", []string{"*, the instance could not be entered"}},
	{"a future is dropped while a write is pending", noAssertionFailure, "SharedFutureImpl.drop/pending-read", []string{
		"future.drop-readable of readable future end in state IDLE, with a copy of the other end pending",
		"future.drop-readable of readable future end in state IDLE, with a copy of the host's pending",
		"shared.drop of one with a copy of the other end pending",
	}},
	{"subtask.cancel takes the event of a start for that of the end", noAssertionFailure, "canon_subtask_cancel/resolve-delivered", []string{
		"subtask.cancel sync of a call in state STARTED of *",
		"*, during subtask.cancel of *",
		"subtask.cancel, resumed by *",
		"return, in its cancellation, for subtask.cancel",
	}},
	{"a child cancels a call of its parent's that runs", noAssertionFailure, "Thread.resume/resumable", []string{
		"subtask.cancel * of a call in state STARTED of its parent's function lifted *, which runs",
	}},
	{"a subtask is put into a set while it is being cancelled", noAssertionFailure, "Waitable.wait_for_pending_event/alone", []string{
		"*, during subtask.cancel of its parent",
	}},
	{"the event of a subtask is delivered while it is being cancelled", noCrash, "Waitable.get_pending_event/TypeError", []string{
		"*, during subtask.cancel of its parent",
	}},
	{"realloc calls an import for an instance that is not entered", noAssertionFailure, "Store.lower.core_func_inst/entered", []string{"call of *, in realloc, for *"}},
	{"the message of an error context is kept", noCrash, "canon_error_context_new/NameError", []string{"error-context.new*"}},
	{"the message of an error context is stored beyond the memory", memoryFixed, "", []string{"error-context.debug-message of error context*", "return, in realloc, for error-context.debug-message"}},
	{"text is tagged for memories of one pointer width and looked at with the other", noAssertionFailure, "store_string_copy/realloc-max", widths},
	{"text is tagged for memories of one pointer width and looked at with the other", noAssertionFailure, "store_string_to_utf8/realloc-max", widths},
	{"an event is stored where nothing looked whether it may be", noAssertionFailure, "store/aligned", storedEvents},
	{"an event is stored where nothing looked whether it may be", noAssertionFailure, "store/bounds", storedEvents},
	{"a stream has elements that contains does not know", noAssertionFailure, "contains/unknown-type", []string{"stream.read *", "stream.write *"}},
	{"a case without payload is lowered where another has a float", noAssertionFailure, "canon_lift.thread_func/params", []string{"invoke of *", "call *", "return, in realloc"}},
	{"text that shrinks to Latin-1 is not aligned", textLiftable, "", []string{
		"it is not aligned: of latin1+utf16 units of 2 bytes aligned to 2, to latin1+utf16 units of 1 bytes",
	}},
	{"the event of a copy that was over does not say that the other end was dropped", dropTold, "", []string{
		"stream.drop-* of * stream end in state *, with no copy pending", "shared.drop of one with no copy pending", "return, in *, for *",
	}},
}

// storedEvents are the shapes of events that are stored.
var storedEvents = []string{"waitable-set.poll *", "waitable-set.wait *", "waitable-set.wait, resumed by *"}

// widths are the shapes of text that goes from a memory with pointers of one width to one with pointers of the other.
var widths = []string{
	"call * function lifted *, with text of latin1+utf16 for * in 64 bits",
	"call * function lifted *, with text of latin1+utf16 in 64 bits for utf8",
	"call * function lifted *, with text of latin1+utf16 in 64 bits for utf16",
	"call * function lifted *, with text of latin1+utf16 in 64 bits for latin1+utf16",
}

// CauseOf is the cause of the known defect that a violation is; nil: it is none, or the search did not tell violations apart by shapes, or the
// shape is not sure.
func CauseOf(v *model.Violation) *Cause {
	if v.Unsure != "" {
		return nil
	}
	for i := range Causes {
		c := &Causes[i]
		if c.Property.Name == v.Property && (c.Kind == "*" || c.Kind == v.Kind) && c.has(v.Shape) {
			return c
		}
	}
	return nil
}

// SameCause reports whether two violations of one promise and kind have the same cause: both are one known defect, or they have one shape.
func SameCause(a, b *model.Violation) bool {
	if known := CauseOf(a); known != nil {
		return known == CauseOf(b)
	}
	return a.Shape == b.Shape
}

// during is what shapes end with if the thread that acts was resumed by a cancellation that is under way. What comes about without one as well
// is the same defect.
var during = regexp.MustCompile(`, during subtask\.cancel of [a-z ]+$`)

func (c *Cause) has(shape string) bool {
	return slices.ContainsFunc(c.Shapes, func(pattern string) bool {
		is := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$")
		return is.MatchString(shape) || is.MatchString(during.ReplaceAllString(shape, ""))
	})
}
