package diff

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"cabi/model"
)

// This file builds the command with an edit of the port. A program has one port built in, so the one with the edit makes the comparison: of
// a definitions.py, which is the old version, with its own port, which is the new one.

// The files by which a tree of this project is known, and one whose command can be told that its port has an edit.
const (
	portFile = "spec/mirror.go"
	editFile = "internal/engine/edit.go"
)

// framesFile is the program that makes frames of spec/, which searches run on. A tree of before has none, and needs none.
const framesFile = "internal/frames/generate/main.go"

// IsEdit reports whether the name of a version is one of an edit of the port: of a patch, or of a tree of this project.
func IsEdit(name string) bool {
	return isPatch(name) || isTree(name)
}

func isPatch(name string) bool {
	return strings.HasSuffix(name, ".patch") || strings.HasSuffix(name, ".diff")
}

func isTree(dir string) bool { return isFile(filepath.Join(dir, filepath.FromSlash(portFile))) }

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// An Edited is the command, built with an edit of the port.
type Edited struct {
	Command string // the file
	dir     string
}

// Close removes the command.
func (e *Edited) Close() { os.RemoveAll(e.dir) }

// BuildEdit builds the command with an edit: a tree of this project as it stands, or a patch of the tree in a directory; "": of that which the
// current directory is in.
func BuildEdit(name, source string) (*Edited, error) {
	dir, err := os.MkdirTemp("", "cabi-edit")
	if err != nil {
		return nil, err
	}
	e := &Edited{Command: filepath.Join(dir, "cabi"), dir: dir}
	if err := e.build(name, source); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (e *Edited) build(name, source string) (err error) {
	tree, label := filepath.Join(e.dir, "tree"), "the port in "+name
	if isPatch(name) {
		label = "the port with " + filepath.Base(name)
		err = e.patched(name, source)
	} else {
		err = copyTree(tree, name)
	}
	if err != nil {
		return err
	}
	if !isFile(filepath.Join(tree, filepath.FromSlash(editFile))) {
		return badf("%s is a tree of this project that cannot be compared, since it has no %s: bring it up to date", tree, editFile)
	}
	var noFrames error
	if isFile(filepath.Join(tree, filepath.FromSlash(framesFile))) {
		generate := exec.Command("go", "run", "-C", tree, "./"+path.Dir(framesFile))
		if out, err := generate.CombinedOutput(); err != nil {
			noFrames = badf("%s cannot be made into frames:\n%s", label, strings.TrimSpace(string(out)))
		}
	}
	build := exec.Command("go", "build", "-C", tree, "-trimpath", "-buildvcs=false", "-ldflags", "-X 'cabi/internal/engine.edit="+plainName(label)+"'", "-o", e.Command, "./cmd/cabi")
	out, err := build.CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return badf("%s is an edit of the port: to build it, the go command is needed, and there is none", name)
	case err != nil:
		return badf("%s cannot be built:\n%s", label, strings.TrimSpace(string(out)))
	}
	return noFrames // the compiler, which had nothing against it, says more of what is no Go
}

// plainName is a name without what would end it on a command line.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune("'\"\\", r) {
			return '-'
		}
		return r
	}, name)
}

// patched makes a copy of a tree of this project with a patch applied.
func (e *Edited) patched(patch, source string) error {
	if !isFile(patch) {
		return badf("there is no file %s", patch)
	}
	root, err := treeAt(source)
	if err != nil {
		return err
	}
	tree := filepath.Join(e.dir, "tree")
	if err := copyTree(tree, root); err != nil {
		return err
	}
	full, err := filepath.Abs(patch)
	if err != nil {
		return err
	}
	apply := exec.Command("git", "apply", "--whitespace=nowarn", full)
	apply.Dir = tree
	apply.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+e.dir, "GIT_DIR="+filepath.Join(e.dir, "none"))
	out, err := apply.CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return badf("%s is a patch: to apply it, the git command is needed, and there is none", patch)
	case err != nil:
		return badf("%s does not apply to %s:\n%s", patch, root, strings.TrimSpace(string(out)))
	}
	return nil
}

// treeAt is the tree of this project in a directory; "": that which the current directory is in.
func treeAt(source string) (string, error) {
	if source != "" {
		if !isTree(source) {
			return "", badf("--source %s: it is no tree of this project, which has a %s", source, portFile)
		}
		return source, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		if isTree(at) {
			return at, nil
		}
		if at == filepath.Dir(at) {
			return "", badf("a patch is of the sources of this project, and %s is not in a tree of them: name one with --source DIR", dir)
		}
	}
}

// copyTree copies the sources of a tree: without what is hidden, and without packages of other languages.
func copyTree(to, from string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir() && path != from && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(target, 0o777)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o666)
	})
}

// OldOfEdit is the version that an edit is compared with: the definitions.py that is named, or if none is, that of the pin in a git
// directory.
func OldOfEdit(name, git string) (string, error) {
	switch {
	case IsEdit(name):
		return "", badf("%s is an edit of the port, as the new version is: only that can be one", name)
	case name == Port && git == "":
		return "", badf("an edit of the port is compared with the definitions.py of the pin, %s: name a checkout that has it as the old version, or its git directory with --git", model.Pin)
	case name == Port:
		name = model.Pin
	}
	v, err := Open(name, git)
	if err != nil {
		return "", err
	}
	if !v.onPython() {
		return "", badf("an edit of the port is compared with a definitions.py, and %s is none: name a checkout", name)
	}
	return name, nil
}
