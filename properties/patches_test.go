package properties

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/internal/frames"
	"cabi/internal/mutants"
	"cabi/model"
)

// TestPatches checks that each property can be violated: for each there is a patch of spec/ in testdata/patches that violates it. A
// patch has a line "world NAME", with a variant where the pin does not have the property, and for each change "--- FILE", the
// old lines, "+++", the new lines. They are built with an overlay, all at once, each behind a switch: spec/ itself is not changed.
func TestPatches(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("searches once for each property: set CABI_LONG=1 to run it")
	}
	program := withPatches(t, patchesOfProperties(t), buildCommand)
	for _, p := range All {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join("testdata/patches", p.Name+".patch")
			saved := filepath.Join(t.TempDir(), "trace.cabi")
			out, err := program(t, file).command(append([]string{"check", "--property", p.Name, "--save", saved}, worldOf(t, file)...)...).CombinedOutput()
			if !strings.Contains(string(out), "replay: cabi replay "+saved+"\n") {
				t.Fatalf("%v: no command to replay a finding is printed:\n%s", err, out)
			}
			trace, err := model.ParseTrace(strings.NewReader(read(t, saved)))
			if err != nil {
				t.Fatal(err)
			}
			if n := actions(trace); !strings.HasPrefix(trace.Violates, p.Name+": ") || n > 10 {
				t.Fatalf("got %q after %d actions, want it violated after at most 10", trace.Violates, n)
			}
			t.Logf("violated after %d actions:\n%s", actions(trace), trace)
		})
	}
}

// actions is how many actions a trace has.
func actions(trace *model.Trace) int {
	n := 0
	for _, l := range trace.Lines {
		if l.Kind == model.LineAction {
			n++
		}
	}
	return n
}

// TestPatchesFit checks that there is a patch for each property, and that it applies, without building anything.
func TestPatchesFit(t *testing.T) {
	for _, file := range patchesOfProperties(t) {
		patched(t, file)
		name := strings.TrimSuffix(filepath.Base(file), ".patch")
		if !slices.Contains(names(), name) {
			t.Errorf("%s is of no property", file)
		}
	}
}

func names() []string {
	var names []string
	for _, p := range All {
		names = append(names, p.Name)
	}
	return names
}

// patchesOfProperties are the files of patches, one for each property.
func patchesOfProperties(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/patches/*.patch")
	if err != nil || len(files) != len(All) {
		t.Fatalf("%d patches for %d properties, %v", len(files), len(All), err)
	}
	return files
}

// worldOf are the world to check with a patch of a property, and flags.
func worldOf(t *testing.T, file string) []string {
	t.Helper()
	header, _, _ := strings.Cut(read(t, file), "\n--- ")
	return strings.Fields(strings.TrimPrefix(header, "world "))
}

// A patchedProgram is a program that is built with patches of spec/, of which one is chosen by its number; 0: it has one, and no switch.
type patchedProgram struct {
	path   string
	number int
}

func (p patchedProgram) command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.path, args...)
	cmd.Env = append(cmd.Environ(), fmt.Sprintf("%s=%d", mutants.Variable, p.number))
	return cmd
}

// withPatches builds a program with all patches, each behind a switch, and returns what has the program with one of them: those that have no switch are
// built by themselves, then.
func withPatches(t *testing.T, files []string, build func(t *testing.T, texts map[string]string) string) func(t *testing.T, file string) patchedProgram {
	t.Helper()
	texts, alone := versions(t, files)
	all := build(t, texts)
	return func(t *testing.T, file string) patchedProgram {
		if n := slices.Index(files, file) + 1; !slices.Contains(alone, n) {
			return patchedProgram{all, n}
		}
		return patchedProgram{build(t, patched(t, file)), 0}
	}
}

// versions are the files of spec/ with all patches behind switches, and the numbers of those that have none.
func versions(t *testing.T, files []string) (texts map[string]string, alone []int) {
	t.Helper()
	all := make([]mutants.Version, len(files))
	for i, file := range files {
		all[i] = patched(t, file)
	}
	switches, err := filepath.Abs(filepath.Join("../spec", mutants.SwitchFile))
	if err != nil {
		t.Fatal(err)
	}
	texts, alone, err = mutants.Versions(func(path string) string { return read(t, path) }, switches, all)
	if err != nil {
		t.Fatal(err)
	}
	return texts, alone
}

// TestVersions checks that frames can be made of spec/ with all patches behind switches, and that few of these have none.
func TestVersions(t *testing.T) {
	t.Parallel()
	files := patchesOfProperties(t)
	for _, b := range append(bugs(t, "history"), bugs(t, "invented")...) {
		files = append(files, b.file)
	}
	for _, l := range Lookalikes(t) {
		files = append(files, l.File)
	}
	texts, alone := versions(t, files)
	overlay := writeOverlay(t, texts)
	addFrames(overlay)
	if made := read(t, filepath.Join(filepath.Dir(overlay), "frames_gen.go")); !strings.Contains(made, "mutant(") {
		t.Errorf("no frames: %.1000s", made)
	}
	for _, n := range alone {
		t.Logf("no switch: %s", files[n-1])
	}
	if len(alone) > len(files)/20 {
		t.Errorf("%d of %d patches have no switch", len(alone), len(files))
	}
}

// patched are the texts of the files of spec/ that patches change, one after the other, by path.
func patched(t *testing.T, files ...string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, file := range files {
		_, rest, _ := strings.Cut(read(t, file), "\n--- ")
		for change := range strings.SplitSeq(rest, "\n--- ") {
			name, lines, _ := strings.Cut(change, "\n")
			before, after, ok := strings.Cut(strings.TrimSuffix(lines, "\n"), "\n+++\n")
			if !ok {
				t.Fatalf("%s: a change has no +++", file)
			}
			path, err := filepath.Abs(filepath.Join("../spec", name))
			if err != nil {
				t.Fatal(err)
			}
			if texts[path] == "" {
				texts[path] = read(t, path)
			}
			if n := strings.Count(texts[path], before); n != 1 {
				t.Fatalf("%s: %q is %d times in %s, want once", file, before, n, name)
			}
			texts[path] = strings.Replace(texts[path], before, after, 1)
		}
	}
	return texts
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// addFrames adds to an overlay the frames that are made of the files of spec/ that it replaces: searches run on those.
func addFrames(overlay string) {
	var files struct{ Replace map[string]string }
	text, err := os.ReadFile(overlay)
	if err == nil {
		err = json.Unmarshal(text, &files)
	}
	if err != nil {
		panic(err)
	}
	root, err := filepath.Abs("../spec")
	if err != nil {
		panic(err)
	}
	committed := filepath.Join(root, "frames_gen.go")
	if files.Replace[committed] != "" || !slices.ContainsFunc(slices.Collect(maps.Keys(files.Replace)), func(path string) bool { return filepath.Dir(path) == root }) {
		return
	}
	made, err := framesOf(root, files.Replace)
	if err != nil {
		made = "package spec\n\n" + err.Error() // it cannot be built: the compiler says why
	}
	files.Replace[committed] = filepath.Join(filepath.Dir(overlay), "frames_gen.go")
	text, err = json.Marshal(files)
	if err = errors.Join(err, os.WriteFile(files.Replace[committed], []byte(made), 0o666), os.WriteFile(overlay, text, 0o666)); err != nil {
		panic(err)
	}
}

// framesOf is the file of frames of spec/, in a directory, with some of its files replaced.
func framesOf(root string, replaced map[string]string) (string, error) {
	dir, err := os.MkdirTemp("", "spec")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	names, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		return "", err
	}
	for name := range replaced { // an overlay can add files
		if filepath.Dir(name) == root && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range names {
		text, err := os.ReadFile(cmp.Or(replaced[name], name))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(name)), text, 0o666)
		}
		if err != nil {
			return "", err
		}
	}
	made, err := frames.Generate(frames.Spec(dir))
	if err != nil {
		return "", err
	}
	return string(made.Files[made.Frames]), nil
}

// writeOverlay writes an overlay for go build that replaces files by texts.
func writeOverlay(t *testing.T, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	replace := map[string]string{}
	for path, text := range texts {
		replace[path] = filepath.Join(dir, fmt.Sprint(len(replace), "-", filepath.Base(path)))
		if err := os.WriteFile(replace[path], []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	overlay := filepath.Join(dir, "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(overlay, text, 0o666); err != nil {
		t.Fatal(err)
	}
	return overlay
}
