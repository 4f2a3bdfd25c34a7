package model

import (
	"errors"
	"strings"
	"testing"
)

const standingWorld = `instance A  memory 64
resource R of A
func A.run()
start A.run
`

const standingActions = `A: enter A.run
A: resource.new R 100 -> 1
`

// A trace and a litmus file may hold the lines of their world, or name a file of it. What is printed stands alone, and all forms have the
// same content.
func TestWorldsInTraces(t *testing.T) {
	load := func(name string) (*World, error) {
		if name != "mine.world" {
			return nil, errors.New("there is no " + name)
		}
		return ReadWorld(strings.NewReader("world mine\n" + standingWorld))
	}
	var ids []string
	for _, header := range []string{
		"world mine  variant single-table\n" + standingWorld, "  world mine\n  " + strings.ReplaceAll(standingWorld, "\n", "\n  ") + "\n", "world mine.world\n",
		"# first\nworld mine\n# second\n\ninstance A\n  memory 64\nfunc A.run()\n\nresource R of A  # third\nstart A.run\n# fourth\n",
		`world mine` + "\n" + `define {"name":"mine","instances":[{"name":"A","memory":64}],"resources":[{"name":"R","impl":"A"}],"funcs":[{"name":"A.run"}],"start":["A.run"]}` + "\n",
	} {
		trace, err := ReadTraceWith(strings.NewReader(header+standingActions), load)
		if err != nil {
			t.Fatalf("%s: %v", header, err)
		}
		ids = append(ids, trace.ID())
		if got, want := trace.String(), "world mine  variant single-table  pin "+Pin+"\n"+standingWorld+standingActions; strings.TrimPrefix(got, "# first\n") != want {
			t.Errorf("printed as\n%s\nwant\n%s", got, want)
		}
		again, err := ReadTrace(strings.NewReader(trace.JSON()))
		if err != nil || again.ID() != trace.ID() {
			t.Errorf("as JSON it reads back with %v", err)
		}
		litmus, err := ParseLitmusWith(strings.NewReader(header+"in A.run\n  $r = resource.new R 100\nallowed $r = 1\n"), load)
		if err != nil {
			t.Fatalf("%s: %v", header, err)
		}
		report, err := litmus.Explore(LitmusOptions{Tries: 10})
		if err != nil || len(report.Outcomes) != 1 || report.Outcomes[0].Values[0] != "$r = 1" {
			t.Errorf("%s: %v, %v", header, err, report)
		}
	}
	for _, id := range ids {
		if id != "235edf4f47f77974" { // as when traces defined worlds in JSON alone
			t.Errorf("ids differ, or are other ones than they were: %v", ids)
		}
	}
}

// Errors in the lines of a world in a trace name the line of the file.
func TestWorldErrorsInTraces(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"# c\nworld mine\ninstance A\nfunc A.run(u9)\nA: return", `line 4, column 12: unknown type "u9"`},
		{"world mine\ninstance A\n  memory x\nA: return", "line 3, column 10: memory: a number is expected"},
		{"world mine\ninstance A\nfunc B.run()\nA: return", "line 3, column 6: world mine: function \"B.run\": its name is an instance"},
		{"world mine\ninstance A\nfunc B.run()", "line 3, column 6: world mine: function \"B.run\": its name is an instance"},
		{"world mine\ninstance A\nfunc A.run()\nA: return\ninstance B", `line 5: expected an action such as`},
		{"world handles\ninstance A\nA: return", "line 2, column 1: the world handles is a named one"},
		{"world handlse\nA: return", "line 2: the world \"handlse\" is not a named one, and is not defined: write its lines (instance …, func …) below this one, or the name of its file, which ends in .world; did you mean handles?"},
		{"world mine", "line 1: the world \"mine\" is not a named one, and is not defined"},
		{"world mine.world", "line 1: the file mine.world: worlds in files cannot be read here"},
		{"world mine\ninstance A\ndefine {\"name\":\"mine\",\"instances\":[{\"name\":\"A\"}]}", "line 3: the world mine is already defined"},
	} {
		if _, err := ReadTrace(strings.NewReader(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%q:\n got %v\nwant %s", c.text, err, c.want)
		}
		litmus := strings.ReplaceAll(c.text, "A: return", "in A.run") + "\n"
		want := strings.ReplaceAll(c.want, "A: return", "in A.run")
		if _, err := ParseLitmus(strings.NewReader(litmus)); !strings.Contains(c.want, "an action such as") && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%q:\n got %v\nwant %s", litmus, err, want)
		}
	}
}
