package suite

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"cabi/model"
)

// The files beside the traces.
const (
	CoverageFile = "coverage.md"
	WorldsFile   = "worlds.json"
	extension    = ".cabi"
)

// Files are the files of a suite by name: its traces, what they show, and the worlds that they are of.
func (s *Suite) Files() map[string]string {
	files := map[string]string{CoverageFile: s.Coverage().Markdown(), WorldsFile: s.worlds()}
	for _, t := range s.Traces {
		files[t.Name+extension] = t.Trace.String()
	}
	return files
}

// worlds are the named worlds that the traces are of, as JSON: the others are defined in their traces.
func (s *Suite) worlds() string {
	used := map[*model.World]bool{}
	for _, t := range s.Traces {
		used[t.Trace.World] = true
	}
	var b strings.Builder
	for _, w := range model.Worlds {
		if used[w] {
			line, err := json.Marshal(w)
			if err != nil {
				panic(err) // it is plain data
			}
			fmt.Fprintf(&b, ",\n%s", line)
		}
	}
	return "[" + strings.TrimPrefix(b.String(), ",") + "\n]\n"
}

// Read reads the traces of a suite from a directory.
func Read(dir fs.FS, sites []Site) (*Suite, error) {
	names, err := fs.Glob(dir, "*"+extension)
	if err != nil {
		return nil, err
	}
	traces := map[string]*model.Trace{}
	for _, name := range names {
		f, err := dir.Open(name)
		if err != nil {
			return nil, err
		}
		t, err := model.ReadTrace(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		traces[strings.TrimSuffix(name, extension)] = t
	}
	return Of(sites, traces), nil
}
