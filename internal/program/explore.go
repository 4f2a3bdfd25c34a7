package program

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"cabi/component"
	"cabi/spec"
)

// Bounds say how far a program is explored.
type Bounds struct {
	Departures int    // from the policy in one run
	Runs       int    // of those with departures, under all variants together
	Random     int    // runs in which every choice is drawn
	Seed       uint64 // of the first of these; each has the next
	Steps      int    // of one run
}

// An Exploration is what came of a program under every choice within bounds, and under every variant.
type Exploration struct {
	Program  *Program
	Variant  *spec.Variant // that the others are compared with
	Bounds   Bounds
	Policy   *Ending // of the policy under that variant
	Findings []*Finding
	Kept     []Left // what runs leave, and a second round of calls does not make more
	Runs     int    // with departures, under all variants
	Random   int
	Choices  int    // how many the run with most of them made
	CutOff   string // why not every choice within the bounds was made; empty: all were
	Limits   int    // runs that a limit ended
}

// The kinds of findings, beside those of endings.
const (
	DependsOnChoice    = "depends-on-choice"
	DependsOnNumbering = "depends-on-numbering"
	UseAfterDrop       = "use-after-drop"
	Leak               = "leak"
)

// A Finding is something that a run showed. The first run that shows it departs least from the policy.
type Finding struct {
	Kind       string
	Call       int    // -1: instantiation
	Calls      []Call // fewer than the program's, where fewer show it too
	Variant    *spec.Variant
	Also       []*spec.Variant // that show the same
	Departures []component.Departure
	Choices    []component.Made // those that were departures
	Seed       *uint64          // of a run in which every choice was drawn; nil: it departs from the policy
	Site       spec.Site
	Text       string
	Trace      string

	key      string
	settling bool // it was found after the calls
	left     Left // of a leak
}

// An explorer explores one program.
type explorer struct {
	*Exploration
	runner *Runner
	ctx    context.Context
	seen   map[string]*Finding
	left   map[string]bool // kinds of what is left, that were looked into
	tick   func() bool
}

// Explore runs a program under the policy, under everything that departs from it as often as the bounds say, and then at random; what
// departs, under every variant. Tick is called between runs, and says whether to go on.
func (r *Runner) Explore(ctx context.Context, p *Program, variant *spec.Variant, bounds Bounds, tick func(*Exploration) bool) *Exploration {
	e := &explorer{Exploration: &Exploration{Program: p, Variant: variant, Bounds: bounds}, runner: r, ctx: ctx, seen: map[string]*Finding{},
		left: map[string]bool{}}
	e.tick = func() bool { return tick(e.Exploration) && ctx.Err() == nil }
	e.departures()
	for i := uint64(0); e.Choices > 0 && e.Policy.Kind != Limit && e.Policy.Kind != Refused && i < uint64(bounds.Random) && e.tick(); i++ {
		e.random(bounds.Seed + i)
	}
	for _, f := range e.Findings {
		e.shorten(f)
		f.Trace = e.trace(f)
	}
	return e.Exploration
}

// Choices are those of one run: of the policy with departures, and random indices where a variant draws them. These are not
// departed from, so that the same departures are the same choices under every variant.
type Choices struct {
	component.Departing
	indices *rand.Rand
	drew    bool // a random index
}

const indexSite spec.Site = "variant/random-index"

// NewChoices are choices of a policy, Fair if it is nil, with departures.
func NewChoices(policy spec.Choices, departures []component.Departure) *Choices {
	return &Choices{Departing: component.Departing{Policy: policy, Departures: departures}, indices: rand.New(rand.NewPCG(1, 2))}
}

// Choose takes what the policy takes, or departs. A random index is drawn.
func (c *Choices) Choose(site spec.Site, n int) int {
	if site == indexSite {
		c.drew = true
		return c.indices.IntN(n)
	}
	return c.Departing.Choose(site, n)
}

// run runs the program once, with output that is compared. Seed is that of WASI's randomness.
func (e *explorer) run(p *Program, v *spec.Variant, c *Choices, seed uint64, rounds int) *Ending {
	out := &limitedOutput{}
	ending := e.runner.Run(p, Options{Choices: c, Variant: v, Context: e.ctx, Steps: e.Bounds.Steps, Seed: seed, Rounds: rounds,
		Settle: true, Out: out, Err: out})
	ending.output = string(out.text)
	return ending
}

// departures makes the runs with departures, those with fewer first.
func (e *explorer) departures() {
	pending := [][]component.Departure{nil}
	for len(pending) > 0 {
		switch {
		case e.Runs >= e.Bounds.Runs:
			e.CutOff = fmt.Sprintf("--runs %d", e.Bounds.Runs)
			return
		case e.Runs > 0 && !e.tick():
			e.CutOff = "it was stopped"
			return
		}
		departures := pending[0]
		pending = pending[1:]
		c := NewChoices(nil, departures)
		ending := e.run(e.Program, e.Variant, c, 0, 1)
		if e.stopped(ending) {
			return
		}
		e.Runs++
		e.Choices = max(e.Choices, len(c.Made))
		if departures == nil {
			e.Policy = ending
		}
		if ending.Kind == Refused {
			return
		}
		found := Finding{Variant: e.Variant, Departures: departures, Choices: made(c.Made, departures)}
		e.judge(ending, found, c.Made)
		e.numberings(ending, found)
		if ending.Kind == Limit {
			e.CutOff = "a run did not end, and was not departed from"
		} else if len(departures) < e.Bounds.Departures && len(pending) <= e.Bounds.Runs {
			further, all := c.Further()
			if pending = append(pending, further...); !all {
				e.CutOff = "a choice has too many candidates"
			}
		}
	}
}

// stopped reports whether a run was stopped from outside, and so says nothing. Of a policy's run it says where that was.
func (e *explorer) stopped(ending *Ending) bool {
	if e.ctx.Err() == nil {
		return false
	}
	if e.CutOff = "it was stopped"; e.Policy == nil {
		e.Policy = ending
		e.judge(ending, Finding{Variant: e.Variant}, nil)
	}
	return true
}

func made(all []component.Made, departures []component.Departure) (some []component.Made) {
	for _, d := range departures {
		if d.At < len(all) {
			some = append(some, all[d.At])
		}
	}
	return some
}

// random makes a run in which every choice is drawn.
func (e *explorer) random(seed uint64) {
	c := NewChoices(spec.NewRandom(seed), nil)
	ending := e.run(e.Program, e.Variant, c, seed, 1)
	if !e.stopped(ending) {
		e.Random++
		e.judge(ending, Finding{Variant: e.Variant, Seed: &seed}, c.Made)
	}
}

// judge finds what a run under the variant shows by itself, and beside the policy's, if the host answered as in that: what depends on
// the host's answers is no finding.
func (e *explorer) judge(ending *Ending, f Finding, made []component.Made) {
	f.Call, f.Site, f.settling = ending.Call, ending.Site, ending.settling
	switch {
	case ending.Kind == Limit:
		e.Limits++
		f.Kind, f.Text = Limit, ending.Text(e.Program)
		e.add(f)
	case ending.Failed():
		f.Kind, f.Text = ending.Kind, ending.Text(e.Program)
		e.add(f)
	default:
		if call, text := differs(e.Program, e.Policy, ending, "the policy"); text != "" && !slices.ContainsFunc(made, isOtherAnswer) {
			d := f
			d.Kind, d.Call, d.Text = DependsOnChoice, call, text
			e.add(d)
		}
		e.leaks(ending, f)
	}
}

// isOtherAnswer reports whether a choice is of what the host returns, and not the first, which the policy takes.
func isOtherAnswer(m component.Made) bool {
	return strings.HasPrefix(string(m.Site), string(answerSite)) && m.Taken > 0
}

// numberings makes the same run under every other variant, and compares.
func (e *explorer) numberings(ending *Ending, f Finding) {
	for _, v := range spec.Variants {
		if v == e.Variant {
			continue
		}
		other := e.run(e.Program, v, NewChoices(nil, f.Departures), 0, 1)
		if e.stopped(other) {
			return
		}
		e.Runs++
		f.Variant, f.Site, f.key, f.settling = v, other.Site, "", other.settling
		if other.Kind == Limit {
			e.judge(other, f, nil)
			continue
		}
		call, text := differs(e.Program, ending, other, e.Variant.Name)
		switch {
		case text == "":
		case other.stale != nil:
			f.Kind, f.Call, f.Text, f.Site, f.key = UseAfterDrop, call, e.staleText(ending, other), "", fmt.Sprint(other.Step)
			e.add(f)
		default:
			f.Kind, f.Call, f.Text, f.key = DependsOnNumbering, call, text, text
			e.add(f)
		}
	}
}

// differs says how one run differs from another of the same program, and in which call first; empty: it does not.
func differs(p *Program, policy, other *Ending, than string) (call int, text string) {
	for i := range min(len(policy.Results), len(other.Results)) {
		if a, b := policy.Results[i].Text, other.Results[i].Text; a != b {
			return i, fmt.Sprintf("call %d, %s, returns %s, and under %s %s", i+1, p.Calls[i], b, than, a)
		}
	}
	switch {
	case policy.Kind != other.Kind || policy.Call != other.Call || policy.Site != other.Site:
		return other.Call, fmt.Sprintf("%s; under %s: %s", other.Text(p), than, policy.Text(p))
	case policy.output != other.output:
		return other.Call, fmt.Sprintf("the program prints other text than under %s", than)
	}
	return 0, ""
}

// staleText also says what the index named under the variant that is compared with.
func (e *explorer) staleText(ending, other *Ending) string {
	text := other.Text(e.Program)
	if of := ending.watch.found[other.Step]; other.stale.nth < len(of) {
		f := of[other.stale.nth]
		text += fmt.Sprintf("; under %s, the index is %d there, and names %s, made in %s", e.Variant.Name, f.index, withArticle(f.what), f.made.text(e.Program))
	}
	return text
}

// leaks finds what a run leaves, if a second round of the calls leaves more. The rest was kept.
func (e *explorer) leaks(ending *Ending, f Finding) {
	fresh := slices.DeleteFunc(slices.Clone(ending.Left), func(l Left) bool { return l.Call < 0 || e.left[l.key(e.Program)] })
	if len(fresh) == 0 || len(e.Program.Calls) == 0 {
		return
	}
	again := e.run(e.Program, e.Variant, f.choices(), f.seed(), 2)
	if e.stopped(again) {
		return
	}
	for _, l := range fresh {
		if e.left[l.key(e.Program)] {
			continue
		}
		e.left[l.key(e.Program)] = true
		n, twice := count(e.Program, ending.Left, l), count(e.Program, again.Left, l)
		if again.Kind != Returned || twice <= n {
			e.Kept = append(e.Kept, l)
			continue
		}
		f.Kind, f.Call, f.Site, f.left = Leak, l.Call, "", l
		f.Text = leakText(e.Program, l, n, twice)
		f.key = l.key(e.Program)
		e.add(f)
	}
}

func leakText(p *Program, l Left, n, twice int) string {
	return fmt.Sprintf("%s: %d left in %s at the end, made in %s; after a second round of the calls, %d are", l.What, n, l.Instance, l.text(p), twice)
}

func count(p *Program, all []Left, like Left) (n int) {
	for _, l := range all {
		if l.key(p) == like.key(p) {
			n++
		}
	}
	return n
}

// trace is the trace of the run that shows a finding; for a leak, of one round of the calls.
func (e *explorer) trace(f *Finding) string {
	p := *e.Program
	p.Calls = f.Calls
	ctx, cancel := context.WithTimeout(context.Background(), tracing)
	defer cancel()
	steps := e.Bounds.Steps
	if f.Kind == Limit {
		steps = min(steps, mostTraced)
	}
	return e.runner.Run(&p, Options{Choices: f.choices(), Variant: f.Variant, Context: ctx, Steps: steps, Seed: f.seed(), Trace: true,
		Settle: f.settling}).Trace
}

// Of a run that does not end, a trace has as many steps, or what comes in so long.
const (
	mostTraced = 1000
	tracing    = 5 * time.Second
)

func (f *Finding) seed() uint64 {
	if f.Seed != nil {
		return *f.Seed
	}
	return 0
}

// choices are those of the run that shows a finding.
func (f *Finding) choices() *Choices {
	if f.Seed != nil {
		return NewChoices(spec.NewRandom(*f.Seed), nil)
	}
	return NewChoices(nil, f.Departures)
}

// add notes a finding, unless a run before showed it. What several variants show alike is one finding.
func (e *explorer) add(f Finding) {
	key := strings.Join([]string{f.Kind, fmt.Sprint(f.Call), string(f.Site), f.key}, "\n")
	if known, ok := e.seen[key]; ok {
		if f.Variant != known.Variant && !slices.Contains(known.Also, f.Variant) {
			known.Also = append(known.Also, f.Variant)
		}
		return
	}
	e.seen[key] = &f
	f.Calls = e.Program.Calls
	e.Findings = append(e.Findings, &f)
}

func withArticle(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// A limitedOutput keeps the beginning of what a program prints.
type limitedOutput struct{ text []byte }

func (o *limitedOutput) Write(text []byte) (int, error) {
	o.text = append(o.text, text[:min(len(text), 1<<20-len(o.text))]...)
	return len(text), nil
}
