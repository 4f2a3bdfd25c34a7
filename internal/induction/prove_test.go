package induction

import (
	"go/ast"
	"go/parser"
	"go/token"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/spec"
)

// Everything is proved, for states of every size.
func TestProofs(t *testing.T) {
	for _, name := range Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := ByName(name, nil)
			sizes := 0
			p := s.Prove(s.Describe().Enough, func(int, int, int) { sizes++ })
			if p.Failure != nil || !p.Always {
				t.Errorf("always %v, failure %v", p.Always, p.Failure)
			}
			if r := p.Reductions; p.States == 0 || p.Cases == 0 || r.Closed == 0 || r.Alike == 0 || r.Local == 0 || sizes != p.Size+1 {
				t.Errorf("nothing was looked at: %+v, %d sizes", *p, sizes)
			}
		})
	}
}

// An invariant that lacks a clause is too weak, and that is shown by a state that is small.
func TestEveryClauseIsNeeded(t *testing.T) {
	for _, name := range Names() {
		for _, clause := range ByName(name, nil).Describe().Clauses {
			p := ByName(name, nil).Without(clause.Name).Prove(3, nil)
			if p.Failure == nil || p.Failure.State == "" || strings.Contains(p.Failure.Message, "argument") {
				t.Errorf("%s without %s: %v", name, clause.Name, p.Failure)
			}
		}
	}
}

// A trap or assert that is switched off breaks the operation that has it, if anything can come to it.
func TestBrokenOperations(t *testing.T) {
	harmless := map[spec.Site]string{
		"Table.add/free":                       "places on the free list are free",
		"WaitableSet.get_pending_event/member": "elements of a set are in it",
		"WaitableSet.drop/elements":            "that a set which is dropped is in no table any more is the table's matter",
		"Waitable.drop/pending-event":          "events are not what join-symmetric is about",
		"Subtask.add_lender/unresolved":        "a resolved subtask that was not told counts as well",
		"Subtask.resolve/once":                 "resolving a subtask again changes no lend",
		"Subtask.resolve_delivered/resolved":   "a subtask that is told is resolved",
	}
	for _, name := range Names() {
		for _, site := range Sites(name) {
			p := ByName(name, map[spec.Site]bool{site: true}).Prove(3, nil)
			if why := harmless[site]; why != "" && p.Failure != nil {
				t.Errorf("%s without %s fails, but %s: %v", name, site, why, p.Failure)
			} else if why == "" && (p.Failure == nil || p.Failure.Operation == "") {
				t.Errorf("%s without %s: %v", name, site, p.Failure)
			}
		}
	}
}

// An invariant that an operation does not keep is shown by the state before, the operation and the state after.
func TestNotInductive(t *testing.T) {
	s := Tables(nil)
	s.Promises = nil
	for _, c := range []string{"free-once", "free-all", "places-used"} {
		s = s.Without(c).(*System[Table])
	}
	p := s.Prove(3, nil)
	if p.Failure == nil || p.Failure.Operation != "Table.add()" || p.Failure.After == "" || p.Failure.Clause != "free-empty" {
		t.Errorf("%v", p.Failure)
	}
}

// The first state has to satisfy the invariant.
func TestStart(t *testing.T) {
	s := Tables(nil)
	s.Start = Table{Array: []int{1}}
	if p := s.Prove(1, nil); p.Failure == nil || !strings.HasPrefix(p.Failure.State, "the first state") {
		t.Errorf("%v", p.Failure)
	}
}

// What is wrong with the argument for larger states is noticed: parts that are needed, parts that matter to an operation.
func TestWrongArgument(t *testing.T) {
	wrong := map[string]func(s *System[Table]){
		"all needed":          func(s *System[Table]) { s.Witness = 0 },
		"something else":      func(s *System[Table]) { s.Parts = func(t Table, _ *Operation) []int { return tableParts(t, nil) } },
		"without part":        func(s *System[Table]) { s.Delete = deleteAlsoFree },
		"it does something":   func(s *System[Table]) { s.Rename = func(_ Table, o Operation, _ int) Operation { return o } },
		"does something else": func(s *System[Table]) { s.Result = func(_ Operation, result, _ int) int { return result } },
	}
	for message, change := range wrong {
		s := Tables(nil)
		change(s)
		if p := s.Prove(2, nil); p.Failure == nil || !strings.Contains(p.Failure.Message, message) || p.Always {
			t.Errorf("%s: %v", message, p.Failure)
		}
	}
}

// deleteAlsoFree takes a place out of a table, and forgets the free list.
func deleteAlsoFree(s Table, place int) Table {
	without := deletePlace(s, place)
	without.Free = nil
	return without
}

// No state is made twice, and the states of all sizes up to some are as many as counting gives: tables with n places of which k are free have
// k! free lists, and there are four limits and elements at most, of which some break a clause.
func TestTableStates(t *testing.T) {
	seen := map[string]bool{}
	lists := map[string]bool{}
	for n := range 4 {
		for s := range tableStates(n, tableClauses) {
			if text := s.String(); seen[text] {
				t.Errorf("twice: %s", text)
			} else {
				seen[text] = true
			}
			s.Limit, s.Most = 0, 0
			lists[s.String()] = true
		}
	}
	if len(lists) != 1+2+5+16 {
		t.Errorf("%d arrays with free lists", len(lists))
	}
}

// The order of elements matters to no clause on sets, so that events may be taken without shuffling.
func TestOrderOfElements(t *testing.T) {
	for s := range setStates(3, nil) {
		for n := range s.Elements {
			other := s
			other.Elements = slices.Clone(s.Elements)
			other.Elements[n] = slices.Clone(s.Elements[n])
			slices.Reverse(other.Elements[n])
			for _, c := range setClauses {
				if (c.Broken(s) == "") != (c.Broken(other) == "") {
					t.Errorf("%s: %s, and with set %d reversed", c.Name, s, n)
				}
			}
		}
	}
}

// The functions that change what a proof is about are those whose operations it runs.
func TestChangedBy(t *testing.T) {
	for field, functions := range map[string][]string{
		"array":    {"newTable", "add", "remove", "get"}, // the last is of FuncTable, which has a table of its own
		"free":     {"newTable", "add", "remove"},
		"elems":    {"join", "newWaitableSet", "getPendingEvent"}, // the last has them shuffled
		"wset":     {"init", "join"},
		"numLends": {"newResourceHandle", "addLender", "deliverResolve"},
		"lenders":  {"newSubtask", "addLender", "deliverResolve"},
	} {
		var changes []string
		for name, fn := range portedFunctions(t) {
			if assigns(fn, field) && !slices.Contains(changes, name) {
				changes = append(changes, name)
			}
		}
		slices.Sort(changes)
		slices.Sort(functions)
		if !slices.Equal(changes, functions) {
			t.Errorf("%s is changed by %v, and not by %v alone", field, changes, functions)
		}
	}
}

// portedFunctions are the functions of the files that are ported from definitions.py.
func portedFunctions(t *testing.T) iter.Seq2[string, *ast.FuncDecl] {
	files, err := filepath.Glob("../../spec/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no sources: ", err)
	}
	return func(yield func(string, *ast.FuncDecl) bool) {
		for _, file := range files {
			f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Comments) == 0 || !strings.HasPrefix(f.Comments[0].Text(), "definitions.py") {
				continue
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && !yield(fn.Name.Name, fn) {
					return
				}
			}
		}
	}
}

// assigns reports whether a function assigns to a field, or to an element of it.
func assigns(fn *ast.FuncDecl, field string) (found bool) {
	is := func(e ast.Expr) bool {
		if index, ok := e.(*ast.IndexExpr); ok {
			e = index.X
		}
		s, ok := e.(*ast.SelectorExpr)
		return ok && s.Sel.Name == field
	}
	ast.Inspect(fn, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || slices.ContainsFunc(n.Lhs, is)
		case *ast.IncDecStmt:
			found = found || is(n.X)
		}
		return true
	})
	return found
}
