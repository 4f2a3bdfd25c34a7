package export

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// wastMark stands before each line of the trace in a .wast.
const wastMark = ";;| "

// A wastWriter writes the .wast of a trace.
type wastWriter struct {
	*wastRecorder
	world      *model.World
	trace      *model.Trace
	stopped    error
	components map[string]*component // by instance
	err        error
}

// fail keeps the first error.
func (w *wastWriter) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

func (w *wastWriter) write() (string, error) {
	if err := w.possible(); err != nil {
		return "", err
	}
	w.gather()
	order, err := w.order()
	w.fail(err)
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

// possible says what of a trace as a whole a .wast cannot say.
func (w *wastWriter) possible() error {
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

// gather finds what each instance does and needs.
func (w *wastWriter) gather() {
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
}

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

// order has each instance after those that it needs.
func (w *wastWriter) order() ([]string, error) {
	var order []string
	left := slices.Sorted(maps.Keys(w.components))
	for i := 0; i < len(left); i++ {
		for needed := range w.components[left[i]].needs {
			if w.components[needed] == nil {
				w.component(needed)
				left = append(left, needed)
			}
		}
	}
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(name string) bool {
			return !slices.ContainsFunc(slices.Collect(maps.Keys(w.components[name].needs)), func(n string) bool { return !slices.Contains(order, n) })
		})
		if i < 0 {
			return order, unsupported("components %s need each other", strings.Join(left, " and "))
		}
		order = append(order, left[i])
		left = slices.Delete(left, i, i+1)
	}
	return order, nil
}

// commands are the calls of the host, and what comes of them.
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
			fmt.Fprintf(b, ";; %s: %s\n(assert_trap %s %q)\n", trap.Site, strings.ReplaceAll(trap.Detail, "\n", " "), invoke, message(trap.Site))
		case w.runsCoreCode():
			fmt.Fprintf(b, "(assert_trap %s \"integer divide by zero\")\n", invoke)
		default:
			w.fail(unsupported("%s does not return in the trace", c.function))
		}
	}
}

// inside reports whether it is core code's turn at the end of the trace.
func (w *wastWriter) runsCoreCode() bool {
	return slices.ContainsFunc(w.scripts, func(s *script) bool { return s.current })
}

func (w *wastWriter) function(name string) model.Func {
	if f := w.world.Func(name); f != nil {
		return *f
	}
	return model.Func{}
}

// types are types of the world.
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

// actions are all that an activation did.
func (s *script) actions() []model.Action {
	var all []model.Action
	for _, d := range s.steps {
		all = append(all, d.action)
	}
	if s.pending != nil && s.result == nil {
		all = append(all, *s.pending)
	}
	return all
}
