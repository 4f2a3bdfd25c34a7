// Package adapter speaks the protocol of docs/conform.md for adapters in Go: programs through which cabi conform tests an implementation of the
// Canonical ABI. An adapter calls Serve, and for each world Enter, Done and Next as core code is called and acts, as examples/conform/spec does.
package adapter

import (
	"bufio"
	"encoding/json"
	"io"
)

// Version is that of the protocol.
const Version = 1

// A Request is a line to an adapter.
type Request struct {
	ID      int             `json:"id"`
	Kind    string          `json:"kind"`              // hello, world or action
	Version int             `json:"version,omitempty"` // of the protocol, in hello
	World   json.RawMessage `json:"world,omitempty"`
	Call    *int            `json:"call,omitempty"` // that takes the action
	Actor   string          `json:"actor,omitempty"`
	Op      string          `json:"op,omitempty"`
	Words   []string        `json:"words,omitempty"`
	Numbers []string        `json:"numbers,omitempty"`
	Values  []any           `json:"values,omitempty"` // that the host passes
}

// A Reply is a line of an adapter.
type Reply struct {
	ID          int                `json:"id"`
	Kind        string             `json:"kind"` // hello, answer or unsupported
	Version     int                `json:"version,omitempty"`
	Name        string             `json:"name,omitempty"`
	Unsupported []string           `json:"unsupported,omitempty"` // actions, in hello
	Why         string             `json:"why,omitempty"`         // of unsupported
	Events      []Event            `json:"events,omitempty"`
	Next        *int               `json:"next,omitempty"`
	Tables      map[string][]Entry `json:"tables,omitempty"`
}

// An Event is something that happened by an action.
type Event struct {
	Kind    string   `json:"kind"` // enter, done or trap
	Call    *int     `json:"call,omitempty"`
	Func    string   `json:"func,omitempty"`
	Numbers []string `json:"numbers,omitempty"`
	Results []string `json:"results,omitempty"`
	Message string   `json:"message,omitempty"`
}

// An Entry is what is at an index of a handle table.
type Entry struct {
	Index string `json:"index"`
	Class string `json:"class"`
}

// Lines are requests and replies.
type Lines interface {
	Read() (*Request, error) // io.EOF: there are no more
	Write(*Reply) error
}

// JSON are the lines of a reader and a writer, usually standard input and output.
func JSON(in io.Reader, out io.Writer) Lines {
	return jsonLines{json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(out)}
}

type jsonLines struct {
	in  *json.Decoder
	out *json.Encoder
}

func (l jsonLines) Read() (*Request, error) {
	r := &Request{}
	return r, l.in.Decode(r)
}

func (l jsonLines) Write(r *Reply) error { return l.out.Encode(r) }

// A Conn is an adapter's side of the protocol while a world is there.
type Conn struct {
	lines  Lines
	asked  *Request // to which there is no reply yet
	err    error    // why there are no more requests
	calls  int      // that were entered
	events []Event  // since the last answer
}

// Serve says hello, and calls run for each world, until there are no more requests. run makes the world, and returns when Next says that it is
// over; an error before the first Next says why the world is not supported.
func Serve(lines Lines, name string, unsupported []string, run func(c *Conn, world json.RawMessage) error) error {
	c := &Conn{lines: lines}
	c.read()
	for c.err == nil {
		switch c.asked.Kind {
		case "hello":
			c.reply(&Reply{Kind: "hello", Version: Version, Name: name, Unsupported: unsupported})
		case "world":
			c.calls, c.events = 0, nil
			if err := run(c, c.asked.World); err != nil {
				c.Unsupported(err.Error())
			}
		default: // of a world that is over
			c.Unsupported("there is no world")
		}
	}
	if c.err == io.EOF {
		return nil
	}
	return c.err
}

// Enter notes that core code, or the host, is called, and returns the number of the call.
func (c *Conn) Enter(function string, numbers []string) (call int) {
	c.calls++
	call = c.calls
	c.events = append(c.events, Event{Kind: "enter", Call: &call, Func: function, Numbers: numbers})
	return call
}

// Done notes that the action of a call is done, with what came back.
func (c *Conn) Done(call int, results []string) {
	c.events = append(c.events, Event{Kind: "done", Call: &call, Results: results})
}

// Next answers with what was noted, and returns the action that a call takes next; nil: the world is over. The host at rest is call 0. Tables may be nil.
func (c *Conn) Next(call int, tables map[string][]Entry) *Request {
	return c.answer(&Reply{Next: &call, Tables: tables})
}

// Trap answers that the implementation has trapped: the world is over.
func (c *Conn) Trap(message string) {
	c.events = append(c.events, Event{Kind: "trap", Message: message})
	c.answer(&Reply{})
}

// Unsupported says that an action is not taken, and returns the one to take instead; nil: the world is over.
func (c *Conn) Unsupported(why string) *Request {
	return c.reply(&Reply{Kind: "unsupported", Why: why})
}

func (c *Conn) answer(r *Reply) *Request {
	r.Kind, r.Events, c.events = "answer", c.events, nil
	return c.reply(r)
}

// reply replies to the request, and reads the next one.
func (c *Conn) reply(r *Reply) *Request {
	r.ID = c.asked.ID
	if c.err = c.lines.Write(r); c.err == nil {
		c.read()
	}
	if c.err != nil || c.asked.Kind != "action" {
		return nil
	}
	return c.asked
}

func (c *Conn) read() {
	if asked, err := c.lines.Read(); err != nil {
		c.err = err
	} else {
		c.asked = asked
	}
}
