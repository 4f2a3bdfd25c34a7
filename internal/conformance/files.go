package conformance

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cabi/internal/export"
	"cabi/model"
)

// A File is a script with what the table says of it.
type File struct {
	Name, Text string
	Site       string // of the trap that a trace ends with; empty: it ends otherwise
	Choice     bool
	Script     bool // of upstream's
}

// Traces are the traces of the suite and the examples that can be exported, and the files that were written by hand, below the root of the
// project, in the order of the table. The first line of a file that was written begins with the site of its trap.
func Traces(root string) ([]File, error) {
	var all []File
	for _, pattern := range []string{"suite/traces/*.cabi", "suite/written/*.cabi", "examples/*.cabi"} {
		names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil || len(names) == 0 {
			return nil, fmt.Errorf("%s matches nothing", pattern)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			trace, err := model.ParseTrace(bytes.NewReader(data))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			text, err := export.WAST(trace)
			if err != nil {
				continue // docs/generated/exports.md says which and why
			}
			f := File{Name: strings.TrimSuffix(filepath.Base(name), ".cabi"), Text: text, Choice: export.ForOneChoice(text)}
			if last := trace.Lines[len(trace.Lines)-1]; last.Kind == model.LineStop {
				f.Site = strings.TrimPrefix(last.Text, "trap ")
			}
			all = append(all, f)
		}
	}
	names, err := filepath.Glob(filepath.Join(root, "suite", "written", "*.wast"))
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f := File{Name: strings.TrimSuffix(filepath.Base(name), ".wast"), Text: string(data)}
		f.Site, _, _ = strings.Cut(strings.TrimPrefix(f.Text, ";; "), ":")
		all = append(all, f)
	}
	return all, err
}

// Scripts are upstream's scripts in a checkout, in the order of the table.
func Scripts(checkout string) ([]File, error) {
	names, err := filepath.Glob(filepath.Join(checkout, "test", "*", "*.wast"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("%s has no scripts in test/*/", checkout)
	}
	var all []File
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		all = append(all, File{Name: filepath.ToSlash(filepath.Join(filepath.Base(filepath.Dir(name)), filepath.Base(name))), Text: string(data), Script: true})
	}
	return all, nil
}
