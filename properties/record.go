package properties

import "slices"

// A record is what a checker remembers of some keys. They are few, so it is a list, which a search keeps and puts back faster than a map.
type record[K comparable, V any] []recorded[K, V]

type recorded[K comparable, V any] struct {
	key   K
	value V
}

func (r *record[K, V]) put(k K, v V) {
	for i := range *r {
		if (*r)[i].key == k {
			(*r)[i].value = v
			return
		}
	}
	*r = append(*r, recorded[K, V]{k, v})
}

// get is what is recorded of a key, and whether anything is.
func (r record[K, V]) get(k K) (v V, known bool) {
	for i := range r {
		if r[i].key == k {
			return r[i].value, true
		}
	}
	return v, false
}

// of is what is recorded of a key; the zero value: nothing is.
func (r record[K, V]) of(k K) V {
	v, _ := r.get(k)
	return v
}

func (r *record[K, V]) remove(k K) {
	*r = slices.DeleteFunc(*r, func(of recorded[K, V]) bool { return of.key == k })
}
