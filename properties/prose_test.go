package properties

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabi/model"
)

// TestProse checks that everything exists that docs/prose.md names as checking a sentence: a property, a site, a world, a file, a test.
func TestProse(t *testing.T) {
	sites := read(t, "../docs/generated/sites.md")
	for line := range strings.Lines(read(t, "../docs/prose.md")) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 {
			continue
		}
		for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[4], -1) {
			if name := m[1]; !there(name, sites) {
				t.Errorf("there is no %s, which is to check: %s", name, strings.TrimSpace(cells[3]))
			}
		}
	}
}

// there reports whether a name is that of a property, world, site, test or file.
func there(name, sites string) bool {
	switch {
	case slices.Contains(names(), name), model.WorldByName(name) != nil, strings.Contains(sites, "\n"+name+" "):
		return true
	case strings.HasPrefix(name, "Test"):
		return strings.Contains(tests(), "func "+name+"(")
	}
	_, err := os.Stat(filepath.Join("..", name))
	return err == nil
}

// tests is the text of this package's tests.
func tests() string {
	var all strings.Builder
	files, _ := filepath.Glob("*_test.go")
	for _, file := range files {
		text, _ := os.ReadFile(file)
		all.Write(text)
	}
	return all.String()
}
