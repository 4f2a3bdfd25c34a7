package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/export"
	"cabi/model"
)

// newTraceCommand returns cabi trace, which holds the commands that convert and generate traces.
func newTraceCommand() *cobra.Command {
	cmd := group(&cobra.Command{Use: "trace", Short: "Convert traces, and generate reference traces"})
	cmd.AddCommand(newConvertCommand(), newGenCommand())
	return cmd
}

// A form writes a trace in one of the formats.
type form func(w io.Writer, t *model.Trace) error

// forms returns the formats, by the value of --to.
func forms() map[string]form {
	all := map[string]form{"text": asText, "json": asJSON, "jsonl": asJSON, "named": formOf(named)}
	for _, f := range export.Formats {
		all[f.Name] = formOf(f.Write)
	}
	return all
}

func asText(w io.Writer, t *model.Trace) error {
	_, err := t.WriteTo(w)
	return err
}

func asJSON(w io.Writer, t *model.Trace) error { return t.WriteJSON(w) }

// formOf makes a form of a function that returns text. If that returns an error, nothing is written.
func formOf(write func(*model.Trace) (string, error)) form {
	return func(w io.Writer, t *model.Trace) error {
		text, err := write(t)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		return err
	}
}

const formsHelp = `  text     the format for people, docs/traces.md
  jsonl    the same for machines, an object a line (also: json)
  named    text in which names stand for indices, and words for packed numbers
`

func newConvertCommand() *cobra.Command {
	var to, output string
	var from sourceFlags
	var long strings.Builder
	long.WriteString("Convert reads a trace, as text or as JSON lines, from a file or, if that is -, standard input, and writes it in the other form, or in the one that --to names:\n\n" + formsHelp)
	for _, f := range export.Formats {
		fmt.Fprintf(&long, "  %-8s %s\n", f.Name, f.What)
	}
	long.WriteString("\nText and JSON lines say the same: they have the same id. The last six run the trace, and have its text in them, with\n" +
		"the choices, so that it can be replayed. What cannot be said in a .wast is an error that says what it is. A trace that\n" +
		"is run does not always happen again, and one that says what it violates is always run: if it departs, nothing is\n" +
		"written, and the command exits with 1.")
	cmd := &cobra.Command{
		Use:   "convert TRACE",
		Short: "Write a trace in another format: JSON lines, with names, ITF, .wast, Mermaid, HTML, SVG",
		Long:  long.String(),
		Example: "  cabi trace convert two.cabi -o two.jsonl\n  cabi trace convert two.jsonl --to named\n" +
			"  cabi trace convert two.cabi --to html -o two.html\n" +
			"  cabi trace convert two.cabi --to mermaid | sed -n 's/^%%| //p' > again.cabi",
		Args: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := from.open()
			if err != nil {
				return err
			}
			return convert(source, cmd.InOrStdin(), cmd.OutOrStdout(), output, args[0], to)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "the format; jsonl of a text and text of JSON lines if it is not given")
	cmd.Flags().StringVarP(&output, "output", "o", "", "write to this `FILE` instead of printing")
	completeFlags(cmd, map[string]kind{"to": kindForm})
	from.add(cmd)
	return cmd
}

// convert writes a file's trace in another form to another file, or to w if that has no name.
func convert(source *model.Source, in io.Reader, w io.Writer, output, file, to string) error {
	trace, err := knownNames{source}.readTrace(in, file)
	if err == nil && source != nil { // on the port, writing it as text or JSON runs nothing
		err = fits(source, trace.World, trace.Variant, trace.Without)
	}
	if err != nil {
		return err
	}
	if to == "" {
		to = "jsonl"
		if trace.FromJSON {
			to = "text"
		}
	}
	write := forms()[to]
	if write == nil {
		return unknown(kindForm, to)
	}
	if writesText := to == "text" || to == "json" || to == "jsonl"; trace.Violates != "" || !writesText {
		if err := mustHappen(file, trace); err != nil {
			return err
		}
	}
	err = writeFile(w, output, func(f io.Writer) error { return write(f, trace) })
	if exit := (exitError{}); err != nil && !errors.As(err, &exit) {
		return exitError{2, fmt.Sprintf("%s: %v", file, err)}
	}
	return err
}

// named returns the text of a trace with names for its indices.
func named(t *model.Trace) (string, error) {
	with, err := model.WithNames(t)
	if err != nil {
		return "", err
	}
	return with.String(), nil
}
