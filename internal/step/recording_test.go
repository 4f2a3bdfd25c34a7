package step

import (
	"io/fs"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
	"cabi/spec"
	"cabi/suite"
)

// A recording of a reference trace has a moment for each action, which tell all lines of the trace and no other, and what it has for a trace
// is the same trace.
func TestRecordings(t *testing.T) {
	files, err := fs.Glob(suite.Traces, "traces/*.cabi")
	if err != nil {
		t.Fatal(err)
	}
	const every = 3
	for i := 0; i < len(files); i += every {
		name := files[i]
		text, err := fs.ReadFile(suite.Traces, name)
		if err != nil {
			t.Fatal(err)
		}
		trace, err := model.ParseTrace(strings.NewReader(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		s, err := Of(trace, properties.For(trace.World))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r := recorded(t, s)
		actions, lines := 0, 0
		for _, l := range trace.Lines {
			if l.Kind == model.LineAction {
				actions++
			}
		}
		for _, m := range r.Moments {
			lines += len(m.Lines)
		}
		if len(r.Moments) != actions+1 || lines != len(trace.Lines) {
			t.Errorf("%s: %d moments with %d lines, of %d actions and %d lines", name, len(r.Moments), lines, actions, len(trace.Lines))
		}
		if again, err := model.ParseTrace(strings.NewReader(r.Trace)); err != nil || len(again.Lines) != len(trace.Lines) {
			t.Errorf("%s: its trace is another one: %v\n%s", name, err, r.Trace)
		}
	}
}

// Packed numbers are told in upstream's words.
func TestMeans(t *testing.T) {
	trace, err := model.ParseTrace(strings.NewReader(`world cancel
A: call B.react
B: waitable-set.new -> 1
B: return 18
A: task.cancel
`))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Of(&model.Trace{World: trace.World, Variant: trace.Variant, Lines: trace.Lines[:3]}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := recorded(t, s)
	var means []string
	for _, m := range r.Moments {
		for _, l := range m.Lines {
			if l.Means != "" {
				means = append(means, l.Means)
			}
		}
	}
	if got := strings.Join(means, "; "); got != "WAIT, set 1; STARTED, subtask 1" {
		t.Errorf("the numbers mean %s", got)
	}
	last := r.Scenes[r.Moments[len(r.Moments)-1].Scene]
	if len(last.Threads) != 2 || last.Threads[0].Task != "STARTED" {
		t.Errorf("at the end there are %+v", last.Threads)
	}
}

func recorded(t *testing.T, s *Session) *Recording {
	t.Helper()
	r, err := s.Record()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A session in which there is too much to show says so, and where; it is not looked at to its end.
func TestTooMuch(t *testing.T) {
	trace, err := model.ParseTrace(strings.NewReader("world handles\n" + strings.Repeat("A: resource.new R 100\n", 1000)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Of(trace, nil)
	if err != nil {
		t.Fatal(err)
	}
	if fits := s.Fits(); fits == nil {
		t.Error("it fits")
	}
	if _, err := s.Record(); err == nil || !strings.Contains(err.Error(), "too much to show: the first 4") {
		t.Errorf("it says %v", err)
	}
}

// The rows of a memory that are not all zero are found, also behind much that is.
func TestRows(t *testing.T) {
	memory := &spec.Bytearray{B: make([]byte, 10_000)}
	memory.B[5000], memory.B[9999] = 1, 2
	rows := rowsOf(memory)
	if len(rows) != 2 || rows[0].Address != 4992 || rows[1].Address != 9984 || !strings.HasSuffix(rows[1].Bytes, "02") || rows[0].Bytes[16:18] != "01" {
		t.Errorf("%+v", rows)
	}
}
