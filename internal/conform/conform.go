package conform

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"slices"
	"time"

	"cabi/adapter"
	"cabi/model"
	"cabi/shrink"
	"cabi/spec"
	"cabi/suite"
)

// Options say how an implementation is tested.
type Options struct {
	Command []string // that starts the adapter, with its arguments
	// Worlds are what runs are made in: every other one in the first, and those between in the others, one after the other.
	Worlds []*model.World
	// Scenes are traces whose actions are taken before those that are drawn, as far as they can be taken.
	Scenes    []*model.Trace
	Variants  []*spec.Variant // under any of which the implementation may number handles: the same in all runs
	Seed      uint64
	Runs      int // how many to make; 0: until the test is stopped
	Timeout   time.Duration
	KeepGoing bool // after the first difference
	// Progress is told of the report so far. If it returns false, the test stops. It may be nil.
	Progress func(*Report) bool
}

// A Report is the result of a test.
type Report struct {
	Name        string // that the adapter gives
	Runs        int
	Actions     int
	Shapes      int               // of states, that were reached
	Traps       map[string]int    // runs that ended with a trap which the implementation has too, by its site
	Unsupported map[string]int    // actions that the adapter refused, by kind
	Declared    []string          // that the adapter does not support
	NotMade     map[string]string // worlds that the adapter does not support, and why
	Worlds      []string          // that were tested
	Undecided   int               // runs that cannot be judged: a search for an explanation reached a limit
	Undefined   int               // runs that ended where the specification fails an assert or crashes
	Differences []*Difference     // the first of each kind
	Variants    []*spec.Variant
	Stopped     bool // by Progress
	ShrinkRuns  int  // that were made to shrink differences
}

// A BadAdapter is that a command cannot be tested.
type BadAdapter struct{ Why string }

func (e *BadAdapter) Error() string { return e.Why }

// A tester makes runs.
type tester struct {
	Options
	grounds     []*ground // of the worlds, and then of the scenes
	scenes      []*scene
	report      *Report
	process     *process // nil: none runs
	unsupported []string
	variants    []*spec.Variant // that are left
	tried       map[string]bool // traps, by site and action
	known       map[string]*Difference
	failures    int // of the adapter
}

// A scene is a trace whose actions are taken.
type scene struct {
	ground *ground
	steps  []shrink.Step
}

func (t *tester) addScene(trace *model.Trace) {
	s := &scene{newGround(trace.World), shrink.StepsOf(trace)}
	t.scenes, t.grounds = append(t.scenes, s), append(t.grounds, s.ground)
}

func (s *scene) conversation() *conversation {
	return &conversation{ground: s.ground, plan: s.steps, length: len(s.steps), scene: s}
}

// A ground is a world in which runs are made.
type ground struct {
	world     *model.World
	asked     json.RawMessage // the world as an adapter gets it
	dialogues *model.DialogueWorld
	seen      map[uint64]bool // shapes
	corpus    [][]shrink.Step // of runs that had a new shape
	refused   bool            // the adapter does not support the world
	used      bool
}

func newGround(w *model.World) *ground {
	bare := model.World{Name: w.Name, Instances: w.Instances, Resources: w.Resources, Funcs: w.Funcs, Imports: w.Imports, Limits: w.Limits}
	text, err := json.Marshal(&bare)
	if err != nil {
		panic(err) // its fields are all plain
	}
	return &ground{world: w, asked: text, dialogues: model.NewDialogueWorld(w), seen: map[uint64]bool{}}
}

// Test tests an implementation.
func Test(o Options) (*Report, error) {
	t := &tester{Options: o, variants: slices.Clone(o.Variants), tried: map[string]bool{}, known: map[string]*Difference{},
		report: &Report{Traps: map[string]int{}, Unsupported: map[string]int{}, NotMade: map[string]string{}}}
	for _, w := range o.Worlds {
		t.grounds = append(t.grounds, newGround(w))
	}
	for _, trace := range o.Scenes {
		t.addScene(trace)
	}
	defer t.end()
	if err := t.begin(); err != nil {
		return nil, err
	}
	for n := 0; t.goesOn(); n++ {
		if done, err := t.one(n); done || err != nil {
			return t.report, errors.Join(err, t.conclude())
		}
	}
	return t.report, t.conclude()
}

// mostFailures is how often an adapter may fail, so that one that always does is given up. That it hangs counts more often.
const mostFailures = 300

var weights = map[string]int{Hangs: 30, Dies: 1, Floods: 1, Rubbish: 1}

// goesOn reports whether another run is made.
func (t *tester) goesOn() bool {
	return (t.Runs == 0 || t.report.Runs < t.Runs) && t.failures < mostFailures && (t.KeepGoing || len(t.report.Differences) == 0) && !t.mustStop()
}

// conclude completes the report.
func (t *tester) conclude() error {
	t.report.Variants = t.variants
	for _, g := range t.grounds {
		t.report.Shapes += len(g.seen)
		if g.used {
			t.report.Worlds = append(t.report.Worlds, g.world.Name)
		}
	}
	if len(t.report.Worlds) == 0 && len(t.report.NotMade) > 0 {
		name := t.grounds[0].world.Name
		return &BadAdapter{fmt.Sprintf("the adapter does not support the world %s: %s", name, t.report.NotMade[name])}
	}
	return nil
}

func (t *tester) mustStop() bool {
	if t.Progress != nil && !t.report.Stopped && !t.Progress(t.report) {
		t.report.Stopped = true
	}
	return t.report.Stopped
}

// begin starts the adapter for the first time. One that does not say hello cannot be tested.
func (t *tester) begin() error {
	err := t.start()
	var failure *Failure
	if !errors.As(err, &failure) {
		return err
	}
	text := fmt.Sprintf("%s does not speak the protocol, which docs/conform.md states: asked %s, it %s: %s", t.Command[0], failure.Asked, failure.Kind, failure.Why)
	if failure.Said != "" {
		text += fmt.Sprintf("; it said %q", failure.Said)
	}
	if failure.Err != "" {
		text += "; on standard error: " + failure.Err
	}
	return &BadAdapter{text}
}

// mostToStart is how long the first answer may take, whatever the timeout: the command may have to compile the adapter.
const mostToStart = time.Minute

// start starts the adapter, and says hello.
func (t *tester) start() error {
	p, err := start(t.Command, max(t.Timeout, mostToStart))
	if err != nil {
		return &BadAdapter{fmt.Sprintf("cannot start the adapter: %v", err)}
	}
	t.process = p
	defer func() { p.timeout = t.Timeout }()
	r, err := p.ask(&adapter.Request{Kind: "hello", Version: adapter.Version})
	switch {
	case err != nil:
		return err
	case r.Kind != "hello" || r.Name == "":
		return p.failure(Rubbish, `a hello is due, with the name of the implementation`, text(&adapter.Request{ID: 1, Kind: "hello", Version: adapter.Version}), "")
	case r.Version != adapter.Version:
		return &BadAdapter{fmt.Sprintf("the adapter speaks version %d of the protocol, and this is version %d", r.Version, adapter.Version)}
	}
	for _, op := range r.Unsupported {
		if !slices.Contains(model.Ops(), op) {
			return &BadAdapter{fmt.Sprintf("the adapter says that it does not support %q, which is no action", op)}
		}
	}
	t.report.Name, t.report.Declared, t.unsupported = r.Name, r.Unsupported, r.Unsupported
	return nil
}

// ground is where a run is made; nil: the adapter supports none of the worlds.
func (t *tester) ground(n int) *ground {
	places := []int{0}
	if k := len(t.Worlds) - 1; k > 0 && n%2 == 1 {
		places[0] = 1 + n/2%k
	}
	for i := range t.Worlds {
		places = append(places, i)
	}
	for _, i := range places {
		if !t.grounds[i].refused {
			return t.grounds[i]
		}
	}
	return nil
}

// end ends the adapter, and what it was compared with.
func (t *tester) end() {
	t.endProcess()
	for _, g := range t.grounds {
		g.dialogues.Close()
	}
}

func (t *tester) endProcess() {
	if t.process != nil {
		t.process.kill()
		t.process = nil
	}
}

// converse leads a conversation with an adapter that runs.
func (t *tester) converse(c *conversation) (*Difference, error) {
	c.tester = t
	if t.process == nil {
		if err := c.keepFailure(t.start()); err != nil {
			return nil, err
		}
	}
	c.process = t.process
	d, err := c.run()
	if d != nil && d.Failure != nil {
		t.failures += weights[d.Kind]
		t.endProcess()
	}
	return d, err
}

// one makes the run of a number; done: there is none.
func (t *tester) one(n int) (done bool, err error) {
	c := t.conversation(n)
	if c == nil {
		return true, nil
	}
	d, err := t.converse(c)
	for try := 1; try < mostTries && d == nil && err == nil && c.misses(); try++ {
		c = t.conversation(n)
		d, err = t.converse(c)
	}
	if err != nil || c.ground.refused {
		return false, err
	}
	t.report.Runs++
	c.ground.used = true
	c.ground.keep(c)
	if d != nil {
		return false, t.differ(d, c)
	}
	return false, nil
}

// conversation is the run of a number, which is still to be led; nil: there is none.
func (t *tester) conversation(n int) *conversation {
	if n < len(t.scenes) {
		return t.scenes[n].conversation()
	}
	if g := t.ground(n - len(t.scenes)); g != nil {
		return t.drawn(n-len(t.scenes), g)
	}
	return nil
}

// drawn is the run of a number in a world, with actions that are drawn.
func (t *tester) drawn(n int, g *ground) *conversation {
	c := &conversation{ground: g, drawer: model.NewDrawer(t.Seed, uint64(n))}
	rng := c.drawer.Rand()
	c.length = 3 + min(rng.IntN(longest-3), rng.IntN(longest-3))
	c.plan = g.begun(rng)
	return c
}

const (
	longest  = 60      // actions of a run
	mostKept = 1 << 12 // runs in the corpus
)

// begun are steps that a run begins with: often the first of an earlier one.
func (g *ground) begun(rng *rand.Rand) []shrink.Step {
	k := len(g.corpus)
	if k == 0 || rng.IntN(4) == 0 {
		return nil
	}
	from := g.corpus[k-1-min(rng.IntN(k), rng.IntN(k))] // a late one, rather than an early one
	return from[:rng.IntN(len(from)+1)]
}

// keep keeps a run that reached a new shape.
func (g *ground) keep(c *conversation) {
	before := len(g.seen)
	for _, s := range c.shapes {
		g.seen[s] = true
	}
	if len(g.seen) > before && len(c.steps) > 0 {
		g.corpus = append(g.corpus, shrink.Renumber(c.steps))
		if len(g.corpus) > mostKept {
			g.corpus = g.corpus[1:]
		}
	}
}

// differ notes a difference, and shrinks it if it is the first of its kind.
func (t *tester) differ(d *Difference, c *conversation) error {
	if first := t.known[d.Key()]; first != nil {
		first.Times++
		return nil
	}
	d.Run, d.Before, d.Times = t.report.Runs, d.Actions, 1
	small, err := t.shrink(d, c)
	if err != nil {
		return err
	}
	t.known[d.Key()] = small
	t.report.Differences = append(t.report.Differences, small)
	return nil
}

// Worlds are the named worlds, everything first.
func Worlds() []*model.World {
	var worlds []*model.World
	for _, w := range model.Worlds {
		if w.OnPort() != nil {
			continue
		}
		full, _ := w.Complete()
		if w.Name == "everything" {
			worlds = append([]*model.World{full}, worlds...)
		} else {
			worlds = append(worlds, full)
		}
	}
	return worlds
}

// Scenes are the reference traces.
func Scenes() ([]*model.Trace, error) {
	names, err := fs.Glob(suite.Traces, "traces/*.cabi")
	if err != nil {
		return nil, err
	}
	var scenes []*model.Trace
	for _, name := range names {
		f, err := suite.Traces.Open(name)
		if err != nil {
			return nil, err
		}
		t, err := model.ReadTrace(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		scenes = append(scenes, t)
	}
	return scenes, nil
}
