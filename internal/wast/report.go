package wast

import (
	"context"
	"fmt"
	"strings"

	"cabi/spec"
)

// A File is a script that is to be run.
type File struct {
	Name    string
	Program *Program
}

// A Report is what came of scripts.
type Report struct {
	Variant     *spec.Variant
	EveryChoice bool // every choice within Bounds, and every variant; false: the policy's choices
	Bounds      Bounds
	Files       []*FileReport
	Interrupted bool // not all scripts were run
}

// A FileReport is what came of a script.
type FileReport struct {
	File
	Outcomes []Outcome               // by directive, under the policy
	Explored *Exploration            // nil: under the policy only
	Variants map[string]*Exploration // by name, for the variants other than the report's; nil: not run
}

// Make runs the scripts, until the context ends. Progress is called before each run with the name of the script.
func (r *Report) Make(ctx context.Context, files []File, progress func(name string)) {
	runner := NewRunner(ctx)
	defer runner.Close()
	for _, f := range files {
		if ctx.Err() != nil {
			break
		}
		runner.drawn = func() { progress(f.Name) }
		r.Files = append(r.Files, r.file(runner, f))
		runner.Forget(f.Program)
	}
	r.Interrupted = ctx.Err() != nil
}

func (r *Report) file(runner *Runner, f File) *FileReport {
	report := &FileReport{File: f, Outcomes: runner.Run(f.Program, Policy, r.Variant)}
	if !r.EveryChoice {
		return report
	}
	report.Explored = runner.Explore(f.Program, r.Variant, r.Bounds)
	report.Variants = map[string]*Exploration{}
	for _, v := range spec.Variants {
		if v != r.Variant {
			report.Variants[v.Name] = runner.Explore(f.Program, v, Bounds{Runs: r.Bounds.Runs})
		}
	}
	return report
}

// underPolicy is the outcome of a directive under the policy and a variant; false: that was not run.
func (f *FileReport) underPolicy(variant string, i int) (Outcome, bool) {
	if e := f.Variants[variant]; e != nil && len(e.Seen[i]) > 0 {
		return e.Seen[i][0].Outcome, true
	}
	return Outcome{}, false
}

// differs are the names of the variants under which a directive that passes does not pass, or the other way round. Directives that
// follow others are left out.
func (f *FileReport) differs(i int) []string {
	var names []string
	for _, v := range spec.Variants {
		other, ran := f.underPolicy(v.Name, i)
		if ran && (other.Status == Passed) != (f.Outcomes[i].Status == Passed) && other.Status != Follows && f.Outcomes[i].Status != Follows {
			names = append(names, v.Name)
		}
	}
	return names
}

// count is how many directives have a status.
func (f *FileReport) count(s Status) int {
	n := 0
	for _, o := range f.Outcomes {
		if o.Status == s {
			n++
		}
	}
	return n
}

// Code is the exit code: 1 if a directive does not pass, 3 if none fails but something was not run or not exhausted, else 0.
func (r *Report) Code() int {
	code := 0
	if r.Interrupted {
		code = 3
	}
	for _, f := range r.Files {
		for i, o := range f.Outcomes {
			switch {
			case o.Status == Failed || o.Status == Elsewhere || f.Explored != nil && (f.Explored.Depends(i) || len(f.differs(i)) > 0):
				return 1
			case o.Status != Passed && o.Status != Follows:
				code = 3
			}
		}
		if f.Explored != nil && f.Explored.CutOff > 0 {
			code = 3
		}
	}
	return code
}

// statuses are all statuses, in the order in which they are counted.
var statuses = []Status{Passed, Failed, Elsewhere, Follows, Unsupported, Budget, Skipped}

// Text is the report for people.
func (r *Report) Text() string {
	var b strings.Builder
	total := map[Status]int{}
	for _, f := range r.Files {
		f.text(&b)
		for _, s := range statuses {
			total[s] += f.count(s)
		}
	}
	fmt.Fprintf(&b, "%s: %s\n", counted(len(r.Files), "script"), countsText(total))
	if r.EveryChoice {
		b.WriteString(r.exploredText())
	}
	return b.String()
}

func countsText(count map[Status]int) string {
	var parts []string
	for _, s := range statuses {
		if n := count[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	if len(parts) == 0 {
		return "no directives"
	}
	return strings.Join(parts, ", ")
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// exploredText says how much was explored.
func (r *Report) exploredText() string {
	runs, cases, cut := r.explored()
	text := fmt.Sprintf("%s of %s under every choice that departs from the policy in at most %s", counted(runs, "run"), counted(cases, "instance"),
		counted(r.Bounds.Departures, "place"))
	if cut > 0 {
		text += fmt.Sprintf("; %s cut off: more than %s, a choice of too many candidates, or a run out of its budget", counted(cut, "instance"), counted(r.Bounds.Runs, "run"))
	}
	return text + "\n"
}

func (r *Report) explored() (runs, cases, cut int) {
	for _, f := range r.Files {
		runs, cases, cut = runs+f.Explored.Runs, cases+f.Explored.Cases, cut+f.Explored.CutOff
	}
	return runs, cases, cut
}

// text writes a line for each directive that does not pass, or not always.
func (f *FileReport) text(b *strings.Builder) {
	for i, o := range f.Outcomes {
		d := f.Program.Script.Directives[i]
		where := fmt.Sprintf("%s:%d: %s", f.Name, d.Line, d.word())
		if o.Status != Passed {
			fmt.Fprintf(b, "%s: %s\n", where, o)
		}
		if o.Status == Elsewhere {
			fmt.Fprintf(b, "    want a trap with the message %q\n", d.Message)
		}
		if f.Explored != nil && f.Explored.Depends(i) {
			fmt.Fprintf(b, "%s: depends on choices\n", where)
			for _, s := range f.Explored.Seen[i] {
				fmt.Fprintf(b, "    %s, in %s%s\n", s.Outcome, counted(s.Runs, "run"), departuresText(s.Departures))
			}
		}
		if names := f.differs(i); len(names) > 0 {
			fmt.Fprintf(b, "%s: depends on how handles are numbered\n", where)
			for _, name := range names {
				fmt.Fprintf(b, "    %s: %s\n", name, f.Variants[name].Seen[i][0].Outcome)
			}
		}
	}
}

func departuresText(departures []Departure) string {
	var b strings.Builder
	for i, d := range departures {
		fmt.Fprintf(&b, "%s choice %d takes %d", map[bool]string{true: ": the first where", false: ","}[i == 0], d.At, d.Taken)
	}
	return b.String()
}

// An Object is what came of a script, as JSON.
type Object struct {
	File       string            `json:"file"`
	Variant    string            `json:"variant"`
	Counts     map[Status]int    `json:"counts"`
	Directives []DirectiveObject `json:"directives"`
	Explored   *ExploredObject   `json:"explored,omitempty"`
}

// An ExploredObject says how much of a script was explored.
type ExploredObject struct {
	Departures int `json:"departures"`
	Instances  int `json:"instances"`
	Runs       int `json:"runs"`
	CutOff     int `json:"cutOff"`
}

// A DirectiveObject is what came of a directive.
type DirectiveObject struct {
	Line     int               `json:"line"`
	Kind     Kind              `json:"kind"`
	Status   Status            `json:"status"`
	Got      string            `json:"got,omitempty"`
	Want     string            `json:"want,omitempty"` // the message
	Site     string            `json:"site,omitempty"`
	By       string            `json:"refusedBy,omitempty"`
	Follows  int               `json:"follows,omitempty"`
	Choices  []ChoiceObject    `json:"choices,omitempty"`  // the outcomes, if they depend on choices
	Variants map[string]string `json:"variants,omitempty"` // the outcomes of variants that differ
	// ChoicesUnder are the variants under which the outcome depends on choices, if it does not under the file's.
}

// A ChoiceObject is one outcome of a directive, among others.
type ChoiceObject struct {
	Outcome    string      `json:"outcome"`
	Runs       int         `json:"runs"`
	Departures []Departure `json:"departures,omitempty"`
}

// Object is the report of a file as JSON.
func (f *FileReport) Object(r *Report) Object {
	o := Object{File: f.Name, Variant: r.Variant.Name, Counts: map[Status]int{}, Directives: []DirectiveObject{}}
	for _, s := range statuses {
		o.Counts[s] = f.count(s)
	}
	if f.Explored != nil {
		o.Explored = &ExploredObject{r.Bounds.Departures, f.Explored.Cases, f.Explored.Runs, f.Explored.CutOff}
	}
	for i := range f.Outcomes {
		o.Directives = append(o.Directives, f.directive(i))
	}
	return o
}

func (f *FileReport) directive(i int) DirectiveObject {
	d, o := f.Program.Script.Directives[i], f.Outcomes[i]
	object := DirectiveObject{Line: d.Line, Kind: d.word(), Status: o.Status, Got: o.Got, Want: d.Message, Site: o.Site, By: o.By, Follows: o.Cause}
	if f.Explored != nil && f.Explored.Depends(i) {
		for _, s := range f.Explored.Seen[i] {
			object.Choices = append(object.Choices, ChoiceObject{s.Outcome.String(), s.Runs, s.Departures})
		}
	}
	for _, name := range f.differs(i) {
		if object.Variants == nil {
			object.Variants = map[string]string{}
		}
		object.Variants[name] = f.Variants[name].Seen[i][0].String()
	}
	return object
}
