package conform

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Difference is that an implementation does what the specification does not allow.
type Difference struct {
	Kind    string // what differs
	Op      string // the kind of action by which it does, or "world"
	Site    string // of the trap that is missing; empty: none is
	Actions int
	Trace   *model.Trace // what the implementation did
	Got     string       // what it answered to the last action
	Allowed []string     // what the specification allows in its place
	Failure *Failure     // of the adapter; nil: it answered
	Run     int          // in which it was found, from 1
	Before  int          // how many actions that run had
	Times   int          // how many runs differ so
}

// The kinds of differences, beside those of failures.
const (
	OtherResult = "other result"
	NoTrap      = "no trap"
	Traps       = "trap"
	OtherEvents = "other events"
	OtherTables = "other tables"
)

// Key tells kinds of differences apart: a fault shows in many places.
func (d *Difference) Key() string {
	op := d.Op
	switch group, what, _ := strings.Cut(op, "."); {
	case d.Kind == NoTrap:
		op = ""
	case makesHandles[op], op == "invoke" && d.Kind == OtherResult: // what the host passes gets a handle
		op = "of a new handle"
	case (group == "stream" || group == "future") && !strings.HasPrefix(what, "drop"):
		op = "of a copy"
	case group == "thread" || op == "waitable-set.wait" || op == "return":
		op = "of what goes on"
	}
	return strings.Join(strings.Fields(d.Kind+" "+op+" "+d.Site), " ")
}

var makesHandles = map[string]bool{"resource.new": true, "stream.new": true, "future.new": true, "waitable-set.new": true, "error-context.new": true}

// failed is the difference that an adapter does not answer as it should.
func (c *conversation) failed() *Difference {
	d := &Difference{Kind: c.failure.Kind, Op: "world", Failure: c.failure, Actions: len(c.steps)}
	if c.failedAt != nil {
		d.Op, _, _ = strings.Cut(c.failedAt.Text, " ")
	}
	v := c.variants[0]
	if c.dialogue == nil {
		d.Trace = &model.Trace{World: c.world, Variant: v}
		return d
	}
	d.Trace = c.dialogue.TraceTo(v, len(c.dialogue.Answers), c.failedAt)
	d.comment()
	return d
}

// differs is the difference of a conversation that the specification does not allow.
func (c *conversation) differs(v *spec.Variant, found *model.Admission) *Difference {
	at, expected := found.Expected()
	got := c.dialogue.Answers[at]
	d := &Difference{Op: "world", Actions: at, Got: got.Text(expected[0])}
	if at > 0 {
		d.Op = c.steps[at-1].Action.Op
	}
	for _, e := range expected {
		text := e.Text(got)
		if e.Stops() != "" {
			text += " at " + e.Stops()
		}
		d.Allowed = append(d.Allowed, text)
	}
	if got.Traps() && c.message != "" && at == len(c.dialogue.Answers)-1 {
		d.Got += ": " + short(c.message)
	}
	d.Kind, d.Site = kindOf(got, expected)
	d.Trace = c.dialogue.TraceTo(v, at, nil)
	d.comment()
	return d
}

// comment has the trace say what differs.
func (d *Difference) comment() {
	d.Trace.Comments = []string{d.String()}
	for _, allowed := range d.Allowed {
		d.Trace.Comments = append(d.Trace.Comments, "the specification allows: "+allowed)
	}
}

// kindOf says how an answer differs from those that the specification allows.
func kindOf(got *model.Answer, expected []*model.Answer) (kind, site string) {
	traps := func(a *model.Answer) bool { return a.Traps() }
	switch {
	case !got.Traps() && !slices.ContainsFunc(expected, func(a *model.Answer) bool { return !a.Traps() }):
		return NoTrap, expected[0].Stops()
	case got.Traps() && !slices.ContainsFunc(expected, traps):
		return Traps, ""
	case slices.ContainsFunc(expected, got.SameEvents):
		return OtherTables, ""
	case slices.ContainsFunc(expected, got.SameButWords):
		return OtherResult, ""
	}
	return OtherEvents, ""
}

// String is the difference in a line.
func (d *Difference) String() string {
	switch {
	case d.Failure != nil:
		return fmt.Sprintf("the adapter %s at %s: %s", d.Kind, d.Op, d.Failure.Why)
	case d.Kind == NoTrap:
		return fmt.Sprintf("no trap at %s by %s", d.Site, d.Op)
	}
	return fmt.Sprintf("%s by %s", d.Kind, d.Op)
}
