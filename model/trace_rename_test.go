package model

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every trace of the reference suite can be given names. With names it is replayed, and its actions are the same.
func TestWithNames(t *testing.T) {
	files, err := filepath.Glob("../suite/traces/*.cabi")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d traces, %v", len(files), err)
	}
	bound := 0
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := ReadTrace(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		named, err := WithNames(plain)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		again, err := ParseTrace(strings.NewReader(named.String()))
		if err != nil {
			t.Fatalf("%s: %v\n%s", file, err, named)
		}
		replay, err := RunTrace(again, again.Variant)
		if err != nil || replay.Departs != nil {
			t.Errorf("%s: %v, departs at %v: %s\n%s", file, err, replay.Departs, replay.Got, named)
			continue
		}
		for i, l := range replay.Plain.Lines {
			if l.Kind == LineAction && l.Text != actionLines(plain)[len(actionLines(&Trace{Lines: replay.Plain.Lines[:i]}))].Text {
				t.Errorf("%s: %s is another action", file, l.Text)
			}
		}
		for _, l := range again.Lines {
			bound += len(l.Binds)
		}
	}
	if bound < 300 {
		t.Errorf("only %d names are bound", bound)
	}
}

func actionLines(t *Trace) []Line {
	var lines []Line
	for _, l := range t.Lines {
		if l.Kind == LineAction {
			lines = append(lines, l)
		}
	}
	return lines
}

// A name stands for an index until the index is given out again. A number that never was an index stays a number.
func TestWithNamesText(t *testing.T) {
	plain, err := ParseTrace(strings.NewReader(`world streams  variant single-table
A: stream.new u8 -> 8589934593
A: stream.write u8 async 2 0 1 -> 4294967295
A: call B.take 1
B: enter B.take 1
B: return
A: done call B.take 1
A: stream.new u8
A: stream.read u8 async 1 0 1
A: stream.drop-writable u8 9
`))
	if err != nil {
		t.Fatal(err)
	}
	want := `world streams  variant single-table  pin 6c67aa1  format 1
$readable1 $writable1 = A: stream.new u8
A: stream.write u8 async $writable1 0 1 -> blocked
A: call B.take $readable1
B: enter B.take
B: return
A: done call B.take $readable1
$readable2 = A: stream.new u8
A: stream.read u8 async $readable2 0 1 -> blocked
A: stream.drop-writable u8 9
trap Table.get/bounds
`
	named, err := WithNames(plain)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(named.String(), "A: enter A.run\n", "")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
