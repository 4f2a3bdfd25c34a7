package explorer

import (
	"embed"
	"encoding/json"
	"io/fs"
	"path"
	"strings"
	"sync"

	"cabi/examples"
	"cabi/internal/port"
	"cabi/internal/step"
	"cabi/model"
	"cabi/properties"
	"cabi/spec"
	"cabi/suite"
)

// findings are the traces of the findings that searches find, and for some of them what to say of each moment.
//
//go:embed findings
var findings embed.FS

// An Entry is something to open: a trace, or a litmus file.
type Entry struct {
	ID       string `json:"id"`
	Group    string `json:"group"`
	Title    string `json:"title"`
	Sentence string `json:"sentence"`
	Litmus   bool   `json:"litmus,omitempty"`
	Beside   string `json:"beside,omitempty"` // the variant that it is shown under as well, in a second column
	Told     bool   `json:"told,omitempty"`   // each moment has a sentence

	fs   fs.FS
	file string
}

func (e *Entry) text() string {
	text, err := fs.ReadFile(e.fs, e.file)
	if err != nil {
		panic(err) // what is embedded can be read
	}
	return string(text)
}

// says are what there is to say of an entry: in a sentence or two, and of each moment; nil: nothing.
func (e *Entry) says() (says []string) {
	text, err := fs.ReadFile(e.fs, strings.TrimSuffix(e.file, ".cabi")+".txt")
	if err != nil {
		return nil
	}
	for part := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n\n") {
		says = append(says, strings.Join(strings.Fields(part), " "))
	}
	return says
}

// The groups of the gallery.
const (
	groupTold     = "Told step by step"
	groupFindings = "Findings"
	groupAsked    = "Questions that people asked"
	groupSuite    = "Reference traces"
)

// gallery is all that there is to open.
var gallery = sync.OnceValue(func() []*Entry {
	all := []*Entry{}
	add := func(group string, fsys fs.FS, file, prefix string) *Entry {
		e := &Entry{Group: group, ID: prefix + strings.TrimSuffix(path.Base(file), path.Ext(file)), fs: fsys, file: file, Litmus: path.Ext(file) == ".litmus"}
		e.Title = strings.ReplaceAll(strings.TrimPrefix(e.ID, prefix), "-", " ")
		var comments []string
		for line := range strings.Lines(e.text()) {
			comment, is := strings.CutPrefix(strings.TrimSpace(line), "# ")
			if !is {
				break
			}
			comments = append(comments, comment)
		}
		if len(comments) > 0 {
			e.Sentence = comments[0]
		}
		if fsys == fs.FS(findings) && len(comments) > 1 {
			e.Title, e.Sentence = comments[0], comments[1]
		}
		all = append(all, e)
		return e
	}
	for _, file := range []string{"02-cancellation-lost-lock", "01-future-dropped", "two-numberings"} {
		e := add(groupTold, findings, "findings/"+file+".cabi", "told/")
		says := e.says()
		e.Sentence, e.Told = says[0], true
		if file == "two-numberings" {
			e.Beside = spec.PerType.Name
		}
	}
	for _, file := range names(findings, "findings/[0-9]*.cabi") {
		add(groupFindings, findings, file, "findings/")
	}
	for _, pattern := range []string{"*.litmus", "*.cabi"} {
		for _, file := range names(examples.Files, pattern) {
			add(groupAsked, examples.Files, file, "examples/")
		}
	}
	for _, file := range names(suite.Traces, "traces/*.cabi") {
		add(groupSuite, suite.Traces, file, "suite/")
	}
	return all
})

func names(fsys fs.FS, pattern string) []string {
	files, err := fs.Glob(fsys, pattern)
	if err != nil {
		panic(err) // the patterns are those above
	}
	return files
}

func entryOf(id string) *Entry {
	for _, e := range gallery() {
		if e.ID == id {
			return e
		}
	}
	return nil
}

// A Named is a name with a sentence.
type Named struct {
	Name string `json:"name"`
	Says string `json:"says"`
}

// A Hello is what there is to begin with.
type Hello struct {
	Checkout string   `json:"checkout"`
	Worlds   []Named  `json:"worlds"`
	Variants []Named  `json:"variants"`
	Promises []Named  `json:"promises"`
	Gallery  []*Entry `json:"gallery"`
	// Actions say of each action what it does, by its name.
	Actions map[string]string `json:"actions"`
}

func hello(*Request) (any, error) {
	h := &Hello{Gallery: gallery(), Actions: map[string]string{}}
	commit, err := commitOf()
	if err != nil {
		return nil, err
	}
	h.Checkout = commit
	for name, text := range step.ActionTexts {
		h.Actions[name] = text.Means
	}
	for _, w := range model.Worlds {
		h.Worlds = append(h.Worlds, Named{w.Name, w.Doc})
	}
	for _, v := range spec.Variants {
		h.Variants = append(h.Variants, Named{v.Name, v.Says})
	}
	for _, p := range properties.Promises() {
		h.Promises = append(h.Promises, Named{p.Name, p.Statement})
	}
	return h, nil
}

// commitOf is the commit of the checkout that the port was compared with. It stands first in a manifest of which no more is needed here, and
// reading all of it would take most of the time that the page takes to start.
func commitOf() (string, error) {
	f, err := spec.Source.Open(port.ManifestName(""))
	if err != nil {
		return "", err
	}
	defer f.Close()
	d := json.NewDecoder(f)
	for {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		if token == "commit" {
			var commit string
			err := d.Decode(&commit)
			const short = 7
			return commit[:min(short, len(commit))], err
		}
	}
}
