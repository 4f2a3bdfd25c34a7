package properties

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"cabi/model"
	"cabi/shrink"
	"cabi/spec"
)

// TestMain gives rapid a fixed seed, so that what it finds depends on nothing but the code; with CABI_LONG it takes a new one, which a
// failure prints. It lets rapid shrink to the end, however slow the machine is, unless -rapid.shrinktime says otherwise, and keeps
// it from writing files: a failure prints its trace, and the command that replays it. Nor may it read one.
func TestMain(m *testing.M) {
	flag.Parse()
	if file := flag.Lookup("rapid.failfile").Value.String(); file != "" {
		fmt.Fprintln(os.Stderr, "-rapid.failfile: rapid passes a test whose file it cannot use; a failure prints a trace: replay that")
		os.Exit(2)
	}
	setRapid("nofailfile", "true")
	if shrinkTime := flag.Lookup("rapid.shrinktime"); shrinkTime.Value.String() == shrinkTime.DefValue {
		setRapid("shrinktime", "1h")
	}
	if seed := flag.Lookup("rapid.seed"); seed.Value.String() == "0" && os.Getenv("CABI_LONG") == "" {
		setRapid("seed", "1")
	}
	os.Exit(m.Run())
}

func setRapid(name, value string) {
	if err := flag.Set("rapid."+name, value); err != nil {
		panic(err)
	}
}

// Random runs that are longer than those of an exhaustive search: they violate no property that holds under a variant, and each that
// does not.
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

func mustHoldAtRandom(t rapid.TB, s scope, v *spec.Variant, properties []*model.Property) {
	walk := s.walk(v, properties...)
	rapid.Check(t, func(t *rapid.T) {
		if violation := walk.Run(tapes.Draw(t, "tape")).Violation; violation != nil {
			t.Fatalf("%s\nsave this trace and run it again with: cabi replay FILE", violation.Trace)
		}
	})
}

// mustFailAtRandom checks that random walks violate a property, and that one of the counterexamples shrinks to as many actions as the
// shortest has, or one more. Each seed gives one counterexample. Shrinking may end at one that is only smaller than its neighbours, so
// there are several seeds; as they are always the same, so is what they find.
func mustFailAtRandom(t *testing.T, s scope, v *spec.Variant, p *model.Property, want int) {
	t.Helper()
	search := s.search(v, p)
	search.Bounds = model.Bounds{Handles: s.handles + 2}
	var smallest *model.Violation
	for seed := uint64(1); seed <= 100 && (smallest == nil || smallest.Actions > want+1); seed++ {
		search.Random = &model.Random{Seed: seed, Runs: 1 << 5, Shrink: shrink.Shrink}
		if found := search.Run().Violation(); found != nil && (smallest == nil || found.Actions < smallest.Actions) {
			smallest = found
		}
	}
	switch {
	case smallest == nil:
		t.Errorf("%s was not violated, must be", p.Name)
	case smallest.Actions > want+1:
		t.Errorf("%s shrank to %d actions, want %d:\n%s", p.Name, smallest.Actions, want, smallest.Trace)
	}
}
