package model

import (
	"fmt"
	"reflect"

	"cabi/internal/snapshot"
)

// A checkerPool is the checkers of a worker's runs, one run after the other. A checker that is plain values before its first run is set
// back to those for the next, which is faster than making a new one.
type checkerPool struct {
	properties []*Property
	checkers   []Checker
	results    []CheckerResult    // of the checkers
	plain      any                // a struct of those that are set back and remember something: a snapshot saves one large object in less time than many small ones
	fresh      *snapshot.Snapshot // of these, before the first run
	renewed    []int              // the others: a new one is made for each run
}

// first makes the checkers of the first run.
func (c *checkerPool) first() []Checker {
	c.checkers, c.results, c.renewed = newCheckers(c.properties), make([]CheckerResult, len(c.properties)), nil
	var atMenus, others []int // what is told of every menu changes at most of them, so these checkers stand together
	for i, checker := range c.checkers {
		_, settled := checker.(settledObserver)
		switch {
		case !isPlain(checker):
			c.renewed = append(c.renewed, i)
		case remembersNothing(reflect.TypeOf(checker).Elem()):
		case settled:
			atMenus = append(atMenus, i)
		default:
			others = append(others, i)
		}
	}
	c.plain = sideBySide(c.checkers, append(atMenus, others...))
	for i, checker := range c.checkers {
		checker.base().CheckerResult = &c.results[i]
	}
	c.fresh = snapshot.New(snapshot.Types{Fixed: []reflect.Type{reflect.TypeFor[CheckerResult]()}})
	c.fresh.Add(c.plain)
	return c.checkers
}

// remembersNothing reports whether a checker of a type has nothing but a result and functions, so that nothing of it but the result changes.
func remembersNothing(t reflect.Type) bool {
	for i := range t.NumField() {
		switch f := t.Field(i).Type; {
		case f == reflect.TypeFor[BaseChecker](), f.Kind() == reflect.Func:
		case f.Kind() != reflect.Struct || !remembersNothing(f):
			return false
		}
	}
	return true
}

// sideBySide moves some checkers into one struct, and returns its address.
func sideBySide(checkers []Checker, some []int) any {
	var fields []reflect.StructField
	for _, i := range some {
		fields = append(fields, reflect.StructField{Name: fmt.Sprint("C", i), Type: reflect.TypeOf(checkers[i]).Elem()})
	}
	all := reflect.New(reflect.StructOf(fields))
	for field, i := range some {
		at := all.Elem().Field(field)
		at.Set(reflect.ValueOf(checkers[i]).Elem())
		checkers[i] = at.Addr().Interface().(Checker)
	}
	return all.Interface()
}

// saveTo adds all checkers that remember something to a snapshot.
func (c *checkerPool) saveTo(s *snapshot.Snapshot) {
	s.Add(c.plain)
	for _, i := range c.renewed {
		s.Add(c.checkers[i])
	}
}

// next makes the checkers ready for the next run, and reports whether there are new ones among them.
func (c *checkerPool) next() (renewed bool) {
	c.fresh.Restore()
	clear(c.results)
	for _, i := range c.renewed {
		c.checkers[i] = c.properties[i].New()
		c.checkers[i].base().CheckerResult = &c.results[i]
	}
	return len(c.renewed) > 0
}

// isPlain reports whether a checker is plain values before its first run.
func isPlain(c Checker) bool {
	v := reflect.ValueOf(c)
	return v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct && !shares(v.Elem())
}

// shares reports whether a copy of v would share something with v that can change.
func shares(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if shares(v.Field(i)) {
				return true
			}
		}
		return false
	case reflect.Map, reflect.Slice, reflect.Pointer, reflect.Interface, reflect.Chan:
		return !v.IsNil()
	case reflect.Array:
		return v.Len() > 0 && shares(v.Index(0))
	}
	return false // also functions: they belong to the property, and keep nothing of a run
}
