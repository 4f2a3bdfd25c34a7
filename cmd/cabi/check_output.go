package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"cabi/internal/output"
	"cabi/model"
)

// A checkOutput prints what cabi check finds: each violation as it comes if the search keeps going, then the result.
type checkOutput struct {
	*checkCommand
	search *model.Search
	out    io.Writer
	err    error // the first error in writing; nil: none
}

// A finding is a violation as JSON.
type finding struct {
	Finding  string `json:"finding"` // the property and the kind of its violation, which no other finding has
	Property string `json:"property"`
	Site     string `json:"site,omitempty"`
	What     string `json:"what"`
	Actions  int    `json:"actions"`
	Trace    string `json:"trace"`
}

// A result is what cabi check --json prints last, and what the output for people is made from.
type result struct {
	World       string            `json:"world"`
	Variant     string            `json:"variant"`
	Properties  []string          `json:"properties"`
	Verdict     string            `json:"verdict"` // holds, holds vacuously, violated, no violation found
	Mode        string            `json:"mode"`    // breadth first, depth first, random
	Bounds      model.Bounds      `json:"bounds"`
	Reduced     bool              `json:"reduced"`
	Seed        *uint64           `json:"seed,omitempty"`
	Runs        int               `json:"runs,omitempty"`
	States      int               `json:"states"`
	Transitions int               `json:"transitions"`
	Depth       int               `json:"depth"`
	Frontier    int               `json:"frontier"`
	Cut         int               `json:"cut"`
	Collision   float64           `json:"collision_probability"`
	PerState    float64           `json:"bytes_per_state"`
	Disk        int64             `json:"disk_bytes"`
	Stops       map[string]int    `json:"stops"`
	Taken       map[string]int    `json:"taken"`
	Never       []string          `json:"never,omitempty"`
	Source      string            `json:"spec,omitempty"`        // the definitions.py that was run, in place of the port
	NotChecked  map[string]string `json:"not_checked,omitempty"` // properties that cannot be checked on it, and why
	NotTaken    []string          `json:"not_taken,omitempty"`   // actions that it does not have, and why
	Unexercised []string          `json:"unexercised,omitempty"` // properties that held vacuously
	Passed      []string          `json:"never_fired,omitempty"`
	Findings    []string          `json:"findings"`
	Stopped     string            `json:"stopped_by,omitempty"` // by what the search was stopped early; random walks end so
	Chosen      string            `json:"chosen,omitempty"`     // for a world of one's own that does not say all
	LeftOut     []string          `json:"left_out,omitempty"`   // from the menus that were chosen
	Shard       *shardResult      `json:"shard,omitempty"`      // of a shard
	Shards      int               `json:"shards,omitempty"`     // how many were merged
}

// prepare looks whether everything can be written, before the search. It leaves everything as it is.
func (o *checkOutput) prepare() error {
	if err := checkFile(o.search.Checkpoint.File); err != nil {
		return err
	}
	if err := checkDisk(o.disk); err != nil {
		return err
	}
	if o.save != "" && o.keepGoing {
		return outputError(output.CheckDir(o.save))
	}
	return checkFile(o.save)
}

// sparesWorld returns an error if something would be written over the file of the world.
func (o *checkOutput) sparesWorld(world string) error {
	if model.WorldByName(world) != nil {
		return nil
	}
	return cmp.Or(checkOther(o.save, world), checkOther(o.search.Checkpoint.File, world))
}

// found handles a violation when the search finds it: it prints and saves it, as the flags say.
func (o *checkOutput) found(v *model.Violation) {
	if v.Trace.World == o.search.World {
		v.Trace.World = o.file // without what was chosen for it
	}
	trace := v.Trace.String()
	if o.json {
		o.encode(finding{v.Key(), v.Property, v.Kind, v.Message, v.Actions, trace})
	} else if o.keepGoing {
		_, err := fmt.Fprintf(o.out, "found: %s after %s: %s\n", v.Property, model.Counted(v.Actions, "action"), v.Message)
		o.keepError(err)
	}
	switch {
	case o.save != "" && o.keepGoing:
		o.keepError(output.WriteFiles(o.save, map[string]string{fileName(v): trace}))
	case o.save != "":
		o.keepError(output.WriteText(o.save, trace))
	}
}

// fileName is the name of the file that a violation is saved in with --keep-going.
func fileName(v *model.Violation) string {
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune("/ ()'#:,", r) {
			return '-'
		}
		return r
	}, v.Key())
	return strings.Trim(name, "-") + ".cabi"
}

func (o *checkOutput) encode(v any) { o.keepError(json.NewEncoder(o.out).Encode(v)) }

func (o *checkOutput) keepError(err error) {
	if o.err == nil {
		o.err = err
	}
}

// finish prints the result when the search is over, and by what it was stopped early.
func (o *checkOutput) finish(r *model.Report, stopped string) result {
	slices.SortStableFunc(r.Violations, model.CompareViolations)
	o.search.Bounds.Steps = max(o.search.Bounds.Steps, r.Steps)
	res := newResult(*o.search, r)
	if res.Verdict == "holds vacuously" && len(o.chosen.Menus) > 0 && len(r.Exercised) > 0 && r.Transitions > 0 { // nobody asked for the actions that were never taken
		res.Verdict = "holds"
	}
	res.Chosen, res.LeftOut = chosenText(o.chosen, o.search.Enough > 0), o.chosen.LeftOut
	res.Stopped = stopped
	if o.save != "" && o.keepGoing {
		o.keepError(output.WriteFiles(o.save, nil)) // the directory is there, even if nothing was found
	}
	if o.json {
		o.encode(res)
		return res
	}
	res.print(o.out, r.Violations, o.save, o.verbose)
	if stopped != "" && r.Err == nil {
		fmt.Fprintf(o.out, "stopped early, by %s: %s\n", stopped, o.howToGoOn())
	}
	return res
}

// howToGoOn says how a search that was stopped early can go on.
func (o *checkOutput) howToGoOn() string {
	checkpoint := o.search.Checkpoint.File
	switch {
	case o.search.Random != nil:
		return fmt.Sprintf("a longer --duration, or more --runs, with --seed %d makes the same walks and more; another --seed makes other walks", o.search.Random.Seed)
	case checkpoint != "":
		return fmt.Sprintf("the same command with --resume %s goes on from here", checkpoint)
	case o.depthFirst:
		return "a longer --duration, or none, explores more"
	default:
		return "a longer --duration, or none, explores more; with --checkpoint FILE, the search can be resumed"
	}
}

func newResult(s model.Search, r *model.Report) result {
	res := result{World: s.World.Name, Variant: s.Variant.Name, Mode: "breadth first", Bounds: s.Bounds, Reduced: r.Reduced, Runs: r.Runs,
		States: r.States, Transitions: r.Transitions, Depth: r.Depth, Frontier: r.Frontier, Cut: r.AtBound, Collision: r.CollisionProbability(), Disk: r.Disk,
		Stops: r.Stops, Taken: r.Taken, Never: r.NeverTaken, Findings: []string{}}
	if s.Source != nil {
		res.Source, res.NotChecked, res.NotTaken = s.Source.Name, r.NotChecked, r.NotTaken
	}
	if r.States > 0 {
		res.PerState = float64(r.Memory) / float64(r.States)
	}
	res.Properties = slices.DeleteFunc(names(s.Properties, func(p *model.Property) string { return p.Name }), func(name string) bool { return r.NotChecked[name] != "" })
	res.Unexercised = slices.DeleteFunc(slices.Clone(res.Properties), func(name string) bool { return slices.Contains(r.Exercised, name) })
	for _, site := range r.NeverFired {
		res.Passed = append(res.Passed, string(site))
	}
	for _, v := range r.Violations {
		res.Findings = append(res.Findings, v.Key())
	}
	switch {
	case s.Random != nil:
		res.Mode, res.Seed = "random", &s.Random.Seed
		if s.Random.Shards > 0 {
			res.Shard = newShardResult(&s, r)
		}
	case s.DepthFirst:
		res.Mode = "depth first"
	}
	res.Verdict = verdict(s, r)
	return res
}

func verdict(s model.Search, r *model.Report) string {
	switch {
	case len(r.Violations) > 0:
		return "violated"
	case r.Stopped || s.Random != nil:
		return "no violation found"
	case len(s.Properties) > 0 && len(s.Properties) == len(r.NotChecked):
		return "no violation found"
	case len(r.NeverTaken) > 0 || r.Transitions == 0 || len(r.Exercised) == 0 && len(s.Properties) > 0:
		return "holds vacuously"
	default:
		return "holds"
	}
}

func (r result) exit() error {
	switch r.Verdict {
	case "holds":
		return nil
	case "violated":
		return exitError{code: 1}
	default:
		return exitError{code: 3}
	}
}

// print prints the result for people: what was explored, the counterexamples, the verdict and one line of figures, and the rest if
// that is asked for.
func (r result) print(w io.Writer, violations []*model.Violation, saved string, verbose bool) {
	fmt.Fprintf(w, "world %s, variant %s, bound: %s\n", r.World, r.Variant, r.Bounds)
	r.printChosen(w)
	for _, v := range violations {
		fmt.Fprintf(w, "%s is violated after %s:\n\n%s\n", v.Property, model.Counted(v.Actions, "action"), v.Trace)
	}
	switch {
	case len(violations) > 0 && saved == "":
		fmt.Fprintf(w, "replay: add --save FILE to write such a trace to a file, then run cabi replay FILE\n")
	case len(violations) > 0:
		fmt.Fprintf(w, "replay: cabi replay %s\n", saved)
	default:
		fmt.Fprintf(w, "%s: %s\n", r.verdictWords(), countProperties(len(r.Properties)))
	}
	r.printFigures(w)
	printNotChecked(w, r.NotChecked)
	for _, action := range r.NotTaken {
		fmt.Fprint(w, indented(strings.Fields("not taken on this version: "+action), "  ", widthOf(w)))
	}
	if verbose {
		r.printRest(w)
	} else {
		r.printNeverCameUp(w)
	}
}

// chosenText says what was chosen for a world; empty: nothing was.
func chosenText(c model.Completed, steps bool) string {
	text := c.String()
	if steps {
		text = strings.TrimPrefix(fmt.Sprintf("%s; as many actions as it takes to explore %d transitions", text, enough), "; ")
	}
	return text
}

// printChosen prints what was chosen for a world that does not say it, and what that leaves out.
func (r result) printChosen(w io.Writer) {
	width := widthOf(w)
	if r.Chosen != "" {
		fmt.Fprint(w, indented(strings.Fields("chosen, as the world does not say: "+r.Chosen), "  ", width))
	}
	if len(r.LeftOut) > 0 {
		fmt.Fprint(w, indented(strings.Fields("left out of these menus: "+strings.Join(r.LeftOut, "; ")), "  ", width))
	}
}

func (r result) verdictWords() string {
	if r.Verdict == "no violation found" {
		return "no violation found so far"
	}
	return strings.ReplaceAll(r.Verdict, " ", ", ")
}

// printStopped names the shards that were stopped early.
func (r result) printStopped(w io.Writer) {
	if r.Stopped != "" {
		fmt.Fprint(w, indented(strings.Fields("stopped early: "+r.Stopped), "  ", widthOf(w)))
	}
}

func countProperties(n int) string {
	if n == 1 {
		return "1 property"
	}
	return fmt.Sprintf("%d properties", n)
}

// printFigures prints how much was explored, and whether that is everything within the bound.
func (r result) printFigures(w io.Writer) {
	if r.Mode == "random" {
		shards := ""
		if r.Shards > 0 {
			shards = " in " + model.Counted(r.Shards, "shard")
		}
		fmt.Fprintf(w, "walked: %s%s from seed %d, %s, %s of %s\n", model.Counted(r.Runs, "run"), shards, *r.Seed, model.Counted(r.Transitions, "action"),
			model.Counted(r.States, "state shape"), r.World)
		return
	}
	fmt.Fprintf(w, "explored, %s: %s, %s, depth %d; %s\n", r.Mode, model.Counted(r.States, "state"), model.Counted(r.Transitions, "transition"), r.Depth, r.frontier())
}

func (r result) frontier() string {
	switch {
	case r.Verdict == "no violation found" || r.Verdict == "violated" && r.Frontier > r.Cut:
		return fmt.Sprintf("%s not explored", model.Counted(r.Frontier, "state"))
	case r.Cut > 0:
		return fmt.Sprintf("exhausted up to the bound, which cuts %s", model.Counted(r.Cut, "state"))
	default:
		return "exhausted: the bound on actions cuts nothing"
	}
}

// printNotChecked names the properties that cannot be checked on a definitions.py, by what it lacks.
func printNotChecked(w io.Writer, not map[string]string) {
	byReason := map[string][]string{}
	for name, why := range not {
		byReason[why] = append(byReason[why], name)
	}
	for _, why := range slices.Sorted(maps.Keys(byReason)) {
		slices.Sort(byReason[why])
		fmt.Fprint(w, indented(strings.Fields(fmt.Sprintf("not checked on this version: %s: %s", why, strings.Join(byReason[why], ", "))), "  ", widthOf(w)))
	}
}

// printNeverCameUp counts the actions that were never taken and the properties that were not exercised.
func (r result) printNeverCameUp(w io.Writer) {
	var parts []string
	if n := len(r.Never); n > 0 {
		parts = append(parts, model.Counted(n, "action")+" never taken")
	}
	if n := len(r.Unexercised); n > 0 {
		parts = append(parts, countProperties(n)+" not exercised")
	}
	if len(parts) > 0 {
		fmt.Fprintf(w, "nothing was shown about: %s (--verbose names them)\n", strings.Join(parts, ", "))
	}
}

// printRest prints what --verbose adds.
func (r result) printRest(w io.Writer) {
	width := widthOf(w)
	fmt.Fprintf(w, "properties:\n%s", wrapped(r.Properties, width))
	if r.Reduced {
		fmt.Fprintf(w, "reduced: states that differ only in the numbers of indices are taken for one (--full tells them apart)\n")
	}
	if r.Mode == "breadth first" {
		fmt.Fprintf(w, "visited states took %.1f bytes each in memory, and all states %d on disk\n", r.PerState, r.Disk)
	}
	if r.Mode != "random" {
		fmt.Fprintf(w, "probability that two states were taken for one: below %.0e\n", max(r.Collision, 1e-300))
	}
	r.printStops(w)
	for _, list := range []struct {
		title string
		words []string
	}{
		{"actions that were never taken, so nothing was shown about them", r.Never},
		{"properties that were not exercised: what they speak of never came up, so nothing was shown about them", r.Unexercised},
		{"traps and asserts that were evaluated and never fired", r.Passed},
	} {
		if len(list.words) > 0 {
			fmt.Fprintf(w, "%s:\n%s", list.title, wrapped(list.words, width))
		}
	}
}

func (r result) printStops(w io.Writer) {
	fmt.Fprintf(w, "runs that were stopped, by site:\n")
	for _, site := range slices.Sorted(maps.Keys(r.Stops)) {
		fmt.Fprintf(w, "  %7d %s\n", r.Stops[site], site)
	}
}
