package model

import (
	"fmt"
	"slices"
	"strings"

	"cabi/spec"
)

// A pairWorker expands pairs: it makes runs on both versions.
type pairWorker struct {
	old, new *worker
}

func newPairWorker(old, new Search) *pairWorker {
	w := &pairWorker{newWorker(newExplorer(old)), newWorker(newExplorer(new))}
	w.old.hearing, w.new.hearing = &hearing{}, &hearing{}
	return w
}

func (w *pairWorker) close() {
	for _, side := range []*worker{w.old, w.new} {
		side.pool.Close()
		side.explorer.close()
	}
}

// pairSuccessors are what a pair was expanded to.
type pairSuccessors struct {
	pairs       []*pair
	differences []*Divergence
	transitions int
	err         error
}

// start is what the versions come to at the start.
func (w *pairWorker) start() (s pairSuccessors) {
	var sides [2][]*Effect
	for i, side := range []*worker{w.old, w.new} {
		if sides[i], s.err = side.startEffects(); s.err != nil {
			return s
		}
	}
	pairs, d := compareEffects(w.old.World, nil, Host, Action{}, sides[0], sides[1])
	if s.pairs = pairs; d != nil {
		s.differences = append(s.differences, d)
	}
	return s
}

// startEffects are what a version can come to at the start.
func (w *worker) startEffects() (effects []*Effect, err error) {
	for pending := [][]uint32{nil}; len(pending) > 0; {
		s := &successor{}
		p := path{choices: pending[len(pending)-1]}.follow()
		pending = pending[:len(pending)-1]
		p.isFirst, p.everyOrder = true, w.Full
		p.atEnd = func(r *Run, at *Activation) Action {
			w.noteState(r, s)
			w.hearing.acts(at)
			return Action{}
		}
		w.hearing.begin()
		w.runToStart(p, s)
		if s.failed != nil {
			return nil, s.failed
		}
		s.heard = w.hearing.end(s)
		effects = addEffect(effects, s, p.Tape)
		pending = append(pending, p.Alternatives...)
	}
	return effects, nil
}

// A pairAction is an action that is taken from a pair, and what can be observed after it.
type pairAction struct {
	menuAction
	actor    string
	old, new []*Effect
	refused  bool // a state of the pair does not allow it
}

// A pairExpansion is the expansion of a pair under way.
type pairExpansion struct {
	actions []*pairAction // of all menus, in the order of the first, and then of what the others have besides
	err     error
	taken   int
	only    bool // no menu adds to the actions
}

// expand expands a pair.
func (w *pairWorker) expand(p *pair) (s pairSuccessors) {
	x := &pairExpansion{only: p.only}
	for _, a := range p.takes {
		x.actions = append(x.actions, &pairAction{menuAction: menuAction{a, w.old.ofMenu}})
	}
	todo := w.states(p)
	for i := range todo {
		x.expandState(&todo[i], 0)
		todo[i].known = len(x.actions)
	}
	for i := range todo { // a state that was expanded before another had more on its menu takes that, too
		if todo[i].known < len(x.actions) {
			x.expandState(&todo[i], todo[i].known)
		}
	}
	if s.err = x.err; s.err != nil {
		return s
	}
	s.transitions = x.taken
	for _, a := range x.actions {
		if a.refused {
			continue
		}
		pairs, d := compareEffects(w.old.World, p, a.actor, a.Action, a.old, a.new)
		if s.pairs = append(s.pairs, pairs...); d != nil {
			s.differences = append(s.differences, d)
		}
	}
	return s
}

// A stateToExpand is one state of a pair that is expanded.
type stateToExpand struct {
	*worker
	path
	effects func(*pairAction) *[]*Effect // those of the version
	known   int                          // how many actions were known after it was expanded
}

// states are the states of a pair, the old version's first.
func (w *pairWorker) states(p *pair) (todo []stateToExpand) {
	history := p.actions()
	for _, state := range p.old {
		todo = append(todo, stateToExpand{w.old, path{history, state.choices}, func(a *pairAction) *[]*Effect { return &a.old }, 0})
	}
	for _, state := range p.new {
		todo = append(todo, stateToExpand{w.new, path{history, state.choices}, func(a *pairAction) *[]*Effect { return &a.new }, 0})
	}
	return todo
}

// expandState takes the actions that are known of the pair, from one on, in one of its states; and if that is the first, those of its own
// menu, which are known then.
func (x *pairExpansion) expandState(state *stateToExpand, from int) {
	if x.err != nil {
		return
	}
	var taken []*pairAction
	state.offer = func(r *Run, at *Activation, own []menuAction) []menuAction {
		taken = x.offered(r, at, own, from)
		menu := make([]menuAction, len(taken))
		for i, a := range taken {
			menu[i] = a.menuAction
		}
		return menu
	}
	state.expand(state.path, func(s *successor) {
		x.taken++
		if s.failed != nil {
			x.err = s.failed
			return
		}
		i := slices.IndexFunc(taken, func(a *pairAction) bool { return a.String() == s.action.String() })
		all := state.effects(taken[i])
		*all = addEffect(*all, s, append(slices.Clip(state.choices), s.choices...))
	})
	state.offer = nil
}

// offered are the actions that are taken from a state whose menu is own: those that are known, from one on, and if that is the first,
// those that are not known yet.
func (x *pairExpansion) offered(r *Run, at *Activation, own []menuAction, from int) (taken []*pairAction) {
	for _, a := range x.actions[from:] {
		if a.check(r, at) != nil || r.isGone(a.Op) {
			a.refused = true
			continue
		}
		a.actor = at.Actor
		taken = append(taken, a)
	}
	if from > 0 || x.only {
		return taken
	}
	known := len(x.actions)
	for _, a := range own {
		text := a.String()
		if !slices.ContainsFunc(x.actions[:known], func(k *pairAction) bool { return k.String() == text }) {
			added := &pairAction{menuAction: a, actor: at.Actor}
			x.actions, taken = append(x.actions, added), append(taken, added)
		}
	}
	return taken
}

// A hearing hears what guests and the host can observe of an action: who is called with what, what comes back, what the host receives,
// how the run is stopped, and who acts next. An activation is called by when it began.
type hearing struct{ b strings.Builder }

func (h *hearing) begin() {
	if h != nil {
		h.b.Reset()
	}
}

// listen has the worker's hearing hear a run.
func (w *worker) listen(r *Run) {
	if w.hearing != nil {
		r.Observer = w.hearing
	}
}

// Entered hears that core code, or the host, is called.
func (h *hearing) Entered(at *Activation) {
	h.line("enter", at.Name, formatCores(at.Args), "as", at.Kind.String())
}

// Done hears that an action is done.
func (h *hearing) Done(at *Activation, results []spec.CoreValue) {
	h.line("done", ordinal(at), at.Pending.String(), "->", resultsText(*at.Pending, results))
}

// HostReceived hears nothing: hostPassed says the same.
func (h *hearing) HostReceived(string) {}

// hostPassed hears what values go to or from the host.
func (h *hearing) hostPassed(r *Run, what HostPass, k int, _ []spec.ValType, vs []spec.Value) {
	words := []string{"host", passingWords[what], fmt.Sprint(k)}
	if vs == nil {
		words = append(words, "nothing")
	}
	for _, v := range vs {
		words = append(words, string(r.appendValue(nil, v)))
	}
	h.line(words...)
}

// passingWords are the moments at which values go to or from the host.
var passingWords = [...]string{HostStarts: "passes arguments of call", HostResolved: "receives results of call", HostStarted: "receives arguments of call",
	HostGot: "receives elements of", HostGave: "passes elements of", HostCopied: "is told of the end of a copy of"}

// acts hears who acts next.
func (h *hearing) acts(at *Activation) {
	if h != nil {
		h.line("next is", ordinal(at))
	}
}

// ordinal is how an activation is called: by its function, and which activation of the run it is.
func ordinal(at *Activation) string { return fmt.Sprintf("%s#%d", at.Name, at.began) }

// end is what was heard until the run came to a state or was stopped.
func (h *hearing) end(s *successor) string {
	if h == nil {
		return ""
	}
	if !s.atMenu {
		kind := s.stopKind
		if kind == "" {
			kind = "nothing can act"
		}
		h.line(kind)
	}
	return strings.TrimSuffix(h.b.String(), "\n")
}

func (h *hearing) line(words ...string) {
	for i, word := range words {
		if i > 0 && word != "" {
			h.b.WriteByte(' ')
		}
		h.b.WriteString(word)
	}
	h.b.WriteByte('\n')
}
