package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"cabi/internal/step"
	"cabi/model"
	"cabi/spec"
)

// stepped is what cabi step prints for a script.
func stepped(t *testing.T, script string, args ...string) (string, int, error) {
	t.Helper()
	root := newRootCommand()
	root.SetIn(strings.NewReader(script))
	return execute(root, append([]string{"step"}, args...)...)
}

var shownStep = regexp.MustCompile(`(?m)^    \$ printf '(.*)' \| cabi step (.*)\n((?:\n|    .*\n)+)`)

// The sessions of docs/step.md print what the page shows.
func TestStepPage(t *testing.T) {
	page := string(must(os.ReadFile("../../docs/step.md")))
	dir := t.TempDir()
	t.Chdir(dir)
	if _, code, err := execute(newRootCommand(), "check", "futures", "--save", "lost.cabi"); code != 1 {
		t.Fatalf("exit %d, %v", code, err)
	}
	shown := shownStep.FindAllStringSubmatch(page, -1)
	if len(shown) != 2 {
		t.Fatalf("%d sessions are shown, not 2", len(shown))
	}
	for _, m := range shown {
		script := must(strconv.Unquote(`"` + m[1] + `"`))
		out, code, err := stepped(t, script, strings.Fields(m[2])...)
		if want := regexp.MustCompile(`(?m)^    `).ReplaceAllString(m[3], ""); code != 0 || strings.TrimSpace(out) != strings.TrimSpace(want) {
			t.Errorf("cabi step %s: exit %d, %v:\n%s\nnot\n%s", m[2], code, err, out, want)
		}
	}
	help, _, _ := stepped(t, "help\n", "handles")
	_, help, _ = strings.Cut(help, "> help\n")
	if want := "    " + strings.ReplaceAll(strings.TrimSpace(help), "\n", "\n    ") + "\n"; !strings.Contains(page, want) {
		t.Errorf("docs/step.md lacks what help prints:\n%s", want)
	}
}

// What a session saves is the trace that it was given, gone back and forth in, and loads again.
func TestStepSavesAndLoads(t *testing.T) {
	dir := t.TempDir()
	given, saved := filepath.Join(dir, "given.cabi"), filepath.Join(dir, "saved.cabi")
	for _, world := range []string{"cancel", "tasks", "host-streams"} {
		execute(newRootCommand(), "check", world, "--save", given)
		out, code, err := stepped(t, "back 3\nforward\nforward 9\nsave "+saved+"\nback 99\nload "+saved+"\ntrace\n", world, "--trace", given)
		if code != 0 {
			t.Fatalf("exit %d, %v: %s", code, err, out)
		}
		want, got := must(model.ReadTrace(strings.NewReader(string(must(os.ReadFile(given)))))), must(model.ReadTrace(strings.NewReader(string(must(os.ReadFile(saved))))))
		want.Violates, got.Violates = "", ""
		want.Choices = got.Choices // those at the end that are the first candidate may be left out
		if want.String() != got.String() {
			t.Errorf("%s:\n%s\nnot\n%s", world, got, want)
		}
		if !strings.HasSuffix(out, string(must(os.ReadFile(saved)))) {
			t.Errorf("%s: what is loaded is not what was saved:\n%s", world, out)
		}
		if _, code, err := execute(newRootCommand(), "replay", saved); code != 0 {
			t.Errorf("%s: replay: exit %d, %v", world, code, err)
		}
	}
}

// Choices are shown, can be made in another way, and what comes of them differs.
func TestStepChoices(t *testing.T) {
	out, _, err := stepped(t, "invoke A.blocking\nthread.yield cancellable\nchoose 1 1\nchoose 2 0\nchoose 1 7\nchoose x y\nchoose 1\n", "tasks")
	if err != nil {
		t.Fatal(err)
	}
	first, then, _ := strings.Cut(out, "> choose 1 1\n")
	if !strings.Contains(first, "choice 1: Thread.wait_until/go-on took 0 of 0 to 1") || !strings.Contains(then, "A: thread.yield cancellable -> 0") {
		t.Errorf("the thread does not first wait and then go on:\n%s", out)
	}
	for _, want := range []string{"there is no choice 2", "choice 1 is one of 0 to 1", "both are numbers", "it is written so: choose K N"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// What cannot be obeyed is said, and loses nothing.
func TestStepRefuses(t *testing.T) {
	for command, want := range map[string]string{
		"99":                     "the menu has no 99: it goes from 1 to",
		"backk":                  `"backk" is neither an action nor a command; did you mean back?`,
		"back x":                 "x is no number of actions",
		"back 1 2":               "it is written so: back [N]",
		"resource.new Q 1":       "Q",
		"resource.rep":           "resource.rep",
		"why":                    "nothing is stopped or violated there",
		"why 99":                 "the menu has no 99",
		"variant per-tipe":       "did you mean per-type",
		"save /no-such-folder/x": "/no-such-folder",
		"load no-such.cabi":      "no-such.cabi: no such file",
	} {
		out, code, err := stepped(t, command+"\ntrace\n", "handles")
		if code != 0 || !strings.Contains(out, want) || !strings.HasSuffix(out, "A: enter A.run\n") {
			t.Errorf("%s: exit %d, %v, it lacks %q:\n%s", command, code, err, want, out[strings.Index(out, "> "):])
		}
	}
	for args, want := range map[string]string{
		"-":                             "the world is a name or a file",
		"handels":                       "did you mean handles",
		"handles --variant per-tipe":    "did you mean per-type",
		"handles --trace no-such.cabi":  "no such file",
		"handles --spec . --variant fx": "",
	} {
		if _, code, err := stepped(t, "", strings.Fields(args)...); code != 2 || !strings.Contains(err.Error(), want) {
			t.Errorf("step %s: exit %d, %v; it lacks %q", args, code, err, want)
		}
	}
}

// A tab completes what only one thing begins with, and as far as several agree.
func TestStepCompletes(t *testing.T) {
	for line, want := range map[string][]string{"va": {"variant"}, "resource.n": {"resource.new "}, "x": nil} {
		s := &stepper{out: new(strings.Builder), session: sessionOf(t, "handles")}
		s.draw(nil)
		got, _, ok := s.complete(line, len(line), '\t')
		if ok != (want != nil) || ok && got != want[0] {
			t.Errorf("%q: %q, %v; not %q", line, got, ok, want)
		}
	}
}

func sessionOf(t *testing.T, world string) *step.Session {
	t.Helper()
	w := model.WorldByName(world)
	return &step.Session{Search: model.Search{World: w, Variant: spec.SingleTable, Bounds: w.Bounds}}
}
