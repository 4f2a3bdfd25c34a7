package wast

import (
	"slices"
	"strings"

	"cabi/internal/nearest"
)

// A Script is a file of directives.
type Script struct {
	Directives []*Directive
}

// A Directive is one command or assertion of a script.
type Directive struct {
	Line int
	Kind Kind
	// Name is the name that a definition or an instance is given; empty: none.
	Name string
	// Of is the definition that an instance is made of, or the instance that Export is called on; empty: the last.
	Of string
	// As is the name under which an instance is registered: components that import it get that instance.
	As string
	// Core: it defines or instantiates a core module, which is no part of a component.
	Core bool
	// Export is the function that is called; empty: nothing is.
	Export string
	Args   []*node
	// Results are those that assert_return wants.
	Results []*node
	// Component is the component that is defined or refused; nil: none.
	Component *Source
	// Message is the text that a trap or a refusal must contain.
	Message string
}

// A Kind says what a directive does.
type Kind string

// The kinds of directives. A Definition or an Instance that is not expected to fail is a command as much as an Invoke.
const (
	Component       Kind = "component"            // define and instantiate
	Definition      Kind = "component definition" // define
	Instance        Kind = "component instance"   // instantiate a definition
	Register        Kind = "register"             // give an instance to the components that import a name
	Invoke          Kind = "invoke"
	AssertReturn    Kind = "assert_return"
	AssertTrap      Kind = "assert_trap"
	AssertMalformed Kind = "assert_malformed"
	AssertInvalid   Kind = "assert_invalid"
	AssertUnlink    Kind = "assert_unlinkable"
)

// word is the word that a script has for the directive.
func (d *Directive) word() Kind {
	if d.Core {
		return Kind(strings.Replace(string(d.Kind), "component", "module", 1))
	}
	return d.Kind
}

// makes reports whether the directive makes an instance, or tries to.
func (d *Directive) makes() bool {
	return d.Kind == Component || d.Kind == Instance || d.Kind == AssertTrap && d.Component != nil || d.Kind == AssertUnlink
}

// unsupportedKinds are directives of other scripts, which are about threads or other proposals. They are skipped.
var unsupportedKinds = []string{"thread", "wait", "get", "assert_exhaustion", "assert_exception", "assert_suspension", "assert_malformed_custom",
	"assert_invalid_custom"}

// A Source is a component in one of the forms of scripts.
type Source struct {
	Text   string // of the component, in parentheses; empty: it is given as a binary
	Binary []byte
	// Quoted: the text is given in strings, so that it need not even be s-expressions.
	Quoted bool
	Core   bool // it is a core module
	Line   int
}

// Parse reads a script. The error is a *ScriptError.
func Parse(text string) (*Script, error) {
	nodes, err := readNodes(text)
	if err != nil {
		return nil, err
	}
	s := &Script{}
	for _, n := range nodes {
		d, err := (&directiveReader{text: text}).directive(n)
		if err != nil {
			return nil, err
		}
		s.Directives = append(s.Directives, d)
	}
	return s, nil
}

// A directiveReader reads directives from s-expressions. It panics with a *ScriptError.
type directiveReader struct{ text string }

func (r *directiveReader) directive(n *node) (d *Directive, err error) {
	defer catch(&err)
	d = &Directive{Line: n.line, Kind: Kind(n.head())}
	switch d.Kind {
	case Component, "module":
		r.component(d, n)
	case Register:
		r.register(d, n)
	case Invoke:
		r.invoke(d, n)
	case AssertReturn:
		r.want(len(n.list) > 1 && n.list[1].head() == "invoke", n, "want (assert_return (invoke …) result*)")
		r.invoke(d, n.list[1])
		d.Results = n.list[2:]
	case AssertTrap:
		d.Message = r.message(n)
		if n.list[1].head() == "invoke" {
			r.invoke(d, n.list[1])
		} else {
			r.refused(d, n)
		}
	case AssertMalformed, AssertInvalid, AssertUnlink:
		d.Message = r.message(n)
		r.refused(d, n)
	default:
		r.want(slices.Contains(unsupportedKinds, n.head()), n, "%q is no directive%s", n.head(), nearest.Hint(n.head(), kinds()))
	}
	return d, nil
}

// kinds are the names of all directives.
func kinds() []string {
	all := slices.Clone(unsupportedKinds)
	for _, k := range []Kind{Component, "module", Register, Invoke, AssertReturn, AssertTrap, AssertMalformed, AssertInvalid, AssertUnlink} {
		all = append(all, string(k))
	}
	return all
}

func (r *directiveReader) want(ok bool, n *node, format string, args ...any) {
	if !ok {
		panic(errorAt(n.line, format, args...))
	}
}

// message is the text that an assertion of three parts ends with.
func (r *directiveReader) message(n *node) string {
	r.want(len(n.list) == 3 && n.list[2].kind == isString, n, "want (%s (…) \"message\")", n.head())
	return n.list[2].text
}

// refused reads the component that an assertion is about.
func (r *directiveReader) refused(d *Directive, n *node) {
	r.want(n.list[1].head() == "component" || n.list[1].head() == "module", n.list[1], "want a component")
	kind := d.Kind
	r.component(d, n.list[1])
	r.want(d.Component != nil, n.list[1], "want a component, not an instance")
	d.Kind = kind
}

// invoke reads (invoke $instance? "export" argument*).
func (r *directiveReader) invoke(d *Directive, n *node) {
	parts := n.list[1:]
	if len(parts) > 0 && isName(parts[0]) {
		d.Of, parts = parts[0].text, parts[1:]
	}
	r.want(len(parts) > 0 && parts[0].kind == isString, n, "want (invoke $instance? \"export\" argument*)")
	d.Export, d.Args = parts[0].text, parts[1:]
}

// register reads (register "name" $instance?).
func (r *directiveReader) register(d *Directive, n *node) {
	parts := n.list[1:]
	r.want(len(parts) > 0 && len(parts) <= 2 && parts[0].kind == isString && (len(parts) == 1 || isName(parts[1])), n, "want (register \"name\" $instance?)")
	d.As = parts[0].text
	if len(parts) == 2 {
		d.Of = parts[1].text
	}
}

// component reads a component or core module, a definition or an instance.
func (r *directiveReader) component(d *Directive, n *node) {
	d.Kind, d.Core = Component, n.head() == "module"
	parts := n.list[1:]
	if len(parts) > 0 && parts[0].kind == isWord && (parts[0].text == "definition" || parts[0].text == "instance") {
		d.Kind = Kind("component " + parts[0].text)
		parts = parts[1:]
	}
	if len(parts) > 0 && isName(parts[0]) {
		d.Name, parts = parts[0].text, parts[1:]
	}
	if d.Kind == Instance {
		r.want(len(parts) <= 1 && (len(parts) == 0 || isName(parts[0])), n, "want (%s instance $name? $definition?)", n.head())
		if len(parts) == 1 {
			d.Of = parts[0].text
		}
		return
	}
	d.Component = r.source(d, n, parts)
}

// source reads the parts of a component that follow its name.
func (r *directiveReader) source(d *Directive, n *node, parts []*node) *Source {
	s := &Source{Line: n.line, Core: d.Core}
	switch {
	case len(parts) > 0 && parts[0].kind == isWord && parts[0].text == "binary":
		s.Binary = []byte(r.strings(parts[1:], ""))
	case len(parts) > 0 && parts[0].kind == isWord && parts[0].text == "quote":
		s.Quoted = true
		s.Text = "(" + n.head() + " " + r.strings(parts[1:], " ") + ")"
	case len(parts) > 0:
		s.Line = parts[0].line
		s.Text = "(" + n.head() + " " + d.Name + " " + r.text[parts[0].begin:n.end-1] + ")"
	default:
		s.Text = "(" + n.head() + ")"
	}
	return s
}

func (r *directiveReader) strings(parts []*node, between string) string {
	var all []string
	for _, p := range parts {
		r.want(p.kind == isString, p, "want a string")
		all = append(all, p.text)
	}
	return strings.Join(all, between)
}

// isName reports whether a node is a word like $name.
func isName(n *node) bool { return n.kind == isWord && strings.HasPrefix(n.text, "$") }
