package model

// A repair is a change of one line with which more of a refused log can be explained.
type repair struct {
	kind repairKind
	line int // of the log, from 0
}

type repairKind uint8

const (
	noRepair  repairKind = iota
	anyResult            // whatever the line states of results and tables is allowed to differ
	leftOut              // the line is left out
)

// code is the repair as a number: 0 for none.
func (r repair) code() int { return 3*r.line + int(r.kind) }

// repairs are the lines of which one may be repaired, and the furthest lines that were explained with each.
type repairs struct {
	from, to int
	furthest map[repair]int
}

// mostRepairs is how many lines before the one that is refused may be repaired.
const mostRepairs = 64

// repairedAt is the place with a line repaired, if that is allowed.
func (a *admitRun) repairedAt(line int, p logPlace, kind repairKind) []logPlace {
	if a.repairs == nil || p.repair.kind != noRepair || line < a.repairs.from || line > a.repairs.to {
		return nil
	}
	p.repair = repair{kind, line}
	return []logPlace{p}
}

// costOf is the cost of a repair: the nearer to the refused line, the lower.
func (a *admitRun) costOf(r repair) int {
	if r.kind == noRepair {
		return 0
	}
	return 2*(a.repairs.to-r.line) + int(r.kind)
}

// A Reason is the nearest line without which a refused log would be admitted, or explained further.
type Reason struct {
	Line    *Line
	LeftOut bool  // the line is to be left out; false: it may stand, with any results
	Then    *Line // the line that is refused then; nil: the log is admitted
}

// Reasons looks for the reasons of a refusal: the line itself, if more of the log can be explained with it repaired, and the nearest line
// before it with which repaired it can be explained. A reason that is not found with some times as much work as the refusal took is not
// given.
func (l *Log) Reasons(options AdmitOptions, refused *Admission) ([]*Reason, error) {
	at := l.refusedAt(refused)
	options.maxSteps = 2*refused.steps + leastSteps
	var reasons []*Reason
	for _, window := range []repairs{{from: at, to: at}, {from: max(0, at-mostRepairs), to: at - 1}} {
		window.furthest = map[repair]int{}
		reason, err := l.reasonWithin(options, &window, at)
		if err != nil {
			return nil, err
		}
		if reason != nil {
			reasons = append(reasons, reason)
		}
	}
	return reasons, nil
}

// leastSteps is how many steps a search for a reason may always take.
const leastSteps = 100000

// reasonWithin looks for the nearest line to repair within some; nil: no repair of one explains the line that was refused.
func (l *Log) reasonWithin(options AdmitOptions, window *repairs, at int) (*Reason, error) {
	if window.to < 0 || window.to == at && at == len(l.Lines)-1 {
		return nil, nil
	}
	options.repairs = window
	found, err := NewLog(l.Trace).Admit(options)
	if err != nil {
		return nil, err
	}
	if found.Verdict == Admitted {
		return l.reason(*found.repaired, nil), nil
	}
	best, furthest := repair{}, at+1
	for r, pos := range window.furthest {
		if pos > furthest || pos == furthest && best.kind != noRepair && r.nearer(best) {
			best, furthest = r, pos
		}
	}
	if best.kind == noRepair || furthest >= len(l.Lines) {
		return nil, nil
	}
	return l.reason(best, &l.Lines[furthest]), nil
}

// nearer reports whether a repair is nearer to the line that was refused than another.
func (r repair) nearer(other repair) bool {
	return r.line > other.line || r.line == other.line && r.kind < other.kind
}

func (l *Log) reason(r repair, then *Line) *Reason {
	return &Reason{Line: &l.Lines[r.line], LeftOut: r.kind == leftOut, Then: then}
}

// refusedAt is the place of the line that was refused.
func (l *Log) refusedAt(a *Admission) int {
	for i := range l.Lines {
		if &l.Lines[i] == a.Refusal.Line {
			return i
		}
	}
	return len(l.Lines) - 1
}
