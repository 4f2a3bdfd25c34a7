package upstream

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"cabi/internal/port"
	"cabi/spec"
)

const vectorsFile = "testdata/vectors.jsonl.gz"

// recordRuns is for `go test ./upstream -run Vectors -record 20000`, with CABI_UPSTREAM set.
var recordRuns = flag.Int("record", 0, "record the vectors anew, from so many runs on definitions.py")

func readVectors(t *testing.T) *Vectors {
	t.Helper()
	f, err := os.Open(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	vs, err := ReadVectors(f)
	if err != nil {
		t.Fatalf("%s: %v", vectorsFile, err)
	}
	return vs
}

func recordVectors(t *testing.T) {
	t.Helper()
	f, err := os.Create(vectorsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := Record(Options{Dir: upstreamDir(t), Runs: *recordRuns, Seed: 4}, f); err != nil {
		t.Fatal(err)
	}
}

func TestVectors(t *testing.T) {
	if *recordRuns > 0 {
		recordVectors(t)
	}
	vs := readVectors(t)
	u, err := port.Load(spec.Source, "")
	if err != nil {
		t.Fatal(err)
	}
	if vs.SHA256 != u.SHA256 {
		t.Errorf("the vectors come from the definitions.py with hash %s, the port from %s: record them anew", vs.SHA256, u.SHA256)
	}
	for i, v := range vs.List {
		if d := v.Compare(); d != nil {
			t.Fatalf("vector %d: %v", i+1, d)
		}
	}
	t.Logf("%d vectors agree", len(vs.List))
}

// TestEachFieldIsCompared flips each kind of field in the states that the port writes: each must differ from what was
// recorded from definitions.py.
func TestEachFieldIsCompared(t *testing.T) {
	field := regexp.MustCompile(`[ (][a-z_]+=(\[[^\]]*\]|[^ \n]+)`)
	flipped := map[string]bool{}
	for _, v := range readVectors(t).List {
		if v.Case.States != statesFull {
			continue
		}
		lines := Trace(v.Case)
		for i, line := range lines {
			if !strings.HasPrefix(line, "s ") {
				continue
			}
			for _, at := range field.FindAllStringIndex(line, -1) {
				name, value, _ := strings.Cut(line[at[0]+1:at[1]], "=")
				key := objectOf(line, at[0]) + "." + name
				if flipped[key] {
					continue
				}
				flipped[key] = true
				lines[i] = line[:at[0]+1] + name + "=" + flip(value) + line[at[1]:]
				if firstDifference(lines, v.Lines) != i {
					t.Errorf("a change of %s from %s to %s is not noticed", key, value, flip(value))
				}
				lines[i] = line
			}
		}
	}
	for _, want := range []string{"store.depth", "store.waiting", "instance.may_enter", "instance.backpressure", "handles.free",
		"threads.array", "thread.ready_func", "thread.begins", "task.state", "task.threads", "h.num_lends", "subtask.lenders",
		"end.pending_event", "set.elems", "stream.pending_buffer", "future.dropped", "buffer.progress", "memory.length"} {
		if !flipped[want] {
			t.Errorf("no recorded state has a %s", want)
		}
	}
}

// objectOf is the kind of object in whose line a position stands.
func objectOf(text string, at int) string {
	line := strings.TrimPrefix(text[strings.LastIndexByte(text[:at], '\n')+1:at], "s ")
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return strings.TrimRight(word, "0123456789")
}

func flip(value string) string {
	switch value {
	case "0":
		return "1"
	case "-":
		return "thread1"
	default:
		return "-"
	}
}
