// Package engine runs worlds on a definitions.py, by the interpreter of cabi/internal/python.
//
// A Source is a definitions.py, read once. Of it, machines are made, each with the part of the host and the guests that is Python
// (engine.py). Who chooses what guests and the host do, and what happens then, is cabi/model's.
package engine

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cabi/internal/port"
	"cabi/internal/python"
	"cabi/internal/pyworld"
	"cabi/spec"
)

//go:embed engine.py
var engineSource string

// File is the name of the part that is not definitions.py's.
const File = "engine.py"

// definitionsFile is the file in a checkout of WebAssembly/component-model.
const definitionsFile = "design/mvp/canonical-abi/definitions.py"

// A Source is a definitions.py.
type Source struct {
	Name  string // for people: the file
	text  string
	lines []string
	sites map[string][]site // by function, in the order of the file
	// covered are the functions of which the port's states say all: they and all that they name are as in the pin.
	covered map[string]bool
	pin     bool // it is the pin's, to the byte
	version string

	definitions []*port.Definition
	ran         *python.Lines // notes the lines that machines run; nil: nothing does
}

// A site is a trap or an assert.
type site struct {
	line int
	name spec.Site
	kind string
}

// Open reads the definitions.py of a directory, of a checkout, or a file.
func Open(dir string) (*Source, error) {
	for _, file := range []string{dir, filepath.Join(dir, "definitions.py"), filepath.Join(dir, filepath.FromSlash(definitionsFile))} {
		info, err := os.Stat(file)
		if err != nil || info.IsDir() {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		return newSource(file, string(text))
	}
	return nil, fmt.Errorf("%s holds no definitions.py: name a checkout of WebAssembly/component-model, or its directory design/mvp/canonical-abi", dir)
}

// OpenRevision reads the definitions.py of a revision in a git directory.
func OpenRevision(gitDir, revision string) (*Source, error) {
	at := revision + ":" + definitionsFile
	out, err := exec.Command("git", "--git-dir="+gitDir, "show", at).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("git show %s: %s", at, strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("git show %s: %w", at, err)
	}
	return newSource(revision+":"+path.Base(definitionsFile), string(out))
}

func newSource(name, text string) (*Source, error) {
	scanned, err := port.ScanPython([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	s := &Source{Name: name, text: text, lines: strings.Split(text, "\n"), sites: map[string][]site{}}
	s.definitions = scanned.Definitions
	pin := map[string]*port.Definition{}
	for _, d := range pinned().Definitions {
		pin[d.Name] = d
	}
	for _, d := range scanned.Definitions {
		s.sites[d.Name] = sitesOf(d, pin[d.Name])
	}
	s.covered = s.cover(scanned.Definitions, pin)
	s.pin, s.version = scanned.SHA256 == pinned().SHA256, scanned.SHA256[:12]
	return s, nil
}

// pinned is what the port ports.
var pinned = sync.OnceValue(func() *port.Upstream {
	u, err := port.Load(spec.Source, "")
	if err != nil {
		panic(err) // a test keeps it readable
	}
	return u
})

// sitesOf are the sites of a function. One whose condition the pin has in the same function has the name that the port gives it. Another is
// called by its function and ordinal.
func sitesOf(d, pin *port.Definition) []site {
	var sites []site
	var left []port.Site
	if pin != nil {
		left = slices.Clone(pin.Sites)
	}
	for i, s := range d.Sites {
		named := site{s.Line, spec.Site(fmt.Sprintf("%s#%d", d.Name, i+1)), s.Kind}
		if k := slices.IndexFunc(left, func(p port.Site) bool { return p.Kind == s.Kind && p.Hash == s.Hash }); k >= 0 {
			named.name = spec.Site(left[k].Name)
			left = slices.Delete(left, k, k+1)
		}
		sites = append(sites, named)
	}
	return sites
}

// Was is the name that the pin has for a site of the file: the site's own, or if its condition has changed and its function has as many sites as
// at the pin, that of the pin's site in its place. Another site keeps its name.
func (s *Source) Was(name spec.Site) spec.Site {
	function, place, numbered := strings.Cut(string(name), "#")
	n, err := strconv.Atoi(place)
	if !numbered || err != nil {
		return name
	}
	is := func(d *port.Definition) bool { return d.Name == function }
	here, there := slices.IndexFunc(s.definitions, is), slices.IndexFunc(Pinned(), is)
	if here < 0 || there < 0 || len(s.definitions[here].Sites) != len(Pinned()[there].Sites) {
		return name
	}
	was := Pinned()[there].Sites[n-1]
	other := slices.ContainsFunc(s.sites[function], func(o site) bool { return o.name == spec.Site(was.Name) })
	if other || was.Kind != s.definitions[here].Sites[n-1].Kind {
		return name
	}
	return spec.Site(was.Name)
}

// sentences are the sentences of the port's sites.
var sentences = sync.OnceValue(func() map[spec.Site]string {
	of := map[spec.Site]string{}
	report, err := port.Check(port.Root{Upstream: pinned(), FS: spec.Source, Dir: "spec"})
	if err != nil {
		panic(err)
	}
	for _, s := range report.Sites {
		of[spec.Site(s.Name)] = s.Sentence
	}
	return of
})

// cover finds the functions that are as in the pin, and name nothing that is not, nor anything that names such a thing, and so on.
func (s *Source) cover(definitions []*port.Definition, pin map[string]*port.Definition) map[string]bool {
	changed, names := map[string]bool{}, make([][]string, len(definitions))
	last := func(name string) string { return name[strings.LastIndex(name, ".")+1:] }
	for i, d := range definitions {
		if pin[d.Name] == nil || pin[d.Name].Hash != d.Hash {
			changed[last(d.Name)] = true
		}
		end := len(s.lines)
		if i+1 < len(definitions) {
			end = definitions[i+1].Line - 1
		}
		names[i] = identifier.FindAllString(strings.Join(s.lines[min(d.Line-1, end):end], "\n"), -1)
	}
	for grew := true; grew; {
		grew = false
		for i, d := range definitions {
			if name := last(d.Name); !changed[name] && slices.ContainsFunc(names[i], func(n string) bool { return changed[n] }) {
				changed[name], grew = true, true
			}
		}
	}
	covered := map[string]bool{}
	for _, d := range definitions {
		covered[d.Name] = !changed[last(d.Name)]
	}
	return covered
}

var identifier = regexp.MustCompile(`[A-Za-z_]\w*`)

// Text is the text of the file.
func (s *Source) Text() string { return s.text }

// Definitions are the classes, functions and constants of the file.
func (s *Source) Definitions() []*port.Definition { return s.definitions }

// Hashes are those of the texts of the file's definitions, by their names.
func (s *Source) Hashes() map[string]string {
	hashes := map[string]string{}
	for _, d := range s.definitions {
		hashes[d.Name] = d.Hash
	}
	return hashes
}

// Pinned are the definitions that the port ports.
func Pinned() []*port.Definition { return pinned().Definitions }

// PinnedCommit is the commit that they are of.
func PinnedCommit() string { return pinned().Commit }

// Noting is the source with the lines noted that its machines run.
func (s *Source) Noting() *Source {
	noting := *s
	noting.ran = python.NewLines("definitions", len(s.lines))
	return &noting
}

// Ran are the lines that were run, if the source notes them.
func (s *Source) Ran() *python.Lines { return s.ran }

// AsPinned reports whether a function, and all that it names, are as in the pin.
func (s *Source) AsPinned(function string) bool {
	return s.covered[strings.TrimSuffix(function, ".<lambda>")]
}

// Covered reports whether the local variables of a function are a function of what the port observes: it is as in the pin, and the port has
// no edit.
func (s *Source) Covered(function string) bool { return edit == "" && s.AsPinned(function) }

// IsPin reports whether the file is the pin's, to the byte: what stands outside of functions may change what they do, too.
func (s *Source) IsPin() bool { return s.pin }

// CoversAll reports whether all is covered: the file is the pin's, and the port has no edit.
func (s *Source) CoversAll() bool { return edit == "" && s.pin }

// Version tells the file from others: the first digits of its SHA-256. Sites that are switched off do not change it.
func (s *Source) Version() string { return s.version }

// Line is the text of a line; "": there is none.
func (s *Source) Line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// Plain is the name of a function as the port writes it: without <locals>, and a comprehension belongs to its function.
func Plain(qualified string) string {
	name := strings.ReplaceAll(qualified, "<locals>.", "")
	for {
		i := strings.LastIndex(name, ".<")
		if i < 0 || name[i:] == ".<lambda>" {
			return name
		}
		name = name[:i]
	}
}

// A Machine is a machine with a definitions.py.
type Machine struct {
	*python.Machine
	Source      *Source
	Definitions *python.Module
	Module      *python.Module // of engine.py
}

// NewMachine makes a machine. The natives are what engine.py calls and does not define.
func (s *Source) NewMachine(natives map[string]func(m *python.Machine, args []python.Value) (python.Value, error)) (*Machine, error) {
	m := &Machine{Source: s}
	m.Machine = python.New(python.Options{Steps: maxSteps, Lines: s.ran, Source: func(module string) (string, string, error) {
		if module != "definitions" {
			return "", "", fmt.Errorf("there is no module %s", module)
		}
		return filepath.Base(s.Name), s.text, nil
	}})
	var err error
	if m.Definitions, err = m.Load("definitions"); err != nil {
		return nil, err
	}
	if m.Module, err = m.LoadSource("engine", File, pyworld.Source+engineSource); err != nil {
		return nil, m.fitting(err)
	}
	if m.invokedByCaller() {
		m.Module.Set("INVOKED_BY", python.NewList(nil))
	}
	m.Module.Set("REALLOC_IN_PARTS", !m.Has("LiftLowerContext.reallocate"))
	for name, fn := range natives {
		m.Module.Set(name, m.Callable(name, fn))
	}
	return m, nil
}

// maxSteps is how many instructions a run may take.
const maxSteps = 50_000_000

// Begin makes a run of a world, given as it is written in JSON. It is an error if engine.py cannot call what it calls in every run.
func (m *Machine) Begin(world any, deterministic bool) (*python.Instance, error) {
	if err := m.fits(); err != nil {
		return nil, err
	}
	w, err := m.valueOf(world)
	if err != nil {
		return nil, err
	}
	begin, _ := m.Module.Get("begin")
	run, err := m.Call(begin, w, deterministic)
	if err != nil {
		return nil, m.fitting(err)
	}
	return run.(*python.Instance), nil
}

// valueOf is what Python's json reads of what Go's writes.
func (m *Machine) valueOf(v any) (python.Value, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var plain any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&plain); err != nil {
		return nil, err
	}
	return m.plainValue(plain)
}

// plainValue is the value of Python for a decoded one of JSON.
func (m *Machine) plainValue(v any) (python.Value, error) {
	switch v := v.(type) {
	case json.Number:
		if n, err := strconv.ParseUint(v.String(), 10, 64); err == nil { // also those that an int has no room for
			return python.Integer(n), nil
		}
		n, err := v.Int64()
		return int(n), err
	case []any:
		items := make([]python.Value, len(v))
		for i, e := range v {
			var err error
			if items[i], err = m.plainValue(e); err != nil {
				return nil, err
			}
		}
		return python.NewList(items...), nil
	case map[string]any:
		d := &python.Dict{}
		for _, k := range slices.Sorted(maps.Keys(v)) {
			e, err := m.plainValue(v[k])
			if err != nil {
				return nil, err
			}
			if err := m.SetItem(d, k, e); err != nil {
				return nil, err
			}
		}
		return d, nil
	}
	return v, nil // nil, a bool, a string: the same in Python
}

// A Stop is how the Python stopped, and where.
type Stop struct {
	Err   error // as the port has it
	Place python.Place
	Text  string // of the line
}

// StopOf is how an exception that nothing caught stopped the specification. thrown is the function that threw, if core code did.
func (s *Source) StopOf(e *python.Exception, thrown string) Stop {
	place := s.placeOf(e)
	function := Plain(place.Function)
	stop := Stop{Place: place}
	if place.File != File {
		stop.Text = strings.TrimSpace(s.Line(place.Line))
	}
	switch at := s.siteAt(function, place.Line); {
	case e.IsA("Trap"):
		stop.Err = &spec.Trap{Site: at, Detail: s.sentence(at, stop)}
	case e.IsA("AssertionError"):
		stop.Err = &spec.AssertionFailure{Site: at, Detail: s.sentence(at, stop)}
	case e.IsA("CoreWebAssemblyException"):
		stop.Err = &spec.CoreException{Payload: thrown}
	default:
		stop.Err = &spec.Crash{Function: function, Exception: e.Class().Name(), Detail: e.Text()}
	}
	return stop
}

// placeOf is the innermost line of definitions.py, but for trap and trap_if.
func (s *Source) placeOf(e *python.Exception) python.Place {
	for _, p := range e.Trace {
		if p.File != File && p.Function != "trap" && p.Function != "trap_if" {
			return p
		}
	}
	if len(e.Trace) > 0 {
		return e.Trace[0]
	}
	return python.Place{}
}

// siteAt is the trap or assert of a function at a line.
func (s *Source) siteAt(function string, line int) spec.Site {
	name := spec.Site(fmt.Sprintf("%s@%d", function, line))
	for _, at := range s.sites[function] {
		if at.line <= line {
			name = at.name
		}
	}
	return name
}

// OrdinalAt is the function and the place in it of the trap or assert of a function at a line: Table.get#2.
func (s *Source) OrdinalAt(function string, line int) string {
	n := 0
	for _, at := range s.sites[function] {
		if at.line <= line {
			n++
		}
	}
	return fmt.Sprintf("%s#%d", function, n)
}

// sentence says what went wrong: the port's sentence, or for a site that the port does not have, the line.
func (s *Source) sentence(at spec.Site, stop Stop) string {
	if sentence, ok := sentences()[at]; ok {
		return sentence
	}
	return fmt.Sprintf("%s:%d: %s", filepath.Base(s.Name), stop.Place.Line, stop.Text)
}
