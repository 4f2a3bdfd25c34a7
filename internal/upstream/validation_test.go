package upstream

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// A validActor takes the actions of another, and ends the run before the first that validation would refuse.
type validActor struct {
	model.Actor
	refused *model.Invalid
}

func (v *validActor) Next(r *model.Run, at *model.Activation) model.Action {
	a := v.Actor.Next(r, at)
	if _, err := model.ParseAction(r, at, strings.Fields(a.String())); errors.As(err, &v.refused) {
		return model.Action{}
	}
	return a
}

// keptByValidation are the asserts that hold because of the rules of validation.
func keptByValidation() []spec.Site {
	var sites []spec.Site
	for _, r := range model.Rules {
		sites = append(sites, r.Keeps...)
	}
	return sites
}

// Random worlds that validation lets through never reach the asserts that validation is to keep true, up to the first action
// that it would refuse. Most worlds and runs are let through.
func TestValidationKeepsAsserts(t *testing.T) {
	const runs = 500
	kept := keptByValidation()
	var pool spec.Pool
	defer pool.Close()
	worlds, actions := 0, 0
	for seed := range uint64(runs) {
		c := newChooser(seed)
		world, rec := randomWorld(c), &recorder{choices: biasedChoices{c}}
		if err := world.Validate(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		worlds++
		valid := &validActor{Actor: newGenerator(c, rec)}
		rec.actor = valid
		run := model.NewRun(world, spec.Options{Choices: rec, Pool: &pool}, rec)
		run.Main()
		actions += run.Actions
		var failure *spec.AssertionFailure
		if errors.As(run.Stopped, &failure) && slices.Contains(kept, failure.Site) {
			t.Errorf("seed %d: %v fails, though validation is to keep it true", seed, failure)
		}
		run.Close()
	}
	if actions < 10*worlds {
		t.Errorf("%d actions in %d worlds: too few to show anything", actions, worlds)
	}
}

// The asserts that random runs do not reach because only invalid components do, and those that the rules keep, are the same, but for those
// that no world can say.
func TestOnlyInvalidAgrees(t *testing.T) {
	kept := keptByValidation()
	for _, site := range onlyInvalid {
		if !slices.Contains(kept, site) && !slices.Contains(unsayable, site) {
			t.Errorf("%s is reached only by what validation refuses, and no rule keeps it true", site)
		}
	}
}

// unsayable are asserts of which no world or action can break the condition.
var unsayable = []spec.Site{"type_matches_value/unknown-type", "CopyEnd.copying/state"}
