package python

import "sync/atomic"

// Lines are the lines of a module that have been run, by any number of machines at once.
type Lines struct {
	Module string
	begins []atomic.Bool // a statement begins there
	run    []atomic.Bool
	counts []atomic.Int64 // how often each was run; nil: it is not counted
}

// NewLines are the lines of a module that has so many; none was run.
func NewLines(module string, n int) *Lines {
	return &Lines{Module: module, begins: make([]atomic.Bool, n+1), run: make([]atomic.Bool, n+1)}
}

// Count has it be counted how often each line is run, by machines that are made from now on.
func (l *Lines) Count() { l.counts = make([]atomic.Int64, len(l.run)) }

// Times is how often a line was run, if that is counted.
func (l *Lines) Times(line int) int64 { return l.counts[line].Load() }

// Begins reports whether a statement, or the body of a lambda, begins on a line. That is known once a machine has loaded the module.
func (l *Lines) Begins(line int) bool { return l.begins[line].Load() }

// Run reports whether a line was run on which a statement begins.
func (l *Lines) Run(line int) bool { return l.run[line].Load() }

// Forget has no line noted as run. A machine notes a line once, so it counts for machines that are made from now on.
func (l *Lines) Forget() {
	for i := range l.run {
		l.run[i].Store(false)
	}
}

// noteLine has the line of a statement noted when it is run.
func (e *emitter) noteLine() {
	lines := e.machine.options.Lines
	if lines == nil || e.module.name != lines.Module || e.line >= len(lines.begins) {
		return
	}
	lines.begins[e.line].Store(true)
	e.emit(opLine, e.line, 0)
}

func opLineRun(m *Machine, _ *frame, in *instruction) (*frame, error) {
	lines := m.options.Lines
	lines.run[in.a].Store(true)
	if lines.counts != nil {
		lines.counts[in.a].Add(1)
		return nil, nil
	}
	in.op = opNop
	return nil, nil
}
