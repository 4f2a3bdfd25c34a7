package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// litmusText runs cabi litmus on a text.
func litmusText(t *testing.T, text string, args ...string) (out string, code int, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.litmus")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return execute(newRootCommand(), append([]string{"litmus", file}, args...)...)
}

// shown returns the indented blocks of docs/traces.md, in order.
func shown(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../docs/traces.md")
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, block := range strings.Split(string(text), "\n\n    ") {
		var b strings.Builder
		for _, line := range strings.Split("    "+block, "\n") {
			if line != "" && !strings.HasPrefix(line, "    ") {
				break
			}
			b.WriteString(strings.TrimPrefix(line, "    ") + "\n")
		}
		blocks = append(blocks, strings.TrimSpace(b.String())+"\n")
	}
	return blocks
}

// Every litmus file in docs/litmus.md has claims that hold, and prints what the page shows below it.
func TestLitmusPage(t *testing.T) {
	blocks := strings.Split(string(must(os.ReadFile("../../docs/litmus.md"))), "```")
	ran, compared := 0, 0
	for i := 1; i < len(blocks); i += 2 {
		litmus, is := strings.CutPrefix(blocks[i], "litmus\n")
		if !is {
			continue
		}
		ran++
		out, code, err := litmusText(t, litmus)
		if code != 0 || !strings.Contains(litmus, "\nalways ") && !strings.Contains(litmus, "\nallowed ") {
			t.Errorf("exit %d, %v:\n%s%s", code, err, litmus, out)
		}
		if want, shows := strings.CutPrefix(blocks[min(i+2, len(blocks)-1)], "text\n"); shows && strings.TrimSpace(blocks[i+1]) == "prints" {
			if compared++; out != want {
				t.Errorf("it prints\n%swant\n%s", out, want)
			}
		}
	}
	if ran < 6 || compared == 0 {
		t.Errorf("docs/litmus.md shows %d litmus files, and what %d print", ran, compared)
	}
}

// The traces in docs/traces.md replay.
func TestTracesPage(t *testing.T) {
	ran := 0
	for _, b := range shown(t) {
		if !strings.HasPrefix(b, "world streams") && !strings.HasPrefix(b, "# two resources") {
			continue
		}
		ran++
		if out, code, err := replayText(t, b); code != 0 {
			t.Errorf("exit %d, %v:\n%s", code, err, out)
		}
	}
	if ran != 2 {
		t.Errorf("docs/traces.md shows %d traces, want 2", ran)
	}
}

func TestLitmusClaims(t *testing.T) {
	const text = "world handles\nin A.run\n  $r = resource.new R 7\n  $x = resource.rep R $r | resource.rep S $r\n"
	for _, c := range []struct {
		claim string
		code  int
	}{
		{"allowed $x = 7", 0}, {"always $x = 7", 1}, {"allowed trap", 0}, {"forbidden trap", 1}, {"allowed $x = 8", 1},
		{"always $r = 1", 0}, {"allowed $x != 8 and returns", 0}, {"forbidden violates no-crash", 0}, {"forbidden cannot go", 0},
	} {
		out, code, err := litmusText(t, text+c.claim)
		if code != c.code || !strings.Contains(out, "2 outcomes, 2 ways") {
			t.Errorf("%s: exit %d, %v:\n%s", c.claim, code, err, out)
		}
	}
}

// The trace of an outcome replays.
func TestLitmusTrace(t *testing.T) {
	const text = "world tasks\nin A.stackful\n  thread.yield cancellable\n  task.return ()\nin host\n  $c = invoke A.stackful\n  invoke A.stackful\n  ticks | cancel $c\n  ticks\n"
	out, code, err := litmusText(t, text)
	if code != 0 || !strings.Contains(out, "returns; $c = 0") {
		t.Fatalf("exit %d, %v:\n%s", code, err, out)
	}
	trace, code, err := litmusText(t, text, "--trace", "1")
	if code != 0 {
		t.Fatalf("exit %d, %v", code, err)
	}
	if out, code, err := replayText(t, trace); code != 0 {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
	if _, code, _ := litmusText(t, text, "--ways", "1"); code != 3 {
		t.Errorf("exit %d where there are more ways, want 3", code)
	}
}

func TestLitmusErrors(t *testing.T) {
	const header = "world handles\n"
	for _, c := range []struct{ text, want string }{
		{"", "line 1: no world"},
		{header, "line 1: nobody does anything"},
		{header + "resource.new R 1", "line 2: who does this?"},
		{header + "in A.walk", `line 2: unknown function "A.walk"`},
		{header + "in", "line 2: in what?"},
		{header + "in A.run\n resource.now R 1", `line 3: unknown action "resource.now"`},
		{header + "in A.run\n resource.drop R $r", "line 3: nothing binds $r"},
		{header + "in A.run\n$1 = resource.new R 1", `line 3: "$1" is no name`},
		{header + "in A.run\nin A.run", "line 3: there is a program of A.run already"},
		{header + "C: resource.new R 1", `line 2: unknown instance "C"; there are: A, B, host`},
		{header + "allowed maybe", `line 2: expected "$name = value"`},
		{header + "in A.run\nallowed $x = 1", "line 3: nothing binds $x"},
		{header + "in A.run\n\xff", "line 3: not text"},
		{header + "in A.run\n  ticks", `line 3, in A.run: ticks stands under "in host": nobody ticks while code runs`},
		{header + "in A.run\n  resource.new R 1 | ticks", `line 3, in A.run: ticks stands under "in host"`},
		{header + "in host\n  shared.done 0 complete", `line 3: shared.done: unknown end of a copy "complete"; did you mean completed?`},
	} {
		_, code, err := litmusText(t, c.text)
		if code != 2 || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: exit %d, %v; want 2, …%s…", c.text, code, err, c.want)
		}
	}
}

// The trace of a loop replays: it goes round once.
func TestLitmusLoopTrace(t *testing.T) {
	trace, code, err := execute(newRootCommand(), "litmus", "testdata/answers/yield-loop.litmus", "--trace", "1")
	if code != 0 || !strings.HasPrefix(trace, "# never ends\n") || strings.Count(trace, "enter A.callback.callback") != 1 {
		t.Fatalf("exit %d, %v:\n%s", code, err, trace)
	}
	if out, code, err := replayText(t, trace); code != 0 {
		t.Errorf("exit %d, %v:\n%s", code, err, out)
	}
}

// The page of all outcomes has them all, each with a trace that happens again, and nothing of the file is taken for HTML.
func TestLitmusHTML(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.html")
	out, code, err := execute(newRootCommand(), "litmus", "testdata/answers/host-literals.litmus", "--html", file)
	if code != 1 || !strings.Contains(out, "2 outcomes, 2 ways") {
		t.Fatalf("exit %d, %v:\n%s", code, err, out)
	}
	page := string(must(os.ReadFile(file)))
	if strings.Contains(page, "http://") || strings.Contains(page, "https://") {
		t.Error("the page needs something else")
	}
	_, data, _ := strings.Cut(page, `<script type="application/json" id="data">`)
	data, _, _ = strings.Cut(data, "</script>")
	var shown struct {
		Outcomes struct {
			Summary, File string
			Claims        []struct {
				Verdict string
				Line    int
			}
			Outcomes []struct {
				How     string
				Details []string
				Play    struct {
					Trace   string
					Moments []struct{ Action string }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(data), &shown); err != nil {
		t.Fatal(err)
	}
	all := shown.Outcomes
	text := fmt.Sprint(all)
	for _, want := range []string{"2 outcomes, 2 ways", "{fails 35}", `$arg = "hello wörld"`, "line 15 took cancel $c", "deadlocks", "$m = memory.load $ptr $len"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page has no %s: %s", want, text)
		}
	}
	if len(all.Outcomes) != 2 {
		t.Fatalf("%d outcomes", len(all.Outcomes))
	}
	for _, o := range all.Outcomes {
		if out, code, err := replayText(t, o.Play.Trace); code != 0 || len(o.Play.Moments) < 4 {
			t.Errorf("exit %d, %v, %d moments:\n%s", code, err, len(o.Play.Moments), out)
		}
	}
}

// A text with tags in a litmus file stays text on the page, and a page that cannot be written is refused before any work.
func TestLitmusHTMLOfHostileText(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.html")
	const text = "# <script>alert(1)</script>?\nworld w\ndefine {\"name\":\"w\",\"instances\":[{\"name\":\"A\",\"memory\":64}],\"funcs\":[{\"name\":\"A.run\",\"params\":[\"string\"]}]}\n" +
		"in host\n  invoke A.run \"</script><b>\"\nin A.run $p $n\n  $b = memory.load $p $n\nalways $b = \"</script><b>\"\n"
	if out, code, err := litmusText(t, text, "--html", file); code != 0 {
		t.Fatalf("exit %d, %v:\n%s", code, err, out)
	}
	page := string(must(os.ReadFile(file)))
	if strings.Count(page, "</script>") != 2 || strings.Contains(page, "<b>") {
		t.Error("text of the file is taken for HTML")
	}
	if _, code, _ := litmusText(t, text, "--html", filepath.Join(t.TempDir(), "no", "page.html")); code != 3 && code != 2 {
		t.Errorf("exit %d for a page in no directory", code)
	}
	if _, code, _ := litmusText(t, text, "--html", file, "--trace", "1"); code != 2 {
		t.Errorf("exit %d for --html with --trace, want 2", code)
	}
}

// A program that no way calls is reported with the lines that would call it.
func TestLitmusNeverCalled(t *testing.T) {
	const text = `world two
instance A  memory 64
instance B  memory 64
func async A.run()  stackful
func async B.work()  stackful
import A  B.work async

in A.run
  task.return ()
in B.work
  task.return ()

always returns
`
	out, code, _ := litmusText(t, text)
	for _, want := range []string{
		`never called: line 8, A.run: no way runs its lines; a call is missing: "invoke A.run" under "in host"` + "\n",
		`a call is missing: "invoke B.work" under "in host", or "call B.work" in a program of A` + "\n",
	} {
		if code != 3 || !strings.Contains(out, want) {
			t.Errorf("exit %d, it prints\n%swant %s", code, out, want)
		}
	}
}
