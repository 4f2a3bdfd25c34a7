package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	steps "cabi/internal/step"
	"cabi/model"
	"cabi/spec"
)

// A component writes one instance as a component: its core module, and the definitions that the module needs. The driver is one too.
type component struct {
	*wastWriter
	name     string
	scripts  map[string][]*script // by function, in the order of the activations
	used     []model.Action       // the first action of each built-in or call with the same immediates: one import each
	imports  map[string]bool      // the functions that it imports, for itself and the components inside it
	types    map[string]bool      // the resource types that it imports, for itself and the components inside it
	children []*component         // the components inside it, each after those that it needs
	parent   *component           // the component that it is inside; nil: it is at the root
}

// noteAction adds an action to what the component uses.
func (c *component) noteAction(a model.Action) {
	if a.Op == "memory.store" || model.IsLoad(a.Op) || slices.ContainsFunc(c.used, func(u model.Action) bool { return kindOf(u) == kindOf(a) }) {
		return
	}
	c.used = append(c.used, a)
	if a.Op == "call" {
		c.noteImport(a.Imm[0])
		if c.function(a.Imm[0]).Instance() == model.Host {
			c.fail(unsupported("the host is called: %s", a.Imm[0]))
		}
		if c.function(a.Imm[0]).Instance() == c.name {
			c.fail(unsupported("%s calls itself", c.name))
		}
	}
	c.noteTypes(a.Imm...)
}

// noteImport adds a function to those that are imported, with the types that it is about.
func (c *component) noteImport(function string) {
	c.imports[function] = true
	f := c.function(function)
	c.noteTypes(f.Params...)
	c.noteTypes(f.Results...)
}

// noteTypes adds the resource types among types, or inside them, to those that are imported.
func (c *component) noteTypes(types ...string) {
	for _, r := range c.world.Resources {
		for _, t := range types {
			if slices.Contains(strings.FieldsFunc(t, func(r rune) bool { return strings.ContainsRune("<>(), ", r) }), r.Name) && r.Impl != c.name {
				c.types[r.Name] = true
			}
		}
	}
}

// kindOf is an action without its arguments, but for the slot of thread-local storage, which is an immediate in WebAssembly.
func kindOf(a model.Action) string {
	kind := model.Action{Op: a.Op, Imm: a.Imm}
	if strings.HasPrefix(a.Op, "context.") {
		kind.Args = a.Args[:1]
	}
	return kind.String()
}

// id is the identifier of the core function that an action calls.
func (c *component) id(a model.Action) string {
	return "$" + strings.Map(func(r rune) rune {
		if strings.ContainsRune(" (),{}", r) {
			return '-'
		}
		return r
	}, kindOf(a))
}

// text is the definition of the component.
func (c *component) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "(component $%s\n", c.kebab(c.name))
	c.writeImports(&b)
	c.writeMemory(&b)
	c.writeResources(&b)
	for _, f := range c.exported() {
		if c.calledInside(f.Name) {
			c.writeLift(&b, f, "memory")
		}
	}
	for _, child := range c.children {
		b.WriteString(indent(child.text(), "  "))
		fmt.Fprintf(&b, "  (instance $%s (instantiate $%[1]s%s))\n", child.kebab(child.name), child.linked())
		for _, r := range c.resourcesOf(child.name) {
			if c.types[r.Name] {
				fmt.Fprintf(&b, "  (alias export $%s %q (type $%s))\n", c.kebab(child.name), c.kebab(r.Name), r.Name)
			}
		}
	}
	for i, t := range c.payloads() {
		fmt.Fprintf(&b, "  (type $payload%d %s)\n", i, t)
	}
	for _, a := range c.used {
		fmt.Fprintf(&b, "  (canon %s (core func %s))\n", c.canon(a), c.id(a))
	}
	for _, name := range c.asks() {
		fmt.Fprintf(&b, "  (canon lower (func $asks-%s) (core func $asks-%[1]s))\n", c.kebab(name))
	}
	c.writeModule(&b)
	c.writeExports(&b)
	b.WriteString(")\n")
	return b.String()
}

// linked are the arguments of the component's instantiation: types and functions.
func (c *component) linked() string {
	var b strings.Builder
	for i := range c.definitions {
		fmt.Fprintf(&b, " (with \"t%d\" (type $t%[1]d))", i)
	}
	for _, r := range c.importedTypes() {
		fmt.Fprintf(&b, " (with %q (type %s))", c.kebab(r), c.parent.typeRef(c.wastWriter, r))
	}
	for _, f := range slices.Sorted(maps.Keys(c.imports)) {
		if !c.inside(f) {
			fmt.Fprintf(&b, " (with %q (func %s))", c.kebab(f), c.parent.funcRef(c.wastWriter, f))
		}
	}
	for _, name := range c.asks() {
		fmt.Fprintf(&b, " (with \"asks-%s\" (func %s))", c.kebab(name), c.tellRef(name, tells[0]))
	}
	return b.String()
}

// asks are the instances that the component asks whether something has differed: the driver asks all.
func (c *component) asks() []string {
	if c != c.driver {
		return nil
	}
	return c.instances()
}

// importedTypes are the resource types that the component imports: not those that a component inside it implements.
func (c *component) importedTypes() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.types)), func(name string) bool {
		return slices.ContainsFunc(c.children, func(child *component) bool {
			return slices.ContainsFunc(c.resourcesOf(child.name), func(r model.Resource) bool { return r.Name == name })
		})
	})
}

// typeRef is a resource type as the component sees it, or as the root does if c is nil.
func (c *component) typeRef(w *wastWriter, resource string) string {
	if c != nil {
		return "$" + resource
	}
	for _, r := range w.world.Resources {
		if r.Name == resource {
			return fmt.Sprintf("$%s %q", w.kebab(w.top(r.Impl).name), w.kebab(r.Name))
		}
	}
	return ""
}

// funcRef is a function as the component sees it, or as the root does if c is nil.
func (c *component) funcRef(w *wastWriter, function string) string {
	owner := w.components[w.function(function).Instance()]
	switch {
	case owner.parent == c:
		return fmt.Sprintf("$%s %q", w.kebab(owner.name), w.kebab(short(function)))
	case c == nil:
		return fmt.Sprintf("$%s %q", w.kebab(w.top(owner.name).name), w.kebab(function))
	}
	return "$" + function
}

// top is the component at the root that an instance's component is, or is inside.
func (w *wastWriter) top(instance string) *component {
	c := w.components[instance]
	for c.parent != nil {
		c = c.parent
	}
	return c
}

// inside reports whether a function is one of a component inside this one.
func (c *component) inside(function string) bool {
	owner := c.components[c.function(function).Instance()]
	return owner != nil && owner.parent == c
}

// calledInside reports whether a component inside this one imports a function of this one.
func (c *component) calledInside(function string) bool {
	return slices.ContainsFunc(c.children, func(child *component) bool { return child.imports[function] })
}

// writeImports imports the types and functions that are needed, each by itself.
func (c *component) writeImports(b *strings.Builder) {
	for i, text := range c.definitions {
		fmt.Fprintf(b, "  (type $t%d' %s)\n  (import \"t%[1]d\" (type $t%[1]d (eq $t%[1]d')))\n", i, text)
	}
	for _, r := range c.importedTypes() {
		fmt.Fprintf(b, "  (import %q (type $%s (sub resource)))\n", c.kebab(r), r)
	}
	for _, f := range slices.Sorted(maps.Keys(c.imports)) {
		if !c.inside(f) {
			fmt.Fprintf(b, "  (import %q (func $%s%s))\n", c.kebab(f), f, c.functype(c.function(f)))
		}
	}
	for _, name := range c.asks() {
		fmt.Fprintf(b, "  (import \"asks-%s\" (func $asks-%[1]s (result u32)))\n", c.kebab(name))
	}
}

// resourcesOf are the resource types that an instance implements.
func (w *wastWriter) resourcesOf(name string) []model.Resource {
	return slices.DeleteFunc(slices.Clone(w.world.Resources), func(r model.Resource) bool { return r.Impl != name })
}

// functype is a function's type.
func (c *component) functype(f model.Func) string {
	var b strings.Builder
	if f.Async {
		b.WriteString(" async")
	}
	for i, t := range c.parse(f.Params) {
		fmt.Fprintf(&b, " (param \"p%d\" %s)", i, c.wat(t))
	}
	for _, t := range c.parse(f.Results) {
		fmt.Fprintf(&b, " (result %s)", c.wat(t))
	}
	return b.String()
}

// spectype is a function's type as the specification has it.
func (w *wastWriter) spectype(f model.Func) *spec.FuncType {
	return &spec.FuncType{Async: f.Async, Params: w.parse(f.Params), Result: w.parse(f.Results)}
}

// writeMemory defines a memory, a realloc that allocates as that of a world does (one block after another, and what is resized moves
// behind them), a table for the functions of threads, and a stub for each function that something needs before the core module is there.
func (c *component) writeMemory(b *strings.Builder) {
	b.WriteString(`  (core module $Memory
    (memory (export "mem") 1)
    (table (export "threads") 3 funcref)
`)
	if !c.hasGuestRealloc() {
		fmt.Fprintf(b, "    (global $heap (mut i32) (i32.const %d))\n", c.base())
		b.WriteString(`    (func (export "realloc") (param $old i32) (param $from i32) (param $align i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1))) (i32.sub (i32.const 0) (local.get $align))))
      (global.set $heap (i32.add (local.get $at) (local.get $size)))
      (if (i32.lt_u (local.get $size) (local.get $from)) (then (local.set $from (local.get $size))))
      (memory.copy (local.get $at) (local.get $old) (local.get $from))
      (local.get $at))
`)
	}
	c.writeStubs(b)
	b.WriteString("  )\n  (core instance $memory (instantiate $Memory))\n")
	if c.usesThreads() {
		b.WriteString("  (alias core export $memory \"threads\" (core table $threads))\n  (core type $thread-i32 (func (param i32)))\n  (core type $thread-i64 (func (param i64)))\n")
	}
}

func (c *component) usesThreads() bool {
	return slices.ContainsFunc(c.used, func(a model.Action) bool { return a.Op == "thread.new-indirect" })
}

// hasGuestRealloc reports whether realloc does what the trace says.
func (c *component) hasGuestRealloc() bool {
	i := worldInstance(c.world, c.name)
	return i != nil && i.Realloc == "guest"
}

// encoding is how the instance encodes strings; empty: as UTF-8.
func (c *component) encoding() string {
	if c == c.driver {
		return encodingWords[c.hostEncoding()]
	}
	if i := worldInstance(c.world, c.name); i != nil {
		return i.Encoding
	}
	return ""
}

// options are the canonical options that all definitions of the component have.
func (c *component) options(realloc bool) string {
	text := ` (memory (core memory $memory "mem"))`
	if e := c.encoding(); e != "" {
		text += " string-encoding=" + e
	}
	if realloc {
		text += ` (realloc (core func $memory "realloc"))`
	}
	return text
}

// writeResources defines the resource types that the instance implements.
func (c *component) writeResources(b *strings.Builder) {
	for _, r := range c.resourcesOf(c.name) {
		dtor := ""
		if r.Dtor {
			dtor = fmt.Sprintf(" (dtor (core func $memory %q))", r.Name+".dtor")
		}
		fmt.Fprintf(b, "  (type $%[1]s' (resource (rep i32)%[2]s))\n  (export $%[1]s %[3]q (type $%[1]s'))\n", r.Name, dtor, c.kebab(r.Name))
	}
}

// payloads are the types of streams and futures that the built-ins have as immediates, each once.
func (c *component) payloads() []string {
	var all []string
	for _, a := range c.used {
		if t := c.payload(a); t != "" && !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return all
}

// payload is the type of stream or future that a built-in has as an immediate; empty: it has none.
func (c *component) payload(a model.Action) string {
	word, _, _ := strings.Cut(a.Op, ".")
	if word != "stream" && word != "future" {
		return ""
	}
	return c.generic(word, c.parse([]string{a.Imm[0]})[0])
}

// canon is the definition of a built-in or of a call, without its identifier.
func (c *component) canon(a model.Action) string {
	flags := ""
	for _, w := range a.Imm {
		if w == "async" || w == "cancellable" {
			flags = " " + w
		}
	}
	group, verb, _ := strings.Cut(a.Op, ".")
	switch {
	case a.Op == "call":
		flags = ""
		if c.lowersAsync(a.Imm[0]) {
			flags = " async"
		}
		return fmt.Sprintf("lower (func %s)%s%s", c.funcRef(c.wastWriter, a.Imm[0]), flags, c.options(true))
	case group == "resource":
		return a.Op + " $" + c.resourceType(a.Imm[0])
	case group == "context":
		return fmt.Sprintf("%s %s %s", a.Op, a.Imm[0], a.Args[0])
	case a.Op == "task.return":
		return a.Op + c.returned(a) + c.options(false)
	case a.Op == "task.return-other": // the options of the function but for the memory
		text := "task.return" + c.returned(a)
		if e := c.encoding(); e != "" {
			text += " string-encoding=" + e
		}
		return text
	case a.Op == "waitable-set.wait" || a.Op == "waitable-set.poll":
		return a.Op + flags + ` (memory (core memory $memory "mem"))`
	case verb == "read" || verb == "write":
		return fmt.Sprintf("%s $payload%d%s%s", a.Op, slices.Index(c.payloads(), c.payload(a)), flags, c.options(verb == "read"))
	case group == "stream" || group == "future":
		return fmt.Sprintf("%s $payload%d%s", a.Op, slices.Index(c.payloads(), c.payload(a)), flags)
	case a.Op == "thread.new-indirect":
		return fmt.Sprintf("thread.new-indirect (core type $thread-%s) (core table $threads)", a.Imm[0])
	case a.Op == "error-context.new" || a.Op == "error-context.debug-message":
		return a.Op + c.options(true)
	}
	return a.Op + flags
}

// returned is the result clause of a task.return.
func (c *component) returned(a model.Action) string {
	ts := c.parse([]string{strings.TrimSuffix(strings.TrimPrefix(a.Imm[0], "("), ")")})
	if a.Imm[0] == "()" {
		return ""
	}
	return fmt.Sprintf(" (result%s)", c.watEach(ts))
}

// lowersAsync reports whether the component lowers a function async. The driver does so with those of async type.
func (c *component) lowersAsync(function string) bool {
	if c == c.driver {
		return c.function(function).Async
	}
	return steps.LowersAsync(c.world, c.name, function)
}

// resourceType is the name of a resource type inside the component, which has a prime if the component defines the type.
func (c *component) resourceType(name string) string {
	for _, r := range c.resourcesOf(c.name) {
		if r.Name == name {
			return name + "'"
		}
	}
	return name
}

// signature is the type of the core function that an action calls.
func (c *component) signature(a model.Action) signature {
	switch a.Op {
	case "call":
		t := lowered(c.spectype(c.function(a.Imm[0])), c.lowersAsync(a.Imm[0]))
		return signature{names(t.Params), names(t.Results)}
	case "context.get":
		return signature{nil, a.Imm[:1]}
	case "context.set":
		return signature{a.Imm[:1], nil}
	case "task.return", "task.return-other":
		if a.Imm[0] == "()" {
			return signature{}
		}
		ts := c.parse([]string{strings.TrimSuffix(strings.TrimPrefix(a.Imm[0], "("), ")")})
		return signature{names(lowered(&spec.FuncType{Params: ts}, false).Params), nil}
	case "thread.new-indirect":
		return signature{[]string{"i32", a.Imm[0]}, []string{"i32"}}
	}
	built, known := builtins[a.Op]
	if !known {
		c.fail(unsupported("%s", a.Op))
	}
	return signature{i32s(built.takes), strings.Fields(built.returns)}
}

// lifted is the type of the core function that a script is for.
func (c *component) lifted(s *script) signature {
	switch s.at.Kind {
	case model.KindCallback:
		return signature{i32s(3), i32s(1)}
	case model.KindThread:
		return signature{i32s(1), nil}
	case model.KindRealloc:
		return signature{i32s(4), i32s(1)}
	case model.KindDtor:
		return signature{i32s(1), nil}
	case model.KindPostReturn:
		return signature{c.coreOf(c.function(strings.TrimSuffix(s.at.Name, ".post-return"))).results, nil}
	}
	return c.coreOf(c.function(s.at.Name))
}

// coreOf is the type of the core function that a function is lifted from.
func (c *component) coreOf(f model.Func) signature { return liftedFrom(f, c.spectype(f)) }

// constants writes core values of some types, as operands. A value that is missing is 0.
func constants(types []string, vs []spec.CoreValue) string {
	var b strings.Builder
	for i, t := range types {
		value := "0"
		if i < len(vs) {
			value = vs[i].String()
		}
		fmt.Fprintf(&b, " (%s.const %s)", t, value)
	}
	return b.String()
}
