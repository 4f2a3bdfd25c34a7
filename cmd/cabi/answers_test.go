package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each file of testdata/answers says in its first lines with which code cabi litmus, cabi replay or cabi admits exits, and what it prints: nothing is
// believed that was not looked at.
func TestAnswers(t *testing.T) {
	var files []string
	for _, form := range []string{"litmus", "cabi", "log", "jsonl"} {
		files = append(files, must(filepath.Glob("testdata/answers/*."+form))...)
	}
	if len(files) < 40 {
		t.Fatalf("there are %d files", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			command := map[string]string{".litmus": "litmus", ".cabi": "replay", ".log": "admits", ".jsonl": "admits"}[filepath.Ext(file)]
			args, want, texts := []string{command, file}, "", []string(nil)
			for _, line := range strings.Split(string(must(os.ReadFile(file))), "\n") {
				switch word, rest, _ := strings.Cut(strings.TrimPrefix(line, "# "), " "); {
				case !strings.HasPrefix(line, "# "):
				case word == "exit":
					want = rest
				case word == "with":
					args = append(args, strings.Fields(rest)...)
				case word == "prints":
					texts = append(texts, rest)
				}
			}
			out, code, err := execute(newRootCommand(), args...)
			if err != nil {
				out += err.Error()
			}
			if want != string(rune('0'+code)) || len(texts) == 0 {
				t.Errorf("exit %d, want %s:\n%s", code, want, out)
			}
			for _, text := range texts {
				if !strings.Contains(out, text) {
					t.Errorf("it does not print %q:\n%s", text, out)
				}
			}
		})
	}
}
