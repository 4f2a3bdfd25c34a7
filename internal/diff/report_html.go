package diff

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"regexp"
	"strings"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// A row is a line of each trace of a difference, side by side.
type row struct {
	Old, New string
	Class    string // same, or differs
}

// sideBySide are the lines of two traces of one history: the same until the action after which the versions differ.
func sideBySide(old, new string) (rows []row) {
	a, b := happens(old), happens(new)
	differs := false
	for i := range max(len(a), len(b)) {
		r := row{Old: lineAt(a, i), New: lineAt(b, i), Class: "same"}
		if differs = differs || withoutNotes(r.Old) != withoutNotes(r.New); differs {
			r.Class = "differs"
		}
		rows = append(rows, r)
	}
	return rows
}

// happens are the lines of a trace that say what happens.
func happens(trace string) (lines []string) {
	for l := range strings.Lines(trace) {
		if l = strings.TrimRight(l, "\n"); !strings.HasPrefix(l, "world ") && !strings.HasPrefix(l, "choices") && !strings.HasPrefix(l, "define ") && !strings.HasPrefix(l, "#") {
			lines = append(lines, l)
		}
	}
	return lines
}

func lineAt(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

func withoutNotes(line string) string {
	text, _, _ := strings.Cut(line, " ; ")
	return text
}

// WriteHTML writes a report as one page, with the traces of each difference side by side. The page needs no other file.
func (r *Report) WriteHTML(w io.Writer) error {
	type shown struct {
		Difference
		Rows []row
	}
	var differences []shown
	for _, d := range r.Differences {
		differences = append(differences, shown{d, sideBySide(d.OldTrace, d.NewTrace)})
	}
	var rest strings.Builder
	at := &writer{w: &rest}
	if len(r.Worlds) > 0 {
		r.writeTraces(at)
		r.writeFindings(at)
		r.writeBuiltins(at)
		r.writePromises(at)
		r.writeText(at)
		r.writeBound(at)
	}
	return page.Execute(w, map[string]any{"Old": r.Old, "New": r.New, "Summary": r.Summary(), "Differences": differences, "Rest": rest.String()})
}

var noName = regexp.MustCompile(`[^A-Za-z0-9_.]+`)

// TraceFiles are the traces of the report, by the names of files for them.
func (r *Report) TraceFiles() map[string]string {
	files := map[string]string{}
	for i, d := range r.Differences {
		name := fmt.Sprintf("%02d-%s", i+1, fileName(d.Kind))
		files[name+"-old.cabi"], files[name+"-new.cabi"] = d.OldTrace, d.NewTrace
		for k, b := range d.Behind {
			files[fmt.Sprintf("%s-behind-%d-%s.cabi", name, k+1, fileName(b.Property+"-"+b.Kind))] = b.Trace
		}
	}
	for _, b := range r.Builtins {
		for _, o := range b.Outcomes {
			files["builtin-"+fileName(b.Name+"-"+o.What)+".cabi"] = o.Trace
		}
	}
	for _, b := range r.Promises {
		files["promise-"+string(b.Verdict)+"-"+fileName(b.Property+"-"+b.Kind)+".cabi"] = b.Trace
	}
	return files
}

func fileName(text string) string {
	text = strings.Trim(noName.ReplaceAllString(text, "-"), "-")
	return text[:min(len(text), 60)]
}
