//go:build unix

package python

import "testing"

// BenchmarkLoad loads definitions.py into a new machine.
func BenchmarkLoad(b *testing.B) {
	dir := checkout(b)
	defer measureCPU(b)()
	for b.Loop() {
		if _, err := New(Options{Source: inDir(dir)}).Load("definitions"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRunTests loads definitions.py and runs run_tests.py.
func BenchmarkRunTests(b *testing.B) {
	dir := checkout(b)
	defer measureCPU(b)()
	for b.Loop() {
		if _, err := loadTests(inDir(dir), NewTwister(1)); err != nil {
			b.Fatal(err)
		}
	}
}

// nestedCall calls a component that calls another one, each once, synchronously.
const nestedCall = `
from definitions import *
store = Store()
root = ComponentInstance(store)
callee_inst = ComponentInstance(store, root)
caller_inst = ComponentInstance(store, root)
ft = FuncType([U32Type()], [U32Type()])
opts = CanonicalOptions(memory = MemInst(bytearray(16), 'i32'))
callee = store.lift(lambda args: [args[0] + 1], ft, opts, callee_inst)
lowered = store.lower(callee, ft, opts, caller_inst)
caller = store.lift(lambda args: lowered(args), ft, opts, caller_inst)
got = []
def call():
  store.invoke(caller, lambda: [41], got.append)
  assert got.pop() == [42]
`

// BenchmarkNestedCall makes a call through two components.
func BenchmarkNestedCall(b *testing.B) {
	m := New(Options{Source: inDir(checkout(b)), Random: NewTwister(1)})
	mod, err := m.LoadSource("nested", "nested.py", nestedCall)
	if err != nil {
		b.Fatal(err)
	}
	call, _ := mod.Get("call")
	defer measureCPU(b)()
	for b.Loop() {
		if _, err := m.Call(call); err != nil {
			b.Fatal(err)
		}
	}
}

// busyState is a state with several calls under way.
func busyState(b *testing.B) (*Machine, *Module, []byte) {
	m, mod := worldMachine(b, checkout(b), firstOfAll{})
	for _, choice := range []int{3, 6, 7, 3} { // a call, a set, a stream, another call
		if err := act(m, mod, choice, 0); err != nil {
			b.Fatal(err)
		}
	}
	state, err := m.Encode()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(len(state)), "bytes")
	return m, mod, state
}

// BenchmarkEncode writes a state.
func BenchmarkEncode(b *testing.B) {
	m, _, state := busyState(b)
	defer measureCPU(b)()
	for b.Loop() {
		var err error
		if state, err = m.AppendState(state[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTransition restores a state, lets a guest make a set, and writes the state after it.
func BenchmarkTransition(b *testing.B) {
	m, mod, state := busyState(b)
	var after []byte
	defer measureCPU(b)()
	for b.Loop() {
		_, err := m.Restore(state)
		if err == nil {
			err = act(m, mod, 6, 0)
		}
		if err == nil {
			after, err = m.AppendState(after[:0])
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}
