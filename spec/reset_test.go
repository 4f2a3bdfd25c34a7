package spec

import (
	"reflect"
	"testing"
)

// A store that is reset is as a new one. These are all of its fields, and those of its instances: a new field is added here, and
// reset in Reset, unless it does not change once instances and types are made.
func TestResetKnowsEveryField(t *testing.T) {
	fields := func(of reflect.Type) []string {
		var names []string
		for i := range of.NumField() {
			names = append(names, of.Field(i).Name)
		}
		return names
	}
	store := []string{"waiting", "nestingDepth", "options", "pool", "handler", "coroutines", "instances", "shared", "aborted", "machine", "types", "threads", "chosen"}
	if got := fields(reflect.TypeFor[Store]()); !reflect.DeepEqual(got, store) {
		t.Errorf("fields of Store: %v", got)
	}
	instance := []string{"Name", "store", "parent", "handles", "threads", "mayEnter", "mayLeave", "backpressure", "numWaitingToEnter", "exclusiveThread"}
	if got := fields(reflect.TypeFor[ComponentInstance]()); !reflect.DeepEqual(got, instance) {
		t.Errorf("fields of ComponentInstance: %v", got)
	}
}

// After a reset the state is that of a store in which nothing ran, and the same calls have the same results.
func TestReset(t *testing.T) {
	for _, v := range Variants {
		s := NewStore(Options{Variant: v})
		inst := NewComponentInstance(s, nil)
		rt := NewResourceType("R", inst, nil)
		f := s.Lift(func([]CoreValue) []CoreValue {
			CanonBackpressureInc(s)
			CanonResourceNew(s, rt, IntOf(1).magnitude)
			CanonWaitableSetNew(s)
			s.Abort()
			return nil
		}, &FuncType{}, &CanonicalOptions{}, inst)
		begun := s.State()
		run := func() string {
			var state string
			func() {
				defer func() { recover(); state = s.State() }()
				s.Invoke(f, HostOnStart(func() []Value { return nil }), HostOnResolve(func([]Value) {}))
			}()
			s.Close()
			return state
		}
		first := run()
		if first == begun {
			t.Errorf("%s: nothing happened:\n%s", v.Name, first)
		}
		s.Reset(First{})
		if got := s.State(); got != begun {
			t.Errorf("%s: after a reset\n%s\nbefore\n%s", v.Name, got, begun)
		}
		if again := run(); again != first {
			t.Errorf("%s: after a reset, the run comes to\n%s\nand before\n%s", v.Name, again, first)
		}
	}
}
