package export

import (
	"strings"

	"cabi/model"
	"cabi/spec"
)

// A memory of a world has a few bytes, and one of WebAssembly 64 KiB at least. Where a trap is about the end of the memory, the addresses of
// the trace are moved by the difference, so that both memories end at the same place.

// pageSize is the size of the memories.
const pageSize = 65536

// base is what is added to the addresses of the trace in a component.
func (c *component) base() uint64 {
	i := worldInstance(c.world, c.name)
	if i == nil || i.Memory == 0 || !c.atMemoryEnd() {
		return 0
	}
	return uint64(pageSize - i.Memory)
}

// atMemoryEnd reports whether the trap is about the end of a memory.
func (w *wastWriter) atMemoryEnd() bool {
	trap := trapOf(w.stopped)
	return trap != nil && strings.HasSuffix(string(trap.Site), "bounds") && trap.Site != "Table.get/bounds"
}

// checkMoves refuses a trace whose addresses are to be moved if there are some in memory, which nobody can tell from other numbers.
func (w *wastWriter) checkMoves() {
	if !w.atMemoryEnd() {
		return
	}
	for _, i := range w.world.Instances {
		if i.Memory%8 != 0 || i.Memory > 4096 {
			w.fail(unsupported("the trap is about the end of a memory of %d bytes", i.Memory))
		}
	}
	for _, s := range w.scripts {
		for _, step := range s.steps {
			if step.action.Op == "memory.store" && len(step.action.Literals) == 0 || len(step.memory) > 0 {
				w.fail(unsupported("the trap is about the end of the memory, and addresses may be in it"))
			}
		}
	}
}

// moved are core values of which those that are addresses are moved.
func (c *component) moved(vs []spec.CoreValue, addresses []bool) []spec.CoreValue {
	if c.base() == 0 {
		return vs
	}
	moved := append([]spec.CoreValue{}, vs...)
	for i, is := range addresses {
		if is && i < len(moved) {
			moved[i] = spec.CoreInt((moved[i].Uint64() + c.base()) & 0xffff_ffff)
		}
	}
	return moved
}

// addressesOf are the places of addresses among the operands of built-ins.
var addressesOf = map[string]int{
	"waitable-set.wait": 1, "waitable-set.poll": 1, "stream.read": 1, "stream.write": 1, "future.read": 1, "future.write": 1,
	"error-context.new": 0, "error-context.debug-message": 1,
}

// operandAddresses says which operands of an action are addresses.
func (c *component) operandAddresses(a model.Action) []bool {
	if at, is := addressesOf[a.Op]; is {
		all := make([]bool, at+1)
		all[at] = true
		return all
	}
	sig := c.signature(a)
	switch a.Op {
	case "call":
		f := c.function(a.Imm[0])
		all := c.flatAddresses(c.parse(f.Params), spec.UpstreamLimits.FlatParams)
		if c.lowersAsync(f.Name) {
			all = c.flatAddresses(c.parse(f.Params), spec.UpstreamLimits.FlatAsyncParams)
		}
		if len(all) < len(sig.params) {
			all = append(all, true) // where the result goes
		}
		return all
	case "task.return", "task.return-other":
		return c.flatAddresses(c.parse(strings.Split(strings.Trim(a.Imm[0], "()"), ",")), spec.UpstreamLimits.FlatParams)
	}
	return nil
}

// argumentAddresses says which arguments of an activation are addresses.
func (c *component) argumentAddresses(at *model.Activation) []bool {
	switch at.Kind {
	case model.KindFunc:
		return c.flatAddresses(c.parse(c.function(at.Name).Params), spec.UpstreamLimits.FlatParams)
	case model.KindRealloc:
		return []bool{at.Args[1].Uint64() > 0}
	case model.KindPostReturn:
		return c.resultAddresses(strings.TrimSuffix(at.Name, ".post-return"))
	}
	return nil
}

// returnAddresses says which core values that an activation returns are addresses.
func (c *component) returnAddresses(at *model.Activation) []bool {
	switch {
	case at.Kind == model.KindRealloc:
		return []bool{true}
	case at.Kind == model.KindFunc && c.function(at.Name).Lift == "":
		return c.resultAddresses(at.Name)
	}
	return nil
}

func (c *component) resultAddresses(function string) []bool {
	return c.flatAddresses(c.parse(c.function(function).Results), spec.UpstreamLimits.FlatResults)
}

// flatAddresses says which of the core values are addresses that values of some types are flattened to, at most so many; more are in memory.
func (c *component) flatAddresses(ts []spec.ValType, most int) []bool {
	var all []bool
	for _, t := range ts {
		all = append(all, c.addressesIn(t)...)
	}
	if len(all) > most {
		return []bool{true}
	}
	return all
}

func (c *component) addressesIn(t spec.ValType) []bool {
	switch t := t.(type) {
	case nil:
		return nil
	case spec.StringType, *spec.MapType:
		return []bool{true, false}
	case *spec.ListType:
		if t.L == nil {
			return []bool{true, false}
		}
	case *spec.TupleType, *spec.RecordType:
		var all []bool
		for _, part := range partsOf(t) {
			all = append(all, c.addressesIn(part)...)
		}
		return all
	}
	for _, part := range partsOf(t) {
		for _, is := range c.addressesIn(part) {
			if is && c.base() > 0 {
				c.fail(unsupported("the trap is about the end of the memory, and a %s has an address in it, or not", spec.TypeName(t)))
			}
		}
	}
	return make([]bool, len(cores([]spec.ValType{t})))
}
