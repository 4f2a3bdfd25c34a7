"""What a world on a definitions.py is made of, the same under CPython and under the interpreter: types, the host's values, the canonical
built-ins as actions, the allocator of instances.

D is the module definitions.py. Whoever uses this sets it, and then calls name_types.
"""

import struct

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


### Guests


def keep_content(memory, ptr, args):
    """Copies a block that realloc moves to ptr, as far as the new one has room and is inside the memory."""
    old, old_size, _, size = args
    kept = min(old_size, size)
    if kept > 0 and ptr + kept <= len(memory.bytes):
        memory.bytes[ptr:ptr + kept] = memory.bytes[old:old + kept]


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
