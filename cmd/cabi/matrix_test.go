package main

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"testing"

	"cabi/internal/matrix"
	"cabi/model"
	"cabi/spec"
)

// TestDocsMatrix checks docs/generated/matrix.md. Making the page takes a minute or two; unless it is written or CABI_LONG is set, the
// test checks only that every variant and property is in the page and that its traces replay.
func TestDocsMatrix(t *testing.T) {
	const file = "../../docs/generated/matrix.md"
	if *write || os.Getenv("CABI_LONG") != "" {
		defer debug.SetGCPercent(debug.SetGCPercent(400))
		var page bytes.Buffer
		matrix.Make(matrix.Options{Workers: 2}).WriteMarkdown(&page)
		if *write {
			compareDoc(t, file, page.Bytes())
		} else if got := string(must(os.ReadFile(file))); unmeasured(got) != unmeasured(page.String()) {
			t.Errorf("%s is stale: run `make docs`", file)
		}
	}
	page := string(must(os.ReadFile(file)))
	replayTraces(t, page, len(regexp.MustCompile(`\*\*fails \d+\*\*`).FindAllString(page, -1)))
	if strings.Contains(page, "| holds, vacuously |") {
		t.Errorf("%s has a cell that holds vacuously", file)
	}
	for _, v := range spec.Variants {
		if !strings.Contains(page, "\n**`"+v.Name+"`**") {
			t.Errorf("%s does not speak of %s", file, v.Name)
		}
	}
	for _, p := range matrix.Guests(spec.SingleTable) {
		if strings.Count(page, "| `"+p.Name+"` |") == 0 {
			t.Errorf("%s has no row %s", file, p.Name)
		}
	}
}

// unmeasured returns a page without the row of times, which differ each time.
func unmeasured(page string) string {
	return regexp.MustCompile(`(?m)^\| `+matrix.LookupSays+`.*$`).ReplaceAllString(page, "")
}

// replayTraces replays every trace of a page.
func replayTraces(t *testing.T, page string, want int) {
	t.Helper()
	traces := regexp.MustCompile("(?s)```\n(world .*?)```").FindAllStringSubmatch(page, -1)
	if len(traces) != want {
		t.Errorf("there are %d traces, want %d", len(traces), want)
	}
	for _, m := range traces {
		trace, err := model.ParseTrace(strings.NewReader(m[1]))
		if err != nil {
			t.Fatalf("%s\n%v", m[1], err)
		}
		again, err := model.RunTrace(trace, trace.Variant)
		if err != nil {
			t.Fatalf("%s\n%v", m[1], err)
		}
		if again.Departs != nil {
			t.Errorf("%s\ndeparts at %s, got %s", m[1], again.Departs, again.Got)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestMatrixUsage(t *testing.T) {
	for _, args := range [][]string{{"matrix", "--variant", "none"}, {"matrix", "--reference", "none"}, {"matrix", "more"}, {"matrix", "--json", "--markdown"}} {
		if code := run(args, nil, io.Discard, io.Discard); code != 2 {
			t.Errorf("%v exits with %d, want 2", args, code)
		}
	}
}
