package properties

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/leanovate/gopter"
	"pgregory.net/rapid"

	"cabi/model"
	"cabi/spec"
)

// A failure that is planted must come out of whatever runs properties here, and as its shortest trace. README.md has the ways in which
// libraries of random tests lose one.

// planted is violated in the world handles after two actions at least: as soon as an instance has two resource handles.
var planted = runProperty(&model.Property{Name: "planted"}, func(r *model.Run, _ *bool) (message, kind string) {
	if n := resourceHandles(r); n >= 2 {
		return fmt.Sprintf("there are %d resource handles", n), ""
	}
	return "", ""
})

func resourceHandles(r *model.Run) int {
	n := 0
	for _, slot := range r.Elements() {
		if _, ok := slot.Element.(*spec.ResourceHandle); ok {
			n++
		}
	}
	return n
}

var errPlanted = errors.New("planted panic")

// plantedPanic panics where planted is violated, on whichever stack that is.
var plantedPanic = runProperty(&model.Property{Name: "planted-panic"}, func(r *model.Run, _ *bool) (message, kind string) {
	if resourceHandles(r) >= 2 {
		panic(errPlanted)
	}
	return "", ""
})

// mustBeShortestPlanted checks that a text has the shortest trace of planted: two handles are made, and nothing else is done.
func mustBeShortestPlanted(t *testing.T, text string) {
	t.Helper()
	if strings.Count(text, "violates planted: there are 2 resource handles") == 0 {
		t.Fatalf("the planted failure is lost:\n%s", text)
	}
	_, trace, _ := strings.Cut(text, "world handles")
	trace, _, _ = strings.Cut("world handles"+trace, "violates")
	if n := strings.Count(trace, "\n") - 1; n != 3 || strings.Count(trace, "resource.new") != 2 { // A: enter A.run, and two actions
		t.Errorf("the trace has %d lines, want three:\n%s", n, trace)
	}
}

// A fakeTB is a test that keeps what is reported.
type fakeTB struct {
	*testing.T
	text   strings.Builder
	failed bool
}

// errFailNow is what a fakeTB panics with in place of ending a test.
var errFailNow = errors.New("the fake test ends")

func (f *fakeTB) Helper()                           {}
func (f *fakeTB) Failed() bool                      { return f.failed }
func (f *fakeTB) Fail()                             { f.failed = true }
func (f *fakeTB) FailNow()                          { f.failed = true; panic(errFailNow) }
func (f *fakeTB) Log(args ...any)                   { fmt.Fprintln(&f.text, args...) }
func (f *fakeTB) Logf(format string, args ...any)   { fmt.Fprintf(&f.text, format+"\n", args...) }
func (f *fakeTB) Error(args ...any)                 { f.Log(args...); f.Fail() }
func (f *fakeTB) Errorf(format string, args ...any) { f.Logf(format, args...); f.Fail() }
func (f *fakeTB) Fatal(args ...any)                 { f.Log(args...); f.FailNow() }
func (f *fakeTB) Fatalf(format string, args ...any) { f.Logf(format, args...); f.FailNow() }

// mustFailTB runs a test that must fail, and returns what it reports.
func mustFailTB(t *testing.T, run func(rapid.TB)) string {
	t.Helper()
	f := &fakeTB{T: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != error(errFailNow) {
				panic(p)
			}
		}()
		run(f)
	}()
	if !f.failed {
		t.Fatalf("it passes:\n%s", f.text.String())
	}
	return f.text.String()
}

// handlesScope is where the failures are planted.
var handlesScope = scope{"handles", 5, 2}

// TestPlantedInSearch plants a failure in an exhaustive search and in random walks.
func TestPlantedInSearch(t *testing.T) {
	mustFail(t, handlesScope, spec.SingleTable, planted, 2)
	mustFailAtRandom(t, handlesScope, spec.SingleTable, planted, 2)
}

// TestPlantedInRapid plants a failure, and a panic on the stack of core code, in the random runs that rapid makes.
func TestPlantedInRapid(t *testing.T) {
	mustBeShortestPlanted(t, mustFailTB(t, func(f rapid.TB) { mustHoldAtRandom(f, handlesScope, spec.SingleTable, []*model.Property{planted}) }))
	text := mustFailTB(t, func(f rapid.TB) { mustHoldAtRandom(f, handlesScope, spec.SingleTable, []*model.Property{plantedPanic}) })
	if !strings.Contains(text, errPlanted.Error()) || strings.Contains(text, "invalid data") || strings.Contains(text, "flaky") {
		t.Errorf("the planted panic is lost:\n%s", text)
	}
}

// TestPlantedInValues plants failures in the random tests of values, of a text that varies with the value.
func TestPlantedInValues(t *testing.T) {
	text := mustFailTB(t, func(f rapid.TB) {
		checkOften(f, func(t *rapid.T) {
			if n := rapid.IntRange(0, 1000).Draw(t, "n"); n >= 7 {
				t.Fatalf("planted %d", n)
			}
		})
	})
	if !strings.Contains(text, "planted 7") || strings.Contains(text, "flaky") {
		t.Errorf("the planted failure is lost, or not shrunk:\n%s", text)
	}
}

// TestPlantedInMachine plants a failure in the state machines that gopter makes. gopter takes a smaller list whose precondition does not
// hold for a failure: the precondition of choose holds for every part of a list for which it holds.
func TestPlantedInMachine(t *testing.T) {
	result := runMachine(handlesScope, spec.SingleTable, 1, 60, planted)
	if result.Status != gopter.TestFailed || len(result.Labels) != 1 {
		t.Fatalf("the planted failure is lost: %+v", result)
	}
	mustBeShortestPlanted(t, result.Labels[0])
	for n := range machineSize {
		if !choose(0).PreCondition(n) {
			t.Errorf("after %d of %d commands the precondition does not hold", n, machineSize)
		}
	}
	if result := runMachine(handlesScope, spec.SingleTable, 1, 60, plantedPanic); result.Passed() || !strings.Contains(fmt.Sprint(result.Error), errPlanted.Error()) {
		t.Errorf("the planted panic is lost: %+v", result)
	}
}
