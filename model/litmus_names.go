package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// litmusNames are what the names of a litmus stand for in a run, and the names that wait for what the host is told later.
type litmusNames struct {
	kinds   map[string]valueKind // of what each name stands for
	results map[int]string       // by call of the host's: the name of what it is resolved with
	made    map[int][]string     // by call of the host's: the names of the streams and futures that it makes, in the places of its arguments
	started []string             // the names of the arguments of the call that the host starts
	took    map[string]bool      // the alternatives that ifs speak of and that were taken
	copies  map[int]*hostCopy    // by stream or future: the names of a copy of the host's
}

// A hostCopy is a copy of the host's whose progress names stand for.
type hostCopy struct {
	names []string
	got   literal // the elements so far
	gave  int     // how many so far
}

// value is what a name stands for; false: nothing yet.
func (l *litmusRun) value(name string) (litmusValue, bool) {
	word, bound := l.names[name]
	return litmusValue{l.kinds[name], word}, bound
}

// bindTo makes names stand for values.
func (l *litmusRun) bindTo(names []string, values ...litmusValue) error {
	if len(names) > len(values) {
		return tooManyNames(names, len(values))
	}
	for i, name := range names {
		l.names[name], l.kinds[name] = values[i].word, values[i].kind
	}
	return nil
}

// await notes that the names of a line are to stand for the results of its action, when these have come.
func (l *litmusRun) await(r *Run, at *Activation, a Action, line Line, words []string) error {
	delete(l.awaited, at)
	l.started = nil
	if results, known := l.resultsOf(r, at, a); known {
		line.Binds = line.Binds[:min(len(line.Binds), len(results))] // another alternative of the line may give more
	}
	switch k := len(r.invocations); {
	case a.Op == opInvoke:
		l.awaitCall(k, words)
		if len(line.Binds) > 1 {
			l.results[k] = line.Binds[1]
		}
		return l.bindTo(line.Binds[:min(1, len(line.Binds))], litmusValue{ofCall, fmt.Sprint(k)})
	case len(line.Binds) == 0:
	case a.Op == "host.start":
		l.started = line.Binds
	case a.Op == "shared.read" || a.Op == "shared.write":
		l.copies[int(n(a, 0))] = &hostCopy{names: line.Binds, got: literal{kind: litList}}
		return l.bindCopy(int(n(a, 0)), a.Op == "shared.write", endPending)
	default:
		l.awaited[at] = line
	}
	return nil
}

// awaitCall notes the names of streams and futures that are made when a call of the host's takes its arguments.
func (l *litmusRun) awaitCall(k int, words []string) {
	for i, w := range words {
		if name, _, _, is := streamName(w); is {
			l.made[k] = append(l.made[k], make([]string, max(0, i-1-len(l.made[k])))...)
			l.made[k][i-2] = name
		}
	}
}

// bindCopy makes the names of a copy of the host's stand for how far it is.
func (l *litmusRun) bindCopy(k int, writes bool, end string) error {
	c := l.copies[k]
	first := litmusValue{ofValue, c.got.word()}
	if writes {
		first = litmusValue{ofNumber, fmt.Sprint(c.gave)}
	}
	values := []litmusValue{first, {ofEnd, end}}
	return l.bindTo(c.names, values[:min(2, max(len(c.names), 1))]...)
}

// hostPassed makes names stand for values that go to or from the host.
func (l *litmusRun) hostPassed(r *Run, what HostPass, k int, ts []spec.ValType, vs []spec.Value) {
	switch c := l.copies[k]; {
	case what == HostStarts:
		for i, name := range l.made[k] {
			if name != "" {
				l.noteError(l.bindTo([]string{name}, r.passed(ts[i], vs[i])))
			}
		}
		delete(l.made, k)
	case what == HostResolved && l.results[k] != "":
		l.noteError(l.bindTo([]string{l.results[k]}, r.resolvedWith(ts, vs)))
		delete(l.results, k)
	case what == HostStarted:
		var values []litmusValue
		for i, t := range ts {
			values = append(values, r.passed(t, vs[i]))
		}
		l.noteError(l.bindTo(l.started, values...))
	case c == nil:
	case what == HostGot:
		c.got.parts = append(c.got.parts, r.literalOf(ts[0], vs[0]).parts...)
		l.noteError(l.bindCopy(k, false, endPending))
	case what == HostGave:
		c.gave += len(vs)
		l.noteError(l.bindCopy(k, true, endPending))
	case what == HostCopied:
		l.noteError(l.bindCopy(k, r.host.shared[k].Made, endWords[1+vs[0].(spec.CopyResult)]))
		delete(l.copies, k)
	}
}

// passed is a value that goes to or from the host. A stream or future is its number among those that the host knows.
func (r *Run) passed(t spec.ValType, v spec.Value) litmusValue {
	if shared, is := v.(spec.SharedBase); is {
		return litmusValue{ofCall, fmt.Sprint(r.sharedIndex(shared))}
	}
	return litmusValue{ofValue, r.literalOf(t, v).word()}
}

// resolvedWith is what a call of the host's is resolved with: its result, or that it was cancelled.
func (r *Run) resolvedWith(ts []spec.ValType, vs []spec.Value) litmusValue {
	switch {
	case vs == nil:
		return litmusValue{ofEnd, endCancelled}
	case len(ts) == 0:
		return litmusValue{ofValue, literal{kind: litTuple}.word()}
	}
	return r.passed(ts[0], vs[0])
}

// noteError notes that names and values do not fit: bad input.
func (l *litmusRun) noteError(err error) {
	if err != nil && l.err == nil {
		l.err = err
	}
}

// Done makes the names that wait for the results of an action stand for them.
func (l *litmusRun) Done(at *Activation, results []spec.CoreValue) {
	line, waits := l.awaited[at]
	if !waits {
		return
	}
	delete(l.awaited, at)
	known, _ := l.resultsOf(l.isOf, at, *at.Pending)
	words := resultWords(at, results)
	var values []litmusValue
	for i, word := range words {
		if i < len(known) {
			values = append(values, litmusValue{oneKind(known[i].kinds, words[0]), word})
		}
	}
	if err := l.bindTo(line.Binds, values...); err != nil {
		l.fail(line.Number, at, err)
	}
}

// oneKind is the kind of a value: that of the payload of an event depends on the event's code.
func oneKind(kinds valueKind, event string) valueKind {
	switch {
	case kinds != ofPayload:
		return kinds
	case event == "1":
		return ofState
	case event == "0" || event == "6":
		return ofNumber
	}
	return ofCopy
}

// Entered counts the calls, and makes names stand for the arguments.
func (l *litmusRun) Entered(at *Activation) {
	l.calls[at.Name]++
	c := l.cursorOf(at)
	if c.program == nil || len(c.program.Args) == 0 {
		return
	}
	var values []litmusValue
	known := l.arguments(l.isOf, at)
	words := strings.Fields(formatCores(at.Args))
	for i, word := range words {
		kind := ofNumber
		if i < len(known) {
			kind = oneKind(known[i].kinds, words[0])
		}
		values = append(values, litmusValue{kind, word})
	}
	if err := l.bindTo(c.program.Args, values...); err != nil {
		l.fail(c.program.Number, at, err)
	}
}

// appendNames appends what the names stand for, and which wait.
func (l *litmusRun) appendNames(b []byte) []byte {
	for i, name := range l.registers {
		if word, bound := l.names[name]; bound {
			b = fmt.Append(b, i, "=", word, "/", uint16(l.litmusNames.kinds[name]), " ")
		}
	}
	b = fmt.Append(b, "waiting ", l.litmusNames.results, " ", l.made, " took ", l.took)
	for _, k := range sortedKeys(l.copies) {
		b = fmt.Append(b, " ", k, *l.copies[k])
	}
	return b
}

// holds reports whether a term about a value holds; false: one of its names stands for nothing yet.
func (t Term) holds(value func(name string) (litmusValue, bool)) (holds, known bool) {
	v, known := value(t.Name)
	if !known {
		return false, false
	}
	if strings.HasPrefix(t.Value, "$") {
		other, known := value(t.Value)
		return (v.word == other.word) != t.Not, known
	}
	want := t.Value
	if t.want != "" && v.kind == ofValue {
		want = t.want
	}
	return v.is(want, t.encoding) != t.Not, true
}

// unboundIn is the first of the names of terms that stands for nothing; empty: each stands for something.
func (l *litmusRun) unboundIn(terms []Term) string {
	for _, t := range terms {
		for _, name := range []string{t.Name, t.Value} {
			if _, bound := l.names[name]; strings.HasPrefix(name, "$") && !bound {
				return name
			}
		}
	}
	return ""
}

// all reports whether all of an if's terms hold.
func (l *litmusRun) all(terms []Term) bool {
	return !slices.ContainsFunc(terms, func(t Term) bool {
		if action, is := t.took(); is {
			return !l.took[action]
		}
		holds, _ := t.holds(l.value)
		return !holds
	})
}
