// Wasmtime records what Wasmtime's component model gives for the sessions of package toolchains, as internal/toolchains/testdata has it.
// `make oracle` runs it: it needs a C compiler, and the archive of wasmtime-go.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := record(); err != nil {
		fmt.Fprintln(os.Stderr, "wasmtime:", err)
		os.Exit(1)
	}
}
