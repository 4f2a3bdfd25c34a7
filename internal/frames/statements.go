package frames

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A translation makes the frame of one function. The frame's Step is a switch over blocks: straight pieces of the function, each of which
// ends with a call that may suspend, a jump to another block, or a return.
type translation struct {
	*generator
	*function
	signature *types.Signature
	fields    []string                // of the frame, with their types
	used      map[string]int          // how many fields have been given each name
	variables map[types.Object]string // the fields of the function's variables
	replaced  map[ast.Expr]string     // expressions whose values are in fields
	blocks    []*bytes.Buffer         // by their numbers
	current   int                     // the block that is written
	ended     bool                    // it has ended
	jumps     bool                    // there are jumps
	around    []enclosing             // the loops and switches around the statement
	deferred  []string                // what deferred calls do, in their order
	named     []string                // the fields of results, if they have names or something is deferred
	defers    bool
}

// An enclosing statement is one that break and continue leave.
type enclosing struct {
	label             string
	breaks, continues int // the blocks to go on with; -1: the statement is no loop
}

// translate writes the frame of a function.
func (g *generator) translate(b *bytes.Buffer, f *function) {
	t := &translation{generator: g, function: f, signature: f.object.Signature(), used: map[string]int{}, variables: map[types.Object]string{}, replaced: map[ast.Expr]string{}}
	if t.signature.Variadic() || t.signature.TypeParams() != nil || t.signature.RecvTypeParams() != nil {
		t.refuse(f.declared, "%s can suspend, and has type parameters or takes any number of arguments", f.name)
		return
	}
	ast.Inspect(f.declared.Body, func(n ast.Node) bool {
		if _, is := n.(*ast.DeferStmt); is {
			t.defers = true
		}
		_, isClosure := n.(*ast.FuncLit)
		return !isClosure
	})
	if r := t.signature.Recv(); r != nil {
		t.variable(r)
	}
	for p := range t.signature.Params().Variables() {
		t.variable(p)
	}
	for r := range t.signature.Results().Variables() {
		switch {
		case r.Name() != "" && r.Name() != "_":
			t.variable(r)
			t.named = append(t.named, "f_."+t.variables[r])
		case t.defers:
			t.named = append(t.named, "f_."+t.field("result", r.Type()))
		}
	}
	t.use(t.block())
	t.statements(f.declared.Body.List)
	if !t.ended {
		t.write("%s", t.leave(f.declared.Body, nil))
	}
	t.print(b)
}

// print writes the frame.
func (t *translation) print(b *bytes.Buffer) {
	frame := t.frame()
	fmt.Fprintf(b, "// %s is a call of %s.\ntype %s struct {\npc int\n", frame, t.name, frame)
	if t.defers {
		fmt.Fprintf(b, "deferred int // how many of the deferred calls are still to be made\n")
	}
	fmt.Fprintf(b, "%s\n}\n\n", strings.Join(t.fields, "\n"))
	fmt.Fprintf(b, "func (f_ *%s) Step(m_ %s) {\n", frame, t.machine())
	if t.jumps {
		b.WriteString("loop_:\nfor {\n")
	}
	b.WriteString("switch f_.pc {\n")
	for i, block := range t.blocks {
		fmt.Fprintf(b, "case %d:\n%s", i, block)
	}
	b.WriteString("}\n")
	if t.jumps {
		b.WriteString("panic(\"a frame goes on nowhere\")\n}\n")
	}
	b.WriteString("}\n\n")
	if !t.defers {
		return
	}
	fmt.Fprintf(b, "func (f_ *%s) callDeferred(m_ *Machine) {\n", frame)
	for i := len(t.deferred) - 1; i >= 0; i-- {
		fmt.Fprintf(b, "if f_.deferred > %d {\nf_.deferred = %d\n%s\n}\n", i, i, t.deferred[i])
	}
	b.WriteString("}\n\n")
	fmt.Fprintf(b, "func (f_ *%s) setResults(m_ *Machine) {\n%s}\n\n", frame, t.handOver(t.named))
}

// field adds a field to the frame. Its name is made different from those of the others.
func (t *translation) field(name string, of types.Type) string {
	n := t.used[name]
	if t.used[name]++; n > 0 {
		name = fmt.Sprintf("%s_%d", name, n)
	}
	t.fields = append(t.fields, name+" "+t.typ(of))
	return name
}

// variable gives a variable a field.
func (t *translation) variable(v types.Object) {
	if v == nil || v.Name() == "" || v.Name() == "_" || t.variables[v] != "" {
		return
	}
	t.variables[v] = t.field("v_"+v.Name(), v.Type())
}

// block makes a block.
func (t *translation) block() int {
	t.blocks = append(t.blocks, &bytes.Buffer{})
	return len(t.blocks) - 1
}

// use goes on writing in a block.
func (t *translation) use(block int) { t.current, t.ended = block, false }

func (t *translation) write(format string, args ...any) {
	fmt.Fprintf(t.blocks[t.current], format+"\n", args...)
}

// line has what follows be at a statement's place: panics and profiles point at the port.
func (t *translation) line(s ast.Stmt) {
	t.write("//line %s:%d", t.file, t.fset.Position(s.Pos()).Line)
}

// jumpTo is a jump.
func (t *translation) jumpTo(block int) string {
	t.jumps = true
	return fmt.Sprintf("f_.pc = %d\ncontinue loop_", block)
}

// jump ends the block with a jump, unless it has ended.
func (t *translation) jump(block int) {
	if !t.ended {
		t.write("%s", t.jumpTo(block))
		t.ended = true
	}
}

// leave returns from the function, with values, or with what the named results are.
func (t *translation) leave(at ast.Node, values []string) string {
	var b strings.Builder
	if len(values) == 0 && len(t.named) == 0 && t.signature.Results().Len() > 0 && at != t.declared.Body {
		t.refuse(at, "a return without its results")
	}
	if len(values) > 0 && len(t.named) > 0 {
		var to, from []string
		for i, name := range t.named {
			if len(values) < len(t.named) { // all are the results of one call
				to, from = t.named, values
			} else if name != values[i] {
				to, from = append(to, name), append(from, values[i])
			}
		}
		if len(to) > 0 {
			fmt.Fprintf(&b, "%s = %s\n", strings.Join(to, ", "), strings.Join(from, ", "))
		}
	}
	switch {
	case t.defers:
		b.WriteString("f_.callDeferred(m_)\nf_.setResults(m_)\n")
	case len(t.named) > 0:
		b.WriteString(t.handOver(t.named))
	case len(values) > 0:
		b.WriteString(t.handOver(values))
	}
	return b.String() + "m_.Pop()\nreturn"
}

// handOver puts values into the registers of the function's results.
func (t *translation) handOver(values []string) string {
	registers := t.results(t.signature)
	if slices.Equal(registers, values) { // the results of a call are returned, or there are none
		return ""
	}
	return fmt.Sprintf("%s = %s\n", strings.Join(registers, ", "), strings.Join(values, ", "))
}

func (t *translation) statements(list []ast.Stmt) {
	for _, s := range list {
		if t.ended {
			return
		}
		t.statement(s, "")
	}
}

// statement translates a statement, which may have a label.
func (t *translation) statement(s ast.Stmt, label string) {
	switch s := s.(type) {
	case *ast.EmptyStmt:
		return
	case *ast.BlockStmt:
		t.statements(s.List)
		return
	case *ast.LabeledStmt:
		t.statement(s.Stmt, s.Label.Name)
		return
	}
	t.line(s)
	switch s := s.(type) {
	case *ast.AssignStmt:
		t.assign(s)
	case *ast.DeclStmt:
		t.declare(s)
	case *ast.DeferStmt:
		t.deferCall(s)
	case *ast.ReturnStmt:
		t.write("%s", t.leave(s, t.values(s.Results, t.signature.Results().Len())))
		t.ended = true
	case *ast.BranchStmt:
		t.write("%s", t.branch(s))
		t.ended = true
	default:
		if !t.has(s) {
			t.write("%s", t.render(s))
			t.ended = t.panics(s)
			return
		}
		t.compound(s, label)
	}
}

// panics reports whether a statement is a call of panic.
func (t *translation) panics(s ast.Stmt) bool {
	e, is := s.(*ast.ExprStmt)
	if !is {
		return false
	}
	c, is := e.X.(*ast.CallExpr)
	if !is {
		return false
	}
	id, is := c.Fun.(*ast.Ident)
	return is && t.info.Uses[id] == types.Universe.Lookup("panic")
}

// compound translates a statement with a call that may suspend somewhere in it.
func (t *translation) compound(s ast.Stmt, label string) {
	switch s := s.(type) {
	case *ast.ExprStmt:
		if c, is := ast.Unparen(s.X).(*ast.CallExpr); is && t.suspends(c) {
			t.call(c)
			return
		}
		t.take(s.X)
		t.write("%s", t.render(s.X))
	case *ast.IfStmt:
		t.ifStatement(s)
	case *ast.ForStmt:
		t.forStatement(s, label)
	case *ast.RangeStmt:
		t.rangeStatement(s, label)
	case *ast.SwitchStmt:
		t.switchStatement(s, label)
	case *ast.TypeSwitchStmt:
		t.typeSwitch(s, label)
	default:
		t.refuse(s, "a %T with a call that can suspend", s)
	}
}

// values are the values of a list of expressions, of which one may be a call with all of them.
func (t *translation) values(list []ast.Expr, wanted int) []string {
	if len(list) == 1 && wanted > 0 {
		if c, is := ast.Unparen(list[0]).(*ast.CallExpr); is && t.suspends(c) {
			return t.call(c)
		}
		return []string{t.taken(list[0])}
	}
	t.takeAll(list)
	var values []string
	for _, e := range list {
		values = append(values, t.render(e))
	}
	return values
}

func (t *translation) assign(s *ast.AssignStmt) {
	suspending := false
	for _, e := range s.Rhs {
		suspending = t.has(e) || suspending
	}
	for _, e := range s.Lhs {
		if t.has(e) || suspending && !t.isPlace(e) {
			t.refuse(e, "an assignment of what a call that can suspend returns to something else than a variable, or a field of one")
		}
	}
	values := t.values(s.Rhs, len(s.Lhs))
	operator := s.Tok
	if s.Tok == token.DEFINE {
		operator = token.ASSIGN
		for _, e := range s.Lhs {
			t.variable(t.info.Defs[e.(*ast.Ident)])
		}
	}
	var places []string
	for _, e := range s.Lhs {
		places = append(places, t.render(e))
	}
	t.write("%s %s %s", strings.Join(places, ", "), operator, strings.Join(values, ", "))
}

// isPlace reports whether an expression is a variable or a field of one, which no call puts elsewhere.
func (t *translation) isPlace(e ast.Expr) bool {
	if selector, is := e.(*ast.SelectorExpr); is {
		e = selector.X
	}
	_, is := e.(*ast.Ident)
	return is
}

func (t *translation) declare(s *ast.DeclStmt) {
	d := s.Decl.(*ast.GenDecl)
	if d.Tok != token.VAR {
		t.refuse(s, "a constant or type that is declared in a function that can suspend")
		return
	}
	for _, spec := range d.Specs {
		spec := spec.(*ast.ValueSpec)
		values := t.values(spec.Values, len(spec.Names))
		var names []string
		for _, name := range spec.Names {
			v := t.info.Defs[name]
			t.variable(v)
			if names = append(names, "_"); name.Name != "_" {
				names[len(names)-1] = "f_." + t.variables[v]
			}
			if len(spec.Values) == 0 {
				t.write("%s = *new(%s)", names[len(names)-1], t.typ(v.Type()))
			}
		}
		if len(spec.Values) > 0 {
			t.write("%s = %s", strings.Join(names, ", "), strings.Join(values, ", "))
		}
	}
}

// deferCall translates a defer statement, of a closure or of a function of the package.
func (t *translation) deferCall(s *ast.DeferStmt) {
	if len(t.around) > 0 || t.current != 0 {
		t.refuse(s, "a defer statement that is not among the first statements of its function")
	}
	t.deferred = append(t.deferred, t.deferredCall(s))
	t.write("f_.deferred = %d", len(t.deferred))
}

func (t *translation) deferredCall(s *ast.DeferStmt) string {
	if closure, is := s.Call.Fun.(*ast.FuncLit); is {
		if len(s.Call.Args) > 0 || t.has(closure.Body) {
			t.refuse(s, "a deferred closure with arguments, or that can suspend")
		}
		return t.renderDeferred(closure) + "()"
	}
	target := t.targetOf(s.Call).function
	f := t.functions[target]
	if f == nil || f.canSuspend {
		t.refuse(s, "a deferred call of something else than a function of the package that cannot suspend")
		return ""
	}
	name := "deferred" + strings.ReplaceAll(f.name, ".", "_")
	parameters, values := []string{"m_ *Machine"}, []string{"m_"}
	if r := target.Signature().Recv(); r != nil {
		parameters = append(parameters, r.Name()+" "+t.typ(r.Type()))
		values = append(values, t.render(s.Call.Fun.(*ast.SelectorExpr).X))
	}
	for i, e := range s.Call.Args {
		p := target.Signature().Params().At(i)
		parameters = append(parameters, p.Name()+" "+t.typ(p.Type()))
		if address, is := e.(*ast.UnaryExpr); is && address.Op == token.AND { // of a result: the frame that is left is not copied before
			values = append(values, "&"+t.render(address.X))
		} else {
			values = append(values, t.render(e))
		}
	}
	of := &translation{generator: t.generator, function: f, signature: target.Signature()}
	t.generator.deferred[name] = fmt.Sprintf("// %s is %s where a frame defers it.\nfunc %s(%s) %s\n\n", name, f.name, name, strings.Join(parameters, ", "), of.renderDeferred(f.declared.Body))
	return fmt.Sprintf("%s(%s)", name, strings.Join(values, ", "))
}

// branch is a break or continue.
func (t *translation) branch(s *ast.BranchStmt) string {
	label := ""
	if s.Label != nil {
		label = s.Label.Name
	}
	for i := len(t.around) - 1; i >= 0; i-- {
		switch e := t.around[i]; {
		case label != "" && e.label != label:
		case s.Tok == token.BREAK:
			return t.jumpTo(e.breaks)
		case s.Tok == token.CONTINUE && e.continues >= 0:
			return t.jumpTo(e.continues)
		}
	}
	t.refuse(s, "a %s", s.Tok)
	return ""
}

func (t *translation) ifStatement(s *ast.IfStmt) {
	if s.Init != nil {
		t.statement(s.Init, "")
	}
	then, end := t.block(), t.block()
	otherwise := end
	if s.Else != nil {
		otherwise = t.block()
	}
	t.condition(s.Cond, then, otherwise)
	t.use(then)
	t.statements(s.Body.List)
	t.jump(end)
	if s.Else != nil {
		t.use(otherwise)
		t.statement(s.Else, "")
		t.jump(end)
	}
	t.use(end)
}

// condition jumps to one of two blocks.
func (t *translation) condition(e ast.Expr, yes, no int) {
	e = ast.Unparen(e)
	if t.has(e) {
		switch x := e.(type) {
		case *ast.BinaryExpr:
			if x.Op == token.LAND || x.Op == token.LOR {
				second := t.block()
				if x.Op == token.LAND {
					t.condition(x.X, second, no)
				} else {
					t.condition(x.X, yes, second)
				}
				t.use(second)
				t.condition(x.Y, yes, no)
				return
			}
		case *ast.UnaryExpr:
			if x.Op == token.NOT {
				t.condition(x.X, no, yes)
				return
			}
		}
	}
	t.write("if %s {\n%s\n}", t.taken(e), t.jumpTo(yes))
	t.jump(no)
}

// body translates what is done again and again.
func (t *translation) body(s *ast.BlockStmt, label string, end, next int) {
	t.around = append(t.around, enclosing{label, end, next})
	t.statements(s.List)
	t.around = t.around[:len(t.around)-1]
	t.jump(next)
}

func (t *translation) forStatement(s *ast.ForStmt, label string) {
	if s.Init != nil {
		t.statement(s.Init, "")
	}
	head, body, next, end := t.block(), t.block(), t.block(), t.block()
	t.jump(head)
	t.use(head)
	if s.Cond != nil {
		t.condition(s.Cond, body, end)
	}
	t.jump(body)
	t.use(body)
	t.body(s.Body, label, end, next)
	t.use(next)
	if s.Post != nil {
		t.statement(s.Post, "")
	}
	t.jump(head)
	t.use(end)
}

// rangeStatement translates a loop over a slice or an integer.
func (t *translation) rangeStatement(s *ast.RangeStmt, label string) {
	of := t.info.TypeOf(s.X)
	over, i := t.field("over", of), t.field("i", types.Typ[types.Int])
	t.write("f_.%s, f_.%s = %s, 0", over, i, t.taken(s.X))
	var key, value, length string
	switch u := of.Underlying().(type) {
	case *types.Slice:
		key, value, length = "f_."+i, fmt.Sprintf("f_.%s[f_.%s]", over, i), fmt.Sprintf("len(f_.%s)", over)
	case *types.Basic:
		key, length = "f_."+i, "f_."+over
		if u.Kind() != types.Int && u.Kind() != types.UntypedInt {
			t.refuse(s, "a range over %s", of)
		}
	default:
		t.refuse(s, "a range over %s", of)
	}
	head, next, end := t.block(), t.block(), t.block()
	t.jump(head)
	t.use(head)
	t.write("if f_.%s >= %s {\n%s\n}", i, length, t.jumpTo(end))
	for n, e := range []ast.Expr{s.Key, s.Value} {
		id, is := e.(*ast.Ident)
		if e == nil || is && id.Name == "_" {
			continue
		}
		if s.Tok == token.DEFINE {
			t.variable(t.info.Defs[id])
		}
		t.write("%s = %s", t.render(e), []string{key, value}[n])
	}
	t.body(s.Body, label, end, next)
	t.use(next)
	t.write("f_.%s++", i)
	t.jump(head)
	t.use(end)
}

func (t *translation) switchStatement(s *ast.SwitchStmt, label string) {
	if s.Init != nil {
		t.statement(s.Init, "")
	}
	tag := ""
	if s.Tag != nil {
		tag = t.taken(s.Tag)
	}
	t.cases(s.Body, label, "switch "+tag+" {\n", nil)
}

func (t *translation) typeSwitch(s *ast.TypeSwitchStmt, label string) {
	if s.Init != nil {
		t.statement(s.Init, "")
	}
	var of ast.Expr
	switch a := s.Assign.(type) {
	case *ast.ExprStmt:
		of = a.X
	case *ast.AssignStmt:
		of = a.Rhs[0]
	}
	x := t.taken(ast.Unparen(of).(*ast.TypeAssertExpr).X)
	binds := false
	bind := func(c *ast.CaseClause) string {
		v := t.info.Implicits[c]
		if v == nil || !t.uses(c, v) {
			return ""
		}
		binds = true
		t.variable(v)
		return fmt.Sprintf("f_.%s = x_\n", t.variables[v])
	}
	for _, c := range s.Body.List {
		bind(c.(*ast.CaseClause))
	}
	head := fmt.Sprintf("switch %s.(type) {\n", x)
	if binds {
		head = fmt.Sprintf("switch x_ := %s.(type) {\n", x)
	}
	t.cases(s.Body, label, head, bind)
}

// cases translates the clauses of a switch, which begins with a head.
func (t *translation) cases(body *ast.BlockStmt, label, head string, bind func(*ast.CaseClause) string) {
	var b strings.Builder
	b.WriteString(head)
	end := t.block()
	otherwise := end
	var blocks []int
	for range body.List {
		blocks = append(blocks, t.block())
	}
	for i, c := range body.List {
		c := c.(*ast.CaseClause)
		var list []string
		for _, e := range c.List {
			if t.has(e) {
				t.refuse(e, "a case with a call that can suspend")
			}
			list = append(list, t.render(e))
		}
		if c.List == nil {
			otherwise = -1
			b.WriteString("default:\n")
		} else {
			fmt.Fprintf(&b, "case %s:\n", strings.Join(list, ", "))
		}
		if bind != nil {
			b.WriteString(bind(c))
		}
		b.WriteString(t.jumpTo(blocks[i]) + "\n")
	}
	b.WriteString("}")
	t.write("%s", b.String())
	if otherwise == end {
		t.jump(end)
	}
	t.ended = true
	t.around = append(t.around, enclosing{label, end, -1})
	for i, c := range body.List {
		t.use(blocks[i])
		t.statements(c.(*ast.CaseClause).Body)
		t.jump(end)
	}
	t.around = t.around[:len(t.around)-1]
	t.use(end)
}

// uses reports whether a variable is used in a node.
func (t *translation) uses(n ast.Node, v types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		id, is := n.(*ast.Ident)
		found = found || is && t.info.Uses[id] == v
		return !found
	})
	return found
}
