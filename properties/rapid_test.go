package properties

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cabi/model"
	"cabi/spec"
)

// TestMain keeps rapid from writing files: a failure prints its trace, and the command that replays it.
func TestMain(m *testing.M) {
	flag.Parse()
	for name, value := range map[string]string{"rapid.nofailfile": "true", "rapid.shrinktime": "30s"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// Random runs that are longer than those of an exhaustive search: they violate no property that holds under a variant, and each that
// does not. The counterexample shrinks to as many actions as the shortest has, or one more. Rapid's shrinking is greedy, so
// it has a few tries.
func TestRandomRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("runs long and shrinks a lot; TestVerdicts has the same verdicts: run without -short")
	}
	for _, s := range scopes {
		for _, v := range spec.Variants {
			t.Run(s.world+"/"+v.Name, func(t *testing.T) {
				t.Parallel()
				holding := slices.DeleteFunc(slices.Clone(All), func(p *model.Property) bool { return s.fails(v)[p.Name] > 0 })
				mustHoldAtRandom(t, s, v, holding)
				for _, p := range All {
					// A property that fails among the handles fails among the waitables for the same reason: once is enough.
					want := s.fails(v)[p.Name]
					if want > 0 && !t.Failed() && (s.world == "handles" || fails["handles"][v.Name][p.Name] == 0) {
						mustFailAtRandom(t, s, v, p, want)
					}
				}
			})
		}
	}
}

// fails are the properties that fail under a variant, each with the actions of its shortest counterexample.
func (s scope) fails(v *spec.Variant) map[string]int {
	if draws(v) {
		return fails["handles"][v.Name]
	}
	return fails[s.world][v.Name]
}

func (s scope) walk(v *spec.Variant, properties ...*model.Property) model.TapeRunner {
	return model.TapeRunner{World: model.WorldByName(s.world), Variant: v, Properties: properties, Bounds: model.Bounds{Handles: s.handles + 2}}
}

// tapes are whole tapes, drawn before the run: rapid shrinks them as it likes.
var tapes = rapid.SliceOfN(rapid.Uint32Range(0, 1<<16), 2, 40)

func mustHoldAtRandom(t *testing.T, s scope, v *spec.Variant, properties []*model.Property) {
	walk := s.walk(v, properties...)
	rapid.Check(t, func(t *rapid.T) {
		if violation := walk.Run(tapes.Draw(t, "tape")).Violation; violation != nil {
			t.Fatalf("%s\nsave this trace and run it again with: cabi replay FILE", violation.Trace)
		}
	})
}

func mustFailAtRandom(t *testing.T, s scope, v *spec.Variant, p *model.Property, want int) {
	t.Helper()
	walk := s.walk(v, p)
	var smallest *model.Violation
	shrunk := 0
	for range 2000 { // most runs end at the first wrong index: it may take a while
		var last *model.Violation
		if makesFail(func(t *rapid.T) {
			if violation := walk.Run(tapes.Draw(t, "tape")).Violation; violation != nil {
				last = violation
				t.Fatal(p.Name)
			}
		}) {
			shrunk++
			if smallest == nil || last.Actions < smallest.Actions {
				smallest = last
			}
		}
		if shrunk == 5 || smallest != nil && smallest.Actions <= want+1 { // shrinking may end at a run that is only smaller than its neighbours
			break
		}
	}
	switch {
	case smallest == nil:
		t.Errorf("%s was not violated, must be", p.Name)
	case smallest.Actions > want+1:
		t.Errorf("%s shrank to %d actions, want %d:\n%s", p.Name, smallest.Actions, want, smallest.Trace)
	}
}

// makesFail reports whether rapid makes a property fail.
func makesFail(prop func(*rapid.T)) (failed bool) {
	defer func() { recover() }()
	tb := &quietTB{failed: &failed}
	rapid.Check(tb, prop)
	return failed
}

// A quietTB records a failure and prints nothing.
type quietTB struct{ failed *bool }

func (*quietTB) Helper()                     {}
func (*quietTB) Name() string                { return "quiet" }
func (*quietTB) Logf(string, ...any)         {}
func (*quietTB) Log(...any)                  {}
func (*quietTB) Skipf(string, ...any)        {}
func (*quietTB) Skip(...any)                 {}
func (*quietTB) SkipNow()                    {}
func (q *quietTB) Errorf(string, ...any)     { *q.failed = true }
func (q *quietTB) Error(...any)              { *q.failed = true }
func (q *quietTB) Fatalf(f string, a ...any) { *q.failed = true; panic(fmt.Sprintf(f, a...)) }
func (q *quietTB) Fatal(a ...any)            { *q.failed = true; panic(fmt.Sprint(a...)) }
func (q *quietTB) FailNow()                  { *q.failed = true; panic("failed") }
func (q *quietTB) Fail()                     { *q.failed = true }
func (q *quietTB) Failed() bool              { return *q.failed }
