package main

import (
	"fmt"

	"cabi/model"
)

// mustHappen returns an error if a trace does not happen again as it stands. Whatever is made of such a trace would say something else
// than the trace does. If it happens with other choices than it states, the error says with which.
func mustHappen(file string, t *model.Trace) error {
	options, err := claimOptions(file, t, t.Variant)
	if err != nil {
		return err
	}
	r := &replayed{file: file, given: t, options: options}
	if err := r.run(); err != nil {
		return err
	}
	departure := ""
	if r.err == nil {
		departure = r.again.Departure()
	}
	switch choices := choicesText(r.others); {
	case r.replaces:
		return exitError{1, fmt.Sprintf("%s: it happens with other choices than the first candidates: add the line %q below the header", file, choices)}
	case r.others != nil:
		return exitError{1, fmt.Sprintf("%s: it happens with other choices than it states: make that line %q", file, choices)}
	case departure != "":
		return exitError{1, fmt.Sprintf("%s: %s", file, departure)}
	}
	return nil
}
