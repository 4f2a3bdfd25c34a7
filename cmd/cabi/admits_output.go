package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// admitsAnswers are the answers to whether a log is admitted: one, or one for each variant.
type admitsAnswers struct {
	command  *admitsCommand
	file     string
	out      io.Writer
	log      *model.Log
	options  model.AdmitOptions
	progress *progress
	verdicts map[model.LogVerdict]int
}

// An admitsAnswer is one answer.
type admitsAnswer struct {
	*model.Admission
	variant *spec.Variant
	reasons []*model.Reason
}

// answer asks about a variant, nil for the log's own, and prints the answer.
func (a *admitsAnswers) answer(v *spec.Variant) error {
	options := a.options
	options.Variant = v
	found, err := a.log.Admit(options)
	if err != nil {
		return badLog(a.file, err)
	}
	answer := &admitsAnswer{Admission: found, variant: v}
	if found.Verdict == model.Refused && v == nil {
		if answer.reasons, err = a.log.Reasons(options, found); err != nil {
			return badLog(a.file, err)
		}
	}
	if answer.variant == nil {
		answer.variant = a.log.Variant
	}
	if a.verdicts == nil {
		a.verdicts = map[model.LogVerdict]int{}
	}
	a.verdicts[found.Verdict]++
	a.progress.clear()
	return a.print(answer)
}

// exit is how the command ends.
func (a *admitsAnswers) exit() error {
	switch {
	case a.verdicts[model.Admitted] > 0:
		return nil
	case a.verdicts[model.Unsettled] > 0:
		return exitError{code: 3}
	}
	return exitError{code: 1}
}

func (a *admitsAnswers) print(one *admitsAnswer) error {
	switch {
	case a.command.json:
		return a.printJSON(one)
	case a.command.variant == anyVariant:
		fmt.Fprintln(a.out, strings.TrimSpace(fmt.Sprintf("%-10s %-22s %s", one.Verdict, one.variant.Name, a.where(one))))
		return nil
	case one.Verdict == model.Admitted:
		return a.printAdmitted(one)
	case one.Verdict == model.Unsettled:
		fmt.Fprintf(a.out, "undecided: %s\n", a.whyUndecided(one))
	default:
		fmt.Fprintf(a.out, "refused: no run explains %s%s\n", a.refusedLine(one), a.withGaps())
	}
	if one.Refusal != nil {
		a.printAllowed(one.Refusal)
	}
	for _, r := range one.reasons {
		a.printReason(one.Refusal, r)
	}
	fmt.Fprintln(a.out, lookedAt(one))
	for _, action := range one.NotTaken {
		fmt.Fprintf(a.out, "not taken on this version: %s\n", action)
	}
	return nil
}

// where says in few words where a log is refused, or why nothing is known.
func (a *admitsAnswers) where(one *admitsAnswer) string {
	switch {
	case one.Verdict == model.Admitted:
		return ""
	case one.Verdict == model.Unsettled:
		return a.whyUndecided(one)
	}
	return a.refusedLine(one)
}

func lookedAt(one *admitsAnswer) string {
	return fmt.Sprintf("looked at %s, by %s", model.Counted(one.States, "state"), model.Counted(one.Taken, "action"))
}

// withGaps says how long gaps may be, if the log has some.
func (a *admitsAnswers) withGaps() string {
	if !a.log.HasGaps() {
		return ""
	}
	return ", with gaps of at most " + model.Counted(a.options.Gap, "action")
}

// whyUndecided says which limit was reached.
func (a *admitsAnswers) whyUndecided(one *admitsAnswer) string {
	switch {
	case one.NotChecked != "":
		return "what the log claims is not checked on this version: " + one.NotChecked
	case one.Stopped && a.command.maxStates.value <= one.States:
		return fmt.Sprintf("stopped at %s, in line %s at the furthest; --max-states allows more", model.Counted(one.States, "state"), a.furthest(one))
	case one.Stopped:
		return fmt.Sprintf("stopped by Ctrl-C, in line %s at the furthest", a.furthest(one))
	case !one.Cut:
		return fmt.Sprintf("no run explains %s, with the bits of each NaN that the specification draws all 0 or all 1; with others one may", a.refusedLine(one))
	}
	return fmt.Sprintf("no run explains %s with gaps of at most %s; --gap allows more", a.refusedLine(one),
		model.Counted(a.options.Gap, "action"))
}

// furthest is the number of the furthest line that the search has come to.
func (a *admitsAnswers) furthest(one *admitsAnswer) string {
	if one.Line < len(a.log.Lines) {
		return fmt.Sprint(a.log.Lines[one.Line].Number)
	}
	return "after the last"
}

// refusedLine is the line that cannot be explained.
func (a *admitsAnswers) refusedLine(one *admitsAnswer) string {
	if l := one.Refusal.Line; l != nil {
		return fmt.Sprintf("line %d, %s", l.Number, l)
	}
	return "the claim, violates " + a.log.Violates
}

// mostAllowed is how many of the things that the specification allows are printed.
const mostAllowed = 12

// printAllowed prints what the specification allows in place of the line that is refused.
func (a *admitsAnswers) printAllowed(r *model.Refusal) {
	lines := r.Instead
	if len(r.Results) > 0 {
		var results []string
		for _, result := range r.Results {
			results = append(results, a.log.World.InWords(*r.Line, result))
		}
		lines = append([]string{"-> " + strings.Join(results, " | ")}, lines...)
	}
	fmt.Fprintln(a.out, "after the lines before it, the specification allows:")
	for i, text := range lines {
		if i == mostAllowed {
			fmt.Fprintf(a.out, "  … and %d more\n", len(lines)-i)
			break
		}
		fmt.Fprintf(a.out, "  %s\n", text)
	}
}

// printReason prints a line that forces the refusal.
func (a *admitsAnswers) printReason(refusal *model.Refusal, r *model.Reason) {
	if r.Line == refusal.Line {
		fmt.Fprintf(a.out, "%s, %s\n", repairText(r), thenText(r))
		return
	}
	fmt.Fprintf(a.out, "the nearest reason before it is line %d, %s:\n  %s, %s\n", r.Line.Number, r.Line, repairText(r), thenText(r))
}

// repairText says what would have to change in a line.
func repairText(r *model.Reason) string {
	if r.LeftOut {
		return "without this line"
	}
	return "with any results in this line"
}

// thenText says how much of the log can be explained then.
func thenText(r *model.Reason) string {
	if r.Then == nil {
		return "the log is admitted"
	}
	return fmt.Sprintf("it can be explained up to line %d", r.Then.Number)
}

// printAdmitted prints or saves the run that explains the log.
func (a *admitsAnswers) printAdmitted(one *admitsAnswer) error {
	text := fmt.Sprintf("admitted: %s; %s", model.Counted(len(a.log.Lines), "line"), lookedAt(one))
	if a.log.HasGaps() {
		text += fmt.Sprintf("; the gaps are filled with %s", model.Counted(one.Filled, "action"))
	}
	if one.Unsaid != nil {
		text += "\n" + fmt.Sprintf("the specification stops the run there, which the log does not say: %s", one.Unsaid)
	}
	if a.command.save == "" {
		one.Run.Comments = append(strings.Split(text, "\n"), "the run that explains it:")
		_, err := one.Run.WriteTo(a.out)
		return err
	}
	one.Run.Comments = []string{"a run that explains " + a.file}
	fmt.Fprintln(a.out, text)
	return writeFile(a.out, a.command.save, func(w io.Writer) error {
		_, err := one.Run.WriteTo(w)
		return err
	})
}

// admitsJSON is an answer as JSON. docs/schemas/admits.schema.json says what it means.
type admitsJSON struct {
	File     string             `json:"file"`
	Variant  string             `json:"variant"`
	Verdict  string             `json:"verdict"`
	States   int                `json:"states"`
	Actions  int                `json:"actions"`
	Gap      int                `json:"gap"`
	Filled   int                `json:"filled,omitempty"`
	Trace    string             `json:"trace,omitempty"`
	Line     int                `json:"line,omitempty"`
	Text     string             `json:"text,omitempty"`
	Results  []string           `json:"results,omitempty"`
	Instead  []string           `json:"instead,omitempty"`
	Stopped  bool               `json:"stopped,omitempty"`
	Cut      bool               `json:"cut,omitempty"`
	Bitwise  bool               `json:"bitwise,omitempty"`
	Unsaid   string             `json:"unsaid,omitempty"`
	NotTaken []string           `json:"not_taken,omitempty"`
	Reasons  []admitsReasonJSON `json:"reasons,omitempty"`
}

type admitsReasonJSON struct {
	Line    int    `json:"line"`
	Text    string `json:"text"`
	LeftOut bool   `json:"leftOut"`
	Then    int    `json:"then,omitempty"`
}

func (a *admitsAnswers) printJSON(one *admitsAnswer) error {
	j := admitsJSON{File: a.file, Variant: one.variant.Name, Verdict: one.Verdict.String(), States: one.States, Actions: one.Taken, Gap: a.options.Gap,
		Filled: one.Filled, Stopped: one.Stopped, Cut: one.Cut, Bitwise: one.Bitwise, NotTaken: one.NotTaken}
	if one.Run != nil {
		j.Trace = one.Run.String()
	}
	if r := one.Refusal; r != nil {
		j.Results, j.Instead = r.Results, r.Instead
		if r.Line != nil {
			j.Line, j.Text = r.Line.Number, r.Line.String()
		}
	}
	if one.Unsaid != nil {
		j.Unsaid = one.Unsaid.String()
	}
	for _, r := range one.reasons {
		reason := admitsReasonJSON{Line: r.Line.Number, Text: r.Line.String(), LeftOut: r.LeftOut}
		if r.Then != nil {
			reason.Then = r.Then.Number
		}
		j.Reasons = append(j.Reasons, reason)
	}
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	err := e.Encode(j)
	if one.Run != nil && a.command.save != "" {
		err = errors.Join(err, writeFile(a.out, a.command.save, func(w io.Writer) error {
			_, err := one.Run.WriteTo(w)
			return err
		}))
	}
	return err
}
