// Package port keeps the Go port true to definitions.py.
//
// ScanPython reads a definitions.py: its classes, functions and constants, each with a hash of its own source, and
// the traps and asserts ("sites") inside. One such list is recorded in spec/upstream.json. Check compares the Go sources
// with it, by the directives they carry:
//
//	//cabi:py Table.get 77b1e003                  the declaration below ports Table.get as it was with this hash
//	//cabi:notported Table.__iter__ 6d7f7a0c why  the port has no counterpart of Table.__iter__, and why
//	//cabi:pin per-type                           this file ports definitions of per-type.json, not of upstream.json
//
// Nothing here holds upstream's text: names, kinds, line numbers, headings and hashes are all that is recorded.
package port

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// The kinds of definitions and of sites.
const (
	KindClass  = "class"
	KindFunc   = "func"
	KindConst  = "const"
	KindModule = "module" // the statements of the module itself, under the name Module

	KindTrap   = "trap"
	KindAssert = "assert"
)

// Module is the name of the pseudo definition that holds the statements of the module itself.
const Module = "<module>"

// Unfilled is the hash of a directive that has not been filled in yet: Fill replaces it with the recorded one.
const Unfilled = "00000000"

// An Upstream is one version of definitions.py, as ScanPython sees it and as a manifest records it.
type Upstream struct {
	Commit      string        `json:"commit"` // of WebAssembly/component-model; empty: unknown
	SHA256      string        `json:"sha256"` // of the whole file
	Definitions []*Definition `json:"definitions"`
	Headings    []Heading     `json:"headings"` // empty in the manifest of a part of definitions.py
}

// A Heading is a comment heading with the statements below it, in the order of the file.
type Heading struct {
	Name string `json:"name"`
	Line int    `json:"line"`
	Last int    `json:"last"` // the line of the last statement
}

// A Definition is one class, function or constant, in the order of the file.
type Definition struct {
	Name    string `json:"name"` // qualified by what encloses it, as in canon_lift.thread_func
	Kind    string `json:"kind"`
	Line    int    `json:"line"`
	Heading string `json:"heading"` // the comment heading it stands under, such as Table State
	Hash    string `json:"hash"`    // of its own normalised source, that of nested definitions left out
	Sites   []Site `json:"sites,omitempty"`
}

// A Site is a trap or an assert in a definition. Its ordinal, counted from 1, is its place in Definition.Sites.
type Site struct {
	Line int    `json:"line"`
	Kind string `json:"kind"`
	Hash string `json:"hash"`           // of its normalised condition
	Name string `json:"name,omitempty"` // what the port calls it, such as Table.get/bounds; empty: not recorded yet
}

// ShortCommit is the commit as people write it.
func (u *Upstream) ShortCommit() string {
	if len(u.Commit) < 7 {
		return "an unknown commit"
	}
	return u.Commit[:7]
}

// Counts returns the number of definitions of each kind and of sites of each kind.
func (u *Upstream) Counts() map[string]int {
	counts := map[string]int{}
	for _, d := range u.Definitions {
		counts[d.Kind]++
		for _, s := range d.Sites {
			counts[s.Kind]++
		}
	}
	return counts
}

// lookup maps each name to its place in the file.
func (u *Upstream) lookup() map[string]int {
	index := make(map[string]int, len(u.Definitions))
	for i, d := range u.Definitions {
		index[d.Name] = i
	}
	return index
}

// Only returns u with nothing but the named definitions and what they enclose: the manifest of a port that covers a
// part of definitions.py.
func (u *Upstream) Only(names []string) (*Upstream, error) {
	only := &Upstream{Commit: u.Commit, SHA256: u.SHA256}
	found := map[string]bool{}
	for _, d := range u.Definitions {
		if name, ok := enclosedBy(d.Name, names); ok {
			found[name] = true
			only.Definitions = append(only.Definitions, d)
		}
	}
	for _, name := range names {
		if !found[name] {
			return nil, fmt.Errorf("definitions.py has no definition %s", name)
		}
	}
	return only, nil
}

func enclosedBy(name string, names []string) (string, bool) {
	for _, n := range names {
		if name == n || strings.HasPrefix(name, n+".") {
			return n, true
		}
	}
	return "", false
}

// Encode returns the manifest of u: JSON with one definition or heading a line, so that differences read well.
func (u *Upstream) Encode() ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n\"commit\": %q,\n\"sha256\": %q,\n\"definitions\": [\n", u.Commit, u.SHA256)
	if err := encodeLines(&b, u.Definitions); err != nil {
		return nil, err
	}
	if len(u.Headings) > 0 {
		b.WriteString("],\n\"headings\": [\n")
		if err := encodeLines(&b, u.Headings); err != nil {
			return nil, err
		}
	}
	b.WriteString("]\n}\n")
	return b.Bytes(), nil
}

// encodeLines writes a list one element a line.
func encodeLines[E any](b *bytes.Buffer, list []E) error {
	lines := json.NewEncoder(b)
	lines.SetEscapeHTML(false)
	for i, e := range list {
		if err := lines.Encode(e); err != nil {
			return err
		}
		if i < len(list)-1 {
			b.Truncate(b.Len() - 1)
			b.WriteString(",\n")
		}
	}
	return nil
}

// manifestLine returns the line on which Encode puts the definition at an index.
func manifestLine(index int) int { return index + 5 }

// Decode reads what Encode wrote.
func Decode(manifest []byte) (*Upstream, error) {
	u := new(Upstream)
	if err := json.Unmarshal(manifest, u); err != nil || len(u.Definitions) == 0 {
		return nil, errors.New("not a manifest of definitions.py: cabi port --record writes one")
	}
	return u, nil
}

// ManifestName is the file that records the definitions of a pin. The pin of spec itself has the empty name.
func ManifestName(pin string) string {
	if pin == "" {
		return "upstream.json"
	}
	return pin + ".json"
}

// Load reads the manifest of a pin.
func Load(fsys fs.FS, pin string) (*Upstream, error) {
	data, err := fs.ReadFile(fsys, ManifestName(pin))
	if err != nil {
		return nil, err
	}
	u, err := Decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", ManifestName(pin), err)
	}
	return u, nil
}

// KeepSiteNames copies from old the names of the sites whose function, kind and condition are still there.
func (u *Upstream) KeepSiteNames(old *Upstream) {
	index := old.lookup()
	for _, d := range u.Definitions {
		i, ok := index[d.Name]
		if !ok {
			continue
		}
		keepNames(d.Sites, old.Definitions[i].Sites)
	}
}

func keepNames(sites, old []Site) {
	used := make([]bool, len(old))
	for i := range sites {
		for j, o := range old {
			if !used[j] && o.Kind == sites[i].Kind && o.Hash == sites[i].Hash {
				sites[i].Name, used[j] = o.Name, true
				break
			}
		}
	}
}
