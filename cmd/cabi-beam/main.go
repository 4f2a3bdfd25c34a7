package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/log"

	"cabi/internal/nearest"
	"cabi/internal/output"
	"cabi/internal/report"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

func main() {
	o := &options{}
	o.add(flag.CommandLine)
	flag.Usage = usage
	flag.Parse()
	beam.Init()
	os.Exit(o.main(flag.Args(), os.Stdout, os.Stderr))
}

func usage() {
	fmt.Fprint(os.Stderr, "Cabi-beam explores a world as cabi check does, breadth first, on Apache Beam.\n\nUsage:\n  cabi-beam [flags] WORLD\n\n"+
		"WORLD is a name or a file, as of cabi check. docs/scale.md says more. Flags, beside those of Beam, of which --runner says where it runs:\n\n")
	flag.VisitAll(func(f *flag.Flag) {
		if slices.Contains(ownFlags, f.Name) {
			fmt.Fprintf(os.Stderr, "  --%s\n    \t%s\n", f.Name, f.Usage)
		}
	})
}

// options are the flags.
type options struct {
	variant, properties            string
	steps, handles, threads, tasks int
	keepGoing, full, json, verbose bool
	dir, save, m                   string
	shards, levels                 int
}

var ownFlags = []string{"variant", "property", "steps", "handles", "threads", "tasks", "keep-going", "full", "json", "v", "save", "dir", "shards", "levels", "m"}

func (o *options) add(f *flag.FlagSet) {
	f.StringVar(&o.variant, "variant", spec.SingleTable.Name, "how handles are numbered")
	f.StringVar(&o.properties, "property", "", "what to check, separated by commas; if it is not given, every promise that the world is for")
	f.IntVar(&o.steps, "steps", 0, "how many actions to explore; 0: as far as the world says")
	f.IntVar(&o.handles, "handles", 0, "how many handles may live before no new ones are made; 0: as the world says")
	f.IntVar(&o.threads, "threads", 0, "how many threads may live before no new ones are made; 0: as the world says")
	f.IntVar(&o.tasks, "tasks", 0, "how many tasks may live before no function is called; 0: as the world says")
	f.BoolVar(&o.keepGoing, "keep-going", false, "go on after a violation, and collect the first of each kind and shape")
	f.BoolVar(&o.full, "full", false, "without reductions")
	f.BoolVar(&o.json, "json", false, "print JSON, as cabi check does")
	f.BoolVar(&o.verbose, "v", false, "print more")
	f.StringVar(&o.save, "save", "", "write the counterexample to a file, for cabi replay; with --keep-going, each to a file in this directory")
	f.StringVar(&o.dir, "dir", "", "a directory for states, of any filesystem of Beam, that all workers see; a search that is in it goes on from its last level; if it is not given, a temporary one, for workers on this machine")
	f.IntVar(&o.shards, "shards", 64, "in how many parts states are kept: at least as many as there are workers")
	f.IntVar(&o.levels, "levels", 0, "how many levels one pipeline explores; 0: several while they are small")
	f.StringVar(&o.m, "m", "", "explore the model M of this size, T,H,L, in place of a world, and print how many states each level has")
}

// errUsage is bad usage or input.
type errUsage struct{ msg string }

func (e errUsage) Error() string { return e.msg }

func usagef(format string, args ...any) error { return errUsage{fmt.Sprintf(format, args...)} }

// main runs the command, and returns its exit code: as of cabi check.
func (o *options) main(args []string, out, err io.Writer) int {
	code, failed := o.run(args, out, err)
	if failed != nil {
		fmt.Fprintf(err, "cabi-beam: %v\n", failed)
	}
	return code
}

func (o *options) run(args []string, out, errOut io.Writer) (int, error) {
	subject, enough, err := o.subject(args)
	if err != nil {
		return 2, err
	}
	if err := o.checkSave(); err != nil {
		return 2, err
	}
	dir := o.dir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "cabi-beam"); err != nil {
			return 2, err
		}
		defer os.RemoveAll(dir)
	}
	log.SetupLogging("error", "text") // Prism says more than that at every pipeline
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	l, err := newLeader(subject, Dir(dir))
	if err != nil {
		return 2, err
	}
	l.levels, l.enough = o.levels, enough
	l.tell = func(p *Progress) {
		last := p.Levels[p.depth()]
		fmt.Fprintf(errOut, "level %d: %d states, %d transitions, %d bytes shuffled, %.1f s\n", p.depth(), last.States, last.Transitions, last.Shuffled, last.Seconds)
	}
	err = l.lead(ctx)
	if l.progress == nil || err != nil && ctx.Err() == nil {
		if errors.Is(err, errOtherSearch) {
			return 2, err
		}
		return 3, err
	}
	return o.print(l, ctx.Err() != nil, out)
}

// subject is what the flags ask to explore, and how many transitions are enough.
func (o *options) subject(args []string) (*Subject, int, error) {
	s := &Subject{Variant: o.variant, KeepGoing: o.keepGoing, Full: o.full, M: o.m, Shards: o.shards}
	switch {
	case o.shards < 1 || o.shards > 99999:
		return nil, 0, usagef("--shards %d: it is a number from 1 to 99999", o.shards)
	case o.levels < 0 || o.steps < 0 || o.handles < 0 || o.threads < 0 || o.tasks < 0:
		return nil, 0, usagef("--levels, --steps, --handles, --threads and --tasks are not negative")
	case o.m != "" && len(args) > 0:
		return nil, 0, usagef("--m has the model M explored, in place of the world %s", args[0])
	case o.m != "":
		_, err := s.system()
		return s, 0, err
	case len(args) != 1:
		return nil, 0, usagef("name one world; --help has the flags, which come before it")
	}
	w, err := openWorld(args[0])
	if err != nil {
		return nil, 0, err
	}
	full, chosen := w.Complete()
	enough := 0
	if chosen.Steps && o.steps == 0 {
		enough = model.EnoughTransitions
	}
	if s.World = args[0]; model.WorldByName(s.World) == nil {
		s.World = w.Text()
	}
	s.Bounds = model.Bounds{Steps: o.steps, Handles: o.handles, Threads: o.threads, Tasks: o.tasks}.Or(full.Bounds)
	if full.Random && o.steps == 0 {
		return nil, 0, usagef("the world %s is walked at random unless --steps bounds the search", w.Name)
	}
	if spec.VariantByName(o.variant) == nil {
		return nil, 0, usagef("there is no variant %s%s", o.variant, nearest.Hint(o.variant, variantNames()))
	}
	if s.Properties, err = o.propertyNames(full); err != nil {
		return nil, 0, err
	}
	return s, enough, nil
}

func openWorld(name string) (*model.World, error) {
	if w := model.WorldByName(name); w != nil {
		return w, nil
	}
	var names []string
	for _, w := range model.Worlds {
		names = append(names, w.Name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, usagef("there is no world %s, and no such file%s", name, nearest.Hint(name, names))
	}
	defer f.Close()
	w, err := model.ReadWorld(f)
	if err != nil {
		return nil, usagef("%s: %v", name, err)
	}
	return w, nil
}

func variantNames() (names []string) {
	for _, v := range spec.Variants {
		names = append(names, v.Name)
	}
	return names
}

func (o *options) propertyNames(w *model.World) (names []string, err error) {
	if o.properties == "" {
		for _, p := range properties.For(w) {
			names = append(names, p.Name)
		}
		return names, nil
	}
	for _, name := range strings.Split(o.properties, ",") {
		if properties.ByName(name) == nil {
			return nil, usagef("there is no property %s", name)
		}
		names = append(names, name)
	}
	return names, nil
}

// print prints the report.
func (o *options) print(l *leader, stopped bool, out io.Writer) (int, error) {
	if l.M != "" {
		return o.printM(l, stopped, out)
	}
	search, err := l.Subject.search()
	if err != nil {
		return 3, err
	}
	r, err := l.report(search, stopped)
	if err != nil {
		return 3, err
	}
	slices.SortStableFunc(r.Violations, model.CompareViolations)
	for _, v := range r.Violations {
		if v.Trace.World, err = l.world(); err != nil { // without what was chosen for it
			return 3, err
		}
	}
	res := report.New(*search, r)
	if stopped {
		res.Stopped = "Ctrl-C"
	}
	if err := o.saveTraces(r.Violations); err != nil {
		return 2, err
	}
	if !o.json {
		res.Print(out, r.Violations, o.save, o.verbose)
		return res.ExitCode(), nil
	}
	e := json.NewEncoder(out)
	for _, v := range r.Violations {
		err = errors.Join(err, e.Encode(report.NewFinding(v, v.Trace.String())))
	}
	return res.ExitCode(), errors.Join(err, e.Encode(res))
}

// saveTraces writes the traces of violations, where --save says.
func (o *options) saveTraces(violations []*model.Violation) error {
	files, names := map[string]string{}, report.FileNames{}
	for _, v := range violations {
		files[names.Next(v)] = v.Trace.String()
	}
	switch {
	case o.save == "":
	case o.keepGoing:
		return output.WriteFiles(o.save, files)
	case len(violations) > 0:
		return output.WriteText(o.save, violations[0].Trace.String())
	}
	return nil
}

// checkSave returns an error if traces cannot be written, before work is done in vain.
func (o *options) checkSave() error {
	switch {
	case o.save == "":
		return nil
	case o.keepGoing:
		return output.CheckDir(o.save)
	}
	return output.Check(o.save)
}

func (o *options) printM(l *leader, stopped bool, out io.Writer) (int, error) {
	p := l.progress
	for depth, level := range p.Levels {
		fmt.Fprintf(out, "level %d: %d states\n", depth, level.States)
	}
	fmt.Fprintf(out, "%d states, %d transitions\n", p.states(), p.Tally.Transitions)
	if stopped {
		return 3, nil
	}
	return 0, nil
}
