package program

import (
	"slices"
)

// shorten leaves out calls that a finding does not need: those after it, and if every choice is the policy's, those before it too, as
// long as the same is found.
func (e *explorer) shorten(f *Finding) {
	if f.Kind == Leak {
		e.shortenLeak(f)
		return
	}
	if f.Call < 0 || f.Call >= len(f.Calls) {
		return
	}
	f.Calls = f.Calls[:f.Call+1]
	if len(f.Departures) > 0 || f.Seed != nil {
		return
	}
	for i := len(f.Calls) - 2; i >= 0; i-- {
		fewer := slices.Delete(slices.Clone(f.Calls), i, i+1)
		if text, ok := e.shows(fewer, f); ok {
			f.Calls, f.Text, f.Call = fewer, text, len(fewer)-1
		}
	}
}

// shows reports whether other calls show a finding in the last of them, and its text then.
func (e *explorer) shows(calls []Call, f *Finding) (string, bool) {
	p := *e.Program
	p.Calls = calls
	last := len(calls) - 1
	ending := e.run(&p, e.Variant, NewChoices(nil, nil), 0, 1)
	switch f.Kind {
	case DependsOnNumbering, UseAfterDrop:
		other := e.run(&p, f.Variant, NewChoices(nil, nil), 0, 1)
		call, text := differs(&p, ending, other, e.Variant.Name)
		same := text != "" && call == last && (f.Site == "" || other.Site == f.Site) && (other.stale != nil) == (f.Kind == UseAfterDrop)
		if same && f.Kind == UseAfterDrop {
			of := *e
			of.Exploration = &Exploration{Program: &p, Variant: e.Variant}
			text = of.staleText(ending, other)
		}
		return text, same
	}
	return ending.Text(&p), ending.Kind == f.Kind && ending.Site == f.Site && ending.Call == last
}

// shortenLeak leaves out calls without which as much is left, and more after a second round.
func (e *explorer) shortenLeak(f *Finding) {
	if len(f.Departures) > 0 || f.Seed != nil {
		return
	}
	for i := len(f.Calls) - 1; i >= 0; i-- {
		if i == f.Call {
			continue
		}
		p, like := *e.Program, f.left
		p.Calls = slices.Delete(slices.Clone(f.Calls), i, i+1)
		if i < f.Call {
			like.Call--
		}
		once, twice := e.run(&p, e.Variant, NewChoices(nil, nil), 0, 1), e.run(&p, e.Variant, NewChoices(nil, nil), 0, 2)
		if once.Kind != Returned || twice.Kind != Returned {
			continue
		}
		// of the same kind, made in the same call: in which step, may be another without the calls before
		n, more := count(&p, once.Left, like), count(&p, twice.Left, like)
		if n == 0 || more <= n {
			continue
		}
		for _, l := range once.Left {
			if l.key(&p) == like.key(&p) {
				like = l
				break
			}
		}
		f.Calls, f.Call, f.left, f.Text = p.Calls, like.Call, like, leakText(&p, like, n, more)
	}
}
