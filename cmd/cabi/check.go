package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cabi/internal/layout"
	"cabi/internal/report"
	"cabi/model"
	"cabi/properties"
	"cabi/shrink"
	"cabi/spec"
)

// A checkCommand is cabi check with its flags.
type checkCommand struct {
	variant    string
	source     sourceFlags
	properties []string
	steps      bound
	handles    bound
	threads    bound
	tasks      bound
	workers    bound
	keepGoing  bool
	depthFirst bool
	full       bool
	verify     int
	json       bool
	verbose    bool
	save       string
	random     bool
	duration   time.Duration
	runs       bound
	shard      shardFlag
	seed       uint64
	memory     size
	disk       string
	checkpoint string
	every      time.Duration
	resume     string

	componentFlags

	file   *model.World    // as it was read, before anything was chosen for it
	chosen model.Completed // for a world that does not say all
}

func newCheckCommand() *cobra.Command {
	c := &checkCommand{steps: bound{0, 1000}, handles: bound{0, 1000}, threads: bound{0, 1000}, tasks: bound{0, 1000},
		workers: bound{runtime.NumCPU(), 1000}, runs: bound{0, 1 << 40}}
	cmd := &cobra.Command{
		Use:   "check WORLD | all | COMPONENT EXPORT(ARGUMENTS)...",
		Short: "Explore a world and prove properties of it within a bound, or show the shortest counterexample; or explore a component",
		Long: "Check explores every run of a world, breadth first, over the specification itself. It exits with 0 if the\n" +
			"properties hold within the bound, 1 if one is violated, 3 if it was stopped early, or proved nothing, or\n" +
			"nothing of a property that --property names.\n" +
			"Worlds that are too big to exhaust it walks at random, guided by what is new, and shrinks what it finds.\n\n" +
			"WORLD is a name, or a file with a world of one's own: its name has a / in it or ends in .world, or is - for standard\n" +
			"input. docs/worlds.md says how one is written. `cabi list` lists the worlds, properties and variants, and\n" +
			"`cabi explain` explains one.\n\n" +
			"With all in place of a world, each world that can be exhausted is, one after the other, as with --keep-going. What is violated is listed by its\n" +
			"cause, once, with the shortest trace of any world where it is no known defect; --verbose prints the traces of those that are, too. What is no\n" +
			"known defect is also told in a line on standard error, as soon as it is found. For that, the beginning of each world is looked at first. Then\n" +
			"come random runs in which guests pass values of random types to each other, and the worlds, those first that take the fewest states. With\n" +
			"--steps, which is the most that any world is explored, there are no such runs. --json prints what it prints for a world, for each.\n\n" +
			"COMPONENT is a file that ends in .wasm or .wat. Its exports are called as cabi run calls them, under every choice that departs\n" +
			"from taking turns at most --departures times, and each of these runs under every way to number handles. Check reports\n" +
			"traps, calls that can never return, results that depend on a choice or on the numbering, uses of handles that were dropped, and\n" +
			"handles that are left at the end and that a second round of the calls makes more. Imports that nothing else gives return values\n" +
			"of a small set, each a choice. docs/run.md says more.",
		Example: "  cabi check handles\n  cabi check handles --variant per-type --property unique-in-instance\n" +
			"  cabi check cancel --keep-going\n  cabi check all\n  cabi check everything --random --keep-going --duration 30s --seed 1 --json",
		Args:              oneWorld,
		ValidArgsFunction: completesWorlds,
		RunE:              c.run,
	}
	f := cmd.Flags()
	c.source.add(cmd)
	f.StringVar(&c.variant, "variant", spec.SingleTable.Name, "how handles are numbered")
	f.StringSliceVar(&c.properties, "property", nil, "what to check; if it is not given, every promise of the specification that the world is for")
	f.Var(&c.steps, "steps", "how many actions of guests and the host to explore; if it is not given, as far as the world says")
	f.Var(&c.handles, "handles", "how many handles may live before no new ones are made; if it is not given, as the world says")
	f.Var(&c.threads, "threads", "how many threads may live before no new ones are made; if it is not given, as the world says")
	f.Var(&c.tasks, "tasks", "how many tasks may live before no function is called; if it is not given, as the world says")
	workersFlag(f, &c.workers)
	f.BoolVar(&c.keepGoing, "keep-going", false, "go on after a violation, and collect the first of each kind and shape")
	f.BoolVar(&c.depthFirst, "depth-first", false, "explore depth first: what is deep comes sooner, and is not the shortest")
	f.BoolVar(&c.full, "full", false, "without reductions: keep states apart that differ only in numbers that nothing reads")
	f.IntVar(&c.verify, "verify", 2000, "compare the first and every so manieth transition with the port on coroutines, as it is read; 0: none")
	f.StringVar(&c.save, "save", "", "write the counterexample to a file, for cabi replay; with --keep-going, and of a component, each to a file in this directory")
	f.BoolVar(&c.json, "json", false, "print JSON, a line for each finding as it comes and one for the result")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "print more: the properties, what stopped runs, what never came up, memory")
	f.BoolVar(&c.random, "random", false, "walk at random instead of exploring everything")
	f.DurationVar(&c.duration, "duration", 0, "stop after so long; 0: never, or of random walks after a minute")
	f.Var(&c.runs, "runs", "how many random walks to make, in all shards; if it is not given, as many as the duration allows")
	f.Var(&c.shard, "shard", "make the Ith of N parts of the random walks, as on one of N machines; cabi merge merges what all print")
	f.Uint64Var(&c.seed, "seed", 1, "what random walks are made from")
	f.Var(&c.memory, "memory", "how much memory to use, about, as 2GB; states beyond go to disk; if it is not given, as much as is needed")
	f.StringVar(&c.disk, "disk", "", "the directory for what memory has no room for; if it is not given, that for temporary files")
	f.StringVar(&c.checkpoint, "checkpoint", "", "a file to keep in how far the search came, now and then and when it is stopped, for --resume")
	f.DurationVar(&c.every, "checkpoint-every", time.Minute, "how often")
	f.StringVar(&c.resume, "resume", "", "go on from this checkpoint of the same search, and keep further ones there unless --checkpoint says where")
	c.addAll(f)
	checkRules.refuse(cmd)
	completeFlags(cmd, map[string]kind{"variant": kindVariant, "property": kindProperty})
	return cmd
}

func oneWorld(_ *cobra.Command, args []string) error {
	if len(args) != 1 && (len(args) == 0 || !isComponentFile(args[0])) {
		return exitError{2, strings.TrimSpace(layout.Reflow("name one world to check: "+strings.Join(worldNames(), ", ")+", or a file with one of your own; or "+allWorlds+", for each that can be exhausted", layout.PlainWidth))}
	}
	return nil
}

func (c *checkCommand) run(cmd *cobra.Command, args []string) error {
	isComponent := isComponentFile(args[0])
	if err := refuseOthers(cmd, isComponent); err != nil {
		return err
	}
	switch {
	case isComponent:
		return c.component(cmd, args)
	case args[0] == allWorlds:
		return c.all(cmd)
	}
	world, err := worldOf(cmd.InOrStdin(), args[0])
	if err != nil {
		return err
	}
	search, err := c.search(cmd, world)
	if err != nil {
		return err
	}
	out := &checkOutput{checkCommand: c, search: &search, out: cmd.OutOrStdout(), names: report.FileNames{}}
	if err := cmp.Or(out.prepare(), out.sparesWorld(args[0])); err != nil {
		return err
	}
	debug.SetGCPercent(250) // runs make much garbage, and states take little memory: collect seldom. Above, hardly any time is saved
	if c.memory > 0 {
		debug.SetMemoryLimit(int64(c.memory) * 9 / 10)
	}
	progress := newProgress(cmd.ErrOrStderr(), c.duration)
	defer progress.clear()
	search.Progress = func(r *model.Report) bool { return progress.update(r) && out.err == nil }
	search.OnViolation = func(v *model.Violation) { progress.clear(); out.found(v) }
	report := search.Run()
	progress.clear()
	if report.Err != nil && report.States == 0 {
		return exitError{2, report.Err.Error()}
	}
	result := out.finish(report, progress.stopped)
	if out.err != nil {
		return outputError(out.err)
	}
	if report.Err != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "cabi: %s%v\n", stoppedEarly(report.Err), report.Err)
	}
	if report.LedTo != nil {
		fmt.Fprintf(cmd.ErrOrStderr(), "this led there:\n\n%s\n", report.LedTo)
	}
	if model.IsRefusal(report.Err) && len(report.Violations) == 0 {
		return exitError{code: 2}
	}
	if err := exitOf(result); err != nil {
		return err
	}
	if len(c.properties) > 0 && len(result.Unexercised) > 0 { // whoever names a property wants it proved
		return exitError{code: 3}
	}
	return nil
}

// stoppedEarly says of an error that it is one of the search, unless it says that its definitions.py cannot be run.
func stoppedEarly(err error) string {
	if model.IsRefusal(err) {
		return ""
	}
	return "stopped early: "
}

// search builds the search that the flags ask for.
func (c *checkCommand) search(cmd *cobra.Command, world *model.World) (model.Search, error) {
	if c.duration < 0 {
		return model.Search{}, exitError{2, fmt.Sprintf("--duration %s: it is not negative", c.duration)}
	}
	if c.verify < 0 {
		return model.Search{}, exitError{2, fmt.Sprintf("--verify %d: it is not negative", c.verify)}
	}
	c.file = world
	world, c.chosen = world.Complete()
	search := model.Search{World: world, Workers: c.workers.value, KeepGoing: c.keepGoing, ByShape: c.keepGoing, DepthFirst: c.depthFirst, Full: c.full, Verify: c.verify}
	search.Bounds = model.Bounds{Steps: c.steps.value, Handles: c.handles.value, Threads: c.threads.value, Tasks: c.tasks.value}.Or(search.World.Bounds)
	if c.chosen.Steps && c.steps.value == 0 {
		search.Enough = model.EnoughTransitions
	}
	if search.Variant = spec.VariantByName(c.variant); search.Variant == nil {
		return search, unknown(kindVariant, c.variant)
	}
	var err error
	if search.Source, err = c.source.open(); err == nil {
		err = fits(search.Source, search.World, search.Variant, nil)
	}
	if err != nil {
		return search, err
	}
	if c.every <= 0 {
		return search, exitError{2, fmt.Sprintf("--checkpoint-every %s: it is more than 0", c.every)}
	}
	search.Memory, search.Dir, search.Resume = int64(c.memory)/2, c.disk, c.resume
	search.Checkpoint = model.Checkpoint{File: cmp.Or(c.checkpoint, c.resume), Every: c.every}
	isRandom := c.random || search.World.Random && c.steps.value == 0
	if err := c.refuseForMode(cmd, search.World, isRandom); err != nil {
		return search, err
	}
	if c.depthFirst && search.Bounds.Steps == 0 {
		return search, exitError{2, fmt.Sprintf("the world %s says no bound on actions: --depth-first needs one, as --steps 10", world.Name)}
	}
	if isRandom {
		search.Random = &model.Random{Seed: c.seed, Runs: c.runs.value, Shard: c.shard.number, Shards: c.shard.of, Shrink: shrink.Shrink}
		if c.duration == 0 && c.runs.value == 0 {
			c.duration = time.Minute
		}
	}
	search.Properties = properties.For(search.World)
	if len(c.properties) > 0 {
		search.Properties = nil
	}
	for i, name := range c.properties {
		p := propertyByName(name)
		if p == nil {
			return search, unknown(kindProperty, name)
		}
		if slices.Contains(c.properties[:i], name) {
			return search, exitError{2, fmt.Sprintf("--property names %s twice", name)}
		}
		search.Properties = append(search.Properties, p)
	}
	return search, nil
}

// checkRules are which flags of cabi check have no effect together.
var checkRules = flagRules{
	needs: []flagNeed{{"disk", []string{"memory"}}, {"checkpoint-every", []string{"checkpoint", "resume"}},
		{"shard", []string{"keep-going"}}, {"shard", []string{"json"}}},
	excludes: []flagPair{
		{"random", "depth-first", "a random walk has no order"},
		{"depth-first", "memory", "a search depth first keeps its states in memory"},
		{"depth-first", "checkpoint", "a search depth first writes no checkpoints"},
		{"depth-first", "resume", "a search depth first has no checkpoints"},
		{"depth-first", "workers", "a search depth first uses one core"},
		{"json", "verbose", "JSON has all of it"},
	},
}

// What has no effect on random walks, and what has on them alone.
var (
	notRandom  = []string{"depth-first", "full", "verify", "steps", "memory", "disk", "checkpoint", "checkpoint-every", "resume"}
	onlyRandom = []string{"runs", "seed", "shard"}
)

// refuseForMode refuses the flags that have no effect on random walks, or on anything else.
func (c *checkCommand) refuseForMode(cmd *cobra.Command, w *model.World, isRandom bool) error {
	refused, why := onlyRandom, "without --random: only random walks have it"
	if isRandom {
		refused, why = notRandom, "on random walks"
		if !c.random {
			why += fmt.Sprintf(", and %s is walked at random unless --steps bounds the search", w.Name)
		}
	}
	for _, flag := range refused {
		if given(cmd, flag) {
			return exitError{2, fmt.Sprintf("--%s has no effect %s", flag, why)}
		}
	}
	return nil
}
