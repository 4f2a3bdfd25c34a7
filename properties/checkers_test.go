package properties

import (
	"cmp"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The checkers are mutated, too: each statement that reports a violation is left out, one at a time, and a bug of spec/ that is planted must then
// go unseen, or be seen otherwise: make mutants PACKAGE=properties. All statements are compiled with a switch, and all
// bugs: a first search for each bug says which statements report it, and one more for each of these what is left without it.

// A reportSite is a statement of a checker that reports a violation.
type reportSite struct {
	name       string // the file and the line
	begin, end int    // bytes of the file
	results    int    // of a return statement; 0: it is another
}

// reportSites are the statements of a file that report violations: that set a message, return one, or suspect a violation.
func reportSites(t *testing.T, file, text string) (sites []reportSite) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, text, 0)
	if err != nil {
		t.Fatal(err)
	}
	add := func(n ast.Node, results int) {
		p := fset.Position(n.Pos())
		sites = append(sites, reportSite{fmt.Sprintf("%s:%d", filepath.Base(file), p.Line), p.Offset, fset.Position(n.End()).Offset, results})
	}
	var inFunc func(body *ast.BlockStmt, message bool)
	inFunc = func(body *ast.BlockStmt, message bool) {
		ast.Inspect(body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				inFunc(n.Body, returnsMessage(n.Type) || returnsText(n.Type))
				return false
			case *ast.ReturnStmt:
				if message && len(n.Results) > 0 && isText(n.Results[0]) {
					add(n, len(n.Results))
				}
			case *ast.AssignStmt:
				if s, ok := n.Lhs[0].(*ast.SelectorExpr); ok && s.Sel.Name == "Message" && isText(n.Rhs[0]) {
					add(n, 0)
				}
			case *ast.ExprStmt:
				if call, ok := n.X.(*ast.CallExpr); ok {
					if s, ok := call.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "suspect" || s.Sel.Name == "violate") {
						add(n, 0)
					}
				}
			}
			return true
		})
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.Name != "violate" { // its callers report
				inFunc(d.Body, returnsMessage(d.Type))
			}
		case *ast.GenDecl:
			ast.Inspect(d, func(n ast.Node) bool {
				if lit, ok := n.(*ast.FuncLit); ok {
					inFunc(lit.Body, returnsMessage(lit.Type) || returnsText(lit.Type))
					return false
				}
				return true
			})
		}
	}
	return sites
}

// returnsMessage reports whether the first result of a function is a message: a named string, or the only result, a string.
func returnsMessage(f *ast.FuncType) bool {
	if f.Results == nil || len(f.Results.List) == 0 {
		return false
	}
	first := f.Results.List[0]
	typ, ok := first.Type.(*ast.Ident)
	return ok && typ.Name == "string" && len(first.Names) > 0 && first.Names[0].Name == "message"
}

// returnsText reports whether the only result of a function is a string, as of the checks of stateProperty.
func returnsText(f *ast.FuncType) bool {
	if f.Results == nil || len(f.Results.List) != 1 {
		return false
	}
	typ, ok := f.Results.List[0].Type.(*ast.Ident)
	return ok && typ.Name == "string"
}

// isText reports whether an expression makes a text: it is no empty string, and nothing that another statement has made.
func isText(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.CallExpr:
		s, ok := e.Fun.(*ast.SelectorExpr)
		return ok && (s.Sel.Name == "Sprintf" || s.Sel.Name == "Error" || s.Sel.Name == "Sprint")
	case *ast.BinaryExpr:
		return isText(e.X) || isText(e.Y)
	case *ast.BasicLit:
		return e.Value != `""`
	}
	return false
}

// switched is the text of a file in which each of its report sites can be switched off. The first has number n.
func switched(text string, sites []reportSite, n int) string {
	for i := len(sites) - 1; i >= 0; i-- {
		s := sites[i]
		statement := text[s.begin:s.end]
		with := fmt.Sprintf("if reports(%d) {\n%s\n}", n+i, statement)
		if s.results > 0 {
			with = fmt.Sprintf("{\nif reports(%d) {\n%s\n}\nreturn %s\n}", n+i, statement, strings.TrimSuffix(strings.Repeat(`"", `, s.results), ", "))
		}
		text = text[:s.begin] + with + text[s.end:]
	}
	return text
}

// switches is a file of the package that has the switches.
const switches = `package properties

// Off is the report that is switched off, and Reported has those that were made.
var (
	Off      = -1
	Reported = map[int]bool{}
)

func reports(n int) bool {
	Reported[n] = true
	return n != Off
}
`

// searcher is a program that searches for the first violation of a property, and for that without each of the statements that report it.
const searcher = `package main

import (
	"encoding/json"
	"fmt"
	"os"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
)

type job struct {
	World, Variant, Property string
	Steps                    int
}

func search(j job) string {
	w := model.WorldByName(j.World)
	if w == nil {
		w = properties.CornerByName(j.World)
	}
	r := model.Search{World: w, Variant: spec.VariantByName(j.Variant), Properties: []*model.Property{properties.ByName(j.Property)},
		Bounds: model.Bounds{Steps: j.Steps}.Or(w.Bounds), MaxStates: 40000}.Run()
	if v := r.Violation(); v != nil {
		return fmt.Sprint(v.Key(), " ", v.Actions, " ", v.Message)
	}
	return ""
}

func main() {
	var asked struct {
		Jobs    []job
		Noticed []int // the statements that other bugs need
	}
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		panic(err)
	}
	noticed, before := map[int]bool{}, map[int]bool{}
	for _, n := range asked.Noticed {
		before[n] = true
	}
	for _, j := range asked.Jobs {
		properties.Off, properties.Reported = -1, map[int]bool{}
		found := search(j)
		if found == "" {
			continue
		}
		for n := range properties.Reported {
			if properties.Off = n; !before[n] && !noticed[n] && search(j) != found {
				noticed[n] = true
			}
		}
	}
	json.NewEncoder(os.Stdout).Encode(noticed)
}
`

// A checkerJob is a search for the violation of a property, in a named world or in one of corners.
type checkerJob struct {
	World, Variant, Property string
	Steps                    int
}

// plantedBugs are the bugs of spec/ that checkers find, each with the searches that do. The first is none: the known defects.
func plantedBugs(t *testing.T) map[string][]checkerJob {
	t.Helper()
	bugsOf := map[string][]checkerJob{"": nil}
	for _, d := range KnownDefects {
		bugsOf[""] = append(bugsOf[""], checkerJob{d.World, "single-table", d.Property.Name, d.Actions})
	}
	for _, p := range All {
		file := filepath.Join("testdata/patches", p.Name+".patch")
		header, _, _ := strings.Cut(read(t, file), "\n--- ")
		words := strings.Fields(strings.TrimPrefix(header, "world "))
		j := checkerJob{words[0], "single-table", p.Name, 10}
		if len(words) == 3 {
			j.Variant = words[2]
		}
		bugsOf[file] = []checkerJob{j}
	}
	for _, b := range append(bugs(t, "history"), bugs(t, "invented")...) {
		if how := fatePattern.FindStringSubmatch(b.fate); how[2] != "" {
			property, _, _ := strings.Cut(how[3], "/")
			steps := 0
			fmt.Sscan(how[1], &steps)
			bugsOf[b.file] = []checkerJob{{how[2], "single-table", property, steps}}
		}
	}
	return bugsOf
}

// TestReportSites checks that there are report sites in every file of checkers, and that the files can be switched.
func TestReportSites(t *testing.T) {
	total := 0
	overlay := switchedOverlay(t, &total)
	if total < 80 {
		t.Errorf("%d report sites", total)
	}
	for path, text := range overlay {
		if _, err := parser.ParseFile(token.NewFileSet(), path, text, 0); err != nil {
			t.Error(err)
		}
	}
	plantedBugs(t)
}

// switchedOverlay are the files of the package with switches, and counts the sites.
func switchedOverlay(t *testing.T, total *int, names ...*[]string) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	add := func(path, text string) {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[path] = text
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text := read(t, file)
		sites := reportSites(t, file, text)
		if len(sites) == 0 {
			continue
		}
		add(file, switched(text, sites, *total))
		*total += len(sites)
		for _, list := range names {
			for _, s := range sites {
				line, _, _ := strings.Cut(text[s.begin:s.end], "\n")
				*list = append(*list, s.name+": "+line)
			}
		}
	}
	add("switches.go", switches)
	add("../internal/searcher/main.go", searcher)
	return texts
}

// TestCheckerMutants judges every report site: make mutants PACKAGE=properties. With CABI_PART=I/N it plants only every Nth bug.
func TestCheckerMutants(t *testing.T) {
	if os.Getenv("CABI_CHECKERS") == "" {
		t.Skip("takes long: make mutants PACKAGE=properties runs it")
	}
	part, parts := partOf(t)
	total, names := 0, []string{}
	base := switchedOverlay(t, &total, &names)
	noticed := make([]string, total)
	all := plantedBugs(t)
	files := slices.SortedFunc(maps.Keys(all), func(a, b string) int { // those that were made for a property come first
		return cmp.Or(cmp.Compare(strings.Count(b, "/patches/"), strings.Count(a, "/patches/")), strings.Compare(a, b))
	})
	i := 0
	files = slices.DeleteFunc(files, func(string) bool { i++; return (i-1)%parts != part-1 })
	patches := slices.DeleteFunc(slices.Clone(files), func(file string) bool { return file == "" })
	program := withPatches(t, patches, func(t *testing.T, texts map[string]string) string {
		maps.Copy(texts, base)
		return buildWith(t, writeOverlay(t, texts), "build", "./internal/searcher")
	})
	for _, file := range files {
		searches := program(t, file)
		var before []int
		for n, by := range noticed {
			if by != "" {
				before = append(before, n)
			}
		}
		jobs, _ := json.Marshal(map[string]any{"Jobs": all[file], "Noticed": before})
		cmd := searches.command()
		cmd.Stdin = strings.NewReader(string(jobs))
		out, err := cmd.CombinedOutput()
		var found map[int]bool
		if err == nil {
			err = json.Unmarshal(out, &found)
		}
		if err != nil {
			t.Errorf("%s: %v: %s", file, err, out)
		}
		for n := range found {
			noticed[n] = file
		}
		fmt.Printf("%s: %d of %d more\n", file, len(found), total) // it takes minutes: as it goes on
	}
	n := 0
	for i, by := range noticed {
		if by != "" {
			n++
		} else if parts == 1 {
			t.Errorf("nothing notices that it is left out: %s", names[i])
		}
		t.Logf("%s\tnoticed by %q", names[i], by)
	}
	t.Logf("%d of %d reports are needed", n, total)
}

// partOf is the part of the work that is asked for with CABI_PART=I/N; all: 1 of 1.
func partOf(t *testing.T) (part, parts int) {
	text := os.Getenv("CABI_PART")
	if text == "" {
		return 1, 1
	}
	if _, err := fmt.Sscanf(text, "%d/%d", &part, &parts); err != nil || part < 1 || part > parts {
		t.Fatalf("CABI_PART=%q is no part, as 2/8", text)
	}
	return part, parts
}
