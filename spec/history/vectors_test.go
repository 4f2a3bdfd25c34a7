package history_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cabi/internal/port"
	"cabi/spec/history"
	"cabi/spec/history/pertype"
	"cabi/spec/history/resourcetable"

	"github.com/google/go-cmp/cmp"
)

var (
	record  = flag.String("record", "", "record testdata/*.txt again, from the definitions.py in per-type and resource-table below this `directory`")
	vectors = flag.Int("vectors", 120, "how many random sequences to record, of each definition and table length")
)

// A vector is a sequence with what the historical definitions.py gave.
type vector struct {
	tableLength uint64
	ops         []history.Op
	results     []string
}

// TestVectors replays what driver.py recorded of the historical definitions.py.
func TestVectors(t *testing.T) {
	eachDefinition(t, func(t *testing.T, d definition) {
		if *record != "" {
			recordVectors(t, d)
		}
		file, upstream := readVectors(t, d)
		if !strings.HasPrefix(file, "# Recorded by driver.py from the definitions.py with sha256 "+upstream.SHA256+".\n") {
			t.Errorf("the vectors are not of the definitions.py that is ported, %s", upstream.SHA256)
		}
		lines := pythonLines(upstream)
		for _, v := range parseVectors(t, file) {
			replay(t, d, lines, v)
		}
	})
}

// replay compares one vector with the port.
func replay(t *testing.T, d definition, lines map[string]string, v vector) {
	t.Helper()
	got, err := d.machine(v.tableLength).Run(v.ops)
	if err != nil {
		t.Fatal(err)
	}
	for i, result := range got {
		if line, stopped := lines[result]; stopped {
			got[i] = line
		}
	}
	if diff := cmp.Diff(v.results, got); diff != "" {
		t.Errorf("%s\n-definitions.py +port\n%s", text(v.ops), diff)
	}
}

// pythonLines maps "trap lift_own/own" to what driver.py can tell of it: "trap lift_own:1090".
func pythonLines(upstream *port.Upstream) map[string]string {
	lines := map[string]string{}
	for _, def := range upstream.Definitions {
		for _, site := range def.Sites {
			name := def.Name[strings.LastIndex(def.Name, ".")+1:]
			lines[site.Kind+" "+site.Name] = fmt.Sprintf("%s %s:%d", site.Kind, name, site.Line)
		}
	}
	return lines
}

func readVectors(t *testing.T, d definition) (file string, upstream *port.Upstream) {
	t.Helper()
	text, err := os.ReadFile(vectorFile(d))
	if err != nil {
		t.Fatal(err)
	}
	source := pertype.Source
	if d.name == "resource-table" {
		source = resourcetable.Source
	}
	if upstream, err = port.Load(source, d.name); err != nil {
		t.Fatal(err)
	}
	return string(text), upstream
}

func vectorFile(d definition) string { return filepath.Join("testdata", d.name+".txt") }

// parseVectors reads the form of testdata/*.txt: sequences with an empty line between two.
func parseVectors(t *testing.T, file string) []vector {
	t.Helper()
	var vs []vector
	for block := range strings.SplitSeq(file, "\n\n") {
		if strings.HasPrefix(block, "#") {
			continue
		}
		v := vector{}
		if rest, ok := strings.CutPrefix(block, "table-length "); ok {
			length, after, _ := strings.Cut(rest, "\n")
			if _, err := fmt.Sscan(length, &v.tableLength); err != nil {
				t.Fatal(err)
			}
			block = after
		}
		v.ops = parse(t, block)
		for line := range strings.Lines(block) {
			_, result, _ := strings.Cut(strings.TrimSpace(line), " -> ")
			v.results = append(v.results, result)
		}
		vs = append(vs, v)
	}
	if len(vs) == 0 {
		t.Fatal("there are no vectors")
	}
	return vs
}

// recordVectors has driver.py run the sequences of the list and random ones.
func recordVectors(t *testing.T, d definition) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "sequences.txt")
	if err := os.WriteFile(file, []byte(sequencesToRecord(t, d)), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "testdata/driver.py", filepath.Join(*record, d.name), file)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile(d), out, 0o644); err != nil {
		t.Fatal(err)
	}
}

// alsoRecorded are sequences that random ones seldom are.
var alsoRecorded = []string{
	`host: call A1 borrow U 100
	A1: call-async B1 borrow U 1
	B1: block
	A1: resource.drop U 1
	A1: block
	host: resume B1
	B1: resource.drop U 1
	B1: task.return
	B1: exit
	host: resume A1
	A1: poll
	A1: subtask.drop 1
	A1: task.return
	A1: exit`,
	`host: call A1
	A1: resource.new R 100
	A1: call B1 own R 1
	B1: resource.drop R 1`,
	`host: call A1
	A1: resource.new S 100
	A1: call B1 own S 1
	B1: resource.drop S 1`,
	`host: call B1 own S 100
	B1: resource.drop S 1
	B1: call A1 returns R
	A1: resource.new R 101
	A1: return R 1
	B1: resource.drop R 1
	B1: call A2 borrow R 1`,
}

func sequencesToRecord(t *testing.T, d definition) string {
	var b strings.Builder
	for _, diff := range differences {
		writeSequence(&b, diff.tableLength, parse(t, diff.sequence))
	}
	for _, sequence := range alsoRecorded {
		writeSequence(&b, 0, parse(t, sequence))
	}
	for seed := range uint64(*vectors) {
		for _, length := range []uint64{0, 4} {
			ops, _ := newGenerator(d, seed, length).sequence(25)
			writeSequence(&b, length, ops)
		}
	}
	return b.String()
}

func writeSequence(b *strings.Builder, tableLength uint64, ops []history.Op) {
	if tableLength > 0 {
		fmt.Fprintf(b, "table-length %d\n", tableLength)
	}
	fmt.Fprintf(b, "%s\n\n", text(ops))
}
