package adapter

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// An adapter that says that a world, or an action, is not supported is asked for the next; a trap ends a world, and events are told once.
func TestServe(t *testing.T) {
	const asked = `{"id":1,"kind":"hello","version":1}
{"id":2,"kind":"world","world":"none"}
{"id":3,"kind":"world","world":"w"}
{"id":4,"kind":"action","call":0,"actor":"host","op":"fly"}
{"id":5,"kind":"action","call":0,"actor":"host","op":"invoke","words":["A.f"]}
{"id":6,"kind":"action","call":1,"actor":"A","op":"trap"}
{"id":7,"kind":"action","call":1,"actor":"A","op":"trap"}
`
	const answered = `{"id":1,"kind":"hello","version":1,"name":"test","unsupported":["swim"]}
{"id":2,"kind":"unsupported","why":"no such world"}
{"id":3,"kind":"answer","next":0,"tables":{"A":[{"index":"1","class":"subtask"}]}}
{"id":4,"kind":"unsupported","why":"no fly"}
{"id":5,"kind":"answer","events":[{"kind":"enter","call":1,"func":"A.f","numbers":["7"]},{"kind":"done","call":1,"results":["8"]}],"next":1}
{"id":6,"kind":"answer","events":[{"kind":"trap","message":"it is over"}]}
{"id":7,"kind":"unsupported","why":"there is no world"}
`
	var out strings.Builder
	err := Serve(JSON(strings.NewReader(asked), &out), "test", []string{"swim"}, func(c *Conn, world json.RawMessage) error {
		if string(world) != `"w"` {
			return errors.New("no such world")
		}
		a := c.Next(0, map[string][]Entry{"A": {{"1", "subtask"}}})
		if a = c.Unsupported("no " + a.Op); a.Op != "invoke" || a.Words[0] != "A.f" {
			t.Errorf("asked for %+v", a)
		}
		c.Done(c.Enter("A.f", []string{"7"}), []string{"8"})
		if a = c.Next(1, nil); a.Op != "trap" {
			t.Errorf("asked for %+v", a)
		}
		c.Trap("it is over")
		return nil
	})
	if err != nil || out.String() != answered {
		t.Errorf("%v\n%s\nwant\n%s", err, out.String(), answered)
	}
}

// What is no JSON ends Serve with an error.
func TestRubbish(t *testing.T) {
	if err := Serve(JSON(strings.NewReader("no"), &strings.Builder{}), "test", nil, nil); err == nil {
		t.Error("no error")
	}
}
