// Package frames turns the functions of spec/ that can come to a stack switch into frames: a struct each, which has the function's
// variables and where it goes on, and a method that takes it one step further. The stack of a thread of the specification is then a list
// of such structs, which can be copied, where the port's own functions need a coroutine.
//
// A person edits the port alone. Generate reads its source and makes the other form of it: the frames, in a file of their own; the
// functions, whose bodies begin their frames; and in place of coroutine.go, the machine that runs frames (machine.go.txt). The go command
// takes these instead of the files of the port with -overlay (WriteOverlay), so the same tests and commands run on either form.
//
// What the generator does not know it refuses, by file and line: a closure that can suspend or that keeps a variable, the address of a
// variable, a type parameter, a goto. A frame is left only by a call that is translated, by a return or by a panic, so that nothing of a
// suspended function is anywhere but in its frame.
package frames

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"cabi/internal/exportdata"
	"cabi/internal/output"
)

//go:embed machine.go.txt
var machineSource []byte

// A Source says where the generator begins.
type Source struct {
	Dir        string   // of the package
	Values     []string // types of functions whose values are code of guests or of the host, which may call into the package
	Methods    []string // methods of interfaces that code outside of the package implements, and which may call into it: "I.M"
	Primitives []string // functions that switch stacks: the machine has methods of the same names
	Plain      []string // functions that only the host calls, and that stay as they are
	Machine    string   // the file that the machine replaces
	With       []byte   // the machine
	Store      string   // the type that has the machine; a function is given its frame if it can come to a value of it

	File   string     // that has the frames
	Beside string     // the file that uses the frames, and is not read
	Stub   string     // what the others use of it
	Below  *Generated // of the package whose machine runs the frames; nil: the package's own does
	Path   string     // of that package
	Roots  []string   // functions that are frames, with all that they come to; nil: all that can suspend are
	Menus  []string   // functions after which the stack may be another than before
}

// Spec is spec/ in a directory.
func Spec(dir string) Source {
	return Source{
		Dir:        dir,
		Values:     []string{"CoreFunc", "HostFunc", "HostOnCancel", "HostThread"},
		Methods:    []string{"SharedBase.Cancel", "SharedBase.Drop", "ReadableStream.Read", "WritableStream.Write", "ReadableFuture.ReadFuture", "WritableFuture.WriteFuture"},
		Primitives: []string{"coroutine.suspend", "Store.switchTo"},
		Plain:      []string{"AnyLends.Drop"},
		Machine:    "coroutine.go",
		With:       machineSource,
		Store:      "Store",
		File:       "frames_gen.go",
		Beside:     "frames.go",
		Stub:       "type Machine struct{}\ntype registers struct{}\nfunc (m *Machine) reset(*Pool)\nfunc (s *Store) Machine() *Machine\ntype Frame any\nfunc (s *Store) callable(l *loweredFunc) CoreFunc\n",
	}
}

// Model is model/ in a directory, above what was made of spec/: its guests and its host.
func Model(dir string, below *Generated) Source {
	return Source{
		Dir:    dir,
		Plain:  []string{"Run.Main"},
		File:   "run_frames_gen.go",
		Beside: "run_frames.go",
		Stub: `func (r *Run) mainOnFrames()
func (r *Run) goOnOnFrames()
func (in *instance) callable(at func([]spec.CoreValue) *Activation) spec.CoreFunc
func (r *Run) hostFunc(name string, ft *spec.FuncType) spec.FuncInst
func (r *Run) hostOnCancel(call *HostCall) spec.OnCancel
`,
		Below: below,
		Path:  "cabi/spec",
		Roots: []string{"Run.rest", "instance.act", "Run.callHost", "Run.askToCancel"},
		Menus: []string{"Run.choose"},
	}
}

// Generated are the files of the other form, by name.
type Generated struct {
	Files     map[string][]byte
	Functions []string          // that are frames
	Frames    string            // the file that has them
	methods   map[string]bool   // of interfaces, that can suspend
	values    []string          // the types of functions whose values can
	outside   []string          // the methods of interfaces that the package above may implement
	registers map[string]string // the types, by name
}

// A generator is the generation of one package.
type generator struct {
	Source
	fset      *token.FileSet
	pkg       *types.Package
	info      *types.Info
	files     map[string]*ast.File // by name
	text      map[string][]byte
	functions map[*types.Func]*function
	order     []*function
	suspend   map[*types.Func]bool // the methods of interfaces that may
	named     []*types.Named       // the package's interfaces
	concrete  []types.Type         // the types of the package that may implement them
	registers map[string]string    // where results are handed over: the types, by name
	imports   map[string]bool
	calls     map[string]string // methods of the machine that make calls through interfaces and values, by name
	deferred  map[string]string // functions that others defer, by name
	errs      []error
}

// A function is one of the package's, with a body.
type function struct {
	object     *types.Func
	declared   *ast.FuncDecl
	file       string
	name       string // "Thread.Resume"
	canSuspend bool
	reached    bool // from Source.Roots
	number     int  // of its frame, among those of the package
	callsIn    []*ast.CallExpr
}

// frame is the name of the function's frame.
func (f *function) frame() string { return "frame" + strings.ReplaceAll(f.name, ".", "_") }

// push pushes a frame of a function, with fields that have values.
func (g *generator) push(f *function, fields []string) string {
	newFrame, number := "NewFrame", fmt.Sprint(f.number)
	if g.Below != nil {
		g.imports[g.Path] = true
		below := path.Base(g.Path)
		newFrame, number = below+".NewFrame", fmt.Sprintf("%s.FrameTypes+%d", below, f.number)
	}
	return fmt.Sprintf("{\nn_ := %s[%s](m_, %s)\n*n_ = %[2]s{%[4]s}\nm_.Push(n_)\n}", newFrame, f.frame(), number, strings.Join(fields, ", "))
}

// Generate makes the other form of a package.
func Generate(from Source) (*Generated, error) {
	g := &generator{Source: from, fset: token.NewFileSet(), files: map[string]*ast.File{}, text: map[string][]byte{}, functions: map[*types.Func]*function{},
		suspend: map[*types.Func]bool{}, registers: map[string]string{}, imports: map[string]bool{}, calls: map[string]string{}, deferred: map[string]string{}}
	if err := g.read(); err != nil {
		return nil, err
	}
	g.findSuspending()
	made := &Generated{Files: map[string][]byte{}, Frames: g.File, methods: map[string]bool{}, values: g.Values, outside: g.Source.Methods, registers: g.registers}
	var frames bytes.Buffer
	bodies := map[string][]edit{} // of the files' functions
	g.order = slices.DeleteFunc(g.order, func(f *function) bool { return !f.canSuspend || g.Roots != nil && !f.reached })
	for i, f := range g.order {
		f.number = i
	}
	for _, f := range g.order {
		made.Functions = append(made.Functions, f.name)
		g.translate(&frames, f)
		if g.Below != nil {
			g.callsFromBelow(f)
			continue
		}
		g.callsFunction(f)
		if body := g.body(f); body != "" {
			bodies[f.file] = append(bodies[f.file], edit{g.offset(f.declared.Body.Pos()), g.offset(f.declared.Body.End()), body})
		}
	}
	if len(g.errs) > 0 {
		return nil, errors.Join(g.errs...)
	}
	for m := range g.suspend {
		made.methods[nameOf(m)] = true
	}
	for _, name := range g.Source.Methods {
		made.methods[name] = true
	}
	var err error
	if made.Files[g.File], err = g.framesFile(frames.Bytes()); err != nil {
		return nil, err
	}
	if g.Below != nil {
		return made, nil
	}
	for name, edits := range bodies {
		if name == g.Machine {
			continue
		}
		if made.Files[name], err = withoutUnused(name, applied(g.text[name], 0, edits)); err != nil {
			return nil, err
		}
	}
	made.Files[g.Machine] = g.With
	if g.Beside != "" {
		made.Files[g.Beside] = []byte("package " + g.pkg.Name() + "\n")
	}
	return made, nil
}

// read reads the package, without its tests.
func (g *generator) read() error {
	names, err := filepath.Glob(filepath.Join(g.Dir, "*.go"))
	if err != nil {
		return err
	}
	var files []*ast.File
	for _, path := range names {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_gen.go") || name == g.Beside {
			continue
		}
		if g.text[name], err = os.ReadFile(path); err != nil {
			return err
		}
		if g.files[name], err = parser.ParseFile(g.fset, name, g.text[name], parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return err
		}
		files = append(files, g.files[name])
	}
	if len(files) == 0 {
		return fmt.Errorf("%s has no Go files", g.Dir)
	}
	if g.Stub != "" {
		stub, err := parser.ParseFile(g.fset, g.Beside, "package "+files[0].Name.Name+"\n"+g.imported()+g.Stub, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, stub)
	}
	g.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}, Instances: map[*ast.Ident]types.Instance{}}
	g.pkg, err = exportdata.Check(files[0].Name.Name, g.fset, g.Dir, files, g.info)
	return err
}

// findSuspending finds the functions, and the methods of interfaces, that can come to a stack switch.
func (g *generator) findSuspending() {
	for _, name := range slices.Sorted(maps.Keys(g.files)) {
		for _, d := range g.files[name].Decls {
			if d, is := d.(*ast.FuncDecl); is && d.Body != nil {
				g.addFunction(name, d)
			}
		}
	}
	for _, name := range g.pkg.Scope().Names() {
		object, isType := g.pkg.Scope().Lookup(name).(*types.TypeName)
		if !isType {
			continue
		}
		named, is := object.Type().(*types.Named)
		switch {
		case !is || named.TypeParams() != nil || filepath.Base(g.fset.Position(object.Pos()).Filename) == g.Machine:
		case types.IsInterface(named):
			g.named = append(g.named, named)
		default:
			g.concrete = append(g.concrete, named, types.NewPointer(named))
		}
	}
	for changed := true; changed; {
		changed = false
		for _, f := range g.order {
			if !f.canSuspend && f.file != g.Machine && !slices.Contains(g.Plain, f.name) && !slices.Contains(g.Menus, f.name) && slices.ContainsFunc(f.callsIn, g.suspends) {
				f.canSuspend, changed = true, true
			}
		}
		for _, named := range g.named {
			of := named.Underlying().(*types.Interface)
			for m := range of.Methods() {
				if !g.suspend[m] && slices.ContainsFunc(g.implementing(of), func(t types.Type) bool { f, _ := g.methodOf(t, m); return f != nil && f.canSuspend }) {
					g.suspend[m], changed = true, true
				}
			}
		}
	}
	for _, f := range g.order {
		if slices.Contains(g.Roots, f.name) || g.implementsBelow(f) != nil {
			g.reach(f)
		}
	}
}

// implementsBelow is the method of an interface of the package below that a method implements, if code of that package calls it; nil: none.
func (g *generator) implementsBelow(f *function) *types.Func {
	receiver := f.object.Signature().Recv()
	if g.Below == nil || receiver == nil || !f.canSuspend {
		return nil
	}
	for _, p := range g.pkg.Imports() {
		if p.Path() != g.Path {
			continue
		}
		for _, name := range g.Below.outside {
			of, method, _ := strings.Cut(name, ".")
			in := p.Scope().Lookup(of).Type().Underlying().(*types.Interface)
			if method != f.object.Name() || !types.Implements(receiver.Type(), in) {
				continue
			}
			for m := range in.Methods() {
				if m.Name() == method {
					return m
				}
			}
		}
	}
	return nil
}

// reach finds what a function comes to.
func (g *generator) reach(f *function) {
	if f == nil || f.reached || !f.canSuspend {
		return
	}
	f.reached = true
	for _, c := range f.callsIn {
		if to := g.targetOf(c).function; to != nil {
			g.reach(g.functions[to])
		}
	}
}

func (g *generator) addFunction(file string, d *ast.FuncDecl) {
	object := g.info.Defs[d.Name].(*types.Func)
	f := &function{object: object, declared: d, file: file, name: nameOf(object)}
	g.functions[object], g.order = f, append(g.order, f)
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if c, is := n.(*ast.CallExpr); is {
			f.callsIn = append(f.callsIn, c)
		}
		return true
	})
}

// implementing are the types that implement an interface; of a type and the pointer to it, the type if both do.
func (g *generator) implementing(of *types.Interface) []types.Type {
	var all []types.Type
	for _, t := range g.concrete {
		if p, is := t.(*types.Pointer); types.Implements(t, of) && !(is && types.Implements(p.Elem(), of)) {
			all = append(all, t)
		}
	}
	return all
}

// methodOf is the function that a type implements an interface's method by, and the fields that lead to its receiver; nil: it is not of the
// package.
func (g *generator) methodOf(t types.Type, m *types.Func) (*function, []int) {
	object, index, _ := types.LookupFieldOrMethod(t, true, g.pkg, m.Name())
	f, _ := object.(*types.Func)
	return g.functions[f], index[:len(index)-1]
}

// nameOf is a function's name, with the type of its receiver.
func nameOf(f *types.Func) string {
	receiver := f.Signature().Recv()
	if receiver == nil {
		return f.Name()
	}
	t := receiver.Type()
	if p, is := t.(*types.Pointer); is {
		t = p.Elem()
	}
	if named, is := t.(*types.Named); is {
		return named.Obj().Name() + "." + f.Name()
	}
	return f.Name()
}

// A target is what a call calls: a function, the method of an interface, or a value of one of Source.Values. A zero target is anything else.
type target struct {
	function *types.Func
	method   *types.Func
	value    string // the type
}

func (g *generator) targetOf(c *ast.CallExpr) target {
	fun := ast.Unparen(c.Fun)
	if generic, is := fun.(*ast.IndexExpr); is {
		fun = generic.X
	}
	id, _ := fun.(*ast.Ident)
	if selector, is := fun.(*ast.SelectorExpr); is {
		id = selector.Sel
	}
	if id != nil {
		if f, is := g.info.Uses[id].(*types.Func); is {
			if receiver := f.Signature().Recv(); receiver != nil && types.IsInterface(receiver.Type()) {
				return target{method: f}
			}
			return target{function: f.Origin()}
		}
	}
	if named, is := g.info.TypeOf(c.Fun).(*types.Named); is && g.info.Types[c.Fun].IsValue() {
		o := named.Obj()
		if o.Pkg() == g.pkg && slices.Contains(g.Values, o.Name()) || g.isBelow(o) && slices.Contains(g.Below.values, o.Name()) {
			return target{value: o.Name()}
		}
	}
	return target{}
}

// suspends reports whether a call may come to a stack switch.
func (g *generator) suspends(c *ast.CallExpr) bool {
	switch t := g.targetOf(c); {
	case t.value != "":
		return true
	case t.method != nil && g.isBelow(t.method):
		return g.Below.methods[nameOf(t.method)]
	case t.method != nil:
		return g.suspend[t.method] || slices.Contains(g.Methods, nameOf(t.method))
	case t.function != nil && g.isBelow(t.function):
		return slices.Contains(g.Below.Functions, nameOf(t.function))
	case t.function != nil:
		f := g.functions[t.function]
		return f != nil && (f.canSuspend || g.isPrimitive(t.function) || slices.Contains(g.Menus, f.name))
	}
	return false
}

// isBelow reports whether an object is of the package whose machine runs the frames.
func (g *generator) isBelow(o types.Object) bool {
	return g.Below != nil && o.Pkg() != nil && o.Pkg().Path() == g.Path
}

// imported is the import of that package.
func (g *generator) imported() string {
	if g.Below == nil {
		return ""
	}
	return fmt.Sprintf("import %q\n", g.Path)
}

// machine is the type of the machine.
func (g *generator) machine() string {
	if g.Below == nil {
		return "*Machine"
	}
	g.imports[g.Path] = true
	return "*" + path.Base(g.Path) + ".Machine"
}

func (g *generator) isPrimitive(f *types.Func) bool {
	return f.Pkg() == g.pkg && slices.Contains(g.Primitives, nameOf(f))
}

// refuse notes what the generator does not know.
func (g *generator) refuse(at ast.Node, format string, args ...any) {
	g.errs = append(g.errs, fmt.Errorf("%s: %s", g.fset.Position(at.Pos()), fmt.Sprintf(format, args...)))
}

func (g *generator) offset(p token.Pos) int { return g.fset.Position(p).Offset }

// typ is a type as the generated file names it.
func (g *generator) typ(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == g.pkg {
			return ""
		}
		g.imports[p.Path()] = true
		return p.Name()
	})
}

// results are the registers of the machine in which the results of a signature are handed over.
func (g *generator) results(of *types.Signature) []string {
	var names []string
	counts := map[string]int{}
	for v := range of.Results().Variables() {
		t := types.TypeString(v.Type(), func(p *types.Package) string {
			if p == g.pkg || g.Below != nil && p.Path() == g.Path {
				return ""
			}
			return p.Name()
		})
		plain := strings.Map(func(r rune) rune {
			if strings.ContainsRune("[]().,{} ", r) {
				return '_'
			}
			return r
		}, strings.ReplaceAll(strings.ReplaceAll(t, "*", "P"), "[]", "S"))
		name := strings.ToUpper(plain[:1]) + fmt.Sprintf("%s%d", plain[1:], counts[t])
		counts[t]++
		if g.Below == nil {
			g.registers[name] = g.typ(v.Type())
		} else if g.Below.registers[name] != t {
			g.errs = append(g.errs, fmt.Errorf("%s: a result of type %s: no function of %s that can suspend has one, so the machine cannot hand it over", g.fset.Position(v.Pos()), t, g.Path))
		}
		names = append(names, "m_.Results."+name)
	}
	return names
}

// body is the body of a function that begins its frame; "": the function comes to no store, and keeps its own, whose calls begin frames.
func (g *generator) body(f *function) string {
	store := g.storeOf(f)
	if store == "" {
		return ""
	}
	lines := strings.Count(string(g.text[f.file][g.offset(f.declared.Body.Pos()):g.offset(f.declared.Body.End())]), "\n")
	var b strings.Builder
	fmt.Fprintf(&b, "{ m_ := %s.pool.machine(); m_.enter(&%s{%s})", store, f.frame(), strings.Join(g.parameters(f.object.Signature(), nil), ", "))
	if results := g.results(f.object.Signature()); len(results) > 0 {
		fmt.Fprintf(&b, "; return %s", strings.Join(results, ", "))
	}
	return b.String() + " }" + strings.Repeat("\n", lines)
}

// storeOf is how a function comes to its store; "": it does not.
func (g *generator) storeOf(f *function) string {
	signature := f.object.Signature()
	variables := slices.Collect(signature.Params().Variables())
	if r := signature.Recv(); r != nil {
		variables = append([]*types.Var{r}, variables...)
	}
	for _, v := range variables {
		p, is := v.Type().(*types.Pointer)
		if !is || v.Name() == "" || v.Name() == "_" {
			continue
		}
		named, is := p.Elem().(*types.Named)
		if !is || named.Obj().Pkg() != g.pkg {
			continue
		}
		if named.Obj().Name() == g.Store {
			return v.Name()
		}
		if fields, is := named.Underlying().(*types.Struct); is && v == signature.Recv() {
			for field := range fields.Fields() {
				if types.TypeString(field.Type(), func(*types.Package) string { return "" }) == "*"+g.Store {
					return v.Name() + "." + field.Name()
				}
			}
		}
	}
	return ""
}

// parameters are the fields of a function's frame with their values: the parameters, or the values that are given.
func (g *generator) parameters(of *types.Signature, values []string) []string {
	var fields []string
	add := func(v *types.Var, value string) {
		if v.Name() != "" && v.Name() != "_" {
			fields = append(fields, "v_"+v.Name()+": "+value)
		}
	}
	value := func(v *types.Var) string {
		if values == nil {
			return v.Name()
		}
		first := values[0]
		values = values[1:]
		return first
	}
	if r := of.Recv(); r != nil {
		add(r, value(r))
	}
	for v := range of.Params().Variables() {
		add(v, value(v))
	}
	return fields
}

// framesFile is the file that has the frames.
func (g *generator) framesFile(frames []byte) ([]byte, error) {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(g.calls)) {
		b.WriteString(g.calls[name])
	}
	for _, name := range slices.Sorted(maps.Keys(g.deferred)) {
		b.WriteString(g.deferred[name])
	}
	if g.Below == nil {
		fmt.Fprintf(&b, "// frameTypes is how many types of frames there are in this file. They are numbered from 0 on.\nconst frameTypes = %d\n\n", len(g.order))
		b.WriteString("// Registers hand results over.\ntype registers struct {\n")
		for _, name := range slices.Sorted(maps.Keys(g.registers)) {
			fmt.Fprintf(&b, "%s %s\n", name, g.registers[name])
		}
		b.WriteString("}\n")
	}
	var head bytes.Buffer
	fmt.Fprintf(&head, "// Not upstream's: the functions that can come to a stack switch, as frames.\n\n// Code generated by cabi/internal/frames from the other files. DO NOT EDIT.\n\npackage %s\n\nimport (\n", g.pkg.Name())
	for _, path := range slices.Sorted(maps.Keys(g.imports)) {
		fmt.Fprintf(&head, "%q\n", path)
	}
	head.WriteString(")\n\n")
	head.Write(b.Bytes())
	head.Write(frames) // last: they have line directives
	source, err := format.Source(head.Bytes())
	if err != nil {
		return head.Bytes(), fmt.Errorf("the generated file: %w", err)
	}
	return source, nil
}

// withoutUnused makes the imports that a file does not use any more blank ones.
func withoutUnused(name string, source []byte) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, is := n.(*ast.SelectorExpr); is {
			if id, is := selector.X.(*ast.Ident); is {
				used[id.Name] = true
			}
		}
		return true
	})
	var edits []edit
	for _, spec := range file.Imports {
		if path := strings.Trim(spec.Path.Value, `"`); spec.Name == nil && !used[filepath.Base(path)] {
			at := fset.Position(spec.Pos()).Offset
			edits = append(edits, edit{at, at, "_ "})
		}
	}
	return applied(source, 0, edits), nil
}

// An edit puts text in the place of a part of a file.
type edit struct {
	from, to int
	text     string
}

// applied is a text with edits, which do not overlap. The text begins at an offset in its file.
func applied(text []byte, offset int, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	var b []byte
	at := offset
	for _, e := range edits {
		b = append(append(b, text[at-offset:e.from-offset]...), e.text...)
		at = e.to
	}
	return append(b, text[at-offset:]...)
}

// WriteOverlay writes the generated files into a directory, and beside them what the go command's -overlay reads, of which it returns the
// name. The files take the places of those in the source's directory.
func (m *Generated) WriteOverlay(source, to string) (string, error) {
	source, err := filepath.Abs(source)
	if err != nil {
		return "", err
	}
	if there, err := filepath.Abs(to); err != nil || there == source {
		return "", fmt.Errorf("%s has the port, which the generated files would replace: name another directory", to)
	}
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	files := map[string]string{}
	for name, text := range m.Files {
		overlay.Replace[filepath.Join(source, name)] = filepath.Join(to, name)
		files[name] = string(text)
	}
	text, err := json.MarshalIndent(overlay, "", "\t")
	if err != nil {
		return "", err
	}
	files["overlay.json"] = string(text)
	return filepath.Join(to, "overlay.json"), output.WriteFiles(to, files)
}
