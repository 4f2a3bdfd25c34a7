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
//
// A world is a named one, or one of corners.
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
		patched(t, b.file)
		if b.what == "" || fatePattern.FindString(b.fate) == "" || strings.Contains(b.file, "history") != (b.upstream != "") {
			t.Errorf("%s: %+v", b.file, b)
		}
	}
}

var fatePattern = regexp.MustCompile(`^(?:noticed after (\d+) actions? in (\S+): (.+)|noticed by (\S+)|unnoticed: .+)$`)

// TestBugs checks that every bug is noticed as its patch says, and that nothing notices those that say so. CABI_BUGS=3 takes every third.
func TestBugs(t *testing.T) {
	every := max(1, envNumber(t, "CABI_BUGS"))
	if os.Getenv("CABI_LONG") == "" && os.Getenv("CABI_BUGS") == "" {
		t.Skip("searches once for each bug: make bugs, or set CABI_LONG=1, to run it")
	}
	var all []bug
	for i, b := range append(bugs(t, "history"), bugs(t, "invented")...) {
		if i%every == 0 {
			all = append(all, b)
		}
	}
	files := make([]string, len(all))
	for i, b := range all {
		files[i] = b.file
	}
	program := withPatches(t, files, buildTests)
	for _, b := range all {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			b.mustMeetItsFate(t, program(t, b.file))
		})
	}
}

// TestBugsAlone checks that some bugs are noticed in the same way if each is built by itself.
func TestBugsAlone(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("builds the tests of this package several times: set CABI_LONG=1 to run it")
	}
	for i, b := range append(bugs(t, "history"), bugs(t, "invented")...) {
		if i%30 == 0 {
			t.Run(b.name, func(t *testing.T) {
				b.mustMeetItsFate(t, patchedProgram{buildTests(t, patched(t, b.file)), 0})
			})
		}
	}
}

// mustMeetItsFate checks with the tests of this package, built with a bug, that it is noticed as its patch says. They run without CABI_LONG, so that tests
// take their fixed seeds: whether one notices a bug depends on no luck. Whether they fail matters, and not how small the failure is, so there is
// little time for shrinking it.
func (b bug) mustMeetItsFate(t *testing.T, tests patchedProgram) {
	t.Helper()
	how := fatePattern.FindStringSubmatch(b.fate)
	run := func(names string, flags ...string) (string, error) {
		cmd := tests.command(append([]string{"-test.run", names, "-test.v", "-rapid.shrinktime", "1s"}, flags...)...)
		cmd.Env = append(cmd.Environ(), "CABI_LONG=", "CABI_BUGS=", "CABI_FINDS="+strings.Join(how[1:4], " "))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	switch {
	case how[2] != "":
		if out, err := run("^TestFinds$"); err != nil || !strings.Contains(out, "--- PASS: TestFinds") {
			t.Errorf("%v: %s", err, out)
		}
	case how[4] != "":
		if out, err := run("^" + how[4] + "$"); err == nil || !strings.Contains(out, "--- FAIL: "+how[4]) {
			t.Errorf("%s does not fail, %v:\n%s", how[4], err, out)
		}
	default:
		if out, err := run("^TestPromises$|^TestLayout$|^TestGuestsPass$", fmt.Sprintf("-test.short=%t", os.Getenv("CABI_LONG") == "")); err != nil {
			t.Errorf("it is noticed, against all reason:\n%s", out)
		}
	}
}

// buildTests builds the tests of this package, in which some files are replaced.
func buildTests(t *testing.T, texts map[string]string) string {
	t.Helper()
	return buildWith(t, writeOverlay(t, texts), "test", "-c", "-vet=off", "./properties")
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
	w := worldNamed(t, asked[1])
	if err != nil {
		t.Fatalf("CABI_FINDS=%q: %v", finds, err)
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
values. Some worlds are small ones of ` + "`properties/corners`" + `. ` + "`make bugs`" + ` puts all back and looks, compiled into one program, each behind a switch; with ` + "`CABI_LONG=1`" + ` it looks as far as the
worlds' bounds for those that nothing notices. ` + "`CABI_BUGS=1 go test ./properties -run TestBugs/NAME -v`" + ` looks for one.
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
