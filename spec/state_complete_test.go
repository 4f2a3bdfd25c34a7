package spec

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/internal/exportdata"
)

// notInText are the fields, and the types with all of their fields, that the text of a state leaves out, and why. Two states that differ in
// nothing else must behave alike.
var notInText = map[string]string{
	"coroutine": stack, "Handler": stack, "Continuation.handler": stack, "Continuation.blockResult": stack, "Store.coroutines": stack, "Store.machine": stack, "Machine": stack,
	"Store.aborted": stack, "contFuncOfThread.self": "a thread that has not begun is the one whose continuation has it",

	"Options": fixed, "Store.options": fixed, "Store.pool": fixed, "Store.types": fixed, "ComponentInstance.store": fixed, "Waitable.store": fixed, "WaitableSet.store": fixed,
	"SharedStreamImpl.store": fixed, "SharedFutureImpl.store": fixed, "Table.store": fixed, "Tables.inst": fixed, "coreValueIter.store": fixed,
	"ResourceType": fixed, "CoreFuncRef": fixed, "LiftLowerOptions.Realloc": fixed, "CanonicalOptions.PostReturn": fixed, "Type": fixed, "ValType": fixed,
	"BorrowType": fixed, "ErrorContextType": fixed,

	"Thread.serial": "it orders threads that are otherwise the same", "Store.threads": "it is the last serial", "Store.chosen": "a promise compares it between two menus, and nothing else reads it",
	"Store.shared": "all that can be used is reached otherwise",
	"Task.onStart": oneCall, "lowerOnResolve.cx": oneCall, "lowerOnResolve.ft": oneCall, "lowerOnResolve.maxFlatParams": oneCall, "lowerOnResolve.maxFlatResults": oneCall,
	"lowerOnProgress.subtask": oneCall, "reallocOnResolve.ptr": oneCall, "reallocOnResolve.resolved": oneCall, "liftThreadFunc.callee": oneCall, "liftThreadFunc.ft": oneCall,
	"liftThreadFunc.opts": oneCall, "liftThreadFunc.inst": oneCall, "liftThreadFunc.task": oneCall, "liftThreadFunc.thread": oneCall,
	"newIndirectThreadFunc.s": oneCall, "newIndirectThreadFunc.task": oneCall, "newIndirectThreadFunc.f": oneCall, "newIndirectThreadFunc.newThread": oneCall,
	"LiftLowerContext.borrowScope": oneCall, "subtaskEvent.subtask": "it is the waitable whose event it is",
	"SharedStreamImpl.pendingOnCopy": "it is of the same copy as pendingOnCopyDone",

	"MemInst.Bytes":          "contents of memories are written by those who compare states",
	"String.Encoding":        "the message of an error context shows to core code by its text alone",
	"String.TaggedCodeUnits": "the message of an error context shows to core code by its text alone",
	"CoreValue":              value, "Int": value,
	"drawn": numbering, "generational": numbering, "random": numbering,
}

// Why fields are left out.
const (
	stack     = "stacks are not a part of the text: it says whether a thread runs, and what one that has not begun will run"
	fixed     = "it does not change once instances and types are made"
	oneCall   = "it follows from the call that the text names"
	value     = "it is written as a number"
	numbering = "the numbering of a variant writes itself"
)

// A ported is the source of this package, with its types.
type ported struct {
	pkg   *types.Package
	info  *types.Info
	files map[string]*ast.File // by name
}

// sources reads the package, without its tests.
func sources(t *testing.T) *ported {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	p := &ported{files: map[string]*ast.File{}, info: &types.Info{Uses: map[*ast.Ident]types.Object{}, Types: map[ast.Expr]types.TypeAndValue{},
		Defs: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		p.files[name] = f
	}
	files := slices.Collect(maps.Values(p.files))
	if p.pkg, err = exportdata.Check("cabi/spec", fset, ".", files, p.info); err != nil {
		t.Fatal(err)
	}
	return p
}

// functions are the declarations that are named so, as Type.method or function.
func (p *ported) function(name string) *ast.FuncDecl {
	for _, f := range p.files {
		for _, d := range f.Decls {
			if fn, is := d.(*ast.FuncDecl); is && declared(fn) == name {
				return fn
			}
		}
	}
	return nil
}

func declared(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	t := fn.Recv.List[0].Type
	if star, is := t.(*ast.StarExpr); is {
		t = star.X
	}
	id, _ := t.(*ast.Ident)
	if id == nil {
		return fn.Name.Name
	}
	return id.Name + "." + fn.Name.Name
}

// written are the fields that the file that writes states mentions.
func (p *ported) written() map[types.Object]bool {
	fields := map[types.Object]bool{}
	ast.Inspect(p.files["state_writer.go"], func(n ast.Node) bool {
		if id, is := n.(*ast.Ident); is {
			if v, is := p.info.Uses[id].(*types.Var); is && v.IsField() {
				fields[v.Origin()] = true
			}
		}
		return true
	})
	return fields
}

// implementers are the types of the package that an interface may hold.
func (p *ported) implementers(of *types.Interface) []*types.Named {
	var all []*types.Named
	for _, name := range p.pkg.Scope().Names() {
		named, is := p.pkg.Scope().Lookup(name).Type().(*types.Named)
		if _, isType := p.pkg.Scope().Lookup(name).(*types.TypeName); !is || !isType || types.IsInterface(named) || named.TypeParams() != nil {
			continue
		}
		if types.Implements(named, of) || types.Implements(types.NewPointer(named), of) {
			all = append(all, named)
		}
	}
	return all
}

// eachField calls f with every field of every struct that can be reached from a type of the package.
func (p *ported) eachField(t types.Type, seen map[string]bool, f func(owner string, field *types.Var)) {
	switch t := t.(type) {
	case *types.Pointer:
		p.eachField(t.Elem(), seen, f)
	case *types.Slice:
		p.eachField(t.Elem(), seen, f)
	case *types.Array:
		p.eachField(t.Elem(), seen, f)
	case *types.Map:
		p.eachField(t.Key(), seen, f)
		p.eachField(t.Elem(), seen, f)
	case *types.Named:
		name := t.Obj().Name()
		if t.Obj().Pkg() != p.pkg || seen[name] || notInText[name] != "" {
			return
		}
		seen[name] = true
		switch u := t.Underlying().(type) {
		case *types.Struct:
			for i := range u.NumFields() {
				field := u.Field(i).Origin()
				f(name, field)
				if notInText[name+"."+field.Name()] == "" {
					p.eachField(field.Type(), seen, f)
				}
			}
		case *types.Interface:
			for _, by := range p.implementers(u) {
				p.eachField(by, seen, f)
			}
		default:
			p.eachField(u, seen, f)
		}
	}
}

// The text of a state has every field of everything that a store is made of, but for those that are said to be left out.
func TestStateHasEveryField(t *testing.T) {
	p := sources(t)
	written := p.written()
	known := map[string]bool{}
	p.eachField(p.pkg.Scope().Lookup("Store").Type(), map[string]bool{}, func(owner string, field *types.Var) {
		name := owner + "." + field.Name()
		known[name] = true
		reason := notInText[name]
		switch {
		case !written[field] && reason == "" && !field.Embedded():
			t.Errorf("%s is a part of the state, and its text leaves it out: write it in state_writer.go, or say in notInText why not", name)
		case written[field] && reason != "":
			t.Errorf("%s is in the text of a state, and notInText says that it is not", name)
		}
	})
	for name := range notInText {
		if !known[name] && p.pkg.Scope().Lookup(name) == nil {
			t.Errorf("notInText has %s, which is no part of the state", name)
		}
	}
}

// A typeSwitch is a function with a type switch over the types that an interface may hold, which must know them all.
type typeSwitch struct {
	function, of string
	without      map[string]string // the types that it need not know, and why
}

const (
	theHosts = "it is the host's, of which a state says no more"
	noSuch   = "none is ever in that place"
	noSet    = "it waits on no set"
)

var typeSwitches = []typeSwitch{
	{"StateWriter.readyFunc", "ReadyFunc", map[string]string{"HostReady": theHosts, "Thread": noSuch}},
	{"conditionOf", "ReadyFunc", map[string]string{"HostReady": theHosts, "Thread": noSuch}},
	{"Store.ThreadsWaiting", "ReadyFunc", map[string]string{"HostReady": theHosts, "Thread": noSuch, "alwaysReady": noSet, "noBackpressure": noSet,
		"waitableReady": noSet, "exclusiveFree": noSet, "subtaskResolved": noSet}},
	{"StateWriter.waitable", "pendingEvent", map[string]string{"anyEvent": "states with it are never written"}},
	{"StateWriter.begins", "threadFunc", map[string]string{"HostThread": theHosts, "coroutine": noSuch}},
	{"StateWriter.callbacks", "OnResolve", map[string]string{"HostOnResolve": theHosts}},
	{"StateWriter.onCopyDone", "OnCopyDone", map[string]string{"HostOnCopyDone": theHosts, "streamEvent": noSuch, "futureEvent": noSuch}},
}

// Functions that tell ready functions and callbacks apart know all that there are: one that wraps another, for one, waits for what that waits for.
func TestSwitchesAreComplete(t *testing.T) {
	p := sources(t)
	for _, s := range typeSwitches {
		fn := p.function(s.function)
		if fn == nil {
			t.Errorf("there is no %s", s.function)
			continue
		}
		cases := p.casesIn(fn)
		of := p.pkg.Scope().Lookup(s.of).Type().Underlying().(*types.Interface)
		var names []string
		for _, by := range p.implementers(of) {
			name := by.Obj().Name()
			names = append(names, name)
			switch reason := s.without[name]; {
			case !cases[name] && reason == "":
				t.Errorf("%s has no case for %s, which is a %s: say what it is there", s.function, name, s.of)
			case cases[name] && reason != "":
				t.Errorf("%s has a case for %s, and its exception is stale", s.function, name)
			}
		}
		for name := range s.without {
			if !slices.Contains(names, name) {
				t.Errorf("%s is no %s, and its exception for %s is stale", name, s.of, s.function)
			}
		}
	}
}

// casesIn are the types of the cases of the type switches in a function, and of its type assertions.
func (p *ported) casesIn(fn *ast.FuncDecl) map[string]bool {
	cases := map[string]bool{}
	ast.Inspect(fn, func(n ast.Node) bool {
		var list []ast.Expr
		switch n := n.(type) {
		case *ast.CaseClause:
			list = n.List
		case *ast.TypeAssertExpr:
			if n.Type != nil { // that of a type switch has none
				list = []ast.Expr{n.Type}
			}
		}
		for _, e := range list {
			name := types.TypeString(p.info.Types[e].Type, func(*types.Package) string { return "" })
			cases[strings.TrimPrefix(name, "*")] = true
		}
		return true
	})
	return cases
}
