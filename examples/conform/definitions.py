"""An adapter for cabi conform: it lets upstream's definitions.py be tested as any implementation is, through the protocol of docs/conform.md.

usage: definitions.py DIR

DIR is a checkout of WebAssembly/component-model, or holds definitions.py. That file runs as it is, with its own random choices. What worlds,
core code and a host are on it, cabi has already, for its interpreter: this adapter says what these ask for, and runs them under CPython.
"""

import inspect
import os
import sys
import threading

import adapter

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [sys.argv[1], os.path.join(sys.argv[1], 'design', 'mvp', 'canonical-abi')]

import definitions as D

shared, heaps, under_way = [], {}, {}
arity = lambda f: len(inspect.signature(f).parameters)
enter = lambda kind, place, name, args: adapter.enter(name, [number(v) for v in args])
shared_at = lambda k: shared[k]
# What the host notes, it need not note here: cabi does.
passed = resolved = came_back = host_called = cancel_asked = made = pending = cancelling = copying = copied = copy_done = reclaimed = lambda *_: None


def allocate(place, alignment, size):
    ptr = -(-heaps.get(place, 0) // alignment) * alignment
    heaps[place] = ptr + size
    return ptr


def shared_index(s):
    if not any(s is known for known in shared):
        shared.append(s)
    return next(k for k, known in enumerate(shared) if known is s)


def ask(results, place, name):
    """Says what happened until a call can act, and returns what it does."""
    if results is not None:
        adapter.done(results_of(results))
    asked = adapter.action(tables())
    op, words, values = asked['op'], asked.get('words', []), asked.get('values', [])
    numbers = [core(n) for n in asked.get('numbers', [])]
    under_way[adapter.call()] = (op, numbers, place)
    if op in ('return', 'throw'):
        adapter.leave()
        return op, numbers
    match op:
        case 'call' | 'task.return' | 'task.return-other': args = [*words, numbers]
        case 'invoke': args = [*words, values]
        case 'host.resolve': args = [[numbers[0], *values]]
        case 'shared.write' | 'shared.copy': args = [*numbers[:2], values]
        case _: args = [*words, *numbers]
    return OPS.get(op) or HOST_OPS[op], args


def results_of(results):
    """The results of the action that is done, as the protocol has them."""
    op, numbers, place = under_way[adapter.call()]
    if op == 'memory.load':
        return ['bytes:' + bytes(results).hex()]
    if op in ('waitable-set.wait', 'waitable-set.poll'):
        memory, ptr = list(run.instances.values())[place].memory.bytes, numbers[1]
        results = results + [int.from_bytes(memory[ptr + k:ptr + k + 4], 'little') for k in (0, 4)]
    return [number(v) for v in results]


def tables():
    return {name: [{'index': str(i), 'class': CLASSES[type(e)]} for i, e in enumerate(g.inst.handles.array) if e is not None]
            for name, g in run.instances.items()}


def number(v):
    return float_text(v) if isinstance(v, float) else str(int(v))


def core(text):
    if text.startswith('bytes:'):
        return bytes.fromhex(text[6:])
    if text.startswith('f64:'):
        return struct.unpack('<d', int(text[4:], 16).to_bytes(8, 'little'))[0]
    return int(text) if text.isdigit() else float(text)


def from_json(run, t, v):
    """A component-level value, from JSON."""
    match t:
        case None: return ()
        case D.StreamType() | D.FutureType(): return run.new_shared(t, int(v))
        case D.ErrorContextType(): return D.ErrorContext(('', 'utf8', 0))
        case D.F32Type() | D.F64Type(): return core(v)
        case D.StringType(): return (v, 'utf8', len(v.encode())) if isinstance(v, str) else (v['text'], v['encoding'], int(v['units']))
        case D.BoolType() | D.CharType(): return v
    match D.despecialize(t):
        case D.ListType(e, _): return [from_json(run, e, x) for x in v]
        case D.RecordType(fields): return {f.label: from_json(run, f.t, v[i if isinstance(v, list) else f.label]) for i, f in enumerate(fields)}
        case D.VariantType(cases): return {v['case']: next(c.t and from_json(run, c.t, v['value']) for c in cases if c.label == v['case'])}
        case D.FlagsType(labels): return {l: l in v for l in labels}
    return int(v)


def trap_if(cond):
    if cond:
        trap()


def trap():
    frame = sys._getframe(1)
    while frame.f_code.co_filename != D.__file__:
        frame = frame.f_back
    adapter.trap(f'{frame.f_code.co_name}, definitions.py:{frame.f_lineno}')


def make(world):
    """Makes a world, and does what is asked."""
    global run
    if 'backpressure' in world.get('limits', {}):
        raise adapter.Unsupported('definitions.py has no name for the limit of backpressure')
    set_limits(world.get('limits', {}), False)
    run = Run(world)
    run.main()


for part in ('pyworld/world.py', 'engine/engine.py'):
    with open(os.path.join(HERE, '..', '..', 'internal', part)) as f:
        exec(compile(f.read(), part, 'exec'))
given, Run.values = from_json, lambda run, t, vs, start, n: [from_json(run, t, v) for v in vs[start:start + n]]
D.trap, D.trap_if = trap, trap_if
threading.excepthook = lambda e: adapter.trap(repr(e.exc_value))
CLASSES = {D.ResourceHandle: 'resource handle', D.Subtask: 'subtask', D.ReadableStreamEnd: 'readable stream end',
           D.WritableStreamEnd: 'writable stream end', D.ReadableFutureEnd: 'readable future end',
           D.WritableFutureEnd: 'writable future end', D.WaitableSet: 'waitable set', D.ErrorContext: 'error context'}
adapter.serve('definitions.py', make)
