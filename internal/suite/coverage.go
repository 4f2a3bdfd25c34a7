package suite

import (
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A Coverage says which goals a suite covers, and which it does not.
type Coverage struct {
	Suite         *Suite
	By            map[Goal][]string // the names of the traces that cover each goal
	NotTaken      []Site            // traps that no trace takes
	NotUsed       []string          // built-ins that no trace uses
	StepsNotTaken []Step            // steps that can be taken and that no trace takes
	// Detected are the traps whose absence some trace detects; DetectedUnnamed those whose absence is detected even in a runtime that
	// reports traps without names.
	Detected, DetectedUnnamed []spec.Site
}

// Coverage says what the suite covers. It runs each trace that ends with a trap once more, without that trap.
func (s *Suite) Coverage() *Coverage {
	c := &Coverage{Suite: s, By: map[Goal][]string{}}
	ends := map[spec.Site][]*Trace{}
	detected := map[spec.Site]bool{}
	for _, t := range s.Traces {
		for _, goal := range t.Covers {
			c.By[goal] = append(c.By[goal], t.Name)
		}
		ends[trapOf(t.Trace)] = append(ends[trapOf(t.Trace)], t)
		for _, site := range t.Detects {
			detected[site] = true
		}
	}
	for _, site := range s.Sites {
		if c.By[Goal("trap "+site.Name)] == nil {
			c.NotTaken = append(c.NotTaken, site)
		}
		if slices.ContainsFunc(ends[site.Name], func(t *Trace) bool { return departs(t.Trace, site.Name) }) {
			c.Detected = append(c.Detected, site.Name)
		}
		if detected[site.Name] {
			c.DetectedUnnamed = append(c.DetectedUnnamed, site.Name)
		}
	}
	c.NotUsed = c.unusedOps()
	for _, step := range Steps {
		if step.Not == "" && c.By[step.Goal()] == nil {
			c.StepsNotTaken = append(c.StepsNotTaken, step)
		}
	}
	return c
}

// unusedOps are the actions whose outcome no trace covers. A task.return-other always traps: its options are never those of the function.
func (c *Coverage) unusedOps() []string {
	used := map[string]bool{"return": true, "throw": true, "stop": true} // these have no outcome of their own
	for goal := range c.By {
		what, is, _ := strings.Cut(string(goal), ": ")
		op, _, _ := strings.Cut(what, " ")
		used[op] = used[op] || !strings.HasPrefix(is, "trap ")
	}
	return slices.DeleteFunc(model.Ops(), func(op string) bool { return used[op] || op == "task.return-other" || model.IsLoad(op) })
}

// Summary says in a few lines what the suite covers.
func (c *Coverage) Summary() string {
	actions, longest, traps := 0, 0, 0
	for _, t := range c.Suite.Traces {
		actions, longest = actions+t.Actions, max(longest, t.Actions)
	}
	for goal := range c.By {
		if rank(goal) == 0 {
			traps++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d traces of %d actions, the longest of %d; they show %d things\n", len(c.Suite.Traces), actions, longest, len(c.By))
	fmt.Fprintf(&b, "traps taken: %d of %d\n", traps, len(c.Suite.Sites))
	fmt.Fprintf(&b, "actions that come to an outcome: all but %d\n", len(c.NotUsed))
	can := len(slices.DeleteFunc(slices.Clone(Steps), func(s Step) bool { return s.Not != "" }))
	fmt.Fprintf(&b, "steps of state machines taken: %d of %d that can be\n", can-len(c.StepsNotTaken), can)
	fmt.Fprintf(&b, "a trap is missing, and a trace detects it: %s\n", share(len(c.Detected), len(c.Suite.Sites)))
	fmt.Fprintf(&b, "the same, by a runtime that cannot tell one trap from another: %s\n", share(len(c.DetectedUnnamed), len(c.Suite.Sites)))
	return b.String()
}

func share(n, of int) string {
	return fmt.Sprintf("%d of %d, %.1f %%", n, of, 100*float64(n)/float64(of))
}

// Markdown is the page about what the suite covers.
func (c *Coverage) Markdown() string {
	var b strings.Builder
	b.WriteString("# Coverage of the reference suite\n\nMade by `cabi trace gen`. Each row names a trace that shows it, the shortest.\n\n")
	for line := range strings.Lines(c.Summary()) {
		fmt.Fprintf(&b, "- %s", line)
	}
	b.WriteString("\n## Traps\n\n`told` says that a runtime without the trap departs even if it cannot tell one trap from another.\n\n| trap | trace | told |\n|---|---|---|\n")
	for _, site := range c.Suite.Sites {
		told := ""
		if slices.Contains(c.DetectedUnnamed, site.Name) {
			told = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", site.Name, c.shortest(Goal("trap "+site.Name)), told)
	}
	b.WriteString("\n## Steps of the state machines\n\n| machine | step | trace |\n|---|---|---|\n")
	for _, s := range Steps {
		where := c.shortest(s.Goal())
		if s.Not != "" {
			where = "cannot be taken: " + s.Not
		}
		fmt.Fprintf(&b, "| %s | %s → %s | %s |\n", s.Machine, s.From, s.To, where)
	}
	b.WriteString("\n## Outcomes\n\n| action | outcome | trace |\n|---|---|---|\n")
	for _, t := range sortedGoals(c.By) {
		if r := rank(t); r == 1 || r == 2 {
			what, is, _ := strings.Cut(string(t), ": ")
			fmt.Fprintf(&b, "| %s | %s | %s |\n", what, is, c.shortest(t))
		}
	}
	return b.String()
}

// shortest is the name of the shortest trace that covers a goal.
func (c *Coverage) shortest(t Goal) string {
	name, actions := "none", 0
	for _, of := range c.Suite.Traces {
		if slices.Contains(of.Covers, t) && (name == "none" || of.Actions < actions) {
			name, actions = of.Name, of.Actions
		}
	}
	return name
}
