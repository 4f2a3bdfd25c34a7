package export

import (
	"encoding/binary"
	"fmt"
	"strings"

	abi "cabi/component"
	"cabi/spec"
)

// A fault is something that a runtime does otherwise than the specification says.
type fault struct {
	name     string
	variant  *spec.Variant
	without  map[spec.Site]bool
	observer abi.Observer
}

// A falsifier changes what core code gives and gets.
type falsifier struct {
	begins  func(c *abi.CoreCall) // before a built-in is called
	ends    func(c *abi.CoreCall) // when it has returned
	event   func(code, index, payload uint64) (uint64, uint64, uint64)
	results func(e *abi.Entry, results []spec.CoreValue)
}

func (falsifier) Invokes(*abi.Func, []spec.Value)  {}
func (falsifier) Drops(*spec.ResourceType, uint32) {}
func (falsifier) Ticks()                           {}
func (falsifier) Answers(*abi.Func, []spec.Value)  {}
func (falsifier) Answered(*abi.Func)               {}
func (f falsifier) Begins(c *abi.CoreCall) {
	if f.begins != nil {
		f.begins(c)
	}
}

// Ends changes results, and events that core code has waited or polled for: the code is the result, the index and payload are in memory.
func (f falsifier) Ends(c *abi.CoreCall) {
	if f.ends != nil {
		f.ends(c)
	}
	if f.event == nil || c.Name != "waitable-set.wait" && c.Name != "waitable-set.poll" {
		return
	}
	at := c.Options.Memory.Bytes.B[c.Args[1].Uint64():]
	code, index, payload := f.event(c.Results[0].Uint64(), uint64(binary.LittleEndian.Uint32(at)), uint64(binary.LittleEndian.Uint32(at[4:])))
	c.Results[0] = spec.CoreInt(code)
	binary.LittleEndian.PutUint32(at, uint32(index))
	binary.LittleEndian.PutUint32(at[4:], uint32(payload))
}

// Enters changes the event that a callback is told.
func (f falsifier) Enters(e *abi.Entry, args []spec.CoreValue) {
	if f.event != nil && e.Role == "callback" {
		code, index, payload := f.event(args[0].Uint64(), args[1].Uint64(), args[2].Uint64())
		args[0], args[1], args[2] = spec.CoreInt(code), spec.CoreInt(index), spec.CoreInt(payload)
	}
}

func (f falsifier) Leaves(e *abi.Entry, results []spec.CoreValue) {
	if f.results != nil {
		f.results(e, results)
	}
}

const blockedCode = 0xffffffff

// isCopy reports whether a built-in returns the result of a copy.
func isCopy(name string) bool {
	return (strings.HasPrefix(name, "stream.") || strings.HasPrefix(name, "future.")) && (strings.HasSuffix(name, "read") || strings.HasSuffix(name, "write"))
}

// of changes the results of some built-ins that have one.
func of(which func(c *abi.CoreCall) bool, change func(uint64) uint64) falsifier {
	return falsifier{ends: func(c *abi.CoreCall) {
		if len(c.Results) == 1 && which(c) {
			c.Results[0] = spec.CoreInt(change(c.Results[0].Uint64()))
		}
	}}
}

// lowBits gives another code where the low four bits are one.
func lowBits(from, to uint64) func(uint64) uint64 {
	return func(packed uint64) uint64 {
		if packed != blockedCode && packed&15 == from {
			return packed&^15 | to
		}
		return packed
	}
}

func ofCopy(c *abi.CoreCall) bool      { return isCopy(c.Name) }
func cancelsCopy(c *abi.CoreCall) bool { return isCopy(c.Name) && strings.Contains(c.Name, "cancel") }
func callsAsync(c *abi.CoreCall) bool  { return c.Name == "lower" && c.Async }
func exactly(code, other uint64) func(uint64) uint64 {
	return func(x uint64) uint64 {
		if x == code {
			return other
		}
		return x
	}
}

var (
	copyResults   = []string{"COMPLETED", "DROPPED", "CANCELLED"}
	subtaskStates = []string{"STARTING", "STARTED", "RETURNED", "CANCELLED_BEFORE_STARTED", "CANCELLED_BEFORE_RETURNED"}
	eventCodes    = []string{"NONE", "SUBTASK", "STREAM_READ", "STREAM_WRITE", "FUTURE_READ", "FUTURE_WRITE", "TASK_CANCELLED"}
	callbackCodes = []string{"EXIT", "YIELD", "WAIT"}
)

// statusFaults are runtimes that give a code for another, wherever core code meets it.
func statusFaults() (all []fault) {
	add := func(f falsifier, format string, args ...any) {
		all = append(all, fault{name: fmt.Sprintf(format, args...), observer: f})
	}
	pairs(copyResults, func(from, to uint64, a, b string) {
		add(of(ofCopy, lowBits(from, to)), "copies return %s for %s", b, a)
	})
	pairs(copyResults, func(from, to uint64, a, b string) {
		add(falsifier{event: func(code, index, payload uint64) (uint64, uint64, uint64) {
			if code >= 2 && code <= 5 {
				payload = lowBits(from, to)(payload)
			}
			return code, index, payload
		}}, "events of copies say %s for %s", b, a)
	})
	pairs(subtaskStates, func(from, to uint64, a, b string) {
		if from <= 2 { // an async call returns no other state
			add(of(callsAsync, lowBits(from, to)), "async calls return %s for %s", b, a)
		}
	})
	pairs(subtaskStates, func(from, to uint64, a, b string) {
		if from >= 2 {
			add(of(func(c *abi.CoreCall) bool { return c.Name == "subtask.cancel" }, exactly(from, to)), "`subtask.cancel` returns %s for %s", b, a)
		}
	})
	pairs(subtaskStates, func(from, to uint64, a, b string) {
		if from > 0 && from != 3 { // no event says that a subtask has not started; among components, one that is cancelled before says so at once
			add(falsifier{event: func(code, index, payload uint64) (uint64, uint64, uint64) {
				if code == 1 {
					payload = exactly(from, to)(payload)
				}
				return code, index, payload
			}}, "events of subtasks say %s for %s", b, a)
		}
	})
	pairs(eventCodes, func(from, to uint64, a, b string) {
		add(falsifier{event: func(code, index, payload uint64) (uint64, uint64, uint64) {
			return exactly(from, to)(code), index, payload
		}}, "the event %s is told for %s", b, a)
	})
	pairs(callbackCodes, func(from, to uint64, a, b string) {
		add(falsifier{results: func(e *abi.Entry, results []spec.CoreValue) {
			first := e.Role == "" && e.Func != nil && e.Func.Type.Async && len(e.Func.Type.Result) == 0 && len(results) == 1
			if e.Role == "callback" || first {
				results[0] = spec.CoreInt(lowBits(from, to)(results[0].Uint64()))
			}
		}}, "a callback's %s is taken for %s", a, b)
	})
	add(of(func(c *abi.CoreCall) bool { return ofCopy(c) || c.Name == "subtask.cancel" }, exactly(blockedCode, 0)), "COMPLETED is returned for BLOCKED")
	add(of(ofCopy, func(x uint64) uint64 {
		if x != blockedCode && x >= 16 {
			return x - 16
		}
		return x
	}), "the progress of a copy is one less")
	suspends := func(c *abi.CoreCall) bool {
		return strings.HasPrefix(c.Name, "thread.suspend") || strings.HasPrefix(c.Name, "thread.yield")
	}
	add(of(suspends, exactly(1, 0)), "a thread that is cancelled is told that it is not")
	add(of(suspends, exactly(0, 1)), "a thread that is not cancelled is told that it is")
	return all
}

// pairs calls f with all pairs of different codes and their names.
func pairs(names []string, f func(from, to uint64, a, b string)) {
	for from, a := range names {
		for to, b := range names {
			if from != to {
				f(uint64(from), uint64(to), a, b)
			}
		}
	}
}

// orderFaults are runtimes that take free indices in another order.
func orderFaults() []fault {
	order := func(name string, n func() spec.Numbering) fault {
		return fault{name: name, variant: &spec.Variant{Name: name, Layout: spec.SingleTable.Layout, Numbering: func(*spec.Tables, spec.TableKey) spec.Numbering { return n() }}}
	}
	by := func(better func(x, y uint64) bool) func() spec.Numbering {
		return func() spec.Numbering { return byIndex{better: better} }
	}
	return []fault{
		order("the index first that was freed first", func() spec.Numbering { return freedFirst{} }),
		order("the lowest index first", by(func(x, y uint64) bool { return x < y })),
		order("the highest index first", by(func(x, y uint64) bool { return x > y })),
		order("no index again", func() spec.Numbering { return never{} }),
		order("indices from 0", func() spec.Numbering { return fromZero{} }),
		order("indices from 2", func() spec.Numbering { return fromTwo{} }),
	}
}

type freedFirst struct{ spec.LIFO }

func (freedFirst) Next(free []uint64) int { return min(len(free), 1) - 1 }

type byIndex struct {
	spec.LIFO
	better func(x, y uint64) bool
}

func (b byIndex) Next(free []uint64) int {
	best := min(len(free), 1) - 1
	for i := range free {
		if b.better(free[i], free[best]) {
			best = i
		}
	}
	return best
}

type never struct{ spec.LIFO }

func (never) Next([]uint64) int { return -1 }

type fromZero struct{ spec.LIFO }

func (fromZero) Issue(place uint64) uint64 { return place - 1 }
func (fromZero) Index(place uint64) uint64 { return place - 1 }
func (fromZero) Place(index uint64) uint64 { return index + 1 }

type fromTwo struct{ spec.LIFO }

func (fromTwo) Issue(place uint64) uint64 { return place + 1 }
func (fromTwo) Index(place uint64) uint64 { return place + 1 }
func (fromTwo) Place(index uint64) uint64 { return max(index, 1) - 1 }

// seenFaults are those that were seen in a runtime that people use; docs/conformance.md says in which.
func seenFaults() []fault {
	lacks := func(name string, sites ...spec.Site) fault {
		f := fault{name: name, without: map[spec.Site]bool{}}
		for _, s := range sites {
			f.without[s] = true
		}
		return f
	}
	return []fault{
		{name: "`resource.drop` of an index that has nothing does nothing", observer: unknownDropped()},
		lacks("`resource.drop` takes a handle of another type", "canon_resource_drop/type"),
		lacks("`resource.drop` takes what is no resource handle", "canon_resource_drop/class"),
		{name: "`waitable-set.poll` of what is no set says that there is nothing", observer: anythingPolled()},
		lacks("`backpressure.dec` at 0 does not trap", "canon_backpressure_dec/underflow"),
		lacks("an end of a future or stream that is being read is passed", "lift_async_value/idle"),
		{name: "cancelling a copy overwrites a COMPLETED that is pending", observer: of(cancelsCopy, lowBits(0, 2))},
		lacks("an end in a waitable set is used synchronously", "stream_copy/in-set", "future_copy/in-set", "cancel_copy/in-set"),
		lacks("the callback code 3 is taken", "unpack_callback_result/code"),
	}
}

// unknownDropped makes a handle for resource.drop to drop where the index names nothing.
func unknownDropped() abi.Observer {
	return falsifier{begins: func(c *abi.CoreCall) {
		if c.Name == "resource.drop" && !lives(c.Instance, c.Args[0].Uint64()) {
			c.Args[0] = spec.CanonResourceNew(c.Instance.Store(), c.Resource, 0)[0]
		}
	}}
}

// anythingPolled polls a new set where there is none.
func anythingPolled() abi.Observer {
	made := false
	return falsifier{begins: func(c *abi.CoreCall) {
		if made = false; c.Name == "waitable-set.poll" && !isSet(c.Instance, c.Args[0].Uint64()) {
			c.Args[0], made = spec.CanonWaitableSetNew(c.Instance.Store())[0], true
		}
	}, ends: func(c *abi.CoreCall) {
		if made {
			spec.CanonWaitableSetDrop(c.Instance.Store(), c.Args[0].Uint64())
		}
	}}
}

func lives(i *spec.ComponentInstance, index uint64) bool {
	for slot := range i.LiveHandles() {
		if slot.Index == index {
			return true
		}
	}
	return false
}

func isSet(i *spec.ComponentInstance, index uint64) bool {
	for slot := range i.LiveHandles() {
		if _, is := slot.Element.(*spec.WaitableSet); is && slot.Index == index {
			return true
		}
	}
	return false
}
