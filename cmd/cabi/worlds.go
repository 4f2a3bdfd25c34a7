package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"cabi/model"
	"cabi/properties"
)

// worldOf is the world that an argument names: one of the named ones, a small one of cabi check all, or that of a file.
func worldOf(in io.Reader, name string) (*model.World, error) {
	if w := model.WorldByName(name); w != nil {
		return w, nil
	}
	if w := properties.CornerByName(name); w != nil {
		return w, nil
	}
	if isWorldFile(name) {
		return readWorld(in, name)
	}
	err := unknown(kindWorld, name).(exitError)
	err.msg += fmt.Sprintf("; the name of a file has a / in it or ends in %s", model.WorldFile)
	return nil, err
}

// isWorldFile reports whether a name is of a file and of no world: it has a / or ends in .world, or is - for standard input.
func isWorldFile(name string) bool {
	return name == standardInput || strings.ContainsRune(filepath.ToSlash(name), '/') || strings.HasSuffix(name, model.WorldFile)
}

// readWorld reads a world from a file, or if it is -, from in.
func readWorld(in io.Reader, file string) (*model.World, error) {
	f, err := openInput(in, file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	w, err := model.ReadWorld(f)
	if err != nil {
		return nil, exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	return w, nil
}

// worldsBeside reads the files of worlds that a file names, relative to its own directory.
func worldsBeside(file string) model.WorldLoader {
	return func(name string) (*model.World, error) {
		if !filepath.IsAbs(name) && file != standardInput {
			name = filepath.Join(filepath.Dir(file), name)
		}
		return readWorld(nil, name)
	}
}

// completesWorlds completes the names of worlds, or if none begins so, those of files.
func completesWorlds(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names, directive := completesOne(kindWorld)(cmd, args, begun)
	if len(args) == 0 && len(names) == 0 {
		directive = cobra.ShellCompDirectiveDefault
	}
	return names, directive
}
