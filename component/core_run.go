package component

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"cabi/spec"

	"github.com/tetratelabs/wazero/api"
)

// A coreMemory is a core memory and the specification's view of it.
type coreMemory struct {
	memory api.Memory
	spec   *spec.MemInst
}

// refresh makes the specification's memories those of the core instances again: a memory that grows moves. It is called
// wherever core code calls out and returns.
func (r *Run) refresh() {
	for _, m := range r.memories {
		if n := m.memory.Size(); uint32(len(m.spec.Bytes.B)) != n {
			m.spec.Bytes.B, _ = m.memory.Read(0, n)
		}
	}
}

// Call is called by wazero where core code calls a built-in or a lowered function.
func (f *hostSlot) Call(_ context.Context, _ api.Module, stack []uint64) {
	defer func() {
		if x := recover(); x != nil {
			panic(&carried{x})
		}
	}()
	r := f.host.run
	if r.calls++; r.options.MaxCalls > 0 && r.calls > r.options.MaxCalls {
		r.giveUp(ErrCalls)
	}
	r.refresh()
	results := f.f(toSpec(f.params, stack))
	if len(results) != len(f.results) {
		panic(fmt.Sprintf("component: a function of type %s returned %d results", f.t, len(results)))
	}
	fromSpec(f.results, results, stack)
}

func toSpec(types []spec.CoreType, stack []uint64) []spec.CoreValue {
	values := make([]spec.CoreValue, len(types))
	for i, t := range types {
		switch t {
		case spec.I32:
			values[i] = spec.CoreInt(uint64(uint32(stack[i])))
		case spec.I64:
			values[i] = spec.CoreInt(stack[i])
		case spec.F32:
			values[i] = spec.CoreFloat(widen(uint32(stack[i])))
		case spec.F64:
			values[i] = spec.CoreFloat(math.Float64frombits(stack[i]))
		}
	}
	return values
}

func fromSpec(types []spec.CoreType, values []spec.CoreValue, stack []uint64) {
	for i, t := range types {
		switch t {
		case spec.I32:
			stack[i] = uint64(uint32(values[i].Uint64()))
		case spec.I64:
			stack[i] = values[i].Uint64()
		case spec.F32:
			stack[i] = uint64(narrow(values[i].Float64()))
		case spec.F64:
			stack[i] = math.Float64bits(values[i].Float64())
		}
	}
}

// widen is an f32 as a float64. A NaN keeps its sign and payload, which a conversion by the machine need not keep.
func widen(bits uint32) float64 {
	if f := math.Float32frombits(bits); f == f {
		return float64(f)
	}
	return math.Float64frombits(uint64(bits>>31)<<63 | 0x7ff<<52 | uint64(bits&(1<<23-1))<<29)
}

// narrow is the f32 that a float64 was widened from.
func narrow(f float64) uint32 {
	if f == f {
		return math.Float32bits(float32(f))
	}
	bits := math.Float64bits(f)
	return uint32(bits>>63)<<31 | 0xff<<23 | uint32(bits>>29)&(1<<23-1)
}

// A coreCallee is a function of core code, with the callers of wazero's that are free: each serves one call at a time.
type coreCallee struct {
	run             *Run
	params, results []spec.CoreType
	make            func() api.Function
	idle            []api.Function
}

func (c *coreCallee) call(args []spec.CoreValue) []spec.CoreValue {
	f := c.take()
	stack := make([]uint64, max(len(c.params), len(c.results)))
	fromSpec(c.params, args, stack)
	err := f.CallWithStack(c.run.ctx, stack)
	c.run.refresh()
	if err != nil {
		c.run.rethrow(err)
	}
	c.idle = append(c.idle, f)
	return toSpec(c.results, stack)
}

func (c *coreCallee) take() api.Function {
	if n := len(c.idle); n > 0 {
		f := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return f
	}
	return c.make()
}

// rethrow panics with what stopped core code: the panic of a function that it called, an exception or a trap.
func (r *Run) rethrow(err error) {
	var c *carried
	if errors.As(err, &c) {
		panic(c.value)
	}
	if r.ctx.Err() != nil {
		r.giveUp(fmt.Errorf("core code was interrupted: %w", context.Cause(r.ctx)))
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	message = strings.TrimPrefix(message, "wasm error: ")
	if message == "uncaught exception" {
		panic(&spec.CoreException{Payload: "a core exception"})
	}
	panic(spec.CoreTrap(message))
}

// giveUp ends whatever runs, for a reason that is none of the specification's.
func (r *Run) giveUp(reason error) {
	r.gaveUp = reason
	r.store.Abort()
}

// uncarried is call for a function out of a table, which may be one of a host module: wazero calls that without taking its panics.
func (c *coreCallee) uncarried(args []spec.CoreValue) []spec.CoreValue {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case *carried:
			panic(x.value)
		default:
			panic(x)
		}
	}()
	return c.call(args)
}
