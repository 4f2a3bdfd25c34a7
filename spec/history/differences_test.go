package history_test

import (
	"regexp"
	"slices"

	"cabi/spec/history"
)

// A difference is one way in which a historical definition means something else than the pin's. docs/history.md explains
// each under its name.
type difference struct {
	name string
	// What it looks like: one of these operations gives this there and that at the pin. No verbs: it is none of the
	// variant's, and random sequences cannot meet it.
	verbs       []string
	there, here *regexp.Regexp
	// goesOn: the definitions agree again afterwards.
	goesOn bool
	// common: most random sequences would end with it.
	common bool
	// only is the definition that differs so; empty: both.
	only string
	// variant is the pin's variant to compare with; empty: the one that stands for the definition's tables.
	variant string
	// tableLength lowers Table.MAX_LENGTH; 0: upstream's.
	tableLength uint64
	// sequence shows it with its last operation; none of its own subsequences does.
	sequence string
}

// matches says whether an operation's results differ in this way.
func (d *difference) matches(op history.Op, there, here string) bool {
	return slices.Contains(d.verbs, op.Verb) && d.there.MatchString(there) && d.here.MatchString(here)
}

var (
	calls = []string{history.Call, history.CallAsync}
	drops = []string{history.Drop}

	anything = regexp.MustCompile(``)
	// passes is every result that stops nothing.
	passes = regexp.MustCompile(`^(ok|\d|host|[AB]\d|done|nothing|subtask)`)
	// notReentrance is every result but the pin's trap on entering an instance that a call is under way in.
	notReentrance = regexp.MustCompile(`^([^t]|trap [^S])`)
)

// The order matters where several match: the first does.
var differences = []*difference{
	{
		name: "a-table-per-type", only: "per-type", variant: "single-table",
		there: regexp.MustCompile(`^1$`), here: regexp.MustCompile(`^2$`),
		verbs: []string{history.New},
		sequence: `
			host: call A1
			A1: resource.new R 100
			A1: resource.new S 200`,
	},
	{
		name: "no-type-to-check", only: "per-type", variant: "single-table",
		there: regexp.MustCompile(`^trap Table.get/bounds$`), here: regexp.MustCompile(`^trap canon_resource_rep/type$`),
		verbs: []string{history.Rep},
		sequence: `
			host: call A1
			A1: resource.new R 100
			A1: resource.rep S 1`,
	},
	{
		name: "a-table-for-resources", variant: "single-table",
		there: regexp.MustCompile(`subtask 1 STARTED$`), here: regexp.MustCompile(`subtask 2 STARTED$`),
		verbs: []string{history.Block},
		sequence: `
			host: call A1
			A1: resource.new R 100
			A1: call-async B1
			B1: block`,
	},
	{
		name:  "lent-borrow-dropped",
		verbs: drops, there: regexp.MustCompile(`^ok$`), here: regexp.MustCompile(`^trap canon_resource_drop/num_lends$`),
		sequence: `
			host: call A1 borrow U 100
			A1: call-async B1 borrow U 1
			B1: block
			A1: resource.drop U 1`,
	},
	{
		name:  "lent-borrow-given-away",
		verbs: append([]string{history.Return}, calls...), there: regexp.MustCompile(`^trap lift_own/own$`), here: regexp.MustCompile(`^trap lift_own/num_lends$`),
		sequence: `
			host: call A1 borrow U 100
			A1: call-async B1 borrow U 1
			B1: block
			A1: call-async B2 own U 1`,
	},
	{
		name:  "another-tasks-borrow-lent",
		verbs: calls, there: regexp.MustCompile(`^trap lift_borrow/borrow_scope$`), here: anything,
		sequence: `
			host: call A1 borrow U 100
			A1: block
			host: call A2
			A2: call B1 borrow U 1`,
	},
	{
		name: "borrows-until-exit", common: true,
		verbs: []string{history.TaskReturn}, there: regexp.MustCompile(`^ok$`), here: regexp.MustCompile(`^trap Task.return_/borrows$`),
		sequence: `
			host: call A1 borrow U 100
			A1: task.return`,
	},
	{
		name: "borrows-before-return", common: true,
		verbs: []string{history.Exit}, there: regexp.MustCompile(`^trap Task.exit/todo$`), here: regexp.MustCompile(`^trap Task.unregister_thread/unresolved$`),
		sequence: `
			host: call A1 borrow U 100
			A1: exit`,
	},
	{
		name: "results-before-borrows", tableLength: 2,
		verbs: []string{history.Return}, there: regexp.MustCompile(`^trap Table.add/full$`), here: regexp.MustCompile(`^trap Task.return_/borrows$`),
		sequence: `
			host: call B1 own U 100
			B1: task.return
			B1: exit
			host: call A1 own U 200
			A1: block
			host: call A2 own U 300
			A2: call B2 borrow U 1 returns U
			B2: return U 1`,
	},
	{
		name: "exit-with-subtask", common: true,
		verbs: []string{history.Exit}, there: regexp.MustCompile(`^trap Task.exit/todo$`), here: passes,
		sequence: `
			host: call A1
			A1: task.return
			A1: call-async B1
			B1: block
			A1: exit`,
	},
	{
		name:  "exit-with-event",
		verbs: []string{history.Exit}, there: regexp.MustCompile(`^assert Task.exit/events$`), here: passes,
		sequence: `
			host: call A1
			A1: call-async B1
			B1: block
			A1: task.return
			A1: block
			host: resume B1
			B1: task.return
			B1: block
			host: resume A1
			A1: exit`,
	},
	{
		name:  "exit-with-event-before-return",
		verbs: []string{history.Exit}, there: regexp.MustCompile(`^assert Task.exit/events$`), here: regexp.MustCompile(`^trap Task.unregister_thread/unresolved$`),
		sequence: `
			host: call A1
			A1: call-async B1
			B1: block
			A1: block
			host: resume B1
			B1: task.return
			B1: block
			host: resume A1
			A1: exit`,
	},
	{
		name: "returned-then-blocked", common: true,
		verbs: []string{history.Block}, there: regexp.MustCompile(`: subtask \d+ RETURNED$`), here: regexp.MustCompile(`: done$`),
		sequence: `
			host: call A1
			A1: call-async B1
			B1: task.return
			B1: block`,
	},
	{
		name:  "lent-until-done",
		verbs: append([]string{history.Drop, history.Return}, calls...), there: regexp.MustCompile(`^trap (canon_resource_drop|lift_own)/lend_count$`), here: anything,
		sequence: `
			host: call A1
			A1: resource.new R 100
			A1: call-async B1 borrow R 1
			B1: block
			A1: block
			host: resume B1
			B1: resource.drop R 1
			B1: task.return
			B1: block
			host: resume A1
			A1: poll
			A1: resource.drop R 1`,
	},
	{
		name:  "done-event",
		verbs: []string{history.Poll}, there: regexp.MustCompile(`DONE`), here: anything, goesOn: true,
		sequence: `
			host: call A1
			A1: call-async B1
			B1: block
			A1: block
			host: resume B1
			B1: task.return
			B1: exit
			host: resume A1
			A1: poll`,
	},
	{
		name:  "subtask-dropped-before-done",
		verbs: []string{history.SubtaskDrop}, there: regexp.MustCompile(`^trap Subtask.drop/done$`), here: passes,
		sequence: `
			host: call A1
			A1: call-async B1
			B1: block
			A1: block
			host: resume B1
			B1: task.return
			B1: block
			host: resume A1
			A1: poll
			A1: subtask.drop 1`,
	},
	{
		name:  "subtask-dropped-before-event",
		verbs: []string{history.SubtaskDrop}, there: regexp.MustCompile(`^assert Subtask.drop/enqueued$`), here: anything,
		sequence: `
			host: call A1
			A1: call-async B1
			B1: block
			A1: block
			host: resume B1
			B1: task.return
			B1: exit
			host: resume A1
			A1: subtask.drop 1`,
	},
	{
		name: "callers-are-entered", common: true,
		verbs: append([]string{history.Drop}, calls...), there: regexp.MustCompile(`^trap Task.trap_if_on_the_stack/caller$`), here: notReentrance,
		sequence: `
			host: call A1
			A1: call-async B1
			B1: block
			A1: block
			host: resume B1
			B1: call A2`,
	},
	{
		name: "own-destructor-crashes", common: true,
		verbs: drops, there: regexp.MustCompile(`^crash canon_resource_drop/TypeError$`), here: regexp.MustCompile(`^ok, dtor `),
		sequence: `
			host: call A1
			A1: resource.new S 100
			A1: resource.drop S 1`,
	},
	{
		name: "drop-needs-no-thread", tableLength: 1,
		verbs: drops, there: passes, here: regexp.MustCompile(`^trap Table.add/full$`),
		sequence: `
			host: call A1
			A1: resource.new R 100
			A1: resource.drop R 1`,
	},
	{
		name: "drop-async", common: true,
		verbs: []string{history.DropAsync}, there: anything, here: regexp.MustCompile(`^no such built-in$`),
		sequence: `
			host: call A1 own U 100
			A1: resource.drop-async U 1`,
	},
	{
		name:  "destructor-waits",
		verbs: drops, there: regexp.MustCompile(`^waits$`), here: anything,
		sequence: `
			host: call A1
			A1: block
			host: call B1 own S 100
			B1: resource.drop S 1`,
	},
	{
		name: "sync-call-waits", common: true,
		verbs: calls, there: regexp.MustCompile(`^waits$`), here: anything,
		sequence: `
			host: call A1
			A1: block
			host: call B1
			B1: call A2`,
	},
}
