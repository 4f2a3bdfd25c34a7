package model

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cabi/spec"
)

// This file is about built-ins that a world declares: those that a definitions.py has and the port has not.

// A Builtin is a built-in that a world declares, as a call of a function of definitions.py.
type Builtin struct {
	Name string `json:"name"` // "thread.set-task"
	// Params are the kinds of the function's parameters, in order: immediates, numbers, and what the instance gives.
	Params   []string `json:"params,omitempty"`
	Results  []string `json:"results,omitempty"` // core types
	Function string   `json:"function"`          // "canon_thread_set_task"
}

// A builtinParam is a kind of parameter of a function of definitions.py.
type builtinParam struct {
	imm     immediate  // the word of an action that says it; empty: none does
	given   bool       // the instance gives it
	pointer bool       // a number as wide as the instance's pointers
	wide    bool       // a number of type i64
	class   spec.Class // the class of elements whose index the number is
	memory  bool       // an instance without a memory cannot give it
}

// builtinParams are the kinds of parameters.
var builtinParams = map[string]builtinParam{
	"type": {imm: immType}, "stream-type": {imm: immType}, "future-type": {imm: immType}, "types": {imm: immTypes}, "resource-type": {imm: immResource},
	"async": {imm: immAsync}, "options": {imm: immAsync}, "cancellable": {imm: immCancellable}, "core-type": {imm: immCore}, "core-func-type": {imm: immCore},
	"memory": {given: true, memory: true}, "lift-options": {given: true}, "functions": {given: true},
	"i32": {}, "i64": {wide: true}, "pointer": {pointer: true, memory: true}, "length": {pointer: true},
	"resource": {class: spec.ClassResourceHandle}, "waitable-set": {class: spec.ClassWaitableSet}, "waitable": {class: spec.ClassWaitable},
	"subtask": {class: spec.ClassSubtask}, "readable-stream": {class: spec.ClassReadableStreamEnd}, "writable-stream": {class: spec.ClassWritableStreamEnd},
	"readable-future": {class: spec.ClassReadableFutureEnd}, "writable-future": {class: spec.ClassWritableFutureEnd},
	"error-context": {class: spec.ClassErrorContext}, "thread": {class: spec.ClassThread},
}

// isNumber reports whether an action has a number for the parameter.
func (p builtinParam) isNumber() bool { return p.imm == "" && !p.given }

// coreTypeWords are the core types that the results of a built-in may have.
var coreTypeWords = []string{"i32", "i64", "f32", "f64"}

// builtin is the built-in of a name that the world declares; nil: it declares none.
func (w *World) builtin(name string) *Builtin {
	for i := range w.Builtins {
		if w.Builtins[i].Name == name {
			return &w.Builtins[i]
		}
	}
	return nil
}

// op is the kind of action of a name, in the world; false: there is none.
func (w *World) op(name string) (op, bool) {
	if o, known := ops[name]; known || w == nil {
		return o, known
	}
	b := w.builtin(name)
	if b == nil {
		return op{}, false
	}
	o := op{args: len(b.numbers())}
	for _, p := range b.Params {
		if kind := builtinParams[p]; kind.imm != "" {
			o.imm = append(o.imm, kind.imm)
		}
	}
	return o, true
}

// opNames are the names of all kinds of actions in the world.
func (w *World) opNames() []string {
	names := Ops()
	if w != nil {
		for _, b := range w.Builtins {
			names = append(names, b.Name)
		}
	}
	slices.Sort(names)
	return names
}

// numbers are the parameters for which an action has numbers.
func (b *Builtin) numbers() (numbers []builtinParam) {
	for _, p := range b.Params {
		if kind := builtinParams[p]; kind.isNumber() {
			numbers = append(numbers, kind)
		}
	}
	return numbers
}

// needsMemory reports whether an instance without a memory cannot have the built-in.
func (b *Builtin) needsMemory() bool {
	return slices.ContainsFunc(b.Params, func(p string) bool { return builtinParams[p].memory })
}

// OnPort returns an error if the port cannot run a world: it declares built-ins, of which the port has none.
func (w *World) OnPort() error {
	if len(w.Builtins) == 0 {
		return nil
	}
	return fmt.Errorf("the port has no %s: world %s declares it for a definitions.py, which --spec names", w.Builtins[0].Name, w.Name)
}

var (
	builtinName  = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*$`)
	functionName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// validateBuiltin wants a name that is no other action's, parameters and results that there are, and the name of a function.
func (w *World) validateBuiltin(b Builtin, before []Builtin) error {
	_, taken := ops[b.Name]
	switch {
	case !builtinName.MatchString(b.Name):
		return fmt.Errorf("world %s: %q is no name for a built-in: it is one such as thread.set-task", w.Name, shorten(b.Name))
	case taken:
		return fmt.Errorf("world %s: %s is an action already: choose another name for the built-in", w.Name, b.Name)
	case slices.ContainsFunc(before, func(o Builtin) bool { return o.Name == b.Name }):
		return fmt.Errorf("world %s: two built-ins are called %s", w.Name, b.Name)
	case !functionName.MatchString(b.Function):
		return fmt.Errorf("world %s: %q is no name of a function of definitions.py", w.Name, shorten(b.Function))
	}
	immediates := 0
	for _, p := range b.Params {
		kind, known := builtinParams[p]
		if !known {
			return fmt.Errorf("world %s: %s takes a %q, which there is not%s", w.Name, b.Name, shorten(p), namesNear(p, sortedKeys(builtinParams)))
		}
		if kind.imm != "" {
			immediates++
		}
	}
	if immediates > mostImmediates {
		return fmt.Errorf("world %s: %s has %d immediates: at most %d are possible", w.Name, b.Name, immediates, mostImmediates)
	}
	for _, t := range b.Results {
		if !slices.Contains(coreTypeWords, t) {
			return fmt.Errorf("world %s: %s returns a %q, which is no core type: %s", w.Name, b.Name, shorten(t), strings.Join(coreTypeWords, ", "))
		}
	}
	return nil
}

// builtin reads "NAME(KIND, KIND) -> TYPE = FUNCTION".
func (r *worldReader) builtin(c *worldCursor) error {
	c.space()
	r.note(c, c.next, part{kind: "builtin", n: len(r.world.Builtins)})
	name, err := c.name("the name of the built-in", "(")
	if err != nil {
		return err
	}
	b := Builtin{Name: name}
	if !c.take("(") {
		return c.errorf(c.next, "expected \"(\" and the kinds of the parameters")
	}
	if b.Params, err = c.wordList(); err != nil {
		return err
	}
	if c.take("->") {
		if c.take("(") {
			b.Results, err = c.wordList()
		} else {
			var result string
			result, err = c.name("the type of the result", "=")
			b.Results = []string{result}
		}
		if err != nil {
			return err
		}
	}
	if !c.take("=") {
		return c.errorf(c.next, "expected \"=\" and the function of definitions.py")
	}
	if b.Function, err = c.name("the function of definitions.py", ""); err != nil {
		return err
	}
	r.world.Builtins = append(r.world.Builtins, b)
	return c.end()
}

// wordList reads "word, word)".
func (c *worldCursor) wordList() (words []string, err error) {
	for !c.take(")") {
		if len(words) > 0 && !c.take(",") {
			return nil, c.errorf(c.next, "expected \",\" or \")\" before %q", shorten(c.rest()))
		}
		word, err := c.name("a word", ",)")
		if err != nil {
			return nil, err
		}
		words = append(words, word)
	}
	return words, nil
}

// String is the built-in as a line of a world has it.
func (b Builtin) String() string {
	text := b.Name + "(" + strings.Join(b.Params, ", ") + ") -> "
	if len(b.Results) == 1 {
		return text + b.Results[0] + " = " + b.Function
	}
	return text + "(" + strings.Join(b.Results, ", ") + ") = " + b.Function
}
