package spec

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

var write = flag.Bool("write", false, "write the generated pages of docs/ instead of comparing them")

// TestDocsUpstreamTests keeps docs/generated/upstream-tests.md true: the Go test of each Python test, from the tests' comments.
func TestDocsUpstreamTests(t *testing.T) {
	var page bytes.Buffer
	page.WriteString("# Upstream's tests\n\nEvery test of upstream's `run_tests.py` has a counterpart here. " +
		"This page is made from the comments of the tests by `make docs`; a test keeps it true.\n\n" +
		"| run_tests.py | Go | file |\n|---|---|---|\n")
	for _, row := range upstreamTests(t) {
		fmt.Fprintln(&page, row)
	}
	compareDoc(t, "../docs/generated/upstream-tests.md", page.Bytes())
}

var isTest = regexp.MustCompile(`^(Test\w+) is (?:the calls of )?((?:test\w*(?: and of )?)+)\.`)

func upstreamTests(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("upstream_*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				if m := isTest.FindStringSubmatch(fn.Doc.Text()); m != nil && m[1] == fn.Name.Name {
					python := "`" + strings.ReplaceAll(m[2], " and of ", "`, `") + "`"
					rows = append(rows, fmt.Sprintf("| %s | `%s` | spec/%s |", python, m[1], file))
				}
			}
		}
	}
	sort.Strings(rows)
	return rows
}

// compareDoc compares a generated page with what is in the file, or writes it.
func compareDoc(t *testing.T, file string, page []byte) {
	t.Helper()
	if *write {
		if err := os.WriteFile(file, page, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, page) {
		t.Errorf("%s is stale: run `make docs`", file)
	}
}
