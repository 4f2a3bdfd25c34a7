package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// A Rule is a rule of validation that a world, or an action in it, can break. Validation refuses a component that breaks it, so
// nothing that happens afterwards says anything about the specification.
type Rule struct {
	Name   string      // one word
	Says   string      // the rule, in our words
	Source string      // where upstream states or tests it
	Keeps  []spec.Site // the asserts that hold because of it
}

// An Invalid is how a world or an action breaks a rule.
type Invalid struct {
	Rule  *Rule
	Where string // what breaks it: "function A.run"
	What  string // how
}

// Error says where the rule is broken, how, and which rule it is.
func (e *Invalid) Error() string {
	const most = 200 // bytes of a type that may be as long as a line
	return fmt.Sprintf("%s: %s: validation refuses it, as %s (%s)", shortenTo(e.Where, most), shortenTo(e.What, most), e.Rule.Says, e.Rule.Source)
}

// breaks is the error of what breaks a rule; where it stands is added by callers.
func (r *Rule) breaks(format string, args ...any) *Invalid {
	return &Invalid{Rule: r, What: fmt.Sprintf(format, args...)}
}

// brokenIn says where a rule is broken; nil stays nil.
func brokenIn(err error, format string, args ...any) error {
	where := fmt.Sprintf(format, args...)
	var invalid *Invalid
	switch {
	case err == nil:
		return nil
	case errors.As(err, &invalid):
		invalid.Where = where
		return invalid
	}
	return fmt.Errorf("%s: %w", where, err)
}

// Rules are all rules, in the order in which docs/generated/validation.md lists them.
var Rules = []*Rule{
	ruleType, ruleLabels, ruleFlags, ruleKey, ruleFixedLength, ruleSize, ruleStreamChar, ruleElementBorrow, ruleResultBorrow, ruleOneResult,
	ruleAsyncLift, ruleAsyncLower, rulePostReturn, ruleMemory, ruleLocalResource, ruleCoreType, ruleContext,
}

var (
	ruleType = &Rule{Name: "type", Says: "each field, element, case and option has a type, and tuples, records, variants and enums are not empty",
		Source: "Binary.md, defvaltype", Keeps: []spec.Site{"elem_size_record/not-empty", "discriminant_type/cases"}}
	ruleLabels = &Rule{Name: "labels", Says: "labels are in kebab case, and no two of a type differ in nothing but case",
		Source: "Binary.md, on strongly-unique labels; test/validation/kebab.wast"}
	ruleFlags = &Rule{Name: "flags", Says: "flags have 1 to 32 labels", Source: "Binary.md, defvaltype",
		Keeps: []spec.Site{"alignment_flags/labels", "elem_size_flags/labels", "lift_flat_flags/labels", "lower_flat_flags/labels"}}
	ruleKey         = &Rule{Name: "map-key", Says: "the keys of a map are bools, integers, chars or strings", Source: "Explainer.md, keytype"}
	ruleFixedLength = &Rule{Name: "fixed-length", Says: "a list of fixed length has at least one element", Source: "Binary.md, on fixed-sized lists"}
	ruleSize        = &Rule{Name: "size", Says: "a value takes less than 2^28 bytes with 64-bit pointers",
		Source: "Binary.md, on elem_size; test/validation/max-value-size.wast"}
	ruleStreamChar    = &Rule{Name: "stream-char", Says: "no stream carries chars", Source: "Binary.md, on stream; test/async/validate-no-stream-char.wast"}
	ruleElementBorrow = &Rule{Name: "element-borrow", Says: "no stream or future carries a borrow", Source: "Binary.md, on stream and future",
		Keeps: []spec.Site{"lift_async_value/no-borrow", "lower_stream/no-borrow", "lower_future/no-borrow", "stream_copy/no-borrow", "future_copy/no-borrow"}}
	ruleResultBorrow = &Rule{Name: "result-borrow", Says: "the result of a function contains no borrow", Source: "Binary.md, on functype; test/validation/resources.wast",
		Keeps: []spec.Site{"lift_borrow/scope", "lower_borrow/scope"}}
	ruleOneResult = &Rule{Name: "one-result", Says: "a function has at most one result", Source: "Binary.md, resultlist"}
	ruleAsyncLift = &Rule{Name: "async-lift", Says: "only a function of an async type is lifted async, with or without a callback",
		Source: "CanonicalABI.md, canonopt validation; test/async/validate-no-async-abi-for-sync-type.wast", Keeps: []spec.Site{"Task.needs_exclusive/async-type"}}
	ruleAsyncLower = &Rule{Name: "async-lower", Says: "only a function of an async type is lowered async",
		Source: "CanonicalABI.md, canonopt validation; test/async/validate-no-async-abi-for-sync-type.wast"}
	rulePostReturn = &Rule{Name: "post-return", Says: "only a function of an instance that is lifted sync has a post-return function",
		Source: "CanonicalABI.md, canonopt validation"}
	ruleMemory = &Rule{Name: "memory", Says: "whoever lifts or lowers lists, strings or more values than are passed flat, copies elements, waits for events, or lowers async has a memory",
		Source: "CanonicalABI.md, canonopt validation, canon lift, canon lower, and each built-in"}
	ruleLocalResource = &Rule{Name: "local-resource", Says: "resource.new and resource.rep are for resource types that the component itself defines",
		Source: "CanonicalABI.md, canon resource.new and resource.rep; test/validation/resources.wast"}
	ruleCoreType = &Rule{Name: "core-type", Says: "core code passes and returns as many values as the core function type says, each of its type",
		Source: "CanonicalABI.md, flatten_functype and the type given to each built-in; validation of core WebAssembly",
		Keeps: []spec.Site{"CoreValueIter.next/i32", "CoreValueIter.next/i64", "CoreValueIter.next/unknown-type", "canon_lift.thread_func/results",
			"unpack_callback_result/i32", "canon_lower/params", "canon_thread_new_indirect/func-type"}}
	ruleContext = &Rule{Name: "context", Says: "context storage has two slots, and all context.get and context.set of a component name the same type, i32 or i64",
		Source: "CanonicalABI.md, canon context.get and context.set",
		Keeps: []spec.Site{"canon_context_get/type", "canon_context_get/slot", "canon_context_get/fits", "canon_context_set/type", "canon_context_set/slot",
			"canon_context_set/fits"}}
)

// validateComponents says which rule of validation the components of a world would break, if any: its types, how its functions are
// lifted and lowered, and the built-ins of its menus. The names and types of the world must be known to be there. Two things are not
// checked: that the components could be instantiated in some order, each after those that it imports from, and that a component names
// only resource types that it defines or imports. Instances are linked by whoever embeds them, and no function of the specification
// looks at that.
func (w *World) validateComponents() error {
	for n, f := range w.Funcs {
		if err := w.validateFuncType(f); err != nil {
			return inPart("func", n, fmt.Errorf("world %s: %w", w.Name, err))
		}
	}
	for n, i := range w.Imports {
		if err := w.validateImport(i); err != nil {
			return inPart("import", n, fmt.Errorf("world %s: %w", w.Name, err))
		}
	}
	vocabulary := newVocabulary(w)
	for _, at := range sortedKeys(w.Menus) {
		for n, line := range w.Menus[at] {
			words := strings.Fields(line)
			if err := vocabulary.check(w.actorOf(at), Action{Op: words[0], Imm: words[1:]}); err != nil {
				return &partError{part{"menu", at, n}, fmt.Errorf("world %s: the menu of %s: %w", w.Name, at, err)}
			}
		}
	}
	return nil
}

// actorOf is the instance, or the host, that acts under a name such as "A.run.callback" or "R.dtor".
func (w *World) actorOf(name string) string {
	actor, what, _ := strings.Cut(name, ".")
	if r := w.resource(actor); r != nil && what == "dtor" {
		return r.Impl
	}
	if slices.Contains(sharedNames, name) && !w.hasInstance(actor) {
		return Host
	}
	return actor
}

// validateAction says which rule an action of an actor breaks, whatever its numbers, if any: as built-ins are declared, not called.
func (w *World) validateAction(actor string, a Action) error {
	where := strings.TrimSpace(a.template())
	if actor == Host {
		return nil
	}
	op, _ := w.op(a.Op)
	for i, kind := range op.imm {
		if err := w.validateImmediate(a, kind, a.Imm[i]); err != nil {
			return brokenIn(err, "%s", where)
		}
	}
	switch a.Op {
	case "resource.new", "resource.rep":
		if r := w.resource(a.Imm[0]); r != nil && r.Impl != actor {
			return brokenIn(ruleLocalResource.breaks("%s is defined by %s, not by %s", r.Name, r.Impl, actor), "%s", where)
		}
	}
	if i := w.instance(actor); i != nil && i.Memory == 0 && w.needsMemory(a) {
		return brokenIn(ruleMemory.breaks("instance %s has no memory", actor), "%s", where)
	}
	return nil
}

// needsMemory reports whether a built-in cannot be declared without a memory.
func (w *World) needsMemory(a Action) bool {
	if b := w.builtin(a.Op); b != nil {
		return b.needsMemory()
	}
	switch a.Op {
	case "waitable-set.wait", "waitable-set.poll", "error-context.new", "error-context.debug-message":
		return true
	case "stream.read", "stream.write", "future.read", "future.write":
		return a.Imm[0] != "_"
	case "task.return":
		ts, err := w.types(a.Imm[0])
		return err == nil && needsMemory(&spec.FuncType{Params: ts}, w.Limits.apply(spec.UpstreamLimits).FlatParams, 0) != ""
	}
	return false
}

// validateImmediate says which rule a type that an action names breaks.
func (w *World) validateImmediate(a Action, kind immediate, word string) error {
	switch kind {
	case immType:
		t, err := parseType(word, w.resourceNames())
		if err != nil {
			return err
		}
		if b := w.builtin(a.Op); b != nil && slices.Contains(b.Params, "type") {
			return validateType(t)
		} else if strings.HasPrefix(a.Op, "stream.") || b != nil && slices.Contains(b.Params, "stream-type") {
			return validateType(&spec.StreamType{T: t})
		}
		return validateType(&spec.FutureType{T: t})
	case immTypes:
		ts, err := w.types(word)
		if err != nil {
			return err
		}
		if len(ts) > 1 {
			return ruleOneResult.breaks("it has %d", len(ts))
		}
		for _, t := range ts {
			if err := validateResult(t); err != nil {
				return err
			}
		}
	}
	return nil
}

// types reads a list of types of the world, "(t,u)" or "()".
func (w *World) types(text string) ([]spec.ValType, error) {
	return parseTypes(text, func(one string) (spec.ValType, error) { return parseType(one, w.resourceNames()) })
}

func (w *World) validateFuncType(f Func) error {
	ft := w.funcType(f)
	for _, t := range ft.Params {
		if err := validateType(t); err != nil {
			return brokenIn(err, "function %s", f.Name)
		}
	}
	for _, t := range ft.Result {
		if err := validateResult(t); err != nil {
			return brokenIn(err, "function %s", f.Name)
		}
	}
	if len(ft.Result) > 1 {
		return brokenIn(ruleOneResult.breaks("it has %d results", len(ft.Result)), "function %s", f.Name)
	}
	return w.validateLift(f, ft)
}

// funcType is the component function type of f, with nothing for resource types.
func (w *World) funcType(f Func) *spec.FuncType {
	ft := &spec.FuncType{Name: f.Name, Async: f.Async}
	for _, t := range f.Params {
		ft.Params = append(ft.Params, must(parseType(t, w.resourceNames())))
	}
	for _, t := range f.Results {
		ft.Result = append(ft.Result, must(parseType(t, w.resourceNames())))
	}
	return ft
}

func (w *World) validateLift(f Func, ft *spec.FuncType) error {
	async := f.Lift == "stackful" || f.Lift == "callback"
	switch {
	case f.Instance() == Host && (f.Lift != "" || f.PostReturn):
		return brokenIn(rulePostReturn.breaks("the host's functions are not lifted"), "function %s", f.Name)
	case async && !f.Async:
		return brokenIn(ruleAsyncLift.breaks("it is lifted %s and its type is sync", f.Lift), "function %s", f.Name)
	case async && f.PostReturn:
		return brokenIn(rulePostReturn.breaks("it is lifted %s and has a post-return function", f.Lift), "function %s", f.Name)
	case f.Instance() == Host || w.instance(f.Instance()).Memory > 0:
		return nil
	}
	limits := w.Limits.apply(spec.UpstreamLimits)
	results := limits.FlatResults
	if async {
		results = limits.FlatParams
	}
	if why := needsMemory(ft, limits.FlatParams, results); why != "" {
		return brokenIn(ruleMemory.breaks("it has %s, and instance %s has no memory", why, f.Instance()), "function %s", f.Name)
	}
	return nil
}

func (w *World) validateImport(i Import) error {
	f := *w.Func(i.Func)
	switch {
	case i.Async && !f.Async:
		return brokenIn(ruleAsyncLower.breaks("it is lowered async and its type is sync"), "function %s, imported by %s", f.Name, i.Instance)
	case w.instance(i.Instance).Memory > 0:
		return nil
	}
	limits := w.Limits.apply(spec.UpstreamLimits)
	params, results := limits.FlatParams, limits.FlatResults
	if i.Async {
		return brokenIn(ruleMemory.breaks("it is lowered async, and instance %s has no memory", i.Instance), "function %s, imported by %s", f.Name, i.Instance)
	}
	if why := needsMemory(w.funcType(f), params, results); why != "" {
		return brokenIn(ruleMemory.breaks("it has %s, and instance %s has no memory", why, i.Instance), "function %s, imported by %s", f.Name, i.Instance)
	}
	return nil
}

// needsMemory says why a function cannot be lifted or lowered without a memory, if so many values are passed flat; empty: it can.
func needsMemory(ft *spec.FuncType, flatParams, flatResults int) string {
	params, results := ft.Params, ft.Result
	switch {
	case slices.ContainsFunc(params, inMemory):
		return "a list or string among its parameters"
	case slices.ContainsFunc(results, inMemory):
		return "a list or string in its result"
	case len(spec.FlatTypes(params)) > flatParams:
		return "more parameters than are passed flat"
	case len(spec.FlatTypes(results)) > flatResults:
		return "a larger result than is passed flat"
	}
	return ""
}

// instance is the instance of a name; nil: there is none.
func (w *World) instance(name string) *Instance {
	if i := slices.IndexFunc(w.Instances, func(i Instance) bool { return i.Name == name }); i >= 0 {
		return &w.Instances[i]
	}
	return nil
}

// resource is the resource type of a name; nil: there is none.
func (w *World) resource(name string) *Resource {
	if i := slices.IndexFunc(w.Resources, func(r Resource) bool { return r.Name == name }); i >= 0 {
		return &w.Resources[i]
	}
	return nil
}
