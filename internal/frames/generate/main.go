// Generate writes the frames of spec/ and model/ into these packages: go run ./internal/frames/generate, in the module's directory.
//
// With a directory it writes spec/'s functions as frames alone, and an overlay by which the go command takes them in place of the port's:
//
//	go run ./internal/frames/generate DIR
//	go test -overlay DIR/overlay.json ./spec
package main

import (
	"fmt"
	"os"

	"cabi/internal/frames"
	"cabi/internal/output"
)

func main() {
	if len(os.Args) > 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/frames/generate [DIR], in the module's directory: DIR gets the files")
		os.Exit(2)
	}
	if err := generate(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(to []string) error {
	spec, err := frames.Generate(frames.Spec("spec"))
	if err != nil {
		return err
	}
	if len(to) > 0 {
		overlay, err := spec.WriteOverlay("spec", to[0])
		if err == nil {
			fmt.Printf("%d functions are frames; go test -overlay %s ./spec\n", len(spec.Functions), overlay)
		}
		return err
	}
	if err := output.WriteFiles("spec", map[string]string{spec.Frames: string(spec.Files[spec.Frames])}); err != nil {
		return err
	}
	model, err := frames.Generate(frames.Model("model", spec))
	if err != nil {
		return err
	}
	if err := output.WriteFiles("model", map[string]string{model.Frames: string(model.Files[model.Frames])}); err != nil {
		return err
	}
	fmt.Printf("%d functions of spec/ and %d of model/ are frames\n", len(spec.Functions), len(model.Functions))
	return nil
}
