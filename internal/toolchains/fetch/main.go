// Fetch is `make toolchains`: it has npm fetch the toolchains, pinned, and has them make components of the programs, in the directory
// where package toolchains looks for them. What is there already, of the same source, is not made again.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"cabi/internal/npm"
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
	if err := npm.Install(dir, toolchains.Sources, toolchains.Programs); err != nil {
		return err
	}
	for _, c := range toolchains.Components() {
		if err := build(dir, c); err != nil {
			return err
		}
	}
	return nil
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
	if err := npm.Run(dir, "node", "build.mjs", c.Toolchain, c.Program, filepath.FromSlash(c.Path)); err != nil {
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
