package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/model"
)

const ownWorld = `world own
instance A  memory 64
resource R of A
func A.run()
start A.run
menu A: resource.new R | resource.drop R
menu host: invoke A.run
bound 4 actions  2 handles
`

// inDirectory writes files into a new directory, and is its path.
func inDirectory(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Every command that takes the name of a world takes a file of one, as text, as JSON or from standard input, and says the same.
func TestWorldsInFiles(t *testing.T) {
	w := must(model.ReadWorld(strings.NewReader(ownWorld)))
	dir := inDirectory(t, map[string]string{"own.world": ownWorld, "json": string(must(json.Marshal(w)))})
	var outputs []string
	for _, file := range []string{"own.world", "json", "-"} {
		cmd := newRootCommand()
		cmd.SetIn(strings.NewReader(ownWorld))
		if file != "-" {
			file = filepath.Join(dir, file)
		}
		out, code, err := execute(cmd, "check", file)
		if code != 0 || !strings.Contains(out, "world own, variant single-table, bound: 4 actions") || strings.Contains(out, "chosen") {
			t.Errorf("%s: exit %d, %v\n%s", file, code, err, out)
		}
		outputs = append(outputs, out)
	}
	if outputs = slices.Compact(outputs); len(outputs) != 1 {
		t.Errorf("the outputs differ: %q", outputs)
	}
	for args, want := range map[string]string{
		"explain @": "world own\n\ninstances  A, 64 bytes of memory", "bench worlds @": `"own"`, "check @ --random --runs 20": "walked: 20 runs",
		"check @ --property unique-in-instance": "holds: 1 property", "check @ --depth-first": "depth first",
	} {
		out, code, err := execute(newRootCommand(), strings.Fields(strings.ReplaceAll(args, "@", filepath.Join(dir, "own.world")))...)
		if code == 2 || !strings.Contains(out, want) {
			t.Errorf("%s: exit %d, %v\n%s", args, code, err, out)
		}
	}
}

// A trace and a litmus file that name the file of a world find it beside themselves. A counterexample stands alone, without what was
// chosen for the world.
func TestFilesOfWorldsInHeaders(t *testing.T) {
	dir := inDirectory(t, map[string]string{
		"own.world": ownWorld, "t.cabi": "world own.world\nA: resource.new R 5 -> 1\n", "l.litmus": "world own.world\nin A.run\n  $r = resource.new R 5\nalways $r = 1\n",
		"open.world": "world open\ninstance A memory 64\nfunc A.run() -> future<u8>\n", "lost.cabi": "world lost.world\nA: return\n", "bad.cabi": "world bad.world\nA: return\n",
		"bad.world": "world bad\ninstance\n",
	})
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"replay t.cabi", 0, "resource R of A\n"},
		{"litmus l.litmus", 0, "holds: line 4, always $r = 1"},
		{"check open.world --save found.cabi", 1, "chosen, as the world does not say: menus of A, host; indices of the right class; bounds of 2 handles, 3 threads, 2 tasks; as"},
		{"replay found.cabi", 0, "everything that the trace says happened again"},
		{"check open.world --steps 3 --json", 0, `"chosen":"menus of A, host; indices of the right class; bounds of 2 handles, 3 threads, 2 tasks","left_out":["context, `},
		{"check open.world --depth-first", 2, "says no bound on actions: --depth-first needs one"},
		{"bench worlds open.world", 2, "says no bound on actions"},
		{"replay lost.cabi", 2, "lost.cabi: line 1: "},
		{"replay bad.cabi", 2, "bad.world: line 2, column 9: the name of the instance is missing"},
		{"check lost.world", 2, "lost.world: no such file"},
		{"explain lost.world", 2, "lost.world: no such file"},
		{"check own", 2, "the name of a file has a / in it or ends in .world"},
		{"explain no/such-site", 2, `unknown name "no/such-site"`},
	} {
		out, code, err := execute(newRootCommand(), inPath(dir, c.args)...)
		text := strings.Join(strings.Fields(out), " ")
		if err != nil {
			text += err.Error()
		}
		if code != c.code || !strings.Contains(out+text, c.want) {
			t.Errorf("cabi %s: exit %d, want %d: %s; want …%s", c.args, code, c.code, text, c.want)
		}
	}
	saved := string(must(os.ReadFile(filepath.Join(dir, "found.cabi"))))
	if strings.Contains(saved, "menu") || strings.Contains(saved, "bound") || !strings.Contains(saved, "func A.run() -> future<u8>\n") {
		t.Errorf("the counterexample has what was chosen, or lacks its world:\n%s", saved)
	}
}

// inPath are arguments, with the names of files in a directory.
func inPath(dir, args string) []string {
	words := strings.Fields(args)
	for i, w := range words {
		if slices.Contains([]string{".world", ".cabi", ".litmus"}, filepath.Ext(w)) {
			words[i] = filepath.Join(dir, w)
		}
	}
	return words
}

// Where nothing can happen, nothing holds.
func TestNothingHappens(t *testing.T) {
	dir := inDirectory(t, map[string]string{"idle.world": "world idle\ninstance A\nfunc A.run()\nmenu A:\nmenu host:\nbound 3 actions\n",
		"host.world": "world idle\ninstance A\nfunc A.run()\nmenu host:\n"})
	for _, file := range []string{"idle.world", "host.world"} {
		out, code, _ := execute(newRootCommand(), "check", filepath.Join(dir, file))
		if code != 3 || !strings.Contains(out, "holds, vacuously: ") {
			t.Errorf("%s: exit %d\n%s", file, code, out)
		}
	}
}
