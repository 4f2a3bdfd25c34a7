package upstream

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cabi/internal/port"
	"cabi/spec"
)

const vectorsFile = "testdata/vectors.jsonl.gz"

// recordRuns is for `go test ./internal/upstream -run Vectors -record 50000`, with CABI_UPSTREAM set.
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
	if err := Record(Options{Dir: upstreamDir(t), Runs: *recordRuns, Seed: 6}, f); err != nil {
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
		for _, on := range []Stacks{Coroutines, Frames} {
			if d := v.Compare(on); d != nil {
				t.Fatalf("vector %d on %s: %v", i+1, on, d)
			}
		}
	}
	t.Logf("%d vectors agree", len(vs.List))
}

// TestVectorsReach checks that the recorded runs reach every site and outcome that is not listed as out of reach, and none that
// is: the generator reaches what can be reached, and the reasons are neither missing nor stale.
func TestVectorsReach(t *testing.T) {
	seen := newCoverage()
	for _, v := range readVectors(t).List {
		trace(v.Case, seen)
	}
	for _, p := range places() {
		reason := unreached[p.site]
		if seen.Fired[p.site] > 0 && reason != "" {
			t.Errorf("a run ends at %s, which is said to be out of reach", p.site)
		}
		if seen.Fired[p.site] == 0 && reason == "" && !neverFails(t)[p.site] {
			t.Errorf("no run ends at %s, and nothing says why", p.site)
		}
	}
	for _, what := range append(seen.missingOutcomes(), seen.missingBranches()...) {
		if unreachedOutcomes[what] == "" {
			t.Errorf("no run has %s, and nothing says why", what)
		}
	}
	for what := range unreachedOutcomes {
		if i := strings.LastIndexByte(what, ' '); seen.has(what[:i], what[i+1:]) {
			t.Errorf("a run has %s, which is said to be out of reach", what)
		}
	}
}

// neverFails are the asserts that never fail, as the tests of spec/ list them.
func neverFails(t *testing.T) map[spec.Site]bool {
	t.Helper()
	source, err := os.ReadFile("../../spec/sites_unreachable_test.go")
	if err != nil {
		t.Fatal(err)
	}
	sites := map[spec.Site]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\t"([^"]+)": +"`).FindAllSubmatch(source, -1) {
		sites[spec.Site(m[1])] = true
	}
	return sites
}

// TestReasonsName checks that the sites, built-ins and outcomes that are listed as out of reach exist.
func TestReasonsName(t *testing.T) {
	for site := range unreached {
		if _, ok := placesBySite()[site]; !ok {
			t.Errorf("there is no site %s", site)
		}
	}
	for what := range unreachedOutcomes {
		i := strings.LastIndexByte(what, ' ')
		if !slices.Contains(builtins(), what[:i]) || !slices.Contains(outcomesOf(what[:i]), what[i+1:]) {
			t.Errorf("there is no outcome %s", what)
		}
	}
}

// TestEachFieldIsCompared changes, one at a time, each kind of field and each word without a name in the states that the port
// writes: the comparison with the recorded states must notice. Every field that spec/ writes must be in a recorded state.
func TestEachFieldIsCompared(t *testing.T) {
	flipped := map[string]bool{}
	for _, v := range readVectors(t).List {
		if v.Case.States == statesFull {
			flipFields(t, v, flipped)
		}
	}
	for _, name := range fieldsOfState(t) {
		if !flipped[name] {
			t.Errorf("no recorded state has a %s", name)
		}
	}
	for _, want := range []string{"store.depth", "instance.may_enter", "handles.free", "threads.array", "thread.1", "task.2", "end.3",
		"subtask.pending_event", "end.pending_event", "future.dropped", "stream.dropped", "buffer.progress", "buffer.1", "memory.length"} {
		if !flipped[want] {
			t.Errorf("no recorded state has a %s", want)
		}
	}
}

var stateField = regexp.MustCompile(`[ (]([a-z_]+=)?(\[[^\]]*\]|[^ \n()]+)`)

// flipFields changes, one at a time, the fields in the states of a run that are not in flipped yet, and adds them there: by name,
// and by object and name. A word that has no name goes by its position among such words in the line.
func flipFields(t *testing.T, v Vector, flipped map[string]bool) {
	lines := Trace(v.Case)
	for i, line := range lines {
		if !strings.HasPrefix(line, "s ") {
			continue
		}
		for _, at := range stateField.FindAllStringSubmatchIndex(line, -1) {
			name := strconv.Itoa(wordsBefore(line, at[0]))
			if at[2] >= 0 {
				name = line[at[2] : at[3]-1]
			}
			key := objectOf(line, at[0]) + "." + name
			if flipped[key] {
				continue
			}
			flipped[key], flipped[name] = true, true
			value := line[at[4]:at[5]]
			lines[i] = line[:at[4]] + flip(value) + line[at[5]:]
			if firstDifference(lines, v.Lines) != i {
				t.Errorf("a change of %s from %s to %s is not noticed", key, value, flip(value))
			}
			lines[i] = line
		}
	}
}

// wordsBefore is the position, from 1, among the words without a name in a line of a state.
func wordsBefore(text string, at int) int {
	n := 0
	for _, m := range stateField.FindAllStringSubmatchIndex(text[strings.LastIndexByte(text[:at], '\n')+1:at], -1) {
		if m[2] < 0 {
			n++
		}
	}
	return n + 1
}

// fieldsOfState are the names of all fields that spec/ writes, but for those that only variants and canonical states have.
func fieldsOfState(t *testing.T) []string {
	t.Helper()
	source, err := os.ReadFile("../../spec/state_writer.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`([a-z_]+)=\[?"`).FindAllSubmatch(source, -1) {
		if name := string(m[1]); name != "owners" && name != "live" {
			names = append(names, name)
		}
	}
	return names
}

// objectOf is the kind of the object whose line a position is in.
func objectOf(text string, at int) string {
	line := strings.TrimPrefix(text[strings.LastIndexByte(text[:at], '\n')+1:at], "s ")
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return strings.TrimRight(word, "0123456789")
}

// flip is another value for a field.
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
