package properties

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// A Lookalike is a bug of spec/ whose violation is of the kind of a known defect and has another cause. It is a patch in testdata/causes, as
// those of TestPatches, with the lines:
//
//	bug WHAT
//	in WORLD --steps STEPS: FINDING
//	shape SHAPE                       in which * stands for any words
type Lookalike struct {
	File, Name, World string
	Steps             int
	Finding, Shape    string
}

// Told reports whether a violation is the bug's, and none that is known.
func (l *Lookalike) Told(v *model.Violation) bool {
	return v.Name() == l.Finding && CauseOf(v) == nil && (&Cause{Shapes: []string{l.Shape}}).has(v.Shape)
}

var lookalikePattern = regexp.MustCompile(`^bug .+\nin (\S+) --steps (\d+): (.+)\nshape (.+)$`)

// Lookalikes are the bugs of testdata/causes.
func Lookalikes(t *testing.T) (all []Lookalike) {
	t.Helper()
	files, err := filepath.Glob("testdata/causes/*.patch")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d patches in testdata/causes, %v", len(files), err)
	}
	for _, file := range files {
		header, _, _ := strings.Cut(read(t, file), "\n--- ")
		m := lookalikePattern.FindStringSubmatch(header)
		if m == nil {
			t.Fatalf("%s begins with no bug, world and cause", file)
		}
		steps, _ := strconv.Atoi(m[2])
		all = append(all, Lookalike{file, strings.TrimSuffix(filepath.Base(file), ".patch"), m[1], steps, m[3], m[4]})
	}
	return all
}

// TestLookalikesFit checks, without building anything, that the patches apply, that a known defect is of the same kind in their worlds, and that
// it has another cause.
func TestLookalikesFit(t *testing.T) {
	for _, l := range Lookalikes(t) {
		patched(t, l.File)
		property, kind, _ := strings.Cut(l.Finding, "/")
		if !slices.ContainsFunc(knownIn(l.World), func(d Defect) bool { return d.Property.Name == property && d.Kind == kind }) {
			t.Errorf("%s: no known defect of %s is %s", l.File, l.World, l.Finding)
		}
		if c := CauseOf(&model.Violation{Property: property, Kind: kind, Shape: strings.ReplaceAll(l.Shape, "*", "x")}); c != nil {
			t.Errorf("%s: its cause is that of a known defect: %s", l.File, c.What)
		}
	}
}

// TestLookalikes makes each bug, and checks that a search tells of it beside the known defect, or in its place.
func TestLookalikes(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("builds the command: set CABI_LONG=1 to run it")
	}
	var files []string
	for _, l := range Lookalikes(t) {
		files = append(files, l.File)
	}
	program := withPatches(t, files, buildCommand)
	for _, l := range Lookalikes(t) {
		t.Run(l.Name, func(t *testing.T) {
			out, _ := program(t, l.File).command("check", "--keep-going", "--json", l.World, "--steps", strconv.Itoa(l.Steps)).Output()
			var shapes []string
			for lines := json.NewDecoder(bytes.NewReader(out)); lines.More(); {
				var f struct{ Finding, Property, Site, Shape, Known string }
				if err := lines.Decode(&f); err != nil {
					t.Fatalf("%v: %s", err, out)
				}
				if f.Known == "" && l.Told(&model.Violation{Property: f.Property, Kind: f.Site, Shape: f.Shape}) {
					t.Logf("told: %s", f.Shape)
					return
				}
				if f.Finding == l.Finding {
					shapes = append(shapes, f.Shape)
				}
			}
			t.Errorf("not told apart; %s is there with the causes:\n%s", l.Finding, strings.Join(shapes, "\n"))
		})
	}
}

// TestShapesOfAnyWorkers checks that the causes that are told do not depend on how many workers search, nor on the order in which they come.
func TestShapesOfAnyWorkers(t *testing.T) {
	told := func(workers int) (keys []string) {
		w := model.WorldByName("children")
		s := model.Search{World: w, Variant: spec.SingleTable, Properties: For(w), Bounds: model.Bounds{Steps: 8}.Or(w.Bounds), KeepGoing: true, ByShape: true, Workers: workers}
		for _, v := range s.Run().Violations {
			if CauseOf(v) == nil {
				t.Errorf("not known: %s", v.Key())
			}
			keys = append(keys, v.Key())
		}
		return keys
	}
	one, three := told(1), told(3)
	if len(one) < 3 || !slices.Equal(one, three) {
		t.Errorf("one worker tells\n%s\nand three\n%s", strings.Join(one, "\n"), strings.Join(three, "\n"))
	}
}
