package trace

import (
	"fmt"
	"slices"
	"strings"

	"cabi/component"
	"cabi/spec"
)

// A world is that of a trace: the instances, functions and resource types that the run came by, with names that a world may
// have.
type world struct {
	instances []*spec.ComponentInstance
	options   map[*spec.ComponentInstance]*spec.CanonicalOptions // with the memory and encoding of its definitions
	funcs     []*component.Func
	resources []*spec.ResourceType
	definer   func(*spec.ResourceType) *spec.ComponentInstance
	names     map[any]string
	taken     map[string]bool
	imports   []lowering
	cannot    []string // why the trace cannot be replayed
}

// A lowering is that an instance imports a function.
type lowering struct {
	inst  *spec.ComponentInstance
	f     *component.Func
	async bool
}

func newWorld() *world {
	return &world{options: map[*spec.ComponentInstance]*spec.CanonicalOptions{}, names: map[any]string{}, taken: map[string]bool{}}
}

// refuse notes why the trace cannot be replayed.
func (w *world) refuse(format string, args ...any) {
	if reason := fmt.Sprintf(format, args...); !slices.Contains(w.cannot, reason) {
		w.cannot = append(w.cannot, reason)
	}
}

// name is the name of a thing, made of what components call it, and of that of its instance.
func (w *world) name(of any, prefix, wanted string) string {
	if n, ok := w.names[of]; ok {
		return n
	}
	wanted = wanted[strings.LastIndexAny(wanted, "#]")+1:]
	name := prefix + label(wanted)
	for i := 2; w.taken[name]; i++ {
		name = fmt.Sprint(prefix, label(wanted), "-", i)
	}
	w.names[of], w.taken[name] = name, true
	return name
}

// label is a text with only what labels have: letters, digits and hyphens, the first of them a letter.
func label(text string) string {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9')
	})
	name := strings.ToLower(strings.Join(words, "-"))
	if name == "" || name[0] < 'a' || name == "dtor" || name == "realloc" || name == "thread" {
		name = "f-" + name
	}
	return strings.TrimSuffix(name, "-")
}

func (w *world) instance(inst *spec.ComponentInstance) string {
	if inst == nil || inst.Name == hostActor {
		return hostActor
	}
	if _, ok := w.names[inst]; !ok {
		w.names[inst] = inst.Name
		w.instances = append(w.instances, inst)
		if inst.Parent() != nil {
			w.instance(inst.Parent())
		}
	}
	return inst.Name
}

func (w *world) function(f *component.Func) string {
	if _, ok := w.names[f]; !ok {
		w.funcs = append(w.funcs, f)
	}
	return w.name(f, w.instance(f.Instance)+".", f.Name)
}

func (w *world) resource(rt *spec.ResourceType) string {
	if _, ok := w.names[rt]; !ok {
		w.resources = append(w.resources, rt)
	}
	rt.Name = w.name(rt, "", rt.Name)
	return rt.Name
}

// typeNames are types as a trace has them, without spaces. Resource types get their names in the trace.
func (w *world) typeNames(ts ...spec.ValType) string {
	names := make([]string, len(ts))
	for i, t := range ts {
		w.nameResources(t)
		names[i] = strings.ReplaceAll(spec.TypeName(t), " ", "")
	}
	return strings.Join(names, ",")
}

func (w *world) nameResources(t spec.ValType) {
	component.EachPart(t, func(part spec.ValType) {
		switch part := part.(type) {
		case *spec.OwnType:
			w.resource(part.Rt)
		case *spec.BorrowType:
			w.resource(part.Rt)
		}
	})
}

// entry is the name under which core code is entered.
func (w *world) entry(e *component.Entry) string {
	switch {
	case e.Resource != nil:
		return w.resource(e.Resource) + ".dtor"
	case e.Func == nil:
		return w.instance(e.Instance) + "." + e.Role
	case e.Role != "":
		return w.function(e.Func) + "." + e.Role
	}
	return w.function(e.Func)
}

// lowers notes that an instance imports a function.
func (w *world) lowers(b *component.Builtin) {
	l := lowering{b.Instance, b.Func, b.Async}
	for _, known := range w.imports {
		if known == l {
			return
		}
		if known.inst == l.inst && known.f == l.f {
			w.refuse("%s imports %s twice, async and not", w.instance(l.inst), w.function(l.f))
		}
	}
	w.imports = append(w.imports, l)
}

// uses notes the options of a definition of an instance, which in a world are the same for all.
func (w *world) uses(inst *spec.ComponentInstance, o *spec.CanonicalOptions) {
	if o == nil {
		return
	}
	known, ok := w.options[inst]
	if !ok {
		known = &spec.CanonicalOptions{}
		known.StringEncoding = o.StringEncoding
		w.options[inst] = known
	}
	switch {
	case o.Memory != nil && known.Memory == nil:
		known.Memory, known.StringEncoding = o.Memory, o.StringEncoding
	case o.Memory != nil && known.Memory != o.Memory:
		w.refuse("%s has several memories", w.instance(inst))
	case o.Memory != nil && known.StringEncoding != o.StringEncoding:
		w.refuse("%s has strings in several encodings", w.instance(inst))
	}
	if o.Realloc != nil {
		known.Realloc = o.Realloc
	}
}

// text is the world as lines.
func (w *world) text(run *component.Run) string {
	w.definer = run.Definer
	var b strings.Builder
	for _, f := range w.funcs {
		w.typeNames(append(slices.Clone(f.Type.Params), f.Type.Result...)...)
	}
	for _, rt := range w.resources {
		w.instance(w.definer(rt))
	}
	for _, inst := range run.Store().Instances() { // parents come before children
		if slices.Contains(w.instances, inst) {
			fmt.Fprintln(&b, w.instanceLine(inst))
		}
	}
	if slices.ContainsFunc(w.resources, w.isHosts) {
		fmt.Fprintln(&b, "instance", hostResources)
	}
	for _, rt := range w.resources {
		fmt.Fprintln(&b, w.resourceLine(rt))
	}
	for _, f := range w.funcs {
		fmt.Fprintln(&b, w.funcLine(f))
	}
	for _, l := range w.imports {
		line := fmt.Sprintf("import %s %s", w.instance(l.inst), w.function(l.f))
		if l.async {
			line += " async"
		}
		fmt.Fprintln(&b, line)
	}
	return b.String()
}

// hostResources is the instance that implements the host's resource types: in a world, some instance does.
const hostResources = "resources"

func (w *world) isHosts(rt *spec.ResourceType) bool {
	return w.instance(w.definer(rt)) == hostActor
}

func (w *world) resourceLine(rt *spec.ResourceType) string {
	if w.isHosts(rt) {
		return fmt.Sprintf("resource %s of %s", rt.Name, hostResources)
	}
	line := fmt.Sprintf("resource %s of %s", rt.Name, w.instance(w.definer(rt)))
	if rt.HasDtor() {
		line += " dtor"
	}
	return line
}

func (w *world) instanceLine(inst *spec.ComponentInstance) string {
	line := "instance " + inst.Name
	if o := w.options[inst]; o != nil {
		if o.Memory != nil {
			line += fmt.Sprintf(" memory %d", len(o.Memory.Bytes.B))
		}
		line += [...]string{"", " utf16", " latin1+utf16"}[o.StringEncoding]
		if o.Realloc != nil {
			line += " realloc guest"
		}
	}
	if inst.Parent() != nil {
		line += " parent " + w.instance(inst.Parent())
	}
	return line
}

func (w *world) funcLine(f *component.Func) string {
	line := "func "
	if f.Type.Async {
		line += "async "
	}
	line += w.function(f) + "(" + w.typeNames(f.Type.Params...) + ")"
	if len(f.Type.Result) > 0 {
		line += " -> " + w.typeNames(f.Type.Result...)
	}
	switch o := f.Options; {
	case o == nil:
	case o.Callback != nil:
		line += " callback"
	case o.Async:
		line += " stackful"
	case o.PostReturn != nil:
		line += " post-return"
	}
	return line
}
