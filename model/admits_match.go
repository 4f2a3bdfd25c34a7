package model

import (
	"slices"
	"strings"
)

// This file compares the lines of a segment of a run with those of a log. The log may leave out entries and the ends of actions, and where
// it has a gap, anything. So there may be several places in the log where it can go on.

// A logPlace is a place in the log up to which a run has been explained.
type logPlace struct {
	pos     int // the next line
	used    int // actions in the gap that this is; 0: it is none
	repair  repair
	bound   []boundName // names of arguments
	skipped *Line       // the first line of the run after the last that the log has; nil: there is none
}

// A matcher compares a segment.
type matcher struct {
	*admitRun
	places []logPlace
}

// match returns the states that the run may be in after the segment, and notes if it is at the end of the log.
func (a *admitRun) match(r *Run, at *Activation) []*admitNode {
	m := matcher{admitRun: a}
	got := m.begin(a.lines.lines)
	for i := range got {
		m.next(&got[i])
	}
	var nodes []*admitNode
	for _, p := range m.places {
		nodes = append(nodes, m.nodes(p, r, at)...)
	}
	return nodes
}

// begin compares the action that the segment begins with, and returns the other lines.
func (m *matcher) begin(got []Line) []Line {
	e := m.edge
	if e.from == nil {
		m.places = []logPlace{{}}
		return got
	}
	p := logPlace{pos: e.line, repair: e.from.repair}
	if e.inGap {
		p.used = e.from.used + 1
		m.places = []logPlace{p}
		return got[1:]
	}
	l := *m.line(e.line)
	l.Text = got[0].Text // however the log writes its numbers and names
	p.pos++
	if m.fits(l, got[0], p) {
		m.places = []logPlace{p}
	} else {
		m.refusal.note(e.line, resultsOf(l, got))
		m.places = m.repairedAt(e.line, p, anyResult)
	}
	return got[1:]
}

// fits reports whether a line of the run is as a line of the log states it.
func (m *matcher) fits(l, got Line, p logPlace) bool {
	if !m.notes {
		l.Notes = ""
	}
	names := m.names
	if len(p.bound) > 0 {
		names = names.with(p.bound)
	}
	return names.matches(l, got)
}

// isButFor reports whether a line of the run is as a line of the log states it, but for its results and the changes of tables.
func (m *matcher) isButFor(l, got Line, p logPlace) bool {
	l.Results, l.Notes = "", ""
	return l.Kind != LineStop && m.fits(l, got, p)
}

// next goes on with a line of the run, from each place.
func (m *matcher) next(got *Line) {
	before := m.places
	m.places = nil
	for _, p := range before {
		taken := false
		for _, q := range m.from(p) {
			taken = m.step(q, got) && q.pos == p.pos || taken
		}
		if !taken && (got.Kind != LineStop || m.isGap(p)) {
			if p.skipped == nil {
				p.skipped = got
			}
			m.add(p)
		} else if !taken {
			m.stops(p, got)
		}
	}
}

// stops notes that the run stops where the log goes on.
func (m *matcher) stops(p logPlace, got *Line) {
	if m.line(p.pos) == nil {
		m.add(p)
		return
	}
	m.refusal.note(p.pos, failure{text: got.String()})
}

// step takes a line of the run for the next line of the log, and reports whether it is.
func (m *matcher) step(p logPlace, got *Line) bool {
	l := m.line(p.pos)
	if l == nil || l.Kind == LineAction || l.Kind == LineGap {
		return false
	}
	next := p
	next.pos, next.used, next.skipped = p.pos+1, 0, nil
	if m.fits(*l, *got, p) && m.bindArguments(&next, *l, *got) {
		m.add(next)
		return true
	}
	if m.isButFor(*l, *got, p) {
		m.refusal.note(p.pos, resultsOf(*l, []Line{*got}))
		for _, q := range m.repairedAt(p.pos, next, anyResult) {
			m.add(q)
		}
	}
	return false
}

// bindArguments binds the names that an entry has for its arguments, and reports whether there are as many.
func (m *matcher) bindArguments(p *logPlace, l, got Line) bool {
	if l.Kind != LineEnter || len(l.Binds) == 0 {
		return true
	}
	values := strings.Fields(got.Text)[1:]
	if err := (bindings{}).bindAll(l.Binds, values); err != nil {
		m.refusal.note(p.pos-1, failure{text: err.Error()})
		return false
	}
	p.bound = slices.Clip(p.bound)
	for i, name := range l.Binds {
		p.bound = append(p.bound, boundName{name, values[i]})
	}
	return true
}

// from is a place, and those that come after it without a line of the run: gaps may end, and where the log is repaired, a line be left out.
func (m *matcher) from(p logPlace) []logPlace {
	places := []logPlace{p}
	if m.isGap(p) {
		next := p
		next.pos, next.used = p.pos+1, 0
		places = append(places, m.from(next)...)
	}
	if m.line(p.pos) != nil {
		next := p
		next.pos, next.used = p.pos+1, 0
		for _, q := range m.repairedAt(p.pos, next, leftOut) {
			places = append(places, m.from(q)...)
		}
	}
	return places
}

func (m *matcher) isGap(p logPlace) bool {
	l := m.line(p.pos)
	return l != nil && l.Kind == LineGap
}

// add adds a place, unless it is there.
func (m *matcher) add(p logPlace) {
	if !slices.ContainsFunc(m.places, func(q logPlace) bool { return q.pos == p.pos && q.repair == p.repair }) {
		m.places = append(m.places, p)
	}
}

// nodes are the states of the run at a place, now that its segment has ended.
func (m *matcher) nodes(p logPlace, r *Run, at *Activation) []*admitNode {
	var nodes []*admitNode
	inGap := m.isGap(p)
	for _, q := range m.from(p) {
		switch l := m.line(q.pos); {
		case l == nil && m.err == nil:
			m.reachEnd(m.node(q), r)
		case l == nil:
		case at == nil:
			if !inGap || q.pos > p.pos {
				m.refusal.note(q.pos, failure{text: stopText(r)})
			}
		case l.Kind == LineAction || l.Kind == LineGap:
			if !inGap || q.pos == p.pos || q.repair != p.repair {
				nodes = append(nodes, m.node(q))
			}
		case !inGap || q.pos > p.pos && m.used(p):
			m.refusal.note(q.pos, m.missing(q, at, inGap))
		}
	}
	return nodes
}

// stopText is how a run was stopped.
func stopText(r *Run) string {
	if r.Stopped == nil {
		return "the host has ended the run"
	}
	return stopLine(r.Stopped).String()
}

// used reports whether no more actions fit into a gap.
func (m *matcher) used(p logPlace) bool { return p.used == m.Gap }

// node is the state of the run at a place.
func (m *matcher) node(p logPlace) *admitNode {
	by := *m.edge
	if m.edge.from == nil || m.edge.from.repair != p.repair {
		by.cost += m.costOf(p.repair)
	}
	bound := slices.Concat(m.bound, p.bound)
	return &admitNode{by: &by, tape: m.Tape, bound: bound, pos: p.pos, used: p.used, violated: m.violated, repair: p.repair}
}

// reachEnd notes that the log ends in a state, if its claim holds.
func (m *matcher) reachEnd(n *admitNode, r *Run) {
	name := m.log.ClaimedProperty()
	claimed := slices.ContainsFunc(r.checkers, func(c Checker) bool { return c.Property() == name })
	if claimed && !m.claimHolds() {
		m.refusal.note(len(m.log.Lines), failure{text: "what the log claims is not violated"})
		return
	}
	m.push(&admitEdge{from: n.by.from, end: n, cost: n.by.cost})
}

// claimHolds reports whether what the log claims is among what the run violates.
func (m *matcher) claimHolds() bool {
	replay := Replay{given: m.log.Trace, Trace: &Trace{Variant: m.variant}, Violations: m.violated, checked: []string{m.log.ClaimedProperty()}}
	return replay.claimHolds()
}

// line is line i of the log; nil: it has ended, or cannot be read.
func (a *admitRun) line(i int) *Line {
	l, err := a.log.line(i)
	if err != nil && a.err == nil {
		a.err = err
	}
	return l
}

// missing says what the run does in place of a line that is no action. After a gap, that is whoever acts next.
func (m *matcher) missing(p logPlace, at *Activation, afterGap bool) failure {
	l := m.line(p.pos)
	switch got := m.lines.lines; {
	case afterGap:
	case l.Kind == LineStop && len(got) > 0:
		return failure{text: got[0].String()}
	case p.skipped != nil && m.isButFor(*l, *p.skipped, p):
		return resultsOf(*l, []Line{*p.skipped})
	case p.skipped != nil:
		return failure{text: p.skipped.String()}
	}
	if at.Kind == KindHost {
		return failure{text: "the host acts next, at rest: it lets a ready thread go on with host: tick, calls an export, or acts as a stream or function of its own"}
	}
	return failure{text: at.Actor + " acts next, " + at.where()}
}

// resultsOf is how a line of the log fails that is an action, or its end, which the lines of a run begin with.
func resultsOf(l Line, got []Line) failure {
	switch {
	case got[0].Results != "" && l.Results != "" && l.Results != got[0].Results:
		return failure{result: got[0].Results}
	case l.Results != "" && got[0].Results == "" && len(got) > 1:
		return failure{text: got[1].String() + " comes before the result, which stands in a line \"done\" further down"}
	}
	return failure{text: got[0].String()}
}
