package diff

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"cabi/internal/upstream"
	"cabi/model"
	"cabi/suite"
)

// WriteText writes a report for a terminal.
func (r *Report) WriteText(w io.Writer) { r.write(&writer{w: w}) }

// WriteMarkdown writes a report to be pasted into a pull request.
func (r *Report) WriteMarkdown(w io.Writer) { r.write(&writer{w: w, markdown: true}) }

// A writer writes a report: as text, as Markdown, or for a page.
type writer struct {
	w        io.Writer
	markdown bool
	page     *reportPage // nil: it is for no page
}

func (w *writer) heading(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if w.page != nil {
		w.page.heading(text)
		return
	}
	if w.markdown {
		fmt.Fprintf(w.w, "\n### %s\n\n", text)
		return
	}
	fmt.Fprintf(w.w, "\n%s\n", text)
}

func (w *writer) item(format string, args ...any) {
	if w.page != nil {
		w.page.item(fmt.Sprintf(format, args...))
		return
	}
	mark := "  "
	if w.markdown {
		mark = "- "
	}
	fmt.Fprintf(w.w, "%s%s\n", mark, fmt.Sprintf(format, args...))
}

// name is a name in code, such as that of a promise.
func (w *writer) name(text string) string {
	if w.markdown {
		return "`" + text + "`"
	}
	return text
}

// trace writes the trace that shows what the last item says. A page has it on both versions. What defines a world is left out, unless it is a
// random one: --save writes it too.
func (w *writer) trace(of sides) {
	if w.page != nil {
		w.page.show(of)
		return
	}
	text := cmp.Or(of.new, of.old)
	if t, err := model.ReadTrace(strings.NewReader(text)); err == nil && t.World != model.WorldByName(t.World.Name) && !upstream.IsRandom(t.World) {
		_, lines, _ := strings.Cut(t.World.Text(), "\n")
		text = strings.Replace(text, lines, "", 1)
	}
	w.block(text)
}

// block writes lines as they are.
func (w *writer) block(text string) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if w.markdown {
		fmt.Fprintln(w.w)
		for _, l := range lines {
			fmt.Fprintf(w.w, "      %s\n", l)
		}
		fmt.Fprintln(w.w)
		return
	}
	for _, l := range lines {
		fmt.Fprintf(w.w, "      %s\n", l)
	}
}

func (r *Report) write(w *writer) {
	if w.markdown {
		fmt.Fprintf(w.w, "## What %s changes\n\n", r.New)
	}
	fmt.Fprintln(w.w, r.Summary())
	r.writeLacks(w)
	if len(r.Worlds) == 0 {
		return
	}
	r.writeTraces(w)
	r.writeFindings(w)
	r.writeDifferences(w)
	r.writeRoundTrips(w)
	r.writeBuiltins(w)
	r.writePromises(w)
	r.writeText(w)
	r.writeBound(w)
}

// writeLacks names the commits whose changes are among the differences, since the new version has not got them.
func (r *Report) writeLacks(w *writer) {
	if len(r.Lacks) == 0 {
		return
	}
	w.heading("%s branched off before these, so what they change is among the differences:", r.New)
	for _, commit := range r.Lacks {
		w.item("%s", commit)
	}
}

// Summary says in a paragraph what was found.
func (r *Report) Summary() string {
	if len(r.Worlds) == 0 && len(r.Definitions) == 0 {
		return fmt.Sprintf("%s against %s: no definition differs, so there is no observable difference.", r.New, r.Old)
	}
	verdict := "no observable difference within the bound"
	if r.Observable() && len(r.Differences)+len(r.Builtins) == 0 {
		verdict = "nothing new that guests or the host can observe in the worlds, but traces, findings or promises differ"
	} else if len(r.Differences) > 0 {
		verdict = fmt.Sprintf("%s that guests or the host can observe", model.Counted(len(r.Differences), "kind")+" of difference")
	}
	if len(r.CoreTypes) > 0 {
		verdict += ", and " + model.Counted(len(r.CoreTypes), "action") + " with other core types"
	}
	if n := len(r.RoundTrips.apart()); n > 0 {
		verdict += ", and " + model.Counted(n, "round trip") + " from which something else comes back"
	}
	if len(r.Builtins) > 0 {
		verdict += ", and " + model.Counted(len(r.Builtins), "built-in") + " that is new"
	}
	if r.Stopped {
		verdict += ", stopped early"
	}
	return fmt.Sprintf("%s against %s: %s.", r.New, r.Old, verdict)
}

func (r *Report) writeTraces(w *writer) {
	w.heading("Reference traces: %d of %d depart", len(r.Traces.Departs), r.Traces.Replayed)
	for _, d := range r.Traces.Departs {
		w.item("%s: %s, where the trace says %s", w.name(d.Name), d.Got, d.At)
		w.known(suite.Traces, "traces", d.Name)
	}
	for _, d := range r.Traces.Arrives {
		w.item("%s happens as on the pin, and did not: there was %s", w.name(d.Name), d.Got)
		w.known(suite.Traces, "traces", d.Name)
	}
	for _, c := range r.Traces.Cannot {
		w.item("not replayed: %s", c)
	}
}

// known has a page show a trace of the reference suite, or of a finding.
func (w *writer) known(files fs.FS, dir, name string) {
	if w.page == nil {
		return
	}
	text, err := fs.ReadFile(files, path.Join(dir, name+".cabi"))
	if err == nil { // a report of another version of this project may name others
		w.trace(sides{old: string(text)})
	}
}

func leftOf(f Finding) int {
	if f.Verdict == Left {
		return 1
	}
	return 0
}

// findingName is the name of the file of a finding's trace.
func findingName(f Finding) string {
	return noName.ReplaceAllString(strings.TrimSuffix(f.World+"-"+f.Property+"-"+f.Kind, "-"), "-")
}

func (r *Report) writeFindings(w *writer) {
	if len(r.Findings) == 0 {
		return
	}
	count := map[Verdict]int{}
	for _, f := range r.Findings {
		count[f.Verdict]++
	}
	w.heading("Findings: %d cured, %d left, %d changed, %d not checked", count[Cured], count[Left], count[Changed], count[Unknown])
	var left []string
	of := r.Findings
	if w.page != nil {
		of = slices.Clone(of)
		slices.SortStableFunc(of, func(a, b Finding) int { return cmp.Compare(leftOf(a), leftOf(b)) }) // those that are left stand last
	}
	for _, f := range of {
		if f.Verdict == Left && w.page == nil {
			left = append(left, fmt.Sprintf("%s in %s", w.name(strings.TrimSuffix(f.Property+"/"+f.Kind, "/")), f.World))
			continue
		}
		w.item("%s: %s in %s after %s: %s", f.Verdict, w.name(strings.TrimSuffix(f.Property+"/"+f.Kind, "/")), f.World, model.Counted(f.Actions, "action"), cmp.Or(f.How, "the same happens"))
		w.known(findingFiles, "findings", findingName(f))
		if f.Trace != "" {
			if w.page != nil {
				w.item("   the other trace")
			}
			w.trace(sides{new: f.Trace})
		}
	}
	if len(left) > 0 {
		w.item("left: %s", strings.Join(left, "; "))
	}
}

func (r *Report) writeDifferences(w *writer) {
	w.heading("What guests and the host can observe: %s", model.Counted(len(r.Differences), "kind")+" of difference")
	for i, d := range r.Differences {
		r.writeDifference(w, i, d)
	}
	r.writeCoreTypes(w)
}

// writeCoreTypes writes what was not compared, since the versions give it other core types.
func (r *Report) writeCoreTypes(w *writer) {
	if len(r.CoreTypes) == 0 {
		return
	}
	w.heading("Core types: %s with others, of which nothing was compared", model.Counted(len(r.CoreTypes), "action"))
	for _, t := range r.CoreTypes[:min(len(r.CoreTypes), mostCoreTypes)] {
		w.item("%s: %s, where the old version has %s", t.Action, t.New, t.Old)
	}
	if more := len(r.CoreTypes) - mostCoreTypes; more > 0 {
		w.item("and %d more", more)
	}
}

// mostCoreTypes is how many are written.
const mostCoreTypes = 10

// writeRoundTrips writes what comes back on one version only as what was passed.
func (r *Report) writeRoundTrips(w *writer) {
	if r.RoundTrips == nil {
		return
	}
	apart, shown := r.RoundTrips.Apart, r.RoundTrips.shown()
	w.heading("Round trips: of values of %d random types that core code returns as it got them, %d come back on one version only as what the host passed", r.RoundTrips.Types, len(apart))
	for _, t := range shown {
		on, of := r.New, sides{new: t.Trace}
		if t.Old {
			on, of = r.Old, sides{old: t.Trace}
		}
		w.item("on %s: %s", on, t.What)
		w.trace(of)
	}
	if more := len(apart) - len(shown); more > 0 {
		w.item("and %d more", more)
	}
}

// writeDifference writes a difference with the trace that shows it, on the version that has the outcome.
func (r *Report) writeDifference(w *writer, i int, d Difference) {
	w.item("%d. %s. In %s after %s; found %s, in %s.", i+1, d.Kind, d.World, model.Counted(d.Actions, "action"), model.Counted(d.Times, "time"), strings.Join(d.Worlds, ", "))
	if w.page != nil {
		w.trace(sides{old: d.OldTrace, new: d.NewTrace})
	}
	if len(d.Cause) > 0 {
		w.item("   changed text that runs then: %s", strings.Join(d.Cause, "; "))
	}
	for _, v := range d.Variants {
		if v.Kind != d.Kind {
			w.item("   also: %s. In %s after %s; found %s.", v.Kind, v.World, model.Counted(v.Actions, "action"), model.Counted(v.Times, "time"))
		}
	}
	w.outcomes(r.Old+" only", d.Gone)
	w.outcomes(r.New+" only", d.Appeared)
	if d.Kept > 0 {
		w.item("   besides, %s that both have", model.Counted(d.Kept, "outcome"))
	}
	switch {
	case w.page != nil: // it has both
	case len(d.Appeared) > 0:
		w.item("   on %s:", r.New)
		w.trace(sides{new: d.NewTrace})
	default:
		w.item("   on %s:", r.Old)
		w.trace(sides{old: d.OldTrace})
	}
	for _, b := range d.Behind {
		w.item("   behind it, %s is broken after %s: %s", w.name(b.Property), model.Counted(b.Actions, "action"), b.Message)
		w.trace(sides{new: b.Trace})
	}
}

// writeBuiltins writes what the built-ins come to that are new.
func (r *Report) writeBuiltins(w *writer) {
	for _, b := range r.Builtins {
		w.heading("New built-in: %s", b.Declared)
		if b.Not != "" {
			w.item("not run: %s", b.Not)
			continue
		}
		w.item("run in %s, with all promises, which stand below", strings.Join(b.Worlds, ", "))
		for _, o := range b.Outcomes {
			w.item("%s. In %s after %s:", o.What, o.World, model.Counted(o.Actions, "action"))
			w.trace(sides{new: o.Trace, onlyNew: true})
		}
	}
}

func (w *writer) outcomes(whose string, outcomes [][]string) {
	for _, o := range outcomes {
		w.item("   %s: %s", whose, strings.Join(o, "; "))
	}
}

func (r *Report) writePromises(w *writer) {
	n := map[Verdict]int{}
	for _, b := range r.Promises {
		n[b.Verdict]++
	}
	w.heading("Promises: %d broken that held, %d hold that were broken, %d broken as before", n[New], n[Cured], r.Left)
	for _, verdict := range []Verdict{New, Cured} {
		for _, b := range r.Promises {
			if b.Verdict != verdict {
				continue
			}
			w.item("%s: %s in %s after %s: %s", map[Verdict]string{New: "broken now", Cured: "holds now"}[verdict], w.name(strings.TrimSuffix(b.Property+"/"+b.Kind, "/")),
				b.World, model.Counted(b.Actions, "action"), b.Message)
			if b.Shape != "" {
				w.item("   shape: %s", b.Shape)
			}
			if verdict == Cured {
				w.trace(sides{old: b.Trace})
			} else {
				w.trace(sides{new: b.Trace})
			}
		}
	}
	for _, s := range r.Sentences {
		w.item("%s comes from a sentence that %s has no longer: \"%s\"", w.name(s.Property), s.File, s.Sentence)
	}
	for _, n := range r.NotChecked {
		on := r.New
		if n.Old {
			on = r.Old
		}
		w.item("not checked on %s: %s: %s", on, w.name(n.Property), n.Why)
	}
	if len(r.NotExercised) > 0 {
		w.item("nothing was shown about these, since what they speak of never came up where they were checked: %s", strings.Join(r.NotExercised, ", "))
	}
	for _, where := range r.NotCompared {
		w.item("not compared %s", where)
	}
	for _, action := range r.NotTaken {
		w.item("not taken %s", action)
	}
}

func (r *Report) writeText(w *writer) {
	if len(r.Definitions) == 0 {
		return
	}
	w.heading("Text: %s", model.Counted(len(r.Definitions), "definition")+" changed")
	for _, d := range r.Definitions {
		w.item("%s: %s", d.How, w.name(d.Name))
	}
	switch {
	case !r.Exact:
		w.item("lines are not compared one by one: with --git, or with a directory for OLD, they are")
	case len(r.NotReached) == 0:
		w.item("each line that changed was run")
	default:
		w.item("lines that changed and that no run reached:")
		for _, l := range r.NotReached {
			w.item("   %d, in %s: %s", l.Number, l.In, w.name(l.Text))
		}
	}
}

func (r *Report) writeBound(w *writer) {
	pairs, whole := 0, 0
	for _, of := range r.Worlds {
		if pairs += of.Pairs; of.Whole {
			whole++
		}
	}
	w.heading("Bound: %d pairs of states in %d worlds, %d of them to the end of their bounds", pairs, len(r.Worlds), whole)
	if r.Runs > 0 {
		w.item("%s, of which %s", model.Counted(r.Runs, "random run"), differ(r.RunsApart))
	}
	for _, of := range r.Worlds {
		switch {
		case of.Skipped != "" && of.States > 0:
			w.item("%s: %s; promises in %d states, up to %s", of.Name, of.Skipped, of.States, upTo(of.Checked))
		case of.Skipped != "":
			w.item("%s: %s", of.Name, of.Skipped)
		case of.Unchanged:
			w.item("%s: %d pairs, up to %s; nothing that changed was run", of.Name, of.Pairs, model.Counted(of.Depth, "action"))
		default:
			w.item("%s: %d pairs, up to %s; promises in %d states, up to %s", of.Name, of.Pairs, model.Counted(of.Depth, "action"), of.States, upTo(of.Checked))
		}
	}
	if j := r.Judged; j != nil {
		w.heading("CPython: %s replayed, %d disagree", model.Counted(j.Replayed, "trace"), len(j.Disagrees))
		for _, d := range slices.Sorted(slices.Values(j.Disagrees)) {
			w.item("%s", d)
		}
	}
}

// differ is how many runs differ.
func differ(n int) string {
	switch n {
	case 0:
		return "none differs"
	case 1:
		return "1 differs"
	}
	return fmt.Sprintf("%d that differ were looked at", n)
}

func upTo(actions int) string {
	if actions >= unbounded {
		return "the end"
	}
	return model.Counted(actions, "action")
}
