package frames

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// has reports whether there is a call in a node that may suspend.
func (t *translation) has(n ast.Node) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if t.inClosure(n) {
				t.refuse(n, "a closure that can suspend")
			}
			return false
		case *ast.CallExpr:
			found = found || t.suspends(n)
		}
		return true
	})
	return found
}

// inClosure reports whether there is a call in a closure that may suspend.
func (t *translation) inClosure(closure *ast.FuncLit) bool {
	found := false
	ast.Inspect(closure.Body, func(n ast.Node) bool {
		c, is := n.(*ast.CallExpr)
		found = found || is && t.suspends(c)
		return true
	})
	return found
}

// A rendering is the text of a part of a function, with the fields of the frame in the places of variables, and with the returns, breaks
// and continues that leave the part as the frame has them.
type rendering struct {
	*translation
	edits    []edit
	parents  []ast.Node
	closures int // around the node
	loops    int
	switches int // and selects
	labels   map[string]bool
	deferred bool // recover is the machine's
	plain    bool // returns are left as they are
}

// render is the text of a node.
func (t *translation) render(n ast.Node) string { return (&rendering{translation: t}).text(n) }

// renderDeferred is the text of a closure or body that is run when its frame is left: recover asks the machine.
func (t *translation) renderDeferred(n ast.Node) string {
	_, isBody := n.(*ast.BlockStmt)
	return (&rendering{translation: t, deferred: true, plain: isBody}).text(n)
}

func (r *rendering) text(n ast.Node) string {
	r.labels = map[string]bool{}
	if e, is := n.(ast.Expr); is && r.replaced[e] != "" {
		return r.replaced[e]
	}
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil {
			r.count(r.parents[len(r.parents)-1], -1)
			r.parents = r.parents[:len(r.parents)-1]
			return true
		}
		if !r.visit(n) {
			return false
		}
		r.count(n, 1)
		r.parents = append(r.parents, n)
		return true
	})
	from, to := r.offset(n.Pos()), r.offset(n.End())
	return string(applied(r.generator.text[r.file][from:to], from, r.edits))
}

// count counts what is around a node.
func (r *rendering) count(n ast.Node, by int) {
	switch n.(type) {
	case *ast.FuncLit:
		r.closures += by
	case *ast.ForStmt, *ast.RangeStmt:
		r.loops += by
	case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		r.switches += by
	}
}

func (r *rendering) replace(n ast.Node, text string) {
	r.edits = append(r.edits, edit{r.offset(n.Pos()), r.offset(n.End()), text})
}

// visit edits a node, and reports whether its parts are to be visited.
func (r *rendering) visit(n ast.Node) bool {
	if e, is := n.(ast.Expr); is && r.replaced[e] != "" {
		r.replace(e, r.replaced[e])
		return false
	}
	switch n := n.(type) {
	case *ast.Ident:
		r.identifier(n)
	case *ast.SelectorExpr:
		r.selector(n)
	case *ast.UnaryExpr:
		if v := r.root(n.X); n.Op == token.AND && v != nil && !r.isLent(n) {
			r.refuse(n, "the address of %s, a variable of a function that can suspend", v.Name())
		}
	case *ast.SliceExpr:
		if _, isArray := r.info.TypeOf(n.X).Underlying().(*types.Array); isArray && r.root(n.X) != nil {
			r.refuse(n, "a slice of an array, which is a variable of a function that can suspend")
		}
	case *ast.FuncLit:
		r.closure(n)
	case *ast.CallExpr:
		return r.callee(n)
	case *ast.LabeledStmt:
		r.labels[n.Label.Name] = true
	case *ast.ReturnStmt:
		if r.closures == 0 && !r.plain {
			r.replace(n, r.leave(n, r.values(n.Results, r.signature.Results().Len())))
			return false
		}
	case *ast.BranchStmt:
		return r.jumpOut(n)
	case *ast.DeferStmt, *ast.GoStmt, *ast.SelectStmt:
		r.refuse(n, "a %T in a part that is not translated", n)
	}
	return true
}

func (r *rendering) identifier(id *ast.Ident) {
	object := r.info.Uses[id]
	if object == nil {
		object = r.info.Defs[id]
	}
	if name := r.variables[object]; object != nil && name != "" {
		r.replace(id, "f_."+name)
	}
}

func (r *rendering) selector(s *ast.SelectorExpr) {
	if id, is := s.X.(*ast.Ident); is {
		if of, is := r.info.Uses[id].(*types.PkgName); is {
			r.imports[of.Imported().Path()] = true
		}
	}
	selection := r.info.Selections[s]
	if selection == nil || selection.Kind() != types.MethodVal || selection.Indirect() {
		return
	}
	_, wantsPointer := selection.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	_, isPointer := r.info.TypeOf(s.X).Underlying().(*types.Pointer)
	method := selection.Obj().(*types.Func)
	if v := r.root(s.X); wantsPointer && !isPointer && v != nil && !r.onlyUses(method, method.Signature().Recv()) {
		r.refuse(s, "a method that takes the address of %s, a variable of a function that can suspend", v.Name())
	}
}

// root is the variable of the frame that an expression is a part of; nil: it is elsewhere.
func (t *translation) root(e ast.Expr) types.Object {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v := t.info.Uses[e]; v != nil && t.variables[v] != "" {
			return v
		}
	case *ast.SelectorExpr:
		if _, isPointer := t.info.TypeOf(e.X).Underlying().(*types.Pointer); !isPointer {
			return t.root(e.X)
		}
	case *ast.IndexExpr:
		if _, isArray := t.info.TypeOf(e.X).Underlying().(*types.Array); isArray {
			return t.root(e.X)
		}
	}
	return nil
}

// isLent reports whether an address is the argument of a call that is done in one step, of a function that does not keep it.
func (r *rendering) isLent(address *ast.UnaryExpr) bool {
	if len(r.parents) == 0 {
		return false
	}
	c, is := r.parents[len(r.parents)-1].(*ast.CallExpr)
	if !is || r.suspends(c) {
		return false
	}
	i, f := slices.Index(c.Args, ast.Expr(address)), r.targetOf(c).function
	return i >= 0 && f != nil && !f.Signature().Variadic() && r.onlyUses(f, f.Signature().Params().At(i))
}

// onlyUses reports whether a function of the package does no more with what a parameter points to than to use it: the pointer is nowhere
// afterwards.
func (g *generator) onlyUses(f *types.Func, parameter *types.Var) bool {
	of := g.functions[f.Origin()]
	if of == nil {
		return false
	}
	only := true
	var parents []ast.Node
	ast.Inspect(of.declared.Body, func(n ast.Node) bool {
		if n == nil {
			parents = parents[:len(parents)-1]
			return true
		}
		if id, is := n.(*ast.Ident); is && g.info.Uses[id] == parameter.Origin() {
			switch parent := parents[len(parents)-1].(type) {
			case *ast.StarExpr:
			case *ast.SelectorExpr:
				selection := g.info.Selections[parent]
				method, isMethod := selection.Obj().(*types.Func)
				only = only && (!isMethod || method != f && g.onlyUses(method, method.Signature().Recv()))
			default:
				only = false
			}
			only = only && !slices.ContainsFunc(parents, func(n ast.Node) bool {
				_, isClosure := n.(*ast.FuncLit)
				address, isUnary := n.(*ast.UnaryExpr)
				return isClosure || isUnary && address.Op == token.AND
			})
		}
		parents = append(parents, n)
		return true
	})
	return only
}

// closure checks that a closure is called, or an argument of a call, so that it is done with when the call is. A frame may be copied between its steps:
// one that is kept would go on with the variables of the frame before.
func (r *rendering) closure(n *ast.FuncLit) {
	if r.inClosure(n) {
		r.refuse(n, "a closure that can suspend")
	}
	captures := false
	ast.Inspect(n.Body, func(n ast.Node) bool {
		id, is := n.(*ast.Ident)
		captures = captures || is && r.info.Uses[id] != nil && r.variables[r.info.Uses[id]] != ""
		return true
	})
	if !captures || r.deferred || r.closures > 0 {
		return
	}
	if len(r.parents) > 0 {
		if c, is := r.parents[len(r.parents)-1].(*ast.CallExpr); is && (c.Fun == ast.Expr(n) || slices.Contains(c.Args, ast.Expr(n))) {
			return
		}
	}
	r.refuse(n, "a closure that may be kept, in a function that can suspend")
}

// callee refuses calls of functions that only the host calls, and has recover ask the machine. It reports whether the parts of the call
// are to be visited.
func (r *rendering) callee(c *ast.CallExpr) bool {
	if id, is := c.Fun.(*ast.Ident); is && id.Name == "recover" {
		if !r.deferred {
			r.refuse(c, "a recover that is not deferred")
		}
		r.replace(c, "m_.recovered()")
		return false
	}
	if f := r.targetOf(c).function; f != nil && f.Pkg() == r.pkg && slices.Contains(r.Plain, nameOf(f)) {
		r.refuse(c, "%s is only the host's, and is called by a function that can suspend", nameOf(f))
	}
	return true
}

// jumpOut edits a break or continue that leaves the part.
func (r *rendering) jumpOut(s *ast.BranchStmt) bool {
	switch {
	case r.closures > 0 || s.Label != nil && r.labels[s.Label.Name]:
	case s.Label == nil && s.Tok == token.BREAK && r.loops+r.switches > 0:
	case s.Label == nil && s.Tok == token.CONTINUE && r.loops > 0:
	case s.Label == nil && s.Tok == token.FALLTHROUGH && r.switches > 0:
	default:
		r.replace(s, r.branch(s))
	}
	return false
}

// taken is the text of an expression, once the calls in it that may suspend have been made.
func (t *translation) taken(e ast.Expr) string {
	t.take(e)
	return t.render(e)
}

// take makes the calls in an expression that may suspend, in their order, and keeps what they return.
func (t *translation) take(e ast.Expr) {
	if !t.has(e) {
		return
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		t.take(e.X)
	case *ast.SelectorExpr:
		t.take(e.X)
	case *ast.StarExpr:
		t.take(e.X)
	case *ast.TypeAssertExpr:
		t.take(e.X)
	case *ast.UnaryExpr:
		t.take(e.X)
	case *ast.IndexExpr:
		t.takeAll([]ast.Expr{e.X, e.Index})
	case *ast.CompositeLit:
		var values []ast.Expr
		for _, element := range e.Elts {
			if pair, is := element.(*ast.KeyValueExpr); is {
				element = pair.Value
			}
			values = append(values, element)
		}
		t.takeAll(values)
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			t.takeCondition(e)
			return
		}
		t.takeAll([]ast.Expr{e.X, e.Y})
	case *ast.CallExpr:
		t.takeCall(e)
	default:
		t.refuse(e, "a call that can suspend in a %T", e)
	}
}

func (t *translation) takeCall(c *ast.CallExpr) {
	if !t.suspends(c) {
		operands := c.Args
		if s, is := c.Fun.(*ast.SelectorExpr); is {
			operands = append([]ast.Expr{s.X}, c.Args...)
		}
		t.takeAll(operands)
		return
	}
	results := t.call(c)
	if len(results) != 1 {
		t.refuse(c, "a call that can suspend and has %d results, in an expression", len(results))
		return
	}
	t.keep(c, results[0])
}

// takeCondition keeps what && or || gives.
func (t *translation) takeCondition(e *ast.BinaryExpr) {
	field := "f_." + t.field("t", types.Typ[types.Bool])
	yes, no, end := t.block(), t.block(), t.block()
	t.condition(e, yes, no)
	t.use(yes)
	t.write("%s = true", field)
	t.jump(end)
	t.use(no)
	t.write("%s = false", field)
	t.jump(end)
	t.use(end)
	t.replaced[e] = field
}

// keep keeps the value of an expression in a field.
func (t *translation) keep(e ast.Expr, value string) {
	field := "f_." + t.field("t", t.info.TypeOf(e))
	t.write("%s = %s", field, value)
	t.replaced[e] = field
}

// takeAll does what take does for a list. What stands before a call that may suspend, and might be something else after it, is kept.
func (t *translation) takeAll(list []ast.Expr) {
	last := -1
	for i, e := range list {
		if t.has(e) {
			last = i
		}
	}
	for i, e := range list {
		t.take(e)
		if i < last && t.replaced[e] == "" && !t.isStable(e) {
			t.keep(e, t.render(e))
		}
	}
}

// isStable reports whether an expression is the same after a call: a constant, a type, a function or a variable of the frame.
func (t *translation) isStable(e ast.Expr) bool {
	if v, known := t.info.Types[e]; !known || v.Value != nil || v.IsType() || v.IsNil() || v.IsBuiltin() {
		return true
	}
	id, is := ast.Unparen(e).(*ast.Ident)
	if !is {
		return false
	}
	_, isFunction := t.info.Uses[id].(*types.Func)
	return isFunction || t.variables[t.info.Uses[id]] != ""
}

// call has the machine make a call, and goes on after it in another block. It returns where the results are until the next call.
func (t *translation) call(c *ast.CallExpr) []string {
	signature := t.info.TypeOf(c.Fun).Underlying().(*types.Signature)
	if signature.Variadic() || len(c.Args) != signature.Params().Len() {
		t.refuse(c, "a call that can suspend, with any number of arguments or with those that another returns")
		return nil
	}
	to := t.targetOf(c)
	operands := c.Args
	selector, _ := ast.Unparen(c.Fun).(*ast.SelectorExpr)
	switch {
	case to.value != "":
		operands = append([]ast.Expr{c.Fun}, operands...)
	case selector != nil && t.info.Selections[selector] != nil:
		operands = append([]ast.Expr{selector.X}, operands...)
	default:
		selector = nil
	}
	t.takeAll(operands)
	var values []string
	for _, e := range operands {
		values = append(values, t.render(e))
	}
	next := t.block()
	t.write("f_.pc = %d", next)
	switch {
	case to.value != "":
		if t.Below == nil {
			t.callsValue(to.value, signature)
		}
		t.write("m_.Call%s(%s)", to.value, strings.Join(values, ", "))
	case to.method != nil:
		name := strings.ReplaceAll(nameOf(to.method), ".", "_")
		if !t.isBelow(to.method) {
			t.callsMethod(name, to.method)
		}
		t.write("m_.Call%s(%s)", name, strings.Join(values, ", "))
	case t.isBelow(to.function):
		t.write("m_.Call%s(%s)", strings.ReplaceAll(nameOf(to.function), ".", "_"), strings.Join(values, ", "))
	case slices.Contains(t.Menus, nameOf(to.function)):
		t.write("%s", t.render(c))
	default:
		callee := t.functions[to.function]
		if selector != nil {
			index := t.info.Selections[selector].Index()
			values[0] = receiver(values[0], t.info.TypeOf(selector.X), index[:len(index)-1], callee.object)
		}
		if t.isPrimitive(to.function) {
			t.write("m_.%s(%s)", to.function.Name(), strings.Join(values, ", "))
		} else {
			t.write("%s", t.push(callee, t.parameters(callee.object.Signature(), values)))
		}
	}
	t.write("return")
	t.use(next)
	return t.results(signature)
}

// receiver is the receiver of a method, given a value of a type and the fields that lead from it to the receiver.
func receiver(value string, of types.Type, index []int, method *types.Func) string {
	for _, i := range index {
		if p, is := of.Underlying().(*types.Pointer); is {
			of = p.Elem()
		}
		field := of.Underlying().(*types.Struct).Field(i)
		value, of = value+"."+field.Name(), field.Type()
	}
	_, has := of.Underlying().(*types.Pointer)
	switch _, wants := method.Signature().Recv().Type().(*types.Pointer); {
	case wants && !has:
		return "&" + value
	case has && !wants:
		return "*" + value
	}
	return value
}

// arguments are the parameters of a method of the machine that makes a call, and their names.
func (g *generator) arguments(of *types.Signature) (parameters string, names []string) {
	for v := range of.Params().Variables() {
		names = append(names, fmt.Sprintf("a%d", len(names)))
		parameters += fmt.Sprintf(", %s %s", names[len(names)-1], g.typ(v.Type()))
	}
	return parameters, names
}

// handingOver is a plain call whose results are handed over.
func (g *generator) handingOver(of *types.Signature, call string) string {
	if results := g.results(of); len(results) > 0 {
		return strings.Join(results, ", ") + " = " + call
	}
	return call
}

// callsValue makes the machine's method that calls values of a type. They are plain Go, which may call into the package: they get a
// coroutine of their own.
func (g *generator) callsValue(name string, of *types.Signature) {
	parameters, names := g.arguments(of)
	g.calls[name] = fmt.Sprintf("func (m_ *Machine) Call%s(fn_ %s%s) {\nm_.call(func() { %s })\n}\n\n", name, name, parameters,
		g.handingOver(of, "fn_("+strings.Join(names, ", ")+")"))
}

// callsMethod makes the machine's method that calls a method of an interface.
func (g *generator) callsMethod(name string, m *types.Func) {
	if g.calls[name] != "" {
		return
	}
	of := m.Signature()
	interfaceType := of.Recv().Type()
	parameters, names := g.arguments(of)
	call := g.handingOver(of, fmt.Sprintf("x_.%s(%s)", m.Name(), strings.Join(names, ", ")))
	var b strings.Builder
	fmt.Fprintf(&b, "func (m_ *Machine) Call%s(x_ %s%s) {\nswitch x_ := x_.(type) {\n", name, g.typ(interfaceType), parameters)
	for _, t := range g.implementing(interfaceType.Underlying().(*types.Interface)) {
		fmt.Fprintf(&b, "case %s:\n", g.typ(t))
		f, index := g.methodOf(t, m)
		if f == nil || !f.canSuspend {
			b.WriteString(call + "\n")
			continue
		}
		values := append([]string{receiver("x_", t, index, f.object)}, names...)
		b.WriteString(g.push(f, g.parameters(f.object.Signature(), values)) + "\n")
	}
	fmt.Fprintf(&b, "case nil:\n%s\n", call)
	if slices.Contains(g.Methods, nameOf(m)) {
		fmt.Fprintf(&b, "case interface { %sOnFrames(m_ *Machine%s) }:\nx_.%[1]sOnFrames(m_%[3]s)\n", m.Name(), parameters, strings.Join(append([]string{""}, names...), ", "))
	}
	fmt.Fprintf(&b, "default:\nm_.call(func() { %s })\n}\n}\n\n", call)
	g.calls[name] = b.String()
}

// callsFunction makes the machine's method that calls a function, for the frames of packages above.
func (g *generator) callsFunction(f *function) {
	of := f.object.Signature()
	name := strings.ReplaceAll(f.name, ".", "_")
	if !ast.IsExported(name) || !f.object.Exported() {
		return
	}
	parameters, values := g.arguments(of)
	if r := of.Recv(); r != nil {
		parameters, values = ", x_ "+g.typ(r.Type())+parameters, append([]string{"x_"}, values...)
	}
	g.calls[name] = fmt.Sprintf("// Call%s calls %s.\nfunc (m_ *Machine) Call%s(%s) {\n%s\n}\n\n", name, f.name, name, strings.TrimPrefix(parameters, ", "), g.push(f, g.parameters(of, values)))
}

// callsFromBelow makes the method by which frames of the package below call a method of an interface of theirs.
func (g *generator) callsFromBelow(f *function) {
	if g.implementsBelow(f) == nil {
		return
	}
	of := f.object.Signature()
	parameters, names := g.arguments(of)
	g.calls[f.name] = fmt.Sprintf("func (x_ %s) %sOnFrames(m_ %s%s) {\n%s\n}\n\n", g.typ(of.Recv().Type()), f.object.Name(), g.machine(), parameters,
		g.push(f, g.parameters(of, append([]string{"x_"}, names...))))
}
