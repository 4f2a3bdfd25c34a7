package properties

import (
	"embed"
	"fmt"

	"cabi/model"
)

//go:embed corners
var cornerFiles embed.FS

// Corners are small worlds, in the order of their names, each of which comes to something that the worlds of package model leave out.
func Corners() []*model.World {
	files, err := cornerFiles.ReadDir("corners")
	if err != nil {
		panic(err) // they are part of the program
	}
	worlds := make([]*model.World, len(files))
	for i, file := range files {
		f, err := cornerFiles.Open("corners/" + file.Name())
		if err != nil {
			panic(err)
		}
		if worlds[i], err = model.ReadWorld(f); err != nil {
			panic(fmt.Sprintf("%s: %v", file.Name(), err))
		}
		f.Close()
	}
	return worlds
}
