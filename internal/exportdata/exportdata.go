// Package exportdata imports packages for go/types from what the go command has compiled of them and keeps in its cache. To check the sources of
// these packages again, and of the standard library below them, would take ten times as long.
package exportdata

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Check checks the types of a package's files, which are in dir, and fills info.
func Check(path string, fset *token.FileSet, dir string, files []*ast.File, info *types.Info) (*types.Package, error) {
	imports, err := Importer(fset, dir, files)
	if err != nil {
		return nil, err
	}
	config := types.Config{Importer: imports}
	return config.Check(path, fset, files, info)
}

// Importer imports the packages that some files import. The go command finds them from dir, the directory of the files' package, and compiles what
// has changed since it last did. An error is its message.
func Importer(fset *token.FileSet, dir string, files []*ast.File) (types.Importer, error) {
	args := []string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "--", "errors"} // without a package it would list that of dir
	for _, f := range files {
		for _, imported := range f.Imports {
			path, err := strconv.Unquote(imported.Path.Value)
			if err != nil {
				return nil, err
			}
			args = append(args, path)
		}
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("go", args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list: %w", errors.Join(err, errors.New(strings.TrimSpace(stderr.String()))))
	}
	compiled := map[string]string{}
	for line := range strings.Lines(stdout.String()) {
		path, file, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		compiled[path] = file
	}
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) {
		if compiled[path] == "" {
			return nil, fmt.Errorf("the go command did not compile %s", path)
		}
		return os.Open(compiled[path])
	}), nil
}
