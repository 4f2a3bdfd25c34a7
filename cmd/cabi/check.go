package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A checkCommand is cabi check with its flags.
type checkCommand struct {
	variant    string
	properties []string
	steps      bound
	handles    bound
	json       bool
	save       string
}

func newCheckCommand() *cobra.Command {
	c := &checkCommand{steps: bound{0, 1000}, handles: bound{0, 1000}}
	cmd := &cobra.Command{
		Use:   "check WORLD",
		Short: "Explore a world and prove properties of it within a bound, or show the shortest counterexample",
		Long: "Check explores every run of a world, breadth first, over the specification itself. It exits with 0 if the\n" +
			"properties hold within the bound, 1 if one is violated, 3 if it was stopped early or proved nothing.\n\n" +
			"Worlds: " + strings.Join(worldNames(), ", ") + "\n" +
			"Properties: " + strings.Join(propertyNames(), ", ") + "\n" +
			"Variants: " + strings.Join(variantNames(), ", "),
		Example: "  cabi check handles\n  cabi check handles --variant per-type --property unique-in-instance",
		Args:    oneWorld,
		RunE:    c.run,
	}
	cmd.Flags().StringVar(&c.variant, "variant", spec.SingleTable.Name, "how handles are numbered")
	cmd.Flags().StringSliceVar(&c.properties, "property", nil, "what to check; every promise of the specification if it is not given")
	cmd.Flags().Var(&c.steps, "steps", "how many actions of guests and the host to explore; 0: as far as the world says")
	cmd.Flags().Var(&c.handles, "handles", "how many handles may live before no new ones are made; 0: as the world says")
	cmd.Flags().StringVar(&c.save, "save", "", "write the counterexample to a file, for cabi replay")
	cmd.Flags().BoolVar(&c.json, "json", false, "print the result as JSON")
	return cmd
}

func oneWorld(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return exitError{2, fmt.Sprintf("name one world to check: %s", strings.Join(worldNames(), ", "))}
	}
	return nil
}

func (c *checkCommand) run(cmd *cobra.Command, args []string) error {
	search, err := c.search(args[0])
	if err != nil {
		return err
	}
	progress := newProgress(cmd.ErrOrStderr())
	defer progress.clear()
	search.Progress = progress.tell
	report := search.Run()
	progress.clear()
	result := newResult(search, report)
	if c.json {
		err = json.NewEncoder(cmd.OutOrStdout()).Encode(result)
	} else {
		result.print(cmd.OutOrStdout())
	}
	if err == nil && c.save != "" && report.Violation != nil {
		err = os.WriteFile(c.save, []byte(result.Trace), 0o666)
	}
	if err != nil {
		return exitError{2, err.Error()}
	}
	return result.exit()
}

// search is what the flags ask for.
func (c *checkCommand) search(world string) (model.Search, error) {
	search := model.Search{Steps: c.steps.value, Handles: c.handles.value}
	if search.World = model.WorldByName(world); search.World == nil {
		return search, unknown("world", world, worldNames())
	}
	if search.Steps == 0 {
		search.Steps = search.World.Steps
	}
	if search.Handles == 0 {
		search.Handles = search.World.Handles
	}
	if search.Variant = spec.VariantByName(c.variant); search.Variant == nil {
		return search, unknown("variant", c.variant, variantNames())
	}
	search.Properties = properties.Promises()
	if len(c.properties) > 0 {
		search.Properties = nil
	}
	for _, name := range c.properties {
		p := properties.ByName(name)
		if p == nil {
			return search, unknown("property", name, propertyNames())
		}
		search.Properties = append(search.Properties, p)
	}
	return search, nil
}

func unknown(what, name string, known []string) error {
	return exitError{2, fmt.Sprintf("unknown %s %q; there are: %s", what, name, strings.Join(known, ", "))}
}

func worldNames() []string { return names(model.Worlds, func(w *model.World) string { return w.Name }) }

func propertyNames() []string {
	return names(properties.All, func(p *model.Property) string { return p.Name })
}

func variantNames() []string {
	return names(spec.Variants, func(v *spec.Variant) string { return v.Name })
}

func names[T any](list []T, name func(T) string) []string {
	var all []string
	for _, e := range list {
		all = append(all, name(e))
	}
	return all
}

// A result is what cabi check prints.
type result struct {
	World       string         `json:"world"`
	Variant     string         `json:"variant"`
	Properties  []string       `json:"properties"`
	Verdict     string         `json:"verdict"` // holds, holds vacuously, violated, no violation found
	Steps       int            `json:"steps"`
	Handles     int            `json:"handles"`
	States      int            `json:"states"`
	Transitions int            `json:"transitions"`
	Depth       int            `json:"depth"`
	Frontier    int            `json:"frontier"`
	Cut         int            `json:"cut"`
	Collision   float64        `json:"collision_probability"`
	Stops       map[string]int `json:"stops"`
	Never       []string       `json:"never,omitempty"`
	Violated    string         `json:"violated,omitempty"`
	What        string         `json:"what,omitempty"`
	Actions     int            `json:"actions,omitempty"`
	Trace       string         `json:"trace,omitempty"`
}

func newResult(s model.Search, r model.Report) result {
	res := result{World: s.World.Name, Variant: s.Variant.Name, Steps: s.Steps, Handles: s.Handles, States: r.States,
		Transitions: r.Transitions, Depth: r.Depth, Frontier: r.Frontier, Cut: r.Cut, Collision: r.CollisionProbability(),
		Stops: r.Stops, Never: r.Never(s.World)}
	res.Properties = names(s.Properties, func(p *model.Property) string { return p.Name })
	switch v := r.Violation; {
	case v != nil:
		res.Verdict, res.Violated, res.What, res.Actions, res.Trace = "violated", v.Property, v.What, v.Actions, v.Trace.String()
	case r.Stopped:
		res.Verdict = "no violation found"
	case len(res.Never) > 0:
		res.Verdict = "holds vacuously"
	default:
		res.Verdict = "holds"
	}
	return res
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

func (r result) print(w io.Writer) {
	fmt.Fprintf(w, "world %s, variant %s\n", r.World, r.Variant)
	switch r.Verdict {
	case "violated":
		fmt.Fprintf(w, "%s is violated after %s:\n\n%s\n", r.Violated, count(r.Actions, "action"), r.Trace)
		fmt.Fprintf(w, "replay: add --save FILE to write this trace to a file, then run cabi replay FILE\n")
	case "no violation found":
		fmt.Fprintf(w, "stopped early, no violation found so far of: %s\n", strings.Join(r.Properties, ", "))
	default:
		fmt.Fprintf(w, "%s: %s\n", strings.ReplaceAll(r.Verdict, " ", ", "), strings.Join(r.Properties, ", "))
	}
	r.printBound(w)
	r.printStops(w)
	if r.Verdict != "violated" && len(r.Never) > 0 {
		fmt.Fprintf(w, "never happened, so nothing was shown about it: %s\n", strings.Join(r.Never, "; "))
	}
}

func (r result) printBound(w io.Writer) {
	fmt.Fprintf(w, "bound: %s; no new handle is made while %s\n", count(r.Steps, "action"), liveHandles(r.Handles))
	fmt.Fprintf(w, "explored: %s, %s, depth %d", count(r.States, "state"), count(r.Transitions, "transition"), r.Depth)
	if r.Verdict != "violated" {
		fmt.Fprintf(w, "; %s", r.frontier())
	}
	fmt.Fprintf(w, "\nprobability that two states were taken for one: below %.0e\n", max(r.Collision, 1e-300))
}

func (r result) frontier() string {
	switch {
	case r.Verdict == "no violation found":
		return fmt.Sprintf("%s not explored", count(r.Frontier, "state"))
	case r.Cut > 0:
		return fmt.Sprintf("exhausted up to the bound, which cuts %s", count(r.Cut, "state"))
	default:
		return "exhausted: the bound on actions cuts nothing"
	}
}

func (r result) printStops(w io.Writer) {
	sites := slices.Sorted(maps.Keys(r.Stops))
	fmt.Fprintf(w, "runs that were stopped, by site:\n")
	for _, site := range sites {
		fmt.Fprintf(w, "  %7d %s\n", r.Stops[site], site)
	}
}

func liveHandles(n int) string {
	if n == 1 {
		return "1 handle lives"
	}
	return fmt.Sprintf("%d handles live", n)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// interrupted is closed to at Ctrl-C.
func interrupted() <-chan os.Signal {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	return c
}
