package properties

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
			_, overlay := readPatch(t, b.file)
			how := fatePattern.FindStringSubmatch(b.fate)
			switch {
			case how[2] != "":
				mustFind(t, overlay, how[2], how[3], how[1])
			case how[4] != "":
				if out, err := testWith(overlay, "^"+how[4]+"$"); err == nil {
					t.Errorf("%s passes:\n%s", how[4], out)
				}
			default:
				if out, err := testWith(overlay, "^TestPromises$|^TestLayout$|^TestGuestsPass$"); err != nil {
					t.Errorf("it is noticed, against all reason:\n%s", out)
				}
			}
		})
	}
}

// testWith runs tests of this package, in which an overlay replaces some files of spec/. Whether they fail matters, and not how small
// the failure is, so there is little time for shrinking it.
func testWith(overlay, tests string) ([]byte, error) {
	return withOverlay(overlay, "test", "./properties", "-run", tests, "-rapid.shrinktime", "1s").CombinedOutput()
}

// withOverlay is a go command at the root of the project, in which an overlay replaces some files of spec/. It runs without
// CABI_LONG, so that tests take their fixed seeds: whether one notices a bug depends on no luck.
func withOverlay(overlay, command string, args ...string) *exec.Cmd {
	addFrames(overlay)
	cmd := exec.Command("go", append([]string{command, "-overlay", overlay}, args...)...)
	cmd.Dir = ".."
	cmd.Env = append(cmd.Environ(), "CABI_LONG=")
	return cmd
}

// mustFind checks that cabi check has a finding in a world after so many actions.
func mustFind(t *testing.T, overlay, world, finding, actions string) {
	t.Helper()
	out, _ := withOverlay(overlay, "run", "./cmd/cabi", "check", world, "--keep-going", "--json").Output()
	lines := json.NewDecoder(bytes.NewReader(out))
	for {
		var got struct {
			Finding, Trace string
			Actions        int
		}
		if err := lines.Decode(&got); err == io.EOF {
			t.Fatalf("%s is not found in %s:\n%s", finding, world, out)
		} else if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if strings.TrimSuffix(got.Finding, "/") == finding {
			if fmt.Sprint(got.Actions) != actions {
				t.Errorf("%s is found after %d actions, not %s:\n%s", finding, got.Actions, actions, got.Trace)
			}
			return
		}
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
