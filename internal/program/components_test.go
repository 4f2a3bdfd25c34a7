package program

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cabi/component"
	"cabi/internal/wasmtools"
)

const components = "../../examples/components/"

var write = flag.Bool("write", false, "make the binaries in examples/components again")

// The binaries in examples/components are what wasm-tools makes of the text beside them.
func TestBinaries(t *testing.T) {
	tools, err := wasmtools.Find()
	if errors.Is(err, wasmtools.ErrMissing) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	defer tools.Close()
	texts, _ := filepath.Glob(components + "*.wat")
	if len(texts) == 0 {
		t.Fatal("there are no components")
	}
	for _, file := range texts {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want, err := tools.Parse(string(text))
		if err != nil {
			t.Fatal(file, err)
		}
		binary := strings.TrimSuffix(file, ".wat") + ".wasm"
		if *write {
			if err := os.WriteFile(binary, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(binary); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what wasm-tools makes of %s (%v): go test ./internal/program -run TestBinaries -write", binary, file, err)
		}
	}
}

// read is the program of a component and its calls.
func read(t *testing.T, name string, calls ...string) *Program {
	t.Helper()
	binary, err := os.ReadFile(components + name + ".wasm")
	if err != nil {
		t.Fatal(err)
	}
	c, err := component.Decode(binary)
	if err != nil {
		t.Fatal(err)
	}
	p := &Program{Component: c}
	for _, text := range calls {
		call, err := ParseCall(text)
		if err != nil {
			t.Fatal(err)
		}
		p.Calls = append(p.Calls, call)
	}
	return p
}

func newRunner(t *testing.T) *Runner {
	r := NewRunner(false)
	t.Cleanup(r.Close)
	return r
}
