package history

import (
	"fmt"

	"cabi/spec"
)

// Waits says that a task would have to wait until it may enter its instance: where a run on a historical definition ends,
// as it has no scheduler.
type Waits struct{}

func (Waits) Error() string { return "waits" }

// Wait stops a run where a task would wait.
func Wait() { panic(Waits{}) }

// try runs f and returns how the specification stopped it, or Waits.
func try(f func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			waits, ok := r.(Waits)
			if !ok {
				panic(r)
			}
			err = waits
		}
	}()
	return spec.Try(f)
}

// Stop writes how a run stopped.
func Stop(err error) string {
	switch err := err.(type) {
	case *spec.Trap:
		return "trap " + string(err.Site)
	case *spec.AssertionFailure:
		return "assert " + string(err.Site)
	case *spec.Crash:
		return fmt.Sprintf("crash %s/%s", err.Function, err.Exception)
	default:
		return err.Error()
	}
}
