package export

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cabi/internal/messages"
	"cabi/model"
	"cabi/spec"
)

// wastMark begins each line of a .wast that is a line of the trace: there it is a comment.
const wastMark = ";;| "

// A wastWriter writes the .wast of a trace from what was recorded of it.
type wastWriter struct {
	*wastRecorder
	world      *model.World
	trace      *model.Trace
	stopped    error
	components map[string]*component // by instance
	names      []string              // of the instances: those that act or are called, sorted, then those that they need
	err        error                 // the first error; nil: none so far
}

// fail keeps the first error. Writing goes on, so that no caller needs to check.
func (w *wastWriter) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *wastWriter) write() (string, error) {
	if err := w.checkTrace(); err != nil {
		return "", err
	}
	w.addComponents()
	order := w.order()
	var b strings.Builder
	for line := range strings.Lines(w.trace.String()) {
		b.WriteString(wastMark + line)
	}
	b.WriteString(wastNote)
	b.WriteString("(component\n")
	for _, name := range order {
		b.WriteString(indent(w.components[name].text(), "  "))
	}
	for _, name := range order {
		fmt.Fprintf(&b, "  (instance $%s (instantiate $%[1]s%s))\n", w.kebab(name), w.components[name].linked())
	}
	for _, f := range w.called() {
		fmt.Fprintf(&b, "  (func (export %q) (alias export $%s %q))\n", w.kebab(f.Name), w.kebab(f.Instance()), w.kebab(short(f.Name)))
	}
	b.WriteString(")\n")
	w.commands(&b)
	return b.String(), w.err
}

const wastNote = `
;; What comes back is compared: if it is something else, the test traps with "unreachable". Where the trace ends before core
;; code returns, core code divides by zero. Threads are expected to run in the order in which definitions.py runs them.
`

// checkTrace reports as an error why the trace as a whole cannot be a .wast. That actions cannot is found when they are written.
func (w *wastWriter) checkTrace() error {
	var trap *spec.Trap
	stopped := w.stopped != nil && !errors.As(w.stopped, &trap)
	memory := trap != nil && strings.HasSuffix(string(trap.Site), "bounds") && trap.Site != "Table.get/bounds"
	switch {
	case w.problem != nil:
		return w.problem
	case w.world.Limits != (model.Limits{}):
		return unsupported("the world lowers limits that a runtime has")
	case w.trace.Variant != spec.SingleTable:
		return unsupported("the variant %s is no runtime's", w.trace.Variant.Name)
	case len(w.calls) == 0:
		return unsupported("the host calls nothing")
	case cancels(w.trace):
		return unsupported("the host cancels a call")
	case stopped:
		return unsupported("the specification itself fails: %v", w.stopped)
	case memory:
		return unsupported("the trap is about the end of the memory, which has 64 KiB there")
	}
	for _, i := range w.world.Instances {
		if i.Memory64 || i.Parent != "" {
			return unsupported("instance %s has a parent or a 64-bit memory, which is not written here", i.Name)
		}
	}
	return nil
}

// cancels reports whether the host cancels a call, which may not have come back by the end of the trace.
func cancels(t *model.Trace) bool {
	return slices.ContainsFunc(t.Lines, func(l model.Line) bool { return l.Actor == model.Host && strings.HasPrefix(l.Text, "cancel ") })
}

// addComponents makes a component of each instance that acts, is called by the host, or is needed by those.
func (w *wastWriter) addComponents() {
	w.components = map[string]*component{}
	for _, s := range w.scripts {
		c := w.component(s.at.Actor)
		c.scripts[s.at.Name] = append(c.scripts[s.at.Name], s)
		c.noteTypes(slices.Concat(w.function(s.at.Name).Params, w.function(s.at.Name).Results)...)
		for _, a := range s.actions() {
			c.noteAction(a)
		}
	}
	for _, f := range w.called() {
		w.component(f.Instance())
	}
	w.names = slices.Sorted(maps.Keys(w.components))
	for i := 0; i < len(w.names); i++ {
		for _, needed := range slices.Sorted(maps.Keys(w.components[w.names[i]].needs)) {
			if w.components[needed] == nil {
				w.component(needed)
				w.names = append(w.names, needed)
			}
		}
	}
}

// component returns the component of an instance, which it makes if there is none yet.
func (w *wastWriter) component(instance string) *component {
	if w.components[instance] == nil {
		w.components[instance] = &component{wastWriter: w, name: instance, scripts: map[string][]*script{}, needs: map[string]bool{}, imports: map[string]bool{}}
	}
	return w.components[instance]
}

// called are the functions that the host calls.
func (w *wastWriter) called() []model.Func {
	var all []model.Func
	for _, f := range w.world.Funcs {
		if slices.ContainsFunc(w.calls, func(c hostCall) bool { return c.function == f.Name }) {
			all = append(all, f)
		}
	}
	return all
}

// order sorts the instances so that each comes after those that it needs.
func (w *wastWriter) order() []string {
	var order []string
	left := slices.Clone(w.names)
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(name string) bool {
			return !slices.ContainsFunc(left, func(other string) bool { return w.components[name].needs[other] })
		})
		if i < 0 {
			w.fail(unsupported("components %s need each other", strings.Join(left, " and ")))
			return order
		}
		order = append(order, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return order
}

// commands writes a command for each call by the host: that it returns, or for the last that it may trap.
func (w *wastWriter) commands(b *strings.Builder) {
	for i, c := range w.calls {
		f := w.function(c.function)
		if len(f.Params)+len(f.Results) > 0 {
			w.fail(unsupported("the host passes values to %s or gets some", c.function))
		}
		invoke := fmt.Sprintf("(invoke %q)", w.kebab(c.function))
		switch last := i == len(w.calls)-1; {
		case !last || c.resolved && w.stopped == nil && !w.runsCoreCode():
			fmt.Fprintf(b, "(assert_return %s)\n", invoke)
		case c.resolved:
			w.fail(unsupported("the trace goes on after %s has returned", c.function))
		case w.stopped != nil:
			var trap *spec.Trap
			errors.As(w.stopped, &trap)
			fmt.Fprintf(b, ";; %s: %s\n(assert_trap %s %q)\n", trap.Site, strings.ReplaceAll(trap.Detail, "\n", " "), invoke, messages.Of(trap.Site))
		case w.runsCoreCode():
			fmt.Fprintf(b, "(assert_trap %s \"integer divide by zero\")\n", invoke)
		default:
			w.fail(unsupported("%s does not return in the trace", c.function))
		}
	}
}

// runsCoreCode reports whether core code was about to act when the trace ended.
func (w *wastWriter) runsCoreCode() bool {
	return slices.ContainsFunc(w.scripts, func(s *script) bool { return s.current })
}

// function is a function of the world; the zero Func if none has the name, as that of a callback.
func (w *wastWriter) function(name string) model.Func {
	if f := w.world.Func(name); f != nil {
		return *f
	}
	return model.Func{}
}

// types parses types as worlds write them.
func (w *wastWriter) types(texts []string) []spec.ValType {
	ts, err := w.run.ParseTypes("(" + strings.Join(texts, ",") + ")")
	w.fail(err)
	return ts
}

func (w *wastWriter) wat(t spec.ValType) string {
	text, err := wat(t)
	w.fail(err)
	return text
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
