package model

import (
	"cmp"
	"fmt"
	"strings"
)

// Bounds bound a search. A zero field bounds nothing.
type Bounds struct {
	Steps   int `json:"steps,omitempty"`   // actions of guests and the host
	Handles int `json:"handles,omitempty"` // that live in the store when new ones are still made
	Threads int `json:"threads,omitempty"` // that live when new ones are still made by thread.new-indirect
	Tasks   int `json:"tasks,omitempty"`   // that live when functions are still called
}

// Or is b with the fields that are zero taken from other.
func (b Bounds) Or(other Bounds) Bounds {
	return Bounds{cmp.Or(b.Steps, other.Steps), cmp.Or(b.Handles, other.Handles), cmp.Or(b.Threads, other.Threads), cmp.Or(b.Tasks, other.Tasks)}
}

func (b Bounds) String() string {
	var parts []string
	if b.Steps > 0 {
		parts = append(parts, Counted(b.Steps, "action"))
	}
	for _, limit := range []struct {
		n    int
		what string
		made string
	}{{b.Handles, "handle", "no new handle is made"}, {b.Threads, "thread", "no new thread is made"}, {b.Tasks, "task", "no function is called"}} {
		if limit.n > 0 {
			verb := "live"
			if limit.n == 1 {
				verb = "lives"
			}
			parts = append(parts, fmt.Sprintf("%s while %s %s", limit.made, Counted(limit.n, limit.what), verb))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, "; ")
}

// randomIndices is from how many indices a random numbering draws here: as many as there may be handles.
func randomIndices(handles int) uint64 {
	if handles > 0 {
		return uint64(max(handles, 2))
	}
	return 4
}
