package toolchains

import (
	"context"
	"fmt"
	"strings"

	"cabi/component"
	"cabi/internal/program"
	"cabi/spec"
)

// A Schedule is calls of an async component, explored under every choice within a bound.
type Schedule struct {
	Component string   `json:"component"`
	Calls     []string `json:"calls"`
	Choices   int      `json:"choices"` // how many the run with most of them made
	Runs      int      `json:"runs"`    // with departures, under all variants together
	Drawn     int      `json:"drawn"`
	CutOff    string   `json:"cut_off,omitempty"`
	Findings  []Found  `json:"findings,omitempty"`
}

// A Found is a finding of an exploration.
type Found struct {
	Kind     string   `json:"kind"`
	Text     string   `json:"text"`
	Variants []string `json:"variants"`
}

// ScheduleBounds is how far schedules are explored.
var ScheduleBounds = program.Bounds{Departures: 2, Runs: 20_000, Random: 100, Steps: 100_000}

// scheduled are the calls whose schedules are explored, by program. Those with & between them go on beside each other.
var scheduled = map[string][][]string{
	"later": {
		{`now("a") & now("b")`},
		{"race([3, 1, 2]) & order([2, 1]) & all([1, 2])"},
		{"[constructor]timer(3)", "[method]timer.wait(#1) & [method]timer.left(#1) & [method]timer.wait(#1)"},
	},
	"pipes": {
		{"loop(3)"},
		{"loop(2) & loop(3)"},
		{"add([1, 2]) & numbers(3)"},
		{`doubled([3, 4]) & later("a") & read("b")`},
		{"[constructor]pipe()", "[method]pipe.push(#1, 7) & loop(2) & [method]pipe.push(#1, 8)"},
	},
}

// Schedules explores the schedules of an async component.
func (r *Runner) Schedules(c Component, decoded *component.Component) (all []*Schedule, err error) {
	for _, texts := range scheduled[c.Program] {
		s := &Schedule{Component: c.Name(), Calls: texts}
		p := &program.Program{Component: decoded}
		for _, text := range texts {
			step, err := readStep(text, fmt.Sprintf("local:%s/work#", c.Program))
			if err != nil {
				return nil, err
			}
			p.Calls = append(p.Calls, step.Call)
		}
		e := r.runner.Explore(context.Background(), p, spec.SingleTable, ScheduleBounds, func(*program.Exploration) bool { return true })
		s.Choices, s.Runs, s.Drawn, s.CutOff = e.Choices, e.Runs, e.Random, e.CutOff
		for _, f := range e.Findings {
			found := Found{f.Kind, strings.ReplaceAll(f.Text, fmt.Sprintf("local:%s/work#", c.Program), ""), []string{f.Variant.Name}}
			for _, v := range f.Also {
				found.Variants = append(found.Variants, v.Name)
			}
			s.Findings = append(s.Findings, found)
		}
		all = append(all, s)
	}
	return all, nil
}

// MostChoices is how many choices the session of a recording makes that makes most of them.
func (r *Runner) MostChoices(decoded *component.Component, recording *Recording) (most int, err error) {
	for _, s := range recording.Sessions {
		calls, err := s.Parsed()
		if err != nil {
			return 0, err
		}
		choices := program.NewChoices(nil, nil)
		p := &program.Program{Component: decoded, Calls: calls, Host: func(run *component.Run) component.Supplier { return NewHost().given(run) }}
		r.runner.Run(p, program.Options{Choices: choices, Variant: spec.SingleTable})
		most = max(most, len(choices.Made))
	}
	return most, nil
}

// Schedulings are the schedules of async components, and how many choices the sessions of all others make.
type Schedulings struct {
	Schedules []*Schedule    `json:"schedules"`
	Choices   map[string]int `json:"choices"`
}
