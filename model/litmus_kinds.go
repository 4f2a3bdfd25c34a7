package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"cabi/spec"
)

// A valueKind is what a value that a name stands for says, or several of these that it may be.
type valueKind uint16

const (
	ofNumber     valueKind = 1 << iota // a number that the specification does not look at, such as a representation
	ofIndex                            // an index of a handle, subtask or thread
	ofCall                             // the number of a call, stream or future of the host
	ofState                            // the state of a subtask
	ofCopy                             // how a copy ended, and how many elements it copied
	ofResumption                       // whether a thread goes on because it was cancelled
	ofEvent                            // the code of an event
	ofValue                            // a component-level value
	ofBytes                            // bytes of memory
	ofEnd                              // how a call or a copy of the host's ended

	ofPayload = ofState | ofCopy | ofNumber // of an event
	numeric   = ofNumber | ofIndex | ofCall | ofState | ofCopy | ofResumption | ofEvent
)

// kindTexts say what values of each kind are, and which words there are for them.
var kindTexts = []struct {
	kind valueKind
	text string
}{
	{ofNumber, "a number"}, {ofIndex, "an index, which is a number"}, {ofCall, "the number of a call, stream or future of the host"},
	{ofState, "the state of a subtask (" + strings.Join(subtaskStates, ", ") + ")"},
	{ofCopy, "the result of a copy (blocked, completed:N, dropped:N, cancelled:N)"},
	{ofResumption, "the result of a thread that goes on (" + strings.Join(resumptions, ", ") + ")"},
	{ofEvent, "the code of an event (" + strings.Join(eventWords, ", ") + ")"},
	{ofValue, "a component-level value"}, {ofBytes, `bytes (bytes:0a0b, "text", u32:5)`}, {ofEnd, "how it ended (" + strings.Join(endWords, ", ") + ")"},
}

// String says what the values of the kinds are.
func (k valueKind) String() string {
	var texts []string
	for _, t := range kindTexts {
		if k&t.kind != 0 {
			texts = append(texts, t.text)
		}
	}
	return strings.Join(texts, ", or ")
}

// endWords are words for how a call that the host made, or a copy of the host's, ended.
var endWords = append([]string{endPending}, copyResults...)

const (
	endPending   = "pending"
	endCancelled = "cancelled"
)

// A litmusValue is what a name stands for.
type litmusValue struct {
	kind valueKind // one
	word string    // a number in decimal, a literal, bytes:…, or one of endWords
}

// number is the word as a number; false: it is none.
func (v litmusValue) number() (uint64, bool) {
	n, err := strconv.ParseUint(v.word, 10, 64)
	return n, err == nil && v.kind&numeric != 0
}

// String is the value for people: in words, where there are some.
func (v litmusValue) String() string {
	n, isNumber := v.number()
	switch {
	case v.kind == ofValue:
		if l, err := parseLiteral(v.word); err == nil {
			return l.String()
		}
	case !isNumber:
	case (v.kind == ofCopy || v.kind == ofState) && n == blocked:
		return "blocked"
	case v.kind == ofCopy && n&0xf <= uint64(spec.CopyCancelled):
		return fmt.Sprintf("%s:%d", endWords[1+n&0xf], n>>4)
	case v.kind == ofState && n < uint64(len(subtaskStates)):
		return subtaskStates[n]
	case v.kind == ofResumption && n < uint64(len(resumptions)):
		return resumptions[n]
	case v.kind == ofEvent && n < uint64(len(eventWords)):
		return eventWords[n]
	}
	return v.word
}

// blocked is what a copy, or a cancellation, says that is not over.
const blocked = 4294967295

// kindsOfWord are the kinds of values that a word can stand for.
func kindsOfWord(word string) valueKind {
	var kinds valueKind
	state, _, packed := strings.Cut(word, ":")
	number := bindings{}.resultNumber(word)
	_, err := strconv.ParseUint(number, 10, 64)
	switch {
	case word == "blocked":
		kinds = ofCopy | ofState
	case slices.Contains(subtaskStates, word):
		kinds = ofState
	case packed && err == nil && slices.Contains(endWords[1:], state):
		kinds = ofCopy
	case err == nil && !packed:
		kinds = numeric | ofValue
	}
	if slices.Contains(eventWords, word) {
		kinds |= ofEvent
	}
	if slices.Contains(resumptions, word) {
		kinds |= ofResumption
	}
	if slices.Contains(endWords, word) {
		kinds |= ofEnd
	}
	if _, err := allBytes(word, ""); err == nil {
		kinds |= ofBytes
	}
	if _, err := parseLiteral(word); err == nil {
		kinds |= ofValue
	}
	return kinds
}

// is reports whether a value is the one that a word says, given how the instance that has the bytes encodes strings.
func (v litmusValue) is(word, encoding string) bool {
	if kindsOfWord(word)&v.kind == 0 {
		return false
	}
	switch v.kind {
	case ofValue:
		l, err := parseLiteral(word)
		return err == nil && l.word() == v.word
	case ofBytes:
		b, err := allBytes(word, encoding)
		return err == nil && FormatBytes(b) == v.word
	case ofEnd:
		return word == v.word
	case ofEvent, ofResumption:
		words := eventWords
		if v.kind == ofResumption {
			words = resumptions
		}
		if at := slices.Index(words, word); at >= 0 {
			return strconv.Itoa(at) == v.word
		}
	}
	return bindings{}.resultNumber(word) == v.word
}

// InWords is the result of a line's action in words, where there are some for it, else the number.
func (w *World) InWords(l Line, result string) string {
	op, rest, _ := strings.Cut(l.Text, " ")
	callee, _, _ := strings.Cut(rest, " ")
	async := slices.ContainsFunc(w.Imports, func(i Import) bool { return i.Async && i.Instance == l.Actor && i.Func == callee })
	if op == opCall && !async || l.Kind != LineAction && l.Kind != LineDone {
		return result
	}
	v := litmusValue{resultKind(op), result}
	n, isNumber := v.number()
	if isNumber && op == opCall && n>>4 > 0 && n&0xf < uint64(len(subtaskStates)) {
		return fmt.Sprintf("%s:%d", subtaskStates[n&0xf], n>>4)
	}
	return v.String()
}

// resultKind is the kind of value that an action gives as its only core value; a call is one that is lowered async.
func resultKind(op string) valueKind {
	group, verb, _ := strings.Cut(op, ".")
	switch {
	case (group == "stream" || group == "future") && verb != "new":
		return ofCopy
	case op == "subtask.cancel", op == opCall:
		return ofState
	case op == "waitable-set.wait" || op == "waitable-set.poll":
		return ofEvent
	case group == "thread" && (strings.HasPrefix(verb, "suspend") || strings.HasPrefix(verb, "yield")):
		return ofResumption
	}
	return ofNumber
}

// A litmusResult is what a name of a line stands for, as far as the line says it.
type litmusResult struct {
	kinds    valueKind
	t        spec.ValType // of a component-level value
	typed    bool         // the type is known
	encoding string       // of strings in memory, of bytes
}

// resultsOf are the results of an action that names can stand for, in order; false: their number is not known.
func (l *Litmus) resultsOf(r *Run, at *Activation, a Action) (results []litmusResult, known bool) {
	if at.Actor == Host {
		return l.hostResults(r, at, a)
	}
	if b := r.World.builtin(a.Op); b != nil { // nothing is known of its results
		return slices.Repeat(kinds(numeric), len(b.Results)), true
	}
	switch a.Op {
	case opCall:
		return callResults(r, at, a), true
	case opLoad:
		return []litmusResult{{kinds: ofBytes, encoding: at.inst.encoding}}, true
	}
	return kinds(guestResults[a.Op]...), true
}

// kinds are results of these kinds.
func kinds(kinds ...valueKind) (results []litmusResult) {
	for _, k := range kinds {
		results = append(results, litmusResult{kinds: k})
	}
	return results
}

// guestResults are the kinds of the results of actions of guests that have any.
var guestResults = map[string][]valueKind{
	"resource.new": {ofIndex}, "resource.rep": {ofNumber}, "context.get": {ofNumber},
	"waitable-set.new": {ofIndex}, "waitable-set.wait": {ofEvent, ofIndex, ofPayload}, "waitable-set.poll": {ofEvent, ofIndex, ofPayload},
	"subtask.cancel": {ofState},
	"stream.new":     {ofIndex, ofIndex}, "stream.read": {ofCopy}, "stream.write": {ofCopy}, "stream.cancel-read": {ofCopy}, "stream.cancel-write": {ofCopy},
	"future.new": {ofIndex, ofIndex}, "future.read": {ofCopy}, "future.write": {ofCopy}, "future.cancel-read": {ofCopy}, "future.cancel-write": {ofCopy},
	"thread.index": {ofIndex}, "thread.new-indirect": {ofIndex}, "thread.suspend": {ofResumption}, "thread.yield": {ofResumption},
	"thread.suspend-then-resume": {ofResumption}, "thread.yield-then-resume": {ofResumption},
	"thread.suspend-then-promote": {ofResumption}, "thread.yield-then-promote": {ofResumption},
	"error-context.new": {ofIndex}, "i32.load": {ofNumber}, "i64.load": {ofNumber},
}

// callResults are the results of the call of an import: the subtask and its state, or core values.
func callResults(r *Run, at *Activation, a Action) []litmusResult {
	async := at.inst.lowersAsync[a.Imm[0]]
	if async {
		return kinds(ofIndex, ofState)
	}
	ft := r.funcs[a.Imm[0]].ft
	core := spec.LoweredType(at.inst.opts(false), ft, r.World.Limits.apply(spec.Limits{})).Results
	if len(core) == 1 && isHandle(ft.Result[0]) {
		return kinds(ofIndex)
	}
	return kinds(slices.Repeat([]valueKind{ofNumber}, len(core))...)
}

// hostResults are what names of an action of the host stand for.
func (l *Litmus) hostResults(r *Run, at *Activation, a Action) (results []litmusResult, known bool) {
	switch a.Op {
	case opInvoke:
		result := litmusResult{kinds: ofValue | ofEnd, typed: true}
		if ts := r.funcs[a.Imm[0]].ft.Result; len(ts) > 0 {
			result.t = ts[0]
			if isShared(ts[0]) {
				result.kinds |= ofCall
			}
		}
		return []litmusResult{{kinds: ofCall}, result}, true
	case "host.start":
		f := r.funcs[strings.TrimSuffix(at.Name, ".cancel")]
		if f == nil {
			return nil, false // of whichever call the number says
		}
		for _, t := range f.ft.Params {
			result := litmusResult{kinds: ofValue, t: t, typed: true}
			if isShared(t) {
				result.kinds = ofCall
			}
			results = append(results, result)
		}
		return results, true
	case "shared.read":
		return []litmusResult{{kinds: ofValue}, {kinds: ofEnd}}, true
	case "shared.write":
		return []litmusResult{{kinds: ofNumber}, {kinds: ofEnd}}, true
	}
	return nil, true
}

// isShared reports whether a type is a stream or future.
func isShared(t spec.ValType) bool {
	switch t.(type) {
	case *spec.StreamType, *spec.FutureType:
		return true
	}
	return false
}

// arguments are what the names of a program stand for that begin it: the arguments of its calls.
func (l *Litmus) arguments(r *Run, at *Activation) []litmusResult {
	switch at.Kind {
	case KindCallback:
		return kinds(ofEvent, ofIndex, ofPayload)
	case KindHostFunc, KindHostCancel, KindHostShared:
		return kinds(ofCall)
	case KindFunc:
		return l.parameters(r, at)
	}
	return kinds(ofNumber, ofNumber, ofNumber, ofNumber) // of a thread, a destructor, realloc, post-return
}

// parameters are the core parameters of a function.
func (l *Litmus) parameters(r *Run, at *Activation) (results []litmusResult) {
	ft := r.funcs[at.Name].ft
	limits := r.World.Limits.apply(spec.Limits{})
	opts := *at.inst.opts(false)
	for _, t := range ft.Params {
		kind := ofNumber
		if isHandle(t) {
			kind = ofIndex
		}
		one := &spec.FuncType{Params: []spec.ValType{t}}
		results = append(results, kinds(slices.Repeat([]valueKind{kind}, len(spec.LiftedType(&opts, one, limits).Params))...)...)
	}
	if n := len(spec.LiftedType(&opts, ft, limits).Params); n < len(results) {
		return kinds(slices.Repeat([]valueKind{ofNumber}, n)...) // the address of a tuple
	}
	return results
}

// gives are what actions give whose results depend on more than the action's name.
var gives = map[string]string{
	opCall:           "lowered async: subtask, state; lowered sync: core values",
	opLoad:           "bytes",
	opInvoke:         "call; when it is resolved, its result",
	"host.start":     "the arguments",
	"shared.read":    "the elements so far, how it ended",
	"shared.write":   "how many elements were taken so far, how it ended",
	"stream.new":     "readable end, writable end",
	"future.new":     "readable end, writable end",
	"subtask.cancel": "state",
}

// shortKinds are the kinds of values in a word each.
var shortKinds = map[valueKind]string{ofNumber: "number", ofIndex: "index", ofState: "state", ofCopy: "result of the copy", ofResumption: "whether cancelled",
	ofEvent: "event", ofPayload: "payload"}

// Gives says what comes back from an action, in the order of the names that stand for it in a litmus; empty: nothing.
func Gives(op string) string {
	if text := gives[op]; text != "" {
		return text
	}
	var words []string
	for _, k := range guestResults[op] {
		words = append(words, shortKinds[k])
	}
	return strings.Join(words, ", ")
}

// TakenBy says who may take an action.
func TakenBy(op string) string {
	_, hosts := hostOps[op]
	switch {
	case op == opReturn:
		return "core code, host"
	case op == opStop || op == opTick:
		return "host, not called"
	case hosts:
		return Host
	}
	return "core code"
}
