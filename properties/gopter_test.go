package properties

import (
	"fmt"
	"math/rand"
	"os"
	"slices"
	"testing"

	"github.com/leanovate/gopter"
	"github.com/leanovate/gopter/commands"
	"github.com/leanovate/gopter/gen"

	"cabi/model"
	"cabi/spec"
)

// State machine tests of the tables with gopter. The actions of a guest are a list of commands, which gopter generates, checks one
// by one, and shrinks.

// A system is a run of a world, as the tape of the commands so far.
type system struct {
	walk model.TapeRunner
	tape []uint32
}

// A choose is a command: it takes an action of the menu, or makes a choice of the specification.
type choose uint32

func (c choose) String() string { return fmt.Sprintf("choose %d", uint32(c)) }

// Run makes the run of all commands so far and this one.
func (c choose) Run(s commands.SystemUnderTest) commands.Result {
	sys := s.(*system)
	sys.tape = append(sys.tape, 0, uint32(c)) // 0: among the indices of the right class
	return sys.walk.Run(sys.tape)
}

// NextState counts the commands.
func (choose) NextState(s commands.State) commands.State { return s.(int) + 1 }

// PreCondition bounds the length.
func (choose) PreCondition(s commands.State) bool { return s.(int) < machineSize }

// PostCondition is that nothing is violated.
func (choose) PostCondition(_ commands.State, r commands.Result) *gopter.PropResult {
	if violation := r.(model.TapeResult).Violation; violation != nil {
		return &gopter.PropResult{Status: gopter.PropFalse, Labels: []string{violation.Trace.String()}}
	}
	return &gopter.PropResult{Status: gopter.PropTrue}
}

// machine is the state machine of a world under a variant.
func machine(s scope, v *spec.Variant, properties ...*model.Property) commands.Commands {
	return &commands.ProtoCommands{
		NewSystemUnderTestFunc: func(commands.State) commands.SystemUnderTest { return &system{walk: s.walk(v, properties...)} },
		InitialStateGen:        gen.Const(0),
		GenCommandFunc: func(commands.State) gopter.Gen {
			return gen.UInt32Range(0, 1<<10).Map(func(n uint32) commands.Command { return choose(n) })
		},
	}
}

// tableProperties are those of tables and of waitable tables.
var tableProperties = []*model.Property{
	deterministic, uniqueInTable, uniqueInInstance, nonzero, bounded, dense, freeList, noConfusion,
	isolation, unforgeable, joinSymmetric, eventIdentifies, waitingCount,
}

// TestStateMachines checks that no list of commands violates a property that must hold, and that one violates each that must not.
func TestStateMachines(t *testing.T) {
	for _, s := range scopes {
		for _, v := range spec.Variants {
			t.Run(s.world+"/"+v.Name, func(t *testing.T) {
				t.Parallel()
				var holding []*model.Property
				for _, p := range tableProperties {
					if want := s.fails(v)[p.Name]; want == 0 {
						holding = append(holding, p)
					} else if runMachine(s, v, 1, 2000, p).Passed() {
						t.Errorf("%s was not violated, must be", p.Name)
					}
				}
				machineMustHold(t, s, v, 60, holding)
			})
		}
	}
}

// waitableProperties are those of waitables, of their sets and of the threads that wait for them.
var waitableProperties = []*model.Property{
	joinSymmetric, setsAlive, eventIdentifies, waitingCount, waitsAlone, noLostWakeup, noStolenEvent, noStuckThread,
	copyConsistent, peerNotified, cancelImmediate, doneIsFinal, resolvedOnce, callsResolved, subtasksResolved,
}

// TestWaitableMachines checks the same of commands that make waitables, join, wait, poll, copy and drop. Where each type of streams
// has a table, an event may name two streams: that case is in TestEventIdentifies.
func TestWaitableMachines(t *testing.T) {
	for _, world := range []string{"waitables", "events", "waits", "subtasks", "blocking"} {
		for _, v := range spec.Variants {
			t.Run(world+"/"+v.Name, func(t *testing.T) {
				t.Parallel()
				s := scope{world: world, handles: 5}
				holding := slices.DeleteFunc(slices.Clone(waitableProperties), func(p *model.Property) bool {
					return p == eventIdentifies && v.Name == "per-payload-type"
				})
				machineMustHold(t, s, v, 30, holding)
			})
		}
	}
}

// machineMustHold checks that so many lists of commands violate no property: always the same lists, and with CABI_LONG new ones.
func machineMustHold(t *testing.T, s scope, v *spec.Variant, lists int, properties []*model.Property) {
	t.Helper()
	seed := int64(1)
	if os.Getenv("CABI_LONG") != "" {
		seed = rand.Int63()
	}
	if result := runMachine(s, v, seed, lists, properties...); !result.Passed() {
		t.Errorf("seed %d: after %v: %v", seed, result.Args, result.Labels)
	}
}

// machineSize is how many commands a list has at most.
const machineSize = 24

// runMachine checks so many lists of commands.
func runMachine(s scope, v *spec.Variant, seed int64, lists int, properties ...*model.Property) *gopter.TestResult {
	parameters := gopter.DefaultTestParameters()
	parameters.MinSuccessfulTests = lists
	parameters.MaxSize = machineSize
	parameters.Workers = 1
	parameters.Rng = rand.New(rand.NewSource(seed))
	return commands.Prop(machine(s, v, properties...)).Check(parameters)
}
