package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"cabi/internal/output"
	"cabi/internal/report"
	"cabi/internal/upstream"
	"cabi/model"
	"cabi/properties"
	"cabi/shrink"
)

// Beside the worlds, which have few types, cabi check all makes random runs in which guests pass values of random types to each other. What they do is chosen
// on the port; what the specification chooses is explored. A second codec says which values are passed (properties/codec.go).

const (
	layoutRuns    = 100 // of lists whose elements have parts of different sizes and alignments
	valueRuns     = 300 // of values of random types
	valueRunsSeed = 1
	valuesAtOnce  = 50 // between which the progress is shown
)

// values makes the random runs, unless the flags say how far worlds are explored, or ask for promises that are not about values.
func (a *checkAll) values(cmd *cobra.Command, progress *progress, names report.FileNames) error {
	if a.steps > 0 || len(a.properties) > 0 && !slices.Contains(a.properties, "values-kept") {
		return nil
	}
	for first := 0; first < layoutRuns+valueRuns; first += valuesAtOnce {
		runs := runsFrom(first)
		where := fmt.Sprintf("values of random types, %d runs of %d", first, layoutRuns+valueRuns)
		if !progress.show(func() string { return where }) {
			return nil
		}
		searches := make([]model.Search, len(runs))
		for i, run := range runs {
			search, err := a.search(cmd, run.World)
			if err != nil {
				if search.Source == nil {
					return err
				}
				a.refuse(cmd, run.World, err)
				return nil
			}
			searches[i] = run.Search(search)
		}
		for i, r := range a.inParallel(searches) {
			if err := a.valueRun(cmd, &searches[i], r, names); err != nil || r.Err != nil && r.States == 0 {
				return err
			}
		}
	}
	return nil
}

// runsFrom are as many runs as are made at once, the first of which has a number. Those of lists come before the others.
func runsFrom(first int) []upstream.ValueRun {
	if first < layoutRuns {
		return upstream.LayoutRuns(valueRunsSeed, first, valuesAtOnce)
	}
	return upstream.ValueRuns(valueRunsSeed, first-layoutRuns, valuesAtOnce)
}

// inParallel makes searches, and returns their reports in the same order.
func (a *checkAll) inParallel(searches []model.Search) []*model.Report {
	reports := make([]*model.Report, len(searches))
	var workers errgroup.Group
	workers.SetLimit(max(1, a.workers.value))
	for i := range searches {
		workers.Go(func() error {
			reports[i] = searches[i].Run() // which has the error, if there is one
			return nil
		})
	}
	_ = workers.Wait()
	return reports
}

// valueRun adds what is violated in one of the runs.
func (a *checkAll) valueRun(cmd *cobra.Command, search *model.Search, r *model.Report, names report.FileNames) error {
	if r.Err != nil && r.States == 0 {
		a.refuse(cmd, search.World, r.Err)
		return nil
	}
	a.noteCoreTypes(r)
	a.runs, a.runStates = a.runs+1, a.runStates+r.States
	for _, name := range r.Exercised {
		a.exercised[name] = true
	}
	slices.SortStableFunc(r.Violations, model.CompareViolations)
	out := &checkOutput{checkCommand: a.checkCommand, search: search, out: a.out, names: names}
	for _, v := range r.Violations {
		if !a.json {
			a.news.tell(v)
		}
		if len(report.KnownAs(v)) == 0 && !slices.ContainsFunc(a.violated, func(known *causedViolation) bool { return known.Name() == v.Name() }) {
			small := *search
			small.Menu, small.Properties = nil, properties.For(search.World)
			v = shrink.Shrink(&small, v)
		}
		switch isNew := a.add(v, search.World.Name); {
		case isNew && a.json:
			out.found(v)
		case isNew && a.save != "":
			out.keepError(output.WriteFiles(a.save, map[string]string{names.Next(v): v.Trace.String()}))
		}
	}
	if out.err != nil {
		return outputError(out.err)
	}
	return nil
}
