package suite

import (
	"fmt"
	"io/fs"
	"strings"

	"cabi/model"
)

const (
	// CoverageFile is the name of the page about what a suite covers, which lies beside the traces.
	CoverageFile = "coverage.md"
	extension    = ".cabi"
)

// Files are the files of a suite by name: its traces, and the page about what they cover.
func (s *Suite) Files() map[string]string {
	files := map[string]string{CoverageFile: s.Coverage().Markdown()}
	for _, t := range s.Traces {
		files[t.Name+extension] = t.Trace.String()
	}
	return files
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
