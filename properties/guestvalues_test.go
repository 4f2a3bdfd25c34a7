package properties

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// guest-values-trap is the property that a number that a guest passes to a built-in makes no assert fail and no crash: it should
// trap instead. A number is to blame if, after the same actions, the run goes on with another number in its place. The
// property relates two runs, so it is no checker: the test takes the runs that searches find to be stopped by an assert or a
// crash, and runs each again with other numbers in the last action. If the other number traps, that proves nothing, since most
// numbers trap for other reasons. Indices are left out: another index names another element. It cannot see a number that makes
// an assert fail in a later action, nor one for which none of the other numbers goes on.

// numbersTried replace each number of the last action in turn.
var numbersTried = []uint64{0, 1, 2, 3, 4, 8, 64, 1 << 20, 1<<32 - 1}

// guestValue is the last action of a trace that was stopped, and the same with another number, after which the run goes on; false:
// it goes on with none.
func guestValue(t *testing.T, trace *model.Trace) (blamed, fine string, found bool) {
	t.Helper()
	last := 0
	for i, l := range trace.Lines {
		if l.Kind == model.LineAction {
			last = i
		}
	}
	words := strings.Fields(trace.Lines[last].Text)
	for _, i := range values(words) {
		for _, n := range numbersTried {
			other := slices.Clone(words)
			other[i] = strconv.FormatUint(n, 10)
			if isNotStopped(t, trace, last, strings.Join(other, " ")) {
				return strings.Join(words, " "), strings.Join(other, " "), true
			}
		}
	}
	return "", "", false
}

// values are the positions of the numbers of an action that are no indices: all but the first, unless it takes no index.
func values(words []string) []int {
	var places []int
	for i, word := range words {
		if _, err := strconv.ParseUint(word, 10, 64); err == nil {
			places = append(places, i)
		}
	}
	if len(places) > 0 && words[0] != "error-context.new" {
		return places[1:]
	}
	return places
}

// isNotStopped reports whether a trace with another last action is not stopped.
func isNotStopped(t *testing.T, trace *model.Trace, last int, action string) bool {
	t.Helper()
	other := *trace
	other.Lines = slices.Clone(trace.Lines[:last+1])
	other.Lines[last] = model.Line{Kind: model.LineAction, Actor: trace.Lines[last].Actor, Text: action}
	again, err := model.RunTrace(&other, trace.Variant)
	if err != nil {
		t.Fatal(err)
	}
	return again.Stopped == nil
}

// pointersWorld is one instance that passes pointers of every kind.
var pointersWorld = &model.World{
	Name:       "pointers",
	Instances:  []model.Instance{{Name: "A", Memory: 64}},
	Funcs:      []model.Func{{Name: "A.run"}},
	RightClass: true,
	Pointers:   []uint64{0, 2, 64},
	Menus: map[string][]string{
		"A": {"waitable-set.new", "waitable-set.poll uncancellable", "future.new u8", "future.write u8 async",
			"future.drop-readable u8", "error-context.new"},
		model.Host: {},
	},
	Start:  []string{"A.run"},
	Bounds: model.Bounds{Steps: 4, Handles: 3},
}

// At the pin, one number lacks a trap: the address at which an event is stored. No other known defect is the fault of a number.
func TestGuestValuesTrap(t *testing.T) {
	blamed := map[string]bool{
		"store/aligned": true, "store/bounds": true,
		"SharedFutureImpl.drop/pending-read": false, "canon_error_context_new/NameError": false,
	}
	report := model.Search{World: pointersWorld, Variant: spec.SingleTable, Bounds: pointersWorld.Bounds, KeepGoing: true,
		Properties: []*model.Property{noAssertionFailure, noCrash}}.Run()
	for _, v := range report.Violations {
		want, known := blamed[v.Kind]
		number, fine, found := guestValue(t, v.Trace)
		if !known || found != want {
			t.Errorf("%s: blamed on a value: %v (%s, not %s), must be: %v; known: %v", v.Kind, found, number, fine, want, known)
		}
		delete(blamed, v.Kind)
	}
	for kind := range blamed {
		t.Errorf("%s was not reached", kind)
	}
}
