package properties

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Properties of the two ends of a stream or future. Those that the host implements are left out: the specification does not have
// their state.

var copyConsistent = runProperty(&model.Property{
	Name: "copy-consistent",
	Statement: "An end is copying exactly while its stream or future holds its buffer, or it has an event of the copy that nobody has taken; " +
		"and its buffer is held exactly until the copy is over.",
	Kind: "state",
	Origin: `CanonicalABI.md: "the pending_* fields record the Buffer and OnCopy* callbacks of a read or write that is waiting to rendezvous"; "OnCopyDone ` +
		`is called to indicate that the read or write is finished copying and that the caller has regained ownership of the buffer"`,
	BlindSpots: "Streams and futures that the host implements.",
}, func(r *model.Run, exercised *bool) (message, kind string) {
	if halfDone(r) {
		return "", ""
	}
	for _, slot := range r.Elements() {
		*exercised = *exercised || spec.SharedOf(slot.Element) != nil && spec.Copying(slot.Element)
		if message, kind := copyDisagreement(slot.Element); message != "" {
			return message, kind
		}
	}
	return "", ""
})

// copyDisagreement describes how an end and its stream or future disagree about the end's copy.
func copyDisagreement(e spec.Element) (message, kind string) {
	view, known := spec.ViewShared(spec.SharedOf(e))
	if !known {
		return "", ""
	}
	ev, has := spec.PendingEvent(e)
	pending := view.Pending == e
	switch copying := spec.Copying(e); {
	case copying && !pending && !has:
		return fmt.Sprintf("%s is copying, but its buffer is not held, and it has no event", describe(e)), "forgotten"
	case !copying && pending:
		return fmt.Sprintf("%s is not copying, but its buffer is held", describe(e)), "held"
	case !copying && has:
		return fmt.Sprintf("%s is not copying, but it has an event of a copy", describe(e)), "late"
	case has && ev.Final == pending:
		return fmt.Sprintf("the copy of %s is over: %v, but its buffer is held: %v", describe(e), ev.Final, pending), "over"
	}
	return "", ""
}

var peerNotified = &model.Property{
	Name: "peer-notified",
	Statement: "When an end is dropped, its peer's copy that is pending ends and says so, and if none is pending the next one does: it does not " +
		"become pending.",
	Kind: "state",
	Origin: `CanonicalABI.md: "Dropping the readable or writable end of a stream or cancelling a read or write notifies any pending read or write"; "drop ` +
		`notifies the opposite end"`,
	BlindSpots: "Streams and futures that the host implements; ends that the host drops and does not tell of.",
	New:        func() model.Checker { return &peerChecker{BaseChecker: model.BaseChecker{Name: "peer-notified"}} },
}

// A peerChecker checks that an end whose peer was dropped has an event that says so, or will say so at its next copy. It remembers the
// streams and futures an end of which was dropped by a guest. While the other end is live, the state has that, too: there is
// no ghost. It cannot see streams and futures that the host implements, nor ends that the host drops.
type peerChecker struct {
	model.BaseChecker
	run     *model.Run
	dropped []spec.SharedBase
}

func (c *peerChecker) Begin(r *model.Run) { c.run = r }

// Retired notes that a built-in drops an end. An end that leaves its table otherwise is passed on.
func (c *peerChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if shared := spec.SharedOf(e); shared != nil && doing(c.run, dropsEnd) {
		c.dropped = append(c.dropped, shared)
	}
}

// dropsEnd reports whether a built-in drops an end.
func dropsEnd(op string) bool {
	return strings.HasPrefix(op, "stream.drop-") || strings.HasPrefix(op, "future.drop-")
}

// doing reports whether one of some built-ins is being called. It is for built-ins that never block: the call of one that blocks
// may be an old one.
func doing(r *model.Run, is func(op string) bool) bool {
	return slices.ContainsFunc(r.Activations, func(at *model.Activation) bool { return at.Pending != nil && is(at.Pending.Op) })
}

func (c *peerChecker) State(r *model.Run) {
	c.Message, c.ViolationKind = "", ""
	if halfDone(r) {
		return
	}
	for _, slot := range r.Elements() {
		shared := spec.SharedOf(slot.Element)
		if view, known := spec.ViewShared(shared); known && (view.Dropped || slices.Contains(c.dropped, shared)) {
			c.notified(slot.Element, view)
		}
	}
}

// notified checks an end whose peer was dropped.
func (c *peerChecker) notified(e spec.Element, view spec.SharedView) {
	c.NonVacuous = true
	ev, has := spec.PendingEvent(e)
	switch {
	case !view.Dropped:
		c.Message, c.ViolationKind = fmt.Sprintf("the peer of %s was dropped, and its next copy will not say so", describe(e)), "next copy"
	case spec.Copying(e) && !has:
		c.Message, c.ViolationKind = fmt.Sprintf("the peer of %s was dropped, and its copy is still pending", describe(e)), "pending copy"
	case has && !ev.Final:
		c.Message, c.ViolationKind = fmt.Sprintf("the peer of %s was dropped, and the event of its copy does not say so", describe(e)), "event"
	}
}

var dropTold = &model.Property{
	Name:      "drop-told",
	Statement: "The event of a stream's copy that is over says that the other end was dropped, if it was before anyone took the event.",
	Kind:      "state",
	Origin: `CanonicalABI.md: "The DROPPED code indicates that the other end has since been dropped"; "COMPLETED indicates that the copy is done and ` +
		`neither DROPPED nor CANCELLED apply"; upstream's #719`,
	BlindSpots: "Streams that the host implements; copies that were cancelled. Of a future's copy COMPLETED says as much.",
	New:        func() model.Checker { return &dropToldChecker{BaseChecker: model.BaseChecker{Name: "drop-told"}} },
}

// A dropToldChecker checks the events of copies by the state alone: it remembers nothing. Several ends may have one that is wrong.
type dropToldChecker struct {
	model.BaseChecker
	others []string // that are wrong as well
}

func (c *dropToldChecker) State(r *model.Run) {
	c.Message, c.others = "", c.others[:0]
	if halfDone(r) {
		return
	}
	for _, slot := range r.Elements() {
		if class := spec.ClassOf(slot.Element); class != spec.ClassReadableStreamEnd && class != spec.ClassWritableStreamEnd {
			continue
		}
		view, known := spec.ViewShared(spec.SharedOf(slot.Element))
		ev, has := spec.PendingEvent(slot.Element)
		if !known || !view.Dropped || !has {
			continue
		}
		if c.NonVacuous = true; !ev.Final || ev.Result != spec.CopyCompleted {
			continue
		}
		if message := fmt.Sprintf("the peer of %s was dropped, and the event of its copy says %s", describe(slot.Element), ev.Result); c.Message == "" {
			c.Message = message
		} else {
			c.others = append(c.others, message)
		}
	}
}

// Others are the ends beside the first of which the event does not say so.
func (c *dropToldChecker) Others() []string { return c.others }

var cancelImmediate = &model.Property{
	Name:       "cancel-immediate",
	Statement:  "Cancelling a copy gives its buffer back at once: it never returns that it blocked.",
	Kind:       "step",
	Origin:     `CanonicalABI.md: "when wasm is implementing the stream, cancel always returns ownership of the buffer immediately"`,
	BlindSpots: "Streams and futures that the host implements, which need not.",
	New:        func() model.Checker { return &cancelChecker{BaseChecker: model.BaseChecker{Name: "cancel-immediate"}} },
}

// A cancelChecker checks that cancelling a copy does not block. It remembers nothing. It leaves out the streams and futures that the
// host implements, which may.
type cancelChecker struct{ model.BaseChecker }

func (c *cancelChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Pending == nil || !strings.Contains(at.Pending.Op, ".cancel-") {
		return
	}
	e := slotAt(r, at).Element
	if e == nil {
		return
	}
	if _, known := spec.ViewShared(spec.SharedOf(e)); !known {
		return
	}
	if c.NonVacuous = true; results[0].Uint64() == spec.Blocked {
		c.Message = fmt.Sprintf("%s did %s, and the buffer of %s was not given back", at.Name, at.Pending, describe(e))
	}
}

var doneIsFinal = &model.Property{
	Name:      "done-is-final",
	Statement: "An end that is done stays so: a future is read and written at most once, and nothing is copied after the peer was dropped.",
	Kind:      "step",
	Origin: `CanonicalABI.md: "This ensures that futures are read/written at most once"; "the DONE state (in which case the only valid operation is ` +
		`{stream,future}.drop-{readable,writable})"`,
	New: func() model.Checker { return &finalChecker{BaseChecker: model.BaseChecker{Name: "done-is-final"}} },
}

// A finalChecker checks that an end that is done stays done. It remembers the ends that were. The state has them, too: there is no
// ghost.
type finalChecker struct {
	model.BaseChecker
	done []spec.Element
}

func (c *finalChecker) Settled(r *model.Run) {
	for _, slot := range r.Elements() {
		state, isEnd := spec.CopyStateOf(slot.Element)
		switch was := isEnd && slices.Contains(c.done, slot.Element); {
		case was && state != spec.CopyStateDone && c.Message == "":
			c.Message = fmt.Sprintf("%s was done, and is in state %s", describe(slot.Element), state)
		case !was && isEnd && state == spec.CopyStateDone:
			c.NonVacuous, c.done = true, append(c.done, slot.Element)
		}
	}
}
