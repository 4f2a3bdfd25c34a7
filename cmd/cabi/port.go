package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"cabi/internal/output"
	"cabi/internal/port"
	"cabi/spec"
	"cabi/spec/history/pertype"
	"cabi/spec/history/resourcetable"

	"github.com/spf13/cobra"
)

// portOptions are the flags of cabi port.
type portOptions struct {
	upstream string
	source   string
	manifest string
	commit   string
	only     []string
	record   bool
	fill     bool
}

const portLong = `Port lists each definition of upstream's definitions.py with its Go counterpart, then those that have none and why.
It fails when a definition is missing, doubled, out of order or stale, or when a trap or assert is not in its place.

With --upstream it compares the recorded definitions with those of a checkout of WebAssembly/component-model and
lists what was added, removed, changed or moved under another heading.

Exit status: 0 all well, 1 problems or drift, 2 bad usage or input.

For those who edit the port, at the root of the project:
  --upstream DIR --record   record the definitions of a checkout as the ones to port
  --source spec             check the Go sources as they are now, not as they were when the command was built
  --upstream DIR --fill     fill in the hashes of new directives, those that say ` + port.Unfilled + `; the manifest must
                            record the definitions of the checkout

DIR is the root of a checkout, a directory without git that has the same files, the directory of definitions.py, or the file.`

const portExample = `  cabi port
  cabi port --upstream ../component-model
  cabi port --upstream ../component-model --record --commit 6d281648bd89caf885a7adcc412962dbd2425ab7
  cabi port --upstream old --record --manifest spec/history/per-type.json --only Table,ResourceHandle`

// newPortCommand returns the command that compares the port with definitions.py.
func newPortCommand() *cobra.Command {
	var o portOptions
	cmd := &cobra.Command{
		Use:     "port",
		Short:   "Compare the port with upstream's definitions.py",
		Long:    portLong,
		Example: portExample,
		Args:    noArguments,
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	f := cmd.Flags()
	f.StringVar(&o.upstream, "upstream", "", "compare with the checkout, its canonical-abi directory, or the definitions.py `DIR`")
	f.StringVar(&o.source, "source", "", "check the Go sources in `DIR` instead of those the command was built from")
	f.StringVar(&o.manifest, "manifest", "spec/upstream.json", "the `FILE` that --record writes and --fill reads")
	f.BoolVar(&o.record, "record", false, "write the manifest from the checkout given with --upstream")
	f.StringVar(&o.commit, "commit", "", "the checkout's commit, for --record (default: what git says; without git there is none)")
	f.StringSliceVar(&o.only, "only", nil, "record only these definitions and what they enclose")
	f.BoolVar(&o.fill, "fill", false, "write the recorded hashes into directives that say "+port.Unfilled)
	portRules.refuse(cmd)
	return cmd
}

// portRules are which flags of cabi port have no effect together.
var portRules = flagRules{
	needs: []flagNeed{{"commit", []string{"record"}}, {"only", []string{"record"}}, {"manifest", []string{"record", "fill"}}},
	excludes: []flagPair{
		{"record", "fill", "one reads the manifest that the other writes"},
		{"source", "record", "what is recorded is the checkout"},
		{"source", "fill", "the sources are those beside the manifest"},
	},
}

func (o *portOptions) run(cmd *cobra.Command) error {
	upstream := given(cmd, "upstream")
	switch {
	case o.record && !upstream:
		return exitError{2, "--record needs --upstream DIR, the checkout to record"}
	case o.record:
		return o.runRecord(cmd.OutOrStdout())
	case o.fill:
		return o.runFill(cmd.OutOrStdout(), upstream)
	case upstream:
		return o.runDrift(cmd.OutOrStdout())
	default:
		return o.runCheck(cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
}

// portSources are the packages that port a definitions.py: first the port of the pin, then those of older definitions.
var portSources = []struct {
	fs  fs.FS
	dir string
}{
	{spec.Source, "spec"},
	{pertype.Source, "spec/history/pertype"},
	{resourcetable.Source, "spec/history/resourcetable"},
}

// portRoots returns the sources to check: those the command was built from or, if dir is given, those in it now.
func portRoots(dir string) ([]port.Root, error) {
	if dir != "" {
		return portRootsIn(dir)
	}
	var roots []port.Root
	for _, source := range portSources {
		more, err := port.Roots(source.fs, source.dir)
		if err != nil {
			return nil, exitError{2, err.Error()}
		}
		roots = append(roots, more...)
	}
	return roots, nil
}

// portRootsIn returns the sources in a directory, and those in the historical packages below it.
func portRootsIn(dir string) ([]port.Root, error) {
	below, err := filepath.Glob(filepath.Join(dir, "history", "*"))
	if err != nil {
		return nil, exitError{2, err.Error()}
	}
	var roots []port.Root
	for _, d := range append([]string{dir}, below...) {
		more, err := port.Roots(os.DirFS(d), filepath.ToSlash(d))
		if err != nil {
			return nil, exitError{2, err.Error()}
		}
		roots = append(roots, more...)
	}
	if len(roots) == 0 {
		return nil, exitError{2, fmt.Sprintf("%s holds no %s", dir, port.ManifestName(""))}
	}
	return roots, nil
}

// runCheck checks each root and prints its table.
func (o *portOptions) runCheck(out, errs io.Writer) error {
	roots, err := portRoots(o.source)
	if err != nil {
		return err
	}
	problems := 0
	for _, root := range roots {
		report, err := port.Check(root)
		if err != nil {
			return exitError{2, err.Error()}
		}
		printPorted(out, report)
		printNotPorted(out, report)
		fmt.Fprintln(out, portSummary(report))
		problems += printProblems(errs, report)
	}
	return problemsError(problems)
}

func printPorted(out io.Writer, r *port.Report) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "PYTHON\tKIND\tLINE\tGO\tWHERE")
	for _, p := range r.Ported {
		d := p.Definition
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%s:%d\n", d.Name, d.Kind, d.Line, p.Go, p.File, p.Line)
	}
	w.Flush()
}

func printNotPorted(out io.Writer, r *port.Report) {
	if len(r.NotPorted) == 0 {
		return
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\nNOT PORTED\tKIND\tLINE\tREASON")
	for _, n := range r.NotPorted {
		d := n.Definition
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\n", d.Name, d.Kind, d.Line, n.Reason)
	}
	w.Flush()
}

// portSummary counts the functions and classes that are ported. It counts the constants apart.
func portSummary(r *port.Report) string {
	all := r.Upstream.Counts()
	var ported, not int
	for _, p := range r.Ported {
		ported += countsAsDefinition(p.Definition)
	}
	for _, n := range r.NotPorted {
		not += countsAsDefinition(n.Definition)
	}
	reasons := ""
	if not > 0 {
		reasons = " (reasons above)"
	}
	return fmt.Sprintf("\n%d functions and %d classes of definitions.py at %s: %d ported, %d not ported%s; %d constants; %d sites",
		all[port.KindFunc], all[port.KindClass], r.Upstream.ShortCommit(), ported, not, reasons, all[port.KindConst], len(r.Sites))
}

func countsAsDefinition(d *port.Definition) int {
	if d.Kind == port.KindFunc || d.Kind == port.KindClass {
		return 1
	}
	return 0
}

// printProblems prints the problems of a report and returns their number.
func printProblems(errs io.Writer, r *port.Report) int {
	for _, p := range r.Problems {
		fmt.Fprintln(errs, p)
	}
	return len(r.Problems)
}

func problemsError(n int) error {
	switch n {
	case 0:
		return nil
	case 1:
		return exitError{1, "the port differs from definitions.py: 1 problem"}
	default:
		return exitError{1, fmt.Sprintf("the port differs from definitions.py: %d problems", n)}
	}
}

// runDrift compares the recorded definitions with those of a checkout.
func (o *portOptions) runDrift(out io.Writer) error {
	there, err := port.ReadCheckout(o.upstream)
	if err != nil {
		return exitError{2, err.Error()}
	}
	roots, err := portRoots(o.source)
	if err != nil {
		return err
	}
	recorded := roots[0].Upstream
	drift := port.Diff(recorded, there)
	if drift.None() {
		fmt.Fprintln(out, sameSummary(recorded, there))
		return nil
	}
	printDrift(out, drift)
	return exitError{1, fmt.Sprintf("definitions.py drifted from %s: %d added, %d removed, %d changed, %d under another heading",
		recorded.ShortCommit(), len(drift.Added), len(drift.Removed), len(drift.Changed), len(drift.Moved))}
}

func sameSummary(recorded, there *port.Upstream) string {
	same := fmt.Sprintf("%d definitions, the same as at %s", len(there.Definitions), recorded.ShortCommit())
	if recorded.SHA256 != there.SHA256 {
		return same + " (the file differs in its comments, blank lines or order only)"
	}
	return same
}

func printDrift(out io.Writer, d *port.Drift) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	defer w.Flush()
	fmt.Fprintln(w, "WHAT\tDEFINITION\tKIND\tRECORDED LINE\tLINE THERE\tUNDER")
	for _, n := range d.Added {
		fmt.Fprintf(w, "added\t%s\t%s\t-\t%d\t%s\n", n.Name, n.Kind, n.Line, n.Heading)
	}
	for _, o := range d.Removed {
		fmt.Fprintf(w, "removed\t%s\t%s\t%d\t-\t%s\n", o.Name, o.Kind, o.Line, o.Heading)
	}
	for _, c := range d.Changed {
		fmt.Fprintf(w, "changed\t%s\t%s\t%d\t%d\t%s\n", c.New.Name, c.New.Kind, c.Old.Line, c.New.Line, c.New.Heading)
	}
	for _, c := range d.Moved {
		fmt.Fprintf(w, "moved\t%s\t%s\t%d\t%d\t%s, was %s\n", c.New.Name, c.New.Kind, c.Old.Line, c.New.Line, c.New.Heading, c.Old.Heading)
	}
}

// runRecord writes the manifest from a checkout.
func (o *portOptions) runRecord(out io.Writer) error {
	u, err := o.scanToRecord()
	if err != nil {
		return exitError{2, err.Error()}
	}
	if old, err := port.ReadFile(o.manifest); err == nil {
		if recorded, err := port.Decode(old); err == nil {
			u.KeepSiteNames(recorded)
		}
	}
	if err := writeManifest(o.manifest, u); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s records %d definitions of definitions.py at %s\n", o.manifest, len(u.Definitions), u.ShortCommit())
	if u.Commit == "" {
		fmt.Fprintln(out, "git knows no commit with it; --commit names one")
	}
	return nil
}

func (o *portOptions) scanToRecord() (*port.Upstream, error) {
	u, err := port.ReadCheckout(o.upstream)
	if err != nil {
		return nil, err
	}
	if u.Commit = o.commit; u.Commit == "" {
		u.Commit, _ = port.CheckoutCommit(o.upstream) // of a directory without git there is none
	}
	if len(o.only) == 0 {
		return u, nil
	}
	return u.Only(o.only)
}

func writeManifest(file string, u *port.Upstream) error {
	text, err := u.Encode()
	if err != nil {
		return exitError{2, err.Error()}
	}
	return outputError(output.WriteText(file, string(text)))
}

// manifestRoot is the root that a manifest file on disk belongs to.
func manifestRoot(file string) (port.Root, error) {
	dir, name := filepath.Split(file)
	pin := strings.TrimSuffix(name, ".json")
	if name == port.ManifestName("") {
		pin = ""
	}
	fsys := os.DirFS(filepath.Clean(dir))
	if name == pin {
		return port.Root{}, exitError{2, fmt.Sprintf("%s: the name of a manifest ends in .json", file)}
	}
	u, err := port.Load(fsys, pin)
	if err != nil {
		return port.Root{}, exitError{2, fmt.Sprintf("%s: %s", file, strings.TrimPrefix(output.Reason(err).Error(), name+": "))}
	}
	return port.Root{Upstream: u, FS: fsys, Dir: filepath.ToSlash(filepath.Clean(dir)), Pin: pin}, nil
}

// someOf is a list of which at most three are named.
func someOf(list []string) string {
	if n := len(list) - 3; n > 0 {
		list = append(list[:3:3], fmt.Sprintf("%d more", n))
	}
	return strings.Join(list, ", ")
}

// runFill writes the recorded hashes into the directives that have none yet. The hashes are those of the text that was ported only if the
// manifest records that text, and not one before it.
func (o *portOptions) runFill(out io.Writer, upstream bool) error {
	root, err := manifestRoot(o.manifest)
	if err != nil {
		return err
	}
	if !upstream {
		return exitError{2, "--fill needs --upstream DIR, the checkout that was ported: the hashes of a manifest of an older one would be wrong"}
	}
	there, err := port.ReadCheckout(o.upstream)
	if err != nil {
		return exitError{2, err.Error()}
	}
	if stale := root.Upstream.Stale(there); len(stale) > 0 {
		return exitError{2, fmt.Sprintf("%s does not record the definitions of %s, where %s: record them first, with --upstream %[2]s --record",
			o.manifest, o.upstream, someOf(stale))}
	}
	files, err := port.Fill(root)
	if err != nil {
		return exitError{2, err.Error()}
	}
	for name, text := range files {
		if err := output.WriteText(filepath.Join(root.Dir, name), string(text)); err != nil {
			return outputError(err)
		}
	}
	fmt.Fprintf(out, "filled in hashes in %d files of %s\n", len(files), root.Dir)
	return nil
}
