package diff

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cabi/internal/engine"
	"cabi/internal/port"
	"cabi/internal/python"
	"cabi/model"
	"cabi/spec"
)

// A NewBuiltin is a built-in that the new version has and the old one has not.
type NewBuiltin struct {
	Name     string    `json:"name"`     // "thread.set-task"
	Declared string    `json:"declared"` // as a world declares it
	Worlds   []string  `json:"worlds"`   // in which it was taken
	Outcomes []Outcome `json:"outcomes"` // what it comes to, each with the shortest trace
	Not      string    `json:"not,omitempty"`

	builtin model.Builtin
	inMenus bool // the port has it, so menus of worlds do
}

// An Outcome is what an action comes to: it returns, or stops the run at a site.
type Outcome struct {
	What    string `json:"what"`
	World   string `json:"world"`
	Actions int    `json:"actions"`
	Trace   string `json:"trace"`
}

// findBuiltins finds the built-ins that only the new version has.
func (c *comparison) findBuiltins() error {
	if !c.New.onPython() {
		return nil
	}
	old := engine.Pinned()
	if c.Old.onPython() {
		old = c.Old.Source.Definitions()
	}
	m, err := c.New.Source.NewMachine(nil)
	if err != nil {
		return err
	}
	for _, d := range c.New.Source.Definitions() {
		known := func(o *port.Definition) bool { return o.Name == d.Name }
		if d.Kind != port.KindFunc || !strings.HasPrefix(d.Name, "canon_") || strings.Contains(d.Name, ".") ||
			slices.ContainsFunc(old, known) {
			continue
		}
		v, _ := m.Definitions.Get(d.Name)
		f, is := v.(*python.Function)
		if !is {
			continue
		}
		b := c.New.newBuiltin(d, f.Code().Params())
		b.inMenus = slices.ContainsFunc(engine.Pinned(), known)
		c.report.Builtins = append(c.report.Builtins, b)
	}
	return nil
}

// headed is a heading that names a built-in.
var headed = regexp.MustCompile("^canon ([a-z][a-z0-9.-]*)$")

// nameOf is the name of a built-in: that of the heading, or else that of the function.
func nameOf(d *port.Definition) string {
	if m := headed.FindStringSubmatch(d.Heading); m != nil {
		return m[1]
	}
	return strings.ReplaceAll(strings.Replace(strings.TrimPrefix(d.Name, "canon_"), "_", ".", 1), "_", "-")
}

// newBuiltin is the built-in of a function, with what its parameters are as far as the function's text says it.
func (v *Version) newBuiltin(d *port.Definition, params []string) NewBuiltin {
	body := v.textOf(d)
	b := model.Builtin{Name: nameOf(d), Function: d.Name, Results: resultsOf(body)}
	for _, p := range params {
		b.Params = append(b.Params, paramKind(p, body))
	}
	return NewBuiltin{Name: b.Name, Declared: b.String(), builtin: b}
}

// textOf is the text of a definition.
func (v *Version) textOf(d *port.Definition) string {
	lines := strings.Split(v.Source.Text(), "\n")
	for _, next := range v.Source.Definitions() {
		if next.Line > d.Line && !strings.HasPrefix(next.Name, d.Name+".") {
			return strings.Join(lines[d.Line-1:next.Line-1], "\n")
		}
	}
	return strings.Join(lines[d.Line-1:], "\n")
}

// paramKinds are the kinds of parameters that have the same name in all built-ins.
var paramKinds = map[string]string{"cancellable": "cancellable", "async_": "async", "mem": "memory", "ptr": "pointer", "opts": "options", "rt": "resource-type",
	"stream_t": "stream-type", "future_t": "future-type", "n": "length"}

// elementKinds are the kinds of indices, by the class that a function wants there.
var elementKinds = []struct{ class, kind string }{{"ResourceHandle", "resource"}, {"WaitableSet", "waitable-set"}, {"Waitable", "waitable"}, {"Subtask", "subtask"},
	{"ErrorContext", "error-context"}, {"ReadableStreamEnd", "readable-stream"}, {"WritableStreamEnd", "writable-stream"}, {"ReadableFutureEnd", "readable-future"},
	{"WritableFutureEnd", "writable-future"}}

// paramKind is the kind of a parameter: an index if the function looks it up in a table, or else by its name, or else a number.
func paramKind(name, body string) string {
	lookup := regexp.MustCompile(`(?:(\w+) *= *)?[\w.]*\.(threads|handles)\.(?:get|remove)\(` + regexp.QuoteMeta(name) + `\)`).FindStringSubmatch(body)
	switch {
	case lookup != nil && lookup[2] == "threads":
		return "thread"
	case lookup != nil:
		for _, e := range elementKinds {
			if strings.Contains(body, "isinstance("+lookup[1]+", "+e.class+")") {
				return e.kind
			}
		}
	}
	return cmp.Or(paramKinds[name], "i32")
}

// resultsOf are the core results of a function: as many as the list has that it returns last.
func resultsOf(body string) (results []string) {
	returned := regexp.MustCompile(`return \[(.*)\]`).FindAllStringSubmatch(body, -1)
	if len(returned) == 0 || strings.TrimSpace(returned[len(returned)-1][1]) == "" {
		return nil
	}
	for range strings.Split(returned[len(returned)-1][1], ",") {
		results = append(results, "i32")
	}
	return results
}

// withBuiltin is a world whose menus have a built-in wherever they have an action of its family, as thread.suspend is of that of
// thread.set-task; nil: none has.
func withBuiltin(w *model.World, b model.Builtin) *model.World {
	family, _, _ := strings.Cut(b.Name, ".")
	line := b.Name
	for _, p := range b.Params {
		if word := map[string]string{"cancellable": "cancellable", "async": "async", "options": "async"}[p]; word != "" {
			line += " " + word
		}
	}
	with := *w
	with.Name, with.Menus, with.Doc = w.Name+"-and-"+fileName(strings.ReplaceAll(b.Name, ".", "-")), map[string][]string{}, ""
	with.Builtins = append(slices.Clip(w.Builtins), b)
	found := false
	for at, lines := range w.Menus {
		if at != model.Host && slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(l, family+".") }) {
			lines, found = append(slices.Clip(lines), line), true
		}
		with.Menus[at] = lines
	}
	if !found || with.Validate() != nil {
		return nil
	}
	return &with
}

// world is the world to run the built-in in, in place of one that there is: that with the built-in, if it has not got it; nil: neither has.
func (b *NewBuiltin) world(w *model.World) *model.World {
	if !b.inMenus {
		return withBuiltin(w, b.builtin)
	}
	for _, lines := range w.Menus {
		if slices.ContainsFunc(lines, func(l string) bool { op, _, _ := strings.Cut(l, " "); return op == b.Name }) {
			return w
		}
	}
	return nil
}

// runBuiltins explores the worlds with each new built-in, on the new version alone, and checks the promises there.
func (c *comparison) runBuiltins() error {
	for i := range c.report.Builtins {
		b := &c.report.Builtins[i]
		for _, w := range c.Worlds {
			with := b.world(w)
			if with == nil || !c.step("new built-ins: "+b.Name, i, len(c.report.Builtins)) {
				continue
			}
			if b.Not = c.New.fits(with); b.Not == "" {
				c.runBuiltin(b, w, with)
			}
		}
	}
	return nil
}

func (c *comparison) runBuiltin(b *NewBuiltin, base, w *model.World) {
	outcomes := &model.Property{Name: b.Name, New: func() model.Checker { return &outcomeChecker{BaseChecker: model.BaseChecker{Name: b.Name}} }}
	found := model.Search{World: w, Variant: cmp.Or(c.New.Variant, spec.SingleTable), Source: c.New.Source, Properties: []*model.Property{outcomes}, Bounds: w.Bounds,
		MaxStates: c.States, Workers: c.Workers, KeepGoing: true}.Run()
	if b.Not = ""; found.Err != nil {
		b.Not = found.Err.Error()
		return
	}
	if len(found.Violations) == 0 {
		return
	}
	b.Worlds = append(b.Worlds, w.Name)
	for _, v := range found.Violations {
		b.addOutcome(Outcome{v.Kind, w.Name, v.Actions, traceOf(v)})
	}
	if b.inMenus { // the promises are checked there anyway
		return
	}
	of, new := World{Name: w.Name, Skipped: "for the new version alone, since only that has " + b.Name}, c.New.noting()
	after := c.promises(w, new.Version, c.States, 0)
	of.States, of.Checked = after.report.States, after.upTo
	c.noteExercised(after.report)
	c.notNew.add(after.report.NotChecked)
	c.report.Worlds = append(c.report.Worlds, of)
	c.noteRan(new)
	for _, v := range after.report.Violations {
		if !c.knownOfOld(v, base) {
			c.addBroken(v, w, New)
		}
	}
}

// traceOf is the trace of what a checker found that is no violation.
func traceOf(v *model.Violation) string {
	t := *v.Trace
	t.Violates = ""
	return traceText(&t)
}

func (b *NewBuiltin) addOutcome(o Outcome) {
	i := slices.IndexFunc(b.Outcomes, func(known Outcome) bool { return known.What == o.What })
	switch {
	case i < 0:
		b.Outcomes = append(b.Outcomes, o)
	case o.Actions < b.Outcomes[i].Actions:
		b.Outcomes[i] = o
	}
	slices.SortStableFunc(b.Outcomes, func(a, b Outcome) int { return cmp.Compare(a.Actions, b.Actions) })
}

// knownOfOld reports whether the old version has a violation too: in the world without the built-in, or as a finding in any world.
func (c *comparison) knownOfOld(v *model.Violation, base *model.World) bool {
	if before, searched := c.before[base.Name]; searched && c.Old.find(before.report, c.New, v) != nil {
		return true
	}
	return slices.ContainsFunc(c.report.Findings, func(f Finding) bool { return c.Old.same(f.violation, c.New, v) })
}

// An outcomeChecker finds out what a built-in comes to. It remembers the activations that there are.
type outcomeChecker struct {
	model.BaseChecker
	entered []*model.Activation
}

// Entered notes an activation.
func (c *outcomeChecker) Entered(_ *model.Run, at *model.Activation) {
	c.entered = append(c.entered, at)
}

// Done notes that the built-in has returned.
func (c *outcomeChecker) Done(_ *model.Run, at *model.Activation, results []spec.CoreValue) {
	if at.Pending.Op == c.Name {
		c.Message = "returns"
		c.ViolationKind = "returns"
	}
}

// Stopped notes that the built-in has stopped the run.
func (c *outcomeChecker) Stopped(_ *model.Run, err error) {
	if slices.ContainsFunc(c.entered, func(at *model.Activation) bool { return at.Pending != nil && at.Pending.Op == c.Name }) {
		c.Message = err.Error()
		c.ViolationKind = fmt.Sprint("stops at ", model.SiteOf(err))
	}
}
