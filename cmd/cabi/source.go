package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"cabi/model"
	"cabi/spec"
)

// sourceFlags are the flags of a command that can run a definitions.py in place of the port.
type sourceFlags struct {
	spec string
	git  string
}

// add adds the flags to a command.
func (s *sourceFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.spec, "spec", "", "run the definitions.py of this checkout or directory in place of the port, or with --git, that of this revision (`DIR`)")
	cmd.Flags().StringVar(&s.git, "git", "", "a git directory of WebAssembly/component-model, of which --spec names a revision (`DIR`)")
}

// open reads the definitions.py; nil: the port runs.
func (s *sourceFlags) open() (*model.Source, error) {
	var source *model.Source
	var err error
	switch {
	case s.spec == "" && s.git == "":
		return nil, nil
	case s.spec == "":
		return nil, exitError{2, "--git is for --spec: name a revision with it"}
	case s.git != "":
		source, err = model.OpenSourceRevision(s.git, s.spec)
	default:
		source, err = model.OpenSource(s.spec)
	}
	if err != nil {
		return nil, exitError{2, err.Error()}
	}
	return source, nil
}

// errBackpressure refuses a world that lowers the limit on backpressure.
func errBackpressure(w *model.World) error {
	return exitError{2, fmt.Sprintf("a definitions.py runs as it is, and its limit on backpressure cannot be lowered: world %s, which lowers it, is for the port", w.Name)}
}

// refuse returns an error if a definitions.py is to run under another numbering than its own, or in a world that lowers a limit which it
// has as a number in the middle of a line.
func (s *sourceFlags) refuse(w *model.World, v *spec.Variant) error {
	if s.spec != "" && w != nil && w.Limits.Backpressure > 0 {
		return errBackpressure(w)
	}
	if s.spec != "" && v != nil && v != spec.SingleTable {
		return exitError{2, fmt.Sprintf("--spec runs a definitions.py as it is, which numbers handles in its own way: --variant %s is for the port", v.Name)}
	}
	return nil
}
