package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cabi/internal/traps"
)

// A jsonCommand is a command that prints JSON: the schema of what it prints, and whether that is of each line.
type jsonCommand struct {
	args   string
	schema string
	lines  bool
	long   bool // it takes more than some seconds
}

// jsonCommands are the commands that print JSON, with what makes them print all that there may be. @ stands for a trace, % for the report of a
// shard, and ^ for an adapter.
var jsonCommands = []jsonCommand{
	{args: "check handles --steps 5 --handles 2 --json", schema: "schemas/check", lines: true},
	{args: "check children --steps 8 --keep-going --json", schema: "schemas/check", lines: true},
	{args: "check handles --variant per-type --property unique-in-instance --json", schema: "schemas/check", lines: true},
	{args: "check handles --steps 3 --depth-first --json", schema: "schemas/check", lines: true},
	{args: "check everything --runs 50 --keep-going --json", schema: "schemas/check", lines: true},
	{args: "check everything --runs 20 --keep-going --shard 2/2 --json", schema: "schemas/check", lines: true},
	{args: "merge % --json", schema: "schemas/check", lines: true},
	{args: "check cancel --duration 1ns --json", schema: "schemas/check", lines: true},
	{args: "list --json", schema: "schemas/list"},
	{args: "list worlds --json", schema: "schemas/list"},
	{args: "list properties --json", schema: "schemas/list"},
	{args: "list variants --json", schema: "schemas/list"},
	{args: "choices --runs 2 --json", schema: "schemas/choices"},
	{args: "sites --json", schema: "schemas/sites"},
	{args: "shrink @ --json", schema: "trace", lines: true},
	{args: "trace convert @ --to jsonl", schema: "trace", lines: true},
	{args: "admits ../../examples/logs/poll-two-events.log --json", schema: "schemas/admits", lines: true},
	{args: "admits ../../examples/logs/poll-one-event-twice.log --json", schema: "schemas/admits", lines: true},
	{args: "admits ../../examples/logs/callee-not-shown.log --json", schema: "schemas/admits", lines: true},
	{args: "admits ../../examples/logs/callee-not-shown.log --gap 2 --json", schema: "schemas/admits", lines: true},
	{args: "admits ../../examples/logs/callee-not-shown.log --max-states 9 --json", schema: "schemas/admits", lines: true},
	{args: "admits ../../examples/logs/next-index.log --variant any --json", schema: "schemas/admits", lines: true},
	{args: "bench m --size 2,2,1 --json", schema: "schemas/bench-m", lines: true},
	{args: "bench m --size 1,2,0 --naive --json", schema: "schemas/bench-m", lines: true},
	{args: "bench worlds error-contexts", schema: "schemas/bench-worlds", lines: true},
	{args: "prove tables --size 2 --json", schema: "schemas/prove"},
	{args: "prove sets --size 2 --json", schema: "schemas/prove"},
	{args: "prove tables --leave-out free-all --json", schema: "schemas/prove"},
	{args: "prove lends --without lift_own/num_lends --json", schema: "schemas/prove"},
	{args: "wast ../../examples/scripts/answer.wast --every-choice --json", schema: "schemas/wast", lines: true},
	{args: "run ../../examples/components/counter.wasm [constructor]counter(4) [method]counter.add(#1,3) --json", schema: "schemas/run", lines: true},
	{args: "run ../../examples/components/leak.wasm --json", schema: "schemas/run", lines: true},
	{args: "run ../../examples/components/deadlock.wasm wait() --json", schema: "schemas/run", lines: true},
	{args: "check ../../examples/components/race.wasm race() --json", schema: "schemas/check-component", lines: true},
	{args: "check ../../examples/components/leak.wasm open-once() open-and-forget() --json", schema: "schemas/check-component", lines: true},
	{args: "check ../../examples/components/numbering.wasm stale() index() --json", schema: "schemas/check-component", lines: true},
	{args: "check ../../examples/components/endless.wasm yield() --json", schema: "schemas/check-component", lines: true},
	{args: "conform --runs 450 --json -- ^", schema: "schemas/conform"},
	{args: "conform --runs 100 --keep-going --json -- ^ -fault dies", schema: "schemas/conform"},
	{args: "conform --world handles --json -- ^ -fault index-0", schema: "schemas/conform"},
	{args: "matrix --variant per-type --json", schema: "schemas/matrix", long: true},
	{args: "diff per-type --world handles --budget 0.02 --json", schema: "schemas/diff"},
	{args: "traps --json", schema: "schemas/traps", long: true},
}

// Everything that a command prints as JSON satisfies its schema, which allows nothing that it does not name.
func TestJSONOutput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "long.cabi")
	if err := os.WriteFile(file, []byte(longTrace), 0o666); err != nil {
		t.Fatal(err)
	}
	shard := runShard(t, shardSearch, "1/1")
	for _, c := range jsonCommands {
		t.Run(c.args, func(t *testing.T) {
			if c.long && os.Getenv("CABI_LONG") == "" {
				t.Skip("it takes long: set CABI_LONG=1")
			}
			out, code, err := execute(newRootCommand(), strings.Fields(strings.NewReplacer("@", file, "%", shard, "^", conformAdapter()).Replace(c.args))...)
			if code == 2 || out == "" {
				t.Fatalf("exit %d, %v", code, err)
			}
			values := []string{out}
			if c.lines {
				values = strings.Split(strings.TrimSuffix(out, "\n"), "\n")
			}
			s := schemaOf(t, c.schema)
			for _, text := range values {
				satisfies(t, s, text)
			}
		})
	}
}

// schemaOf is a schema of docs/. Every object in it is closed: a key that it does not name is an error.
func schemaOf(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	file := "../../docs/" + name + ".schema.json"
	s, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	if err := json.Unmarshal(must(os.ReadFile(file)), &schema); err != nil {
		t.Fatal(err)
	}
	closed(t, file, schema)
	return s
}

// closed demands additionalProperties of everything in a schema that has properties of its own.
func closed(t *testing.T, file string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["type"] == "object" && v["additionalProperties"] == nil {
			t.Errorf("%s: an object is not closed: %v", file, v)
		}
		for _, below := range v {
			closed(t, file, below)
		}
	case []any:
		for _, below := range v {
			closed(t, file, below)
		}
	}
}

// satisfies reports an error if a text is no JSON, or does not satisfy a schema.
func satisfies(t *testing.T, s *jsonschema.Schema, text string) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		t.Errorf("%v in\n%.2000s", err, text)
	}
}

// Every command with a flag --json is in the table, and every schema is that of one.
func TestJSONCommands(t *testing.T) {
	listed, schemas := map[string]bool{}, map[string]bool{}
	for _, c := range jsonCommands {
		cmd, _, err := newRootCommand().Find(strings.Fields(c.args))
		if err != nil {
			t.Fatal(err)
		}
		listed[cmd.CommandPath()], schemas["../../docs/"+c.schema+".schema.json"] = true, true
	}
	eachFlag(newRootCommand(), func(cmd *cobra.Command, f *pflag.Flag) {
		if f.Name == "json" && !listed[cmd.CommandPath()] {
			t.Errorf("%s --json is not tested", cmd.CommandPath())
		}
	})
	for _, file := range must(filepath.Glob("../../docs/schemas/*")) {
		if !schemas[file] {
			t.Errorf("%s is the schema of nothing", file)
		}
	}
}

// A trap that no program was found for satisfies the schema too; finding all of them takes a minute.
func TestJSONTraps(t *testing.T) {
	s := schemaOf(t, "schemas/traps")
	rows := []traps.Row{{Site: "Table.get/bounds", Line: 1}}
	result := &traps.Result{Traps: []*traps.Trap{{Site: "Table.get/bounds"}}}
	text, err := json.Marshal(result.Objects(rows))
	if err != nil {
		t.Fatal(err)
	}
	satisfies(t, s, string(text))
}

// A schema refuses what no command prints.
func TestSchemasRefuse(t *testing.T) {
	for _, c := range []struct{ schema, text string }{
		{"schemas/check", `{"world":"handles"}`},
		{"schemas/check", `{"finding":"a/","property":"a","what":"b","actions":1,"trace":"world w\n","more":1}`},
		{"schemas/list", `[{"world":"handles"}]`},
		{"schemas/run", `{"ended":"returned"}`},
		{"schemas/check-component", `{"finding":"trap","what":"a"}`},
		{"schemas/sites", `[{}]`},
		{"schemas/matrix", `[{"variant":"per-type","property":"p","verdict":"holds","worlds":[],"measured":{"places":1,"churn":1,"lookup":1}}]`},
		{"schemas/traps", `[{"site":"a","line":1,"needed":"perhaps"}]`},
		{"schemas/bench-m", `{}`},
		{"schemas/bench-worlds", `{"world":"handles"}`},
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if schemaOf(t, c.schema).Validate(v) == nil {
			t.Errorf("%s allows %s", c.schema, c.text)
		}
	}
}
