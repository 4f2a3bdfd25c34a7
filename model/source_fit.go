package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/internal/engine"
	"cabi/internal/python"
)

// This file says what a definitions.py has in another way than engine.py calls it, and which actions cannot be taken for that.

// isGone reports whether an action cannot be taken on the run's definitions.py.
func (r *Run) isGone(op string) bool { return r.source != nil && r.source.gone[op] != "" }

// notTaken are the actions of the world's menus that cannot be taken, with why: "resource.rep: canon_resource_rep is gone".
func (r *Run) notTaken() (all []string) {
	for _, entries := range r.World.Menus {
		for _, entry := range entries {
			if op, _, _ := strings.Cut(entry, " "); r.isGone(op) {
				all = append(all, fmt.Sprintf("%s: %s", op, r.source.gone[op]))
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// IsRefusal reports whether an error says that a definitions.py cannot be run: it uses Python outside of the subset, is not as the host
// calls it, or is not as the program must know it.
func IsRefusal(err error) bool {
	var refusal *python.Refusal
	var mismatch *engine.Mismatch
	var unexplorable *Unexplorable
	return errors.As(err, &refusal) || errors.As(err, &mismatch) || errors.As(err, &unexplorable)
}

// comments say in a trace on what it was found, if that is not the pin: which definitions.py, or which edit of the port.
func (s *Source) comments() []string {
	on := engine.Edit()
	if s != nil {
		if on = s.Name; s.IsPin() {
			return nil
		}
	}
	if on == "" {
		return nil
	}
	return []string{fmt.Sprintf("on %s, which is not as the pin", on)}
}

// portVersion tells the port from the pin's, if the program was built with an edit of it; empty: it is the pin's.
func portVersion() string { return engine.EditVersion() }
