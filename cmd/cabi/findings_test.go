package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabi/internal/diff"
	"cabi/internal/findings"
	"cabi/internal/port"
	"cabi/model"
	"cabi/properties"
)

// TestDocsFindings compares docs/findings.md with internal/findings: it runs each command, looks up what else is named, and takes what the
// proposals and repairs do from the recorded reports of cabi diff.
func TestDocsFindings(t *testing.T) {
	if testing.Short() {
		t.Skip("explores several worlds for some ten seconds")
	}
	var page strings.Builder
	writeFindings(&page, shownFindings(t))
	compareDoc(t, "../../docs/findings.md", []byte(page.String()))
}

// A shownFinding is a finding with what is known of it from elsewhere.
type shownFinding struct {
	*findings.Finding
	trace     string // the shortest one; empty: tests or another command show it
	lines     []int
	worlds    []string // others in which it is a known defect
	proposals []string // what upstream's open proposals do to it
	repair    []string // what the repair does, in sentences
}

func shownFindings(t *testing.T) (all []*shownFinding) {
	found := map[string][]printedFinding{} // by command
	upstream := must(port.Load(os.DirFS("../../spec"), ""))
	for i := range findings.All {
		f := &shownFinding{Finding: &findings.All[i]}
		for _, l := range f.Lines {
			f.lines = append(f.lines, lineOf(t, upstream, l))
		}
		switch {
		case f.Check != "":
			if _, ran := found[f.Check]; !ran {
				found[f.Check] = findingsOf(t, f.Check)
			}
			f.showFound(t, found[f.Check])
			f.worlds = otherWorlds(f)
		case f.Trace != "":
			f.trace = string(must(os.ReadFile("../../internal/findings/traces/" + f.Trace)))
			if out, code, err := execute(newRootCommand(), "replay", "../../internal/findings/traces/"+f.Trace); code != 0 || !strings.Contains(out, "everything that the trace says happened again") {
				t.Errorf("%s: %v:\n%s", f.Trace, err, out)
			}
		}
		if failed := regexp.MustCompile(`(?m)^assertion-failure (\S+):`).FindStringSubmatch(f.trace); failed != nil && failed[1] != f.Lines[0].Site {
			t.Errorf("%s: the assert that fails is %s", f.Title, failed[1])
		}
		f.proposals, f.repair = ofProposals(t, f), ofRepair(t, f)
		all = append(all, f)
	}
	return all
}

// lineOf is the line of definitions.py that a finding names.
func lineOf(t *testing.T, upstream *port.Upstream, l findings.Line) int {
	t.Helper()
	in := ""
	for _, d := range upstream.Definitions {
		for _, s := range d.Sites {
			if l.Site != "" && s.Name == l.Site {
				return s.Line
			}
		}
		if d.Line <= l.Line && l.Line > 0 {
			in = d.Name
		}
	}
	if l.Site != "" || in != l.In {
		t.Errorf("%+v is no line of definitions.py: it is in %q", l, in)
	}
	return l.Line
}

// A printedFinding is a line of cabi check --json.
type printedFinding struct {
	Finding, Known, Trace string
	Actions               int
}

// findingsOf are the findings that a search prints.
func findingsOf(t *testing.T, check string) (all []printedFinding) {
	t.Helper()
	out, code, err := execute(newRootCommand(), append(strings.Fields("check "+check), "--json")...)
	if code != 1 {
		t.Fatalf("cabi check %s: exit %d, %v", check, code, err)
	}
	for lines := json.NewDecoder(strings.NewReader(out)); lines.More(); {
		var f printedFinding
		if err := lines.Decode(&f); err != nil {
			t.Fatalf("cabi check %s: %v", check, err)
		}
		if f.Finding != "" {
			all = append(all, f)
		}
	}
	return all
}

// showFound looks for the finding among those that its command prints.
func (f *shownFinding) showFound(t *testing.T, printed []printedFinding) {
	t.Helper()
	i := slices.IndexFunc(printed, func(p printedFinding) bool {
		return p.Finding == f.Finding.Finding && p.Actions == f.Actions && (p.Known == "" || p.Known == f.Known)
	})
	if i < 0 {
		t.Errorf("cabi check %s does not find %s after %d actions: %s", f.Check, f.Finding.Finding, f.Actions, f.Known)
		return
	}
	f.trace = printed[i].Trace
}

// defectsOf are the known defects that are a finding. Those of whose kind a world has only one name no cause: they are the first finding of
// the kind.
func defectsOf(f *findings.Finding) (defects []properties.Defect) {
	for _, d := range properties.KnownDefects {
		if d.Property.Name+"/"+d.Kind == f.Finding && (d.Cause == f.Known || d.Cause == "" && f == firstOf(f.Finding)) {
			defects = append(defects, d)
		}
	}
	return defects
}

// firstOf is the first finding of a kind.
func firstOf(kind string) *findings.Finding {
	return &findings.All[slices.IndexFunc(findings.All, func(f findings.Finding) bool { return f.Finding == kind })]
}

func otherWorlds(f *shownFinding) (worlds []string) {
	for _, d := range defectsOf(f.Finding) {
		if d.World != strings.Fields(f.Check)[0] && !slices.Contains(worlds, d.World) {
			worlds = append(worlds, d.World)
		}
	}
	slices.Sort(worlds)
	return worlds
}

func readReport(t *testing.T, file string) *diff.Report {
	t.Helper()
	report := &diff.Report{}
	if err := json.Unmarshal(must(os.ReadFile(file)), report); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return report
}

// worldsWith are the worlds in which a report has a verdict on a finding. One that is older than shapes has the first finding of the kind.
func worldsWith(r *diff.Report, f *shownFinding, verdict diff.Verdict) (worlds []string) {
	for _, of := range r.Findings {
		cause := properties.CauseOf(&model.Violation{Property: of.Property, Kind: of.Kind, Shape: of.Shape})
		if of.Property+"/"+of.Kind == f.Finding.Finding && of.Verdict == verdict && (cause != nil && cause.What == f.Known || of.Shape == "" && f.Finding == firstOf(f.Finding.Finding)) {
			worlds = append(worlds, of.World)
		}
	}
	return worlds
}

// quoted are names in a sentence.
func quoted(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

// leaves is what is said of a proposal that cures a finding in some worlds only.
const leaves = ", and leaves it in "

// ofProposals says which of upstream's open proposals cure a finding.
func ofProposals(t *testing.T, f *shownFinding) (says []string) {
	t.Helper()
	page := string(must(os.ReadFile("../../docs/proposals.md")))
	reports := must(filepath.Glob("../../internal/diff/testdata/proposals/*.json"))
	if len(reports) == 0 {
		t.Fatal("no reports of proposals")
	}
	for _, file := range reports {
		r := readReport(t, file)
		cured := worldsWith(r, f, diff.Cured)
		if f.Check == "" || len(cured) == 0 {
			continue
		}
		heading := regexp.MustCompile("(?m)^## `" + r.New + "`, ([0-9a-f]{7})$").FindStringSubmatch(page)
		if heading == nil {
			t.Errorf("docs/proposals.md has no heading for %s", r.New)
			continue
		}
		says = append(says, fmt.Sprintf("its open proposal [%s](proposals.md#%s-%s) cures it in %s", r.New, r.New, heading[1], quoted(cured)))
		if left := append(worldsWith(r, f, diff.Left), worldsWith(r, f, diff.Changed)...); len(left) > 0 {
			says[len(says)-1] += leaves + quoted(left)
		}
	}
	return says
}

// ofRepair says what the repair of a finding does, and what cabi diff says of it.
func ofRepair(t *testing.T, f *shownFinding) (says []string) {
	t.Helper()
	if (f.Repair == "") != (f.NoRepair != "") {
		t.Errorf("%s: a repair, or why there is none", f.Title)
	}
	if f.Repair == "" {
		return nil
	}
	lines := strings.Split(string(must(os.ReadFile("../../properties/testdata/repairs/"+f.Repair+".repair"))), "\n")
	says = append(says, strings.TrimPrefix(lines[0], "repair "))
	r := readReport(t, "../../internal/diff/testdata/repairs/"+f.Repair+".json")
	cured := worldsWith(r, f, diff.Cured)
	switch {
	case f.Trace != "" && strings.Contains(lines[1], f.Trace):
		says = append(says, "The trace does not happen any more.")
	case len(cured) > 0:
		says = append(says, "It is gone from "+quoted(cured)+".")
	default:
		t.Errorf("%s: %s does not cure it", f.Title, f.Repair)
	}
	if left := append(worldsWith(r, f, diff.Left), worldsWith(r, f, diff.Changed)...); len(left) > 0 {
		says = append(says, "It is left in "+quoted(left)+".")
	}
	broken := map[string][]string{}
	for _, p := range r.Promises {
		if name := p.Property + "/" + p.Kind; p.Verdict == diff.New && !slices.Contains(broken[name], p.World) {
			broken[name] = append(broken[name], p.World)
		}
	}
	if len(broken) == 0 {
		says = append(says, "No promise is broken that was kept.")
	}
	for _, name := range slices.Sorted(maps.Keys(broken)) {
		says = append(says, fmt.Sprintf("`%s` is broken in %s ([why](generated/repairs.md#what-is-left)).", name, quoted(broken[name])))
	}
	if len(r.Differences) == 0 {
		return append(says, "Nothing else can be observed.")
	}
	var kinds []string
	for _, d := range r.Differences {
		kinds = append(kinds, fmt.Sprintf("%s (`%s`, %d)", d.Kind, d.World, d.Actions))
	}
	return append(says, fmt.Sprintf("What can be observed, and after how many actions: %s.", strings.Join(kinds, "; ")))
}

// state says in a few words whether a defect is live, and what there is against it.
func (f *shownFinding) state() string {
	switch {
	case f.Repaired != "":
		return "repaired since: " + linkOf(f.Repaired)
	case slices.ContainsFunc(f.proposals, func(says string) bool { return !strings.Contains(says, leaves) }):
		return "live; an open proposal cures it"
	case len(f.proposals) > 0:
		return "live; an open proposal cures a part of it"
	case f.Repair != "":
		return "live; a repair is below"
	}
	return "live"
}

func linkOf(pull string) string {
	_, number, _ := strings.Cut(pull, "#")
	return fmt.Sprintf("[%s](https://github.com/WebAssembly/component-model/pull/%s)", pull, number)
}

// reproduced is what to run.
func (f *shownFinding) reproduced() string {
	switch {
	case f.Check != "":
		return "`cabi check " + f.Check + "`"
	case f.Trace != "":
		return "`cabi replay internal/findings/traces/" + f.Trace + "`"
	case f.Command != "":
		return "`cabi " + f.Command + "`"
	}
	dir, name, _ := strings.Cut(f.Tests[0], ".")
	return fmt.Sprintf("`go test ./%s -run %s`", dir, name)
}

const findingsIntro = `<!-- Made by: go test ./cmd/cabi -run TestDocsFindings -write -->

# Findings

Guests that keep all the rules of validation can bring ` + "`definitions.py`" + ` at component-model 6d28164 to the following: **%d findings**, of which %d are
defects and %d matters of taste. %d of the defects are live, as far as is known here; upstream has repaired the other %d since.

A command takes a second or two, and prints the shortest trace; actions are those of guests and the host. Lines are those of
` + "`design/mvp/canonical-abi/definitions.py`" + `. Each finding has a section below: the trace, the lines, what upstream's prose says, what its open proposals
do, and a repair: a patch of ` + "`spec/`" + `, which is no proposal. What a section says of its repair is what ` + "`cabi diff --budget 0.0267`" + ` finds, which explores the
beginnings of all worlds; with all repairs at once the worlds were searched to their bounds, and [generated/repairs.md](generated/repairs.md) says what is left.
` + "`cabi diff component-model`" + ` says whether an edit of yours cures a defect ([proposals.md](proposals.md)).
`

const findingsOutro = `
## How they were found

Those with ` + "`cabi check`" + ` were found by searches. With ` + "`--keep-going`" + ` a search goes on after a violation and collects all kinds that a world has, and of
each kind all shapes: what acted, on what and in which relation. It says which of them are the known defects
([properties/causes.go](../properties/causes.go)), and bugs that look like a known defect come out beside it
([properties/testdata/causes](../properties/testdata/causes)), in the port and in ` + "`definitions.py`" + `; ` + "`--save DIR`" + ` keeps their traces.
` + "`cabi check everything --keep-going`" + ` walks at random through a world that has all of this and more, and shrinks what it finds. The tests list each of
them with its number of actions ([properties/defects.go](../properties/defects.go)), so that they turn red when a defect disappears; and those that stop the
specification have a test of their own in [spec/sites_defects_test.go](../spec/sites_defects_test.go).

The others need values or types that the searches' worlds do not have. They were found while each trap and assert was given a test by hand.

The port does the same as the Python: the traces happen there as well (` + "`cabi replay TRACE --upstream component-model`" + `).

Historical definitions have three more, in [history.md](history.md).
`

func writeFindings(w io.Writer, all []*shownFinding) {
	live, taste := 0, 0
	for _, f := range all {
		switch {
		case f.IsLive():
			live++
		case f.Taste != "":
			taste++
		}
	}
	fmt.Fprintf(w, findingsIntro, len(all), len(all)-taste, taste, live, len(all)-taste-live)
	fmt.Fprint(w, "\n## Defects\n\n| | what happens | to reproduce it | actions | lines | state |\n|---|---|---|---|---|---|\n")
	for i, f := range all {
		if f.Taste == "" {
			fmt.Fprintf(w, "| %d | [%s](#%s) | %s | %s | %s | %s |\n", i+1, f.What, anchor(f.Title), f.reproduced(), f.counted(), f.lineNumbers(), f.state())
		}
	}
	fmt.Fprint(w, "\n## Matters of taste\n\n| | what happens | to reproduce it | actions | lines | why it may be right |\n|---|---|---|---|---|---|\n")
	for i, f := range all {
		if f.Taste != "" {
			fmt.Fprintf(w, "| %d | [%s](#%s) | %s | %s | %s | %s |\n", i+1, f.What, anchor(f.Title), f.reproduced(), f.counted(), f.lineNumbers(), f.Taste)
		}
	}
	fmt.Fprint(w, "\n## One by one\n")
	for _, f := range all {
		f.writeSection(w)
	}
	fmt.Fprint(w, findingsOutro)
}

// counted is how many actions a trace has; empty: there is none.
func (f *shownFinding) counted() string {
	if f.trace == "" {
		return ""
	}
	trace := must(model.ParseTrace(strings.NewReader(f.trace)))
	n := 0
	for _, l := range trace.Lines {
		if l.Kind == model.LineAction {
			n++
		}
	}
	return fmt.Sprint(n)
}

func (f *shownFinding) lineNumbers() string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(f.lines), " ", ", "), "[]")
}

func (f *shownFinding) writeSection(w io.Writer) {
	fmt.Fprintf(w, "\n### %s\n\n%s\n\n", f.Title, f.Why)
	for i, l := range f.Lines {
		in := "in `" + l.In + "`"
		if l.Site != "" {
			in = "the assert `" + l.Site + "`"
		}
		fmt.Fprintf(w, "- Line %d: %s.\n", f.lines[i], in)
	}
	for _, p := range f.Prose {
		fmt.Fprintf(w, "- Prose: [%s, line %d](https://github.com/WebAssembly/component-model/blob/6d28164/design/mvp/%s?plain=1#L%d), \"%s\": %s.\n",
			p.Document, p.Line, p.Document, p.Line, p.Words, p.So)
	}
	if len(f.Prose) == 0 {
		fmt.Fprint(w, "- Prose: says nothing of it.\n")
	}
	says := slices.Clone(f.proposals)
	if f.Repaired != "" {
		says = append([]string{"it has repaired it since, by " + linkOf(f.Repaired)}, says...)
	}
	fmt.Fprintf(w, "- Upstream: %s.\n", cmp.Or(strings.Join(says, "; "), "nothing is known here that repairs it"))
	if f.Repair != "" {
		fmt.Fprintf(w, "- Repair: [%s](../properties/testdata/repairs/%s.repair). %s\n", f.Repair, f.Repair, strings.Join(f.repair, " "))
	} else {
		fmt.Fprintf(w, "- Repair: none, since %s.\n", f.NoRepair)
	}
	if len(f.worlds) > 0 {
		fmt.Fprintf(w, "- Worlds that have it as well: %s.\n", quoted(f.worlds))
	}
	for _, test := range f.Tests {
		dir, name, _ := strings.Cut(test, ".")
		fmt.Fprintf(w, "- Test: `%s` of `%s/`.\n", name, dir)
	}
	if f.trace != "" {
		fmt.Fprintf(w, "\n    $ cabi %s\n", strings.TrimPrefix(strings.Trim(f.reproduced(), "`"), "cabi "))
		for line := range strings.Lines(f.trace) {
			if !strings.HasPrefix(line, "#") {
				fmt.Fprint(w, "    "+line)
			}
		}
	}
}

// Every known defect and every cause is one of the findings, and every test that is named is there.
func TestFindingsAreAll(t *testing.T) {
	of := map[properties.Defect]string{}
	titles := map[string]bool{}
	for i := range findings.All {
		f := &findings.All[i]
		if titles[anchor(f.Title)] {
			t.Errorf("two findings are called %s", f.Title)
		}
		titles[anchor(f.Title)] = true
		for _, d := range defectsOf(f) {
			if of[d] != "" {
				t.Errorf("%s/%s in %s is two findings: %s, and %s", d.Property.Name, d.Kind, d.World, of[d], f.Title)
			}
			of[d] = f.Title
		}
		for _, test := range f.Tests {
			dir, name, _ := strings.Cut(test, ".")
			if files := must(filepath.Glob("../../" + dir + "/*_test.go")); !slices.ContainsFunc(files, func(file string) bool {
				return strings.Contains(string(must(os.ReadFile(file))), "\nfunc "+name+"(")
			}) {
				t.Errorf("%s: there is no test %s in %s", f.Title, name, dir)
			}
		}
		if f.Known != "" && !slices.ContainsFunc(properties.Causes, func(c properties.Cause) bool { return c.What == f.Known }) {
			t.Errorf("%s: no cause is %q", f.Title, f.Known)
		}
		if f.Command == "choices" {
			choices := string(must(os.ReadFile("../../docs/generated/choices.md")))
			for _, l := range f.Lines {
				function := strings.TrimSuffix(l.In, ".thread_func")
				if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(function) + `/[a-z-]+: left open by the profile$`).MatchString(choices) {
					t.Errorf("docs/generated/choices.md does not say that %s leaves a choice open", function)
				}
			}
		}
	}
	for _, d := range properties.KnownDefects {
		if of[d] == "" {
			t.Errorf("%s/%s in %s is no finding", d.Property.Name, d.Kind, d.World)
		}
	}
	for _, c := range properties.Causes {
		if !slices.ContainsFunc(findings.All, func(f findings.Finding) bool { return f.Known == c.What }) {
			t.Errorf("%q is no finding", c.What)
		}
	}
	for _, file := range must(filepath.Glob("../../internal/findings/traces/*")) {
		if !slices.ContainsFunc(findings.All, func(f findings.Finding) bool { return f.Trace == filepath.Base(file) }) {
			t.Errorf("%s is of no finding", file)
		}
	}
}

// With upstream's checkout at hand, the lines and the prose are as the findings have them, and definitions.py does what the traces say.
func TestFindingsUpstream(t *testing.T) {
	upstream := os.Getenv("CABI_UPSTREAM")
	if upstream == "" {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model")
	}
	python := filepath.Join(upstream, filepath.FromSlash(port.DefinitionsPath))
	if _, err := os.Stat(python); err != nil {
		python = filepath.Join(upstream, "definitions.py")
	}
	documents := filepath.Dir(filepath.Dir(python))
	lines := func(file string) []string { return strings.Split(string(must(os.ReadFile(file))), "\n") }
	for _, f := range shownFindings(t) {
		for _, l := range f.Lines {
			if l.Line > 0 && !strings.Contains(lines(python)[l.Line-1], l.Has) {
				t.Errorf("%s: line %d has no %q", f.Title, l.Line, l.Has)
			}
		}
		for _, p := range f.Prose {
			if text := strings.Join(lines(filepath.Join(documents, p.Document))[p.Line-1:p.Line+1], " "); !strings.Contains(text, p.Words) {
				t.Errorf("%s: %s says in line %d %q, and not %q", f.Title, p.Document, p.Line, text, p.Words)
			}
		}
		if f.trace == "" {
			continue
		}
		file := filepath.Join(t.TempDir(), "finding.cabi")
		if err := os.WriteFile(file, []byte(f.trace), 0o666); err != nil {
			t.Fatal(err)
		}
		if out, code, err := execute(newRootCommand(), "replay", file, "--upstream", upstream); code != 0 {
			t.Errorf("%s: exit %d, %v:\n%s", f.Title, code, err, out)
		}
	}
}
