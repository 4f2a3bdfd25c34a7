// Package trace writes what a run of a component did as a trace, which cabi replay can run again with the checker in the place of core
// code (docs/run.md says more).
package trace

import (
	"errors"
	"fmt"
	"strings"

	"cabi/component"
	"cabi/spec"
)

// A Recorder is an observer that writes a trace of a run: what core code calls, with which results, and what the host does. Before core code passes values
// that lie in memory, it writes a store of their bytes, as a trace has no core code that would have put them there.
type Recorder struct {
	*world
	lines    []*line
	hosts    int                           // how many calls of functions of the host there were
	calls    map[*component.CoreCall]*line // that have not returned
	last     *component.CoreCall           // that began last
	answered *component.CoreCall           // that a function of the host's answered last
}

// Refuse notes why the trace cannot be replayed, which is said above it.
func (r *Recorder) Refuse(reason string) { r.refuse("%s", reason) }

// A line is one line of the trace, with its results if they came at once.
type line struct{ actor, action, results string }

// NewRecorder makes a recorder, for one run.
func NewRecorder() *Recorder {
	return &Recorder{world: newWorld(), calls: map[*component.CoreCall]*line{}}
}

func (r *Recorder) add(actor string, words ...string) *line {
	l := &line{actor: actor, action: strings.Join(words, " ")}
	r.lines = append(r.lines, l)
	return l
}

const hostActor = "host"

// Invokes notes a call by the host.
func (r *Recorder) Invokes(f *component.Func, args []spec.Value) {
	if f.Options == nil {
		r.refuse("the host calls a function of its own, which a component exports again")
	}
	words := []string{"invoke", r.function(f)}
	for i, a := range args {
		words = append(words, literal(f.Type.Params[i], a))
	}
	r.add(hostActor, words...)
}

// Drops notes that the host drops a resource, for which a trace has no line.
func (r *Recorder) Drops(*spec.ResourceType, uint32) { r.refuse("the host drops a resource") }

// Ticks notes a tick of the host.
func (r *Recorder) Ticks() { r.add(hostActor, "tick") }

// Answers notes what a function of the host's does that returns at once.
func (r *Recorder) Answers(f *component.Func, results []spec.Value) {
	if r.last == nil || r.last.Func != f {
		return // the host has called a function of its own
	}
	n := fmt.Sprint(r.hosts)
	r.hosts++
	r.add(hostActor, "host.start", n)
	words := []string{"host.resolve", n}
	for i, v := range results {
		words = append(words, literal(f.Type.Result[i], v))
	}
	r.add(hostActor, words...)
}

// Answered notes that it has returned.
func (r *Recorder) Answered(f *component.Func) {
	if r.last != nil && r.last.Func == f {
		r.add(hostActor, "return")
		r.answered = r.last
	}
}

// Begins notes a call of core code.
func (r *Recorder) Begins(c *component.CoreCall) {
	actor := r.instance(c.Instance)
	r.uses(c.Instance, c.Options)
	r.store(actor, c.Options, func(m *component.Reader) { passes(m, c) })
	words := append(r.words(c.Builtin), numbers(operands(c))...)
	r.calls[c], r.last = r.add(actor, words...), c
}

// Ends notes that it returns.
func (r *Recorder) Ends(c *component.CoreCall) {
	if c.Func != nil && c.Func.Options == nil && r.answered != c {
		r.refuse("a function of the host returns later, which is not recorded")
	}
	l := r.calls[c]
	delete(r.calls, c)
	if r.lines[len(r.lines)-1] != l {
		l = r.add(l.actor, "done", l.action)
	}
	l.results = strings.Join(numbers(c.Results), " ")
}

// Enters notes that core code is called.
func (r *Recorder) Enters(e *component.Entry, args []spec.CoreValue) {
	if e.Func != nil {
		r.uses(e.Instance, e.Func.Options)
	}
	r.add(r.instance(e.Instance), append([]string{"enter", r.entry(e)}, numbers(args)...)...)
}

// Leaves notes that it returns.
func (r *Recorder) Leaves(e *component.Entry, results []spec.CoreValue) {
	actor := r.instance(e.Instance)
	if e.Role == "" && len(results) > 0 && !e.Func.Options.Async {
		r.store(actor, e.Func.Options, func(m *component.Reader) { m.Flat(e.Func.Type.Result, results, spec.UpstreamLimits.FlatResults) })
	}
	r.add(actor, append([]string{"return"}, numbers(results)...)...)
}

// mostBytes is how many bytes one line stores.
const mostBytes = 1 << 16

// store writes stores of the bytes that are about to be read.
func (r *Recorder) store(actor string, o *spec.CanonicalOptions, look func(*component.Reader)) {
	if o == nil || o.Memory == nil {
		return
	}
	m := &component.Reader{Memory: o.Memory.Bytes.B, Encoding: o.StringEncoding}
	look(m)
	for _, part := range m.Ranges {
		for from := part.From; from < part.To; from += mostBytes {
			bytes := m.Memory[from:min(from+mostBytes, part.To)]
			r.add(actor, "memory.store", fmt.Sprint(from), fmt.Sprintf("bytes:%x", bytes))
		}
	}
}

// passes looks at what a call passes that lies in memory.
func passes(m *component.Reader, c *component.CoreCall) {
	limits := spec.UpstreamLimits
	switch {
	case c.Func != nil && c.Async:
		m.Flat(c.Func.Type.Params, c.Args, limits.FlatAsyncParams)
	case c.Func != nil:
		m.Flat(c.Func.Type.Params, c.Args, limits.FlatParams)
	case c.Name == "task.return":
		m.Flat(c.Builtin.Results, c.Args, limits.FlatParams)
	case c.Name == "stream.write" && c.Payload != nil:
		m.Stored(c.Payload, c.Args[1].Uint64(), c.Args[2].Uint64())
	case c.Name == "future.write" && c.Payload != nil:
		m.Stored(c.Payload, c.Args[1].Uint64(), 1)
	case c.Name == "error-context.new":
		m.Flat([]spec.ValType{spec.StringType{}}, c.Args, 2)
	}
}

// words are the name of an action and its immediates.
func (r *Recorder) words(b *component.Builtin) []string {
	name := b.Name
	switch {
	case b.Func != nil:
		r.lowers(b)
		return []string{"call", r.function(b.Func)}
	case b.Resource != nil:
		return []string{name, r.resource(b.Resource)}
	case name == "task.return":
		return []string{name, "(" + r.typeNames(b.Results...) + ")"}
	case name == "context.get" || name == "context.set":
		return []string{name, b.Core.String(), fmt.Sprint(b.Slot)}
	case name == "thread.new-indirect":
		return []string{name, b.Core.String()}
	case name == "subtask.cancel":
		return []string{name, sync(b.Async)}
	case strings.HasPrefix(name, "waitable-set.") && name != "waitable-set.new" && name != "waitable-set.drop",
		strings.HasPrefix(name, "thread.") && name != "thread.index" && name != "thread.resume-later":
		return []string{name, map[bool]string{true: "cancellable", false: "uncancellable"}[b.Cancellable]}
	case !strings.HasPrefix(name, "stream.") && !strings.HasPrefix(name, "future."):
		return []string{name}
	case strings.Contains(name, "new") || strings.Contains(name, "drop"):
		return []string{name, r.typeNames(b.Payload)}
	}
	return []string{name, r.typeNames(b.Payload), sync(b.Async)}
}

func sync(async bool) string { return map[bool]string{true: "async", false: "sync"}[async] }

// operands are the numbers of an action. The functions of threads have numbers of the trace's own: 1 takes an i32, 2 an i64.
func operands(c *component.CoreCall) []spec.CoreValue {
	if c.Name != "thread.new-indirect" {
		return c.Args
	}
	f := spec.CoreInt(1)
	if c.Core == spec.I64 {
		f = spec.CoreInt(2)
	}
	return []spec.CoreValue{f, c.Args[1]}
}

func numbers(values []spec.CoreValue) []string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = v.String()
	}
	return words
}

// literal is a value as a trace has it: WAVE without spaces, and a handle as the number alone.
func literal(t spec.ValType, v spec.Value) string {
	text, quote := component.FormatValue(t, v), byte(0)
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote != 0 && c == '\\':
			b.WriteByte(c)
			i++
			c = text[i]
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && (c == ' ' || c == '#'):
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Text is the trace of a run, which is not closed yet. Made are the choices that were made, and err what stopped the run; nil: nothing did.
func (r *Recorder) Text(run *component.Run, made []component.Made, err error) string {
	stop := r.stop(err)
	world := r.text(run)
	var b strings.Builder
	for _, reason := range r.cannot {
		fmt.Fprintf(&b, "# cannot be replayed: %s\n", reason)
	}
	fmt.Fprintf(&b, "world component  variant %s\n%s%s", run.Store().Variant().Name, world, choicesLine(made))
	for _, l := range r.lines {
		fmt.Fprintf(&b, "%s: %s", l.actor, l.action)
		if l.results != "" {
			fmt.Fprintf(&b, " -> %s", l.results)
		}
		fmt.Fprintln(&b)
	}
	return b.String() + stop
}

// stop is the line that says how the specification stopped. What else ends a run is no action of core code that a trace has.
func (r *Recorder) stop(err error) string {
	var trap *spec.Trap
	var assertion *spec.AssertionFailure
	var crash *spec.Crash
	switch {
	case errors.As(err, &trap) && (trap.Site == spec.CoreTrapSite || trap.Site == component.HostTrapSite):
		r.refuse("it ends where core code or the host traps by itself, which no line says")
	case errors.As(err, &trap):
		return fmt.Sprintf("trap %s\n", trap.Site)
	case errors.As(err, &assertion):
		return fmt.Sprintf("assertion-failure %s\n", assertion.Site)
	case errors.As(err, &crash):
		return fmt.Sprintf("crash %s/%s\n", crash.Function, crash.Exception)
	}
	return ""
}

// choicesLine is the specification's choices, without those of the host.
func choicesLine(made []component.Made) string {
	line := "choices"
	for _, m := range made {
		if !strings.HasPrefix(string(m.Site), "host/") {
			line += fmt.Sprint(" ", m.Taken)
		}
	}
	if line == "choices" {
		return ""
	}
	return line + "\n"
}
