package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cabi/internal/engine"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Broken is a violation of a promise that only one of the versions has.
type Broken struct {
	World    string  `json:"world"`
	Property string  `json:"property"`
	Kind     string  `json:"kind"`
	Shape    string  `json:"shape,omitempty"` // what caused it: tells it from others of its kind
	Message  string  `json:"message"`
	Actions  int     `json:"actions"`
	Verdict  Verdict `json:"verdict"` // new or cured
	Trace    string  `json:"trace"`

	violation *model.Violation
}

// A promised is what a search for violations of promises found in a world.
type promised struct {
	report *model.Report
	upTo   int // actions; all violations that need no more were found
}

// checkPromises checks the promises of a world on the new version, and if both is set, on the old one too.
func (c *comparison) checkPromises(w *model.World, of *World, new *Version, both bool) {
	after := c.promises(w, new.Version, c.States, 0)
	c.noteExercised(after.report)
	if after.report.Err != nil {
		of.Skipped = after.report.Err.Error()
		return
	}
	of.States, of.Checked = after.report.States, after.upTo
	c.notNew.add(after.report.NotChecked)
	c.after[w.Name] = after
	switch {
	case !both:
		for _, v := range after.report.Violations {
			c.addBroken(v, w, New)
		}
		return
	case engine.Edit() != "": // the old version is a definitions.py, on which a search takes long
		for _, v := range after.report.Violations {
			if c.onlyNew(v, w) {
				c.addBroken(v, w, New)
			} else {
				c.left = append(c.left, v.Property)
			}
		}
		return
	}
	before := c.promises(w, c.Old.Version, c.States*oldTimes, after.upTo)
	c.notOld.add(before.report.NotChecked)
	c.before[w.Name] = before
	for _, v := range after.report.Violations {
		switch known := c.Old.find(before.report, c.New, v); {
		case known != nil:
			c.left = append(c.left, v.Property)
		case v.Actions > before.upTo || before.report.NotChecked[v.Property] != "":
		case c.New.violates(c.Old, v): // at another site, or by another shape, which only the versions tell apart
			c.left = append(c.left, v.Property)
		default:
			c.addBroken(v, w, New)
		}
	}
	for _, v := range before.report.Violations {
		if c.New.find(after.report, c.Old, v) == nil && v.Actions <= after.upTo && after.report.NotChecked[v.Property] == "" && !c.Old.violates(c.New, v) {
			c.addBroken(v, w, Cured)
		}
	}
}

// oldTimes is how many more states may be looked at on the old version, to come as deep as on the new one.
const oldTimes = 10

// unbounded is a depth that is never reached.
const unbounded = 1 << 30

// promises searches a world on a version for violations, in so many states, and if steps is not 0, up to so many actions.
func (c *comparison) promises(w *model.World, v model.Version, states, steps int) promised {
	s := model.Search{World: w, Variant: cmp.Or(v.Variant, spec.SingleTable), Source: v.Source, Properties: properties.For(w), Bounds: w.Bounds,
		MaxStates: states, Workers: c.Workers, KeepGoing: true, ByShape: true}
	if steps > 0 && (s.Bounds.Steps == 0 || steps < s.Bounds.Steps) {
		s.Bounds.Steps = steps
	}
	return c.search(s, w.Name)
}

func (c *comparison) search(s model.Search, name string) promised {
	s.Progress = func(*model.Report) bool {
		return c.step("promises: "+name, min(len(c.report.Worlds), len(c.Worlds)), len(c.Worlds))
	}
	r := s.Run()
	p := promised{r, r.Depth}
	if !r.Stopped {
		if p.upTo = unbounded; r.AtBound > 0 {
			p.upTo = r.Steps
		}
	}
	return p
}

// find finds the violation of a version that is the same as one of another; nil: there is none.
func (v *Version) find(r *model.Report, other *Version, of *model.Violation) *model.Violation {
	if i := slices.IndexFunc(r.Violations, func(x *model.Violation) bool { return v.same(x, other, of) }); i >= 0 {
		return r.Violations[i]
	}
	return nil
}

// same reports whether a violation is the same as one of another version: of the same promise, in the same way, by the same cause.
func (v *Version) same(x *model.Violation, other *Version, y *model.Violation) bool {
	return sameViolation(v.plain(x), other.plain(y))
}

func sameViolation(x, y *model.Violation) bool {
	return x.Property == y.Property && x.Kind == y.Kind && properties.SameCause(x, y)
}

// plain is a violation as the pin would have it: an assert whose condition a version has changed is the same.
func (v *Version) plain(x *model.Violation) *model.Violation {
	if !v.onPython() {
		return x
	}
	plain := *x
	plain.Kind = string(v.Source.Was(spec.Site(x.Kind)))
	return &plain
}

// noteExercised notes the promises that a search on the new version exercised.
func (c *comparison) noteExercised(r *model.Report) {
	c.checked = true
	for _, name := range r.Exercised {
		c.exercised[name] = true
	}
}

// addBroken adds a violation, unless the same is known of another world; the shorter one stays.
func (c *comparison) addBroken(v *model.Violation, w *model.World, verdict Verdict) {
	b := newBroken(v, w, verdict)
	i := slices.IndexFunc(c.report.Promises, func(o Broken) bool { return o.Verdict == verdict && sameViolation(o.violation, v) })
	switch {
	case i < 0:
		c.report.Promises = append(c.report.Promises, b)
		c.found("%s %s, in %s after %s", strings.TrimSuffix(b.Property+"/"+b.Kind, "/"), map[Verdict]string{New: "is violated", Cured: "is no longer violated"}[verdict], w.Name, model.Counted(b.Actions, "action"))
	case b.Actions < c.report.Promises[i].Actions:
		c.report.Promises[i] = b
	}
}

func newBroken(v *model.Violation, w *model.World, verdict Verdict) Broken {
	return Broken{World: w.Name, Property: v.Property, Kind: v.Kind, Shape: v.Shape, Message: v.Message, Actions: v.Actions, Verdict: verdict, Trace: traceText(v.Trace), violation: v}
}

// unchecked are the promises that cannot be checked on a version, and why: at some state there is what a promise looks at, and is not what it
// is to be. In worlds and on traces that have no such state, the promise seems to be checked, but what is found there may be due to the same.
// So a promise has one verdict: if it cannot be checked somewhere, nothing is said of it anywhere.
type unchecked map[string]string

// add notes promises that cannot be checked. The reason stays that was found first.
func (u unchecked) add(not map[string]string) {
	for property, why := range not {
		u[property] = cmp.Or(u[property], why)
	}
}

// settleNotChecked takes back what was said of promises that cannot be checked on one of the versions.
func (c *comparison) settleNotChecked() error {
	cannot := func(property string) bool { return c.notOld[property] != "" || c.notNew[property] != "" }
	broken := func(b Broken) bool { return cannot(b.Property) }
	c.report.Promises = slices.DeleteFunc(c.report.Promises, broken)
	for i := range c.report.Differences {
		d := &c.report.Differences[i]
		d.Behind = slices.DeleteFunc(d.Behind, broken)
	}
	c.report.Left = len(slices.DeleteFunc(c.left, cannot))
	c.report.Findings = slices.DeleteFunc(c.report.Findings, func(f Finding) bool { return c.notOld[f.Property] != "" })
	for i := range c.report.Findings {
		if f := &c.report.Findings[i]; c.notNew[f.Property] != "" && !f.unchecked {
			c.settleUnchecked(f, c.notNew[f.Property])
		}
	}
	for _, p := range properties.Promises() {
		switch before, after := c.notOld[p.Name], c.notNew[p.Name]; {
		case after != "":
			c.report.NotChecked = append(c.report.NotChecked, NotChecked{Property: p.Name, Why: after})
		case before != "":
			c.report.NotChecked = append(c.report.NotChecked, NotChecked{Property: p.Name, Why: before, Old: true})
		}
	}
	for _, p := range properties.Promises() {
		if c.checked && !c.exercised[p.Name] && c.notNew[p.Name] == "" {
			c.report.NotExercised = append(c.report.NotExercised, p.Name)
		}
	}
	slices.SortStableFunc(c.report.NotChecked, func(a, b NotChecked) int { return cmp.Compare(a.Property, b.Property) })
	return nil
}

// settleFindings says of each finding that its trace does not show any more whether another trace shows it.
func (c *comparison) settleFindings() {
	for i := range c.report.Findings {
		f := &c.report.Findings[i]
		if f.Verdict != Cured || c.stopped {
			continue
		}
		if why := c.notNew[f.Property]; why != "" {
			c.settleUnchecked(f, why)
			continue
		}
		c.settleFinding(f)
	}
}

// settleFinding looks for another trace that shows a finding: from the start, and near the end of the trace that showed it.
func (c *comparison) settleFinding(f *Finding) {
	known, done := c.after[f.World]
	if !done || known.upTo < f.Actions {
		known = c.searchFor(f, nil)
	}
	c.notNew.add(known.report.NotChecked)
	if why := c.notNew[f.Property]; why != "" {
		c.settleUnchecked(f, why)
		return
	}
	v := c.New.find(known.report, c.Old, f.violation)
	if v == nil && known.upTo < f.Actions {
		var places int
		v, places = c.nearEnd(f)
		f.How += fmt.Sprintf("; no other trace shows it up to %s, or from the last %s of this one", model.Counted(known.upTo, "action"), model.Counted(places, "place"))
	}
	if v != nil {
		f.Verdict, f.Trace, f.How = Changed, traceText(v.Trace), fmt.Sprintf("another trace shows it, of %s", model.Counted(v.Actions, "action"))
	}
}

// searchFor looks for a violation as a finding has it, from the start or from the end of a run.
func (c *comparison) searchFor(f *Finding, from *model.Replay) promised {
	w := model.WorldByName(f.World)
	s := model.Search{World: w, Variant: cmp.Or(c.New.Variant, spec.SingleTable), Source: c.New.Source, Properties: []*model.Property{properties.ByName(f.Property)}, Bounds: w.Bounds,
		MaxStates: c.States * 2, Workers: c.Workers, KeepGoing: true, ByShape: true, From: from}
	if s.Bounds.Steps = f.Actions; from != nil {
		s.MaxStates, s.Bounds.Steps = c.Behind, placesNear+1
	}
	return c.search(s, f.World)
}

// placesNear is from how many places before the end of a finding's trace another one is looked for.
const placesNear = 4

// nearEnd looks for another trace that shows a finding, from places near the end of the one that did, and says from how many; nil: there is
// none.
func (c *comparison) nearEnd(f *Finding) (v *model.Violation, places int) {
	for cut := 1; cut <= min(placesNear, f.Actions-1); cut++ {
		from, err := runOn(c.New, cutTrace(f.shown, f.Actions-cut))
		if err != nil || from.Departs != nil || from.Stopped != nil {
			continue
		}
		r := c.searchFor(f, from).report
		c.notNew.add(r.NotChecked)
		if v = c.New.find(r, c.Old, f.violation); r.Err == nil && v != nil {
			return v, places
		}
		places++
	}
	return nil, places
}

// cutTrace is a trace up to one of its actions, which is left out.
func cutTrace(t *model.Trace, actions int) *model.Trace {
	short := observable(t)
	n := 0
	for i, l := range short.Lines {
		if l.Kind != model.LineAction {
			continue
		}
		if n == actions {
			short.Lines = short.Lines[:i]
			break
		}
		n++
	}
	return short
}

// settleUnchecked says of a finding whose promise cannot be checked what its trace does on the new version.
func (c *comparison) settleUnchecked(f *Finding, why string) {
	f.unchecked, f.Trace = true, ""
	switch {
	case f.departs:
		f.Verdict, f.How = Changed, f.happens+"; the promise cannot be checked: "+why
	case f.goesOn:
		f.Verdict, f.How = Cured, "nothing could go on, and now a thread can; the promise cannot be checked: "+why
	default:
		f.Verdict, f.How = Unknown, f.happens+"; the promise cannot be checked: "+why
	}
}

// checkBehind goes on behind each difference on the new version alone, and checks all promises there.
func (c *comparison) checkBehind() error {
	for i := range c.report.Differences {
		if !c.step("behind differences", i, len(c.report.Differences)) {
			return nil
		}
		d := &c.report.Differences[i]
		e := shownOf(d.divergence.Appeared, d.divergence.New)
		if e.Stop != "" {
			continue
		}
		actions := slices.Clone(d.divergence.Path)
		if d.divergence.Action.Op != "" {
			actions = append(actions, d.divergence.Action)
		}
		w, _ := d.divergence.World.Complete() // a random one has no menus
		new := c.New.noting()
		r := model.Search{World: w, Variant: cmp.Or(new.Variant, spec.SingleTable), Source: new.Source, Properties: properties.For(w), Bounds: w.Bounds,
			MaxStates: c.Behind, Workers: c.Workers, KeepGoing: true, ByShape: true, From: &model.Replay{Actions: actions, Choices: e.Choices}}.Run()
		c.noteExercised(r)
		if c.noteRan(new); r.Err != nil {
			continue
		}
		c.notNew.add(r.NotChecked)
		for _, v := range r.Violations {
			if known := c.before[w.Name].report; known == nil || c.Old.find(known, c.New, v) == nil {
				d.Behind = append(d.Behind, newBroken(v, w, New))
			}
		}
	}
	return nil
}
