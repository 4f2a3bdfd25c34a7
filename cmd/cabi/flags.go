package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cabi/internal/nearest"
)

// flagRules say which flags of a command have no effect without others or beside others. They are refused, since whoever gives a flag
// expects an effect.
type flagRules struct {
	needs    []flagNeed
	excludes []flagPair
}

// A flagNeed is a flag that has no effect without one of others.
type flagNeed struct {
	flag string
	of   []string
}

// A flagPair is two flags of which one has no effect beside the other, and why.
type flagPair struct{ a, b, why string }

// refuse has a command refuse flags by its rules before it runs.
func (r flagRules) refuse(cmd *cobra.Command) {
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if err := emptyFlag(cmd); err != nil {
			return err
		}
		return r.check(cmd)
	}
}

// refuseBadFlags has all commands refuse flags that are given twice, of which the first would have no effect, and those without rules
// refuse empty ones too.
func refuseBadFlags(cmd *cobra.Command) {
	if cmd.PreRunE == nil {
		flagRules{}.refuse(cmd)
	}
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Value.Type() != "bool" && !isList(f) {
			f.Value = &onceValue{Value: f.Value}
			if f.DefValue == "0s" {
				f.DefValue = "0" // pflag leaves it out of the help only as this, where it does not see a duration
			}
		}
	})
	for _, sub := range cmd.Commands() {
		refuseBadFlags(sub)
	}
}

// isList reports whether a flag has several values.
func isList(f *pflag.Flag) bool {
	return f.Value.Type() == "stringSlice" || f.Value.Type() == "stringArray"
}

// A onceValue is the value of a flag that may be given once.
type onceValue struct {
	pflag.Value
	given bool
}

var errGivenTwice = errors.New("it is given twice")

// Set takes the first value.
func (v *onceValue) Set(text string) error {
	if v.given {
		return errGivenTwice
	}
	v.given = true
	return v.Value.Set(text)
}

func (r flagRules) check(cmd *cobra.Command) error {
	for _, n := range r.needs {
		if given(cmd, n.flag) && !givenAny(cmd, n.of) {
			return exitError{2, fmt.Sprintf("--%s has no effect without --%s", n.flag, strings.Join(n.of, " or --"))}
		}
	}
	for _, p := range r.excludes {
		if given(cmd, p.a) && given(cmd, p.b) {
			return exitError{2, fmt.Sprintf("--%s and --%s exclude each other: %s", p.a, p.b, p.why)}
		}
	}
	return nil
}

// given reports whether a flag is given; one that is true or false, as true.
func given(cmd *cobra.Command, name string) bool {
	f := cmd.Flags().Lookup(name)
	return f.Changed && (f.Value.Type() != "bool" || f.Value.String() == "true")
}

func givenAny(cmd *cobra.Command, names []string) bool {
	for _, name := range names {
		if given(cmd, name) {
			return true
		}
	}
	return false
}

// emptyFlag returns an error if a flag is given with nothing as its value: most likely, a variable of a script is not set.
func emptyFlag(cmd *cobra.Command) error {
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if value := f.Value.String(); err == nil && (value == "" || isList(f) && value == "[]") {
			err = exitError{2, fmt.Sprintf("--%s is given and empty: give it a value, or leave it out", f.Name)}
		}
	})
	return err
}

// flagError is the error of a flag that cannot be read.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	case errors.As(err, &missing):
		return exitError{2, fmt.Sprintf("--%s takes a value: %s", missing.GetFlag().Name, missing.GetFlag().Usage)}
	case errors.As(err, &invalid):
		return exitError{2, fmt.Sprintf("--%s %q: %s", invalid.GetFlag().Name, invalid.GetValue(), wants(invalid))}
	case errors.As(err, &syntax):
		return exitError{2, fmt.Sprintf("%q is no flag; `%s --help` lists them", syntax.GetSpecifiedFlag(), cmd.CommandPath())}
	default:
		return err
	}
}

// unknownFlag says which flags are near one that is not there.
func unknownFlag(cmd *cobra.Command, err *pflag.NotExistError) error {
	name := "--" + err.GetSpecifiedName()
	if err.GetSpecifiedShortnames() != "" {
		name = name[1:]
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
	if name == "--spec" {
		return exitError{2, fmt.Sprintf("%s runs on the port, not on a definitions.py; these commands have --spec: %s; for `cabi diff`, name the version as an argument; docs/source.md says more",
			cmd.CommandPath(), strings.Join(withFlag(cmd.Root(), "spec"), ", "))}
	}
	hint := fmt.Sprintf("`%s --help` lists its flags", cmd.CommandPath())
	if near := nearest.Names(name, known); len(near) > 0 {
		hint = nearest.Ask(near)
	}
	return exitError{2, fmt.Sprintf("%s has no flag %s; %s", cmd.CommandPath(), name, hint)}
}

// withFlag are the commands that have a flag, without the program's name.
func withFlag(of *cobra.Command, flag string) (commands []string) {
	if of.Flags().Lookup(flag) != nil {
		_, path, _ := strings.Cut(of.CommandPath(), " ")
		commands = append(commands, path)
	}
	for _, sub := range of.Commands() {
		commands = append(commands, withFlag(sub, flag)...)
	}
	return commands
}

// wants says what values a flag takes, where one that it does not take was given. The flags of this command say so themselves.
func wants(err *pflag.InvalidValueError) string {
	if errors.Is(err, errGivenTwice) {
		return errGivenTwice.Error()
	}
	switch err.GetFlag().Value.Type() {
	case "bool":
		return "it is true or false"
	case "uint":
		return "it is a whole number from 0 on"
	case "uint64":
		return "it is a whole number from 0 to 18446744073709551615"
	case "duration":
		return "it is a number with a unit, such as 30s or 10m"
	case "stringSlice":
		return "it is names with commas between them"
	default:
		return err.Unwrap().Error()
	}
}
