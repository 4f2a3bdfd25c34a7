package properties

import (
	_ "embed"
	"strings"

	"cabi/model"
)

// needsText says what the checkers of the properties look at. A test derives it from the sources.
//
//go:embed needs.txt
var needsText string

func init() {
	needs := map[string][]string{}
	for line := range strings.Lines(needsText) {
		name, fields, _ := strings.Cut(strings.TrimSpace(line), ":")
		needs[name] = strings.Fields(fields)
	}
	for _, p := range All {
		var known bool
		if p.Needs, known = needs[p.Name]; !known {
			p.Needs = []string{model.NeedsAll}
		}
	}
}
