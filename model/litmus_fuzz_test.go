package model_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cabi/model"
)

const litmusText = `world tasks
in A.stackful
  thread.yield cancellable | skip
  task.return ()
in host
  $c = invoke A.stackful
  ticks | cancel $c
allowed returns and $c = 0
`

// Reading any text as a litmus ends in an error with a line, or in a litmus that can be explored; and the trace of each outcome happens again.
func FuzzLitmus(f *testing.F) {
	f.Add(litmusText)
	f.Add(definedTrace)
	f.Add("world handles\nin A.run\n $r = resource.new R 1\nA: resource.drop R $r\nalways trap\n")
	f.Add("world tasks\nin host\n invoke A.callback\n ticks\nin A.callback\n return yield\nin A.callback.callback\n return yield\nalways never ends\n")
	for _, files := range []string{"../examples/*.litmus", "../cmd/cabi/testdata/answers/*.litmus"} {
		names, err := filepath.Glob(files)
		if err != nil || len(names) == 0 {
			f.Fatal(files, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		l, err := model.ParseLitmus(strings.NewReader(text))
		if err == nil {
			var report *model.LitmusReport
			if report, err = l.Explore(model.LitmusOptions{Tries: 20}); err == nil {
				mustReplay(t, text, report)
			}
		}
		if err != nil && !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("%q: %v: an error names the line", text, err)
		}
	})
}

// mustReplay replays the traces of the first outcomes.
func mustReplay(t *testing.T, text string, report *model.LitmusReport) {
	t.Helper()
	for _, o := range report.Outcomes[:min(3, len(report.Outcomes))] {
		if again, err := model.RunTrace(o.Trace, o.Trace.Variant); err != nil || again.Departure() != "" {
			t.Errorf("%q: the trace of %s: %v\n%s", text, o, err, o.Trace)
		}
	}
}
