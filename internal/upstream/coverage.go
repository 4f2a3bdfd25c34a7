package upstream

import (
	"cabi/model"
	"cabi/spec"
)

// Coverage counts what a number of runs reached.
type Coverage struct {
	Ops     map[string]map[string]int // action → outcome → how often
	Later   map[string]int            // action → how often others were taken before it was done
	Fired   map[spec.Site]int         // how often each trap or assert stopped a run
	Held    map[spec.Site]int         // how often each was evaluated and did not stop the run
	Choices map[spec.Site]map[int]int // site of a choice → the candidate → how often it was chosen
	Crashes map[string]int            // "function exception" → how often
	Lengths []int                     // how many runs called so many built-ins: Lengths[5] is how many called five
	Runs    int
	Ended   int // how many runs nothing stopped
	Trapped int // how many runs a trap stopped
	Steps   int // how many actions all runs took
}

func newCoverage() *Coverage {
	return &Coverage{Ops: map[string]map[string]int{}, Later: map[string]int{}, Fired: map[spec.Site]int{}, Held: map[spec.Site]int{},
		Choices: map[spec.Site]map[int]int{}, Crashes: map[string]int{}}
}

// site counts an evaluation of a trap or assert. One that fires is counted when it has stopped the run.
func (c *Coverage) site(site spec.Site, fires bool) {
	if !fires {
		c.Held[site]++
	}
}

// choice counts a choice.
func (c *Coverage) choice(site spec.Site, n, got int) {
	if c.Choices[site] == nil {
		c.Choices[site] = map[int]int{}
	}
	c.Choices[site][got]++
}

// outcome counts an outcome of an action.
func (c *Coverage) outcome(op, outcome string) {
	if c.Ops[op] == nil {
		c.Ops[op] = map[string]int{}
	}
	c.Ops[op][outcome]++
}

// done counts the outcome of an action that is done: later, if other actions were taken meanwhile.
func (c *Coverage) done(w *model.World, at *model.Activation, results []spec.CoreValue, later bool) {
	c.outcome(at.Pending.Op, outcomeOf(w, at.Actor, at.Pending, results))
	if later {
		c.Later[at.Pending.Op]++
	}
}

// run counts a run that has ended.
func (c *Coverage) run(run *model.Run, r *recorder) {
	c.Runs++
	c.Steps += len(r.recorded.Actions)
	c.stopped(run.Stopped, r.op)
	builtins := 0
	for _, a := range r.recorded.Actions {
		if isBuiltin(a.Op) {
			builtins++
		}
	}
	for len(c.Lengths) <= builtins {
		c.Lengths = append(c.Lengths, 0)
	}
	c.Lengths[builtins]++
}

// stopped counts the end of a run: nothing stopped it, or an error did, during the action op.
func (c *Coverage) stopped(err error, op string) {
	if err == nil {
		c.Ended++
		return
	}
	c.outcome(op, stopText(err))
	switch stop := err.(type) {
	case *spec.Trap:
		c.Trapped++
		c.Fired[stop.Site]++
	case *spec.AssertionFailure:
		c.Fired[stop.Site]++
	case *spec.Crash:
		c.Crashes[stop.Function+" "+stop.Exception]++
	}
}

// Median is the median number of built-ins in a run.
func (c *Coverage) Median() int {
	half := c.Runs / 2
	for n, runs := range c.Lengths {
		if half -= runs; half < 0 {
			return n
		}
	}
	return 0
}

// add adds the counts of another.
func (c *Coverage) add(o *Coverage) {
	for op, outcomes := range o.Ops {
		for outcome, n := range outcomes {
			c.outcome(op, outcome)
			c.Ops[op][outcome] += n - 1
		}
	}
	addCounts(c.Later, o.Later)
	addCounts(c.Fired, o.Fired)
	addCounts(c.Held, o.Held)
	addCounts(c.Crashes, o.Crashes)
	for site, branches := range o.Choices {
		if c.Choices[site] == nil {
			c.Choices[site] = map[int]int{}
		}
		addCounts(c.Choices[site], branches)
	}
	for n, runs := range o.Lengths {
		for len(c.Lengths) <= n {
			c.Lengths = append(c.Lengths, 0)
		}
		c.Lengths[n] += runs
	}
	c.Runs, c.Ended, c.Trapped, c.Steps = c.Runs+o.Runs, c.Ended+o.Ended, c.Trapped+o.Trapped, c.Steps+o.Steps
}

func addCounts[K comparable](to, from map[K]int) {
	for k, n := range from {
		to[k] += n
	}
}
