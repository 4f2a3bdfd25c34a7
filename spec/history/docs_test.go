package history_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var write = flag.Bool("write", false, "write the traces of docs/history.md instead of comparing them")

const historyDoc = "../../docs/history.md"

var traceBlock = regexp.MustCompile("(?s)```trace ([a-z-]+)\n(.*?)```\n")

// TestDocsHistory keeps the traces of docs/history.md true: one for each difference of the list, in its order, with what
// the historical definition and the pin give.
func TestDocsHistory(t *testing.T) {
	page, err := os.ReadFile(historyDoc)
	if err != nil {
		t.Fatal(err)
	}
	want := traceBlock.ReplaceAllFunc(page, func(block []byte) []byte {
		name := string(traceBlock.FindSubmatch(block)[1])
		return fmt.Appendf(nil, "```trace %s\n%s```\n", name, renderNamed(t, name))
	})
	if *write {
		if err := os.WriteFile(historyDoc, want, 0o644); err != nil {
			t.Fatal(err)
		}
	} else if !bytes.Equal(page, want) {
		t.Errorf("docs/history.md is stale: run go test ./spec/history -run Docs -write\n%s", cmp.Diff(string(page), string(want)))
	}
	checkAllExplained(t, string(page))
}

// checkAllExplained compares the names of the page's traces with those of the list.
func checkAllExplained(t *testing.T, page string) {
	t.Helper()
	var explained, listed []string
	for _, m := range traceBlock.FindAllStringSubmatch(page, -1) {
		explained = append(explained, m[1])
	}
	for _, diff := range differences {
		listed = append(listed, diff.name)
	}
	if diff := cmp.Diff(listed, explained); diff != "" {
		t.Errorf("-the list +docs/history.md\n%s", diff)
	}
}

func renderNamed(t *testing.T, name string) string {
	t.Helper()
	for _, diff := range differences {
		if diff.name == name {
			return renderAll(t, diff)
		}
	}
	t.Errorf("docs/history.md: there is no difference %s", name)
	return ""
}

// renderAll is the trace of a difference, which must be that of each definition that differs so.
func renderAll(t *testing.T, diff *difference) string {
	t.Helper()
	trace := ""
	for _, d := range definitions {
		if !diff.of(d) {
			continue
		}
		r := render(t, diff, d)
		if trace != "" && trace != r {
			t.Errorf("%s: the definitions differ from one another:\n%s", diff.name, cmp.Diff(trace, r))
		}
		trace = r
	}
	return trace
}

// render writes a sequence with its results: where they differ, that of the historical definition first.
func render(t *testing.T, diff *difference, d definition) string {
	t.Helper()
	ops := parse(t, diff.sequence)
	there, err := d.machine(diff.tableLength).Run(ops)
	if err != nil {
		t.Fatal(err)
	}
	here := runPin(diff.pinVariant(d), diff.tableLength, ops)
	var b strings.Builder
	if diff.tableLength > 0 {
		fmt.Fprintf(&b, "table-length %d\n", diff.tableLength)
	}
	for i, op := range ops {
		result := there[i]
		if here[i] != there[i] {
			result += " | pin: " + here[i]
		}
		fmt.Fprintf(&b, "%-36s -> %s\n", op, result)
	}
	return b.String()
}
