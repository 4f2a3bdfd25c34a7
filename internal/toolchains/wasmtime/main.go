// Wasmtime records what Wasmtime's component model gives for the sessions of package toolchains, as internal/toolchains/testdata has it:
// of all components, or of those that are named. `make oracle` runs it: it needs a C compiler, and the archive of wasmtime-go. With
// "measure" and a component, it prints how fast that runs; with "conformance", it is the driver of package conformance.
package main

import (
	"fmt"
	"os"
)

func main() {
	var err error
	if len(os.Args) == 3 && os.Args[1] == "measure" {
		err = measure(os.Args[2])
	} else if len(os.Args) == 2 && os.Args[1] == "conformance" {
		err = conform()
	} else {
		err = record(os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "wasmtime:", err)
		os.Exit(1)
	}
}
