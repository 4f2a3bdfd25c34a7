package diff

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"cabi/internal/engine"
	"cabi/internal/nearest"
	"cabi/model"
	"cabi/spec"
)

// A Version is a version of the specification: the port under a variant, or a definitions.py with the prose beside it.
type Version struct {
	Name string // for people: "the port", a variant's name, a directory, a revision
	model.Version
	text  string            // of definitions.py; empty: there is none at hand
	prose map[string]string // the files of prose that are beside it, by their names
	// Where it is a revision of a checkout: its git directory, and its name there.
	git, revision string
}

// Port is the name of the version that the port is of.
const Port = "port"

// A BadInput is an error that the caller is to blame for.
type BadInput struct{ msg string }

func (e *BadInput) Error() string { return e.msg }

func badf(format string, args ...any) error { return &BadInput{fmt.Sprintf(format, args...)} }

// proseFiles are the files of prose, in a checkout.
var proseFiles = []string{"CanonicalABI.md", "Concurrency.md", "Explainer.md"}

// proseDir is the directory of the prose in a checkout.
const proseDir = "design/mvp"

// Open finds a version by what the command line calls it: "port", a variant, a directory or file, or with a git directory a revision.
func Open(name, git string) (*Version, error) {
	if name == Port {
		v := &Version{Name: cmp.Or(engine.Edit(), "the port")}
		if git != "" && engine.Edit() == "" {
			v.git, v.revision = git, engine.PinnedCommit()
			v.text, v.prose = textAt(git, v.revision), proseAt(git, v.revision)
		}
		return v, nil
	}
	if variant := spec.VariantByName(name); variant != nil {
		return &Version{Name: name, Version: model.Version{Variant: variant}}, nil
	}
	if IsEdit(name) {
		return nil, badf("%s is an edit of the port, which can only be the new version: name it last", name)
	}
	if _, err := os.Stat(name); err == nil {
		source, err := model.OpenSource(name)
		if err != nil {
			return nil, badf("%v", err)
		}
		return &Version{Name: name, Version: model.Version{Source: noting(source)}, text: source.Text(), prose: proseBeside(name)}, nil
	}
	if git == "" {
		return nil, badf("there is no version %s: name a directory with a definitions.py, a variant, %s, or with --git a revision%s", name, Port, nearest.Hint(name, names()))
	}
	source, err := model.OpenSourceRevision(git, name)
	if err != nil {
		return nil, badf("%v", err)
	}
	return &Version{Name: name, Version: model.Version{Source: noting(source)}, text: source.Text(), prose: proseAt(git, name), git: git, revision: name}, nil
}

// names are the versions that have names.
func names() []string {
	all := []string{Port}
	for _, v := range spec.Variants {
		all = append(all, v.Name)
	}
	return all
}

func noting(s *model.Source) *model.Source { return &model.Source{Source: s.Noting()} }

// textAt is the definitions.py of a revision; empty: there is none.
func textAt(git, revision string) string {
	return show(git, revision, proseDir+"/canonical-abi/definitions.py")
}

// proseAt is the prose of a revision.
func proseAt(git, revision string) map[string]string {
	prose := map[string]string{}
	for _, file := range proseFiles {
		if text := show(git, revision, proseDir+"/"+file); text != "" {
			prose[file] = text
		}
	}
	return prose
}

func show(git, revision, file string) string { return gitSays(git, "show", revision+":"+file) }

// gitSays is what git says; empty: it cannot say.
func gitSays(git string, args ...string) string {
	out, err := exec.Command("git", append([]string{"--git-dir=" + git}, args...)...).Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// lacks are the commits to definitions.py that the old version has and the new one has not: it branched off before. What they change is
// among the differences, too.
func lacks(old, new *Version) []string {
	if old.git == "" || new.git == "" || strings.HasPrefix(old.revision, "-") || strings.HasPrefix(new.revision, "-") {
		return nil
	}
	log := gitSays(new.git, "log", "--format=%h %s", new.revision+".."+old.revision, "--", proseDir+"/canonical-abi/definitions.py")
	return strings.FieldsFunc(log, func(r rune) bool { return r == '\n' })
}

// proseBeside is the prose of the checkout that a directory or file is, or is in.
func proseBeside(name string) map[string]string {
	prose := map[string]string{}
	for _, dir := range []string{filepath.Join(name, filepath.FromSlash(proseDir)), filepath.Join(name, ".."), filepath.Join(name, "..", "..")} {
		for _, file := range proseFiles {
			if text, err := os.ReadFile(filepath.Join(dir, file)); err == nil && prose[file] == "" {
				prose[file] = string(text)
			}
		}
	}
	return prose
}

// on is the version that runs worlds on a definitions.py: the version itself, or for the port none.
func (v *Version) onPython() bool { return v.Source != nil }

// fits returns why a world cannot be run on a version; empty: it can.
func (v *Version) fits(w *model.World) string {
	var err error
	if v.onPython() {
		err = v.Source.Fits(w, nil)
	} else {
		err = w.OnPort()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

// writeText writes definitions.py to a directory of its own, for CPython. The caller removes it.
func (v *Version) writeText() (dir string, err error) {
	if v.text == "" {
		return "", errors.New("there is no definitions.py of " + v.Name)
	}
	if dir, err = os.MkdirTemp("", "cabi-diff"); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "definitions.py"), []byte(v.text), 0o666)
}

// normal is prose without markup and with single spaces.
func normal(text string) string {
	text = strings.NewReplacer("`", "", "*", "", "_", "", "“", `"`, "”", `"`, "’", "'").Replace(text)
	return strings.Join(strings.Fields(text), " ")
}
