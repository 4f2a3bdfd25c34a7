// Command cabi checks the WebAssembly Component Model's Canonical ABI: it explores an executable specification of it,
// a line-by-line port of upstream's definitions.py, and reports what it proves within a bound or the shortest
// counterexample.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run runs the command and returns its exit code: 0 holds within the bound, 1 violated, 2 bad usage or input, 3 stopped
// early with nothing violated so far.
func run(args []string) int {
	root := newRootCommand()
	root.SetArgs(args)
	err := root.Execute()
	if err == nil {
		return 0
	}
	code := exitError{code: 2}
	if !errors.As(err, &code) || code.msg != "" {
		fmt.Fprintf(os.Stderr, "cabi: %v\n", err)
	}
	return code.code
}

func newRootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "cabi",
		Short:         "Check the WebAssembly Component Model's Canonical ABI",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newCheckCommand(), newReplayCommand(), newListCommand(), newUpstreamCommand(), newPortCommand(), newSitesCommand(),
		newShrinkCommand(), newTraceCommand(), newLitmusCommand(), newMatrixCommand(), newTrapsCommand(), newBenchCommand())
	return root
}
