package diff

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"cabi/model"
	"cabi/properties"
	"cabi/suite"
)

// Traces are the reference traces that were replayed on the new version.
type Traces struct {
	Replayed int       `json:"replayed"`
	Departs  []Departs `json:"departs"`
	Arrives  []Departs `json:"arrives"` // the reverse: they happen on the new version, and not on the old one
	Cannot   []string  `json:"cannot"`  // cannot be run on one of the versions
}

// A Departs is a reference trace that does not happen on the new version, under any choice, and does on the old one.
type Departs struct {
	Name string `json:"name"`
	At   string `json:"at"` // the line that does not happen
	Got  string `json:"got"`
}

//go:embed findings
var findingFiles embed.FS

// A Finding is a violation that the pin is known to have.
type Finding struct {
	World    string  `json:"world"`
	Property string  `json:"property"`
	Kind     string  `json:"kind"`
	Shape    string  `json:"shape,omitempty"` // what caused it: tells it from others of its kind
	Actions  int     `json:"actions"`
	Verdict  Verdict `json:"verdict"`
	How      string  `json:"how,omitempty"` // what happens instead
	Trace    string  `json:"trace,omitempty"`

	violation *model.Violation // of the old version
	shown     *model.Trace     // that showed it there
	departs   bool             // the trace does not happen on the new version
	happens   string           // when it is replayed on the new version
	unchecked bool             // the promise cannot be checked on the new version
	goesOn    bool             // at its end, a thread can go on on the new version, and none could on the old one
}

// A Verdict is what became of a finding, or of a promise.
type Verdict string

const (
	Left    Verdict = "left"        // the same trace violates the same promise
	Cured   Verdict = "cured"       // the trace violates nothing, and no other was found
	Changed Verdict = "changed"     // the trace violates the promise otherwise, or another trace violates it
	New     Verdict = "new"         // only the new version has it
	Unknown Verdict = "not checked" // the promise cannot be checked on the new version
)

// tracesOf reads the traces of a folder, by name.
func tracesOf(files fs.FS, dir string) (map[string]*model.Trace, []string, error) {
	traces := map[string]*model.Trace{}
	var names []string
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		name, is := strings.CutSuffix(e.Name(), ".cabi")
		if !is {
			continue
		}
		f, err := files.Open(path.Join(dir, e.Name()))
		if err != nil {
			return nil, nil, err
		}
		t, err := model.ReadTrace(f)
		f.Close()
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", e.Name(), err)
		}
		traces[name] = t
		names = append(names, name)
	}
	return traces, names, nil
}

// observable is a trace without what guests and the host cannot observe: the changes of tables, and where a run is stopped.
func observable(t *model.Trace) *model.Trace {
	plain := *t
	plain.Lines, plain.Violates = slices.Clone(t.Lines), ""
	for i := range plain.Lines {
		l := &plain.Lines[i]
		l.Notes = ""
		if l.Kind == model.LineStop {
			l.Results, l.Text = "", stopWord(l.Text)
		}
	}
	return &plain
}

// stops reports whether a trace says that the run is stopped.
func stops(t *model.Trace) bool {
	return slices.ContainsFunc(t.Lines, func(l model.Line) bool { return l.Kind == model.LineStop })
}

func stopWord(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// on is a trace that is replayed on a version.
func (v *Version) on(t *model.Trace) *model.Trace {
	there := *t
	there.Source = v.Source
	if v.Variant != nil {
		there.Variant = v.Variant
	}
	return &there
}

// departure is where a trace departs on a version, whatever the specification chooses; nil: it happens there.
func (v *Version) departure(t *model.Trace) (*Departs, error) {
	there := v.on(t)
	options := model.ReplayOptions{Variant: there.Variant}
	again, err := options.Run(there)
	if err == nil && again.Departs == nil {
		if again.Stopped != nil && !stops(t) {
			return &Departs{At: "that the run goes on", Got: "the run stops: " + again.Stopped.Error()}, nil
		}
		return nil, nil
	}
	if others, complete := options.OtherChoices(there); others != nil {
		return nil, nil
	} else if !complete {
		return nil, fmt.Errorf("not all choices could be tried")
	}
	if err != nil {
		return &Departs{At: err.Error(), Got: "not possible"}, nil
	}
	return &Departs{At: again.Departs.String(), Got: again.Got}, nil
}

// replayTraces replays the reference suite on both versions.
func (c *comparison) replayTraces() error {
	traces, names, err := tracesOf(suite.Traces, "traces")
	if err != nil {
		return err
	}
	for _, name := range names {
		c.traces = append(c.traces, traces[name])
	}
	results := make([]struct {
		departs, arrives *Departs
		cannot           string
		ran              []int
	}, len(names))
	c.each("reference traces", len(names), func(i int) {
		t := observable(traces[names[i]])
		if why := c.cannotReplay(t); why != "" {
			results[i].cannot = names[i] + ": " + why
			return
		}
		new := c.New.noting()
		departs, err := new.departure(t)
		if new.onPython() {
			results[i].ran = c.text.ranTouched(new)
		}
		if err != nil {
			results[i].cannot = names[i] + ": " + err.Error()
		} else if departs != nil {
			if old, _ := c.Old.departure(t); old == nil {
				departs.Name = names[i]
				results[i].departs = departs
			}
		} else if c.Old.onPython() && !c.Old.Source.IsPin() { // at the pin, all happen
			if old, err := c.Old.departure(t); err == nil && old != nil {
				old.Name = names[i]
				results[i].arrives = old
			}
		}
	})
	for i, r := range results {
		for _, line := range r.ran {
			c.text.reached[line] = true
		}
		if len(r.ran) > 0 {
			c.ran = append(c.ran, ranTrace{traces[names[i]], r.ran})
		}
		if r.cannot != "" {
			c.report.Traces.Cannot = append(c.report.Traces.Cannot, r.cannot)
			continue
		}
		c.report.Traces.Replayed++
		if r.departs != nil {
			c.report.Traces.Departs = append(c.report.Traces.Departs, *r.departs)
			c.found("the reference trace %s departs: %s, where the trace says %s", r.departs.Name, r.departs.Got, r.departs.At)
		}
		if r.arrives != nil {
			c.report.Traces.Arrives = append(c.report.Traces.Arrives, *r.arrives)
			c.found("the reference trace %s happens on %s alone", r.arrives.Name, c.New.Name)
		}
		if r.departs != nil || r.arrives != nil {
			c.apart = append(c.apart, traces[names[i]])
		}
	}
	return nil
}

func (c *comparison) cannotReplay(t *model.Trace) string {
	for _, v := range []*Version{c.Old, c.New} {
		if why := v.fits(t.World); why != "" {
			return why
		}
	}
	return ""
}

// each does something n times, on as many cores as there are workers.
func (c *comparison) each(stage string, n int, do func(i int)) {
	var at, done atomic.Int64
	var mutex sync.Mutex
	var group sync.WaitGroup
	for range max(1, c.Workers) {
		group.Go(func() {
			for i := int(at.Add(1)) - 1; i < n; i = int(at.Add(1)) - 1 {
				mutex.Lock()
				goes := c.step(stage, int(done.Load()), n)
				mutex.Unlock()
				if !goes {
					return
				}
				do(i)
				done.Add(1)
			}
		})
	}
	group.Wait()
}

// replayFindings replays the traces of the findings on the new version.
func (c *comparison) replayFindings() error {
	traces, names, err := tracesOf(findingFiles, "findings")
	if err != nil {
		return err
	}
	for i, name := range names {
		c.findings = append(c.findings, traces[name])
		if !c.step("findings", i, len(names)) {
			return nil
		}
		f, err := c.replayFinding(traces[name])
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if f != nil {
			c.report.Findings = append(c.report.Findings, *f)
		}
	}
	return nil
}

// replayFinding replays the trace of a finding; nil: the old version does not have it.
func (c *comparison) replayFinding(t *model.Trace) (*Finding, error) {
	if c.cannotReplay(t) != "" {
		return nil, nil
	}
	f := &Finding{World: t.World.Name, Property: t.ClaimedProperty(), Actions: actionsIn(t), shown: t}
	before, err := replayOn(c.Old, t)
	if err != nil {
		return nil, err
	}
	if c.notOld.add(before.not); len(before.found) == 0 {
		return nil, nil
	}
	f.violation = before.found[len(before.found)-1] // the trace ends with it
	f.Kind, f.Shape = f.violation.Kind, f.violation.Shape
	after, err := replayOn(c.New, t)
	if err != nil {
		return nil, err
	}
	c.notNew.add(after.not)
	f.happens, f.departs, f.goesOn = after.how, after.departs, after.ready && !before.ready
	switch v := after.like(c.New, c.Old, f.violation); {
	case v != nil && c.New.plain(v).Kind == c.Old.plain(f.violation).Kind:
		f.Verdict = Left
	case v != nil:
		f.Verdict, f.How = Changed, v.Message
	case after.departs:
		f.Verdict, f.How = Cured, after.how
	default:
		f.Verdict, f.How = Cured, after.how+", and the promise holds"
	}
	return f, nil
}

func actionsIn(t *model.Trace) (n int) {
	for _, l := range t.Lines {
		if l.Kind == model.LineAction {
			n++
		}
	}
	return n
}

// A replayedFinding is the trace of a finding, replayed on a version.
type replayedFinding struct {
	found   []*model.Violation // of the promise, by their shapes; nil: it holds
	actions int                // of the trace
	how     string             // what happens
	departs bool
	ready   bool      // a thread can go on at its end
	not     unchecked // the promise, if it cannot be checked on the version
}

// like is what was found on a version that is the same as a violation of another, whose trace it is; nil: nothing is. What the same last action
// violates, in a trace that happens again, is the same, however the versions tell it apart.
func (r *replayedFinding) like(v, other *Version, of *model.Violation) *model.Violation {
	i := slices.IndexFunc(r.found, func(x *model.Violation) bool {
		return v.same(x, other, of) || !r.departs && x.Actions == r.actions
	})
	if i < 0 {
		return nil
	}
	return r.found[i]
}

// replayOn replays the trace of a finding on a version.
func replayOn(v *Version, t *model.Trace) (*replayedFinding, error) {
	p := properties.ByName(t.ClaimedProperty())
	if p == nil {
		return nil, fmt.Errorf("there is no promise %s", t.ClaimedProperty())
	}
	checker, last := p.New(), &lastState{}
	again, err := runOn(v, t, checker, last)
	if err != nil || again.Departs != nil {
		plain := observable(t)
		if others, _ := (model.ReplayOptions{Variant: v.on(t).Variant}).OtherChoices(v.on(plain)); others != nil {
			plain.Choices, checker, last = others, p.New(), &lastState{}
			again, err = runOn(v, plain, checker, last)
		}
	}
	r := &replayedFinding{ready: last.ready, actions: actionsIn(t)}
	if err == nil {
		r.found, r.not = again.Found, again.CannotCheck([]*model.Property{p})
	}
	switch {
	case err != nil:
		r.departs, r.how = true, "it cannot be done: "+err.Error()
	case again.Departs != nil:
		r.departs, r.how = true, fmt.Sprintf("%s, where %s was", again.Got, again.Departs)
	default:
		r.how = "the same happens"
	}
	return r, nil
}

// runOn runs a trace on a version.
func runOn(v *Version, t *model.Trace, checkers ...model.Checker) (*model.Replay, error) {
	there := v.on(t)
	return model.ReplayOptions{Variant: there.Variant, Checkers: checkers, ByShape: true}.Run(there)
}

// A lastState remembers whether a thread could go on in the last state of a run. It checks nothing.
type lastState struct {
	model.BaseChecker
	ready bool
}

// Settled notes whether a thread can go on.
func (l *lastState) Settled(r *model.Run) { l.ready = r.SomeReady() }
