package properties

import (
	"embed"

	"cabi/model"
)

//go:embed corners
var cornerFiles embed.FS

// Corners are small worlds, in the order of their names, each of which comes to something that the worlds of package model leave out.
func Corners() []*model.World {
	worlds, err := model.ReadWorlds(cornerFiles, "corners")
	if err != nil {
		panic(err) // they are part of the program
	}
	return worlds
}

// CornerByName is the one of Corners that has a name; nil: none has.
func CornerByName(name string) *model.World {
	for _, w := range Corners() {
		if w.Name == name {
			return w
		}
	}
	return nil
}
