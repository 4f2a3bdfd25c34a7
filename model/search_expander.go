package model

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"slices"
	"strings"

	"cabi/spec"
)

// An Expander expands states of a search that somebody else leads, breadth first, and whose frontier and visited states somebody else
// keeps: machines of a cluster, say, each of which has an expander. One goroutine at a time uses it. A state is its path, as bytes that any
// expander of the same search reads.
//
// Whoever leads the search expands each state of a level once, and of the states that were reached and not before keeps one each by their
// fingerprints, those with the least path; these are the next level. All tallies, merged, make the report (Search.ReportOf).
type Expander struct {
	*explorer
	tally Tally
}

// A ReachedState is a state that was reached by an expansion.
type ReachedState struct {
	Fingerprint [16]byte
	Path        []byte
}

// A Tally is what expansions counted and found, as a report is to say it.
type Tally struct {
	Transitions int
	Stops       map[string]int
	Taken       map[int]int        // by the number of a line of the menus
	Fired       map[spec.Site]bool // of the sites that were evaluated
	Exercised   map[string]bool
	Violations  []TalliedViolation // the first of each kind: by the fewest actions, and of these the least path
}

// A TalliedViolation is a violation and the path to it.
type TalliedViolation struct {
	Property, Kind, Shape, Message string
	Actions                        int
	Path                           []byte
}

func (v *TalliedViolation) key() string { return keyOf(v.Property, v.Kind, v.Shape) }

func newTally() Tally {
	return Tally{Stops: map[string]int{}, Taken: map[int]int{}, Fired: map[spec.Site]bool{}, Exercised: map[string]bool{}}
}

// Merge adds another tally. The order in which tallies are merged does not matter.
func (t *Tally) Merge(o *Tally) {
	if t.Stops == nil {
		*t = newTally()
	}
	t.Transitions += o.Transitions
	for stop, n := range o.Stops {
		t.Stops[stop] += n
	}
	for line, n := range o.Taken {
		t.Taken[line] += n
	}
	for site, fired := range o.Fired {
		t.Fired[site] = t.Fired[site] || fired
	}
	maps.Copy(t.Exercised, o.Exercised)
	for _, v := range o.Violations {
		t.addViolation(v)
	}
}

func (t *Tally) addViolation(v TalliedViolation) {
	i, known := slices.BinarySearchFunc(t.Violations, v, func(a, b TalliedViolation) int { return cmp.Compare(a.key(), b.key()) })
	switch {
	case !known:
		t.Violations = slices.Insert(t.Violations, i, v)
	case cmp.Or(cmp.Compare(v.Actions, t.Violations[i].Actions), bytes.Compare(v.Path, t.Violations[i].Path)) < 0:
		t.Violations[i] = v
	}
}

// Expander is an expander of the search, which is one breadth first on the port. Close it when done.
func (s Search) Expander() (*Expander, error) {
	if s.Random != nil || s.DepthFirst || s.Source != nil || s.From != nil || s.Menu != nil {
		return nil, errors.New("states are expanded of searches breadth first, on the port, from the start of a world with menus")
	}
	if err := s.World.OnPort(); err != nil {
		return nil, err
	}
	s.Workers = 1
	return &Expander{newExplorer(s), newTally()}, nil
}

// Close frees the expander.
func (x *Expander) Close() { x.close() }

// Start yields the states that the search starts from.
func (x *Expander) Start(reached func(ReachedState)) {
	x.workers[0].start(path{}, func(s *successor) { x.add(nil, path{}, s, reached) })
}

// Expand yields the states that the state at the end of a path leads to. The same may be yielded several times.
func (x *Expander) Expand(at []byte, reached func(ReachedState)) error {
	from, err := x.readPath(at)
	if err != nil {
		return err
	}
	x.workers[0].expand(from, func(s *successor) { x.add(at, from, s, reached) })
	return nil
}

// Tally is what was counted and found since it was asked for last.
func (x *Expander) Tally() *Tally {
	t := x.tally
	x.tally = newTally()
	w := x.workers[0]
	clear(w.lastSeen[:])
	clear(w.seen) // what was in a tally that gets lost is in the next
	w.forgetExercised()
	return &t
}

// add tallies a successor, and yields its state.
func (x *Expander) add(at []byte, from path, s *successor, reached func(ReachedState)) {
	t := &x.tally
	if s.template != nil {
		t.Transitions++
		t.Taken[s.template.number]++
	}
	if s.stop != "" {
		t.Stops[s.stop]++
	}
	for _, evaluated := range s.sites {
		t.Fired[evaluated.site] = t.Fired[evaluated.site] || evaluated.fires
	}
	for _, property := range s.exercised {
		t.Exercised[property] = true
	}
	if len(s.violated) == 0 && !s.atMenu {
		return
	}
	to := appendPath(at, s)
	for _, v := range s.violated {
		t.addViolation(TalliedViolation{v.property, v.kind, v.shape, v.message, len(from.actions) + s.actions(), to})
	}
	if s.atMenu && (len(s.violated) == 0 || x.KeepGoing) {
		reached(ReachedState{s.fingerprint.Bytes(), to})
	}
}

// A path as bytes is a number of actions, then each: the number of its line of the menus; twice how many numbers it has, and these, or if
// they are not all ints, one more than twice the length of its text, and that. Then come the choices.

// appendPath is the path to a successor of the state at the end of another; that is nil at the start.
func appendPath(at []byte, s *successor) []byte {
	actions, before, choices := splitPath(at)
	b := binary.AppendUvarint(nil, actions+uint64(s.actions()))
	b = append(b, before...)
	if s.template != nil {
		b = appendAction(b, s.template, s.action)
	}
	b = append(b, choices...)
	for _, c := range s.choices {
		b = binary.AppendUvarint(b, uint64(c))
	}
	return b
}

func appendAction(b []byte, t *template, a Action) []byte {
	b = binary.AppendUvarint(b, uint64(t.number))
	if len(a.Literals) > 0 || slices.ContainsFunc(a.Args, spec.CoreValue.IsFloat) || !slices.Equal(a.Imm, t.action.Imm) {
		text := a.String()
		b = binary.AppendUvarint(b, 2*uint64(len(text))+1)
		return append(b, text...)
	}
	b = binary.AppendUvarint(b, 2*uint64(len(a.Args)))
	for _, arg := range a.Args {
		b = binary.AppendUvarint(b, arg.Uint64())
	}
	return b
}

// splitPath splits a path that was written here: how many actions it has, their bytes, and those of the choices.
func splitPath(at []byte) (actions uint64, before, choices []byte) {
	if at == nil {
		return 0, nil, nil
	}
	actions, rest := uvarint(at)
	body := rest
	for range actions {
		_, rest = uvarint(rest)
		var n uint64
		if n, rest = uvarint(rest); n%2 == 1 {
			rest = rest[n/2:]
			continue
		}
		for range n / 2 {
			_, rest = uvarint(rest)
		}
	}
	return actions, body[:len(body)-len(rest)], rest
}

var errPath = errors.New("these bytes are no path of this search")

// readPath reads a path.
func (x *Expander) readPath(at []byte) (to path, err error) {
	r := pathReader{rest: at}
	for range r.number(uint64(len(at))) {
		a, err := x.readAction(&r)
		if err != nil {
			return to, err
		}
		to.actions = append(to.actions, a)
	}
	for len(r.rest) > 0 && !r.bad {
		to.choices = append(to.choices, uint32(r.number(1<<32-1)))
	}
	if r.bad {
		return to, errPath
	}
	return to, nil
}

func (x *Expander) readAction(r *pathReader) (Action, error) {
	line, n := r.number(uint64(len(x.compiled.templates)-1)), r.number(2*uint64(len(r.rest))+1)
	if r.bad {
		return Action{}, errPath
	}
	a := x.compiled.templates[line].action
	if n%2 == 0 {
		a.Args = make([]spec.CoreValue, n/2)
		for i := range a.Args {
			a.Args[i] = spec.CoreInt(r.number(1<<64 - 1))
		}
		return a, nil
	}
	if n/2 > uint64(len(r.rest)) {
		return a, errPath
	}
	text := string(r.rest[:n/2])
	r.rest = r.rest[n/2:]
	return x.World.parseAction(strings.Fields(text))
}

// A pathReader reads numbers, and notes if there is none, or a larger one than there may be.
type pathReader struct {
	rest []byte
	bad  bool
}

func (r *pathReader) number(most uint64) uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 || n > most {
		r.bad, r.rest = true, nil
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// A LevelCount is how far a search has come that somebody else leads.
type LevelCount struct {
	States   int // in all levels
	Depth    int // of the last level, in actions
	Frontier int // states of the last level, which are not expanded
}

// ReportOf is the report of a search that expanders made.
func (s Search) ReportOf(t *Tally, c LevelCount) (*Report, error) {
	x, err := s.Expander()
	if err != nil {
		return nil, err
	}
	defer x.Close()
	if len(t.Stops) > 0 {
		x.report.Stops = maps.Clone(t.Stops)
	}
	for line, n := range t.Taken {
		if line < 0 || line >= len(x.timesTaken) {
			return nil, errPath
		}
		x.timesTaken[line] = n
	}
	x.fired, x.exercised = maps.Clone(t.Fired), maps.Clone(t.Exercised)
	r := &x.report
	r.States, r.Transitions, r.Depth, r.Frontier = c.States, t.Transitions, c.Depth, c.Frontier
	if s.Bounds.Steps > 0 && c.Depth >= s.Bounds.Steps && (s.KeepGoing || len(t.Violations) == 0) {
		r.AtBound, r.Steps = c.Frontier, s.Bounds.Steps
	}
	for _, v := range s.reported(t.Violations) {
		to, err := x.readPath(v.Path)
		if err != nil {
			return nil, err
		}
		x.addViolationAt(to, violation{v.Property, v.Kind, v.Shape, v.Message})
	}
	return x.finish(), nil
}

// reported are the violations that a report has: all, or if the search does not go on after one, a shortest.
func (s *Search) reported(all []TalliedViolation) []TalliedViolation {
	if s.KeepGoing || len(all) == 0 {
		return all
	}
	return []TalliedViolation{slices.MinFunc(all, func(a, b TalliedViolation) int {
		return cmp.Or(cmp.Compare(a.Actions, b.Actions), bytes.Compare(a.Path, b.Path))
	})}
}
