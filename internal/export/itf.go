package export

import (
	"encoding/json"
	"fmt"

	"cabi/model"
)

// ITF writes a trace in Apalache's informal trace format: the state before the first line and the state after each line, with
// the line, its actor, the tables and the tasks. The text of the trace is in #meta.
//
// https://apalache-mc.org/docs/adr/015adr-trace.html
func ITF(t *model.Trace) (string, error) {
	made, recorded, err := recordStates(t)
	if err != nil {
		return "", err
	}
	var states []any
	for i, s := range recorded {
		states = append(states, map[string]any{"#meta": map[string]any{"index": i}, "line": s.Line, "actor": s.Actor, "tables": itfTables(s), "tasks": itfTasks(s)})
	}
	text, err := json.MarshalIndent(map[string]any{
		"#meta": map[string]any{
			"format": "ITF", "format-description": "https://apalache-mc.org/docs/adr/015adr-trace.html",
			"description": "a trace of the Canonical ABI, of the world " + t.World.Name, "id": t.ID(), "choices": itfInts(t.Choices), "trace": made.String(),
		},
		"vars": []string{"line", "actor", "tables", "tasks"}, "states": states,
	}, "", " ")
	return string(text) + "\n", err
}

// itfTables returns the tables as ITF has them: a function from the names of tables to functions from indices to descriptions.
func itfTables(s state) any {
	tables := [][2]any{}
	for _, t := range s.Tables {
		entries := [][2]any{}
		for _, e := range t.Entries {
			entries = append(entries, [2]any{itfInt(e.Index), e.What})
		}
		tables = append(tables, [2]any{t.Name, map[string]any{"#map": entries}})
	}
	return map[string]any{"#map": tables}
}

// itfTasks returns the tasks as ITF has them: a sequence of records.
func itfTasks(s state) any {
	tasks := []any{}
	for _, t := range s.Tasks {
		tasks = append(tasks, map[string]any{"instance": t.Instance, "task": t.What, "threads": t.Threads})
	}
	return tasks
}

// itfInt returns an integer as ITF has it: text, since JSON's numbers are too small.
func itfInt(n uint64) any { return map[string]any{"#bigint": fmt.Sprint(n)} }

func itfInts(ns []uint32) any {
	all := []any{}
	for _, n := range ns {
		all = append(all, itfInt(uint64(n)))
	}
	return all
}
