package export

import (
	"encoding/json"
	"fmt"

	"cabi/model"
)

// ITF writes a trace in Apalache's informal trace format: a state for the beginning and one after each line, with what was
// done, the tables and the tasks. Its #meta has the trace as text.
//
// https://apalache-mc.org/docs/adr/015adr-trace.html
func ITF(t *model.Trace) (string, error) {
	made, frames, err := recordStates(t)
	if err != nil {
		return "", err
	}
	var states []any
	for i, f := range frames {
		states = append(states, map[string]any{"#meta": map[string]any{"index": i}, "line": f.Line, "actor": f.Actor, "tables": itfTables(f), "tasks": itfTasks(f)})
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

// itfTables is a function from tables' names to functions from indices to what is there.
func itfTables(f state) any {
	tables := [][2]any{}
	for _, t := range f.Tables {
		rows := [][2]any{}
		for _, r := range t.Entries {
			rows = append(rows, [2]any{itfInt(r.Index), r.What})
		}
		tables = append(tables, [2]any{t.Name, map[string]any{"#map": rows}})
	}
	return map[string]any{"#map": tables}
}

// itfTasks is a sequence of records.
func itfTasks(f state) any {
	tasks := []any{}
	for _, t := range f.Tasks {
		tasks = append(tasks, map[string]any{"instance": t.Instance, "task": t.What, "threads": t.Threads})
	}
	return tasks
}

// itfInt is an int, which the format has as text.
func itfInt(n uint64) any { return map[string]any{"#bigint": fmt.Sprint(n)} }

func itfInts(ns []uint32) any {
	all := []any{}
	for _, n := range ns {
		all = append(all, itfInt(uint64(n)))
	}
	return all
}
