package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/model"
)

// Version is that of the protocol.
const Version = 1

// A request is a line to an adapter.
type request struct {
	ID      int          `json:"id"`
	Kind    string       `json:"kind"`              // hello, world or action
	Version int          `json:"version,omitempty"` // of the protocol, in hello
	World   *model.World `json:"world,omitempty"`
	Call    *int         `json:"call,omitempty"` // that takes the action
	Actor   string       `json:"actor,omitempty"`
	Op      string       `json:"op,omitempty"`
	Words   []string     `json:"words,omitempty"`
	Numbers []string     `json:"numbers,omitempty"`
	Values  []any        `json:"values,omitempty"` // that the host passes
}

// A reply is a line of an adapter.
type reply struct {
	ID          int                `json:"id"`
	Kind        string             `json:"kind"` // hello, answer or unsupported
	Version     int                `json:"version"`
	Name        string             `json:"name"`
	Unsupported []string           `json:"unsupported"` // actions, in hello
	Why         string             `json:"why"`         // of unsupported
	Events      []event            `json:"events"`
	Next        *int               `json:"next"`
	Tables      map[string][]entry `json:"tables"`
}

// An event is something that happened by an action.
type event struct {
	Kind    string   `json:"kind"` // enter, done or trap
	Call    *int     `json:"call"`
	Func    string   `json:"func"`
	Numbers []string `json:"numbers"`
	Results []string `json:"results"`
	Message string   `json:"message"`
}

// An entry is what is at an index of a table.
type entry struct {
	Index string `json:"index"`
	Class string `json:"class"`
}

// parseReply reads a line of an adapter.
func parseReply(line []byte) (*reply, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	r := &reply{}
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("it is no line of the protocol: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if d.More() {
		return nil, errors.New("there is more than one object in a line")
	}
	return r, nil
}

// answer is a reply as an answer; the error says why it is none.
func (r *reply) answer() (*model.Answer, error) {
	if r.Kind != "answer" {
		return nil, fmt.Errorf("its kind is %q, where an answer is due", r.Kind)
	}
	a := &model.Answer{Next: -1}
	for i, e := range r.Events {
		one, err := e.event()
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", i+1, err)
		}
		if e.Kind == "trap" && i < len(r.Events)-1 {
			return nil, fmt.Errorf("event %d is a trap, and others follow", i+1)
		}
		a.Events = append(a.Events, one)
	}
	trapped := len(r.Events) > 0 && r.Events[len(r.Events)-1].Kind == "trap"
	switch {
	case trapped && r.Next != nil:
		return nil, errors.New("after a trap, nobody acts next")
	case !trapped && r.Next == nil:
		return nil, errors.New(`"next" is missing: the number of the call that acts next, 0 for the host`)
	case !trapped:
		a.Next = *r.Next
	}
	var err error
	a.Tables, err = r.tables()
	return a, err
}

func (e event) event() (model.AnswerEvent, error) {
	if e.Kind == "trap" {
		return model.AnswerEvent{Kind: model.LineStop, Words: []string{model.TrapStop}}, nil
	}
	out := model.AnswerEvent{Func: e.Func}
	if e.Call == nil {
		return out, errors.New(`"call" is missing: the number of the call`)
	}
	out.Call = *e.Call
	numbers := e.Numbers
	switch e.Kind {
	case "enter":
		out.Kind = model.LineEnter
		if e.Func == "" {
			return out, errors.New(`"func" is missing: the function that is entered`)
		}
	case "done":
		out.Kind, numbers = model.LineDone, e.Results
	default:
		return out, fmt.Errorf("its kind is %q: it is enter, done or trap", e.Kind)
	}
	for _, n := range numbers {
		word, err := model.CheckNumber(n)
		if err != nil {
			return out, err
		}
		out.Words = append(out.Words, word)
	}
	return out, nil
}

// tables are the tables of an answer, as the specification's are compared; nil: it has none.
func (r *reply) tables() (map[string][]string, error) {
	if r.Tables == nil {
		return nil, nil
	}
	tables := map[string][]string{}
	for name, entries := range r.Tables {
		slots := []string{}
		for _, e := range entries {
			index, err := model.CheckNumber(e.Index)
			if err != nil {
				return nil, fmt.Errorf("tables of %s: %w", name, err)
			}
			slots = append(slots, index+" "+e.Class)
		}
		slices.Sort(slots)
		tables[name] = slots
	}
	return tables, nil
}

// message is what the adapter says of a trap.
func (r *reply) message() string {
	if n := len(r.Events); n > 0 {
		return r.Events[n-1].Message
	}
	return ""
}
