package properties

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"cabi/internal/frames"
	"cabi/model"
)

// TestPatches checks that each property can be violated: for each there is a patch of spec/ in testdata/patches that violates it. A
// patch has a line "world NAME", with a variant where the pin does not have the property, and for each change "--- FILE", the
// old lines, "+++", the new lines. They are built with an overlay: spec/ itself is not changed.
func TestPatches(t *testing.T) {
	if os.Getenv("CABI_LONG") == "" {
		t.Skip("builds the command once for each property: set CABI_LONG=1 to run it")
	}
	for _, p := range All {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			world, overlay := readPatch(t, filepath.Join("testdata/patches", p.Name+".patch"))
			saved := filepath.Join(t.TempDir(), "trace.cabi")
			args := append([]string{"./cmd/cabi", "check", "--property", p.Name, "--save", saved}, strings.Fields(world)...)
			out, err := withOverlay(overlay, "run", args...).CombinedOutput()
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
	files, err := filepath.Glob("testdata/patches/*.patch")
	if err != nil || len(files) != len(All) {
		t.Fatalf("%d patches for %d properties, %v", len(files), len(All), err)
	}
	for _, file := range files {
		readPatch(t, file)
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

// readPatch returns the world to check, and an overlay with the patched files.
func readPatch(t *testing.T, file string) (world, overlay string) {
	t.Helper()
	header, _, _ := strings.Cut(read(t, file), "\n--- ")
	return strings.TrimPrefix(header, "world "), writeOverlay(t, patched(t, file))
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
