package program

import (
	"fmt"
	"strings"
)

// Text says for people how a run ended.
func (e *Ending) Text(p *Program) string {
	if e.Kind == Returned {
		return "all calls return"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.at(p), e.what())
	if e.Step > 0 {
		fmt.Fprintf(&b, " at step %d", e.Step)
	}
	if e.Where != "" {
		fmt.Fprintf(&b, " (%s)", e.Where)
	}
	if s := e.stale; s != nil {
		fmt.Fprintf(&b, ": %d was %s, made in %s, and gone in %s", s.index, withArticle(s.what), s.made.text(p), s.gone.text(p))
	}
	for _, l := range e.kept {
		fmt.Fprintf(&b, ": %s is in %s, made in %s", withArticle(l.What), l.Instance, l.text(p))
	}
	return b.String()
}

// LeftTexts says what is left after a run.
func (e *Ending) LeftTexts(p *Program) []string {
	texts := []string{}
	for _, l := range e.Left {
		texts = append(texts, fmt.Sprintf("%s in %s, made in %s", l.What, l.Instance, l.text(p)))
	}
	return texts
}

// at is the call that the run ended in.
func (e *Ending) at(p *Program) string {
	switch {
	case e.Call < 0:
		return "instantiation"
	case e.settling:
		return "after the last call"
	}
	return fmt.Sprintf("call %d, %s", e.Call+1, p.Calls[e.Call%len(p.Calls)])
}

// what is how the run ended.
func (e *Ending) what() string {
	switch e.Kind {
	case Trapped:
		return fmt.Sprintf("trap %s: %s", e.Site, e.Message)
	case Assertion:
		return fmt.Sprintf("assertion failure %s: %s", e.Site, e.Message)
	case Exited:
		return fmt.Sprintf("the program exited with code %d", e.Code)
	}
	return e.Message
}

// An EndingObject is an ending as JSON.
type EndingObject struct {
	Ended   string `json:"ended"`
	Call    string `json:"call,omitempty"`
	Site    string `json:"site,omitempty"`
	Message string `json:"message,omitempty"`
	Where   string `json:"where,omitempty"`
	Step    int    `json:"step"`
	Code    int    `json:"code,omitempty"`

	Left []string `json:"left,omitempty"` // after the calls, if what goes on was let go on
}

// Object is the ending as JSON.
func (e *Ending) Object(p *Program) EndingObject {
	o := EndingObject{Ended: e.Kind, Site: string(e.Site), Message: e.Message, Where: e.Where, Step: e.Step, Code: e.Code, Left: e.LeftTexts(p)}
	if e.Call >= 0 && e.Failed() {
		o.Call = p.Calls[e.Call%len(p.Calls)].String()
	}
	return o
}
