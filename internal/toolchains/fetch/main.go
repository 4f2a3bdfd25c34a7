// Fetch is `make toolchains`: it has npm fetch the toolchains, pinned, and has them make components of the programs, in the directory
// where package toolchains looks for them. What is there already, of the same source, is not made again.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"cabi/internal/output"
	"cabi/internal/toolchains"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "toolchains:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := toolchains.Cached()
	if err != nil {
		return err
	}
	changed, err := lay(dir, toolchains.Sources, "package.json", "build.mjs", "jco.mjs")
	if err != nil {
		return err
	}
	if _, missing := os.Stat(filepath.Join(dir, "node_modules", "componentize-qjs")); missing != nil || changed["package.json"] {
		if err := command(dir, "npm", "install", "--no-audit", "--no-fund", "--silent"); err != nil {
			return err
		}
	}
	for _, c := range toolchains.Components() {
		if err := build(dir, c); err != nil {
			return err
		}
	}
	return nil
}

// lay puts the files of the programs and of the toolchains into dir, and says which were not there as they are.
func lay(dir string, sources fs.FS, names ...string) (changed map[string]bool, err error) {
	changed = map[string]bool{}
	write := func(name string, data []byte) error {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if there, err := os.ReadFile(path); err == nil && string(there) == string(data) {
			return nil
		}
		changed[name] = true
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		return output.WriteText(path, string(data))
	}
	for _, name := range names {
		data, err := fs.ReadFile(sources, name)
		if err == nil {
			err = write(name, data)
		}
		if err != nil {
			return nil, err
		}
	}
	return changed, fs.WalkDir(toolchains.Programs, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(toolchains.Programs, name)
		if err != nil {
			return err
		}
		return write(name, data)
	})
}

// build makes a component, unless it is there and was made of the same sources.
func build(dir string, c toolchains.Component) error {
	if c.Toolchain == toolchains.Rust {
		_, err := c.Read() // a package ships it
		return err
	}
	stamp, err := hash(dir, c.Program)
	if err != nil {
		return err
	}
	stampFile := filepath.Join(dir, filepath.FromSlash(c.Path)+".made-of")
	if made, err := os.ReadFile(stampFile); err == nil && string(made) == stamp {
		if _, err := c.Read(); err == nil {
			return nil
		}
	}
	fmt.Println("toolchains:", c.Name())
	if err := command(dir, "node", "build.mjs", c.Toolchain, c.Program, filepath.FromSlash(c.Path)); err != nil {
		return err
	}
	return output.WriteText(stampFile, stamp)
}

// hash is the hash of all that a program's components are made of.
func hash(dir, program string) (string, error) {
	h := sha256.New()
	for _, name := range []string{"package.json", "build.mjs", "programs/" + program + "/program.js", "programs/" + program + "/" + program + ".wit"} {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			return "", err
		}
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func command(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s %q: %w", name, args, err)
	}
	return nil
}
