package upstream

import (
	"cabi/model"
)

// A VersionRunner runs traces on a definitions.py of any version, in one Python process, and says what happens there. It knows no port.
type VersionRunner struct{ driver *driver }

// NewVersionRunner starts a Python process with the definitions.py in dir. The error is a *BadInput if there is none, or no Python that can run it.
func NewVersionRunner(dir string) (*VersionRunner, error) {
	if err := checkInput(dir); err != nil {
		return nil, err
	}
	d, err := startDriver(dir, Options{}.patience())
	return &VersionRunner{d}, err
}

// Close ends the process.
func (r *VersionRunner) Close() { r.driver.close() }

// Run takes actions in a world, with the choices of the specification, and returns what happens, as driver.py writes it. After an error the
// process has ended.
func (r *VersionRunner) Run(w *model.World, actions []model.Action, choices []uint32) ([]string, error) {
	c := struct {
		Case
		States string `json:"states"` // not even hashes of states are written
	}{Case: Case{World: w, Actions: []Step{}, Choices: []uint64{}}}
	for _, a := range actions {
		c.Actions = append(c.Actions, Step(a))
	}
	for _, n := range choices {
		c.Choices = append(c.Choices, uint64(n))
	}
	return r.driver.run(c)
}
