package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Every example runs: a litmus file's claims hold, what a trace says happens, and all promises hold in a world.
func TestExamples(t *testing.T) {
	for _, q := range questions(t) {
		if out, code, err := q.run(); code != 0 {
			t.Errorf("cabi %s %s: exit %d, %v\n%s", q.command(), q.file, code, err, out)
		}
	}
}

// Upstream's Python agrees with every outcome of every example, but for those of other variants, which it does not have.
func TestExamplesUpstream(t *testing.T) {
	upstream := os.Getenv("CABI_UPSTREAM")
	if upstream == "" {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model to run the examples on its Python")
	}
	compared := 0
	for _, q := range questions(t) {
		for _, trace := range q.traces() {
			if strings.Contains(trace, "  variant per-type") {
				continue
			}
			root := newRootCommand()
			root.SetIn(strings.NewReader(trace))
			if out, code, err := execute(root, "replay", "-", "--upstream", upstream); code != 0 {
				t.Errorf("%s: exit %d, %v\n%s", q.file, code, err, out)
			}
			compared++
		}
	}
	if compared < 80 {
		t.Errorf("%d outcomes were compared, want at least 80", compared)
	}
}

// docs/ask.md is made of the examples: of what each file says, and of what it prints.
func TestDocsAsk(t *testing.T) {
	all := questions(t)
	var page strings.Builder
	page.WriteString(askHead)
	for _, topic := range topics {
		fmt.Fprintf(&page, "- [%s](#%s)\n", topic.title, anchor(topic.title))
	}
	for _, topic := range topics {
		fmt.Fprintf(&page, "\n## %s\n\n", topic.title)
		for _, q := range topic.of(all) {
			fmt.Fprintf(&page, "- [%s](#%s) %s\n", q.asks, q.name(), q.answer)
		}
	}
	page.WriteString("\n## The files, and what they print\n")
	for _, topic := range topics {
		for _, q := range topic.of(all) {
			out, _, _ := q.run()
			fmt.Fprintf(&page, "\n### %s\n\n%s (%s)\n\n%s\n\n%s\nSaved as [%s](../examples/%s),\n\n    cabi %s examples/%s\n\nprints\n\n%s",
				q.name(), q.asks, linked(q.source), q.answer, block4(q.text), filepath.Base(q.file), filepath.Base(q.file), q.command(), filepath.Base(q.file), block4(out))
		}
	}
	compareDoc(t, "../../docs/ask.md", []byte(page.String()))
}

const askHead = `# Questions people asked

These questions were asked or settled in public, in issues and pull requests about the Canonical ABI; two more are left open by upstream's
Concurrency.md. Each is answered by a file that ` + "`cabi`" + ` runs. Find the nearest one by its topic, and follow its link to the file,
to what it prints, and to where it comes from.

**To ask a question of your own**, copy the nearest file from [examples](../examples/README.md), change a line, and run it. A litmus file
(` + "`cabi litmus FILE`" + `) explores every behaviour that a few lines allow; a trace (` + "`cabi replay FILE`" + `) is one behaviour; in a world
(` + "`cabi check FILE`" + `, [worlds.md](worlds.md)) components do all that they may.
Where no named world has what you need, the file defines one, as many here do. [litmus.md](litmus.md) says all that the lines below
may say, and ` + "`cabi explain NAME`" + ` tells about each world, action and trap that a file names. With ` + "`--trace 1`" + `, ` + "`cabi litmus`" + ` prints a run that
leads to the first outcome.

**To read an answer:** a line of an outcome has its number, how many ways lead to it, how such a run ends, and the last values of the
names, [in words](litmus.md#names). In traces, values are numbers as core code gets them, or the same words.

Lines are counted in the files, which begin with two lines of comments that are not shown here.

The answers are those of the [pin](README.md); where upstream has changed since, the answer says so. Upstream's own Python agrees with every
outcome, but for the variant ` + "`per-type`" + `, which it does not have. ` + "`make docs`" + ` makes this page, and a test runs all files.

`

// A topic is a group of questions.
type topic struct{ name, title string }

// topics are the topics, in the order of the page.
var topics = []topic{
	{"calls", "Async calls, and the events of a subtask"},
	{"backpressure", "Backpressure"},
	{"cancellation", "Cancellation"},
	{"streams", "Streams and futures"},
	{"sets", "Waitable sets, and waiting"},
	{"handles", "Handles, borrowing and destructors"},
	{"running", "Reentrance, blocking and threads"},
	{"values", "Values, strings, memory, realloc and post-return"},
}

// anchor is where a link to a heading leads.
func anchor(title string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(title), ",", ""), " ", "-")
}

// of are the questions of a topic, by the names of their files.
func (t topic) of(all []question) []question {
	return slices.DeleteFunc(slices.Clone(all), func(q question) bool { return q.topic != t.name })
}

// A question is what an example says in its first two lines and its last one, and the lines between them.
type question struct{ file, asks, source, answer, topic, text string }

func (q question) name() string {
	return strings.TrimSuffix(filepath.Base(q.file), filepath.Ext(q.file))
}

// command is the command that runs an example.
func (q question) command() string {
	return map[string]string{".cabi": "replay", ".litmus": "litmus", ".world": "check"}[filepath.Ext(q.file)]
}

func (q question) run() (string, int, error) { return execute(newRootCommand(), q.command(), q.file) }

// traces are a trace for each outcome; a world has none.
func (q question) traces() []string {
	switch q.command() {
	case "replay":
		return []string{string(must(os.ReadFile(q.file)))}
	case "check":
		return nil
	}
	var all []string
	for {
		trace, code, _ := execute(newRootCommand(), "litmus", q.file, "--trace", strconv.Itoa(len(all)+1))
		if code != 0 {
			return all
		}
		all = append(all, trace)
	}
}

// parts are a question with where it was asked, its answer, the lines below these, and its topic.
var parts = regexp.MustCompile(`(?s)^# ([^\n]*\?) \(([^\n]*)\)\n# ([^\n]*)\n(.*)\n# topic: (\w+)\n$`)

// issueName matches an issue or a pull request that a question names.
var issueName = regexp.MustCompile(`\b(component-model|jco|wasip3-prototyping|WasmEdge|wasmtime|wit-bindgen)#(\d+)`)

// questions are the examples, by the names of their files. Each says what it asks, where that was asked, its answer and its topic.
func questions(t *testing.T) []question {
	t.Helper()
	var all []question
	inPublic := 0
	for _, file := range must(filepath.Glob("../../examples/*.*")) {
		if ext := filepath.Ext(file); ext == ".md" || ext == ".go" {
			continue
		}
		text := string(must(os.ReadFile(file)))
		m := parts.FindStringSubmatch(text)
		if m == nil || !slices.ContainsFunc(topics, func(topic topic) bool { return topic.name == m[5] }) {
			t.Fatalf("%s does not begin with a question, where it was asked, and its answer, or does not end with a topic", file)
		}
		if issueName.MatchString(m[2]) {
			inPublic++
		}
		all = append(all, question{file, m[1], m[2], m[3], m[5], m[4]})
	}
	if inPublic < 20 {
		t.Fatalf("%d questions were asked in public, want at least 20", inPublic)
	}
	return all
}

// owners are the owners of the repositories that questions were asked in.
var owners = map[string]string{"component-model": "WebAssembly", "wasip3-prototyping": "bytecodealliance", "wasmtime": "bytecodealliance",
	"wit-bindgen": "bytecodealliance", "jco": "bytecodealliance", "WasmEdge": "WasmEdge"}

// linked has links to the issues that a text names.
func linked(text string) string {
	return issueName.ReplaceAllStringFunc(text, func(name string) string {
		m := issueName.FindStringSubmatch(name)
		return fmt.Sprintf("[%s](https://github.com/%s/%s/issues/%s)", name, owners[m[1]], m[1], m[2])
	})
}

// block4 is text as a block of a page, indented by four spaces.
func block4(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		if line != "\n" {
			line = "    " + line
		}
		b.WriteString(line)
	}
	return b.String()
}
