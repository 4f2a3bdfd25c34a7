package properties

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// What the two ends of a stream or future owe each other. The host's own streams and futures are the host's affair.

var copyConsistent = runProperty(&model.Property{
	Name: "copy-consistent",
	Statement: "An end is copying exactly while its stream or future holds its buffer, or it has an event of the copy that nobody has taken; " +
		"and its buffer is held exactly until the copy is over.",
	Kind: "state",
	Origin: `CanonicalABI.md: "the pending_* fields record the Buffer and OnCopy* callbacks of a read or write that is waiting to rendezvous"; "OnCopyDone ` +
		`is called to indicate that the read or write is finished copying and that the caller has regained ownership of the buffer"`,
	Blind: "Streams and futures that the host implements.",
}, func(r *model.Run, met *bool) (what, kind string) {
	if amid(r) {
		return "", ""
	}
	for _, slot := range elements(r) {
		*met = *met || spec.SharedOf(slot.Element) != nil && spec.Copying(slot.Element)
		if what, kind := inconsistent(slot.Element); what != "" {
			return what, kind
		}
	}
	return "", ""
})

// inconsistent says how an end and its stream or future disagree about its copy.
func inconsistent(e spec.Element) (what, kind string) {
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
	Blind: "Streams and futures that the host implements; ends that the host drops and does not tell of.",
	New:   func() model.Checker { return &peerChecker{NoChecks: model.NoChecks{Name: "peer-notified"}} },
}

// peerChecker keeps the streams and futures one of whose ends guests dropped; while the other lives, the state says it.
type peerChecker struct {
	model.NoChecks
	run     *model.Run
	dropped []spec.SharedBase
}

func (c *peerChecker) Begin(r *model.Run) { c.run = r }

// Retired hears of ends that a built-in drops: others are passed on.
func (c *peerChecker) Retired(_ *spec.ComponentInstance, _ spec.TableKey, _ uint64, e spec.Element) {
	if shared := spec.SharedOf(e); shared != nil && doing(c.run, dropsEnd) {
		c.dropped = append(c.dropped, shared)
	}
}

func dropsEnd(op string) bool {
	return strings.HasPrefix(op, "stream.drop-") || strings.HasPrefix(op, "future.drop-")
}

// doing reports whether a built-in that never blocks is being done.
func doing(r *model.Run, is func(op string) bool) bool {
	return slices.ContainsFunc(r.Activations, func(at *model.Activation) bool { return at.Pending != nil && is(at.Pending.Op) })
}

func (c *peerChecker) State(r *model.Run) {
	c.What, c.Sort = "", ""
	if amid(r) {
		return
	}
	for _, slot := range elements(r) {
		shared := spec.SharedOf(slot.Element)
		if view, known := spec.ViewShared(shared); known && (view.Dropped || slices.Contains(c.dropped, shared)) {
			c.notified(slot.Element, view)
		}
	}
}

// notified checks that an end whose peer is gone knows.
func (c *peerChecker) notified(e spec.Element, view spec.SharedView) {
	c.Met = true
	ev, has := spec.PendingEvent(e)
	switch {
	case !view.Dropped:
		c.What, c.Sort = fmt.Sprintf("the peer of %s was dropped, and its next copy will not say so", describe(e)), "next copy"
	case spec.Copying(e) && !has:
		c.What, c.Sort = fmt.Sprintf("the peer of %s was dropped, and its copy is still pending", describe(e)), "pending copy"
	case has && !ev.Final:
		c.What, c.Sort = fmt.Sprintf("the peer of %s was dropped, and the event of its copy does not say so", describe(e)), "event"
	}
}
