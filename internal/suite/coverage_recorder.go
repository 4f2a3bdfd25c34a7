package suite

import (
	"errors"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A coverageRecorder is a checker that records which goals each action of a run covers. It reports them as a violation: that is how
// a search collects traces that cover new goals.
type coverageRecorder struct {
	model.BaseChecker
	ofAction    map[Goal]bool          // covered since the last menu
	interleaved map[*model.Action]bool // the actions under way during which others acted
	steps       *steps
	all         map[Goal]bool // covered since the beginning of the run; nil: that is not recorded
	only        Goal          // the one goal that is reported; empty: all are
	leftBy      string        // the action that ended core code since the last menu; empty: none did
	failed      bool          // an assert failed, or the Python crashed
}

// covers is violated by every action. The kind of the violation is the goals that the action covers, a line each.
var covers = &model.Property{Name: "covers", New: func() model.Checker { return newCoverageRecorder() }}

// covering is violated by the first action that covers a goal.
func covering(goal Goal) *model.Property {
	return &model.Property{Name: "covers", New: func() model.Checker {
		c := newCoverageRecorder()
		c.only = goal
		return c
	}}
}

func newCoverageRecorder() *coverageRecorder {
	return &coverageRecorder{BaseChecker: model.BaseChecker{Name: "covers"}, ofAction: map[Goal]bool{}, interleaved: map[*model.Action]bool{}, steps: newSteps()}
}

func (c *coverageRecorder) record(g Goal) {
	c.ofAction[g] = true
	if c.all != nil {
		c.all[g] = true
	}
}

// Entered records the event that a callback is called with, and in which situations functions and callbacks are called.
func (c *coverageRecorder) Entered(r *model.Run, at *model.Activation) { c.recordEntry(r, at) }

// Done records the outcome of an action, and whether others acted before it was done.
func (c *coverageRecorder) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	goal := label(*at.Pending) + ": " + outcome(r, at, results)
	if slices.Contains(switching, at.Pending.Op) {
		c.recordSituations(r, at, goal)
	}
	if op := at.Pending.Op; at.Actor != model.Host && op != "call" && c.interleaved[at.Pending] {
		goal += ", after others acted"
	}
	delete(c.interleaved, at.Pending)
	c.record(Goal(goal))
}

// Left records the callback code that core code returns.
func (c *coverageRecorder) Left(_ *model.Run, at *model.Activation) {
	c.leftBy = at.Pending.Op
	if a := at.Pending; at.Packed && a.Op == "return" && len(a.Args) == 1 && a.Args[0].Uint64()&0xf <= uint64(spec.CallbackWait) {
		c.record(Goal("return: " + spec.CallbackCode(a.Args[0].Uint64()&0xf).String()))
	}
}

// Settled ends an action. From now on, others act during every action that is still under way.
func (c *coverageRecorder) Settled(r *model.Run) {
	for _, at := range r.Activations {
		if at.Pending != nil {
			c.interleaved[at.Pending] = true
		}
	}
	c.steps.update(r, c.record)
	c.endAction()
}

// Stopped ends the last action.
func (c *coverageRecorder) Stopped(r *model.Run, err error) {
	var trap *spec.Trap
	if !errors.As(err, &trap) {
		c.failed, c.ofAction = true, nil
		c.endAction()
		return
	}
	c.steps.update(r, c.record)
	c.record(Goal("trap " + trap.Site))
	c.record(Goal(c.lastOp(r) + ": trap " + string(trap.Site)))
	c.endAction()
}

// lastOp is the name of the action that was begun last.
func (c *coverageRecorder) lastOp(r *model.Run) string {
	for _, at := range r.Activations {
		if a := at.Pending; a != nil && !c.interleaved[a] {
			return a.Op
		}
	}
	return c.leftBy
}

// endAction reports the goals that the last action covered.
func (c *coverageRecorder) endAction() {
	if c.only != "" {
		if c.ofAction[c.only] {
			c.ViolationKind, c.Message = string(c.only), string(c.only)
		}
	} else {
		c.ViolationKind = strings.Join(texts(sortedGoals(c.ofAction)), "\n")
		c.Message = c.ViolationKind
	}
	clear(c.ofAction)
	c.leftBy = ""
}
