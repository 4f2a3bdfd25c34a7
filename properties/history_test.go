package properties

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cabi/model"
	"cabi/spec"
)

// The tests of this file put bugs into spec/: those that definitions.py once had, and invented ones of the same kinds. A search or
// a test must notice each, unless there is a reason why nothing can. A bug is a patch in testdata/history or
// testdata/invented, in the form of those of patches_test.go, with the lines:
//
//	bug WHAT
//	upstream COMMIT             that repaired it; of history only
//	noticed after N actions in WORLD: FINDING, or: noticed by TEST, or: unnoticed: WHY
type bug struct {
	file, name, what, upstream, fate string
}

var writeDocs = flag.Bool("write", false, "write docs/generated/bugs.md again")

// bugs reads a folder of bugs.
func bugs(t *testing.T, folder string) []bug {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.patch"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no patches in %s: %v", folder, err)
	}
	var all []bug
	for _, file := range files {
		header, _, _ := strings.Cut(read(t, file), "\n--- ")
		b := bug{file: file, name: strings.TrimSuffix(filepath.Base(file), ".patch")}
		for line := range strings.SplitSeq(header, "\n") {
			key, rest, _ := strings.Cut(line, " ")
			switch key {
			case "bug":
				b.what = rest
			case "upstream":
				b.upstream = rest
			default:
				b.fate = line
			}
		}
		all = append(all, b)
	}
	return all
}

// TestBugsFit checks that every patch applies, and says how its bug is noticed, without building anything.
func TestBugsFit(t *testing.T) {
	for _, b := range append(bugs(t, "history"), bugs(t, "invented")...) {
		readPatch(t, b.file)
		if b.what == "" || fatePattern.FindString(b.fate) == "" || strings.Contains(b.file, "history") != (b.upstream != "") {
			t.Errorf("%s: %+v", b.file, b)
		}
	}
}

var fatePattern = regexp.MustCompile(`^(?:noticed after (\d+) actions? in (\S+): (.+)|noticed by (\S+)|unnoticed: .+)$`)

// TestBugs checks that every bug is noticed as its patch says, and that nothing notices those that say so.
func TestBugs(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("builds the suites once for each bug: set CABI_LONG=1 to run it")
	}
	for _, b := range append(bugs(t, "history"), bugs(t, "invented")...) {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel() // one is built while another searches
			_, overlay := readPatch(t, b.file)
			suites := buildTests(t, overlay)
			how := fatePattern.FindStringSubmatch(b.fate)
			switch {
			case how[2] != "":
				if out, err := suites("^TestFinds$", how[1], how[2], how[3]); err != nil || !strings.Contains(string(out), "--- PASS: TestFinds") {
					t.Errorf("%v: %s", err, out)
				}
			case how[4] != "":
				if out, err := suites("^" + how[4] + "$"); err == nil {
					t.Errorf("%s passes:\n%s", how[4], out)
				}
			default:
				if out, err := suites("^TestPromises$|^TestLayout$|^TestGuestsPass$"); err != nil {
					t.Errorf("it is noticed, against all reason:\n%s", out)
				}
			}
		})
	}
}

// buildTests builds the tests of this package, in which an overlay replaces some files of spec/, and returns what runs some of them, with
// what TestFinds looks for. They run without CABI_LONG, so that tests take their fixed seeds: whether one notices a bug depends on no luck.
// Whether they fail matters, and not how small the failure is, so there is little time for shrinking it.
func buildTests(t *testing.T, overlay string) func(tests string, finds ...string) ([]byte, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "properties.test")
	build := withOverlay(overlay, "test", "-c", "-vet=off", "-ldflags=-s -w", "-o", file, "./properties")
	build.Env = append(build.Env, "GOGC=400") // a fifth of the compiler's time would be garbage collection
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return func(tests string, finds ...string) ([]byte, error) {
		cmd := exec.Command(file, "-test.run", tests, "-test.v", "-rapid.shrinktime", "1s")
		cmd.Env = append(cmd.Environ(), "CABI_LONG=", "CABI_FINDS="+strings.Join(finds, " "))
		return cmd.CombinedOutput()
	}
}

// withOverlay is a go command at the root of the project, in which an overlay replaces some files of spec/.
func withOverlay(overlay, command string, args ...string) *exec.Cmd {
	addFrames(overlay)
	cmd := exec.Command("go", append([]string{command, "-overlay", overlay}, args...)...)
	cmd.Dir = ".."
	cmd.Env = append(cmd.Environ(), "CABI_LONG=")
	return cmd
}

// TestFinds looks for a finding in a world, which must be there after so many actions and not before. TestBugs builds it with a bug.
func TestFinds(t *testing.T) {
	finds := os.Getenv("CABI_FINDS")
	if finds == "" {
		t.Skip("looks for what TestBugs asks for")
	}
	asked := strings.SplitN(finds, " ", 3)
	if len(asked) != 3 {
		t.Fatalf("CABI_FINDS=%q is not ACTIONS WORLD FINDING", finds)
	}
	actions, err := strconv.Atoi(asked[0])
	w := model.WorldByName(asked[1])
	if err != nil || w == nil {
		t.Fatalf("CABI_FINDS=%q: %v, world %v", finds, err, w)
	}
	var found []*model.Violation
	for _, v := range (model.Search{World: w, Variant: spec.SingleTable, Properties: For(w), Bounds: model.Bounds{Steps: actions}.Or(w.Bounds), KeepGoing: true, ByShape: true}).Run().Violations {
		if strings.TrimSuffix(v.Name(), "/") == asked[2] {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		t.Fatalf("%s is not found in %s", asked[2], w.Name)
	}
	if first := slices.MinFunc(found, func(a, b *model.Violation) int { return a.Actions - b.Actions }); first.Actions != actions {
		t.Errorf("%s is found after %d actions, not %d:\n%s", asked[2], first.Actions, actions, first.Trace)
	}
}

// TestDocsBugs checks docs/generated/bugs.md, which lists all bugs. Make it again with: go test ./properties -run TestDocsBugs -write
func TestDocsBugs(t *testing.T) {
	const page = "../docs/generated/bugs.md"
	want := bugsPage(bugs(t, "history"), bugs(t, "invented"))
	if *writeDocs {
		if err := os.WriteFile(page, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, page) != want {
		t.Error("docs/generated/bugs.md is stale: go test ./properties -run TestDocsBugs -write")
	}
}

const bugsIntro = `<!-- Made by: go test ./properties -run TestDocsBugs -write -->

# Bugs put back

Bugs that ` + "`definitions.py`" + ` once had and upstream repaired, as far as they can be said in the port of the pin, and others of the
same kinds that were made up. Each is a small patch of ` + "`spec/`" + ` in ` + "`properties/testdata`" + `, with the commit that repaired it, and
says how it is noticed: by a search of a world, with the property that finds it and after how many actions, or by a test of
values. ` + "`CABI_LONG=1 go test ./properties -run TestBugs/NAME -v`" + ` puts one back and looks; without a name, all.
`

func bugsPage(history, invented []bug) string {
	var b strings.Builder
	b.WriteString(bugsIntro)
	fmt.Fprintf(&b, "\n## Of history\n\n%s\n| bug | repaired by | noticed |\n|---|---|---|\n", tally(history))
	for _, bug := range history {
		fmt.Fprintf(&b, "| `%s`: %s | %s | %s |\n", bug.name, bug.what, bug.upstream, bug.noticedBy())
	}
	fmt.Fprintf(&b, "\n## Made up\n\n%s\n| bug | noticed |\n|---|---|\n", tally(invented))
	for _, bug := range invented {
		fmt.Fprintf(&b, "| `%s`: %s | %s |\n", bug.name, bug.what, bug.noticedBy())
	}
	return b.String()
}

// noticedBy is the cell of the table that says how a bug is noticed.
func (b bug) noticedBy() string {
	how := fatePattern.FindStringSubmatch(b.fate)
	switch {
	case how[2] != "":
		return fmt.Sprintf("`%s`, in `%s`, %s actions", how[3], how[2], how[1])
	case how[4] != "":
		return "`" + how[4] + "`"
	}
	return "not: " + strings.TrimPrefix(b.fate, "unnoticed: ")
}

// tally says how many bugs are noticed.
func tally(all []bug) string {
	unnoticed := 0
	for _, b := range all {
		if strings.HasPrefix(b.fate, "unnoticed") {
			unnoticed++
		}
	}
	return fmt.Sprintf("%d bugs, %d noticed; what keeps the others from being noticed is in the table.\n", len(all), len(all)-unnoticed)
}
