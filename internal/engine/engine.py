"""Worlds on a definitions.py, for an engine that keeps the stacks of Python as data.

Guests and the host suspend in ask, which the engine lets return what they do next. The engine defines: ask, enter, and all other
functions that are called here and defined neither here nor in world.py, which stands before this file.
"""

import definitions as D


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


name_types()
remember_limits()


### The host's values


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


def given(run, t, n):
    """The host's nth value of a type, or the one that a word says."""
    return word_value(t, n) if isinstance(n, str) else host_value(run, t, n)


# What versions are given that have Store.invoke take the caller, too; the program says it.
INVOKED_BY = []

# Whether versions call a realloc with its arguments one by one, for the result, and not with a list, for a list. The program says it.
REALLOC_IN_PARTS = False


def in_parts(realloc):
    return lambda *args: realloc(list(args))[0]


### Built-ins that a world declares

# What the words of an action stand for, and what an instance gives, by the kinds of the parameters. Everything else is a number.
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
FROM_INSTANCE = {
    'memory': lambda g: g.memory,
    'lift-options': lambda g: g.sync,
    'functions': lambda g: g.funcs,
}


def builtin(function, kinds):
    """The action that calls a function, with its words and numbers."""
    def call(g, words, numbers):
        words, numbers, args = list(words), list(numbers), []
        for kind in kinds:
            if kind in FROM_WORDS:
                args.append(FROM_WORDS[kind](g, words.pop(0)))
            elif kind in FROM_INSTANCE:
                args.append(FROM_INSTANCE[kind](g))
            else:
                args.append(numbers.pop(0))
        return function(*args)
    return call


### Guests


class Instance:
    def __init__(self, run, d, place):
        self.run, self.name, self.place = run, d['name'], place
        self.inst = make_instance(run.store, run.instances.get(d.get('parent', '')))
        self.inst.name = d['name']
        if backpressure := run.world.get('limits', {}).get('initial_backpressure', 0):
            self.inst.backpressure += backpressure
        self.memory = None
        if d.get('memory'):
            self.memory = D.MemInst(bytearray(d['memory']), 'i64' if d.get('memory64') else 'i32')
        realloc = self.core_func('realloc', d['name'] + '.realloc') if d.get('realloc') == 'guest' else self.realloc
        if REALLOC_IN_PARTS:
            realloc = in_parts(realloc)
        self.sync, self.async_ = [D.CanonicalOptions(string_encoding=d.get('encoding') or 'utf8', memory=self.memory,
                                                     realloc=realloc, async_=a) for a in (False, True)]
        self.imports = {}
        self.funcs = D.Table()
        for param in ('i32', 'i64'):
            self.funcs.add(D.CoreFuncRef(D.CoreFuncType([param], []), self.core_func('thread', d['name'] + '.thread')))

    def opts(self, word):
        return self.async_ if word == 'async' else self.sync

    def realloc(self, args):
        ptr = allocate(self.place, args[2], args[3])
        keep_content(self.memory, ptr, args)
        return [ptr]

    def core_func(self, kind, name):
        """Core code that does what the engine says until it returns."""
        place = self.place

        def f(args):
            if not isinstance(args, list):  # versions before d276ef5 call a destructor of the same instance with the rep alone
                args = [args]
            enter(kind, place, name, args)
            results = None
            while True:
                do, operands = ask(results, place, name)
                if do == 'return':
                    return operands
                if do == 'throw':
                    raise D.CoreWebAssemblyException()
                results = do(self, *operands)
        return f

    def type(self, text):
        return self.run.type(text)

    def store_bytes(self, ptr, data):
        for i, v in enumerate(data):
            self.memory.bytes[ptr + i] = v
        return []

    def load_int(self, ptr, n):
        return [int.from_bytes(self.memory.bytes[ptr:ptr + n], 'little')]


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
            rt = D.ResourceType(impl.inst, impl.core_func('destructor', d['name'] + '.dtor') if d.get('dtor') else None)
            rt.name = d['name']
            self.resources[d['name']] = rt
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
        ft.name = name
        owner = name.split('.')[0]
        if owner == 'host':
            self.funcs[name] = (self.host_func(name), ft)
            return
        inst = self.instances[owner]
        lift = d.get('lift', '')
        opts = D.CanonicalOptions(string_encoding=inst.sync.string_encoding, memory=inst.memory,
                                  realloc=inst.sync.realloc, async_=lift in ('stackful', 'callback'))
        if lift == 'callback':
            assert opts.callback is None  # an AttributeError, if there is no such option
            opts.callback = inst.core_func('callback', name + '.callback')
        if d.get('post_return'):
            assert opts.post_return is None
            opts.post_return = inst.core_func('post-return', name + '.post-return')
        self.funcs[name] = (self.store.lift(inst.core_func('function', name), ft, opts, inst.inst), ft)

    def type(self, text):
        if text not in self.type_cache:
            self.type_cache[text] = type_of(text, self.resources)
        return self.type_cache[text]

    def types(self, text):
        return [] if text == '()' else self.type('tuple<' + text[1:-1] + '>').ts

    def main(self):
        """The host at rest."""
        results = None
        while True:
            do, operands = ask(results, -1, 'host')
            if do == 'return':
                return
            do(self, *operands)
            results = []

    def hosting(self, kind, name, k):
        """The host is called, and does what the engine says until it returns."""
        enter(kind, -1, name, [k])
        results = None
        while True:
            do, operands = ask(results, -1, name)
            if do == 'return':
                return
            do(self, *operands)
            results = []

    def invoke(self, name, nums):
        f, ft = self.funcs[name]
        k = len(self.calls)
        self.calls.append(None)

        def on_start():
            args = [given(self, t, n) for t, n in zip(ft.params, nums)]
            note(args)
            passed('starts', k, args)
            return args

        def on_resolve(result):
            resolved(k)
            note(result)
            passed('resolved', k, result)
        self.calls[k] = self.store.invoke(f, *INVOKED_BY, on_start, on_resolve)
        came_back(k, self.calls[k])

    def host_func(self, name):
        def call(*args, caller=None):
            on_start, on_resolve = [f for f in args if callable(f)]  # the caller is not, wherever it stands
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
        args = self.host_calls[k][0]()
        note(args)
        passed('started', k, args)

    def host_resolve(self, nums):
        _, on_resolve, ft = self.host_calls[nums[0]]
        on_resolve([given(self, t, n) for t, n in zip(ft.result, nums[1:])])

    def shared_index(self, shared):
        return shared_index(shared)

    def new_shared(self, t, n):
        """A stream or future that the host hands out: one of its own, or one that it made as a guest would."""
        stream = isinstance(t, D.StreamType)
        if n % 2:
            shared = (HostStream if stream else HostFuture)(self, t.t)
        else:
            shared = (D.SharedStreamImpl if stream else D.SharedFutureImpl)(t.t)
        made(shared_index(shared))
        return shared

    def values(self, t, seed, start, n):
        """Some of the elements that the host copies, from one on: of a list in words, or made from a seed."""
        if isinstance(seed, str):
            return word_value(D.ListType(t), seed)[start:start + n]
        return [host_value(self, t, nth(seed, start + i)) for i in range(n)]

    ## callbacks of the host's copies

    def on_copy(self, s):
        def copied_some(reclaim):
            self.known(s).reclaim = reclaim
            copied(s)
        return copied_some

    def on_copy_done(self, s):
        return lambda result: copy_done(s, result)

    def known(self, s):
        while len(self.shared) <= s:
            self.shared.append(Known())
        return self.shared[s]


class Known:
    """What the host knows of a stream or future."""

    def __init__(self):
        self.pending, self.reclaim = None, None


class HostBuffer:
    def __init__(self, run, t, k, n, seed=0):
        self.run, self.t, self.k, self.n, self.progress = run, t, k, n, 0
        self.seed, self.literal = (0, seed) if isinstance(seed, str) else (seed, '')

    def remain(self):
        return self.n - self.progress

    def is_zero_length(self):
        return self.n == 0


class HostReadable(HostBuffer, D.ReadableBuffer):
    def read(self, n):
        vs = self.run.values(self.t, self.literal or self.seed, self.progress, n)
        self.progress += n
        passed('gave', self.k, vs)
        return vs


class HostWritable(HostBuffer, D.WritableBuffer):
    def write(self, vs):
        self.progress += len(vs)
        note(vs)
        passed('got', self.k, vs)


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
    buffer = HostWritable(run, shared.t, s, n)
    copying(s, buffer)
    if isinstance(shared, D.ReadableFuture):
        shared.read(None, buffer, run.on_copy_done(s))
    else:
        shared.read(None, buffer, run.on_copy(s), run.on_copy_done(s))


def host_shared_write(run, s, n, seed):
    shared = shared_at(s)
    buffer = HostReadable(run, shared.t, s, n, seed)
    copying(s, buffer)
    if isinstance(shared, D.WritableFuture):
        shared.write(None, buffer, run.on_copy_done(s))
    else:
        shared.write(None, buffer, run.on_copy(s), run.on_copy_done(s))


def host_copy(run, s, n, seed):
    dst, on_copy, _ = run.known(s).pending
    dst.write(run.values(shared_at(s).t, seed, 0, n))
    if on_copy is not None:
        on_copy(lambda: reclaimed(s))


def host_done(run, s, result):
    _, _, on_copy_done = run.known(s).pending
    run.known(s).pending = None
    on_copy_done(getattr(D.CopyResult, ('COMPLETED', 'DROPPED', 'CANCELLED')[result]))


OPS.update({  # on memory
    'memory.store': lambda g, ptr, data: g.store_bytes(ptr, data),
    'memory.load': lambda g, ptr, n: list(g.memory.bytes[ptr:ptr + n]),
    'i32.load': lambda g, ptr: g.load_int(ptr, 4),
    'i64.load': lambda g, ptr: g.load_int(ptr, 8),
})

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


def some_ready(run):
    """Whether Store.tick has a thread to go on with."""
    return any([t.ready() for t in run.store.waiting])


def is_ready(thread):
    """Whether a thread waits and can go on."""
    return thread.ready()


def core_types(run, op, instance, name, lowered_async):
    """The core types of the numbers that core code of an instance calls a function with, returns from it, or gives task.return."""
    inst = run.instances[instance]
    if op == 'call':
        return D.flatten_functype(inst.opts('async' if lowered_async else 'sync'), run.funcs[name][1], 'lower').params
    if op == 'return':
        return D.flatten_functype(inst.sync, run.funcs[name][1], 'lift').results
    return D.flatten_functype(inst.sync, D.FuncType(run.types(name), []), 'lower').params


def begin(world, deterministic):
    """A run of a world."""
    set_limits(world.get('limits', {}), deterministic)
    D.random = Random()
    for b in world.get('builtins', []):
        OPS[b['name']] = builtin(getattr(D, b['function']), b.get('params', []))
    return Run(world)
