package model

import "reflect"

// A cast is the checkers of a worker's runs, one after the other: those that begin with nothing but plain values are used
// again, which is faster than to make them anew.
type checkerPool struct {
	properties []*Property
	checkers   []Checker
	fresh      []reflect.Value // what each was before its first run; invalid: it is made anew
}

// first is the checkers for the first run.
func (c *checkerPool) first() []Checker {
	c.checkers = newCheckers(c.properties)
	for _, checker := range c.checkers {
		c.fresh = append(c.fresh, freshOf(checker))
	}
	return c.checkers
}

// next makes the checkers those for the next run, and reports whether there are new ones among them.
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

// freshOf copies a checker that has not seen a run; invalid: it holds something that a copy would share.
func freshOf(c Checker) reflect.Value {
	v := reflect.ValueOf(c)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct || shares(v.Elem()) {
		return reflect.Value{}
	}
	fresh := reflect.New(v.Elem().Type()).Elem()
	fresh.Set(v.Elem())
	return fresh
}

// shares reports whether a copy of v shares something with v that can change.
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
	return false // functions are the property's, and keep nothing of a run
}
