package upstream

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"slices"
	"strings"
	"sync"

	"cabi/model"
	"cabi/spec"
)

// A recorder writes the trace of a run on the port, line by line as driver.py does, and records the actions and choices that
// lead to it.
//
//	> actor activation: action   an action is taken
//	( actor activation args      core code, or the host, is called
//	= results                    an action is done
//	h text                       the host is notified of something
//	c function n got             the specification chooses one of n
//	b function k got             the specification draws k bits
//	s state                      the state before an action, and after the last
//	! stop                       how the specification stops the run, and where
//
// It is the actor and the choices of the run, and has others, actor and choices, to choose for it.
type recorder struct {
	mu       sync.Mutex // protects lines and recorded
	lines    []string
	recorded Case
	actor    model.Actor
	choices  spec.Choices
	frames   bool   // the stacks of the run are frames
	full     bool   // the trace has the text of each state, not a hash
	memories bool   // of each state, the trace has the memories alone
	state    string // the state at the last menu
	writer   spec.StateWriter
	buffer   []byte    // of the writer
	seen     *Coverage // counts what the run reaches; optional
	op       string    // the last action

	begun      map[*model.Activation]int // how many actions there were when an activation began its last
	traceLines []int                     // the lines for which a model.Trace of the run has a line of its own
	doing      *model.Activation         // the activation whose action the last of these is; nil: it is no action, or one that returns
}

func (r *recorder) addf(format string, args ...any) { r.add(fmt.Sprintf(format, args...)) }

// maxLines is far more than a run has that ends.
const maxLines = 1 << 20

// add adds a line. Meanwhile a worker that has lost patience may read the lines in another goroutine.
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

// soFar is the trace of a run that may still go on, and the actions and choices that led there.
func (r *recorder) soFar() ([]string, Case) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.recorded
	c.Actions, c.Choices = slices.Clone(c.Actions), slices.Clone(c.Choices)
	return slices.Clone(r.lines), c
}

func (r *recorder) recordAction(a model.Action) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recorded.Actions = append(r.recorded.Actions, Step(a))
}

func (r *recorder) recordChoice(got uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recorded.Choices = append(r.recorded.Choices, got)
}

// startTraceLine notes that a model.Trace has a line for the next line.
func (r *recorder) startTraceLine(doing *model.Activation) {
	r.traceLines, r.doing = append(r.traceLines, len(r.lines)), doing
}

// Entered writes that core code, or the host, is called.
func (r *recorder) Entered(at *model.Activation) {
	r.startTraceLine(nil)
	r.add(strings.TrimRight("( "+at.Actor+" "+at.Name+" "+coreText(at.Args), " "))
}

// Done writes that an action is done. Directly after the action, a model.Trace has its results in the action's line.
func (r *recorder) Done(at *model.Activation, results []spec.CoreValue) {
	if r.seen != nil {
		r.seen.done(r.recorded.World, at, results, len(r.recorded.Actions) > r.begun[at])
	}
	if r.doing != at {
		r.startTraceLine(nil)
	}
	r.doing = nil
	r.add(strings.TrimRight("= "+coreText(results), " "))
}

// HostReceived writes what the host is notified of.
func (r *recorder) HostReceived(text string) { r.add("h " + text) }

// errEnd ends a run whose actions are used up.
var errEnd = errors.New("the actions end")

// Next has the actor choose an action, and records it.
func (r *recorder) Next(run *model.Run, at *model.Activation) model.Action {
	r.addState(run)
	a := r.actor.Next(run, at)
	r.recordAction(a)
	r.startTraceLine(nil)
	if a.Op != "return" && a.Op != "throw" {
		r.doing = at
	}
	r.add("> " + at.Actor + " " + at.Name + ": " + actionText(a))
	r.op = a.Op
	if r.seen != nil {
		r.begun[at] = len(r.recorded.Actions)
	}
	return a
}

// addState writes the state.
func (r *recorder) addState(run *model.Run) {
	r.buffer = r.writer.Append(r.buffer[:0], run.Store, nil)
	store := len(r.buffer)
	r.buffer = appendMemories(r.buffer, run)
	r.state = string(r.buffer)
	switch {
	case r.memories:
		r.add("s " + r.state[store:])
	case r.full:
		r.add("s " + r.state)
	default:
		r.add("s " + crcText(r.buffer))
	}
}

// appendMemories appends a hash of each memory.
func appendMemories(b []byte, run *model.Run) []byte {
	for _, i := range run.World.Instances {
		if mem := run.Memory(i.Name); mem != nil {
			b = appendMemory(b, i.Name, mem.Bytes.B)
		}
	}
	return b
}

// appendMemory appends the line of a memory.
func appendMemory(b []byte, instance string, data []byte) []byte {
	return append(append(append(append(append(b, "memory "...), instance...), ' '), crcText(data)...), '\n')
}

// crcText is the CRC-32 of a text, as eight digits.
func crcText(b []byte) string {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.ChecksumIEEE(b))
	return hex.EncodeToString(sum[:])
}

// Choose records a choice.
func (r *recorder) Choose(site spec.Site, n int) int {
	got := r.choices.Choose(site, n)
	r.recordChoice(uint64(got))
	r.addf("c %s %d %d", functionOf(site), n, got)
	if r.seen != nil {
		r.seen.choice(site, n, got)
	}
	return got
}

// Bits records drawn bits.
func (r *recorder) Bits(site spec.Site, k int) uint64 {
	got := spec.DrawBits(r.choices, site, k)
	r.recordChoice(got)
	r.addf("b %s %d %d", functionOf(site), k, got)
	return got
}

// functionOf is the Python function of a site.
func functionOf(site spec.Site) string {
	function, _, _ := strings.Cut(string(site), "/")
	return function
}

// run makes the run of a world.
func (r *recorder) run(world *model.World, deterministic bool, pool *spec.Pool) {
	r.begin(Case{World: world, Deterministic: deterministic, Actions: []Step{}, Choices: []uint64{}, Frames: r.frames})
	options := spec.Options{Choices: r, Deterministic: deterministic, Pool: pool, Frames: r.frames}
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
		r.startTraceLine(nil)
		r.addf("! %s", stopText(run.Stopped))
		r.addState(run)
	}
	if r.seen != nil {
		r.seen.run(run, r)
	}
}

// begin begins the record of a run.
func (r *recorder) begin(c Case) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.recorded = c
}

// errFault is the end of a run in which the port panicked, or the actor did because the port misled it.
var errFault = errors.New("fault")

// main makes a run, and returns how it ended: nil, errEnd or errFault.
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
		r.addf("! %v", got)
	}()
	run.Main()
	return nil
}

// stopText is how the specification stopped a run, and where in definitions.py.
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
