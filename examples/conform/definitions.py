"""An adapter for cabi conform: it lets upstream's definitions.py be tested as any implementation is, through the protocol of docs/conform.md.

usage: definitions.py DIR

DIR is a checkout of WebAssembly/component-model, or holds definitions.py. That file runs as it is, with its own random choices. What worlds,
core code and a host are on it, cabi has already, for its interpreter: this adapter says what these ask for, and runs them under CPython.
"""

import inspect
import json
import os
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path[:0] = [sys.argv[1], os.path.join(sys.argv[1], 'design', 'mvp', 'canonical-abi')]

import definitions as D


### What world.py and engine.py ask for

calls, shared, events, heaps, under_way = 0, [], [], {}, {}
stacks = threading.local()  # the calls that each of Python's threads is in


def arity(f):
    return len(inspect.signature(f).parameters)


def enter(kind, place, name, args):
    global calls
    calls += 1
    stack().append(calls)
    events.append({'kind': 'enter', 'call': calls, 'func': name, 'numbers': [number(v) for v in args]})


def stack():
    if not hasattr(stacks, 'calls'):
        stacks.calls = []
    return stacks.calls


def allocate(place, alignment, size):
    ptr = -(-heaps.get(place, 0) // alignment) * alignment
    heaps[place] = ptr + size
    return ptr


def shared_index(s):
    if not any(s is known for known in shared):
        shared.append(s)
    return next(k for k, known in enumerate(shared) if known is s)


def shared_at(k):
    return shared[k]


def nothing(*_):
    """What the host notes, it need not note here: cabi does."""


passed = resolved = came_back = host_called = cancel_asked = made = pending = cancelling = copying = copied = copy_done = reclaimed = nothing
for part in ('pyworld/world.py', 'engine/engine.py'):
    with open(os.path.join(HERE, '..', '..', 'internal', part)) as f:
        exec(compile(f.read(), part, 'exec'))


def given(run, t, v):
    """A component-level value, from JSON."""
    if isinstance(t, (D.StreamType, D.FutureType)):
        return run.new_shared(t, int(v))
    name = TYPE_NAMES.get(type(t))
    if t is None or isinstance(t, D.ErrorContextType):
        return () if t is None else D.ErrorContext(('', 'utf8', 0))
    if name in ('f32', 'f64'):
        return core(v)
    if name == 'string':
        return (v, 'utf8', len(v.encode())) if isinstance(v, str) else (v['text'], v['encoding'], int(v['units']))
    if name in ('bool', 'char'):
        return v
    if name is not None or isinstance(t, (D.OwnType, D.BorrowType)):
        return int(v)
    match D.despecialize(t):
        case D.ListType(e, _): return [given(run, e, x) for x in v]
        case D.RecordType(fields):
            at = (lambda i, label: v[i]) if isinstance(v, list) else (lambda i, label: v[label])
            return {f.label: given(run, f.t, at(i, f.label)) for i, f in enumerate(fields)}
        case D.VariantType(cases):
            of = next(c.t for c in cases if c.label == v['case'])
            return {v['case']: None if of is None else given(run, of, v['value'])}
        case D.FlagsType(labels): return {l: l in v for l in labels}


Run.values = lambda run, t, vs, start, n: [given(run, t, v) for v in vs[start:start + n]]


### The protocol

def number(v):
    return float_text(v) if isinstance(v, float) else str(int(v))


def core(text):
    if text.startswith('f64:'):
        return struct.unpack('<d', int(text[4:], 16).to_bytes(8, 'little'))[0]
    return int(text) if text.isdigit() else float(text)


def reply(kind, **fields):
    sys.stdout.write(json.dumps({'id': asked['id'], 'kind': kind, **fields}) + '\n')
    sys.stdout.flush()


def answer(**fields):
    reply('answer', events=list(events), **fields)
    events.clear()


def read():
    """The next request. Where it is of another world, this process ends, and the one that it was forked from goes on with it."""
    global asked
    line = sys.stdin.buffer.readline()
    asked = json.loads(line) if line else {'kind': 'end'}
    if asked['kind'] != 'action':
        os.write(hand_over, line)
        os._exit(0)


def stopped(why):
    events.append({'kind': 'trap', 'message': why})
    answer()
    read()


def trap_if(cond):
    if cond:
        trap()


def trap():
    frame = sys._getframe(1)
    while frame.f_code.co_filename != D.__file__:
        frame = frame.f_back
    stopped(f'{frame.f_code.co_name}, definitions.py:{frame.f_lineno}')


D.trap, D.trap_if = trap, trap_if
threading.excepthook = lambda e: stopped(repr(e.exc_value))
CLASSES = {'ResourceHandle': 'resource handle', 'Subtask': 'subtask', 'ReadableStreamEnd': 'readable stream end', 'WritableStreamEnd': 'writable stream end',
           'ReadableFutureEnd': 'readable future end', 'WritableFutureEnd': 'writable future end', 'WaitableSet': 'waitable set',
           'ErrorContext': 'error context'}


def tables():
    return {name: [{'index': str(i), 'class': CLASSES[type(e).__name__]} for i, e in enumerate(g.inst.handles.array) if e is not None]
            for name, g in run.instances.items()}


def results_of(call, results):
    """The results of the action of a call, as the protocol has them."""
    op, numbers, place = under_way[call]
    if op == 'memory.load':
        return ['bytes:' + bytes(results).hex()]
    if op in ('waitable-set.wait', 'waitable-set.poll'):
        memory, ptr = list(run.instances.values())[place].memory.bytes, numbers[1]
        results = results + [int.from_bytes(memory[ptr + k:ptr + k + 4], 'little') for k in (0, 4)]
    return [number(v) for v in results]


def ask(results, place, name):
    """Says what happened until a call can act, and returns what it does."""
    call = stack()[-1] if stack() else 0
    if results is not None:
        events.append({'kind': 'done', 'call': call, 'results': results_of(call, results)})
    if call == 0 and starts:
        under_way[0] = ('invoke', [], place)
        return HOST_OPS['invoke'], [starts.pop(0), []]
    answer(next=call, tables=tables())
    read()
    while None in asked.get('values', []):
        reply('unsupported', why='JSON cannot say the value')
        read()
    op, words, numbers = asked['op'], asked.get('words', []), [core(n) for n in asked.get('numbers', []) if not n.startswith('bytes:')]
    under_way[call] = (op, numbers, place)
    if op in ('return', 'throw'):
        stack().pop()
        return op, numbers
    values = asked.get('values', [])
    if op in ('call', 'task.return', 'task.return-other'):
        return OPS[op], [*words, numbers]
    if op == 'invoke':
        return HOST_OPS[op], [*words, values]
    if op == 'host.resolve':
        return HOST_OPS[op], [[numbers[0], *values]]
    if op in ('shared.write', 'shared.copy'):
        return HOST_OPS[op], [*numbers[:2], values]
    if op == 'memory.store':
        return OPS[op], [numbers[0], bytes.fromhex(asked['numbers'][1].removeprefix('bytes:'))]
    return OPS.get(op) or HOST_OPS[op], [*words, *numbers]


def make(world):
    """Makes a world in this process, and does what is asked."""
    global run, starts
    set_limits(world.get('limits', {}), False)
    run, starts = Run(world), list(world.get('start', []))
    try:
        run.main()
    except BaseException as e:
        stopped(repr(e))


line = sys.stdin.buffer.readline()
while line:
    asked = json.loads(line)
    if asked['kind'] == 'hello':
        reply('hello', version=1, name='definitions.py')
        line = sys.stdin.buffer.readline()
        continue
    if 'backpressure' in asked['world'].get('limits', {}):
        reply('unsupported', why='definitions.py has no name for the limit of backpressure')
        line = sys.stdin.buffer.readline()
        continue
    ours, hand_over = os.pipe()
    if os.fork() == 0:
        make(asked['world'])
        os._exit(1)
    os.close(hand_over)
    with os.fdopen(ours, 'rb') as pipe:
        line = pipe.read()
    os.wait()
