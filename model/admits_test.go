package model

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cabi/spec"
)

// A logWriter makes a random run of a world, as its actor and its choices, and so a log that a run explains. An action that the specification
// stops is taken back, by another run without it.
type logWriter struct {
	rng     *rand.Rand
	world   *World
	length  int // actions
	actions []Action
	choices []uint32
	before  []int // choices before each action
	next    int
	chosen  int
}

// randomLog is the trace of a random run, of so many actions at most.
func randomLog(w *World, seed uint64, length int) *Trace {
	g := &logWriter{rng: rand.New(rand.NewPCG(seed, 17)), world: w, length: length}
	for tries := 0; ; tries++ {
		g.next, g.chosen = 0, 0
		r := NewRun(w, spec.Options{Choices: g}, g)
		r.recorder = &recorder{}
		r.Main()
		r.recorder.flush()
		r.Close()
		if r.Stopped == nil || tries > length || len(g.actions) == 0 {
			return &Trace{World: w, Variant: spec.SingleTable, Choices: g.choices, Lines: numbered(r.recorder.lines)}
		}
		g.actions, g.choices, g.before = g.actions[:len(g.actions)-1], g.choices[:g.before[len(g.actions)-1]], g.before[:len(g.actions)-1]
	}
}

// numbered are lines with their numbers in a file.
func numbered(lines []Line) []Line {
	for i := range lines {
		lines[i].Number = i + 2
	}
	return lines
}

func (g *logWriter) Next(r *Run, at *Activation) Action {
	if g.next == len(g.actions) {
		menu := r.Menu(at, g.world.Bounds, RightClassIndex)
		if len(g.actions) == g.length || len(menu) == 0 {
			return Action{}
		}
		g.actions, g.before = append(g.actions, menu[g.rng.IntN(len(menu))]), append(g.before, len(g.choices))
	}
	g.next++
	return g.actions[g.next-1]
}

func (g *logWriter) Choose(_ spec.Site, n int) int {
	if g.chosen == len(g.choices) {
		g.choices = append(g.choices, uint32(g.rng.IntN(n)))
	}
	g.chosen++
	return int(g.choices[g.chosen-1])
}

// logWorlds are worlds in which the specification has choices.
var logWorlds = []string{"events", "waits", "switches", "host-reads", "calls", "cancel", "callbacks", "waitables", "children"}

func eachLogWorld(t *testing.T, f func(t *testing.T, w *World)) {
	for _, name := range logWorlds {
		if w := WorldByName(name); w != nil {
			t.Run(name, func(t *testing.T) { f(t, w) })
		}
	}
}

func admitted(t *testing.T, log *Trace, options AdmitOptions) *Admission {
	t.Helper()
	found, err := NewLog(log).Admit(options)
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	return found
}

// Every run's log is admitted without its choices, whatever of it is left out, and the run that explains it is one: it can be replayed.
func TestAdmitsItsOwnRuns(t *testing.T) {
	eachLogWorld(t, func(t *testing.T, w *World) {
		other := 0
		for seed := range uint64(60) {
			log := randomLog(w, seed, 25)
			found := admitted(t, thinned(log, seed), AdmitOptions{})
			if found.Verdict != Admitted {
				t.Fatalf("seed %d is %s, in line %d: %v\n%s", seed, found.Verdict, found.Line, found.Refusal, log)
			}
			given := *thinned(log, seed)
			given.Choices = found.Run.Choices
			if again, err := RunTrace(&given, spec.SingleTable); err != nil || again.Departure() != "" {
				t.Fatalf("seed %d: %v, %s\n%s\n%s", seed, err, again.Departure(), &given, found.Run)
			}
			if !slices.Equal(found.Run.Choices, withoutTrailingZeros(log.Choices)) {
				other++
			}
		}
		t.Logf("%d have other choices", other)
	})
}

// thinned is a log without its choices, changes of tables, and some of its results, entries and ends.
func thinned(t *Trace, seed uint64) *Trace {
	rng := rand.New(rand.NewPCG(seed, 18))
	thin := *t
	thin.Choices, thin.Lines = nil, nil
	for _, l := range t.Lines {
		l.Notes = ""
		if (l.Kind == LineEnter || l.Kind == LineDone) && rng.IntN(2) == 0 {
			continue
		}
		if l.Kind != LineStop && rng.IntN(3) == 0 {
			l.Results = ""
		}
		thin.Lines = append(thin.Lines, l)
	}
	return &thin
}

// Whether a changed log is admitted, and how much of it can be explained, is the same as when all choices are tried one by one.
func TestAdmitsAsBruteForce(t *testing.T) {
	eachLogWorld(t, func(t *testing.T, w *World) {
		verdicts := map[LogVerdict]int{}
		for seed := range uint64(150) {
			log := changed(thinned(randomLog(w, seed, 12), seed), seed)
			if log == nil {
				continue
			}
			want, line, complete := bruteForce(log)
			if !complete {
				continue
			}
			found := admitted(t, log, AdmitOptions{anyHost: true})
			verdicts[found.Verdict]++
			if found.Verdict != want {
				t.Fatalf("seed %d is %s, want %s\n%s%v", seed, found.Verdict, want, log, found.Refusal)
			}
			if want == Refused && (found.Refusal.Line == nil || found.Refusal.Line.Number != line) {
				t.Fatalf("seed %d is refused in %v, want line %d\n%s", seed, found.Refusal, line, log)
			}
		}
		t.Log(verdicts)
		if verdicts[Refused] < 5 {
			t.Errorf("verdicts %v: too few to compare", verdicts)
		}
	})
}

// changed is a log with one result, or one number of an entry, changed, or two lines swapped; nil: there is nothing to change.
func changed(t *Trace, seed uint64) *Trace {
	rng := rand.New(rand.NewPCG(seed, 19))
	other := *t
	other.Lines = slices.Clone(t.Lines)
	var places []int
	for i, l := range t.Lines {
		if l.Kind != LineStop && l.Results != "" || l.Kind == LineEnter {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return nil
	}
	l := &other.Lines[places[rng.IntN(len(places))]]
	text := &l.Results
	if l.Kind == LineEnter {
		text = &l.Text
	}
	words := strings.Fields(*text)
	k := rng.IntN(len(words))
	words[k] += "1"
	if n := rng.IntN(4); n > 0 && l.Kind != LineEnter {
		words[k] = []string{"0", "1", "2", "4294967295"}[n]
	}
	*text = strings.Join(words, " ")
	return &other
}

// bruteForce tries all choices of a log, one run for each, and says how the log is to be judged and in which line it is refused.
func bruteForce(log *Trace) (verdict LogVerdict, line int, complete bool) {
	tapes := [][]uint32{nil}
	for tries := 0; len(tapes) > 0; tries++ {
		if tries == 20000 {
			return Unsettled, 0, false
		}
		tape := tapes[len(tapes)-1]
		tapes = tapes[:len(tapes)-1]
		b := &Branching{Tape: tape}
		furthest := runChoosing(log, b)
		if furthest == 0 {
			return Admitted, 0, true
		}
		line = max(line, furthest)
		tapes = append(tapes, b.Alternatives...)
	}
	return Refused, line, true
}

// runChoosing replays a log with choices, and returns the number of the line that departs or cannot be taken; 0: none.
func runChoosing(log *Trace, b *Branching) int {
	f := &replayActor{lines: log.Lines, names: bindings{}, awaited: map[*Activation]Line{}, recorder: &recorder{}}
	r := NewRun(log.World, spec.Options{Choices: b, Variant: log.Variant}, f)
	defer r.Close()
	r.recorder, r.Observer = f.recorder, f
	r.Main()
	f.recorder.flush()
	got := f.recorder.lines
	for i := range log.Lines {
		for len(got) > 0 && !f.names.matches(log.Lines[i], got[0]) && (got[0].Kind == LineEnter || got[0].Kind == LineDone) {
			got = got[1:]
		}
		if len(got) == 0 || !f.names.matches(log.Lines[i], got[0]) {
			return log.Lines[i].Number
		}
		got = got[1:]
	}
	return 0
}
