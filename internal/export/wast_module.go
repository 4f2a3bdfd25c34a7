package export

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// writeModule writes the core module, with a core function for each that has a script, and one that traps for each that is
// called in the trace but does not begin.
func (c *component) writeModule(b *strings.Builder) {
	b.WriteString("  (core module $M\n    (import \"\" \"mem\" (memory 1))\n    (import \"\" \"threads\" (table $threads 3 funcref))\n")
	for _, a := range c.used {
		fmt.Fprintf(b, "    (import \"\" %q (func %s%s))\n", kindOf(a), c.id(a), c.signature(a))
	}
	for _, name := range slices.Sorted(maps.Keys(c.scripts)) {
		c.writeFunction(b, name, c.scripts[name])
	}
	c.writeThreads(b)
	for _, f := range c.exported() {
		if c.scripts[f.Name] == nil { // it is called, and did not begin
			fmt.Fprintf(b, "    (func (export %q)%s unreachable)\n", f.Name, c.coreOf(f))
		}
		if callback := f.Name + ".callback"; f.Lift == "callback" && c.scripts[callback] == nil {
			fmt.Fprintf(b, "    (func (export %q) (param i32 i32 i32) (result i32) unreachable)\n", callback)
		}
	}
	b.WriteString("  )\n  (core instance $m (instantiate $M (with \"\" (instance\n    (export \"mem\" (memory $memory \"mem\"))\n    (export \"threads\" (table $threads))\n")
	for _, a := range c.used {
		fmt.Fprintf(b, "    (export %q (func %s))\n", kindOf(a), c.id(a))
	}
	b.WriteString("  ))))\n")
}

// writeThreads puts the functions of threads into the table, as worlds have them: one that takes an i32 at 1, one that takes an i64 at 2.
// If no thread runs in the trace, the functions trap.
func (c *component) writeThreads(b *strings.Builder) {
	if !slices.ContainsFunc(c.used, func(a model.Action) bool { return a.Op == "thread.new-indirect" }) {
		return
	}
	thread := c.name + ".thread"
	if c.scripts[thread] == nil {
		fmt.Fprintf(b, "    (func $%s (param i32) unreachable)\n", thread)
	}
	fmt.Fprintf(b, "    (func $%s-i64 (param i64) unreachable)\n    (elem (table $threads) (i32.const 1) func $%[1]s $%[1]s-i64)\n", thread)
}

// exported are the functions of the instance that the component exports: those that are called.
func (c *component) exported() []model.Func {
	return slices.DeleteFunc(slices.Clone(c.world.Funcs), func(f model.Func) bool {
		return f.Instance() != c.name || c.scripts[f.Name] == nil && !c.calledByOthers(f.Name)
	})
}

// calledByOthers reports whether a function is imported, or called by the host, although it never came to run.
func (c *component) calledByOthers(name string) bool {
	for _, other := range c.components {
		if other.imports[name] {
			return true
		}
	}
	return slices.ContainsFunc(c.calls, func(h hostCall) bool { return h.function == name })
}

// writeFunction writes one core function, which counts its calls and does in each what the script of that call says.
func (c *component) writeFunction(b *strings.Builder, name string, scripts []*script) {
	sig := c.lifted(scripts[0])
	if len(scripts) > 1 {
		fmt.Fprintf(b, "    (global $%s.calls (mut i32) (i32.const 0))\n", name)
	}
	fmt.Fprintf(b, "    (func $%s (export %q)%s\n", name, name, sig)
	if len(scripts) == 1 {
		b.WriteString(indent(c.body(scripts[0], sig), "      "))
	} else {
		fmt.Fprintf(b, "      (global.set $%s.calls (i32.add (global.get $%[1]s.calls) (i32.const 1)))\n", name)
		for i, s := range scripts {
			fmt.Fprintf(b, "      (if (i32.eq (global.get $%s.calls) (i32.const %d)) (then\n%s      ))\n", name, i+1, indent(c.body(s, sig), "        "))
		}
	}
	b.WriteString("      (unreachable)\n    )\n")
}

// body is the code of one script.
func (c *component) body(s *script, sig signature) string {
	var b strings.Builder
	for _, step := range s.steps {
		b.WriteString(c.stepText(step))
	}
	switch {
	case s.result != nil && s.result.Op == "return":
		fmt.Fprintf(&b, "(return%s)\n", constants(sig.results, s.result.Args))
	case s.result != nil:
		c.fail(unsupported("%s throws an exception", s.at.Name))
	case s.pending != nil:
		call := c.call(*s.pending)
		for range c.signature(*s.pending).results {
			call = fmt.Sprintf("(drop %s)", call)
		}
		b.WriteString(call + "\n")
	case s.current:
		b.WriteString(";; the trace ends here\n(drop (i32.div_u (i32.const 1) (i32.const 0)))\n")
	}
	return b.String()
}

// stepText is the code of one step: the action, and a comparison of its results.
func (c *component) stepText(s step) string {
	switch {
	case s.action.Op == "memory.store" && len(s.action.Literals) > 0:
		return storesBytes(s.action, c.encoding())
	case s.action.Op == "memory.store":
		return stores(s.action.Args)
	case model.IsLoad(s.action.Op):
		return loads(s)
	}
	call := c.call(s.action)
	results := c.signature(s.action).results
	if len(results) == 0 {
		return call + "\n"
	}
	return fmt.Sprintf("(if (%s.ne%s %s) (then unreachable))\n", results[0], constants(results, s.results), call)
}

// call is a call of the core function of an action, with constants as operands.
func (c *component) call(a model.Action) string {
	args := a.Args
	if strings.HasPrefix(a.Op, "context.") {
		args = args[1:] // the first is an immediate in WebAssembly
	}
	return fmt.Sprintf("(call %s%s)", c.id(a), constants(c.signature(a).params, args))
}

// stores is the code of memory.store: 64-bit values are stored from an address on.
func stores(args []spec.CoreValue) string {
	var b strings.Builder
	for i, v := range args[1:] {
		fmt.Fprintf(&b, "(i64.store (i32.const %d) (i64.const %s))\n", args[0].Uint64()+8*uint64(i), v)
	}
	return b.String()
}

// storesBytes is the code of memory.store of values in words, byte by byte.
func storesBytes(a model.Action, encoding string) string {
	var b strings.Builder
	for i, v := range a.Stored(encoding) {
		fmt.Fprintf(&b, "(i32.store8 (i32.const %d) (i32.const %d))\n", a.Args[0].Uint64()+uint64(i), v)
	}
	return b.String()
}

// loads is the code that compares memory with a load's results: bytes, or one number.
func loads(s step) string {
	var b strings.Builder
	t, load := "i32", "i32.load8_u"
	if s.action.Op != "memory.load" {
		t, load = s.action.Op[:3], s.action.Op
	}
	for i, v := range s.results {
		fmt.Fprintf(&b, "(if (%s.ne (%[1]s.const %s) (%s (i32.const %d))) (then unreachable))\n", t, v, load, s.action.Args[0].Uint64()+uint64(i))
	}
	return b.String()
}

// writeExports lifts and exports the functions.
func (c *component) writeExports(b *strings.Builder) {
	for _, f := range c.exported() {
		options := ""
		switch {
		case f.Lift == "stackful":
			options = " async"
		case f.Lift == "callback":
			options = fmt.Sprintf(" async (callback (core func $m %q))", f.Name+".callback")
		}
		if post := f.Name + ".post-return"; c.scripts[post] != nil {
			options += fmt.Sprintf(" (post-return (core func $m %q))", post)
		}
		fmt.Fprintf(b, "  (func (export %q)%s (canon lift (core func $m %q)%s%s))\n", c.kebab(short(f.Name)), c.functype(f, c.name), f.Name,
			options, c.options(len(f.Params) > 0))
	}
}
