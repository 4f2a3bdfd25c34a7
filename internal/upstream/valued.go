package upstream

import (
	"fmt"
	"slices"

	"cabi/model"
	"cabi/spec"
)

// A ValueRun is a random run in which guests pass values of random types to each other, now and then wrong ones.
type ValueRun struct {
	World   *model.World
	Actions []model.Action
}

// ValueRuns makes some such runs on the port. They are a function of the seed and of their numbers, which begin with first.
func ValueRuns(seed uint64, first, n int) []ValueRun {
	return valueRuns(seed, first, n, randomValueWorld)
}

// LayoutRuns are such runs of lists whose elements have parts of different sizes and alignments, which random types seldom have: the elements of a list
// lie one behind the other, so that a wrong size or offset is seen.
func LayoutRuns(seed uint64, first, n int) []ValueRun {
	return valueRuns(seed, first, n, randomLayoutWorld)
}

// valueRuns makes runs in worlds that are made by a function.
func valueRuns(seed uint64, first, n int, worldOf func(chooser) *model.World) []ValueRun {
	pool := &spec.Pool{}
	defer pool.Close()
	runs := make([]ValueRun, n)
	for i := range runs {
		c := newChooser(seedOf(seed, first+i))
		rec, world := &recorder{memories: true}, worldOf(c)
		world.Limits = model.Limits{} // below upstream's, its asserts may fail
		for i := range world.Instances {
			world.Instances[i].Memory = 1 << 15
		}
		world.Instances[1].Memory64 = world.Instances[0].Memory64 // text between the two widths fails in many ways, for one reason that is known
		values := newValueGenerator(c, rec)
		values.within, values.next = true, map[string]uint64{}
		rec.actor, rec.choices = values, biasedChoices{c}
		rec.run(world, false, pool)
		runs[i].World = world
		for _, s := range rec.recorded.Actions {
			if s.Op != "stop" { // which ends what takes the actions
				runs[i].Actions = append(runs[i].Actions, model.Action(s))
			}
		}
	}
	return runs
}

// Search is a search, of this run alone, in the deterministic profile: a list of NaNs has too many forms otherwise.
func (v ValueRun) Search(s model.Search) model.Search {
	s.World, s.Workers, s.Enough, s.Deterministic = v.World, 1, 0, true
	s.Bounds = model.Bounds{Steps: len(v.Actions)}
	s.Properties = append(slices.Clone(s.Properties), howFar)
	s.Menu = func(r *model.Run, at *model.Activation) []model.Action {
		if r.Actions == len(v.Actions) || !v.Actions[r.Actions].IsTyped(r, at) {
			return nil
		}
		return v.Actions[r.Actions : r.Actions+1]
	}
	return s
}

// howFar keeps states apart that are the same, after different numbers of actions: other actions follow.
var howFar = &model.Property{Name: "how-far", New: func() model.Checker { return &howFarChecker{BaseChecker: model.BaseChecker{Name: "how-far"}} }}

type howFarChecker struct {
	model.BaseChecker
	run *model.Run
}

func (c *howFarChecker) Begin(r *model.Run) { c.run = r }

func (c *howFarChecker) AppendGhost(b []byte) []byte {
	return fmt.Appendf(b, "after %d\n", c.run.Actions)
}
