// Package conformance runs the exported reference traces, and upstream's own scripts, on runtimes that people use, and makes
// docs/conformance.md of what came of it. `make conformance` fetches the runtimes, runs the files and records the results; the page and
// the tests are made from the records alone.
package conformance

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"cabi/internal/wast"
)

// A Verdict says what came of a file under a runtime.
type Verdict string

// The verdicts.
const (
	Pass        Verdict = "pass"
	OtherWords  Verdict = "other words" // every step does as it is to, but a trap has another message
	Differs     Verdict = "differs"
	Unsupported Verdict = "unsupported" // the runtime refuses the component, and says what it lacks
	Ends        Verdict = "ends"        // the runtime's process ended, or did not end
)

// Verdicts are all verdicts in the order of the page.
var Verdicts = []Verdict{Pass, OtherWords, Differs, Unsupported, Ends}

// A Result is what came of a file under a runtime.
type Result struct {
	Verdict Verdict `json:"verdict"`
	// Line and Got are of the first step that was not as it is to be, in the file, and what the runtime said.
	Line int    `json:"line,omitempty"`
	Want string `json:"want,omitempty"`
	Got  string `json:"got,omitempty"`
	// Passed and Steps count the steps of a script of upstream's, without those that no driver runs.
	Passed int `json:"passed,omitempty"`
	Steps  int `json:"steps,omitempty"`
	// Differences are all steps that differ, of a script of upstream's.
	Differences []Difference `json:"differences,omitempty"`
}

// A Difference is a step that was not as it is to be.
type Difference struct {
	Line int    `json:"line"`
	Want string `json:"want,omitempty"`
	Got  string `json:"got,omitempty"`
}

// A Row is a file with its results by the names of runtimes.
type Row struct {
	Name string `json:"name"`
	// Hash is the beginning of the SHA-256 of the file's text.
	Hash string `json:"hash"`
	// Site is that of the trap which the trace ends with; empty: it ends otherwise.
	Site string `json:"site,omitempty"`
	// Choice: the file is for one of the behaviours that the specification leaves open.
	Choice  bool              `json:"choice,omitempty"`
	Results map[string]Result `json:"results"`
}

// A Recording is what testdata/results.json has.
type Recording struct {
	Runtimes []RuntimeVersion `json:"runtimes"`
	Upstream string           `json:"upstream"` // the commit of the checkout
	Traces   []*Row           `json:"traces"`
	Scripts  []*Row           `json:"scripts"`
}

// A RuntimeVersion is a runtime as the page names it.
type RuntimeVersion struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Hash is the beginning of the hash of a file's text.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// ReadRecording reads a recording.
func ReadRecording(file string) (*Recording, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	r := &Recording{}
	return r, json.Unmarshal(data, r)
}

// Text is the recording as its file has it: a row a line.
func (r *Recording) Text() string {
	var b strings.Builder
	line := func(v any) string {
		var line bytes.Buffer
		e := json.NewEncoder(&line)
		e.SetEscapeHTML(false)
		e.Encode(v)
		return strings.TrimSpace(line.String())
	}
	rows := func(name string, rows []*Row, end string) {
		b.WriteString("\"" + name + "\": [\n")
		for i, row := range rows {
			b.WriteString(line(row))
			if i < len(rows)-1 {
				b.WriteString(",")
			}
			b.WriteString("\n")
		}
		b.WriteString("]" + end + "\n")
	}
	b.WriteString("{\n\"runtimes\": " + line(r.Runtimes) + ",\n\"upstream\": " + line(r.Upstream) + ",\n")
	rows("traces", r.Traces, ",")
	rows("scripts", r.Scripts, "")
	b.WriteString("}\n")
	return b.String()
}

// Sources are the files that npm and node need to run jco.
//
//go:embed package.json jco.mjs
var Sources embed.FS

// Cached is the directory that `make conformance` fills.
func Cached() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "cabi", "conformance"), err
}

// An Answer is what a driver says of a step, as a line of JSON. An empty one: it did as it is to.
type Answer struct {
	Returned []wast.PlanValue `json:"returned,omitempty"`
	// Error is the runtime's message, Class the class of its error, Stage what it was about: transpile, import, compile, link, instantiate, call.
	Error string `json:"error,omitempty"`
	Class string `json:"class,omitempty"`
	Stage string `json:"stage,omitempty"`
	// Skipped is why the driver did not run the step.
	Skipped string `json:"skipped,omitempty"`
}

// The runtimes by their names.
const (
	Specification = "the specification"
	Wasmtime      = "Wasmtime"
	JCO           = "jco"
)

// Versions are the runtimes in the order of the table, with their versions, of which all but Wasmtime's are pinned here.
func Versions(wasmtime string) ([]RuntimeVersion, error) {
	text, err := Sources.ReadFile("package.json")
	if err != nil {
		return nil, err
	}
	var packages struct{ Dependencies map[string]string }
	err = json.Unmarshal(text, &packages)
	of := packages.Dependencies
	return []RuntimeVersion{
		{Specification, "component/ over spec/"},
		{Wasmtime, strings.TrimPrefix(wasmtime, "v") + ", by wasmtime-go"},
		{JCO, fmt.Sprintf("%s (jco-transpile %s), node %s", of["@bytecodealliance/jco"], of["@bytecodealliance/jco-transpile"], of["node"])},
	}, err
}
