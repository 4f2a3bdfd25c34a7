package upstream

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"cabi/model"
	"cabi/spec"
)

// A Case is one run in a form that every language can repeat: what it starts from, what is done, what is chosen.
type Case struct {
	World         *model.World `json:"world"`
	Deterministic bool         `json:"deterministic,omitempty"`
	Actions       []Step       `json:"actions"` // of guests and host, in the order in which they are taken
	Choices       []uint64     `json:"choices"` // the numbers that random draws
	States        string       `json:"states,omitempty"`
}

// How much of the state a trace has.
const (
	statesHashed = "hash" // if empty: the CRC-32 of the text
	statesFull   = "full" // the text
)

// A Step is one action as JSON: its name, its words, its numbers.
type Step model.Action

// MarshalJSON writes a float as the hexadecimal of its bits, in a string.
func (s Step) MarshalJSON() ([]byte, error) {
	numbers := make([]any, len(s.Args))
	for i, v := range s.Args {
		numbers[i] = v.Uint64()
		if v.IsFloat() {
			numbers[i] = fmt.Sprintf("0x%016x", math.Float64bits(v.Float64()))
		}
	}
	words := s.Imm
	if words == nil {
		words = []string{}
	}
	return json.Marshal([]any{s.Op, words, numbers})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Step) UnmarshalJSON(b []byte) error {
	var numbers []json.RawMessage
	if err := json.Unmarshal(b, &[]any{&s.Op, &s.Imm, &numbers}); err != nil {
		return err
	}
	s.Args = nil
	for _, raw := range numbers {
		v, err := parseNumber(string(raw))
		if err != nil {
			return err
		}
		s.Args = append(s.Args, v)
	}
	return nil
}

func parseNumber(raw string) (spec.CoreValue, error) {
	if text, ok := strings.CutPrefix(raw, `"0x`); ok {
		bits, err := strconv.ParseUint(strings.TrimSuffix(text, `"`), 16, 64)
		return spec.CoreFloat(math.Float64frombits(bits)), err
	}
	n, err := strconv.ParseUint(raw, 10, 64)
	return spec.CoreInt(n), err
}

// A recorder writes the trace of a run on the port, line by line as driver.py does, and keeps the actions and choices
// that lead to it.
//
//	> actor activation: action   an action is taken
//	( actor activation args      core code, or the host, is called
//	= results                    an action is done
//	h text                       the host is told something
//	c function n got             the specification chooses one of n
//	b function k got             the specification draws k bits
//	s state                      the state before an action, and after the last
//	! stop                       how the specification stops the run, and where
type recorder struct {
	mu      sync.Mutex // of lines and made
	lines   []string
	made    Case
	actor   model.Actor
	choices spec.Choices
	full    bool
	state   string // at the last menu
	seen    *Coverage
	op      string
	begun   map[*model.Activation]int // how many actions there were when an activation began its last
	opens   []int                     // the lines for which a trace for people has lines of its own
	by      *model.Activation         // whose action the last of them is; nil: it is none
}

func (r *recorder) tell(format string, args ...any) { r.add(fmt.Sprintf(format, args...)) }

// maxLines is far more than any run has that ends.
const maxLines = 1 << 20

// add adds a line. Whoever has lost patience may look at the lines meanwhile.
func (r *recorder) add(line string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.lines) == maxLines {
		panic(errEndless)
	}
	r.lines = append(r.lines, line)
}

// errEndless stops a run that goes on and on.
var errEndless = errors.New("the run does not end")

// soFar is the trace up to now, and the actions and choices that led there.
func (r *recorder) soFar() ([]string, Case) {
	r.mu.Lock()
	defer r.mu.Unlock()
	made := r.made
	made.Actions, made.Choices = slices.Clone(made.Actions), slices.Clone(made.Choices)
	return slices.Clone(r.lines), made
}

// acted and chose keep an action and a choice.
func (r *recorder) acted(a model.Action) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made.Actions = append(r.made.Actions, Step(a))
}

func (r *recorder) chose(got uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made.Choices = append(r.made.Choices, got)
}

// open notes that the next line has one of its own in a trace for people.
func (r *recorder) open(by *model.Activation) {
	r.opens, r.by = append(r.opens, len(r.lines)), by
}

// Entered tells that core code, or the host, is called.
func (r *recorder) Entered(at *model.Activation) {
	r.open(nil)
	r.add(strings.TrimRight(fmt.Sprintf("( %s %s %s", at.Actor, at.Name, coreText(at.Args)), " "))
}

// Done tells that an action is done.
func (r *recorder) Done(at *model.Activation, results []spec.CoreValue) {
	if r.seen != nil {
		r.seen.done(r.made.World, at, results, len(r.made.Actions) > r.begun[at])
	}
	if r.by != at {
		r.open(nil)
	}
	r.by = nil
	r.add(strings.TrimRight("= "+coreText(results), " "))
}

// Heard tells what the host is told.
func (r *recorder) HostReceived(text string) { r.add("h " + text) }

// errEnd stops a run whose actions are used up.
var errEnd = errors.New("the actions end")

// Next has the actor choose, and records what it chooses.
func (r *recorder) Next(run *model.Run, at *model.Activation) model.Action {
	r.tellState(run)
	a := r.actor.Next(run, at)
	r.acted(a)
	words := append([]string{a.Op}, a.Imm...)
	for _, v := range a.Args {
		words = append(words, numberText(v))
	}
	r.open(nil)
	if a.Op != "return" && a.Op != "throw" {
		r.by = at
	}
	r.tell("> %s %s: %s", at.Actor, at.Name, strings.Join(words, " "))
	r.op = a.Op
	if r.seen != nil {
		r.begun[at] = len(r.made.Actions)
	}
	return a
}

func (r *recorder) tellState(run *model.Run) {
	r.state = stateText(run)
	if r.full {
		r.add("s " + r.state)
		return
	}
	r.tell("s %08x", crc32.ChecksumIEEE([]byte(r.state)))
}

// stateText is the state of the store and what is in the memories.
func stateText(run *model.Run) string {
	b := run.Store.AppendState(nil)
	for _, i := range run.World.Instances {
		if mem := run.Memory(i.Name); mem != nil {
			b = fmt.Appendf(b, "memory %s %08x\n", i.Name, crc32.ChecksumIEEE(mem.Bytes.B))
		}
	}
	return string(b)
}

// Choose records a choice.
func (r *recorder) Choose(site spec.Site, n int) int {
	got := r.choices.Choose(site, n)
	r.chose(uint64(got))
	r.tell("c %s %d %d", functionOf(site), n, got)
	if r.seen != nil {
		r.seen.choice(site, n, got)
	}
	return got
}

// Bits records drawn bits.
func (r *recorder) Bits(site spec.Site, k int) uint64 {
	got := spec.DrawBits(r.choices, site, k)
	r.chose(got)
	r.tell("b %s %d %d", functionOf(site), k, got)
	return got
}

// functionOf is the Python function of a site.
func functionOf(site spec.Site) string {
	function, _, _ := strings.Cut(string(site), "/")
	return function
}

// run makes the run of a world.
func (r *recorder) run(world *model.World, deterministic bool, pool *spec.Pool) {
	r.begin(Case{World: world, Deterministic: deterministic, Actions: []Step{}, Choices: []uint64{}})
	options := spec.Options{Choices: r, Deterministic: deterministic, Pool: pool}
	if r.seen != nil {
		options.Observe, r.begun = r.seen.site, map[*model.Activation]int{}
	}
	run := model.NewRun(world, options, r)
	run.Observer = r
	switch r.main(run) {
	case errEnd:
		run.Close()
		return
	case errFault:
		return // its stacks may be in any state, and are left alone
	}
	defer run.Close()
	if run.Stopped != nil {
		r.open(nil)
		r.tell("! %s", stopText(run.Stopped))
		r.tellState(run)
	}
	if r.seen != nil {
		r.seen.run(run, r)
	}
}

func (r *recorder) begin(c Case) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made = c
}

// errFault is what a run ends with that a fault of the port ended, or one of whoever plays because the port misled it.
var errFault = errors.New("fault")

// main plays a run, and says what ended it before its end: nil, errEnd or errFault.
func (r *recorder) main(run *model.Run) (err error) {
	defer func() {
		got := recover()
		switch got {
		case nil:
			return
		case errEnd:
			err = errEnd
		default:
			err = errFault
		}
		r.tell("! %v", got)
	}()
	run.Main()
	return nil
}

// stopText says how a run was stopped, and where in definitions.py.
func stopText(err error) string {
	var trap *spec.Trap
	var failure *spec.AssertionFailure
	var crash *spec.Crash
	switch {
	case errors.As(err, &trap):
		return "trap " + placeOf(trap.Site)
	case errors.As(err, &failure):
		return "assertion-failure " + placeOf(failure.Site)
	case errors.As(err, &crash):
		return fmt.Sprintf("crash %s %s", crash.Function, crash.Exception)
	default:
		return "exception"
	}
}

// numberText writes ints in decimal and floats as their bits.
func numberText(v spec.CoreValue) string {
	if v.IsFloat() {
		return fmt.Sprintf("f64:0x%016x", math.Float64bits(v.Float64()))
	}
	return v.String()
}

func coreText(vs []spec.CoreValue) string {
	words := make([]string, len(vs))
	for i, v := range vs {
		words[i] = numberText(v)
	}
	return strings.Join(words, " ")
}
