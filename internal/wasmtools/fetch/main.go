// Fetch is `make wasm-tools`: it puts wasm-tools, compiled to a core module, where package wasmtools looks for it. It takes the module
// out of the package of jco that ships it, through npm, and checks its hash.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"cabi/internal/output"
	"cabi/internal/wasmtools"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "wasm-tools:", err)
		os.Exit(1)
	}
}

func run() error {
	target, err := wasmtools.Cached()
	if err != nil {
		return err
	}
	if there, err := os.ReadFile(target); err == nil && wasmtools.CheckHash(there) == nil {
		fmt.Println("wasm-tools is there:", target)
		return nil
	}
	module, err := fetch()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return err
	}
	fmt.Println("wasm-tools:", target)
	return output.WriteText(target, string(module))
}

// fetch has npm download the package and takes the module out of it.
func fetch() ([]byte, error) {
	dir, err := os.MkdirTemp("", "wasm-tools")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "pack", "--silent", wasmtools.Package)
	npm.Dir = dir
	name, err := npm.Output()
	if err != nil {
		return nil, fmt.Errorf("npm pack %s: %w%s", wasmtools.Package, err, said(err))
	}
	archive, err := os.Open(filepath.Join(dir, filepath.Base(strings.TrimSpace(string(name)))))
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	module, err := member(archive)
	if err == nil {
		err = wasmtools.CheckHash(module)
	}
	return module, err
}

// said is what a command wrote to its standard error, on a line of its own.
func said(err error) string {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return "\n" + string(bytes.TrimSpace(exit.Stderr))
	}
	return ""
}

// member reads the module out of the package.
func member(archive io.Reader) ([]byte, error) {
	unpacked, err := gzip.NewReader(archive)
	if err != nil {
		return nil, err
	}
	for files := tar.NewReader(unpacked); ; {
		switch header, err := files.Next(); {
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("%s has no %s", wasmtools.Package, wasmtools.Member)
		case err != nil:
			return nil, err
		case header.Name == wasmtools.Member:
			return io.ReadAll(files)
		}
	}
}
