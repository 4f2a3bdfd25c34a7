package conform

import (
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"cabi/adapter"
	"cabi/model"
	"cabi/shrink"
	"cabi/spec"
)

// A conversation is one run of an implementation: steps of a plan, and then perhaps others that are drawn.
type conversation struct {
	*tester
	*ground
	process *process
	scene   *scene // whose steps the plan is; nil: it is of none
	plan    []shrink.Step
	drawer  *model.Drawer // nil: nothing is drawn beyond the plan
	length  int           // the most actions

	dialogue   *model.Dialogue
	references *shrink.References
	steps      []shrink.Step // that were taken
	number     int           // of the next step that is drawn
	shapes     []uint64
	unable     int      // actions that were answered with unsupported
	failure    *Failure // of the process
	failedAt   *model.Line
	starts     []string // functions that the host calls before anything else
	message    string   // of the trap that the implementation said last
}

// drawnFrom is the number of the first step that is drawn: those of a plan have smaller ones.
const drawnFrom = 1 << 20

// run leads the conversation to its end, and returns how it differs; nil: it does not.
func (c *conversation) run() (*Difference, error) {
	var first *model.Answer
	if c.failure == nil {
		var err error
		if first, err = c.begin(); err != nil {
			return nil, err
		}
	}
	switch {
	case c.failure != nil:
		return c.failed(), nil
	case c.ground.refused:
		return nil, nil
	}
	c.dialogue = c.dialogues.Dialogue(first, c.next)
	c.number = drawnFrom
	return c.compare()
}

// misses reports whether a scene did not come to its end, perhaps since the implementation chose otherwise than the trace.
func (c *conversation) misses() bool {
	return c.scene != nil && len(c.steps) < len(c.scene.steps) && !c.ground.refused
}

// begin has the implementation make the world, and its host call what it is to begin with.
func (c *conversation) begin() (*model.Answer, error) {
	c.starts = c.world.Start
	r, err := c.process.ask(&adapter.Request{Kind: "world", World: c.asked})
	var answer *model.Answer
	if err == nil && !c.refuses(r) {
		answer, err = c.answered(r, "")
	}
	if c.refused {
		return nil, nil
	}
	return answer, c.keepFailure(err)
}

// refuses reports whether a reply is that the world is not supported, and keeps why.
func (c *conversation) refuses(r *adapter.Reply) bool {
	if r.Kind != "unsupported" {
		return false
	}
	c.refused, c.report.NotMade[c.world.Name] = true, r.Why
	return true
}

// keepFailure keeps the failure of the process, which is no error of the test.
func (c *conversation) keepFailure(err error) error {
	var failure *Failure
	if errors.As(err, &failure) {
		c.failure = failure
		return nil
	}
	return err
}

// answered is a reply as an answer. One that is none is a failure. As long as the host is at rest and has a function to call that the world
// begins with, it calls that: what comes of it belongs to the answer. An implementation that cannot do so does not support the world, and the
// error is io.EOF.
func (c *conversation) answered(r *adapter.Reply, asked string) (*model.Answer, error) {
	answer, err := answerOf(r)
	if err != nil {
		return nil, c.process.failure(Rubbish, err.Error(), asked, "")
	}
	c.message = messageOf(r)
	if answer.Next != 0 || len(c.starts) == 0 {
		return answer, nil
	}
	host := 0
	start := &adapter.Request{Kind: "action", Call: &host, Actor: model.Host, Op: "invoke", Words: c.starts[:1]}
	c.starts = c.starts[1:]
	if r, err = c.process.ask(start); err != nil {
		return nil, err
	}
	if c.refuses(r) {
		return nil, io.EOF
	}
	further, err := c.answered(r, text(start))
	if err == nil {
		further.Events = append(answer.Events, further.Events...)
	}
	return further, err
}

// compare looks for a variant under which the specification allows the conversation, and leads it on with that.
func (c *conversation) compare() (*Difference, error) {
	var left []*spec.Variant
	var first *Difference
	for _, v := range c.variants {
		found, err := c.dialogue.Admit(v, c.admitOptions())
		if err = c.keepFailure(err); err != nil {
			return nil, err
		}
		if c.failure != nil {
			return c.failed(), nil
		}
		if found.Verdict != model.Refused {
			if len(left) == 0 {
				c.noteAdmitted(found)
			}
			left = append(left, v)
		} else if first == nil {
			first = c.differs(v, found)
		}
	}
	if len(left) == 0 {
		return first, nil
	}
	c.variants = left
	return nil, nil
}

func (c *conversation) admitOptions() model.AdmitOptions {
	return model.AdmitOptions{MaxStates: mostStates, Properties: []*model.Property{{Name: "references", New: c.newReferences}},
		Progress: func(*model.Admission) bool { return !c.mustStop() }}
}

// mostStates is how many states a search for an explanation looks at.
const mostStates = 200000

func (c *conversation) newReferences() model.Checker {
	c.references = shrink.NewReferences(func(r *model.Run) int {
		if r.Taken == 0 {
			return -1
		}
		return c.steps[r.Taken-1].Number
	})
	return c.references
}

// noteAdmitted counts how a conversation ended that the specification allows.
func (c *conversation) noteAdmitted(found *model.Admission) {
	switch {
	case found.Verdict == model.Unsettled:
		c.report.Undecided++
	case found.Unsaid != nil:
		if site, is := strings.CutPrefix(found.Unsaid.Text, model.TrapStop+" "); is {
			c.report.Traps[site]++
		} else {
			c.report.Undefined++
		}
	}
}

// next chooses the next action, and has the implementation take it.
func (c *conversation) next(now model.Now) (model.Action, *model.Answer, error) {
	for len(c.steps) < c.length && c.unable < mostRefused {
		step, ok := c.choose(now)
		if !ok {
			break
		}
		r := c.request(now, step.Action)
		answer, supported, err := c.take(r)
		switch {
		case err != nil:
			c.failedAt = &model.Line{Kind: model.LineAction, Actor: now.At.Actor, Text: step.Action.String()}
			c.steps = append(c.steps, step)
			return model.Action{}, nil, err
		case !supported:
			c.unable++
			c.report.Unsupported[step.Action.Op]++
			continue
		}
		c.report.Actions++
		for _, e := range answer.Events {
			if e.Kind == model.LineEnter && step.Entered == "" {
				step.Entered = e.Func
			}
		}
		c.steps = append(c.steps, step)
		return step.Action, answer, nil
	}
	return model.Action{}, nil, io.EOF
}

// mostRefused is how many unsupported actions end a run.
const mostRefused = 40

// canSay reports whether JSON can say the values that an action passes.
func canSay(r *model.Run, a model.Action) bool { return !lacks(r.JSONValues(a)) }

// lacks reports whether in a value, or in one inside it, something is missing that JSON cannot say.
func lacks(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case []any:
		return slices.ContainsFunc(v, lacks)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), lacks)
	}
	return false
}

// take has the implementation take an action.
func (c *conversation) take(r *adapter.Request) (answer *model.Answer, supported bool, err error) {
	got, err := c.process.ask(r)
	if err != nil {
		return nil, true, err
	}
	if got.Kind == "unsupported" {
		return nil, false, nil
	}
	answer, err = c.answered(got, text(r))
	return answer, true, err
}

// request is the request to take an action.
func (c *conversation) request(now model.Now, a model.Action) *adapter.Request {
	call := now.Call
	r := &adapter.Request{Kind: "action", Call: &call, Actor: now.At.Actor, Op: a.Op, Words: a.Imm, Values: now.Run.JSONValues(a)}
	words := strings.Fields(a.String())
	r.Numbers = words[1+len(a.Imm):]
	if a.Op == "memory.store" {
		r.Numbers = append(r.Numbers[:1], model.FormatBytes(now.Run.Stored(now.At, a)))
	}
	return r
}

// choose is the next step of the plan that can be taken, or one that is drawn; false: there is none.
func (c *conversation) choose(now model.Now) (shrink.Step, bool) {
	for len(c.plan) > 0 {
		s := c.plan[0]
		c.plan = c.plan[1:]
		if s.At != now.At.Name || slices.Contains(c.unsupported, s.Action.Op) {
			continue
		}
		if action, ok := c.references.Resolve(s, now.At); ok && shrink.CanTake(now.Run, now.At, c.world.Bounds, action) && canSay(now.Run, action) {
			s.Action = action
			return s, true
		}
	}
	if c.drawer == nil {
		return shrink.Step{}, false
	}
	if len(c.steps)%shapesEvery == 0 {
		c.shapes = append(c.shapes, now.Shapes()...)
	}
	action, ok := c.draw(now, c.drawer.Rand())
	if !ok {
		return shrink.Step{}, false
	}
	s := c.references.Step(action, now.At)
	s.Number = c.number
	c.number++
	return s, true
}

const (
	shapesEvery = 3  // actions: writing a state costs as much as several of them
	mostDraws   = 40 // for one action
	trapOneIn   = 30 // actions that the specification stops, at a place where others were stopped already
)

// draw draws an action. Few are taken that the specification stops, since these end the run: mostly the first at each place.
func (c *conversation) draw(now model.Now, rng *rand.Rand) (model.Action, bool) {
	for range mostDraws {
		a, ok := c.drawer.Draw(now.Run, now.At, c.world.Bounds)
		if !ok {
			return a, false
		}
		if slices.Contains(c.unsupported, a.Op) || !canSay(now.Run, a) {
			continue
		}
		kind, site := now.Stops(a)
		key := site + " " + a.Op
		switch {
		case kind == "":
			return a, true
		case kind != model.TrapStop && kind != "exception": // the specification says nothing of what happens
		case !c.tried[key] || rng.IntN(trapOneIn) == 0:
			c.tried[key] = true
			return a, true
		}
	}
	return model.Action{}, false
}
