package port

import (
	"path"
	"slices"
)

// splitHeading is the one heading whose definitions may be spread over files of their own.
const splitHeading = "Boilerplate"

// homes returns the file of each heading: the one in which the first of its definitions stands.
func (c *checker) homes() map[string]string {
	home := map[string]string{}
	for _, def := range c.Upstream.Definitions {
		if d := c.first[def.Name]; d != nil && d.verb == "py" && home[def.Heading] == "" {
			home[def.Heading] = d.file
		}
	}
	return home
}

// checkHeadings complains about a file with definitions of two headings, and a heading with definitions in two files.
func (c *checker) checkHeadings(src *source) {
	ports := src.ports()
	own := ""
	if len(ports) > 0 {
		own = c.fileHeading(src, ports)
	}
	for _, d := range src.directives {
		heading := c.definition(d).Heading
		home := c.home[heading]
		switch {
		case heading == own && (home == src.name || heading == splitHeading):
		case home == src.name:
			c.at(d, "%s stands under %q, but the file is that of %q: move it to a file of its own", d.name, heading, own)
		case home != "":
			c.at(d, "%s stands under %q: move it to %s", d.name, heading, path.Join(c.Dir, home))
		}
	}
}

// fileHeading is the heading of the first definition of a file that is at home there.
func (c *checker) fileHeading(src *source, ports []*directive) string {
	for _, d := range ports {
		if h := c.definition(d).Heading; c.home[h] == src.name || h == splitHeading {
			return h
		}
	}
	return c.definition(ports[0]).Heading
}

// checkOrder complains about definitions that do not follow upstream's order. It names the fewest that would have to
// move: those outside of a longest run that is in order.
func (c *checker) checkOrder(src *source) {
	ports := src.ports()
	kept := longestIncreasing(ports, func(d *directive) int { return c.index[d.name] })
	for i, d := range ports {
		if !kept[i] {
			c.at(d, "%s (definitions.py:%d) is out of order: %s", d.name, c.definition(d).Line, c.whereTo(d, ports, kept))
		}
	}
}

// whereTo says between which of its kept neighbours d belongs.
func (c *checker) whereTo(d *directive, ports []*directive, kept []bool) string {
	after := ""
	for i, e := range ports {
		if kept[i] && c.index[e.name] < c.index[d.name] {
			after = e.name
		}
	}
	if after == "" {
		return "move it to the top"
	}
	return "move it below " + after
}

// longestIncreasing marks the elements of a longest subsequence whose keys increase.
func longestIncreasing[E any](list []E, key func(E) int) []bool {
	length := make([]int, len(list)) // of the longest that ends at i
	before := make([]int, len(list))
	for i := range list {
		length[i], before[i] = 1, -1
		for j := range i {
			if key(list[j]) < key(list[i]) && length[j]+1 > length[i] {
				length[i], before[i] = length[j]+1, j
			}
		}
	}
	kept := make([]bool, len(list))
	if len(list) == 0 {
		return kept
	}
	for i := slices.Index(length, slices.Max(length)); i >= 0; i = before[i] {
		kept[i] = true
	}
	return kept
}
