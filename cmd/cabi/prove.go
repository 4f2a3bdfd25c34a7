package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"cabi/internal/induction"
	"cabi/internal/layout"
	"cabi/model"
	"cabi/spec"
)

const proveLong = `Prove shows that promises always hold, and not only within the bound of a search, by induction: it makes every state of a part of the
specification, reachable or not, that satisfies a stated invariant, and runs every operation on it with the port's own code. If the
invariant holds in all states that come out, and in the first state, then it always does, and so do the promises that follow from it.
That states larger than those that were made change nothing is an induction over the size, whose steps are checked too; ` + "`docs/induction.md`" + `
has the argument.

  tables   the table of handles of an instance: its array and free list
  sets     waitables and waitable sets: which is in which
  lends    handles and the subtasks that they are lent to: how often each is lent

Without a name all are proved. An invariant that is too weak (--leave-out) and a broken operation (--without) are shown by a state and an
operation.

Exit status: 0 all is proved, for every size or up to the one that was asked for; 1 it is not; 2 bad usage.`

// A proveCommand is the flags of the command.
type proveCommand struct {
	size     int
	leaveOut string
	without  []string
	asJSON   bool
}

// newProveCommand returns the command that proves invariants by induction.
func newProveCommand() *cobra.Command {
	var c proveCommand
	cmd := &cobra.Command{
		Use:               "prove [NAME…]",
		Short:             "Prove by induction that promises always hold, and not only within a bound",
		Long:              proveLong,
		Example:           "  cabi prove\n  cabi prove tables --size 6\n  cabi prove tables --leave-out free-once\n  cabi prove lends --without lift_own/num_lends",
		ValidArgsFunction: completes(kindProof),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.run(args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.size, "size", 0, "make the states up to this size; 0: one that suffices for all sizes, and more")
	f.StringVar(&c.leaveOut, "leave-out", "", "leave this clause out of the invariant")
	f.StringSliceVar(&c.without, "without", nil, "switch these traps and asserts off")
	f.BoolVar(&c.asJSON, "json", false, "print a JSON list of objects, one for each proof")
	flagRules{}.refuse(cmd)
	return cmd
}

func (c *proveCommand) run(names []string, out, errs io.Writer) error {
	if len(names) == 0 {
		names = induction.Names()
	}
	if err := c.check(names); err != nil {
		return err
	}
	failed := false
	objects := []proofObject{}
	for i, name := range names {
		p := c.prove(name, errs)
		failed = failed || p.proof.Failure != nil
		switch {
		case c.asJSON:
			objects = append(objects, p.object())
		case i > 0:
			fmt.Fprintln(out)
			fallthrough
		default:
			p.write(out)
		}
	}
	if c.asJSON {
		if err := printJSON(out, objects); err != nil {
			return err
		}
	}
	if failed {
		return exitError{code: 1}
	}
	return nil
}

// check returns an error unless the names and the flags name what there is, and the flags have an effect.
func (c *proveCommand) check(names []string) error {
	for i, name := range names {
		switch {
		case !slices.Contains(induction.Names(), name):
			return unknown(kindProof, name)
		case slices.Contains(names[:i], name):
			return exitError{2, fmt.Sprintf("%s is named twice", name)}
		}
	}
	switch {
	case c.size < 0:
		return exitError{2, fmt.Sprintf("--size %d: no state is smaller than 0", c.size)}
	case len(names) > 1 && c.leaveOut != "":
		return exitError{2, "--leave-out is for one proof: name it, as in cabi prove tables --leave-out free-once"}
	case len(names) > 1 && len(c.without) > 0:
		return exitError{2, "--without is for one proof: name it, as in cabi prove lends --without lift_own/num_lends"}
	}
	clauses := kind{"clause", "clauses", func() []string {
		var all []string
		for _, clause := range induction.ByName(names[0], nil).Describe().Clauses {
			all = append(all, clause.Name)
		}
		return all
	}, "cabi prove " + names[0]}
	if c.leaveOut != "" && !slices.Contains(clauses.names(), c.leaveOut) {
		return unknown(clauses, c.leaveOut)
	}
	for _, site := range c.without {
		if !slices.Contains(siteNames(), site) {
			return unknown(kindSite, site)
		}
		if !slices.Contains(induction.Sites(names[0]), spec.Site(site)) {
			return exitError{2, fmt.Sprintf("--without %s: no operation of %s comes to it, only to %v", site, names[0], induction.Sites(names[0]))}
		}
	}
	return nil
}

// A madeProof is a proof of a system.
type madeProof struct {
	name   string
	system induction.Description
	proof  *induction.Proof
}

func (c *proveCommand) prove(name string, errs io.Writer) madeProof {
	without := map[spec.Site]bool{}
	for _, site := range c.without {
		without[spec.Site(site)] = true
	}
	system := induction.ByName(name, without)
	if c.leaveOut != "" {
		system = system.Without(c.leaveOut)
	}
	line := newStatusLine(errs)
	defer line.clear()
	of := system.Describe()
	return madeProof{name, of, system.Prove(cmp.Or(c.size, of.Usual), func(size, states, operations int) {
		if line.due() {
			line.draw(fmt.Sprintf("%s: size %d done, %s, %s", name, size, model.Counted(states, "state"), model.Counted(operations, "operation")))
		}
	})}
}

// write prints a proof for people.
func (m madeProof) write(out io.Writer) {
	width := layout.WidthOf(out)
	statements := func(all []induction.Statement) {
		var rows [][]string
		for _, s := range all {
			rows = append(rows, []string{"  " + s.Name, s.Says})
		}
		layout.WriteTable(out, rows, width)
	}
	say := func(format string, args ...any) {
		fmt.Fprint(out, layout.Indented(strings.Fields(fmt.Sprintf(format, args...)), "", width))
	}
	d, p := m.system, m.proof
	say("%s: the invariant of %s", m.name, d.Title)
	statements(d.Clauses)
	if p.Failure != nil {
		fmt.Fprintf(out, "not proved:\n  %s", strings.ReplaceAll(strings.TrimSuffix(p.Failure.String(), "\n"), "\n", "\n  ")+"\n")
		return
	}
	say("kept in all states of at most %d %s that satisfy it, reachable or not: %s, %s", p.Size, d.Size, model.Counted(p.States, "state"),
		model.Counted(p.Cases, "operation"))
	if r := p.Reductions; p.Always {
		say("the argument for larger states, checked on those of at most %d: %s and %s without a part, %s of a clause", r.Size,
			model.Counted(r.Closed, "state"), model.Counted(r.Alike, "operation"), model.Counted(r.Local, "violation"))
		say("holds always, for states of every size:")
	} else {
		say("holds in states of at most %d %s; with --size %d it is proved for every size:", p.Size, d.Size, d.Enough)
	}
	statements(d.Promises)
}

// A proofObject is a proof as JSON.
type proofObject struct {
	Name     string            `json:"name"`
	Clauses  []statementObject `json:"clauses"`
	Size     int               `json:"size"`
	States   int               `json:"states"`
	Cases    int               `json:"operations"`
	Proved   bool              `json:"proved"`
	Always   bool              `json:"always"`
	Promises []statementObject `json:"promises"`
	Argument *argumentObject   `json:"argument,omitempty"`
	Failure  *failureObject    `json:"failure,omitempty"`
}

type statementObject struct {
	Name string `json:"name"`
	Says string `json:"says"`
}

type argumentObject struct {
	Size       int `json:"size"`
	States     int `json:"states"`
	Operations int `json:"operations"`
	Violations int `json:"violations"`
}

type failureObject struct {
	State     string `json:"state"`
	Operation string `json:"operation,omitempty"`
	After     string `json:"after,omitempty"`
	Clause    string `json:"clause"`
	Message   string `json:"message"`
}

func (m madeProof) object() proofObject {
	p := m.proof
	o := proofObject{Name: m.name, Size: p.Size, States: p.States, Cases: p.Cases, Proved: p.Failure == nil, Always: p.Always}
	for _, s := range m.system.Clauses {
		o.Clauses = append(o.Clauses, statementObject(s))
	}
	for _, s := range m.system.Promises {
		o.Promises = append(o.Promises, statementObject(s))
	}
	if p.Failure != nil {
		o.Failure = (*failureObject)(p.Failure)
	} else if r := p.Reductions; p.Always {
		o.Argument = &argumentObject{r.Size, r.Closed, r.Alike, r.Local}
	}
	return o
}
