package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The pages that a newcomer follows: every command that they show is run, and what they say that it prints is compared.
func TestReadme(t *testing.T)     { followPage(t, "../../README.md", 5) }
func TestTutorial(t *testing.T)   { followPage(t, "../../docs/tutorial.md", 10) }
func TestAdmitsPage(t *testing.T) { followPage(t, "../../docs/admits.md", 8) }
func TestRunPage(t *testing.T)    { followPage(t, "../../docs/run.md", 11) }
func TestWorldsPage(t *testing.T) { followPage(t, "../../docs/worlds.md", 5) }

// notRun begin the lines of a block that are for the reader's shell alone.
var notRun = []string{"git clone", "go install", "go test", "make ", "cd "}

// A pageBlock is an indented block of a page, and the line of prose before it.
type pageBlock struct{ before, text string }

func pageBlocks(page string) []pageBlock {
	var blocks []pageBlock
	before, inside := "", false
	for line := range strings.Lines(page) {
		text, indented := strings.CutPrefix(line, "    ")
		switch blank := strings.TrimSpace(line) == ""; {
		case indented && inside, blank && inside:
			blocks[len(blocks)-1].text += text
		case indented:
			blocks = append(blocks, pageBlock{before, text})
			inside = true
		case !blank:
			before, inside = strings.TrimSpace(line), false
		}
	}
	for i := range blocks {
		blocks[i].text = strings.TrimRight(blocks[i].text, "\n") + "\n"
	}
	return blocks
}

var fileNamed = regexp.MustCompile("into `([\\w.-]+)`:$")

// followPage does what the page says, in an empty directory that has the project's data beside it. After "prints" stands what
// the last command prints, in which a line "…" stands for any lines; after "into `FILE`:" what the reader writes into a file; all
// else are commands.
func followPage(t *testing.T, file string, atLeast int) {
	t.Helper()
	dir := newcomersDirectory(t)
	ran, printed := 0, ""
	for _, b := range pageBlocks(string(must(os.ReadFile(file)))) {
		switch m := fileNamed.FindStringSubmatch(b.before); {
		case strings.HasSuffix(b.before, "prints"):
			if !shownAs(b.text).MatchString(printed) {
				t.Errorf("%s: printed is\n%s\nthe page says\n%s", file, printed, b.text)
			}
		case m != nil:
			if err := os.WriteFile(filepath.Join(dir, m[1]), []byte(b.text), 0o666); err != nil {
				t.Fatal(err)
			}
		default:
			for line := range strings.Lines(b.text) {
				if !slices.ContainsFunc(notRun, func(s string) bool { return strings.HasPrefix(line, s) }) {
					printed = inShell(t, dir, strings.TrimSpace(line))
					ran++
				}
			}
		}
	}
	if ran < atLeast {
		t.Errorf("%s has %d commands, want at least %d", file, ran, atLeast)
	}
}

// shownAs matches what a page shows of an output.
func shownAs(text string) *regexp.Regexp {
	pattern := regexp.MustCompile(`(?m)^…\n`).ReplaceAllString(regexp.QuoteMeta(text), `(?:.*\n)*?`)
	return regexp.MustCompile(`\A` + pattern + `\n*\z`)
}

// newcomersDirectory has the command in bin, and the project's data.
func newcomersDirectory(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o777); err != nil {
		t.Fatal(err)
	}
	links := map[string]string{must(filepath.Abs(os.Args[0])): "bin/cabi"}
	for _, data := range []string{"examples", "model", "suite"} {
		links[must(filepath.Abs("../../"+data))] = data
	}
	for to, from := range links {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// inShell runs a line in a shell in which cabi is the command. Its exit code may be any but that of bad usage.
func inShell(t *testing.T, dir, line string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", strings.ReplaceAll(line, "go run ./cmd/cabi", "cabi"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CABI_TEST_MAIN=1", "PATH="+filepath.Join(dir, "bin")+":"+os.Getenv("PATH"))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if code := cmd.ProcessState.ExitCode(); code != 0 && code != 1 && code != 3 {
		t.Errorf("%s: %v\n%s", line, err, stderr.String())
	}
	return string(out)
}
