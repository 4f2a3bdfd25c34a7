package properties

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A property of values: what is passed is what arrives, read by a second codec (codec.go).

var valuesKept = &model.Property{
	Name:      "values-kept",
	Statement: "A value that core code passes is the value that the other side is given; what is no value goes nowhere, and no value is refused.",
	Kind:      "step",
	Origin: `CanonicalABI.md, Loading, Storing, Flat Lifting and Flat Lowering: "the lift_flat function defines how to convert a list of core values […] into a ` +
		`single high-level value", and lower_flat back; the layout of values in memory`,
	BlindSpots: "Types with handles, streams, futures or error contexts in them; calls of the host; calls that wait to begin, or whose result comes later; futures; buffers that overlap.",
	CoreTypes:  true,
	New:        func() model.Checker { return &valuesChecker{BaseChecker: model.BaseChecker{Name: "values-kept"}} },
}

// A valuesChecker reads the values that core code passes, where it has them, and where the other side is given them, within one step: what it
// remembers are the tasks and the actions under way at the last menu, which the state has.
type valuesChecker struct {
	model.BaseChecker
	tasks    []*spec.Task
	pending  []*model.Action
	returned *passed // by a function that is lifted sync, since the last menu
}

// passed is what core code passes: values of types, or what is none.
type passed struct {
	name   string // of the function, or the stream's elements
	values spec.Value
	err    error // what it passes is no value
}

func (c *valuesChecker) Settled(r *model.Run) {
	c.tasks, c.pending, c.returned = append(c.tasks[:0], r.Tasks()...), c.pending[:0], nil
	for _, at := range r.Activations {
		if at.Pending != nil {
			c.pending = append(c.pending, at.Pending)
		}
	}
}

// begun is the activation whose action has begun since the last menu; nil: there is none.
func (c *valuesChecker) begun(r *model.Run) *model.Activation {
	for _, at := range slices.Backward(r.Activations) {
		if at.Pending != nil && at.Actor != model.Host && !slices.Contains(c.pending, at.Pending) {
			return at
		}
	}
	return nil
}

// decoderOf reads values as an instance has them.
func decoderOf(r *model.Run, instance string) *decoder {
	return &decoder{mem: r.Memory(instance), encoding: r.Encoding(instance),
		mostText: r.World.Limits.StringByteLength, mostList: r.World.Limits.ListByteLength}
}

// Entered compares the arguments that a function is called with and those that its caller passed.
func (c *valuesChecker) Entered(r *model.Run, at *model.Activation) {
	caller := c.begun(r)
	if at.Kind != model.KindFunc || caller == nil || caller.Pending.Op != "call" || caller.Pending.Imm[0] != at.Name || slices.Contains(c.tasks, at.Thread().Task()) {
		return
	}
	given, plain := c.arguments(r, caller)
	if !plain {
		return
	}
	d := decoderOf(r, at.Actor)
	if d.strict = true; d.mem == nil {
		return
	}
	values, err := d.receive(r.FuncType(at.Name).Params, at.Args, limit(r.World.Limits.FlatParams, spec.UpstreamLimits.FlatParams))
	c.compare(given, passed{at.Name, values, err})
}

// arguments are what a caller passes to the function that it calls; false: there are none, or they are not read here.
func (c *valuesChecker) arguments(r *model.Run, caller *model.Activation) (passed, bool) {
	name := caller.Pending.Imm[0]
	ts := r.FuncType(name).Params
	if len(ts) == 0 || !plainTypes(ts) || r.Memory(caller.Actor) == nil {
		return passed{}, false
	}
	most := limit(r.World.Limits.FlatParams, spec.UpstreamLimits.FlatParams)
	if lowersAsync(r.World, caller.Actor, name) {
		most = limit(r.World.Limits.FlatAsyncParams, spec.UpstreamLimits.FlatAsyncParams)
	}
	d, args := decoderOf(r, caller.Actor), caller.Pending.Args
	if n := len(d.coreTypes(&spec.TupleType{Ts: ts})); n <= most && n <= len(args) {
		args = args[:n] // behind them is the address for the result
	}
	values, err := d.receive(ts, args, most)
	return passed{name, values, err}, true
}

// Left reads the result that a function returns that is lifted sync. Others call task.return.
func (c *valuesChecker) Left(r *model.Run, at *model.Activation) {
	if at.Kind != model.KindFunc || at.Pending == nil || at.Pending.Op != "return" || at.Packed || len(at.Results) == 0 || !plainTypes(at.Results) || r.Memory(at.Actor) == nil {
		return
	}
	values, err := decoderOf(r, at.Actor).receive(at.Results, at.Pending.Args, limit(r.World.Limits.FlatResults, spec.UpstreamLimits.FlatResults))
	c.returned = &passed{at.Name, values, err}
}

// Done compares the result that a call has with the one that was returned, and the elements that a copy has copied on both sides.
func (c *valuesChecker) Done(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	switch a := at.Pending; {
	case a == nil || at.Actor == model.Host:
	case a.Op == "call" && c.returned != nil && a.Imm[0] == c.returned.name:
		c.compareResults(r, at, results)
	case a.Op == "task.return":
		if values, plain := taskReturned(r, at); plain {
			c.NonVacuous = true
			if values.err != nil {
				c.violate("let in", fmt.Sprintf("%s did %s, and that is no value", at.Name, a))
			}
		}
	case (a.Op == "stream.read" || a.Op == "stream.write") && results[0].Uint64() != blocked:
		c.compareElements(r, at, results[0].Uint64()>>4)
	}
}

func (c *valuesChecker) compareResults(r *model.Run, at *model.Activation, results []spec.CoreValue) {
	a := at.Pending
	ts := r.FuncType(a.Imm[0]).Result
	most := limit(r.World.Limits.FlatResults, spec.UpstreamLimits.FlatResults)
	if lowersAsync(r.World, at.Actor, a.Imm[0]) {
		most = 0
	}
	d := decoderOf(r, at.Actor)
	if d.strict = true; d.mem == nil {
		return
	}
	if len(d.coreTypes(&spec.TupleType{Ts: ts})) > most { // in memory, at the last argument
		results = a.Args[len(a.Args)-1:]
	}
	values, err := d.receive(ts, results, most)
	c.compare(*c.returned, passed{a.Imm[0], values, err})
}

// taskReturned is what task.return is called with; false: it is not read here.
func taskReturned(r *model.Run, at *model.Activation) (passed, bool) {
	ts, err := r.ParseTypes(at.Pending.Imm[0])
	if err != nil || len(ts) == 0 || !plainTypes(ts) || r.Memory(at.Actor) == nil {
		return passed{}, false
	}
	values, err := decoderOf(r, at.Actor).receive(ts, at.Pending.Args, limit(r.World.Limits.FlatParams, spec.UpstreamLimits.FlatParams))
	return passed{at.Name, values, err}, true
}

// compareElements compares the elements that a copy has copied at once in its own buffer with those in the buffer that was waiting.
func (c *valuesChecker) compareElements(r *model.Run, at *model.Activation, n uint64) {
	a := at.Pending
	if a.Imm[0] == "_" {
		return
	}
	ts, err := r.ParseTypes("(" + a.Imm[0] + ")")
	own := slotAt(r, at).Element
	if err != nil || own == nil || !plainTypes(ts) || n == 0 {
		return
	}
	view, known := spec.ViewShared(spec.SharedOf(own))
	if !known || view.Pending == nil || view.Pending == own || view.Buffer == nil || view.Buffer.Progress < n {
		return
	}
	mine, theirs := decoderOf(r, at.Actor), decoderOf(r, view.Buffer.Instance.Name)
	size, _ := theirs.shape(ts[0])
	if from, to := a.Args[1].Uint64(), view.Buffer.Ptr-n*size; mine.mem == theirs.mem && from < to+n*size && to < from+n*size {
		return // the copy has overwritten what it has copied
	}
	here, there := passed{name: a.Imm[0]}, passed{name: a.Imm[0]}
	here.values, here.err = mine.getElements(ts[0], a.Args[1].Uint64(), n)
	there.values, there.err = theirs.getElements(ts[0], view.Buffer.Ptr-n*size, n)
	if a.Op == "stream.read" {
		here, there = there, here
	}
	c.compare(here, there)
}

// Stopped checks that what a trap refuses is no value.
func (c *valuesChecker) Stopped(r *model.Run, err error) {
	trap, is := errors.AsType[*spec.Trap](err)
	if !is {
		return
	}
	function := string(trap.Site)
	if end := strings.IndexAny(function, "/#"); end >= 0 { // a trap that the pin has not has a number for a name
		function = function[:end]
	}
	if function == "BufferGuestImpl.__init__" {
		c.refusedBuffer(r, trap)
		return
	}
	if !slices.Contains(refusing, function) {
		return
	}
	given, plain := c.refused(r)
	if !plain {
		return
	}
	c.NonVacuous = true
	if given.err == nil {
		c.violate("refused", fmt.Sprintf("%s traps on %s, which is a value", trap.Site, model.FormatValue(given.values)))
	}
}

// refusedBuffer checks that a buffer that a trap refuses is too long, not aligned or not in the memory.
func (c *valuesChecker) refusedBuffer(r *model.Run, trap *spec.Trap) {
	at := c.begun(r)
	if at == nil || len(at.Pending.Args) < 2 || at.Pending.Imm[0] == "_" || r.Memory(at.Actor) == nil {
		return
	}
	a, n := at.Pending, uint64(1) // of a future
	if len(a.Args) == 3 {
		n = a.Args[2].Uint64()
	}
	ts, err := r.ParseTypes("(" + a.Imm[0] + ")")
	if err != nil || !plainTypes(ts) {
		return
	}
	c.NonVacuous = true
	d := decoderOf(r, at.Actor)
	size, align := d.shape(ts[0])
	if n <= limit(r.World.Limits.BufferLength, spec.UpstreamLimits.BufferLength) && (n == 0 || d.within(a.Args[1].Uint64(), n, size, align, math.MaxUint64) == nil) {
		c.violate("refused", fmt.Sprintf("%s traps on %s, whose buffer is aligned, in the memory and not too long", trap.Site, a))
	}
}

// refusing are the functions that refuse what is no value.
var refusing = []string{"lift_flat_values", "load_string_from_range", "load_list_from_range", "convert_i32_to_char", "load_variant", "lift_flat_variant"}

// refused is what was to be lifted when a trap refused it; false: it is not read here.
func (c *valuesChecker) refused(r *model.Run) (passed, bool) {
	if c.returned != nil {
		return *c.returned, true
	}
	at := c.begun(r)
	switch {
	case at == nil:
		return passed{}, false
	case at.Pending.Op == "call" && len(r.Tasks()) >= len(c.tasks):
		return c.arguments(r, at)
	case at.Pending.Op == "task.return":
		return taskReturned(r, at)
	}
	return passed{}, false
}

// compare compares what is passed with what arrives.
func (c *valuesChecker) compare(given, arrives passed) {
	c.NonVacuous = true
	switch {
	case given.err != nil:
		c.violate("let in", fmt.Sprintf("what is passed to or by %s is no value, and arrives as %s", given.name, model.FormatValue(arrives.values)))
	case arrives.err != nil:
		c.violate("changed", fmt.Sprintf("%s is passed to or by %s, and what arrives is no value", model.FormatValue(given.values), given.name))
	case !reflect.DeepEqual(given.values, arrives.values):
		c.violate("changed", fmt.Sprintf("%s is passed to or by %s, and arrives as %s", model.FormatValue(given.values), given.name, model.FormatValue(arrives.values)))
	}
}

func (c *valuesChecker) violate(kind, message string) {
	if c.Message == "" {
		c.Message, c.ViolationKind = message, kind
	}
}

// plainTypes reports whether values of types can be read without tables: nothing in them is a handle.
func plainTypes(ts []spec.ValType) bool {
	for _, t := range ts {
		switch t := t.(type) {
		case *spec.OwnType, *spec.BorrowType, *spec.StreamType, *spec.FutureType, *spec.ErrorContextType:
			return false
		case *spec.ListType:
			if !plainTypes([]spec.ValType{t.T}) {
				return false
			}
		case *spec.MapType:
			if !plainTypes([]spec.ValType{t.K, t.V}) {
				return false
			}
		}
		if _, inner, ok := parts(t); ok && !plainTypes(inner) {
			return false
		}
		for _, k := range casesOf(t) {
			if k.T != nil && !plainTypes([]spec.ValType{k.T}) {
				return false
			}
		}
	}
	return true
}
