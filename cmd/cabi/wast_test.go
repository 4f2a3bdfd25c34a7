package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"cabi/internal/wasmtools"
)

const answerScript = "../../examples/scripts/answer.wast"

// A script passes; with any edit of what it wants, it does not, and the line says why.
func TestWastCommand(t *testing.T) {
	text := string(must(os.ReadFile(answerScript)))
	for _, c := range []struct {
		old, new string
		code     int
		want     string
	}{
		{"", "", 0, "1 script: 8 passed\n"},
		{"(u32.const 42))\n(assert_trap", "(u32.const 43))\n(assert_trap", 1, ":22: assert_return: failed: returned (u32.const 42), want (u32.const 43)\n"},
		{`"fail") "unreachable"`, `"fail") "out of bounds"`, 1, ":23: assert_trap: trapped-elsewhere: trap at core/trap: unreachable\n    want a trap with the message \"out of bounds\"\n"},
		{`(assert_trap (invoke "fail")`, `(assert_trap (invoke "answer")`, 1, ":23: assert_trap: failed: returned (u32.const 42)\n"},
		{`(invoke "answer") "cannot enter`, `(invoke "answer") "cannot leave`, 1, ":24: assert_trap: failed: the trap of line 23 stopped the store"},
		{`(invoke $b "answer")`, `(invoke $c "answer")`, 1, ":26: assert_return: failed: no instance of that name was made before\n"},
		{`(invoke $b "answer")`, `(invoke $b "anser")`, 1, ":26: assert_return: failed: "},
		{`(invoke $b "answer")`, `(invoke $b "answer" (u32.const 1))`, 1, ":26: assert_return: failed: the function takes 0 arguments, not 1\n"},
		{`(u32.const 42))` + "\n(assert_malformed", `(u8.const 42))` + "\n(assert_malformed", 1, "want a constant of type u32, (u32.const …), got (u8.const …)"},
		{`\0d\00\01")`, `\0d\00\01\00")`, 1, ":27: assert_malformed: failed: the component is not refused\n"},
		{`component instance $a $Answer`, `component instance $a $Anser`, 1, ":21: component instance: failed: no component $Anser was defined before\n"},
		{"(assert_malformed", "(assert_exhaustion", 3, "skipped: assert_exhaustion is not for components"},
		{"(assert_malformed", "(assert_malformd", 2, `line 27: "assert_malformd" is no directive; did you mean assert_malformed?`},
		{"(assert_malformed", "((assert_malformed", 2, "line 27: the parenthesis is not closed"},
	} {
		file := filepath.Join(t.TempDir(), "a.wast")
		edited := strings.Replace(text, c.old, c.new, 1)
		if c.old != "" && edited == text {
			t.Fatalf("%q is not there", c.old)
		}
		if err := os.WriteFile(file, []byte(edited), 0o666); err != nil {
			t.Fatal(err)
		}
		out, code, err := execute(newRootCommand(), "wast", file)
		if err != nil {
			out += err.Error()
		}
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%q for %q: exit %d, want %d and %q:\n%s", c.new, c.old, code, c.code, c.want, out)
		}
	}
}

// Without wasm-tools text is skipped, and the command says what to do.
func TestWastWithoutTools(t *testing.T) {
	t.Setenv(wasmtools.Variable, "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("PATH", t.TempDir())
	file := filepath.Join(t.TempDir(), "a.wast")
	if err := os.WriteFile(file, []byte("(component)"), 0o666); err != nil {
		t.Fatal(err)
	}
	out, code, _ := execute(newRootCommand(), "wast", file)
	if code != 3 || !strings.Contains(out, "skipped: text needs wasm-tools: run make wasm-tools") {
		t.Errorf("exit %d:\n%s", code, out)
	}
	if out, code, _ := execute(newRootCommand(), "wast", answerScript); code != 0 {
		t.Errorf("a script of binaries: exit %d:\n%s", code, out)
	}
}

// docs/wast.md is what comes of upstream's tests. It needs a checkout and wasm-tools.
func TestDocsWast(t *testing.T) {
	upstream := os.Getenv("CABI_UPSTREAM")
	if _, err := os.Stat(filepath.Join(upstream, "test", "async")); upstream == "" || err != nil {
		t.Skip("set CABI_UPSTREAM to a checkout of WebAssembly/component-model, and run make wasm-tools")
	}
	tools, err := wasmtools.Find()
	if errors.Is(err, wasmtools.ErrMissing) {
		t.Skip(err)
	}
	tools.Close()
	args := []string{"wast", "--markdown", "--departures", "2", "--runs", "10000"}
	for _, folder := range []string{"async", "resources", "values", "linking", "validation", "binary"} {
		args = append(args, must(filepath.Glob(filepath.Join(upstream, "test", folder, "*.wast")))...)
	}
	out, code, err := execute(newRootCommand(), args...)
	if code != 0 {
		t.Fatalf("exit %d, %v", code, err)
	}
	compareDoc(t, "../../docs/wast.md", []byte(out))
}

var shownOnPython = regexp.MustCompile("`cabi ((?:replay|litmus) [^`]*) --spec component-model`")

// The traces and litmus files that docs/wast.md names do what the page says, on the port and on upstream's Python.
func TestWastCausesOnPython(t *testing.T) {
	commands := shownOnPython.FindAllStringSubmatch(string(must(os.ReadFile("../../docs/wast.md"))), -1)
	if len(commands) < 10 {
		t.Errorf("the page has %d commands, want 10 at least", len(commands))
	}
	upstream := os.Getenv("CABI_UPSTREAM")
	for _, c := range commands {
		args := strings.Fields(c[1])
		args[1] = "../../" + args[1]
		for _, on := range [][]string{nil, {"--spec", upstream}} {
			if on != nil && upstream == "" {
				continue
			}
			if out, code, err := execute(newRootCommand(), slices.Concat(args, on)...); code != 0 {
				t.Errorf("%s %v: exit %d, %v\n%s", c[1], on, code, err, out)
			}
		}
	}
}
