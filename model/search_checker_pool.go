package model

import "reflect"

// A checkerPool is the checkers of a worker's runs, one run after the other. A checker that is plain values before its first run is set
// back to those for the next, which is faster than making a new one.
type checkerPool struct {
	properties []*Property
	checkers   []Checker
	fresh      []reflect.Value // each checker before its first run; invalid: a new one is made for each run
}

// first makes the checkers of the first run.
func (c *checkerPool) first() []Checker {
	c.checkers, c.fresh = newCheckers(c.properties), nil
	for _, checker := range c.checkers {
		c.fresh = append(c.fresh, freshOf(checker))
	}
	return c.checkers
}

// next makes the checkers ready for the next run, and reports whether there are new ones among them.
func (c *checkerPool) next() (renewed bool) {
	for i, fresh := range c.fresh {
		if fresh.IsValid() {
			reflect.ValueOf(c.checkers[i]).Elem().Set(fresh)
		} else {
			c.checkers[i] = c.properties[i].New()
			renewed = true
		}
	}
	return renewed
}

// freshOf copies a checker before its first run; invalid: the copy would share something with the checker.
func freshOf(c Checker) reflect.Value {
	v := reflect.ValueOf(c)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct || shares(v.Elem()) {
		return reflect.Value{}
	}
	fresh := reflect.New(v.Elem().Type()).Elem()
	fresh.Set(v.Elem())
	return fresh
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
