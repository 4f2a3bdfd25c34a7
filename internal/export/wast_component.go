package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A component writes one instance as a component: its core module, and the definitions that the module needs.
type component struct {
	*wastWriter
	name    string
	scripts map[string][]*script // by function, in the order of the activations
	used    []model.Action       // the first action of each built-in or call with the same immediates: one import each
	needs   map[string]bool      // the instances whose functions or resources it imports
	imports map[string]bool      // the functions that it imports
}

// noteAction adds an action to what the component uses, with the instances that it needs for that.
func (c *component) noteAction(a model.Action) {
	if a.Op == "memory.store" || model.IsLoad(a.Op) || slices.ContainsFunc(c.used, func(u model.Action) bool { return kindOf(u) == kindOf(a) }) {
		return
	}
	c.used = append(c.used, a)
	switch a.Op {
	case "call":
		c.imports[a.Imm[0]] = true
		c.needs[c.function(a.Imm[0]).Instance()] = true
		if c.function(a.Imm[0]).Instance() == c.name {
			c.fail(unsupported("%s calls itself", c.name))
		}
	case "task.return-other":
		c.fail(unsupported("task.return with other options is not written here"))
	}
	c.noteTypes(a.Imm...)
}

// noteTypes adds the instances that implement the resource types among types, or inside them, to those that are needed.
func (c *component) noteTypes(types ...string) {
	for _, r := range c.world.Resources {
		for _, t := range types {
			if (t == r.Name || strings.Contains(t, "<"+r.Name+">")) && r.Impl != c.name {
				c.needs[r.Impl] = true
			}
		}
	}
}

// kindOf is an action without its arguments.
func kindOf(a model.Action) string { return model.Action{Op: a.Op, Imm: a.Imm}.String() }

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
	for _, a := range c.used {
		fmt.Fprintf(&b, "  (canon %s (core func %s))\n", c.canon(a), c.id(a))
	}
	c.writeModule(&b)
	c.writeExports(&b)
	b.WriteString(")\n")
	return strings.ReplaceAll(b.String(), "\n\n", "\n")
}

// linked are the arguments of the component's instantiation: the instances that it needs.
func (c *component) linked() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(c.needs)) {
		fmt.Fprintf(&b, " (with %q (instance $%[1]s))", c.kebab(name))
	}
	return b.String()
}

// writeImports imports each instance that is needed, with its resource types and those of its functions that are called.
func (c *component) writeImports(b *strings.Builder) {
	for _, name := range slices.Sorted(maps.Keys(c.needs)) {
		fmt.Fprintf(b, "  (import %q (instance $%[1]s\n", c.kebab(name))
		for _, r := range c.resourcesOf(name) {
			fmt.Fprintf(b, "    (export %q (type $%s (sub resource)))\n", c.kebab(r.Name), r.Name)
		}
		for _, f := range slices.Sorted(maps.Keys(c.imports)) {
			if d := c.function(f); d.Instance() == name {
				fmt.Fprintf(b, "    (export %q (func%s))\n", c.kebab(short(f)), c.functype(d, name))
			}
		}
		b.WriteString("  ))\n")
		for _, r := range c.resourcesOf(name) {
			fmt.Fprintf(b, "  (alias export $%s %q (type $%s))\n", c.kebab(name), c.kebab(r.Name), r.Name)
		}
	}
}

// resourcesOf are the resource types that an instance implements.
func (w *wastWriter) resourcesOf(name string) []model.Resource {
	return slices.DeleteFunc(slices.Clone(w.world.Resources), func(r model.Resource) bool { return r.Impl != name })
}

// functype is a function's type. It may be about resources of its owner alone, since no other types are in scope there.
func (c *component) functype(f model.Func, owner string) string {
	var b strings.Builder
	if f.Async {
		b.WriteString(" async")
	}
	for i, t := range c.types(f.Params) {
		fmt.Fprintf(&b, " (param \"p%d\" %s)", i, c.wat(t))
	}
	for _, t := range c.types(f.Results) {
		fmt.Fprintf(&b, " (result %s)", c.wat(t))
	}
	for _, r := range c.world.Resources {
		if strings.Contains(b.String(), " $"+r.Name+")") && r.Impl != owner {
			c.fail(unsupported("%s is about a resource that %s implements", f.Name, r.Impl))
		}
	}
	return b.String()
}

// writeMemory defines a memory, a realloc that allocates as that of a world does (one block after another, and what is
// resized moves behind them), and a table for the
// functions of threads.
func (c *component) writeMemory(b *strings.Builder) {
	b.WriteString(`  (core module $Memory
    (memory (export "mem") 1)
    (table (export "threads") 3 funcref)
    (global $heap (mut i32) (i32.const 0))
    (func (export "realloc") (param $old i32) (param $from i32) (param $align i32) (param $size i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1))) (i32.sub (i32.const 0) (local.get $align))))
      (global.set $heap (i32.add (local.get $at) (local.get $size)))
      (if (i32.lt_u (local.get $size) (local.get $from)) (then (local.set $from (local.get $size))))
      (memory.copy (local.get $at) (local.get $old) (local.get $from))
      (local.get $at))
  )
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "threads" (core table $threads))
  (core type $thread-i32 (func (param i32)))
  (core type $thread-i64 (func (param i64)))
`)
}

// encoding is how the instance encodes strings; empty: as UTF-8.
func (c *component) encoding() string {
	at := slices.IndexFunc(c.world.Instances, func(i model.Instance) bool { return i.Name == c.name })
	return c.world.Instances[at].Encoding
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

// writeResources defines the resource types that the instance implements, and the types of streams and futures.
func (c *component) writeResources(b *strings.Builder) {
	for _, r := range c.resourcesOf(c.name) {
		fmt.Fprintf(b, "  (type $%s' (resource (rep i32)))\n  (export $%[1]s %q (type $%[1]s'))\n", r.Name, c.kebab(r.Name))
	}
	for i, t := range c.payloads() {
		fmt.Fprintf(b, "  (type $payload%d %s)\n", i, t)
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
	t := c.types([]string{a.Imm[0]})[0]
	if t == nil {
		return "(" + word + ")"
	}
	return fmt.Sprintf("(%s %s)", word, c.wat(t))
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
		f := c.function(a.Imm[0])
		if lowered := lowersAsync(c.world, c.name, a.Imm[0]); lowered {
			flags = " async"
		}
		return fmt.Sprintf("lower (func $%s %q)%s%s", c.kebab(f.Instance()), c.kebab(short(f.Name)), flags, c.options(true))
	case group == "resource":
		return a.Op + " $" + c.resourceType(a.Imm[0])
	case group == "context":
		return fmt.Sprintf("%s %s %s", a.Op, a.Imm[0], a.Args[0])
	case a.Op == "task.return":
		results := ""
		for _, t := range c.types([]string{strings.Trim(a.Imm[0], "()")}) {
			if a.Imm[0] != "()" {
				results = fmt.Sprintf(" (result %s)", c.wat(t))
			}
		}
		return a.Op + results + c.options(false)
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

// lowersAsync reports whether an instance's import of a function is lowered async.
func lowersAsync(w *model.World, instance, function string) bool {
	return slices.ContainsFunc(w.Imports, func(i model.Import) bool { return i.Async && i.Instance == instance && i.Func == function })
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
		f := c.function(a.Imm[0])
		params, results := cores(c.types(f.Params)), cores(c.types(f.Results))
		c.wantFlat(f, params, lowersAsync(c.world, c.name, f.Name))
		switch {
		case lowersAsync(c.world, c.name, f.Name):
			if len(results) > 0 {
				params = append(params, "i32")
			}
			return signature{params, []string{"i32"}}
		case len(results) > 1:
			return signature{append(params, "i32"), nil}
		}
		return signature{params, results}
	case "context.get":
		return signature{nil, a.Imm[:1]}
	case "context.set":
		return signature{a.Imm[:1], nil}
	case "task.return":
		if a.Imm[0] == "()" {
			return signature{}
		}
		return signature{cores(c.types([]string{strings.Trim(a.Imm[0], "()")})), nil}
	case "thread.new-indirect":
		return signature{[]string{"i32", a.Imm[0]}, []string{"i32"}}
	}
	built, known := builtins[a.Op]
	if !known {
		c.fail(unsupported("%s", a.Op))
	}
	return signature{i32s(built.takes), strings.Fields(built.returns)}
}

// lifted is the type of the core function that a script is for: one that is lifted, a callback, a post-return or a thread's.
func (c *component) lifted(s *script) signature {
	switch s.at.Kind {
	case model.KindCallback:
		return signature{i32s(3), i32s(1)}
	case model.KindThread:
		return signature{i32s(1), nil}
	case model.KindPostReturn:
		f := c.function(strings.TrimSuffix(s.at.Name, ".post-return"))
		return signature{c.coreOf(f).results, nil}
	}
	return c.coreOf(c.function(s.at.Name))
}

// wantFlat refuses a function whose parameters are passed in memory, since they are too many.
func (c *component) wantFlat(f model.Func, params []string, async bool) {
	most := spec.UpstreamLimits.FlatParams
	if async {
		most = spec.UpstreamLimits.FlatAsyncParams
	}
	if len(params) > most {
		c.fail(unsupported("%s takes %d core values, which are passed in memory", f.Name, len(params)))
	}
}

// coreOf is the type of the core function that a function is lifted from.
func (c *component) coreOf(f model.Func) signature {
	sig := signature{cores(c.types(f.Params)), cores(c.types(f.Results))}
	c.wantFlat(f, sig.params, false)
	switch {
	case f.Lift == "callback", len(sig.results) > 1 && f.Lift != "stackful":
		sig.results = i32s(1)
	case f.Lift == "stackful":
		sig.results = nil
	}
	return sig
}

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
