"""Worlds on a definitions.py, for an engine that keeps the stacks of Python as data.

Guests and the host suspend in ask, which the engine lets return what they do next. The engine defines: ask, enter, and all other
functions that are called here and defined nowhere.
"""

import definitions as D
import struct


class Random:
    """Replaces the module random: the engine chooses."""

    def randint(self, low, high):
        return low + choose(high - low + 1)

    def randrange(self, n):
        return choose(n)

    def choice(self, candidates):
        if not candidates:
            raise IndexError('Cannot choose from an empty sequence')
        candidates = in_order(candidates)
        return candidates[choose(len(candidates))]

    def shuffle(self, x):
        shuffle(x)

    def getrandbits(self, k):
        return draw_bits(k)


### Types


class TypeParser:
    """Reads types as WIT writes them."""

    def __init__(self, text, resources):
        self.text, self.at, self.resources = text, 0, resources

    def word(self):
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in '<>{}(),: ':
            self.at += 1
        return self.text[start:self.at]

    def take(self, s):
        while self.text[self.at:self.at + 1] == ' ':
            self.at += 1
        if self.text[self.at:self.at + len(s)] == s:
            self.at += len(s)
            return True
        return False

    def expect(self, s):
        if not self.take(s):
            raise ValueError(f'{self.text!r}: expected {s!r} at {self.at}')

    def parse(self):
        self.take('')
        word = self.word()
        if word in PRIMITIVE_TYPES:
            return PRIMITIVE_TYPES[word]
        if word == '_':
            return None
        if word == 'error-context':
            return ERROR_CONTEXT_TYPE[0]
        if word in ('own', 'borrow'):
            self.expect('<')
            rt = self.resources[self.word()]
            self.expect('>')
            return (D.OwnType if word == 'own' else D.BorrowType)(rt)
        if word in ('record', 'variant', 'enum', 'flags'):
            return self.braced(word)
        return self.generic(word)

    def generic(self, word):
        ts, length = [], None
        if self.take('<'):
            ts.append(self.parse())
            while self.take(','):
                self.take('')
                if word == 'list':
                    length = int(self.word())
                else:
                    ts.append(self.parse())
            self.expect('>')
        t = lambda i: ts[i] if i < len(ts) else None
        match word:
            case 'list': return D.ListType(t(0), length)
            case 'tuple': return D.TupleType(ts)
            case 'option': return D.OptionType(t(0))
            case 'result': return D.ResultType(t(0), t(1))
            case 'map': return D.MapType(t(0), t(1))
            case 'stream': return D.StreamType(t(0))
            case 'future': return D.FutureType(t(0))
        raise ValueError(f'unknown type {word!r}')

    def braced(self, word):
        self.expect('{')
        members = []
        while True:
            self.take('')
            label, t = self.word(), None
            if word == 'record':
                self.expect(':')
                t = self.parse()
            elif self.take('('):
                t = self.parse()
                self.expect(')')
            members.append((label, t))
            if not self.take(','):
                break
        self.expect('}')
        match word:
            case 'record': return D.RecordType([D.FieldType(l, t) for l, t in members])
            case 'variant': return D.VariantType([D.CaseType(l, t) for l, t in members])
            case 'enum': return D.EnumType([l for l, _ in members])
            case 'flags': return D.FlagsType([l for l, _ in members])


PRIMITIVE_TYPES = {
    'bool': D.BoolType(), 's8': D.S8Type(), 'u8': D.U8Type(), 's16': D.S16Type(), 'u16': D.U16Type(), 's32': D.S32Type(),
    'u32': D.U32Type(), 's64': D.S64Type(), 'u64': D.U64Type(), 'f32': D.F32Type(), 'f64': D.F64Type(), 'char': D.CharType(),
    'string': D.StringType(),
}
TYPE_NAMES = {type(t): name for name, t in PRIMITIVE_TYPES.items()}
ERROR_CONTEXT_TYPE = [D.ErrorContextType()]


### The host's values


U64 = (1 << 64) - 1


def nth(n, i):
    """The number that the ith part of the nth value is made from."""
    return ((n * 6364136223846793005 + i * 1442695040888963407 + 1) & U64) >> 33


CHARS = ['x', '\u00e9', '\u03c0', '\U0001f600', '\x7f', '\x80', '\xff', '\u0100']
ENCODINGS = ['utf8', 'utf16', 'latin1+utf16']


def host_string(n):
    """The host's nth string."""
    length, encoding, mix = n % 8, ENCODINGS[n // 8 % 3], n // 24 % 5
    s = ''.join([CHARS[0 if mix == 0 else nth(n, i) % 8 if mix == 4 else i % (mix + 1)] for i in range(length)])
    if length > 0 and n // 120 % 128 == 127:
        s = s[:-1] + '\ud83d'  # half of a pair
    if encoding == 'utf8':
        return (s, encoding, sum([1 if ord(c) < 0x80 else 2 if ord(c) < 0x800 else 3 if ord(c) < 0x10000 else 4 for c in s]))
    units = sum([1 if ord(c) < 0x10000 else 2 for c in s])
    if encoding == 'latin1+utf16' and (n // 120 % 8 == 5 or any([ord(c) > 255 for c in s])):
        units |= 1 << 31
    return (s, encoding, units)


def host_int(n, bits, signed):
    n &= (1 << bits) - 1
    return n - (1 << bits) if signed and n >> (bits - 1) else n


def host_float(n):
    return struct.unpack('<d', (0x7ff8000000000000 | n % 1024).to_bytes(8, 'little'))[0] if n % 7 == 3 else float(n)


def host_value(run, t, n):
    """The host's nth value of a type."""
    if t is None:
        return ()
    name = TYPE_NAMES.get(type(t))
    if name == 'bool':
        return n % 2 == 1
    if name in ('f32', 'f64'):
        return host_float(n)
    if name == 'char':
        return CHARS[3] if n % 11 == 10 else chr(ord('a') + n % 26)
    if name == 'string':
        return host_string(n)
    if name is not None:
        return host_int(n, int(name[1:]), name[0] == 's')
    match t:
        case D.OwnType() | D.BorrowType(): return n & 0xffffffff
        case D.ErrorContextType(): return D.ErrorContext(('', 'utf8', 0))
        case D.StreamType() | D.FutureType(): return run.new_shared(t, n)
    match D.despecialize(t):
        case D.ListType(e, length):
            return [host_value(run, e, nth(n, i)) for i in range(n % 4 if length is None else length)]
        case D.RecordType(fields):
            return {f.label: host_value(run, f.t, nth(n, i)) for i, f in enumerate(fields)}
        case D.VariantType(cases):
            c = cases[n % len(cases)]
            return {c.label: None if c.t is None else host_value(run, c.t, nth(n, 0))}
        case D.FlagsType(labels):
            return {l: bool(n >> i & 1) for i, l in enumerate(labels)}
    raise ValueError(f'no value of {t}')


def note(v):
    """Makes the streams and futures in a value known to the host."""
    if isinstance(v, list):
        for e in v:
            note(e)
    elif isinstance(v, dict):
        for e in v.values():
            note(e)
    elif isinstance(v, D.SharedBase):
        shared_index(v)


### What versions do in different ways, told apart by how many arguments a function takes


def make_instance(store, parent):
    if parent is None or arity(D.ComponentInstance.__init__) < 3:  # the version does not ask for parents
        return D.ComponentInstance(store)
    return D.ComponentInstance(store, parent.inst)


def cancel(on_cancel):
    """The host cancels a call."""
    if arity(on_cancel) == 0:
        on_cancel()
    else:
        on_cancel(None)


### Guests


class Instance:
    def __init__(self, run, d, place):
        self.run, self.name, self.place = run, d['name'], place
        self.inst = make_instance(run.store, run.instances.get(d.get('parent', '')))
        self.inst.backpressure = run.world.get('limits', {}).get('initial_backpressure', 0)
        self.memory = None
        if d.get('memory'):
            self.memory = D.MemInst(bytearray(d['memory']), 'i64' if d.get('memory64') else 'i32')
        realloc = self.core_func('realloc', d['name'] + '.realloc') if d.get('realloc') == 'guest' else self.realloc
        self.sync, self.async_ = [D.CanonicalOptions(string_encoding=d.get('encoding') or 'utf8', memory=self.memory,
                                                     realloc=realloc, async_=a) for a in (False, True)]
        self.imports = {}
        self.funcs = D.Table()
        for param in ('i32', 'i64'):
            self.funcs.add(D.CoreFuncRef(D.CoreFuncType([param], []), self.core_func('thread', d['name'] + '.thread')))

    def opts(self, word):
        return self.async_ if word == 'async' else self.sync

    def realloc(self, args):
        _, _, alignment, size = args
        return [allocate(self.place, alignment, size)]

    def core_func(self, kind, name):
        """Core code that does what the engine says until it returns."""
        place = self.place

        def f(args):
            enter(kind, place, name, args)
            results = None
            while True:
                do, operands = ask(results)
                if do == 'return':
                    return operands
                if do == 'throw':
                    raise D.CoreWebAssemblyException()
                results = do(self, *operands)
        return f

    def type(self, text):
        return self.run.type(text)

    def store_words(self, nums):
        for i, v in enumerate(nums[1:]):
            self.memory.bytes[nums[0] + 8 * i:nums[0] + 8 * i + 8] = v.to_bytes(8, 'little')
        return []


OPS = {
    'call': lambda g, f, nums: g.imports[f](nums),
    'memory.store': lambda g, nums: g.store_words(nums),
    'resource.new': lambda g, r, rep: D.canon_resource_new(g.run.resources[r], rep),
    'resource.drop': lambda g, r, i: D.canon_resource_drop(g.run.resources[r], i),
    'resource.rep': lambda g, r, i: D.canon_resource_rep(g.run.resources[r], i),
    'context.get': lambda g, t, i: D.canon_context_get(t, i),
    'context.set': lambda g, t, i, v: D.canon_context_set(t, i, v),
    'backpressure.inc': lambda g: D.canon_backpressure_inc(),
    'backpressure.dec': lambda g: D.canon_backpressure_dec(),
    'task.return': lambda g, ts, nums: D.canon_task_return(g.run.types(ts), g.sync, nums),
    'task.return-other': lambda g, ts, nums: D.canon_task_return(
        g.run.types(ts), D.LiftOptions(g.sync.string_encoding), nums),
    'task.cancel': lambda g: D.canon_task_cancel(),
    'waitable-set.new': lambda g: D.canon_waitable_set_new(),
    'waitable-set.wait': lambda g, c, si, ptr: D.canon_waitable_set_wait(c == 'cancellable', g.memory, si, ptr),
    'waitable-set.poll': lambda g, c, si, ptr: D.canon_waitable_set_poll(c == 'cancellable', g.memory, si, ptr),
    'waitable-set.drop': lambda g, i: D.canon_waitable_set_drop(i),
    'waitable.join': lambda g, wi, si: D.canon_waitable_join(wi, si),
    'subtask.cancel': lambda g, a, i: D.canon_subtask_cancel(a == 'async', i),
    'subtask.drop': lambda g, i: D.canon_subtask_drop(i),
    'stream.new': lambda g, t: D.canon_stream_new(D.StreamType(g.type(t))),
    'stream.read': lambda g, t, a, i, ptr, n: D.canon_stream_read(D.StreamType(g.type(t)), g.opts(a), i, ptr, n),
    'stream.write': lambda g, t, a, i, ptr, n: D.canon_stream_write(D.StreamType(g.type(t)), g.opts(a), i, ptr, n),
    'stream.cancel-read': lambda g, t, a, i: D.canon_stream_cancel_read(D.StreamType(g.type(t)), a == 'async', i),
    'stream.cancel-write': lambda g, t, a, i: D.canon_stream_cancel_write(D.StreamType(g.type(t)), a == 'async', i),
    'stream.drop-readable': lambda g, t, i: D.canon_stream_drop_readable(D.StreamType(g.type(t)), i),
    'stream.drop-writable': lambda g, t, i: D.canon_stream_drop_writable(D.StreamType(g.type(t)), i),
    'future.new': lambda g, t: D.canon_future_new(D.FutureType(g.type(t))),
    'future.read': lambda g, t, a, i, ptr: D.canon_future_read(D.FutureType(g.type(t)), g.opts(a), i, ptr),
    'future.write': lambda g, t, a, i, ptr: D.canon_future_write(D.FutureType(g.type(t)), g.opts(a), i, ptr),
    'future.cancel-read': lambda g, t, a, i: D.canon_future_cancel_read(D.FutureType(g.type(t)), a == 'async', i),
    'future.cancel-write': lambda g, t, a, i: D.canon_future_cancel_write(D.FutureType(g.type(t)), a == 'async', i),
    'future.drop-readable': lambda g, t, i: D.canon_future_drop_readable(D.FutureType(g.type(t)), i),
    'future.drop-writable': lambda g, t, i: D.canon_future_drop_writable(D.FutureType(g.type(t)), i),
    'thread.index': lambda g: D.canon_thread_index(),
    'thread.new-indirect': lambda g, t, fi, c: D.canon_thread_new_indirect(D.CoreFuncType([t], []), g.funcs, fi, c),
    'thread.resume-later': lambda g, i: D.canon_thread_resume_later(i),
    'thread.suspend': lambda g, c: D.canon_thread_suspend(c == 'cancellable'),
    'thread.yield': lambda g, c: D.canon_thread_yield(c == 'cancellable'),
    'thread.suspend-then-resume': lambda g, c, i: D.canon_thread_suspend_then_resume(c == 'cancellable', i),
    'thread.yield-then-resume': lambda g, c, i: D.canon_thread_yield_then_resume(c == 'cancellable', i),
    'thread.suspend-then-promote': lambda g, c, i: D.canon_thread_suspend_then_promote(c == 'cancellable', i),
    'thread.yield-then-promote': lambda g, c, i: D.canon_thread_yield_then_promote(c == 'cancellable', i),
    'error-context.new': lambda g, ptr, n: D.canon_error_context_new(g.sync, ptr, n),
    'error-context.debug-message': lambda g, i, ptr: D.canon_error_context_debug_message(g.sync, i, ptr),
    'error-context.drop': lambda g, i: D.canon_error_context_drop(i),
}


### The host


class Run:
    def __init__(self, world):
        self.world = world
        self.store = D.Store()
        self.instances, self.resources, self.funcs, self.type_cache = {}, {}, {}, {}
        self.calls, self.host_calls, self.shared = [], [], []
        for place, d in enumerate(world['instances']):
            self.instances[d['name']] = Instance(self, d, place)
        for d in world.get('resources', []):
            impl = self.instances[d['impl']]
            self.resources[d['name']] = D.ResourceType(impl.inst, impl.core_func('destructor', d['name'] + '.dtor') if d.get('dtor') else None)
        for d in world.get('funcs', []):
            self.add_func(d)
        for d in world.get('imports', []):
            inst = self.instances[d['instance']]
            f, ft = self.funcs[d['func']]
            inst.imports[d['func']] = self.store.lower(f, ft, inst.async_ if d.get('async') else inst.sync, inst.inst)

    def add_func(self, d):
        name = d['name']
        ft = D.FuncType([self.type(t) for t in d.get('params', [])], [self.type(t) for t in d.get('results', [])],
                        async_=d.get('async', False))
        owner = name.split('.')[0]
        if owner == 'host':
            self.funcs[name] = (self.host_func(name), ft)
            return
        inst = self.instances[owner]
        lift = d.get('lift', '')
        opts = D.CanonicalOptions(string_encoding=inst.sync.string_encoding, memory=inst.memory,
                                  realloc=inst.sync.realloc, async_=lift in ('stackful', 'callback'))
        if lift == 'callback':
            opts.callback = inst.core_func('callback', name + '.callback')
        if d.get('post_return'):
            opts.post_return = inst.core_func('post-return', name + '.post-return')
        self.funcs[name] = (self.store.lift(inst.core_func('function', name), ft, opts, inst.inst), ft)

    def type(self, text):
        if text not in self.type_cache:
            self.type_cache[text] = TypeParser(text, self.resources).parse()
        return self.type_cache[text]

    def types(self, text):
        return [] if text == '()' else self.type('tuple<' + text[1:-1] + '>').ts

    def main(self):
        """The host at rest."""
        results = None
        while True:
            do, operands = ask(results)
            if do == 'return':
                return
            do(self, *operands)
            results = []

    def hosting(self, kind, name, k):
        """The host is called, and does what the engine says until it returns."""
        enter(kind, -1, name, [k])
        results = None
        while True:
            do, operands = ask(results)
            if do == 'return':
                return
            do(self, *operands)
            results = []

    def invoke(self, name, nums):
        f, ft = self.funcs[name]
        k = len(self.calls)
        self.calls.append(None)

        def on_start():
            args = [host_value(self, t, n) for t, n in zip(ft.params, nums)]
            note(args)
            return args

        def on_resolve(result):
            resolved(k)
            note(result)
        self.calls[k] = self.store.invoke(f, on_start, on_resolve)
        came_back(k, self.calls[k])

    def host_func(self, name):
        def call(on_start, on_resolve, caller=None):
            k = len(self.host_calls)
            self.host_calls.append((on_start, on_resolve, self.funcs[name][1]))
            host_called(name, on_resolve)
            self.hosting('host function', name, k)

            def on_cancel(caller=None):
                cancel_asked(k)
                self.hosting('host cancel', name + '.cancel', k)
            return on_cancel
        return call

    def host_start(self, k):
        note(self.host_calls[k][0]())

    def host_resolve(self, nums):
        _, on_resolve, ft = self.host_calls[nums[0]]
        on_resolve([host_value(self, t, n) for t, n in zip(ft.result, nums[1:])])

    def new_shared(self, t, n):
        """A stream or future that the host hands out: one of its own, or one that it made as a guest would."""
        stream = isinstance(t, D.StreamType)
        if n % 2:
            shared = (HostStream if stream else HostFuture)(self, t.t)
        else:
            shared = (D.SharedStreamImpl if stream else D.SharedFutureImpl)(t.t)
        made(shared_index(shared))
        return shared

    def values(self, t, n, seed):
        return [host_value(self, t, nth(seed, i)) for i in range(n)]

    ## callbacks of the host's copies

    def on_copy(self, s):
        def copied_some(reclaim):
            self.known(s).reclaim = reclaim
            copied(s)
        return copied_some

    def on_copy_done(self, s):
        return lambda result: copy_done(s, int(result))

    def known(self, s):
        while len(self.shared) <= s:
            self.shared.append(Known())
        return self.shared[s]


class Known:
    """What the host knows of a stream or future."""

    def __init__(self):
        self.pending, self.reclaim = None, None


class HostBuffer:
    def __init__(self, run, t, n, seed):
        self.run, self.t, self.n, self.seed, self.progress = run, t, n, seed, 0

    def remain(self):
        return self.n - self.progress

    def is_zero_length(self):
        return self.n == 0


class HostReadable(HostBuffer, D.ReadableBuffer):
    def read(self, n):
        vs = [host_value(self.run, self.t, nth(self.seed, self.progress + i)) for i in range(n)]
        self.progress += n
        return vs


class HostWritable(HostBuffer, D.WritableBuffer):
    def write(self, vs):
        self.progress += len(vs)
        note(vs)


class HostShared:
    def __init__(self, run, t):
        self.run, self.t = run, t

    def hosting(self, what):
        self.run.hosting('host shared', what, shared_index(self))

    def pend(self, dst, on_copy, on_copy_done):
        s = shared_index(self)
        self.run.known(s).pending = (dst, on_copy, on_copy_done)
        pending(s, dst, on_copy, on_copy_done)

    def cancel(self):
        cancelling(shared_index(self))
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
    shared = shared_at(s)
    buffer = HostWritable(run, shared.t, n, 0)
    copying(s, buffer)
    if isinstance(shared, D.ReadableFuture):
        shared.read(None, buffer, run.on_copy_done(s))
    else:
        shared.read(None, buffer, run.on_copy(s), run.on_copy_done(s))


def host_shared_write(run, s, n, seed):
    shared = shared_at(s)
    buffer = HostReadable(run, shared.t, n, seed)
    copying(s, buffer)
    if isinstance(shared, D.WritableFuture):
        shared.write(None, buffer, run.on_copy_done(s))
    else:
        shared.write(None, buffer, run.on_copy(s), run.on_copy_done(s))


def host_copy(run, s, n, seed):
    dst, on_copy, _ = run.known(s).pending
    dst.write(run.values(shared_at(s).t, n, seed))
    if on_copy is not None:
        on_copy(lambda: reclaimed(s))


def host_done(run, s, result):
    _, _, on_copy_done = run.known(s).pending
    run.known(s).pending = None
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
    'shared.cancel': lambda run, s: shared_at(s).cancel(),
    'shared.drop': lambda run, s: shared_at(s).drop(),
    'shared.reclaim': lambda run, s: run.known(s).reclaim(),
    'shared.copy': host_copy,
    'shared.done': host_done,
}


def set_limits(limits):
    """Lowers what a world lowers."""
    D.Table.MAX_LENGTH = limits.get('table_length') or D.Table.MAX_LENGTH
    D.Buffer.MAX_LENGTH = limits.get('buffer_length') or D.Buffer.MAX_LENGTH
    D.MAX_STRING_BYTE_LENGTH = limits.get('string_byte_length') or D.MAX_STRING_BYTE_LENGTH
    D.MAX_LIST_BYTE_LENGTH = limits.get('list_byte_length') or D.MAX_LIST_BYTE_LENGTH
    D.REALLOC_I32_MAX = limits.get('realloc_i32') or D.REALLOC_I32_MAX
    D.MAX_FLAT_PARAMS = limits.get('flat_params') or D.MAX_FLAT_PARAMS
    D.MAX_FLAT_ASYNC_PARAMS = limits.get('flat_async_params') or D.MAX_FLAT_ASYNC_PARAMS
    D.MAX_FLAT_RESULTS = limits.get('flat_results') or D.MAX_FLAT_RESULTS


def begin(world, deterministic):
    """A run of a world."""
    set_limits(world.get('limits', {}))
    D.DETERMINISTIC_PROFILE = deterministic
    D.random = Random()
    return Run(world)
