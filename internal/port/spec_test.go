package port

import (
	"testing"

	"cabi/spec"

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

// TestSpecIsPorted is what keeps the port true without Python: each definition of the pin has its counterpart, with
// all traps and asserts in their places.
func TestSpecIsPorted(t *testing.T) {
	roots, err := Roots(spec.Source, "spec")
	if err != nil {
		t.Fatal(err)
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
