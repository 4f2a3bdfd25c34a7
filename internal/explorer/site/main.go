// Command site makes the page as static files: site DIR. Any web server can serve them.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"cabi/internal/output"
	"cabi/internal/page"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "name the directory: go run ./internal/explorer/site DIR")
		os.Exit(2)
	}
	if err := build(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// build makes the site in a directory.
func build(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	files := page.Files(page.Worker)
	engine, err := compile()
	if err != nil {
		return err
	}
	files["engine.bin"] = engine
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	support, err := os.ReadFile(filepath.Join(string(bytes.TrimSpace(root)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	files["wasm_exec.js"] = string(support)
	size := 0
	for name, text := range files {
		if err := output.WriteText(filepath.Join(dir, name), text); err != nil {
			return err
		}
		size += len(text)
	}
	fmt.Printf("%s: %d files, %.1f MB, of which the engine takes %.1f MB; serve the directory, as with python3 -m http.server -d %s\n", dir, len(files),
		float64(size)/1e6, float64(len(engine))/1e6, dir)
	return nil
}

// compile compiles the engine to WebAssembly, and packs it. It is called engine.bin, since some servers take a name in .gz for more than a
// name.
func compile() (string, error) {
	file, err := os.CreateTemp("", "engine")
	if err != nil {
		return "", err
	}
	file.Close()
	defer os.Remove(file.Name())
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file.Name(), "cabi/internal/explorer/engine")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("the engine cannot be compiled: %w", err)
	}
	module, err := os.ReadFile(file.Name())
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := z.Write(module); err != nil {
		return "", err
	}
	if err := z.Close(); err != nil {
		return "", err
	}
	return packed.String(), nil
}
