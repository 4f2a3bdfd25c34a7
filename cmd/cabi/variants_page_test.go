package main

import (
	"encoding/json"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Whoever follows docs/variants.md to the letter has a new variant and passes the tests that speak of variants. The edits are
// laid over the tree, so that nothing in it changes and what is compiled once need not be again.
func TestVariantsPage(t *testing.T) {
	const root = "../.."
	page := string(must(os.ReadFile(root + "/docs/variants.md")))
	edited := editedBy(t, root, page)
	if len(edited) != 4 {
		t.Fatalf("the page edits %d files, want 4", len(edited))
	}
	for file, text := range edited {
		if formatted, err := format.Source([]byte(text)); err != nil || string(formatted) != text {
			t.Errorf("%s as the page has it is not formatted: %v", file, err)
		}
	}
	if testing.Short() {
		t.Skip("to compile and run what the page says takes half a minute")
	}
	flags := "GOFLAGS=-overlay=" + overlay(t, root, edited)
	var printed string
	ran := 0
	for _, b := range pageBlocks(page) {
		if strings.HasSuffix(b.before, "prints") {
			if !shownAs(b.text).MatchString(printed) {
				t.Errorf("printed is\n%s\nthe page says\n%s", printed, b.text)
			}
			continue
		}
		printed = followed(t, root, strings.TrimSpace(b.text), flags)
		ran++
	}
	if ran != 3 {
		t.Errorf("the page has %d commands, want 3", ran)
	}
	if os.Getenv("CABI_LONG") != "" {
		makeDocs(t, root, edited)
	}
}

var codeBlock = regexp.MustCompile("(?s)```(go|diff)\n(.*?)```")

// editedBy are the files that the page's code blocks change, as they are then: Go goes to the end of the numberings, and a
// diff says after --- which file it is of.
func editedBy(t *testing.T, root, page string) map[string]string {
	t.Helper()
	edited := map[string]string{}
	read := func(file string) string {
		if _, known := edited[file]; !known {
			edited[file] = string(must(os.ReadFile(filepath.Join(root, file))))
		}
		return edited[file]
	}
	for _, m := range codeBlock.FindAllStringSubmatch(page, -1) {
		if m[1] == "go" {
			const file = "spec/variant_numberings.go"
			edited[file] = read(file) + "\n" + m[2]
			continue
		}
		head, lines, _ := strings.Cut(m[2], "\n")
		file := strings.TrimPrefix(head, "--- ")
		before, after := sides(lines)
		if strings.Count(read(file), before) != 1 {
			t.Fatalf("%s does not have once\n%s", file, before)
		}
		edited[file] = strings.Replace(read(file), before, after, 1)
	}
	return edited
}

// sides are what a diff has before and after.
func sides(diff string) (before, after string) {
	for line := range strings.Lines(diff) {
		if line[0] != '+' {
			before += line[1:]
		}
		if line[0] != '-' {
			after += line[1:]
		}
	}
	return before, after
}

// overlay is a file for go's -overlay.
func overlay(t *testing.T, root string, edited map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for file, text := range edited {
		to := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(to, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		replace[must(filepath.Abs(filepath.Join(root, file)))] = to
	}
	name := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(name, must(json.Marshal(map[string]any{"Replace": replace})), 0o666); err != nil {
		t.Fatal(err)
	}
	return name
}

// followed runs a command of the page. A violated property is an exit status too, a failing test is not meant to be.
func followed(t *testing.T, dir, line string, env ...string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if strings.Contains(string(out), "no tests to run") || err != nil && !strings.HasPrefix(line, "go run") {
		t.Errorf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// makeDocs makes the pages again in a copy of the tree, as the page's last sentence says, and looks at them.
func makeDocs(t *testing.T, root string, edited map[string]string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(root)); err != nil {
		t.Fatal(err)
	}
	for file, text := range edited {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	followed(t, dir, "make docs")
	followed(t, dir, "CABI_LONG= go test ./cmd/cabi ./docs -run 'TestDocs|TestPages'")
}
