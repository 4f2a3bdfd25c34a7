package suite

import (
	"cabi/internal/port"
	"cabi/spec"
)

// A Site is a trap and its sentence.
type Site struct {
	Name     spec.Site
	Sentence string
}

// TrapSites are the traps of the specification, in its order.
func TrapSites() ([]Site, error) {
	roots, err := port.Roots(spec.Source, "spec")
	if err != nil {
		return nil, err
	}
	report, err := port.Check(roots[0])
	if err != nil {
		return nil, err
	}
	var sites []Site
	for _, s := range report.Sites {
		if s.Kind == port.KindTrap {
			sites = append(sites, Site{spec.Site(s.Name), s.Sentence})
		}
	}
	return sites, nil
}
