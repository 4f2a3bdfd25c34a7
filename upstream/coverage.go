package upstream

import (
	"strings"

	"cabi/model"
	"cabi/spec"
)

// Coverage is what a number of runs reached.
type Coverage struct {
	Ops     map[string]map[string]int // built-in → outcome → how often
	Fired   map[spec.Site]int         // how often each trap or assert stopped a run
	Held    map[spec.Site]int         // how often each was evaluated and did not stop the run
	Choices map[spec.Site]map[int]int // choice site → what was chosen → how often
	Crashes map[string]int            // "function exception"
	Lengths []int                     // how many built-ins each run called, by number
	Runs    int
	Ended   int // runs that nothing stopped
	Steps   int
}

func newCoverage() *Coverage {
	return &Coverage{Ops: map[string]map[string]int{}, Fired: map[spec.Site]int{}, Held: map[spec.Site]int{},
		Choices: map[spec.Site]map[int]int{}, Crashes: map[string]int{}}
}

func (c *Coverage) site(site spec.Site, fires bool) {
	if fires {
		c.Fired[site]++
	} else {
		c.Held[site]++
	}
}

func (c *Coverage) choice(site spec.Site, n, got int) {
	if c.Choices[site] == nil {
		c.Choices[site] = map[int]int{}
	}
	c.Choices[site][got]++
}

func (c *Coverage) outcome(op, outcome string) {
	if c.Ops[op] == nil {
		c.Ops[op] = map[string]int{}
	}
	c.Ops[op][outcome]++
}

// done books how an action ended.
func (c *Coverage) done(a *model.Action, results []spec.CoreValue) {
	c.outcome(a.Op, outcomeOf(a.Op, results))
}

// run books a run that has ended.
func (c *Coverage) run(run *model.Run, r *recorder) {
	c.Runs++
	c.Steps += len(r.made.Actions)
	if run.Stopped == nil {
		c.Ended++
	} else {
		c.outcome(r.op, stopText(run.Stopped))
		if crash, ok := run.Stopped.(*spec.Crash); ok {
			c.Crashes[crash.Function+" "+crash.Exception]++
		}
	}
	builtins := 0
	for _, a := range r.made.Actions {
		if isBuiltin(a.Op) {
			builtins++
		}
	}
	for len(c.Lengths) <= builtins {
		c.Lengths = append(c.Lengths, 0)
	}
	c.Lengths[builtins]++
}

// outcomeOf says in a word how a built-in ended that did not stop the run.
func outcomeOf(op string, results []spec.CoreValue) string {
	if len(results) != 1 || results[0].IsFloat() {
		return "done"
	}
	v := results[0].Uint64()
	_, verb, _ := strings.Cut(op, ".")
	switch {
	case op == "waitable-set.wait" || op == "waitable-set.poll":
		return spec.EventCode(v).String()
	case strings.HasPrefix(op, "thread.") && (strings.HasPrefix(verb, "suspend") || strings.HasPrefix(verb, "yield")):
		return []string{"completed", "cancelled"}[v]
	case strings.HasPrefix(op, "stream.") || strings.HasPrefix(op, "future."):
		if verb == "new" {
			return "done"
		}
		if v == spec.Blocked {
			return "blocked"
		}
		return spec.CopyResult(v & 0xf).String()
	case op == "subtask.cancel":
		if v == spec.Blocked {
			return "blocked"
		}
		return spec.SubtaskState(v).String()
	}
	return "done"
}

// isBuiltin reports whether an action is a built-in of the Canonical ABI, or a call of an import.
func isBuiltin(op string) bool {
	switch op {
	case "return", "throw", "invoke", "tick", "cancel", "stop", "memory.store":
		return false
	}
	return !(len(op) > 5 && (op[:5] == "host." || op[:5] == "share"))
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

// add adds what another has seen.
func (c *Coverage) add(o *Coverage) {
	for op, outcomes := range o.Ops {
		for outcome, n := range outcomes {
			c.outcome(op, outcome)
			c.Ops[op][outcome] += n - 1
		}
	}
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
	c.Runs, c.Ended, c.Steps = c.Runs+o.Runs, c.Ended+o.Ended, c.Steps+o.Steps
}

func addCounts[K comparable](to, from map[K]int) {
	for k, n := range from {
		to[k] += n
	}
}
