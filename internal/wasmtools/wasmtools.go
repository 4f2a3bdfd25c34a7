// Package wasmtools turns the text of components and modules into binaries. It runs wasm-tools, a program of the Bytecode Alliance: the
// executable, or wasm-tools compiled to a core module, which jco ships in its package for npm and which runs here under wazero. Neither
// is a part of this project: `make wasm-tools` fetches the module, at one version, into a cache.
package wasmtools

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Package is the package that ships the module, Member its place there, and Hash the SHA-256 of the module. It is the version that
// jco 1.34.0 has; the one after it refuses the word cancellable.
const (
	Package = "@bytecodealliance/jco-transpile@0.14.0"
	Member  = "package/vendor/wasm-tools.core.wasm"
	Hash    = "b9899dee7c3234257d6189b97bac1f72b267c7eb5b7cf5cc78ad45f537178f1c"
)

// Variable is the environment variable that names a wasm-tools: the module, whose name ends in .wasm, or an executable.
const Variable = "CABI_WASM_TOOLS"

// ErrMissing is the error when there is no wasm-tools.
var ErrMissing = errors.New("text needs wasm-tools: run make wasm-tools, put wasm-tools on the PATH, or set " + Variable +
	" to an executable or to jco's wasm-tools.core.wasm")

// Tools turns text into binaries, and validates components. Close it when done. Its errors have the words of wasm-tools.
type Tools interface {
	// Parse returns the binary of a component or module.
	Parse(text string) ([]byte, error)
	// Validate reports as an error that a binary is no valid component, with all features allowed.
	Validate(component []byte) error
	Close() error
}

// Cached is where `make wasm-tools` puts the module.
func Cached() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "cabi", "wasm-tools-"+Hash[:12]+".core.wasm"), err
}

// Find opens the wasm-tools that the environment names, else the module in the cache, else the executable on the PATH. If there is none,
// the error is ErrMissing.
func Find() (Tools, error) {
	if named := os.Getenv(Variable); named != "" {
		return openNamed(named)
	}
	if cached, err := Cached(); err == nil {
		if module, err := os.ReadFile(cached); err == nil {
			if err := CheckHash(module); err != nil {
				return nil, fmt.Errorf("%s: %w; remove it and run make wasm-tools", cached, err)
			}
			return openModule(module)
		}
	}
	if found, err := exec.LookPath("wasm-tools"); err == nil {
		return executable(found), nil
	}
	return nil, ErrMissing
}

func openNamed(named string) (Tools, error) {
	if !strings.HasSuffix(named, ".wasm") {
		found, err := exec.LookPath(named)
		if err != nil {
			return nil, fmt.Errorf("%s is no wasm-tools: %w", Variable, err)
		}
		return executable(found), nil
	}
	module, err := os.ReadFile(named)
	if err != nil {
		return nil, fmt.Errorf("%s is no wasm-tools: %w", Variable, err)
	}
	return openModule(module)
}

// CheckHash reports as an error that a module is not the pinned one.
func CheckHash(module []byte) error {
	if sum := sha256.Sum256(module); hex.EncodeToString(sum[:]) != Hash {
		return fmt.Errorf("the module has another hash than that of %s: %x", Package, sum)
	}
	return nil
}

// An executable is a wasm-tools of the system.
type executable string

// Parse runs wasm-tools parse.
func (e executable) Parse(text string) ([]byte, error) {
	return e.run(strings.NewReader(text), "parse", "-", "-o", "-")
}

// Validate runs wasm-tools validate.
func (e executable) Validate(component []byte) error {
	_, err := e.run(bytes.NewReader(component), "validate", "-", "--features", "all")
	return err
}

func (e executable) run(given io.Reader, args ...string) ([]byte, error) {
	cmd := exec.Command(string(e), args...)
	cmd.Stdin = given
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = errors.New(strings.TrimSpace(string(exit.Stderr)))
	}
	return out, err
}

// Close does nothing.
func (executable) Close() error { return nil }
