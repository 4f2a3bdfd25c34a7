// Package program runs components as cabi run and cabi check do: it gives their imports, makes calls in order, and says how that ends.
package program

import (
	"fmt"
	"slices"
	"strings"

	"cabi/component"
	"cabi/internal/nearest"
	"cabi/spec"
)

// A Program is a component, what its imports are given, and the calls that are made, in order, in one store.
type Program struct {
	Component *component.Component
	Links     []Link
	Stubs     []Stub
	Calls     []Call
	Small     bool     // imports that nothing else gives return values of a small set, each a choice; false: they trap
	Host      Host     // what the host gives before stubs do; nil: nothing
	Args, Env []string // what WASI says the program's arguments and environment are; of the environment, NAME=VALUE
}

// A Host makes the imports of a run. What its supplier does not give, it returns nil for.
type Host func(*component.Run) component.Supplier

// A Link is a component whose instance is given for an import.
type Link struct {
	Import    string
	File      string // that it was read from, for people
	Component *component.Component
}

// A Stub is a function that stands for an import and returns one of some values; which, is a choice.
type Stub struct {
	Import  string
	Answers []string // as WAVE; none: the function has no result
}

// A Call is a call of an export, or a handle that the host drops.
type Call struct {
	Export string
	Args   string // as WAVE, with commas between them
	Drop   string // "#1": the handle that is dropped; empty: an export is called
	With   []Call // those that are begun behind it, before any of them is waited for
}

func (c Call) String() string {
	if c.Drop != "" {
		return "drop " + c.Drop
	}
	text := c.Export + "(" + c.Args + ")"
	for _, other := range c.With {
		text += " & " + other.String()
	}
	return text
}

// ParseCall reads EXPORT(ARGS), several of them with & between them, or drop #N.
func ParseCall(text string) (Call, error) {
	var first Call
	for i, part := range split(text, '&') {
		c, err := parseOne(part)
		switch {
		case err != nil:
			return Call{}, err
		case i == 0:
			first = c
			continue
		case c.Drop != "" || first.Drop != "":
			return Call{}, fmt.Errorf("%q drops a handle beside a call: what stands with & are calls of exports", text)
		}
		first.With = append(first.With, c)
	}
	return first, nil
}

func parseOne(text string) (Call, error) {
	text = strings.TrimSpace(text)
	if handle, ok := strings.CutPrefix(text, "drop "); ok {
		return Call{Drop: strings.TrimSpace(handle)}, nil
	}
	name, args, ok := strings.Cut(text, "(")
	if !ok || name == "" || !strings.HasSuffix(args, ")") {
		return Call{}, fmt.Errorf("%q is no call: write EXPORT(ARGUMENTS), as 'add(1, 2)', or 'drop #1'", text)
	}
	return Call{Export: strings.TrimSpace(name), Args: strings.TrimSuffix(args, ")")}, nil
}

// ParseStub reads NAME=VALUE|VALUE…, or the NAME of a function without a result.
func ParseStub(text string) (Stub, error) {
	name, answers, ok := strings.Cut(text, "=")
	if name == "" || ok && answers == "" {
		return Stub{}, fmt.Errorf("%q is no stub: write IMPORT=VALUE, IMPORT=VALUE|VALUE for one of several, or IMPORT for a function without a result", text)
	}
	s := Stub{Import: name}
	if ok {
		s.Answers = split(answers, '|')
	}
	return s, nil
}

// split splits at each separator that stands in no string or character.
func split(text string, separator byte) []string {
	var parts []string
	quote, from := byte(0), 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == separator:
			parts, from = append(parts, text[from:i]), i+1
		}
	}
	return append(parts, text[from:])
}

// An Export is a function that a component exports, perhaps in an instance that it exports.
type Export struct {
	Name string // of one in an instance, the instance's name, "#" and its own
	Func *component.Func
}

// exportsOf are the functions that an instance exports, those of instances in it included.
func exportsOf(inst *component.Instance, prefix string) []Export {
	var all []Export
	for _, name := range inst.Names() {
		switch item := inst.Export(name).(type) {
		case *component.Func:
			all = append(all, Export{prefix + name, item})
		case *component.Instance:
			all = append(all, exportsOf(item, prefix+name+"#")...)
		}
	}
	return all
}

// find is the export of a name, which may leave out versions where that names one.
func find(exports []Export, name string) (*component.Func, error) {
	var found []Export
	for _, e := range exports {
		if e.Name == name {
			return e.Func, nil
		}
		if unversioned(e.Name) == name {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 1:
		return found[0].Func, nil
	case 0:
		return nil, &InputError{fmt.Sprintf("no function is exported as %q%s", name, hint(name, exports))}
	}
	return nil, &InputError{fmt.Sprintf("%q names several exports, of several versions: %q and %q", name, found[0].Name, found[1].Name)}
}

func hint(name string, exports []Export) string {
	var names []string
	for _, e := range exports {
		names = append(names, e.Name)
	}
	if near := nearest.Hint(name, names); near != "" {
		return near
	}
	if len(names) == 0 {
		return "; the component exports none"
	}
	return "; there are " + strings.Join(names, ", ")
}

// unversioned is a name without the versions of interfaces in it.
func unversioned(name string) string {
	parts := strings.Split(name, "#")
	for i, p := range parts {
		parts[i], _, _ = strings.Cut(p, "@")
	}
	return strings.Join(parts, "#")
}

// An InputError is a fault of what a program is given: a name that nothing has, or a value that is none.
type InputError struct{ Message string }

func (e *InputError) Error() string { return e.Message }

// CommandExport is the export of programs that are commands.
const CommandExport = "wasi:cli/run#run"

// IsCommand reports whether exports have that of a command.
func IsCommand(exports []Export) bool {
	return slices.ContainsFunc(exports, func(e Export) bool { return unversioned(e.Name) == CommandExport })
}

// arguments reads the arguments of a call.
func arguments(f *component.Func, text string) ([]spec.Value, error) {
	if len(f.Type.Params) == 0 {
		if strings.TrimSpace(text) != "" {
			return nil, fmt.Errorf("the function takes no arguments: it is %s", f)
		}
		return nil, nil
	}
	v, err := component.ParseValue(written(&spec.TupleType{Ts: f.Type.Params}), "("+text+")")
	if err != nil {
		return nil, fmt.Errorf("%w; the function is %s", err, f)
	}
	var args []spec.Value
	for _, e := range v.(spec.Dict) {
		args = append(args, e.Value)
	}
	return args, nil
}
