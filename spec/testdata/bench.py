"""Measures definitions.py as spec/bench_test.go measures the port.

usage: bench.py DIR, where DIR holds definitions.py
"""
import sys
import time

sys.path.insert(0, sys.argv[1])
import definitions as D


def measure(name, once, seconds=1.0):
    once()
    n, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        once()
        n += 1
    per = (time.perf_counter() - begun) / n
    print(f"{name:24} {per * 1e9:14.0f} ns/op")


def table_add_remove():
    inst = D.ComponentInstance(D.Store())
    rt = D.ResourceType(inst)

    def once():
        i = inst.handles.add(D.ResourceHandle(rt, 42, own=True))
        inst.handles.remove(i)
    measure("TableAddRemove", once)


def call():
    store = D.Store()
    caller, callee = D.ComponentInstance(store), D.ComponentInstance(store)
    ft = D.FuncType([D.U32Type()], [D.U32Type()])
    opts = D.CanonicalOptions()
    lowered = store.lower(store.lift(lambda args: args, ft, opts, callee), ft, opts, caller)
    outer = store.lift(lambda args: lowered(args), ft, opts, caller)
    measure("Call", lambda: store.invoke(outer, lambda: [42], lambda result: None))


def lower_records():
    memory = D.MemInst(bytearray(1 << 20), "i32")
    last = 0

    def realloc(args):
        nonlocal last
        _, _, alignment, size = args
        ptr = D.align_to(last, alignment)
        last = ptr + size
        return [ptr]
    cx = D.LiftLowerContext(D.LiftLowerOptions("utf8", memory, realloc), D.ComponentInstance(D.Store()))
    t = D.ListType(D.RecordType([D.FieldType("a", D.U32Type()), D.FieldType("b", D.U8Type()), D.FieldType("c", D.F64Type())]))
    values = [{"a": i, "b": i % 256, "c": float(i)} for i in range(10000)]

    def once():
        nonlocal last
        last = 0
        D.lower_flat(cx, values, t)
    measure("LowerRecords", once)


table_add_remove()
call()
lower_records()
