package model

import (
	"math/rand/v2"
	"reflect"
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
var logWorlds = []string{"waitables", "tasks", "callbacks", "threads", "switches", "reentrance", "error-contexts", "relends", "sharing", "everything",
	"children", "loops", "host-reads", "helpers"}

func eachLogWorld(t *testing.T, f func(t *testing.T, w *World)) {
	for _, name := range logWorlds {
		t.Run(name, func(t *testing.T) { f(t, WorldByName(name)) })
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
	others := 0
	eachLogWorld(t, func(t *testing.T, w *World) {
		for seed := range uint64(40) {
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
			for _, c := range found.Run.Choices {
				others += min(int(c), 1)
			}
		}
	})
	if others < 200 {
		t.Errorf("the specification chose otherwise than the first only %d times", others)
	}
}

// With names in place of numbers a run's log is admitted under every way to number handles, as long as its actions do not depend on that.
func TestAdmitsNames(t *testing.T) {
	for _, name := range []string{"waitables", "tasks", "callbacks", "relends", "sharing"} {
		for seed := range uint64(25) {
			log := randomLog(WorldByName(name), seed, 15)
			named, err := WithNames(log)
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, log)
			}
			named.Choices = nil
			for _, variant := range []*spec.Variant{spec.SingleTable, spec.VariantByName("single-sequential")} {
				found := admitted(t, named, AdmitOptions{Variant: variant})
				if found.Verdict != Admitted {
					t.Fatalf("%s, seed %d, %s: %s: %v\n%s", name, seed, variant.Name, found.Verdict, found.Refusal, named)
				}
			}
		}
	}
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
		for seed := range uint64(100) {
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
		if l.Kind != LineStop && l.Results != "" || l.Kind == LineEnter && strings.Contains(l.Text, " ") {
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
	if l.Kind == LineEnter {
		k = max(1, k)
	}
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

// A log in which two actions, with all that happens in between, are replaced by a gap is admitted, and the run that explains it is one.
func TestAdmitsGaps(t *testing.T) {
	for _, name := range []string{"waitables", "tasks", "callbacks", "threads", "error-contexts", "relends"} {
		w := WorldByName(name)
		for seed := range uint64(25) {
			log := withGap(thinned(randomLog(w, seed, 8), seed), seed)
			found := admitted(t, log, AdmitOptions{Gap: 2, MaxStates: 20000})
			if found.Verdict != Admitted {
				t.Fatalf("seed %d is %s: %v\n%s", seed, found.Verdict, found.Refusal, log)
			}
			if again, err := RunTrace(found.Run, spec.SingleTable); err != nil || again.Departure() != "" {
				t.Fatalf("seed %d: %v, %s\n%s", seed, err, again.Departure(), found.Run)
			}
		}
	}
}

// withGap is a log with a gap in place of two actions and what follows these; of a log with fewer, the log.
func withGap(t *Trace, seed uint64) *Trace {
	var actions []int
	for i, l := range t.Lines {
		if l.Kind == LineAction {
			actions = append(actions, i)
		}
	}
	if len(actions) < 3 {
		return t
	}
	k := rand.New(rand.NewPCG(seed, 20)).IntN(len(actions) - 2)
	gap := *t
	gap.Lines = slices.Concat(t.Lines[:actions[k]], []Line{{Kind: LineGap}}, t.Lines[actions[k+2]:])
	return &gap
}

// A log that is read line by line has the same answer as one that is read before.
func TestAdmitsStreams(t *testing.T) {
	w := WorldByName("waitables")
	for seed := range uint64(60) {
		log := thinned(randomLog(w, seed, 12), seed)
		if c := changed(log, seed); c != nil && seed%2 == 0 {
			log = c
		}
		text := log.String()
		if seed%3 == 0 {
			text = log.JSON()
		}
		streamed, err := ReadLog(strings.NewReader(text), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		got, err := streamed.Admit(AdmitOptions{})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if want := admitted(t, log, AdmitOptions{}); got.Verdict != want.Verdict || got.Run.text() != want.Run.text() || !reflect.DeepEqual(got.Refusal.texts(), want.Refusal.texts()) {
			t.Errorf("seed %d is %s, want %s\n%s", seed, got.Verdict, want.Verdict, text)
		}
	}
}

func (t *Trace) text() string {
	if t == nil {
		return ""
	}
	return t.String()
}

func (r *Refusal) texts() []string {
	if r == nil {
		return nil
	}
	return append(append([]string{r.Line.String()}, r.Results...), r.Instead...)
}

// A changed result is found again as the reason, or a nearer line that would do.
func TestReasons(t *testing.T) {
	const text = `world handles
A: resource.new R 7 -> 1
A: resource.new R 8 -> 2
A: resource.drop R 1
A: resource.new R 9 -> 3
A: resource.drop R 2
`
	log, err := ParseTrace(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	l := NewLog(log)
	found := admitted(t, log, AdmitOptions{})
	reasons, err := l.Reasons(AdmitOptions{}, found)
	if err != nil || len(reasons) != 2 {
		t.Fatalf("%v, %v", reasons, err)
	}
	if r := reasons[0]; r.Line.Number != 5 || r.LeftOut || r.Then != nil {
		t.Errorf("the line itself: %v", r)
	}
	if r := reasons[1]; r.Line.Number != 4 || !r.LeftOut || r.Then != nil {
		t.Errorf("the line before: %v", r)
	}
}
