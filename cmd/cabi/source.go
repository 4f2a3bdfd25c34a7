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

	opened *model.Source
}

// add adds the flags to a command.
func (s *sourceFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.spec, "spec", "", "run the definitions.py of this checkout or directory in place of the port, or with --git, that of this revision (`DIR`)")
	cmd.Flags().StringVar(&s.git, "git", "", "a git directory of WebAssembly/component-model, of which --spec names a revision (`DIR`)")
}

// open reads the definitions.py, once; nil: the port runs.
func (s *sourceFlags) open() (source *model.Source, err error) {
	switch {
	case s.opened != nil:
		return s.opened, nil
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
	s.opened = source
	return source, nil
}

// fits returns an error unless a world can run as is asked: on the port (nil), or on a definitions.py under its own numbering, which
// has what the world and the sites that are switched off need.
func fits(source *model.Source, w *model.World, v *spec.Variant, off []spec.Site) error {
	if source == nil {
		return onPort(w)
	}
	if v != nil && v != spec.SingleTable {
		return exitError{2, fmt.Sprintf("--spec runs a definitions.py as it is, which numbers handles in its own way: --variant %s is for the port", v.Name)}
	}
	if err := source.Fits(w, off); err != nil {
		return exitError{2, err.Error()}
	}
	return nil
}

// onPort returns an error if a world is for a definitions.py alone.
func onPort(w *model.World) error {
	if err := w.OnPort(); err != nil {
		return exitError{2, err.Error()}
	}
	return nil
}
