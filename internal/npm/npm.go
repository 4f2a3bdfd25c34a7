// Package npm has npm fetch packages, at the versions that a package.json pins, into a directory of the user's cache.
package npm

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"cabi/internal/output"
)

// fetched is what npm writes when it has fetched all.
const fetched = "node_modules/.package-lock.json"

// Install lays sources into dir, one of them a package.json, and has npm fetch what that names, unless it is there.
func Install(dir string, sources ...fs.FS) error {
	done := filepath.Join(dir, filepath.FromSlash(fetched))
	for _, files := range sources {
		err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(files, name)
			if err != nil {
				return err
			}
			path := filepath.Join(dir, filepath.FromSlash(name))
			if there, err := os.ReadFile(path); err == nil && string(there) == string(data) {
				return nil
			}
			if name == "package.json" { // what is there is of another one, also if npm fails now
				if err := os.RemoveAll(done); err != nil {
					return err
				}
			}
			return output.WriteFiles(filepath.Dir(path), map[string]string{filepath.Base(path): string(data)})
		})
		if err != nil {
			return err
		}
	}
	if _, err := os.Stat(done); err == nil {
		return nil
	}
	return Run(dir, "npm", "install", "--no-audit", "--no-fund", "--silent")
}

// Run runs a command in a directory.
func Run(dir, name string, args ...string) error {
	c := exec.Command(name, args...)
	c.Dir, c.Stdout, c.Stderr = dir, os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("%s %q: %w", name, args, err)
	}
	return nil
}
