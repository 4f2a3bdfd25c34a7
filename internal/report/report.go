// Package report says what a search found: a Finding for each violation and a Result, as cabi check prints them for people and as JSON.
package report

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"cabi/internal/layout"
	"cabi/model"
	"cabi/properties"
)

// A Finding is a violation as JSON.
type Finding struct {
	Finding  string `json:"finding"` // the property and the kind of its violation
	Property string `json:"property"`
	Site     string `json:"site,omitempty"`
	Shape    string `json:"shape,omitempty"`          // what caused it; finding and shape together no other finding has
	Known    string `json:"known,omitempty"`          // the known defect that it is
	NotTold  string `json:"known_not_told,omitempty"` // why it cannot be told which known defect it is, on a definitions.py
	What     string `json:"what"`
	Actions  int    `json:"actions"`
	Trace    string `json:"trace"`
}

// NewFinding is a violation, with its trace as text.
func NewFinding(v *model.Violation, trace string) Finding {
	return Finding{v.Name(), v.Property, v.Kind, v.Shape, KnownAs(v), notTold(v), v.Message, v.Actions, trace}
}

// KnownAs is the known defect that a violation is; "": it is none, or the search did not tell violations apart by what caused them.
func KnownAs(v *model.Violation) string {
	if c := properties.CauseOf(v); c != nil {
		return c.What
	}
	return ""
}

// notTold says why it cannot be told which known defect a violation is; "": it can.
func notTold(v *model.Violation) string {
	if v.Shape == "" {
		return ""
	}
	return v.Unsure
}

// ShapeText is the shape of a violation, and the known defect that it is, as lines for people.
func ShapeText(v *model.Violation) string {
	var b strings.Builder
	if v.Shape != "" {
		fmt.Fprintf(&b, "  shape: %s\n", v.Shape)
	}
	if known := KnownAs(v); known != "" {
		fmt.Fprintf(&b, "  known: %s\n", known)
	}
	if why := notTold(v); why != "" {
		fmt.Fprintf(&b, "  whether it is known is not told on this version: %s\n", why)
	}
	return b.String()
}

// A Result is what cabi check --json prints last, and what the output for people is made from.
type Result struct {
	World       string            `json:"world"`
	Variant     string            `json:"variant"`
	Properties  []string          `json:"properties"`
	Verdict     string            `json:"verdict"` // holds, holds vacuously, violated, no violation found
	Mode        string            `json:"mode"`    // breadth first, depth first, random
	Bounds      model.Bounds      `json:"bounds"`
	Reduced     bool              `json:"reduced"`
	Verified    int               `json:"verified,omitempty"`
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
	Source      string            `json:"spec,omitempty"`             // the definitions.py that was run, in place of the port
	NotChecked  map[string]string `json:"not_checked,omitempty"`      // properties that cannot be checked on it, and why
	NotTaken    []string          `json:"not_taken,omitempty"`        // actions that it does not have, and why
	OtherTypes  []string          `json:"other_core_types,omitempty"` // actions that have other core types on it than at the pin, and which
	Unexercised []string          `json:"unexercised,omitempty"`      // properties that held vacuously
	Passed      []string          `json:"never_fired,omitempty"`
	Findings    []string          `json:"findings"`
	Stopped     string            `json:"stopped_by,omitempty"` // by what the search was stopped early; random walks end so
	Chosen      string            `json:"chosen,omitempty"`     // for a world of one's own that does not say all
	LeftOut     []string          `json:"left_out,omitempty"`   // from the menus that were chosen
	Shard       *Shard            `json:"shard,omitempty"`      // of a shard
	Shards      int               `json:"shards,omitempty"`     // how many were merged
}

// New is the result of a search.
func New(s model.Search, r *model.Report) Result {
	res := Result{World: s.World.Name, Variant: s.Variant.Name, Mode: "breadth first", Bounds: s.Bounds, Reduced: r.Reduced, Verified: r.Verified, Runs: r.Runs,
		States: r.States, Transitions: r.Transitions, Depth: r.Depth, Frontier: r.Frontier, Cut: r.AtBound, Collision: r.CollisionProbability(), Disk: r.Disk,
		Stops: r.Stops, Taken: r.Taken, Never: r.NeverTaken, Findings: []string{}}
	if s.Source != nil {
		res.Source, res.NotChecked, res.NotTaken = s.Source.Name, r.NotChecked, r.NotTaken
		for _, other := range r.OtherTypes {
			res.OtherTypes = append(res.OtherTypes, other.String())
		}
	}
	if r.States > 0 {
		res.PerState = float64(r.Memory) / float64(r.States)
	}
	res.Properties = checked(s.Properties, r)
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
			res.Shard = newShard(&s, r)
		}
	case s.DepthFirst:
		res.Mode = "depth first"
	}
	res.Verdict = verdict(s, r)
	return res
}

// checked are the names of the properties that were checked.
func checked(properties []*model.Property, r *model.Report) []string {
	all := []string{}
	for _, p := range properties {
		if r.NotChecked[p.Name] == "" {
			all = append(all, p.Name)
		}
	}
	return all
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

// ExitCode is what cabi check exits with: 0 if all holds, 1 if something is violated, 3 if there is no answer.
func (r Result) ExitCode() int {
	switch r.Verdict {
	case "holds":
		return 0
	case "violated":
		return 1
	default:
		return 3
	}
}

// Print prints the result for people: what was explored, the counterexamples, the verdict and one line of figures, and the rest if
// that is asked for.
func (r Result) Print(w io.Writer, violations []*model.Violation, saved string, verbose bool) {
	fmt.Fprintf(w, "world %s, variant %s, bound: %s\n", r.World, r.Variant, r.Bounds)
	r.printChosen(w)
	for _, v := range violations {
		fmt.Fprintf(w, "%s is violated after %s:\n%s\n%s\n", v.Property, model.Counted(v.Actions, "action"), ShapeText(v), v.Trace)
	}
	switch {
	case len(violations) > 0 && saved == "":
		fmt.Fprintf(w, "replay: add --save FILE to write such a trace to a file, then run cabi replay FILE\n")
	case len(violations) > 0:
		fmt.Fprintf(w, "replay: cabi replay %s\n", saved)
	default:
		fmt.Fprintf(w, "%s: %s\n", r.verdictWords(), CountProperties(len(r.Properties)))
	}
	r.printFigures(w)
	PrintNotChecked(w, r.NotChecked)
	for _, action := range r.NotTaken {
		fmt.Fprint(w, layout.Indented(strings.Fields("not taken on this version: "+action), "  ", layout.WidthOf(w)))
	}
	for _, action := range r.OtherTypes {
		fmt.Fprint(w, layout.Indented(strings.Fields("other core types on this version: "+action), "  ", layout.WidthOf(w)))
	}
	if verbose {
		r.printRest(w)
	} else {
		r.printNeverCameUp(w)
	}
}

// printChosen prints what was chosen for a world that does not say it, and what that leaves out.
func (r Result) printChosen(w io.Writer) {
	width := layout.WidthOf(w)
	if r.Chosen != "" {
		fmt.Fprint(w, layout.Indented(strings.Fields("chosen, as the world does not say: "+r.Chosen), "  ", width))
	}
	if len(r.LeftOut) > 0 {
		fmt.Fprint(w, layout.Indented(strings.Fields("left out of these menus: "+strings.Join(r.LeftOut, "; ")), "  ", width))
	}
}

func (r Result) verdictWords() string {
	if r.Verdict == "no violation found" {
		return "no violation found so far"
	}
	return strings.ReplaceAll(r.Verdict, " ", ", ")
}

// PrintStopped names the shards that were stopped early.
func (r Result) PrintStopped(w io.Writer) {
	if r.Stopped != "" {
		fmt.Fprint(w, layout.Indented(strings.Fields("stopped early: "+r.Stopped), "  ", layout.WidthOf(w)))
	}
}

// CountProperties is a number of properties in words.
func CountProperties(n int) string {
	if n == 1 {
		return "1 property"
	}
	return fmt.Sprintf("%d properties", n)
}

// printFigures prints how much was explored, and whether that is everything within the bound.
func (r Result) printFigures(w io.Writer) {
	if r.Mode == "random" {
		shards := ""
		if r.Shards > 0 {
			shards = " in " + model.Counted(r.Shards, "shard")
		}
		fmt.Fprintf(w, "walked: %s%s from seed %d, %s, %s of %s\n", model.Counted(r.Runs, "run"), shards, *r.Seed, model.Counted(r.Transitions, "action"),
			model.Counted(r.States, "state shape"), r.World)
	} else {
		fmt.Fprintf(w, "explored, %s: %s, %s, depth %d; %s\n", r.Mode, model.Counted(r.States, "state"), model.Counted(r.Transitions, "transition"), r.Depth, r.frontier())
	}
	if r.Verified > 0 {
		compared := "transition"
		if r.Mode == "random" {
			compared = "run" // as a whole: where it ends
		}
		fmt.Fprintf(w, "compared with the port on coroutines: %s, no difference\n", model.Counted(r.Verified, compared))
	}
}

func (r Result) frontier() string {
	switch {
	case r.Verdict == "no violation found" || r.Verdict == "violated" && r.Frontier > r.Cut:
		return fmt.Sprintf("%s not explored", model.Counted(r.Frontier, "state"))
	case r.Cut > 0:
		return fmt.Sprintf("exhausted up to the bound, which cuts %s", model.Counted(r.Cut, "state"))
	default:
		return "exhausted: the bound on actions cuts nothing"
	}
}

// PrintNotChecked names the properties that cannot be checked on a definitions.py, by what it lacks.
func PrintNotChecked(w io.Writer, not map[string]string) {
	byReason := map[string][]string{}
	for name, why := range not {
		byReason[why] = append(byReason[why], name)
	}
	for _, why := range slices.Sorted(maps.Keys(byReason)) {
		slices.Sort(byReason[why])
		fmt.Fprint(w, layout.Indented(strings.Fields(fmt.Sprintf("not checked on this version: %s: %s", why, strings.Join(byReason[why], ", "))), "  ", layout.WidthOf(w)))
	}
}

// printNeverCameUp counts the actions that were never taken and the properties that were not exercised.
func (r Result) printNeverCameUp(w io.Writer) {
	var parts []string
	if n := len(r.Never); n > 0 {
		parts = append(parts, model.Counted(n, "action")+" never taken")
	}
	if n := len(r.Unexercised); n > 0 {
		parts = append(parts, CountProperties(n)+" not exercised")
	}
	if len(parts) > 0 {
		fmt.Fprintf(w, "nothing was shown about: %s (--verbose names them)\n", strings.Join(parts, ", "))
	}
}

// printRest prints what --verbose adds.
func (r Result) printRest(w io.Writer) {
	width := layout.WidthOf(w)
	fmt.Fprintf(w, "properties:\n%s", layout.Wrapped(r.Properties, width))
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
			fmt.Fprintf(w, "%s:\n%s", list.title, layout.Wrapped(list.words, width))
		}
	}
}

func (r Result) printStops(w io.Writer) {
	fmt.Fprintf(w, "runs that were stopped, by site:\n")
	for _, site := range slices.Sorted(maps.Keys(r.Stops)) {
		fmt.Fprintf(w, "  %7d %s\n", r.Stops[site], site)
	}
}

// FileNames gives the violations of a search with --keep-going names of files, one by one: those that differ by their causes alone are numbered.
type FileNames map[string]int

// Next is the name of the file that the next violation is saved in.
func (n FileNames) Next(v *model.Violation) string {
	n[v.Name()]++
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune("/ ()'#:,", r) {
			return '-'
		}
		return r
	}, v.Name())
	name = strings.Trim(name, "-")
	if k := n[v.Name()]; k > 1 {
		return fmt.Sprintf("%s-%d.cabi", name, k)
	}
	return name + ".cabi"
}
