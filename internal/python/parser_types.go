package python

import "slices"

// A typeParameter is a name that stands for a type in a function or a class: T of def f[T](x: T).
type typeParameter struct {
	name string
	form *TypeForm
}

// typeParameters reads the type parameters after the name of a function, a class or a type, of which there may be none, and makes their
// names known until the function that is returned is called. Their bounds and defaults are not evaluated, as in CPython before
// somebody asks for them.
func (p *parser) typeParameters() (end func()) {
	known := len(p.types)
	end = func() { p.types = p.types[:known] }
	if !p.accept("[") {
		return end
	}
	for first := true; first || !p.is("]"); first = false {
		if !p.accept("**") {
			p.accept("*")
		}
		name := p.name()
		p.types = append(slices.Clip(p.types), typeParameter{name, p.form("~" + name)})
		if p.accept(":") {
			p.expr()
		}
		if p.accept("=") {
			p.expr()
		}
		if !p.accept(",") {
			break
		}
	}
	p.expect("]")
	return end
}

// typeParameter is what a name stands for if it is a type parameter here.
func (p *parser) typeParameter(name string) (*TypeForm, bool) {
	for i := len(p.types) - 1; i >= 0; i-- {
		if p.types[i].name == name {
			return p.types[i].form, true
		}
	}
	return nil, false
}

// form makes a type form, an object in the tree.
func (p *parser) form(name string) *TypeForm {
	p.objects = true
	return &TypeForm{name: name}
}

// typeStatement reads type X = …, after which X is a name for annotations. As in CPython, its value is not evaluated here.
func (p *parser) typeStatement() statement {
	at := p.here()
	p.next()
	target := &nameExpr{at, p.name()}
	end := p.typeParameters()
	p.expect("=")
	p.expr()
	end()
	return &assignStmt{node: at, targets: []expression{target}, value: &constExpr{at, p.form(target.name)}}
}
