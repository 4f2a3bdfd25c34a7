package model

import (
	"slices"
	"strings"

	"cabi/spec"
)

// A stateWriter writes the states of runs as text, of which searches take fingerprints.
type stateWriter struct {
	spec.StateWriter
	reduce  bool   // states that differ only in the numbers of indices have the same text
	swaps   []swap // of types: states that differ only by a swap are one
	swapped []byte
	running []*spec.Thread
	rewrite func([]byte) []byte // changes the text, in tests; nil: it is left as it is
	// position writes where an actor is in what it has an activation do; nil: that depends on nothing but the state.
	position func(w *stateWriter, at *Activation)
}

// AppendState appends the state of the run as text. It has everything that can influence the rest of the run: the store; the
// activations and observations on the stacks; the calls, streams and futures of the host; the memories, if anything is read from them
// that matters; the indices in menus; and what the checkers remember.
func (r *Run) AppendState(b []byte) []byte { return new(stateWriter).append(b, r) }

func (w *stateWriter) append(b []byte, r *Run) []byte {
	if w.reduce {
		w.Age = r.ages.of
	}
	b = w.Append(b, r.Store, func(*spec.StateWriter) {
		w.stacks(r)
		w.host(r)
		w.instances(r)
		w.source(r)
		for _, c := range r.objects.all {
			c.Ghost(&w.StateWriter)
		}
	})
	for _, c := range r.ghosts.all {
		b = c.AppendGhost(b)
	}
	return b
}

// stacks writes the threads that run, and every stack on which something can still happen.
func (w *stateWriter) stacks(r *Run) {
	w.running = r.Store.RunningThreads(w.running[:0])
	w.Text("running ")
	w.Put(w.running)
	w.Text("\n")
	for _, s := range r.stacks {
		if s.finished(w.running) || len(s.activations) == 0 && len(s.observed) == 0 {
			continue
		}
		w.Text("stack of ")
		w.Put(s.thread)
		w.observations(s.observed)
		for _, at := range s.activations {
			w.activation(r, at)
		}
		w.Text("\n")
	}
}

func (w *stateWriter) activation(r *Run, at *Activation) {
	w.Text(" in ")
	w.Text(at.Name)
	switch at.Kind {
	case KindHostFunc, KindHostCancel:
		w.Put(" ", r.host.calls[at.Args[0].Uint64()].onResolve)
	case KindHostShared:
		w.Put(" ", r.host.shared[at.Args[0].Uint64()].shared)
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
	w.Text(" does ")
	w.Text(a.Op)
	for _, word := range a.Imm {
		w.Text(" ")
		w.Text(word)
	}
	switch {
	case a.Op == opCancel:
		w.Put(" ", r.invocations[n(a, 0)].onCancel)
		a.Args = nil
	case strings.HasPrefix(a.Op, "host."):
		w.Put(" ", r.hostCall(a).onResolve)
		a.Args = a.Args[1:]
	case strings.HasPrefix(a.Op, "shared."):
		w.Put(" ", r.sharedAt(a).shared)
		a.Args = a.Args[1:]
	}
	if !w.Full() {
		a.Args = a.Args[min(a.Indices(), len(a.Args)):]
	}
	w.Text(" ")
	w.Put(a.Args)
	w.literals(a.Literals)
}

// literals writes literals in the places of numbers, if there are any.
func (w *stateWriter) literals(words []string) {
	if len(words) > 0 {
		w.Text(" " + strings.Join(words, " "))
	}
}

// observations writes the observations of the specification. The reduced text leaves out the indices: the elements say the same.
func (w *stateWriter) observations(observed []observation) {
	for _, o := range observed {
		w.Text(observationNames[o.kind])
		if o.kind == observedReturned {
			w.returned(o)
			continue
		}
		if w.Full() {
			w.Put(o.index, "=")
		}
		w.Put(o.element)
	}
}

// returned writes the values that core code returned. The reduced text leaves out indices: they were looked up at once, and have no
// further use.
func (w *stateWriter) returned(o observation) {
	switch {
	case w.Full():
		w.Put(o.returned)
	case o.from.Packed && len(o.returned) == 1:
		w.Put(o.returned[0].Uint64() & 0xf)
	case !slices.ContainsFunc(o.from.Results, isHandle):
		w.Put(o.returned)
	}
}

// host writes the calls, streams and futures that the host can still use.
func (w *stateWriter) host(r *Run) {
	for _, c := range r.invocations {
		if !c.Resolved {
			w.Put("call ", c.Func, " ", c.args, " cancelled=", c.CancelRequested, " ", c.onCancel)
			w.literals(c.literals)
			w.Put("\n")
		}
	}
	for _, c := range r.host.calls {
		if !c.Resolved {
			w.Put("host call ", c.Func, " started=", c.Started, " asked=", c.CancelRequested, " ", c.onResolve, "\n")
		}
	}
	for _, s := range r.host.shared {
		w.shared(s)
	}
}

func (w *stateWriter) shared(s *HostShared) {
	w.Put("shared ", s.shared, " made=", s.Made, " closed=", s.Closed, " cancelling=", s.CancelRequested, " reading=", s.Copying,
		" reclaim=", s.CanReclaim)
	switch b := s.Pending.(type) {
	case *hostReadable:
		w.hostBuffer(&b.hostBuffer)
	case *hostWritable:
		w.hostBuffer(&b.hostBuffer)
	case nil:
	default:
		w.Put(" pending=", b)
	}
	w.Put(" done=", s.onCopyDone, "\n")
}

func (w *stateWriter) hostBuffer(b *hostBuffer) {
	w.Put(" pending=", b.n, ",", b.progress, ",", b.seed)
	if b.literal != "" {
		w.Text(" " + b.literal)
	}
}

// instances writes the parts of instances that are not in the store.
func (w *stateWriter) instances(r *Run) {
	for _, in := range r.ordered {
		w.Text("heap ")
		w.Put(in.heap)
		if !r.World.RightClass {
			w.Put(" known ", in.known)
		}
		if in.memory != nil && r.compiled.readsMemory {
			w.Put(" memory ", string(in.memory.Bytes.B))
		}
		w.Text("\n")
	}
}
