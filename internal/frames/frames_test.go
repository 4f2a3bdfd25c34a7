package frames

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"cabi/internal/exportdata"
)

const (
	specDir  = "../../spec"
	modelDir = "../../model"
)

var generateOnce = sync.OnceValues(func() (*Generated, error) { return Generate(Spec(specDir)) })

func generated(t *testing.T) *Generated {
	t.Helper()
	made, err := generateOnce()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// The other form of spec/ can be made of its source as it is, and compiles. Whoever edits spec/ and sees this fail has written something in a
// function that can suspend that the generator does not know: the message says where, and what.
func TestSpec(t *testing.T) {
	made := generated(t)
	paths, err := filepath.Glob(filepath.Join(specDir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	parse := func(name string, text any) {
		f, err := parser.ParseFile(fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	for _, path := range paths {
		if _, replaced := made.Files[filepath.Base(path)]; !replaced && !strings.HasSuffix(path, "_test.go") {
			parse(path, nil)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(made.Files)) {
		parse(name, made.Files[name])
	}
	if formatted, err := format.Source(machineSource); err != nil || string(formatted) != string(machineSource) {
		t.Errorf("gofmt would change machine.go.txt: %v", err)
	}
	if _, err := exportdata.Check("spec", fset, specDir, files, nil); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"Thread.Resume", "block", "canonLift", "CanonWaitableSetWait", "lowerFlat", "Store.Tick", "Continuation.threadBase"} {
		if !slices.Contains(made.Functions, name) {
			t.Errorf("%s can suspend, and is no frame", name)
		}
	}
	for _, name := range []string{"NewStore", "Tables.add", "liftFlat", "AnyLends.Drop"} {
		if slices.Contains(made.Functions, name) {
			t.Errorf("%s is a frame", name)
		}
	}
}

// The generator makes the same of the same source.
func TestDeterministic(t *testing.T) {
	a := generated(t)
	b, err := Generate(Spec(specDir))
	if err != nil {
		t.Fatal(err)
	}
	for name := range a.Files {
		if string(a.Files[name]) != string(b.Files[name]) {
			t.Errorf("%s is made differently the second time", name)
		}
	}
}

// The frames in spec/ and model/ are those that the generator makes of the other files.
func TestCommitted(t *testing.T) {
	below := generated(t)
	above, err := Generate(Model(modelDir, below))
	if err != nil {
		t.Fatal(err)
	}
	for dir, made := range map[string]*Generated{specDir: below, modelDir: above} {
		committed, err := os.ReadFile(filepath.Join(dir, made.Frames))
		if err != nil {
			t.Fatal(err)
		}
		if string(committed) != string(made.Files[made.Frames]) {
			t.Errorf("%s/%s is not what is made of the other files: go run ./internal/frames/generate", filepath.Base(dir), made.Frames)
		}
	}
	for _, name := range []string{"Run.rest", "instance.act", "instance.call", "Run.hostActs", "Run.doHostAction", "Run.sharedCopy", "hostStream.Read"} {
		if !slices.Contains(above.Functions, name) {
			t.Errorf("%s can suspend, and is no frame", name)
		}
	}
}

// Lines of the functions whose bodies begin frames, and of all that follows them, are where they are in the port.
func TestLines(t *testing.T) {
	for name, text := range generated(t).Files {
		if name == Spec("").File || name == Spec("").Machine || name == Spec("").Beside {
			continue
		}
		port, err := os.ReadFile(filepath.Join(specDir, name))
		if err != nil {
			t.Fatal(err)
		}
		if a, b := strings.Count(string(port), "\n"), strings.Count(string(text), "\n"); a != b {
			t.Errorf("%s has %d lines instead of %d", name, b, a)
		}
	}
}

// The tests of spec/ pass on frames.
func TestOnFrames(t *testing.T) {
	if testing.Short() {
		t.Skip("builds spec/ on frames, and runs its tests: leave out -short")
	}
	overlay, err := generated(t).WriteOverlay(specDir, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	runs := [][]string{{"-short", "-skip", "TestDocsReadme", "./spec"}} // that one lists the files
	for _, arguments := range runs {
		command := exec.Command("go", append([]string{"test", "-overlay", overlay}, arguments...)...)
		command.Dir, command.Env = "../..", append(os.Environ(), "CABI_LONG=")
		if out, err := command.CombinedOutput(); err != nil {
			t.Errorf("%v: %v\n%s", command.Args, err, out)
		}
	}
}

// The port is not written over.
func TestPortIsKept(t *testing.T) {
	if _, err := new(Generated).WriteOverlay(specDir, specDir+"/."); err == nil || !strings.Contains(err.Error(), "name another directory") {
		t.Errorf("got %v", err)
	}
}

// What the generator does not know is refused by file and line.
func TestRefusals(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{"x := 1\n_ = keep(&x)\nguest()", "p.go:11: the address of x, a variable of a function that can suspend"},
		{"f := func() { guest() }\nf()", "p.go:10: a closure that can suspend"},
		{"x := 1\nf := func() int { return x }\nguest()\n_ = f", "p.go:11: a closure that may be kept, in a function that can suspend"},
		{"goto end\nend:\nguest()", "p.go:10: a goto"},
		{"const c = 1\nguest()\n_ = c", "p.go:10: a constant or type that is declared in a function that can suspend"},
		{"for range 2 {\ndefer s.undo()\n}\nguest()", "p.go:11: a *ast.DeferStmt in a part that is not translated"},
		{"guest()\ndefer s.undo()", "p.go:11: a defer statement that is not among the first statements of its function"},
		{"var a [2]int\nb := a[:]\nguest()\n_ = b", "p.go:11: a slice of an array, which is a variable of a function that can suspend"},
		{"var k keeper\nk.keep()\nguest()", "p.go:11: a method that takes the address of k, a variable of a function that can suspend"},
		{"select {}\nguest()", "p.go:10: a *ast.SelectStmt in a part that is not translated"},
		{"m := map[int]int{}\nfor range m {\nguest()\n}", "p.go:11: a range over map[int]int"},
		{"a := []int{0}\na[0] = give(guest)\n", "p.go:11: an assignment of what a call that can suspend returns to something else than a variable, or a field of one"},
		{"s.only()\nguest()", "p.go:10: s.only is only the host's, and is called by a function that can suspend"},
	} {
		source := strings.ReplaceAll(small, "BODY", c.body)
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "p.go"), []byte(source), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Generate(Source{Dir: dir, Values: []string{"Guest"}, Plain: []string{"S.only"}, Machine: "machine.go", Store: "S", File: "frames_gen.go"})
		want := strings.ReplaceAll(c.want, "s.only is", "S.only is")
		if err == nil || !strings.Contains(withoutColumns(err.Error()), want) {
			t.Errorf("%s\ngives %v\nwant %s", c.body, err, want)
		}
	}
}

// small is a package of which one function can suspend. Its body begins in line 10.
const small = `package p

type Guest func()
type S struct{}
func (s *S) only() {}
func (s *S) undo() {}
func give(g Guest) int { g(); return 1 }
func keep(x *int) *int { return x }
func (s *S) f(guest Guest) {
BODY
}
type keeper struct{ self *keeper }
func (k *keeper) keep() { k.self = k }
`

// withoutColumns leaves the columns out of positions, and the directories.
func withoutColumns(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if parts := strings.SplitN(line, ":", 4); len(parts) == 4 {
			line = filepath.Base(parts[0]) + ":" + parts[1] + ":" + parts[3]
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "")
}
