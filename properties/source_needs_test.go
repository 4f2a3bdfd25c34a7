package properties_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// TestSourceNeeds renames each field of definitions.py in turn, which changes nothing but what the promises can read. Those that do not need the
// field find the same as at the pin, and all others are not checked. With CABI_LONG each field is renamed, and else every tenth.
func TestSourceNeeds(t *testing.T) {
	text := definitions(t)
	every := 10
	if os.Getenv("CABI_LONG") != "" {
		every = 1
	}
	classes := map[string][]string{} // by a field's name: those that have one
	for class, m := range spec.MirrorClasses {
		for _, field := range m.Has {
			classes[field] = append(classes[field], class)
		}
	}
	worlds := []string{"waits", "cancel", "host-reads", "borrows", "helpers", "streams"}
	pin := map[string]*model.Report{}
	for _, world := range worlds {
		search := searchOf(world, smallBounds[world])
		search.Source = sourceOf(t, text)
		pin[world] = search.Run()
	}
	explored := 0
	for i, field := range slices.Sorted(maps.Keys(classes)) {
		if i%every != 0 {
			continue
		}
		renamed := regexp.MustCompile(`\.`+field+`\b`).ReplaceAllString(text, "."+field+"_renamed")
		renamed = regexp.MustCompile(`(?m)^  def `+field+`\(self`).ReplaceAllString(renamed, "  def "+field+"_renamed(self") // a method of that name
		renamed = regexp.MustCompile(`(?m)^  `+field+`:`).ReplaceAllString(renamed, "  "+field+"_renamed:")
		if renamed == text {
			t.Errorf("definitions.py has no field %s", field)
		}
		source := sourceOf(t, renamed)
		for _, world := range worlds {
			search := searchOf(world, smallBounds[world])
			search.Source = source
			report := search.Run()
			if report.Err != nil { // nothing can be explored without it
				t.Logf("%s in %s: %v", field, world, report.Err)
				continue
			}
			explored++
			if report.Transitions < pin[world].Transitions { // it may be more: what is not known keeps states apart
				t.Errorf("%s in %s: %d transitions, at the pin %d", field, world, report.Transitions, pin[world].Transitions)
			}
			for _, p := range search.Properties {
				needed := slices.ContainsFunc(classes[field], func(class string) bool { return slices.Contains(p.Needs, class+"."+field) })
				if why := report.NotChecked[p.Name]; why != "" && !needed {
					t.Errorf("%s in %s: %s is not checked, and does not need it: %s", field, world, p.Name, why)
				}
				if found := foundOf(report, p); report.NotChecked[p.Name] == "" && !slices.Equal(found, foundOf(pin[world], p)) {
					t.Errorf("%s in %s: %s finds %q, at the pin %q", field, world, p.Name, found, foundOf(pin[world], p))
				}
				if report.NotChecked[p.Name] == "" && slices.Contains(pin[world].Exercised, p.Name) && !slices.Contains(report.Exercised, p.Name) {
					t.Errorf("%s in %s: %s is not exercised", field, world, p.Name)
				}
			}
		}
	}
	if explored < 6 {
		t.Errorf("%d worlds explored", explored)
	}
}

// foundOf is what a search found that violates a property. The name of an assert is that of its line, which has changed.
func foundOf(r *model.Report, p *model.Property) (found []string) {
	for _, v := range r.Violations {
		switch {
		case v.Property != p.Name:
		case p.Name == "no-assertion-failure":
			found = append(found, p.Name)
		default:
			found = append(found, v.Key())
		}
	}
	return found
}
