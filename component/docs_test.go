package component

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write testdata/greet.wasm again")

// TestExampleBinary keeps the component that the example reads the one that the tests build.
func TestExampleBinary(t *testing.T) {
	const path = "testdata/greet.wasm"
	if *write {
		if err := os.WriteFile(path, greeter().b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, greeter().b) {
		t.Errorf("%s is not what the tests build (%v): go test ./component -run TestExampleBinary -write", path, err)
	}
}

// TestDocsExample keeps the code in docs/components.md that of examples/embed, which is run.
func TestDocsExample(t *testing.T) {
	source, err := os.ReadFile("../examples/embed/main.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/components.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(source), "func main() {\n")
	var quoted strings.Builder
	for line := range strings.Lines(strings.TrimSuffix(example, "}\n")) {
		line = strings.TrimPrefix(line, "\t")
		if line != "\n" {
			quoted.WriteString("    ")
		}
		quoted.WriteString(line)
	}
	if !strings.Contains(string(page), quoted.String()) {
		t.Errorf("docs/components.md does not have the example:\n%s", quoted.String())
	}
}
