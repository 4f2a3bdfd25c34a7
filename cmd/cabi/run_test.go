package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// How a run ends decides the exit code, and the message says where it ended.
func TestRunCommand(t *testing.T) {
	for _, c := range []struct {
		args, out, err string
		code           int
	}{
		{"race.wasm race()", "race() -> 2\n", "", 0},
		{"race.wasm race() --depart 1=1", "race() -> 1\n", "", 0},
		{"numbering.wasm index() --variant per-type", "index() -> 1\n", "", 0},
		{"leak.wasm open-and-close() --stub open=7", "open-and-close()\n", "", 0},
		{"leak.wasm open-once()", "", "trap host/error: the import open is not given", 1},
		{"leak.wasm ask() --link open=../../examples/components/opener.wasm", "ask() -> 7\n", "", 0},
		{"whole.wasm hollow()", "hollow() -> #1\n", "", 0},
		{"whole.wasm hollow() --settle", "hollow() -> #1\n", "after the last call: trap Table.get/bounds: unknown handle index 99", 1},
		{"deadlock.wasm wait()", "", "deadlock detected", 1},
		{"numbering.wasm stale() --variant single-sequential", "", "trap Table.get/empty", 1},
		{"print.wasm", "one\n", "", 0},
		{"print.wasm --arg x", "one\n", "the program says that it failed", 1},
		{"endless.wasm call() --steps 10", "", "core code has called 10 built-ins and has not ended", 3},
		{"endless.wasm fine() yield() --steps 10", "fine()\n", "call 2, yield(): threads have gone on 10 times", 3},
		{"endless.wasm spin() --duration 20ms", "", "core code was interrupted: --duration 20ms", 3},
		{"endless.wasm spin() --duration 20ms --compiled", "", "core code was interrupted: --duration 20ms", 3},
		{"counter.wasm [constructor]counter(4) --json", `{"call":"[constructor]counter(4)","result":"#1"}` + "\n" + `{"ended":"returned","step":1}` + "\n", "", 0},
		{"deadlock.wasm wait() --json", `{"ended":"deadlock","call":"wait()","message":"deadlock detected: event loop cannot make further progress",` +
			`"where":"core code of A called waitable-set.wait last; a thread of A waits for an event of a set","step":2}` + "\n", "deadlock", 1},
		{"print.wasm --json", `{"call":"wasi:cli/run#run()","result":{"ok":null}}` + "\n" + `{"ended":"returned","step":7}` + "\n", "", 0},
		{"print.wat", "one\n", "", 0},
	} {
		if strings.Contains(c.args, ".wat") && !haveWasmTools() {
			continue
		}
		out, code, err := execute(newRootCommand(), strings.Fields("run ../../examples/components/"+c.args)...)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if code != c.code || out != c.out || !strings.Contains(message, c.err) || c.err == "" && message != "" {
			t.Errorf("cabi run %s: exit %d, prints %q, says %q", c.args, code, out, message)
		}
	}
}

func haveWasmTools() bool {
	_, err := fromText("(component)")
	return err == nil
}

// A trace of a run is replayed.
func TestRunTrace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.cabi")
	if _, code, err := execute(newRootCommand(), "run", "../../examples/components/print.wasm", "--trace", file); code != 0 {
		t.Fatal(err)
	}
	if out, code, err := execute(newRootCommand(), "replay", file); code != 0 || !strings.Contains(out, "everything that the trace says happened again") {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
}

// How an exploration ends decides the exit code, and each finding is written as a trace.
func TestCheckComponent(t *testing.T) {
	for args, want := range map[string]struct {
		code int
		out  string
	}{
		"counter.wasm [constructor]counter(1)": {0, "holds: 11 runs under 11 variants"},
		"race.wasm race()":                     {1, "violated: "},
		"race.wasm race() --runs 1 --draws 1":  {3, "cut off: --runs 1; 1 run drawn"},
		"endless.wasm yield()":                 {3, "no violation found: "},
		"print.wasm":                           {0, "holds: "},
		"race.wasm race() --variant per-type":  {1, "depends-on-choice"},
	} {
		out, code, err := execute(newRootCommand(), strings.Fields("check ../../examples/components/"+args)...)
		if code != want.code || !strings.Contains(strings.ReplaceAll(out, "\n", " "), want.out) {
			t.Errorf("cabi check %s: exit %d, %v:\n%s", args, code, err, out)
		}
	}
	dir := t.TempDir()
	if _, code, err := execute(newRootCommand(), "check", "../../examples/components/race.wasm", "race()", "--save", dir); code != 1 {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "01-depends-on-choice.cabi")
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "choices 0 1\n") && !strings.Contains(string(text), "choices 0 1 ") {
		t.Errorf("the trace: %v\n%s", err, text)
	}
	if out, code, err := execute(newRootCommand(), "replay", file); code != 0 {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
}

// The command that is printed with a finding shows it again.
func TestCheckAgain(t *testing.T) {
	const leaked = "open-and-forget()\nleft: own handle of file in A, made in call 1, open-and-forget(), step 2, by resource.new file\n"
	dir := newcomersDirectory(t)
	for check, want := range map[string]string{
		"cabi check examples/components/race.wasm 'race()'":                              "race() -> 1\n",
		"cabi check examples/components/numbering.wasm 'index()'":                        "index() -> 1\n",
		"cabi check examples/components/leak.wasm --stub 'open=1|2' 'open-and-forget()'": leaked,
		"cabi check examples/components/leak.wasm 'open-and-forget()'":                   leaked,
		"cabi check examples/components/borrow.wasm 'make()' 'look(#1)' 'keep(#1)'":      "make() -> #1\n",
	} {
		_, command, _ := strings.Cut(inShell(t, dir, check), "\n  cabi run ")
		command, _, _ = strings.Cut(command, "\n")
		if out := inShell(t, dir, "cabi run "+command); out != want {
			t.Errorf("%s: cabi run %s prints %s, want %s", check, command, out, want)
		}
	}
}
