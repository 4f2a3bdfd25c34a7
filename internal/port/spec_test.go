package port

import (
	"io/fs"
	"testing"

	"cabi/spec"
	"cabi/spec/history/pertype"
	"cabi/spec/history/resourcetable"

	"github.com/google/go-cmp/cmp"
)

func recorded(t *testing.T) *Upstream {
	t.Helper()
	u, err := Load(spec.Source, "")
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestManifestCounts(t *testing.T) {
	want := map[string]int{KindFunc: 298, KindClass: 91, KindConst: 21, KindModule: 1, KindTrap: 146, KindAssert: 158}
	if diff := cmp.Diff(want, recorded(t).Counts()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestSpecIsPorted is what keeps the port true without Python: each definition of the pin, and of the historical
// versions, has its counterpart, with all traps and asserts in their places.
func TestSpecIsPorted(t *testing.T) {
	for _, source := range []struct {
		fs   fs.FS
		dir  string
		pins int
	}{
		{spec.Source, "spec", 1},
		{pertype.Source, "spec/history/pertype", 1},
		{resourcetable.Source, "spec/history/resourcetable", 1},
	} {
		roots, err := Roots(source.fs, source.dir)
		if err != nil {
			t.Fatal(err)
		}
		if len(roots) != source.pins {
			t.Errorf("%s ports %d versions of definitions.py, want %d", source.dir, len(roots), source.pins)
		}
		for _, root := range roots {
			report, err := Check(root)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range report.Problems {
				t.Error(p)
			}
		}
	}
}
