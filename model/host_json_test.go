package model_test

import (
	"encoding/json"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// Component-level values of the host are as docs/conform.md says in JSON: those that a number makes, and those that a trace states.
func TestJSONValues(t *testing.T) {
	for _, c := range []struct{ typ, number, want string }{
		{"u64", "18446744073709551615", `"18446744073709551615"`},
		{"s8", "-1", `"-1"`},
		{"bool", "1", `true`},
		{"f64", "2", `"2.0"`},
		{"f64", "1.5", `"1.5"`},
		{"char", "1", `"b"`},
		{"string", "1", `"x"`},
		{"string", `"né"`, `"né"`},
		{"string", "17", `{"encoding":"latin1+utf16","text":"x","units":"1"}`},
		{"string", "15247", `null`},
		{"list<u8>", "1", `["22"]`},
		{"list<u8>", "[1,2]", `["1","2"]`},
		{"tuple<u8,bool>", "(7,true)", `["7",true]`},
		{"record{a:u8,b:string}", `{a:1,b:"z"}`, `{"a":"1","b":"z"}`},
		{"variant{a,b(u8)}", "b(3)", `{"case":"b","value":"3"}`},
		{"option<u8>", "0", `{"case":"none"}`},
		{"result<_,u8>", "err(3)", `{"case":"error","value":"3"}`},
		{"enum{a,b}", "1", `{"case":"b"}`},
		{"flags{a,b,c}", "5", `["a","c"]`},
		{"map<u8,u8>", "[(1,2)]", `[["1","2"]]`},
		{"stream<u8>", "1", `true`},
		{"future", "0", `false`},
		{"option<stream>", "1", `null`},
	} {
		world, err := model.ReadWorld(strings.NewReader("world one\ninstance A  memory 64\nfunc A.f(" + c.typ + ")\n"))
		if err != nil {
			t.Fatal(err)
		}
		asks := &asksOnce{}
		r := model.NewRun(world, spec.Options{}, asks)
		asks.ask = func(r *model.Run, at *model.Activation) {
			a, err := model.ParseAction(r, at, []string{"invoke", "A.f", c.number})
			if err != nil {
				t.Errorf("%s %s: %v", c.typ, c.number, err)
				return
			}
			values := r.JSONValues(a)
			text, err := json.Marshal(values)
			if err != nil || string(text) != "["+c.want+"]" {
				t.Errorf("%s %s: %s, %v, want %s", c.typ, c.number, text, err, c.want)
			}
		}
		r.Main()
		r.Close()
	}
}

// An asksOnce is an actor that does nothing.
type asksOnce struct {
	ask func(r *model.Run, at *model.Activation)
}

func (a *asksOnce) Next(r *model.Run, at *model.Activation) model.Action {
	a.ask(r, at)
	return model.Action{}
}
