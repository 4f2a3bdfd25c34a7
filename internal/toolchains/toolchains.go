// Package toolchains has components that other toolchains make, and what Wasmtime says of them: programs in JavaScript of which
// `make toolchains` has components made, the sessions of calls that are made to them, and recorded results.
package toolchains

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"

	"cabi/component"
)

// A Component is one that a toolchain made.
type Component struct {
	Toolchain string
	Program   string // whose sessions are held with it
	Path      string // below Cached
}

// Name is the name that recordings and the page have for it.
func (c Component) Name() string { return c.Toolchain + "-" + c.Program }

// Toolchains, as the page names them.
const (
	StarlingMonkey = "starlingmonkey"
	QuickJS        = "quickjs"
	Rust           = "rust"
)

// Components are all components. Those of later and pipes are async, which only one of the toolchains knows.
func Components() []Component {
	var all []Component
	for _, program := range []string{"text", "numbers", "shapes", "counters", "host", "files", "wrappers", "printing"} {
		all = append(all, built(StarlingMonkey, program), built(QuickJS, program))
	}
	for _, program := range []string{"later", "pipes"} {
		all = append(all, built(QuickJS, program))
	}
	return append(all,
		Component{Rust, "redact", "node_modules/@arcjet/redact-wasm/wasm/arcjet_analyze_bindings_redact.component.wasm"},
		Component{Rust, "analyze", "node_modules/@arcjet/analyze-wasm/wasm/arcjet_analyze_js_req.component.wasm"})
}

func built(toolchain, program string) Component {
	return Component{toolchain, program, "components/" + toolchain + "-" + program + ".wasm"}
}

// Async reports whether the component uses what Wasmtime's C API does not have.
func (c Component) Async() bool { return c.Program == "later" || c.Program == "pipes" }

// Programs is the source of the programs, and Sources are the files that npm and node need to make components of them.
//
//go:embed programs
var Programs embed.FS

//go:embed package.json build.mjs jco.mjs
var Sources embed.FS

// Cached is the directory that `make toolchains` fills.
func Cached() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "cabi", "toolchains"), err
}

// Read reads the component's binary.
func (c Component) Read() ([]byte, error) {
	dir, err := Cached()
	if err != nil {
		return nil, err
	}
	binary, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(c.Path)))
	if err != nil {
		return nil, fmt.Errorf("%w: make toolchains makes it", err)
	}
	return binary, nil
}

// Decode reads and decodes the component.
func (c Component) Decode() (*component.Component, error) {
	binary, err := c.Read()
	if err != nil {
		return nil, err
	}
	return component.Decode(binary)
}
