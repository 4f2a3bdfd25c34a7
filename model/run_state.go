package model

import (
	"slices"
	"strings"

	"cabi/spec"
)

// A stateWriter writes the states of runs, as text or as bytes, of which searches take fingerprints.
type stateWriter struct {
	spec.StateWriter
	reduce  bool   // states that differ only in the numbers of indices have the same text
	swaps   []swap // of types: states that differ only by a swap are one
	swapped []byte
	running []*spec.Thread
	run     *Run // whose state is written
	more    func(*spec.StateWriter)
	rewrite func([]byte) []byte // changes the text, in tests; nil: it is left as it is
	// position writes where an actor is in what it has an activation do; nil: that depends on nothing but the state.
	position func(w *stateWriter, at *Activation)
}

// AppendState appends the state of the run as text. It has everything that can influence the rest of the run: the store; the
// activations and observations on the stacks; the calls, streams and futures of the host; the memories, if anything is read from them
// that matters; the indices in menus; and what the checkers remember.
func (r *Run) AppendState(b []byte) []byte { return new(stateWriter).append(b, r) }

func (w *stateWriter) append(b []byte, r *Run) []byte { return w.appendForm(b, r, false) }

// appendForm appends the state of the run as text, or as bytes, which are faster to write (spec.StateWriter.Compact).
func (w *stateWriter) appendForm(b []byte, r *Run, compact bool) []byte {
	w.run, w.Compact = r, compact
	if w.more == nil { // made once, not for each state
		w.more = func(*spec.StateWriter) { w.parts(w.run) }
		if w.reduce {
			w.Age = func(e spec.Element) int { return w.run.ages.of(e) }
		}
	}
	b = w.Append(b, r.Store, w.more)
	for _, c := range r.ghosts.all {
		b = c.AppendGhost(b)
	}
	return b
}

// parts writes what is not in the store, and what the checkers remember of the specification's objects.
func (w *stateWriter) parts(r *Run) {
	w.stacks(r)
	w.host(r)
	w.instances(r)
	w.source(r)
	for _, c := range r.objects.all {
		c.Ghost(&w.StateWriter)
	}
}

// stacks writes the threads that run, and every stack on which something can still happen.
func (w *stateWriter) stacks(r *Run) {
	w.running = r.Store.RunningThreads(w.running[:0])
	w.Label("running ")
	w.Threads(w.running)
	w.Label("\n")
	for _, s := range r.stacks {
		if s.finished(w.running) || len(s.activations) == 0 && len(s.observed) == 0 {
			continue
		}
		w.Mark("stack of ", stateStack)
		w.Thread(s.thread)
		w.observations(s.observed)
		for _, at := range s.activations {
			w.activation(r, at)
		}
		w.Label("\n")
	}
	w.Mark("", stateEnd)
}

// The marks of a state's parts, each of which may be there or not.
const (
	stateEnd byte = iota
	stateStack
	stateActivation
	stateAction
	stateCall
	stateHostCall
	stateShared
	statePending
	stateHostBuffer
	stateCode
	stateValues
	stateObserved // and the kind
)

func (w *stateWriter) activation(r *Run, at *Activation) {
	w.Mark(" in ", stateActivation)
	w.Text(at.Name)
	switch at.Kind {
	case KindHostFunc, KindHostCancel:
		w.Label(" ")
		w.Put(r.host.calls[at.Args[0].Uint64()].onResolve)
	case KindHostShared:
		w.Label(" ")
		w.Put(r.host.shared[at.Args[0].Uint64()].shared)
	}
	if at.Pending != nil {
		w.action(r, *at.Pending)
	}
	w.observations(at.observed)
	if w.position != nil {
		w.position(w, at)
	}
}

// action writes the pending action of an activation. A call, stream or future of the host has a number, which says only in which order
// they were made; it is written as the object that it stands for.
func (w *stateWriter) action(r *Run, a Action) {
	w.Mark(" does ", stateAction)
	w.Text(a.Op)
	w.Count(len(a.Imm))
	for _, word := range a.Imm {
		w.Label(" ")
		w.Text(word)
	}
	switch {
	case a.Op == opCancel:
		w.Label(" ")
		w.Put(r.invocations[n(a, 0)].onCancel)
		a.Args = nil
	case strings.HasPrefix(a.Op, "host."):
		w.Label(" ")
		w.Put(r.hostCall(a).onResolve)
		a.Args = a.Args[1:]
	case strings.HasPrefix(a.Op, "shared."):
		w.Label(" ")
		w.Put(r.sharedAt(a).shared)
		a.Args = a.Args[1:]
	}
	if !w.Full() {
		a.Args = a.Args[min(a.Indices(), len(a.Args)):]
	}
	w.Label(" ")
	w.Values(a.Args)
	w.literals(a.Literals)
}

// literals writes literals in the places of numbers, if there are any.
func (w *stateWriter) literals(words []string) {
	w.Count(len(words))
	for _, word := range words {
		w.Label(" ")
		w.Text(word)
	}
}

// observations writes the observations of the specification. The reduced text leaves out the indices: the elements say the same.
func (w *stateWriter) observations(observed []observation) {
	for _, o := range observed {
		w.Mark(observationNames[o.kind], stateObserved+byte(o.kind))
		if o.kind == observedReturned {
			w.returned(o)
			continue
		}
		if w.Full() {
			w.Number("", o.index)
			w.Label("=")
		}
		w.Put(o.element)
	}
}

// returned writes the values that core code returned. The reduced text leaves out indices: they were looked up at once, and have no
// further use.
func (w *stateWriter) returned(o observation) {
	switch {
	case !w.Full() && o.from.Packed && len(o.returned) == 1:
		w.Mark("", stateCode)
		w.Number("", o.returned[0].Uint64()&0xf)
	case w.Full() || !slices.ContainsFunc(o.from.Results, isHandle):
		w.Mark("", stateValues)
		w.Values(o.returned)
	default:
		w.Mark("", stateEnd)
	}
}

// host writes the calls, streams and futures that the host can still use.
func (w *stateWriter) host(r *Run) {
	for _, c := range r.invocations {
		if !c.Resolved {
			w.Mark("call ", stateCall)
			w.Text(c.Func)
			w.Label(" ")
			w.Values(c.args)
			w.Flag(" cancelled=", c.CancelRequested)
			w.Label(" ")
			w.Put(c.onCancel)
			w.literals(c.literals)
			w.Label("\n")
		}
	}
	for _, c := range r.host.calls {
		if !c.Resolved {
			w.Mark("host call ", stateHostCall)
			w.Text(c.Func)
			w.Flag(" started=", c.Started)
			w.Flag(" asked=", c.CancelRequested)
			w.Label(" ")
			w.Put(c.onResolve)
			w.Label("\n")
		}
	}
	for _, s := range r.host.shared {
		w.shared(s)
	}
	w.Mark("", stateEnd)
}

func (w *stateWriter) shared(s *HostShared) {
	w.Mark("shared ", stateShared)
	w.Put(s.shared)
	w.Flag(" made=", s.Made)
	w.Flag(" closed=", s.Closed)
	w.Flag(" cancelling=", s.CancelRequested)
	w.Flag(" reading=", s.Copying)
	w.Flag(" reclaim=", s.CanReclaim)
	switch b := s.Pending.(type) {
	case *hostReadable:
		w.hostBuffer(&b.hostBuffer)
	case *hostWritable:
		w.hostBuffer(&b.hostBuffer)
	case nil:
		w.Mark("", stateEnd)
	default:
		w.Mark(" pending=", statePending)
		w.Put(b)
	}
	w.Label(" done=")
	w.Put(s.onCopyDone)
	w.Label("\n")
}

func (w *stateWriter) hostBuffer(b *hostBuffer) {
	w.Mark(" pending=", stateHostBuffer)
	w.Number("", b.n)
	w.Number(",", b.progress)
	w.Number(",", b.seed)
	if b.literal != "" {
		w.Label(" ")
	}
	w.Text(b.literal)
}

// instances writes the parts of instances that are not in the store.
func (w *stateWriter) instances(r *Run) {
	for _, in := range r.ordered {
		w.Number("heap ", in.heap)
		if !r.World.RightClass {
			w.Label(" known ")
			w.Put(in.known)
		}
		if in.memory != nil && r.compiled.readsMemory {
			w.Label(" memory ")
			w.Text(string(in.memory.Bytes.B))
		}
		w.Label("\n")
	}
}
