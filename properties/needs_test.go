package properties_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/internal/exportdata"
	"cabi/spec"
)

// TestNeeds derives what each property reads of the specification's objects from the sources, and compares it with needs.txt.
// CABI_UPDATE=1 writes that file.
func TestNeeds(t *testing.T) {
	t.Parallel()
	n := readSources(t)
	all := 0
	for _, m := range spec.MirrorClasses {
		all += len(m.Has)
	}
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(n.properties)) {
		fields := n.fields(n.properties[name])
		if 3*len(fields) > 2*all {
			t.Errorf("%s needs %d of %d fields: does its checker call what runs the specification? Where any of them is gone it is not checked", name, len(fields), all)
		}
		b.WriteString(strings.Join(append([]string{name + ":"}, fields...), " ") + "\n")
	}
	if os.Getenv("CABI_UPDATE") == "1" {
		if err := os.WriteFile("needs.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("needs.txt")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Errorf("needs.txt differs from the sources: run CABI_UPDATE=1 go test ./properties -run TestNeeds")
	}
}

// needs are what functions mention.
type needs struct {
	mentions   map[types.Object][]types.Object // by function or type: functions, types and fields
	methods    map[string][]types.Object       // of the specification and of runs, by their names
	properties map[string][]types.Object       // by the property's name: what its declaration mentions
}

// readSources reads the packages that checkers and their accessors are in.
func readSources(t *testing.T) *needs {
	fset := token.NewFileSet()
	n := &needs{mentions: map[types.Object][]types.Object{}, methods: map[string][]types.Object{}, properties: map[string][]types.Object{}}
	dirs, files := []string{"spec", "model", "properties"}, map[string][]*ast.File{}
	for _, dir := range dirs {
		names, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(fset, name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			files[dir] = append(files[dir], f)
		}
	}
	compiled, err := exportdata.Importer(fset, ".", slices.Concat(slices.Collect(maps.Values(files))...))
	if err != nil {
		t.Fatal(err)
	}
	checked := map[string]*types.Package{}
	for _, dir := range dirs {
		info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
		// Packages that these import have objects of their own for the same declarations, and the errors say so.
		config := types.Config{Importer: packages{compiled, checked}, Error: func(error) {}}
		checked["cabi/"+dir], _ = config.Check("cabi/"+dir, fset, files[dir], info)
		for _, f := range files[dir] {
			n.file(f, info, dir == "properties")
		}
	}
	return n
}

// packages imports the packages that were checked before, so that their objects are the same everywhere.
type packages struct {
	types.Importer
	checked map[string]*types.Package
}

func (p packages) Import(path string) (*types.Package, error) {
	if pkg := p.checked[path]; pkg != nil {
		return pkg, nil
	}
	return p.Importer.Import(path)
}

// ofTexts are the functions that say what caused a violation, which look at everything (see Violation.Unsure), and those that describe an element of a
// table. No verdict depends on them.
var ofTexts = []string{"Shape", "Transition", "TakeViolations", "violations", "beginTransition", "orderCause", "underCancel", "overtakes", "textCause", "inTheWay",
	"Describe", "describe"}

// ofTables are the methods by which checkers are told of tables, which are known by whose they are.
var ofTables = []string{"Issued", "Retired", "Found", "Sought"}

func (n *needs) file(f *ast.File, info *types.Info, properties bool) {
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if slices.Contains(ofTexts, d.Name.Name) {
				continue
			}
			fn := info.Defs[d.Name]
			n.mentions[fn] = mentioned(d, info)
			if recv := receiver(fn); recv != nil {
				n.mentions[recv] = append(n.mentions[recv], fn)
				if !properties {
					n.methods[fn.Name()] = append(n.methods[fn.Name()], fn)
				}
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec: // what is embedded
					n.mentions[info.Defs[s.Name]] = append(n.mentions[info.Defs[s.Name]], embedded(s, info)...)
				case *ast.ValueSpec:
					if name := propertyName(s); properties && name != "" {
						n.properties[name] = mentioned(s, info)
					}
				}
			}
		}
	}
}

func receiver(fn types.Object) types.Object {
	recv := fn.Type().(*types.Signature).Recv()
	if recv == nil {
		return nil
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := t.(*types.Named); ok {
		return named.Origin().Obj()
	}
	return nil
}

func embedded(s *ast.TypeSpec, info *types.Info) (objects []types.Object) {
	if st, ok := s.Type.(*ast.StructType); ok {
		for _, f := range st.Fields.List {
			if len(f.Names) == 0 {
				objects = append(objects, mentioned(f.Type, info)...)
			}
		}
	}
	return objects
}

// propertyName is the name of the property that a declaration is of; "": it is of something else.
func propertyName(s *ast.ValueSpec) (name string) {
	ast.Inspect(s, func(node ast.Node) bool {
		if kv, ok := node.(*ast.KeyValueExpr); ok && name == "" {
			if key, ok := kv.Key.(*ast.Ident); ok && key.Name == "Name" {
				if lit, ok := kv.Value.(*ast.BasicLit); ok {
					name = strings.Trim(lit.Value, `"`)
				}
			}
		}
		return true
	})
	return name
}

func mentioned(node ast.Node, info *types.Info) (objects []types.Object) {
	ast.Inspect(node, func(node ast.Node) bool {
		if id, ok := node.(*ast.Ident); ok {
			switch o := info.Uses[id].(type) {
			case *types.Func:
				objects = append(objects, o.Origin())
			case *types.TypeName:
				objects = append(objects, o)
			case *types.Var:
				if o.IsField() {
					objects = append(objects, o.Origin())
				} else if o.Pkg() != nil && o.Parent() == o.Pkg().Scope() && o.Pkg().Name() == "properties" {
					objects = append(objects, o)
				}
			}
		}
		return true
	})
	return objects
}

// fields are the fields of Python that objects lead to.
func (n *needs) fields(from []types.Object) []string {
	found, seen := map[string]bool{}, map[types.Object]bool{}
	names := pythonFields()
	for todo := slices.Clone(from); len(todo) > 0; {
		o := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[o] {
			continue
		}
		seen[o] = true
		if v, ok := o.(*types.Var); ok {
			if v.Pkg() != nil && v.Pkg().Path() == "cabi/spec" {
				for _, name := range names[v.Name()] {
					found[name] = true
				}
			}
			continue
		}
		if t, ok := o.(*types.TypeName); ok && t.Pkg() != nil && t.Pkg().Path() != "cabi/properties" {
			continue // an object of the specification, or of a run, is read by methods, which are mentioned where they are called; a checker's are called by the run
		}
		if f, ok := o.(*types.Func); ok && f.Signature().Recv() != nil && receiver(f) != nil && receiver(f).Name() == "StateWriter" {
			continue
		}
		if slices.Contains(ofTables, o.Name()) && o.Pkg().Path() == "cabi/properties" {
			found["ComponentInstance.handles"], found["ComponentInstance.threads"] = true, true
		}
		todo = append(todo, n.mentions[o]...)
		todo = append(todo, n.implementations(o)...) // any of these may be what is called
	}
	return slices.Sorted(maps.Keys(found))
}

// implementations are the methods that a method of an interface may be.
func (n *needs) implementations(o types.Object) (methods []types.Object) {
	f, ok := o.(*types.Func)
	if !ok || f.Signature().Recv() == nil || !types.IsInterface(f.Signature().Recv().Type()) {
		return nil
	}
	of := f.Signature().Recv().Type().Underlying().(*types.Interface)
	for _, m := range n.methods[f.Name()] {
		recv := m.(*types.Func).Signature().Recv().Type()
		if _, is := recv.(*types.Pointer); !is {
			recv = types.NewPointer(recv)
		}
		if types.Implements(recv, of) {
			methods = append(methods, m)
		}
	}
	return methods
}

// pythonFields are the fields of Python's classes by the names of the fields that the port has for them.
func pythonFields() map[string][]string {
	names := map[string][]string{}
	for class, m := range spec.MirrorClasses {
		for _, field := range m.Has {
			for _, name := range m.GoNames(field) {
				names[name] = append(names[name], class+"."+field)
			}
		}
	}
	return names
}
