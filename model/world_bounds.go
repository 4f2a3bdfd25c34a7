package model

import (
	"cmp"
	"fmt"
	"strings"
)

// Bounds bound a search. A field that is zero is no bound.
type Bounds struct {
	Steps   int `json:"steps,omitempty"`   // no action is taken after so many
	Handles int `json:"handles,omitempty"` // no handle is made while so many live in the store
	Threads int `json:"threads,omitempty"` // no thread is made by thread.new-indirect while so many live
	Tasks   int `json:"tasks,omitempty"`   // no function is called while so many tasks live
}

// Or is b, with the fields of other for those that are zero.
func (b Bounds) Or(other Bounds) Bounds {
	return Bounds{cmp.Or(b.Steps, other.Steps), cmp.Or(b.Handles, other.Handles), cmp.Or(b.Threads, other.Threads), cmp.Or(b.Tasks, other.Tasks)}
}

// String is the bounds in words.
func (b Bounds) String() string {
	var parts []string
	if b.Steps > 0 {
		parts = append(parts, Counted(b.Steps, "action"))
	}
	for _, limit := range []struct {
		n      int
		noun   string
		effect string
	}{{b.Handles, "handle", "no new handle is made"}, {b.Threads, "thread", "no new thread is made"}, {b.Tasks, "task", "no function is called"}} {
		if limit.n > 0 {
			verb := "live"
			if limit.n == 1 {
				verb = "lives"
			}
			parts = append(parts, fmt.Sprintf("%s while %s %s", limit.effect, Counted(limit.n, limit.noun), verb))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, "; ")
}

// randomIndices is how many indices a random numbering draws from, in a world with a bound on handles: as many as that.
func randomIndices(handles int) uint64 {
	if handles > 0 {
		return uint64(max(handles, 2))
	}
	return 4
}
