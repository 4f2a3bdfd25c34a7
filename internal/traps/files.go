package traps

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cabi/internal/output"
	"cabi/model"
	"cabi/spec"
)

// The page and the folder of its programs.
const (
	Page      = "traps.md"
	folder    = "traps"
	extension = ".cabi"
)

// Files are the page and its programs, by name.
func (r *Result) Files(traps, asserts []Row) map[string]string {
	var page bytes.Buffer
	r.WriteMarkdown(&page, traps, asserts)
	files := map[string]string{Page: page.String()}
	for i, t := range r.Traps {
		if t.Trace != nil {
			files[t.takes()] = program(t.Trace, t.taken(traps[i]))
		}
		if b := t.Broken(); b != nil {
			files[t.goesWrong()] = program(b.Trace, t.missing())
		}
	}
	return files
}

// ProgramNames are the names of the two programs of a trap: the one that takes the trap, and the one that shows what goes wrong
// without it.
func ProgramNames(site spec.Site) []string {
	slug := strings.ReplaceAll(strings.ToLower(string(site)), "/", "-")
	return []string{folder + "/" + slug + extension, folder + "/" + slug + "-without" + extension}
}

func (t *Trap) takes() string { return ProgramNames(t.Site)[0] }

func (t *Trap) goesWrong() string { return ProgramNames(t.Site)[1] }

// program is the text of a program, with a comment above it.
func program(t *model.Trace, comment string) string {
	commented := *t
	commented.Format, commented.Comments = model.Format, []string{comment}
	return commented.String()
}

// The beginnings of the comments above programs: Write removes no file without one.
const (
	takesTrap   = "Takes the trap "
	withoutTrap = "Goes wrong without the trap "
)

// taken is the comment above the program that takes the trap.
func (t *Trap) taken(row Row) string {
	text := fmt.Sprintf("%s%s: %s.", takesTrap, t.Site, row.Sentence)
	if t.Next != "" && t.Next != t.Site {
		text += fmt.Sprintf(" Without it, the program takes the trap %s.", t.Next)
	}
	return text
}

// missing is the comment above the program that goes wrong without the trap.
func (t *Trap) missing() string {
	text := fmt.Sprintf("%s%s, which is switched off.", withoutTrap, t.Site)
	if t.ByWitness {
		text += " A witness: it was written by hand."
	}
	return text
}

// Write writes files to a directory, each beside the old one and renamed, and removes the programs of an earlier page that the new
// page does not have.
func Write(dir string, files map[string]string) error {
	if err := os.MkdirAll(filepath.Join(dir, folder), 0o777); err != nil {
		return err
	}
	if err := output.WriteFiles(dir, files); err != nil {
		return err
	}
	return removeStale(dir, files)
}

// removeStale removes the programs in the folder that are not among the files.
func removeStale(dir string, files map[string]string) error {
	programs, err := filepath.Glob(filepath.Join(dir, folder, "*"+extension))
	if err != nil {
		return err
	}
	for _, name := range programs {
		if _, current := files[folder+"/"+filepath.Base(name)]; current || !isProgram(name) {
			continue
		}
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	return nil
}

// isProgram reports whether Write wrote a file.
func isProgram(name string) bool {
	text, err := os.ReadFile(name)
	comment, is := strings.CutPrefix(string(text), "# ")
	return err == nil && is && (strings.HasPrefix(comment, takesTrap) || strings.HasPrefix(comment, withoutTrap))
}
