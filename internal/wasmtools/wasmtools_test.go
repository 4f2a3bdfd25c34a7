package wasmtools

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// find opens wasm-tools, or skips the test with what to do.
func find(t testing.TB) Tools {
	t.Helper()
	tools, err := Find()
	if errors.Is(err, ErrMissing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tools.Close() })
	return tools
}

// Text becomes a binary, and bad text an error with the words of wasm-tools, as often as one likes.
func TestParse(t *testing.T) {
	tools := find(t)
	for range 3 {
		component, err := tools.Parse("(component (core module (func)))")
		if err != nil || !bytes.HasPrefix(component, []byte("\x00asm\x0d\x00\x01\x00")) {
			t.Errorf("a component: %x, %v", component, err)
		}
		if _, err := tools.Parse("(component (core modul))"); err == nil || !strings.Contains(err.Error(), "expected valid component field") {
			t.Errorf("a bad component: %v", err)
		}
	}
	module, err := tools.Parse("(module)")
	if err != nil || !bytes.HasPrefix(module, []byte("\x00asm\x01\x00\x00\x00")) {
		t.Errorf("an empty module: %x, %v", module, err)
	}
}

// What is no valid component is told apart, whatever it exports; an error has the words of wasm-tools.
func TestValidate(t *testing.T) {
	tools := find(t)
	for text, want := range map[string]string{
		"(component)": "",
		`(component (type $r (resource (rep i32))) (export "r" (type $r)))`: "",
		"(component (canon resource.drop 0 (core func)))":                   "unknown type 0",
		`(component (component $c (type $r' (resource (rep i32))) (export $r "r" (type $r')) (core module $m (func (export "f") (result i32) i32.const 0))
			(core instance $i (instantiate $m)) (func (export "f") (result (own $r)) (canon lift (core func $i "f"))))
			(instance $i (instantiate $c)) (export "f" (func $i "f")))`: "not valid to be used as export",
	} {
		component, err := tools.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := tools.Validate(component); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if err := tools.Validate([]byte("\x00asm\x01\x00\x00\x00")); err == nil {
		t.Error("a core module is a valid component")
	}
}

// Of an error that the module writes as Rust prints it, the place and the words are kept.
func TestRefusal(t *testing.T) {
	printed := `Error { kind: Wast(Error { inner: ErrorInner { text: Some(Text { line: 2, col: 12, snippet: "x" }), kind: Custom("no \"b\"") } }) }`
	for text, want := range map[string]string{printed: `line 3, column 13: no "b"`, "something else": "something else"} {
		if got := refusal(text).Error(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// The environment's wasm-tools is taken before any other, and what it names must be there and be one.
func TestNamed(t *testing.T) {
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.wasm")
	if err := os.WriteFile(broken, []byte("\x00asm\x01\x00\x00\x00"), 0o666); err != nil {
		t.Fatal(err)
	}
	for named, want := range map[string]string{
		filepath.Join(dir, "nothing"):      "is no wasm-tools",
		filepath.Join(dir, "nothing.wasm"): "is no wasm-tools",
		broken:                             "exports no cabi_realloc",
	} {
		t.Setenv(Variable, named)
		tools, err := Find()
		if err == nil {
			_, err = tools.Parse("")
			tools.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want …%s…", named, err, want)
		}
	}
}

// An executable gets the text on its standard input; what it writes to its standard error is the error.
func TestExecutable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wasm-tools")
	script := "#!/bin/sh\nread text\nif [ \"$text\" = bad ]; then echo no >&2; exit 1; fi\necho \"$@ $text\"\n"
	if err := os.WriteFile(file, []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv(Variable, file)
	tools := find(t)
	if got, err := tools.Parse("text\n"); err != nil || string(got) != "parse - -o - text\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := tools.Parse("bad\n"); err == nil || err.Error() != "no" {
		t.Errorf("got %v, want no", err)
	}
	if err := tools.Validate([]byte("good\n")); err != nil {
		t.Error(err)
	}
	if err := tools.Validate([]byte("bad\n")); err == nil || err.Error() != "no" {
		t.Errorf("got %v, want no", err)
	}
}

// A module in the cache that is not the pinned one is refused, and a missing one says what to do.
func TestCache(t *testing.T) {
	t.Setenv(Variable, "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(); !errors.Is(err, ErrMissing) {
		t.Errorf("got %v, want %v", err, ErrMissing)
	}
	cached, err := Cached()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(cached), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cached, []byte("\x00asm"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(); err == nil || !strings.Contains(err.Error(), "another hash") {
		t.Errorf("got %v, want that the hash is another", err)
	}
}

func BenchmarkParse(b *testing.B) {
	tools := find(b)
	for b.Loop() {
		if _, err := tools.Parse("(component (core module (func)))"); err != nil {
			b.Fatal(err)
		}
	}
}
