package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// content is what is in a file; empty, if there is none.
func content(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return string(text)
}

// onlyFiles demands that a directory has so many files, so that nothing is left of one that was not completed.
func onlyFiles(t *testing.T, dir string, n int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != n {
		t.Errorf("%v: %v, want %d files", err, entries, n)
	}
}

// A file that is written replaces the one before, and keeps its permissions.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	if err := errors.Join(WriteText(name, "one"), os.Chmod(name, 0o604), WriteText(name, "two")); err != nil || content(t, name) != "two" {
		t.Errorf("%v, %q", err, content(t, name))
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o604 {
		t.Errorf("%v, %v", err, info.Mode())
	}
	onlyFiles(t, dir, 1)
}

// A new file has the permissions that any new file has.
func TestNewFile(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := errors.Join(WriteText(a, ""), os.WriteFile(b, nil, 0o666)); err != nil {
		t.Fatal(err)
	}
	of, err := os.Stat(a)
	like, err2 := os.Stat(b)
	if err := errors.Join(err, err2); err != nil || of.Mode() != like.Mode() {
		t.Errorf("%v, %v and %v", err, of.Mode(), like.Mode())
	}
}

// If whoever writes fails, the file is as it was, and the error is theirs.
func TestRefusal(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	if err := WriteText(name, "before"); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	err := Write(name, func(w io.Writer) error {
		fmt.Fprint(w, "half")
		return refused
	})
	if err != refused || content(t, name) != "before" {
		t.Errorf("%v, %q", err, content(t, name))
	}
	if err := Write(filepath.Join(dir, "new"), func(io.Writer) error { return refused }); err != refused {
		t.Error(err)
	}
	onlyFiles(t, dir, 1)
}

// A file that cannot be written is an OpenError, by Check and by Write, and neither leaves anything.
func TestOpenError(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		dir: "it is a directory", filepath.Join(dir, "none", "x"): "there is no directory " + filepath.Join(dir, "none"),
		filepath.Join(file, "x"): "not a directory", loop: "too many l", filepath.Join(dir, strings.Repeat("x", 300)): "too long",
	} {
		for _, err := range []error{Check(name), WriteText(name, "text")} {
			var open *OpenError
			if !errors.As(err, &open) || !strings.HasPrefix(err.Error(), name+" cannot be written: ") || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	}
	onlyFiles(t, dir, 2)
}

// Check leaves nothing where a file can be written, and does not touch one that is there.
func TestCheck(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	if err := Check(name); err != nil {
		t.Error(err)
	}
	onlyFiles(t, dir, 0)
	if err := errors.Join(WriteText(name, "before"), Check(name)); err != nil || content(t, name) != "before" {
		t.Errorf("%v, %q", err, content(t, name))
	}
	onlyFiles(t, dir, 1)
}

// CheckDir takes a directory that can be made, and makes none.
func TestCheckDir(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{dir: true, filepath.Join(dir, "a", "b"): true, file: false, filepath.Join(file, "a"): false} {
		if err := CheckDir(name); (err == nil) != ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	onlyFiles(t, dir, 1)
}

// The target of a link is replaced, whether it exists or not, and not the link.
func TestLinks(t *testing.T) {
	dir := t.TempDir()
	for link, target := range map[string]string{"one": "target", "two": filepath.Join(dir, "absolute"), "three": "one"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skip(err)
		}
	}
	for i, link := range []string{"one", "two", "three", "one"} {
		text := fmt.Sprint(i)
		if err := WriteText(filepath.Join(dir, link), text); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Lstat(filepath.Join(dir, link)); err != nil || info.Mode()&fs.ModeSymlink == 0 || content(t, filepath.Join(dir, link)) != text {
			t.Errorf("%s: %v, %v, %q", link, err, info.Mode(), content(t, filepath.Join(dir, link)))
		}
	}
	if content(t, filepath.Join(dir, "target")) != "3" || content(t, filepath.Join(dir, "absolute")) != "1" {
		t.Error("another file was written")
	}
	onlyFiles(t, dir, 5)
}

// A device is written to and stays a device, also through a link. One that is full is a WriteError; a refusal writes nothing to it.
func TestDevices(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink("/dev/null", link); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"/dev/null", link} {
		if err := errors.Join(Check(name), WriteText(name, "text")); err != nil {
			t.Error(err)
		}
	}
	if info, err := os.Stat("/dev/null"); err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Fatalf("%v, %v", err, info.Mode())
	}
	var writing *WriteError
	if err := WriteText("/dev/full", "text"); !errors.As(err, &writing) || !errors.Is(err, syscall.ENOSPC) ||
		err.Error() != "/dev/full could not be written: no space left on device" {
		t.Errorf("%v", err)
	}
	refused := errors.New("refused")
	if err := Write("/dev/full", func(w io.Writer) error { fmt.Fprint(w, "text"); return refused }); err != refused {
		t.Errorf("%v", err)
	}
}

// The files that the process has open are written to, and not replaced.
func TestDescriptors(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := fmt.Sprintf("/dev/fd/%d", f.Fd())
	if _, err := os.Stat(name); err != nil {
		t.Skip(err)
	}
	fmt.Fprint(f, "one ")
	if err := WriteText(name, "two"); err != nil || content(t, f.Name()) != "one two" {
		t.Errorf("%v, %q", err, content(t, f.Name()))
	}
	onlyFiles(t, filepath.Dir(f.Name()), 1)
}

// What fails while it is written is a WriteError, and leaves the file as it was: here a file that was closed before.
func TestWriteError(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	if err := WriteText(name, "before"); err != nil {
		t.Fatal(err)
	}
	err := Write(name, func(w io.Writer) error {
		w.(*errorKeeper).w.(*os.File).Close()
		_, err := fmt.Fprint(w, "text")
		return fmt.Errorf("in other words: %w", err)
	})
	var writing *WriteError
	if !errors.As(err, &writing) || content(t, name) != "before" {
		t.Errorf("%v, %q", err, content(t, name))
	}
	onlyFiles(t, dir, 1)
}

// WriteFiles makes its directory, and leaves other files in it.
func TestWriteFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 {
		if err := WriteFiles(dir, map[string]string{"one": "1", "two": "2"}); err != nil {
			t.Fatal(err)
		}
		if err := WriteText(filepath.Join(dir, "mine"), "mine"); err != nil {
			t.Fatal(err)
		}
	}
	if content(t, filepath.Join(dir, "one")) != "1" || content(t, filepath.Join(dir, "mine")) != "mine" {
		t.Error("a file is missing")
	}
	onlyFiles(t, dir, 3)
	var open *OpenError
	if err := WriteFiles(filepath.Join(dir, "one"), nil); !errors.As(err, &open) {
		t.Errorf("%v", err)
	}
}

// The error names the directory that is missing: of the file, or of the one that a link leads to; none if none is.
func TestMissingDirectory(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink("nowhere/x", link); err != nil {
		t.Skip(err)
	}
	for name, want := range map[string]string{
		filepath.Join(dir, "none", "x"): "there is no directory " + filepath.Join(dir, "none"),
		link:                            "there is no directory " + filepath.Join(dir, "nowhere"),
		"/dev/fd/987":                   "no such file",
	} {
		if err := WriteText(name, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want …%s…", name, err, want)
		}
	}
}
