package model

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cabi/internal/python"
	"cabi/spec"
)

// This file asks a definitions.py for the core types of functions, where its flatten_functype may give them others than the port does. Core code
// that passes the numbers that the port's types want would not be valid there.

// needsCoreTypes, among what a property needs, is that functions have the core types of the pin.
const needsCoreTypes = "core types"

// OtherCoreTypes are the core types of the numbers of an action that a definitions.py gives otherwise than the pin.
type OtherCoreTypes struct {
	Action    string // "call of B.f(u32) in A"
	Here, Pin string // "[i32 i32]"; "no values"
}

// String says all: "call of B.f(u32) in A: [i32] and not [i32 i32]".
func (o OtherCoreTypes) String() string {
	return fmt.Sprintf("%s: %s and not %s", o.Action, o.Here, o.Pin)
}

// otherCoreTypes are the core types that the definitions.py of a run gives the numbers of an action of core code; false: they are the port's.
func (r *Run) otherCoreTypes(a Action, at *Activation) ([]spec.CoreType, bool) {
	s := r.source
	if s == nil || s.machine.Source.Covered("flatten_functype") || s.machine.Fiber() != nil {
		return nil, false
	}
	name := at.Name
	switch {
	case a.Op == opCall || a.Op == "task.return":
		name = a.Imm[0]
	case a.Op != opReturn || at.Kind != KindFunc || !r.World.Func(name).isSync():
		return nil, false
	}
	key := strings.Join([]string{a.Op, at.inst.spec.Name, name}, " ")
	types, known := s.flat[key]
	if !known {
		ported, _ := r.portedCoreTypes(a, at)
		types = s.askCoreTypes(a.Op, at.inst, name, ported)
		if s.flat[key] = types; types != nil {
			of := name
			if f := r.World.Func(name); f != nil {
				of = signature(*f)
			}
			other := OtherCoreTypes{fmt.Sprintf("%s of %s in %s", a.Op, of, at.inst.spec.Name), coreTypeNames(types), coreTypeNames(ported)}
			s.otherTypes = append(s.otherTypes, other)
			r.isNotKnown(needsCoreTypes, whyOtherTypes)
		}
	}
	return types, types != nil
}

// askCoreTypes asks for the core types, and undoes what that does; nil: they are the port's, or there is no answer.
func (s *sourceRun) askCoreTypes(op string, in *instance, name string, ported []spec.CoreType) []spec.CoreType {
	f, _ := s.machine.Module.Get("core_types")
	defer s.machine.Rollback(s.machine.Mark())
	v, err := s.machine.Call(f, s.run, op, in.spec.Name, name, in.lowersAsync[name])
	list, is := v.(*python.List)
	if err != nil || !is {
		return nil
	}
	types := []spec.CoreType{}
	for _, item := range list.Items() {
		t, known := coreTypesByName[fmt.Sprint(item)]
		if !known {
			return nil
		}
		types = append(types, t)
	}
	if slices.Equal(types, ported) {
		return nil
	}
	return types
}

var coreTypesByName = map[string]spec.CoreType{"i32": spec.I32, "i64": spec.I64, "f32": spec.F32, "f64": spec.F64}

// noteCoreTypes asks for the core types of all that the world's instances call, return and give task.return by their menus, and says which are other
// than the port's, by their actions.
func (r *Run) noteCoreTypes() []OtherCoreTypes {
	if r.source == nil {
		return nil
	}
	for _, in := range r.ordered {
		for _, name := range sortedKeys(in.lowersAsync) {
			r.otherCoreTypes(Action{Op: opCall, Imm: []string{name}}, &Activation{inst: in})
		}
	}
	for _, name := range sortedKeys(r.compiled.menus) {
		actor, _, _ := strings.Cut(name, ".")
		for _, t := range r.compiled.menus[name] {
			if in := r.instances[actor]; in != nil && t.action.Op == "task.return" {
				r.otherCoreTypes(t.action, &Activation{inst: in})
			}
		}
	}
	for _, f := range r.World.Funcs {
		if in := r.instances[f.Instance()]; in != nil && f.isSync() {
			r.otherCoreTypes(Action{Op: opReturn}, &Activation{inst: in, Kind: KindFunc, Name: f.Name, Results: r.funcs[f.Name].ft.Result})
		}
	}
	r.noteFixedLists()
	slices.SortFunc(r.source.otherTypes, func(a, b OtherCoreTypes) int { return cmp.Compare(a.Action, b.Action) })
	return r.source.otherTypes
}

// fixedList is a list of fixed length in the text of a world.
var fixedList = regexp.MustCompile(`, \d+>`)

// noteFixedLists notes, in a world with lists of fixed length, whether a list of two elements has other core types than at the pin. One of one element may
// have the same by its address as by the element.
func (r *Run) noteFixedLists() {
	if r.source.machine.Source.Covered("flatten_functype") || !fixedList.MatchString(r.World.Text()) {
		return
	}
	two := Action{Op: "task.return", Imm: []string{"(list<u8,2>)"}}
	for _, in := range r.ordered {
		ported, _ := r.portedCoreTypes(two, &Activation{inst: in})
		if r.source.askCoreTypes(two.Op, in, two.Imm[0], ported) != nil {
			r.isNotKnown(needsCoreTypes, whyOtherTypes)
		}
	}
}

// whyOtherTypes is why what needs the pin's core types cannot be told.
const whyOtherTypes = "functions have other core types than at the pin"

// ofCoreTypes are the numbers that core code passes of types of which only the core types are known: addresses, which are numbers as well, and 0.
func (m menu) ofCoreTypes(types []spec.CoreType) []operands {
	var all []operands
	for _, t := range types {
		numbers := m.addresses(0)
		if t == spec.F32 || t == spec.F64 {
			numbers = []uint64{0}
		}
		all = append(all, operands{1, numbers, []spec.CoreType{t}})
	}
	return all
}
