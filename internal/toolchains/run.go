package toolchains

import (
	"strings"

	"cabi/component"
	"cabi/internal/program"
	"cabi/spec"
)

// Held is what a session gave.
type Held struct {
	Name    string   `json:"name"`
	Calls   []Answer `json:"calls"`
	Host    []string `json:"host,omitempty"`    // what was done to the host, in order
	Printed string   `json:"printed,omitempty"` // on standard output
}

// An Answer is a call and what it gave. Calls after one that trapped are not made.
type Answer struct {
	Call   string `json:"call"`
	Result string `json:"result,omitempty"` // as WAVE; empty: the function has none
	Trap   string `json:"trap,omitempty"`   // why it did not return, in the words of who ran it
}

// A Runner holds sessions on the specification.
type Runner struct{ runner *program.Runner }

// NewRunner makes a runner, whose core code is compiled or interpreted.
func NewRunner(compiler bool) *Runner { return &Runner{program.NewRunner(compiler)} }

// Close frees the runner.
func (r *Runner) Close() { r.runner.Close() }

// Hold holds a session with c, its handles numbered as a variant says. Threads take turns, and numbers that a variant draws are drawn from
// one seed.
func (r *Runner) Hold(c *component.Component, calls []program.Call, v *spec.Variant) Held {
	host := NewHost()
	var out strings.Builder
	p := &program.Program{Component: c, Calls: calls, Host: host.given}
	ending := r.runner.Run(p, program.Options{Variant: v, Out: &out})
	held := Held{Host: host.Log, Printed: out.String()}
	for i, result := range ending.Results {
		held.Calls = append(held.Calls, Answer{Call: calls[i].String(), Result: result.Text})
	}
	if ending.Failed() {
		held.Calls = append(held.Calls, Answer{Call: place(calls, ending.Call), Trap: words(ending)})
	}
	return held
}

// place is the call that a session ended in; the instantiation comes before all calls.
func place(calls []program.Call, i int) string {
	if i < 0 {
		return "instantiation"
	}
	return calls[i].String()
}

func words(e *program.Ending) string {
	if e.Site != "" {
		return string(e.Site) + ": " + e.Message
	}
	return e.Kind + ": " + e.Message
}

// given makes the imports of a run out of the host.
func (h *Host) given(run *component.Run) component.Supplier {
	resources := map[string]*spec.ResourceType{}
	return func(i component.Import) any {
		if i.Type == nil {
			if h.HasResource(i.Name) && resources[i.Name] == nil {
				resources[i.Name] = run.NewResource(i.Name, func(rep uint32) { h.Dropped(i.Name, rep) })
			}
			if rt := resources[i.Name]; rt != nil {
				return rt
			}
			return nil
		}
		f, err := h.Func(i)
		switch {
		case err != nil:
			return component.HostFunc(func([]spec.Value) ([]spec.Value, error) { return nil, err })
		case f == nil:
			return nil
		}
		return f
	}
}

// Same compares two sessions that were held with the same calls: how many calls gave the same, and where they first differ; nil: nowhere.
func Same(want, got Held) (int, *Difference) {
	for i, w := range want.Calls {
		if i >= len(got.Calls) {
			return i, &Difference{w.Call, w.text(), "the session ended before"}
		}
		if g := got.Calls[i]; g.Call != w.Call || g.Result != w.Result || (g.Trap == "") != (w.Trap == "") {
			return i, &Difference{w.Call, w.text(), g.text()}
		}
	}
	n := len(want.Calls)
	switch {
	case len(got.Calls) > n:
		return n, &Difference{got.Calls[n].Call, "the session ended before", got.Calls[n].text()}
	case strings.Join(want.Host, "\n") != strings.Join(got.Host, "\n"):
		return n, &Difference{"what the host saw", strings.Join(want.Host, "; "), strings.Join(got.Host, "; ")}
	case want.Printed != got.Printed:
		return n, &Difference{"what was printed", want.Printed, got.Printed}
	}
	return n, nil
}

// A Difference is a call that two gave different answers to.
type Difference struct{ Call, Want, Got string }

func (a Answer) text() string {
	switch {
	case a.Trap != "":
		return "trap: " + a.Trap
	case a.Result == "":
		return "returned"
	}
	return a.Result
}
