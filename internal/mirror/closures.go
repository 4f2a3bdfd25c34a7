package mirror

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cabi/internal/python"
	"cabi/spec"
)

// follow follows a path from a closure: captured variables, the object that a method is bound to, attributes, arguments of a partial.
func (m *Mirror) follow(from python.Value, path []string) (python.Value, bool) {
	v := from
	for _, name := range path {
		next, ok := m.step(v, name)
		if !ok {
			return nil, false
		}
		v = next
	}
	return v, true
}

func (m *Mirror) step(v python.Value, name string) (python.Value, bool) {
	switch v := v.(type) {
	case *python.Function:
		v.EachCell(m.readsFrom)
		return v.Variable(name)
	case *python.Method:
		if name == "self" {
			return v.Self(), true
		}
		return m.step(v.Func(), name)
	case *python.Partial:
		if i, err := strconv.Atoi(name); err == nil {
			if args := v.Args(); i < len(args)-len(v.Names()) {
				return args[i], true
			}
			return nil, true
		}
		if i := slices.Index(v.Names(), name); i >= 0 {
			return v.Args()[len(v.Args())-len(v.Names())+i], true
		}
		return m.step(v.Func(), name)
	case *python.Instance:
		m.readsFrom(python.Changes(v))
		return v.Get(name)
	}
	return nil, false
}

// closurePlan is the plan of the closures of a function.
func (p *Plans) closurePlan(f *python.Function) *plan {
	c := f.Code()
	if pl, ok := p.closures[c]; ok {
		return pl
	}
	pl := &plan{name: c.QualifiedName(), line: fmt.Sprintf("%s:%d", c.File(), c.Line()), own: c.File() == p.OwnFile}
	p.closures[c] = pl
	if pl.mirror, pl.known = spec.MirrorClosures[c.QualifiedName()]; !pl.known || isAlways(f) {
		pl.mirror, pl.known = p.proposed(f)
	}
	if pl.own { // whatever its name
		pl.mirror, pl.known = spec.MirrorType{}, false
	}
	p.shape(pl)
	if pl.goType == nil {
		return pl
	}
	p.closureFields(pl, f.Variables())
	return pl
}

// proposed is what the port has for a closure that the pin lacks, if its text is one that is known.
func (p *Plans) proposed(f *python.Function) (spec.MirrorType, bool) {
	if isAlways(f) {
		return spec.MirrorAlways, true
	}
	name := f.Code().QualifiedName()
	t, known := spec.MirrorProposed[name]
	if known && p.Hashes[strings.ReplaceAll(name, "<locals>.", "")] == t.Hash {
		return t, true
	}
	return spec.MirrorType{}, false
}

// isAlways reports whether a function returns True and does nothing else.
func isAlways(f *python.Function) bool {
	v, constant := f.Constant()
	return constant && v == true && len(f.Variables()) == 0
}

// closureFields adds the fields of a struct that closures fill, and of the struct that it embeds by a pointer.
func (p *Plans) closureFields(pl *plan, variables []string) {
	for _, f := range fieldsOf(pl.goType) {
		if embedded := f.typ; f.embedded {
			for _, inner := range fieldsOf(embedded.Elem()) {
				p.closureField(pl, variables, inner, f.offset, int(inner.offset))
			}
			continue
		}
		p.closureField(pl, variables, f, f.offset, -1)
	}
	slices.SortFunc(pl.fields, func(a, b fieldPlan) int {
		return cmp.Or(cmp.Compare(a.offset, b.offset), cmp.Compare(a.inner, b.inner))
	})
}

func (p *Plans) closureField(pl *plan, variables []string, f field, offset uintptr, inner int) {
	source, redirected := pl.mirror.Fields[f.name]
	if redirected && source == "" {
		return
	}
	if !redirected {
		source = snake(f.name)
	}
	pl.fields = append(pl.fields, fieldPlan{offset: offset, inner: inner, path: pathFrom(variables, source), set: p.setter(f.typ), name: f.name})
}

// pathFrom is the path to a field's value: of several, the first that begins with one of the variables.
func pathFrom(variables []string, source string) []string {
	paths := strings.Split(source, "|")
	for _, path := range paths {
		if steps := strings.Split(path, "."); slices.Contains(variables, steps[0]) {
			return steps
		}
	}
	return strings.Split(paths[0], ".")
}

// snake is a name of Go as Python has it.
func snake(name string) string {
	var b strings.Builder
	for _, r := range name {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

// closurePair is the pair of a closure or partial; nil: the port has none.
func (m *Mirror) closurePair(v python.Value) *pair {
	f := python.FunctionOf(v)
	if f == nil {
		return nil
	}
	pl := m.closurePlan(f)
	if pl.goType == nil {
		return nil
	}
	holder, _ := v.(interface {
		Tag() any
		SetTag(any)
	})
	if holder != nil && !pl.byValue {
		if p, ok := holder.Tag().(*pair); ok {
			m.visit(p)
			return p
		}
	}
	if m.Strict && m.lacksAny(v, pl) {
		return nil
	}
	p := newPair(pl, v)
	if pl.byValue {
		m.fill(p)
		p.seal()
		return p
	}
	if holder != nil {
		holder.SetTag(p)
	}
	m.visit(p)
	return p
}

// closure is what the port has for a closure; nil: nothing.
func (m *Mirror) closure(v python.Value) any {
	f := python.FunctionOf(v)
	if f == nil {
		return nil
	}
	if pl := m.closurePlan(f); pl.mirror.Self != "" && !pl.own {
		self, ok := m.step(v, pl.mirror.Self)
		if !ok {
			m.lose(pl, pl.mirror.Self)
		}
		return m.Value(self)
	}
	if p := m.closurePair(v); p != nil {
		return p.value
	}
	return nil
}

// ofHost reports whether a callable is the host's, or one that the port has no type for because nothing depends on it.
func (m *Mirror) ofHost(v python.Value) bool {
	f := python.FunctionOf(v)
	if f == nil {
		_, isNative := v.(*python.Native)
		return isNative
	}
	pl := m.closurePlan(f)
	if self, ok := m.step(v, pl.mirror.Self); ok && python.FunctionOf(self) != nil {
		return m.ofHost(self)
	}
	return pl.own || pl.known && !pl.lost
}

// truth is what a field that the port has as a bool says if it holds a function: what that returns, if it can return nothing else.
func (m *Mirror) truth(f *python.Function) (is, known bool) {
	if m.closurePlan(f).mirror.Holds {
		return true, true
	}
	f.EachCell(m.readsFrom)
	v, ok := f.Constant()
	is, isBool := v.(bool)
	return is, ok && isBool
}

// lacksAny reports whether a closure is without something that the port's struct is filled from: it is then as good as unknown.
func (m *Mirror) lacksAny(v python.Value, pl *plan) bool {
	for i := range pl.fields {
		if path := pl.fields[i].path; m.lacks(v, path) {
			m.lose(pl, strings.Join(path, "."))
			return true
		}
	}
	return false
}

// lacks reports whether a path from a closure ends too early. A variable that has no value yet is no end.
func (m *Mirror) lacks(v python.Value, path []string) bool {
	for _, name := range path {
		next, ok := m.step(v, name)
		if f := python.FunctionOf(v); !ok && f != nil && slices.Contains(f.Variables(), name) {
			return false
		}
		if !ok {
			return true
		}
		v = next
	}
	return false
}

// lose notes that a closure has not what the port knows of it.
func (m *Mirror) lose(pl *plan, path string) {
	pl.lost = true
	what := fmt.Sprintf("%s (%s) has no variable %s", strings.ReplaceAll(pl.name, "<locals>.", ""), pl.line, path)
	if !slices.Contains(m.Lost, what) {
		m.Lost = append(m.Lost, what)
	}
}
