package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/layout"
	"cabi/internal/profile"
)

const choicesLong = `Choices says which choices the specification makes, which of them the deterministic profile leaves open, and of each of
those what guests or the host can observe. It makes random walks in every world, without the profile and under it, and each choice
of a walk in another way; the actions from there on stay the same. What it shows is shortened. It finds what the walks come to.

Exit status: 0 if the profile leaves nothing open, 1 if it does, 2 for bad usage or input.`

// newChoicesCommand returns the command that says what the deterministic profile leaves open.
func newChoicesCommand() *cobra.Command {
	var source sourceFlags
	var asJSON bool
	walks := bound{120, 1 << 20}
	cmd := &cobra.Command{
		Use:     "choices",
		Short:   "Say which choices the specification makes, and which of them the deterministic profile leaves open",
		Long:    choicesLong,
		Example: "  cabi choices\n  cabi choices --spec component-model --json",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			of, err := source.open()
			if err != nil {
				return err
			}
			found, err := profile.Find(of, walks.value)
			if err != nil {
				return exitError{2, err.Error()}
			}
			choices := objectsOf(found)
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), choices)
			} else {
				err = printChoices(cmd.OutOrStdout(), choices)
			}
			for _, c := range choices {
				if c.Open && err == nil {
					return exitError{code: 1}
				}
			}
			return err
		},
	}
	source.add(cmd)
	cmd.Flags().Var(&walks, "runs", "how many random walks to make in each world")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list of objects, one for each choice")
	return cmd
}

// A choice is one that the specification makes, as JSON.
type choice struct {
	Choice   string    `json:"choice"`
	Open     bool      `json:"open"` // under the deterministic profile
	Observed *observed `json:"observed,omitempty"`
}

// observed is a run in which it can be observed how a choice is made.
type observed struct {
	World   string   `json:"world"`
	Actions []string `json:"actions"`
	One     string   `json:"one"`
	Other   string   `json:"other"`
}

func objectsOf(found []profile.Choice) []choice {
	all := []choice{}
	for _, f := range found {
		c := choice{Choice: string(f.Site), Open: f.Open}
		if o := f.Observed; o != nil {
			c.Observed = &observed{o.World, o.Actions, o.One, o.Two}
		}
		all = append(all, c)
	}
	return all
}

// printChoices prints each choice, and of those that are left open what can be observed, after which actions.
func printChoices(w io.Writer, choices []choice) error {
	var b strings.Builder
	for _, c := range choices {
		if !c.Open {
			fmt.Fprintf(&b, "%s: not made under the profile\n", c.Choice)
			continue
		}
		fmt.Fprintf(&b, "%s: left open by the profile\n", c.Choice)
		o := c.Observed
		if o == nil {
			fmt.Fprintf(&b, "  no walk has shown what can be observed of it\n")
			continue
		}
		fmt.Fprint(&b, layout.Indented(strings.Fields(fmt.Sprintf("in %s after these actions: %s, or %s", o.World, o.One, o.Other)), "  ", layout.WidthOf(w)))
		for _, a := range o.Actions {
			fmt.Fprintf(&b, "    %s\n", a)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
