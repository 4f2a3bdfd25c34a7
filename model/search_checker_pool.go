package model

import (
	"reflect"

	"cabi/internal/snapshot"
)

// A checkerPool is the checkers of a worker's runs, one run after the other. A checker that is plain values before its first run is set
// back to those for the next, which is faster than making a new one.
type checkerPool struct {
	properties []*Property
	checkers   []Checker
	fresh      *snapshot.Snapshot // of the checkers that are set back, before the first run
	renewed    []int              // the others: a new one is made for each run
}

// first makes the checkers of the first run.
func (c *checkerPool) first() []Checker {
	c.checkers, c.fresh, c.renewed = newCheckers(c.properties), snapshot.New(), nil
	for i, checker := range c.checkers {
		if isPlain(checker) {
			c.fresh.Add(checker)
		} else {
			c.renewed = append(c.renewed, i)
		}
	}
	return c.checkers
}

// next makes the checkers ready for the next run, and reports whether there are new ones among them.
func (c *checkerPool) next() (renewed bool) {
	c.fresh.Restore()
	for _, i := range c.renewed {
		c.checkers[i] = c.properties[i].New()
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
