"""Records Python's == on value types, for TestTypeEquality.

usage: python3 -B type_equality.py DIRECTORY > type_equality.txt

DIRECTORY is the one of definitions.py. Each line of the output is the name of a type and, for every type in the same
order, a 1 if the first equals it and a 0 if not. The types are those of equalityTypes in type_equality_test.go.
"""

import sys

sys.path.insert(0, sys.argv[1])

from definitions import *

r1 = ResourceType(None, None)
r2 = ResourceType(None, None)
e1 = ErrorContextType()
e2 = ErrorContextType()


def record(**fields):
    return RecordType([FieldType(label, t) for label, t in fields.items()])


def variant(**cases):
    return VariantType([CaseType(label, t) for label, t in cases.items()])


types = [
    ('none', None),
    ('bool', BoolType()),
    ('s8', S8Type()),
    ('u8', U8Type()),
    ('s16', S16Type()),
    ('u16', U16Type()),
    ('s32', S32Type()),
    ('u32', U32Type()),
    ('s64', S64Type()),
    ('u64', U64Type()),
    ('f32', F32Type()),
    ('f64', F64Type()),
    ('char', CharType()),
    ('string', StringType()),
    ('u8-again', U8Type()),
    ('string-again', StringType()),
    ('error-context-1', e1),
    ('error-context-2', e2),
    ('error-context-1-shared', e1),
    ('list-u8', ListType(U8Type())),
    ('list-u8-again', ListType(U8Type())),
    ('list-u16', ListType(U16Type())),
    ('list-u8-0', ListType(U8Type(), 0)),
    ('list-u8-3', ListType(U8Type(), 3)),
    ('list-u8-3-again', ListType(U8Type(), 3)),
    ('list-u8-4', ListType(U8Type(), 4)),
    ('list-u16-3', ListType(U16Type(), 3)),
    ('list-list-u8', ListType(ListType(U8Type()))),
    ('list-list-u8-again', ListType(ListType(U8Type()))),
    ('list-list-u8-3', ListType(ListType(U8Type(), 3))),
    ('list-error-context-1', ListType(e1)),
    ('list-error-context-1-again', ListType(e1)),
    ('list-error-context-2', ListType(e2)),
    ('record-x-u8', record(x=U8Type())),
    ('record-x-u8-again', record(x=U8Type())),
    ('record-y-u8', record(y=U8Type())),
    ('record-x-u16', record(x=U16Type())),
    ('record-x-y-u8', record(x=U8Type(), y=U8Type())),
    ('record-y-x-u8', record(y=U8Type(), x=U8Type())),
    ('record-0-u8', RecordType([FieldType('0', U8Type())])),
    ('tuple-u8', TupleType([U8Type()])),
    ('tuple-u8-again', TupleType([U8Type()])),
    ('tuple-u8-u16', TupleType([U8Type(), U16Type()])),
    ('tuple-u16-u8', TupleType([U16Type(), U8Type()])),
    ('variant-x-u8', variant(x=U8Type())),
    ('variant-x-u8-again', variant(x=U8Type())),
    ('variant-x', variant(x=None)),
    ('variant-x-again', variant(x=None)),
    ('variant-y-u8', variant(y=U8Type())),
    ('variant-x-y-u8', variant(x=U8Type(), y=U8Type())),
    ('variant-none-some-u8', variant(none=None, some=U8Type())),
    ('enum-x', EnumType(['x'])),
    ('enum-a-b', EnumType(['a', 'b'])),
    ('enum-a-b-again', EnumType(['a', 'b'])),
    ('enum-b-a', EnumType(['b', 'a'])),
    ('flags-a-b', FlagsType(['a', 'b'])),
    ('flags-a-b-again', FlagsType(['a', 'b'])),
    ('flags-b-a', FlagsType(['b', 'a'])),
    ('flags-a', FlagsType(['a'])),
    ('option-u8', OptionType(U8Type())),
    ('option-u8-again', OptionType(U8Type())),
    ('option-u16', OptionType(U16Type())),
    ('option-option-u8', OptionType(OptionType(U8Type()))),
    ('option-record-x-u8', OptionType(record(x=U8Type()))),
    ('option-record-x-u8-again', OptionType(record(x=U8Type()))),
    ('option-record-y-u8', OptionType(record(y=U8Type()))),
    ('result-none-none', ResultType(None, None)),
    ('result-none-none-again', ResultType(None, None)),
    ('result-u8-none', ResultType(U8Type(), None)),
    ('result-none-u8', ResultType(None, U8Type())),
    ('result-u8-u8', ResultType(U8Type(), U8Type())),
    ('result-u8-u8-again', ResultType(U8Type(), U8Type())),
    ('map-u8-u16', MapType(U8Type(), U16Type())),
    ('map-u8-u16-again', MapType(U8Type(), U16Type())),
    ('map-u16-u8', MapType(U16Type(), U8Type())),
    ('map-u8-u8', MapType(U8Type(), U8Type())),
    ('list-tuple-u8-u16', ListType(TupleType([U8Type(), U16Type()]))),
    ('own-r1', OwnType(r1)),
    ('own-r1-again', OwnType(r1)),
    ('own-r2', OwnType(r2)),
    ('borrow-r1', BorrowType(r1)),
    ('borrow-r1-again', BorrowType(r1)),
    ('borrow-r2', BorrowType(r2)),
    ('stream-none', StreamType(None)),
    ('stream-none-again', StreamType(None)),
    ('stream-u8', StreamType(U8Type())),
    ('stream-u8-again', StreamType(U8Type())),
    ('stream-own-r1', StreamType(OwnType(r1))),
    ('stream-own-r1-again', StreamType(OwnType(r1))),
    ('stream-own-r2', StreamType(OwnType(r2))),
    ('future-none', FutureType(None)),
    ('future-none-again', FutureType(None)),
    ('future-u8', FutureType(U8Type())),
    ('future-u8-again', FutureType(U8Type())),
    ('future-stream-u8', FutureType(StreamType(U8Type()))),
    ('future-stream-u8-again', FutureType(StreamType(U8Type()))),
    ('future-stream-none', FutureType(StreamType(None))),
    ('future-error-context-1', FutureType(e1)),
    ('future-error-context-2', FutureType(e2)),
    ('variant-x-list-string', variant(x=ListType(StringType()))),
    ('variant-x-list-string-again', variant(x=ListType(StringType()))),
    ('variant-x-list-char', variant(x=ListType(CharType()))),
]

for name, a in types:
    print(name, ''.join(str(int(a == b)) for _, b in types))
