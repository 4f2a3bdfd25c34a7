package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"cabi/internal/layout"
	"cabi/internal/step"
	"cabi/internal/traps"
	"cabi/model"
)

var write = flag.Bool("write", false, "write the generated pages of docs/ instead of comparing them")

// TestDocsSites compares docs/generated/sites.md with what cabi sites prints.
func TestDocsSites(t *testing.T) {
	out, code, err := execute(newSitesCommand(), "--json=false")
	if code != 0 {
		t.Fatal(err)
	}
	page := "# Sites\n\nEvery trap and assert of `definitions.py`, with the Python function, its place among the sites there, its\n" +
		"line, its kind and what it says. Made by `make docs` from `cabi sites`; a test keeps it true.\n\n```\n" + out + "```\n"
	compareDoc(t, "../../docs/generated/sites.md", []byte(page))
}

// TestDocsChoices compares docs/generated/choices.md with what cabi choices prints.
func TestDocsChoices(t *testing.T) {
	out, code, err := execute(newChoicesCommand(), "--json=false")
	if code != 1 { // some are left open
		t.Fatalf("exit %d, %v", code, err)
	}
	page := "# Choices\n\nThe choices that `definitions.py` makes, by the function that makes them. Concurrency.md says that each source of nondeterminism\n" +
		"can be removed by implementing the Deterministic Profile. Those that its text makes under `DETERMINISTIC_PROFILE` too are left open; each is shown by a\n" +
		"run under the profile in which guests or the host observe how it is made: what the one way shows, and what another does. One may answer that\n" +
		"the host resolves them; which thread a tick resumes is the host's anyway. Made by `make docs` from `cabi choices`, which makes random walks, and finds\n" +
		"what these come to; a test keeps it true. `cabi choices --spec DIR` does the same on an edited file.\n\n```\n" + out + "```\n"
	compareDoc(t, "../../docs/generated/choices.md", []byte(page))
}

const validationIntro = `# Validation

A component that validation refuses never runs, so a trap or a failing assert in it says nothing about the specification. Worlds that
traces and litmus files define, and the actions of core code in them, are therefore held to the rules below; whatever breaks one is bad
input, with exit code 2, the rule and where it stands. Made by ` + "`make docs`" + ` from the rules in ` + "`model/world_rules.go`" + `; a test keeps it
true, and each rule has tests that break it.

Two things are not checked. The instances of a world may import from each other in a cycle, and name each other's resource types, which
components that are instantiated one after the other cannot: instances are linked by whoever embeds them, and no function of the
specification looks at that. An instance may also import what it exports, which validation allows even within a component:
` + "`canon lower`" + ` takes any function that is defined before it (Explainer.md, canon), one that the component has itself lifted among
them, and a call stays inside the instances that the caller has entered, its own included (CanonicalABI.md, on Component Invariant 2).

The last column has the asserts of ` + "`definitions.py`" + ` that hold because of the rule. Random worlds that keep all rules never
reach one of them (` + "`TestValidationKeepsAsserts`" + `).

| rule | says | source | keeps true |
|---|---|---|---|
`

// TestDocsValidation compares docs/generated/validation.md with the rules. Each assert that a rule keeps true is an assert of the specification.
func TestDocsValidation(t *testing.T) {
	_, asserts, err := siteRowsByKind()
	if err != nil {
		t.Fatal(err)
	}
	page := bytes.NewBufferString(validationIntro)
	for _, r := range model.Rules {
		var keeps []string
		for _, site := range r.Keeps {
			if !slices.ContainsFunc(asserts, func(a traps.Row) bool { return a.Site == site }) {
				t.Errorf("rule %s: there is no assert %s", r.Name, site)
			}
			keeps = append(keeps, "`"+string(site)+"`")
		}
		fmt.Fprintf(page, "| %s | %s | %s | %s |\n", r.Name, r.Says, r.Source, strings.Join(keeps, ", "))
	}
	compareDoc(t, "../../docs/generated/validation.md", page.Bytes())
}

const actionsIntro = `# Actions

Everything that core code and the host can do in [traces](../traces.md) and [litmus files](../litmus.md): how it is written, who may take it, what it
means, and what comes back, in the order of the names that stand for it in a litmus file. Where the Python has a function for it, the last column
says which. Made by ` + "`make docs`" + ` from what ` + "`cabi explain ACTION`" + ` prints; a test keeps it true.

Words in capitals are operands: RESOURCE, FUNC and TYPE are names of the world and types as WIT writes them, without spaces; indices, pointers and
other core values are numbers or names; a VALUE is a component-level value, or a number that one is made from; CALL and SHARED are the numbers of a call, and
of a stream or future, that the host knows.

| action | taken by | means | gives | definitions.py |
|---|---|---|---|---|
`

// TestDocsActions compares docs/generated/actions.md with what is known of each action.
func TestDocsActions(t *testing.T) {
	page := bytes.NewBufferString(actionsIntro)
	for _, name := range model.Ops() {
		text := step.ActionTexts[name]
		builtin := must(builtinOf(name, text))
		python, _, _ := strings.Cut(builtin, ";")
		written := strings.ReplaceAll(strings.TrimSpace(name+" "+text.Operands), "|", "\\|")
		fmt.Fprintf(page, "| `%s` | %s | %s | %s | %s |\n", written, model.TakenBy(name), text.Means, model.Gives(name), strings.ReplaceAll(python, ", definitions.py", ""))
	}
	compareDoc(t, "../../docs/generated/actions.md", page.Bytes())
}

// TestDocsCommands compares docs/generated/commands.md with what the help of each command prints.
func TestDocsCommands(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Commands\n\nEvery command, and what its `--help` prints. Made by `make docs`; a test keeps it true.\n\n")
	commands := documented(newRootCommand())
	for _, cmd := range commands {
		fmt.Fprintf(&page, "- [`%s`](#%s): %s\n", cmd.CommandPath(), strings.ReplaceAll(cmd.CommandPath(), " ", "-"), cmd.Short)
	}
	for _, cmd := range commands {
		out, code, err := execute(newRootCommand(), append(strings.Fields(cmd.CommandPath())[1:], "--help")...)
		if code != 0 || !strings.Contains(out, "Usage:\n  "+cmd.CommandPath()) {
			t.Fatalf("%s: exit %d, %v:\n%s", cmd.CommandPath(), code, err, out)
		}
		fmt.Fprintf(&page, "\n## %s\n\n```\n%s```\n", cmd.CommandPath(), out)
		for _, line := range strings.Split(out, "\n") {
			if layout.Columns(line) > layout.PlainWidth && !strings.HasPrefix(line, "  cabi ") {
				t.Errorf("the help of %s has a line of %d columns: %s", cmd.CommandPath(), layout.Columns(line), line)
			}
		}
	}
	compareDoc(t, "../../docs/generated/commands.md", []byte(page.String()))
}

// documented returns a command and all below it, except the commands that cobra makes for each shell.
func documented(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() && cmd.Name() != "completion" {
			all = append(all, documented(sub)...)
		}
	}
	return all
}

// TestDocsPicture keeps docs/picture.svg, the picture of the README, true to the trace that it is drawn from.
func TestDocsPicture(t *testing.T) {
	picture, code, err := execute(newTraceCommand(), "convert", "../../examples/future-given-away.cabi", "--to", "svg")
	if code != 0 {
		t.Fatal(err)
	}
	compareDoc(t, "../../docs/picture.svg", []byte(picture))
}

func compareDoc(t *testing.T, file string, page []byte) {
	t.Helper()
	if *write {
		if err := os.WriteFile(file, page, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, page) {
		t.Errorf("%s is stale: run `make docs`", file)
	}
}

// cabiCommand returns cabi as a process of its own: the program of the test, which TestMain turns into the command.
func cabiCommand(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "CABI_TEST_MAIN=1")
	return cmd
}

// TestMain runs the command instead of the tests if cabiCommand started the program.
func TestMain(m *testing.M) {
	if os.Getenv("CABI_TEST_MAIN") != "" {
		main()
	}
	code := m.Run()
	if conformDir != "" {
		os.RemoveAll(conformDir)
	}
	os.Exit(code)
}
