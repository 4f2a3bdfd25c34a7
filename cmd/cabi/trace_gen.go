package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/port"
	"cabi/model"
	"cabi/shrink"
	"cabi/spec"
)

// A genCommand is cabi trace gen with its flags.
type genCommand struct {
	output string
	worlds []string
	runs   bound
	states bound
}

func newGenCommand() *cobra.Command {
	c := &genCommand{runs: bound{2000, 1 << 30}, states: bound{3000, 1 << 30}}
	cmd := &cobra.Command{
		Use:   "gen -o DIR",
		Short: "Generate reference traces: for each trap, and each built-in with each kind of outcome, a short one that shows it",
		Long: "Gen explores every world, breadth first, or if it is a big one at random from a fixed seed; keeps a trace of each trap,\n" +
			"failing assert and crash that it meets, and of each action with each kind of outcome; shrinks them; and writes to DIR\n" +
			"those that show what no trace before them does, with a sentence, and what all of them show to coverage.txt. The same\n" +
			"flags give the same files.",
		Example: "  cabi trace gen -o reference",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if c.output == "" {
				return exitError{2, "name the directory to write to: -o DIR"}
			}
			return c.run(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVarP(&c.output, "output", "o", "", "write to this `DIR`, which is made")
	cmd.Flags().StringSliceVar(&c.worlds, "world", nil, "explore this world; if none is named, all")
	cmd.Flags().Var(&c.runs, "runs", "how many random walks to make in a big world")
	cmd.Flags().Var(&c.states, "states", "how many states to explore of every other")
	return cmd
}

// shows is the property that nothing new happens: its violations are what traces can show.
var shows = &model.Property{Name: "shows", New: func() model.Checker { return &showChecker{NoChecks: model.NoChecks{Name: "shows"}} }}

// A showChecker says what the last action shows: that it comes to an outcome, or where the specification stops it.
type showChecker struct{ model.NoChecks }

// Done tells the outcome of an action.
func (c *showChecker) Done(_ *model.Run, at *model.Activation, results []spec.CoreValue) {
	c.show(at.Pending.Op + " " + outcomeOf(*at.Pending, results))
}

// Stopped tells where the specification stops.
func (c *showChecker) Stopped(_ *model.Run, err error) { c.show(model.StopOf(err)) }

func (c *showChecker) show(what string) { c.What, c.Sort = what, what }

// outcomeOf is the kind of what an action gives back.
func outcomeOf(a model.Action, results []spec.CoreValue) string {
	if len(results) != 1 || results[0].IsFloat() {
		return "returns"
	}
	n := results[0].Uint64()
	group, _, _ := strings.Cut(a.Op, ".")
	switch {
	case n == 0xffffffff:
		return "blocks"
	case a.Op == "stream.new" || a.Op == "future.new":
		return "returns"
	case group == "stream" || group == "future":
		return []string{"completes", "drops", "cancels"}[n&0xf%3]
	case a.Op == "call":
		return fmt.Sprintf("gives state %d", min(n&0xf, 5))
	case a.Op == "subtask.cancel", a.Op == "waitable-set.wait", a.Op == "waitable-set.poll":
		return fmt.Sprintf("gives %d", n)
	case strings.HasPrefix(a.Op, "thread.") && a.Op != "thread.index" && a.Op != "thread.new-indirect":
		return fmt.Sprintf("gives %d", n)
	}
	return "returns"
}

// An example is a trace that shows something.
type example struct {
	shows string
	*model.Violation
	search *model.Search
}

func (c *genCommand) run(w io.Writer) error {
	report, err := sitesOfPin()
	if err != nil {
		return err
	}
	found := map[string]example{}
	worlds, err := c.named()
	if err != nil {
		return err
	}
	for _, world := range worlds {
		c.explore(world, found)
	}
	kept, covered := keepNew(found)
	if err := c.write(kept, report); err != nil {
		return err
	}
	text := coverage(kept, covered, report)
	fmt.Fprint(w, text)
	return c.note(filepath.Join(c.output, "coverage.txt"), text)
}

// named are the worlds to explore.
func (c *genCommand) named() ([]*model.World, error) {
	if len(c.worlds) == 0 {
		return model.Worlds, nil
	}
	var worlds []*model.World
	for _, name := range c.worlds {
		w := model.WorldByName(name)
		if w == nil {
			return nil, unknown("world", name, worldNames())
		}
		worlds = append(worlds, w)
	}
	return worlds, nil
}

// sitesOfPin are the sites that the command was built with.
func sitesOfPin() ([]port.GoSite, error) {
	roots, err := portRoots("")
	if err != nil {
		return nil, err
	}
	report, err := port.Check(roots[0])
	if err != nil {
		return nil, exitError{2, err.Error()}
	}
	return report.Sites, nil
}

// explore notes the shortest trace that shows each thing which a world shows.
func (c *genCommand) explore(w *model.World, found map[string]example) {
	s := &model.Search{World: w, Variant: spec.SingleTable, Properties: []*model.Property{shows}, Bounds: w.Bounds, KeepGoing: true, MaxStates: c.states.value}
	if w.Random {
		s.MaxStates, s.Random = 0, &model.Random{Seed: 1, Runs: c.runs.value}
	}
	s.Found = func(v *model.Violation) {
		if old, known := found[v.Kind]; !known || v.Actions < old.Actions {
			found[v.Kind] = example{v.Kind, v, s}
		}
	}
	s.Run()
}

// keepNew shrinks examples, traps first, and keeps those that show what none before them does.
func keepNew(found map[string]example) (kept []example, covered map[string]bool) {
	var all []example
	for _, e := range found {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b example) int {
		return cmp.Or(cmp.Compare(len(stopped(b.shows)), len(stopped(a.shows))), cmp.Compare(b.Actions, a.Actions), cmp.Compare(a.shows, b.shows))
	})
	covered = map[string]bool{}
	for _, e := range all {
		if covered[e.shows] {
			continue
		}
		r := shrink.Minimize(e.search, e.Violation, shrink.Limits{Runs: 3000})
		e.Violation, _ = shrink.Part(e.search, r)
		kept = append(kept, e)
		for _, what := range shownBy(e.Trace) {
			covered[what] = true
		}
	}
	slices.SortFunc(kept, func(a, b example) int { return cmp.Compare(a.shows, b.shows) })
	return kept, covered
}

// stopped is "stop" of what stops a run, to put it first.
func stopped(shows string) string {
	if strings.HasPrefix(shows, "trap ") || strings.HasPrefix(shows, "assertion-failure ") || strings.HasPrefix(shows, "crash ") {
		return "stop"
	}
	return ""
}

// shownBy is all that a trace shows.
func shownBy(t *model.Trace) []string {
	_, all, err := shrink.Given(t, []*model.Property{shows})
	if err != nil {
		return nil
	}
	return names(all, func(v *model.Violation) string { return v.Kind })
}

// write writes the traces.
func (c *genCommand) write(kept []example, sites []port.GoSite) error {
	if err := os.MkdirAll(c.output, 0o777); err != nil {
		return exitError{2, err.Error()}
	}
	for _, e := range kept {
		t := *e.Trace
		t.Violates = ""
		t.Comments = []string{sentence(e.shows, sites)}
		if err := c.note(filepath.Join(c.output, fileName(e.shows)), t.String()); err != nil {
			return err
		}
	}
	return nil
}

func (c *genCommand) note(file, text string) error {
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		return exitError{2, err.Error()}
	}
	return nil
}

func fileName(shows string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("/ .:", r) {
			return '-'
		}
		return r
	}, shows) + ".cabi"
}

// sentence says what a trace shows.
func sentence(shows string, sites []port.GoSite) string {
	kind, site, _ := strings.Cut(shows, " ")
	for _, s := range sites {
		if s.Name == site {
			return fmt.Sprintf("The specification stops the run by a %s, in %s: %s", strings.ReplaceAll(kind, "-", " "), s.Function, s.Sentence)
		}
	}
	if stopped(shows) != "" {
		return "The specification stops the run: " + shows + "."
	}
	return "An action comes to an outcome: " + shows + "."
}

// coverage says what the traces show, and which traps none of them does.
func coverage(kept []example, covered map[string]bool, sites []port.GoSite) string {
	var b strings.Builder
	actions, traps, all := 0, 0, 0
	var missing []string
	for _, e := range kept {
		actions += e.Actions
	}
	for _, s := range sites {
		if s.Kind != port.KindTrap {
			continue
		}
		all++
		if covered["trap "+s.Name] {
			traps++
		} else {
			missing = append(missing, s.Name)
		}
	}
	fmt.Fprintf(&b, "%s, %s; %s shown, among them %d of %d traps\n\nshown:\n", count(len(kept), "trace"), count(actions, "action"),
		count(len(covered), "thing"), traps, all)
	for _, what := range slices.Sorted(maps.Keys(covered)) {
		fmt.Fprintf(&b, "  %s\n", what)
	}
	fmt.Fprintf(&b, "\ntraps that no trace shows:\n")
	for _, site := range missing {
		fmt.Fprintf(&b, "  %s\n", site)
	}
	return b.String()
}
