package export

import (
	"fmt"
	"strings"

	"cabi/model"
)

// traceMark stands before each line of the trace in a Mermaid diagram: it makes it a comment.
const traceMark = "%%| "

// Mermaid writes a trace as a sequence diagram, with the trace as comments.
func Mermaid(t *model.Trace) (string, error) {
	made, _, err := recordStates(t)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for line := range strings.Lines(made.String()) {
		b.WriteString(traceMark + line)
	}
	b.WriteString("sequenceDiagram\n")
	names := map[string]string{}
	for i, actor := range actors(made.World) {
		names[actor] = fmt.Sprintf("p%d", i)
		fmt.Fprintf(&b, "  participant p%d as %s\n", i, mermaidText(actor))
	}
	d := &diagram{b: &b, names: names}
	for _, l := range made.Lines {
		d.line(l)
	}
	if made.Violates != "" {
		fmt.Fprintf(&b, "  Note over %s: violates %s\n", d.all(), mermaidText(made.Violates))
	}
	return b.String(), nil
}

// actors are the host and the instances.
func actors(w *model.World) []string {
	all := []string{model.Host}
	for _, i := range w.Instances {
		all = append(all, i.Name)
	}
	return all
}

// A diagram writes lines.
type diagram struct {
	b     *strings.Builder
	names map[string]string // of the participants, by actor
}

// line writes calls as messages, and all else as notes.
func (d *diagram) line(l model.Line) {
	words := strings.Fields(l.Text)
	switch {
	case l.Kind == model.LineStop:
		fmt.Fprintf(d.b, "  Note over %s: %s\n", d.all(), mermaidText(l.String()))
	case l.Kind == model.LineAction && len(words) > 1 && (words[0] == "call" || words[0] == "invoke"):
		callee, _, _ := strings.Cut(words[1], ".")
		fmt.Fprintf(d.b, "  %s->>%s: %s\n", d.names[l.Actor], d.names[callee], mermaidText(textOf(l)))
	default:
		fmt.Fprintf(d.b, "  Note over %s: %s\n", d.names[l.Actor], mermaidText(textOf(l)))
	}
}

// said is a line without who acts.
func textOf(l model.Line) string {
	_, text, _ := strings.Cut(model.Line{Kind: l.Kind, Actor: "-", Text: l.Text, Results: l.Results}.String(), ": ")
	return text
}

// all spans the diagram.
func (d *diagram) all() string {
	if len(d.names) == 1 {
		return "p0"
	}
	return fmt.Sprintf("p0,p%d", len(d.names)-1)
}

// mermaidText escapes what means something to Mermaid, or to the HTML that it makes.
func mermaidText(text string) string {
	var b strings.Builder
	for _, c := range text {
		if strings.ContainsRune("#;:<>&\"'{}%`\\", c) || c < ' ' {
			fmt.Fprintf(&b, "#%d;", c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}
