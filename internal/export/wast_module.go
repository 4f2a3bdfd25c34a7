package export

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// tooMany is the line that stands for code that runs in a place where the trace has none.
const tooMany = math.MaxUint32

// zeroed is an address behind all that worlds use, where memory is zero.
const zeroed = 0x8000

// writeModule writes the core module, with a core function for each that has a script, and one for each that is called in the trace but
// does not begin.
func (c *component) writeModule(b *strings.Builder) {
	b.WriteString("  (core module $M\n    (import \"\" \"mem\" (memory 1))\n    (import \"\" \"threads\" (table $threads 3 funcref))\n")
	if len(c.stubs()) > 0 {
		fmt.Fprintf(b, "    (import \"\" \"stubs\" (table $stubs %d funcref))\n", len(c.stubs()))
	}
	for _, a := range c.used {
		fmt.Fprintf(b, "    (import \"\" %q (func %s%s))\n", kindOf(a), c.id(a), c.signature(a))
	}
	for _, name := range c.asks() {
		fmt.Fprintf(b, "    (import \"\" \"asks-%s\" (func $asks-%[1]s (result i32)))\n", c.kebab(name))
	}
	b.WriteString(differs)
	if c == c.driver {
		c.writeDriver(b)
	}
	for _, name := range slices.Sorted(maps.Keys(c.scripts)) {
		c.writeFunction(b, name, c.lifted(c.scripts[name][0]), c.scripts[name])
	}
	for _, f := range c.bare() {
		c.writeFunction(b, f.name, f.signature, nil)
	}
	c.writeThreads(b)
	for i, f := range c.stubs() {
		fmt.Fprintf(b, "    (elem (table $stubs) (i32.const %d) func $%s)\n", i, f.name)
	}
	b.WriteString("  )\n  (core instance $m (instantiate $M (with \"\" (instance\n    (export \"mem\" (memory $memory \"mem\"))\n    (export \"threads\" (table $memory \"threads\"))\n")
	if len(c.stubs()) > 0 {
		b.WriteString("    (export \"stubs\" (table $memory \"stubs\"))\n")
	}
	for _, a := range c.used {
		fmt.Fprintf(b, "    (export %q (func %s))\n", kindOf(a), c.id(a))
	}
	for _, name := range c.asks() {
		fmt.Fprintf(b, "    (export \"asks-%s\" (func $asks-%[1]s))\n", c.kebab(name))
	}
	b.WriteString("  ))))\n")
}

// differs compares what is with what the trace says, keeps the first line at which they differ, and counts activations.
const differs = `    (global $differs-at (mut i32) (i32.const 0))
    (global $activations (mut i32) (i32.const 0))
    (func $note (param $line i32)
      (if (i32.eqz (global.get $differs-at)) (then (global.set $differs-at (local.get $line)))))
    (func $differs-i32 (param $line i32) (param $want i32) (param $got i32) (result i32)
      (if (i32.eq (local.get $want) (local.get $got)) (then (return (i32.const 0))))
      (call $note (local.get $line))
      (i32.const 1))
    (func $differs-i64 (param $line i32) (param $want i64) (param $got i64) (result i32)
      (if (i64.eq (local.get $want) (local.get $got)) (then (return (i32.const 0))))
      (call $note (local.get $line))
      (i32.const 1))
    (func (export "differs-at") (result i32) (global.get $differs-at))
    (func (export "activations") (result i32) (global.get $activations))
`

// A named is a core function of a name and a type.
type named struct {
	name string
	signature
}

// bare are the core functions that must be there although none of their activations began.
func (c *component) bare() []named {
	var all []named
	add := func(name string, s signature) {
		if c.scripts[name] == nil {
			all = append(all, named{name, s})
		}
	}
	for _, f := range c.exported() {
		add(f.Name, c.coreOf(f))
		if f.Lift == "callback" {
			add(f.Name+".callback", signature{i32s(3), i32s(1)})
		}
	}
	for _, r := range c.resourcesOf(c.name) {
		if r.Dtor {
			add(r.Name+".dtor", signature{i32s(1), nil})
		}
	}
	if c.hasGuestRealloc() {
		add(c.name+".realloc", signature{i32s(4), i32s(1)})
	}
	return all
}

// stubs are the core functions that are needed before the core module is there: realloc and destructors that do what the trace says, and
// those of functions that components inside call.
func (c *component) stubs() []named {
	var all []named
	if c.hasGuestRealloc() {
		all = append(all, named{c.name + ".realloc", signature{i32s(4), i32s(1)}})
	}
	for _, r := range c.resourcesOf(c.name) {
		if r.Dtor {
			all = append(all, named{r.Name + ".dtor", signature{i32s(1), nil}})
		}
	}
	for _, f := range c.exported() {
		if !c.calledInside(f.Name) {
			continue
		}
		all = append(all, named{f.Name, c.coreOf(f)})
		if f.Lift == "callback" {
			all = append(all, named{f.Name + ".callback", signature{i32s(3), i32s(1)}})
		}
		if post := f.Name + ".post-return"; c.scripts[post] != nil {
			all = append(all, named{post, signature{c.coreOf(f).results, nil}})
		}
	}
	return all
}

// writeStubs writes functions that call those of the core module through a table, into which that puts them.
func (c *component) writeStubs(b *strings.Builder) {
	if len(c.stubs()) == 0 {
		return
	}
	fmt.Fprintf(b, "    (table $stubs (export \"stubs\") %d funcref)\n", len(c.stubs()))
	for i, f := range c.stubs() {
		name := f.name
		if strings.HasSuffix(name, ".realloc") {
			name = "realloc"
		}
		fmt.Fprintf(b, "    (func (export %q)%s (call_indirect $stubs%[2]s", name, f.signature)
		for j := range f.params {
			fmt.Fprintf(b, " (local.get %d)", j)
		}
		fmt.Fprintf(b, " (i32.const %d)))\n", i)
	}
}

// writeThreads puts the functions of threads into the table, as worlds have them: one that takes an i32 at 1, one that takes an i64 at 2.
func (c *component) writeThreads(b *strings.Builder) {
	if !c.usesThreads() {
		return
	}
	thread := c.name + ".thread"
	if c.scripts[thread] == nil {
		c.writeFunction(b, thread, signature{i32s(1), nil}, nil)
	}
	c.writeFunction(b, thread+"-i64", signature{[]string{"i64"}, nil}, nil)
	fmt.Fprintf(b, "    (elem (table $threads) (i32.const 1) func $%s $%[1]s-i64)\n", thread)
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
	return slices.ContainsFunc(c.calls, func(h *hostCall) bool { return h.function == name })
}

// writeFunction writes one core function, which counts its calls and does in each what the script of that call says.
func (c *component) writeFunction(b *strings.Builder, name string, sig signature, scripts []*script) {
	if len(scripts) > 0 {
		fmt.Fprintf(b, "    (global $%s.calls (mut i32) (i32.const 0))\n", name)
	}
	fmt.Fprintf(b, "    (func $%s (export %q)%s\n", name, name, sig)
	b.WriteString("      (global.set $activations (i32.add (global.get $activations) (i32.const 1)))\n")
	if len(scripts) > 0 {
		fmt.Fprintf(b, "      (global.set $%s.calls (i32.add (global.get $%[1]s.calls) (i32.const 1)))\n", name)
		for i, s := range scripts {
			fmt.Fprintf(b, "      (if (i32.eq (global.get $%s.calls) (i32.const %d)) (then\n%s      ))\n", name, i+1, indent(c.body(s, sig), "        "))
		}
	}
	fmt.Fprintf(b, "      (call $note (i32.const %d))\n", uint32(tooMany))
	b.WriteString(indent(c.leaves(name, sig, check{}), "      "))
	b.WriteString("    )\n")
}

// body is the code of one script. Where something differs, or has differed before, it leaves: through a block for each state in which it
// may have to, behind which stands what must be done then.
func (c *component) body(s *script, sig signature) string {
	var code strings.Builder
	fmt.Fprintf(&code, "(br_if %s (global.get $differs-at))\n", s.exit(s.entered))
	c.writeArguments(&code, s, sig)
	c.writeMemoryChecks(&code, s, s.entered)
	for _, step := range s.steps {
		c.writeStep(&code, s, step)
	}
	switch {
	case s.result != nil && s.result.Op == "return":
		fmt.Fprintf(&code, "(return%s)\n", constants(sig.results, c.moved(s.result.Args, c.returnAddresses(s.at))))
	case s.result != nil:
		c.fail(unsupported("%s throws an exception", s.at.Name))
	case s.pending != nil:
		call := c.call(*s.pending)
		for range c.signature(*s.pending).results {
			call = fmt.Sprintf("(drop %s)", call)
		}
		fmt.Fprintf(&code, "%s\n(call $note (i32.const %d)) ;; the trace goes on no further\n(br %s)\n", call, c.lastLine(), s.exit(s.afterPending()))
	case s.at == c.endsIn:
		code.WriteString("(drop (i32.div_u (i32.const 1) (i32.const 0))) ;; the trace ends here\n")
	}
	var b strings.Builder
	for i := range s.exits {
		fmt.Fprintf(&b, "(block $leave%d ", len(s.exits)-1-i)
	}
	b.WriteString("\n" + code.String())
	for _, exit := range s.exits {
		b.WriteString(")\n" + c.leaves(s.at.Name, sig, exit))
	}
	return b.String()
}

// exit is the label of the block through which a script leaves in the state of a check.
func (s *script) exit(at check) string {
	i := slices.IndexFunc(s.exits, func(other check) bool {
		return other.resolved == at.resolved && slices.Equal(other.borrows, at.borrows)
	})
	if i < 0 {
		i = len(s.exits)
		s.exits = append(s.exits, at)
	}
	return fmt.Sprintf("$leave%d", i)
}

// lastCheck is the last check of a script.
func (s *script) lastCheck() check {
	if len(s.steps) > 0 {
		return s.steps[len(s.steps)-1].check
	}
	return s.entered
}

// afterPending is the state after the pending action, which is to trap or to wait, if it does neither.
func (s *script) afterPending() check {
	at := s.lastCheck()
	if strings.HasPrefix(s.pending.Op, "task.") {
		at.resolved = true
	}
	return at
}

// leaves is the code that returns from a function before its script ends: first it drops borrow handles, and returns from the task unless
// that has returned.
func (c *component) leaves(name string, sig signature, in check) string {
	var b strings.Builder
	for _, borrowed := range in.borrows {
		fmt.Fprintf(&b, "(call %s (i32.const %d))\n", c.id(dropOf(borrowed.resource)), borrowed.index)
	}
	name, _ = strings.CutSuffix(name, ".callback")
	f := c.function(name)
	async := f.Lift == "callback" || f.Lift == "stackful"
	switch {
	case f.Name == "" || in.resolved && async:
		fmt.Fprintf(&b, "(return%s)\n", constants(sig.results, nil))
	case async:
		a := taskReturn(f)
		fmt.Fprintf(&b, "(call %s%s)\n(return%s)\n", c.id(a), c.zeros(f, c.signature(a).params), constants(sig.results, nil))
	default:
		fmt.Fprintf(&b, "(return%s)\n", c.zeros(f, sig.results))
	}
	return b.String()
}

func dropOf(resource string) model.Action {
	return model.Action{Op: "resource.drop", Imm: []string{resource}}
}

// maker is the built-in that makes a handle to return, for want of another; the zero Action: none does.
func (c *component) maker(f model.Func) model.Action {
	ts := c.spectype(f).Result
	if len(ts) != 1 {
		return model.Action{}
	}
	inner := func(t spec.ValType) []string {
		if t == nil {
			return []string{"_"}
		}
		return []string{spec.TypeName(t)}
	}
	switch t := ts[0].(type) {
	case *spec.OwnType:
		if c.resourceType(t.Rt.Name) != t.Rt.Name {
			return model.Action{Op: "resource.new", Imm: []string{t.Rt.Name}}
		}
	case *spec.StreamType:
		return model.Action{Op: "stream.new", Imm: inner(t.T)}
	case *spec.FutureType:
		return model.Action{Op: "future.new", Imm: inner(t.T)}
	}
	return model.Action{}
}

// zeros are operands that stand for the results of a function whose parts are all zero. Those that are in memory are where that is zero,
// and a handle is a new one.
func (c *component) zeros(f model.Func, types []string) string {
	results := c.spectype(f).Result
	made := c.maker(f)
	switch {
	case made.Op == "resource.new":
		return fmt.Sprintf(" (call %s (i32.const 0))", c.id(made))
	case made.Op != "":
		return fmt.Sprintf(" (i32.wrap_i64 (call %s))", c.id(made))
	case holdsHandles(results...):
		return " (unreachable)" // there is no handle to return
	case len(cores(results)) > len(types):
		return fmt.Sprintf(" (i32.const %d)", zeroed)
	}
	return constants(types, nil)
}

// taskReturn is the action that returns from a task of a function, without its arguments.
func taskReturn(f model.Func) model.Action {
	return model.Action{Op: "task.return", Imm: []string{"(" + strings.Join(f.Results, ",") + ")"}}
}

// writeArguments compares the arguments of an activation.
func (c *component) writeArguments(b *strings.Builder, s *script, sig signature) {
	args := c.moved(s.at.Args, c.argumentAddresses(s.at))
	for i, t := range sig.params {
		if i < len(args) {
			writeCheck(b, s.exit(s.entered), s.entered.line, t, args[i], fmt.Sprintf("(local.get %d)", i))
		}
	}
}

// writeCheck compares one core value. Floats are compared as bits, unless they are not numbers, which have many bits.
func writeCheck(b *strings.Builder, exit string, line int, t string, want spec.CoreValue, got string) {
	text := want.String()
	if strings.HasPrefix(t, "f") {
		f := want.Float64()
		if f != f {
			fmt.Fprintf(b, "(drop %s)\n", got)
			return
		}
		got = fmt.Sprintf("(i%s.reinterpret_%s %s)", t[1:], t, got)
		text = fmt.Sprint(math.Float64bits(f))
		if t = "i" + t[1:]; t == "i32" {
			text = fmt.Sprint(math.Float32bits(float32(f)))
		}
	}
	fmt.Fprintf(b, "(br_if %s (call $differs-%s (i32.const %d) (%s.const %s) %s))\n", exit, t, line, t, text, got)
}

// writeMemoryChecks compares what was written to memory.
func (c *component) writeMemoryChecks(b *strings.Builder, s *script, at check) {
	for _, m := range at.memory {
		writeCheck(b, s.exit(at), at.line, "i32", spec.CoreInt(uint64(m.value)), fmt.Sprintf("(i32.load8_u (i32.const %d))", uint64(m.at)+c.base()))
	}
}

// writeStep writes the code of one step: the action, and comparisons of its results and of the memory that was written.
func (c *component) writeStep(b *strings.Builder, in *script, s step) {
	switch {
	case s.action.Op == "memory.store" && len(s.action.Literals) > 0:
		b.WriteString(storesBytes(s.action, c.encoding(), c.base()))
		return
	case s.action.Op == "memory.store":
		b.WriteString(stores(s.action.Args))
		return
	case model.IsLoad(s.action.Op):
		c.writeLoads(b, in, s)
		return
	}
	if results := c.signature(s.action).results; len(results) == 0 {
		b.WriteString(c.call(s.action) + "\n")
	} else {
		writeCheck(b, in.exit(s.check), s.line, results[0], s.results[0], c.call(s.action))
	}
	c.writeMemoryChecks(b, in, s.check)
}

// call is a call of the core function of an action, with constants as operands.
func (c *component) call(a model.Action) string {
	args := c.moved(a.Args, c.operandAddresses(a))
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
func storesBytes(a model.Action, encoding string, base uint64) string {
	var b strings.Builder
	for i, v := range a.Stored(encoding) {
		fmt.Fprintf(&b, "(i32.store8 (i32.const %d) (i32.const %d))\n", base+a.Args[0].Uint64()+uint64(i), v)
	}
	return b.String()
}

// writeLoads compares memory with a load's results: bytes, or one number.
func (c *component) writeLoads(b *strings.Builder, in *script, s step) {
	t, load := "i32", "i32.load8_u"
	if s.action.Op != "memory.load" {
		t, load = s.action.Op[:3], s.action.Op
	}
	for i, v := range s.results {
		writeCheck(b, in.exit(s.check), s.line, t, v, fmt.Sprintf("(%s (i32.const %d))", load, c.base()+s.action.Args[0].Uint64()+uint64(i)))
	}
}

// writeExports lifts and exports the functions, those of the components inside, and what tells of differences.
func (c *component) writeExports(b *strings.Builder) {
	for _, f := range c.exported() {
		if !c.calledInside(f.Name) {
			c.writeLift(b, f, "m")
		}
		fmt.Fprintf(b, "  (export %q (func $%s))\n", c.kebab(short(f.Name)), f.Name)
	}
	if c == c.driver {
		async := ""
		if c.driverBlocks() {
			async = " async"
		}
		fmt.Fprintf(b, "  (func (export \"run\")%s (result u32) (canon lift (core func $m \"run\")))\n", async)
		return
	}
	for _, what := range tells {
		fmt.Fprintf(b, "  (func (export %q) (result u32) (canon lift (core func $m %[1]q)))\n", what)
	}
	for _, child := range c.children {
		for _, f := range child.exported() {
			if !c.usedOutside(f) {
				continue // its type may name a resource type that is not exported
			}
			fmt.Fprintf(b, "  (export %q (func $%s %q))\n", c.kebab(f.Name), c.kebab(child.name), c.kebab(short(f.Name)))
		}
		for _, what := range tells {
			fmt.Fprintf(b, "  (export \"%s-%s\" (func $%[1]s %[2]q))\n", c.kebab(child.name), what)
		}
	}
}

// usedOutside reports whether the host, or a component that is not inside this one, uses a function of a component inside it.
func (c *component) usedOutside(f model.Func) bool {
	for _, other := range c.components {
		if other != c && other.parent != c && other.imports[f.Name] {
			return true
		}
	}
	return slices.ContainsFunc(c.called(), func(called model.Func) bool { return called.Name == f.Name })
}

// tells are the functions by which each component tells of differences: the line of the first, and how many activations there were.
var tells = []string{"differs-at", "activations"}

// writeLift lifts a function from a core instance.
func (c *component) writeLift(b *strings.Builder, f model.Func, from string) {
	options := ""
	switch f.Lift {
	case "stackful":
		options = " async"
	case "callback":
		options = fmt.Sprintf(" async (callback (core func $%s %q))", from, f.Name+".callback")
	}
	if post := f.Name + ".post-return"; c.scripts[post] != nil {
		options += fmt.Sprintf(" (post-return (core func $%s %q))", from, post)
	}
	fmt.Fprintf(b, "  (func $%s%s (canon lift (core func $%s %q)%s%s))\n", f.Name, c.functype(f), from, f.Name, options, c.options(len(f.Params) > 0))
}
