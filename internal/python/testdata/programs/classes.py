from dataclasses import dataclass, field
from enum import Enum, IntEnum, auto
from typing import Generic, TypeVar, Optional, Callable, Any, ClassVar
import dataclasses
T = TypeVar('T')
def show(f):
  try:
    print(repr(f()))
  except BaseException as e:
    print(type(e).__name__, e)

class Base:
  count = 0
  items = []
  def __init__(self, x):
    self.x = x
    Base.count += 1
  def hello(self): return 'base ' + str(self.x)
  @property
  def double(self): return self.x * 2
  @double.setter
  def double(self, v): self.x = v // 2
  @staticmethod
  def stat(a): return a + 1
  @classmethod
  def make(cls, x): return cls(x)
class Left(Base):
  def hello(self): return 'left ' + super().hello()
class Right(Base):
  def hello(self): return 'right ' + super().hello()
class Both(Left, Right):
  count = 100
  def __init__(self, x):
    super().__init__(x + 1)
b = Both(1)
print(b.hello(), Both.count, Base.count, b.double, Both.stat(1), b.stat(2), Both.make(5).x, type(b) is Both, isinstance(b, Right))
b.double = 50
print(b.x, issubclass(Both, (Left, int)), Both.__name__, Both.hello.__qualname__)
b.items.append(1)
print(Left.items, hasattr(b, 'x'), hasattr(b, 'y'), getattr(b, 'y', 'none'))
b.hello = lambda: 'own'
print(b.hello())
del b.hello
print(b.hello())
def e1(): b.nope
def e2(): Both.nope
def e3(): b.double()
def e4(): Base()
def e5(): Base(1, 2)
def e6(): object().x
def e7(): None.x
def e8(): (5).x
def e9(): b()
def e10(): del b.zzz
for f in [e1, e2, e3, e4, e5, e6, e7, e8, e9, e10]: show(f)
def bad_mro():
  class X(Base, Left): pass
show(bad_mro)

class Seq:
  def __init__(self, n): self.n = n
  def __len__(self): return self.n
  def __getitem__(self, i):
    if isinstance(i, slice_): return "none"
    if i >= self.n: raise IndexError('seq')
    return i * 10
  def __setitem__(self, i, v): log.append((i, v))
  def __delitem__(self, i): log.append(('del', i))
  def __contains__(self, x): return x == 'in'
  def __iter__(self):
    for i in range(self.n): yield i
  def __call__(self, *a, **k): return (a, k)
  def __eq__(self, o): return isinstance(o, Seq) and self.n == o.n
  def __repr__(self): return 'Seq(' + str(self.n) + ')'
  def __add__(self, o): return Seq(self.n + (o.n if isinstance(o, Seq) else o))
  def __radd__(self, o): return Seq(self.n + o)
  def __lt__(self, o): return self.n < o.n
  def __neg__(self): return Seq(-self.n)
slice_ = type(None)
log = []
s = Seq(3)
s[0] = 'v'
del s[1]
print(len(s), s[1], list(s), 'in' in s, 3 in s, s(1, k = 2), s == Seq(3), s != Seq(3), s == 3, bool(Seq(0)), s + 1, 1 + s, s + s, s < Seq(4), s > Seq(4), -s, log)
show(lambda: {s: 1})
show(lambda: s <= s)
show(lambda: s - 1)
show(lambda: 1 - s)
print([Seq(1), Seq(2)].index(Seq(2)), Seq(1) in [Seq(1)], str(s), f'{s}', f'{s!r}')
class OnlyGet:
  def __getitem__(self, i):
    if i > 2: raise IndexError
    return i
print(list(OnlyGet()), 2 in OnlyGet())
class Iter:
  def __init__(self): self.i = 0
  def __iter__(self): return self
  def __next__(self):
    self.i += 1
    if self.i > 3: raise StopIteration
    return self.i
print(list(Iter()), [x for x in Iter()])
class Truth:
  def __bool__(self): return False
print(bool(Truth()), not Truth(), 1 if Truth() else 2)
class BadBool:
  def __bool__(self): return 1
show(lambda: bool(BadBool()))

@dataclass
class Point:
  x: int
  y: int = 2
  tags: list = field(default_factory = list)
  kind: ClassVar[str] = 'p'
  def norm(self): return self.x + self.y
p = Point(1)
print(p, p == Point(1), p != Point(1, 3), p.norm(), Point.kind, Point(1, y = 5), Point.y)
p.tags.append(1)
print(p, Point(0))
show(lambda: Point())
show(lambda: Point(1, 2, [], 4))
show(lambda: Point(1, z = 2))
show(lambda: Point(1, x = 2))
show(lambda: {p})
@dataclass(frozen = True, order = True)
class Key:
  a: int
  b: str = 'k'
k = Key(1)
print({k: 1}[Key(1)], Key(1) < Key(2), Key(2, 'a') >= Key(2, 'b'), sorted_keys := [Key(1) < Key(1), Key(1) <= Key(1)])
def frozen(): k.a = 5
show(frozen)
@dataclass
class Sub(Point):
  z: int = 9
  def __post_init__(self): self.sum = self.x + self.z
print(Sub(1), Sub(1).sum, Sub(1) == Point(1), Sub(1, 2, [], 4).z)
@dataclass
class Empty: pass
print(Empty(), Empty() == Empty())
@dataclass(kw_only = True)
class Kw:
  a: int
  b: int = 1
print(Kw(a = 1))
show(lambda: Kw(1))
def mutable():
  @dataclass
  class M:
    x: list = []
show(mutable)
def order_():
  @dataclass
  class M:
    x: int = 1
    y: int
show(order_)
@dataclass(eq = False)
class NoEq:
  x: int
print(NoEq(1) == NoEq(1), len({NoEq(1), NoEq(1)}))

class Color(Enum):
  RED = 1
  GREEN = 2
  CRIMSON = 1
  def pretty(self): return self.name.lower()
class Num(IntEnum):
  ZERO = 0
  ONE = 1
  TEN = 10
class Auto(Enum):
  A = auto()
  B = auto()
print(Color.RED, repr(Color.RED), Color.CRIMSON is Color.RED, Color(2), Color['GREEN'], list(Color), len(Color), Color.RED.value, Color.RED.pretty(), Color.RED == 1, Color.RED in Color)
print(Num.ONE, repr(Num.ONE), Num.ONE == 1, Num.ONE + 1, Num.TEN > 5, Num(10), Num.ZERO or 'zero', [10, 20][Num.ONE], {1: 'x'}[Num.ONE], Num.TEN | 1, f'{Num.TEN:03d}', str(Num.TEN), -Num.TEN, int(Num.TEN), isinstance(Num.ONE, int))
print(Auto.B.value, {Color.RED: 1}[Color.CRIMSON], Color.RED != Color.GREEN, Num.ONE is Num(1), min(Num), sum(Num))
show(lambda: Color(7))
show(lambda: Color['NOPE'])
show(lambda: Color.NOPE)
show(lambda: Num(3))
show(lambda: Color.RED < Color.GREEN)
class Outer:
  class State(Enum):
    ON = 1
  class Inner:
    def where(self): return 'inner'
print(Outer.State.ON, repr(Outer.State.ON), Outer.Inner().where(), Outer.Inner.__qualname__)

class MyError(Exception):
  def __init__(self, code, msg = 'm'):
    super().__init__(msg)
    self.code = code
class Plain(MyError): pass
def raise_it(): raise Plain(5, 'text')
show(raise_it)
try:
  raise_it()
except (KeyError, MyError) as e:
  print(e.code, e.args, str(e), repr(e))
print(repr(ValueError()), repr(ValueError(1)), repr(ValueError(1, 'a')), str(ValueError(1, 'a')), str(KeyError('k')), str(BaseException()))
class Gen(Generic[T]):
  def get(self) -> Optional[T]: return 1
print(Gen().get(), Gen[int] is not None)
def annotated(a: int, b: 'str' = 'x') -> list[int]: return [a]
print(annotated(1))
X = int | None
print(isinstance(None, X), isinstance(1, int | str), isinstance('a', X), isinstance(True, int), type(True) == int, type(1) is int)
show(lambda: isinstance(1, 5))
show(lambda: isinstance(1, list[int]))
class Meth:
  def m(self): return self
  def set_(self):
    self.cb = self.m
    return self.cb() is self
print(Meth().set_(), Meth.m(5))
class Shadow:
  def __init__(self): self.run = lambda: 'field'
  def run(self): return 'method'
print(Shadow().run())
class Scope:
  v = 1
  w = v + 1
  def get(self): return v
v = 'global'
print(Scope.w, Scope().get())
# attributes of classes that are set to what they are, and to what only looks the same
class Limits:
  zero, one = 0.0, 1
def limits(): return Limits.zero, Limits.one, Limits().one
print(limits())
for zero, one in ((-0.0, True), (-0.0, True), (0.0, 1)):
  Limits.zero, Limits.one = zero, one
  print(limits())

# objects of dataclasses of which each field is given by position, and of those where that is not all
@dataclass
class Plain:
  a: int
  b: int = 2
@dataclass
class Longer(Plain):
  c: int = 3
@dataclass
class After(Plain):
  def __post_init__(self): self.b += 10
@dataclass
class Made(Plain):
  c: int = field(init = False, default = 7)
@dataclass(kw_only = True)
class Named:
  a: int
for c, args in ((Plain, (1, 5)), (Plain, (1,)), (Longer, (1, 5, 6)), (After, (1, 5)), (Made, (1, 5)), (Made, (1, 5, 6)), (Named, (1,)), (Plain, (1, 2, 3))):
  try: print(c(*args))
  except TypeError as e: print(e)
