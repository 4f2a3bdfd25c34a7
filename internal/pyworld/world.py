"""What a world on a definitions.py is made of, the same under CPython and under the interpreter: types, the host's values and their text,
limits, the canonical built-ins as actions.

D is the module definitions.py. Whoever uses this sets it, defines arity, and then calls name_types.
"""

import struct

### Types


class TypeParser:
    """Reads types as WIT writes them."""

    def __init__(self, text, resources):
        for mark in '<>{}(),:':
            if mark in text:
                text = text.replace(mark, f' {mark} ')
        self.words, self.at, self.resources = text.split(), 0, resources

    def word(self):
        self.at += 1
        return self.words[self.at - 1]

    def take(self, s):
        if self.at < len(self.words) and self.words[self.at] == s:
            self.at += 1
            return True
        return False

    def expect(self, s):
        if not self.take(s):
            raise ValueError(f'{self.words!r}: expected {s!r} at {self.at}')

    def parse(self):
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


PLAIN_TYPES = {}  # those without resources, which are the same in every world


def type_of(text, resources):
    """The type that a text says."""
    if text in PLAIN_TYPES:
        return PLAIN_TYPES[text]
    t = TypeParser(text, resources).parse()
    if 'own<' not in text and 'borrow<' not in text:
        PLAIN_TYPES[text] = t
    return t


PRIMITIVE_TYPES = {}
TYPE_NAMES = {}
ERROR_CONTEXT_TYPE = []


def name_types():
    """Makes the types that have a name and no parts."""
    PRIMITIVE_TYPES.update({
        'bool': D.BoolType(), 's8': D.S8Type(), 'u8': D.U8Type(), 's16': D.S16Type(), 'u16': D.U16Type(), 's32': D.S32Type(),
        'u32': D.U32Type(), 's64': D.S64Type(), 'u64': D.U64Type(), 'f32': D.F32Type(), 'f64': D.F64Type(), 'char': D.CharType(),
        'string': D.StringType(),
    })
    TYPE_NAMES.update({type(t): name for name, t in PRIMITIVE_TYPES.items()})
    ERROR_CONTEXT_TYPE.append(D.ErrorContextType())


def type_name(t):
    """A type as WIT writes it."""
    if t is None:
        return '_'
    if name := TYPE_NAMES.get(type(t)):
        return name
    names = lambda ts: ', '.join(map(type_name, ts))
    match t:
        case D.ErrorContextType(): return 'error-context'
        case D.ListType(e, None): return f'list<{type_name(e)}>'
        case D.ListType(e, n): return f'list<{type_name(e)}, {n}>'
        case D.RecordType(fields): return 'record{' + ', '.join(f'{f.label}: {type_name(f.t)}' for f in fields) + '}'
        case D.TupleType(ts): return f'tuple<{names(ts)}>'
        case D.VariantType(cases): return 'variant{' + ', '.join(map(case_name, cases)) + '}'
        case D.EnumType(labels): return 'enum{' + ', '.join(labels) + '}'
        case D.OptionType(e): return f'option<{type_name(e)}>'
        case D.ResultType(ok, error): return f'result<{names([ok, error])}>'
        case D.MapType(k, v): return f'map<{names([k, v])}>'
        case D.FlagsType(labels): return 'flags{' + ', '.join(labels) + '}'
        case D.OwnType(rt): return f'own<{rt.name}>'
        case D.BorrowType(rt): return f'borrow<{rt.name}>'
        case D.StreamType(e): return f'stream<{type_name(e)}>'
        case D.FutureType(e): return f'future<{type_name(e)}>'
    return type(t).__name__


def case_name(c):
    return c.label if c.t is None else f'{c.label}({type_name(c.t)})'


def func_type_name(ft):
    params, results = ', '.join(map(type_name, ft.params)), ', '.join(map(type_name, ft.result))
    return f'{getattr(ft, "name", "")}:{"async-" if ft.async_ else ""}func({params})->({results})'


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


def float_bits(f):
    return struct.unpack('<Q', struct.pack('<d', f))[0]


def float_text(v):
    """A float as the bits that it has."""
    return f'f64:0x{float_bits(v):016x}'


def value_text(run, v):
    """A component-level value."""
    match v:
        case None: return '-'
        case list(): return '[' + ' '.join(value_text(run, e) for e in v) + ']'
        case bool(): return 'true' if v else 'false'
        case float(): return float_text(v)
        case int(): return str(int(v))
        case str(): return f'char:{ord(v)}' if len(v) == 1 else f'str:{v}'
        case (): return 'unit'
        case (s, encoding, units): return f'{encoding}:{units}:{s.encode("utf-8", "surrogatepass").hex()}'
        case dict(): return '{' + ' '.join(f'{k}={value_text(run, e)}' for k, e in v.items()) + '}'
        case D.ErrorContext(): return 'error-context'
        case D.SharedBase(): return f'shared#{run.shared_index(v)}'
    return type(v).__name__


### Limits


LIMITS = {}


# Where definitions.py has what worlds can lower: a class or nothing, and a name.
LIMIT_PLACES = {
    'table_length': ('Table', 'MAX_LENGTH'), 'buffer_length': ('Buffer', 'MAX_LENGTH'),
    'string_byte_length': (None, 'MAX_STRING_BYTE_LENGTH'), 'list_byte_length': (None, 'MAX_LIST_BYTE_LENGTH'),
    'realloc_i32': (None, 'REALLOC_I32_MAX'), 'flat_params': (None, 'MAX_FLAT_PARAMS'),
    'flat_async_params': (None, 'MAX_FLAT_ASYNC_PARAMS'), 'flat_results': (None, 'MAX_FLAT_RESULTS'),
}


def remember_limits():
    """Notes what worlds can lower, as definitions.py has it. A version that has not all of it can run the worlds that lower nothing else."""
    for key, (holder, name) in LIMIT_PLACES.items():
        of = D if holder is None else getattr(D, holder, None)
        if of is not None and hasattr(of, name):
            LIMITS[key] = getattr(of, name)


def set_limits(limits, deterministic):
    """Lowers what a world lowers, and nothing else."""
    for key, (holder, name) in LIMIT_PLACES.items():
        if limits.get(key) and key not in LIMITS:
            raise ValueError(f'there is no {name if holder is None else holder + "." + name}, which the world lowers')
    limit = lambda key: limits.get(key) or LIMITS[key]
    if 'table_length' in LIMITS:
        D.Table.MAX_LENGTH = limit('table_length')
    if 'buffer_length' in LIMITS:
        D.Buffer.MAX_LENGTH = limit('buffer_length')
    if 'string_byte_length' in LIMITS:
        D.MAX_STRING_BYTE_LENGTH = limit('string_byte_length')
    if 'list_byte_length' in LIMITS:
        D.MAX_LIST_BYTE_LENGTH = limit('list_byte_length')
    if 'realloc_i32' in LIMITS:
        D.REALLOC_I32_MAX = limit('realloc_i32')
    if 'flat_params' in LIMITS:
        D.MAX_FLAT_PARAMS = limit('flat_params')
    if 'flat_async_params' in LIMITS:
        D.MAX_FLAT_ASYNC_PARAMS = limit('flat_async_params')
    if 'flat_results' in LIMITS:
        D.MAX_FLAT_RESULTS = limit('flat_results')
    if deterministic and not hasattr(D, 'DETERMINISTIC_PROFILE'):
        raise ValueError('there is no DETERMINISTIC_PROFILE, which --deterministic sets')
    D.DETERMINISTIC_PROFILE = deterministic


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


def keep_content(memory, ptr, args):
    """Copies a block that realloc moves to ptr, as far as the new one has room and is inside the memory."""
    old, old_size, _, size = args
    kept = min(old_size, size)
    if kept > 0 and ptr + kept <= len(memory.bytes):
        memory.bytes[ptr:ptr + kept] = memory.bytes[old:old + kept]


def other_encoding(g):
    """The encoding of task.return-other, which has no memory: the function's, or another if the function has no memory either."""
    encoding = g.sync.string_encoding
    if g.memory is not None:
        return encoding
    return 'utf8' if encoding == 'utf16' else 'utf16'


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
        g.run.types(ts), D.LiftOptions(other_encoding(g)), nums),
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
