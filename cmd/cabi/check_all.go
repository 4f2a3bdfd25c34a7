package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cabi/internal/layout"
	"cabi/internal/output"
	"cabi/internal/report"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// allWorlds is what cabi check takes in place of a world's name, for every world that can be exhausted.
const allWorlds = "all"

// allToo are the flags that have an effect on all worlds, too.
var allToo = []string{"spec", "git", "variant", "steps", "property", "workers", "full", "verify", "duration", "json", "save", "verbose", "help"}

// A causedViolation is what is violated by one cause, with the shortest trace in any world, and the worlds that have it.
type causedViolation struct {
	*model.Violation
	worlds []string // that of the trace first
}

// A checkAll is a check of all worlds, one after the other.
type checkAll struct {
	*checkCommand
	steps      int // at most so many actions; 0: as far as each world says
	out        io.Writer
	results    []report.Result
	runs       int         // random runs of values of random types
	runStates  int         // that they came to
	refused    [][2]string // worlds that cannot be run, and why
	otherTypes []string    // actions that have other core types than at the pin
	violated   []*causedViolation
	exercised  map[string]bool // by property that is checked: whether it is, in some world
	news       news
}

// A news says at once what is violated and is no known defect, where the progress is shown: the result comes minutes later.
type news struct {
	progress *progress
	told     map[string]bool // by name
}

// tell says a violation in a line, unless it is a known defect, or one of its name was told.
func (n *news) tell(v *model.Violation) {
	if len(report.KnownAs(v)) > 0 || n.told[v.Name()] {
		return
	}
	n.told[v.Name()] = true
	n.progress.clear()
	fmt.Fprintf(n.progress.w, "new: %s is violated after %s in %s: %s\n", strings.TrimSuffix(v.Name(), "/"), model.Counted(v.Actions, "action"), v.Trace.World.Name, v.Message)
}

// coreTypes says in a line that functions have other core types than at the pin, when that is seen first.
func (n *news) coreTypes(others []model.OtherCoreTypes) {
	const what = "other core types"
	if len(others) == 0 || n.told[what] {
		return
	}
	n.told[what] = true
	n.progress.clear()
	fmt.Fprintf(n.progress.w, "new: functions have other core types than at the pin: %s\n", briefly(others[0]))
}

// briefly says which core types are other, without the middle of a long type.
func briefly(o model.OtherCoreTypes) string {
	const most, end = 120, 40
	if n := len(o.Action); n > most {
		o.Action = o.Action[:most-end] + " ... " + o.Action[n-end:]
	}
	return o.String()
}

// glance is how many states of each world are looked at before anything else: a mistake as a rule shows soon in some world, and that may be the last.
const glance = 1000

// longGlance is how many of those are looked at that are searched last, before any is searched.
const longGlance = 5000

// glances looks at the beginning of each world, tells what is new, which is found again, and returns the worlds in the order in which they are
// searched: those first that take the fewest states, as far as can be told from their beginning.
func (a *checkAll) glances(cmd *cobra.Command, worlds []*model.World, states int) ([]*model.World, error) {
	size := map[*model.World]float64{}
	for i, world := range worlds {
		search, err := a.search(cmd, world)
		if err != nil {
			if search.Source == nil {
				return nil, err
			}
			continue // which is said when its turn comes
		}
		where := fmt.Sprintf("the first %d states, %d worlds of %d", states, i, len(worlds))
		search.MaxStates = states
		search.Progress = func(*model.Report) bool { return a.news.progress.show(func() string { return where }) }
		r := search.Run()
		if a.news.progress.stopped != "" {
			break
		}
		for _, v := range r.Violations { // which promises can be checked is known only now
			a.news.tell(v)
		}
		// As if each action of the bound led to as many states as those that were looked at.
		size[world] = math.Log(float64(r.States+1)) * float64(search.Bounds.Steps) / float64(max(1, r.Depth))
	}
	return slices.SortedStableFunc(slices.Values(worlds), func(x, y *model.World) int { return cmp.Compare(size[x], size[y]) }), nil
}

// all checks every world that can be exhausted, up to its own bounds, and small ones for what these leave out.
func (c *checkCommand) all(cmd *cobra.Command) (err error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if err == nil && !slices.Contains(allToo, f.Name) {
			err = exitError{2, fmt.Sprintf("--%s has no effect on all worlds: name one of them", f.Name)}
		}
	})
	if err != nil {
		return err
	}
	if c.save != "" {
		if err := outputError(output.CheckDir(c.save)); err != nil {
			return err
		}
	}
	source, err := c.source.open()
	if err != nil {
		return err
	}
	if variant := spec.VariantByName(c.variant); source != nil && variant != nil && variant != spec.SingleTable {
		return fits(source, model.Worlds[0], variant, nil)
	}
	c.keepGoing = true
	debug.SetGCPercent(250) // as for one world
	all := &checkAll{checkCommand: c, steps: c.steps.value, out: cmd.OutOrStdout(), exercised: map[string]bool{}}
	progress := newProgress(cmd.ErrOrStderr(), c.duration)
	defer progress.clear()
	names := report.FileNames{}
	all.news = news{progress, map[string]bool{}}
	named := slices.DeleteFunc(slices.Clone(model.Worlds), func(w *model.World) bool { return w.Random })
	corners := properties.Corners()
	worlds := slices.Concat(named, corners)
	order, found := worlds, map[*model.World]*worldReport{}
	search := func(worlds []*model.World) (err error) {
		for _, world := range worlds {
			if _, was := found[world]; was || progress.stopped != "" {
				continue
			}
			if found[world], err = all.world(cmd, world, progress, fmt.Sprintf("%s, %d of %d", world.Name, len(found)+1, len(order)), names); err != nil {
				return err
			}
			if c.json {
				if err := all.take(cmd, found[world], progress.stopped, names); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if !c.json && all.steps == 0 {
		if order, err = all.glances(cmd, slices.Concat(corners, named), glance); err != nil {
			return err
		}
		if err := search(corners); err != nil { // they take no time
			return err
		}
	}
	if err := all.values(cmd, progress, names); err != nil {
		return err
	}
	if !c.json && all.steps == 0 && progress.stopped == "" {
		if _, err := all.glances(cmd, order[len(order)*2/3:], longGlance); err != nil {
			return err
		}
	}
	if err := search(order); err != nil {
		return err
	}
	progress.clear()
	if !c.json {
		for _, world := range worlds { // in their own order, whichever was searched first
			if err := all.take(cmd, found[world], progress.stopped, names); err != nil {
				return err
			}
		}
		all.print(progress.stopped)
	}
	return all.exit(progress.stopped)
}

// A worldReport is what the search of a world came to.
type worldReport struct {
	search model.Search
	*model.Report
	out *checkOutput
}

// world searches a world; nil: that cannot be made on this definitions.py. An error ends the command.
func (a *checkAll) world(cmd *cobra.Command, world *model.World, progress *progress, where string, names report.FileNames) (*worldReport, error) {
	if a.steps > 0 {
		a.checkCommand.steps.value = min(a.steps, world.Bounds.Steps)
	}
	search, err := a.search(cmd, world)
	if err != nil {
		if search.Source == nil {
			return nil, err
		}
		a.refuse(cmd, world, err) // this definitions.py has not what this world needs
		return nil, nil
	}
	out := &checkOutput{checkCommand: a.checkCommand, search: &search, out: a.out, names: names}
	search.Progress = func(r *model.Report) bool {
		return progress.show(func() string { return where + ": " + progress.text(r) }) && out.err == nil
	}
	search.OnViolation = a.news.tell
	if a.json {
		search.OnViolation = func(v *model.Violation) { progress.clear(); out.found(v) }
	}
	r := search.Run()
	if r.Err != nil && r.States == 0 {
		a.refuse(cmd, world, r.Err)
		return nil, nil
	}
	return &worldReport{search, r, out}, nil
}

// take prints or keeps what the search of a world came to; of one that could not be made, nothing. It returns an error if that cannot be written.
func (a *checkAll) take(cmd *cobra.Command, found *worldReport, stopped string, names report.FileNames) error {
	if found == nil {
		return nil
	}
	r, out, world := found.Report, found.out, found.search.World.Name
	slices.SortStableFunc(r.Violations, model.CompareViolations)
	result := report.New(found.search, r)
	result.Stopped = stopped
	if a.json {
		out.encode(result)
	} else if a.save != "" {
		for _, v := range r.Violations {
			out.keepError(output.WriteFiles(a.save, map[string]string{names.Next(v): v.Trace.String()}))
		}
	}
	if out.err != nil {
		return outputError(out.err)
	}
	if r.Err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "cabi: %s: %s%v\n", world, stoppedEarly(r.Err), r.Err)
	}
	a.noteCoreTypes(r)
	a.results = append(a.results, result)
	for _, name := range result.Properties {
		a.exercised[name] = a.exercised[name] || slices.Contains(r.Exercised, name)
	}
	for _, v := range r.Violations {
		a.add(v, world)
	}
	return nil
}

// noteCoreTypes keeps which functions have other core types than at the pin.
func (a *checkAll) noteCoreTypes(r *model.Report) {
	if !a.json {
		a.news.coreTypes(r.OtherTypes)
	}
	for _, o := range r.OtherTypes {
		if text := briefly(o); !slices.Contains(a.otherTypes, text) {
			a.otherTypes = append(a.otherTypes, text)
		}
	}
}

// mostOtherTypes is how many of these are shown without --verbose.
const mostOtherTypes = 3

// refuse notes that a world cannot be run.
func (a *checkAll) refuse(cmd *cobra.Command, world *model.World, why error) {
	a.refused = append(a.refused, [2]string{world.Name, why.Error()})
	fmt.Fprintf(cmd.ErrOrStderr(), "cabi: %s is left out: %v\n", world.Name, why)
}

// add adds a violation, unless one by the same cause is known; the shorter one stays. It returns whether none is.
func (a *checkAll) add(v *model.Violation, world string) bool {
	i := slices.IndexFunc(a.violated, func(known *causedViolation) bool {
		return known.Property == v.Property && known.Kind == v.Kind && properties.SameCause(known.Violation, v)
	})
	if i < 0 {
		a.violated = append(a.violated, &causedViolation{v, []string{world}})
		return true
	}
	known := a.violated[i]
	if slices.Contains(known.worlds, world) {
		return false
	}
	if known.worlds = append(known.worlds, world); v.Actions < known.Actions {
		known.Violation, known.worlds = v, append([]string{world}, known.worlds[:len(known.worlds)-1]...)
	}
	return false
}

// sorted are the violations: those that are no known defects first.
func (a *checkAll) sorted() (all []*causedViolation, unknown int) {
	all = slices.Clone(a.violated)
	isKnown := func(v *causedViolation) int { return min(1, len(report.KnownAs(v.Violation))) }
	slices.SortStableFunc(all, func(x, y *causedViolation) int {
		return cmp.Or(cmp.Compare(isKnown(x), isKnown(y)), model.CompareViolations(x.Violation, y.Violation))
	})
	for _, v := range all {
		unknown += 1 - isKnown(v)
	}
	return all, unknown
}

// mostCauses is how many causes of violations of one name are shown without --verbose.
const mostCauses = 3

// print prints a row for each world, each violation by its cause, and what was shown.
func (a *checkAll) print(stopped string) {
	rows := [][]string{{"world", "actions", "states", "transitions", "exhausted", "violations"}}
	states, transitions, exhausted := 0, 0, 0
	for _, r := range a.results {
		how, violations := "up to the bound", "none"
		switch {
		case r.Verdict == "no violation found", r.Verdict == "violated" && r.Frontier > r.Cut:
			how = "no"
		case r.Cut == 0:
			how = "wholly"
		}
		if how != "no" {
			exhausted++
		}
		if n := len(r.Findings); n > 0 {
			violations = fmt.Sprint(n)
		}
		rows = append(rows, []string{r.World, fmt.Sprint(r.Bounds.Steps), fmt.Sprint(r.States), fmt.Sprint(r.Transitions), how, violations})
		states, transitions = states+r.States, transitions+r.Transitions
	}
	width := layout.WidthOf(a.out)
	if err := layout.WriteTable(a.out, rows, layout.RowsWidth(a.out)); err != nil {
		return
	}
	fmt.Fprintf(a.out, "in all: %s of %d exhausted, %s, %s\n", model.Counted(exhausted, "world"), len(a.results)+len(a.refused), model.Counted(states, "state"), model.Counted(transitions, "transition"))
	if a.runs > 0 {
		fmt.Fprintf(a.out, "before: %s in which guests pass values of random types to each other, %s\n", model.Counted(a.runs, "random run"), model.Counted(a.runStates, "state"))
	}
	for _, r := range a.refused {
		fmt.Fprint(a.out, layout.Indented(strings.Fields("left out: "+r[0]+": "+r[1]), "  ", width))
	}
	slices.SortStableFunc(a.otherTypes, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	for i, text := range a.otherTypes {
		if i == mostOtherTypes && !a.verbose {
			fmt.Fprintf(a.out, "  and %d more (--verbose shows them)\n", len(a.otherTypes)-i)
			break
		}
		fmt.Fprint(a.out, layout.Indented(strings.Fields("other core types on this version: "+text), "  ", width))
	}
	all, unknown := a.sorted()
	shown := map[string]int{} // how often each name was
	for i, v := range all {
		if shown[v.Name()]++; shown[v.Name()] > mostCauses && !a.verbose {
			continue
		}
		fmt.Fprintf(a.out, "\n%s is violated after %s, in %s:\n", strings.TrimSuffix(v.Name(), "/"), model.Counted(v.Actions, "action"), strings.Join(v.worlds, ", "))
		fmt.Fprint(a.out, report.ShapeText(v.Violation))
		if i < unknown || a.verbose {
			fmt.Fprintf(a.out, "\n%s", v.Trace)
		}
	}
	fmt.Fprintln(a.out)
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		if n := shown[name] - mostCauses; n > 0 && !a.verbose {
			fmt.Fprintf(a.out, "%s is violated by %s more (--verbose shows them)\n", strings.TrimSuffix(name, "/"), model.Counted(n, "cause"))
		}
	}
	a.printVerdict(len(all), unknown, exhausted)
	if len(a.results) > 0 {
		report.PrintNotChecked(a.out, notChecked(a.results))
	}
	var never []string
	for _, name := range slices.Sorted(maps.Keys(a.exercised)) {
		if !a.exercised[name] {
			never = append(never, name)
		}
	}
	if len(never) > 0 {
		fmt.Fprint(a.out, layout.Indented(strings.Fields("nothing was shown about: "+strings.Join(never, ", ")), "  ", width))
	}
	if stopped != "" {
		fmt.Fprintf(a.out, "stopped early, by %s: a longer --duration, or none, explores more\n", stopped)
	}
}

func (a *checkAll) printVerdict(all, unknown, exhausted int) {
	checked := report.CountProperties(len(a.exercised))
	switch {
	case unknown > 0:
		fmt.Fprintf(a.out, "violated in %s, %d of which no known defect is\n", model.Counted(all, "way"), unknown)
	case all > 0:
		fmt.Fprintf(a.out, "violated in %s, each a known defect (docs/findings.md)\n", model.Counted(all, "way"))
	case exhausted < len(a.results)+len(a.refused) || exhausted == 0:
		fmt.Fprintf(a.out, "no violation found so far: %s\n", checked)
	default:
		fmt.Fprintf(a.out, "holds: %s\n", checked)
	}
}

// notChecked are the properties that could not be checked in some world, and why.
func notChecked(results []report.Result) map[string]string {
	all := map[string]string{}
	for _, r := range results {
		for name, why := range r.NotChecked {
			all[name] = cmp.Or(all[name], why)
		}
	}
	return all
}

// exit is what the command ends with: 1 if something is violated, 3 if there is no answer about some world, or about a property that is named.
func (a *checkAll) exit(stopped string) error {
	switch {
	case len(a.violated) > 0:
		return exitError{code: 1}
	case len(a.results) == 0:
		return exitError{2, "no world can be run on this version"}
	case stopped != "" || len(a.refused) > 0 || slices.ContainsFunc(a.results, func(r report.Result) bool { return r.Verdict == "no violation found" }):
		return exitError{code: 3}
	case slices.Contains(slices.Collect(maps.Values(a.exercised)), false) && len(a.properties) > 0:
		return exitError{code: 3}
	}
	return nil
}
