package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cabi/internal/messages"
	"cabi/model"
	"cabi/spec"
)

// wastMark begins each line of a .wast that is a line of the trace: there it is a comment. wastRest begins those that finish it.
const (
	wastMark = ";;| "
	wastRest = ";;+ "
)

// A wastWriter writes the .wast of a trace from what was recorded of it.
type wastWriter struct {
	*wastRecorder
	world       *model.World
	trace       *model.Trace
	given       int // how many of its lines are in the given trace
	stopped     error
	endsIn      *model.Activation     // the activation in which the trace ends; nil: it is finished, or was stopped
	components  map[string]*component // by instance
	roots       []*component          // those that are inside no other, each after those that it needs
	driver      *component            // what the host does as a component; nil: the script does it
	named       map[string]int        // the types that must have names, by definition
	definitions []string              // of these types, in order
	err         error                 // the first error; nil: none so far
}

// fail keeps the first error. Writing goes on, so that no caller needs to check.
func (w *wastWriter) fail(err error) {
	if w.err == nil {
		w.err = err // which may be nil
	}
}

func (w *wastWriter) write() (string, error) {
	if err := w.checkTrace(); err != nil {
		return "", err
	}
	if w.addComponents(); w.err != nil {
		return "", w.err
	}
	w.root() // finds the types that must have names
	var b strings.Builder
	w.writeTrace(&b)
	b.WriteString(w.root())
	w.commands(&b)
	return b.String(), w.err
}

// writeTrace writes the trace as comments, so that its line N is line N of the file.
func (w *wastWriter) writeTrace(b *strings.Builder) {
	head, i := w.headLines(), 0
	for line := range strings.Lines(w.trace.String()) {
		mark := wastMark
		if i >= head+w.given && i < head+len(w.trace.Lines) {
			mark = wastRest
		}
		b.WriteString(mark + line)
		i++
	}
	b.WriteString(wastNote)
	if w.given < len(w.trace.Lines) {
		b.WriteString(";; The lines that begin with ;;+ are not in the trace: all return that have not returned.\n")
	}
	if len(w.trace.Choices) > 0 {
		b.WriteString(choicesNote)
	}
}

const wastNote = `
;; What comes back is compared, and what differs first is told: differs-at is its line, 0 if nothing differs.
`

// choicesNote says that other outcomes may be right.
const choicesNote = ";; The specification leaves choices here: the test is for those of the line \"choices\".\n"

// headLines is how many lines the text of the trace has before its first line.
func (w *wastWriter) headLines() int {
	lines := strings.Count(w.trace.String(), "\n") - len(w.trace.Lines)
	if w.trace.Violates != "" {
		lines--
	}
	return lines
}

// lastLine is the line of the file that the trace ends with.
func (w *wastWriter) lastLine() int { return w.headLines() + len(w.trace.Lines) }

// root is the component of the whole test.
func (w *wastWriter) root() string {
	var b strings.Builder
	b.WriteString("(component\n")
	for i, text := range w.definitions {
		fmt.Fprintf(&b, "  (type $t%d' %s)\n  (export $t%[1]d \"t%[1]d\" (type $t%[1]d'))\n", i, text)
	}
	for _, c := range w.roots {
		b.WriteString(indent(c.text(), "  "))
	}
	for _, c := range w.roots {
		fmt.Fprintf(&b, "  (instance $%s (instantiate $%[1]s%s))\n", w.kebab(c.name), c.linked())
	}
	if w.driver != nil {
		fmt.Fprintf(&b, "  (func (export \"run\") (alias export $%s \"run\"))\n", w.kebab(w.driver.name))
	} else {
		for _, f := range w.called() {
			fmt.Fprintf(&b, "  (export %q (func %s))\n", w.kebab(f.Name), (*component)(nil).funcRef(w, f.Name))
		}
	}
	for _, name := range w.instances() {
		for _, what := range tells {
			fmt.Fprintf(&b, "  (export \"%s-%s\" (func %s))\n", w.kebab(name), what, w.tellRef(name, what))
		}
	}
	b.WriteString(")\n")
	return b.String()
}

// tellRef is a function that tells of differences as the root sees it.
func (w *wastWriter) tellRef(instance, what string) string {
	if top := w.top(instance); top.name != instance {
		return fmt.Sprintf("$%s \"%s-%s\"", w.kebab(top.name), w.kebab(instance), what)
	}
	return fmt.Sprintf("$%s %q", w.kebab(instance), what)
}

// instances are the names of the instances that have components, sorted.
func (w *wastWriter) instances() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(w.components)), func(name string) bool { return w.components[name] == w.driver })
}

// checkTrace reports as an error why the trace as a whole cannot be a .wast. That actions cannot is found when they are written.
func (w *wastWriter) checkTrace() error {
	trap := trapOf(w.stopped)
	switch {
	case w.problem != nil:
		return w.problem
	case w.trace.Variant != spec.SingleTable:
		return unsupported("the variant %s is no runtime's", w.trace.Variant.Name)
	case len(w.trace.Without) > 0:
		return unsupported("the trap %s is switched off", w.trace.Without[0])
	case len(w.calls) == 0:
		return unsupported("the host calls nothing")
	case w.stopped != nil && trap == nil:
		return unsupported("the specification itself fails: %v", w.stopped)
	}
	for _, i := range w.world.Instances {
		if i.Memory64 {
			return unsupported("instance %s has a 64-bit memory, which is not written here", i.Name)
		}
	}
	return nil
}

// addComponents makes a component of each instance that acts, is called, or implements a type that one needs, and finds which are inside
// which.
func (w *wastWriter) addComponents() {
	w.components = map[string]*component{}
	for _, s := range w.scripts {
		w.shiftLines(s)
		c := w.component(s.at.Actor)
		c.scripts[s.at.Name] = append(c.scripts[s.at.Name], s)
		for _, a := range s.actions() {
			c.noteAction(a)
		}
	}
	for _, f := range w.called() {
		w.component(f.Instance())
	}
	if w.needsDriver() {
		w.addDriver()
	}
	w.addNeeded()
	w.nest()
	w.checkMoves()
}

// shiftLines makes the lines of a script those of the file.
func (w *wastWriter) shiftLines(s *script) {
	s.entered.line += w.headLines()
	for i := range s.steps {
		s.steps[i].line += w.headLines()
	}
}

// addNeeded adds what the components need to return from tasks, and the components that these need.
func (w *wastWriter) addNeeded() {
	for {
		before := len(w.components)
		for _, name := range slices.Sorted(maps.Keys(w.components)) {
			w.components[name].noteOwn()
		}
		if len(w.components) == before {
			return
		}
	}
}

// noteOwn notes what the component's functions need, and makes the components of what it imports.
func (c *component) noteOwn() {
	for _, f := range c.exported() {
		c.noteTypes(f.Params...)
		c.noteTypes(f.Results...)
		if f.Lift == "callback" || f.Lift == "stackful" {
			c.noteAction(taskReturn(f))
		}
		if made := c.maker(f); made.Op != "" {
			c.noteAction(made)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.scripts)) {
		for _, s := range c.scripts[name] {
			c.noteBorrows(s.entered)
			for _, step := range s.steps {
				c.noteBorrows(step.check)
			}
		}
	}
	for f := range c.imports {
		c.component(c.function(f).Instance())
	}
	for _, r := range c.world.Resources {
		if c.types[r.Name] {
			c.component(r.Impl)
		}
	}
	if i := worldInstance(c.world, c.name); i != nil && i.Parent != "" {
		c.component(i.Parent)
	}
}

// noteBorrows notes what drops the borrow handles in a state.
func (c *component) noteBorrows(at check) {
	for _, b := range at.borrows {
		c.noteAction(dropOf(b.resource))
	}
}

// component returns the component of an instance, which it makes if there is none yet.
func (w *wastWriter) component(instance string) *component {
	if w.components[instance] == nil {
		w.components[instance] = &component{wastWriter: w, name: instance, scripts: map[string][]*script{}, imports: map[string]bool{}, types: map[string]bool{}}
	}
	return w.components[instance]
}

// called are the functions that the host calls.
func (w *wastWriter) called() []model.Func {
	var all []model.Func
	for _, f := range w.world.Funcs {
		if slices.ContainsFunc(w.calls, func(c *hostCall) bool { return c.function == f.Name }) {
			all = append(all, f)
		}
	}
	return all
}

// commands writes a command for each call by the host, or the one call of the driver: that it returns, and that nothing differs, or for
// the last that it traps.
func (w *wastWriter) commands(b *strings.Builder) {
	if w.driver != nil {
		if w.stopped != nil {
			w.writeTrap(b, `(invoke "run")`)
			return
		}
		if w.endsIn != nil {
			w.writeEnd(b, `(invoke "run")`)
			return
		}
		b.WriteString("(assert_return (invoke \"run\") (u32.const 0))\n")
		w.writeTells(b, true)
		return
	}
	for i, c := range w.calls {
		f := w.function(c.function)
		invoke := fmt.Sprintf("(invoke %q%s)", w.kebab(c.function), w.values(w.parse(f.Params), c.args))
		last := i == len(w.calls)-1
		switch {
		case last && w.stopped != nil:
			w.writeTrap(b, invoke)
		case last && w.endsIn != nil:
			w.writeEnd(b, invoke)
		case c.resolvedAt < 0:
			fmt.Fprintf(b, ";; it waits, and no thread can go on\n(assert_trap %s \"deadlock detected\")\n", invoke)
		default:
			fmt.Fprintf(b, "(assert_return %s%s)\n", invoke, w.values(w.parse(f.Results), c.results))
			w.writeTells(b, last)
		}
	}
}

// writeTells writes commands that want that nothing has differed, and at the end that nothing is missing.
func (w *wastWriter) writeTells(b *strings.Builder, last bool) {
	for _, name := range w.instances() {
		fmt.Fprintf(b, "(assert_return (invoke \"%s-differs-at\") (u32.const 0))\n", w.kebab(name))
		if !last {
			continue
		}
		entered := 0
		for _, s := range w.scripts {
			if s.at.Actor == name {
				entered++
			}
		}
		fmt.Fprintf(b, "(assert_return (invoke \"%s-activations\") (u32.const %d))\n", w.kebab(name), entered)
	}
}

// writeTrap writes the command that wants a trap, with the message of its site.
func (w *wastWriter) writeTrap(b *strings.Builder, invoke string) {
	trap := trapOf(w.stopped)
	message := messages.For(trap, w.stoppedAction())
	fmt.Fprintf(b, ";; %s: %s\n", trap.Site, strings.ReplaceAll(trap.Detail, "\n", " "))
	if message == "" {
		b.WriteString(";; No test of upstream's says what the message of this trap is, so any trap will do.\n")
	}
	fmt.Fprintf(b, "(assert_trap %s %q)\n", invoke, message)
}

// writeEnd writes the command that wants the trap with which core code ends the trace.
func (w *wastWriter) writeEnd(b *strings.Builder, invoke string) {
	fmt.Fprintf(b, ";; the trace ends where %s acts\n(assert_trap %s \"integer divide by zero\")\n", w.endsIn.Name, invoke)
}

// stoppedAction is the action that the trap stopped, with the types that it is about: the last action that had begun.
func (w *wastWriter) stoppedAction() string {
	for _, l := range slices.Backward(w.trace.Lines) {
		if l.Kind != model.LineAction {
			continue
		}
		words := strings.Fields(l.Text)
		switch words[0] {
		case "call", "invoke":
			return l.Text + " " + strings.Join(w.function(words[1]).Params, " ")
		case "return":
			return l.Text + " " + strings.Join(w.function(w.scripts[len(w.scripts)-1].at.Name).Results, " ")
		}
		return l.Text
	}
	return ""
}

// function is a function of the world; the zero Func if none has the name, as that of a callback.
func (w *wastWriter) function(name string) model.Func {
	if f := w.world.Func(name); f != nil {
		return *f
	}
	return model.Func{}
}

// parse parses types as worlds write them.
func (w *wastWriter) parse(texts []string) []spec.ValType {
	ts, err := w.run.ParseTypes("(" + strings.Join(texts, ",") + ")")
	w.fail(err)
	return ts
}

func (w *wastWriter) kebab(name string) string {
	text, err := kebab(name)
	w.fail(err)
	return text
}

// short is a function's name without its instance.
func short(name string) string {
	_, rest, _ := strings.Cut(name, ".")
	return rest
}

func indent(text, by string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(by + line)
	}
	return b.String()
}

// actions are all actions of an activation but the one that it ends with.
func (s *script) actions() []model.Action {
	var all []model.Action
	for _, step := range s.steps {
		all = append(all, step.action)
	}
	if s.pending != nil && s.result == nil {
		all = append(all, *s.pending)
	}
	return all
}
