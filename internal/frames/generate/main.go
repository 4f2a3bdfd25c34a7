// Generate writes the form of spec/ that runs on frames, and an overlay by which the go command takes it:
//
//	go run ./internal/frames/generate DIR
//	go test -overlay DIR/overlay.json ./spec
package main

import (
	"fmt"
	"os"

	"cabi/internal/frames"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/frames/generate DIR, in the module's directory: DIR gets the files")
		os.Exit(2)
	}
	made, err := frames.Generate(frames.Spec("spec"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	overlay, err := made.WriteOverlay("spec", os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("%d functions are frames; go test -overlay %s ./spec\n", len(made.Functions), overlay)
}
