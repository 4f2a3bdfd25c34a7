package explorer

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"cabi/model"
	"cabi/properties"
	"cabi/shrink"
	"cabi/spec"
)

// Progress is how far a search came.
type Progress struct {
	States      int `json:"states"`
	Transitions int `json:"transitions"`
	Depth       int `json:"depth"`
	Frontier    int `json:"frontier"`
}

// A Found is a counterexample.
type Found struct {
	Property string `json:"property"`
	Message  string `json:"message"`
	Actions  int    `json:"actions"`
	Trace    string `json:"trace"`
}

// A Checked is what a search came to.
type Checked struct {
	Progress
	World      string   `json:"world"`
	Variant    string   `json:"variant"`
	Bound      string   `json:"bound"`
	Violations []Found  `json:"violations"`
	Holds      []string `json:"holds"`     // that could have been violated
	Vacuous    []string `json:"vacuous"`   // whose subject never came up, so that nothing was shown
	Exhausted  bool     `json:"exhausted"` // within the bound
	Stopped    bool     `json:"stopped"`
	Random     bool     `json:"random"`
}

// mostStates is how many states a search in a page keeps: some 100 MB of memory.
const mostStates = 2_000_000

// randomRuns is how many random walks are made in a world that is too big to exhaust.
const randomRuns = 4000

// check explores the world of a question, or that of its trace.
func check(r *Request, progress func(any) bool) (any, error) {
	w, v := (*model.World)(nil), (*spec.Variant)(nil)
	if r.Trace != "" {
		t, err := model.ReadTrace(strings.NewReader(r.Trace))
		if err != nil {
			return nil, err
		}
		w, v = t.World, t.Variant
	} else {
		var err error
		if w, err = worldOf(r); err != nil {
			return nil, err
		}
	}
	if r.Variant != "" || v == nil {
		var err error
		if v, err = variantOf(r.Variant); err != nil {
			return nil, err
		}
	}
	if r.Steps < 0 || r.Steps > 1000 {
		return nil, fmt.Errorf("a search has a bound of 1 to 1000 actions, and not of %d", r.Steps)
	}
	full, chosen := w.Complete()
	s := model.Search{World: full, Variant: v, Workers: runtime.NumCPU(), MaxStates: mostStates}
	s.Bounds = model.Bounds{Steps: r.Steps}.Or(full.Bounds)
	if chosen.Steps && r.Steps == 0 {
		s.Enough = model.EnoughTransitions
	}
	s.Properties = properties.For(full)
	if r.Property != "" {
		p := properties.ByName(r.Property)
		if p == nil {
			return nil, fmt.Errorf("no property is named %.60q", r.Property)
		}
		s.Properties = []*model.Property{p}
	}
	if full.Random && r.Steps == 0 {
		s.Random = &model.Random{Seed: 1, Runs: randomRuns, Shrink: shrink.Shrink}
	}
	due := ticks()
	s.Progress = func(now *model.Report) bool { return !due() || progress(progressOf(now)) }
	report := s.Run()
	if report.Err != nil {
		return nil, report.Err
	}
	return checked(&s, report), nil
}

// ticks returns a function that reports whether it is time again to tell how far something came.
func ticks() (due func() bool) {
	const often = 100 * time.Millisecond
	last := time.Now()
	return func() bool {
		if time.Since(last) < often {
			return false
		}
		last = time.Now()
		return true
	}
}

func progressOf(r *model.Report) Progress {
	return Progress{r.States, r.Transitions, r.Depth, r.Frontier}
}

func checked(s *model.Search, report *model.Report) *Checked {
	c := &Checked{Progress: progressOf(report), World: s.World.Name, Variant: s.Variant.Name, Bound: s.Bounds.String(), Stopped: report.Stopped,
		Exhausted: !report.Stopped && report.Frontier == report.AtBound, Random: s.Random != nil, Violations: []Found{}, Holds: []string{}, Vacuous: []string{}}
	broken := map[string]bool{}
	for _, v := range report.Violations {
		broken[v.Property] = true
		c.Violations = append(c.Violations, Found{v.Property, v.Message, v.Actions, v.Trace.String()})
	}
	exercised := map[string]bool{}
	for _, name := range report.Exercised {
		exercised[name] = true
	}
	for _, p := range s.Properties {
		switch {
		case broken[p.Name]:
		case exercised[p.Name]:
			c.Holds = append(c.Holds, p.Name)
		default:
			c.Vacuous = append(c.Vacuous, p.Name)
		}
	}
	return c
}

// An Outcome is one that a litmus file allows.
type Outcome struct {
	How     string   `json:"how"`
	Ways    string   `json:"ways"`
	Details []string `json:"details"`
	Trace   string   `json:"trace"`
}

// A Claim is one of a litmus file's, with what became of it.
type Claim struct {
	Line    int    `json:"line"`
	Text    string `json:"text"`
	Verdict string `json:"verdict"`
}

// A Behaviour is all that a litmus file allows.
type Behaviour struct {
	Title    string    `json:"title"`
	Sentence string    `json:"sentence"`
	File     string    `json:"file"`
	World    string    `json:"world"`
	Outcomes []Outcome `json:"outcomes"`
	Claims   []Claim   `json:"claims"`
	Ways     string    `json:"ways"`
	States   int       `json:"states"`
	LeftOut  int       `json:"leftOut,omitempty"` // how many outcomes more there are
	Partial  bool      `json:"partial"`           // there are more ways than were tried
}

// mostTries is how many runs are made of a litmus file in a page.
const mostTries = 200_000

// mostLines is how many lines the programs of a litmus file have, and mostOutcomes how many of its outcomes are shown.
const mostLines, mostOutcomes = 300, 500

// litmus explores a litmus file: an entry of the gallery, or a text.
func litmus(r *Request, progress func(any) bool) (any, error) {
	b := &Behaviour{File: r.Trace, Outcomes: []Outcome{}, Claims: []Claim{}}
	if r.ID != "" {
		entry := entryOf(r.ID)
		if entry == nil || !entry.Litmus {
			return nil, fmt.Errorf("the gallery has no litmus file %.60q", r.ID)
		}
		b.File, b.Title, b.Sentence = entry.text(), entry.Title, entry.Sentence
	}
	l, err := model.ParseLitmus(strings.NewReader(b.File))
	if err != nil {
		return nil, err
	}
	b.World = l.World.Name
	lines := 0
	for _, p := range l.Programs {
		lines += len(p.Lines)
	}
	if lines > mostLines {
		return nil, fmt.Errorf("the litmus file has %d lines of programs, and %d are possible here", lines, mostLines)
	}
	if err := shown(l.World); err != nil {
		return nil, err
	}
	due := ticks()
	report, err := l.Explore(model.LitmusOptions{Properties: properties.Promises(), Tries: mostTries, Progress: func(now *model.LitmusReport) bool {
		return !due() || progress(Progress{States: now.States, Depth: now.Depth, Frontier: now.Pending})
	}})
	if err != nil {
		return nil, err
	}
	for _, o := range report.Outcomes[:min(mostOutcomes, len(report.Outcomes))] {
		out := Outcome{How: o.How, Ways: model.WaysText(o.Ways), Details: []string{}, Trace: o.Trace.String()}
		out.Details = append(out.Details, o.Blocked...)
		out.Details = append(out.Details, o.Values...)
		for _, p := range o.Violates {
			out.Details = append(out.Details, "violates "+p)
		}
		out.Details = append(out.Details, o.Took...)
		b.Outcomes = append(b.Outcomes, out)
	}
	for _, c := range l.Claims {
		_, verdict := c.Judge(report)
		b.Claims = append(b.Claims, Claim{c.Number, c.String(), string(verdict)})
	}
	b.LeftOut = len(report.Outcomes) - len(b.Outcomes)
	b.Ways, b.States, b.Partial = model.WaysText(report.Ways), report.States, report.Incomplete
	return b, nil
}
