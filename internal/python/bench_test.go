package python

import "testing"

// BenchmarkLoad loads definitions.py into a new machine.
func BenchmarkLoad(b *testing.B) {
	dir := checkout(b)
	for b.Loop() {
		if _, err := New(Options{Source: inDir(dir)}).Load("definitions"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRunTests loads definitions.py and runs run_tests.py.
func BenchmarkRunTests(b *testing.B) {
	dir := checkout(b)
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
	for b.Loop() {
		if _, err := m.Call(call); err != nil {
			b.Fatal(err)
		}
	}
}
