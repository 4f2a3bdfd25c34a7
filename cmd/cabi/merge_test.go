package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/model"
	"cabi/properties"
	"cabi/shrink"
	"cabi/spec"
)

// shardSearch are the flags of the search whose shards the tests run.
const shardSearch = "check everything --random --keep-going --runs 40 --seed 3 --json"

// runShard writes the report of a shard, I/N, to a file, and returns its name.
func runShard(t *testing.T, search, shard string) string {
	t.Helper()
	out, code, err := execute(newRootCommand(), strings.Fields(search+" --shard "+shard)...)
	if code != 1 {
		t.Fatalf("shard %s: exit %d, %v", shard, code, err)
	}
	file := filepath.Join(t.TempDir(), strings.ReplaceAll(shard, "/", "-of-")+".json")
	if err := os.WriteFile(file, []byte(out), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

// What is merged is what the shards' own searches found: of each finding the shortest, and the sum or the union of what was counted.
func TestMerge(t *testing.T) {
	want := map[string]int{} // finding: actions
	shapes, runs, transitions := map[uint64]bool{}, 0, 0
	args := []string{"merge", "--json"}
	for i := range 3 {
		w := model.WorldByName("everything")
		r := model.Search{World: w, Variant: spec.SingleTable, Properties: properties.For(w), Bounds: w.Bounds, KeepGoing: true, ByShape: true,
			Random: &model.Random{Seed: 3, Runs: 40, Shard: i + 1, Shards: 3, Shrink: shrink.Shrink}}.Run()
		for _, v := range r.Violations {
			key := v.Name() + ": " + v.Shape
			if n, ok := want[key]; !ok || v.Actions < n {
				want[key] = v.Actions
			}
		}
		for _, shape := range r.Shapes {
			shapes[shape] = true
		}
		runs, transitions = runs+r.Runs, transitions+r.Transitions
		args = append(args, runShard(t, shardSearch, fmt.Sprintf("%d/3", i+1)))
	}
	slices.Reverse(args[2:])
	out, code, err := execute(newRootCommand(), args...)
	findings, last := jsonLines(t, out)
	got := map[string]int{}
	for _, f := range findings {
		got[f.Finding+": "+f.Shape] = f.Actions
	}
	if code != 1 || !maps.Equal(got, want) || len(want) == 0 {
		t.Errorf("exit %d, %v: findings %v, not %v", code, err, got, want)
	}
	if last.Runs != 40 || runs != 40 || last.Transitions != transitions || last.States != len(shapes) || last.Shards != 3 {
		t.Errorf("%d runs, %d transitions, %d shapes, %d shards; not %d, %d, %d, 3", last.Runs, last.Transitions, last.States, last.Shards, runs, transitions, len(shapes))
	}
	s := schemaOf(t, "schemas/check")
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		satisfies(t, s, line)
	}
}

// The only shard of one is the search without shards. Findings are merged in another order than that in which they come.
func TestOneShard(t *testing.T) {
	whole, _, _ := execute(newRootCommand(), strings.Fields(shardSearch)...)
	out, code, err := execute(newRootCommand(), "merge", "--json", runShard(t, shardSearch, "1/1"))
	want, got := strings.Split(whole, "\n"), strings.Split(strings.ReplaceAll(out, `,"shards":1`, ""), "\n")
	slices.Sort(want)
	slices.Sort(got)
	if code != 1 || len(want) != len(got) {
		t.Fatalf("exit %d, %v: %d lines, not %d", code, err, len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("line %d is not the same:\n%.300s\n%.300s", i, got[i], want[i])
		}
	}
}

// A shard that is missing, there twice, not finished or of another search is named.
func TestMergeRefuses(t *testing.T) {
	one, two := runShard(t, shardSearch, "1/3"), runShard(t, shardSearch, "2/3")
	seed := runShard(t, strings.Replace(shardSearch, "--seed 3", "--seed 4", 1), "3/3")
	bounds := runShard(t, shardSearch+" --handles 2", "3/3")
	two2 := runShard(t, shardSearch, "2/2")
	text := string(must(os.ReadFile(one)))
	lines := strings.SplitAfter(text, "\n")
	var r map[string]any
	if err := json.Unmarshal([]byte(lines[len(lines)-2]), &r); err != nil {
		t.Fatal(err)
	}
	shapes := r["shard"].(map[string]any)["shapes"].(string)
	file := func(name, text string) string {
		f := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(f, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, c := range []struct {
		files []string
		want  string
	}{
		{[]string{one, two}, "of 3 shards, 3 is missing"},
		{[]string{two}, "of 3 shards, 1 and 3 are missing"},
		{[]string{one, two, one}, "are both shard 1/3"},
		{[]string{one, two, seed}, "the seed is 4 here, and 3 there"},
		{[]string{one, two, bounds}, "the bounds is"},
		{[]string{one, two2}, "how many shards there are is 2 here, and 3 there"},
		{[]string{file("cut.json", strings.Join(lines[:1], ""))}, "cut.json ends before its result"},
		{[]string{file("half.json", text[:len(text)-9])}, fmt.Sprintf("half.json: line %d: this is no line of cabi check --json", len(lines)-1)},
		{[]string{file("twice.json", text+text)}, "the reports of several shards are several files"},
		{[]string{file("other.json", strings.Replace(text, `"digest":"`, `"digest":"0`, 1)), two}, "the world's text or the specification is another"},
		{[]string{file("shapes.json", strings.Replace(text, shapes, "gA==", 1))}, "no base64 of LEB128 numbers"},
		{[]string{file("key.json", strings.Replace(text, `"property":"`, `"property":"x-`, 1))}, "is of the property"},
		{[]string{file("trace.json", strings.Replace(text, "world everything", "world nothing", 1))}, "line 1: the trace of"},
		{[]string{file("plain.json", "{\"finding\": 3}\n")}, "line 1: this is no line of"},
		{[]string{file("empty.json", "")}, "empty.json ends before its result"},
		{[]string{"no-such.json"}, "no-such.json: no such file"},
	} {
		_, code, err := execute(newRootCommand(), append([]string{"merge"}, c.files...)...)
		if code != 2 || err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("merge %v: exit %d, %v; it lacks %q", c.files, code, err, c.want)
		}
	}
	out, code, err := execute(newRootCommand(), "merge", "--partial", "--save", filepath.Join(t.TempDir(), "found"), one, two)
	if code != 1 || !strings.Contains(out, " in 2 shards from seed 3") {
		t.Errorf("--partial: exit %d, %v: %.300s", code, err, out)
	}
}

func TestShardFlag(t *testing.T) {
	for text, want := range map[string]string{"1/1": "1/1", "7/9": "7/9", "0/4": "", "5/4": "", "1": "", "1/0": "", "-1/3": "", "a/b": "", "1/3/4": "", "1/1000001": ""} {
		var s shardFlag
		if err := s.Set(text); (err == nil) != (want != "") || s.String() != want {
			t.Errorf("%q: %q, %v; not %q", text, s.String(), err, want)
		}
	}
}

// The loop of docs/scale.md makes reports that merge, and the error that the page shows is printed.
func TestScalePage(t *testing.T) {
	page := string(must(os.ReadFile("../../docs/scale.md")))
	_, loop, _ := strings.Cut(page, "    for i in")
	loop, _, _ = strings.Cut(loop, "\n    done\n")
	dir := t.TempDir()
	for i := range 3 {
		_, command, _ := strings.Cut(loop, "cabi ")
		command, _, _ = strings.Cut(command, " > ")
		command = strings.ReplaceAll(strings.ReplaceAll(command, "$i", fmt.Sprint(i+1)), "--runs 300", "--runs 15")
		out, code, err := execute(newRootCommand(), strings.Fields(command)...)
		if code != 1 {
			t.Fatalf("%s: exit %d, %v", command, code, err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("shard-%d.json", i+1)), []byte(out), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	if out, code, err := execute(newRootCommand(), "merge", "shard-1.json", "shard-2.json", "shard-3.json"); code != 1 || !strings.Contains(out, "in 3 shards") {
		t.Errorf("exit %d, %v: %.300s", code, err, out)
	}
	_, code, err := execute(newRootCommand(), "merge", "shard-1.json", "shard-3.json")
	if want := "    $ cabi merge shard-1.json shard-3.json\n    cabi: " + err.Error() + "\n"; code != 2 || !strings.Contains(page, want) {
		t.Errorf("exit %d: the page lacks\n%s", code, want)
	}
}
