package engine

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/zeebo/xxh3"

	"cabi/internal/nearest"
	"cabi/internal/python"
	"cabi/spec"
)

// This file makes a definitions.py another one: with sites that are switched off, or with a lower limit where the limit is a number in
// the middle of a line. Lines keep their numbers.

// siteWord is what a site begins with.
var siteWord = regexp.MustCompile(`\btrap_if\b|\bassert\b|\btrap\(\)`)

// withoutWord is what stands in place of a site that is switched off: its condition is still evaluated.
var withoutWord = map[string]string{"trap_if": "", "assert": "", "trap()": "pass"}

// Without is the source with sites that are switched off: they evaluate their conditions, and never stop a run.
func (s *Source) Without(off []spec.Site) (*Source, error) {
	edited := s
	for _, name := range off {
		lines := s.linesOf(name)
		if len(lines) == 0 {
			return nil, fmt.Errorf("%s has no %s to switch off%s", s.Name, name, nearest.Hint(string(name), s.SiteNames()))
		}
		for _, line := range lines {
			words := siteWord.FindAllString(s.Line(line), -1)
			if len(words) != 1 {
				return nil, fmt.Errorf("%s:%d: %s cannot be switched off: it does not stand alone on its line", s.Name, line, name)
			}
			edited = edited.withLine(line, func(text string) string { return strings.Replace(text, words[0], withoutWord[words[0]], 1) })
		}
	}
	return edited, nil
}

// linesOf are the lines of the sites of a name.
func (s *Source) linesOf(name spec.Site) (lines []int) {
	for _, sites := range s.sites {
		for _, at := range sites {
			if at.name == name {
				lines = append(lines, at.line)
			}
		}
	}
	slices.Sort(lines)
	return lines
}

// HasSite reports whether the source has a site of a name, and of which kind: trap or assert.
func (s *Source) HasSite(name spec.Site) (kind string, has bool) {
	for _, sites := range s.sites {
		for _, at := range sites {
			if at.name == name {
				return at.kind, true
			}
		}
	}
	return "", false
}

// Hash tells the text from others.
func (s *Source) Hash() string { return fmt.Sprintf("%032x", xxh3.HashString128(s.text).Bytes()) }

// Functions are the names of the functions of definitions.py that are no methods.
func (m *Machine) Functions() (names []string) {
	for name := range m.Source.sites {
		if v, _ := m.Definitions.Get(name); v != nil {
			if _, is := v.(*python.Function); is {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// HasFunction reports whether the source has a function, by the name that a crash in it has.
func (s *Source) HasFunction(name string) bool {
	_, has := s.sites[strings.TrimSuffix(name, ".<lambda>")]
	return has
}

// SiteNames are the names of all sites, sorted.
func (s *Source) SiteNames() (names []string) {
	for _, sites := range s.sites {
		for _, at := range sites {
			names = append(names, string(at.name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// backpressureSites compare the backpressure with its limit, which the pin has as backpressureLimit in each.
var backpressureSites = []spec.Site{"canon_backpressure_inc/range", "canon_backpressure_inc/overflow", "canon_backpressure_dec/range"}

const backpressureLimit = "2**16"

// WithBackpressure is the source with another limit on backpressure. The error says that a line that has the limit is not there.
func (s *Source) WithBackpressure(limit int64) (*Source, error) {
	edited := s
	for _, name := range backpressureSites {
		lines := s.linesOf(name)
		if len(lines) != 1 || strings.Count(s.Line(lines[0]), backpressureLimit) != 1 {
			function, _, _ := strings.Cut(string(name), "/")
			return nil, fmt.Errorf("the limit on backpressure cannot be lowered: %s does not compare it with %s in %s, as the pin does", s.Name, backpressureLimit, function)
		}
		edited = edited.withLine(lines[0], func(line string) string {
			return strings.Replace(line, backpressureLimit, strconv.FormatInt(limit, 10), 1)
		})
	}
	return edited, nil
}

// withLine is the source with a line changed. What it says of itself, to people and of its sites, is as it was before.
func (s *Source) withLine(n int, change func(line string) string) *Source {
	lines := strings.Split(s.text, "\n")
	lines[n-1] = change(lines[n-1])
	edited := *s
	edited.text = strings.Join(lines, "\n")
	return &edited
}
