package upstream

import (
	"fmt"
	"slices"
	"strings"

	"cabi/internal/engine"
	"cabi/model"
	"cabi/spec"
)

// An ApartRun is a run on which guests or the host can observe something else of one version than of another, if the specification chooses
// the same on both.
type ApartRun struct {
	World   *model.World
	Actions []model.Action // up to the one after which it can be observed
	// Memory is the instance whose memory differs, if nothing else does: its core code is to load it next. Otherwise it is empty.
	Memory string
	Op     string // the last action
	Kind   string // how the versions differ, in a word or two

	recorded Case
	takers   []string
}

// Apart makes random runs on the port and compares, for each, what guests and the host can observe of two versions; a version is a
// definitions.py, or if it is nil, the port. Every second run is about values, and in every second of either kind guests now
// and then do what they may not. It returns the runs that differ. They are a function of the
// seed and of their numbers, which begin with first. The error is a *BadInput if a definitions.py cannot be run.
func Apart(old, new *engine.Source, seed uint64, first, runs int) ([]*ApartRun, error) {
	p, err := newApartPair(old, new)
	if err != nil {
		return nil, err
	}
	pool := &spec.Pool{}
	defer pool.Close()
	var apart []*ApartRun
	for run := first; run < first+runs; run++ {
		rec := &recorder{memories: true}
		c := newChooser(seedOf(seed, run))
		rec.choices = biasedChoices{c}
		var world *model.World
		if run%2 == 0 {
			rec.actor, world = newValueGenerator(c, rec), randomValueWorld(c)
		} else {
			g := newGenerator(c, rec)
			if run%4 > 1 {
				g.invalid = manyInvalid
			}
			rec.actor, world = g, randomWorld(c)
			if run%8 == 1 { // copies of elements whose size depends on that of pointers
				g.favour["stream"], world.Instances[0].Memory64 = 8, true
			}
		}
		if run%4 > 1 {
			often := 20
			if run%2 == 0 {
				often = 8 // a run about values seldom goes on longer
			}
			rec.actor = perturbing{rec.actor, newChooser(^seedOf(seed, run)), often}
		}
		rec.run(world, false, pool)
		a, err := p.compare(rec)
		if err != nil {
			return nil, err
		}
		if a != nil {
			apart = append(apart, a)
		}
	}
	return apart, nil
}

// manyInvalid is in how many actions of a run one is not what the state allows, where many are.
const manyInvalid = 12

// apartTries is how many runs are made at most to make one that differs smaller.
const apartTries = 400

// Smaller returns a smaller run that differs in the same way, or the run itself.
func Smaller(old, new *engine.Source, a *ApartRun) (*ApartRun, error) {
	p, err := newApartPair(old, new)
	if err != nil {
		return nil, err
	}
	best := a
	s := &smaller{best: a.recorded, takers: a.takers, tries: apartTries, record: func(rec *recorder) { rec.memories = true }}
	s.best.Actions = s.best.Actions[:len(a.Actions)]
	s.kept = func(rec *recorder) (int, error) {
		smaller, err := p.compare(rec)
		if err != nil || smaller == nil || smaller.Op != a.Op || smaller.Kind != a.Kind {
			return -1, err
		}
		if kept := smaller.recorded; lessThan(kept, s.best) {
			best = smaller
		}
		return len(smaller.Actions), nil
	}
	err = s.run()
	return best, err
}

// An apartPair runs cases on two versions.
type apartPair struct{ old, new *interpreter } // nil: the port

func newApartPair(old, new *engine.Source) (p apartPair, err error) {
	for _, side := range []struct {
		source *engine.Source
		to     **interpreter
	}{{old, &p.old}, {new, &p.new}} {
		if side.source == nil {
			continue
		}
		if *side.to, err = newInterpreter(side.source); err != nil {
			return p, err
		}
	}
	return p, nil
}

// linesOn are what a run that was recorded on the port comes to on a version. It is a *BadInput if the version has something where the program knows
// something else.
func (rec *recorder) linesOn(side *interpreter) (lines []string, err error) {
	if side == nil {
		return rec.lines, nil
	}
	defer func() {
		if got := recover(); got != nil {
			err = &BadInput{fmt.Sprintf("%s: what the program knows of the specification's objects is not as in the pin (%v)", side.machine.Source.Name, got)}
		}
	}()
	c := rec.recorded
	c.States = statesMemories
	lines, _ = side.trace(c)
	return lines, nil
}

// compare compares what the versions do in a run that was recorded on the port; nil: they do the same.
func (p apartPair) compare(rec *recorder) (*ApartRun, error) {
	old, err := rec.linesOn(p.old)
	if err != nil {
		return nil, err
	}
	new, err := rec.linesOn(p.new)
	if err != nil {
		return nil, err
	}
	a := whereApart(observed(old), observed(new))
	if a == nil || len(a.Actions) > len(rec.recorded.Actions) || len(a.Actions) > len(takersIn(rec.lines)) {
		return nil, nil
	}
	for i := range a.Actions {
		a.Actions[i] = model.Action(rec.recorded.Actions[i])
	}
	if n := len(a.Actions); n > 0 {
		a.Op = a.Actions[n-1].Op
	}
	a.World, a.recorded, a.takers = rec.recorded.World, rec.recorded, takersIn(rec.lines)[:len(a.Actions)]
	a.recorded.Actions = a.recorded.Actions[:len(a.Actions)]
	return a, nil
}

// observed are the lines of a trace that guests or the host can observe, and the states, which are memories. How a run is stopped can be
// observed, and where cannot.
func observed(lines []string) (seen []string) {
	for _, l := range lines {
		if strings.HasPrefix(l, "c ") || strings.HasPrefix(l, "b ") {
			continue
		}
		if stop, is := strings.CutPrefix(l, "! "); is {
			word, _, _ := strings.Cut(stop, " ")
			l = "! " + word
		}
		seen = append(seen, l)
	}
	return seen
}

// whereApart is where two traces differ first; nil: nowhere. Of its actions, only how many there are is known. A memory that differs
// can be observed where it is the turn of core code that has it.
func whereApart(old, new []string) *ApartRun {
	actions := 0
	for i := range max(len(old), len(new)) {
		a, b := lineAt(old, i), lineAt(new, i)
		if strings.HasPrefix(a, "> ") {
			actions++
		}
		switch {
		case a == b:
		case strings.HasPrefix(a, "s ") && strings.HasPrefix(b, "s "):
			taker, _, _ := strings.Cut(strings.TrimPrefix(lineAt(old, i+1), "> "), " ")
			of := func(state string) string { return memoryLine(state, taker) }
			if lineAt(old, i+1) == lineAt(new, i+1) && of(a) != of(b) {
				return &ApartRun{Actions: make([]model.Action, actions), Memory: taker, Kind: "memory"}
			}
		default:
			return &ApartRun{Actions: make([]model.Action, actions), Kind: markOf(a) + " " + markOf(b)}
		}
	}
	return nil
}

// memoryLine is the line of a state about the memory of an instance.
func memoryLine(state, instance string) string {
	lines := strings.Split(strings.TrimPrefix(state, "s "), "\n")
	if i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "memory "+instance+" ") }); i >= 0 {
		return lines[i]
	}
	return ""
}

// markOf is what kind of line one is: its mark, and of a stop, how.
func markOf(line string) string {
	if strings.HasPrefix(line, "! ") {
		return line
	}
	word, _, _ := strings.Cut(line, " ")
	return word
}
