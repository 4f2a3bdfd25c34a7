package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cabi/model"
)

const lentTrace = `world borrows
A: resource.new R 100
A: call B.keep 1
B: thread.yield cancellable
A: call B.take 1
`

// refusedTrace is one that cannot be a .wast: no runtime numbers handles so.
const refusedTrace = "world borrows  variant per-type\nA: resource.new R 100\n"

// A trace can be written in every form, and the forms that are traces replay.
func TestConvertForms(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lent.cabi")
	if err := os.WriteFile(file, []byte(lentTrace), 0o666); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]string{
		"text": "world borrows", "jsonl": `{"kind":"trace"`, "named": "$r1 = A: resource.new R 100", "itf": `"format": "ITF"`,
		"mermaid": "sequenceDiagram", "html": "<!DOCTYPE html>", "svg": "<svg ",
	} {
		out, code, err := execute(newRootCommand(), "trace", "convert", file, "--to", to)
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("--to %s: exit %d, %v:\n%s", to, code, err, out)
		}
		if to == "itf" && !json.Valid([]byte(out)) {
			t.Error("ITF is JSON")
		}
		if to == "text" || to == "jsonl" || to == "named" {
			if out, code, err := replayText(t, out); code != 0 {
				t.Errorf("--to %s: exit %d, %v:\n%s", to, code, err, out)
			}
		}
	}
}

// If a trace cannot be written in a form, the command exits with 2 and leaves no file.
func TestConvertBadInput(t *testing.T) {
	dir := t.TempDir()
	file, to := filepath.Join(dir, "lent.cabi"), filepath.Join(dir, "lent.wast")
	if err := os.WriteFile(file, []byte(refusedTrace), 0o666); err != nil {
		t.Fatal(err)
	}
	_, code, err := execute(newRootCommand(), "trace", "convert", file, "--to", "wast", "-o", to)
	if code != 2 || !strings.Contains(err.Error(), "a .wast cannot say it") {
		t.Errorf("exit %d, %v", code, err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a file was left")
	}
	if _, code, err := execute(newRootCommand(), "trace", "convert", file, "--to", "pdf"); code != 2 || !strings.Contains(err.Error(), "html") {
		t.Errorf("exit %d, %v", code, err)
	}
}

// Every trace that the project has can be written as JSON lines and with names, and both are read again; as JSON, it keeps its id.
func TestConvertAll(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../../suite/traces/*.cabi", "../../examples/*.cabi", "../../docs/generated/traps/*.cabi", "../../model/testdata/*/*.cabi"} {
		files = append(files, must(filepath.Glob(pattern))...)
	}
	if len(files) < 300 {
		t.Fatalf("only %d traces", len(files))
	}
	for _, file := range files {
		trace, err := knownNames{}.readTrace(nil, file)
		if err != nil {
			t.Fatal(err)
		}
		again, err := model.ReadTrace(strings.NewReader(trace.JSON()))
		if err != nil || again.ID() != trace.ID() {
			t.Errorf("%s: %v", file, err)
		}
		text, err := named(trace)
		if err == nil {
			_, err = model.ReadTrace(strings.NewReader(text))
		}
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
