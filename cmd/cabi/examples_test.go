package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every example runs: a litmus file's claims hold, what a trace says happens, and all promises hold in a world.
func TestExamples(t *testing.T) {
	for _, file := range exampleFiles(t) {
		command := map[string]string{".cabi": "replay", ".litmus": "litmus", ".world": "check"}[filepath.Ext(file)]
		if out, code, err := execute(newRootCommand(), command, file); code != 0 {
			t.Errorf("cabi %s %s: exit %d, %v\n%s", command, file, code, err, out)
		}
	}
}

// examples/README.md has each file's question and answer.
func TestDocsExamples(t *testing.T) {
	var page strings.Builder
	page.WriteString("# Examples: questions people asked\n\n" +
		"Each file begins with a question that was asked about the Component Model, and what the file shows of it. A litmus file\n" +
		"(`cabi litmus FILE`) explores every behaviour that a few lines allow; a trace (`cabi replay FILE`) is one of them; in a world\n" +
		"(`cabi check FILE`) components do all that they may. What the lines mean, [docs/traces.md](../docs/traces.md) and\n" +
		"[docs/worlds.md](../docs/worlds.md) say. Numbers after `component-model` and `wasmtime` are issues and pull\n" +
		"requests of [WebAssembly/component-model](https://github.com/WebAssembly/component-model/issues) and\n" +
		"[bytecodealliance/wasmtime](https://github.com/bytecodealliance/wasmtime/issues). Answers are those of the pin; some were\n" +
		"given, or changed, upstream since. A test runs all files and makes this page of their first lines.\n\n" +
		"| file | question | answer |\n|---|---|---|\n")
	for _, file := range exampleFiles(t) {
		lines := strings.SplitN(string(must(os.ReadFile(file))), "\n", 3)
		question, asks := strings.CutPrefix(lines[0], "# ")
		answer, shows := strings.CutPrefix(lines[1], "# ")
		if !asks || !shows || !strings.Contains(question, "?") {
			t.Errorf("%s does not begin with a question and what it shows", file)
		}
		name := filepath.Base(file)
		fmt.Fprintf(&page, "| [%s](%s) | %s | %s |\n", name, name, question, answer)
	}
	compareDoc(t, "../../examples/README.md", []byte(page.String()))
}

func exampleFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, form := range []string{"cabi", "litmus", "world"} {
		files = append(files, must(filepath.Glob("../../examples/*."+form))...)
	}
	if len(files) < 12 {
		t.Fatalf("there are %d examples, want a dozen", len(files))
	}
	return files
}
