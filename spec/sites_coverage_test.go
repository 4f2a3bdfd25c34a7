package spec

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// A siteLog holds the sites that the stores of a test run have evaluated, and those that have fired.
type siteLog struct {
	mu        sync.Mutex
	evaluated map[Site]bool
	fired     map[Site]bool
}

// reached is the log of the whole run. Stores of newTestStoreWith write to it.
var reached = &siteLog{evaluated: map[Site]bool{}, fired: map[Site]bool{}}

func (l *siteLog) note(site Site, fires bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.evaluated[site] = true
	if fires {
		l.fired[site] = true
	}
}

// observing is options whose observer also writes to the log.
func (l *siteLog) observing(options Options) Options {
	observe := options.Observe
	options.Observe = func(site Site, fires bool) {
		l.note(site, fires)
		if observe != nil {
			observe(site, fires)
		}
	}
	return options
}

// TestMain checks the log once all tests have run. After a part of them the log says nothing.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && ranAll() {
		for _, problem := range reached.problems(sitesOfSource()) {
			fmt.Println("FAIL: " + problem)
			code = 1
		}
	}
	os.Exit(code)
}

func ranAll() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return true
}

// problems lists the sites that neither fired nor are listed as unreachable, those that are listed and fired all the same, those
// that are listed and do not exist, and the asserts with a store that were not even evaluated.
func (l *siteLog) problems(sites []goSite) (problems []string) {
	known := map[Site]bool{}
	for _, site := range sites {
		known[site.name] = true
		_, listed := unreachable[site.name]
		switch {
		case listed && l.fired[site.name]:
			problems = append(problems, fmt.Sprintf("%s: is listed as unreachable and fired", site.name))
		case !listed && !l.fired[site.name]:
			problems = append(problems, fmt.Sprintf("%s: no test makes it fire, and it is not listed as unreachable", site.name))
		case !l.evaluated[site.name] && !neverEvaluated[site.name] && !site.static:
			problems = append(problems, fmt.Sprintf("%s: no test gets there", site.name))
		}
	}
	for site := range unreachable {
		if !known[site] {
			problems = append(problems, fmt.Sprintf("%s: is listed as unreachable and does not exist", site))
		}
	}
	slices.Sort(problems)
	return problems
}

// A goSite is a trap or an assert as the source has it.
type goSite struct {
	name   Site
	static bool // assertStatic: no store observes it
}

// sitesOfSource reads the sites off the source of the package, as internal/port does for `cabi sites`.
func sitesOfSource() []goSite {
	files, err := filepath.Glob("*.go")
	if err != nil {
		panic(err)
	}
	var sites []goSite
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_gen.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				sites = append(sites, siteOfCall(call)...)
			}
			return true
		})
	}
	return sites
}

var siteName = regexp.MustCompile(`^[A-Za-z_<][\w.<>]*/\S+$`)

// callOfSite matches the names of functions whose calls are sites.
var callOfSite = regexp.MustCompile(`^(trap|assert|isA)`)

// siteOfCall is the site that a call is, or none.
func siteOfCall(call *ast.CallExpr) []goSite {
	called := call.Fun
	if generic, ok := called.(*ast.IndexExpr); ok {
		called = generic.X
	}
	function := ""
	switch f := called.(type) {
	case *ast.Ident:
		function = f.Name
	case *ast.SelectorExpr:
		function = f.Sel.Name
	}
	if !callOfSite.MatchString(function) {
		return nil
	}
	for _, arg := range call.Args {
		if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			name, _ := strconv.Unquote(lit.Value)
			if siteName.MatchString(name) && !strings.HasPrefix(name, "variant/") { // a variant's own is not upstream's
				return []goSite{{Site(name), function == "assertStatic"}}
			}
		}
	}
	return nil
}
