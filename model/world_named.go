package model

import (
	"embed"
	"slices"
)

//go:embed worlds
var worldFiles embed.FS

// Worlds are the worlds that have names, in the order in which they are listed. They are the files in worlds/.
var Worlds = namedWorlds(
	"handles", "waitables", "events", "borrows", "dtors", "waits", "subtasks", "backpressure", "children", "streams", "futures",
	"host-streams", "host-reads", "host-calls", "transfers", "tasks", "callbacks", "threads", "switches", "reentrance", "cancel",
	"error-contexts", "relends", "pipes", "alone", "loops", "promotes", "donuts", "handovers",
	"helpers", "helper-calls", "limits", "blocking", "sharing", "encodings", "lends", "params", "units", "targets", "value-types", "text-streams", "everything",
)

// namedWorlds reads the files of these worlds. Tests validate them.
func namedWorlds(names ...string) []*World {
	var worlds []*World
	for _, name := range names {
		r := must(readLines(must(worldFiles.ReadFile("worlds/" + name + WorldFile))))
		worlds = append(worlds, must(r.parse()))
	}
	return worlds
}

// worldNames are the names of the worlds.
func worldNames() []string {
	var names []string
	for _, w := range Worlds {
		names = append(names, w.Name)
	}
	return names
}

// WorldByName is the world of a name; nil: there is none.
func WorldByName(name string) *World {
	if i := slices.IndexFunc(Worlds, func(w *World) bool { return w.Name == name }); i >= 0 {
		return Worlds[i]
	}
	return nil
}
