from dataclasses import dataclass
from enum import Enum
@dataclass
class P:
  x: int
  y: int
@dataclass
class Q:
  p: object
class Plain: pass
class Args:
  __match_args__ = ('b', 'a')
  def __init__(self): self.a, self.b = 1, 2
class E(Enum):
  A = 1
  B = 2
def kind(v):
  match v:
    case 0: return 'zero'
    case -1 | 1.5: return 'neg or float'
    case 'a' | 'b' as s: return 'letter ' + s
    case None: return 'none'
    case True: return 'true'
    case b'x': return 'bytes'
    case E.A: return 'enum a'
    case P(0, y): return f'p0 {y}'
    case P(x = 1, y = yy): return f'p1 {yy}'
    case P(x, y) if x == y: return f'same {x}'
    case P(x = a): return f'p {a}'
    case Q(P(a, b) as inner): return f'q {a} {b} {inner}'
    case Q([a, *rest]): return f'ql {a} {rest}'
    case Q(Q(P() | None)): return 'qq'
    case []: return 'empty'
    case [1, _]: return 'one thing'
    case [x, [y, z]]: return f'nested {x} {y} {z}'
    case (a, b, *others): return f'many {a} {b} {others}'
    case int(n) if n > 100: return f'big {n}'
    case int() | float(): return 'number'
    case str(t): return 'text ' + t
    case Plain(): return 'plain'
    case Args(two, one): return f'args {two} {one}'
    case _: return 'other'
for v in [0, 0.0, -1, 1.5, 'a', 'b', 'zz', None, True, False, b'x', b'y', E.A, E.B, P(0, 5), P(1, 6), P(3, 3), P(4, 5), Q(P(1, 2)), Q([1, 2, 3]), Q([]), Q(Q(P(0, 0))), Q(Q(None)), Q(Q(5)),
          [], (), [1, 2], (1, 9), [5, [6, 7]], [5, (6, 7)], [1, 2, 3, 4], 500, 5, 2.5, 'abc', Plain(), Args(), {1: 2}, {1}, 'x', 'xy', [1], P]:
  print(kind(v))
def show(f, *a):
  try:
    print(f(*a))
  except BaseException as e:
    print(type(e).__name__, e)
def too_many(v):
  match v:
    case Plain(1): return 1
show(too_many, Plain())
show(too_many, 5)
def not_class(v):
  c = 5
  match v:
    case c(): return 1
show(not_class, 1)
def keep(v):
  x = 'old'
  match v:
    case [x, 1]: return ('first', x)
    case [x]: return ('second', x)
  return x
show(keep, [5, 2])
show(keep, [5, 1])
show(keep, [7])
show(keep, 'no')
def tup(a, b):
  match (a, b):
    case ('i32', 'f32'): return 1
    case (x, y) if x == y: return 2
    case _: return 3
print(tup('i32', 'f32'), tup(1, 1), tup(1, 2))
def ranges(v):
  match v:
    case [a, *_, z]: return a, z
    case [*all_]: return all_
print(ranges(range(5)), ranges([1]), ranges('ab'), ranges(()))
match = 5
print(match, match + 1)
match [1, 2]:
  case [a, b]: print(a, b)
case = {'k': match}
print(case['k'])
match match:
  case 5: print('five')
# class patterns one after the other, on objects, on objects of derived classes, and on what has no class of the program
class Base:
  __match_args__ = ('size',)
  def __init__(self, size = 0): self.size = size
class Derived(Base): pass
class Other: pass
Alias = Other
def which(v):
  match v:
    case Alias(): return 'other'
    case int(): return 'int'
    case Derived(1) | Other(): return 'derived'
    case Base(0): return 'empty'
    case Base(n): return n
    case Missing(): return 'never'
def all_of_them():
  for v in (Other(), Derived(), Derived(1), Base(), Base(2), 3, True, None, 'text', [1], Other):
    try: print(which(v), end = ' ')
    except Exception as e: print(type(e).__name__, e, end = ' ')
  print()
all_of_them()
Alias = Derived
all_of_them()
Alias, Missing = Base, Other
all_of_them()
Alias = 3
all_of_them()
