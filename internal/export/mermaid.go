package export

import (
	"fmt"
	"strings"

	"cabi/model"
)

// traceMark begins each line of a Mermaid diagram that is a line of the trace: for Mermaid it is a comment.
const traceMark = "%%| "

// Mermaid writes a trace as a sequence diagram, after the text of the trace as comments.
func Mermaid(t *model.Trace) (string, error) {
	made, _, err := replay(t)
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
		d.noteAcross("violates " + made.Violates)
	}
	return b.String(), nil
}

// actors are the participants of the diagram: the host and the instances.
func actors(w *model.World) []string {
	all := []string{model.Host}
	for _, i := range w.Instances {
		all = append(all, i.Name)
	}
	return all
}

// A diagram writes the lines of a trace as those of a Mermaid diagram.
type diagram struct {
	b     *strings.Builder
	names map[string]string // the participants' names in the diagram, by actor
}

// line writes a call as a message to the callee, and every other line as a note at the actor.
func (d *diagram) line(l model.Line) {
	words := strings.Fields(l.Text)
	switch {
	case l.Kind == model.LineStop:
		d.noteAcross(l.String())
	case l.Kind == model.LineAction && len(words) > 1 && (words[0] == "call" || words[0] == "invoke"):
		callee, _, _ := strings.Cut(words[1], ".")
		fmt.Fprintf(d.b, "  %s->>%s: %s\n", d.names[l.Actor], d.names[callee], mermaidText(textOf(l)))
	default:
		fmt.Fprintf(d.b, "  Note over %s: %s\n", d.names[l.Actor], mermaidText(textOf(l)))
	}
}

// textOf is the text of a line without its actor.
func textOf(l model.Line) string {
	_, text, _ := strings.Cut(model.Line{Kind: l.Kind, Actor: "-", Text: l.Text, Results: l.Results}.String(), ": ")
	return text
}

// noteAcross writes a note over all participants. Mermaid makes no such note wider than the participants are apart, so the text must wrap.
func (d *diagram) noteAcross(text string) {
	fmt.Fprintf(d.b, "  Note over p0,p%d:wrap: %s\n", len(d.names)-1, mermaidText(text))
}

// mermaidText escapes the characters that are syntax in Mermaid, or in the HTML that Mermaid makes.
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
