// Command cabi checks the WebAssembly Component Model's Canonical ABI: it explores an executable specification of it,
// a line-by-line port of upstream's definitions.py, and reports what it proves within a bound or the shortest
// counterexample.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run runs the command and returns its exit code: 0 all holds, 1 something is violated or differs, 2 bad usage or input, 3 stopped
// early with nothing violated so far, or what was checked never happened, or the output could not be written.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	root, printed := newRootCommand(), &standardOutput{w: out}
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(printed)
	root.SetErr(errs)
	err := root.Execute()
	if err = cmp.Or(printed.exit(), err); err == nil {
		return 0
	}
	code := exitError{code: 2}
	if !errors.As(err, &code) || code.msg != "" {
		fmt.Fprintf(errs, "cabi: %v\n", err)
	}
	return code.code
}

func newRootCommand() *cobra.Command {
	root := group(&cobra.Command{
		Use:           "cabi",
		Short:         "Check the WebAssembly Component Model's Canonical ABI",
		Long:          rootLong,
		SilenceUsage:  true,
		SilenceErrors: true,
	})
	printVersion := root.Flags().Bool("version", false, "print the version, and which definitions.py the port is of")
	help := root.RunE
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if *printVersion && len(args) == 0 {
			return writeVersion(cmd.OutOrStdout())
		}
		return help(cmd, args)
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(newHelpCommand())
	root.SetHelpFunc(printHelp)
	root.AddCommand(newCheckCommand(), newExplainCommand(), newListCommand(), newChoicesCommand(), newReplayCommand(), newAdmitsCommand(), newShrinkCommand(), newLitmusCommand(), newStepCommand(), newServeCommand(),
		newTraceCommand(), newMatrixCommand(), newTrapsCommand(), newProveCommand(), newSitesCommand(), newPortCommand(), newUpstreamCommand(), newDiffCommand(),
		newWastCommand(), newConformCommand(), newRunCommand(), newMergeCommand(), newBenchCommand())
	addCompletion(root)
	refuseBadFlags(root)
	return root
}

const rootLong = `Cabi checks the WebAssembly Component Model's Canonical ABI: it explores an executable specification of it, a line-by-line port of
upstream's definitions.py, and reports what it proves within a bound or the shortest counterexample.

Exit status: 0 all holds, 1 something is violated or differs, 2 bad usage or input, 3 stopped early, or what was checked never happened, or the
output could not be written.`
