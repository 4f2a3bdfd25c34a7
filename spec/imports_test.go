package spec

import (
	"go/build"
	"strings"
	"testing"
)

// TestStandardLibraryAlone keeps the port free of dependencies: what it and the historical versions beside it import is of the
// standard library or of the port itself.
func TestStandardLibraryAlone(t *testing.T) {
	for _, dir := range []string{".", "history", "history/pertype", "history/resourcetable"} {
		pkg, err := build.ImportDir(dir, 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(pkg.Imports) == 0 {
			t.Errorf("%s imports nothing: the test looks at the wrong place", dir)
		}
		for _, path := range pkg.Imports {
			first, _, _ := strings.Cut(path, "/")
			if path != "cabi/spec" && !strings.HasPrefix(path, "cabi/spec/") && (strings.Contains(first, ".") || first == "cabi") {
				t.Errorf("%s imports %s", pkg.Dir, path)
			}
		}
	}
}
