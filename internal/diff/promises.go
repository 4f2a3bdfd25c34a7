package diff

import (
	"cmp"
	"fmt"
	"slices"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A Broken is a violation of a promise that only one of the versions has.
type Broken struct {
	World    string  `json:"world"`
	Property string  `json:"property"`
	Kind     string  `json:"kind"`
	Message  string  `json:"message"`
	Actions  int     `json:"actions"`
	Verdict  Verdict `json:"verdict"` // new or cured
	Trace    string  `json:"trace"`
}

// A promised is what a search for violations of promises found in a world.
type promised struct {
	report *model.Report
	upTo   int // actions; all violations that need no more were found
}

// checkPromises checks the promises of a world on the new version, and if both is set, on the old one too.
func (c *comparison) checkPromises(w *model.World, of *World, new *Version, both bool) {
	after := c.promises(w, new.Version, c.States, 0)
	if after.report.Err != nil {
		of.Skipped = after.report.Err.Error()
		return
	}
	of.States, of.Checked = after.report.States, after.upTo
	c.noteNotChecked(after.report.NotChecked)
	c.after[w.Name] = after
	if !both {
		for _, v := range after.report.Violations {
			c.addBroken(v, w, New)
		}
		return
	}
	before := c.promises(w, c.Old.Version, c.States*oldTimes, after.upTo)
	c.before[w.Name] = before
	for _, v := range after.report.Violations {
		switch known := find(before.report, v.Key()); {
		case known != nil:
			c.report.Left++
		case v.Actions <= before.upTo:
			c.addBroken(v, w, New)
		}
	}
	for _, v := range before.report.Violations {
		if find(after.report, v.Key()) == nil && v.Actions <= after.upTo && after.report.NotChecked[v.Property] == "" {
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
		MaxStates: states, Workers: c.Workers, KeepGoing: true}
	if steps > 0 && (s.Bounds.Steps == 0 || steps < s.Bounds.Steps) {
		s.Bounds.Steps = steps
	}
	return c.search(s, w.Name)
}

func (c *comparison) search(s model.Search, name string) promised {
	s.Progress = func(*model.Report) bool { return c.step("promises: "+name, len(c.report.Worlds), len(c.Worlds)) }
	r := s.Run()
	p := promised{r, r.Depth}
	if !r.Stopped {
		if p.upTo = unbounded; r.AtBound > 0 {
			p.upTo = r.Steps
		}
	}
	return p
}

func find(r *model.Report, key string) *model.Violation {
	if i := slices.IndexFunc(r.Violations, func(v *model.Violation) bool { return v.Key() == key }); i >= 0 {
		return r.Violations[i]
	}
	return nil
}

// addBroken adds a violation, unless the same is known of another world; the shorter one stays.
func (c *comparison) addBroken(v *model.Violation, w *model.World, verdict Verdict) {
	b := Broken{World: w.Name, Property: v.Property, Kind: v.Kind, Message: v.Message, Actions: v.Actions, Verdict: verdict, Trace: traceText(v.Trace)}
	i := slices.IndexFunc(c.report.Promises, func(o Broken) bool { return o.Property == b.Property && o.Kind == b.Kind && o.Verdict == verdict })
	switch {
	case i < 0:
		c.report.Promises = append(c.report.Promises, b)
	case b.Actions < c.report.Promises[i].Actions:
		c.report.Promises[i] = b
	}
}

func (c *comparison) noteNotChecked(not map[string]string) {
	for _, p := range properties.Promises() {
		why := not[p.Name]
		if why != "" && !slices.ContainsFunc(c.report.NotChecked, func(n NotChecked) bool { return n.Property == p.Name }) {
			c.report.NotChecked = append(c.report.NotChecked, NotChecked{p.Name, why})
		}
	}
}

// settleFindings says of each finding that its trace does not show any more whether another trace shows it.
func (c *comparison) settleFindings() {
	for i := range c.report.Findings {
		f := &c.report.Findings[i]
		if f.Verdict == Left || c.stopped {
			continue
		}
		if k := slices.IndexFunc(c.report.NotChecked, func(n NotChecked) bool { return n.Property == f.Property }); k >= 0 {
			c.settleUnchecked(f, c.report.NotChecked[k].Why)
			continue
		}
		p := properties.ByName(f.Property)
		w := model.WorldByName(f.World)
		s := model.Search{World: w, Variant: cmp.Or(c.New.Variant, spec.SingleTable), Source: c.New.Source, Properties: []*model.Property{p}, Bounds: w.Bounds,
			MaxStates: c.States * 2, Workers: c.Workers, KeepGoing: true}
		s.Bounds.Steps = f.Actions
		known, done := c.after[f.World]
		if !done || known.upTo < f.Actions {
			known = c.search(s, f.World)
		}
		if why := known.report.NotChecked[f.Property]; why != "" {
			c.settleUnchecked(f, why)
			continue
		}
		switch v := find(known.report, f.Property+"/"+f.Kind); {
		case v != nil:
			f.Verdict, f.Trace, f.How = Changed, traceText(v.Trace), fmt.Sprintf("another trace shows it, of %s", model.Counted(v.Actions, "action"))
		case known.upTo < f.Actions:
			f.Verdict, f.How = Unknown, fmt.Sprintf("the trace does not show it any more; others were looked for up to %s", model.Counted(known.upTo, "action"))
		}
	}
}

// settleUnchecked says of a finding whose promise cannot be checked what its trace does on the new version.
func (c *comparison) settleUnchecked(f *Finding, why string) {
	switch {
	case f.departs:
		f.Verdict, f.How = Changed, f.How+"; the promise cannot be checked: "+why
	case f.goesOn:
		f.Verdict, f.How = Cured, "nothing could go on, and now a thread can; the promise cannot be checked: "+why
	default:
		f.Verdict, f.How = Unknown, "the same happens; the promise cannot be checked: "+why
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
		w := d.divergence.World
		new := c.New.noting()
		r := model.Search{World: w, Variant: cmp.Or(new.Variant, spec.SingleTable), Source: new.Source, Properties: properties.For(w), Bounds: w.Bounds,
			MaxStates: c.Behind, Workers: c.Workers, KeepGoing: true, From: &model.Replay{Actions: actions, Choices: e.Choices}}.Run()
		if r.Err != nil {
			return r.Err
		}
		c.noteRan(new)
		for _, v := range r.Violations {
			if known := c.before[w.Name].report; known == nil || find(known, v.Key()) == nil {
				d.Behind = append(d.Behind, Broken{World: w.Name, Property: v.Property, Kind: v.Kind, Message: v.Message, Actions: v.Actions, Verdict: New, Trace: traceText(v.Trace)})
			}
		}
	}
	return nil
}
