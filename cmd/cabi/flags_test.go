package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Flags of which one has no effect without another, or beside another, are refused, and named.
func TestFlagsWithoutEffect(t *testing.T) {
	dir := writeBadFiles(t)
	for _, c := range []struct{ args, want string }{
		{"check handles --random --checkpoint false", "--checkpoint has no effect on random walks"},
		{"check handles --runs 5", "--runs has no effect without --random"},
		{"check handles --seed 3", "--seed has no effect without --random"},
		{"check everything --steps 2 --seed 3", "--seed has no effect without --random"},
		{"check handles --random --steps 3", "--steps has no effect on random walks"},
		{"check handles --random --full", "--full has no effect on random walks"},
		{"check handles --random --memory 1GB", "--memory has no effect on random walks"},
		{"check handles --random --memory 1GB --disk @", "--memory has no effect on random walks"},
		{"check handles --random --checkpoint @/new", "--checkpoint has no effect on random walks"},
		{"check handles --random --resume @/new", "--resume has no effect on random walks"},
		{"check handles --random --depth-first", "--random and --depth-first exclude each other"},
		{"check everything --depth-first", "everything is walked at random unless --steps bounds the search"},
		{"check everything --full", "everything is walked at random unless --steps bounds the search"},
		{"check everything --memory 1GB", "everything is walked at random unless --steps bounds the search"},
		{"check everything --checkpoint @/new", "everything is walked at random unless --steps bounds the search"},
		{"check everything --resume @/new", "everything is walked at random unless --steps bounds the search"},
		{"check handles --disk @", "--disk has no effect without --memory"},
		{"check handles --checkpoint-every 1s", "--checkpoint-every has no effect without --checkpoint or --resume"},
		{"check handles --depth-first --memory 1GB", "--depth-first and --memory exclude each other"},
		{"check handles --depth-first --checkpoint @/new", "--depth-first and --checkpoint exclude each other"},
		{"check handles --depth-first --resume @/new", "--depth-first and --resume exclude each other"},
		{"check handles --depth-first --workers 2", "--depth-first and --workers exclude each other"},
		{"check handles --json --verbose", "--json and --verbose exclude each other"},
		{"check handles --departures 2", "--departures has no effect on a world: it is for components, whose files end in .wasm or .wat"},
		{"check handles --stub f", "--stub has no effect on a world"},
		{"check ../../examples/components/race.wasm race() --depth-first", "--depth-first has no effect on a component: it is for worlds"},
		{"check ../../examples/components/race.wasm race() --verbose", "--verbose has no effect on a component"},
		{"matrix --json --markdown", "--json and --markdown exclude each other"},
		{"traps --json -o @/new", "--json and --output exclude each other"},
		{"sites --manifest x.json", "--manifest has no effect without --record"},
		{"sites --record --json", "--record and --json exclude each other"},
		{"sites --record --source spec", "--record and --source exclude each other"},
		{"port --record --fill", "--record and --fill exclude each other"},
		{"port --commit x", "--commit has no effect without --record"},
		{"port --only f", "--only has no effect without --record"},
		{"port --manifest x.json", "--manifest has no effect without --record or --fill"},
		{"port --record --upstream @ --source spec", "--source and --record exclude each other"},
		{"port --fill --source spec", "--source and --fill exclude each other"},
		{"bench m --disk @", "--disk has no effect without --memory"},
		{"bench m --naive --memory 1GB", "--naive and --memory exclude each other"},
		{"bench m --naive --workers 2", "--naive and --workers exclude each other"},
	} {
		refused(t, c.want, strings.Fields(strings.ReplaceAll(c.args, "@", dir))...)
	}
	checkBadFiles(t, dir)
}

// A flag that is given as false excludes nothing.
func TestFalseFlags(t *testing.T) {
	if _, code, err := execute(newRootCommand(), strings.Fields("check handles --steps 5 --handles 2 --json --verbose=false --random=false")...); code != 0 {
		t.Errorf("exit %d, %v", code, err)
	}
}

// A number that the help names, by itself or as an example, is one that the flag takes, and so is its default.
func TestDocumentedValues(t *testing.T) {
	documented := regexp.MustCompile(`(?:^|[ ;])(\d\w*):|such as (\d\w*)|, as (\d\w*)`)
	found := 0
	eachFlag(newRootCommand(), func(cmd *cobra.Command, f *pflag.Flag) {
		if once, is := f.Value.(*onceValue); is {
			f.Value = once.Value // it is given all of them here
		}
		values := []string{}
		if f.Value.Type() != "bool" && f.DefValue != "" && f.DefValue != "[]" && f.DefValue != "0" && f.DefValue != "all" {
			values = append(values, f.DefValue)
		}
		switch f.Value.Type() {
		case "number", "size", "duration", "uint", "uint64":
			for _, m := range documented.FindAllStringSubmatch(f.Usage, -1) {
				values = append(values, strings.Join(m[1:], ""))
			}
		}
		for _, value := range values {
			found++
			if err := f.Value.Set(value); err != nil && f.Value.Type() != "stringSlice" {
				t.Errorf("%s --%s %s: %v", cmd.CommandPath(), f.Name, value, err)
			}
		}
	})
	if found < 10 {
		t.Errorf("only %d values were found", found)
	}
}

// A default of 0 is either a value that the flag takes, or not spoken of in the help.
func TestZero(t *testing.T) {
	eachFlag(newRootCommand(), func(cmd *cobra.Command, f *pflag.Flag) {
		if f.Value.Set("0") != nil && strings.Contains(f.Usage, "0:") {
			t.Errorf("the help of %s offers --%s 0, which is refused", cmd.CommandPath(), f.Name)
		}
	})
}

// eachFlag calls a function with each flag of each command.
func eachFlag(cmd *cobra.Command, visit func(*cobra.Command, *pflag.Flag)) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { visit(cmd, f) })
	for _, sub := range cmd.Commands() {
		eachFlag(sub, visit)
	}
}

// What is said of a value that a flag does not take is right: of the flags of each type, those that are named are taken.
func TestWants(t *testing.T) {
	for _, c := range []struct{ flag, value string }{
		{"duration", "30s"}, {"duration", "10m"}, {"seed", "0"}, {"seed", "18446744073709551615"}, {"memory", "200MB"}, {"memory", "2GB"},
		{"memory", "16MB"}, {"steps", "1"}, {"steps", "1000"}, {"workers", "1000"}, {"random", "true"}, {"random", "false"}, {"property", "a,b"},
	} {
		if err := newCheckCommand().Flags().Set(c.flag, c.value); err != nil {
			t.Errorf("--%s %s: %v", c.flag, c.value, err)
		}
	}
}
