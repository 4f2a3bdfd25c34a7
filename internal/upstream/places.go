package upstream

import (
	"fmt"
	"sync"

	"cabi/internal/port"
	"cabi/spec"
)

// A place is the position of a site in definitions.py.
type place struct {
	site spec.Site
	at   string // "Table.get#2": the function, and the ordinal of the trap or assert in it
	kind string // trap or assert
}

// places are all sites of the specification, in the order of definitions.py.
var places = sync.OnceValue(func() []place {
	u, err := port.Load(spec.Source, "")
	if err != nil {
		panic(err) // a test keeps it readable
	}
	var all []place
	for _, d := range u.Definitions {
		for i, s := range d.Sites {
			all = append(all, place{spec.Site(s.Name), fmt.Sprintf("%s#%d", d.Name, i+1), s.Kind})
		}
	}
	return all
})

var placesBySite = sync.OnceValue(func() map[spec.Site]string {
	at := map[spec.Site]string{}
	for _, p := range places() {
		at[p.site] = p.at
	}
	return at
})

// placeOf is the position of a site in definitions.py. A site without one is a bug of the port.
func placeOf(site spec.Site) string {
	if at, ok := placesBySite()[site]; ok {
		return at
	}
	return "unknown site " + string(site)
}
