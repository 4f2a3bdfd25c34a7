package model

import (
	"fmt"
	"slices"
	"strings"
)

// This file compares runs on frames with the port itself, on coroutines.

// toVerify reports whether the transition that was counted last is to be made again: the first one is, and every so manieth after it.
func (e *explorer) toVerify(s *successor) bool {
	return s.template != nil && e.Verify > 0 && (e.report.Transitions-1)%e.Verify == 0 && e.workers[0].onFrames()
}

// verify makes a transition again on coroutines. If it comes to something else, the search ends with an error.
func (e *explorer) verify(from path, s *successor) {
	e.compareWith(s.pathFrom(from), s.outcome(), (*successor).outcome)
}

// verifyWalk makes a random walk again on coroutines, and compares the state that it ended in.
func (e *explorer) verifyWalk(w *walkResult) {
	e.compareWith(path{actions: w.actions, choices: w.choices}, w.end.outcome(), func(s *successor) string {
		s.violated = nil // those of a walk are noted on its way
		return s.outcome()
	})
}

// compareWith compares what a path leads to on frames with what it leads to on coroutines.
func (e *explorer) compareWith(to path, frames string, outcome func(*successor) string) {
	if coroutines := outcome(e.tracer.again(to)); frames != coroutines {
		e.report.Err = fmt.Errorf("after %s the port comes to something else on coroutines than on frames, which is a fault of this program: %s; on frames: %s",
			Counted(len(to.actions), "action"), coroutines, frames)
		e.report.Stopped = true
		e.report.LedTo = e.tracer.trace(to, &Violation{})
		e.report.LedTo.Violates = ""
		return
	}
	e.report.Verified++
}

// again is what a path leads to, in a run of its own.
func (w *worker) again(to path) *successor {
	s := &successor{}
	p := to.follow()
	p.everyOrder = w.Full
	p.onWay = func(r *Run) { // the checkers forget what they do where a state is expanded
		switch left := len(p.actions) - p.nextAction; {
		case !r.shaping:
		case left == 2:
			r.forgetViolations()
		case left == 1:
			r.recheck() // what is violated there is forgotten as the last action begins
		}
	}
	p.atEnd = func(r *Run, _ *Activation) Action {
		w.noteState(r, s)
		return Action{}
	}
	w.actor = p
	r := w.newRun(p)
	defer r.Close()
	r.repeating = true // until the last action
	r.Main()
	if r.Stopped != nil {
		s.stop, s.stopKind = SiteOf(r.Stopped), stopKind(r.Stopped)
	}
	w.noteChecks(r, s)
	return s
}

// outcome is what a successor is, in words.
func (s *successor) outcome() string {
	var b strings.Builder
	switch {
	case s.atMenu:
		fmt.Fprintf(&b, "state %x", s.fingerprint.Bytes())
	case s.stop != "":
		fmt.Fprintf(&b, "%s at %s", s.stopKind, s.stop)
	default:
		b.WriteString("an end")
	}
	violated := slices.Clone(s.violated)
	slices.SortFunc(violated, func(a, b violation) int { return strings.Compare(a.key(), b.key()) })
	for _, v := range violated {
		fmt.Fprintf(&b, ", %s violated: %s", v.key(), v.message)
	}
	return b.String()
}
