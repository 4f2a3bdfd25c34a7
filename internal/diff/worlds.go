package diff

import (
	"embed"

	"cabi/model"
)

//go:embed worlds
var worldFiles embed.FS

// Worlds are those that are explored: first some small ones that are the comparison's own, for what the others leave out and for what proposals
// change where the pin does nothing of interest; then all of the model's but those that are walked at random.
func Worlds() (worlds []*model.World, err error) {
	if worlds, err = model.ReadWorlds(worldFiles, "worlds"); err != nil {
		return nil, err
	}
	for _, w := range model.Worlds {
		if !w.Random {
			worlds = append(worlds, w)
		}
	}
	return worlds, nil
}
