package toolchains

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"cabi/component"
	"cabi/internal/program"
)

// A Recording is what sessions with a component gave under Wasmtime; of an async component, which its C API does not run, what they
// gave here, with the pin's numbering.
type Recording struct {
	Component string `json:"component"`
	Oracle    string `json:"oracle"`
	Sessions  []Held `json:"sessions"`
}

// Itself is the oracle of recordings that were made here.
const Itself = "the specification"

// ReadRecording reads the recording of a component in the directory of recordings.
func ReadRecording(dir string, c Component) (*Recording, error) {
	data, err := os.ReadFile(filepath.Join(dir, c.Name()+".json"))
	if err != nil {
		return nil, err
	}
	r := &Recording{}
	return r, json.Unmarshal(data, r)
}

// Text is the recording as its file has it.
func (r *Recording) Text() string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	e.Encode(r)
	return b.String()
}

// Parsed are the calls of a recorded session.
func (h Held) Parsed() ([]program.Call, error) {
	var calls []program.Call
	for _, a := range h.Calls {
		c, err := program.ParseCall(a.Call)
		if err != nil {
			return nil, err
		}
		calls = append(calls, c)
	}
	return calls, nil
}

// Described is a component's imports and exports, and the resource types among the imports that are the host's.
func (r *Runner) Described(c *component.Component) (*program.Description, []string, error) {
	var resources []string
	host := func(run *component.Run) component.Supplier {
		h := NewHost()
		given := h.given(run)
		return func(i component.Import) any {
			if i.Type == nil && h.HasResource(i.Name) {
				resources = append(resources, i.Name)
			}
			return given(i)
		}
	}
	d, ending := r.runner.Describe(&program.Program{Component: c, Host: host}, program.Options{})
	if ending.Failed() {
		return nil, nil, fmt.Errorf("%s: %s", ending.Kind, ending.Message)
	}
	return d, resources, nil
}

// How many sessions are drawn for a program, and of how many calls.
const (
	drawnSessions = 24
	drawnCalls    = 16
)

// Sessions are the sessions of a program: those written, and some drawn with a component of it, unless that is async or prints. Which of
// its components is of no account, as all have the same types.
func (r *Runner) Sessions(c Component) ([]Session, error) {
	all, err := Written(c.Program)
	if err != nil || c.Async() || c.Program == "printing" {
		return all, err
	}
	decoded, err := c.Decode()
	if err != nil {
		return nil, err
	}
	drawn, err := r.Drawn(decoded, drawnSessions, drawnCalls, 1)
	return append(all, drawn...), err
}

// Plain are the calls of the session without what they return.
func (s Session) Plain() []program.Call {
	var calls []program.Call
	for _, step := range s.Calls {
		calls = append(calls, step.Call)
	}
	return calls
}
