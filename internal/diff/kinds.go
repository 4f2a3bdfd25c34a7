package diff

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cabi/model"
)

// A Difference is one kind of difference that guests or the host can observe, with the shortest trace of it that was found.
type Difference struct {
	Kind     string     `json:"kind"` // what is done, and what is observed then, in the shortest trace
	World    string     `json:"world"`
	Actions  int        `json:"actions"`
	Action   string     `json:"action"`   // after which it can be observed
	Gone     [][]string `json:"gone"`     // what could be observed on the old version and cannot on the new one
	Appeared [][]string `json:"appeared"` // the reverse
	Kept     int        `json:"kept"`     // how many other outcomes both have
	Cause    []string   `json:"cause"`    // the definitions of which the new version ran changed lines in the last action
	Times    int        `json:"times"`    // how often a difference of the kind was found
	Worlds   []string   `json:"worlds"`   // in which
	Variants []Variant  `json:"variants"` // how it was observed, the shortest first
	OldTrace string     `json:"old_trace"`
	NewTrace string     `json:"new_trace"`
	Behind   []Broken   `json:"behind"` // promises that are broken if the new version goes on from there

	key        string
	divergence *model.Divergence
}

// A Variant is one way in which a kind of difference was observed.
type Variant struct {
	Kind    string `json:"kind"`
	World   string `json:"world"` // of the shortest
	Actions int    `json:"actions"`
	Times   int    `json:"times"`
}

// addDifference adds a divergence: to the kind that it is of, or as a new one.
func (c *comparison) addDifference(d *model.Divergence) {
	key := keyOf(d)
	i := slices.IndexFunc(c.report.Differences, func(known Difference) bool { return known.key == key })
	if i < 0 {
		i = len(c.report.Differences)
		c.report.Differences = append(c.report.Differences, Difference{key: key})
		c.found("%s, in %s after %s", kindOf(d), d.World.Name, model.Counted(d.Actions(), "action"))
	}
	at := &c.report.Differences[i]
	at.addVariant(d)
	if at.Times++; !slices.Contains(at.Worlds, d.World.Name) {
		at.Worlds = append(at.Worlds, d.World.Name)
	}
	if at.divergence == nil || d.Actions() < at.divergence.Actions() {
		at.divergence = d
	}
}

// addVariant notes how a divergence is observed.
func (d *Difference) addVariant(by *model.Divergence) {
	v := Variant{kindOf(by), by.World.Name, by.Actions(), 1}
	i := slices.IndexFunc(d.Variants, func(known Variant) bool { return known.Kind == v.Kind })
	if i < 0 {
		d.Variants = append(d.Variants, v)
		return
	}
	known := &d.Variants[i]
	if known.Times++; v.Actions < known.Actions {
		known.World, known.Actions = v.World, v.Actions
	}
}

// definitionsAt are the definitions that lines of the new version are in.
func (c *comparison) definitionsAt(lines []int) (names []string) {
	for _, n := range lines {
		if name := definitionAt(c.New.Source.Definitions(), n); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// describe has a difference say what its divergence is.
func (c *comparison) describe(to *Difference) {
	d := to.divergence
	to.Kind, to.World, to.Actions, to.Action = kindOf(d), d.World.Name, d.Actions(), fmt.Sprintf("%s: %s", d.Actor, d.Action)
	if d.Action.Op == "" {
		to.Action = "the start"
	}
	to.Gone, to.Appeared = observed(d.Gone), observed(d.Appeared)
	to.Kept = len(d.Old) - len(d.Gone)
	to.Cause = c.definitionsAt(c.causeOf(d))
}

func observed(effects []*model.Effect) [][]string {
	all := [][]string{}
	for _, e := range effects {
		all = append(all, e.Observed)
	}
	return all
}

// causeOf are the lines that changed, or are beside those that are gone, and that the new version runs in the action that a divergence is after.
func (c *comparison) causeOf(d *model.Divergence) []int {
	if !c.New.onPython() {
		return nil
	}
	whole, before := c.New.counting(), c.New.counting()
	e := shownOf(d.Appeared, d.New)
	d.Trace(whole.Version, e)
	if d.Action.Op != "" {
		(&model.Divergence{World: d.World, Path: d.Path}).Trace(before.Version, e)
	}
	return c.text.ranAfter(whole, before)
}

// shownOf is the effect that is shown of a version: the first of those that only it has, or else the first.
func shownOf(only, all []*model.Effect) *model.Effect {
	if len(only) > 0 {
		return only[0]
	}
	return all[0]
}

// sortDifferences puts the shortest first, and adds the traces.
func (c *comparison) sortDifferences() {
	for i := range c.report.Differences {
		d := &c.report.Differences[i]
		c.step("shrinking differences", i, len(c.report.Differences))
		c.shrink(d)
		c.describe(d)
		slices.SortStableFunc(d.Variants, func(a, b Variant) int { return cmp.Compare(a.Actions, b.Actions) })
		d.OldTrace = traceText(d.divergence.Trace(c.Old.Version, shownOf(d.divergence.Gone, d.divergence.Old)))
		d.NewTrace = traceText(d.divergence.Trace(c.New.Version, shownOf(d.divergence.Appeared, d.divergence.New)))
	}
	slices.SortStableFunc(c.report.Differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(a.Actions, b.Actions), cmp.Compare(a.Kind, b.Kind))
	})
}

// shrink leaves actions out of the shortest trace of a difference, as long as one of its kind is left: it may have been found along a
// reference trace, and not by exploring from the start.
func (c *comparison) shrink(d *Difference) {
	w := d.divergence.World
	takes := model.Comparison{World: w, Old: c.Old.Version, New: c.New.Version, Bounds: w.Bounds}.Diverger()
	defer takes.Close()
	for shorter := true; shorter; {
		shorter = false
		for n := min(4, len(d.divergence.Path)); n > 0 && !shorter; n-- {
			shorter = d.leaveOut(takes, n)
		}
	}
}

// leaveOut leaves n actions out that stand one after the other, if it can.
func (d *Difference) leaveOut(takes *model.Diverger, n int) bool {
	path := d.divergence.Path
	for at := len(path) - n; at >= 0; at-- {
		actions := append(slices.Delete(slices.Clone(path), at, at+n), d.divergence.Action)
		for _, other := range takes.Diverges(actions) {
			if keyOf(other) == d.key {
				d.divergence = other
				return true
			}
		}
	}
	return false
}

// traceText is a trace as a file has it.
func traceText(t *model.Trace) string { return t.String() }

// keyOf is what differences have in common that are of one kind. How a run is stopped says most; then that a callback is told of an event;
// otherwise it is what can be observed at once, whoever it is that goes on or does not.
func keyOf(d *model.Divergence) string {
	var gone, appeared outcome
	if len(d.Gone) > 0 {
		gone = outcomeOf(d, d.Gone[0], d.New)
	}
	if len(d.Appeared) > 0 {
		appeared = outcomeOf(d, d.Appeared[0], d.Old)
	}
	switch {
	case appeared.event:
		return appeared.what
	case appeared.stop != "":
		return "stops at " + appeared.stop
	case gone.stop != "":
		return "no longer stops at " + gone.stop
	case appeared.general == gone.general:
		return family(d.Action.Op) + ": " + gone.what + ", " + appeared.what
	}
	return family(d.Action.Op) + ": " + gone.general + ", " + appeared.general
}

// An outcome is what can be observed first of an effect, and of no other.
type outcome struct {
	what, general string // in words, and in more general ones
	event         bool   // a callback is told of an event
	stop          string // the site at which the run stops at once
}

func outcomeOf(d *model.Divergence, e *model.Effect, others []*model.Effect) outcome {
	line := firstOwn(e, others)
	o := outcome{what: plain(line)}
	own := doneLine.FindStringSubmatch(line)
	switch {
	case strings.HasPrefix(line, "enter ") && strings.HasSuffix(line, " as a callback"):
		o.event, o.general = !strings.HasSuffix(o.what, " NONE"), "somebody else goes on"
	case strings.HasPrefix(line, "done host#"), strings.HasPrefix(line, "next is host#"):
		o.general = "nobody goes on"
	case own != nil && own[1] == d.Action.Op:
		o.general = "it returns"
	case own != nil, strings.HasPrefix(line, "next is "):
		o.general = "somebody else goes on"
	case !strings.Contains(line, " ") && e.Stop != "":
		o.stop = e.Stop
	default:
		o.general = o.what
	}
	return o
}

// family is a word for actions that do the same, but for who goes on first.
func family(op string) string {
	if _, then, two := strings.Cut(op, "-then-"); two {
		return "thread." + then
	}
	return op
}

// kindOf tells differences apart by what is done and what is observed then: which function is called, and with which values, does not
// matter.
func kindOf(d *model.Divergence) string {
	op := d.Action.Op
	if op == "" {
		op = "the start"
	}
	switch {
	case len(d.Appeared) == 0:
		return fmt.Sprintf("%s: no longer possible: %s", op, shape(d.Gone[0], d.New))
	case len(d.Gone) == 0:
		return fmt.Sprintf("%s: newly possible: %s", op, shape(d.Appeared[0], d.Old))
	default:
		return fmt.Sprintf("%s: %s, where the old version has: %s", op, shape(d.Appeared[0], d.Gone), shape(d.Gone[0], d.Appeared))
	}
}

// shape is the first thing observed of an effect that is in none of the others, without names.
func shape(e *model.Effect, others []*model.Effect) string { return plain(firstOwn(e, others)) }

// firstOwn is the first line of what is observed of an effect that is in none of the others.
func firstOwn(e *model.Effect, others []*model.Effect) string {
	line := 0
	for _, o := range others {
		line = max(line, common(e.Observed, o.Observed))
	}
	return e.Observed[min(line, len(e.Observed)-1)]
}

// common is how many lines two lists have in common at the beginning.
func common(a, b []string) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

var (
	entered  = regexp.MustCompile(`^enter \S+((?: \S+)*) as (.*)$`)
	doneLine = regexp.MustCompile(`^done \S+ (\S+).* ->(.*)$`)
	hostLine = regexp.MustCompile(`^host (.*?) \d+.*$`)
)

// plain is a line of what is observed, in words and without names.
func plain(line string) string {
	if m := entered.FindStringSubmatch(line); m != nil {
		if m[2] == "a callback" {
			return "a callback is called with " + eventWord(strings.Fields(m[1])[0])
		}
		return m[2] + " is called"
	}
	if m := doneLine.FindStringSubmatch(line); m != nil {
		if result := strings.Fields(m[2]); len(result) == 1 && len(result[0]) <= 2 {
			return m[1] + " returns " + result[0]
		}
		return m[1] + " returns"
	}
	if m := hostLine.FindStringSubmatch(line); m != nil {
		return "the host " + m[1]
	}
	if strings.HasPrefix(line, "next is ") {
		return "somebody else goes on"
	}
	return line
}

var eventWords = []string{"NONE", "SUBTASK", "STREAM_READ", "STREAM_WRITE", "FUTURE_READ", "FUTURE_WRITE", "TASK_CANCELLED"}

// eventWord is the name of an event's code.
func eventWord(code string) string {
	for i, word := range eventWords {
		if fmt.Sprint(i) == code {
			return word
		}
	}
	return "event " + code
}
