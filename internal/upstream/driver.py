"""Runs worlds on a definitions.py and writes their traces, in the same lines as the Go side.

usage: driver.py DIR [--unpatched | --fresh]

DIR holds definitions.py, which is imported as it is. Each line of the input is a run as JSON: a world, the actions in
the order in which they are taken, the numbers that random draws. Each line of the output is a JSON list of the lines
of its trace.

A run needs no OS thread of its own: cont_new, resume and block are replaced by pooled threads, whose worker hands
every exception to whoever resumed it. With --unpatched they are left alone and each run gets a process of its own,
because a trap that unwinds a resumption hangs there. With --fresh each run gets a process of its own as well.
"""

import ast
import importlib.util
import inspect
import json
import os
import select
import signal
import struct
import sys
import threading
import time
import zlib
from functools import partial

D = None  # the module definitions.py


def load_definitions(directory):
    path = os.path.join(directory, 'definitions.py')
    spec = importlib.util.spec_from_file_location('definitions', path)
    module = importlib.util.module_from_spec(spec)
    sys.modules['definitions'] = module
    sys.dont_write_bytecode = True
    spec.loader.exec_module(module)
    return module


### Sites


def plain(qualname):
    """The name of a function as the Go side writes it: no <locals>, and comprehensions belong to their function."""
    name = qualname.replace('<locals>.', '')
    while name.endswith(('.<listcomp>', '.<genexpr>', '.<setcomp>', '.<dictcomp>')):
        name = name[:name.rindex('.')]
    return name


class Sites(ast.NodeVisitor):
    """The ordinal of each trap and assert within its function, by the lines that it spans."""

    def __init__(self, source):
        self.stack = []
        self.ordinals = {}  # function -> [(first line, last line)]
        self.visit(ast.parse(source))

    def scope(self, node):
        self.stack.append(node.name)
        self.generic_visit(node)
        self.stack.pop()

    visit_FunctionDef = visit_ClassDef = scope

    def site(self, node):
        self.ordinals.setdefault('.'.join(self.stack), []).append((node.lineno, node.end_lineno))
        self.generic_visit(node)

    visit_Assert = site

    def visit_Call(self, node):
        if isinstance(node.func, ast.Name) and node.func.id in ('trap', 'trap_if'):
            self.site(node)
        else:
            self.generic_visit(node)

    def name(self, function, line):
        for ordinal, (first, last) in enumerate(sorted(self.ordinals.get(function, [])), 1):
            if first <= line <= last:
                return f'{function}#{ordinal}'
        return f'{function}@{line}'


def stop_line(e):
    """What stopped a run, and where in definitions.py."""
    if isinstance(e, Exhausted):
        return '! the actions end'
    where = [(plain(tb.tb_frame.f_code.co_qualname), tb.tb_lineno) for tb in frames(e)
             if tb.tb_frame.f_code.co_filename == D.__file__ or tb.tb_frame.f_code in PRIMITIVES]
    where = [w for w in where if w[0] not in ('trap', 'trap_if')]
    function, line = where[-1] if where else ('driver', 0)
    if isinstance(e, D.Trap):
        return f'! trap {SITES.name(function, line)}'
    if isinstance(e, AssertionError):
        return f'! assertion-failure {SITES.name(function, line)}'
    if isinstance(e, D.CoreWebAssemblyException):
        return '! exception'
    if in_driver(e):
        return f'! failure of the driver: {type(e).__name__}: {e}'
    return f'! crash {function} {type(e).__name__}'


def frames(e):
    tb = e.__traceback__
    while tb is not None:
        yield tb
        tb = tb.tb_next


def in_driver(e):
    """Whether the driver itself failed: the last frame is its own, and none of the replacements of definitions.py.
    It does where an action cannot be done, which happens only after the traces differ."""
    last = None
    for last in frames(e):
        pass
    code = last.tb_frame.f_code
    return code.co_filename == main.__code__.co_filename and code not in PRIMITIVES


class Exhausted(BaseException):
    """There are no more actions: the other side stopped here."""


### Stack switching on pooled threads


class Killed(BaseException):
    """Takes a suspended stack off its thread between runs."""


class Worker:
    def __init__(self, pool):
        self.pool = pool
        self.go = locked()
        self.cont = None
        threading.Thread(target=self.loop, daemon=True).start()

    def loop(self):
        while True:
            self.go.acquire()
            cont, self.cont = self.cont, None
            self.pool.tls.worker = self
            D.thread_local_handler.value = cont.handler
            block_arg, stop = None, None
            try:
                block_arg = cont.f(cont.block_result)
            except Killed:
                self.pool.idle.append(self)
                self.pool.dead.release()
                continue
            except BaseException as e:
                stop = e
            handler = D.thread_local_handler.value
            handler.cont, handler.block_arg, handler.stop = None, block_arg, stop
            self.pool.idle.append(self)
            handler.lock.release()


class Pool:
    """The replacements of cont_new, resume and block."""

    def __init__(self):
        self.tls = threading.local()
        self.idle = []
        self.dead = locked()
        self.suspended = {}
        self.unwound = False

    def install(self):
        pool, Continuation, Handler = self, D.Continuation, D.Handler

        def cont_new(f):
            cont = Continuation()
            cont.f = f
            cont.worker = None
            return cont

        def resume(cont, block_result, current_thread):
            handler = Handler()
            handler.lock = locked()
            handler.current_thread = current_thread
            handler.stop = None
            cont.handler = handler
            cont.block_result = block_result
            if cont.worker is None:
                cont.worker = pool.idle.pop() if pool.idle else Worker(pool)
                cont.worker.cont = cont
                cont.worker.go.release()
            else:
                pool.suspended.pop(id(cont), None)
                cont.lock.release()
            handler.lock.acquire()
            if handler.stop is not None:
                pool.unwound = True
                raise handler.stop
            return (handler.cont, handler.block_arg)

        def block(switch_to):
            cont = Continuation()
            cont.lock = locked()
            handler = D.thread_local_handler.value
            cont.worker = pool.tls.worker
            cont.killed = False
            handler.cont = cont
            handler.block_arg = switch_to
            pool.suspended[id(cont)] = cont
            handler.lock.release()
            cont.lock.acquire()
            if cont.killed:
                raise Killed()
            D.thread_local_handler.value = cont.handler
            return cont.block_result

        for f in (cont_new, resume, block):
            f.__qualname__ = f.__name__
            code = f.__code__.replace(co_qualname=f.__name__)
            f.__code__ = code
            PRIMITIVES.add(code)
            setattr(D, f.__name__, f)

    def kill(self):
        """Takes every suspended stack off its thread."""
        while self.suspended:
            _, cont = self.suspended.popitem()
            cont.killed = True
            cont.lock.release()
            self.dead.acquire()
        self.unwound = False


PRIMITIVES = set()


def locked():
    lock = threading.Lock()
    lock.acquire()
    return lock


### Choices


class Random:
    """Replaces the module random: it plays the numbers of a tape."""

    def __init__(self):
        self.begin([], [].append)

    def begin(self, numbers, tell):
        self.numbers, self.tell, self.at = numbers, tell, 0

    def play(self):
        self.at += 1
        return self.numbers[self.at - 1] if self.at <= len(self.numbers) else 0

    def choose(self, n):
        if n == 1:
            return 0
        got = self.play() % n
        self.tell(f'c {asker()} {n} {got}')
        return got

    def randint(self, low, high):
        return low + self.choose(high - low + 1)

    def randrange(self, n):
        return self.choose(n)

    def choice(self, candidates):
        if not candidates:
            raise IndexError('Cannot choose from an empty sequence')
        candidates = sorted(candidates, key=lambda thread: thread.serial)
        return candidates[self.choose(len(candidates))]

    def shuffle(self, x):
        for i in range(len(x) - 1, 0, -1):
            j = self.choose(i + 1)
            x[i], x[j] = x[j], x[i]

    def getrandbits(self, k):
        got = self.play() & ((1 << k) - 1)
        self.tell(f'b {asker()} {k} {got}')
        return got


def asker():
    """The function of definitions.py that asks for a choice."""
    frame = sys._getframe(2)
    while frame.f_code.co_filename != D.__file__:
        frame = frame.f_back
    return plain(frame.f_code.co_qualname)


def stamp_threads():
    """Gives each thread its place in the order of creation."""
    init = D.Thread.__init__

    def __init__(self, task, thread_func):
        store = task.inst.store
        store.serial = getattr(store, 'serial', 0) + 1
        self.serial = store.serial
        init(self, task, thread_func)

    D.Thread.__init__ = __init__


### Text


class Literal:
    """A component-level value, or a value for memory, in the place of a number: its word, and what that is, as LiteralTree in Go says."""

    def __init__(self, word, tree):
        self.word, self.tree = word, tree

    def bytes(self, encoding):
        """The bytes of a value for memory."""
        if self.tree and self.tree[0] == 'string':
            text = self.tree[1]
            if encoding == 'utf8' or encoding == 'latin1+utf16' and all(ord(c) < 256 for c in text):
                return text.encode('utf-8' if encoding == 'utf8' else 'latin-1')
            return text.encode('utf-16-le')
        kind, _, text = self.word.partition(':')
        if kind == 'bytes':
            return bytes.fromhex(text)
        size = int(kind[1:]) // 8
        if kind == 'f64' and text.startswith('0x'):
            return int(text, 16).to_bytes(8, 'little')
        if kind[0] == 'f':
            return struct.pack('<f' if size == 4 else '<d', float(text))
        return int(text, 0).to_bytes(size, 'little', signed=kind[0] == 's')


def literal_value(t, tree):
    """The value of a type that a literal says."""
    kind, text, labels, parts = tree
    name = TYPE_NAMES.get(type(t))
    if t is None:
        return ()
    if name == 'bool':
        return text == 'true'
    if name in ('f32', 'f64'):
        f = float(text)
        return struct.unpack('<f', struct.pack('<f', f))[0] if name == 'f32' else f
    if name == 'char':
        return text
    if name == 'string':
        return (text, 'utf8', len(text.encode()))
    if name is not None or isinstance(t, (D.OwnType, D.BorrowType)):
        return int(text, 0)
    match D.despecialize(t):
        case D.ListType(e, _):
            return [literal_value(e, p) for p in parts]
        case D.RecordType(fields):
            at = {f.label: i for i, f in enumerate(fields)} if kind == 'tuple' else {l: i for i, l in enumerate(labels)}
            return {f.label: literal_value(f.t, parts[at[f.label]]) for f in fields}
        case D.VariantType(cases):
            label = 'error' if isinstance(t, D.ResultType) and text == 'err' else text
            of = next(c.t for c in cases if c.label == label)
            return {label: None if of is None else literal_value(of, parts[0])}
        case D.FlagsType(known):
            return {l: l in labels for l in known}
    raise ValueError(f'no value of {t}')


def core(v):
    if isinstance(v, Literal):
        return v.word
    return float_text(v) if isinstance(v, float) else str(int(v))


def cores(vs):
    return ' '.join(map(core, vs))


def parse_core(v):
    """A number of an action: an int, the bits of a float as a string, or a literal."""
    if isinstance(v, dict):
        return Literal(v['word'], v['is'])
    return struct.unpack('<d', int(v, 16).to_bytes(8, 'little'))[0] if isinstance(v, str) else v


def go_float(f):
    """A float as Go's fmt prints it, a NaN with its bits."""
    if f != f:
        return f'nan:0x{float_bits(f):016x}'
    if f in (float('inf'), float('-inf')):
        return '+Inf' if f > 0 else '-Inf'
    sign = '-' if struct.pack('>d', f)[0] & 0x80 else ''
    if f == 0:
        return sign + '0'
    mantissa, exponent = repr(abs(f)), 0
    if 'e' in mantissa:
        mantissa, e = mantissa.split('e')
        exponent = int(e)
    whole, _, fraction = mantissa.partition('.')
    digits = (whole + fraction).lstrip('0')
    point = len(whole) + exponent - (len(whole + fraction) - len((whole + fraction).lstrip('0')))
    digits = digits.rstrip('0')
    exp = point - 1
    if exp < -4 or exp >= 6:
        text = digits[0] + ('.' + digits[1:] if len(digits) > 1 else '')
        return f'{sign}{text}e{"-" if exp < 0 else "+"}{abs(exp):02d}'
    if point <= 0:
        return f'{sign}0.{"0" * -point}{digits}'
    if len(digits) <= point:
        return sign + digits + '0' * (point - len(digits))
    return f'{sign}{digits[:point]}.{digits[point:]}'


def state_number(v):
    return go_float(v) if isinstance(v, float) else str(int(v))


def arity(f):
    """How many arguments a function takes."""
    return len(inspect.signature(f).parameters)


### State


class Unknown(Exception):
    """The state has something that State cannot write: this version of definitions.py has it, and the pin does not."""


def captured(f, name):
    """The value that the closure f captures under a name."""
    if name not in f.__code__.co_freevars:
        raise Unknown(f'{plain(f.__qualname__)} does not capture {name}')
    return f.__closure__[f.__code__.co_freevars.index(name)].cell_contents


def name_of(f):
    """The name of a function of definitions.py; of one of the driver, which acts as the host, it is host."""
    code = getattr(getattr(f, '__func__', f), '__code__', None)
    return 'host' if code is not None and code.co_filename != D.__file__ else getattr(f, '__qualname__', str(f))


def flag(v):
    """A boolean as a digit."""
    if not isinstance(v, (bool, int)):
        raise Unknown(f'{type(v).__name__} in the place of a boolean')
    return int(v)


def unknown(what, f):
    return Unknown(f'{what} is {plain(name_of(f))}')


def state_line(run):
    """The line of a trace with the state. If that cannot be written it says why."""
    try:
        text = State(run).text
    except (Unknown, AttributeError, KeyError, TypeError, ValueError) as e:
        return f's ? {type(e).__name__}: {e}' if not isinstance(e, Unknown) else f's ? {e}'
    return f's {zlib.crc32(text.encode()):08x}' if run.states == 'hash' else 's ' + text


ALWAYS = {'Thread.resume_later.<locals>.<lambda>', 'Thread.yield_.<locals>.<lambda>',
          'Thread.yield_then_resume.<locals>.<lambda>', 'WaitableSet.wait_for_event.<locals>.<lambda>'}

END_NAMES = {}
KINDS = {}


def name_kinds():
    for cls, kind in ((D.Thread, 'thread'), (D.Task, 'task'), (D.ResourceHandle, 'h'), (D.Subtask, 'subtask'),
                      (D.ReadableStreamEnd, 'end'), (D.WritableStreamEnd, 'end'), (D.ReadableFutureEnd, 'end'),
                      (D.WritableFutureEnd, 'end'), (D.WaitableSet, 'set'), (D.SharedStreamImpl, 'stream'),
                      (D.SharedFutureImpl, 'future'), (D.ReadableBufferGuestImpl, 'buffer'),
                      (D.WritableBufferGuestImpl, 'buffer'), (D.MemInst, 'memory')):
        KINDS[cls] = kind
    END_NAMES.update({D.ReadableStreamEnd: 'readable stream end', D.WritableStreamEnd: 'writable stream end',
                      D.ReadableFutureEnd: 'readable future end', D.WritableFutureEnd: 'writable future end'})


class State:
    """The whole state of a store as text, as Store.State of the Go side writes it."""

    def __init__(self, run):
        self.numbers, self.counts, self.queue = {}, {}, []
        handler = getattr(D.thread_local_handler, 'value', None) if run.in_core() else None
        store, r = run.store, self.ref
        out = [f'store depth={store.nesting_depth} running={r(handler and handler.current_thread)} '
               f'waiting={self.refs(store.waiting)}\n']
        for inst in run.instances.values():
            self.instance(out, inst.inst)
        while self.queue:
            queue, self.queue = self.queue, []
            for o in queue:
                out.append(self.object(o))
        for inst in run.instances.values():
            if inst.memory is not None:
                out.append(f'memory {inst.inst.name} {zlib.crc32(inst.memory.bytes):08x}\n')
        self.text = ''.join(out)

    def ref(self, o):
        if o is None:
            return '-'
        n = self.numbers.get(id(o))
        if n is not None:
            return n
        kind = KINDS.get(type(o))
        if kind is None:
            if isinstance(o, D.ComponentInstance):
                return o.name
            if isinstance(o, D.ErrorContext):
                return f'error-context {json.dumps(o.debug_message[0])}'
            if not isinstance(o, D.SharedBase):
                return 'host'
            kind = 'host-shared'
        self.counts[kind] = self.counts.get(kind, 0) + 1
        n = self.numbers[id(o)] = f'{kind}{self.counts[kind]}'
        self.queue.append(o)
        return n

    def refs(self, os):
        return '[' + ' '.join([self.ref(o) for o in os]) + ']'

    def instance(self, out, inst):
        r = self.ref
        out.append(f'instance {inst.name} parent={r(inst.parent)} may_enter={int(inst.may_enter)} '
                   f'may_leave={int(inst.may_leave)} backpressure={inst.backpressure} '
                   f'num_waiting_to_enter={inst.num_waiting_to_enter} exclusive_thread={r(inst.exclusive_thread)}\n')
        for name, table in (('handles', inst.handles), ('threads', inst.threads)):
            if len(table.array) > 1:
                out.append(f'  {name} array={self.refs(table.array)} free=[{" ".join(map(str, table.free))}]\n')

    def object(self, o):
        r = self.ref
        me = r(o)
        match KINDS.get(type(o)):
            case 'thread':
                return (f'{me} task={r(o.task)} {self.status(o)} cancellable={flag(o.cancellable)} '
                        f'index={"-" if o.index is None else o.index} storage=[{o.storage[0]} {o.storage[1]}] '
                        f'ready_func={self.ready_func(o.ready_func)} begins={self.begins(o.cont)}\n')
            case 'task':
                return (f'{me} inst={r(o.inst)} {func_type_name(o.ft)} {kind_of(o.opts)} state={o.state.name} '
                        f'num_borrows={o.num_borrows} implicit_thread={r(o.implicit_thread)} '
                        f'threads={self.refs(o.threads)} on_resolve={self.on_resolve(o.on_resolve)}\n')
            case 'h':
                return (f'{me} own={int(o.own)} rt={o.rt.name} rep={o.rep} num_lends={o.num_lends} '
                        f'borrow_scope={r(o.borrow_scope)}\n')
            case 'subtask':
                return (f'{me} state={o.state.name} on_cancel={self.on_cancel(o.on_cancel)} '
                        f'lenders={"-" if o.lenders is None else self.refs(o.lenders)} '
                        f'cancellation_requested={int(o.cancellation_requested)} '
                        f'flat_results=[{" ".join(map(state_number, o.flat_results))}]{self.waitable(o)}\n')
            case 'end':
                return f'{me} {END_NAMES[type(o)]} state={o.state.name} shared={r(o.shared)}{self.waitable(o)}\n'
            case 'set':
                return f'{me} elems={self.refs(o.elems)} num_waiting={o.num_waiting}\n'
            case 'stream' | 'future':
                return (f'{me} t={type_name(o.t)} dropped={int(o.dropped)} pending_inst={r(o.pending_inst)} '
                        f'pending_buffer={r(o.pending_buffer)} '
                        f'pending_on_copy_done={self.copier(o.pending_on_copy_done)}\n')
            case 'buffer':
                return (f'{me} t={type_name(o.t)} ptr={o.ptr} progress={o.progress} length={o.length} '
                        f'inst={r(o.cx.inst)} memory={r(o.cx.opts.memory)} {o.cx.opts.string_encoding}\n')
            case 'memory':
                return f'{me} {o.addrtype} length={len(o.bytes)}\n'
        return me + '\n'

    def status(self, t):
        return 'running' if t.running() else 'suspended' if t.suspended() else 'waiting'

    def ready_func(self, f):
        if f is None:
            return '-'
        name = name_of(f)
        if name in ALWAYS:
            return 'always'
        match name:
            case 'Task.enter_implicit_thread.<locals>.<lambda>':
                return f'no-backpressure({self.ref(captured(captured(f, "has_backpressure"), "self"))})'
            case 'Waitable.has_pending_event':
                return f'has-pending-event({self.ref(f.__self__)})'
            case 'WaitableSet.wait_for_event_and.<locals>.ready_and_has_event':
                wset = self.ref(captured(f, 'self'))
                return f'has-event({wset}, {self.ready_func(captured(f, "ready_func"))})'
            case 'canon_lift.<locals>.thread_func.<locals>.<lambda>':
                return f'exclusive-free({self.ref(captured(f, "inst"))})'
            case 'Subtask.resolved':
                return f'resolved({self.ref(f.__self__)})'
        raise unknown('the ready function of a thread', f)

    def begins(self, cont):
        if cont is None or cont.worker is not None:
            return '-'
        f = captured(cont.f, 'thread_func')
        match name_of(f):
            case 'canon_lift.<locals>.thread_func': return 'lift'
            case 'canon_thread_new_indirect.<locals>.thread_func': return f'indirect({captured(f, "c")})'
        raise unknown('the function of a thread', f)

    def on_resolve(self, f):
        match name_of(f):
            case 'host': return 'host'
            case 'canon_lower.<locals>.on_resolve':
                args = captured(f, 'flat_args')
                subtask = self.ref(captured(f, 'subtask'))
                progress = captured(f, 'maybe_on_progress').__qualname__ == 'canon_lower.<locals>.on_progress'
                return (f'lower({subtask}, progress={int(progress)}, '
                        f'args=[{" ".join(map(state_number, args.values[args.i:]))}])')
            case 'LiftLowerContext.reallocate.<locals>.on_resolve':
                return 'realloc'
        raise unknown('on_resolve', f)

    def on_cancel(self, f):
        if f is None:
            return '-'
        match name_of(f):
            case 'host': return 'host'
            case 'Task.request_cancellation': return self.ref(f.__self__)
        raise unknown('on_cancel', f)

    def copier(self, f):
        if f is None:
            return '-'
        match name_of(f):
            case 'host': return 'host'
            case 'stream_copy.<locals>.on_copy_done': return self.ref(captured(captured(f, 'stream_event'), 'e'))
            case 'future_copy.<locals>.on_copy_done': return self.ref(captured(captured(f, 'future_event'), 'e'))
        raise unknown('on_copy_done', f)

    def waitable(self, w):
        return (f' wset={self.ref(w.wset)} has_sync_waiter={int(w.has_sync_waiter)} '
                f'pending_event={self.event(w.pending_event)}')

    def event(self, f):
        if f is None:
            return '-'
        if not isinstance(f, partial):
            return f'subtask({captured(f, "subtaski")})'
        g = f.func
        result, code, i = f.args[0].name, captured(g, 'event_code').name, captured(g, 'i')
        buffer = self.ref(captured(g, 'buffer'))
        if g.__qualname__ == 'stream_copy.<locals>.stream_event':
            return f'stream({result}, reclaim={int(len(f.args) > 1)}, {code}, {i}, {buffer})'
        return f'future({result}, {code}, {i}, {buffer})'


def kind_of(opts):
    return 'sync' if not opts.async_ else 'stackful' if opts.callback is None else 'callback'


### The host's values


def argument(run, t, n):
    """The host's nth value of a type, or the value that a literal says."""
    return literal_value(t, n.tree) if isinstance(n, Literal) else host_value(run, t, n)


### Runs


def realloc_of(f):
    """The realloc of an instance, which versions call with a list of arguments, for a list of results, or with the arguments for the result."""
    return lambda *args: f(args[0]) if len(args) == 1 else f(list(args))[0]


class Instance:
    def __init__(self, run, d):
        self.run, self.name = run, d['name']
        self.inst = make_instance(run.store, run.instances.get(d.get('parent', '')))
        self.inst.name = d['name']
        if backpressure := run.world.get('limits', {}).get('initial_backpressure', 0):
            self.inst.backpressure += backpressure
        self.memory = None
        if d.get('memory'):
            self.memory = D.MemInst(bytearray(d['memory']), 'i64' if d.get('memory64') else 'i32')
        self.heap = 0
        realloc = realloc_of(self.core_func(d['name'] + '.realloc') if d.get('realloc') == 'guest' else self.realloc)
        self.sync, self.async_ = (D.CanonicalOptions(string_encoding=d.get('encoding') or 'utf8', memory=self.memory,
                                                     realloc=realloc, async_=a) for a in (False, True))
        self.imports = {}
        self.funcs = D.Table()
        for param in ('i32', 'i64'):
            self.funcs.add(D.CoreFuncRef(D.CoreFuncType([param], []), self.core_func(d['name'] + '.thread')))

    def opts(self, word):
        return self.async_ if word == 'async' else self.sync

    def realloc(self, args):
        _, _, alignment, size = args
        ptr = (self.heap + alignment - 1) // alignment * alignment
        self.heap = ptr + size
        keep_content(self.memory, ptr, args)
        return [ptr]

    def core_func(self, name):
        """Core code that takes the case's actions."""
        run = self.run

        def f(args):
            if not isinstance(args, list):  # versions before d276ef5 call a destructor of the same instance with the rep alone
                args = [args]
            run.tell(f'( {self.name} {name} {cores(args)}'.rstrip())
            while True:
                op, imm, nums = run.next(self.name, name)
                if op == 'return':
                    return list(nums)
                if op == 'throw':
                    raise D.CoreWebAssemblyException()
                results = OPS[op](self, *imm, *nums) if op not in MANY else OPS[op](self, *imm, nums)
                run.tell(f'= {cores(results)}'.rstrip())
        return f

    def type(self, text):
        return self.run.type(text)

    def store_words(self, nums):
        b = b''.join(v.bytes(self.sync.string_encoding) if isinstance(v, Literal) else v.to_bytes(8, 'little') for v in nums[1:])
        self.memory.bytes[nums[0]:nums[0] + len(b)] = b
        return []

    def load(self, ptr, size):
        return [int.from_bytes(self.memory.bytes[ptr:ptr + size], 'little')]


OPS.update({
    'memory.load': lambda g, ptr, n: list(g.memory.bytes[ptr:ptr + n]),
    'i32.load': lambda g, ptr: g.load(ptr, 4),
    'i64.load': lambda g, ptr: g.load(ptr, 8),
})
# What the words of an action stand for, and what an instance gives, by the kinds of a built-in's parameters. Everything else is a number.
FROM_WORDS = {
    'type': lambda g, t: g.type(t),
    'stream-type': lambda g, t: D.StreamType(g.type(t)),
    'future-type': lambda g, t: D.FutureType(g.type(t)),
    'types': lambda g, ts: g.run.types(ts),
    'resource-type': lambda g, r: g.run.resources[r],
    'async': lambda g, a: a == 'async',
    'options': lambda g, a: g.opts(a),
    'cancellable': lambda g, c: c == 'cancellable',
    'core-type': lambda g, t: t,
    'core-func-type': lambda g, t: D.CoreFuncType([t], []),
}
FROM_INSTANCE = {'memory': lambda g: g.memory, 'lift-options': lambda g: g.sync, 'functions': lambda g: g.funcs}


def builtin(function, kinds):
    """A built-in that a world declares: words come before numbers."""
    def call(g, *operands):
        n = sum(kind in FROM_WORDS for kind in kinds)
        words, numbers, args = list(operands[:n]), list(operands[n:]), []
        for kind in kinds:
            if kind in FROM_INSTANCE:
                args.append(FROM_INSTANCE[kind](g))
            elif kind in FROM_WORDS:
                args.append(FROM_WORDS[kind](g, words.pop(0)))
            else:
                args.append(numbers.pop(0))
        return function(*args)
    return call


MANY = ('call', 'task.return', 'task.return-other', 'memory.store')  # any number of operands


class Run:
    def __init__(self, d, states):
        self.world, self.actions, self.states = d["world"], d["actions"], states
        self.deterministic = d.get("deterministic", False)
        self.lines, self.at = [], 0
        self.tell = self.lines.append
        RANDOM.begin(d['choices'], self.tell)
        self.store = D.Store()
        self.instances, self.resources, self.funcs = {}, {}, {}
        self.type_cache, self.calls, self.host_calls, self.shared = {}, [], [], []
        self.depth = 0
        self.build()

    def build(self):
        w = self.world
        set_limits(w.get("limits", {}), self.deterministic)
        for b in w.get('builtins', []):
            OPS[b['name']] = builtin(getattr(D, b['function']), b.get('params', []))
        for d in w['instances']:
            self.instances[d['name']] = Instance(self, d)
        for d in w.get('resources', []):
            impl = self.instances[d['impl']]
            rt = D.ResourceType(impl.inst, impl.core_func(d['name'] + '.dtor') if d.get('dtor') else None)
            rt.name = d['name']
            self.resources[d['name']] = rt
        for d in w.get('funcs', []):
            self.add_func(d)
        for d in w.get('imports', []):
            inst = self.instances[d['instance']]
            f, ft = self.funcs[d['func']]
            inst.imports[d['func']] = self.store.lower(f, ft, inst.async_ if d.get('async') else inst.sync, inst.inst)

    def add_func(self, d):
        name = d['name']
        ft = D.FuncType([self.type(t) for t in d.get('params', [])], [self.type(t) for t in d.get('results', [])],
                        async_=d.get('async', False))
        ft.name = name
        owner = name[:name.index('.')]
        if owner == 'host':
            self.funcs[name] = (self.host_func(name), ft)
            return
        inst = self.instances[owner]
        lift = d.get('lift', '')
        opts = D.CanonicalOptions(string_encoding=inst.sync.string_encoding, memory=inst.memory,
                                  realloc=inst.sync.realloc, async_=lift in ('stackful', 'callback'))
        if lift == 'callback':
            opts.callback = inst.core_func(name + '.callback')
        if d.get('post_return'):
            opts.post_return = inst.core_func(name + '.post-return')
        self.funcs[name] = (self.store.lift(inst.core_func(name), ft, opts, inst.inst), ft)

    def type(self, text):
        if text not in self.type_cache:
            self.type_cache[text] = type_of(text, self.resources)
        return self.type_cache[text]

    def types(self, text):
        return [] if text == '()' else self.type('tuple<' + text[1:-1] + '>').ts

    def in_core(self):
        return threading.current_thread() is not MAIN

    def next(self, actor, name):
        """The next action, which is actor's to take."""
        if self.states:
            self.tell(state_line(self))
        if self.at == len(self.actions):
            raise Exhausted()
        op, imm, nums = self.actions[self.at]
        self.at += 1
        nums = [parse_core(v) for v in nums]
        self.tell(f'> {actor} {name}: {" ".join([op] + imm + [core(v) for v in nums])}')
        return op, imm, nums

    def main(self):
        """Takes the host's actions until it stops or the run is stopped."""
        try:
            for name in self.world.get('start', []):
                self.invoke(name, [])
                self.tell('=')
            while True:
                op, imm, nums = self.next('host', 'host')
                if op == 'stop':
                    return
                HOST_OPS[op](self, *imm, *nums) if op not in HOST_MANY else HOST_OPS[op](self, *imm, nums)
                self.tell('=')
        except BaseException as e:
            self.tell(stop_line(e))
            if self.states and not isinstance(e, Exhausted):
                self.tell(state_line(self))

    def hosting(self, name, args):
        """The host is called, and takes its actions until it returns."""
        self.tell(f'( host {name} {cores(args)}'.rstrip())
        while True:
            op, imm, nums = self.next('host', name)
            if op == 'return':
                return
            HOST_OPS[op](self, *imm, *nums) if op not in HOST_MANY else HOST_OPS[op](self, *imm, nums)
            self.tell('=')

    ## what the host does

    def invoke(self, name, nums):
        f, ft = self.funcs[name]
        k = len(self.calls)
        self.calls.append(None)

        def on_start():
            args = [argument(self, t, n) for t, n in zip(ft.params, nums)]
            self.tell(f'h start {k} {value_text(self, args)}')
            return args

        def on_resolve(result):
            self.tell(f'h resolve {k} {value_text(self, result)}')
        caller = [None] if 'caller' in inspect.signature(D.Store.invoke).parameters else []
        self.calls[k] = self.store.invoke(f, *caller, on_start, on_resolve)

    def host_func(self, name):
        def call(*args, caller=None):
            on_start, on_resolve = [f for f in args if callable(f)]  # the caller is not, wherever it stands
            k = len(self.host_calls)
            self.host_calls.append((on_start, on_resolve, self.funcs[name][1]))
            self.hosting(name, [k])
            return lambda caller=None: self.hosting(name + '.cancel', [k])
        return call

    def host_start(self, k):
        self.tell(f'h started {k} {value_text(self, self.host_calls[k][0]())}')

    def host_resolve(self, nums):
        _, on_resolve, ft = self.host_calls[nums[0]]
        on_resolve([argument(self, t, n) for t, n in zip(ft.result, nums[1:])])

    ## streams and futures of the host

    def shared_index(self, shared):
        for i, known in enumerate(self.shared):
            if known.shared is shared:
                return i
        self.shared.append(Shared(self, shared))
        return len(self.shared) - 1

    def new_shared(self, t, n):
        """A stream or future that the host hands out: one of its own, or one that it made as a guest would."""
        stream = isinstance(t, D.StreamType)
        if n % 2:
            shared = (HostStream if stream else HostFuture)(self, t.t)
        else:
            shared = (D.SharedStreamImpl if stream else D.SharedFutureImpl)(t.t)
        self.shared_index(shared)
        return shared

    def values(self, t, n, seed, begin=0):
        """Elements that the host copies, from one on: of a literal list, or made from a seed."""
        if isinstance(seed, Literal):
            return [literal_value(t, p) for p in seed.tree[3][begin:begin + n]]
        return [host_value(self, t, nth(seed, begin + i)) for i in range(n)]


class Shared:
    """A stream or future that the host knows, with the copy that is pending in it."""

    def __init__(self, run, shared):
        self.run, self.shared = run, shared
        self.pending = None
        self.reclaim = None

    def on_copy(self, reclaim):
        self.reclaim = reclaim
        self.run.tell(f'h copied {self.run.shared_index(self.shared)}')

    def on_copy_done(self, result):
        self.run.tell(f'h done {self.run.shared_index(self.shared)} {result.name}')


class HostBuffer:
    def __init__(self, run, t, n, seed):
        self.run, self.t, self.n, self.seed, self.progress = run, t, n, seed, 0

    def remain(self):
        return self.n - self.progress

    def is_zero_length(self):
        return self.n == 0


def make_host_classes():
    global HostReadable, HostWritable, HostStream, HostFuture

    class HostReadable(HostBuffer, D.ReadableBuffer):
        def read(self, n):
            vs = self.run.values(self.t, n, self.seed, self.progress)
            self.progress += n
            return vs

    class HostWritable(HostBuffer, D.WritableBuffer):
        def write(self, vs):
            self.progress += len(vs)
            self.run.tell(f'h got {value_text(self.run, vs)}')

    class HostShared:
        def __init__(self, run, t):
            self.run, self.t = run, t

        def hosting(self, what):
            self.run.hosting(what, [self.run.shared_index(self)])

        def pend(self, *pending):
            self.run.shared[self.run.shared_index(self)].pending = pending

        def cancel(self):
            self.hosting('shared.cancel')

        def drop(self):
            self.hosting('shared.drop')

    class HostStream(HostShared, D.ReadableStream):
        def read(self, inst, dst_buffer, on_copy, on_copy_done):
            self.pend(dst_buffer, on_copy, on_copy_done)
            self.hosting('stream.read')

    class HostFuture(HostShared, D.ReadableFuture):
        def read(self, inst, dst_buffer, on_copy_done):
            self.pend(dst_buffer, None, on_copy_done)
            self.hosting('future.read')


def host_shared_read(run, s, n):
    known = run.shared[s]
    buffer = HostWritable(run, known.shared.t, n, 0)
    if isinstance(known.shared, D.ReadableFuture):
        known.shared.read(None, buffer, known.on_copy_done)
    else:
        known.shared.read(None, buffer, known.on_copy, known.on_copy_done)


def host_shared_write(run, s, n, seed):
    known = run.shared[s]
    buffer = HostReadable(run, known.shared.t, n, seed)
    if isinstance(known.shared, D.WritableFuture):
        known.shared.write(None, buffer, known.on_copy_done)
    else:
        known.shared.write(None, buffer, known.on_copy, known.on_copy_done)


def host_copy(run, s, n, seed):
    known = run.shared[s]
    dst, on_copy, _ = known.pending
    dst.write(run.values(known.shared.t, n, seed))
    if on_copy is not None:
        on_copy(lambda: run.tell(f'h reclaimed {s}'))


def host_done(run, s, result):
    known = run.shared[s]
    _, _, on_copy_done = known.pending
    known.pending = None
    on_copy_done(D.CopyResult(result))


HOST_OPS = {
    'invoke': lambda run, f, nums: run.invoke(f, nums),
    'tick': lambda run: run.store.tick(),
    'cancel': lambda run, k: cancel(run.calls[k]),
    'host.start': lambda run, k: run.host_start(k),
    'host.resolve': lambda run, nums: run.host_resolve(nums),
    'host.resolve-cancelled': lambda run, k: run.host_calls[k][1](None),
    'shared.read': host_shared_read,
    'shared.write': host_shared_write,
    'shared.cancel': lambda run, s: run.shared[s].shared.cancel(),
    'shared.drop': lambda run, s: run.shared[s].shared.drop(),
    'shared.reclaim': lambda run, s: run.shared[s].reclaim(),
    'shared.copy': host_copy,
    'shared.done': host_done,
}
HOST_MANY = ('invoke', 'host.resolve')


### Main


def lines_of(d, states):
    """The trace of a run. If the world cannot be made on this version, that is its one line."""
    try:
        run = Run(d, states)
    except Exception as e:
        return [f'! failure of the driver: {type(e).__name__}: {e}']
    run.main()
    return run.lines


def patched():
    pool = Pool()
    pool.install()
    for line in sys.stdin:
        answer(pooled(pool, line))
        pool.kill()


def pooled(pool, line):
    """The trace of a run as JSON, whose stacks are switched on a pool of threads."""
    d = json.loads(line)
    lines = lines_of(d, d.get('states', 'hash'))
    if pool.unwound:
        lines.append('unwound a resumption')
    return json.dumps(lines)


def answer(text):
    sys.stdout.write(text + '\n')
    sys.stdout.flush()


def fresh():
    """Each run is one of a process of its own, so that nothing lasts that another version keeps in its modules and classes."""
    for line in sys.stdin:
        r, w = os.pipe()
        pid = os.fork()
        if pid == 0:
            signal.alarm(CHILD_SECONDS)  # whoever waits for the answer loses patience before
            pool = Pool()
            pool.install()
            text = pooled(pool, line)
            with os.fdopen(w, 'w') as f:
                f.write(text)
            os._exit(0)
        os.close(w)
        answer(read_all(r))
        os.close(r)
        os.waitpid(pid, 0)


CHILD_SECONDS = 120


# How long an unpatched run is waited for: in all, and once a thread of it has died.
RUN_SECONDS, DEAD_SECONDS = 10, 0.2


def unpatched():
    for line in sys.stdin:
        r, w = os.pipe()
        pid = os.fork()
        if pid == 0:
            unpatched_child(json.loads(line), w)
        os.close(w)
        answer(read_all(r))
        os.close(r)
        os.waitpid(pid, 0)


def read_all(r):
    chunks = []
    while chunk := os.read(r, 1 << 16):
        chunks.append(chunk)
    return b''.join(chunks).decode()


def unpatched_child(d, w):
    """Makes a run in a process of its own. When one of its threads dies, the thread that resumed it waits for ever."""
    global MAIN
    died, done = [], threading.Event()

    def excepthook(args):
        died.append(stop_line(args.exc_value))
        dead.set()

    dead = threading.Event()
    threading.excepthook = excepthook
    run = None

    def body():
        nonlocal run
        run = Run(d, '')
        run.main()
        done.set()

    MAIN = threading.Thread(target=body, daemon=True)
    MAIN.start()
    deadline = time.monotonic() + RUN_SECONDS
    while not done.wait(0.002) and not dead.is_set() and time.monotonic() < deadline:
        pass
    hung = not done.wait(DEAD_SECONDS) if not done.is_set() else False
    lines = run.lines + (died[:1] + ['hung'] if hung else [])
    with os.fdopen(w, 'w') as f:
        f.write(json.dumps(lines))
    os._exit(0)


# What a definitions.py must have to be run.
NEEDED = ('Store', 'ComponentInstance', 'Continuation', 'Handler', 'thread_local_handler', 'cont_new', 'resume', 'block', 'Thread', 'MemInst')

RANDOM = None
SITES = None
MAIN = threading.main_thread()


def main():
    global D, RANDOM, SITES
    D = load_definitions(sys.argv[1])
    with open(D.__file__, encoding='utf-8') as f:
        SITES = Sites(f.read())
    missing = [name for name in NEEDED if not hasattr(D, name)] + [f'Store.{name}' for name in ('lift', 'lower') if not hasattr(D.Store, name)]
    if missing:
        sys.exit(f'This definitions.py has no {", ".join(missing)}: it is of a version that cannot be run.')
    RANDOM = Random()
    D.random = RANDOM
    stamp_threads()
    name_types()
    name_kinds()
    make_host_classes()
    remember_limits()
    if '--unpatched' in sys.argv[2:]:
        unpatched()
    elif '--fresh' in sys.argv[2:]:
        fresh()
    else:
        patched()


main()
