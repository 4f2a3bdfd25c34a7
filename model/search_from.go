package model

import "encoding/binary"

// startPath is the path to the state that the search starts from.
func (s *Search) startPath() path {
	if s.From == nil {
		return path{}
	}
	return path{actions: s.From.Actions, choices: s.From.Choices}
}

// recordOf is the record of a path.
func (e *explorer) recordOf(to path) []byte {
	b := binary.AppendUvarint(nil, uint64(len(to.actions)))
	for _, a := range to.actions {
		b = binary.AppendUvarint(b, uint64(e.intern(a)))
	}
	b = binary.AppendUvarint(b, uint64(len(to.choices)))
	for _, c := range to.choices {
		b = binary.AppendUvarint(b, uint64(c))
	}
	return b
}

// appendMenu appends the actions that are tried in an activation: those of Search.Menu, or of the world's menus.
func (w *worker) appendMenu(actions []menuAction, r *Run, at *Activation) []menuAction {
	if w.Menu == nil {
		return r.appendMenu(actions, at, w.Bounds, AnyIndex)
	}
	for _, a := range w.Menu(r, at) {
		actions = append(actions, menuAction{a, w.ofMenu})
	}
	return actions
}

// fingerprint is that of the state of a run. Where a trap is off that keeps the tables in order, there may be no state that can
// be written; the search then tells it apart from all others.
func (w *worker) fingerprint(r *Run) (f fingerprint) {
	defer func() {
		if len(w.Without) == 0 {
			return
		}
		if got := recover(); got != nil {
			f = pathFingerprint(w.actor)
		}
	}()
	if w.tweak.mergeNothing {
		return pathFingerprint(w.actor)
	}
	f, w.buf = w.writer.fingerprint(w.buf, r)
	return f
}
