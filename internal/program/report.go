package program

import (
	"fmt"
	"strings"

	"cabi/component"
	"cabi/spec"
)

// variants is how many ways of numbering there are.
var variants = len(spec.Variants)

// Code is the exit code of cabi check: 1 if anything was found, 3 if a limit ended a run or the exploration, otherwise 0.
func (e *Exploration) Code() int {
	for _, f := range e.Findings {
		if f.Kind != Limit {
			return 1
		}
	}
	if e.Limits > 0 || e.CutOff != "" {
		return 3
	}
	return 0
}

// Verdict is holds, violated, or no violation found.
func (e *Exploration) Verdict() string {
	return map[int]string{0: "holds", 1: "violated", 3: "no violation found"}[e.Code()]
}

// Text is the exploration for people.
func (e *Exploration) Text(file string) string {
	var b strings.Builder
	for i, f := range e.Findings {
		fmt.Fprintf(&b, "%d. %s: %s\n", i+1, f.Kind, f.Text)
		fmt.Fprintf(&b, "  %s\n", f.Command(file, e))
		for _, v := range f.Also {
			fmt.Fprintf(&b, "  also under %s\n", v.Name)
		}
		for j, c := range f.Choices {
			fmt.Fprintf(&b, "  choice %d, %s: candidate %d of %d, and not %d\n", f.Departures[j].At, c.Site, c.Taken, c.N, c.Policy)
		}
	}
	for _, l := range e.Kept {
		fmt.Fprintf(&b, "  kept, and not more of it after a second round of the calls: %s in %s, made in %s\n", l.What, l.Instance, l.text(e.Program))
	}
	fmt.Fprintf(&b, "%s: %s\n", e.Verdict(), e.extent())
	return b.String()
}

// extent says what was explored.
func (e *Exploration) extent() string {
	text := fmt.Sprintf("%s under %d variants, with up to %d of %s other than the policy's", counted(e.Runs, "run"), variants,
		e.Bounds.Departures, counted(e.Choices, "choice"))
	if e.CutOff == "" {
		text += ", all of them made"
	} else {
		text += ", cut off: " + e.CutOff
	}
	text += fmt.Sprintf("; %s drawn", counted(e.Random, "run"))
	if e.Limits > 0 {
		text += fmt.Sprintf("; %s ended by a limit", counted(e.Limits, "run"))
	}
	return text
}

// counted is a number of things: "1 run", "2 runs".
func counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprint(n, " ", noun)
}

// Command is the command that shows a finding again.
func (f *Finding) Command(file string, e *Exploration) string {
	words := []string{"cabi", "run", quoted(file)}
	for _, c := range f.Calls {
		words = append(words, quoted(c.String()))
	}
	words = append(words, e.Program.flags()...)
	if e.Policy.small {
		words = append(words, "--small-answers")
	}
	if f.settling || f.Kind == Leak {
		words = append(words, "--settle")
	}
	if f.Variant != spec.SingleTable {
		words = append(words, "--variant", f.Variant.Name)
	}
	for _, d := range f.Departures {
		words = append(words, "--depart", fmt.Sprintf("%d=%d", d.At, d.Taken))
	}
	if f.Seed != nil {
		words = append(words, "--seed", fmt.Sprint(*f.Seed))
	}
	return strings.Join(words, " ")
}

// flags are those that the program was made with.
func (p *Program) flags() (words []string) {
	add := func(flag, value string) { words = append(words, flag, quoted(value)) }
	for _, l := range p.Links {
		add("--link", l.Import+"="+l.File)
	}
	for _, s := range p.Stubs {
		if len(s.Answers) == 0 {
			add("--stub", s.Import)
		} else {
			add("--stub", s.Import+"="+strings.Join(s.Answers, "|"))
		}
	}
	for i, arg := range p.Args {
		if i > 0 {
			add("--arg", arg)
		}
	}
	for _, variable := range p.Env {
		add("--env", variable)
	}
	return words
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// A FindingObject is a finding as JSON.
type FindingObject struct {
	Finding    string                `json:"finding"`
	Text       string                `json:"what"`
	Calls      []string              `json:"calls"`
	Call       int                   `json:"call"`
	Site       string                `json:"site,omitempty"`
	Variant    string                `json:"variant"`
	Also       []string              `json:"also"`
	Departures []component.Departure `json:"departures"`
	Seed       *uint64               `json:"seed,omitempty"`
	Trace      string                `json:"trace"`
}

// Object is the finding as JSON.
func (f *Finding) Object(*Exploration) FindingObject {
	o := FindingObject{Finding: f.Kind, Text: f.Text, Call: f.Call, Site: string(f.Site), Variant: f.Variant.Name, Departures: f.Departures,
		Seed: f.Seed, Trace: f.Trace, Calls: []string{}, Also: []string{}}
	for _, v := range f.Also {
		o.Also = append(o.Also, v.Name)
	}
	if o.Departures == nil {
		o.Departures = []component.Departure{}
	}
	for _, c := range f.Calls {
		o.Calls = append(o.Calls, c.String())
	}
	return o
}

// An ExplorationObject is what was explored, as JSON.
type ExplorationObject struct {
	Component  string   `json:"component"`
	Verdict    string   `json:"verdict"`
	Variant    string   `json:"variant"`
	Variants   int      `json:"variants"`
	Calls      []string `json:"calls"`
	Departures int      `json:"departures"`
	Runs       int      `json:"runs"`
	Drawn      int      `json:"drawn"`
	Choices    int      `json:"choices"`
	Limits     int      `json:"limits"`
	CutOff     string   `json:"cut_off,omitempty"`
	Findings   int      `json:"findings"`
	Kept       []string `json:"kept"`
}

// Object is the exploration as JSON.
func (e *Exploration) Object(file string) ExplorationObject {
	o := ExplorationObject{Component: file, Verdict: e.Verdict(), Variant: e.Variant.Name, Variants: variants, Departures: e.Bounds.Departures,
		Runs: e.Runs, Drawn: e.Random, Choices: e.Choices, Limits: e.Limits, CutOff: e.CutOff, Findings: len(e.Findings), Calls: []string{}, Kept: []string{}}
	for _, c := range e.Program.Calls {
		o.Calls = append(o.Calls, c.String())
	}
	for _, l := range e.Kept {
		o.Kept = append(o.Kept, fmt.Sprintf("%s in %s, made in %s", l.What, l.Instance, l.text(e.Program)))
	}
	return o
}
