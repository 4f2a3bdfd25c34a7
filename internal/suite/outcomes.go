package suite

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"cabi/model"
	"cabi/spec"
)

// label is an action without its operands, and without the types and functions that it names.
func label(a model.Action) string {
	words := []string{a.Op}
	for _, w := range a.Imm {
		if slices.Contains([]string{"async", "sync", "cancellable", "uncancellable"}, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// switching are the built-ins whose result says whether the thread was resumed because its task was cancelled.
var switching = []string{"thread.suspend", "thread.yield", "thread.suspend-then-resume", "thread.yield-then-resume",
	"thread.suspend-then-promote", "thread.yield-then-promote"}

// outcome names the kind of outcome that an action had.
func outcome(r *model.Run, at *model.Activation, results []spec.CoreValue) string {
	a := *at.Pending
	group, verb, _ := strings.Cut(a.Op, ".")
	switch {
	case a.Op == "call" && lowersAsync(r.World, at.Actor, a.Imm[0]):
		return subtaskState(results[0].Uint64() & 0xf)
	case a.Op == "subtask.cancel" && results[0].Uint64() != spec.Blocked:
		return subtaskState(results[0].Uint64())
	case a.Op == "waitable-set.wait" || a.Op == "waitable-set.poll":
		at := r.Memory(at.Actor).Bytes.B[a.Args[1].Uint64()+4:]
		return event(results[0].Uint64(), uint64(binary.LittleEndian.Uint32(at)))
	case slices.Contains(switching, a.Op):
		return []string{"resumed", "cancelled"}[results[0].Uint64()&1]
	case len(results) == 1 && results[0] == spec.CoreInt(spec.Blocked):
		return "blocked"
	case (group == "stream" || group == "future") && len(results) == 1 && verb != "new":
		return copied(a, results[0].Uint64())
	}
	return "done"
}

// lowersAsync reports whether an instance imports a function async.
func lowersAsync(w *model.World, instance, function string) bool {
	return slices.ContainsFunc(w.Imports, func(i model.Import) bool { return i.Async && i.Instance == instance && i.Func == function })
}

func subtaskState(n uint64) string { return spec.SubtaskState(n).String() }

// copied says how a copy ended, and for a stream how much was copied; as a share of what was asked for, if that is known.
func copied(a model.Action, packed uint64) string {
	result := spec.CopyResult(packed & 0xf).String()
	if strings.HasPrefix(a.Op, "future.") {
		return result
	}
	asked := uint64(0)
	if len(a.Args) == 3 {
		asked = a.Args[2].Uint64()
	}
	return result + " " + amount(packed>>4, asked)
}

// amount says how much n is of asked, which is 0 if it is not known how much was asked for.
func amount(n, asked uint64) string {
	switch {
	case n == 0:
		return "with nothing"
	case n < asked:
		return "with a part"
	case asked == 0:
		return "with something"
	default:
		return "with all"
	}
}

// event names an event and its payload: the state of a subtask, or how a copy ended.
func event(code, payload uint64) string {
	c := spec.EventCode(code)
	switch c {
	case spec.EventSubtask:
		return c.String() + " " + subtaskState(payload)
	case spec.EventStreamRead, spec.EventStreamWrite:
		return fmt.Sprintf("%s %s %s", c, spec.CopyResult(payload&0xf), amount(payload>>4, 0))
	case spec.EventFutureRead, spec.EventFutureWrite:
		return fmt.Sprintf("%s %s", c, spec.CopyResult(payload&0xf))
	}
	return c.String()
}
