package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cabi/spec"
)

// WithNames is a trace with names for the indices of handles, subtasks and threads, and words for packed numbers. It states no number
// that depends on how indices are given out: it leaves out results that are new indices, changes of tables, and details of traps.
// WithNames replays the trace, so that it knows which numbers are indices. A number that is none, or that no element had, stays.
func WithNames(t *Trace) (*Trace, error) {
	returns := &returning{functions: map[int]string{}}
	again, err := ReplayOptions{Checkers: []Checker{returns}}.Run(t)
	if err != nil {
		return nil, err
	}
	if d := again.Departs; d != nil {
		return nil, fmt.Errorf("line %d: it says %s, what happens is %s: only a trace that happens again can be given names", d.Number, d, again.Got)
	}
	n := &namer{world: t.World, returns: returns.functions, current: map[tableIndex]*binding{}, underWay: map[string]int{}, count: map[string]int{}}
	for i, l := range again.Trace.Lines {
		n.line(i, l)
	}
	n.finish()
	named := *t
	named.Format, named.FromJSON, named.Lines = Format, false, n.lines
	return &named, nil
}

// A returning is a checker that notes, for each line that is a return, which function returns.
type returning struct {
	BaseChecker
	functions map[int]string
}

// Left notes the function that returns.
func (c *returning) Left(r *Run, at *Activation) { c.functions[r.RecordedLines()-1] = at.Name }

// A tableIndex is an index of an instance: of its threads, or of its handles.
type tableIndex struct {
	instance string
	thread   bool
	index    string
}

// A binding is a name that a line may bind. The name is chosen when it is first used.
type binding struct {
	line int
	kind string // of element, with which the name begins
	name string
}

// A namer gives the lines of a trace names, one line after the other.
type namer struct {
	world    *World
	returns  map[int]string // by line: the function that returns
	lines    []Line
	binds    [][]*binding            // by line: the names that it can bind, in order
	current  map[tableIndex]*binding // the names of the elements that are at indices now
	underWay map[string]int          // lines of actions that are under way, by actor and text
	count    map[string]int          // of names, by their kind
}

// line gives a line names.
func (n *namer) line(i int, l Line) {
	n.binds = append(n.binds, nil)
	key := l.Actor + ": " + l.Text
	l.Notes, l.Number = "", 0
	at := i
	switch l.Kind {
	case LineStop:
		l.Results = ""
	case LineEnter:
		l = n.entered(i, l)
	case LineDone:
		begun, known := n.underWay[key]
		if !known { // the action is of the world's start
			break
		}
		at = begun
		l.Text = n.lines[at].Text
	case LineAction:
		n.underWay[key] = i
		l.Text = n.used(i, l)
	}
	n.lines = append(n.lines, l)
	if l.Kind == LineAction || l.Kind == LineDone {
		n.lines[i].Results = n.results(at, l)
	}
}

// used is the text of an action, with names for the indices in it.
func (n *namer) used(i int, l Line) string {
	words := strings.Fields(l.Text)
	op, _ := n.world.op(words[0])
	imm := len(op.imm)
	if words[0] == opReturn && n.packed(n.returns[i]) && len(words) == 2 {
		words[1] = n.code(l.Actor, words[1])
		return strings.Join(words, " ")
	}
	kinds := n.operands(words[:1+imm], n.returns[i])
	for k, kind := range kinds {
		if at := 1 + imm + k; kind != notIndex && at < len(words) {
			words[at] = n.use(tableIndex{l.Actor, kind == ofThread, words[at]})
		}
	}
	return strings.Join(words, " ")
}

// use is the name of an index, or the index itself if it has none.
func (n *namer) use(at tableIndex) string {
	b := n.current[at]
	if b == nil {
		return at.index
	}
	if b.name == "" {
		n.count[b.kind]++
		b.name = fmt.Sprintf("$%s%d", b.kind, n.count[b.kind])
	}
	return b.name
}

// code is a word for the code that a callback returns.
func (n *namer) code(actor, number string) string {
	packed, err := strconv.ParseUint(number, 10, 64)
	switch {
	case err == nil && packed == uint64(spec.CallbackExit):
		return "exit"
	case err == nil && packed == uint64(spec.CallbackYield):
		return "yield"
	case err == nil && packed&0xf == uint64(spec.CallbackWait):
		return "wait:" + n.use(tableIndex{actor, false, strconv.FormatUint(packed>>4, 10)})
	}
	return number
}

// packed reports whether a function returns a packed code: it is lifted with a callback, or is the callback.
func (n *namer) packed(function string) bool {
	return slices.ContainsFunc(n.world.Funcs, func(f Func) bool {
		return f.Lift == "callback" && (f.Name == function || f.Name+".callback" == function)
	})
}

// An indexKind says whether a number is an index, and of what.
type indexKind uint8

const (
	notIndex indexKind = iota
	ofHandle
	ofThread
)

// indexOperands say which operands of the built-ins are indices.
var indexOperands = map[string][]indexKind{
	"resource.drop": {ofHandle}, "resource.rep": {ofHandle},
	"waitable-set.wait": {ofHandle}, "waitable-set.poll": {ofHandle}, "waitable-set.drop": {ofHandle}, "waitable.join": {ofHandle, ofHandle},
	"subtask.cancel": {ofHandle}, "subtask.drop": {ofHandle},
	"stream.read": {ofHandle}, "stream.write": {ofHandle}, "stream.cancel-read": {ofHandle}, "stream.cancel-write": {ofHandle},
	"stream.drop-readable": {ofHandle}, "stream.drop-writable": {ofHandle},
	"future.read": {ofHandle}, "future.write": {ofHandle}, "future.cancel-read": {ofHandle}, "future.cancel-write": {ofHandle},
	"future.drop-readable": {ofHandle}, "future.drop-writable": {ofHandle},
	"thread.resume-later": {ofThread}, "thread.suspend-then-resume": {ofThread}, "thread.yield-then-resume": {ofThread},
	"thread.suspend-then-promote": {ofThread}, "thread.yield-then-promote": {ofThread},
	"error-context.debug-message": {ofHandle}, "error-context.drop": {ofHandle},
}

// operands say which operands of an action are indices, given the words before them, and for a return the function.
func (n *namer) operands(words []string, returns string) []indexKind {
	switch words[0] {
	case opCall:
		return n.typed(n.function(words[1]).Params)
	case opReturn:
		return n.typed(n.function(returns).Results)
	case "task.return", "task.return-other":
		return n.typed(topLevel(strings.Trim(words[1], "()")))
	}
	return indexOperands[words[0]]
}

// function is the world's function of a name; the zero Func: there is none.
func (n *namer) function(name string) Func {
	if f := n.world.Func(name); f != nil {
		return *f
	}
	return Func{}
}

// typed say which core values are indices, given their types, up to the first type that is not passed as one core value.
func (n *namer) typed(types []string) []indexKind {
	var kinds []indexKind
	for _, text := range types {
		t, err := parseType(text, n.world.resourceNames())
		switch t.(type) {
		case *spec.OwnType, *spec.BorrowType, *spec.StreamType, *spec.FutureType, *spec.ErrorContextType:
			kinds = append(kinds, ofHandle)
		default:
			if _, prim := primTypes[text]; err != nil || !prim || text == "string" {
				return kinds
			}
			kinds = append(kinds, notIndex)
		}
	}
	return kinds
}

// topLevel splits a list of types at the commas between them.
func topLevel(types string) []string {
	var all []string
	depth, from := 0, 0
	for i, c := range types + "," {
		switch {
		case strings.ContainsRune("<({", c):
			depth++
		case strings.ContainsRune(">)}", c):
			depth--
		case c == ',' && depth == 0:
			all = append(all, types[from:i])
			from = i + 1
		}
	}
	return all
}

// entered gives the arguments of a function names, if there are indices among them, and then leaves the arguments out. It also leaves
// out the event that a callback is called with.
func (n *namer) entered(i int, l Line) Line {
	words := strings.Fields(l.Text)
	isCallback := strings.HasSuffix(words[0], ".callback") && n.world.Func(words[0]) == nil
	if isCallback && len(words) > 2 && words[2] != "0" {
		l.Text = words[0]
		return l
	}
	kinds := n.typed(n.function(words[0]).Params)
	if !slices.Contains(kinds, ofHandle) {
		return l
	}
	for k, kind := range kinds {
		b := &binding{line: i, kind: "in"}
		n.binds[i] = append(n.binds[i], b)
		if kind == ofHandle && 1+k < len(words) {
			n.current[tableIndex{l.Actor, false, words[1+k]}] = b
		}
	}
	l.Text = words[0]
	return l
}

// newNames are the kinds of names for the results of built-ins that return new indices.
var newNames = map[string][]string{
	"resource.new": {"r"}, "stream.new": {"readable", "writable"}, "future.new": {"readable", "writable"},
	"waitable-set.new": {"set"}, "error-context.new": {"error"}, "thread.new-indirect": {"thread"}, "thread.index": {"thread"},
}

// results are the results of the action in line at, which line l states: none if they are new indices, which get names instead, and
// words if they are packed numbers.
func (n *namer) results(at int, l Line) string {
	words := strings.Fields(n.lines[at].Text)
	values := strings.Fields(l.Results)
	if len(values) == 0 || strings.Contains(l.Results, ".") {
		return l.Results
	}
	v, err := strconv.ParseUint(values[0], 10, 64)
	group, _, _ := strings.Cut(words[0], ".")
	kinds := newNames[words[0]]
	switch {
	case err != nil:
		return l.Results
	case len(kinds) == 2:
		n.bind(at, l.Actor, kinds, []uint64{v & 0xffffffff, v >> 32})
		return ""
	case len(kinds) == 1:
		n.bind(at, l.Actor, kinds, []uint64{v})
		return ""
	case words[0] == opCall:
		return n.called(at, l, words[1], v)
	case words[0] == "subtask.cancel" && v < uint64(len(subtaskStates)):
		return subtaskStates[v]
	case (group == "stream" || group == "future" || words[0] == "subtask.cancel") && v == spec.Blocked:
		return "blocked"
	case (group == "stream" || group == "future") && v&0xf < uint64(len(copyWords)):
		return fmt.Sprintf("%s:%d", copyWords[v&0xf], v>>4)
	}
	return l.Results
}

// copyWords are words for the results of copies, by number.
var copyWords = []string{"completed", "dropped", "cancelled"}

// called are the results of a call: the subtask and its state if the function is lowered async, otherwise perhaps an index.
func (n *namer) called(at int, l Line, function string, v uint64) string {
	async := slices.ContainsFunc(n.world.Imports, func(i Import) bool { return i.Async && i.Instance == l.Actor && i.Func == function })
	switch state := v & 0xf; {
	case async && v == uint64(spec.SubtaskReturned):
		return "returned"
	case async && state < 2:
		n.bind(at, l.Actor, []string{"subtask"}, []uint64{v >> 4})
		return subtaskStates[state] + ":" + n.use(tableIndex{l.Actor, false, strconv.FormatUint(v>>4, 10)})
	case !async && slices.Equal(n.typed(n.function(function).Results), []indexKind{ofHandle}):
		n.bind(at, l.Actor, []string{"got"}, []uint64{v})
		return ""
	}
	return l.Results
}

// bind notes that a line can bind names to new indices.
func (n *namer) bind(at int, actor string, kinds []string, indices []uint64) {
	for k, kind := range kinds {
		b := &binding{line: at, kind: kind}
		n.binds[at] = append(n.binds[at], b)
		n.current[tableIndex{actor, kind == "thread", strconv.FormatUint(indices[k], 10)}] = b
	}
}

// finish has each line bind the names that are used, and those before them, since the results are bound in order.
func (n *namer) finish() {
	for i, bindings := range n.binds {
		last := -1
		for k, b := range bindings {
			if b.name != "" {
				last = k
			}
		}
		for _, b := range bindings[:last+1] {
			if b.name == "" {
				n.count[b.kind]++
				b.name = fmt.Sprintf("$%s%d", b.kind, n.count[b.kind])
			}
			n.lines[i].Binds = append(n.lines[i].Binds, b.name)
		}
	}
}
