package model

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Merging equal states changes neither which outcomes a litmus has nor, where nothing goes round, how many ways lead to each.
func TestLitmusMerging(t *testing.T) {
	files, err := filepath.Glob("../examples/*.litmus")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	texts := map[string]string{"interleaved": interleaved, "numbered": numberedCalls, "hosts": numberedHosts, "shared": sharedLines}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[file] = string(text)
	}
	for name, text := range texts {
		merged, all := outcomesOf(t, text, false), outcomesOf(t, text, true)
		if !slices.Equal(merged, all) {
			t.Errorf("%s: merged\n%s\nall\n%s", name, strings.Join(merged, "\n"), strings.Join(all, "\n"))
		}
	}
}

// numberedHosts has the host cancel one of two calls that look alike, where the state does not say which is which: the two calls before
// them have left a table in which both orders look the same.
const numberedHosts = `world tasks
in A.stackful#1
  thread.yield uncancellable
  task.return ()
in A.stackful#2
  thread.yield uncancellable
  task.return ()
in A.stackful
  task.return () | thread.suspend cancellable
in host
  invoke A.stackful
  invoke A.stackful
  ticks
  invoke A.stackful
  invoke A.stackful
  cancel 2 | skip
`

// interleaved has many ways through few states.
const interleaved = `world tasks
in A.stackful#1
  thread.yield uncancellable | skip
  thread.yield cancellable | skip
  task.return ()
in A.stackful#2
  thread.yield uncancellable | skip
  task.return ()
in A.stackful#3
  thread.suspend cancellable | skip
  task.cancel | task.return ()
in host
  $a = invoke A.stackful
  $b = invoke A.stackful
  $c = invoke A.stackful
  tick | skip
  ticks | cancel $b | cancel $c
  ticks
`

// numberedCalls calls a function that does something else each time, so that equal states differ in how often it was called.
const numberedCalls = `world tasks
in A.stackful#1
  thread.yield uncancellable
  task.return ()
in A.stackful#2
  task.return ()
in A.stackful#3
  $i = thread.index
  task.return ()
in host
  invoke A.stackful
  ticks
  invoke A.stackful | skip
  tick
  invoke A.stackful
`

// sharedLines has lines that whichever call of A acts next takes.
const sharedLines = `world waits
A: context.get i32 0 | skip
A: context.get i32 0 | skip
A: context.set i32 0 1 | skip
A: task.return ()
`

// outcomesOf explores a litmus, and returns its outcomes with their ways.
func outcomesOf(t *testing.T, text string, separately bool) []string {
	t.Helper()
	l, err := ParseLitmus(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	l.separately = separately
	report, err := l.Explore(LitmusOptions{Tries: 1000000})
	if err != nil || report.Incomplete {
		t.Fatal(err, report)
	}
	var lines []string
	for _, o := range report.Outcomes {
		lines = append(lines, fmt.Sprintf("%d %s", o.Ways, o))
	}
	slices.Sort(lines)
	return lines
}
