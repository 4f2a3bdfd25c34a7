package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/export"
	"cabi/internal/induction"
	"cabi/internal/matrix"
	"cabi/internal/nearest"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

// A kind is a kind of names that the command takes.
type kind struct {
	name   string
	plural string
	names  func() []string
	list   string // the command that lists them
}

var (
	kindWorld    = kind{"world", "worlds", worldNames, "cabi list worlds"}
	kindProperty = kind{"property", "properties", propertyNames, "cabi list properties"}
	kindVariant  = kind{"variant", "variants", variantNames, "cabi list variants"}
	kindSite     = kind{"site", "sites", siteNames, "cabi sites"}
	kindAction   = kind{"action", "actions", model.Ops, "cabi explain"}
	kindForm     = kind{"form", "forms", formNames, "cabi trace convert --help"}
	kindProof    = kind{"proof", "proofs", induction.Names, "cabi prove --help"}
	kindList     = kind{"list", "lists", func() []string { return listNames }, "cabi list --help"}
	kindTerm     = kind{"term", "other", func() []string { return []string{termPin} }, "cabi explain"}
)

// unknown is the error for a name that is none of its kind. It says which names are near.
func unknown(k kind, name string) error {
	hint := nearest.Hint(name, k.names())
	if hint == "" {
		hint = "; `" + k.list + "` lists them"
	}
	return exitError{2, fmt.Sprintf("unknown %s %q%s", k.name, shorten(name), hint)}
}

// shorten is the beginning of a name, for an error.
func shorten(name string) string {
	if len(name) > nearest.Longest {
		return strings.ToValidUTF8(name[:nearest.Longest], "") + "…"
	}
	return name
}

// catalogue is all properties that can be asked for by name, those that compare runs with the pin's way to number handles among them.
func catalogue() []*model.Property {
	return slices.Concat(properties.All, matrix.Guests(spec.SingleTable))
}

// propertyByName finds a property; nil if there is none of that name.
func propertyByName(name string) *model.Property {
	for _, p := range catalogue() {
		if p.Name == name {
			return p
		}
	}
	return nil
}

func propertyNames() []string {
	return names(catalogue(), func(p *model.Property) string { return p.Name })
}

func worldNames() []string { return names(model.Worlds, func(w *model.World) string { return w.Name }) }

func variantNames() []string {
	return names(spec.Variants, func(v *spec.Variant) string { return v.Name })
}

func formNames() []string {
	return append([]string{"text", "jsonl", "json", "named"}, names(export.Formats, func(f export.Format) string { return f.Name })...)
}

// siteNames are the traps and asserts of the specification; none if its sources cannot be read.
func siteNames() []string {
	trapRows, assertRows, err := siteRowsByKind()
	if err != nil {
		return nil
	}
	var all []string
	for _, s := range namesOfRows(slices.Concat(trapRows, assertRows)) {
		all = append(all, string(s))
	}
	return all
}

func names[T any](list []T, name func(T) string) []string {
	var all []string
	for _, e := range list {
		all = append(all, name(e))
	}
	return all
}

// completes completes an argument or a flag's value with the names of some kinds.
func completes(kinds ...kind) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		var all []string
		for _, k := range kinds {
			all = append(all, k.names()...)
		}
		return slices.DeleteFunc(all, func(name string) bool { return !strings.HasPrefix(name, begun) }), cobra.ShellCompDirectiveNoFileComp
	}
}

// completesOne completes the first argument alone.
func completesOne(kinds ...kind) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return completes(kinds...)(cmd, args, begun)
	}
}

// completeFlags completes the values of flags with the names of a kind each.
func completeFlags(cmd *cobra.Command, flags map[string]kind) {
	for flag, k := range flags {
		if err := cmd.RegisterFlagCompletionFunc(flag, completes(k)); err != nil {
			panic(err) // there is no such flag
		}
	}
}
