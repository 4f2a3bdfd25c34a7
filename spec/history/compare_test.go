package history_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"cabi/spec"
	"cabi/spec/history"
	"cabi/spec/history/pertype"
	"cabi/spec/history/resourcetable"
)

var sequences = flag.Int("sequences", 200, "how many random sequences to compare, of each definition and table length")

// sameTraps are the traps of a historical definition that the pin has in another place, or under another name.
var sameTraps = map[string]string{
	"trap lift_own/lend_count":              "trap lift_own/num_lends",
	"trap canon_resource_drop/lend_count":   "trap canon_resource_drop/num_lends",
	"trap Task.trap_if_on_the_stack/caller": "trap Store.lift.func_inst/reentrance",
	"trap Task.return_/on_return":           "trap Task.return_/resolved",
	"trap Task.exit/on_return":              "trap Task.unregister_thread/unresolved",
	"trap Subtask.drop/done":                "trap Subtask.drop/undelivered",
	"trap Task.exit/todo":                   "trap Task.return_/borrows", // the last operation of a sync function is both
}

// same says whether an operation gave the same in a historical definition and at the pin.
func same(there, here string) bool { return there == here || sameTraps[there] == here }

// A departure is the first operation of a sequence that the definitions disagree on, for a reason that may be known.
type departure struct {
	at          int // none: the length of the sequence
	there, here string
	reason      *difference // nil: unknown
	passed      []*difference
}

// compare compares the results of a sequence, up to the first difference after which the definitions do not agree again.
func compare(ops []history.Op, there, here []string) departure {
	dep := departure{at: len(there)}
	for i := range there {
		h := "nothing: the operation cannot be done"
		if i < len(here) {
			h = here[i]
		}
		if same(there[i], h) {
			continue
		}
		reason := reasonFor(ops[i], there[i], h)
		if reason != nil && reason.goesOn {
			dep.passed = append(dep.passed, reason)
			continue
		}
		dep.at, dep.there, dep.here, dep.reason = i, there[i], h, reason
		return dep
	}
	return dep
}

// reasonFor is the difference between a definition and its variant that explains the two results of an operation.
func reasonFor(op history.Op, there, here string) *difference {
	for _, diff := range differences {
		if diff.variant == "" && diff.matches(op, there, here) {
			return diff
		}
	}
	return nil
}

// differs says whether the last operation of a sequence shows the difference, and none before it shows any that lasts.
func (diff *difference) differs(d definition, ops []history.Op) bool {
	there, err := d.machine(diff.tableLength).Run(ops)
	last := len(ops) - 1
	if err != nil || len(there) != len(ops) {
		return false
	}
	here := runPin(diff.pinVariant(d), diff.tableLength, ops)
	if len(here) != len(ops) || same(there[last], here[last]) || !diff.matches(ops[last], there[last], here[last]) {
		return false
	}
	dep := compare(ops[:last], there[:last], here[:last])
	return dep.at == last
}

func (diff *difference) pinVariant(d definition) *spec.Variant {
	if diff.variant != "" {
		return spec.VariantByName(diff.variant)
	}
	return d.pinVariant()
}

// of says whether the definition differs so.
func (diff *difference) of(d definition) bool { return diff.only == "" || diff.only == d.name }

func parse(t *testing.T, text string) []history.Op {
	t.Helper()
	ops, err := history.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return ops
}

// TestDifferences checks that each sequence of the list shows its difference, and that no subsequence does.
func TestDifferences(t *testing.T) {
	eachDefinition(t, func(t *testing.T, d definition) {
		for _, diff := range differences {
			if !diff.of(d) {
				continue
			}
			ops := parse(t, diff.sequence)
			if !diff.differs(d, ops) {
				t.Errorf("%s: the sequence does not show it", diff.name)
			} else if shorter := shrink(diff, d, ops); len(shorter) < len(ops) {
				t.Errorf("%s: a subsequence of the sequence shows it:\n%s", diff.name, text(shorter))
			}
		}
	})
}

// shrink returns a shortest subsequence that shows the difference.
func shrink(diff *difference, d definition, ops []history.Op) []history.Op {
	for n := 1; n < len(ops); n++ {
		if shorter := subsequence(diff, d, ops, nil, n); shorter != nil {
			return shorter
		}
	}
	return ops
}

// subsequence completes chosen with n of ops so that the whole shows the difference; nil: it cannot.
func subsequence(diff *difference, d definition, ops, chosen []history.Op, n int) []history.Op {
	if n == 0 {
		if diff.differs(d, chosen) {
			return chosen
		}
		return nil
	}
	for i := 0; i+n <= len(ops); i++ {
		longer := append(slices.Clone(chosen), ops[i])
		if _, err := d.machine(diff.tableLength).Run(longer); err != nil {
			continue
		}
		if found := subsequence(diff, d, ops[i+1:], longer, n-1); found != nil {
			return found
		}
	}
	return nil
}

func text(ops []history.Op) string {
	var lines []string
	for _, op := range ops {
		lines = append(lines, op.String())
	}
	return strings.Join(lines, "\n")
}

// TestRandomSequences compares each definition with its variant of the pin on random sequences: every result is the
// same, up to the first difference of the list.
func TestRandomSequences(t *testing.T) {
	met := map[string]int{}
	eachDefinition(t, func(t *testing.T, d definition) {
		if d.pinVariant() == nil {
			t.Fatalf("there is no variant %s", d.variant)
		}
		operations := 0
		for seed := range uint64(*sequences) {
			for _, length := range []uint64{0, 4} {
				g := newGenerator(d, seed, length)
				ops, there := g.sequence(40)
				operations += len(ops)
				compareRandom(t, d, ops, there, runPin(d.pinVariant(), length, ops), met)
			}
		}
		t.Logf("%d operations; differences met so far: %v", operations, met)
	})
	checkMet(t, met)
}

// compareRandom compares one sequence and counts the differences that it shows.
func compareRandom(t *testing.T, d definition, ops []history.Op, there, here []string, met map[string]int) {
	t.Helper()
	dep := compare(ops, there, here)
	for _, diff := range dep.passed {
		met[diff.name]++
	}
	switch {
	case dep.at == len(there):
	case dep.reason == nil:
		t.Errorf("unknown difference: %s there, %s here, after\n%s", dep.there, dep.here, text(ops[:dep.at+1]))
	default:
		met[dep.reason.name]++
	}
}

// checkMet complains about differences of the list that the random sequences never showed: then they were too tame.
func checkMet(t *testing.T, met map[string]int) {
	t.Helper()
	for _, diff := range differences {
		if diff.variant == "" && diff.tableLength == 0 && met[diff.name] == 0 && *sequences >= 200 {
			t.Errorf("no random sequence shows %s", diff.name)
		}
	}
}

func newGenerator(d definition, seed, tableLength uint64) *generator {
	g := &generator{definition: d, rng: rand.New(rand.NewPCG(seed, tableLength)), tableLength: tableLength, maxTasks: 6}
	if tableLength > 0 {
		g.maxTasks = int(tableLength) - 1 // the pin keeps threads in a table too, also that of a destructor
	}
	return g
}

// TestTableMaxLength is the one difference that no sequence of a reasonable length shows.
func TestTableMaxLength(t *testing.T) {
	there := fmt.Sprint(uint64(pertype.TableMaxLength), uint64(resourcetable.TableMaxLength))
	if want := fmt.Sprint(uint64(1<<30-1), uint64(1<<30-1)); there != want {
		t.Errorf("Table.MAX_LENGTH was %s, want %s", there, want)
	}
	if here := spec.UpstreamLimits.TableLength; here != 1<<28-1 {
		t.Errorf("Table.MAX_LENGTH is %d at the pin, want 2**28-1", here)
	}
}
