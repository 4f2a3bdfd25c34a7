package model

import (
	"slices"
	"strings"

	"cabi/spec"
)

// TraceTo is what happened in a dialogue, as a trace: the actions with answers up to one, of which the last need not be explained, with the
// choices of a run that explains those before it. An action may come after them that had no answer.
func (d *Dialogue) TraceTo(v *spec.Variant, answer int, unanswered *Line) *Trace {
	before := Dialogue{Answers: d.Answers[:answer], worlds: d.worlds, calls: d.calls, ended: true}
	before.log = &Log{Trace: &Trace{World: d.log.World, Variant: v, Lines: d.log.Lines[:max(0, answer-1)]}}
	t := &Trace{World: d.log.World, Variant: v}
	if answer > 0 {
		if found, err := before.Admit(v, AdmitOptions{}); err == nil && found.Run != nil {
			t.Choices, t.Lines = found.Run.Choices, found.Run.Lines
		}
	}
	if answer < len(d.Answers) {
		t.Lines = append(slices.Clip(t.Lines), d.linesOf(answer)...)
	}
	if unanswered != nil {
		t.Lines = append(slices.Clip(t.Lines), *unanswered)
	}
	return t
}

// linesOf are an answer, and the action before it, as the lines of a trace.
func (d *Dialogue) linesOf(answer int) []Line {
	var lines []Line
	pending, actors := d.pendingBefore(answer)
	if answer > 0 {
		l := d.log.Lines[answer-1]
		pending[d.calls[answer-1]] = l.Text
		lines = append(lines, Line{Kind: LineAction, Actor: l.Actor, Text: l.Text})
	}
	for i, e := range d.Answers[answer].Events {
		words := strings.Join(e.Words, " ")
		switch {
		case e.Kind == LineStop:
			lines = append(lines, Line{Kind: LineStop, Text: words})
		case e.Kind == LineEnter:
			actors[e.Call] = d.log.World.actorOf(e.Func)
			lines = append(lines, Line{Kind: LineEnter, Actor: actors[e.Call], Text: strings.TrimSpace(e.Func + " " + words)})
		case i == 0 && answer > 0 && e.Call == d.calls[answer-1] && len(e.Words) > 0: // without results, only a line of its own says that it is done
			lines[0].Results = d.resultsAsLine(lines[0].Text, e.Words)
		default:
			lines = append(lines, Line{Kind: LineDone, Actor: actors[e.Call], Text: pending[e.Call], Results: d.resultsAsLine(pending[e.Call], e.Words)})
		}
	}
	return lines
}

// resultsAsLine are the results of an action as a trace states them: of waiting and polling, the code of the event alone.
func (d *Dialogue) resultsAsLine(text string, words []string) string {
	if strings.HasPrefix(text, "waitable-set.") && len(words) == 3 {
		words = words[:1]
	}
	return strings.Join(words, " ")
}

// pendingBefore are the actions that each call has taken last before an answer, and the actors of the calls.
func (d *Dialogue) pendingBefore(answer int) (pending, actors map[int]string) {
	pending, actors = map[int]string{}, map[int]string{0: Host}
	for i, a := range d.Answers[:answer] {
		for _, e := range a.Events {
			if e.Kind == LineEnter {
				actors[e.Call] = d.log.World.actorOf(e.Func)
			}
		}
		if i < len(d.calls) {
			pending[d.calls[i]] = d.log.Lines[i].Text
		}
	}
	if names := d.log.World.Start; len(names) > 0 && pending[0] == "" {
		pending[0] = opInvoke + " " + names[len(names)-1]
	}
	return pending, actors
}
