package conform

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/adapter"
	"cabi/model"
)

// parseReply reads a line of an adapter.
func parseReply(line []byte) (*adapter.Reply, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	r := &adapter.Reply{}
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("it is no line of the protocol: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if d.More() {
		return nil, errors.New("there is more than one object in a line")
	}
	return r, nil
}

// answerOf is a reply as an answer; the error says why it is none.
func answerOf(r *adapter.Reply) (*model.Answer, error) {
	if r.Kind != "answer" {
		return nil, fmt.Errorf("its kind is %q, where an answer is due", r.Kind)
	}
	a := &model.Answer{Next: -1}
	for i, e := range r.Events {
		one, err := eventOf(e)
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
	a.Tables, err = tablesOf(r)
	return a, err
}

// eventOf is an event of a reply as one of an answer.
func eventOf(e adapter.Event) (model.AnswerEvent, error) {
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

// tablesOf are the tables of a reply, as the specification's are compared; nil: it has none.
func tablesOf(r *adapter.Reply) (map[string][]string, error) {
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

// messageOf is what a reply says of a trap.
func messageOf(r *adapter.Reply) string {
	if n := len(r.Events); n > 0 {
		return r.Events[n-1].Message
	}
	return ""
}

// text is a request as a line.
func text(r *adapter.Request) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(r); err != nil {
		panic(err) // its fields are all plain
	}
	return strings.TrimSuffix(b.String(), "\n")
}
