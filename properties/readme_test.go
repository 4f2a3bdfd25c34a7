package properties

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestReadme checks that the Go code that README.md quotes is in a file of this package.
func TestReadme(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	for _, file := range files {
		sources.WriteString(read(t, file))
	}
	quotes := regexp.MustCompile("(?s)```go\n(.+?)```").FindAllStringSubmatch(read(t, "README.md"), -1)
	if len(quotes) == 0 {
		t.Error("README.md quotes no code")
	}
	for _, quote := range quotes {
		if !strings.Contains(sources.String(), quote[1]) {
			t.Errorf("no file has the code that README.md quotes:\n%s", quote[1])
		}
	}
}
