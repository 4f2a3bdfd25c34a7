package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/output"
	"cabi/internal/report"
	"cabi/model"
	"cabi/spec"
)

// A mergeCommand is cabi merge with its flags.
type mergeCommand struct {
	partial bool
	json    bool
	verbose bool
	save    string
}

func newMergeCommand() *cobra.Command {
	c := &mergeCommand{}
	cmd := &cobra.Command{
		Use:   "merge REPORT...",
		Short: "Merge the reports of the shards of a random search",
		Long: "Merge reads what `cabi check WORLD --random --keep-going --shard I/N --json` printed for every I from 1 to N, and prints what a search\n" +
			"of all of it found: of each finding the shortest trace, how often what was done, and how many state shapes there are in all.\n" +
			"A shard that is missing, there twice, not finished, or of another search is named, and nothing is merged; docs/scale.md says how\n" +
			"shards are run on many machines. It exits with 1 if something is violated, and otherwise with 3, as random walks prove nothing.",
		Example: "  cabi merge shard-*.json\n  cabi merge shard-*.json --partial --save found",
		Args:    cobra.MinimumNArgs(1),
		RunE:    c.run,
	}
	f := cmd.Flags()
	f.BoolVar(&c.partial, "partial", false, "merge although shards are missing, and say which")
	f.BoolVar(&c.json, "json", false, "print JSON, as cabi check does: a line for each finding and one for the result")
	f.BoolVarP(&c.verbose, "verbose", "v", false, "print more: the properties, what stopped runs, what never came up")
	f.StringVar(&c.save, "save", "", "write each counterexample to a file in this directory, for cabi replay")
	flagRules{excludes: []flagPair{{"json", "verbose", "JSON has all of it"}}}.refuse(cmd)
	return cmd
}

func (c *mergeCommand) run(cmd *cobra.Command, args []string) error {
	var shards []*shardReport
	for _, file := range args {
		s, err := readShard(cmd.InOrStdin(), file)
		if err != nil {
			return err
		}
		shards = append(shards, s)
	}
	slices.SortStableFunc(shards, func(a, b *shardReport) int { return cmp.Compare(a.Shard.Number, b.Shard.Number) })
	missing, err := checkShards(shards)
	switch {
	case err != nil:
		return err
	case len(missing) > 0 && !c.partial:
		return exitError{2, fmt.Sprintf("of %d shards, %s missing: run them, or merge the others with --partial", shards[0].Shard.Of, areNumbers(missing))}
	}
	if len(missing) > 0 {
		fmt.Fprintf(cmd.ErrOrStderr(), "cabi: of %d shards, %s missing\n", shards[0].Shard.Of, areNumbers(missing))
	}
	m := merged(shards)
	if err := c.saveTraces(m.findings); err != nil {
		return err
	}
	if c.json {
		m.printJSON(cmd.OutOrStdout())
	} else {
		m.result.Print(cmd.OutOrStdout(), m.violations(), c.save, c.verbose)
		m.result.PrintStopped(cmd.OutOrStdout())
	}
	return exitOf(m.result)
}

// areNumbers is "2 and 3 are" of [2, 3], and of many, the first and how many there are.
func areNumbers(numbers []int) string {
	if len(numbers) == 1 {
		return fmt.Sprintf("%d is", numbers[0])
	}
	const shown = 10
	words := make([]string, min(len(numbers), shown))
	for i := range words {
		words[i] = fmt.Sprint(numbers[i])
	}
	if more := len(numbers) - shown; more > 0 {
		return fmt.Sprintf("%s and %d more are", strings.Join(words, ", "), more)
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last] + " are"
}

func (c *mergeCommand) saveTraces(findings []mergedFinding) error {
	if c.save == "" {
		return nil
	}
	files, names := map[string]string{}, report.FileNames{}
	for _, f := range findings {
		files[names.Next(f.violation)] = f.Trace
	}
	return outputError(output.WriteFiles(c.save, files))
}

// A shardReport is what was printed for a shard.
type shardReport struct {
	report.Result
	file     string
	findings []mergedFinding
	shapes   []uint64
}

// A mergedFinding is a finding that was read.
type mergedFinding struct {
	report.Finding
	violation *model.Violation
}

// readShard reads the report of a shard.
func readShard(in io.Reader, file string) (*shardReport, error) {
	r, err := openInput(in, file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	s, lines := &shardReport{file: file}, bufio.NewReader(r)
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, exitError{2, fmt.Sprintf("%s: %v", file, err)}
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if e := s.readLine(line); e != nil {
				return nil, exitError{2, fmt.Sprintf("%s: line %d: %v", file, number, e)}
			}
		}
		if err == io.EOF {
			break
		}
	}
	if s.Shard == nil {
		return nil, exitError{2, fmt.Sprintf("%s ends before its result: the shard did not come to its end; run it again", file)}
	}
	return s, nil
}

func (s *shardReport) readLine(line []byte) (err error) {
	if s.Shard != nil {
		return errors.New("the report goes on after its result: the reports of several shards are several files")
	}
	var kind struct{ Finding, Verdict *string }
	if err := json.Unmarshal(line, &kind); err != nil {
		return fmt.Errorf("this is no line of cabi check --json: %v", err)
	}
	switch {
	case kind.Finding != nil:
		return s.readFinding(line)
	case kind.Verdict == nil:
		return errors.New("this is no line of cabi check --json: it has neither a finding nor a verdict")
	}
	if err := readStrictly(line, &s.Result); err != nil {
		return err
	}
	if s.Shard == nil || s.Seed == nil || s.Shard.Number < 1 || s.Shard.Number > s.Shard.Of || s.Shard.Of > report.MostShards {
		s.Shard = nil
		return errors.New("this is the result of no shard: it comes from cabi check with --shard and --json")
	}
	s.shapes, err = report.DecodeShapes(s.Shard.Shapes)
	return err
}

func (s *shardReport) readFinding(line []byte) error {
	var f report.Finding
	if err := readStrictly(line, &f); err != nil {
		return err
	}
	t, err := model.ReadTrace(strings.NewReader(f.Trace))
	if err != nil {
		return fmt.Errorf("the trace of %s: %v", f.Finding, err)
	}
	v := &model.Violation{Property: f.Property, Kind: f.Site, Shape: f.Shape, Message: f.What, Actions: f.Actions, Trace: t}
	if v.Name() != f.Finding {
		return fmt.Errorf("the finding %q is of the property %q and the site %q", f.Finding, f.Property, f.Site)
	}
	s.findings = append(s.findings, mergedFinding{f, v})
	return nil
}

func readStrictly(line []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("this is no line of this version's cabi check --json: %v", err)
	}
	return nil
}

// checkShards returns an error unless shards, in order, are different ones of one search, and which ones of the search are missing.
func checkShards(shards []*shardReport) (missing []int, err error) {
	first := shards[0]
	for i, s := range shards {
		if what := s.differsFrom(first); what != "" {
			return nil, exitError{2, fmt.Sprintf("%s is no shard of the search of %s: %s", s.file, first.file, what)}
		}
		if i > 0 && shards[i-1].Shard.Number == s.Shard.Number {
			return nil, exitError{2, fmt.Sprintf("%s and %s are both shard %d/%d", shards[i-1].file, s.file, s.Shard.Number, s.Shard.Of)}
		}
	}
	next := 1
	for _, s := range shards {
		for ; next < s.Shard.Number; next++ {
			missing = append(missing, next)
		}
		next++
	}
	for ; next <= first.Shard.Of; next++ {
		missing = append(missing, next)
	}
	return missing, nil
}

// differsFrom says in what a shard is of another search; "": it is of the same.
func (s *shardReport) differsFrom(o *shardReport) string {
	for _, c := range []struct {
		what string
		a, b any
	}{
		{"how many shards there are", s.Shard.Of, o.Shard.Of}, {"the seed", *s.Seed, *o.Seed}, {"--runs", s.Shard.Runs, o.Shard.Runs},
		{"the world", s.World, o.World}, {"the variant", s.Variant, o.Variant}, {"the bounds", s.Bounds, o.Bounds},
		{"the list of properties", strings.Join(s.asked(), ", "), strings.Join(o.asked(), ", ")},
	} {
		if c.a != c.b {
			return fmt.Sprintf("%s is %v here, and %v there", c.what, c.a, c.b)
		}
	}
	if s.Shard.Digest != o.Shard.Digest {
		return "the world's text or the specification is another"
	}
	return ""
}

// asked are the properties that were to be checked. On a definitions.py, a shard may find that one cannot be, and another may not.
func (s *shardReport) asked() []string {
	asked := slices.AppendSeq(slices.Clone(s.Properties), maps.Keys(s.NotChecked))
	slices.Sort(asked)
	return slices.Compact(asked)
}

// A mergedSearch is what all shards of a search found.
type mergedSearch struct {
	result   report.Result
	findings []mergedFinding // the shortest of each kind, the most interesting first
}

// merged merges shards, in order.
func merged(shards []*shardReport) *mergedSearch {
	m := &mergedSearch{result: shards[0].Result}
	r := &m.result
	r.Shard, r.Shards = nil, len(shards)
	r.Runs, r.Transitions, r.Depth, r.Verified, r.Stopped = 0, 0, 0, 0, ""
	r.Stops, r.Taken = map[string]int{}, map[string]int{}
	notChecked := map[string]string{}
	shapes, fired, evaluated := map[uint64]bool{}, map[spec.Site]bool{}, map[string]bool{}
	var stopped []string
	for _, s := range shards {
		r.Runs, r.Transitions, r.Depth = r.Runs+s.Runs, r.Transitions+s.Transitions, max(r.Depth, s.Depth)
		r.Verified += s.Verified
		addCounts(r.Stops, s.Stops)
		addCounts(r.Taken, s.Taken)
		for _, shape := range s.shapes {
			shapes[shape] = true
		}
		for _, site := range s.Shard.Fired {
			fired[site] = true
		}
		for _, site := range s.Passed {
			evaluated[site] = true
		}
		r.Never, r.Unexercised, r.Properties = inBoth(r.Never, s.Never), inBoth(r.Unexercised, s.Unexercised), inBoth(r.Properties, s.Properties)
		for property, why := range s.NotChecked {
			notChecked[property] = why
		}
		if s.Stopped != "" {
			stopped = append(stopped, fmt.Sprintf("shard %d by %s", s.Shard.Number, s.Stopped))
		}
		m.addFindings(s.findings)
	}
	maps.DeleteFunc(evaluated, func(site string, _ bool) bool { return fired[spec.Site(site)] })
	if len(notChecked) > 0 {
		r.NotChecked = notChecked
	}
	r.Collision = (&model.Report{States: len(shapes)}).CollisionProbability()
	r.States, r.Passed, r.Stopped = len(shapes), slices.Sorted(maps.Keys(evaluated)), strings.Join(stopped, ", ")
	m.finish()
	return m
}

func addCounts(to, from map[string]int) {
	for what, n := range from {
		to[what] += n
	}
}

func inBoth(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return !slices.Contains(b, s) })
}

// addFindings adds those that are the first of their kind, or shorter.
func (m *mergedSearch) addFindings(findings []mergedFinding) {
	for _, f := range findings {
		i := slices.IndexFunc(m.findings, func(o mergedFinding) bool { return o.violation.Key() == f.violation.Key() })
		switch {
		case i < 0:
			m.findings = append(m.findings, f)
		case f.Actions < m.findings[i].Actions:
			m.findings[i] = f
		}
	}
}

func (m *mergedSearch) finish() {
	slices.SortStableFunc(m.findings, func(a, b mergedFinding) int { return model.CompareViolations(a.violation, b.violation) })
	m.result.Findings, m.result.Verdict = []string{}, "no violation found"
	for _, f := range m.findings {
		m.result.Findings, m.result.Verdict = append(m.result.Findings, f.violation.Key()), "violated"
	}
}

func (m *mergedSearch) violations() (all []*model.Violation) {
	for _, f := range m.findings {
		all = append(all, f.violation)
	}
	return all
}

func (m *mergedSearch) printJSON(w io.Writer) {
	e := json.NewEncoder(w)
	for _, f := range m.findings {
		_ = e.Encode(f.Finding) // standardOutput keeps the error
	}
	_ = e.Encode(m.result)
}
