package model_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// schema is docs/trace.schema.json.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	s, err := c.Compile("../docs/trace.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate returns an error if a trace in JSON lines does not satisfy the schema.
func validate(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			return err
		}
		if err := s.Validate(v); err != nil {
			return err
		}
	}
	return nil
}

// traces are the traces in testdata, and those of violations that searches find.
func traces(t *testing.T) []*model.Trace {
	t.Helper()
	files, err := filepath.Glob("testdata/*/*.cabi")
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces: %v", err)
	}
	var all []*model.Trace
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		trace, err := model.ReadTrace(f)
		if err != nil {
			t.Fatal(file, err)
		}
		all = append(all, trace)
	}
	for _, world := range []string{"tasks", "host-streams", "everything"} {
		w := model.WorldByName(world)
		s := model.Search{World: w, Variant: spec.SingleTable, Properties: properties.For(w), Bounds: w.Bounds, KeepGoing: true,
			Random: &model.Random{Seed: 1, Runs: 300}, OnViolation: func(v *model.Violation) { all = append(all, v.Trace) }}
		s.Run()
	}
	return all
}

// A trace that is written as JSON satisfies the schema, and is read back as the same trace.
func TestJSON(t *testing.T) {
	s := schema(t)
	for _, trace := range traces(t) {
		text := trace.JSON()
		if err := validate(t, s, text); err != nil {
			t.Errorf("%v in\n%s", err, text)
		}
		again, err := model.ReadTrace(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if again.JSON() != text || again.ID() != trace.ID() {
			t.Errorf("read back as\n%swas\n%s", again.JSON(), text)
		}
		again.Format = trace.Format
		if again.String() != trace.String() {
			t.Errorf("as text\n%swas\n%s", again, trace)
		}
	}
}

const jsonTrace = `{"kind":"trace","version":1,"world":"handles","variant":"single-table"}` + "\n"

// beyondSchema are errors that no schema can find: of names, of keys that stand twice, and of a line's place among others.
var beyondSchema = []string{"unknown action", "stands there twice", "the id is 7", `under "words"`, `"1 | 2"`, "violates what"}

// The schema and the reader both refuse these lines. The reader names the line.
func TestJSONErrors(t *testing.T) {
	s := schema(t)
	for _, c := range []struct{ text, want string }{
		{`{"kind":"trace","version":9,"world":"handles"}`, "line 1: the trace has format 9, this reads formats 0 to 1"},
		{`{"kind":"trace","version":-1,"world":"handles"}`, "line 1: the trace has format -1"},
		{`{"kind":"trace","version":1e99,"world":"handles"}`, "line 1: not a line of a trace in JSON"},
		{`{"kind":"trace","version":1}`, `line 1: the world "" is not a named one`},
		{`{"kind":"action","version":1,"world":"handles"}`, "line 1: expected a header such as"},
		{`{"kind":"trace","version":1,"world":"handles","colour":1}`, "line 1: not a line of a trace in JSON: unknown key \"colour\"; there are: "},
		{jsonTrace + `{"kind":"action","actor":"A","op":"resource.now"}`, "line 2: unknown action"},
		{jsonTrace + `{"kind":"action","actor":"A","op":"resource.new","words":["R"],"numbers":["1 2"]}`, `line 2: "1 2" is no word`},
		{jsonTrace + `{"kind":"action","actor":"A","op":"resource.new","words":["R"],"numbers":[1]}`, "line 2: not a line of a trace in JSON"},
		{jsonTrace + `{"kind":"action","actor":"A","op":"resource.new","words":["R"],"numbers":["1"]}{}`, "line 2: not a line of a trace in JSON: there is more after"},
		{jsonTrace + `{"kind":"action","kind":"action","actor":"A","op":"resource.new","words":["R"],"numbers":["1"]}`, `line 2: not a line of a trace in JSON: "kind" stands there twice`},
		{jsonTrace + `{"KIND":"action","actor":"A","op":"resource.new","words":["R"],"numbers":["1"]}`, `line 2: not a line of a trace in JSON: unknown key "KIND"`},
		{jsonTrace + `{"kind":"action","id":0,"actor":"A","op":"resource.new","words":["R"],"numbers":["1"]}`, "line 2: the id is 0, and this is line 1 after the header"},
		{jsonTrace + `{"kind":"action","id":7,"actor":"A","op":"resource.new","words":["R"],"numbers":["1"]}`, "line 2: the id is 7, and this is line 1 after the header"},
		{jsonTrace + `{"kind":"action","id":"1","actor":"A","op":"resource.new","words":["R"],"numbers":["1"]}`, `line 2: not a line of a trace in JSON: "id" is to be a number`},
		{jsonTrace + `{"kind":"action","actor":null,"op":"resource.new","words":["R"],"numbers":["1"]}`, `line 2: not a line of a trace in JSON: "actor" is to be a text`},
		{jsonTrace + `["kind"]`, "line 2: not a line of a trace in JSON: the line is to be an object"},
		{jsonTrace + `{"kind":"action",}`, "line 2: not a line of a trace in JSON: it is no JSON from its byte 17 on"},
		{`{"kind":"trace","version":1,"world":"w","define":{"name":"w","instances":[{"name":"A","name":"B"}]}}`, `line 1: not a line of a trace in JSON: "name" stands there twice`},
		{`{"kind":"trace","version":1,"world":"w","define":{"name":"w","instances":[{"name":"A"}],"menus":{"A":[],"A":[]}}}`, `line 1: not a line of a trace in JSON: "A" stands there twice`},
		{`{"kind":"trace","version":1,"world":"w","define":{"name":"w","instances":[{"name":"A","memory":1e30}]}}`, `line 1: the world: "memory": 1e30 is too large`},
		{`{"kind":"trace","version":1,"world":"handles","choices":[-1]}`, `line 1: not a line of a trace in JSON: "choices": -1 is too large or too small`},
		{`{"kind":"trace","version":1,"world":"w","define":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}", "line 1: not a line of a trace in JSON: it is nested deeper than 32"},
		{jsonTrace + `{"kind":"action","actor":"A","op":"resource.new","words":["R"],"numbers":["1"],"results":["1",""]}`, `line 2: "" is not one result`},
		{jsonTrace + `{"kind":"action","actor":"A","op":"resource.new","words":["R"],"numbers":["1"],"results":["1 | 2"]}`, `line 2: "1 | 2" is not one result`},
		{jsonTrace + `{"kind":"action","actor":"A","op":"resource.new","numbers":["R","1"]}`, `line 2: resource.new takes 1 word under "words", got 0`},
		{jsonTrace + `{"kind":"done","actor":"A","op":"resource.new","words":["R","1"]}`, `line 2: resource.new takes 1 word under "words", got 2`},
		{jsonTrace + `{"kind":"action","actor":"A","op":"resource.new","words":["R"],"numbers":["1"],"func":"A.run"}`, `line 2: "func" does not stand in a line of kind "action"`},
		{jsonTrace + `{"kind":"stop","stops":["trap"],"actor":"A"}`, `line 2: "actor" does not stand in a line of kind "stop"`},
		{jsonTrace + `{"kind":"enter","actor":"A","func":"A.run","results":["1"]}`, `line 2: "results" does not stand in a line of kind "enter"`},
		{`{"kind":"trace","version":1,"world":"handles","violates":": x"}`, "line 1: violates what? Name a property"},
		{jsonTrace + `{"kind":"stop","stops":["halt"]}`, `line 2: unknown stop "halt"`},
		{jsonTrace + `{"kind":"dance"}`, `line 2: unknown kind of line "dance"`},
		{jsonTrace + `{"kind":"action","actor":"A"`, "line 2: not a line of a trace in JSON: it ends within an object"},
	} {
		if _, err := model.ReadTrace(strings.NewReader(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s…", c.text, err, c.want)
		}
		if validate(t, s, c.text) == nil && !slices.ContainsFunc(beyondSchema, func(why string) bool { return strings.Contains(c.want, why) }) {
			t.Errorf("%s: the schema allows it", c.text)
		}
	}
}

// A trace that is cut off, or has a wrong bit, is an error with a line or another trace; reading and replaying it does not panic.
func TestDamaged(t *testing.T) {
	for _, trace := range traces(t)[:3] {
		for _, text := range []string{trace.String(), trace.JSON()} {
			for n := range len(text) {
				mangled := []byte(text)
				mangled[n] ^= 1 << (n % 8)
				for _, damaged := range []string{text[:n], string(mangled)} {
					runDamaged(t, damaged)
				}
			}
		}
	}
}

func runDamaged(t *testing.T, text string) {
	t.Helper()
	trace, err := model.ReadTrace(strings.NewReader(text))
	if err == nil {
		_, err = model.RunTrace(trace, trace.Variant)
	}
	if err != nil && !strings.HasPrefix(err.Error(), "line ") {
		t.Fatalf("%q: %v: an error names the line", text, err)
	}
}

// The id of a header is the trace's: one that was changed after it was written is refused.
func TestJSONID(t *testing.T) {
	const text = "world handles\nA: resource.new R 100 -> 1\n"
	trace, err := model.ParseTrace(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(trace.JSON(), `"100"`, `"101"`, 1)
	if _, err := model.ReadTrace(strings.NewReader(changed)); err == nil || !strings.HasPrefix(err.Error(), "line 1: the id is "+trace.ID()) {
		t.Errorf("%v in\n%s", err, changed)
	}
	without := strings.Replace(changed, `"id":"`+trace.ID()+`",`, "", 1)
	if _, err := model.ReadTrace(strings.NewReader(without)); err != nil || without == changed {
		t.Errorf("%v in\n%s", err, without)
	}
}
