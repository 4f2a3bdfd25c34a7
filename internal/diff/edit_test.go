package diff

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An edit of the port that cannot be built is told so, and why.
func TestBuildEdit(t *testing.T) {
	text, err := os.ReadFile("../../spec/embed.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitN(string(text), "\n", 3)
	patch := strings.Join([]string{"--- a/spec/embed.go", "+++ b/spec/embed.go", "@@ -1,2 +1,3 @@", " " + lines[0], "+nothing", " " + lines[1], ""}, "\n")
	dir := t.TempDir()
	for name, text := range map[string]string{"none.patch": "no patch\n", "fits.patch": patch, "others.patch": strings.ReplaceAll(patch, "spec/", "nowhere/")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ patch, source, want string }{
		{"missing.patch", "", "there is no file"},
		{"none.patch", "", "none.patch does not apply to "},
		{"others.patch", "", "nowhere/embed.go"},
		{"fits.patch", dir, "is no tree of this project"},
		{"fits.patch", "", "spec/embed.go:2"},
	} {
		e, err := BuildEdit(filepath.Join(dir, c.patch), c.source)
		if _, bad := err.(*BadInput); !bad || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: %v, want %q", c.patch, c.source, err, c.want)
		}
		if e != nil {
			e.Close()
		}
	}
}
